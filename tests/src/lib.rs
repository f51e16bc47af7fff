//! A whole city on loopback, for the demo and for every test that goes from one end to the other.
//!
//! Nothing here reimplements a program: a [`City`] is the four real ones (`motcua build`, `motcua serve`,
//! `motcua-relay`, `motcua-intake`) as child processes with keys made by their own commands, and a [`citizen::Citizen`]
//! is a second, independent writer of the wire format, so that a test can send what the page would never send.

pub mod bare;
pub mod browser;
pub mod ceremony;
mod certificates;
mod child;
pub mod citizen;
pub mod city;
pub mod corpus;
pub mod cost;
pub mod day;
mod failure;
pub mod http;
pub mod hugo;
pub mod machine;
pub mod office;
pub mod packages;
pub mod programs;
pub mod repository;
pub mod saves;
pub mod scenarios;
pub mod tree;

pub use city::{City, Plan};
pub use day::Day;
pub use failure::Failure;
