//! Pages from templates.

use std::cell::{LazyCell, OnceCell};
use std::collections::BTreeMap;

use formdef::{Form, Moment};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tera::Context;

use crate::content::Content;
use crate::context::{View, loaded_lists};
use crate::fault::Fault;
use crate::headers;
use crate::links;
use crate::loaded::{Loaded, OnPage, OwnFiles, PageFiles};
use crate::order::Order;
use crate::plan::{Page, Plain, Subject, root};
use crate::prepared::Prepared;
use crate::questions::{Questions, Told};
use crate::taken::Takers;
use crate::templates;

/// For so many bytes of a page there is room from the start: most have fewer.
const PAGE_BYTES: usize = 32 * 1024;

/// What the pages of one service are told alike: made once for all of them.
pub(crate) struct OfService<'a> {
    /// By language: the service, and what its form's page loads by itself.
    in_language: BTreeMap<String, (tera::Value, OwnFiles)>,
    /// By language: the sections of the form. Made with the first of the form's pages.
    sections: OnceCell<Result<Told<'a>, Fault>>,
    papers: tera::Value,
    pieces: tera::Value,
    /// What the HTML of the form's page does not say, in every language.
    data: PageForm,
}

/// The parts of [`Form::page`], as they can stand in a `<script>`.
#[derive(Serialize)]
struct PageForm {
    sections: Box<RawValue>,
    fields: Box<RawValue>,
    rules: Box<RawValue>,
}

/// What the script of a form's page reads in it.
#[derive(Serialize)]
struct PageData<'a> {
    #[serde(flatten)]
    form: &'a PageForm,
    /// The digests of what it loads, by name.
    lists: Box<RawValue>,
    /// Its words.
    ui: Option<&'a RawValue>,
}

impl PageData<'_> {
    /// All its parts are JSON that can stand in a `<script>`.
    fn in_a_script(&self) -> tera::Value {
        let json = serde_json::to_string(self).expect("its parts are JSON");
        tera::Value::safe_string(&json)
    }
}

impl OfService<'_> {
    /// The files that its form's pages load by themselves.
    pub(crate) fn own_files(&self) -> impl Iterator<Item = &Loaded> {
        let own = self.in_language.values().flat_map(|(_, own)| own);
        own.map(AsRef::as_ref)
    }
}

/// Everything that pages share.
pub(crate) struct Renderer<'a> {
    prepared: &'a Prepared,
    content: &'a Content,
    built: Moment,
    /// By language; all of the portal are there.
    shared: BTreeMap<&'a str, Shared<'a>>,
    takers: Takers<'a>,
    questions: Questions<'a>,
    page_files: PageFiles<'a>,
    /// Whom pages believe; none: what is filled in cannot be sent.
    signers: Value,
}

/// What the pages of one language share.
struct Shared<'a> {
    /// What every page is told, the subjects that several pages show.
    common: Context,
    /// By id: the groups with their services. No id: the services of no group.
    groups: BTreeMap<Option<&'a str>, tera::Value>,
    /// By the number of a set of services that agencies take: the groups with these.
    taken: Vec<tera::Value>,
    /// The words of the script of forms' pages.
    script_words: Option<Box<RawValue>>,
}

impl<'a> Renderer<'a> {
    /// Prepares what pages share.
    pub(crate) fn new(
        prepared: &'a Prepared,
        built: Moment,
        page_files: PageFiles<'a>,
        signers: Option<&Value>,
    ) -> Self {
        let mut renderer = Renderer {
            prepared,
            content: &prepared.content,
            built,
            shared: BTreeMap::new(),
            takers: Takers::of(&prepared.content),
            questions: Questions::new(prepared, built),
            page_files,
            signers: signers.cloned().unwrap_or_default(),
        };
        let order = Order::vietnamese();
        let languages = prepared.content.portal.languages.par_iter();
        let shared = languages.map(|language| (&**language, renderer.share(language, &order)));
        renderer.shared = shared.collect();
        renderer
    }

