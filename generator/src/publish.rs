//! `motcua publish`: a built portal becomes the public one, in a folder of a web server or in a bucket of S3.
//!
//! Both keep the same promises: what is public is whole at every moment, whatever breaks; what did not change is not sent;
//! an older release can be made public again; files of releases that were public lately stay for pages from a cache.

mod allowed;
mod apart;
mod bucket;
mod client;
mod difference;
mod folder;
mod found;
mod lock;
mod names;
mod objects;
mod outlook;
mod record;
mod refused;
mod replaced;
mod sent;
mod state;
mod staying;
mod turns;

use std::fs;
use std::path::{Path, PathBuf};

use envelope::release::{Release, ReleasedFile};
use envelope::{Catalogue, PublicKey, UnixTime};
use formdef::{Bilingual, Lang, both, say};

pub use bucket::Bucket;
pub use difference::Difference;
pub use folder::Folder;
pub use objects::Objects;
pub use outlook::WayBack;

use crate::catalogue::CATALOGUE;
use crate::release::{RELEASE, check};
use crate::report::plural;
use crate::writing::MARKER;
use difference::Side;

/// For how long assets stay after the release that had them was replaced: longer than pages lie in caches and drafts on devices.
pub const GRACE_DAYS: i64 = 30;
/// Folders whose files stay: their names hold a digest or a version, so nothing else ever has their place.
const STAYING: [&str; 3] = ["assets/", "forms/", "lists/"];
const DAY_S: i64 = 24 * 3600;

/// Where a portal is published.
pub enum Target {
    /// A folder of this machine.
    Folder(Folder),
    /// A bucket of S3, or what is below a prefix in it.
    Bucket(Bucket),
}

/// A run of `publish`: when, by whom, and what it may do.
pub struct Run {
    /// The time.
    pub now: UnixTime,
    /// Who publishes, for the person who is refused because of it.
    pub who: String,
    /// A word that no other run has.
    pub token: String,
    /// How many releases are kept beside the public one.
    pub keep: usize,
    /// The lock of another run is taken away.
    pub break_lock: bool,
}

/// What publishing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The release is public now.
    Public,
    /// It was public already; so many of its files were not as signed, and are again.
    Mended(usize),
}

impl Outcome {
    /// In a line for people; none where the release says all.
    pub fn show(self, lang: Lang) -> Option<String> {
        match self {
            Outcome::Public => None,
            Outcome::Mended(0) => Some(say!(
                lang,
                "this release was public already, and every file of it is as it was signed",
                "bản phát hành này đã được công bố từ trước, và mọi tệp của nó đúng như bản đã ký"
            )),
            Outcome::Mended(count) => {
                let (s, were) = match count {
                    1 => ("", "was"),
                    _ => ("s", "were"),
                };
                Some(say!(
                    lang,
                    "this release was public already; {count} file{s} of it {were} missing or not as signed, and mended\n  = if nobody of yours did it, ask who did",
                    "bản phát hành này đã được công bố từ trước; {count} tệp của nó bị thiếu hoặc không đúng như bản đã ký, và đã được sửa lại\n  = nếu không ai của bạn sửa, hãy tìm xem ai đã sửa"
                ))
            }
        }
    }
}

impl Run {
    /// Assets of releases that were replaced since then stay.
    fn earliest(&self) -> i64 {
        self.now.0 - GRACE_DAYS * DAY_S
    }
}

/// A built portal that is whole and signed.
pub struct Ready {
    from: PathBuf,
    /// Its release.
    pub release: Release,
    text: String,
    catalogue: Option<Catalogue>,
}

impl Ready {
    /// Looks at every file of a built portal.
    ///
    /// # Errors
    /// A sentence: it is not whole, or one of `publishers` did not sign it.
    pub fn of(from: &Path, publishers: &[PublicKey]) -> Result<Ready, Bilingual> {
        if !from.join(RELEASE).exists() && from.join(MARKER).exists() {
            let from = from.display();
            return Err(both!(
                "{from}: was built without keys, so nothing of it is signed; nothing was published\n  = build with --keys: `motcua build --keys keys --out {from}`",
                "{from}: được dựng không có khóa nên chưa có gì được ký; chưa công bố gì cả\n  = dựng với --keys: «motcua build --keys keys --out {from}»"
            ));
        }
        let built = check(&from.to_string_lossy(), publishers)?;
        if let Some((path, wrong)) = built.wrong.first() {
            let (from, count) = (from.display(), built.wrong.len());
            let s = plural(count);
            return Err(Bilingual::from(|lang| {
                let wrong = wrong.show(lang);
                say!(
                    lang,
                    "{from}/{path}: {wrong} ({count} file{s} in all); nothing was published\n  = build the portal again",
                    "{from}/{path}: {wrong} (tất cả {count} tệp); chưa công bố gì cả\n  = hãy dựng lại cổng"
                )
            }));
        }
        Ok(Ready {
            from: from.to_owned(),
            catalogue: catalogue_of(
                &built.release,
                fs::read(from.join(CATALOGUE)).ok(),
                publishers,
            ),
            release: built.release,
            text: built.text,
        })
    }
}

