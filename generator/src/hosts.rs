//! `motcua host`: what a portal's `_headers` and `_redirects` say, in the words of a web server.
//!
//! The answer is a piece of configuration for one portal; what it says of paths comes from the built portal's own files, so
//! that every host sends the same.

use std::fs;
use std::path::Path;

use formdef::{Bilingual, both};

use crate::fault::cause;
use crate::headers::Rules;
use crate::serve::CONTENT_TYPES;

const EVERYTHING: &str = "/*";
const CACHING: &str = "Cache-Control";

/// What a host has to know of a portal.
pub struct Hosting {
    rules: Rules,
    /// Old address, new address.
    redirects: Vec<(String, String)>,
}

impl Hosting {
    /// Reads it from a built portal.
    ///
    /// # Errors
    /// A sentence: there is no portal.
    pub fn of(portal: &Path) -> Result<Hosting, Bilingual> {
        let path = portal.join("_headers");
        let text = fs::read_to_string(&path).map_err(|error| {
            let (path, cause) = (path.display(), cause(&error));
            both!(
                [cause] "{path}: {cause}\n  = name the folder of a built portal: `motcua build --out DIR`",
                "{path}: {cause}\n  = cho thư mục của một cổng đã dựng: «motcua build --out DIR»"
            )
        })?;
        // A portal from which nothing has moved has none.
        let redirects = fs::read_to_string(portal.join("_redirects")).unwrap_or_default();
        let redirects = redirects.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        });
        Ok(Hosting {
            rules: Rules::read(&text),
            redirects: redirects.collect(),
        })
    }

    /// To be included in a `server` of nginx. With `brotli`, files that lie packed are sent so, which needs the module
    /// `brotli_static`.
    pub fn nginx(&self, root: &Path, brotli: bool) -> String {
        let types = CONTENT_TYPES.iter();
        let types = types.map(|(end, kind)| format!("    \"{kind}\" {end};\n"));
        let brotli = if brotli { "brotli_static on;\n" } else { "" };
        let mut text = format!(
            "# Made by `motcua host nginx`.\nroot \"{}\";\nindex index.html;\nabsolute_redirect off;\nerror_page 404 /404.html;\ngzip_static on;\n{brotli}types {{\n{}}}\n",
            root.display(),
            types.collect::<String>()
        );
        // A location that adds a header inherits none.
        let always = self.everywhere();
        let always =
            always.map(|(name, value)| format!("    add_header {name} \"{value}\" always;\n"));
        let always: String = always.collect();
        let mut location = |path: &str, caching: &str| {
            text += &format!(
                "location {path} {{\n{always}    add_header {CACHING} \"{caching}\";\n}}\n"
            );
        };
        location("/", self.of_pages());
        for (path, caching) in self.of_others() {
            match path.strip_suffix('*') {
                Some(folder) => location(&format!("^~ {folder}"), caching),
                None => location(&format!("= {path}"), caching),
            }
        }
        let caching = self.of_pages();
        for (from, to) in &self.redirects {
            text += &format!(
                "location = {from} {{\n{always}    add_header {CACHING} \"{caching}\" always;\n    return 301 {to};\n}}\n"
            );
        }
        text + "location ~ ^/(_|\\.(?!well-known/)) { return 404; }\n"
    }

    /// To be imported into a site of Caddy.
    pub fn caddy(&self, root: &Path) -> String {
        let mut text = format!(
            "# Made by `motcua host caddy`.\nroot * \"{}\"\nheader {{\n",
            root.display()
        );
        for (name, value) in self.everywhere() {
            text += &format!("\t{name} \"{value}\"\n");
        }
        let others: Vec<&str> = self.of_others().map(|(path, _)| path).collect();
        // Caddy puts the most general rule last, which would win.
        text += &format!(
            "}}\n@pages not path {}\nheader @pages {CACHING} \"{}\"\n",
            others.join(" "),
            self.of_pages()
        );
        for (path, caching) in self.of_others() {
            text += &format!("header {path} {CACHING} \"{caching}\"\n");
        }
        for (end, kind) in CONTENT_TYPES {
            text += &format!("@{end} path *.{end}\nheader @{end} Content-Type \"{kind}\"\n");
        }
        for (from, to) in &self.redirects {
            text += &format!("redir {from} {to} 301\n");
        }
        text + "file_server {\n\tprecompressed br gzip\n\thide _headers _redirects .motcua*\n}\nhandle_errors {\n\theader -Cache-Control\n\theader Content-Type \"text/html; charset=utf-8\"\n\trewrite * /404.html\n\tfile_server\n}\n"
    }

    fn everywhere(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.of_rule(EVERYTHING)
    }

    /// For how long a page may be kept, and what has no rule of its own.
    fn of_pages(&self) -> &str {
        let mut home = self.rules.of_rule("/");
        let caching = home.find(|(name, _)| *name == CACHING);
        caching.map_or("no-cache", |(_, value)| value)
    }

    /// The paths whose files are kept for longer or shorter than pages.
    fn of_others(&self) -> impl Iterator<Item = (&str, &str)> {
        let caching = |path| {
            let mut headers = self.rules.of_rule(path);
            headers.find(|(name, _)| *name == CACHING)
        };
        let found = self
            .rules
            .paths()
            .filter_map(move |path| Some((path, caching(path)?.1)));
        found.filter(|(_, caching)| *caching != self.of_pages())
    }
}
