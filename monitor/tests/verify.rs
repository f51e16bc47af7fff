//! One look at a checkpoint and a log. Receipts are looked at in `tests/`, where a real relay gives them.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use support::{Log, NOW, monitor, said};

#[test]
fn a_checkpoint_in_a_file_is_verified_by_its_key() {
    let mut log = Log::new("relay.example/log", 1);
    log.grow_to(11);
    let file = log.folder.join("checkpoint").display().to_string();
    let key = log.key.to_string();
    let (status, found) = said(&monitor(&[
        "verify",
        "checkpoint",
        &file,
        "--log-key",
        &key,
    ]));
    assert_eq!(status, 0, "{found}");
    assert!(
        found.starts_with("relay.example/log: 11 leaves, root "),
        "{found}"
    );
    assert!(
        found.ends_with("the newest at 2016-08-10 09:31:01 +07:00\n"),
        "{found}"
    );

    let foreign = Log::new("relay.example/log", 2).key.to_string();
    let (status, found) = said(&monitor(&[
        "verify",
        "checkpoint",
        &file,
        "--log-key",
        &foreign,
    ]));
    assert_eq!(status, 2);
    assert!(found.contains("not signed by relay.example/log"), "{found}");
    let (status, found) = said(&monitor(&[
        "verify",
        "checkpoint",
        "nowhere",
        "--log-key",
        &key,
    ]));
    assert_eq!(status, 2);
    assert!(found.contains("nowhere: cannot be read"), "{found}");
    let (status, found) = said(&monitor(&[
        "verify",
        "checkpoint",
        &file,
        "--log-key",
        "nokey",
    ]));
    assert_eq!(status, 1);
    assert!(found.contains("give the log's .pub.key file"), "{found}");
}

#[test]
fn a_whole_log_is_verified_from_its_files() {
    let mut log = Log::new("relay.example/log", 1);
    log.grow_to(600);
    let key = log.folder.join("key");
    fs::write(&key, format!("{}\n", log.key)).unwrap();
    let (folder, key) = (log.folder.display().to_string(), key.display().to_string());
    let look = || said(&monitor(&["verify", "log", &folder, "--log-key", &key]));
    let (status, found) = look();
    assert_eq!(status, 0, "{found}");
    assert!(
        found.starts_with("relay.example/log: 600 leaves, root "),
        "{found}"
    );
    for name in ["tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/88"] {
        let good = fs::read(log.folder.join(name)).unwrap();
        let mut bad = good.clone();
        bad[40] ^= 1;
        log.write(name, &bad);
        let (status, found) = look();
        assert!(
            status == 2 && found.starts_with("fork: "),
            "{name}: {found}"
        );
        fs::remove_file(log.folder.join(name)).unwrap();
        let (status, found) = look();
        assert!(
            status == 2 && found.starts_with("missing: ") && found.contains(name),
            "{name}: {found}"
        );
        log.write(name, &good);
    }
    log.publish(NOW);
    assert_eq!(look().0, 0);
}
