//! In which order the files of a release go into a bucket.

use crate::catalogue::CATALOGUE;

/// The turn of a file. None of an earlier turn points at one of a later turn that was not there before.
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
}

impl Turn {
    pub(super) const ALL: [Turn; 6] = [
        Turn::Catalogue,
        Turn::Assets,
        Turn::Compiled,
        Turn::NewPages,
        Turn::OldPages,
        Turn::Home,
    ];

    pub(super) fn of(path: &str, was_there: bool) -> Turn {
        match path.split_once('/') {
            None if path == CATALOGUE => Turn::Catalogue,
            None if path == "index.html" => Turn::Home,
            Some(("assets" | "lists", _)) => Turn::Assets,
            Some(("forms" | "keys", _)) => Turn::Compiled,
            _ if was_there => Turn::OldPages,
            _ => Turn::NewPages,
        }
    }
}
