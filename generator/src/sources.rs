//! What editors and builders of the site wrote, read from disk once: the only module that reads a source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use envelope::Digest;
use formdef::Bilingual;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::fault::{Fault, Mistake, Spot, cause};

/// The largest source file that is read; longer ones are a fault.
pub const SOURCE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The most forms that a portal is built of: five cities' services. A build holds all of them, some 50 KiB each, so that a
/// folder with more, such as a dump of a register, is refused as soon as so many were met.
pub const FORMS_MAX: usize = 10_000;

/// What a file of `forms/` may be.
const FORMS_ENDINGS: [&str; 4] = ["toml", "csv", "md", "json"];
/// What a file of `site/` may be.
const SITE_ENDINGS: [&str; 6] = ["html", "css", "js", "md", "svg", "toml"];

/// What may differ on disk from what was read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Nobody knows: everything is read again.
    Everything,
    /// These paths (absolute) and no others: files that were written, made or removed, folders too.
    Paths(BTreeSet<PathBuf>),
}

/// The two folders a portal is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Services, sections, lists, agencies and `portal.toml`.
    pub forms: Folder,
    /// Layouts, pages, components, style, scripts and translations.
    pub site: Folder,
}

impl Sources {
    /// Reads both folders. Faults: a folder that is not there, a file that cannot be read, is too long, is not UTF-8
    /// or begins with a byte order mark, a loop of links, two names that differ only in case.
    pub fn read(forms: &Path, site: &Path) -> Result<Sources, Vec<Fault>> {
        Sources::whole(
            Folder::read(forms, &FORMS_ENDINGS),
            Folder::read(site, &SITE_ENDINGS),
        )
    }

    /// The same folders after a change: equal to what [`Sources::read`] would give, but only what changed is read.
    pub fn read_again(
        &self,
        forms: &Path,
        site: &Path,
        changed: &Changed,
    ) -> Result<Sources, Vec<Fault>> {
        let again = |folder: &Folder, dir: &Path, endings: &[&str]| match changed {
            Changed::Paths(paths) => folder
                .read_again(dir, endings, paths)
                .unwrap_or_else(|| Folder::read(dir, endings)),
            Changed::Everything => Folder::read(dir, endings),
        };
        Sources::whole(
            again(&self.forms, forms, &FORMS_ENDINGS),
            again(&self.site, site, &SITE_ENDINGS),
        )
    }

    fn whole(
        (forms, mut faults): (Folder, Vec<Fault>),
        (site, more): (Folder, Vec<Fault>),
    ) -> Result<Sources, Vec<Fault>> {
        faults.extend(more);
        if faults.is_empty() {
            Ok(Sources { forms, site })
        } else {
            Err(faults)
        }
    }
}

/// The text files of one folder by their path in it (`/` between the parts), in the order of their bytes.
#[derive(Debug, Default, Clone, Eq)]
pub struct Folder {
    /// How the folder is called in messages: the path it was given by.
    label: String,
    files: BTreeMap<String, Arc<str>>,
}

impl PartialEq for Folder {
    /// Texts that were taken over from one into the other are not read.
    fn eq(&self, other: &Folder) -> bool {
        let is_same = |((path, text), (other_path, other)): ((&String, &Arc<str>), (_, _))| {
            path == other_path && (Arc::ptr_eq(text, other) || text == other)
        };
        self.label == other.label
            && self.files.len() == other.files.len()
            && self.files.iter().zip(&other.files).all(is_same)
    }
}

