//! What templates are told about each subject, in the language of the page.

use std::sync::Arc;

use formdef::{Form, List, Mode, Moment, Text, Window};
use serde_json::{Map, Value, json};

use crate::content::{Content, LISTED_MAX, Service};
use crate::former::{Moved, Withdrawn};
use crate::lists::{Agency, District, SHORT_LIST_MAX};
use crate::loaded::{OwnFiles, PageFiles};
use crate::opening::Opening;
use crate::order::Order;
use crate::plan::{Subject, root};
use crate::taken::Taken;

mod service;

/// The content as one language shows it when it is built.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) content: &'a Content,
    pub(crate) language: &'a str,
    pub(crate) built: Moment,
}

impl<'a> View<'a> {
    fn words(self, text: &'a Text) -> &'a str {
        text.get(self.language)
    }

    fn all_words(self, texts: &'a [Text]) -> Vec<&'a str> {
        texts.iter().map(|text| self.words(text)).collect()
    }

    fn url(self, subject: &Subject<'_>) -> String {
        subject.url(self.language, &root(self.language, &self.content.portal))
    }

    /// A text of the translations, such as `offices.ward`; empty when there is none.
    fn text(self, table: &str, key: &str) -> &'a str {
        self.content
            .texts
            .get(self.language)
            .and_then(|texts| texts[table][key].as_str())
            .unwrap_or_default()
    }

    /// Under what services are listed, and they under it, both in Vietnamese order of what is shown; those without a heading are
    /// last.
    pub(crate) fn headings(self, order: &Order) -> Vec<Heading<'a>> {
        let content = self.content;
        let sorted = |mut services: Vec<&'a Service>| {
            order.sort_by_name(&mut services, |service| self.words(&service.form.title));
            services
        };
        let mut groups = content.groups();
        order.sort_by_name(&mut groups, |group| self.words(group.title));
        let headings = groups.into_iter().map(|group| Heading {
            id: Some(group.id),
            title: self.words(group.title),
            url: Some(self.url(&Subject::Group(group.id))),
            services: sorted(group.services),
        });
        let mut headings: Vec<_> = headings.collect();
        let others = content.services_of(None);
        if !others.is_empty() {
            headings.push(Heading {
                id: None,
                title: self.text("group", "others"),
                url: content.has_others().then(|| self.url(&Subject::Others)),
                services: sorted(others),
            });
        }
        headings
    }

    /// A heading with its services, as its page lists them.
    pub(crate) fn group(self, heading: &Heading<'_>) -> Value {
        let services = &heading.services;
        heading.told(services.len(), self.lines(services))
    }

    /// The headings as home lists them: of many services the names stand on the pages of their groups alone.
    pub(crate) fn listed(self, headings: &[Heading<'_>]) -> Vec<Value> {
        let is_long = self.content.services.len() > LISTED_MAX;
        let listed = headings.iter().map(|heading| match heading.url {
            Some(_) if is_long => heading.told(heading.services.len(), Vec::new()),
            _ => self.group(heading),
        });
        listed.collect()
    }

    /// The services that an agency takes, under their headings.
    pub(crate) fn taken(self, headings: &[Heading<'_>], taken: &Taken<'_>) -> Vec<Value> {
        let groups = headings.iter().filter_map(|heading| {
            let (mut except, mut has_page) = (Vec::new(), true);
            let services = match heading.share(taken)? {
                Share::Page => Vec::new(),
                Share::PageBut(others) => {
                    except = self.lines(&others);
                    Vec::new()
                }
                Share::Names(its) => {
                    // Its page shows more than the agency takes.
                    has_page = its.len() == heading.services.len();
                    self.lines(&its)
                }
            };
            let mut group = heading.told(heading.services.len(), services);
            if !has_page {
                group["url"] = Value::Null;
            }
            group["except"] = except.into();
            Some(group)
        });
        groups.collect()
    }

    fn lines(self, services: &[&Service]) -> Vec<Value> {
        let lines = services.iter();
        lines.map(|service| self.service_line(service)).collect()
    }

    /// A service as lists show it.
    pub(crate) fn service_line(self, service: &Service) -> Value {
        let form = &service.form;
        json!({
            "id": form.id,
            "url": self.url(&Subject::Service(service)),
            "form_url": self.url(&Subject::Form(service)),
            "title": form.title.get(self.language),
            "summary": form.guide.summary.as_ref().map(|text| text.get(self.language)),
            "trial": form.mode == Mode::Trial,
            "opening": self.opening_of(form),
        })
    }

    /// A service that is no longer offered, as its page shows it.
    pub(crate) fn withdrawn(self, service: &Withdrawn) -> Value {
        let root = root(self.language, &self.content.portal);
        let line = |id: &String| {
            let own = self.content.services.iter();
            let own = own.map(|service| (&service.form.id, &service.form.title));
            let former = self.content.former.withdrawn.iter();
            let former = former.map(|former| (&former.id, &former.title));
            let (_, title) = own.chain(former).find(|(own, _)| *own == id)?;
            Some(json!({ "url": format!("{root}{id}/"), "title": self.words(title) }))
        };
        json!({
            "title": service.title.get(self.language),
            "since": service.since.to_string(),
            "instead": service.instead.iter().filter_map(line).collect::<Value>(),
            "go": service.go.get(self.language),
        })
    }

    /// Where a page is now.
    pub(crate) fn moved(self, moved: &Moved) -> Value {
        let root = root(self.language, &self.content.portal);
        let url = moved.under.url(self.language, &root) + &moved.to;
        json!({ "url": url, "title": moved.title.get(self.language) })
    }

    /// What a kind of office is called: the translations' `offices.{kind}`, else the portal's label.
    fn office_kind(self, kind: &str) -> String {
        let translated = self.text("offices", kind);
        let label = || {
            self.content
                .portal
                .offices
                .get(kind)
                .map_or(kind, |office| self.words(&office.label))
        };
        if translated.is_empty() {
            label().replace("{district}", "").trim().to_owned()
        } else {
            translated.to_owned()
        }
    }

    /// The districts with their agencies.
    pub(crate) fn districts(self) -> Value {
        let agencies = |district: &District| {
            district
                .agencies
                .iter()
                .map(|agency| self.agency_line(district, agency))
                .collect::<Value>()
        };
        let open = |district: &District| {
            district
                .agencies
                .iter()
                .filter(|agency| agency.is_open(self.built))
                .count()
        };
        let districts = self.content.districts.iter();
        districts.map(|district| json!({ "code": district.code, "name": district.name, "agencies": agencies(district), "open": open(district) })).collect()
    }

    fn agency_line(self, district: &District, agency: &Agency) -> Value {
        json!({
            "code": agency.code,
            "name": agency.name,
            "url": self.url(&Subject::Agency(district, agency)),
            "trial": agency.mode == Mode::Trial,
            "opening": self.opening(agency.opening),
        })
    }

    /// From when and until when, in words; null when there is nothing to say.
    fn opening(self, opening: Opening) -> Value {
        let texts = self.content.texts.get(self.language);
        opening.said(
            self.built,
            texts.map_or(&Value::Null, |texts| &texts["opening"]),
        )
    }

    /// Whether a person may choose an agency in trial.
    pub(crate) fn has_trial_agencies(self) -> bool {
        let districts = self.content.districts.iter();
        let mut agencies = districts.flat_map(|district| &district.agencies);
        agencies.any(|agency| agency.mode == Mode::Trial)
    }

    /// The times of a service.
    fn opening_of(self, form: &Form) -> Value {
        let Window { opens, closes, .. } = form.window;
        self.opening(Opening { opens, closes })
    }

    /// An agency as its own page shows it.
    pub(crate) fn agency(self, district: &District, agency: &Agency) -> Value {
        let districts_offices = self
            .content
            .portal
            .offices
            .iter()
            .filter(|(_, office)| office.prefix.is_some());
        let offices = districts_offices.map(|(kind, office)| {
            json!({ "kind": self.office_kind(kind), "name": office.label.get(self.language).replace("{district}", &in_a_name(&district.name)) })
        });
        json!({
            "code": agency.code,
            "name": agency.name,
            "name_within": in_a_name(&agency.name),
            "trial": agency.mode == Mode::Trial,
            "opening": self.opening(agency.opening),
            "district": { "code": district.code, "name": district.name },
            "offices": offices.collect::<Value>(),
        })
    }

    /// The digests of the files that a form's page loads, by name.
    pub(crate) fn loaded(
        self,
        form: &Form,
        files: &PageFiles<'_>,
        own: &OwnFiles,
    ) -> Map<String, Value> {
        let lists = loaded_lists(self.content, form);
        let ids = lists.iter().map(|list| &*list.id);
        let loaded = files.lists(self.language, ids);
        let loaded = loaded.chain(own.iter().map(Arc::as_ref));
        let loaded = loaded.map(|file| (file.name.clone(), file.digest.as_str().into()));
        loaded.collect()
    }
}

/// Under what services are listed, with them.
pub(crate) struct Heading<'a> {
    /// None for services of no group.
    pub(crate) id: Option<&'a str>,
    title: &'a str,
    /// The address of its page, where it has one that shows the same services.
    url: Option<String>,
    services: Vec<&'a Service>,
}

