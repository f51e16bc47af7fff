//! Of a save, a preview makes exactly the forms that depend on what was saved.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use envelope::UnixTime;
use tokio::sync::watch;

use super::workshop::{News, Order, State, Workshop};
use crate::Options;
use crate::memo::Memo;
use crate::sources::Changed;

/// The repository's forms under preview, and what it told of each good state.
struct Desk {
    forms: PathBuf,
    orders: Sender<Order>,
    made: Receiver<BTreeSet<String>>,
}

impl Desk {
    fn new() -> Desk {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let name = format!("motcua-made-again-{}", std::process::id());
        let forms = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&forms);
        copy(&here.join("../forms"), &forms);
        let options = Options {
            forms: forms.clone(),
            site: here.join("../site"),
            out: PathBuf::new(),
            keys: None,
            portal: None,
            relay: None,
            now: UnixTime(1_470_762_000),
            compressed: None,
            threads: Some(1),
        };
        let (orders, taken) = mpsc::channel();
        let (tell, made) = mpsc::channel();
        thread::spawn(move || {
            let workshop = Workshop {
                options: Arc::new(options),
                keys: None,
                orders: taken,
                state: watch::channel(State::default()).0,
                news: move |news: News<'_>| {
                    // Who has seen enough is gone.
                    let _ = match news {
                        News::First(_) => tell.send(BTreeSet::new()),
                        News::Good(made) => tell.send(made.iter().cloned().collect()),
                        News::Bad(_) => Ok(()),
                    };
                },
                memo: Memo::default(),
                latest: None,
                made: None,
            };
            workshop.run();
        });
        Desk {
            forms,
            orders,
            made,
        }
    }

    /// What was made for the state after a file was changed by hand.
    fn after(&self, file: &str, change: impl Fn(String) -> String) -> BTreeSet<String> {
        let path = self.forms.join(file);
        let text = change(fs::read_to_string(&path).unwrap());
        fs::write(&path, text).unwrap();
        let changed = Changed::Paths([path].into());
        self.orders.send(Order::Changed(changed)).unwrap();
        self.made.recv().unwrap()
    }

    /// The forms that use a section, by their text.
    fn users(&self, section: &str) -> BTreeSet<String> {
        let uses = format!("use = \"{section}\"");
        let all = fs::read_dir(&self.forms).unwrap();
        let all = all.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        all.filter(|id| {
            let text = fs::read_to_string(self.forms.join(id).join("form.toml"));
            text.is_ok_and(|text| text.lines().any(|line| line == uses))
        })
        .collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.forms);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, place) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        match path.is_dir() {
            true => copy(&path, &place),
            false => fs::copy(&path, &place).map(drop).unwrap(),
        }
    }
}

fn with_comment(text: String) -> String {
    text + "\n# Saved once more.\n"
}

#[test]
fn a_save_makes_the_forms_that_depend_on_it_and_no_other() {
    let desk = Desk::new();
    desk.made.recv().unwrap();
    for (section, count) in [("mother", 5), ("previous", 3), ("bhyt", 2)] {
        let users = desk.users(section);
        assert_eq!(users.len(), count, "{section}: {users:?}");
        let made = desk.after(&format!("sections/{section}.toml"), with_comment);
        assert_eq!(made, users, "{section}");
    }
    let one: BTreeSet<String> = ["khai-tu".to_owned()].into();
    assert_eq!(desk.after("khai-tu/form.toml", with_comment), one);
    let guide = desk.after("khai-tu/guide.vi.md", |text| text + "\nThêm một câu.\n");
    assert_eq!(guide, BTreeSet::new(), "a guide is no form");

    // A form that no longer uses a section is made for that, and later not for the section.
    let section = "papers-death";
    let without = |text: String| text.replace(&format!("[[section]]\nuse = \"{section}\"\n"), "");
    assert!(desk.users(section).contains("khai-tu"));
    desk.after("khai-tu/form.toml", without);
    let users = desk.users(section);
    assert!(!users.contains("khai-tu") && !users.is_empty(), "{users:?}");
    let file = format!("sections/{section}.toml");
    assert_eq!(desk.after(&file, with_comment), users);
}
