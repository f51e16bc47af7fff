//! Style, scripts and pictures: one file each, named by the digest of its content.

use std::collections::BTreeMap;
use std::sync::Arc;

use envelope::Digest;

use crate::bundle::bundle;
use crate::fault::Fault;
use crate::memo::Memo;
use crate::minify;
use crate::sources::Folder;

/// The scripts of pages: the logical name, and the module that begins the bundle.
const SCRIPTS: [(&str, &str); 1] = [("form", "script/form.js")];
/// How many characters of the digest a name holds: 96 bits.
const DIGEST_CHARACTERS: usize = 16;

/// The assets of a portal.
#[derive(Default)]
pub(crate) struct Assets {
    /// Logical name → address.
    pub(crate) urls: BTreeMap<String, String>,
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

    /// Makes them: `style` from all style sheets, each script from its modules, each `*.svg` by its name.
    fn make(site: &Folder) -> Result<Assets, Vec<Fault>> {
        let mut assets = Assets::default();
        let mut faults = Vec::new();
        assets.add("style", "css", minify::css(&style(site)));
        for (name, entry) in SCRIPTS {
            match bundle(site, entry) {
                Ok(script) => assets.add(name, "js", minify::script(&script)),
                Err(more) => faults.extend(more),
            }
        }
        for (path, stem) in site.matching("", ".svg") {
            let name = stem.rsplit('/').next().unwrap_or(stem);
            assets.add(name, "svg", site.text(path).unwrap_or_default().to_owned());
        }
        if faults.is_empty() {
            Ok(assets)
        } else {
            Err(faults)
        }
    }

    fn add(&mut self, name: &str, ending: &str, content: String) {
        let digest: String = Digest::of(content.as_bytes())
            .to_string()
            .chars()
            .take(DIGEST_CHARACTERS)
            .collect();
        let path = format!("assets/{name}.{digest}.{ending}");
        self.urls.insert(name.to_owned(), format!("/{path}"));
        self.files.insert(path, content);
    }
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
