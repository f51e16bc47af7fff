//! The portal as browsers get it, beside the release that the publisher signed for it.
//!
//! Thousands of files are too many for each look, so each takes a share of them in turn, and a few always: by these a page
//! decides what to believe. A file may differ for as long as publishing takes; what differs longer is told.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::ops::Bound;

use envelope::limits::PORTAL_FILE_BYTES_MAX;
use envelope::release::{Release, ReleasedFile};
use envelope::{PublicKey, UnixTime};
use flate2::read::GzDecoder;
use ureq::Agent;
use ureq::http::header::{CONTENT_ENCODING, LOCATION};

use crate::alarm::{Alarm, Kind};
use crate::config;
use crate::source::agent;
use crate::state::Past;

const RELEASE: &str = "release.jws";
/// Compared at each look, where the release has them.
const ALWAYS: [&str; 5] = [
    "catalogue.jws",
    "index.html",
    "keys/recovery.jws",
    "keys/relay.jws",
    "worker.js",
];
/// For the host alone: it reads them and sends them to nobody.
const OF_HOST: [&str; 2] = ["_headers", "_redirects"];

/// A portal that is followed.
pub struct Portal {
    /// Without the slash at its end.
    address: String,
    publishers: Vec<PublicKey>,
    files_per_look: usize,
    /// How long publishing may take.
    patience_s: i64,
    agent: Box<Agent>,
    /// Files that were not as signed at the last look, and since when.
    suspects: BTreeMap<String, UnixTime>,
    /// Since when the public release was not found in the log.
    unlogged_since: Option<UnixTime>,
    /// What was public before.
    pub past: Past,
}

/// What the host answers for a file.
enum Got {
    File(Vec<u8>),
    /// Another address, as the host writes it.
    Elsewhere(String),
}

/// Why a file was not got.
enum Missed {
    /// The host answers, and not with this file.
    NotThere(String),
    /// It does not answer.
    Unreachable(String),
}

impl Portal {
    /// The portal of the config. With `patience` a difference is told once it is older than publishing takes, else at once.
    ///
    /// # Errors
    /// This machine trusts no certificate authority, in words.
    pub fn of(
        config: &config::Portal,
        publishers: Vec<PublicKey>,
        past: Past,
        patience: bool,
    ) -> Result<Portal, String> {
        let patience_s = if patience { config.publishing_s_max } else { 0 };
        Ok(Portal {
            address: config.address.trim_end_matches('/').to_owned(),
            publishers,
            files_per_look: config.files_per_look.get() as usize,
            patience_s: i64::try_from(patience_s).unwrap_or(i64::MAX),
            agent: Box::new(agent(&config.address)?),
            suspects: BTreeMap::new(),
            unlogged_since: None,
            past,
        })
    }

    /// The release that is public now.
    ///
    /// # Errors
    /// `portal-unreachable`, or `portal-release` when it is not one that a publisher signed.
    pub fn release(&self) -> Result<Release, Alarm> {
        let told = |what: String| {
            Alarm::new(
                Kind::PortalRelease,
                format!("{}/{RELEASE}: {what}", self.address),
            )
        };
        let bytes = match self.get(RELEASE) {
            Ok(Got::File(bytes)) => bytes,
            Ok(Got::Elsewhere(to)) => return Err(told(format!("redirected to {to}"))),
            Err(Missed::NotThere(what)) => return Err(told(what)),
            Err(Missed::Unreachable(what)) => return Err(self.unreachable(&what)),
        };
        let text = String::from_utf8(bytes).map_err(|_| told("not a text".to_owned()))?;
        Release::read(text.trim_end(), &self.publishers).map_err(|fault| told(fault.to_string()))
    }

    /// Whether the public release has been missing from the log for longer than publishing takes; `leaf` is where it was
    /// found.
    pub fn unlogged(
        &mut self,
        release: &Release,
        leaf: Option<u64>,
        now: UnixTime,
    ) -> Option<Alarm> {
        if leaf.is_some() {
            self.unlogged_since = None;
            return None;
        }
        // Counted over all releases: another one each minute does not begin anew.
        let since = *self.unlogged_since.get_or_insert(now);
        self.is_due(since, now).then(|| {
            let (serial, digest) = (release.serial, release.digest());
            let what = format!(
                "release {serial}, digest {digest}, is public since {since} and not in the log"
            );
            Alarm::new(Kind::PortalUnlogged, what)
        })
    }

    /// Whether the release is older than one that was public before.
    pub fn older(&self, release: &Release) -> Option<Alarm> {
        let newest = self.past.newest_serial()?;
        (release.serial < newest).then(|| {
            let what = format!(
                "release {} is public, and {newest} was before",
                release.serial
            );
            Alarm::new(Kind::PortalOlder, what)
        })
    }

