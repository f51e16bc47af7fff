//! What is made of several parts: repeats with their members, the text of «other», papers to bring.

use formdef::say;

use super::choices::OTHER;
use super::columns::Row;
use super::convert::{Condition, Converter, Place};
use super::field::Kind;
use super::lines::{Lines, own_words, quoted};
use super::loss::{Loss, What};
use super::plan::Fate;
use super::survey::Node;
use super::translate::{quoted as literal, value};

impl<'t> Converter<'_, 't> {
    pub(super) fn repeat(
        &mut self,
        row: &'t Row,
        name: &str,
        children: &[Node<'t>],
        place: Place<'_>,
    ) {
        let Some(Fate::Kept { id, .. }) = self.plan.fate(row) else {
            self.left(row);
            for child in children {
                self.node(child, place);
            }
            return;
        };
        let begin = self.losses.len();
        let title = self.label(row, name);
        let mut lines = Lines::default();
        self.field_head(&mut lines, row, id, "repeat", &title);
        let own = self.relevant(row);
        self.show_when(&mut lines, own, place);
        let rule = self.repeat_count(row, id, &mut lines);
        row.take("appearance");
        self.finish(row);
        let losses = self.losses[begin..].to_vec();
        self.say(&losses);
        let members_begin = self.members_begin();
        self.children(
            children,
            Place {
                conditions: &[],
                in_repeat: true,
            },
        );
        let members = self.members_since(members_begin);
        if members.text().contains("[[section.field.field]]") {
            self.kept.insert(row.number);
            lines.extend(members);
            lines.extend(rule);
            self.add(lines);
        } else {
            self.losses.push(Loss {
                at: row.at("type"),
                what: What::NothingInGroup,
            });
            self.comment(members);
        }
    }

    /// `repeat_count`: a fixed number, or a rule about the number of entries.
    fn repeat_count(&mut self, row: &'t Row, id: &str, lines: &mut Lines) -> Lines {
        let mut rule = Lines::default();
        let text = row.take("repeat_count");
        if let Ok(count @ 1..=100) = text.parse::<u8>() {
            lines.push(format!("min = {count}"));
            lines.push(format!("max = {count}"));
            return rule;
        }
        lines.push("max = 100");
        if text.is_empty() {
            return rule;
        }
        let cell = row.at("repeat_count");
        let count = value(text, &self.plan.names).map(|(count, _)| count);
        let Some(count) = self.carried(&cell, text, count) else {
            return rule;
        };
        let message = own_words(
            |lang| {
                say!(
                    lang,
                    "The number of entries is not the one given above.",
                    "Số dòng không đúng với số đã khai ở trên."
                )
            },
            self.languages,
        );
        let assert = format!("size({id}) == {count}");
        self.rule(&mut rule, "COUNT", id, &assert, &message, cell);
        rule
    }

    fn members_begin(&self) -> usize {
        self.sections
            .last()
            .map_or(0, |section| section.fields.len())
    }

    fn members_since(&mut self, begin: usize) -> Lines {
        let section = self.sections.last_mut();
        section
            .map(|section| section.fields.split_off(begin))
            .unwrap_or_default()
    }

    /// The text in which `or_other` asks for the rest.
    pub(super) fn other(&mut self, row: &'t Row, id: &str, kind: &Kind, place: Place<'_>) {
        let label = own_words(
            |lang| say!(lang, "Other (please say)", "Khác (ghi rõ)"),
            self.languages,
        );
        let mut lines = Lines::default();
        self.field_head(&mut lines, row, &format!("{id}_{OTHER}"), "text", &label);
        if !place.in_repeat {
            lines.push("required = true");
            let other = literal(OTHER);
            let text = match kind.name {
                "multi-choice" => format!("{other} in {id}"),
                _ => format!("{id} == {other}"),
            };
            let own = Condition {
                text,
                cell: row.at("type"),
            };
            self.show_when(&mut lines, Some(own), place);
        }
        self.add_field(lines, place);
    }

    pub(super) fn paper(
        &mut self,
        row: &'t Row,
        name: &str,
        id: &str,
        types: &[&str],
        place: Place<'_>,
    ) {
        let begin = self.losses.len();
        let label = self.label(row, name);
        let mut lines = Lines::default();
        self.field_head(&mut lines, row, id, "attachment", &label);
        if let Some(hint) = self.texts.read(row, "hint", &mut self.losses) {
            lines.words("hint", &hint, self.languages);
        }
        let types: Vec<String> = types.iter().map(|name| quoted(name)).collect();
        lines.push_from(
            format!("types = [{}]", types.join(", ")),
            vec![row.at("type")],
        );
        if self.is_yes(row, "required") {
            row.take("required");
            lines.push("required = true");
        }
        let own = self.relevant(row);
        self.show_when(&mut lines, own, place);
        self.finish(row);
        let losses = self.losses[begin..].to_vec();
        self.say(&losses);
        self.add_field(lines, place);
    }
}
