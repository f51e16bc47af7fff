//! Sees that sources have changed on disk.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::workshop::Order;
use crate::sources::Changed;

/// A save is several events, and some editors write beside and rename: it is over after so long a silence.
const QUIET: Duration = Duration::from_millis(5);
/// A stream of events is looked at after so many silences that did not come.
const EVENTS_MAX: usize = 1000;
/// How often it is looked whether a folder is still the one that is watched, and sources that cannot be watched are
/// read again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Watches the folders, for as long as somebody takes the orders. The folders are known to be watched when it returns.
pub(super) fn watch(dirs: Vec<PathBuf>, orders: Sender<Order>) {
    let (sender, events) = mpsc::channel();
    let mut watch = Watch {
        // Without a watcher the folders are read again and again instead.
        watcher: notify::recommended_watcher(sender).ok(),
        dirs: dirs.into_iter().map(|dir| (dir, None)).collect(),
    };
    watch.renew();
    thread::spawn(move || while watch.wait(&events, &orders).is_some() {});
}

struct Watch {
    watcher: Option<RecommendedWatcher>,
    /// Each folder, and which one is watched there: its device and number.
    dirs: Vec<(PathBuf, Option<(u64, u64)>)>,
}

impl Watch {
    /// Waits for a change and passes it on; `None` when nobody is there to take it.
    fn wait(
        &mut self,
        events: &Receiver<notify::Result<Event>>,
        orders: &Sender<Order>,
    ) -> Option<()> {
        let mut paths = BTreeSet::new();
        let mut is_known = match events.recv_timeout(LOOK_AGAIN) {
            Ok(event) => gather(event, &mut paths),
            Err(RecvTimeoutError::Timeout) => true,
            // There is no watcher.
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(LOOK_AGAIN);
                false
            }
        };
        for _ in 0..EVENTS_MAX {
            match events.recv_timeout(QUIET) {
                Ok(event) => is_known &= gather(event, &mut paths),
                Err(_) => break,
            }
        }
        is_known &= self.renew();
        let changed = match is_known {
            true if paths.is_empty() => return Some(()),
            true => Changed::Paths(paths),
            false => Changed::Everything,
        };
        orders.send(Order::Changed(changed)).ok()
    }

    /// Watches anew the folders that went, came or were put in each other's place; whether all were and are watched.
    fn renew(&mut self) -> bool {
        let Some(watcher) = &mut self.watcher else {
            return false;
        };
        let mut is_same = true;
        for (dir, watched) in &mut self.dirs {
            let there = identity(dir);
            if there.is_some() && there == *watched {
                continue;
            }
            is_same = false;
            // An error says that it was not watched any more.
            let _ = watcher.unwatch(dir);
            *watched = there.filter(|_| watcher.watch(dir, RecursiveMode::Recursive).is_ok());
        }
        is_same
    }
}

/// Notes what an event is about; `false` when it does not say.
fn gather(event: notify::Result<Event>, paths: &mut BTreeSet<PathBuf>) -> bool {
    let Ok(event) = event else {
        return false;
    };
    let is_written = match event.kind {
        // Reading is no change.
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        _ => true,
    };
    if is_written {
        paths.extend(event.paths.iter().cloned());
    }
    !event.need_rescan()
}

fn identity(dir: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(dir).ok()?;
    Some((metadata.dev(), metadata.ino()))
}
