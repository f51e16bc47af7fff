//! What a form's page loads by itself, in its language: long lists, the words of its faults, what sending needs.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use formdef::{FORMATS, Form, List, Recipient};
use rayon::prelude::*;
use serde::Serializer;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::assets::{Assets, named};
use crate::content::{Content, Service};
use crate::memo::{Inputs, Memo};
use crate::plan::{Subject, root};
use crate::prepared::Prepared;

/// A file that a page loads.
pub(crate) struct Loaded {
    /// What the page's script calls it: a list's id, `words.faults`, `outcome`.
    pub(crate) name: String,
    /// The part of its address that is the digest of its content.
    pub(crate) digest: String,
    /// Its path in the portal: `assets/{name}.{digest}.json`.
    pub(crate) path: String,
    /// Its JSON.
    pub(crate) json: String,
}

impl Loaded {
    fn new(name: &str, json: String) -> Self {
        let (path, digest) = named(name, "json", &json);
        Loaded {
            name: name.to_owned(),
            digest,
            path,
            json,
        }
    }
}

/// What a form's page loads besides lists: the words of its faults, what sending needs, what is beside every form.
pub(crate) type OwnFiles = [Arc<Loaded>; 3];

/// A form as its page has it.
pub(crate) struct OnPage {
    /// Without its papers.
    pub(crate) form: Form,
    /// The codes of the faults that the page can show.
    codes: BTreeSet<&'static str>,
}

impl OnPage {
    pub(crate) fn of(form: &Form) -> OnPage {
        let form = form.on_page();
        let codes = form.codes_on_page();
        OnPage { form, codes }
    }
}

/// All of them.
pub(crate) struct PageFiles<'a> {
    /// By language and id of the list.
    lists: BTreeMap<(&'a str, &'a str), Arc<Loaded>>,
    /// By language: what the forms' own files are made with.
    makers: BTreeMap<&'a str, Maker<'a>>,
    /// By language and id of the form: those that were made already.
    own: BTreeMap<(&'a str, &'a str), OwnFiles>,
}

/// Makes the own files of forms in one language.
struct Maker<'a> {
    faults: Faults,
    sending: Sending<'a>,
    beside: Arc<Loaded>,
}

impl<'a> PageFiles<'a> {
    /// `signers` are those whom pages believe; none: sending is off.
    pub(crate) fn new(prepared: &'a Prepared, signers: Option<&Value>, memo: &Memo) -> Self {
        let content = &prepared.content;
        let mut files = PageFiles {
            lists: BTreeMap::new(),
            makers: BTreeMap::new(),
            own: BTreeMap::new(),
        };
        for language in &content.portal.languages {
            let lists = content.lists.par_iter();
            let lists = lists.map(|(_, list)| {
                let file = of_list(list, language, memo);
                ((language.as_str(), list.id.as_str()), file)
            });
            files.lists.par_extend(lists);
            let maker = Maker {
                faults: Faults::new(&content.texts[language]),
                sending: Sending::new(content, &prepared.assets, language, signers),
                beside: Arc::new(beside(content, &prepared.assets, language)),
            };
            files.makers.insert(language, maker);
        }
        files
    }

    /// Makes the own files of all forms and holds them: a browser may ask for any. A whole build makes those of one form
    /// after the other, for all of them would be a third of its memory.
    pub(crate) fn make_own(&mut self, services: &'a [Service], memo: &Memo) {
        for (language, maker) in &self.makers {
            let own = services.par_iter().map(|service| {
                let on_page = LazyCell::new(|| OnPage::of(&service.form));
                let own = maker.own(service, language, &on_page, memo);
                ((*language, service.form.id.as_str()), own)
            });
            self.own.par_extend(own);
        }
    }

