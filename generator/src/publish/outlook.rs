//! What a run would change, told before it is done.

use std::fs;
use std::path::Path;

use envelope::PublicKey;
use envelope::release::Release;
use formdef::Bilingual;

use super::allowed::{Aim, aim, end_in_sight, in_time};
use super::apart::stands_apart;
use super::difference::{ByHand, Difference, Side};
use super::found::{Holding, Public};
use super::names::Names;
use super::{Ready, Run, Target, catalogue_of, wanted};
use crate::catalogue::CATALOGUE;
use crate::release::{Wrong, check};

/// Gives the bytes of a file; none: it is not there.
type Reader<'a> = Box<dyn Fn(&str) -> Result<Option<Vec<u8>>, Bilingual> + 'a>;

/// A release, and where its files are read.
struct Readable<'a> {
    release: &'a Release,
    file: Reader<'a>,
}

/// The way back to a kept release.
pub struct WayBack {
    /// That release.
    pub release: Release,
    /// What going there would change.
    pub difference: Difference,
}

impl Target {
    /// What publishing would change, unless it would be refused.
    ///
    /// # Errors
    /// A sentence: what is public cannot be read or is not the publisher's, or the release must not take its place.
    pub fn difference(&self, ready: &Ready, run: &Run) -> Result<Difference, Bilingual> {
        if let Target::Folder(folder) = self {
            stands_apart(folder.dir(), &ready.from)?;
        }
        let Holding {
            public,
            kept,
            no_longer_kept,
        } = self.holding()?;
        let aim = aim(ready.side(), &public, &kept, run.now)?;
        let difference = match (&public, aim) {
            (Public::Lost(lost), _) => Difference::unknown(lost.show()),
            (Public::Release(public), Aim::Again) => Difference::by_hand(self.by_hand(public)?),
            (public, _) => {
                let built = Readable {
                    release: &ready.release,
                    file: in_folder(&ready.from),
                };
                self.between(self.readable(public), &built)?
            }
        };
        let ends = end_in_sight(ready.side(), run.now);
        Ok(difference.noting(ends.into_iter().chain(no_longer_kept)))
    }

    /// The kept release of that serial, else the newest before the public one, and what going back to it would change.
    ///
    /// # Errors
    /// A sentence: it is not kept or cannot be read, or its time is not now.
    pub fn way_back(&self, serial: Option<u64>, run: &Run) -> Result<WayBack, Bilingual> {
        let Holding {
            public,
            kept,
            no_longer_kept,
        } = self.holding()?;
        let release = wanted(&self.name(), kept.iter(), serial, public.serial())?.clone();
        let back = Readable {
            release: &release,
            file: self.file_of_kept(&release),
        };
        let catalogue = catalogue_of(&release, (back.file)(CATALOGUE)?, self.publishers());
        let side = Side {
            release: &release,
            catalogue: catalogue.as_ref(),
        };
        in_time(side, run.now)?;
        let difference = match &public {
            Public::Lost(lost) => Difference::unknown(lost.show()),
            public => self.between(self.readable(public), &back)?,
        };
        let warning = difference.of_the_catalogue();
        let ends = end_in_sight(side, run.now);
        let notes = warning.into_iter().chain(ends).chain(no_longer_kept);
        Ok(WayBack {
            difference: difference.noting(notes),
            release: release.clone(),
        })
    }

    fn between(
        &self,
        before: Option<Readable<'_>>,
        after: &Readable<'_>,
    ) -> Result<Difference, Bilingual> {
        let catalogue = |side: &Readable<'_>| {
            let bytes = (side.file)(CATALOGUE)?;
            Ok(catalogue_of(side.release, bytes, self.publishers()))
        };
        let old = before.as_ref().map(catalogue).transpose()?.flatten();
        let new = catalogue(after)?;
        let after_side = Side {
            release: after.release,
            catalogue: new.as_ref(),
        };
        let before_side = before.as_ref().map(|side| Side {
            release: side.release,
            catalogue: old.as_ref(),
        });
        let names = |side: &Readable<'_>| {
            Names::of(side.release, |path| (side.file)(path).unwrap_or_default())
        };
        let mut named = names(after);
        if let (Some(before), Some(side)) = (&before, &before_side)
            && named.lack(side)
        {
            named.add(names(before));
        }
        Ok(Difference::between(before_side, after_side, &named))
    }

    /// What is public and can be read.
    fn readable<'a>(&'a self, public: &'a Public) -> Option<Readable<'a>> {
        let file: Reader<'_> = match self {
            Target::Folder(folder) => in_folder(&folder.root()),
            Target::Bucket(bucket) => Box::new(|path| bucket.get(path)),
        };
        let release = public.release()?;
        Some(Readable { release, file })
    }

    /// What lies there otherwise than the public release has it.
    fn by_hand(&self, public: &Release) -> Result<ByHand, Bilingual> {
        match self {
            Target::Folder(folder) => {
                let root = folder.root();
                let checked = check(&root.to_string_lossy(), folder.publishers())?;
                let (missing, other) = checked
                    .wrong
                    .into_iter()
                    .partition::<Vec<_>, _>(|(_, wrong)| *wrong == Wrong::Missing);
                let paths = |of: Vec<(String, Wrong)>| of.into_iter().map(|(path, _)| path);
                Ok(ByHand {
                    added: checked.added,
                    other: paths(other).collect(),
                    missing: paths(missing).collect(),
                })
            }
            Target::Bucket(bucket) => bucket.by_hand(public),
        }
    }

    fn holding(&self) -> Result<Holding, Bilingual> {
        match self {
            Target::Folder(folder) => folder.holding(),
            Target::Bucket(bucket) => bucket.holding(),
        }
    }

    fn file_of_kept<'a>(&'a self, release: &'a Release) -> Reader<'a> {
        match self {
            Target::Folder(folder) => in_folder(&folder.release_dir(release.serial)),
            Target::Bucket(bucket) => Box::new(|path| bucket.kept_file(release, path).map(Some)),
        }
    }

    fn publishers(&self) -> &[PublicKey] {
        match self {
            Target::Folder(folder) => folder.publishers(),
            Target::Bucket(bucket) => bucket.publishers(),
        }
    }
}

/// What cannot be read there counts as missing: looking at every file is for `verify`.
fn in_folder(dir: &Path) -> Reader<'static> {
    let dir = dir.to_owned();
    Box::new(move |path| Ok(fs::read(dir.join(path)).ok()))
}
