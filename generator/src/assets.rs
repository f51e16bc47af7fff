//! Style, scripts and pictures: one file each, named by the digest of its content.

use std::collections::BTreeMap;
use std::sync::Arc;

use envelope::Digest;

use formdef::Form;
use serde::Serialize;
use serde_json::Value;

use crate::bundle::{Bundle, Written, bundles};
use crate::fault::{Fault, Mistake};
use crate::memo::Memo;
use crate::minify;
use crate::sources::Folder;

/// The module that begins the core: what every form's page links.
const CORE: &str = "script/form.js";
/// The folders of pieces, and the name of a piece's module in them: the kinds of field and the functions of
/// expressions that the core does not have. A page links those that its form uses.
const PIECES: [(&str, &str); 2] = [("components/", "/script.js"), ("script/functions/", ".js")];
/// What several pieces share.
const SHARED: [&str; 13] = [
    "script/fill.js",
    "script/words.js",
    "script/repeats.js",
    "script/database.js",
    "script/outbox.js",
    "script/trusted.js",
    "script/shelf.js",
    "script/case.js",
    "script/chain.js",
    "script/reference.js",
    "script/store.js",
    "script/drafts.js",
    "script/typing.js",
];
/// Pieces that the core loads when it comes to them.
const LATER: [&str; 9] = [
    "script/outcome.js",
    "script/again.js",
    "script/copy.js",
    "script/beside.js",
    "script/picker.js",
    "script/follow.js",
    "script/carry.js",
    "script/papers.js",
    "script/sealer.js",
];
/// The modules that begin the scripts of other pages, each in one file of its own.
const PAGES: [&str; 3] = ["script/receipts.js", "script/verify.js", "script/search.js"];
/// The module of the worker that keeps pages for when there is no network, and its file: browsers ask for the next one by the name
/// of the last.
pub(crate) const WORKER: (&str, &str) = ("script/worker.js", "worker.js");
/// The sheet that declares colours, sizes of text, and spaces.
const TOKENS: &str = "style/tokens.css";
/// The style that has the components', too.
const FORM_STYLE: &str = "form_style";
/// The style of paper, which has the words that only paper has, too.
const PRINT_STYLE: &str = "print";
/// The style of pages, of forms, of their review and receipt, of what is beside a form, and of paper, each in one file: the sheets of `style/` that it is
/// made of.
const STYLES: [(&str, &[&str]); 5] = [
    ("style", &["tokens", "base", "fields", "pages"]),
    (FORM_STYLE, &["tokens", "base", "fields", "form"]),
    ("outcome_style", &["outcome"]),
    ("beside_style", &["tasks", "picker"]),
    (PRINT_STYLE, &["print"]),
];
/// How many characters of the digest a name holds: 60 bits, which keep ten thousand files apart. A page has a dozen.
const DIGEST_CHARACTERS: usize = 10;

/// What a page says of a file that it links: the members are attributes.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Linked {
    /// Its address.
    pub(crate) href: String,
    /// The digest that a browser compares before it uses the file (W3C Subresource Integrity).
    pub(crate) integrity: String,
}

/// The assets of a portal.
#[derive(Default)]
pub(crate) struct Assets {
    /// By logical name.
    pub(crate) linked: BTreeMap<String, Linked>,
    /// By the module that begins a piece.
    pieces: BTreeMap<String, Linked>,
    /// The same → what others import of it: all lie in one folder.
    scripts: BTreeMap<String, Written>,
    /// Path → content.
    pub(crate) files: BTreeMap<String, String>,
}

impl Assets {
    /// The assets, or their faults, from the memo when no source of theirs has changed.
    pub(crate) fn kept(
        site: &Folder,
        texts: &BTreeMap<String, Value>,
        memo: &Memo,
    ) -> Result<Arc<Assets>, Vec<Fault>> {
        let mut inputs = site.inputs(&[".css", ".js", ".svg", ".toml"]);
        let words = paper_words(texts);
        inputs.push(Some(words.as_str().into()));
        let made = || Assets::make(site, &words).map(Arc::new);
        Clone::clone(&*memo.assets.get("assets", inputs, made))
    }