    fn share(&self, language: &'a str, order: &Order) -> Shared<'a> {
        let view = self.view(language);
        let headings = view.headings(order);
        let groups = headings.par_iter().map(|heading| {
            let group = tera::Value::from_serializable(&view.group(heading));
            (heading.id, group)
        });
        let taken = self.takers.sets.par_iter();
        let taken =
            taken.map(|taken| tera::Value::from_serializable(&view.taken(&headings, taken)));
        let texts = self.content.texts.get(language);
        Shared {
            groups: groups.collect(),
            taken: taken.collect(),
            common: self.common_context(language, view.listed(&headings)),
            script_words: texts.map(|texts| templates::safe_json(&texts["script"])),
        }
    }

    fn shared(&self, page: &Page<'a>) -> &Shared<'a> {
        &self.shared[page.language]
    }

    fn common_context(&self, language: &'a str, groups: Vec<Value>) -> Context {
        let view = self.view(language);
        let root = root(language, &self.content.portal);
        let plain = Plain::ALL.iter().map(
            |plain| json!({ "id": plain.id(), "url": Subject::Plain(*plain).url(language, &root) }),
        );
        let mut context = Context::new();
        context.insert("lang", language);
        context.insert("languages", &self.content.portal.languages);
        context.insert("portal", &self.content.portal);
        context.insert("assets", &self.prepared.assets.linked);
        context.insert("policy", &headers::policy(&self.content.portal.relay));
        context.insert("root", &root);
        context.insert("built", &self.built.day().to_string());
        context.insert(
            "t",
            self.content.texts.get(language).unwrap_or(&Value::Null),
        );
        context.insert("plain_pages", &plain.collect::<Value>());
        context.insert("agencies_url", &Subject::Agencies.url(language, &root));
        context.insert("search", &self.prepared.search.urls.get(language));
        context.insert("groups", &groups);
        context.insert("services_count", &self.content.services.len());
        context.insert("districts", &view.districts());
        context
    }

    fn view(&self, language: &'a str) -> View<'a> {
        View {
            content: self.content,
            language,
            built: self.built,
        }
    }

    /// What the pages of a subject are told alike, where there is something.
    pub(crate) fn of_service(&self, subject: &Subject<'a>) -> Option<OfService<'a>> {
        let (Subject::Service(service) | Subject::Form(service)) = *subject else {
            return None;
        };
        let form: &'a Form = &service.form;
        let on_page = LazyCell::new(|| OnPage::of(form));
        let languages = self.content.portal.languages.iter();
        let in_language = languages.filter_map(|language| {
            let told = tera::Value::from_serializable(&self.view(language).service(service));
            let own = self.page_files.own(service, language, &on_page)?;
            Some((language.clone(), (told, own)))
        });
        let in_language = in_language.collect();
        let data = on_page.form.page(&loaded_lists(self.content, form));
        let [sections, fields, rules] =
            ["sections", "fields", "rules"].map(|part| templates::safe_json(&data[part]));
        let papers: Vec<_> = form.papers().collect();
        let pieces = self.prepared.assets.pieces(form);
        Some(OfService {
            in_language,
            sections: OnceCell::new(),
            papers: tera::Value::from_serializable(&papers),
            pieces: tera::Value::from_serializable(&pieces),
            data: PageForm {
                sections,
                fields,
                rules,
            },
        })
    }

    /// One page as its template gives it, in UTF-8. `of_service` is what [`Renderer::of_service`] gives for its subject.
    pub(crate) fn page(
        &self,
        page: &Page<'a>,
        of_service: Option<&OfService<'a>>,
    ) -> Result<Vec<u8>, Fault> {
        let template = page.subject.template();
        let context = self.context(page, of_service)?;
        let mut html = Vec::with_capacity(PAGE_BYTES);
        self.prepared
            .templates
            .render_to(template, &context, &mut html)
            .map_err(|error| templates::fault(&self.prepared.sources.site, template, &error))?;
        Ok(html)
    }

    fn context(
        &self,
        page: &Page<'a>,
        of_service: Option<&OfService<'a>>,
    ) -> Result<Context, Fault> {
        let mut context = self.shared(page).common.clone();
        let alternates = page
            .alternates
            .iter()
            .map(|(language, url)| json!({ "lang": language, "url": url }));
        let alternates: Vec<Value> = alternates.collect();
        let others = alternates
            .iter()
            .filter(|alternate| alternate["lang"] != page.language);
        context.insert("url", &page.url);
        context.insert("others", &others.collect::<Vec<_>>());
        context.insert("alternates", &alternates);
        self.tell_subject(page, &mut context);
        if let Some(of_service) = of_service {
            self.tell_service(page, of_service, &mut context)?;
        }
        Ok(context)
    }

    fn tell_service(
        &self,
        page: &Page<'a>,
        of_service: &OfService<'a>,
        context: &mut Context,
    ) -> Result<(), Fault> {
        let Some((told, own)) = of_service.in_language.get(page.language) else {
            return Ok(());
        };
        context.insert_value("service", told.clone());
        let Subject::Form(service) = page.subject else {
            return Ok(());
        };
        let sections = of_service
            .sections
            .get_or_init(|| self.questions.of(&service.form));
        let sections = sections.as_ref().map_err(Clone::clone)?.get(page.language);
        let view = self.view(page.language);
        let loaded = view.loaded(&service.form, &self.page_files, own);
        let data = PageData {
            form: &of_service.data,
            lists: templates::safe_json(&loaded.into()),
            ui: self.shared(page).script_words.as_deref(),
        };
        context.insert_value("sections", sections.cloned().into());
        context.insert_value("papers", of_service.papers.clone());
        context.insert_value("pieces", of_service.pieces.clone());
        context.insert_value("data", data.in_a_script());
        context.insert("sending", &!self.signers.is_null());
        context.insert("trial_agencies", &view.has_trial_agencies());
        Ok(())
    }

    fn tell_subject(&self, page: &Page<'a>, context: &mut Context) {
        let view = self.view(page.language);
        match page.subject {
            // Services are told by `tell_service`.
            Subject::Service(_) | Subject::Form(_) => {}
            Subject::Home | Subject::Agencies | Subject::NotFound => {}
            Subject::Receipts | Subject::Verify => context.insert("signers", &self.signers),
            Subject::Group(id) => {
                if let Some(group) = self.shared(page).groups.get(&Some(id)) {
                    context.insert_value("group", group.clone());
                }
            }
            Subject::Others => {
                if let Some(group) = self.shared(page).groups.get(&None) {
                    context.insert_value("group", group.clone());
                }
            }
            Subject::Withdrawn(service) => context.insert("former", &view.withdrawn(service)),
            Subject::Moved(moved) => context.insert("moved", &view.moved(moved)),
            Subject::Agency(district, agency) => {
                context.insert("agency", &view.agency(district, agency));
                let number = self.takers.number(&agency.code);
                let taken = number.and_then(|number| self.shared(page).taken.get(number));
                context.insert_value("groups", taken.cloned().into());
            }
            Subject::Plain(plain) => {
                context.insert("plain", plain.id());
                let text = self.prepared.plain(plain, page.language);
                context.insert("text", text.map_or("", |text| &text.html));
                let site = &self.prepared.sources.site;
                let default = self.prepared.content.portal.default_language();
                let written = links::plain_language(site, plain, page.language, default);
                context.insert("text_lang", written);
            }
        }
    }
}
