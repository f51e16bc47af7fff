//! A bucket of S3: there is no step that exchanges a whole portal, so files go one after another, in an order in which none
//! ever points at one that is missing.
//!
//! ```text
//! {path}                            what is public
//! .motcua/publishing                there while somebody publishes: who, since when
//! .motcua/pending/{serial}.jws      a release that was begun: of its files it is not known whether they are public
//! .motcua/releases/{serial}.jws     a kept release
//! .motcua/files/{sha256}/{path}     what a kept release has under a name that another release uses as well
//! .motcua/record.json               what was sent, and the tag that the storage gave each file
//! .motcua/replaced.json             since when each other kept release is public no more
//! ```
//!
//! `release.jws` goes last and says what is public. A run that breaks off leaves its `pending` entry, so that the next one
//! sends whatever may be of either release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::{Mutex, PoisonError};

use envelope::PublicKey;
use envelope::release::{Release, ReleasedFile};
use formdef::{Bilingual, both};
use object_store::Error;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use super::allowed::{Aim, aim, in_time};
use super::difference::{ByHand, Side};
use super::found::Public;
use super::lock::Lock;
use super::objects::{Objects, Told};
use super::record::Known;
use super::refused;
use super::sent::{as_sent, is_packed, unpacked};
use super::state::State;
use super::turns::Turn;
use super::{Outcome, Ready, Run, catalogue_of, spoilt, stays, wanted};
use crate::catalogue::CATALOGUE;
use crate::fault::cause;
use crate::headers::Rules;
use crate::release::{RELEASE, is_of_host};

pub(super) const PENDING: &str = ".motcua/pending";
pub(super) const RELEASES: &str = ".motcua/releases";
pub(super) const REPLACED: &str = ".motcua/replaced.json";
const FILES: &str = ".motcua/files";
pub(super) const RECORD: &str = ".motcua/record.json";
const HEADERS: &str = "_headers";
/// How many requests are under way at once.
const AT_ONCE: usize = 16;

/// A bucket that a CDN sends the files of.
pub struct Bucket {
    pub(super) objects: Objects,
    pub(super) publishers: Vec<PublicKey>,
}

/// How a file that is there is compared with the one that should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// By the record, and by its bytes where that says nothing.
    Record,
    /// By its bytes.
    Bytes,
}

/// What becomes public and where its files are read.
struct Next<'a> {
    release: &'a Release,
    text: &'a str,
    read: &'a (dyn Fn(&str) -> Result<Vec<u8>, Bilingual> + Sync),
}