    /// Makes them: [`STYLES`], the core and the pieces from their modules, each `*.svg` by its name.
    fn make(site: &Folder, paper_words: &str) -> Result<Assets, Vec<Fault>> {
        let mut assets = Assets::default();
        let tokens = site.text(TOKENS).unwrap_or_default();
        for (name, sheets) in STYLES {
            let more = match name {
                FORM_STYLE => components(site),
                PRINT_STYLE => paper_words.to_owned(),
                _ => String::new(),
            };
            let sheet = settled(style(site, sheets) + &more, tokens);
            assets.add(name, "css", minify::css(&sheet));
        }
        assets.add_scripts(site)?;
        for (path, stem) in site.matching("", ".svg") {
            assets.add(
                last(stem),
                "svg",
                site.text(path).unwrap_or_default().to_owned(),
            );
        }
        Ok(assets)
    }

    /// The pieces that a form's page links.
    pub(crate) fn pieces(&self, form: &Form) -> Vec<&Linked> {
        let uses = [form.kinds(), form.functions()];
        let paths = PIECES
            .iter()
            .zip(&uses)
            .flat_map(|((folder, ending), words)| {
                words
                    .iter()
                    .map(move |word| format!("{folder}{word}{ending}"))
            });
        paths.filter_map(|path| self.pieces.get(&path)).collect()
    }

    fn add_scripts(&mut self, site: &Folder) -> Result<(), Vec<Fault>> {
        for entry in PAGES {
            for bundle in bundles(site, entry, &[], &[])? {
                let module = bundle.module(&[], |_| None).unwrap_or_default();
                self.add_script(&bundle, &module);
            }
        }
        for bundle in bundles(site, WORKER.0, &[], &[])? {
            let module = bundle.module(&[], |_| None).unwrap_or_default();
            self.files
                .insert(WORKER.1.to_owned(), minify::script(&module));
        }
        let linked = PIECES
            .iter()
            .flat_map(|(folder, ending)| site.matching(folder, ending));
        let linked: Vec<&str> = linked.map(|(path, _)| path).chain(SHARED).collect();
        let all = bundles(site, CORE, &linked, &LATER)?;
        let mut left: Vec<&Bundle> = all.iter().collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|bundle| {
                let module = bundle.module(&all, |entry| self.scripts.get(entry));
                module
                    .map(|module| self.add_script(bundle, &module))
                    .is_none()
            });
            if left.len() == before {
                let way = left
                    .iter()
                    .map(|bundle| bundle.entry.as_str())
                    .collect::<Vec<_>>()
                    .join(" → ");
                return Err(vec![site.fault("script", Mistake::ImportCircle { way })]);
            }
        }
        Ok(())
    }

    fn add_script(&mut self, bundle: &Bundle, module: &str) {
        let entry = bundle.entry.as_str();
        let name = name_of(entry);
        let (script, names) = bundle.unaliased(&minify::script(module));
        let linked = self.add(name, "js", script);
        let address = format!("./{}", last(&linked.href));
        self.pieces.insert(entry.to_owned(), linked);
        self.scripts
            .insert(entry.to_owned(), Written { address, names });
    }

    fn add(&mut self, name: &str, ending: &str, content: String) -> Linked {
        let (path, _) = named(name, ending, &content);
        let linked = Linked {
            href: format!("/{path}"),
            integrity: integrity(&Digest::of(content.as_bytes())),
        };
        self.linked.insert(name.to_owned(), linked.clone());
        self.files.insert(path, content);
        linked
    }
}

/// The names of scripts that are in no form's first load: what a form comes to later, and what other pages have.
pub(crate) fn used_later() -> impl Iterator<Item = &'static str> {
    let entries = LATER.into_iter().chain(PAGES).chain([WORKER.0]);
    entries.map(name_of)
}

