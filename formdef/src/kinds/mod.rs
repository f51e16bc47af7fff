//! The field kinds: one file each, one line each in [`KINDS`].

mod address;
mod admin_unit;
mod agency;
mod attachment;
mod choice;
mod computed;
mod country_place;
mod date;
mod declaration;
mod email;
mod entry;
mod id_paper;
mod integer;
mod money;
mod multi_choice;
mod multiline;
mod note;
mod number;
mod partial_date;
mod person_name;
mod phone;
mod repeat;
mod residence;
mod text;
mod time;
mod yes_no;

use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::list::{Item, Lists};
use crate::message::Code;
use crate::place::{self, Part};
use crate::{Date, Moment};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use std::fmt;

/// Every kind, in the order of LANGUAGE.md.
const KINDS: &[&dyn Behaviour] = &[
    &text::Text,
    &multiline::Multiline,
    &integer::Integer,
    &number::Number,
    &money::Money,
    &date::Date,
    &partial_date::PartialDate,
    &time::Time,
    &choice::Choice,
    &multi_choice::MultiChoice,
    &yes_no::YesNo,
    &person_name::PersonName,
    &phone::Phone,
    &email::Email,
    &id_paper::IdPaper,
    &admin_unit::AdminUnit,
    &address::Address,
    &residence::Residence,
    &agency::Agency,
    &country_place::CountryPlace,
    &attachment::Attachment,
    &computed::Computed,
    &declaration::Declaration,
    &repeat::Repeat,
    &entry::Entry,
    &note::Note,
];

/// A field kind.
#[derive(Clone, Copy)]
pub struct Kind(&'static dyn Behaviour);

/// All kinds.
pub fn all() -> impl Iterator<Item = Kind> {
    KINDS.iter().map(|kind| Kind(*kind))
}

impl Kind {
    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        all().find(|kind| kind.name() == name)
    }

    /// Its name in `form.toml`, such as `person-name`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The names of the messages that its check can give.
    pub(crate) fn codes(self) -> &'static [Code] {
        self.0.codes()
    }

    pub(crate) fn behaviour(self) -> &'static dyn Behaviour {
        self.0
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("no field kind `{name}`")))
    }
}

/// What a kind does. Adding a kind is a file with this trait, a line in [`KINDS`], a folder of cases and a component.
pub(crate) trait Behaviour: Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// The keys of a definition that only some kinds know and this one does.
    fn keys(&self) -> &'static [&'static str] {
        &[]
    }

    /// The parts that its answer is an object of; none where the answer is one value.
    fn parts(&self, _field: &Field) -> &'static [Part] {
        &[]
    }

    /// The names of the messages that `check` can give.
    fn codes(&self) -> &'static [Code];

    /// Whether people answer it; else it is worked out, brought to the counter, or only shown.
    fn is_asked(&self) -> bool {
        self.has_answer() && !self.is_brought()
    }

    /// Whether it is brought to the counter: nothing on the page answers it.
    fn is_brought(&self) -> bool {
        false
    }

    /// Whether there can be an answer to it.
    fn has_answer(&self) -> bool {
        true
    }

    /// Fills in the parameters that a definition may leave out.
    fn complete(&self, _field: &mut Field) {}

    /// The lists that it needs.
    fn lists(&self, field: &Field) -> Vec<String> {
        place::lists(self.parts(field))
    }

    /// What its answer is in an expression.
    fn meaning(&self, field: &Field) -> Meaning {
        place::meaning(self.name(), self.parts(field))
    }

    /// What is wrong with an answer. Only its own shape and value: other answers are for rules.
    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>>;

    /// How an answer prints. `None` when it is not of the kind's shape.
    fn display(&self, field: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String>;

    /// The JSON Schema of its answers.
    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        place::schema(self.parts(field), shown)
    }
}

/// Something about an answer that people must know.
#[derive(Debug)]
pub(crate) struct Finding<'a> {
    /// The field that it is about: the one checked or, in a repeat group, one of its members.
    pub(crate) field: &'a Field,
    /// Where in the answer: empty, or `[0].full_name` in a repeat group.
    pub(crate) path: String,
    /// The name of its message.
    pub(crate) code: Code,
}

/// At most one finding about the whole answer.
pub(crate) fn findings(field: &Field, code: Option<Code>) -> Vec<Finding<'_>> {
    let finding = |code| Finding {
        field,
        path: String::new(),
        code,
    };
    code.map(finding).into_iter().collect()
}

/// What a check may look at besides the answer.
pub(crate) struct Context<'a> {
    pub(crate) lists: &'a Lists,
    /// When the answers were checked.
    pub(crate) at: Moment,
}

impl Context<'_> {
    /// The day of the submission in the city.
    pub(crate) fn today(&self) -> Date {
        self.at.day()
    }

    pub(crate) fn find(&self, list: &str, code: &str) -> Option<&Item> {
        self.lists.get(list)?.find(code)
    }

    pub(crate) fn has(&self, list: &str, code: &str) -> bool {
        self.find(list, code).is_some()
    }
}

/// Lists and language for printing.
pub(crate) struct Shown<'a> {
    pub(crate) lists: &'a Lists,
    pub(crate) language: &'a str,
}

impl Shown<'_> {
    /// The label of a code; the code itself when the list lacks it.
    pub(crate) fn label(&self, list: &str, code: &str) -> String {
        let item = self.lists.get(list).and_then(|list| list.find(code));
        item.map_or(code, |item| item.label.get(self.language))
            .to_owned()
    }

    /// The label of a code and of its group: «Phường Phúc Xá, Quận Ba Đình».
    pub(crate) fn with_group(&self, list: &str, code: &str) -> String {
        let label = self.label(list, code);
        let list = self.lists.get(list);
        let group = list.and_then(|list| list.group_of(list.find(code)?));
        match group {
            Some(group) => format!("{label}, {}", group.label.get(self.language)),
            None => label,
        }
    }

    /// The words for the language.
    pub(crate) fn words<'a>(&self, vi: &'a str, en: &'a str) -> &'a str {
        if self.language == "en" { en } else { vi }
    }

    /// The JSON Schema of a code of a list, which the form's schema has once for all questions.
    pub(crate) fn schema(&self, list: &str) -> Value {
        match self.lists.get(list) {
            Some(_) => json!({"type": "string", "$ref": format!("#/$defs/{list}")}),
            None => json!({"type": "string"}),
        }
    }
}

/// The JSON Schema of one of these codes, each with what people read.
pub(crate) fn options_schema<'a>(options: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let options: Vec<Value> = options
        .map(|(code, label)| json!({"const": code, "title": label}))
        .collect();
    if options.is_empty() {
        // A schema cannot say "one of none".
        return json!({"type": "string"});
    }
    json!({"type": "string", "oneOf": options})
}

/// A meaning without parts.
pub(crate) fn plain(whole: Type) -> Meaning {
    Meaning {
        whole,
        parts: Vec::new(),
    }
}

/// The id of the list of agencies.
pub(crate) fn agency_list() -> &'static str {
    agency::LIST
}

pub(crate) use agency::takes as agency_takes;
pub(crate) use attachment::{BYTES_MAX, COUNT_MAX, types as file_types};
pub(crate) use date::display as show_date;
pub(crate) use yes_no::yes_or_no;
