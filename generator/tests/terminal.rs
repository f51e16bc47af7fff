//! What is different on a terminal: colours and the bar of a long build. A terminal is made by `script`, which belongs to
//! every Linux.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::edit;

const RED: &str = "\u{1b}[1m\u{1b}[31m";
const ESCAPE: char = '\u{1b}';

fn motcua(arguments: &str) -> String {
    format!("{} {arguments}", env!("CARGO_BIN_EXE_motcua"))
}

fn shell(command: &mut Command) -> Output {
    command
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        // In a CI a terminal takes colour whatever `TERM` says.
        .env_remove("CI")
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .output()
        .unwrap()
}

/// What stands on a terminal after a command, `before` being set in its surroundings.
fn on_a_terminal(before: &str, arguments: &str) -> String {
    let line = format!("{before} {}", motcua(arguments));
    let output = shell(Command::new("script").args([
        "--quiet",
        "--return",
        "--command",
        &line,
        "/dev/null",
    ]));
    String::from_utf8(output.stdout).unwrap()
}

/// What a pipe gets.
fn in_a_pipe(arguments: &str) -> String {
    let output = shell(Command::new("sh").args(["-c", &format!("{} 2>&1", motcua(arguments))]));
    String::from_utf8(output.stdout).unwrap()
}

fn folders(forms: &Path, site: &Path) -> String {
    format!("--forms {} --site {}", forms.display(), site.display())
}

#[test]
fn colour_stands_on_terminals_alone() {
    let options = support::fixture_copy();
    edit(
        &options.forms.join("khai-sinh/form.toml"),
        "level = 3",
        "lvel = 3",
    );
    let check = format!("check {}", folders(&options.forms, &options.site));
    assert!(
        on_a_terminal("", &check).contains(RED),
        "{}",
        on_a_terminal("", &check)
    );
    for plain in [
        in_a_pipe(&check),
        on_a_terminal("NO_COLOR=1", &check),
        on_a_terminal("TERM=dumb", &check),
        on_a_terminal("", &format!("{check} --format json")),
        on_a_terminal("", &format!("{check} --format github")),
    ] {
        assert!(plain.contains("lvel") && !plain.contains(ESCAPE), "{plain}");
    }
}

#[test]
fn a_long_build_shows_how_far_it_is_on_a_terminal_alone() {
    let options = support::whole_portal();
    let out = options.out.display();
    let build = format!(
        "build --quiet --threads 1 --out {out} {}",
        folders(&options.forms, &options.site)
    );
    let seen = on_a_terminal("", &build);
    let bars: Vec<&str> = seen
        .split('[')
        .filter(|piece| piece.contains("] ") && piece.contains('/'))
        .collect();
    assert!(bars.iter().any(|bar| bar.starts_with('=')), "{seen:?}");
    assert!(seen.contains(&format!("portal in {out}")), "{seen:?}");
    // It is gone at the end: the line is erased.
    assert!(seen.contains("\u{1b}[2K"), "{seen:?}");
    let piped = in_a_pipe(&build);
    assert!(
        piped.contains("portal in") && !piped.contains("=>") && !piped.contains(ESCAPE),
        "{piped:?}"
    );
    let told = on_a_terminal("", &format!("{build} 2>/dev/null"));
    assert!(
        told.contains("portal in") && !told.contains("=>"),
        "{told:?}"
    );
}
