//! A form: what is asked, when, under which rules, and who may read which answer.
//!
//! The serialised shape of [`Form`] is the *compiled form* that the portal publishes, page and intake read, and whose
//! digest the catalogue signs: member order here is the order there. Texts of the guide stay out of it.

use crate::expr::Tree;
use crate::kinds::Kind;
use crate::{Date, Moment, Number, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The compiled form's own version.
pub const FORMDEF_VERSION: u32 = 1;

/// A form, from its definition or from its compiled file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The compiled form's format: [`FORMDEF_VERSION`].
    pub formdef: u32,
    /// The service's id: the name of its folder, such as `khai-sinh`.
    pub id: String,
    /// The form's version, from 1. A published version never changes.
    pub version: u32,
    /// The level of online service, 1 to 4 (Decree 43/2011).
    pub level: u8,
    /// Live or trial.
    pub mode: Mode,
    /// The procedure's national code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The service's name.
    pub title: Text,
    /// Who may read which answers, in the order of the definition.
    pub recipients: Vec<Recipient>,
    /// The lists that the form uses: id → base64url SHA-256 of the published list.
    pub lists: BTreeMap<String, String>,
    /// What another application of the same form begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
    /// The questions in their order. A section that several forms have is there once for all of them.
    #[serde(with = "shared")]
    pub sections: Vec<Arc<Section>>,
    /// What must hold between answers, in the order of the definition.
    pub rules: Vec<Rule>,
    /// From and until when it can be sent. Not in the compiled form: the catalogue says it.
    #[serde(skip)]
    pub window: Window,
    /// The texts of the service's page. Not in the compiled form.
    #[serde(skip)]
    pub guide: Guide,
}

/// Whether a form is for real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Submissions are cases.
    #[default]
    Live,
    /// Submissions are a rehearsal and are marked so from end to end.
    Trial,
}

impl Mode {
    /// Whether it is no trial.
    pub fn is_live(&self) -> bool {
        *self == Self::Live
    }
}

/// When a form can be sent; `None`: no such limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// From this moment on.
    pub opens: Option<Moment>,
    /// Until before this moment.
    pub closes: Option<Moment>,
    /// The versions before this one are still taken until before this moment.
    pub accept_until: Option<Moment>,
}

/// The texts of a service's page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guide {
    /// Under which heading the service is listed, such as `ho-tich`.
    pub group: Option<String>,
    /// One sentence for lists of services.
    pub summary: Option<Text>,
    /// Who may apply.
    pub who: Option<Text>,
    /// Which authority decides.
    pub authority: Option<Text>,
    /// How long it takes.
    pub time: Option<Text>,
    /// What it costs.
    pub fee: Option<Text>,
    /// What the person gets.
    pub results: Vec<Text>,
    /// The law it stands on.
    pub legal: Vec<Text>,
    /// What happens, step by step.
    pub steps: Vec<Text>,
    /// Papers to show at the counter.
    pub show: Vec<Text>,
}

/// A reader of answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The name of its part of a submission, such as `police`.
    pub role: String,
    /// The kind of office that it is, such as `ward`.
    pub kind: String,
    /// How the office is found from the answers.
    pub office: Office,
    /// The ids of the fields that it reads, in the form's order.
    pub reads: Vec<String>,
}

/// How an office is found from the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Office {
    /// The agency that the field's answer names.
    Of {
        /// The field's id.
        of: String,
    },
    /// The office of the district of the ward that the field's answer names: `prefix` + the district's code.
    DistrictOf {
        /// The field's id.
        district_of: String,
        /// What its code begins with, such as `ca-`.
        prefix: String,
    },
}

impl Office {
    /// The field from which the office is found.
    pub fn field(&self) -> &str {
        match self {
            Self::Of { of } => of,
            Self::DistrictOf { district_of, .. } => district_of,
        }
    }
}

/// Another application after this one, such as the twin's: the page offers it when it has sent one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// The words of the offer.
    pub label: Text,
    /// The ids of the fields whose answers are kept, in the form's order.
    pub keep: Vec<String>,
}

/// A group of questions, one step of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id, unique in the form.
    pub id: String,
    /// Its heading.
    pub title: Text,
    /// Words before the first question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Text>,
    /// Its fields are asked only when this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_when: Option<Box<Tree>>,
    /// The questions.
    pub fields: Vec<Field>,
}