/// How an agency's page shows what it takes of the services under a heading.
enum Share<'a> {
    /// By the heading's page, which shows as many.
    Page,
    /// By the heading's page, and the names of those that the agency does not take.
    PageBut(Vec<&'a Service>),
    /// By their names.
    Names(Vec<&'a Service>),
}

impl<'a> Heading<'a> {
    /// None when the agency takes none of them. All that it takes are named while they are few; of many, those of a heading that
    /// are all or more than a list shows stand on the heading's page.
    fn share(&self, taken: &Taken<'_>) -> Option<Share<'a>> {
        let is_taken = |service: &&Service| taken.contains(service.form.id.as_str());
        let services = self.services.iter().copied();
        let (its, others): (Vec<_>, Vec<_>) = services.partition(is_taken);
        if its.is_empty() {
            return None;
        }
        let stands_on_page = taken.len() > LISTED_MAX && self.url.is_some();
        Some(match others.is_empty() {
            true if stands_on_page => Share::Page,
            false if stands_on_page && its.len() > LISTED_MAX => Share::PageBut(others),
            _ => Share::Names(its),
        })
    }

    /// As lists show it: with so many services on its page, and those that stand in the list itself.
    fn told(&self, count: usize, services: Vec<Value>) -> Value {
        json!({
            "id": self.id,
            "title": self.title,
            "url": self.url,
            "count": count,
            "services": services,
        })
    }
}

/// The lists that a form's page loads; others stand in it.
pub(crate) fn loaded_lists<'a>(content: &'a Content, form: &Form) -> Vec<&'a List> {
    let members = form.fields().flat_map(|field| &field.fields);
    let narrowed: Vec<_> = form
        .fields()
        .chain(members)
        .filter(|field| field.within.is_some())
        .map(|field| field.list.as_deref())
        .collect();
    let lists = form.lists.keys().filter_map(|id| content.lists.get(id));
    lists
        .filter(|list| list.items.len() > SHORT_LIST_MAX || narrowed.contains(&Some(&list.id)))
        .collect()
}

/// «Quận Ba Đình» as part of a longer name: «Công an quận Ba Đình».
fn in_a_name(name: &str) -> String {
    let mut rest = name.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(rest).collect()
    })
}
