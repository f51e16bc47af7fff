//! Lists of choices → options in the form or files in `lists/`.

use std::collections::{BTreeMap, BTreeSet};

use formdef::say;

use super::choices::OTHER;
use super::columns::{At, Row};
use super::convert::Converter;
use super::lines::{inline, own_words, quoted};
use super::loss::{Loss, What};
use super::names::slug;
use super::survey::Node;
use super::texts::Words;
use super::translate::{Known, Type};
use super::types::Question;

/// A list of more choices gets a file of its own.
const INLINE_MAX: usize = 12;

/// How the lists are used, and the files made of them.
pub(super) struct Options {
    /// The form's id, with which its lists begin.
    form: String,
    /// How many questions use a list.
    uses: BTreeMap<String, usize>,
    /// The labels of lists, read once.
    labels: BTreeMap<String, Vec<Words>>,
    /// Path in the folder of forms → text.
    pub(super) files: BTreeMap<String, String>,
}

/// `column = ${question}`: the choices of a group.
struct Filter {
    column: String,
    /// The question's field, its list's codes by name.
    field: String,
    codes: BTreeMap<String, String>,
    /// The question's list.
    of: Option<String>,
}

impl Options {
    pub(super) fn new(form: &str, nodes: &[Node<'_>]) -> Options {
        let mut options = Options {
            form: form.to_owned(),
            uses: BTreeMap::new(),
            labels: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        options.count(nodes);
        options
    }

    fn count(&mut self, nodes: &[Node<'_>]) {
        for node in nodes {
            if let Node::Question { question, .. } = node
                && let Some(list) = list_of(question)
            {
                *self.uses.entry(list.clone()).or_default() += 1;
            }
            self.count(node.children());
        }
    }
}

fn list_of(question: &Question) -> Option<&String> {
    match question {
        Question::SelectOne { list, .. }
        | Question::SelectMultiple { list, .. }
        | Question::Rank { list } => Some(list),
        _ => None,
    }
}

impl<'t> Converter<'_, 't> {
    /// The keys of a choice: `options`, or `list` and perhaps `within`.
    pub(super) fn choices(
        &mut self,
        row: &'t Row,
        list: &str,
        other: bool,
        takes_within: bool,
    ) -> Vec<String> {
        let filter = self.filter(row, takes_within);
        let labels = self.labels(list);
        let Some(items) = self.lists.0.get(list).map(|list| &list.items) else {
            return Vec::new();
        };
        let mut coded: Vec<(String, Words)> = items
            .iter()
            .map(|item| item.code.clone())
            .zip(labels)
            .collect();
        if other && coded.iter().all(|(code, _)| code != OTHER) {
            let words = own_words(|lang| say!(lang, "Other", "Khác"), self.languages);
            coded.push((OTHER.to_owned(), words));
        }
        let once = self.options.uses.get(list) == Some(&1);
        if filter.is_none() && once && coded.len() <= INLINE_MAX {
            let options = coded.iter().map(|(code, label)| {
                format!(
                    "    {{ value = {}, label = {} }},",
                    quoted(code),
                    inline(label, self.languages)
                )
            });
            let lines: Vec<String> = options.collect();
            return [vec!["options = [".to_owned()], lines, vec!["]".to_owned()]].concat();
        }
        let mut id = format!("{}-{}", self.options.form, slug(list));
        if other {
            id = format!("{id}-{OTHER}");
        }
        let Some(filter) = filter else {
            self.write_list(&id, &coded, None);
            return vec![format!("list = {}", quoted(&id))];
        };
        id = format!("{id}-{}", slug(&filter.column));
        let groups = self.groups(list, &filter);
        self.write_list(&id, &coded, Some(&groups));
        self.write_groups(&id, &filter);
        vec![
            format!("list = {}", quoted(&id)),
            format!("within = {}", quoted(&filter.field)),
        ]
    }

    /// `choice_filter`, where it has an equal.
    fn filter(&mut self, row: &Row, takes_within: bool) -> Option<Filter> {
        let text = row.take("choice_filter").to_owned();
        if text.is_empty() {
            return None;
        }
        let cell = row.at("choice_filter");
        let known = match self.refused.contains_key(&cell) || !takes_within {
            true => None,
            false => column_and_question(&text),
        };
        let found = known.and_then(|(column, question)| {
            match self.plan.names.0.get(question)?.as_slice() {
                [
                    Known::Field {
                        id,
                        its: Type::Code(codes),
                    },
                ] => Some(Filter {
                    column: column.to_lowercase(),
                    field: id.clone(),
                    codes: (**codes).clone(),
                    of: self.list_with(codes),
                }),
                _ => None,
            }
        });
        if found.is_none() {
            self.lose(cell, What::Filter { text });
        }
        found
    }

    fn list_with(&self, codes: &BTreeMap<String, String>) -> Option<String> {
        let lists = self.lists.0.iter();
        lists
            .filter(|(_, list)| *list.codes == *codes)
            .map(|(name, _)| name.clone())
            .next()
    }

    /// The labels of a list's choices.
    fn labels(&mut self, list: &str) -> Vec<Words> {
        if let Some(labels) = self.options.labels.get(list) {
            return labels.clone();
        }
        let Some(items) = self.lists.0.get(list).map(|list| &list.items) else {
            return Vec::new();
        };
        let labels: Vec<Words> = items
            .iter()
            .map(|item| {
                let name = item.row.peek("name").to_owned();
                self.label(item.row, &name)
            })
            .collect();
        self.options.labels.insert(list.to_owned(), labels.clone());
        labels
    }

    /// The group of each choice; a value that the question cannot have is lost.
    fn groups(&mut self, list: &str, filter: &Filter) -> Vec<String> {
        let Some(items) = self.lists.0.get(list).map(|list| &list.items) else {
            return Vec::new();
        };
        let mut groups = Vec::new();
        for item in items {
            let value = item.row.take(&filter.column);
            match filter.codes.get(value) {
                Some(code) => groups.push(code.clone()),
                None => {
                    let text = value.to_owned();
                    if !text.is_empty() {
                        self.lose(item.row.at(&filter.column), What::Column { text });
                    }
                    groups.push(String::new());
                }
            }
        }
        groups
    }

    fn write_list(&mut self, id: &str, coded: &[(String, Words)], groups: Option<&[String]>) {
        let mut header = vec!["code".to_owned()];
        header.extend(self.languages.iter().cloned());
        header.extend(groups.map(|_| "group".to_owned()));
        let mut rows = vec![header];
        for (at, (code, label)) in coded.iter().enumerate() {
            let mut row = vec![code.clone()];
            row.extend(
                self.languages
                    .iter()
                    .map(|language| cell(label.get(language))),
            );
            row.extend(groups.map(|groups| groups.get(at).cloned().unwrap_or_default()));
            rows.push(row);
        }
        self.options
            .files
            .insert(format!("lists/{id}.csv"), csv_text(&rows));
    }

    /// The groups are the choices of the question that the filter names.
    fn write_groups(&mut self, id: &str, filter: &Filter) {
        let labels = filter
            .of
            .as_deref()
            .map(|list| self.labels(list))
            .unwrap_or_default();
        let items = filter.of.as_ref().and_then(|list| self.lists.0.get(list));
        let coded: Vec<(String, Words)> = match items {
            Some(list) => list
                .items
                .iter()
                .map(|item| item.code.clone())
                .zip(labels)
                .collect(),
            None => filter
                .codes
                .iter()
                .map(|(name, code)| {
                    (
                        code.clone(),
                        Words::from([(self.texts.first().to_owned(), name.clone())]),
                    )
                })
                .collect(),
        };
        self.write_list(&format!("{id}.groups"), &coded, None);
    }

    /// What of the sheet `choices` went nowhere.
    pub(super) fn finish_choices(&mut self) {
        let carried: BTreeSet<String> = self.options.labels.keys().cloned().collect();
        for (name, list) in &self.lists.0 {
            let (Some(first), Some(last)) = (list.items.first(), list.items.last()) else {
                continue;
            };
            if !carried.contains(name) {
                let what = What::UnusedChoices {
                    list: name.clone(),
                    last: last.row.number,
                };
                self.lose(first.row.at("list_name"), what);
                continue;
            }
            let left: Vec<(At, String)> = list
                .items
                .iter()
                .flat_map(|item| item.row.left().map(|(at, text)| (at, text.to_owned())))
                .collect();
            let left = left.into_iter().map(|(at, text)| Loss {
                at,
                what: What::Column { text },
            });
            self.losses.extend(left);
        }
    }
}

/// `column = ${question}`, in either order.
fn column_and_question(text: &str) -> Option<(&str, &str)> {
    let (left, right) = text.split_once('=')?;
    let (left, right) = (left.trim(), right.trim());
    let (column, side) = if right.starts_with('$') {
        (left, right)
    } else {
        (right, left)
    };
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    let question = side.strip_prefix("${")?.strip_suffix('}')?.trim();
    (is_word(column) && is_word(question)).then_some((column, question))
}

/// A label in one cell.
fn cell(text: Option<&String>) -> String {
    let words = text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    words.unwrap_or_default()
}

fn csv_text(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("rows are text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_column_and_one_question_have_an_equal() {
        assert_eq!(column_and_question("state = ${s}"), Some(("state", "s")));
        assert_eq!(column_and_question("${ s }=state"), Some(("state", "s")));
        for text in [
            "state != ${s}",
            "a=${s} and b=${t}",
            "selected(${m}, state)",
            "state = 'x'",
            "=${s}",
        ] {
            assert_eq!(column_and_question(text), None, "{text}");
        }
    }
}
