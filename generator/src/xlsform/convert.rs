//! The tree of the survey → sections of TOML. Whatever a row says is written into them or noted as lost.

use std::collections::{BTreeMap, BTreeSet};

use formdef::{Bilingual, Lang};

use super::choices::Lists;
use super::columns::{At, Row};
use super::lines::{Lines, inline, quoted};
use super::loss::{Cannot, Loss, What};
use super::names::section_id;
use super::options::Options;
use super::plan::{Fate, Plan};
use super::survey::Node;
use super::texts::{Texts, Words};
use super::translate::condition;
use super::types::Question;

/// What all steps need.
pub(super) struct Converter<'c, 't> {
    pub(super) lang: Lang,
    pub(super) languages: &'c [String],
    pub(super) title: &'c Words,
    pub(super) lists: &'c Lists<'t>,
    pub(super) plan: &'c Plan,
    /// Cells that the check refused, and why.
    pub(super) refused: &'c BTreeMap<At, Bilingual>,
    pub(super) texts: Texts<'c>,
    pub(super) options: Options,
    pub(super) losses: Vec<Loss>,
    pub(super) sections: Vec<Section>,
    section_ids: BTreeSet<String>,
    /// Rows of questions, groups and repeats that stand in the form.
    pub(super) kept: BTreeSet<u32>,
}

/// A section in the making.
#[derive(Default)]
pub(super) struct Section {
    head: Lines,
    pub(super) fields: Lines,
    is_empty: bool,
    /// Made for questions that stand in no group.
    is_loose: bool,
}

/// A condition with the cells it was made of.
#[derive(Clone)]
pub(super) struct Condition {
    pub(super) text: String,
    pub(super) cell: At,
}

/// Where a field stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The conditions of the groups around it that are no sections.
    pub(super) conditions: &'p [Condition],
    pub(super) in_repeat: bool,
}

/// In no group but the section's own.
const ALONE: Place<'static> = Place {
    conditions: &[],
    in_repeat: false,
};

