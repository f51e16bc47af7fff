//! Answers against a form: what is missing, wrong, not asked, or breaks a rule.
//!
//! An office that holds only its own part checks what can be checked with it: a rule is judged when all that it refers
//! to, and all that decides whether that is asked, is among the answers the office reads.

use crate::expr::Tree;
use crate::expr::evaluate::{Known, Scope, evaluate, is_same};
use crate::form::{Field, Form, Rule, Section, Severity};
use crate::kinds::{Context, Finding, findings};
use crate::list::Lists;
use crate::message::{self, Code};
use crate::number::Number;
use crate::{Moment, Text};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Something about the answers that people must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFault {
    /// The field's id; in a repeat group with the entry and the member: `hk.co_movers[0].full_name`.
    pub field: String,
    /// The rule, such as `R-PAST` or `required`.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do.
    pub message: Text,
}

/// All faults of `answers` to `form`, which were checked at a moment: the fields' in the form's order, then the rules' in theirs,
/// then answers to what the form does not ask.
///
/// `reads` are the fields of one office's part; `None` when the answers are whole. `lists` holds the lists that the
/// form names, else their codes count as unknown.
pub fn check(
    form: &Form,
    lists: &Lists,
    answers: &Map<String, Value>,
    at: Moment,
    reads: Option<&BTreeSet<&str>>,
) -> Vec<AnswerFault> {
    let context = Context { lists, at };
    let checking = Checking::new(form, answers, context, reads);
    let mut faults: Vec<AnswerFault> = form
        .placed_fields()
        .flat_map(|(_, field)| checking.field(field))
        .collect();
    faults.extend(form.rules.iter().filter_map(|rule| checking.rule(rule)));
    let asked = |id: &String| checking.fields.contains_key(id.as_str()) && checking.reads(id);
    let unasked = answers.keys().filter(|id| !asked(id));
    faults.extend(unasked.map(|id| structural(id, "unknown-field", None)));
    faults
}

/// Whether it must be answered and is, and whether the answer is right: what can be said of a field alone.
pub(crate) fn check_presence<'a>(
    field: &'a Field,
    answer: Option<&Value>,
    context: &Context<'_>,
) -> Vec<Finding<'a>> {
    match answer {
        Some(answer) => field.kind.behaviour().check(field, answer, context),
        None => findings(field, field.required.then_some("required")),
    }
}

struct Checking<'a> {
    fields: BTreeMap<&'a str, (&'a Section, &'a Field)>,
    answers: &'a Map<String, Value>,
    context: Context<'a>,
    reads: Option<&'a BTreeSet<&'a str>>,
    /// The fields whose answer has no fault of its own.
    valid: BTreeSet<&'a str>,
    /// What [`Checking::shown`] found. A field that is being worked out stands here as not known, so that a form whose
    /// conditions depend on each other ends, too.
    shown: RefCell<BTreeMap<&'a str, Option<bool>>>,
}

impl<'a> Checking<'a> {
    fn new(
        form: &'a Form,
        answers: &'a Map<String, Value>,
        context: Context<'a>,
        reads: Option<&'a BTreeSet<&'a str>>,
    ) -> Self {
        let placed = form.placed_fields();
        let fields: BTreeMap<_, _> = placed
            .map(|(section, field)| (field.id.as_str(), (section, field)))
            .collect();
        let is_valid = |field: &Field| {
            let answer = answers.get(&field.id);
            let found = answer.map(|answer| field.kind.behaviour().check(field, answer, &context));
            let stops = |finding: &Finding<'_>| message::severity(finding.code).stops();
            found.is_some_and(|found| !found.iter().any(stops))
        };
        let valid = form.fields().filter(|field| is_valid(field));
        Self {
            valid: valid.map(|field| field.id.as_str()).collect(),
            fields,
            answers,
            context,
            reads,
            shown: RefCell::default(),
        }
    }

    fn reads(&self, id: &str) -> bool {
        self.reads.is_none_or(|reads| reads.contains(id))
    }

    /// Whether a field is asked; `None` when that hangs on answers that are not in this part.
    fn shown(&self, id: &str) -> Option<bool> {
        let (id, (section, field)) = self.fields.get_key_value(id)?;
        if let Some(known) = self.shown.borrow().get(id) {
            return *known;
        }
        self.shown.borrow_mut().insert(id, None);
        let section = self.condition(section.show_when.as_deref());
        let shown = match (section, self.condition(field.show_when.as_deref())) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        self.shown.borrow_mut().insert(id, shown);
        shown
    }

    /// Only a condition that is true shows: one that is unknown, for want of an answer, does not.
    fn condition(&self, tree: Option<&Tree>) -> Option<bool> {
        let Some(tree) = tree else { return Some(true) };
        self.can_judge(tree).then(|| self.holds(tree) == Some(true))
    }

    /// Whether all that the expression refers to is read, and it is known whether it is asked.
    fn can_judge(&self, tree: &Tree) -> bool {
        let mut known = true;
        tree.each_field(&mut |id| known = known && self.reads(id) && self.shown(id).is_some());
        known
    }

