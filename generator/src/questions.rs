//! The questions of forms as HTML, each by the template of its kind: those of a section that several forms have are made
//! once for all of them.

use std::collections::{BTreeMap, HashMap};
use std::ptr;
use std::sync::OnceLock;

use formdef::{Field, Form, Kind, Moment, Section};
use tera::value::Map;
use tera::{Context, Value};

use crate::fault::Fault;
use crate::prepared::Prepared;
use crate::templates;

/// By language: what a form's page is told of its sections, `[{id, title, intro, questions}]`, or of one of them.
pub(crate) type Told<'a> = BTreeMap<&'a str, Value>;

/// Makes them.
pub(crate) struct Questions<'a> {
    prepared: &'a Prepared,
    /// By language: what every question is told.
    common: Vec<(&'a str, Context)>,
    /// The sections that several forms have, by where they stand in memory.
    shared: HashMap<usize, OnceLock<Result<Told<'a>, Fault>>>,
}

impl<'a> Questions<'a> {
    /// Made for pages built at a moment.
    pub(crate) fn new(prepared: &'a Prepared, built: Moment) -> Self {
        let content = &prepared.content;
        let common = content.portal.languages.iter().map(|language| {
            let mut context = Context::new();
            context.insert("lang", language);
            context.insert("built", &built.day().to_string());
            context.insert("t", &content.texts.get(language));
            (language.as_str(), context)
        });
        let mut forms: HashMap<usize, usize> = HashMap::new();
        let services = content.services.iter();
        for section in services.flat_map(|service| &service.form.sections) {
            *forms.entry(place_of(section)).or_default() += 1;
        }
        let shared = forms.into_iter().filter(|(_, count)| *count > 1);
        Questions {
            prepared,
            common: common.collect(),
            shared: shared.map(|(at, _)| (at, OnceLock::new())).collect(),
        }
    }

    /// What the page of a form of the content is told of its sections: those with questions, in their order.
    pub(crate) fn of(&self, form: &Form) -> Result<Told<'a>, Fault> {
        let mut sections: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for section in &form.sections {
            if section.fields.iter().all(Field::is_brought) {
                continue;
            }
            for (language, told) in self.section(section)? {
                sections.entry(language).or_default().push(told);
            }
        }
        let told = sections.into_iter();
        Ok(told
            .map(|(language, told)| (language, told.into()))
            .collect())
    }

    fn section(&self, section: &Section) -> Result<Told<'a>, Fault> {
        match self.shared.get(&place_of(section)) {
            Some(once) => once.get_or_init(|| self.make(section)).clone(),
            None => self.make(section),
        }
    }

    fn make(&self, section: &Section) -> Result<Told<'a>, Fault> {
        let asked = section.fields.iter().filter(|field| !field.is_brought());
        let asked: Vec<_> = asked.map(Asked::new).collect();
        let in_language = |(language, common): &(&'a str, Context)| {
            let (mut context, mut html) = (common.clone(), Vec::new());
            for question in &asked {
                self.write(question, &question.field.id, &mut context, &mut html)?;
            }
            let intro = section.intro.as_ref();
            let told: Map = [
                ("id".into(), section.id.as_str().into()),
                ("title".into(), section.title.get(language).into()),
                ("intro".into(), intro.map(|text| text.get(language)).into()),
                ("questions".into(), as_html(&html)),
            ]
            .into_iter()
            .collect();
            Ok((*language, told.into()))
        };
        self.common.iter().map(in_language).collect()
    }

    /// Writes one question. `name` is what its inputs are called; the context is that of its language.
    fn write(
        &self,
        question: &Asked<'_>,
        name: &str,
        context: &mut Context,
        html: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut within = Vec::new();
        for member in &question.members {
            let name = format!("{name}[0].{}", member.field.id);
            self.write(member, &name, context, &mut within)?;
        }
        context.insert_value("field", question.told.clone());
        context.insert_value("name", name.into());
        context.insert_value("questions", as_html(&within));
        let template = template_of(question.field.kind);
        self.prepared
            .templates
            .render_to(&template, context, html)
            .map_err(|error| templates::fault(&self.prepared.sources.site, &template, &error))
    }
}

/// A field, and as templates are told it.
struct Asked<'a> {
    field: &'a Field,
    told: Value,
    /// The members of a repeat group.
    members: Vec<Asked<'a>>,
}

impl<'a> Asked<'a> {
    fn new(field: &'a Field) -> Self {
        Asked {
            field,
            told: Value::from_serializable(field),
            members: field.fields.iter().map(Asked::new).collect(),
        }
    }
}

/// The template of a kind's questions.
pub(crate) fn template_of(kind: Kind) -> String {
    format!("components/{}/template.html", kind.name())
}

/// What templates wrote, which the page takes as it is.
fn as_html(written: &[u8]) -> Value {
    Value::safe_string(&String::from_utf8_lossy(written))
}

/// Where a section stands in memory: the content holds it as long as its questions are made.
fn place_of(section: &Section) -> usize {
    ptr::from_ref(section).addr()
}