impl Folder {
    /// A folder that was never on a disk.
    pub fn of(label: &str, files: &[(&str, &str)]) -> Folder {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Arc::from(*text)))
            .collect();
        Folder {
            label: label.to_owned(),
            files,
        }
    }

    /// Reads the folder of the forms alone, with the faults of [`Sources::read`].
    pub(crate) fn forms(dir: &Path) -> Result<Folder, Vec<Fault>> {
        let (folder, faults) = Folder::read(dir, &FORMS_ENDINGS);
        if faults.is_empty() {
            Ok(folder)
        } else {
            Err(faults)
        }
    }

    /// The same folder with more files.
    pub(crate) fn with(&self, files: &BTreeMap<String, String>) -> Folder {
        let mut more = self.clone();
        let files = files.iter();
        more.files
            .extend(files.map(|(path, text)| (path.clone(), Arc::from(text.as_str()))));
        more
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|text| &**text)
    }

    /// A file as an input of what is made from it; `None` when it is not there.
    pub(crate) fn input(&self, path: &str) -> Option<Arc<str>> {
        self.files.get(path).map(Arc::clone)
    }

    /// The paths and texts of the files whose names end so, as inputs of what is made from all of them.
    pub(crate) fn inputs(&self, endings: &[&str]) -> Vec<Option<Arc<str>>> {
        let of_kind = |path: &str| endings.iter().any(|ending| path.ends_with(ending));
        self.files
            .iter()
            .filter(|(path, _)| of_kind(path))
            .flat_map(|(path, text)| [Some(Arc::from(path.as_str())), Some(Arc::clone(text))])
            .collect()
    }

    /// The paths of all files, in the order of their bytes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Paths with a beginning and an end, and what stands between them.
    pub fn matching<'a>(
        &'a self,
        start: &'a str,
        end: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.paths()
            .filter_map(move |path| Some((path, path.strip_prefix(start)?.strip_suffix(end)?)))
    }

    /// A file's path as messages show it.
    pub fn shown(&self, path: &str) -> String {
        format!("{}/{path}", self.label)
    }

    /// A fault of a whole file.
    pub(crate) fn fault(&self, path: &str, mistake: Mistake) -> Fault {
        Fault::new(self.shown(path), None, &mistake)
    }

    /// A fault on a line, from the column on (both from 1, in characters).
    pub(crate) fn fault_at(
        &self,
        path: &str,
        line: usize,
        column: usize,
        mistake: &Mistake,
    ) -> Fault {
        let text = self.text(path).unwrap_or_default();
        let source_line = line
            .checked_sub(1)
            .and_then(|index| text.split('\n').nth(index))
            .unwrap_or_default()
            .trim_end_matches('\r');
        let spot = Spot {
            line,
            // What is wrong with the end of a line stands just behind its last character.
            column: column.min(source_line.chars().count() + 1),
            width: 1,
            source_line: source_line.to_owned(),
        };
        Fault::new(self.shown(path), Some(spot), mistake)
    }

    /// A fault at the first line of a TOML file that gives a key a value.
    pub(crate) fn fault_at_key(&self, path: &str, key: &str, mistake: &Mistake) -> Fault {
        let gives = |line: &str| {
            let rest = line.trim_start().strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let text = self.text(path).unwrap_or_default();
        let line = text.lines().position(gives).map_or(1, |at| at + 1);
        self.fault_at(path, line, 1, mistake)
    }

    /// A fault at a byte of a file.
    pub(crate) fn fault_at_byte(&self, path: &str, byte: usize, mistake: &Mistake) -> Fault {
        let before = self
            .text(path)
            .and_then(|text| text.get(..byte))
            .unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let column = 1 + before
            .rsplit('\n')
            .next()
            .map_or(0, |start| start.chars().count());
        self.fault_at(path, line, column, mistake)
    }

    /// The digest of all paths and texts.
    pub(crate) fn digest(&self) -> Digest {
        let files = self.files.par_iter();
        let each = files.map(|(path, text)| format!("{} {path}\n", Digest::of(text.as_bytes())));
        Digest::of(each.collect::<String>().as_bytes())
    }

    fn read(dir: &Path, endings: &[&str]) -> (Folder, Vec<Fault>) {
        let label = dir.to_string_lossy().trim_end_matches('/').to_owned();
        let mut folder = Folder {
            label,
            files: BTreeMap::new(),
        };
        let mut faults = Vec::new();
        let visible = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        let entries = WalkDir::new(dir).follow_links(true).into_iter();
        let mut forms = 0;
        let entries = entries.filter_entry(visible).map_while(|entry| {
            let is_form = |entry: &walkdir::DirEntry| entry.file_name() == "form.toml";
            forms += usize::from(entry.as_ref().is_ok_and(is_form));
            (forms <= FORMS_MAX).then_some(entry)
        });
        // One core finds files, the others read them.
        let read = entries.par_bridge().filter_map(|entry| match entry {
            Ok(entry) if entry.file_type().is_file() => {
                read_source(dir, entry.path(), endings).map(Ok)
            }
            Ok(_) => None,
            Err(error) => Some(Err(walk_fault(&error))),
        });
        let read: Vec<_> = read.collect();
        if forms > FORMS_MAX {
            let mistake = Mistake::TooManyForms {
                count_max: FORMS_MAX,
            };
            let fault = Fault::new(folder.label.clone(), None, &mistake);
            return (folder, vec![fault]);
        }
        for found in read {
            match found {
                Ok((name, text)) => folder.take(name, text, &mut faults),
                Err(fault) => faults.push(fault),
            }
        }
        folder.refuse_case_twins(&mut faults);
        (folder, faults)
    }

    /// The folder with the files at `paths` read again; `None` when more than single files may have changed.
    fn read_again(
        &self,
        dir: &Path,
        endings: &[&str],
        paths: &BTreeSet<PathBuf>,
    ) -> Option<(Folder, Vec<Fault>)> {
        let root = std::path::absolute(dir).ok()?;
        let mut folder = self.clone();
        let mut faults = Vec::new();
        for relative in paths
            .iter()
            .filter_map(|path| path.strip_prefix(&root).ok())
        {
            let name = slashed(relative)?;
            if name.split('/').any(|part| part.starts_with('.')) {
                continue;
            }
            let place = dir.join(relative);
            let metadata = fs::symlink_metadata(&place).ok();
            let is_file = metadata.as_ref().is_none_or(fs::Metadata::is_file);
            let within = format!("{name}/");
            let was_folder =
                name.is_empty() || self.files.keys().any(|path| path.starts_with(&within));
            if !is_file || was_folder {
                return None;
            }
            folder.files.remove(&name);
            if metadata.is_some()
                && let Some((name, text)) = read_source(dir, &place, endings)
            {
                folder.take(name, text, &mut faults);
            }
        }
        folder.refuse_case_twins(&mut faults);
        Some((folder, faults))
    }

    fn take(&mut self, name: String, text: Result<Arc<str>, Mistake>, faults: &mut Vec<Fault>) {
        match text {
            Ok(text) => {
                self.files.insert(name, text);
            }
            Err(mistake) => faults.push(self.fault(&name, mistake)),
        }
    }

    fn refuse_case_twins(&self, faults: &mut Vec<Fault>) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for path in self.paths() {
            if let Some(twin) = seen.insert(path.to_lowercase(), path) {
                faults.push(self.fault(
                    path,
                    Mistake::CaseTwins {
                        other: twin.to_owned(),
                    },
                ));
            }
        }
    }
}

