//! `motcua publish`: a built portal becomes the public one, whole or not at all.
//!
//! ```text
//! {to}/releases/{serial}/   a release, whole; what did not change is a link to the file of another release
//! {to}/current              a link to the public release: the root of the web server
//! {to}/.publishing          there while somebody publishes
//! ```
//!
//! A release is put together beside the public one; then `current` is exchanged in one step. Assets of releases that were
//! public lately stay beside the new ones, so that a page from a cache still finds them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use envelope::release::{Release, ReleasedFile};
use envelope::{PublicKey, UnixTime};
use formdef::{Bilingual, both, say};

use crate::fault::cause;
use crate::release::{RELEASE, check};

/// For how long assets stay after the release that had them: longer than pages lie in caches and drafts on devices.
pub const GRACE_DAYS: i64 = 30;
/// Folders whose files stay: their names hold a digest or a version, so nothing else ever has their place.
const STAYING: [&str; 3] = ["assets/", "forms/", "lists/"];
const DAY_S: i64 = 24 * 3600;

/// A folder that a web server sends `current` of.
pub struct Target {
    dir: PathBuf,
    publishers: Vec<PublicKey>,
}

/// A release among those that are kept.
pub struct Kept {
    /// The release.
    pub release: Release,
    dir: PathBuf,
}

impl Target {
    /// The folder; what is in it counts only when one of `publishers` signed it.
    pub fn new(dir: &Path, publishers: &[PublicKey]) -> Target {
        Target {
            dir: dir.to_owned(),
            publishers: publishers.to_owned(),
        }
    }