impl Bucket {
    /// The bucket; what is in it counts only when one of `publishers` signed it.
    pub fn new(objects: Objects, publishers: &[PublicKey]) -> Bucket {
        Bucket {
            objects,
            publishers: publishers.to_owned(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.objects.name
    }

    pub(super) fn publishers(&self) -> &[PublicKey] {
        &self.publishers
    }

    /// What anybody gets otherwise than the public release has it, or not at all. What others put there is theirs.
    pub(super) fn by_hand(&self, public: &Release) -> Result<ByHand, Bilingual> {
        let mut state = self.state()?;
        let differing = self.differing(public, &mut state, By::Bytes)?.into_iter();
        let (other, missing) = differing
            .map(str::to_owned)
            .partition(|path| state.live.contains_key(path));
        Ok(ByHand {
            added: Vec::new(),
            other,
            missing,
        })
    }

    /// Makes a built portal the public one, unless it is older, somebody else publishes, or a request is refused.
    pub(super) fn publish(&self, ready: &Ready, run: &Run) -> Result<Outcome, Bilingual> {
        let lock = Lock::take(&self.objects, run)?;
        let mut state = self.state()?;
        let release = &ready.release;
        let aim = aim(ready.side(), &state.public, &state.kept, run.now)?;
        let read = |path: &str| {
            let file = ready.from.join(path);
            fs::read(&file).map_err(|error| {
                let (file, cause) = (file.display(), cause(&error));
                both!(
                    [cause] "{file}: cannot be read: {cause}\n  = build the portal again",
                    "{file}: không đọc được: {cause}\n  = hãy dựng lại cổng"
                )
            })
        };
        let lost = usize::from(matches!(state.public, Public::Lost(_)));
        let next = Next {
            release,
            text: &ready.text,
            read: &read,
        };
        self.begin(&next)?;
        self.keep(&next, &state)?;
        // Of the release that is public nothing is believed but the bytes that anybody gets.
        let by = match aim {
            Aim::Again => By::Bytes,
            Aim::Anew => By::Record,
        };
        let differing = self.differing(release, &mut state, by)?;
        self.make_public(&next, &mut state, &differing, &lock)?;
        self.note_replaced(release, &mut state, run)?;
        self.finish(release, &state, &state.given_up(release, run))?;
        Ok(match aim {
            Aim::Again => Outcome::Mended(differing.len() + lost),
            Aim::Anew => Outcome::Public,
        })
    }

    /// Makes a kept release public again, unless a file of it is not as it was signed.
    pub(super) fn roll_back(&self, serial: Option<u64>, run: &Run) -> Result<Release, Bilingual> {
        let lock = Lock::take(&self.objects, run)?;
        let mut state = self.state()?;
        let current = state.public.serial();
        let release = wanted(&self.objects.name, state.kept.iter(), serial, current)?.clone();
        let release = &release;
        let catalogue = self.kept_file(release, CATALOGUE)?;
        let catalogue = catalogue_of(release, Some(catalogue), &self.publishers);
        let back = Side {
            release,
            catalogue: catalogue.as_ref(),
        };
        in_time(back, run.now)?;
        let name = in_folder(RELEASES, release.serial);
        let text = self.get(&name)?;
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or_else(|| spoilt(&name))?;
        let read = |path: &str| self.kept_file(release, path);
        let next = Next {
            release,
            text: &text,
            read: &read,
        };
        // Before anything is changed.
        let differing = self.differing(release, &mut state, By::Record)?;
        self.each(&differing, |path| read(path).map(drop))?;
        self.begin(&next)?;
        self.make_public(&next, &mut state, &differing, &lock)?;
        self.note_replaced(release, &mut state, run)?;
        self.finish(release, &state, &[])?;
        Ok(release.clone())
    }

    /// The files of a release that are not public as it has them. What is found to be is noted in the record.
    fn differing<'r>(
        &self,
        release: &'r Release,
        state: &mut State,
        by: By,
    ) -> Result<Vec<&'r str>, Bilingual> {
        let (mut differing, mut doubtful) = (Vec::new(), Vec::new());
        for (path, file) in release.files.iter().filter(|(path, _)| !is_of_host(path)) {
            let Some(tag) = state.live.get(path) else {
                differing.push(path.as_str());
                continue;
            };
            match (by, state.record.of(path, tag.as_ref(), file)) {
                (By::Record, Known::Same) => {}
                (By::Record, Known::Other) => differing.push(path),
                (By::Record, Known::Nothing) | (By::Bytes, _) => doubtful.push(path.as_str()),
            }
        }
        let wrong = Mutex::new(Vec::new());
        self.each(&doubtful, |path| {
            if !self.is_as_signed(path, &release.files[path])? {
                let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
                wrong.push(path.to_owned());
            }
            Ok(())
        })?;
        let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
        let wrong: BTreeSet<String> = wrong.into_iter().collect();
        for path in doubtful {
            match wrong.contains(path) {
                true => differing.push(path),
                false => {
                    let tag = state.live.get(path).cloned().flatten();
                    state.record.note(path, &release.files[path], tag);
                }
            }
        }
        Ok(differing)
    }

    /// Whether anybody gets the file as it was signed.
    fn is_as_signed(&self, path: &str, file: &ReleasedFile) -> Result<bool, Bilingual> {
        let Some(got) = self.asked(self.objects.got(path))? else {
            return Ok(false);
        };
        let encoding = is_packed(path).then_some("gzip");
        let bytes = match encoding {
            Some(_) => unpacked(&got.bytes, file.size),
            None => Some(got.bytes),
        };
        let is_file = bytes.is_some_and(|bytes| ReleasedFile::of(&bytes) == *file);
        Ok(is_file && got.content_encoding.as_deref() == encoding)
    }

    /// From now on the next run knows that files may be of this release.
    fn begin(&self, next: &Next<'_>) -> Result<(), Bilingual> {
        self.put_own(&in_folder(PENDING, next.release.serial), next.text.into())
    }

    /// Keeps what the release after this one will replace.
    fn keep(&self, next: &Next<'_>, state: &State) -> Result<(), Bilingual> {
        let is_kept = |path: &String, file: &ReleasedFile| {
            let mut kept = state.kept.iter();
            kept.any(|release| release.files.get(path) == Some(file))
        };
        let files = next.release.files.iter();
        let lacking = files.filter(|(path, file)| !is_lasting(path) && !is_kept(path, file));
        let lacking: Vec<&str> = lacking.map(|(path, _)| path.as_str()).collect();
        self.each(&lacking, |path| {
            let name = kept_name(path, &next.release.files[path]);
            self.put_own(&name, (next.read)(path)?)
        })
    }

