//! What stops a city from standing up, in a sentence for the person at the keyboard.

use std::fmt;
use std::path::Path;

/// Where, what, and what to do.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure that needs no place.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// A failure at a file or folder.
    pub fn at(path: &Path, what: impl fmt::Display) -> Self {
        Self(format!("{}: {what}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
