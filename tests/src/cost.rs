//! What a program costs from its start to its end: time on the clock, processor time, memory.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Failure;

/// How often a running program is looked at: so exact is its time, and so late may its memory be seen.
const LOOK: Duration = Duration::from_millis(2);
/// Linux counts processor time for `/proc` in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// What one run cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// On the clock.
    pub time: Duration,
    /// Of all processors together, the system's work for it included.
    pub processor: Duration,
    /// The most memory at any time, in KiB.
    pub peak_kib: u64,
}

impl Cost {
    /// Runs a program to its end.
    ///
    /// # Errors
    /// It cannot be started, or does not end well.
    pub fn of(command: &mut Command) -> Result<Cost, Failure> {
        let begun = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| Failure::new(format!("{command:?} could not be started: {error}")))?;
        let process = format!("/proc/{}", child.id());
        let mut peak_kib = 0;
        // Who has ended is still listed until somebody asks how; his times are whole then.
        let processor = loop {
            let (state, processor) = times(&process).unwrap_or(('Z', Duration::ZERO));
            if state == 'Z' {
                break processor;
            }
            peak_kib = peak(&process).unwrap_or(peak_kib);
            thread::sleep(LOOK);
        };
        let time = begun.elapsed();
        let status = child
            .wait()
            .map_err(|error| Failure::new(format!("{command:?}: {error}")))?;
        if !status.success() {
            return Err(Failure::new(format!("{command:?}: {status}")));
        }
        Ok(Cost {
            time,
            processor,
            peak_kib,
        })
    }

    /// The run whose time is in the middle.
    pub fn median(mut costs: Vec<Cost>) -> Option<Cost> {
        costs.sort_by_key(|cost| cost.time);
        costs.get(costs.len() / 2).copied()
    }
}

/// Whether a process runs, and its processor time so far.
fn times(process: &str) -> Option<(char, Duration)> {
    let stat = fs::read_to_string(format!("{process}/stat")).ok()?;
    // Its name stands in brackets and may hold spaces.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    let ticks: u32 = fields
        .skip(10)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    Some((state, TICK * ticks))
}

/// The most memory of a process so far, in KiB, by its folder in `/proc`.
pub(crate) fn peak(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
