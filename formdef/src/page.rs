//! The page form: what the page's script needs of a compiled form beside the HTML, and the words of its faults.

use crate::expr::{Op, Scalar, Tree};
use crate::form::{Choice, Field, Form, Rule, Wording};
use crate::kinds::Kind;
use crate::{List, message};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Faults that no page can give: its inputs offer nothing else, and what is not asked is not sent.
const NEVER: [&str; 4] = ["unknown-field", "not-shown", "computed", "not-taken"];

impl Form {
    /// What its HTML does not say: conditions, expressions, rules. Members without content are left out; of wordings only
    /// the rule and the key in [`Form::words`] are here. `lists` are those that the page loads: where an expression has
    /// all codes of one, its id stands. The shape stands in LANGUAGE.md, "The page form".
    pub fn page(&self, lists: &[&List]) -> Value {
        let page_tree = |tree: &Tree| page_tree(tree, lists);
        let conditions = self.sections.iter().filter_map(|section| {
            Some((section.id.clone(), page_tree(section.show_when.as_deref()?)))
        });
        let (own, rules) = (self.own_words(), self.rules.len());
        let wording = |of: &str, which: &str| {
            let found = own
                .iter()
                .position(|(id, fault, _)| id == of && *fault == which);
            found.map(|number| json!([own[number].2.id, rules + number]))
        };
        let page_rule =
            |rule: &Rule| json!([rule.on, rule.id, rule.severity, page_tree(&rule.assert)]);
        let fields = self.fields().flat_map(|field| {
            let its = page_field(field, &field.id, &wording, &page_tree)
                .map(|value| (field.id.clone(), value));
            let members = field.fields.iter().filter_map(|member| {
                let id = member_id(field, member);
                page_field(member, &id, &wording, &page_tree).map(|value| (id, value))
            });
            its.into_iter().chain(members).collect::<Vec<_>>()
        });
        json!({
            "sections": conditions.collect::<Map<_, _>>(),
            "fields": fields.collect::<Map<_, _>>(),
            "rules": self.rules.iter().map(page_rule).collect::<Value>(),
        })
    }

    /// Its papers by id: when they are needed, and what their files may be.
    pub fn page_attachments(&self) -> Value {
        let papers = self.papers().map(|paper| {
            let condition = paper.show_when.as_deref().map(|tree| page_tree(tree, &[]));
            let about = members([
                ("show_when", condition),
                ("types", Some(json!(paper.types))),
                ("count_max", Some(json!(paper.count_max))),
                ("bytes_max", Some(json!(paper.bytes_max))),
            ]);
            (paper.id.clone(), about.unwrap_or_default())
        });
        papers.collect::<Map<_, _>>().into()
    }

