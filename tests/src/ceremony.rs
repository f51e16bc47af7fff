//! The keys of a throw-away city, each made by the program that will use it.
//!
//! ```text
//! keys/             public keys as the publisher collects them, and the publisher's own private key
//!   offices/        private: CODE.jwk of every office, for the intake
//!   relay.jwk  log.key  ack.jwk private: receipts, checkpoints of the log, acknowledgements
//!   recovery/recovery.jwk       private: kept apart, no program is given it
//! ```
//! Keys outlive a city: making 644 of them is most of the first start, and none of the second.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::programs::{Programs, run};
use crate::{Failure, repository};

/// The days on which the offices' keys hold: any on which a throw-away city may be told to live.
const KEYS_FROM: &str = "2000-01-01";
const KEYS_UNTIL: &str = "2099-12-31";

/// The name of the throw-away relay's log.
const LOG_NAME: &str = "relay.example/log";

/// The folders and files of the keys.
#[derive(Debug, Clone)]
pub struct Keys {
    root: PathBuf,
}

impl Keys {
    /// Public keys as the publisher collects them, for `motcua build --keys`.
    pub fn publisher_folder(&self) -> PathBuf {
        self.root.join("publisher")
    }

    /// The pinned publisher key.
    pub fn publisher_public(&self) -> PathBuf {
        self.publisher_folder().join("publisher.pub.jwk")
    }

    /// The relay's private signing key.
    pub fn relay(&self) -> PathBuf {
        self.root.join("relay").join("relay.jwk")
    }

    /// The private key of the relay's log.
    pub fn log(&self) -> PathBuf {
        self.root.join("relay").join("log.key")
    }

    /// The intake's private acknowledgement key.
    pub fn ack(&self) -> PathBuf {
        self.root.join("ack").join("ack.jwk")
    }

    /// The folder of the offices' private keys.
    pub fn offices(&self) -> PathBuf {
        self.root.join("offices")
    }

    /// The city's recovery key, which no program of the city is given.
    pub fn recovery(&self) -> PathBuf {
        self.root.join("recovery").join("recovery.jwk")
    }

    /// The keys of every office below `root`, made now if they are not there yet.
    ///
    /// # Errors
    /// As [`Keys::of`].
    pub(crate) fn at(
        root: &Path,
        programs: &Programs,
        say: &dyn Fn(&str),
    ) -> Result<Self, Failure> {
        Self::of(&repository::office_codes()?, root, programs, say)
    }

    /// The keys of these offices and of everybody else below `root`, made now if they are not there yet.
    ///
    /// # Errors
    /// A command failed; then nothing is left below `root`.
    pub fn of(
        offices: &[String],
        root: &Path,
        programs: &Programs,
        say: &dyn Fn(&str),
    ) -> Result<Self, Failure> {
        let lock = lock(root)?;
        let keys = Self {
            root: root.to_owned(),
        };
        if fs::read_to_string(keys.made()).is_ok_and(|made| made == inventory(offices)) {
            return Ok(keys);
        }
        say(&format!(
            "making throw-away keys for {} offices (once)",
            offices.len()
        ));
        if root.exists() {
            fs::remove_dir_all(root).map_err(|error| Failure::at(root, error))?;
        }
        if let Err(failure) = keys.make(programs, offices) {
            // A half-made set would look like a whole one to the eye.
            let _ = fs::remove_dir_all(root);
            return Err(failure);
        }
        write(&keys.made(), &inventory(offices))?;
        drop(lock);
        Ok(keys)
    }

    fn made(&self) -> PathBuf {
        self.root.join("made.txt")
    }

    fn make(&self, programs: &Programs, offices: &[String]) -> Result<(), Failure> {
        let publisher = self.publisher_folder();
        for folder in [&publisher, &self.offices()] {
            fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
        }
        for file in [self.relay(), self.ack(), self.recovery()] {
            let folder = file.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
        }
        run(programs
            .motcua()
            .args(["keys", "publisher", "--keys"])
            .arg(&publisher))?;
        run(programs
            .relay()
            .args(["keys", "new", "--out"])
            .arg(self.relay()))?;
        run(programs
            .relay()
            .args(["keys", "log", "--name", LOG_NAME, "--out"])
            .arg(self.log()))?;
        run(programs
            .intake()
            .args(["keys", "new", "--use", "sign", "--out"])
            .arg(self.ack()))?;
        let recovery = self.recovery();
        let recovery_folder = recovery.parent().unwrap_or(&self.root);
        run(programs
            .intake()
            .args(["keys", "new", "--office", "recovery", "--out"])
            .arg(recovery_folder))?;
        let list = self.root.join("offices.txt");
        write(&list, &(offices.join("\n") + "\n"))?;
        run(programs
            .intake()
            .args(["keys", "new", "--offices-from"])
            .arg(list)
            .arg("--out")
            .arg(self.offices()))?;
        let mut add = programs.motcua();
        add.args(["keys", "add", "--keys"])
            .arg(&publisher)
            .arg("--dir")
            .arg(self.offices());
        run(add.args(["--not-before", KEYS_FROM, "--not-after", KEYS_UNTIL]))?;
        for (private, public) in [
            (self.relay(), "relay.pub.jwk"),
            (self.log(), "log.pub.key"),
            (self.ack(), "ack.pub.jwk"),
            (self.recovery(), "recovery.pub.jwk"),
        ] {
            let to = publisher.join(public);
            fs::copy(private.with_file_name(public), &to)
                .map_err(|error| Failure::at(&to, error))?;
        }
        Ok(())
    }
}

/// What a finished set of keys says of itself.
fn inventory(offices: &[String]) -> String {
    format!("keys for {LOG_NAME} and {}\n", offices.join(" "))
}

/// One at a time: a demo and the tests may want the same keys at the same moment.
fn lock(root: &Path) -> Result<File, Failure> {
    let path = root.with_extension("lock");
    let open = || {
        fs::create_dir_all(root.parent().unwrap_or(Path::new(".")))?;
        let file = File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    open().map_err(|error: std::io::Error| Failure::at(&path, error))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::at(path, error))
}