    /// Every file that there is so far.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Loaded>> {
        self.lists.values().chain(self.own.values().flatten())
    }

    /// The own files of a form's page in a language.
    pub(crate) fn own(
        &self,
        service: &Service,
        language: &str,
        on_page: &LazyCell<OnPage, impl FnOnce() -> OnPage>,
    ) -> Option<OwnFiles> {
        let made = self.own.get(&(language, &*service.form.id));
        made.cloned().or_else(|| {
            let maker = self.makers.get(language)?;
            Some(maker.own(service, language, on_page, &Memo::forgetful()))
        })
    }

    /// The lists of these ids as a page in that language loads them.
    pub(crate) fn lists<'s>(
        &'s self,
        language: &'s str,
        ids: impl Iterator<Item = &'s str>,
    ) -> impl Iterator<Item = &'s Loaded> {
        ids.filter_map(move |id| self.lists.get(&(language, id)))
            .map(Arc::as_ref)
    }
}

impl Maker<'_> {
    fn own(
        &self,
        service: &Service,
        language: &str,
        on_page: &LazyCell<OnPage, impl FnOnce() -> OnPage>,
        memo: &Memo,
    ) -> OwnFiles {
        [
            self.faults.words(service, language, on_page, memo),
            self.sending.outcome(service, memo),
            Arc::clone(&self.beside),
        ]
    }
}

/// Words by their names, as JSON.
fn object<'w>(words: impl Iterator<Item = (Cow<'w, str>, &'w str)>) -> String {
    let mut json = Vec::new();
    serde_json::Serializer::new(&mut json)
        .collect_map(words)
        .expect("words are JSON");
    String::from_utf8(json).expect("JSON is UTF-8")
}

/// A value as it stands in many documents.
fn written(value: &Value) -> Box<RawValue> {
    to_raw_value(value).expect("a value's text is JSON")
}

fn of_list(list: &List, language: &str, memo: &Memo) -> Arc<Loaded> {
    let inputs = vec![Some(list.sha256.as_str().into())];
    let name = format!("{language} list {}", list.id);
    memo.loaded
        .get(&name, inputs, || Loaded::new(&list.id, list.page(language)))
}

/// What is beside a form, the same for every form: its sections as tasks, drafts, names in long lists, what makes it work without a network, and
/// what amends or withdraws.
fn beside(content: &Content, assets: &Assets, language: &str) -> Loaded {
    let texts = &content.texts[language];
    let receipts = Subject::Receipts.url(language, &root(language, &content.portal));
    let beside = json!({
        "script": assets.linked.get("beside"),
        "draft": { "days": content.portal.draft_days, "ui": texts["draft"] },
        "tasks": { "style": assets.linked.get("beside_style"), "ui": texts["tasks"] },
        "picker": { "script": assets.linked.get("picker"), "ui": texts["picker"] },
        "carry": { "script": assets.linked.get("carry"), "ui": texts["carry"] },
        "follow": { "script": assets.linked.get("follow"), "ui": texts["follow"] },
        "offline": {
            "waits": texts["offline"]["waits"],
            "receipts": { "href": receipts, "words": texts["receipts"]["title"] },
        },
    });
    Loaded::new("beside", beside.to_string())
}

/// The words of faults in one language.
struct Faults {
    words: Map<String, Value>,
    input: Arc<str>,
}

impl Faults {
    /// From the texts of that language.
    fn new(texts: &Value) -> Self {
        let words = texts["faults"].as_object().cloned().unwrap_or_default();
        let input = texts["faults"].to_string().into();
        Faults { words, input }
    }

    fn words(
        &self,
        service: &Service,
        language: &str,
        on_page: &LazyCell<OnPage, impl FnOnce() -> OnPage>,
        memo: &Memo,
    ) -> Arc<Loaded> {
        let form = &service.form;
        let form_is = service.sha256.to_string().into();
        let inputs = [form_is, Arc::clone(&self.input)].map(Some);
        let name = format!("{language} words {}", form.id);
        memo.loaded.get(&name, inputs.into(), || {
            let words = on_page.form.words(&on_page.codes, language, &self.words);
            Loaded::new("words.faults", object(words))
        })
    }
}

