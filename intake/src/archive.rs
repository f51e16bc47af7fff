//! Every compiled form and list the intake ever met, by digest, for ever.
//!
//! The portal replaces a form's version and may one day drop the file; a case must still be read and
//! shown years later as it was asked. So the archive copies what the published folders hold, and reads
//! from its own copy first. A digest is checked at every read.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use envelope::{Catalogue, Digest, FormRef};
use formdef::{Form, List, Lists};

use crate::cause::Cause;
use crate::durable::{self, Readers};
use crate::failure::Failure;
use crate::folder::Folder;

/// A form with the lists that its digest fixes.
pub(crate) struct KnownForm {
    pub(crate) form: Form,
    pub(crate) lists: Lists,
}

/// Reads forms and lists from the archive, then from the published folders.
pub(crate) struct Archive {
    folder: Folder,
    published_forms: PathBuf,
    published_lists: PathBuf,
    /// Whether what is read from the published folders is copied here; not while only looking.
    keeps: bool,
    /// Parsed once a run: the list of agencies alone has 584 items. Who reads a form for the first time holds the lock, so that
    /// nobody else reads and writes the same file meanwhile.
    known: Mutex<HashMap<Digest, Arc<KnownForm>>>,
}

/// Why a form cannot be had: the case waits (`Unknown`), or the disk is in trouble.
pub(crate) enum Lack {
    Unknown(String),
    Failure(Failure),
}

impl From<Failure> for Lack {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Lack {
    /// The cause of a quarantine, or the failure that stops the run.
    pub(crate) fn into_cause(self) -> Result<Cause, Failure> {
        match self {
            Self::Unknown(what) => Ok(Cause::FormUnknown(what)),
            Self::Failure(failure) => Err(failure),
        }
    }
}

impl Archive {
    pub(crate) fn new(folder: &Folder, published_forms: &Path, published_lists: &Path) -> Self {
        Self {
            folder: folder.clone(),
            published_forms: published_forms.to_owned(),
            published_lists: published_lists.to_owned(),
            keeps: true,
            known: Mutex::default(),
        }
    }

    /// The same archive, for commands that must not write.
    pub(crate) fn read_only(self) -> Self {
        Self {
            keeps: false,
            ..self
        }
    }

    /// The form of that digest, with its lists.
    pub(crate) fn form(&self, wanted: &FormRef) -> Result<Arc<KnownForm>, Lack> {
        // What a panic left behind is whole: only whole forms are put in.
        let mut forms = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = forms.get(&wanted.sha256) {
            return Ok(Arc::clone(known));
        }
        let known = Arc::new(self.read(wanted)?);
        forms.insert(wanted.sha256, Arc::clone(&known));
        Ok(known)
    }

    /// Looks up every form of the catalogue, which archives it with its lists; says which are not to be had.
    pub(crate) fn lacking(&self, catalogue: &Catalogue) -> Result<Vec<String>, Failure> {
        let mut lacking = Vec::new();
        for form in &catalogue.forms {
            let wanted = FormRef {
                id: form.id.clone(),
                version: form.version,
                sha256: form.sha256,
            };
            match self.form(&wanted) {
                Ok(_) => {}
                Err(Lack::Unknown(what)) => lacking.push(what),
                Err(Lack::Failure(failure)) => return Err(failure),
            }
        }
        Ok(lacking)
    }

    fn read(&self, wanted: &FormRef) -> Result<KnownForm, Lack> {
        let FormRef {
            id,
            version,
            sha256,
        } = wanted;
        let published = self
            .published_forms
            .join(id)
            .join(format!("{version}.json"));
        let compiled = self.text(sha256, &self.folder.archived_form(sha256), &published)?;
        let unreadable =
            |said: String| Lack::Unknown(format!("form {id} version {version}: {said}"));
        let form = Form::from_compiled(&compiled).map_err(unreadable)?;
        let mut lists = Lists::new();
        for (list_id, digest) in &form.lists {
            let list = self.list(digest)?;
            lists.insert(list_id.clone(), list);
        }
        Ok(KnownForm { form, lists })
    }

    fn list(&self, sha256: &str) -> Result<List, Lack> {
        let digest: Digest = sha256
            .parse()
            .map_err(|_| Lack::Unknown(format!("{sha256:?} is no digest of a list")))?;
        let published = self.published_lists.join(format!("{digest}.json"));
        let json = self.text(&digest, &self.folder.archived_list(&digest), &published)?;
        let mut list = List::from_json(&json)
            .map_err(|said| Lack::Unknown(format!("list {digest}: {said}")))?;
        list.sha256 = sha256.to_owned();
        Ok(list)
    }

    /// The text of that digest, from the archive or else from what is published, which is then archived.
    fn text(&self, digest: &Digest, archived: &Path, published: &Path) -> Result<String, Lack> {
        if let Some(text) = read_exact(digest, archived)? {
            return Ok(text);
        }
        let text = read_exact(digest, published)?.ok_or_else(|| {
            let at = published.display();
            Lack::Unknown(format!(
                "no file of digest {digest} is archived, nor is it {at}"
            ))
        })?;
        if self.keeps {
            durable::write(archived, text.as_bytes(), Readers::Intake)?;
        }
        Ok(text)
    }
}

/// The file's text if it is there and has the digest; a damaged copy counts as absent.
fn read_exact(digest: &Digest, path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok((Digest::of(text.as_bytes()) == *digest).then_some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
            Ok(None)
        }
        Err(error) => Err(Failure::at(
            path,
            error,
            "The intake must be able to read this file.",
        )),
    }
}
