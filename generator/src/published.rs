//! Forms as they were published: kept in `forms/published/`, in a portal's folder, or on a portal.
//!
//! All three have the same shape: `forms/{id}/{version}.json`, `lists/{sha256}.json` and, but for the kept ones,
//! `catalogue.jws`, which says what counts and has the digest of each form. Its own signature is checked where the
//! publisher's key is given.

use std::collections::BTreeMap;

use envelope::{Digest, PublicKey};
use formdef::{Bilingual, Form, List, Lists, say};

use crate::fault::{Fault, Mistake};
use crate::place::{Listed, Place};
use crate::sources::Folder;

/// The folder in `forms/` where what was published is kept.
pub const KEPT: &str = "published";

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

    /// What a portal publishes: its address, its folder, or a `catalogue.jws` beside `forms/` and `lists/`. Where
    /// `publishers` are given, one of them must have signed its catalogue, at whatever time.
    ///
    /// # Errors
    /// A sentence that says what could not be read or is not the publisher's, and what to do.
    pub fn read(from: &str, publishers: &[PublicKey]) -> Result<Published, Bilingual> {
        let place = Place::of(from)?;
        let mut published = Published::default();
        for Listed { name, sha256 } in place.forms(publishers)? {
            let text = place.file(&format!("forms/{name}.json"))?;
            if sha256.is_some_and(|sha256| sha256 != Digest::of(text.as_bytes())) {
                return Err(another_digest(&name));
            }
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

    fn take_file(&mut self, name: &str, text: &str) -> Result<(), Bilingual> {
        self.take(name, text)
            .map_err(|cause| Bilingual::from(|_| format!("{name}.json: {cause}")))
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

fn another_digest(name: &str) -> Bilingual {
    Bilingual::from(|lang| {
        say!(
            lang,
            "forms/{name}.json: not the form whose digest the catalogue has\n  = take catalogue and forms from one build",
            "forms/{name}.json: không phải biểu mẫu có mã băm ghi trong danh mục\n  = lấy danh mục và biểu mẫu từ cùng một lần dựng"
        )
    })
}
