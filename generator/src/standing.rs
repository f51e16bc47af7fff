//! What a portal's folder was made of: a build that would give the same files again need not make them.
//!
//! Pages say the same from one moment until the next at which something opens or closes, or a day begins. A portal that is signed
//! says the second of its build besides: within that time only what is signed is made again ([`crate::signed_again`]).
//!
//! The file by which a folder is known as ours says, of the last build that ended well, the digest of everything that its files
//! depend on, of every file how long it is and when it was touched last, and what the build told. That counts only as long as
//! all of it is still so; else, or when it cannot be read, everything is made anew.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use envelope::{Digest, UnixTime};
use serde::{Deserialize, Serialize};

use crate::Options;
use crate::build::Report;
use crate::catalogue::midnight;
use crate::compressed::with_endings;
use crate::content::Content;
use crate::keys::Keys;
use crate::sources::Sources;
use crate::stamps::{Stamp, Stamps, stamps};
use crate::writing::{MARKER, OURS, Written, write_whole};

/// Files are stamped with the time of the system's last tick, of which Linux has 100 to 1000 a second: so often, so long apart,
/// is it looked whether there was one.
const TICKS: (u32, Duration) = (100, Duration::from_millis(1));

/// A portal's folder after a build.
#[derive(Serialize, Deserialize)]
pub(crate) struct Standing {
    made_of: Digest,
    /// When it was built; until before which moment its pages say the same.
    pub(crate) built: UnixTime,
    until: UnixTime,
    files: Stamps,
    pub(crate) report: Report,
}

impl Standing {
    /// The folder's portal, if it was made of that, says what it would say `now`, and nobody has touched a file of it since.
    pub(crate) fn read(dir: &Path, made_of: Digest, now: UnixTime) -> Option<Standing> {
        let text = fs::read_to_string(dir.join(MARKER)).ok()?;
        let standing: Standing = serde_json::from_str(text.strip_prefix(OURS)?).ok()?;
        let is_so = standing.made_of == made_of
            && (standing.built..standing.until).contains(&now)
            && stamps(dir)? == standing.files;
        is_so.then_some(standing)
    }

    /// What a build tells that changed nothing.
    pub(crate) fn report(self) -> Report {
        Report {
            written: Written {
                unchanged: self.report.files.0,
                ..Written::default()
            },
            ..self.report
        }
    }

    /// The paths of its files, and their lengths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, usize)> {
        let files = self.files.iter();
        let files = files.filter(|(_, stamp)| **stamp != Stamp::FOLDER);
        files.map(|(path, stamp)| (path.as_str(), stamp.length()))
    }

    /// Says in the folder that its portal was signed again: the files at `signed` may be others. The rest is not looked at: had
    /// somebody touched it meanwhile, the next build would see that.
    pub(crate) fn say_again<'p>(
        mut self,
        dir: &Path,
        built: UnixTime,
        signed: impl Iterator<Item = &'p str>,
        report: &Report,
    ) {
        for path in signed.flat_map(with_endings) {
            match fs::symlink_metadata(dir.join(&path)) {
                Ok(metadata) => self.files.insert(path, Stamp::of(&metadata)),
                Err(_) => self.files.remove(&path),
            };
        }
        self.built = built;
        self.report = Report {
            written: Written::default(),
            ..report.clone()
        };
        self.write(dir);
    }

    fn write(&self, dir: &Path) {
        let text = serde_json::to_string(self).unwrap_or_default();
        let marker = dir.join(MARKER);
        let _ = write_whole(&marker, format!("{OURS}{text}\n").as_bytes(), false)
            .and_then(|()| self.wait_for_a_tick(&marker));
    }

    /// Waits until whatever is changed has another stamp than any file has now: until our own file has, touched anew.
    fn wait_for_a_tick(&self, marker: &Path) -> io::Result<()> {
        let last = self.files.values().map(|stamp| stamp.touched()).max();
        let marker = fs::File::options().append(true).open(marker)?;
        let (times, apart) = TICKS;
        for _ in 0..times {
            if Some(Stamp::of(&marker.metadata()?).touched()) > last {
                break;
            }
            thread::sleep(apart);
            marker.set_modified(SystemTime::now())?;
        }
        Ok(())
    }
}

/// Says in the folder what it is made of and for which time, if the system lets us: else the next build makes everything.
/// `files` are what it holds, where that is known.
pub(crate) fn say(
    dir: &Path,
    made_of: Digest,
    (built, until): (UnixTime, UnixTime),
    files: Option<Stamps>,
    report: &Report,
) {
    let Some(files) = files.or_else(|| stamps(dir)) else {
        return;
    };
    let standing = Standing {
        made_of,
        built,
        until,
        files,
        report: Report {
            written: Written::default(),
            ..report.clone()
        },
    };
    standing.write(dir);
}

/// Until before which moment pages built now say the same: the next day, or sooner something that opens or closes.
pub(crate) fn until(content: &Content, options: &Options) -> UnixTime {
    let now = options.now;
    let tomorrow = midnight(options.moment().day()).plus(24 * 3600);
    let services = content.services.iter();
    let services = services.flat_map(|it| [it.form.window.opens, it.form.window.closes]);
    let districts = content.districts.iter();
    let agencies = districts.flat_map(|district| &district.agencies);
    let agencies = agencies.flat_map(|it| [it.opening.opens, it.opening.closes]);
    let times = services.chain(agencies).flatten();
    let later = times.map(|at| UnixTime(at.unix())).filter(|at| *at > now);
    later.min().map_or(tomorrow, |next| next.min(tomorrow))
}

/// The digest of all that the files of a portal depend on but the time: this program, the sources, the options, the keys.
pub(crate) fn made_of(sources: &Sources, keys: Option<&Keys>, options: &Options) -> Option<Digest> {
    let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let (portal, relay) = (&options.portal, &options.relay);
    let mut parts = vec![
        format!("{:?} {}", Stamp::of(&program), program.ino()),
        format!("{portal:?} {relay:?} {}", options.compressed.is_some()),
        sources.forms.digest().to_string(),
        sources.site.digest().to_string(),
    ];
    if let Some(keys) = keys {
        parts.push(keys.digest().to_string());
    }
    Some(Digest::of(parts.join("\n").as_bytes()))
}