/// What sending needs to know of the portal, written out once for all forms.
struct Sending<'a> {
    language: &'a str,
    content: &'a Content,
    /// The same for every form: its members, in their order.
    common: Vec<(&'static str, Box<RawValue>)>,
    /// What only forms with papers need, to send files of them.
    files: Box<RawValue>,
    /// The script that copies an application.
    again: Box<RawValue>,
    /// What every form's file is made from.
    inputs: Inputs,
}

impl<'a> Sending<'a> {
    fn new(
        content: &'a Content,
        assets: &'a Assets,
        language: &'a str,
        signers: Option<&Value>,
    ) -> Self {
        let texts = &content.texts[language];
        let linked = |name: &str| json!(assets.linked.get(name));
        let receipts = Subject::Receipts.url(language, &root(language, &content.portal));
        let common = [
            ("relay", json!(content.portal.relay)),
            (
                "publishers",
                json!(signers.map(|signers| &signers["publishers"])),
            ),
            ("receipts", json!(receipts)),
            ("script", linked("outcome")),
            ("copy", linked("copy")),
            ("style", linked("outcome_style")),
            ("ui", texts["outcome"].clone()),
        ];
        let common: Vec<_> = common.map(|(name, value)| (name, written(&value))).into();
        let formats = FORMATS.iter();
        let formats: Map<_, _> = formats
            .map(|format| (format.media.to_owned(), json!(format.begins)))
            .collect();
        let files = written(&json!({
            "script": assets.linked.get("papers"),
            "sealer": assets.linked.get("sealer").map(|linked| &linked.href),
            "formats": formats,
            "ui": texts["files"],
        }));
        let again = written(&linked("again"));
        let input = format!("{common:?} {again} {files} {:?}", content.portal.offices);
        Sending {
            language,
            content,
            common,
            files,
            again,
            inputs: vec![Some(input.into())],
        }
    }

    fn outcome(&self, service: &Service, memo: &Memo) -> Arc<Loaded> {
        let mut inputs = self.inputs.clone();
        inputs.push(Some(service.sha256.to_string().into()));
        let name = format!("{} outcome {}", self.language, service.form.id);
        memo.loaded.get(&name, inputs, || {
            let json = serde_json::to_string(&self.of(service));
            Loaded::new("outcome", json.expect("its members are JSON"))
        })
    }

    /// What the review and sending of a form need.
    fn of(&self, service: &Service) -> BTreeMap<&'static str, Cow<'_, RawValue>> {
        let form = &*service.form;
        let readers = form.recipients.iter();
        let readers = readers.map(|reader| self.reader(form, reader));
        let its = [
            ("mode", json!(form.mode)),
            ("recipients", readers.collect()),
            ("attachments", form.page_attachments()),
            (
                "ref",
                json!({ "id": form.id, "version": form.version, "sha256": service.sha256 }),
            ),
        ];
        let its = its.map(|(name, value)| (name, Cow::Owned(written(&value))));
        let common = self.common.iter();
        let common = common.map(|(name, value)| (*name, Cow::Borrowed(&**value)));
        let files = form.papers().next().map(|_| ("files", &self.files));
        let again = form.again.as_ref().map(|_| ("again", &self.again));
        let sometimes = files.into_iter().chain(again);
        let sometimes = sometimes.map(|(name, value)| (name, Cow::Borrowed(&**value)));
        common.chain(its).chain(sometimes).collect()
    }

    /// A recipient: `reads` only where it is not everything, what an office of a district is called.
    fn reader(&self, form: &Form, reader: &Recipient) -> Value {
        let mut its = json!(reader);
        if reader.reads.len() == form.fields().count() {
            its["reads"] = Value::Null;
        }
        let office = self.content.portal.offices.get(&reader.kind);
        if let Some(office) = office.filter(|office| office.prefix.is_some()) {
            its["label"] = office.label.get(self.language).into();
        }
        its
    }
}