    /// The codes of the faults that its page can show in the words of their kinds: the same in every language.
    pub fn codes_on_page(&self) -> BTreeSet<&'static str> {
        &self.said() & &message::of_form(self)
    }

    /// The words of faults, in one language: under a rule's number those of the rule, under a field's key in [`Form::page`] its
    /// own, and of these codes those of its kinds, with their placeholders. `faults` are the last in that language, as
    /// [`fault_words`](crate::fault_words) has them.
    pub fn words<'w>(
        &'w self,
        codes: &BTreeSet<&str>,
        language: &str,
        faults: &'w Map<String, Value>,
    ) -> impl Iterator<Item = (Cow<'w, str>, &'w str)> {
        let rules = self.rules.iter().map(|rule| &rule.message);
        let own = self.own_words().into_iter().map(|(.., own)| &own.message);
        let own = rules.chain(own).enumerate();
        let own = own
            .map(move |(number, message)| (Cow::Owned(number.to_string()), message.get(language)));
        let faults = faults.iter();
        let faults = faults.filter(|(code, _)| codes.contains(code.as_str()));
        let faults = faults.filter_map(|(code, words)| Some((code.into(), words.as_str()?)));
        faults.chain(own)
    }

    /// All of them: also those of faults that no page can show, such as an option that it does not offer.
    pub fn all_words(&self, language: &str, faults: &Map<String, Value>) -> Map<String, Value> {
        let codes = message::of_form(self);
        self.words(&codes, language, faults)
            .map(|(of, words)| (of.into_owned(), words.into()))
            .collect()
    }

    /// The wordings of fields for faults of their kinds, in the order of their numbers, which follow those of the rules:
    /// the field, which fault, the words.
    fn own_words(&self) -> Vec<(String, &'static str, &Wording)> {
        let mut all = Vec::new();
        for group in self.fields() {
            let its = wordings(group);
            all.extend(its.map(|(fault, words)| (group.id.clone(), fault, words)));
            for member in &group.fields {
                let its = wordings(member);
                all.extend(its.map(|(fault, words)| (member_id(group, member), fault, words)));
            }
        }
        all
    }

    /// The codes of the faults that some field can have on a page in the words of its kind.
    fn said(&self) -> BTreeSet<&'static str> {
        let mut said = BTreeSet::from(["shape"]);
        let mut looked_at = Vec::new();
        for field in self.all_fields() {
            let of_bounds = [
                ("required", field.required && field.missing.is_none()),
                ("length/short", field.length_min.is_some()),
                // Elsewhere nothing else can be chosen; an entry can go after it was.
                ("option", field.of.is_some()),
                ("not-within", field.within.is_some()),
                ("distinct", field.distinct.is_some()),
            ];
            let has_own = field.invalid.is_some();
            // Most fields are as another one in all of that.
            let all = (field.kind, has_own, of_bounds.map(|(_, has)| has));
            if looked_at.contains(&all) {
                continue;
            }
            looked_at.push(all);
            let of_kind = field.kind.codes().iter().copied();
            let of_kind = of_kind.filter(|code| {
                let is_of_bounds = of_bounds.iter().any(|(bound, _)| bound == code);
                !has_own && !is_of_bounds && !NEVER.contains(code)
            });
            said.extend(of_kind);
            let has = of_bounds.iter().filter(|(_, has)| *has);
            said.extend(has.map(|(code, _)| *code));
        }
        said
    }
}

/// The wordings of a field: for which fault, the words.
fn wordings(field: &Field) -> impl Iterator<Item = (&'static str, &Wording)> {
    let own = [("missing", &field.missing), ("invalid", &field.invalid)];
    own.into_iter()
        .filter_map(|(fault, words)| Some((fault, words.as_deref()?)))
}

/// A member as the first entry of its group has it in the HTML.
fn member_id(group: &Field, member: &Field) -> String {
    format!("{}[0].{}", group.id, member.id)
}

/// What its HTML does not say of a field.
fn page_field(
    field: &Field,
    id: &str,
    wording: &impl Fn(&str, &str) -> Option<Value>,
    page_tree: &impl Fn(&Tree) -> Value,
) -> Option<Value> {
    let tree = |tree: &Option<Box<Tree>>| tree.as_deref().map(page_tree);
    members([
        ("show_when", tree(&field.show_when)),
        ("prefill", tree(&field.prefill)),
        ("value", tree(&field.value)),
        ("within", tree(&field.within)),
        ("only", (!field.only.is_empty()).then(|| json!(field.only))),
        ("gives", field.gives.map(|kind| kind.name().into())),
        ("of", field.of.as_ref().map(|id| json!(id))),
        ("distinct", field.distinct.as_ref().map(|id| json!(id))),
        ("decimals", field.decimals.map(|digits| json!(digits))),
        ("options", windows(field)),
        ("invalid", wording(id, "invalid")),
        ("missing", wording(id, "missing")),
    ])
}

/// The options, when some have their times: `[{value, opens, closes}]`.
fn windows(field: &Field) -> Option<Value> {
    let has_times = |option: &Choice| option.opens.is_some() || option.closes.is_some();
    let options = field.options.iter();
    options.clone().any(has_times).then(|| {
        options
            .map(|option| {
                members([
                    ("value", Some(option.value.as_str().into())),
                    ("opens", option.opens.map(|at| json!(at))),
                    ("closes", option.closes.map(|at| json!(at))),
                ])
            })
            .collect()
    })
}

