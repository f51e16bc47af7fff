//! Whether there is room for one more submission: it is refused early and politely, before the disk refuses a commit.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::statvfs;

use crate::config::Config;
use crate::disk::folder_of;
use crate::metrics::Page;

/// The rate at which room is used up is that of the last hour.
const RATE_OVER: Duration = Duration::from_secs(3600);

/// The used share of the room from which it is a warning.
pub(crate) const FILLING: f64 = 0.70;

/// Used shares that are told in the log when they are reached.
const TOLD_AT: [f64; 2] = [FILLING, 0.85];

/// What one submission takes at most: a body of 384 KiB in SQLite's log and again in the store, and the trees around it.
const ONE_BYTES: u64 = 1 << 20;

/// What there is too little of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// The store is as large as it may be.
    Store,
    /// The disk's reserve of bytes is reached.
    DiskBytes,
    /// The disk's reserve of inodes is reached.
    DiskInodes,
}

/// What a store may fill, by its own measure and by that of its disks.
pub(crate) struct Room {
    store_folder: PathBuf,
    log_folder: PathBuf,
    store_bytes_max: u64,
    reserve_bytes: u64,
    reserve_inodes: u64,
    store_bytes: AtomicU64,
    reusable_bytes: AtomicU64,
    owed_bytes: AtomicU64,
    is_told: AtomicBool,
    history: Mutex<History>,
}

/// How large the store is.
pub(super) struct Measure {
    /// Pages in use, whatever the file's size.
    pub(super) used_bytes: u64,
    /// Pages that deleted rows left to be used again.
    pub(super) reusable_bytes: u64,
    /// By how much the file grows when what is in SQLite's log is copied into it.
    pub(super) owed_bytes: u64,
}

/// What a disk has left for a user without privileges. `inodes` is None where the file system has no such number.
#[derive(Clone, Copy, Debug)]
struct Disk {
    bytes: u64,
    inodes: Option<u64>,
}

impl Disk {
    /// None when the system does not tell: the store's own measure stands then.
    fn of(folder: &Path) -> Option<Disk> {
        let told = statvfs(folder).ok()?;
        Some(Disk {
            bytes: told.f_bavail.saturating_mul(told.f_frsize),
            inodes: (told.f_files > 0).then_some(told.f_favail),
        })
    }
}

impl Room {
    pub(super) fn new(config: &Config) -> Room {
        let limits = &config.limits;
        Room {
            store_folder: folder_of(&config.store).to_owned(),
            log_folder: config.log.clone(),
            store_bytes_max: limits.store_bytes_max.get(),
            reserve_bytes: limits.disk_reserve_bytes.get(),
            reserve_inodes: limits.disk_reserve_inodes.get(),
            store_bytes: AtomicU64::new(0),
            reusable_bytes: AtomicU64::new(0),
            owed_bytes: AtomicU64::new(0),
            is_told: AtomicBool::new(false),
            history: Mutex::new(History::default()),
        }
    }

    /// What the writer measures after each commit.
    pub(super) fn measured(&self, measure: &Measure) {
        let order = Ordering::Relaxed;
        self.store_bytes.store(measure.used_bytes, order);
        self.reusable_bytes.store(measure.reusable_bytes, order);
        self.owed_bytes.store(measure.owed_bytes, order);
    }

    /// What there is too little of for one more submission; the log tells when that changes.
    pub(super) fn lack(&self) -> Option<Lack> {
        let lack = self.lack_now();
        if self.is_told.swap(lack.is_some(), Ordering::Relaxed) != lack.is_some() {
            match lack {
                Some(lack) => tracing::error!(?lack, "no room, new submissions are refused"),
                None => tracing::info!("room again"),
            }
        }
        lack
    }

    fn lack_now(&self) -> Option<Lack> {
        if self.left_by_store() == 0 {
            return Some(Lack::Store);
        }
        let (store, log) = (Disk::of(&self.store_folder), Disk::of(&self.log_folder));
        let disks = || [store, log].into_iter().flatten();
        // Pages to be used again are room for rows; the way there, through SQLite's log, and the log's files need the disk's.
        let is_short = store.is_some_and(|disk| self.left_by(disk) == 0)
            || disks().any(|disk| disk.bytes < self.reserve_bytes / 2);
        if is_short {
            return Some(Lack::DiskBytes);
        }
        disks()
            .filter_map(|disk| disk.inodes)
            .any(|inodes| inodes < self.reserve_inodes)
            .then_some(Lack::DiskInodes)
    }

    /// How many bytes of submissions still fit, by the store's measure and the disk's.
    fn left_bytes(&self) -> u64 {
        let by_disk = Disk::of(&self.store_folder).map(|disk| self.left_by(disk));
        by_disk.unwrap_or(u64::MAX).min(self.left_by_store())
    }

    fn left_by_store(&self) -> u64 {
        let used = self.store_bytes.load(Ordering::Relaxed);
        self.store_bytes_max.saturating_sub(used)
    }

    fn left_by(&self, disk: Disk) -> u64 {
        let reusable = self.reusable_bytes.load(Ordering::Relaxed);
        let owed = self.owed_bytes.load(Ordering::Relaxed);
        let has = disk.bytes.saturating_add(reusable);
        has.saturating_sub(owed + self.reserve_bytes + ONE_BYTES)
    }

    /// The used share of what the store may fill, 0 to 1.
    pub(crate) fn used_share(&self) -> f64 {
        let used = self.store_bytes.load(Ordering::Relaxed) as f64;
        let left = self.left_bytes() as f64;
        if left > 0.0 {
            used / (used + left)
        } else {
            1.0
        }
    }