    /// Compares this look's share of the files with the release.
    ///
    /// # Errors
    /// The monitor's own disk.
    pub fn changed(&mut self, release: &Release, now: UnixTime) -> io::Result<Option<Alarm>> {
        self.suspects
            .retain(|path, _| release.files.contains_key(path));
        let share = self.share(release);
        let again = self.suspects.keys().take(self.files_per_look).cloned();
        let always = ALWAYS.map(str::to_owned).into_iter();
        let paths: BTreeSet<String> = always.chain(again).chain(share.clone()).collect();
        for path in &paths {
            let Some(file) = release.files.get(path) else {
                continue;
            };
            let is_as_signed = match self.get(path) {
                Ok(Got::File(bytes)) => ReleasedFile::of(&bytes) == *file,
                // A host that redirects shows its own answer in place of the page that leads on.
                Ok(Got::Elsewhere(to)) => release.leads(path, &self.address, &to),
                Err(Missed::NotThere(_)) => false,
                // The same share comes again at the next look.
                Err(Missed::Unreachable(what)) => return Ok(Some(self.unreachable(&what))),
            };
            match is_as_signed {
                true => drop(self.suspects.remove(path)),
                false => drop(self.suspects.entry(path.clone()).or_insert(now)),
            }
        }
        if let Some(last) = share.last() {
            self.past.compared_up_to(last)?;
        }
        Ok(self.differs(release, now))
    }

    /// The next files in turn.
    fn share(&self, release: &Release) -> Vec<String> {
        let last = self.past.last_compared();
        let after = (Bound::Excluded(last), Bound::Unbounded);
        let up_to = (Bound::Unbounded, Bound::Included(last));
        let rest = release.files.range::<str, _>(after);
        let begin = release.files.range::<str, _>(up_to);
        let paths = rest.chain(begin).map(|(path, _)| path);
        let served = paths.filter(|path| !OF_HOST.contains(&path.as_str()));
        served.take(self.files_per_look).cloned().collect()
    }

    fn differs(&self, release: &Release, now: UnixTime) -> Option<Alarm> {
        let due = self.suspects.iter();
        let mut due = due.filter(|(_, since)| self.is_due(**since, now));
        let (path, since) = due.next()?;
        let (serial, others) = (release.serial, due.count());
        let what = format!(
            "{}/{path}: not what release {serial} says, seen since {since}; {others} more like it",
            self.address
        );
        Some(Alarm::new(Kind::PortalChanged, what))
    }

    fn is_due(&self, since: UnixTime, now: UnixTime) -> bool {
        now.0.saturating_sub(since.0) >= self.patience_s
    }

    fn unreachable(&self, what: &str) -> Alarm {
        Alarm::new(Kind::PortalUnreachable, what)
    }

    /// What there is for a file; a page is asked for as browsers do, by the address of its folder.
    fn get(&self, path: &str) -> Result<Got, Missed> {
        let url = format!("{}/{path}", self.address);
        let url = url.strip_suffix("index.html").unwrap_or(&url);
        let (got, is_packed) = self.asked(url).map_err(|error| {
            let what = format!("{url}: {error}");
            match error {
                ureq::Error::StatusCode(500..) => Missed::Unreachable(what),
                ureq::Error::StatusCode(_) | ureq::Error::BodyExceedsLimit(_) => {
                    Missed::NotThere(what)
                }
                _ => Missed::Unreachable(what),
            }
        })?;
        let bytes = match got {
            Got::File(bytes) if is_packed => bytes,
            got => return Ok(got),
        };
        let mut unpacked = Vec::new();
        let mut reader = GzDecoder::new(&bytes[..]).take(PORTAL_FILE_BYTES_MAX);
        match reader.read_to_end(&mut unpacked) {
            Ok(_) => Ok(Got::File(unpacked)),
            Err(error) => Err(Missed::NotThere(format!("{url}: {error}"))),
        }
    }

    /// The answer as it came, and whether it is packed: what lies packed in a bucket comes so, whoever asks.
    fn asked(&self, url: &str) -> Result<(Got, bool), ureq::Error> {
        let mut answer = self.agent.get(url).call()?;
        if answer.status().is_redirection() {
            let to = answer.headers().get(LOCATION).map(|it| it.to_str());
            let to = to.and_then(Result::ok).unwrap_or_default();
            return Ok((Got::Elsewhere(to.to_owned()), false));
        }
        let encoding = answer.headers().get(CONTENT_ENCODING);
        let is_packed = encoding.is_some_and(|encoding| encoding == "gzip");
        let body = answer.body_mut().with_config().limit(PORTAL_FILE_BYTES_MAX);
        Ok((Got::File(body.read_to_vec()?), is_packed))
    }
}