    /// The public release, when there is one.
    ///
    /// # Errors
    /// A sentence: what is there is not the publisher's.
    pub fn current(&self) -> Result<Option<Kept>, Bilingual> {
        match fs::canonicalize(self.dir.join("current")) {
            Ok(dir) => self.kept_at(dir).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// Every release that is there whole, the oldest first.
    ///
    /// # Errors
    /// A sentence: one is not the publisher's.
    pub fn kept(&self) -> Result<Vec<Kept>, Bilingual> {
        let Ok(entries) = fs::read_dir(self.dir.join("releases")) else {
            return Ok(Vec::new());
        };
        let names = entries.flatten().map(|entry| entry.path());
        let whole = names.filter(|path| path.join(RELEASE).is_file() && !is_unfinished(path));
        let mut kept = whole
            .map(|dir| self.kept_at(dir))
            .collect::<Result<Vec<_>, _>>()?;
        kept.sort_by_key(|kept| kept.release.serial);
        Ok(kept)
    }

    /// Makes the portal in `from` the public one. Returns its release.
    ///
    /// # Errors
    /// A sentence: it is not whole, not signed, older than the public one, somebody else publishes, or the system refuses
    /// something. The public release stays as it was.
    pub fn publish(&self, from: &Path, now: UnixTime, keep: usize) -> Result<Release, Bilingual> {
        let built = check(&from.to_string_lossy(), &self.publishers)?;
        if let Some((path, wrong)) = built.wrong.first() {
            let (from, count) = (from.display(), built.wrong.len());
            return Err(Bilingual::from(|lang| {
                let wrong = wrong.show(lang);
                say!(
                    lang,
                    "{from}/{path}: {wrong} ({count} files in all); nothing was published\n  = build the portal again",
                    "{from}/{path}: {wrong} (tất cả {count} tệp); chưa công bố gì cả\n  = hãy dựng lại cổng"
                )
            }));
        }
        let release = built.release;
        let _lock = self.lock()?;
        let current = self.current()?;
        if let Some(current) = &current {
            newer(&release, &current.release)?;
        }
        let kept = self.kept()?;
        let place = self.release_dir(release.serial);
        let beside = place.with_extension("new");
        let public = current.map(|current| current.release.serial);
        let earliest = now.0 - GRACE_DAYS * DAY_S;
        let put = || -> io::Result<()> {
            // What an interrupted run left.
            let _ = fs::remove_dir_all(&beside);
            let lately = kept.iter().rev().filter(|kept| {
                let is_public = public == Some(kept.release.serial);
                is_public || kept.release.iat.0 >= earliest
            });
            let lately: Vec<&Kept> = lately.collect();
            for (path, (file, sources)) in with_staying(&release, &lately) {
                let own = release.files.contains_key(path).then(|| from.join(path));
                let sources: Vec<PathBuf> =
                    sources.iter().map(|kept| kept.dir.join(path)).collect();
                put_file(&beside.join(path), file, own.as_deref(), &sources)?;
            }
            fs::write(beside.join(RELEASE), &built.text)?;
            // A release of that serial which is not public was never switched to.
            let _ = fs::remove_dir_all(&place);
            fs::rename(&beside, &place)?;
            self.switch_to(release.serial)
        };
        put().map_err(|error| self.refused(&error))?;
        forget(&kept, keep, earliest);
        Ok(release)
    }

    /// Makes a release public again that is kept: `serial`, else the newest before the public one. Returns it.
    ///
    /// # Errors
    /// A sentence: it is not kept, not whole, or somebody publishes.
    pub fn roll_back(&self, serial: Option<u64>) -> Result<Release, Bilingual> {
        let _lock = self.lock()?;
        let current = self.current()?.map(|current| current.release.serial);
        let is_wanted = |kept: &Kept| match serial {
            Some(serial) => kept.release.serial == serial,
            None => current.is_some_and(|current| kept.release.serial < current),
        };
        let kept = self.kept()?;
        let serials: Vec<String> = kept
            .iter()
            .map(|kept| kept.release.serial.to_string())
            .collect();
        let Some(wanted) = kept.into_iter().rev().find(is_wanted) else {
            let (dir, serials) = (self.dir.display(), serials.join(", "));
            return Err(both!(
                "{dir}: there is no such release to go back to\n  = kept are: {serials}",
                "{dir}: không có bản phát hành ấy để quay lại\n  = đang giữ: {serials}"
            ));
        };
        let whole = check(&wanted.dir.to_string_lossy(), &self.publishers)?;
        if let Some((path, _)) = whole.wrong.first() {
            let dir = wanted.dir.display();
            return Err(both!(
                "{dir}/{path}: is not as it was signed; the public release stays\n  = go back to another one, or build the old sources again",
                "{dir}/{path}: không đúng như bản đã ký; bản đang công bố giữ nguyên\n  = quay lại bản khác, hoặc dựng lại từ nguồn cũ"
            ));
        }
        self.switch_to(wanted.release.serial)
            .map_err(|error| self.refused(&error))?;
        Ok(wanted.release)
    }

    fn release_dir(&self, serial: u64) -> PathBuf {
        self.dir.join("releases").join(serial.to_string())
    }

    fn kept_at(&self, dir: PathBuf) -> Result<Kept, Bilingual> {
        let path = dir.join(RELEASE);
        let name = path.display();
        let text = fs::read_to_string(&path).map_err(|error| {
            let cause = cause(&error);
            both!([cause] "{name}: cannot be read: {cause}", "{name}: không đọc được: {cause}")
        })?;
        let release = Release::read(text.trim_end(), &self.publishers);
        let release = release.map_err(|fault| both!("{name}: {fault}", "{name}: {fault}"))?;
        Ok(Kept { release, dir })
    }

    fn switch_to(&self, serial: u64) -> io::Result<()> {
        let link = self.dir.join(".current.new");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(Path::new("releases").join(serial.to_string()), &link)?;
        fs::rename(&link, self.dir.join("current"))?;
        File::open(&self.dir)?.sync_all()
    }

    /// Only one publishes at a time. A lock whose holder was killed is told from one that is held.
    fn lock(&self) -> Result<File, Bilingual> {
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
        Ok(file)
    }

    fn refused(&self, error: &io::Error) -> Bilingual {
        let (dir, cause) = (self.dir.display(), cause(error));
        both!(
            [cause] "{dir}: {cause}; the public release stays as it was\n  = check rights and room, then publish again",
            "{dir}: {cause}; bản đang công bố giữ nguyên\n  = kiểm tra quyền và dung lượng, rồi công bố lại"
        )
    }
}

/// Takes away what was there before, but for the newest `keep` and those whose assets still stay.
fn forget(kept: &[Kept], keep: usize, earliest: i64) {
    let others = kept.iter().rev().skip(keep);
    for old in others.filter(|old| old.release.iat.0 < earliest) {
        // What stays costs room and nothing else; the next run tries again.
        let _ = fs::remove_dir_all(&old.dir);
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "new")
}

/// A serial only grows: relay and intake refuse a catalogue that went back.
fn newer(release: &Release, current: &Release) -> Result<(), Bilingual> {
    let (new, old) = (release.serial, current.serial);
    if new > old {
        return Ok(());
    }
    Err(both!(
        "release {new} is not newer than {old}, which is public; nothing was published\n  = build again; to go back to a kept release: --rollback",
        "bản phát hành {new} không mới hơn bản {old} đang công bố; chưa công bố gì cả\n  = hãy dựng lại; để quay lại bản đã giữ: --rollback"
    ))
}

/// The files of a release with those of others that stay beside them; for each the releases that have the same one.
fn with_staying<'a>(
    release: &'a Release,
    lately: &[&'a Kept],
) -> BTreeMap<&'a str, (&'a ReleasedFile, Vec<&'a Kept>)> {
    let own = release.files.iter();
    let mut files: BTreeMap<_, _> = own
        .map(|(path, file)| (path.as_str(), (file, Vec::new())))
        .collect();
    for kept in lately {
        for (path, file) in &kept.release.files {
            let stays = STAYING.iter().any(|folder| path.starts_with(folder));
            match files.get_mut(path.as_str()) {
                Some((wanted, sources)) if *wanted == file => sources.push(*kept),
                None if stays => {
                    files.insert(path, (file, vec![*kept]));
                }
                _ => {}
            }
        }
    }
    files
}

/// A link to a file that is the same already, else a copy. One that was changed by hand is not the same.
fn put_file(
    place: &Path,
    file: &ReleasedFile,
    own: Option<&Path>,
    sources: &[PathBuf],
) -> io::Result<()> {
    place.parent().map_or(Ok(()), fs::create_dir_all)?;
    let is_same =
        |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| ReleasedFile::of(&bytes) == *file);
    match (sources.iter().find(is_same), own) {
        (Some(same), _) => fs::hard_link(same, place),
        (None, Some(own)) => {
            fs::copy(own, place)?;
            File::open(place)?.sync_all()
        }
        // An old asset that somebody damaged is left out.
        (None, None) => Ok(()),
    }
}
