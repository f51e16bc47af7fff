//! What stops the program: logged or printed in full, never told to a citizen.
//!
//! A submission that is wrong is no failure: it is quarantined with its [`Cause`](crate::cause::Cause)
//! and the next one goes on. A failure is the office's own house out of order — a key file missing,
//! a full disk — and continuing would only hide it.

use std::fmt;
use std::path::Path;

/// One message: where, what, and what to do about it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure in words that already name the place and the mend.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// What the system said about one file or folder, and what an operator can do.
    pub(crate) fn at(path: &Path, said: impl fmt::Display, mend: &str) -> Self {
        Self(format!("{}: {said}. {mend}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
