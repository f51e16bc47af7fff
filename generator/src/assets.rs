//! Style, scripts and pictures: one file each, named by the digest of its content.

use std::collections::BTreeMap;
use std::sync::Arc;

use envelope::Digest;

use formdef::Form;

use crate::bundle::{Bundle, bundles};
use crate::fault::{Fault, Mistake};
use crate::memo::Memo;
use crate::minify;
use crate::sources::Folder;

/// The module that begins the core: what every form's page links.
const CORE: &str = "script/form.js";
/// The folders of pieces, and the name of a piece's module in them: the kinds of field and the functions of
/// expressions that the core does not have. A page links those that its form uses.
const PIECES: [(&str, &str); 2] = [("components/", "/script.js"), ("script/functions/", ".js")];
/// Pieces that the core loads when it comes to them.
const LATER: [&str; 2] = ["script/receipt.js", "script/again.js"];
/// How many characters of the digest a name holds: 96 bits.
const DIGEST_CHARACTERS: usize = 16;

/// The assets of a portal.
#[derive(Default)]
pub(crate) struct Assets {
    /// Logical name → address.
    pub(crate) urls: BTreeMap<String, String>,
    /// Module that begins a piece → address.
    pieces: BTreeMap<String, String>,
    /// Path → content.
    pub(crate) files: BTreeMap<String, String>,
}

impl Assets {
    /// The assets, or their faults, from the memo when no source of theirs has changed.
    pub(crate) fn kept(site: &Folder, memo: &Memo) -> Result<Arc<Assets>, Vec<Fault>> {
        let inputs = site.inputs(&[".css", ".js", ".svg"]);
        let made = || Assets::make(site).map(Arc::new);
        Clone::clone(&*memo.assets.get("assets", inputs, made))
    }

    /// Makes them: `style` from all style sheets, the core and the pieces from their modules, each `*.svg` by its name.
    fn make(site: &Folder) -> Result<Assets, Vec<Fault>> {
        let mut assets = Assets::default();
        assets.add("style", "css", minify::css(&style(site)));
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

    /// The addresses of the pieces that a form's page links.
    pub(crate) fn pieces(&self, form: &Form) -> Vec<&str> {
        let uses = [form.kinds(), form.functions()];
        let paths = PIECES
            .iter()
            .zip(&uses)
            .flat_map(|((folder, ending), words)| {
                words
                    .iter()
                    .map(move |word| format!("{folder}{word}{ending}"))
            });
        paths
            .filter_map(|path| self.pieces.get(&path))
            .map(String::as_str)
            .collect()
    }

    fn add_scripts(&mut self, site: &Folder) -> Result<(), Vec<Fault>> {
        let linked = PIECES
            .iter()
            .flat_map(|(folder, ending)| site.matching(folder, ending));
        let linked: Vec<&str> = linked.map(|(path, _)| path).collect();
        let all = bundles(site, CORE, &linked, &LATER)?;
        let mut left: Vec<&Bundle> = all.iter().collect();
        while !left.is_empty() {
            let before = left.len();
            left.retain(|bundle| {
                let module = bundle.module(&all, |entry| self.script_url(entry));
                module
                    .as_ref()
                    .map(|module| self.add_script(&bundle.entry, module))
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

    /// A script that is there, as others import it: all lie in one folder.
    fn script_url(&self, entry: &str) -> Option<String> {
        let url = self.pieces.get(entry)?;
        Some(format!("./{}", last(url)))
    }

    fn add_script(&mut self, entry: &str, module: &str) {
        let name = last(entry.trim_end_matches("/script.js").trim_end_matches(".js"));
        let url = self.add(name, "js", minify::script(module));
        self.pieces.insert(entry.to_owned(), url);
    }

    fn add(&mut self, name: &str, ending: &str, content: String) -> String {
        let digest: String = Digest::of(content.as_bytes())
            .to_string()
            .chars()
            .take(DIGEST_CHARACTERS)
            .collect();
        let path = format!("assets/{name}.{digest}.{ending}");
        let url = format!("/{path}");
        self.urls.insert(name.to_owned(), url.clone());
        self.files.insert(path, content);
        url
    }
}

/// What stands behind the last `/`.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// All style in one sheet: the tokens, the rest of `style/` by name, the components, and print last, which overrides.
fn style(site: &Folder) -> String {
    let (first, last) = ("style/tokens.css", "style/print.css");
    let general = site
        .matching("style/", ".css")
        .map(|(path, _)| path)
        .filter(|path| *path != first && *path != last);
    let components = site.matching("components/", ".css").map(|(path, _)| path);
    let paths = [first]
        .into_iter()
        .chain(general)
        .chain(components)
        .chain([last]);
    paths
        .filter_map(|path| site.text(path))
        .collect::<Vec<_>>()
        .join("\n")
}
