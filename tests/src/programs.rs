//! The programs of the other rooms, built once by cargo and started from where cargo puts them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use crate::{Failure, repository};

/// Where the four programs lie.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds what is not built yet and remembers where it lies. Later calls are free.
    ///
    /// # Errors
    /// Cargo's own message has gone to stderr; this one names what was asked of it.
    pub fn built() -> Result<Self, Failure> {
        static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        BUILT
            .get_or_init(|| build().map_err(|failure| failure.to_string()))
            .clone()
            .map(|folder| Self { folder })
            .map_err(Failure::new)
    }

    /// `motcua`, the generator.
    pub fn motcua(&self) -> Command {
        self.command("motcua")
    }

    /// `motcua-relay`.
    pub fn relay(&self) -> Command {
        self.command("motcua-relay")
    }

    /// `motcua-intake`.
    pub fn intake(&self) -> Command {
        self.command("motcua-intake")
    }

    /// `motcua-monitor`.
    pub fn monitor(&self) -> Command {
        self.command("motcua-monitor")
    }

    /// The file of a program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The program itself, without arguments, to be run in the repository's root.
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.path(name));
        command.current_dir(repository::root()).stdin(Stdio::null());
        command
    }

    /// Cargo's target folder, below which throw-away cities stand.
    ///
    /// # Errors
    /// The system does not tell this program's own path.
    pub fn scratch() -> Result<PathBuf, Failure> {
        let folder = folder_of_this_program()?;
        Ok(folder.parent().unwrap_or(&folder).to_path_buf())
    }
}

/// Runs a command to its end.
///
/// # Errors
/// It could not be started, or ended in failure: then with everything it said.
pub fn run(command: &mut Command) -> Result<String, Failure> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| Failure::new(format!("{command:?} could not be started: {error}")))?;
    let stdout = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(stdout);
    }
    Err(Failure::new(format!(
        "{command:?} ended with {status}:\n{stdout}{}",
        String::from_utf8_lossy(&stderr)
    )))
}

/// Any test: a build that is asked for one has the features that tests have.
const A_TEST: &str = "house";

fn build() -> Result<PathBuf, Failure> {
    let folder = folder_of_this_program()?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo
        .current_dir(repository::root())
        .args(["build", "--quiet", "--bins"]);
    // What this program's own build saw, so that cargo chooses the same features and reuses its work: everything, with what tests need, else
    // the packages that the demo is of.
    match is_test()? {
        true => cargo.args(["--workspace", "--test", A_TEST]),
        false => cargo.args(
            ["tests", "generator", "relay", "intake", "monitor"]
                .map(|room| format!("--package={room}")),
        ),
    };
    cargo
        .arg("--target-dir")
        .arg(folder.parent().unwrap_or(&folder));
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    for (name, _) in env::vars_os().filter(|(name, _)| describes_this_package(name)) {
        cargo.env_remove(name);
    }
    let status = cargo
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|error| Failure::new(format!("{cargo:?} could not be started: {error}")))?;
    if status.success() {
        Ok(folder)
    } else {
        Err(Failure::new(format!("{cargo:?} ended with {status}")))
    }
}

/// `target/debug`, whether this is the demo in it or a test in its `deps`.
fn folder_of_this_program() -> Result<PathBuf, Failure> {
    let folder = own_folder()?;
    Ok(match (is_test()?, folder.parent()) {
        (true, Some(parent)) => parent.to_owned(),
        _ => folder,
    })
}

/// Whether this is a test.
fn is_test() -> Result<bool, Failure> {
    Ok(own_folder()?.ends_with("deps"))
}

fn own_folder() -> Result<PathBuf, Failure> {
    let program = env::current_exe()
        .map_err(|error| Failure::new(format!("this program's own path: {error}")))?;
    Ok(program.parent().unwrap_or(Path::new(".")).to_owned())
}

/// Cargo tells a running program about its package; a cargo below it would take that for its own and build ring again.
fn describes_this_package(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
}
