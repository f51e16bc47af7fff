//! A folder of a web server: a release becomes public in one step, or not at all.
//!
//! ```text
//! {to}/releases/{serial}/   a release, whole; what did not change is a link to the file of another release
//! {to}/current              a link to the public release: the root of the web server
//! {to}/replaced.json        since when each other release is public no more
//! {to}/.publishing          there while somebody publishes
//! ```
//!
//! A release is put together beside the public one; then `current` is exchanged in one step. Assets of releases that were
//! public lately stay beside the new ones, so that a page from a cache still finds them.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use envelope::PublicKey;
use envelope::release::Release;
use formdef::{Bilingual, both};

use super::allowed::{Aim, aim, in_time};
use super::apart::stands_apart;
use super::difference::Side;
use super::found::{Found, Holding, Lost, Public, no_longer_kept};
use super::replaced::Replaced;
use super::staying::{is_file, put_file, put_over, put_staying, with_staying};
use super::{Outcome, Ready, Run, catalogue_of, spoilt, stays, wanted};
use crate::catalogue::CATALOGUE;
use crate::fault::cause;
use crate::release::{RELEASE, check};

const REPLACED: &str = "replaced.json";
/// One file on its way into a release.
const MENDING: &str = ".mending";

/// A folder that a web server sends `current` of.
pub struct Folder {
    dir: PathBuf,
    publishers: Vec<PublicKey>,
}

/// A release among those that are kept.
pub struct Kept {
    /// The release.
    pub release: Release,
    pub(super) dir: PathBuf,
}