/// An expression by fewer operators: of the comparisons only `==` and `<`, and their negations; a day as its text; what
/// stands in arrays of its own as operands. What is unknown stays so.
fn page_tree(tree: &Tree, lists: &[&List]) -> Value {
    let page_tree = |tree: &Tree| page_tree(tree, lists);
    let Tree::Call(op, operands) = tree else {
        return match tree {
            Tree::In(item, scalars) => {
                let codes: Vec<Value> = scalars.iter().map(Scalar::to_json).collect();
                let holds_all = |list: &&&List| {
                    let items = list
                        .items
                        .iter()
                        .map(|item| Value::from(item.code.as_str()));
                    items.eq(codes.iter().cloned())
                };
                let item = page_tree(item);
                match lists.iter().find(holds_all) {
                    Some(list) => json!(["listed", item, list.id]),
                    None => ["in".into(), item].into_iter().chain(codes).collect(),
                }
            }
            Tree::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(name, tree)| [name.as_str().into(), page_tree(tree)]);
                std::iter::once("map".into())
                    .chain(entries.flatten())
                    .collect()
            }
            _ => tree.to_json(),
        };
    };
    let operands: Vec<Value> = operands.iter().map(page_tree).collect();
    match (op, &operands[..]) {
        (Op::Date, [day]) if day.is_string() => day.clone(),
        (Op::NotEqual, [a, b]) => json!(["!", ["==", a, b]]),
        (Op::Greater, [a, b]) => json!(["<", b, a]),
        (Op::LessEqual, [a, b]) => json!(["!", ["<", b, a]]),
        (Op::GreaterEqual, [a, b]) => json!(["!", ["<", a, b]]),
        (Op::DateNotEqual, [a, b]) => json!(["!", ["d==", a, b]]),
        (Op::DateGreater, [a, b]) => json!(["d<", b, a]),
        (Op::DateLessEqual, [a, b]) => json!(["!", ["d<", b, a]]),
        (Op::DateGreaterEqual, [a, b]) => json!(["!", ["d<", a, b]]),
        _ => std::iter::once(op.name().into()).chain(operands).collect(),
    }
}

/// An object of those that are there; `None` when none is.
fn members<const N: usize>(known: [(&str, Option<Value>); N]) -> Option<Value> {
    let there: Map<String, Value> = known
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    (!there.is_empty()).then(|| there.into())
}

impl Form {
    /// The names of the kinds of the fields on its page, members of repeat groups included, and of what they give, each
    /// once.
    pub fn kinds(&self) -> BTreeSet<&'static str> {
        self.all_fields()
            .filter(|field| !field.is_brought())
            .flat_map(|field| [Some(field.kind), field.gives])
            .flatten()
            .map(Kind::name)
            .collect()
    }

    /// Its fields and the members of its repeat groups.
    pub(crate) fn all_fields(&self) -> impl Iterator<Item = &Field> {
        let members = self.fields().flat_map(|field| &field.fields);
        self.fields().chain(members)
    }

    /// What its expressions need beside the comparisons and conditions that every form has, each once: the names of
    /// functions, `arithmetic`, `within`, `only`, `prefill`, and `copied` when what is worked out shows other answers.
    pub fn functions(&self) -> BTreeSet<&'static str> {
        let any = |has: &dyn Fn(&Field) -> bool| self.all_fields().any(has);
        let copies = |field: &Field| match field.value.as_deref() {
            Some(Tree::Call(op, _)) => field.gives.is_some() || *op == Op::If,
            Some(tree) => field.gives.is_some() || !matches!(tree, Tree::Literal(_)),
            None => false,
        };
        let needs = [
            ("within", any(&|field| field.within.is_some())),
            ("only", any(&|field| !field.only.is_empty())),
            ("prefill", any(&|field| field.prefill.is_some())),
            ("copied", any(&copies)),
        ];
        let mut names: BTreeSet<_> = needs
            .iter()
            .filter(|(_, needed)| *needed)
            .map(|(name, _)| *name)
            .collect();
        for tree in self.trees() {
            tree.each(&mut |tree| {
                if let Tree::Call(op, _) = tree {
                    let sums = matches!(op, Op::Add | Op::Subtract | Op::Multiply);
                    names.insert(if sums { "arithmetic" } else { op.name() });
                }
            });
        }
        names
    }

    /// All its expressions.
    fn trees(&self) -> impl Iterator<Item = &Tree> {
        let sections = self
            .sections
            .iter()
            .filter_map(|section| section.show_when.as_deref());
        let fields = self
            .all_fields()
            .flat_map(|field| {
                [
                    &field.show_when,
                    &field.prefill,
                    &field.value,
                    &field.within,
                ]
            })
            .flatten()
            .map(|tree| &**tree);
        let rules = self.rules.iter().map(|rule| &rule.assert);
        sections.chain(fields).chain(rules)
    }
}
