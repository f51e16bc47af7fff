//! What a form's page loads by itself, in its language: long lists, the words of its faults, what sending needs.

use crate::assets::named;

/// A file that a page loads.
pub(crate) struct Loaded {
    /// What the page's script calls it: a list's id, `words.faults`, `outcome`.
    pub(crate) name: String,
    /// The part of its address that is the digest of its content.
    pub(crate) digest: String,
    /// Its path in the portal: `assets/{name}.{digest}.json`.
    pub(crate) path: String,
    /// Its JSON.
    pub(crate) json: String,
}

impl Loaded {
    /// The file of that name and content.
    pub(crate) fn new(name: &str, json: String) -> Self {
        let (path, digest) = named(name, "json", &json);
        Loaded {
            name: name.to_owned(),
            digest,
            path,
            json,
        }
    }
}
