//! What differs between the questions of two versions.

use super::Effect::{self, Additive, Breaking, Wording};
use super::{Changes, by, object};
use crate::say;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How a changed key weighs.
enum Weigh {
    As(Effect),
    /// A lower bound: raising it refuses what was right.
    Least,
    /// An upper bound: lowering it refuses what was right.
    Greatest,
    /// Whether it must be answered.
    Must,
    /// Compared one by one, not as a whole.
    Apart,
}

/// The keys of a compiled field: how a change of each weighs, and what it is called. A key that is not here breaks.
#[rustfmt::skip] // One key, one line.
const KEYS: &[(&str, Weigh, &str, &str)] = &[
    ("id", Weigh::Apart, "", ""),
    ("options", Weigh::Apart, "", ""),
    ("fields", Weigh::Apart, "", ""),
    ("kind", Weigh::As(Breaking), "the kind", "loại trường"),
    ("label", Weigh::As(Wording), "the question", "câu hỏi"),
    ("hint", Weigh::As(Wording), "the hint", "lời hướng dẫn"),
    ("source", Weigh::As(Wording), "the source", "nguồn"),
    ("invalid", Weigh::As(Wording), "the words about a wrong answer", "lời báo khi trả lời sai"),
    ("missing", Weigh::As(Wording), "the words about a missing answer", "lời báo khi thiếu câu trả lời"),
    ("capitals", Weigh::As(Wording), "writing in capitals", "cách viết hoa"),
    ("sensitive", Weigh::As(Wording), "whether it is sensitive", "tính nhạy cảm"),
    ("default", Weigh::As(Additive), "the default", "giá trị ban đầu"),
    ("prefill", Weigh::As(Additive), "what is filled in beforehand", "giá trị điền sẵn"),
    ("required", Weigh::Must, "whether it must be answered", "tính bắt buộc"),
    ("show_when", Weigh::As(Breaking), "when it is asked", "điều kiện để hỏi"),
    ("value", Weigh::As(Breaking), "how it is worked out", "cách tính"),
    ("list", Weigh::As(Breaking), "the list", "danh mục"),
    ("gives", Weigh::As(Breaking), "what it gives", "kiểu giá trị tính được"),
    ("within", Weigh::As(Breaking), "which items can be chosen", "phạm vi được chọn"),
    ("only", Weigh::Apart, "", ""), // `Changes::of_offices` says whom it takes away and whom it adds.
    ("decimals", Weigh::Greatest, "the decimals", "số chữ số thập phân"),
    ("ordered", Weigh::As(Wording), "whether entries have an order", "việc sắp thứ tự"),
    ("distinct", Weigh::As(Breaking), "what must differ between entries", "phần không được trùng giữa các mục"),
    ("of", Weigh::As(Breaking), "the group whose entries can be chosen", "nhóm có mục để chọn"),
    ("levels", Weigh::As(Breaking), "the levels asked", "số cấp phải chọn"),
    ("length_min", Weigh::Least, "the least length", "độ dài tối thiểu"),
    ("length_max", Weigh::Greatest, "the greatest length", "độ dài tối đa"),
    ("bring", Weigh::Must, "whether the paper must be brought", "việc phải mang giấy tờ này"),
    ("types", Weigh::As(Breaking), "the types of files", "các loại tệp được nhận"),
    ("count_max", Weigh::Greatest, "the greatest number of files", "số tệp tối đa"),
    ("bytes_max", Weigh::Greatest, "the greatest size of a file", "cỡ tệp tối đa"),
    ("until", Weigh::Apart, "", ""), // `show_when` has it.
    ("min", Weigh::Least, "the least", "mức tối thiểu"),
    ("max", Weigh::Greatest, "the greatest", "mức tối đa"),
];

