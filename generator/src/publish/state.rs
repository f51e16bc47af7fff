//! What a bucket holds before a run.

use std::collections::BTreeMap;

use envelope::release::Release;
use formdef::Bilingual;

use super::Run;
use super::bucket::{Bucket, PENDING, RECORD, RELEASES, REPLACED};
use super::found::{Found, Holding, Lost, Public, no_longer_kept};
use super::objects::Tag;
use super::record::Record;
use super::replaced::Replaced;
use crate::release::RELEASE;

/// After this come the names of what is public, as S3 orders them.
const BEHIND_OWN: &str = ".motcua0";

/// What a bucket holds.
pub(super) struct State {
    pub(super) public: Public,
    /// Begun and not finished, and their names.
    pub(super) pending: Vec<Release>,
    pub(super) begun: Vec<String>,
    /// Whole, the oldest first.
    pub(super) kept: Vec<Release>,
    /// The files that are public, with their tags.
    pub(super) live: BTreeMap<String, Option<Tag>>,
    pub(super) record: Record,
    pub(super) replaced: Replaced,
}

/// The releases in a folder of the bucket.
struct Shelf {
    /// Those that can be read, the oldest first.
    releases: Vec<Release>,
    /// Where all of them lie.
    names: Vec<String>,
    /// Where those lie that nobody can read.
    spoilt: Vec<String>,
}

impl Bucket {
    pub(super) fn state(&self) -> Result<State, Bilingual> {
        let (pending, kept) = (self.shelf(PENDING)?, self.shelf(RELEASES)?.releases);
        let replaced = Replaced::read(self.get(REPLACED)?.as_deref());
        Ok(State {
            public: self.public_of(&kept, &replaced)?,
            pending: pending.releases,
            begun: pending.names,
            kept,
            live: self.asked(self.objects.after(BEHIND_OWN))?,
            record: Record::read(self.get(RECORD)?.as_deref()),
            replaced,
        })
    }

    /// What there is to tell of before a run.
    pub(super) fn holding(&self) -> Result<Holding, Bilingual> {
        // A list first: it tells a bucket that is not there from one that is empty.
        let shelf = self.shelf(RELEASES)?;
        let replaced = Replaced::read(self.get(REPLACED)?.as_deref());
        let bucket = &self.objects.name;
        let spoilt = shelf.spoilt.iter();
        Ok(Holding {
            public: self.public_of(&shelf.releases, &replaced)?,
            no_longer_kept: spoilt
                .map(|name| no_longer_kept(&format!("{bucket}/{name}")))
                .collect(),
            kept: shelf.releases,
        })
    }

    /// A release is kept before it is public: where there are kept ones, there was a public one, or the first run broke off.
    fn public_of(&self, kept: &[Release], replaced: &Replaced) -> Result<Public, Bilingual> {
        let bytes = self.get(RELEASE)?;
        let name = format!("{}/{RELEASE}", self.objects.name);
        if bytes.is_none() && kept.is_empty() {
            return Ok(Public::Nothing);
        }
        Ok(
            match Found::of(&name, bytes.as_deref(), &self.publishers)? {
                Found::Release(release) => Public::Release(release),
                Found::Spoilt => {
                    let newest = kept.last().map_or(0, |release| release.serial);
                    let mut serials = kept.iter().rev().map(|release| release.serial);
                    let never_replaced = serials.find(|serial| !replaced.knows(*serial));
                    Public::Lost(Lost {
                        name,
                        serial: never_replaced.unwrap_or(newest),
                        newest,
                    })
                }
            },
        )
    }

    fn shelf(&self, folder: &str) -> Result<Shelf, Bilingual> {
        let names = self.asked(self.objects.folder(folder))?;
        let (mut releases, mut spoilt) = (Vec::new(), Vec::new());
        for name in &names {
            let at = format!("{}/{name}", self.objects.name);
            match Found::of(&at, self.get(name)?.as_deref(), &self.publishers)? {
                Found::Release(release) => releases.push(release),
                Found::Spoilt => spoilt.push(name.clone()),
            }
        }
        releases.sort_by_key(|release| release.serial);
        Ok(Shelf {
            releases,
            names,
            spoilt,
        })
    }
}

impl State {
    /// Whether a file came with a release: what others put into the bucket is theirs.
    pub(super) fn knows(&self, path: &str) -> bool {
        let mut known = self
            .kept
            .iter()
            .chain(&self.pending)
            .chain(self.public.release());
        known.any(|release| release.files.contains_key(path))
    }

    /// The kept releases that are too many, and were replaced so long ago that no page of theirs lies in a cache.
    pub(super) fn given_up(&self, public: &Release, run: &Run) -> Vec<&Release> {
        let others = self.kept.iter().rev().filter(|kept| *kept != public);
        let too_many = others.skip(run.keep);
        too_many
            .filter(|release| !self.replaced.is_lately(release.serial, run.earliest()))
            .collect()
    }
}
