//! Bugs that the simulation must find. Each is planted in a copy of the sources, which is built and simulated like the real one; so the
//! product has no switch for any of them.
//!
//! Here every bug must still have its place in the sources. `MOTCUA_PLANTED=all` builds the copies and runs the simulation against them
//! (some minutes, most of them for the first build).

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start cargo

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A bug: files of the relay with what stands there once, and what the bug makes of it.
struct Bug {
    name: &'static str,
    edits: &'static [(&'static str, &'static str, &'static str)],
}

const BUGS: &[Bug] = &[
    Bug {
        name: "acknowledges before the commit",
        edits: &[
            (
                "store/writer.rs",
                "        transaction.commit()?;\n        if let Some(appended) = &appended {\n            self.log.advance(appended);\n        }\n",
                "",
            ),
            (
                "store/writer.rs",
                "            answer(appended.as_ref());\n        }\n",
                "            answer(appended.as_ref());\n        }\n        transaction.commit()?;\n        if let Some(appended) = &appended {\n            self.log.advance(appended);\n        }\n",
            ),
        ],
    },
    Bug {
        name: "commits without waiting for the disk",
        edits: &[(
            "store/open.rs",
            "PRAGMA synchronous = FULL;",
            "PRAGMA synchronous = NORMAL;",
        )],
    },
    Bug {
        name: "forgets the dedup",
        edits: &[
            (
                "store/open.rs",
                "id              BLOB NOT NULL UNIQUE,",
                "id              BLOB NOT NULL,",
            ),
            (
                "store/writer.rs",
                "if is_known(connection, &draft.sent.id)? {",
                "if is_known(connection, &draft.sent.id)? && false {",
            ),
        ],
    },
    Bug {
        name: "skips a leaf",
        edits: &[(
            "store/writer.rs",
            "        self.new.push(digest);\n",
            "        if self.new.len() != 1 {\n            self.new.push(digest);\n        }\n",
        )],
    },
    Bug {
        name: "forgets a tombstone too early",
        edits: &[(
            "store.rs",
            "const TOMBSTONE_S: i64 = 30 * 24 * 3600;",
            "const TOMBSTONE_S: i64 = -2 * 3600;",
        )],
    },
    Bug {
        name: "deletes by an acknowledgement of another digest",
        edits: &[(
            "store/writer.rs",
            "WHERE id = ?1 AND jkt = ?2 AND manifest_sha256 = ?3",
            "WHERE id = ?1 AND jkt = ?2 AND ?3 IS NOT NULL",
        )],
    },
    Bug {
        name: "does not deliver the first that waits",
        edits: &[(
            "store/pass.rs",
            "WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            "WHERE seq > ?1 + 1 ORDER BY seq LIMIT ?2",
        )],
    },
];

/// What the simulation says when a promise was broken, rather than when it could not be built or run.
const FOUND: &str = "minimal failing input";

#[test]
fn every_planted_bug_has_its_place_and_is_found() {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let sources = Sources::of(&house.join("relay/src"));
    for bug in BUGS {
        sources.with(bug);
    }
    if std::env::var("MOTCUA_PLANTED").is_ok_and(|asked| asked == "all") {
        let copy = Copy::of(house);
        let (without, said) = copy.simulate();
        assert!(without, "without a bug: {said}");
        for bug in BUGS {
            copy.write(&sources.with(bug));
            let (holds, said) = copy.simulate();
            let shrunk = said.lines().find(|line| line.contains(FOUND));
            println!("{}: {}", bug.name, shrunk.unwrap_or("not found"));
            assert!(!holds && shrunk.is_some(), "{}: {said}", bug.name);
            copy.write(&sources.0);
        }
    }
}

/// Files below `relay/src`, by their names there.
struct Sources(Vec<(&'static str, String)>);

impl Sources {
    /// The files that some bug changes.
    fn of(folder: &Path) -> Sources {
        let mut names: Vec<&str> = BUGS
            .iter()
            .flat_map(|bug| bug.edits.iter().map(|(file, _, _)| *file))
            .collect();
        names.sort_unstable();
        names.dedup();
        let read = |name| (name, fs::read_to_string(folder.join(name)).unwrap());
        Sources(names.into_iter().map(read).collect())
    }

    fn with(&self, bug: &Bug) -> Vec<(&'static str, String)> {
        let mut planted = self.0.clone();
        for (file, code, bugged) in bug.edits {
            let (_, text) = planted.iter_mut().find(|(name, _)| name == file).unwrap();
            let places = text.matches(code).count();
            assert_eq!(
                places, 1,
                "{}: relay/src/{file} has {places} of:\n{code}",
                bug.name
            );
            *text = text.replace(code, bugged);
        }
        planted
    }
}

/// A copy of the relay and of what it is made of, with a target of its own.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn of(house: &Path) -> Copy {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("planted");
        let _ = fs::remove_dir_all(folder.join("house"));
        let copy = Copy { folder };
        for room in ["envelope", "relay", "docs/samples"] {
            copy_folder(&house.join(room), &copy.house().join(room));
        }
        fs::copy(house.join("Cargo.lock"), copy.house().join("Cargo.lock")).unwrap();
        let manifest = fs::read_to_string(house.join("Cargo.toml")).unwrap();
        let (before, rest) = manifest.split_once("members = [").unwrap();
        let (_, after) = rest.split_once("\n]").unwrap();
        let manifest = format!("{before}members = [\"envelope\", \"relay\"]{after}");
        fs::write(copy.house().join("Cargo.toml"), manifest).unwrap();
        copy
    }

    fn house(&self) -> PathBuf {
        self.folder.join("house")
    }

    fn write(&self, files: &[(&str, String)]) {
        for (name, text) in files {
            fs::write(self.house().join("relay/src").join(name), text).unwrap();
        }
    }

    /// Whether the simulation holds, and all that it said.
    fn simulate(&self) -> (bool, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO"))
            .args([
                "test",
                "--quiet",
                "--offline",
                "-p",
                "relay",
                "--test",
                "simulation",
            ])
            .current_dir(self.house())
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env("CASES", "60")
            .output()
            .unwrap();
        let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        (status.success(), said.concat())
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &copy);
        } else {
            fs::copy(&path, &copy).unwrap();
        }
    }
}
