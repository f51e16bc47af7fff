//! The editors' guide as a new user follows it: every command is run, in order, and prints what the guide says.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a fenced block of the guide asks for.
enum Step {
    /// ```` ```console ````: commands after `$`, each followed by what it prints; `!` before the first line: it fails.
    Run(Vec<(String, Vec<String>)>),
    /// ```` ```toml PATH ````: the whole file.
    Write(String, String),
    /// ```` ```edit PATH ````: two lines, what stands there and what takes its place.
    Edit(String, String, String),
}

fn steps(guide: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for block in guide.split("\n```").skip(1).step_by(2) {
        let (head, body) = block.split_once('\n').unwrap();
        match head.split_once(' ').unwrap_or((head, "")) {
            ("console", _) => steps.push(Step::Run(commands(body))),
            ("toml", path) if !path.is_empty() => {
                steps.push(Step::Write(path.to_owned(), format!("{body}\n")));
            }
            ("edit", path) => {
                let (from, to) = body.split_once('\n').unwrap();
                steps.push(Step::Edit(path.to_owned(), from.to_owned(), to.to_owned()));
            }
            _ => {}
        }
    }
    steps
}

fn commands(body: &str) -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for line in body.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => commands.push((command.to_owned(), Vec::new())),
            None => commands.last_mut().unwrap().1.push(line.to_owned()),
        }
    }
    commands
}

/// Runs a command as a shell would and compares what it prints, line by line.
fn run(dir: &mut PathBuf, command: &str, printed: &[String]) {
    if let Some(folder) = command.strip_prefix("cd ") {
        dir.push(folder);
        return;
    }
    let program = Path::new(env!("CARGO_BIN_EXE_motcua"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(&*dir)
        .env("PATH", path)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let fails = printed.first().is_some_and(|line| line.starts_with("! "));
    let said = if fails {
        &output.stderr
    } else {
        &output.stdout
    };
    let said = String::from_utf8_lossy(said).into_owned();
    assert_eq!(
        !output.status.success(),
        fails,
        "{command}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let wanted: Vec<&str> = printed
        .iter()
        .map(|line| line.trim_start_matches("! "))
        .collect();
    let said: Vec<&str> = said.lines().collect();
    assert!(
        fits(&wanted, &said),
        "{command}\nprints {said:#?}\nthe guide says {wanted:#?}"
    );
}

/// Whether lines are as wanted: `…` alone stands for any lines, at the end of a line for any words.
fn fits(wanted: &[&str], said: &[&str]) -> bool {
    match (wanted.split_first(), said.split_first()) {
        (None, None) => true,
        (Some((&"…", rest)), _) => (0..=said.len()).any(|left_out| fits(rest, &said[left_out..])),
        (Some((line, rest)), Some((first, more))) => {
            let same = line
                .strip_suffix('…')
                .map_or(line == first, |start| first.starts_with(start));
            same && fits(rest, more)
        }
        _ => false,
    }
}

fn follow(guide: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(guide);
    let steps = steps(&fs::read_to_string(path).unwrap());
    assert!(steps.len() > 8, "{guide} has {} steps", steps.len());
    let mut dir = support::new_dir();
    for step in steps {
        match step {
            Step::Run(commands) => {
                for (command, printed) in commands {
                    run(&mut dir, &command, &printed);
                }
            }
            Step::Write(path, text) => fs::write(dir.join(path), text).unwrap(),
            Step::Edit(path, from, to) => support::edit(&dir.join(path), &from, &to),
        }
    }
}

#[test]
fn the_english_guide_is_true() {
    follow("editors.md");
}

#[test]
fn the_vietnamese_guide_is_true() {
    follow("editors.vi.md");
}

#[test]
fn another_print_is_noticed() {
    assert!(fits(&["a", "…", "c…"], &["a", "b", "cd"]));
    assert!(!fits(&["a", "…", "c"], &["a", "b", "cd"]));
    assert!(!fits(&["a"], &["a", "b"]));
}
