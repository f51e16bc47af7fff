//! What is counted since the start. The counters are a table: no request can add a series.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use envelope::Refusal;

macro_rules! events {
    ($($variant:ident = $name:literal $help:literal;)+) => {
        /// Something that is counted each time it happens.
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum Event { $(#[doc = $help] $variant,)+ }

        /// The name of each event, and what it means, in the order of [`Event`].
        const EVENTS: &[(&str, &str)] = &[$(($name, $help)),+];
    };
}

events! {
    Kept = "kept" "Submissions that were kept, each once.";
    SentAgain = "sent_again" "Submissions that were known, and got their receipt again.";
    IdTaken = "id_taken" "Submissions under an id that another one has.";
    Acknowledged = "acknowledged" "Submissions that the intake has, and that were deleted here.";
    AckRefused = "ack_refused" "Acknowledgements that did not count.";
    Purged = "purged" "Tombstones that had had their time.";
    Reloaded = "reloaded" "Times that config, certificates or catalogue were read again and taken.";
    ReloadRefused = "reload_refused" "Times that they were not, and all stayed as it was.";
    HandshakeFailed = "handshake_failed" "Connections that did not get through the handshake of TLS.";
    AcceptFailed = "accept_failed" "Times the system gave no new connection.";
}

/// Upper bounds of the classes in which commits are counted, in milliseconds.
const COMMIT_MS: [u64; 9] = [1, 2, 5, 10, 20, 50, 100, 500, 2_000];

/// Everything that is counted.
pub(crate) struct Counters {
    events: [AtomicU64; EVENTS.len()],
    refused: [AtomicU64; Refusal::ALL.len()],
    commits: [AtomicU64; COMMIT_MS.len() + 1],
    commit_us: AtomicU64,
}

impl Counters {
    pub(crate) fn new() -> Counters {
        Counters {
            events: [const { AtomicU64::new(0) }; _],
            refused: [const { AtomicU64::new(0) }; _],
            commits: [const { AtomicU64::new(0) }; _],
            commit_us: AtomicU64::new(0),
        }
    }

    pub(crate) fn count(&self, event: Event) {
        self.add(event, 1);
    }

    pub(crate) fn add(&self, event: Event, times: usize) {
        self.events[event as usize].fetch_add(times as u64, Ordering::Relaxed);
    }

    /// Counts a refusal, and says how many there were of its kind before.
    pub(crate) fn refused(&self, refusal: Refusal) -> u64 {
        let place = Refusal::ALL.iter().position(|row| *row == refusal);
        place.map_or(0, |place| {
            self.refused[place].fetch_add(1, Ordering::Relaxed)
        })
    }

    /// How long a submission waited for the disk, its own commit included.
    pub(crate) fn committed_after(&self, waited: Duration) {
        let ms = waited.as_millis();
        let class = COMMIT_MS.iter().position(|most| ms <= u128::from(*most));
        self.commits[class.unwrap_or(COMMIT_MS.len())].fetch_add(1, Ordering::Relaxed);
        let us = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.commit_us.fetch_add(us, Ordering::Relaxed);
    }

    pub(crate) fn write(&self, page: &mut Page) {
        for ((name, help), count) in EVENTS.iter().zip(&self.events) {
            let family = format!("{name}_total");
            page.family(&family, "counter", help);
            page.sample(&family, "", read(count));
        }
        page.family("refused_total", "counter", "Refusals told, by their code.");
        for (refusal, count) in Refusal::ALL.iter().zip(&self.refused) {
            let label = format!("{{code=\"{}\"}}", refusal.code());
            page.sample("refused_total", &label, read(count));
        }
        self.write_commits(page);
    }

    fn write_commits(&self, page: &mut Page) {
        let help = "How long submissions waited for the disk, their commit included.";
        page.family("commit_seconds", "histogram", help);
        let mut until_here = 0.0;
        for (class, count) in self.commits.iter().enumerate() {
            until_here += read(count);
            let most = match COMMIT_MS.get(class) {
                Some(ms) => (*ms as f64 / 1e3).to_string(),
                None => "+Inf".to_owned(),
            };
            page.sample(
                "commit_seconds_bucket",
                &format!("{{le=\"{most}\"}}"),
                until_here,
            );
        }
        page.sample("commit_seconds_sum", "", read(&self.commit_us) / 1e6);
        page.sample("commit_seconds_count", "", until_here);
    }
}

fn read(count: &AtomicU64) -> f64 {
    count.load(Ordering::Relaxed) as f64
}

/// A page of metrics in Prometheus' text format, version 0.0.4. Every name begins with `motcua_relay_`.
#[derive(Default)]
pub(crate) struct Page(String);

impl Page {
    /// The media type of the page.
    pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

    /// A value that goes up and down.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, "gauge", help);
        self.sample(name, "", value);
    }

    pub(crate) fn family(&mut self, name: &str, kind: &str, help: &str) {
        let lines =
            format!("# HELP motcua_relay_{name} {help}\n# TYPE motcua_relay_{name} {kind}\n");
        self.0.push_str(&lines);
    }

    /// One series of the family before it. A value that could not be had is `NaN`, never a line less.
    pub(crate) fn sample(&mut self, name: &str, label: &str, value: f64) {
        let value = match value {
            f64::INFINITY => "+Inf".to_owned(),
            value => value.to_string(),
        };
        self.0
            .push_str(&format!("motcua_relay_{name}{label} {value}\n"));
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_add_up_and_the_largest_has_everything() {
        let counters = Counters::new();
        for ms in [0, 1, 3, 40, 60_000] {
            counters.committed_after(Duration::from_millis(ms));
        }
        let mut page = Page::default();
        counters.write(&mut page);
        let text = page.into_text();
        for line in [
            "commit_seconds_bucket{le=\"0.001\"} 2",
            "commit_seconds_bucket{le=\"0.005\"} 3",
            "commit_seconds_bucket{le=\"0.05\"} 4",
            "commit_seconds_bucket{le=\"2\"} 4",
            "commit_seconds_bucket{le=\"+Inf\"} 5",
            "commit_seconds_sum 60.044",
            "commit_seconds_count 5",
        ] {
            assert!(
                text.contains(&format!("\nmotcua_relay_{line}\n")),
                "{line}\n{text}"
            );
        }
    }

    #[test]
    fn every_refusal_has_its_series_before_it_was_ever_told() {
        let counters = Counters::new();
        counters.refused(Refusal::Busy);
        let mut page = Page::default();
        counters.write(&mut page);
        let text = page.into_text();
        for refusal in Refusal::ALL {
            let times = u64::from(*refusal == Refusal::Busy);
            let line = format!("refused_total{{code=\"{}\"}} {times}\n", refusal.code());
            assert!(text.contains(&line), "{line}");
        }
    }
}
