//! `_headers`: what a host sends beside each file. One text for CDNs that read it, for buckets, for nginx and Caddy
//! (`motcua host`), and for `motcua serve`.

use std::collections::BTreeSet;

use crate::plan::Page;

/// Up to so many folders have a rule each: some hosts read no more than a hundred rules.
const FOLDERS_MAX: usize = 80;
/// What stands beside the folders of pages: data, and files of the portal or of its host.
const OTHERS: [&str; 13] = [
    ".well-known",
    "404.html",
    "_headers",
    "_redirects",
    "assets",
    "catalogue.jws",
    "forms",
    "keys",
    "lists",
    "release.jws",
    "robots.txt",
    "sitemap.xml",
    "worker.js",
];

/// How long a page may be kept before it is asked for again.
const PAGE_SECONDS: u32 = 300;
const YEAR_SECONDS: u32 = 31_536_000;

/// What a page may do (CSP 3), directive by directive; `{relay}` is the relay's origin. Pages say it themselves, for hosts that
/// send no headers, and hosts say it for everything.
const POLICY: [(&str, &str); 9] = [
    ("default-src", "'none'"),
    // Workers, too.
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("img-src", "'self'"),
    ("connect-src", "'self' {relay}"),
    ("form-action", "'none'"),
    ("base-uri", "'none'"),
    // A text becomes the address of a worker by one policy alone, `script/trusted.js`, and markup or script by none.
    ("trusted-types", "motcua"),
    ("require-trusted-types-for", "'script'"),
];
/// Nobody may show a page in a frame; browsers believe that of a header alone.
const FRAMES: &str = "frame-ancestors 'none'";

/// The policy as a page says it.
pub(crate) fn policy(relay: &str) -> String {
    let directives = POLICY.map(|(name, value)| format!("{name} {value}"));
    directives.join(";").replace("{relay}", relay)
}

