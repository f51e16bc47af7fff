//! Expressions: a subset of CEL over the answers. Text → [`parser`] → [`lower`] (checks types) → [`Tree`] → [`evaluate`].

pub(crate) mod evaluate;
mod functions;
mod lexer;
pub(crate) mod lower;
pub(crate) mod parser;
mod range;
pub(crate) mod reach;
mod signatures;
mod tree;
pub(crate) mod types;
mod words;

pub use functions::folded;
pub use tree::{Op, Scalar, Tree};