    fn make_public(
        &self,
        next: &Next<'_>,
        state: &mut State,
        differing: &[&str],
        lock: &Lock<'_>,
    ) -> Result<(), Bilingual> {
        let rules = match next.release.files.contains_key(HEADERS) {
            true => String::from_utf8((next.read)(HEADERS)?).unwrap_or_default(),
            false => String::new(),
        };
        let rules = Rules::read(&rules);
        let mut turns: BTreeMap<Turn, Vec<&str>> = BTreeMap::new();
        for path in differing.iter().copied() {
            let turn = Turn::of(path, state.live.contains_key(path));
            turns.entry(turn).or_default().push(path);
        }
        let record = Mutex::new(std::mem::take(&mut state.record));
        for turn in Turn::ALL {
            lock.is_still_held()?;
            let paths = turns.get(&turn).map_or(&[][..], Vec::as_slice);
            self.each(paths, |path| {
                let (bytes, told) = as_sent(path, (next.read)(path)?, &rules);
                let tag = self.asked(self.objects.put(path, bytes, &told))?;
                let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
                record.note(path, &next.release.files[path], tag);
                Ok(())
            })?;
        }
        let mut record = record.into_inner().unwrap_or_else(PoisonError::into_inner);
        let files = &next.release.files;
        record.only(|path| state.live.contains_key(path) || files.contains_key(path));
        let kept = in_folder(RELEASES, next.release.serial);
        if !state.kept.contains(next.release) {
            self.put_own(&kept, next.text.into())?;
        }
        lock.is_still_held()?;
        // Before the release: a run that breaks off here leaves a record that is true.
        self.put_own(RECORD, record.text())?;
        let (text, told) = as_sent(RELEASE, next.text.into(), &rules);
        self.asked(self.objects.put(RELEASE, text, &told)).map(drop)
    }

    fn note_replaced(
        &self,
        public: &Release,
        state: &mut State,
        run: &Run,
    ) -> Result<(), Bilingual> {
        let before = state.public.serial();
        let kept = state.kept.iter().map(|release| release.serial);
        state.replaced.by(public.serial, before, kept, run.now);
        self.put_own(REPLACED, state.replaced.text())
    }

    /// Takes away what no release has any more but those that were given up, and the traces of runs that broke off.
    fn finish(
        &self,
        public: &Release,
        before: &State,
        given_up: &[&Release],
    ) -> Result<(), Bilingual> {
        let kept: Vec<&Release> = before
            .kept
            .iter()
            .filter(|kept| !given_up.contains(kept))
            .chain([public])
            .collect();
        let gone = before.live.keys().map(String::as_str);
        let gone = gone.filter(|path| before.knows(path) && !is_public(path, public, &kept));
        self.delete(&gone.collect::<Vec<_>>())?;
        for release in given_up {
            let is_kept = |path: &str, file: &ReleasedFile| {
                let mut kept = kept.iter();
                kept.any(|release| release.files.get(path) == Some(file))
            };
            let files = release.files.iter();
            let files = files.filter(|(path, file)| !is_lasting(path) && !is_kept(path, file));
            let files: Vec<String> = files.map(|(path, file)| kept_name(path, file)).collect();
            self.delete(&[in_folder(RELEASES, release.serial).as_str()])?;
            self.delete(&files.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        let own = in_folder(PENDING, public.serial);
        let begun = before.begun.iter().map(String::as_str);
        self.delete(&begun.chain([own.as_str()]).collect::<Vec<_>>())
    }

    fn delete(&self, names: &[&str]) -> Result<(), Bilingual> {
        self.each(names, |name| self.asked(self.objects.delete(name)))
    }

    pub(super) fn kept_file(&self, release: &Release, path: &str) -> Result<Vec<u8>, Bilingual> {
        let file = release.files.get(path);
        let file = file.ok_or_else(|| spoilt(&format!("{}/{path}", self.objects.name)))?;
        let name = match is_lasting(path) {
            true => path.to_owned(),
            false => kept_name(path, file),
        };
        let bytes = self.get(&name)?;
        let bytes = bytes.filter(|bytes| ReleasedFile::of(bytes) == *file);
        bytes.ok_or_else(|| spoilt(&format!("{}/{name}", self.objects.name)))
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Bilingual> {
        self.asked(self.objects.get(name))
    }

    /// Writes a file that is ours and nobody's page.
    fn put_own(&self, name: &str, bytes: Vec<u8>) -> Result<(), Bilingual> {
        let put = self.objects.put(name, bytes, &Told::default());
        self.asked(put).map(drop)
    }

    /// Does it for each, several at once; the first fault ends it.
    fn each(
        &self,
        names: &[&str],
        work: impl Fn(&str) -> Result<(), Bilingual> + Sync,
    ) -> Result<(), Bilingual> {
        let threads = ThreadPoolBuilder::new().num_threads(AT_ONCE).build();
        let threads = threads.map_err(|error| both!("{error}", "{error}"))?;
        threads.install(|| names.par_iter().try_for_each(|name| work(name)))
    }

    pub(super) fn asked<T>(&self, answer: Result<T, Error>) -> Result<T, Bilingual> {
        answer.map_err(|error| refused::told(&self.objects.name, &error.to_string()))
    }
}

/// Whether a file stays where it is.
fn is_public(path: &str, public: &Release, kept: &[&Release]) -> bool {
    let has = |release: &&Release| release.files.contains_key(path);
    has(&public) || (stays(path) && kept.iter().any(has))
}

/// Whether a name holds the digest of what it names, so that no release has another file there.
fn is_lasting(path: &str) -> bool {
    path.starts_with("assets/") || path.starts_with("lists/")
}

fn in_folder(folder: &str, serial: u64) -> String {
    format!("{folder}/{serial}.jws")
}

fn kept_name(path: &str, file: &ReleasedFile) -> String {
    format!("{FILES}/{}/{path}", file.sha256)
}
