//! Pages from templates: the bytes of every page, on all cores.

use std::collections::BTreeMap;

use formdef::Moment;
use rayon::prelude::*;
use serde_json::{Value, json};
use tera::Context;

use crate::content::Content;
use crate::context::View;
use crate::fault::Fault;
use crate::headers;
use crate::links;
use crate::loaded::PageFiles;
use crate::minify;
use crate::order::Order;
use crate::plan::{Page, Plain, Subject, root};
use crate::prepared::Prepared;
use crate::templates;

/// Everything that pages share.
pub(crate) struct Renderer<'a> {
    prepared: &'a Prepared,
    content: &'a Content,
    built: Moment,
    /// By language: what every page is told, the subjects that several pages show.
    common: BTreeMap<&'a str, Context>,
    page_files: PageFiles<'a>,
    /// Whom pages believe; none: what is filled in cannot be sent.
    signers: Value,
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
            common: BTreeMap::new(),
            page_files,
            signers: signers.cloned().unwrap_or_default(),
        };
        let order = Order::vietnamese();
        for language in &prepared.content.portal.languages {
            let common = renderer.common_context(language, &order);
            renderer.common.insert(language, common);
        }
        renderer
    }

    fn common_context(&self, language: &'a str, order: &Order) -> Context {
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
        context.insert("groups", &view.groups(order));
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

    /// Renders every page as templates give them, before minification, by path.
    ///
    /// `step` is called after each. A template that fails on many pages is told once.
    pub(crate) fn pages(
        &self,
        pages: &[&Page<'a>],
        step: &(dyn Fn() + Sync),
    ) -> Result<Vec<(String, String)>, Vec<Fault>> {
        let rendered: Vec<_> = pages
            .par_iter()
            .map(|page| (page.path(), self.page(page)))
            .inspect(|_| step())
            .map(|(path, page)| Ok((path, page?)))
            .collect();
        let mut faults: Vec<Fault> = Vec::new();
        let mut done = Vec::with_capacity(pages.len());
        for page in rendered {
            match page {
                Ok(page) => done.push(page),
                Err(fault) if faults.contains(&fault) => {}
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            Ok(done)
        } else {
            Err(faults)
        }
    }

    /// One page as its template gives it.
    pub(crate) fn page(&self, page: &Page<'a>) -> Result<String, Fault> {
        let template = page.subject.template();
        self.prepared
            .templates
            .render(template, &self.context(page))
            .map_err(|error| templates::fault(&self.prepared.sources.site, template, &error))
    }

    fn context(&self, page: &Page<'a>) -> Context {
        let mut context = self.common.get(page.language).cloned().unwrap_or_default();
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
        context
    }

    fn tell_subject(&self, page: &Page<'a>, context: &mut Context) {
        let view = self.view(page.language);
        match page.subject {
            Subject::Home | Subject::Agencies | Subject::Receipts | Subject::NotFound => {}
            Subject::Verify => context.insert("signers", &self.signers),
            Subject::Service(service) => context.insert("service", &view.service(service)),
            Subject::Form(service) => {
                context.insert("service", &view.service(service));
                let assets = &self.prepared.assets;
                let data = view.data(&service.form, &self.page_files);
                context.insert("form", &service.form.on_page());
                context.insert("papers", &service.form.papers().collect::<Vec<_>>());
                context.insert("pieces", &assets.pieces(&service.form));
                context.insert("data", &data);
                context.insert("sending", &!self.signers.is_null());
                context.insert("trial_agencies", &view.has_trial_agencies());
            }
            Subject::Agency(district, agency) => {
                context.insert("agency", &view.agency(district, agency))
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

/// Pages in fewer bytes, by path; `step` is called after each.
pub(crate) fn minified(
    pages: Vec<(String, String)>,
    step: &(dyn Fn() + Sync),
) -> Vec<(String, String)> {
    pages
        .into_par_iter()
        .map(|(path, page)| (path, minify::html(&page)))
        .inspect(|_| step())
        .collect()
}
