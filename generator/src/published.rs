//! Forms as they were published: kept in `forms/published/`, in a portal's folder, or on a portal.
//!
//! All three have the same shape: `forms/{id}/{version}.json`, `lists/{sha256}.json` and, but for the kept ones,
//! `catalogue.jws`, which says what counts. The catalogue is compared with here, not trusted: no signature is checked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use envelope::{Digest, base64url};
use formdef::{Form, List, Lists};
use serde::Deserialize;

use crate::fault::{Fault, Mistake};
use crate::portal::is_origin;
use crate::sources::Folder;

/// The folder in `forms/` where what was published is kept.
pub const KEPT: &str = "published";

const CATALOGUE: &str = "catalogue.jws";
/// The longest file taken from a portal.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Forms by service and version, and the lists that they use.
#[derive(Default)]
pub struct Published {
    /// Service → version → form.
    pub forms: BTreeMap<String, BTreeMap<u32, PublishedForm>>,
    /// Lists as published, by digest.
    pub lists: BTreeMap<String, String>,
}

/// A version of a form as it was published.
pub struct PublishedForm {
    /// What the file says.
    pub form: Form,
    /// The file.
    pub compiled: String,
}

impl Published {
    /// What is kept among the sources. Faults: a file that is not what its name says.
    pub(crate) fn kept(forms: &Folder) -> (Published, Vec<Fault>) {
        let mut published = Published::default();
        let mut faults = Vec::new();
        let start = format!("{KEPT}/");
        for (path, name) in forms.matching(&start, ".json") {
            let text = forms.text(path).unwrap_or_default();
            if let Err(cause) = published.take(name, text) {
                faults.push(forms.fault(path, Mistake::KeptFile { cause }));
            }
        }
        (published, faults)
    }

    /// What a portal publishes: its address, its folder, or a `catalogue.jws` beside `forms/` and `lists/`.
    ///
    /// # Errors
    /// A sentence that says what could not be read, and what to do.
    pub fn read(from: &str) -> Result<Published, String> {
        let place = Place::of(from)?;
        let mut published = Published::default();
        for name in place.forms()? {
            let text = place.file(&format!("forms/{name}.json"))?;
            published.take_file(&format!("forms/{name}"), &text)?;
        }
        let forms = published.forms.values().flat_map(BTreeMap::values);
        let digests: Vec<String> = forms
            .flat_map(|published| published.form.lists.values().cloned())
            .collect();
        for digest in digests {
            let name = format!("lists/{digest}");
            let text = place.file(&format!("{name}.json"))?;
            published.take_file(&name, &text)?;
        }
        Ok(published)
    }

    /// The newest version of a service.
    pub fn newest(&self, id: &str) -> Option<&PublishedForm> {
        let versions = self.forms.get(id)?;
        versions.last_key_value().map(|(_, form)| form)
    }

    /// The lists of a form.
    pub fn lists_of(&self, form: &Form) -> Lists {
        let list = |(id, sha256): (&String, &String)| {
            let mut list = List::from_json(self.lists.get(sha256)?).ok()?;
            list.sha256.clone_from(sha256);
            Some((id.clone(), list))
        };
        form.lists.iter().filter_map(list).collect()
    }

    /// Every file by its path in a portal.
    pub fn files(&self) -> impl Iterator<Item = (String, &str)> {
        let forms = self.forms.values().flat_map(BTreeMap::values);
        let forms = forms.map(|PublishedForm { form, compiled }| {
            (
                format!("forms/{}/{}.json", form.id, form.version),
                compiled.as_str(),
            )
        });
        let lists = self.lists.iter();
        forms.chain(lists.map(|(sha256, text)| (format!("lists/{sha256}.json"), text.as_str())))
    }

    /// Adds a form as it is now.
    pub(crate) fn add(&mut self, form: &Form, lists: &Lists) {
        let compiled = form.to_compiled();
        let of_service = self.forms.entry(form.id.clone()).or_default();
        let form = form.clone();
        for (id, sha256) in &form.lists {
            if let Some(list) = lists.get(id) {
                self.lists.insert(sha256.clone(), list.to_json());
            }
        }
        of_service.insert(form.version, PublishedForm { form, compiled });
    }

    fn take_file(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.take(name, text)
            .map_err(|cause| format!("{name}.json: {cause}"))
    }

