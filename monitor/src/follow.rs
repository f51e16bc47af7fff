//! Following a log, and the portal beside it: one look after the other, each against what was seen before, and the telling
//! of what is wrong.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::time::Duration;

use envelope::limits::CLOCK_SKEW_S;
use envelope::log::{InclusionProof, LogKey};
use envelope::release::Release;
use envelope::{Digest, PublicKey, UnixTime};
use serde_json::json;

use crate::alarm::{Alarm, Kind};
use crate::config::Config;
use crate::portal::Portal;
use crate::source::{Source, agent};
use crate::state::{Past, State, write_whole};
use crate::verify::read_checkpoint;

/// A log that is followed.
pub struct Follower {
    config: Config,
    key: LogKey,
    source: Source,
    state: State,
    portal: Option<Portal>,
    /// The release that is public, and its leaf, once its proof was found good.
    proved: Option<(Release, u64)>,
    /// What the last look raised, and so what has been told.
    raised: BTreeMap<Kind, String>,
    /// When the checkpoint last read was the newest, as it says itself; `None` before there was one.
    said: Option<Option<UnixTime>>,
}

impl Follower {
    /// Takes up what was seen before. `publishers` are those of the portal; with `patience` it may differ from the log for as
    /// long as publishing takes.
    ///
    /// # Errors
    /// The folder of what was seen, or an address, in words.
    pub fn start(
        config: Config,
        key: LogKey,
        publishers: Vec<PublicKey>,
        patience: bool,
    ) -> Result<Follower, String> {
        let source = Source::of(&config.log)?;
        let state = State::open(&config.state, &key)?;
        let portal = config.portal.as_ref().map(|portal| {
            let past = Past::open(&config.state)?;
            Portal::of(portal, publishers, past, patience)
        });
        let portal = portal.transpose()?;
        Ok(Follower {
            config,
            key,
            source,
            state,
            portal,
            proved: None,
            raised: BTreeMap::new(),
            said: None,
        })
    }

    /// How long until the next look.
    pub fn pause(&self) -> Duration {
        Duration::from_secs(self.config.every_s.get())
    }

    /// How many leaves were seen and believed.
    pub fn size(&self) -> u64 {
        self.state.seen.size()
    }

    /// What was found when nothing is wrong, for people.
    pub fn found(&self) -> String {
        let leaves = format!("{} leaves, all well", self.size());
        let since = self
            .portal
            .as_ref()
            .and_then(|portal| portal.past.public_since());
        match (&self.proved, since) {
            (Some((release, leaf)), Some(since)) => format!(
                "{leaves}; release {} of {} is leaf {leaf} and public since {since}",
                release.serial, release.iat
            ),
            _ => leaves,
        }
    }

    /// One look: what is wrong now, the worst first. It is told to the webhook where it is new, and to the metrics.
    ///
    /// # Errors
    /// The monitor's own disk, in words.
    pub fn look(&mut self, now: UnixTime, say: &mut dyn FnMut(&str)) -> Result<Vec<Alarm>, String> {
        let state = self.config.state.display().to_string();
        let disk = |error: &io::Error| Err(format!("{state}: {error}; see that the disk has room"));
        let mut alarms = Vec::new();
        // Before the log: what is public then has to be in what the log shows now.
        let public = self.portal.as_ref().map(Portal::release);
        match self.go_on() {
            Ok(()) => {}
            Err(Stop::Alarm(alarm)) => alarms.push(alarm),
            Err(Stop::Disk(error)) => return disk(&error),
        }
        match public {
            None => {}
            Some(Err(alarm)) => alarms.push(alarm),
            Some(Ok(release)) => match self.compare(release, alarms.is_empty(), now, say) {
                Ok(found) => alarms.extend(found),
                Err(error) => return disk(&error),
            },
        }
        alarms.extend(self.aged(now));
        alarms.sort_by_key(|alarm| alarm.kind);
        self.tell(&alarms, now, say);
        self.write_metrics(now)?;
        Ok(alarms)
    }

    /// Reads what is new, believes it or not, and keeps it.
    fn go_on(&mut self) -> Result<(), Stop> {
        let note = self.source.checkpoint()?;
        let (checkpoint, fresh_at) = read_checkpoint(&note, &self.key)?;
        self.said = Some(fresh_at);
        let seen = self
            .state
            .seen
            .go_on(&self.source, &checkpoint)
            .inspect_err(|alarm| {
                if alarm.kind.is_for_good() {
                    // Should the disk refuse it, the alarm is still raised.
                    let _ = self.state.keep_evidence(&note);
                }
            })?;
        self.state.keep(&note, seen).map_err(Stop::Disk)
    }

    /// Holds the public release against the log, as far as the log could be read, and the portal's files against the release.
    fn compare(
        &mut self,
        release: Release,
        log_is_read: bool,
        now: UnixTime,
        say: &mut dyn FnMut(&str),
    ) -> io::Result<Vec<Alarm>> {
        let digest = release.digest();
        let leaf = self.state.seen.leaf_of(&digest);
        let mut alarms = Vec::new();
        let Some(portal) = &mut self.portal else {
            return Ok(alarms);
        };
        if log_is_read {
            alarms.extend(portal.unlogged(&release, leaf, now));
        }
        alarms.extend(portal.older(&release));
        let is_another = portal.past.keep(release.serial, digest, now)?;
        alarms.extend(portal.changed(&release, now)?);
        if is_another {
            say(&format!(
                "public: release {} of {}, digest {digest}",
                release.serial, release.iat
            ));
        }
        match leaf {
            Some(leaf) if log_is_read => match self.prove(digest) {
                Ok(()) => self.proved = Some((release, leaf)),
                Err(alarm) => alarms.push(alarm),
            },
            _ => self.proved = None,
        }
        Ok(alarms)
    }