/// The lock while it is held. It is let go of in so many words: a program that is being started at that moment may have
/// the file open as well for a while, and closing it here would not do.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Folder {
    /// The folder; what is in it counts only when one of `publishers` signed it.
    pub fn new(dir: &Path, publishers: &[PublicKey]) -> Folder {
        Folder {
            dir: dir.to_owned(),
            publishers: publishers.to_owned(),
        }
    }

    pub(super) fn root(&self) -> PathBuf {
        self.dir.join("current")
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn publishers(&self) -> &[PublicKey] {
        &self.publishers
    }

    /// What is public.
    fn public_now(&self) -> Result<Public, Bilingual> {
        let root = self.root();
        let Ok(there) = fs::symlink_metadata(&root) else {
            return Ok(Public::Nothing);
        };
        if !there.is_symlink() {
            let root = root.display();
            return Err(both!(
                "{root}: is no link of `motcua publish`; nothing was published\n  = choose another folder with --to, or move it away",
                "{root}: không phải liên kết của «motcua publish»; chưa công bố gì cả\n  = chọn thư mục khác bằng --to, hoặc dời nó đi"
            ));
        }
        // A link to a release that somebody removed shows nothing.
        let Ok(dir) = fs::canonicalize(&root) else {
            return Ok(Public::Nothing);
        };
        Ok(match self.found_at(&dir)? {
            Found::Release(release) => Public::Release(release),
            Found::Spoilt => {
                let serial = serial_of(&dir).unwrap_or_default();
                let kept = self.kept()?;
                let newest = kept.last().map_or(0, |kept| kept.release.serial);
                Public::Lost(Lost {
                    name: dir.join(RELEASE).display().to_string(),
                    serial,
                    newest: newest.max(serial),
                })
            }
        })
    }

    /// Every release that is there whole, the oldest first.
    ///
    /// # Errors
    /// A sentence: one is not the publisher's.
    pub fn kept(&self) -> Result<Vec<Kept>, Bilingual> {
        let releases = self.releases()?.into_iter();
        let mut kept: Vec<Kept> = releases
            .filter_map(|(dir, found)| Some((dir, found.release()?)))
            .map(|(dir, release)| Kept { release, dir })
            .collect();
        kept.sort_by_key(|kept| kept.release.serial);
        Ok(kept)
    }

    /// What there is to tell of before a run.
    pub(super) fn holding(&self) -> Result<Holding, Bilingual> {
        let kept = self.kept()?.into_iter();
        Ok(Holding {
            public: self.public_now()?,
            kept: kept.map(|kept| kept.release).collect(),
            no_longer_kept: self.no_longer_kept()?,
        })
    }

    /// That releases which were kept can be read no more; the public one is another matter.
    fn no_longer_kept(&self) -> Result<Vec<Bilingual>, Bilingual> {
        let public = fs::canonicalize(self.root()).ok();
        let releases = self.releases()?.into_iter();
        let spoilt = releases.filter(|(dir, found)| {
            let is_public = fs::canonicalize(dir).ok() == public;
            matches!(found, Found::Spoilt) && !is_public
        });
        Ok(spoilt
            .map(|(dir, _)| no_longer_kept(&dir.join(RELEASE).to_string_lossy()))
            .collect())
    }

    /// The folders of all releases, and what is in them.
    fn releases(&self) -> Result<Vec<(PathBuf, Found)>, Bilingual> {
        let entries = fs::read_dir(self.dir.join("releases"));
        let names = entries.into_iter().flatten().flatten();
        let dirs = names.map(|entry| entry.path());
        let dirs = dirs.filter(|dir| serial_of(dir).is_some());
        dirs.map(|dir| Ok((dir.clone(), self.found_at(&dir)?)))
            .collect()
    }

    /// Makes a built portal the public one, unless it is older, somebody else publishes, or the system refuses something.
    pub(super) fn publish(&self, ready: &Ready, run: &Run) -> Result<Outcome, Bilingual> {
        stands_apart(&self.dir, &ready.from)?;
        let _lock = self.lock()?;
        self.clear();
        let public = self.public_now()?;
        let kept = self.kept()?;
        let releases = kept.iter().map(|kept| &kept.release);
        match aim(ready.side(), &public, releases, run.now)? {
            Aim::Again => {
                let mended = self.mend(ready, &kept);
                let mended = mended.map_err(|error| self.refused(&error))?;
                Ok(Outcome::Mended(mended))
            }
            Aim::Anew => {
                self.exchange(ready, public.serial(), &kept, run)?;
                Ok(Outcome::Public)
            }
        }
    }

    /// Puts a new release together and makes it public.
    fn exchange(
        &self,
        ready: &Ready,
        public: Option<u64>,
        kept: &[Kept],
        run: &Run,
    ) -> Result<(), Bilingual> {
        let Ready { from, release, .. } = ready;
        let place = self.release_dir(release.serial);
        let beside = place.with_extension("new");
        let (mut replaced, earliest) = (self.replaced(), run.earliest());
        let lately = lately(kept, public, &replaced, earliest);
        let put = || -> io::Result<()> {
            for (path, (file, sources)) in with_staying(release, &lately) {
                let own = release.files.contains_key(path).then(|| from.join(path));
                let sources: Vec<PathBuf> =
                    sources.iter().map(|kept| kept.dir.join(path)).collect();
                put_file(&beside.join(path), file, own.as_deref(), &sources)?;
            }
            let text = beside.join(RELEASE);
            fs::write(&text, &ready.text)?;
            File::open(text)?.sync_all()?;
            // A release of that serial is there when it was public until somebody went back from it.
            let _ = fs::remove_dir_all(&place);
            fs::rename(&beside, &place)?;
            self.switch_to(release.serial)
        };
        put().map_err(|error| {
            self.clear();
            self.refused(&error)
        })?;
        let serials = kept.iter().map(|kept| kept.release.serial);
        replaced.by(release.serial, public, serials, run.now);
        self.note(&replaced);
        let others = kept.iter().rev().skip(run.keep);
        for old in others.filter(|old| !replaced.is_lately(old.release.serial, earliest)) {
            // What stays costs room and nothing else; the next run tries again.
            let _ = fs::remove_dir_all(&old.dir);
        }
        Ok(())
    }

    /// Takes away what was under way when a run broke off; on a full disk it is most of what can be made room of. What cannot
    /// be taken away is told when it is in the way.
    fn clear(&self) {
        let entries = fs::read_dir(self.dir.join("releases"));
        let paths = entries.into_iter().flatten().flatten();
        let paths = paths.map(|entry| entry.path());
        for begun in paths.filter(|path| path.extension().is_some_and(|end| end == "new")) {
            let _ = fs::remove_dir_all(begun);
        }
        let _ = fs::remove_file(self.dir.join(MENDING));
    }

    fn replaced(&self) -> Replaced {
        Replaced::read(fs::read(self.dir.join(REPLACED)).ok().as_deref())
    }

    /// What is not written is not known to the next run, and then counts from that on.
    fn note(&self, replaced: &Replaced) {
        let beside = self.dir.join(".replaced.new");
        let written = fs::write(&beside, replaced.text());
        let _ = written.and_then(|()| fs::rename(&beside, self.dir.join(REPLACED)));
    }

    /// Makes every file of the public release again what was signed, from the built portal that is the same release. Each is
    /// exchanged in one step, what pages load before pages. What releases share was changed in all of them at once, so it is
    /// mended in all of them. Returns how many files of the public one were not as signed.
    fn mend(&self, ready: &Ready, kept: &[Kept]) -> io::Result<usize> {
        let Ready { from, release, .. } = ready;
        let public = fs::canonicalize(self.root())?;
        let mut wrong: Vec<&str> = release
            .files
            .iter()
            .filter(|(path, file)| !is_file(&public.join(path), file))
            .map(|(path, _)| path.as_str())
            .collect();
        if fs::read(public.join(RELEASE)).ok().as_deref() != Some(ready.text.as_bytes()) {
            wrong.push(RELEASE);
        }
        wrong.sort_by_key(|path| (!stays(path), *path == RELEASE));
        for path in &wrong {
            let (beside, place) = (self.dir.join(MENDING), public.join(path));
            fs::copy(from.join(path), &beside)?;
            File::open(&beside)?.sync_all()?;
            place.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::rename(&beside, &place)?;
        }
        for (path, file) in &release.files {
            let has_it = |kept: &&Kept| kept.release.files.get(path) == Some(file);
            let places = kept.iter().filter(has_it).map(|kept| kept.dir.join(path));
            for place in places.filter(|place| !is_file(place, file)) {
                put_over(&place, &public.join(path), &self.dir.join(MENDING))?;
            }
        }
        Ok(wrong.len())
    }

    /// Makes a kept release public again, unless it is not whole any more.
    pub(super) fn roll_back(&self, serial: Option<u64>, run: &Run) -> Result<Release, Bilingual> {
        let _lock = self.lock()?;
        self.clear();
        let current = self.public_now()?.serial();
        let kept = self.kept()?;
        let releases = kept.iter().map(|kept| &kept.release);
        let place = self.dir.display().to_string();
        let serial = wanted(&place, releases, serial, current)?.serial;
        let dir = self.release_dir(serial);
        let whole = check(&dir.to_string_lossy(), &self.publishers)?;
        if let Some((path, _)) = whole.wrong.first() {
            return Err(spoilt(&dir.join(path).to_string_lossy()));
        }
        let catalogue = fs::read(dir.join(CATALOGUE)).ok();
        let catalogue = catalogue_of(&whole.release, catalogue, &self.publishers);
        let next = Side {
            release: &whole.release,
            catalogue: catalogue.as_ref(),
        };
        in_time(next, run.now)?;
        let mut replaced = self.replaced();
        let lately = lately(&kept, current, &replaced, run.earliest());
        put_staying(&dir, &whole.release, &lately, &self.dir.join(MENDING))
            .and_then(|()| self.switch_to(serial))
            .map_err(|error| {
                self.clear();
                self.refused(&error)
            })?;
        let serials = kept.iter().map(|kept| kept.release.serial);
        replaced.by(serial, current, serials, run.now);
        self.note(&replaced);
        Ok(whole.release)
    }

    pub(super) fn release_dir(&self, serial: u64) -> PathBuf {
        self.dir.join("releases").join(serial.to_string())
    }

    fn found_at(&self, dir: &Path) -> Result<Found, Bilingual> {
        let path = dir.join(RELEASE);
        let name = path.display().to_string();
        let bytes = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let cause = cause(&error);
                return Err(both!(
                    [cause] "{name}: cannot be read: {cause}\n  = check rights and the disk",
                    "{name}: không đọc được: {cause}\n  = kiểm tra quyền và ổ đĩa"
                ));
            }
        };
        Found::of(&name, bytes.as_deref(), &self.publishers)
    }

    fn switch_to(&self, serial: u64) -> io::Result<()> {
        let link = self.dir.join(".current.new");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(Path::new("releases").join(serial.to_string()), &link)?;
        fs::rename(&link, self.root())?;
        File::open(&self.dir)?.sync_all()
    }

    /// Only one publishes at a time. A lock whose holder was killed is told from one that is held.
    fn lock(&self) -> Result<Lock, Bilingual> {
        let path = self.dir.join(".publishing");
        let open = || {
            fs::create_dir_all(self.dir.join("releases"))?;
            File::options().create(true).append(true).open(&path)
        };
        let file = open().map_err(|error| self.refused(&error))?;
        file.try_lock().map_err(|_| {
            let dir = self.dir.display();
            both!(
                "{dir}: somebody else is publishing there; nothing was published\n  = wait until they are done",
                "{dir}: đang có người khác công bố vào đó; chưa công bố gì cả\n  = hãy đợi họ xong"
            )
        })?;
        Ok(Lock(file))
    }

    fn refused(&self, error: &io::Error) -> Bilingual {
        let (dir, cause) = (self.dir.display(), cause(error));
        both!(
            [cause] "{dir}: {cause}; the public release stays as it was\n  = check rights and room, then publish again",
            "{dir}: {cause}; bản đang công bố giữ nguyên\n  = kiểm tra quyền và dung lượng, rồi công bố lại"
        )
    }
}

/// The serial of the release in that folder; none: it is the folder of none, or of one that is being put together.
fn serial_of(dir: &Path) -> Option<u64> {
    dir.file_name()?.to_str()?.parse().ok()
}

/// The releases of which pages may lie in caches, the newest first: the public one, and those that were lately.
fn lately<'k>(
    kept: &'k [Kept],
    public: Option<u64>,
    replaced: &Replaced,
    earliest: i64,
) -> Vec<&'k Kept> {
    let newest_first = kept.iter().rev();
    let lately = newest_first.filter(|kept| {
        let serial = kept.release.serial;
        public == Some(serial) || replaced.is_lately(serial, earliest)
    });
    lately.collect()
}
