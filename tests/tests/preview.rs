//! `motcua serve` under an editor's hands, in a real browser.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use serde_json::json;
use tests::programs::Programs;
use tests::{browser, repository, tree};

/// How often a form is saved to see how fast the page follows.
const SAVES: usize = 20;
/// What a save may take until the page is loaded again, in the middle of all saves, in milliseconds. An idle machine
/// needs less than 100; tests share theirs.
const SAVE_MS_MAX: f64 = 1000.0;

#[test]
fn a_save_is_seen_and_a_fault_stands_on_the_page() {
    let desk = Desk::new();
    let order = json!({
        "portal": desk.portal,
        "now": 1_470_800_000,
        "forms": desk.dir.join("forms"),
        "site": desk.dir.join("site"),
        "saves": SAVES,
    });
    let seen = browser::drive("preview.mjs", order).unwrap();
    // A page that cannot be made, or is not there, is an error on the network, as it should be.
    let complaints = seen["complaints"].as_array().unwrap().iter();
    let others: Vec<_> = complaints
        .filter(|complaint| {
            !complaint
                .as_str()
                .unwrap()
                .contains("Failed to load resource")
        })
        .collect();
    assert!(others.is_empty(), "{others:?}");
    let mut took: Vec<f64> = seen["saveMs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ms| ms.as_f64().unwrap())
        .collect();
    took.sort_by(f64::total_cmp);
    let (median, p95) = (took[took.len() / 2], took[took.len() * 95 / 100]);
    println!("from save to page loaded: median {median:.0} ms, p95 {p95:.0} ms");
    assert!(median < SAVE_MS_MAX, "{took:?}");
}

/// A copy of the repository's sources under preview.
struct Desk {
    dir: PathBuf,
    server: Child,
    portal: String,
}

impl Desk {
    fn new() -> Desk {
        let dir = Programs::scratch()
            .unwrap()
            .join(format!("desk-{}", std::process::id()));
        for folder in ["forms", "site"] {
            let files = tree::files(&repository::path(folder)).unwrap();
            tree::write(&dir.join(folder), &files).unwrap();
        }
        let mut server = Programs::built()
            .unwrap()
            .motcua()
            .args(["serve", "--port", "0", "--date", "2016-08-10"])
            .args(folders(&dir))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let portal = line.trim().strip_prefix("portal ").unwrap().to_owned();
        Desk {
            dir,
            server,
            portal,
        }
    }
}

fn folders(dir: &Path) -> [String; 4] {
    let path = |name: &str| dir.join(name).display().to_string();
    [
        "--forms".to_owned(),
        path("forms"),
        "--site".to_owned(),
        path("site"),
    ]
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}
