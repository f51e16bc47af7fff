//! Over random edits of forms and site, the files that a preview sends are those of a clean build, and so are its
//! faults.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use envelope::UnixTime;
use tokio::sync::{oneshot, watch};

#[path = "../../tests/support/editor.rs"]
mod editor;

use editor::Editor;

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
    let mut editor = Editor::new("preview", SEED);
    let options = Options {
        forms: editor.forms.clone(),
        site: editor.site.clone(),
        out: PathBuf::new(),
        keys: None,
        portal: None,
        relay: None,
        now: UnixTime(1_470_762_000),
        compressed: None,
        threads: Some(1),
    };
    let preview = Preview::open(&options);
    let mut paths = BTreeSet::new();
    let (mut good, mut bad) = (0, 0);
    for round in 0..ROUNDS {
        let (what, changed) = editor.edit(round);
        let changed = changed.map_or(Changed::Everything, |paths| {
            Changed::Paths(paths.into_iter().collect())
        });
        preview.orders.send(Order::Changed(changed)).unwrap();
        match make(&options) {
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
                made: None,
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