    /// Remembers how much is left at `now`, and tells when the used share has reached a step.
    pub(crate) fn look(&self, now: Instant) {
        let (left, share) = (self.left_bytes(), self.used_share());
        let steps = TOLD_AT.iter().filter(|step| share >= **step).count();
        let mut history = self.history();
        history.push(now, left);
        if steps > history.steps_told {
            let seconds_left = history.seconds_left(now, left);
            tracing::warn!(
                used_share = share,
                seconds_left,
                "the store's room is filling"
            );
        }
        history.steps_told = steps;
    }

    /// In how many seconds there is no room any more, at the rate of the last hour; infinite when it does not shrink.
    pub(crate) fn seconds_left(&self, now: Instant) -> f64 {
        self.history().seconds_left(now, self.left_bytes())
    }

    fn history(&self) -> std::sync::MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self, page: &mut Page, now: Instant) {
        let disk = Disk::of(&self.store_folder);
        let told = |value: Option<u64>| value.map_or(f64::NAN, |value| value as f64);
        let store_bytes = self.store_bytes.load(Ordering::Relaxed);
        for (name, help, value) in [
            (
                "store_bytes",
                "Bytes of the store in use.",
                store_bytes as f64,
            ),
            (
                "store_bytes_max",
                "Bytes of the store at which submissions are refused.",
                self.store_bytes_max as f64,
            ),
            (
                "disk_free_bytes",
                "Bytes that the store's disk has left.",
                told(disk.map(|disk| disk.bytes)),
            ),
            (
                "disk_reserve_bytes",
                "Bytes of the disk that are left alone.",
                self.reserve_bytes as f64,
            ),
            (
                "disk_free_inodes",
                "Inodes that the store's disk has left.",
                told(disk.and_then(|disk| disk.inodes)),
            ),
            (
                "disk_reserve_inodes",
                "Inodes of the disk that are left alone.",
                self.reserve_inodes as f64,
            ),
            (
                "room_left_bytes",
                "Bytes of submissions that still fit.",
                self.left_bytes() as f64,
            ),
            (
                "room_used_ratio",
                "Used share of what the store may fill.",
                self.used_share(),
            ),
            (
                "room_seconds_left",
                "Seconds until nothing fits, at the rate of the last hour.",
                self.seconds_left(now),
            ),
        ] {
            page.gauge(name, help, value);
        }
    }
}

/// How much was left, over the last hour.
#[derive(Default)]
struct History {
    /// Oldest first.
    left_bytes: VecDeque<(Instant, u64)>,
    steps_told: usize,
}

impl History {
    fn push(&mut self, now: Instant, left: u64) {
        self.left_bytes.push_back((now, left));
        while self.left_bytes.len() > 1 && now.duration_since(self.left_bytes[0].0) > RATE_OVER {
            self.left_bytes.pop_front();
        }
    }

    /// From what was left at the oldest look to what is left now.
    fn seconds_left(&self, now: Instant, left: u64) -> f64 {
        let Some((since, before)) = self.left_bytes.front() else {
            return f64::INFINITY;
        };
        let used = before.saturating_sub(left);
        if used == 0 {
            return f64::INFINITY;
        }
        left as f64 / used as f64 * now.duration_since(*since).as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn room(folder: &str) -> Room {
        Room {
            store_folder: folder.into(),
            log_folder: folder.into(),
            store_bytes_max: 100 * MIB,
            reserve_bytes: 1,
            reserve_inodes: 1,
            store_bytes: AtomicU64::new(0),
            reusable_bytes: AtomicU64::new(0),
            owed_bytes: AtomicU64::new(0),
            is_told: AtomicBool::new(false),
            history: Mutex::default(),
        }
    }

    fn used(used_bytes: u64) -> Measure {
        Measure {
            used_bytes,
            reusable_bytes: 0,
            owed_bytes: 0,
        }
    }

    /// Threat 36: two weeks without the intake, an hour at a time.
    #[test]
    fn the_forecast_is_the_rate_of_the_last_hour() {
        let (begin, hour) = (Instant::now(), Duration::from_secs(3600));
        let mut history = History::default();
        history.push(begin, 336 * MIB);
        assert_eq!(history.seconds_left(begin, 336 * MIB), f64::INFINITY);
        for hours in 1..336 {
            let (now, left) = (begin + hour * hours, (336 - u64::from(hours)) * MIB);
            history.push(now, left);
            let told = history.seconds_left(now, left);
            let right = f64::from(336 - hours) * 3600.0;
            assert!((told - right).abs() < 1.0, "{told} for {right}");
        }
        assert!(history.left_bytes.len() <= 2, "what is older is forgotten");
        // The intake collects: nothing is used up.
        let now = begin + hour * 336;
        assert_eq!(history.seconds_left(now, 300 * MIB), f64::INFINITY);
        assert_eq!(history.seconds_left(now, 0), 0.0);
    }

    /// Threat 50: a measure that cannot be had leaves the others standing.
    #[test]
    fn a_disk_that_tells_nothing_leaves_the_stores_own_measure() {
        let room = room("/nowhere/at/all");
        assert_eq!(room.lack(), None);
        room.measured(&used(100 * MIB));
        assert_eq!(room.lack(), Some(Lack::Store));
        assert!((room.used_share() - 1.0).abs() < 1e-9);
        let mut page = Page::default();
        room.write(&mut page, Instant::now());
        assert!(
            page.into_text()
                .contains("\nmotcua_relay_disk_free_bytes NaN\n")
        );
    }

    #[test]
    fn a_store_that_may_grow_no_further_is_full_whatever_the_disk_has() {
        let room = room(".");
        room.measured(&used(70 * MIB));
        assert_eq!(room.lack(), None);
        assert!(room.used_share() >= 0.7);
        room.measured(&used(101 * MIB));
        assert_eq!(room.lack(), Some(Lack::Store));
    }
}
