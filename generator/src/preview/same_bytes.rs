//! Over random edits of forms and site, the files that a preview sends are those of a clean build, and so are its
//! faults.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use envelope::UnixTime;
use tokio::sync::{oneshot, watch};

use super::shown::Reply;
use super::workshop::{Order, State, Workshop};
use crate::memo::Memo;
use crate::sources::Changed;
use crate::{Options, make};

const ROUNDS: usize = 200;
const SEED: u64 = 0x6d6f_7463_7561;
/// How long the workshop may take to find the faults of pages that nobody looks at.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn after_every_edit_a_preview_is_a_clean_build() {
    let mut editor = Editor::new();
    let preview = Preview::open(&editor.options);
    let mut paths = BTreeSet::new();
    let (mut good, mut bad) = (0, 0);
    for round in 0..ROUNDS {
        let (what, changed) = editor.edit(round);
        preview.orders.send(Order::Changed(changed)).unwrap();
        match make(&editor.options) {
            Ok(made) => {
                good += 1;
                let gone = std::mem::take(&mut paths);
                for (path, bytes) in made.output.files() {
                    let Reply::File(sent, _) = preview.ask(path) else {
                        panic!("round {round}, {what}: {path} is missing");
                    };
                    assert!(sent == bytes, "round {round}, {what}: {path} is another");
                    paths.insert(path.to_owned());
                }
                for path in gone.difference(&paths) {
                    let reply = preview.ask(path);
                    assert!(
                        matches!(reply, Reply::Nothing),
                        "round {round}, {what}: {path} stays"
                    );
                }
                assert_eq!(preview.failure(), None, "round {round}, {what}");
            }
            Err(failure) => {
                bad += 1;
                preview.wait_for(&failure.to_string(), round, &what);
            }
        }
    }
    assert!(
        good > ROUNDS / 3 && bad > ROUNDS / 10,
        "{good} good, {bad} bad"
    );
}

/// A workshop in a thread of its own.
struct Preview {
    orders: Sender<Order>,
    state: watch::Receiver<State>,
}

impl Preview {
    fn open(options: &Options) -> Preview {
        let (orders, taken) = mpsc::channel();
        let (told, state) = watch::channel(State::default());
        let options = Arc::new(options.clone());
        thread::spawn(move || {
            let workshop = Workshop {
                options,
                keys: None,
                orders: taken,
                state: told,
                news: |_: super::News<'_>| {},
                memo: Memo::default(),
                latest: None,
            };
            workshop.run();
        });
        Preview { orders, state }
    }

    fn ask(&self, path: &str) -> Reply {
        let (reply, answered) = oneshot::channel();
        self.orders
            .send(Order::Ask(path.to_owned(), reply))
            .unwrap();
        answered.blocking_recv().unwrap()
    }

    fn failure(&self) -> Option<String> {
        let state = self.state.borrow();
        state.failure.as_ref().map(|failure| failure.to_string())
    }

    fn wait_for(&self, failure: &str, round: usize, what: &str) {
        let step = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        while self.failure().as_deref() != Some(failure) {
            assert!(
                waited < PATIENCE,
                "round {round}, {what}: {:?} instead of {failure}",
                self.failure()
            );
            thread::sleep(step);
            waited += step;
        }
    }
}

/// Somebody who saves whatever comes to mind.
struct Editor {
    options: Options,
    /// The folders as they were at first.
    originals: [PathBuf; 2],
    random: u64,
}

impl Editor {
    fn new() -> Editor {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let dir = std::env::temp_dir().join(format!("motcua-edits-{}", std::process::id()));
        let editor = Editor {
            options: Options {
                forms: dir.join("forms"),
                site: dir.join("site"),
                out: PathBuf::new(),
                keys: None,
                portal: None,
                relay: None,
                now: UnixTime(1_470_762_000),
                threads: Some(1),
            },
            originals: [here.join("tests/fixture/forms"), here.join("../site")],
            random: SEED,
        };
        editor.restore();
        editor
    }

    /// One edit: what it was, and what a watcher would tell of it.
    fn edit(&mut self, round: usize) -> (String, Changed) {
        let file = self.some_file();
        let shown = file.display().to_string();
        let one = |paths: Vec<PathBuf>| Changed::Paths(paths.into_iter().collect());
        match self.below(8) {
            0..=2 => {
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, text + &addition(&file, round)).unwrap();
                (format!("added to {shown}"), one(vec![file]))
            }
            3 => {
                self.misspell(&file);
                (format!("misspelt {shown}"), one(vec![file]))
            }
            4 => {
                fs::remove_file(&file).unwrap();
                (format!("removed {shown}"), one(vec![file]))
            }
            5 => {
                let copy = self.options.forms.join(format!("ban-sao-{round}"));
                copy_dir(&self.originals[0].join("khai-sinh"), &copy);
                (format!("made {}", copy.display()), one(vec![copy]))
            }
            _ => {
                self.restore();
                ("restored everything".to_owned(), Changed::Everything)
            }
        }
    }

    fn restore(&self) {
        for (original, copy) in self
            .originals
            .iter()
            .zip([&self.options.forms, &self.options.site])
        {
            let _ = fs::remove_dir_all(copy);
            copy_dir(original, copy);
        }
    }

    /// Puts another letter in the place of one.
    fn misspell(&mut self, file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        let start = self.below(bytes.len().max(1));
        let letter = bytes[start..].iter_mut().find(|b| b.is_ascii_lowercase());
        if let Some(letter) = letter {
            *letter = if *letter == b'z' { b'a' } else { *letter + 1 };
        }
        fs::write(file, bytes).unwrap();
    }

    fn some_file(&mut self) -> PathBuf {
        // Forms are edited as often as everything else together.
        let root = [&self.options.forms, &self.options.site][self.random as usize >> 7 & 1].clone();
        let files: Vec<PathBuf> = walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(walkdir::DirEntry::into_path)
            .collect();
        files[self.below(files.len())].clone()
    }

    fn below(&mut self, end: usize) -> usize {
        // Xorshift: the same edits in every run.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 16) as usize % end
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.options.forms.parent().map(fs::remove_dir_all);
    }
}

/// Something that may stand at the end of such a file, and mostly shows.
fn addition(file: &Path, round: usize) -> String {
    let name = file.to_string_lossy();
    match name.rsplit('.').next() {
        Some("css") => format!("\n.a{round} {{ color: red; }}\n"),
        Some("js") => format!("\nexport const a{round} = {round};\n"),
        Some("md") => format!("\n\nĐoạn {round}.\n"),
        Some("html") => format!("<i>{round}</i>\n"),
        Some("csv") if name.contains("lists") => format!("x{round},Mục {round},Item {round}\n"),
        Some("svg") => format!("<!-- {round} -->"),
        _ => format!("\n# {round}\n"),
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
