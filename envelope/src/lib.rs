//! The wire format of motcua: bytes ⇄ types, limits, refusals, signature checks.
//!
//! [`FORMAT.md`](mod@format) is the format for people of other houses; this crate is the same format for a compiler.
//! It has no I/O, no clock, no private key, and it cannot open a sealed part: time is passed in, and whoever signs asks
//! for a signing input and attaches the signature.
//!
//! # The story of a submission
//!
//! ```text
//! bytes ──read──▶ Unverified ──check_signature──▶ Signed ──admit(now, catalogue)──▶ Verified
//! ```
//!
//! * [`Unverified::read`]: the bytes are exactly those the format allows, and no larger than [`limits`] say.
//! * [`Unverified::check_signature`]: the [`Manifest`] is signed by the key in its header, and every part is the one
//!   it names. The submission now has its identity: [`Signed::jkt`], [`Signed::id`], [`Signed::manifest_sha256`].
//! * [`Signed::admit`]: the [`Catalogue`] knows the form, the agency and every key, and the dates are right.
//!
//! Each step gives the next type or a [`Refusal`], and a `Refusal` is one row of one table.
//!
//! # The rooms
//!
//! | module | concept |
//! |---|---|
//! | [`base64url`], [`json`] | strict readers: one value has one spelling |
//! | [`digest`], [`id`], [`key`], [`time`] | the small values |
//! | [`jws`] | compact JWS with an exactly known header |
//! | [`manifest`], [`submission`], [`pieces`] | what a page sends |
//! | [`catalogue`], [`keyfile`], [`release`] | what a publisher signs |
//! | [`receipt`], [`ack`] | what a relay and an intake answer |
//! | [`reference`](mod@reference) | what a person reads out at the counter |
//! | [`log`] | the transparency log: tree, tiles, checkpoint, proof |
//! | [`refusal`], [`limits`] | the two tables |

pub mod ack;
mod admission;
pub mod base64url;
pub mod catalogue;
pub mod digest;
#[doc = include_str!("../FORMAT.md")]
pub mod format {}
pub mod id;
pub mod json;
pub mod jws;
pub mod key;
pub mod keyfile;
pub mod limits;
pub mod log;
pub mod manifest;
pub mod pieces;
mod published;
pub mod receipt;
pub mod reference;
pub mod refusal;
pub mod release;
mod statement;
pub mod submission;
pub mod time;
mod version;

pub use ack::Ack;
pub use catalogue::{
    Catalogue, CatalogueFault, CatalogueForm, CatalogueOffice, DatedKey, Recipient,
};
pub use digest::Digest;
pub use id::SubmissionId;
pub use key::{Jwk, PublicKey, Thumbprint};
pub use keyfile::KeyFile;
pub use manifest::{FormRef, Manifest, Mode, PartRef};
pub use pieces::Pieces;
pub use receipt::{Receipt, StatementFault};
pub use reference::reference;
pub use refusal::{Layer, Refusal};
pub use submission::{Identity, Signed, Unverified, Verified};
pub use time::UnixTime;
pub use version::V1;
