//! In which order the files of a release go into a bucket.

use crate::catalogue::CATALOGUE;

const NOT_FOUND: &str = "404.html";

/// The turn of a file. Whoever comes to a page that was there before, to the home page or to the one for addresses where nothing is
/// finds everything that it leads to: new pages, which lead to each other, are all there before one of those leads to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// For the relay: it has to know what pages will send.
    Catalogue,
    /// Named by their content.
    Assets,
    Compiled,
    NewPages,
    OldPages,
    Home,
    /// What a host answers with where nothing is: it leads to the home page, which must be there first.
    NotFound,
}

impl Turn {
    pub(super) const ALL: [Turn; 7] = [
        Turn::Catalogue,
        Turn::Assets,
        Turn::Compiled,
        Turn::NewPages,
        Turn::OldPages,
        Turn::Home,
        Turn::NotFound,
    ];

    pub(super) fn of(path: &str, was_there: bool) -> Turn {
        match path.split_once('/') {
            None if path == CATALOGUE => Turn::Catalogue,
            None if path == "index.html" => Turn::Home,
            _ if path.rsplit('/').next() == Some(NOT_FOUND) => Turn::NotFound,
            Some(("assets" | "lists", _)) => Turn::Assets,
            Some(("forms" | "keys", _)) => Turn::Compiled,
            _ if was_there => Turn::OldPages,
            _ => Turn::NewPages,
        }
    }
}
