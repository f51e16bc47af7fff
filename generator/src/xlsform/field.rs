//! A question → the keys of a field: its kind, its bounds, whether it must be answered, its rules.

use formdef::say;

use super::bounds::bounds;
use super::columns::Row;
use super::convert::{Converter, Place, in_brackets};
use super::lines::{Lines, not_right, own_words, quoted};
use super::loss::{Cannot, What};
use super::parameters::Range;
use super::texts::Words;
use super::translate::{Known, Type, assertion, condition, quoted as literal, value};
use super::types::Question;

/// A field's kind with the keys that are its own, as lines of TOML.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) keys: Vec<String>,
    /// Whether a definition may write down its first answer.
    takes_default: bool,
}

impl Kind {
    fn of(name: &'static str) -> Kind {
        Kind {
            name,
            keys: Vec::new(),
            takes_default: matches!(name, "text" | "integer" | "choice"),
        }
    }

    fn with(name: &'static str, keys: Vec<String>) -> Kind {
        Kind {
            keys,
            ..Kind::of(name)
        }
    }
}

impl<'t> Converter<'_, 't> {
    pub(super) fn kind(
        &mut self,
        row: &'t Row,
        question: &Question,
        label: &Words,
        worked_out: Option<&str>,
    ) -> Kind {
        match question {
            Question::Text if row.peek("appearance").eq_ignore_ascii_case("multiline") => {
                row.take("appearance");
                Kind::of("multiline")
            }
            Question::Text => Kind::of("text"),
            Question::Integer => Kind::of("integer"),
            Question::Decimal => Kind::with("number", vec!["decimals = 6".into()]),
            Question::Range => self.range(row),
            Question::Date => Kind::of("date"),
            Question::Time => Kind::of("time"),
            Question::Note => Kind::of("note"),
            Question::Acknowledge => Kind::of("declaration"),
            Question::SelectOne { list, other } => {
                let keys = self.choices(row, list, *other, true);
                Kind::with("choice", keys)
            }
            Question::SelectMultiple { list, other } => {
                let keys = self.choices(row, list, *other, false);
                Kind::with("multi-choice", keys)
            }
            Question::Rank { list } => self.rank(row, list, label),
            Question::Calculate => {
                row.take("calculation");
                let line = format!("value = {}", quoted(worked_out.unwrap_or_default()));
                Kind::with("computed", vec![line])
            }
            // `Converter::paper` has them.
            Question::Paper(_) => Kind::of("note"),
        }
    }

    fn range(&mut self, row: &Row) -> Kind {
        let range = Range::read(row.take("parameters"));
        let at = row.at("parameters");
        if range.step != "1" {
            self.lose(
                at.clone(),
                What::Step {
                    text: format!("step={}", range.step),
                },
            );
        }
        for text in &range.rest {
            self.lose(at.clone(), What::Column { text: text.clone() });
        }
        let bounds = vec![
            format!("min = {}", range.start),
            format!("max = {}", range.end),
        ];
        match range.is_whole() {
            true => Kind::with("integer", bounds),
            false => Kind::with("number", [bounds, vec!["decimals = 6".into()]].concat()),
        }
    }

    /// A ranking is a repeat whose entries have an order and no choice twice.
    fn rank(&mut self, row: &'t Row, list: &str, label: &Words) -> Kind {
        let mut member = Lines::default();
        member.push("");
        member.push("[[section.field.field]]");
        member.push("id = \"choice\"");
        member.push("kind = \"choice\"");
        member.words("label", label, self.languages);
        member.push("required = true");
        for key in self.choices(row, list, false, true) {
            member.push(key);
        }
        let count = self
            .lists
            .0
            .get(list)
            .map_or(1, |list| list.items.len())
            .min(100);
        let head = [
            "ordered = true".to_owned(),
            "distinct = \"choice\"".to_owned(),
            format!("max = {count}"),
        ];
        let member = member.text();
        let keys = head.into_iter().chain(member.lines().map(str::to_owned));
        Kind::with("repeat", keys.collect())
    }

    /// All keys of a field, and its rules.
    pub(super) fn field(
        &mut self,
        lines: &mut Lines,
        row: &'t Row,
        id: &str,
        label: &Words,
        kind: &Kind,
        place: Place<'_>,
    ) {
        self.field_head(lines, row, id, kind.name, label);
        let asked = !matches!(kind.name, "note" | "computed");
        if asked && let Some(hint) = self.texts.read(row, "hint", &mut self.losses) {
            lines.words("hint", &hint, self.languages);
        }
        let mut rules = Lines::default();
        if asked {
            self.required(lines, &mut rules, row, id, place);
        }
        match place.in_repeat {
            true => self.refuse_in_repeat(row, &["relevant", "calculation"]),
            false => {
                let own = self.relevant(row);
                self.show_when(lines, own, place);
            }
        }
        if asked {
            self.first_answer(lines, row, id, kind, place);
            self.constraint(lines, &mut rules, row, id, kind, place);
        }
        for key in &kind.keys {
            let cell = if key.starts_with("within") {
                "choice_filter"
            } else {
                "type"
            };
            lines.push_from(key.as_str(), vec![row.at(cell)]);
        }
        lines.extend(rules);
    }

    /// `required`: yes, or only in a case.
    fn required(
        &mut self,
        lines: &mut Lines,
        rules: &mut Lines,
        row: &Row,
        id: &str,
        place: Place<'_>,
    ) {
        // A message is taken only where it is written: else it is told as lost.
        let text = row.take("required").to_owned();
        if self.is_yes(row, "required") {
            lines.push("required = true");
            if let Some(message) = self.message(row, "required_message") {
                lines.push(format!(
                    "missing = {}",
                    self.wording(id, "REQUIRED", &message)
                ));
            }
            return;
        }
        if matches!(
            text.to_lowercase().as_str(),
            "" | "no" | "false" | "false()" | "0"
        ) {
            return;
        }
        if place.in_repeat {
            let what = What::Expression {
                text,
                cause: Cannot::InRepeat,
            };
            return self.lose(row.at("required"), what);
        }
        let cell = row.at("required");
        let carried = condition(&text, &self.plan.names);
        if let Some(case) = self.carried(&cell, &text, carried) {
            let message = self.message(row, "required_message").unwrap_or_else(|| {
                own_words(
                    |lang| {
                        say!(
                            lang,
                            "Please answer this question.",
                            "Hãy trả lời câu hỏi này."
                        )
                    },
                    self.languages,
                )
            });
            let assert = format!("{} ? has({id}) : true", in_brackets(&case));
            self.rule(rules, "REQUIRED", id, &assert, &message, cell);
        }
    }

    fn message(&mut self, row: &Row, column: &str) -> Option<Words> {
        self.texts.read(row, column, &mut self.losses)
    }

    /// `default` and `calculation` of a question that people answer.
    fn first_answer(
        &mut self,
        lines: &mut Lines,
        row: &Row,
        id: &str,
        kind: &Kind,
        place: Place<'_>,
    ) {
        let default = row.take("default").to_owned();
        if !default.is_empty() {
            let line = if place.in_repeat {
                None
            } else {
                self.default(row, &default, id, kind)
            };
            match line {
                Some(line) => lines.push_from(line, vec![row.at("default")]),
                None => self.lose(row.at("default"), What::BadDefault { text: default }),
            }
        }
        let text = row.take("calculation").to_owned();
        if text.is_empty() || place.in_repeat {
            return;
        }
        let cell = row.at("calculation");
        let carried = value(&text, &self.plan.names).map(|(text, _)| text);
        if let Some(text) = self.carried(&cell, &text, carried) {
            if row.has("default") {
                let cause = Cannot::Unlike;
                return self.lose(cell, What::Expression { text, cause });
            }
            lines.push_from(format!("prefill = {}", quoted(&text)), vec![cell.clone()]);
            self.lose(cell, What::Prefilled);
        }
    }

    /// A first answer as a value, or as an expression.
    fn default(&mut self, row: &Row, text: &str, id: &str, kind: &Kind) -> Option<String> {
        if self.refused.contains_key(&row.at("default")) {
            return None;
        }
        let its = self
            .plan
            .names
            .0
            .values()
            .flatten()
            .find_map(|known| match known {
                Known::Field { id: other, its } if other == id => Some(its.clone()),
                _ => None,
            });
        let constant = match &its {
            Some(Type::Code(codes)) => codes.get(text).map(|code| quoted(code)),
            Some(Type::Whole) if kind.takes_default => {
                text.parse::<i64>().ok().map(|n| n.to_string())
            }
            Some(Type::Text)
                if kind.takes_default && !text.contains("${") && !text.contains("()") =>
            {
                Some(quoted(text))
            }
            _ => None,
        };
        if let Some(constant) = constant {
            return kind.takes_default.then(|| format!("default = {constant}"));
        }
        let (prefill, found) = match &its {
            Some(Type::Date) if formdef::Date::parse(text).is_some() => {
                (format!("date({})", literal(text)), Type::Date)
            }
            _ => value(text, &self.plan.names).ok()?,
        };
        (its == Some(found)).then(|| format!("prefill = {}", quoted(&prefill)))
    }

    /// `constraint`: a rule; in a repeat, bounds.
    fn constraint(
        &mut self,
        lines: &mut Lines,
        rules: &mut Lines,
        row: &Row,
        id: &str,
        kind: &Kind,
        place: Place<'_>,
    ) {
        let text = row.take("constraint").to_owned();
        if text.is_empty() {
            return;
        }
        let cell = row.at("constraint");
        if place.in_repeat {
            match bounds(&text, kind.name).filter(|_| kind.keys.is_empty()) {
                Some(bounds) => {
                    bounds
                        .into_iter()
                        .for_each(|line| lines.push_from(line, vec![cell.clone()]));
                    if let Some(message) = self.message(row, "constraint_message") {
                        lines.push(format!("invalid = {}", self.wording(id, "", &message)));
                    }
                }
                None => self.lose(
                    cell,
                    What::Expression {
                        text,
                        cause: Cannot::InRepeat,
                    },
                ),
            }
            return;
        }
        let its = self
            .plan
            .names
            .0
            .values()
            .flatten()
            .find_map(|known| match known {
                Known::Field { id: other, its } if other == id => Some(its),
                _ => None,
            });
        let carried = match its {
            Some(its) => assertion(&text, (id, its), &self.plan.names),
            None => Err(Cannot::Unlike),
        };
        if let Some(assert) = self.carried(&cell, &text, carried) {
            let message = self.message(row, "constraint_message");
            let message = message.unwrap_or_else(|| own_words(not_right, self.languages));
            self.rule(rules, "", id, &assert, &message, cell);
        }
    }
}
