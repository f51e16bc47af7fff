//! Following a log that is good for a while, and then is not.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use support::{Log, NOW, manifest, monitor_at, new_folder, said};

const ORIGIN: &str = "relay.example/log";

/// A monitor of one log, with a folder of its own.
struct Monitor {
    folder: PathBuf,
}

impl Monitor {
    fn of(log: &Log) -> Monitor {
        Monitor::with(log, "")
    }

    fn with(log: &Log, more: &str) -> Monitor {
        let folder = new_folder();
        fs::write(folder.join("log.pub.key"), format!("{}\n", log.key)).unwrap();
        let config = format!(
            "log = {:?}\nlog_key = \"log.pub.key\"\nstate = \"state\"\nmetrics = \"log.prom\"\n{more}\n",
            log.folder
        );
        fs::write(folder.join("monitor.toml"), config).unwrap();
        Monitor { folder }
    }

    /// One look: how it ended, and what it said.
    fn look(&self) -> (i32, String) {
        self.look_at(NOW)
    }

    fn look_at(&self, now: i64) -> (i32, String) {
        let config = self.folder.join("monitor.toml").display().to_string();
        said(&monitor_at(now, &["follow", "--once", "--config", &config]))
    }

    fn metric(&self, name: &str) -> i64 {
        let text = fs::read_to_string(self.folder.join("log.prom")).unwrap();
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
        lines.next().unwrap().trim().parse().unwrap()
    }

