//! Power cuts while an attachment comes: whenever the store says that a submission is kept, its files are on the disk, whole.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use support::client::{put, send, submit};
use support::disk::{Cut, Disk, Image};
use support::strace::{self, Call, What};
use support::submission::attached;
use support::{City, NOW, Running};

#[test]
fn a_kept_submission_has_its_files_at_every_power_cut() {
    let city = City::new();
    let config = fs::read_to_string(city.config()).unwrap();
    fs::write(
        city.config(),
        config.replace("\"relay.sqlite\"", "\"disk/relay.sqlite\""),
    )
    .unwrap();
    let root = fs::canonicalize(&city.folder).unwrap().join("disk");
    fs::create_dir(&root).unwrap();
    let parts = [("a1", vec![1; 1000]), ("a2", vec![2; 38])];
    let named: Vec<(&str, &[u8])> = parts.iter().map(|(n, bytes)| (*n, &bytes[..])).collect();
    let draft = attached(&city, &named);

    let recorded = city.path("calls.strace");
    let relay = Running::wait_for(&city, &mut strace::recording(&city.command(NOW), &recorded));
    assert_eq!(submit(&relay, &draft.body()).status, 202);
    for (n, status) in [("a1", 204), ("a2", 201)] {
        let bytes = &parts.iter().find(|(name, _)| *name == n).unwrap().1;
        assert_eq!(send(&relay, &put(&draft.part(n), 0, bytes)).status, status);
    }
    relay.signal("KILL");
    std::thread::sleep(Duration::from_millis(100));
    drop(relay);
    let calls = strace::read(&recorded);

    let files: Vec<(PathBuf, Vec<u8>)> = parts
        .iter()
        .map(|(n, bytes)| {
            (
                PathBuf::from("relay.sqlite.parts").join(draft.id()).join(n),
                bytes.clone(),
            )
        })
        .collect();
    let has_all = |image: &Image| {
        files
            .iter()
            .all(|(path, bytes)| image.files.get(path) == Some(bytes))
    };
    let cuts = [Cut::Lost, Cut::Whole, Cut::Tossed(1)];
    let check = |without: &dyn Fn(&Call) -> bool| -> (usize, usize) {
        let mut disk = Disk::new(&root);
        let (mut kept, mut lost) = (0, 0);
        for call in calls
            .iter()
            .filter(|call| disk.has(call))
            .collect::<Vec<_>>()
        {
            if without(call) {
                continue;
            }
            disk.apply(call);
            for cut in cuts {
                let image = disk.image(cut);
                if is_kept(&city, &image) {
                    kept += 1;
                    lost += usize::from(!has_all(&image));
                }
            }
        }
        (kept, lost)
    };
    let (kept, lost) = check(&|_| false);
    assert!(kept > 0, "it was never kept");
    assert_eq!(lost, 0, "of {kept} cuts after which it was kept");
    // Without the syncs of the folder and its files, the same cuts lose attachments.
    let is_sync_of_parts = |call: &Call| matches!(&call.what, What::Sync { path } if path.to_string_lossy().contains(".parts"));
    let (_, lost) = check(&is_sync_of_parts);
    assert!(lost > 0, "the search finds nothing");
}

/// Whether the store of an image says that its one submission is kept.
fn is_kept(city: &City, image: &Image) -> bool {
    let folder = city.path("cut");
    image.write(&folder);
    let store = folder.join("relay.sqlite");
    if !store.exists() {
        return false;
    }
    let count = Connection::open(&store).and_then(|store| {
        store.query_row("SELECT count(*) FROM attachment", [], |row| {
            row.get::<_, i64>(0)
        })
    });
    // Before the tables are there, there is no answer.
    count.is_ok_and(|count| count > 0)
}