/// The text of `_headers` for a portal that sends to `relay`. No two rules give one file the same header: hosts join
/// the values of rules that overlap.
pub(crate) fn text(relay: &str, pages: &[Page<'_>]) -> String {
    let policy = format!("{};{FRAMES}", policy(relay));
    let mut text = rule(
        "/*",
        &[
            ("Content-Security-Policy", &policy),
            (
                "Strict-Transport-Security",
                "max-age=63072000; includeSubDomains",
            ),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            (
                "Permissions-Policy",
                "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
            ),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ],
    );
    let page = format!("public, max-age={PAGE_SECONDS}");
    let lasting = format!("public, max-age={YEAR_SECONDS}, immutable");
    for path in page_rules(pages) {
        text += &rule(&path, &[("Cache-Control", &page)]);
    }
    // Their names hold the digest of their content.
    for path in ["/assets/*", "/lists/*"] {
        text += &rule(path, &[("Cache-Control", &lasting)]);
    }
    // A published version never changes, but while a form is being written its version stays.
    // The worker is the newest one, or pages stay with an old one.
    for path in [
        "/catalogue.jws",
        "/release.jws",
        "/forms/*",
        "/keys/*",
        "/worker.js",
    ] {
        text += &rule(path, &[("Cache-Control", "no-cache")]);
    }
    text
}

/// `/`, pages that are files, and the folders of all others: one rule each while they are few, else one for all that begin
/// alike.
fn page_rules(pages: &[Page<'_>]) -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    let mut folders = BTreeSet::new();
    for page in pages {
        match page.url.trim_start_matches('/').split_once('/') {
            Some((folder, _)) => folders.insert(folder),
            None => rules.insert(page.url.clone()),
        };
    }
    match folders.len() <= FOLDERS_MAX {
        true => rules.extend(folders.iter().map(|folder| format!("/{folder}/*"))),
        false => add_beginnings(&folders, "", &mut rules),
    }
    rules
}

/// Rules for the folders whose names begin so, and for no file of the portal beside them.
fn add_beginnings(folders: &BTreeSet<&str>, start: &str, rules: &mut BTreeSet<String>) {
    let mut within = folders.iter().filter(|folder| folder.starts_with(start));
    let is_beside = OTHERS.iter().any(|other| other.starts_with(start));
    match (within.next(), within.next()) {
        (None, _) => {}
        (Some(only), None) => drop(rules.insert(format!("/{only}/*"))),
        (Some(_), Some(_)) if !is_beside => drop(rules.insert(format!("/{start}*"))),
        _ => {
            if folders.contains(start) {
                rules.insert(format!("/{start}/*"));
            }
            let next = |folder: &&str| folder.strip_prefix(start)?.chars().next();
            let next: BTreeSet<char> = folders.iter().filter_map(next).collect();
            for letter in next {
                add_beginnings(folders, &format!("{start}{letter}"), rules);
            }
        }
    }
}

fn rule(path: &str, headers: &[(&str, &str)]) -> String {
    let lines = headers
        .iter()
        .map(|(name, value)| format!("  {name}: {value}\n"));
    format!("{path}\n{}", lines.collect::<String>())
}

/// The rules of a `_headers` file.
#[derive(Debug, Default, Clone)]
pub(crate) struct Rules(Vec<(String, Vec<(String, String)>)>);

impl Rules {
    /// Reads a `_headers` file: a path a line (perhaps with a final `*`), its headers indented below it.
    pub(crate) fn read(text: &str) -> Rules {
        let mut rules: Vec<(String, Vec<(String, String)>)> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match (line.trim().split_once(": "), rules.last_mut()) {
                (Some((name, value)), Some((_, headers))) if line.starts_with(' ') => {
                    headers.push((name.to_owned(), value.to_owned()))
                }
                _ => rules.push((line.trim().to_owned(), Vec::new())),
            }
        }
        Rules(rules)
    }

    /// The paths of all rules, with a final `*` or without.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(path, _)| path.as_str())
    }

    /// The headers of the rule that is written so.
    pub(crate) fn of_rule(&self, written: &str) -> impl Iterator<Item = (&str, &str)> {
        let rule = self.0.iter().find(|(path, _)| path == written);
        let headers = rule.into_iter().flat_map(|(_, headers)| headers);
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The headers of a file of the portal, which is asked for by its address.
    pub(crate) fn of_file(&self, path: &str) -> Vec<(&str, &str)> {
        let address = format!("/{}", path.strip_suffix("index.html").unwrap_or(path));
        self.of(&address).collect()
    }

    /// The headers of an address.
    pub(crate) fn of<'a, 'p>(
        &'a self,
        path: &'p str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a, 'p> {
        let applies = move |rule: &str| {
            rule.strip_suffix('*')
                .map_or(rule == path, |start| path.starts_with(start))
        };
        let headers = self
            .0
            .iter()
            .filter(move |(rule, _)| applies(rule))
            .flat_map(|(_, headers)| headers);
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made-up services, some with names like those of files and folders beside them.
    fn folders() -> BTreeSet<String> {
        let acts = "cap cap-lai gia-han dang-ky khai-sinh khai-tu xac-nhan thong-bao lap-lai list-moi lists-moi keys-moi forma \
                    formas assetsx worker-moi release robots-txt sitemap catalogue-jws kiem-tra linh-vuc a ab en-moi ";
        let things = "nha dat xe ho-tich ho-ngheo kinh-doanh y-te truong-hoc moi-truong bao-hiem hop-dong chung-thuc 01 2";
        let made = acts.split_whitespace().flat_map(|act| {
            let things = things.split_whitespace();
            things.map(move |thing| format!("{act}-{thing}"))
        });
        made.chain(acts.split_whitespace().map(str::to_owned))
            .chain(["list", "form", "key", "en", "asset"].map(str::to_owned))
            .collect()
    }

    #[test]
    fn many_folders_have_few_rules_and_every_path_the_same_headers() {
        let owned = folders();
        let folders: BTreeSet<&str> = owned.iter().map(String::as_str).collect();
        assert!(folders.len() > 300);
        let mut few = BTreeSet::new();
        add_beginnings(&folders, "", &mut few);
        assert!(few.len() <= FOLDERS_MAX, "{} rules: {few:?}", few.len());
        let each = folders.iter().map(|folder| format!("/{folder}/*"));
        let read = |paths: &mut dyn Iterator<Item = String>| {
            let text: String = paths
                .map(|path| rule(&path, &[("Cache-Control", "page")]))
                .collect();
            Rules::read(&text)
        };
        let (before, now) = (read(&mut each.into_iter()), read(&mut few.into_iter()));
        let of_folders = folders.iter().flat_map(|folder| {
            ["", "form/", "schema.json", "khac/form/"].map(|rest| format!("/{folder}/{rest}"))
        });
        let beside = OTHERS
            .iter()
            .flat_map(|other| ["", "/", "/x.0123.json"].map(|rest| format!("/{other}{rest}")));
        for path in of_folders.chain(beside).chain(["/".to_owned()]) {
            let headers = |rules: &Rules| {
                let of_path = rules.of(&path);
                of_path
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(headers(&now), headers(&before), "{path}");
        }
    }
}
