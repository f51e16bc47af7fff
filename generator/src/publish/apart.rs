//! A build removes what is not its own, so a folder of releases stands apart from built portals.

use std::fs;
use std::path::{Path, PathBuf};

use formdef::{Bilingual, both};

use crate::writing::MARKER;

/// Refuses a folder of releases that is a built portal, lies in one, or holds the one that is published.
pub(super) fn stands_apart(releases: &Path, built: &Path) -> Result<(), Bilingual> {
    let (own, from) = (as_it_lies(releases), as_it_lies(built));
    let is_portal = own.ancestors().any(|dir| dir.join(MARKER).exists());
    if !is_portal && !own.starts_with(&from) && !from.starts_with(&own) {
        return Ok(());
    }
    let dir = releases.display();
    Err(both!(
        "{dir}: this folder is that of a built portal, or lies in it, or around it: the next build would remove what is public; nothing was published\n  = choose a folder for releases alone with --to",
        "{dir}: thư mục này là của một cổng đã dựng, nằm trong đó, hoặc chứa nó: lần dựng sau sẽ xóa những gì đang công bố; chưa công bố gì cả\n  = chọn một thư mục chỉ dành cho các bản phát hành bằng --to"
    ))
}

/// The way to a folder without links in it, also to one that is still to be made.
fn as_it_lies(dir: &Path) -> PathBuf {
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let mut there = dir.ancestors();
    let resolved = there.find_map(|part| Some((part, fs::canonicalize(part).ok()?)));
    match resolved {
        Some((part, resolved)) => resolved.join(dir.strip_prefix(part).unwrap_or(&dir)),
        None => dir,
    }
}
