//! The form language of motcua: definitions → [`Form`] or faults; answers → faults.
//!
//! No I/O, no clock: sources, lists and the moment come from the caller. `formdef/LANGUAGE.md` is the editors' reference.
//!
//! ```text
//! parse(source, shelf) → Form ─ to_compiled() → published ─ from_compiled() → Form ─ check(answers) → AnswerFaults
//! ```

mod audience;
mod bilingual;
mod characters;
mod check;
mod date;
mod difference;
mod display;
mod expr;
mod fault;
mod form;
mod format;
mod kinds;
mod list;
mod message;
mod moment;
mod noun;
mod number;
mod page;
mod place;
mod read;
mod schema;
mod text;

pub use audience::Uncheckable;
pub use bilingual::{Bilingual, Lang};
pub use check::{AnswerFault, check};
pub use date::{Date, YEAR_MAX, YEAR_MIN};
pub use difference::{Change, Effect, Version, difference};
pub use display::display;
pub use expr::{Op, Scalar, Tree, folded};
pub use fault::{Fault, Source};
pub use form::{
    Again, Choice, FORMDEF_VERSION, Field, Form, Guide, Mode, Office, Recipient, Rule, Section,
    Severity, Window, Wording,
};
pub use format::{FORMAT_BYTES, FORMATS, Format};
pub use kinds::{Kind, all as kinds};
pub use list::{Group, Item, List, Lists};
pub use message::fault_words;
pub use moment::Moment;
pub use number::Number;
pub use read::{SharedSection, Shelf, fault_codes, form_schema, parse, section_schema};
pub use schema::ListSchemas;
pub use text::Text;
