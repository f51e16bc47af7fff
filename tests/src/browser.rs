//! Real browsers, driven by the scripts of `tests/browser`, and the stock JOSE libraries of `tests/interop`.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::programs::Programs;
use crate::{Failure, repository};

/// What to do when a tool is missing.
const INSTALL: &str = "run tests/install, which installs what the tests need";

/// A browser that citizens have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, Chrome, Edge, and what telephones carry.
    Chromium,
    /// Firefox, as Debian's `firefox-esr`.
    Firefox,
}

/// In `MOTCUA_BROWSER`: the name of an engine, for a run of everybody's tests in that one.
const ASKED: &str = "MOTCUA_BROWSER";

impl Engine {
    /// The one that a run asks for; else Chromium.
    ///
    /// # Errors
    /// There is no such engine.
    pub fn asked() -> Result<Engine, Failure> {
        let Ok(asked) = env::var(ASKED) else {
            return Ok(Engine::Chromium);
        };
        [Engine::Chromium, Engine::Firefox]
            .into_iter()
            .find(|engine| engine.name() == asked)
            .ok_or_else(|| Failure::new(format!("{ASKED}={asked}: say chromium or firefox")))
    }

    fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
        }
    }

    /// What the program may be called.
    fn programs(self) -> &'static [&'static str] {
        match self {
            Engine::Chromium => &["chromium", "chromium-browser", "google-chrome"],
            Engine::Firefox => &["firefox-esr", "firefox"],
        }
    }

    /// The browser of this machine.
    fn path(self) -> Result<PathBuf, Failure> {
        let folders: Vec<PathBuf> = env::var_os("PATH")
            .map(|path| env::split_paths(&path).collect())
            .unwrap_or_default();
        self.programs()
            .iter()
            .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
            .find(|path| path.exists())
            .ok_or_else(|| Failure::new(format!("no {} in PATH; {INSTALL}", self.name())))
    }
}

/// Runs `tests/browser/{script}` in the browser that the run asks for: see [`drive_in`].
///
/// # Errors
/// As there, and as [`Engine::asked`].
pub fn drive(script: &str, order: Value) -> Result<Value, Failure> {
    drive_in(Engine::asked()?, script, order)
}

/// Runs `tests/browser/{script}` in Node with `order` as JSON on its standard input; returns what it answers.
///
/// The script is given the browser and a folder for pictures of failures beside the order's own members.
///
/// # Errors
/// Node, its packages or the browser are missing; the script ended in failure or did not answer in JSON.
pub fn drive_in(engine: Engine, script: &str, mut order: Value) -> Result<Value, Failure> {
    let path = engine.path()?.display().to_string();
    order["browser"] = json!({ "engine": engine.name(), "path": path });
    order["pictures"] = Programs::scratch()?
        .join("pictures")
        .display()
        .to_string()
        .into();
    let text = node(&format!("tests/browser/{script}"), &[], &order.to_string())?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("{script} answered no JSON ({error}): {text}")))
}

/// Runs a script of the repository in Node, with the packages that lie beside it.
///
/// # Errors
/// Node or the packages are missing; the script ended in failure: with its words.
pub fn node(script: &str, arguments: &[&str], input: &str) -> Result<String, Failure> {
    let path = repository::path(script);
    let folder = path.parent().unwrap_or(Path::new("."));
    if folder.join("package.json").exists() && !folder.join("node_modules").exists() {
        return Err(Failure::at(
            folder,
            format!("its node_modules are missing; {INSTALL}"),
        ));
    }
    feed(Command::new("node").arg(path).args(arguments), input)
}

/// Runs a script of the repository in the Python of `target/python`, where `tests/install` puts jwcrypto.
///
/// # Errors
/// The Python environment is missing; the script ended in failure: with its words.
pub fn python(script: &str, arguments: &[&str], input: &str) -> Result<String, Failure> {
    let python = repository::path("target/python/bin/python");
    if !python.exists() {
        return Err(Failure::at(&python, format!("is missing; {INSTALL}")));
    }
    feed(
        Command::new(python)
            .arg(repository::path(script))
            .args(arguments),
        input,
    )
}

/// Runs `command` with `input` on its standard input and returns its standard output.
fn feed(command: &mut Command, input: &str) -> Result<String, Failure> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| {
            Failure::new(format!("{shown} could not be started: {error}; {INSTALL}"))
        })?;
    if let Some(mut stdin) = child.stdin.take() {
        // A script that does not read to the end says itself why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child
        .wait_with_output()
        .map_err(|error| Failure::new(format!("{shown}: {error}")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(Failure::new(format!(
        "{shown} ended with {}:\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )))
}