impl Ready {
    /// What it says.
    fn side(&self) -> Side<'_> {
        Side {
            release: &self.release,
            catalogue: self.catalogue.as_ref(),
        }
    }
}

impl Target {
    /// `s3://BUCKET[/PREFIX]` or a folder; what is there counts only when one of `publishers` signed it.
    ///
    /// # Errors
    /// A sentence: the address or the settings of the bucket will not do.
    pub fn of(
        to: &str,
        endpoint: Option<&str>,
        publishers: &[PublicKey],
    ) -> Result<Target, Bilingual> {
        if to.is_empty() {
            return Err(both!(
                "--to names nothing\n  = name a folder for releases, or a bucket: s3://BUCKET",
                "--to chưa nêu gì\n  = nêu một thư mục dành cho các bản phát hành, hoặc một bucket: s3://BUCKET"
            ));
        }
        if to.contains("://") {
            let objects = Objects::open(to, endpoint)?;
            return Ok(Target::Bucket(Bucket::new(objects, publishers)));
        }
        Ok(Target::Folder(Folder::new(Path::new(to), publishers)))
    }

    /// What the public portal is a copy of: the root of a web server, or the bucket.
    pub fn root(&self) -> String {
        match self {
            Target::Folder(folder) => folder.root().display().to_string(),
            Target::Bucket(bucket) => bucket.name().to_owned(),
        }
    }

    /// As people named it.
    fn name(&self) -> String {
        match self {
            Target::Folder(folder) => folder.dir().display().to_string(),
            Target::Bucket(bucket) => bucket.name().to_owned(),
        }
    }

    /// Makes a built portal the public one. One that is public already is compared with what lies there, file by file, and
    /// what somebody changed is mended.
    ///
    /// # Errors
    /// A sentence: it is older than the public one, somebody else publishes, or something is refused. What is public
    /// stays whole.
    pub fn publish(&self, ready: &Ready, run: &Run) -> Result<Outcome, Bilingual> {
        match self {
            Target::Folder(folder) => folder.publish(ready, run),
            Target::Bucket(bucket) => bucket.publish(ready, run),
        }
    }

    /// Makes a release public again that is kept: `serial`, else the newest before the public one. Returns it.
    ///
    /// # Errors
    /// A sentence: it is not kept, not whole, or somebody publishes.
    pub fn roll_back(&self, serial: Option<u64>, run: &Run) -> Result<Release, Bilingual> {
        match self {
            Target::Folder(folder) => folder.roll_back(serial, run),
            Target::Bucket(bucket) => bucket.roll_back(serial, run),
        }
    }
}

/// The catalogue of a release, of these bytes; none: they are not.
fn catalogue_of(
    release: &Release,
    bytes: Option<Vec<u8>>,
    publishers: &[PublicKey],
) -> Option<Catalogue> {
    let bytes = bytes.filter(|it| release.files.get(CATALOGUE) == Some(&ReleasedFile::of(it)))?;
    let text = String::from_utf8(bytes).ok()?;
    // As on the day of the release: it may have ended since.
    Catalogue::read(text.trim_end(), publishers, release.iat).ok()
}

fn stays(path: &str) -> bool {
    STAYING.iter().any(|folder| path.starts_with(folder))
}

/// The one of the kept releases, in the order of their serials, that is to be public again.
fn wanted<'a>(
    place: &str,
    kept: impl DoubleEndedIterator<Item = &'a Release> + Clone,
    serial: Option<u64>,
    current: Option<u64>,
) -> Result<&'a Release, Bilingual> {
    let is_wanted = |release: &&Release| match serial {
        Some(serial) => release.serial == serial,
        None => current.is_some_and(|current| release.serial < current),
    };
    let found = kept.clone().rev().find(is_wanted);
    found.ok_or_else(|| {
        if kept.clone().next().is_none() {
            return both!(
                "{place}: no release is kept there to go back to\n  = correct --to, or publish first",
                "{place}: ở đó không giữ bản phát hành nào để quay lại\n  = sửa lại --to, hoặc công bố trước đã"
            );
        }
        let serials: Vec<String> = kept.map(|release| release.serial.to_string()).collect();
        let serials = serials.join(", ");
        both!(
            "{place}: there is no such release to go back to\n  = kept are: {serials}",
            "{place}: không có bản phát hành ấy để quay lại\n  = đang giữ: {serials}"
        )
    })
}

/// A kept release has a file that is not as it was signed.
fn spoilt(name: &str) -> Bilingual {
    both!(
        "{name}: is not as it was signed; the public release stays\n  = go back to another one, or build the old sources again",
        "{name}: không đúng như bản đã ký; bản đang công bố giữ nguyên\n  = quay lại bản khác, hoặc dựng lại từ nguồn cũ"
    )
}