/// The name and the text of a file that may be a source.
fn read_source(
    dir: &Path,
    path: &Path,
    endings: &[&str],
) -> Option<(String, Result<Arc<str>, Mistake>)> {
    let ending = path.extension()?.to_str()?;
    let name = slashed(path.strip_prefix(dir).unwrap_or(path))?;
    endings.contains(&ending).then(|| (name, read_text(path)))
}

fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

fn read_text(path: &Path) -> Result<Arc<str>, Mistake> {
    let unreadable = |error: std::io::Error| Mistake::Unreadable {
        cause: cause(&error),
    };
    let file = fs::File::open(path).map_err(unreadable)?;
    let bytes = file.metadata().map_err(unreadable)?.len();
    if bytes > SOURCE_BYTES_MAX {
        return Err(Mistake::TooLong {
            bytes,
            bytes_max: SOURCE_BYTES_MAX,
        });
    }
    // Room for all of it, and for seeing that no more comes.
    let mut text = Vec::with_capacity(usize::try_from(bytes).unwrap_or_default() + 1);
    let mut all = file.take(SOURCE_BYTES_MAX);
    all.read_to_end(&mut text).map_err(unreadable)?;
    if text.starts_with("\u{FEFF}".as_bytes()) {
        return Err(Mistake::ByteOrderMark);
    }
    let utf8 = str::from_utf8(&text).map_err(|error| {
        let good = &text[..error.valid_up_to()];
        Mistake::NotUtf8 {
            line: 1 + good.iter().filter(|byte| **byte == b'\n').count(),
        }
    })?;
    Ok(utf8.into())
}

fn walk_fault(error: &walkdir::Error) -> Fault {
    let path = error
        .path()
        .unwrap_or(Path::new(""))
        .to_string_lossy()
        .into_owned();
    let mistake = match error.loop_ancestor() {
        Some(ancestor) => Mistake::LinkLoop {
            back_to: ancestor.to_string_lossy().into_owned(),
        },
        None => Mistake::Unreadable {
            cause: error
                .io_error()
                .map_or_else(|| Bilingual::from(|_| error.to_string()), cause),
        },
    };
    Fault::new(path, None, &mistake)
}
