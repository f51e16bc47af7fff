//! Every file of a portal by its path, each made when it is asked for: a build asks for all, a preview for those that
//! a browser wants to see.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use formdef::{Form, List, ListSchemas, Moment};
use rayon::prelude::*;
use serde_json::Value;

use crate::build::{Failure, Take, sorted};
use crate::discovery;
use crate::fault::Fault;
use crate::headers;
use crate::loaded::{Loaded, PageFiles};
use crate::memo::Memo;
use crate::minify;
use crate::plan::{self, Page, Subject};
use crate::prepared::Prepared;
use crate::render::{OfService, Renderer};
use crate::timings::{Stage, Timings, Work};

/// The files of a portal, but for those that the publisher signs.
pub(crate) struct Files<'a> {
    renderer: Renderer<'a>,
    pages: BTreeMap<String, Page<'a>>,
    data: BTreeMap<String, Data<'a>>,
    list_schemas: ListSchemas<'a>,
}

/// A file that is no page, before it is made.
enum Data<'a> {
    /// Text that is there already.
    Text(&'a str),
    /// A form as it is published.
    Compiled(&'a Form),
    /// The JSON Schema of a form's answers.
    Schema(&'a Form),
    /// A list of options.
    List(&'a List),
    /// What a form's page loads.
    Loaded(Arc<Loaded>),
    /// What was written out at once.
    Written(String),
}

impl<'a> Files<'a> {
    /// The files as built at a moment, each to be asked for. `signers` are those whom pages believe; none: sending is off.
    pub(crate) fn of_preview(
        prepared: &'a Prepared,
        built: Moment,
        signers: Option<Value>,
        memo: &Memo,
    ) -> Self {
        let mut page_files = PageFiles::new(prepared, signers.as_ref(), memo);
        page_files.make_own(&prepared.content.services, memo);
        Files::new(prepared, built, signers, page_files)
    }

    /// The same for a whole build, which only calls [`Files::each`].
    pub(crate) fn of_build(prepared: &'a Prepared, built: Moment, signers: Option<Value>) -> Self {
        let page_files = PageFiles::new(prepared, signers.as_ref(), &Memo::forgetful());
        Files::new(prepared, built, signers, page_files)
    }

    fn new(
        prepared: &'a Prepared,
        built: Moment,
        signers: Option<Value>,
        page_files: PageFiles<'a>,
    ) -> Self {
        let loaded = page_files.all().map(Arc::clone);
        let loaded: Vec<_> = loaded.collect();
        let content = &prepared.content;
        let (renderer, (pages, mut data)) = rayon::join(
            || Renderer::new(prepared, built, page_files, signers.as_ref()),
            || {
                let pages = plan::pages(content);
                let data = data(prepared, built, &pages);
                let pages = pages.into_iter().map(|page| (page.path(), page));
                (pages.collect(), data)
            },
        );
        let loaded = loaded.into_iter();
        data.extend(loaded.map(|loaded| (loaded.path.clone(), Data::Loaded(loaded))));
        Files {
            renderer,
            pages,
            data,
            list_schemas: ListSchemas::new(&content.lists, content.portal.default_language()),
        }
    }

    /// The bytes of one file; `None` when the portal has no such file.
    pub(crate) fn bytes(&self, path: &str) -> Option<Result<Vec<u8>, Fault>> {
        match (self.pages.get(path), self.data.get(path)) {
            (Some(page), _) => Some(self.page(page).map(|page| minify::html(&page))),
            (None, Some(data)) => Some(Ok(self.text(data).into_owned().into_bytes())),
            (None, None) => None,
        }
    }

    /// The pages, in the order of their paths.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &Page<'a>> {
        self.pages.values()
    }

    /// Whether there is a page at that path.
    pub(crate) fn has_page(&self, path: &str) -> bool {
        self.pages.contains_key(path)
    }

    /// Makes every file, on all cores, and gives it to `take` at once; `step` is called after each page. A template that fails
    /// on many pages is told once; after the first file that cannot be taken no more are.
    pub(crate) fn each(
        &self,
        step: &(dyn Fn() + Sync),
        timings: &Timings,
        take: Take<'_>,
    ) -> Result<(), Failure> {
        timings.begin(Stage::Data);
        let data = self.data.par_iter();
        data.try_for_each(|(path, data)| take(path, self.text(data).as_bytes(), None))
            .map_err(Failure::Write)?;
        let faults = Mutex::new(Vec::new());
        // Forms whose questions are of the same kinds have the same words: one file.
        let taken = Mutex::new(BTreeSet::new());
        let is_new = |path: &str| {
            let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
            taken.insert(path.to_owned())
        };
        timings.begin(Stage::Pages);
        let services = self.by_service();
        // One by one, so that no core is left with many of them while another has nothing to do.
        let done = services.par_iter().with_max_len(1).try_for_each(|pages| {
            let subject = pages.first().map(|(_, page)| &page.subject);
            let of_service = || subject.and_then(|subject| self.renderer.of_service(subject));
            let of_service = timings.spend(Work::Told, of_service);
            let own = of_service.iter().flat_map(OfService::own_files);
            for file in own.filter(|file| is_new(&file.path)) {
                let take = || take(&file.path, file.json.as_bytes(), None);
                timings.spend(Work::Written, take)?;
            }
            pages.iter().try_for_each(|(path, page)| {
                let plain = || self.renderer.page(page, of_service.as_ref());
                match timings.spend(Work::Rendered, plain) {
                    Ok(plain) => {
                        let small = timings.spend(Work::Smaller, || minify::html(&plain));
                        let take = || take(path, &small, Some(&plain));
                        timings.spend(Work::Written, take)?;
                    }
                    Err(fault) => note(&faults, fault),
                }
                step();
                Ok(())
            })
        });
        done.map_err(Failure::Write)?;
        match faults.into_inner().unwrap_or_else(PoisonError::into_inner) {
            faults if faults.is_empty() => Ok(()),
            faults => Err(sorted(faults)),
        }
    }

    /// What keeps these pages from being made.
    pub(crate) fn faults_of(&self, paths: &[String]) -> Vec<Fault> {
        let faults = Mutex::new(Vec::new());
        let pages: Vec<_> = paths
            .iter()
            .filter_map(|path| self.pages.get(path))
            .collect();
        pages.par_iter().for_each(|page| {
            if let Err(fault) = self.page(page) {
                note(&faults, fault);
            }
        });
        faults.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn page(&self, page: &Page<'a>) -> Result<Vec<u8>, Fault> {
        let of_service = self.renderer.of_service(&page.subject);
        self.renderer.page(page, of_service.as_ref())
    }

    /// The pages with their paths, those of one service together, as they are told much alike.
    fn by_service(&self) -> Vec<Vec<(&String, &Page<'a>)>> {
        let mut together: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (path, page) in &self.pages {
            let of = match page.subject {
                Subject::Service(service) | Subject::Form(service) => &service.form.id,
                _ => path,
            };
            together.entry(of).or_default().push((path, page));
        }
        together.into_values().collect()
    }

    fn text<'d>(&'d self, data: &'d Data<'_>) -> Cow<'d, str> {
        match data {
            Data::Text(text) => (*text).into(),
            Data::Compiled(form) => form.to_compiled().into(),
            Data::Schema(form) => form.schema(&self.list_schemas).into(),
            Data::List(list) => list.to_json().into(),
            Data::Loaded(loaded) => (&*loaded.json).into(),
            Data::Written(text) => (&**text).into(),
        }
    }
}

/// What is no page, by its path, but for what pages load.
fn data<'a>(
    prepared: &'a Prepared,
    built: Moment,
    pages: &[Page<'a>],
) -> BTreeMap<String, Data<'a>> {
    let content = &prepared.content;
    let mut data = BTreeMap::new();
    let headers = headers::text(&content.portal.relay, pages);
    data.insert("_headers".to_owned(), Data::Written(headers));
    let redirects = content.former.redirects_file(&content.portal);
    data.extend(redirects.map(|text| ("_redirects".to_owned(), Data::Written(text))));
    for (path, text) in discovery::files(&content.portal, pages.iter(), built.day()) {
        data.insert(path.to_owned(), Data::Written(text));
    }
    for (path, text) in content.kept.files() {
        data.insert(path, Data::Text(text));
    }
    for (path, text) in &prepared.assets.files {
        data.insert(path.clone(), Data::Text(text));
    }
    for (path, text) in &prepared.search.files {
        data.insert(path.clone(), Data::Text(text));
    }
    for service in &content.services {
        let form = &*service.form;
        let compiled = format!("forms/{}/{}.json", form.id, form.version);
        data.insert(compiled, Data::Compiled(form));
        data.insert(format!("{}/schema.json", form.id), Data::Schema(form));
        for (id, sha256) in &form.lists {
            if let Some(list) = content.lists.get(id) {
                data.insert(format!("lists/{sha256}.json"), Data::List(list));
            }
        }
    }
    data
}

/// Notes a fault once.
fn note(faults: &Mutex<Vec<Fault>>, fault: Fault) {
    let mut faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}