impl Changes {
    pub(super) fn of_fields(
        &mut self,
        group: &str,
        old: &[Map<String, Value>],
        new: &[Map<String, Value>],
    ) {
        let (old, new) = (by(old, "id"), by(new, "id"));
        let place = |id: &str| {
            if group.is_empty() {
                id.to_owned()
            } else {
                format!("{group}.{id}")
            }
        };
        for (id, was) in old.iter().filter(|(id, _)| !new.contains_key(*id)) {
            if is_paper(was) {
                self.add(Additive, &place(id), |lang| {
                    say!(
                        lang,
                        "the paper need no longer be brought",
                        "không còn phải mang giấy tờ này"
                    )
                });
            } else {
                self.add(Breaking, &place(id), |lang| {
                    say!(lang, "is no longer asked", "không còn được hỏi")
                });
            }
        }
        for (id, is) in &new {
            match old.get(id) {
                Some(was) => self.of_field(&place(id), was, is),
                None if is_paper(is) => self.add(if_must(is, "bring"), &place(id), |lang| {
                    say!(
                        lang,
                        "is a new paper to bring",
                        "là giấy tờ mới phải mang theo"
                    )
                }),
                None => self.add(if_must(is, "required"), &place(id), |lang| {
                    say!(lang, "is a new question", "là câu hỏi mới")
                }),
            }
        }
    }

    fn of_field(&mut self, place: &str, was: &Map<String, Value>, is: &Map<String, Value>) {
        let keys: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        for key in keys {
            let of = |all: &Map<String, Value>| all.get(key).cloned().unwrap_or_default();
            let (before, now) = (of(was), of(is));
            let known = KEYS.iter().find(|(name, ..)| name == key);
            let (weigh, en, vi) = known.map_or(
                (&Weigh::As(Breaking), key.as_str(), key.as_str()),
                |(_, weigh, en, vi)| (weigh, *en, *vi),
            );
            let effect = match weigh {
                Weigh::Apart => continue,
                _ if before == now => continue,
                Weigh::As(effect) => *effect,
                Weigh::Must => {
                    if now == Value::Bool(true) {
                        Breaking
                    } else {
                        Additive
                    }
                }
                Weigh::Least => bound(before.as_f64(), now.as_f64(), true),
                Weigh::Greatest => bound(before.as_f64(), now.as_f64(), false),
            };
            self.changed(effect, place, (en, vi), &before, &now);
        }
        self.of_options(place, &all(was, "options"), &all(is, "options"));
        self.of_fields(place, &all(was, "fields"), &all(is, "fields"));
    }

    fn of_options(&mut self, place: &str, old: &[Map<String, Value>], new: &[Map<String, Value>]) {
        let (old, new) = (by(old, "value"), by(new, "value"));
        for value in old.keys().filter(|value| !new.contains_key(*value)) {
            self.add(Breaking, place, |lang| {
                say!(
                    lang,
                    "the option `{value}` is gone",
                    "lựa chọn «{value}» không còn"
                )
            });
        }
        for (value, is) in &new {
            match old.get(value) {
                None => self.add(Additive, place, |lang| {
                    say!(
                        lang,
                        "the option `{value}` is new",
                        "có thêm lựa chọn «{value}»"
                    )
                }),
                Some(was) => {
                    if was.get("label") != is.get("label") {
                        self.add(Wording, place, |lang| {
                            say!(
                                lang,
                                "the words of the option `{value}` changed",
                                "lời của lựa chọn «{value}» đã đổi"
                            )
                        });
                    }
                    if ["opens", "closes"]
                        .iter()
                        .any(|key| was.get(*key) != is.get(*key))
                    {
                        self.add(Breaking, place, |lang| {
                            say!(
                                lang,
                                "when the option `{value}` is open changed",
                                "thời gian mở của lựa chọn «{value}» đã đổi"
                            )
                        });
                    }
                }
            }
        }
    }
}

fn is_paper(field: &Map<String, Value>) -> bool {
    field.get("kind").and_then(Value::as_str) == Some("attachment")
}

/// What must be answered or brought breaks what worked before, what may be does not.
fn if_must(field: &Map<String, Value>, key: &str) -> Effect {
    if field.get(key) == Some(&Value::Bool(true)) {
        Breaking
    } else {
        Additive
    }
}

/// A changed bound. No number is no bound.
fn bound(was: Option<f64>, is: Option<f64>, raising_breaks: bool) -> Effect {
    match (was, is) {
        (_, None) => Additive,
        (Some(was), Some(is)) if (is > was) != raising_breaks => Additive,
        _ => Breaking,
    }
}

fn all(field: &Map<String, Value>, key: &str) -> Vec<Map<String, Value>> {
    let items = field.get(key).and_then(Value::as_array);
    items.into_iter().flatten().map(object).collect()
}