/// A question. The members after `source` are there when its kind knows them and the definition gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its id: `[a-z][a-z0-9_]*` joined by dots, unique in the form; in a repeat group, unique in the group.
    pub id: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The question.
    pub label: Text,
    /// Help below the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Text>,
    /// Whether it must be answered when it is shown.
    pub required: bool,
    /// It is asked only when this is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_when: Option<Box<Tree>>,
    /// What the page fills in at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Box<Value>>,
    /// What the page fills in for as long as the person has not touched the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Box<Tree>>,
    /// Replaces rule id and words of the faults of its kind, `required` apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<Box<Wording>>,
    /// Replaces rule id and words of the fault `required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Box<Wording>>,
    /// Never in notices, logs or statistics.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// The paper form it comes from, such as `P15`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// `computed`: the expression that gives its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<Tree>>,
    /// `computed`: the kind whose answers it gives, such as `money`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Kind>,
    /// `choice`, `multi-choice`: its own options, or
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// `choice`, `multi-choice`: the id of the list of its options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// `choice` from a list: only items of the group that this gives can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Box<Tree>>,
    /// `agency`: the codes of the agencies that take it, or of whole districts; empty: all take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// `text`, `multiline`: least length in code points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_min: Option<u32>,
    /// `text`, `multiline`: greatest length in code points; always there for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_max: Option<u32>,
    /// `integer`, `number`, `money`: least value, always there for `money`; `multi-choice`, `repeat`: least number of options
    /// or entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Number>,
    /// `integer`, `number`, `money`: greatest value; `multi-choice`, `repeat`: greatest number of options or entries, always
    /// there for `repeat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Number>,
    /// `number`: how many digits may stand after the point; always there for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// `admin-unit`: 1 (province) or 3 (down to the ward); always there for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<u8>,
    /// `person-name`: shown and printed in capitals.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub capitals: bool,
    /// `repeat`: the order of the entries says something, and people can change it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ordered: bool,
    /// `repeat`: the question that no two entries may answer alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<String>,
    /// `entry`: the id of the repeat group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// `attachment`: whether it must be brought when it is asked for; always there for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bring: Option<bool>,
    /// `attachment`: the media types that its files may have; always there for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
    /// `attachment`: greatest number of files; always there for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_max: Option<u32>,
    /// `attachment`: greatest size of one file, before it is sealed; always there for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_max: Option<u64>,
    /// `attachment`: the last day on which it is asked for; `show_when` says so, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// `repeat`: the questions of one entry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

impl Field {
    /// Whether it is brought to the counter: a paper, which nothing on the page answers.
    pub fn is_brought(&self) -> bool {
        self.kind.behaviour().is_brought()
    }

    /// Whether the agency of that code, in that district, can be its answer.
    pub fn is_taken_by(&self, agency: &str, district: Option<&str>) -> bool {
        let named = |code: &str| self.only.iter().any(|only| only == code);
        self.only.is_empty() || named(agency) || district.is_some_and(named)
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The answer's value.
    pub value: String,
    /// What people read.
    pub label: Text,
    /// From when it can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Moment>,
    /// From when it can no longer be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<Moment>,
}

/// A rule id and the words that people read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The rule's id, such as `R-COPIES`.
    pub id: String,
    /// What is wrong and what to do.
    pub message: Text,
}

/// Something that must hold between answers. It is broken only when `assert` is false, not when it is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule's id, such as `R-PAST`. Several rules may carry one id.
    pub id: String,
    /// The id of the field at which it shows.
    pub on: String,
    /// How bad it is.
    pub severity: Severity,
    /// What must hold.
    pub assert: Tree,
    /// What is wrong and what to do.
    pub message: Text,
}

/// How bad a broken rule is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be put right before sending.
    #[default]
    Error,
    /// The case belongs to another authority: the form stops here and says where.
    Route,
    /// It may be sent as it is.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// Whether the page refuses to send.
    pub fn stops(self) -> bool {
        matches!(self, Self::Error | Self::Route)
    }
}

impl Form {
    /// The compiled form: compact JSON, the same bytes for the same form.
    pub fn to_compiled(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From a compiled form.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_compiled(json: &str) -> Result<Self, String> {
        let form: Self =
            serde_json::from_str(json).map_err(|fault| format!("not a compiled form: {fault}"))?;
        if form.formdef == FORMDEF_VERSION {
            Ok(form)
        } else {
            Err(format!(
                "a compiled form of format {}; this program reads format {FORMDEF_VERSION}",
                form.formdef
            ))
        }
    }

    /// All fields with their section, in order; members of repeat groups are in their group's [`Field::fields`].
    pub fn placed_fields(&self) -> impl Iterator<Item = (&Section, &Field)> {
        self.sections
            .iter()
            .flat_map(|section| section.fields.iter().map(move |field| (&**section, field)))
    }

    /// All fields in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.placed_fields().map(|(_, field)| field)
    }

    /// The papers that the case needs, in order: what is brought to the counter, and no question of the page.
    pub fn papers(&self) -> impl Iterator<Item = &Field> {
        self.fields().filter(|field| field.is_brought())
    }

    /// The form without its papers and without sections that hold nothing else: what is asked, shown or worked out on
    /// the page.
    pub fn on_page(&self) -> Self {
        let mut form = self.clone();
        for section in &mut form.sections {
            if section.fields.iter().any(Field::is_brought) {
                let section = Arc::make_mut(section);
                section.fields.retain(|field| !field.is_brought());
            }
        }
        form.sections.retain(|section| !section.fields.is_empty());
        for recipient in &mut form.recipients {
            recipient
                .reads
                .retain(|id| !self.papers().any(|paper| paper.id == *id));
        }
        form
    }

    /// The field of that id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields().find(|field| field.id == id)
    }

    /// The recipient of that role.
    pub fn recipient(&self, role: &str) -> Option<&Recipient> {
        self.recipients
            .iter()
            .find(|recipient| recipient.role == role)
    }
}

/// Sections as they stand in the compiled form: each by itself.
mod shared {
    use super::{Arc, Section};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        sections: &[Arc<Section>],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(sections.iter().map(Arc::as_ref))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Arc<Section>>, D::Error> {
        let sections = Vec::<Section>::deserialize(from)?;
        Ok(sections.into_iter().map(Arc::new).collect())
    }
}