    /// That the proof which the log shows of a release leads to a tree that was seen: it is for those who do not read the
    /// whole log.
    fn prove(&self, digest: Digest) -> Result<(), Alarm> {
        if let Some((proved, _)) = &self.proved
            && proved.digest() == digest
        {
            return Ok(());
        }
        let bytes = self.source.release_proof(&digest)?;
        let text = String::from_utf8_lossy(&bytes);
        let fork = |what: String| {
            // Should the disk refuse it, the alarm is still raised.
            let _ = self.state.keep_evidence(&text);
            Alarm::new(Kind::Fork, format!("the proof of release {digest}: {what}"))
        };
        let under = InclusionProof::read(&text)
            .and_then(|proof| proof.verify(&digest, std::slice::from_ref(&self.key)))
            .map_err(|fault| fork(fault.to_string()))?;
        match self.state.seen.root_of(under.size) {
            Some(root) if root != under.root => Err(fork(format!(
                "signed over {} leaves that are others than were seen",
                under.size
            ))),
            // A larger tree than was seen is a newer one.
            _ => Ok(()),
        }
    }

    /// Whether the newest time that the log gave is too old, or not to be believed.
    fn aged(&self, now: UnixTime) -> Option<Alarm> {
        let max = i64::try_from(self.config.checkpoint_age_s_max.get()).unwrap_or(i64::MAX);
        let what = match self.said? {
            None => "the checkpoint does not say when it was the newest".to_owned(),
            Some(time) if now.0.saturating_sub(time.0) > max => {
                format!(
                    "the newest checkpoint is of {time}, {} s ago",
                    now.0 - time.0
                )
            }
            Some(time) if time.0.saturating_sub(now.0) > CLOCK_SKEW_S => {
                format!(
                    "the newest checkpoint is of {time}, {} s from now",
                    time.0 - now.0
                )
            }
            Some(_) => return None,
        };
        Some(Alarm::new(Kind::Aged, what))
    }

    /// Says what is new: an alarm that was not there at the last look, and one that is over.
    fn tell(&mut self, alarms: &[Alarm], now: UnixTime, say: &mut dyn FnMut(&str)) {
        let raised: BTreeMap<Kind, String> = alarms
            .iter()
            .map(|alarm| (alarm.kind, alarm.to_string()))
            .collect();
        let before = std::mem::replace(&mut self.raised, raised);
        for (kind, what) in &self.raised {
            if !before.contains_key(kind) {
                say(what);
                self.call(*kind, "raised", what, now, say);
            }
        }
        for (kind, what) in &before {
            if !self.raised.contains_key(kind) {
                say(&format!("over: {}", kind.word()));
                self.call(*kind, "over", what, now, say);
            }
        }
    }

    /// Tells the webhook; that it does not answer is said, and following goes on.
    fn call(&self, kind: Kind, state: &str, what: &str, now: UnixTime, say: &mut dyn FnMut(&str)) {
        let Some(webhook) = &self.config.webhook else {
            return;
        };
        let body = json!({
            "log": self.key.name(),
            "alarm": kind.word(),
            "state": state,
            "what": what,
            "size": self.size(),
            "time": now.0,
        });
        let posted = agent(webhook).and_then(|agent| {
            let posted = agent
                .post(webhook)
                .content_type("application/json")
                .send(body.to_string());
            posted.map_err(|error| format!("{webhook}: {error}"))
        });
        if let Err(error) = posted {
            say(&format!(
                "{error}; the webhook was not told of `{}`",
                kind.word()
            ));
        }
    }

    fn write_metrics(&self, now: UnixTime) -> Result<(), String> {
        let Some(path) = &self.config.metrics else {
            return Ok(());
        };
        write_whole(path, self.metrics(now).as_bytes()).map_err(|error| {
            format!(
                "{}: {error}; give a file in a folder that may be written",
                path.display()
            )
        })
    }

    /// A fixed set of lines, whatever happens.
    fn metrics(&self, now: UnixTime) -> String {
        let mut text = format!(
            "# TYPE motcua_log_size gauge\nmotcua_log_size {}\n\
             # TYPE motcua_log_checkpoint_time_seconds gauge\nmotcua_log_checkpoint_time_seconds {}\n\
             # TYPE motcua_monitor_look_time_seconds gauge\nmotcua_monitor_look_time_seconds {}\n\
             # TYPE motcua_log_alarm gauge\n",
            self.size(),
            self.said.flatten().map_or(0, |time| time.0),
            now.0
        );
        for kind in Kind::ALL {
            let is_raised = u8::from(self.raised.contains_key(&kind));
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "motcua_log_alarm{{alarm=\"{}\"}} {is_raised}",
                kind.word()
            );
        }
        text
    }
}

/// Why a look ended early.
enum Stop {
    Alarm(Alarm),
    Disk(io::Error),
}

impl From<Alarm> for Stop {
    fn from(alarm: Alarm) -> Stop {
        Stop::Alarm(alarm)
    }
}
