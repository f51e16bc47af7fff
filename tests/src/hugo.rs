//! The pages of a built portal as sources of Hugo, to compare what building them costs: the same text in the same markup,
//! each page's own in a file of its own, what all share in a template.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::{Failure, tree};

const CONFIG: &str = "baseURL = \"https://dichvu.example.vn/\"\ndisableKinds = [\"taxonomy\", \"term\", \"RSS\", \"section\", \"home\", \"404\"]\n";

/// Writes them; how many pages they are.
///
/// # Errors
/// The portal cannot be read, or a file not be written.
pub fn write(folder: &Path, portal: &Path) -> Result<usize, Failure> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut frame = None;
    let pages = tree::files(portal)?;
    let pages = pages
        .iter()
        .filter(|(path, _)| path.ends_with("index.html"));
    for (number, (path, bytes)) in pages.enumerate() {
        let page = String::from_utf8_lossy(bytes);
        let Some((before, rest)) = page.split_once("<main") else {
            continue;
        };
        let Some((main, after)) = rest.split_once("</main>") else {
            continue;
        };
        let (attributes, main) = main.split_once('>').unwrap_or(("", main));
        frame.get_or_insert_with(|| {
            format!("{before}<main{attributes}>{{{{ .Content }}}}</main>{after}")
        });
        let url = path.display().to_string();
        let url = url.trim_end_matches("index.html");
        let source = format!("---\nurl: /{url}\n---\n{main}");
        files.insert(format!("content/p{number}.html").into(), source.into());
    }
    let count = files.len();
    let frame = frame.ok_or_else(|| Failure::at(portal, "has no page"))?;
    files.insert("layouts/_default/single.html".into(), frame.into());
    files.insert("config.toml".into(), CONFIG.into());
    tree::write(folder, &files)?;
    Ok(count)
}
