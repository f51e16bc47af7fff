//! What keeps the relay from starting, from running on, or from taking a new catalogue: a sentence for its operator.

use std::fmt;

/// Where, what, and what to do. It is printed as it is; a program that ends with one exits non-zero.
#[derive(Debug)]
pub struct Fault(String);

impl Fault {
    pub(crate) fn new(
        place: impl fmt::Display,
        what: impl fmt::Display,
        mend: impl fmt::Display,
    ) -> Fault {
        Fault(format!("{place}: {what}; {mend}"))
    }

    /// A sentence that says what to do by itself.
    pub(crate) fn told(place: impl fmt::Display, sentence: impl fmt::Display) -> Fault {
        Fault(format!("{place}: {sentence}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}