    fn alarm(&self, word: &str) -> i64 {
        self.metric(&format!("motcua_log_alarm{{alarm=\"{word}\"}}"))
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A log of some leaves that a monitor has seen.
fn seen(size: u64) -> (Log, Monitor) {
    let mut log = Log::new(ORIGIN, 1);
    log.grow_to(size);
    let monitor = Monitor::of(&log);
    let (status, said) = monitor.look();
    assert_eq!(
        (status, said.as_str()),
        (0, &*format!("{size} leaves, all well\n"))
    );
    (log, monitor)
}

/// One look ends with an alarm of this kind, which says this.
fn assert_alarm(monitor: &Monitor, word: &str, what: &str) {
    let (status, said) = monitor.look();
    assert_eq!(status, 2, "{said}");
    assert!(
        said.contains(&format!("{word}: ")) && said.contains(what),
        "{said}"
    );
    assert_eq!(monitor.alarm(word), 1);
}

#[test]
fn a_log_that_grows_is_followed_leaf_by_leaf() {
    let (mut log, monitor) = seen(3);
    for size in [3, 4, 255, 256, 257, 700] {
        log.grow_to(size);
        let (status, said) = monitor.look();
        assert_eq!(
            (status, said.as_str()),
            (0, &*format!("{size} leaves, all well\n"))
        );
        assert_eq!(
            monitor.metric("motcua_log_size "),
            i64::try_from(size).unwrap()
        );
    }
    assert_eq!(monitor.metric("motcua_log_checkpoint_time_seconds "), NOW);
    assert_eq!(monitor.alarm("fork"), 0);
    let kept = fs::read(monitor.folder.join("state/entries")).unwrap();
    assert_eq!(kept.len(), 700 * 32);
    for size in [3, 4, 255, 700] {
        assert!(
            monitor
                .folder
                .join(format!("state/checkpoints/{size}"))
                .exists()
        );
    }
}

#[test]
fn a_monitor_that_was_away_reads_full_files_where_partial_ones_were() {
    let (mut log, monitor) = seen(3);
    log.grow_to(260);
    let note = log.note(NOW);
    log.grow_to(600);
    // Its mirror has the checkpoint of before, and of the files that were not full only the full ones.
    log.write("checkpoint", note.as_bytes());
    for name in ["tile/0/001.p", "tile/entries/001.p"] {
        let _ = fs::remove_dir_all(log.folder.join(name));
    }
    let (status, said) = monitor.look();
    assert_eq!((status, said.as_str()), (0, "260 leaves, all well\n"));
}

#[test]
fn a_fork_is_an_alarm_with_its_evidence() {
    let (mut log, monitor) = seen(5);
    log.manifests[4] = manifest(99);
    log.grow_to(8);
    let note = fs::read(log.folder.join("checkpoint")).unwrap();
    assert_alarm(&monitor, "fork", "leaf 4 is ");
    let evidence: Vec<_> = fs::read_dir(monitor.folder.join("state/evidence"))
        .unwrap()
        .collect();
    assert_eq!(evidence.len(), 1);
    assert_eq!(
        fs::read(evidence[0].as_ref().unwrap().path()).unwrap(),
        note
    );
    assert_eq!(monitor.metric("motcua_log_size "), 5, "what was seen stays");

    // A second tree of the same size.
    let (mut log, monitor) = seen(5);
    log.manifests[4] = manifest(99);
    log.grow_to(5);
    assert_alarm(
        &monitor,
        "fork",
        "the 5 entries do not make the root that was signed",
    );
}

#[test]
fn a_rollback_is_an_alarm_until_the_log_is_back() {
    let (mut log, monitor) = seen(9);
    log.manifests.truncate(4);
    log.publish(NOW);
    assert_alarm(
        &monitor,
        "rollback",
        "is over 4 leaves, and 9 were seen before",
    );
    log.grow_to(9);
    assert_eq!(monitor.look().0, 0);
}

#[test]
fn a_leaf_that_is_there_twice_is_an_alarm() {
    let (mut log, monitor) = seen(3);
    log.manifests.push(manifest(1));
    log.publish(NOW);
    assert_alarm(&monitor, "doubled", &manifest(1).to_string());
}

#[test]
fn files_that_are_missing_or_changed_are_alarms() {
    for name in ["tile/entries/000.p/7", "tile/0/000.p/7", "checkpoint"] {
        let (mut log, monitor) = seen(3);
        log.grow_to(7);
        fs::remove_file(log.folder.join(name)).unwrap();
        assert_alarm(&monitor, "missing", name);
    }
    for name in ["tile/entries/000.p/7", "tile/0/000.p/7"] {
        let (mut log, monitor) = seen(3);
        log.grow_to(7);
        let mut bytes = fs::read(log.folder.join(name)).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        log.write(name, &bytes);
        assert_alarm(&monitor, "fork", "");
        bytes.pop();
        log.write(name, &bytes);
        assert_alarm(&monitor, "fork", "");
    }
}

#[test]
fn an_aged_checkpoint_is_an_alarm() {
    let (log, monitor) = seen(3);
    assert_eq!(monitor.look_at(NOW + 300).0, 0);
    let (status, said) = monitor.look_at(NOW + 301);
    assert_eq!(status, 2);
    assert!(
        said.contains("aged: the newest checkpoint is of 2016-08-10 09:31:01 +07:00, 301 s ago"),
        "{said}"
    );
    assert_eq!(monitor.alarm("aged"), 1);
    assert_eq!(monitor.look_at(NOW - 600).0, 0);
    assert!(monitor.look_at(NOW - 601).1.contains("601 s from now"));
    let (signed, _) = log
        .note(NOW)
        .trim_end()
        .rsplit_once('\n')
        .map(|(a, b)| (format!("{a}\n"), b.to_owned()))
        .unwrap();
    log.write("checkpoint", signed.as_bytes());
    assert_alarm(&monitor, "aged", "the checkpoint does not say when");
}

#[test]
fn another_key_or_another_log_is_an_alarm() {
    let (log, monitor) = seen(3);
    for other in [Log::new(ORIGIN, 2), Log::new("other.example/log", 1)] {
        log.write("checkpoint", other.note(NOW).as_bytes());
        assert_alarm(&monitor, "checkpoint", "");
    }
    log.write("checkpoint", &[0xff]);
    assert_alarm(&monitor, "checkpoint", "not a text");
}

#[test]
fn what_was_seen_is_not_to_be_changed() {
    let (mut log, monitor) = seen(5);
    let entries = monitor.folder.join("state/entries");
    let good = fs::read(&entries).unwrap();
    fs::write(&entries, &good[..good.len() - 32]).unwrap();
    let (status, said) = monitor.look();
    assert_eq!(status, 1);
    assert!(said.contains("what was seen is damaged"), "{said}");
    // What a crash left beyond the newest checkpoint is read again.
    fs::write(&entries, [&good[..], &[7; 40]].concat()).unwrap();
    log.grow_to(6);
    assert_eq!(monitor.look(), (0, "6 leaves, all well\n".to_owned()));
}

#[test]
fn a_webhook_is_told_of_an_alarm() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, told) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        stream
            .get_mut()
            .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
            .unwrap();
        sender.send(body).unwrap();
    });
    let mut log = Log::new(ORIGIN, 1);
    let monitor = Monitor::with(&log, &format!("webhook = \"http://{address}/alarm\""));
    log.grow_to(4);
    assert_eq!(monitor.look().0, 0);
    log.manifests.truncate(2);
    log.publish(NOW);
    assert_eq!(monitor.look().0, 2);
    let told: serde_json::Value = serde_json::from_slice(&told.recv().unwrap()).unwrap();
    assert_eq!(told["alarm"], "rollback");
    assert_eq!(
        (&told["state"], &told["log"]),
        (&"raised".into(), &ORIGIN.into())
    );
    assert_eq!((&told["time"], &told["size"]), (&NOW.into(), &4.into()));
}

#[test]
fn a_config_that_is_wrong_is_told_with_its_line() {
    let log = Log::new(ORIGIN, 1);
    let monitor = Monitor::with(&log, "webhok = \"x\"");
    let (status, said) = monitor.look();
    assert_eq!(status, 1);
    assert!(
        said.contains("monitor.toml:5: unknown field `webhok`"),
        "{said}"
    );
    fs::remove_file(monitor.folder.join("monitor.toml")).unwrap();
    assert!(monitor.look().1.contains("--config FILE"));
}
