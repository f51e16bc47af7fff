//! A portal that stands, signed anew. What the publisher signs says the second of the build, and nothing else of the portal does:
//! as long as pages say the same, only catalogue, key files and release are made, and all else stays with its times.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use envelope::release::Release;
use envelope::{Catalogue, UnixTime};

use crate::Options;
use crate::build::{Failure, Report};
use crate::catalogue::{self, CATALOGUE, release_again};
use crate::compressed::without_ending;
use crate::keys::Keys;
use crate::outgoing::Outgoing;
use crate::release::RELEASE;
use crate::standing::Standing;
use crate::writing::Writing;

/// Makes the portal that stands one of this moment; `None` when what was signed in it cannot be read with these keys.
pub(crate) fn renew(
    standing: Standing,
    keys: &Keys,
    options: &Options,
) -> Option<Result<Report, Failure>> {
    let signed = Signed::read(&options.out, keys, standing.built)?;
    Some(signed.renew(standing, keys, options))
}

/// What a build signed, but for the key files: they say what stands in the catalogue.
struct Signed {
    catalogue: Catalogue,
    release: Release,
}

impl Signed {
    fn read(dir: &Path, keys: &Keys, built: UnixTime) -> Option<Signed> {
        let text = |path| fs::read_to_string(dir.join(path)).ok();
        Some(Signed {
            catalogue: Catalogue::read(&text(CATALOGUE)?, &keys.publishers, built).ok()?,
            release: Release::read(&text(RELEASE)?, &keys.publishers).ok()?,
        })
    }

    fn renew(
        mut self,
        standing: Standing,
        keys: &Keys,
        options: &Options,
    ) -> Result<Report, Failure> {
        let now = options.now;
        let files = catalogue::signed_again(self.catalogue, keys, now).map_err(Failure::Keys)?;
        let signed: HashSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let stays = |path: &str| path != RELEASE && !signed.contains(without_ending(path));
        let writing = Writing::begin_known(&options.out).map_err(Failure::Write)?;
        for (path, bytes) in standing.files() {
            match stays(path) {
                true => writing.keep(path, bytes),
                false => writing.replace(path),
            }
        }
        let mut released = std::mem::take(&mut self.release.files);
        released.retain(|path, _| stays(path));
        let put = |path: &str, bytes: &[u8], _: Option<&[u8]>| writing.put(path, bytes);
        let outgoing = Outgoing::new(options.compressed.as_deref(), Some(released), &put);
        for (path, text) in &files {
            let taken = outgoing.take(path, text.as_bytes(), None);
            taken.map_err(Failure::Write)?;
        }
        let released = outgoing.released().unwrap_or_default();
        let text = release_again(self.release, &keys.publisher, released, now);
        put(RELEASE, text.as_bytes(), None).map_err(Failure::Write)?;
        let files = writing.size();
        let (written, _) = writing.finish().map_err(Failure::Write)?;
        let report = Report {
            files,
            written,
            ..standing.report.clone()
        };
        let signed = signed.iter().copied().chain([RELEASE]);
        standing.say_again(&options.out, now, signed, &report);
        Ok(report)
    }
}