/// Whether that is the name of the core.
pub(crate) fn is_core(name: &str) -> bool {
    name == name_of(CORE)
}

/// `form` of `script/form.js`, `money` of `components/money/script.js`.
fn name_of(entry: &str) -> &str {
    last(entry.trim_end_matches("/script.js").trim_end_matches(".js"))
}

/// A digest as browsers read it: in the other base64, whose characters are padded to a multiple of four.
fn integrity(digest: &Digest) -> String {
    let digest = digest.to_string().replace('-', "+").replace('_', "/");
    format!("sha256-{digest}=")
}

/// The path of a file by the digest of its content, and that digest as it stands there.
pub(crate) fn named(name: &str, ending: &str, content: &str) -> (String, String) {
    let digest = Digest::of(content.as_bytes()).to_string();
    let digest: String = digest.chars().take(DIGEST_CHARACTERS).collect();
    (format!("assets/{name}.{digest}.{ending}"), digest)
}

/// What stands behind the last `/`.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The sheets under `style/` one after the other.
fn style(site: &Folder, sheets: &[&str]) -> String {
    let texts = sheets
        .iter()
        .filter_map(|sheet| site.text(&format!("style/{sheet}.css")));
    texts.collect::<Vec<_>>().join("\n")
}

/// A sheet in which each token that has one value by day and by night stands as that: a page does not carry its name.
fn settled(mut sheet: String, tokens: &str) -> String {
    let declared = tokens.lines().map(str::trim);
    let declared: Vec<&str> = declared.filter(|line| line.starts_with("--")).collect();
    for line in &declared {
        let Some((name, value)) = line.trim_end_matches(';').split_once(':') else {
            continue;
        };
        let declares = |other: &&&str| other.split_once(':').is_some_and(|(its, _)| its == name);
        if declared.iter().filter(declares).count() == 1 {
            sheet = sheet
                .replace(line, "")
                .replace(&format!("var({name})"), value.trim());
        }
    }
    sheet
}

/// The components' own sheets.
fn components(site: &Folder) -> String {
    let sheets = site.matching("components/", ".css");
    sheets
        .filter_map(|(path, _)| site.text(path))
        .map(|sheet| format!("\n{sheet}"))
        .collect()
}

/// The texts of `[paper]` in each language, as custom properties of style: a page on a screen does not carry them, and a
/// page without script prints them.
fn paper_words(texts: &BTreeMap<String, Value>) -> String {
    let rules = texts.iter().map(|(language, texts)| {
        let words = texts["paper"].as_object().into_iter().flatten();
        let properties = words
            .filter_map(|(name, words)| Some(format!("--{name}:{};", css_string(words.as_str()?))));
        format!("\n:lang({language}){{{}}}", properties.collect::<String>())
    });
    rules.collect()
}

/// A text as style has it (CSS Syntax 3, section 4.3.5): what could end it, or the sheet, by its number.
fn css_string(text: &str) -> String {
    let escaped = text.chars().map(|letter| match letter {
        '"' | '\\' | '<' | '\n' => format!("\\{:x} ", u32::from(letter)),
        _ => letter.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::settled;

    #[test]
    fn what_is_one_by_day_and_by_night_stands_as_its_value() {
        let tokens = ":root {\n  --ink: #111;\n  --space-1: 0.2rem;\n}\n@media (prefers-color-scheme: dark) {\n  :root {\n    --ink: #eee;\n  }\n}\n";
        let sheet = format!("{tokens}p {{\n  color: var(--ink);\n  gap: var(--space-1);\n}}\n");
        let settled = settled(sheet, tokens);
        assert!(settled.contains("color: var(--ink);"), "{settled}");
        assert!(settled.contains("gap: 0.2rem;"), "{settled}");
        assert!(settled.contains("--ink: #111;"), "{settled}");
        assert!(!settled.contains("space-1"), "{settled}");
    }
}
