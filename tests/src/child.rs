//! A program that runs beside us, with its words kept in a file, and gone when its owner is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// How long a program may take until it answers: a disk that others use stands still for a minute at times.
const START_PATIENCE: Duration = Duration::from_secs(180);
/// How long a program may take to finish what it has begun after SIGTERM.
const STOP_PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running program.
#[derive(Debug)]
pub(crate) struct Child {
    name: &'static str,
    process: Process,
    log: PathBuf,
}

impl Child {
    /// Starts `command`; what it prints goes to `{name}.log` in `logs`, after what an earlier one of that name printed.
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        logs: &Path,
    ) -> Result<Self, Failure> {
        fs::create_dir_all(logs).map_err(|error| Failure::at(logs, error))?;
        let log = logs.join(format!("{name}.log"));
        let open = || {
            File::options()
                .append(true)
                .create(true)
                .open(&log)
                .map_err(|error| Failure::at(&log, error))
        };
        let process = command
            .stdin(Stdio::null())
            .stdout(open()?)
            .stderr(open()?)
            .spawn()
            .map_err(|error| Failure::new(format!("{command:?} could not be started: {error}")))?;
        Ok(Self { name, process, log })
    }

    /// Waits until `answers` says so; fails as soon as the program has ended, with its last words.
    pub(crate) fn wait_until(&mut self, mut answers: impl FnMut() -> bool) -> Result<(), Failure> {
        let begun = Instant::now();
        while !answers() {
            if let Some(status) = self.ended() {
                return Err(Failure::new(format!(
                    "{} ended with {status}:\n{}",
                    self.name,
                    self.last_words()
                )));
            }
            if begun.elapsed() > START_PATIENCE {
                return Err(Failure::new(format!(
                    "{} did not answer within {} s:\n{}",
                    self.name,
                    START_PATIENCE.as_secs(),
                    self.last_words()
                )));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().ok().flatten()
    }

    /// Everything it and its forerunners of the same name have printed.
    pub(crate) fn words(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The end of what it printed.
    pub(crate) fn last_words(&self) -> String {
        let words = self.words();
        let lines: Vec<_> = words.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }

    /// SIGKILL: no chance to say or save anything.
    pub(crate) fn kill(&mut self) {
        // Fails only when it has ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// SIGTERM, and its answer to it; SIGKILL when it does not answer.
    pub(crate) fn stop(&mut self) -> Result<ExitStatus, Failure> {
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let begun = Instant::now();
        while begun.elapsed() < STOP_PATIENCE {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        self.kill();
        Err(Failure::new(format!(
            "{} did not end within {} s of SIGTERM",
            self.name,
            STOP_PATIENCE.as_secs()
        )))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}
