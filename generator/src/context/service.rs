//! What the templates of a service's page and of its form's page are told of it.

use formdef::{Date, Field, Form, Mode, Office, Recipient, Text};
use serde::Serialize;
use serde_json::Value;

use super::View;
use crate::content::Service;
use crate::lists::AGENCIES;
use crate::plan::Subject;

/// A service.
#[derive(Serialize)]
pub(crate) struct ToldService<'a> {
    id: &'a str,
    group: Option<ToldGroup<'a>>,
    taken_by: Vec<String>,
    url: String,
    form_url: String,
    schema_url: String,
    compiled_url: String,
    title: &'a str,
    code: Option<&'a str>,
    level: u8,
    version: u32,
    trial: bool,
    opening: Value,
    summary: Option<&'a str>,
    who: Option<&'a str>,
    authority: Option<&'a str>,
    time: Option<&'a str>,
    fee: Option<&'a str>,
    results: Vec<&'a str>,
    legal: Vec<&'a str>,
    steps: Vec<&'a str>,
    show: Vec<&'a str>,
    papers: Vec<ToldPaper<'a>>,
    papers_sometimes: Vec<ToldPaper<'a>>,
    readers: Vec<ToldReader<'a>>,
    guide: Option<ToldGuide<'a>>,
}

/// The page under which it is listed.
#[derive(Serialize)]
struct ToldGroup<'a> {
    title: &'a str,
    url: String,
}

/// A paper that is brought.
#[derive(Serialize)]
struct ToldPaper<'a> {
    id: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    bring: Option<bool>,
    until: Option<Date>,
}

/// An office that reads answers: what it is, how it is found, and which answers, section by section.
#[derive(Serialize)]
struct ToldReader<'a> {
    role: &'a str,
    kind: &'a str,
    name: String,
    found_by: &'static str,
    field: &'a str,
    everything: bool,
    sections: Vec<ToldSection<'a>>,
}

/// What is read of a section.
#[derive(Serialize)]
struct ToldSection<'a> {
    title: &'a str,
    all: bool,
    fields: Vec<&'a str>,
}

/// The guide, and in which language it is.
#[derive(Serialize)]
struct ToldGuide<'a> {
    lang: &'a str,
    html: &'a str,
}

impl<'a> View<'a> {
    /// A service as its own page and its form's page show it.
    pub(crate) fn service(self, service: &'a Service) -> ToldService<'a> {
        let (form, guide) = (&*service.form, &service.form.guide);
        let words = |text: &'a Option<Text>| text.as_ref().map(|text| self.words(text));
        let (always, sometimes): (Vec<_>, Vec<_>) = form
            .placed_fields()
            .filter(|(_, field)| field.is_brought() && self.is_listed(field))
            .partition(|(section, paper)| {
                [&section.show_when, &paper.show_when]
                    .into_iter()
                    .flatten()
                    .all(|condition| condition.fields().is_empty())
            });
        let papers = |papers: Vec<(_, &'a Field)>| {
            let papers = papers.into_iter();
            papers.map(|(_, paper)| self.paper(paper)).collect()
        };
        let readers = form.recipients.iter();
        ToldService {
            id: &form.id,
            group: self.group_of(form),
            taken_by: self.takers(service),
            url: self.url(&Subject::Service(service)),
            form_url: self.url(&Subject::Form(service)),
            schema_url: format!("/{}/schema.json", form.id),
            compiled_url: format!("/forms/{}/{}.json", form.id, form.version),
            title: self.words(&form.title),
            code: form.code.as_deref(),
            level: form.level,
            version: form.version,
            trial: form.mode == Mode::Trial,
            opening: self.opening_of(form),
            summary: words(&guide.summary),
            who: words(&guide.who),
            authority: words(&guide.authority),
            time: words(&guide.time),
            fee: words(&guide.fee),
            results: self.all_words(&guide.results),
            legal: self.all_words(&guide.legal),
            steps: self.all_words(&guide.steps),
            show: self.all_words(&guide.show),
            papers: papers(always),
            papers_sometimes: papers(sometimes),
            readers: readers.map(|reader| self.reader(form, reader)).collect(),
            guide: service
                .guide_and_language(self.language, self.content.portal.default_language())
                .map(|(lang, guide)| ToldGuide {
                    lang,
                    html: &guide.html,
                }),
        }
    }

    fn group_of(self, form: &'a Form) -> Option<ToldGroup<'a>> {
        let (title, subject) = match &form.guide.group {
            Some(id) => {
                let title = self.content.portal.groups.get(id)?;
                (self.words(title), Subject::Group(id))
            }
            None if self.content.has_others() => (self.text("group", "others"), Subject::Others),
            None => return None,
        };
        let url = self.url(&subject);
        Some(ToldGroup { title, url })
    }

    /// The districts and agencies that alone take a service, by name.
    fn takers(self, service: &Service) -> Vec<String> {
        let name = |code: &String| {
            let list = self.content.list(AGENCIES)?;
            let own = |text: &Text| text.get(self.language).to_owned();
            let Some(agency) = list.find(code) else {
                return Some(own(&list.group(code)?.label));
            };
            let district = list.group_of(agency)?;
            Some(format!("{} ({})", own(&agency.label), own(&district.label)))
        };
        service.only().filter_map(name).collect()
    }

    fn is_listed(self, paper: &Field) -> bool {
        paper.until.is_none_or(|until| self.built.day() <= until)
    }

    fn paper(self, paper: &'a Field) -> ToldPaper<'a> {
        ToldPaper {
            id: &paper.id,
            label: self.words(&paper.label),
            hint: paper.hint.as_ref().map(|text| self.words(text)),
            bring: paper.bring,
            until: paper.until,
        }
    }

    fn reader(self, form: &'a Form, reader: &'a Recipient) -> ToldReader<'a> {
        let label = |field: &'a str| {
            let found = form.field(field);
            found.map_or(field, |field| self.words(&field.label))
        };
        let sections = form.sections.iter().filter_map(|section| {
            let asked = section.fields.iter().filter(|field| !field.is_brought());
            let count = asked.clone().count();
            let read = asked.filter(|field| reader.reads.contains(&field.id));
            let fields: Vec<_> = read.map(|field| self.words(&field.label)).collect();
            let told = ToldSection {
                title: self.words(&section.title),
                all: fields.len() == count,
                fields,
            };
            (!told.fields.is_empty()).then_some(told)
        });
        let (found_by, field) = match &reader.office {
            Office::Of { of } => ("agency", label(of)),
            Office::DistrictOf { district_of, .. } => ("district", label(district_of)),
        };
        ToldReader {
            role: &reader.role,
            kind: &reader.kind,
            name: self.office_kind(&reader.kind),
            found_by,
            field,
            everything: reader.reads.len() == form.fields().count(),
            sections: sections.collect(),
        }
    }
}