    /// Takes a file by its name without ending: `forms/khai-sinh/1`, `lists/{sha256}`.
    fn take(&mut self, name: &str, text: &str) -> Result<(), String> {
        match *name.split('/').collect::<Vec<_>>().as_slice() {
            ["forms", id, version] => {
                let form = Form::from_compiled(text)?;
                if form.id != id || form.version.to_string() != version {
                    return Err(format!("this is version {} of {}", form.version, form.id));
                }
                let compiled = text.to_owned();
                let of_service = self.forms.entry(form.id.clone()).or_default();
                of_service.insert(form.version, PublishedForm { form, compiled });
            }
            ["lists", sha256] => {
                if Digest::of(text.as_bytes()).to_string() != sha256 {
                    return Err("its SHA-256 is not its name".to_owned());
                }
                List::from_json(text)?;
                self.lists.insert(sha256.to_owned(), text.to_owned());
            }
            _ => return Err("neither forms/{id}/{version}.json nor lists/{sha256}.json".to_owned()),
        }
        Ok(())
    }
}

/// Where published files are.
enum Place {
    Folder(String),
    Portal(String, ureq::Agent),
}

/// What is read of a catalogue.
#[derive(Deserialize)]
struct Listed {
    forms: Vec<ListedForm>,
}

#[derive(Deserialize)]
struct ListedForm {
    id: String,
    version: u32,
}

impl Place {
    fn of(from: &str) -> Result<Place, String> {
        if from.contains("://") {
            let origin = from.trim_end_matches('/');
            if !is_origin(origin) {
                return Err(format!(
                    "{from}: not the address of a portal\n  = write https://… without a path; http:// only for this machine"
                ));
            }
            return Ok(Place::Portal(origin.to_owned(), agent()));
        }
        let path = Path::new(from);
        let folder = match path.file_name() {
            Some(name) if name == CATALOGUE => path.parent().unwrap_or(Path::new(".")),
            _ => path,
        };
        if folder.join("forms").is_dir() {
            Ok(Place::Folder(folder.to_string_lossy().into_owned()))
        } else {
            Err(format!(
                "{from}: there is no folder `forms` with published forms\n  = give a portal's folder, its catalogue.jws, or its address"
            ))
        }
    }

    /// `{id}/{version}` of every form: those of the catalogue, in a folder without one all that are there.
    fn forms(&self) -> Result<Vec<String>, String> {
        if let Place::Folder(folder) = self
            && !Path::new(folder).join(CATALOGUE).exists()
        {
            return Ok(in_folder(&Path::new(folder).join("forms")));
        }
        let catalogue = self.file(CATALOGUE)?;
        let payload = catalogue.split('.').nth(1).and_then(base64url::decode);
        let listed = payload.and_then(|json| serde_json::from_slice::<Listed>(&json).ok());
        let listed = listed.ok_or_else(|| {
            format!(
                "{}: not a catalogue\n  = take the catalogue.jws that the portal publishes",
                self.name(CATALOGUE)
            )
        })?;
        let forms = listed.forms.into_iter();
        Ok(forms
            .map(|form| format!("{}/{}", form.id, form.version))
            .collect())
    }

    fn name(&self, path: &str) -> String {
        match self {
            Place::Folder(at) | Place::Portal(at, _) => format!("{at}/{path}"),
        }
    }

    fn file(&self, path: &str) -> Result<String, String> {
        let name = self.name(path);
        let read = match self {
            Place::Folder(_) => fs::read_to_string(&name).map_err(|error| error.to_string()),
            Place::Portal(_, agent) => get(agent, &name).map_err(|error| error.to_string()),
        };
        read.map_err(|cause| {
            format!("{name}: cannot be read: {cause}\n  = see that the portal is whole and can be reached")
        })
    }
}

fn agent() -> ureq::Agent {
    // Whoever installed a provider before installed this one: there is no other in the build.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ureq::Agent::config_builder()
        .max_redirects(0)
        .timeout_global(Some(REQUEST_TIMEOUT))
        .build()
        .new_agent()
}

fn get(agent: &ureq::Agent, url: &str) -> Result<String, ureq::Error> {
    let mut answer = agent.get(url).call()?;
    answer
        .body_mut()
        .with_config()
        .limit(FILE_BYTES_MAX)
        .read_to_string()
}

fn in_folder(forms: &Path) -> Vec<String> {
    let files = walkdir::WalkDir::new(forms)
        .min_depth(2)
        .max_depth(2)
        .sort_by_file_name();
    let names = files.into_iter().flatten().filter_map(|entry| {
        let name = entry
            .path()
            .strip_prefix(forms)
            .ok()?
            .to_str()?
            .strip_suffix(".json")?;
        Some(name.to_owned())
    });
    names.collect()
}
