//! One program for all parsers: `MOTCUA_FUZZ` names the one. It is an error to panic, and to read a text that is not written the same again.

#![no_main]

mod signed;
mod targets;
// Private parsers of the relay, as they stand there.
#[allow(dead_code, unreachable_pub)]
#[path = "../../../relay/src/head.rs"]
mod head;
#[allow(dead_code, unreachable_pub)]
#[path = "../../../relay/src/outbox/question.rs"]
mod question;

use std::path::Path;
use std::sync::OnceLock;

use targets::{TARGETS, Target};

static TARGET: OnceLock<&Target> = OnceLock::new();

/// Chooses the target, and puts its seeds into the folder that `MOTCUA_FUZZ_SEEDS` names.
fn choose() {
    let name = std::env::var("MOTCUA_FUZZ").unwrap_or_default();
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        // The list on standard output is what `run` goes by.
        println!("{}", names.join("\n"));
        std::process::exit(i32::from(!name.is_empty()));
    };
    if let Some(folder) = std::env::var_os("MOTCUA_FUZZ_SEEDS") {
        for (number, seed) in (target.seeds)().into_iter().enumerate() {
            let file = Path::new(&folder).join(format!("seed-{number}"));
            std::fs::write(file, seed).expect("the seeds' folder can be written");
        }
    }
    TARGET.get_or_init(|| target);
}

libfuzzer_sys::fuzz_target!(
    init: choose(),
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.read)(bytes);
        }
    }
);