impl<'c, 't> Converter<'c, 't> {
    #[allow(
        clippy::too_many_arguments,
        reason = "what all steps need, each by its name"
    )]
    pub(super) fn new(
        lang: Lang,
        languages: &'c [String],
        title: &'c Words,
        lists: &'c Lists<'t>,
        plan: &'c Plan,
        refused: &'c BTreeMap<At, Bilingual>,
        texts: Texts<'c>,
        options: Options,
    ) -> Self {
        Converter {
            lang,
            languages,
            title,
            lists,
            plan,
            refused,
            texts,
            options,
            losses: Vec::new(),
            sections: Vec::new(),
            section_ids: BTreeSet::from(["office".to_owned()]),
            kept: BTreeSet::new(),
        }
    }

    /// The sections of the form.
    pub(super) fn form(&mut self, nodes: &[Node<'t>]) -> Lines {
        for node in nodes {
            self.top(node);
        }
        let mut lines = Lines::default();
        for section in std::mem::take(&mut self.sections) {
            // A section without a field is none; what was said there stays.
            if !section.is_empty {
                lines.extend(section.head);
            }
            lines.extend(section.fields);
        }
        lines
    }

    /// A group at the top is a section; what stands alone is put into sections of the form's own title.
    fn top(&mut self, node: &Node<'t>) {
        match node {
            Node::Group {
                row,
                name,
                children,
            } => self.group(row, name, children),
            Node::Repeat { row, name, .. } if self.is_kept(row) => {
                // The repeat itself will take its label: here it is only looked at.
                let title = self.texts.clone().read(row, "label", &mut Vec::new());
                row.release();
                let title = title.unwrap_or_else(|| self.named(name));
                self.open(name, &title, false);
                self.node(node, ALONE);
            }
            _ => {
                if self.sections.last().is_none_or(|last| !last.is_loose) {
                    let title = self.title.clone();
                    self.open("main", &title, true);
                }
                self.node(node, ALONE);
            }
        }
    }

    fn group(&mut self, row: &'t Row, name: &str, children: &[Node<'t>]) {
        let begin = self.losses.len();
        let title = self.label(row, name);
        let shown = self.relevant(row);
        // A group on one page of its own is what a section is.
        if row.peek("appearance").eq_ignore_ascii_case("field-list") {
            row.take("appearance");
        }
        self.finish(row);
        let losses = self.losses[begin..].to_vec();
        self.open(name, &title, false);
        if let Some(section) = self.sections.last_mut() {
            section.head.insert(1, cell_comment(row));
            if let Some(shown) = shown {
                let line = format!("show_when = {}", quoted(&shown.text));
                section.head.push_from(line, vec![shown.cell]);
            }
        }
        self.say(&losses);
        self.children(children, ALONE);
        match self
            .sections
            .last()
            .is_some_and(|section| !section.is_empty)
        {
            true => {
                self.kept.insert(row.number);
            }
            false => self.losses.push(Loss {
                at: row.at("type"),
                what: What::NothingInGroup,
            }),
        }
    }

    fn open(&mut self, name: &str, title: &Words, is_loose: bool) {
        let id = section_id(name, &mut self.section_ids);
        let mut head = Lines::default();
        head.push("");
        head.push("[[section]]");
        head.push(format!("id = {}", quoted(&id)));
        head.words("title", title, self.languages);
        let fields = Lines::default();
        self.sections.push(Section {
            head,
            fields,
            is_empty: true,
            is_loose,
        });
    }

    pub(super) fn children(&mut self, children: &[Node<'t>], place: Place<'_>) {
        for child in children {
            self.node(child, place);
        }
    }

    pub(super) fn node(&mut self, node: &Node<'t>, place: Place<'_>) {
        match node {
            Node::Question {
                row,
                name,
                question,
            } => self.question(row, name, question, place),
            Node::Left { row, .. } => self.left(row),
            Node::Group {
                row,
                name,
                children,
            } => self.nested(row, name, children, place),
            Node::Repeat {
                row,
                name,
                children,
            } => self.repeat(row, name, children, place),
        }
    }

    /// A row that the plan leaves out.
    pub(super) fn left(&mut self, row: &'t Row) {
        let Some(Fate::Left(what)) = self.plan.fate(row) else {
            return;
        };
        row.take_all();
        let loss = Loss {
            at: row.at("type"),
            what: what.clone(),
        };
        self.say(std::slice::from_ref(&loss));
        self.losses.push(loss);
    }

    /// A group in a section: its label becomes a note, its condition that of each of its fields.
    fn nested(&mut self, row: &'t Row, name: &str, children: &[Node<'t>], place: Place<'_>) {
        let begin = self.losses.len();
        let mut conditions = place.conditions.to_vec();
        if place.in_repeat {
            self.refuse_in_repeat(row, &["relevant"]);
        } else {
            conditions.extend(self.relevant(row));
        }
        let inner = Place {
            conditions: &conditions,
            ..place
        };
        let heading = match self.plan.fate(row) {
            Some(Fate::Kept { id, .. }) if row.has("label") => Some(id),
            _ => None,
        };
        let mut lines = Lines::default();
        match heading {
            Some(id) => {
                let title = self.label(row, name);
                self.field_head(&mut lines, row, id, "note", &title);
                self.show_when(&mut lines, None, inner);
                self.add(lines);
            }
            None => {
                lines.push(cell_comment(row));
                self.comment(lines);
            }
        }
        self.finish(row);
        let losses = self.losses[begin..].to_vec();
        self.say(&losses);
        self.kept.insert(row.number);
        self.children(children, inner);
    }

    fn question(&mut self, row: &'t Row, name: &str, question: &Question, place: Place<'_>) {
        let Some(Fate::Kept { id, value }) = self.plan.fate(row) else {
            return self.left(row);
        };
        let begin = self.losses.len();
        self.kept.insert(row.number);
        if let Question::Paper(types) = question {
            return self.paper(row, name, id, types, place);
        }
        let label = match question {
            Question::Calculate if !row.has("label") => {
                self.lose(row.at("calculation"), What::Shown);
                self.named(name)
            }
            _ => self.label(row, name),
        };
        let mut lines = Lines::default();
        let kind = self.kind(row, question, &label, value.as_deref());
        self.field(&mut lines, row, id, &label, &kind, place);
        self.finish(row);
        let losses = self.losses[begin..].to_vec();
        self.say(&losses);
        self.add_field(lines, place);
        if let Question::SelectOne { other: true, .. }
        | Question::SelectMultiple { other: true, .. } = question
        {
            self.other(row, id, &kind, place);
        }
    }

    /// Every field begins so.
    pub(super) fn field_head(
        &self,
        lines: &mut Lines,
        row: &Row,
        id: &str,
        kind: &str,
        label: &Words,
    ) {
        lines.push("");
        lines.push(cell_comment(row));
        lines.push("[[section.field]]");
        let doubted = ["calculation", "relevant"]
            .iter()
            .filter(|name| row.has(name));
        lines.push_from(
            format!("id = {}", quoted(id)),
            doubted.map(|name| row.at(name)).collect(),
        );
        lines.push_from(format!("kind = {}", quoted(kind)), vec![row.at("type")]);
        lines.words("label", label, self.languages);
    }

    /// Its own condition and those of the groups around it.
    pub(super) fn show_when(&self, lines: &mut Lines, own: Option<Condition>, place: Place<'_>) {
        let all: Vec<&Condition> = place.conditions.iter().chain(&own).collect();
        if all.is_empty() {
            return;
        }
        let texts: Vec<String> = match all.as_slice() {
            [one] => vec![one.text.clone()],
            several => several.iter().map(|part| in_brackets(&part.text)).collect(),
        };
        let line = format!("show_when = {}", quoted(&texts.join(" && ")));
        lines.push_from(
            line,
            all.iter().rev().map(|part| part.cell.clone()).collect(),
        );
    }

    /// The column `relevant`, carried or lost.
    pub(super) fn relevant(&mut self, row: &Row) -> Option<Condition> {
        let text = row.take("relevant");
        if text.is_empty() {
            return None;
        }
        let cell = row.at("relevant");
        let carried = condition(text, &self.plan.names);
        let text = self.carried(&cell, text, carried)?;
        Some(Condition { text, cell })
    }

    /// An expression that could be carried and that the check did not refuse; else a loss.
    pub(super) fn carried(
        &mut self,
        cell: &At,
        text: &str,
        result: Result<String, Cannot>,
    ) -> Option<String> {
        let result = match self.refused.get(cell) {
            Some(message) => Err(Cannot::Refused {
                message: message.clone(),
            }),
            None => result,
        };
        result
            .map_err(|cause| {
                let text = text.to_owned();
                self.lose(cell.clone(), What::Expression { text, cause });
            })
            .ok()
    }

    /// Cells that say what a member of a repeat cannot have.
    pub(super) fn refuse_in_repeat(&mut self, row: &Row, columns: &[&str]) {
        for column in columns {
            let text = row.take(column).to_owned();
            if !text.is_empty() {
                let what = What::Expression {
                    text,
                    cause: Cannot::InRepeat,
                };
                self.lose(row.at(column), what);
            }
        }
    }

    pub(super) fn lose(&mut self, at: At, what: What) {
        self.losses.push(Loss { at, what });
    }

    /// The label, or the name in its place.
    pub(super) fn label(&mut self, row: &Row, name: &str) -> Words {
        if let Some(label) = self.texts.read(row, "label", &mut self.losses) {
            return label;
        }
        self.lose(
            row.at("label"),
            What::NoLabel {
                name: name.to_owned(),
            },
        );
        self.named(name)
    }

    fn named(&self, name: &str) -> Words {
        let name = if name.is_empty() { "…" } else { name };
        Words::from([(self.texts.first().to_owned(), name.to_owned())])
    }

    pub(super) fn is_yes(&self, row: &Row, column: &str) -> bool {
        matches!(
            row.peek(column).to_lowercase().as_str(),
            "yes" | "true" | "true()" | "1"
        )
    }

    /// A rule of the field before it.
    pub(super) fn rule(
        &self,
        lines: &mut Lines,
        sort: &str,
        id: &str,
        assert: &str,
        message: &Words,
        cell: At,
    ) {
        lines.push("");
        lines.push("[[section.field.rule]]");
        lines.push(format!("id = {}", quoted(&rule_id(id, sort))));
        lines.push_from(format!("assert = {}", quoted(assert)), vec![cell]);
        lines.words("message", message, self.languages);
    }

    /// `{ id = "…", message = { … } }`
    pub(super) fn wording(&self, id: &str, sort: &str, message: &Words) -> String {
        format!(
            "{{ id = {}, message = {} }}",
            quoted(&rule_id(id, sort)),
            inline(message, self.languages)
        )
    }

    /// What nobody took is lost: the promise that nothing is dropped in silence.
    pub(super) fn finish(&mut self, row: &Row) {
        row.take("type");
        row.take("name");
        let left: Vec<Loss> = row
            .left()
            .filter(|(_, text)| {
                !matches!(*text, "no" | "No" | "NO" | "FALSE" | "false" | "false()")
            })
            .map(|(at, text)| Loss {
                at,
                what: What::Column {
                    text: text.to_owned(),
                },
            })
            .collect();
        self.losses.extend(left);
        row.take_all();
    }

    fn is_kept(&self, row: &Row) -> bool {
        matches!(self.plan.fate(row), Some(Fate::Kept { .. }))
    }

    pub(super) fn say(&mut self, losses: &[Loss]) {
        let lang = self.lang;
        if let Some(section) = self.sections.last_mut() {
            section.fields.losses(losses, lang);
        }
    }

    pub(super) fn add_field(&mut self, lines: Lines, place: Place<'_>) {
        match place.in_repeat {
            true => self.comment(lines.renamed("[[section.field]]", "[[section.field.field]]")),
            false => self.add(lines),
        }
    }

    pub(super) fn add(&mut self, lines: Lines) {
        if let Some(section) = self.sections.last_mut() {
            section.fields.extend(lines);
            section.is_empty = false;
        }
    }

    /// Lines that do not make a section of what holds them.
    pub(super) fn comment(&mut self, lines: Lines) {
        if let Some(section) = self.sections.last_mut() {
            section.fields.extend(lines);
        }
    }
}

/// `R-AGE`, `R-AGE-COUNT`
fn rule_id(id: &str, sort: &str) -> String {
    let id = id.to_uppercase().replace(['_', '.'], "-");
    match sort {
        "" => format!("R-{id}"),
        sort => format!("R-{id}-{sort}"),
    }
}

/// `# survey!A12`: from which row a field came.
pub(super) fn cell_comment(row: &Row) -> String {
    let at = row.at("type");
    super::lines::comment(&format!("{}!{}", at.sheet, at.cell))
}

/// As a part of a longer expression.
pub(super) fn in_brackets(text: &str) -> String {
    match text.contains("||") || text.contains('?') {
        true => format!("({text})"),
        false => text.to_owned(),
    }
}