    /// The answer to a field that is asked, when it is right.
    fn answer(&self, id: &str) -> Option<&'a Value> {
        let counts = self.valid.contains(id) && self.shown(id) == Some(true);
        counts.then(|| self.answers.get(id)).flatten()
    }

    fn evaluate(&self, tree: &Tree) -> Option<Known> {
        let scope = Scope {
            answer: &|id| self.answer(id),
            at: self.context.at,
            lists: self.context.lists,
        };
        evaluate(tree, &scope)
    }

    fn holds(&self, tree: &Tree) -> Option<bool> {
        self.evaluate(tree)?.boolean()
    }

    fn field(&self, field: &Field) -> Vec<AnswerFault> {
        let answer = self.answers.get(&field.id);
        if !self.reads(&field.id) {
            return Vec::new();
        }
        match self.shown(&field.id) {
            Some(false) => {
                let fault = answer.map(|_| structural(&field.id, "not-shown", Some(field)));
                fault.into_iter().collect()
            }
            // It may or may not be asked: only an answer can be wrong.
            None if answer.is_none() => Vec::new(),
            _ if field.value.is_some() => self.computed(field, answer).into_iter().collect(),
            _ => {
                let mut found = check_presence(field, answer, &self.context);
                for finding in answer.iter().flat_map(|answer| self.related(field, answer)) {
                    if !found.iter().any(|other| other.path == finding.path) {
                        found.push(finding);
                    }
                }
                found
                    .iter()
                    .map(|finding| worded(&field.id, finding))
                    .collect()
            }
        }
    }

    /// What is wrong with an answer in the light of others: an entry that there is not, an item outside its group.
    fn related<'f>(&self, field: &'f Field, answer: &Value) -> Vec<Finding<'f>> {
        let mut found = findings(field, self.entry_fault(field, answer));
        found.extend(findings(field, self.within_fault(field, answer)));
        let entries = answer.as_array().filter(|_| !field.fields.is_empty());
        for (at, entry) in entries.into_iter().flatten().enumerate() {
            for member in &field.fields {
                let fault = entry
                    .get(&member.id)
                    .and_then(|answer| self.within_fault(member, answer));
                found.extend(fault.map(|code| Finding {
                    field: member,
                    path: format!("[{at}].{}", member.id),
                    code,
                }));
            }
        }
        found
    }

    /// The entry of that number is not there.
    fn entry_fault(&self, field: &Field, answer: &Value) -> Option<Code> {
        let of = field.of.as_deref().filter(|of| self.reads(of))?;
        let entries = match self.shown(of)? {
            true => self
                .answers
                .get(of)
                .and_then(Value::as_array)
                .map_or(0, Vec::len),
            false => 0,
        };
        let number = Number::answered(answer)?.whole()?;
        (number > i64::try_from(entries).ok()?).then_some("option")
    }

    /// The item is of another group than the one to choose from.
    fn within_fault(&self, field: &Field, answer: &Value) -> Option<Code> {
        let tree = field.within.as_ref().filter(|tree| self.can_judge(tree))?;
        let group = self.evaluate(tree)?;
        let item = self
            .context
            .find(field.list.as_deref()?, answer.as_str()?)?;
        (item.group.as_deref() != group.text()).then_some("not-within")
    }

    /// A computed answer is worked out again and compared.
    fn computed(&self, field: &Field, answer: Option<&Value>) -> Option<AnswerFault> {
        let tree = field.value.as_ref().filter(|tree| self.can_judge(tree))?;
        let value = self.evaluate(tree).and_then(Known::into_json);
        let agrees = match (&value, answer) {
            (Some(value), Some(answer)) => is_same(value, answer),
            (value, answer) => value.is_none() && answer.is_none(),
        };
        (!agrees).then(|| structural(&field.id, "computed", Some(field)))
    }

    fn rule(&self, rule: &Rule) -> Option<AnswerFault> {
        let judged = self.reads(&rule.on)
            && self.shown(&rule.on) == Some(true)
            && self.can_judge(&rule.assert);
        let broken = judged && self.holds(&rule.assert) == Some(false);
        broken.then(|| AnswerFault {
            field: rule.on.clone(),
            rule: rule.id.clone(),
            severity: rule.severity,
            message: rule.message.clone(),
        })
    }
}

/// A fault that has nothing to do with the field's kind.
fn structural(id: &str, code: &'static str, field: Option<&Field>) -> AnswerFault {
    AnswerFault {
        field: id.to_owned(),
        rule: code.to_owned(),
        severity: message::severity(code),
        message: field.map_or_else(
            || message::text_without_field(code),
            |field| message::text(code, field),
        ),
    }
}

/// A finding of a kind, in the definition's own words where it has them.
fn worded(id: &str, finding: &Finding<'_>) -> AnswerFault {
    let (field, code) = (finding.field, finding.code);
    let severity = message::severity(code);
    let own = match code {
        "required" => field.missing.as_deref(),
        _ if severity.stops() => field.invalid.as_deref(),
        _ => None,
    };
    let (rule, message) = match own {
        Some(wording) => (wording.id.clone(), wording.message.clone()),
        None => (message::rule(code).to_owned(), message::text(code, field)),
    };
    AnswerFault {
        field: format!("{id}{}", finding.path),
        rule,
        severity,
        message,
    }
}
