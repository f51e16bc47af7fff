//! What differs between two versions of a form, in words that editors understand.

mod fields;
mod words;

use crate::bilingual::{Bilingual, Lang};
use crate::form::{Field, Form, Recipient, Rule};
use crate::kinds::{agency_list, agency_takes};
use crate::list::{List, Lists};
use crate::say;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use words::{named, one_language, shown};

/// How much of what worked before still works. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Answers to the old version may be refused by the new one, or go to other people.
    Breaking,
    /// More can be answered, or less must be.
    Additive,
    /// Only what people read.
    Wording,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How much of what worked before still works.
    pub effect: Effect,
    /// What it is about: a field's id, `copies.entry` for a member of a repeat, a section's, role's, list's or rule's id.
    pub place: String,
    /// What differs.
    pub words: Bilingual,
}

/// A form and the lists it refers to, as far as they are known.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    /// The form.
    pub form: &'a Form,
    /// Its lists by id.
    pub lists: &'a Lists,
}

use Effect::{Additive, Breaking, Wording};

/// All differences, the worst first; none between equal forms.
pub fn difference(old: Version<'_>, new: Version<'_>) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    changes.of_form(old.form, new.form);
    changes.of_recipients(&old.form.recipients, &new.form.recipients);
    changes.of_sections(old.form, new.form);
    changes.of_fields("", &placed(old.form), &placed(new.form));
    changes.of_offices(old, new);
    changes.of_rules(&old.form.rules, &new.form.rules);
    changes.of_lists(old, new);
    changes.0.sort_by_key(|change| change.effect);
    changes.0
}

/// The fields of all sections, as JSON, by id.
fn placed(form: &Form) -> Vec<Map<String, Value>> {
    form.fields().map(object).collect()
}

/// The fields and the members of repeat groups, each with its place.
fn questions(form: &Form) -> impl Iterator<Item = (String, &Field)> {
    form.fields().flat_map(|field| {
        let members = field.fields.iter();
        let members = members.map(|member| (format!("{}.{}", field.id, member.id), member));
        std::iter::once((field.id.clone(), field)).chain(members)
    })
}

fn object(thing: impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(thing) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, effect: Effect, place: &str, words: impl Fn(Lang) -> String) {
        self.0.push(Change {
            effect,
            place: place.to_owned(),
            words: Bilingual::from(words),
        });
    }

    /// Notes a change of something that has a name, with what it was and is when that is short.
    fn changed(
        &mut self,
        effect: Effect,
        place: &str,
        name: (&str, &str),
        was: &Value,
        is: &Value,
    ) {
        self.add(effect, place, |lang| {
            let (en, vi) = name;
            let (was, is) = one_language(was, is, lang);
            let (was, is) = (shown(was, lang), shown(is, lang));
            match (was, is) {
                (Some(was), Some(is)) => say!(lang, "{en}: {was} → {is}", "{vi}: {was} → {is}"),
                _ => say!(lang, "{en} changed", "{vi} đã đổi"),
            }
        });
    }

    fn of_form(&mut self, old: &Form, new: &Form) {
        let (was, is) = (object(old), object(new));
        for (key, effect, en, vi) in [
            ("title", Wording, "the service's name", "tên thủ tục"),
            ("code", Wording, "the national code", "mã thủ tục quốc gia"),
            ("level", Wording, "the level", "mức độ dịch vụ"),
            ("mode", Breaking, "the mode", "chế độ"),
            (
                "again",
                Additive,
                "what another application keeps",
                "phần giữ lại cho hồ sơ tiếp theo",
            ),
        ] {
            if was.get(key) != is.get(key) {
                let of = |all: &Map<String, Value>| all.get(key).cloned().unwrap_or_default();
                self.changed(effect, key, (en, vi), &of(&was), &of(&is));
            }
        }
    }

    fn of_recipients(&mut self, old: &[Recipient], new: &[Recipient]) {
        let of = |all: &'_ [Recipient], role: &str| all.iter().any(|one| one.role == role);
        for was in old.iter().filter(|was| !of(new, &was.role)) {
            self.add(Breaking, &was.role, |lang| {
                say!(lang, "no longer gets a part", "không còn nhận phần nào")
            });
        }
        for is in new {
            let role = &is.role;
            let Some(was) = old.iter().find(|was| was.role == *role) else {
                self.add(Breaking, role, |lang| {
                    say!(lang, "is a new recipient", "là nơi nhận mới")
                });
                continue;
            };
            if was.office != is.office || was.kind != is.kind {
                self.add(Breaking, role, |lang| {
                    say!(
                        lang,
                        "its office is found another way",
                        "cách tìm cơ quan nhận đã đổi"
                    )
                });
            }
            let without = |all: &[String], other: &[String]| -> Vec<String> {
                all.iter()
                    .filter(|id| !other.contains(id))
                    .cloned()
                    .collect()
            };
            let (more, less) = (
                without(&is.reads, &was.reads).join(", "),
                without(&was.reads, &is.reads).join(", "),
            );
            if !more.is_empty() {
                self.add(Breaking, role, |lang| {
                    say!(lang, "now also reads {more}", "nay được đọc thêm {more}")
                });
            }
            if !less.is_empty() {
                self.add(Breaking, role, |lang| {
                    say!(lang, "no longer reads {less}", "không còn được đọc {less}")
                });
            }
        }
    }

    fn of_sections(&mut self, old: &Form, new: &Form) {
        for is in &new.sections {
            let Some(was) = old.sections.iter().find(|was| was.id == is.id) else {
                continue;
            };
            if was.show_when != is.show_when {
                self.add(Breaking, &is.id, |lang| {
                    say!(
                        lang,
                        "when the section is asked changed",
                        "điều kiện để hỏi cả mục đã đổi"
                    )
                });
            }
            if was.title != is.title || was.intro != is.intro {
                self.add(Wording, &is.id, |lang| {
                    say!(
                        lang,
                        "the section's heading or introduction changed",
                        "tiêu đề hoặc lời giới thiệu của mục đã đổi"
                    )
                });
            }
        }
        let order = |form: &Form, other: &Form| -> Vec<String> {
            let both = form
                .fields()
                .filter(|field| other.field(&field.id).is_some());
            both.map(|field| field.id.clone()).collect()
        };
        if order(old, new) != order(new, old) {
            self.add(Wording, &new.id, |lang| {
                say!(
                    lang,
                    "the questions stand in another order",
                    "thứ tự các câu hỏi đã đổi"
                )
            });
        }
    }

    /// Rules have no name of their own: those that stand in both are taken away, the rest is gone or new.
    fn of_rules(&mut self, old: &[Rule], new: &[Rule]) {
        let same = |a: &Rule, b: &Rule| {
            (&a.id, &a.on, a.severity, &a.assert) == (&b.id, &b.on, b.severity, &b.assert)
        };
        for was in old {
            let rule = &was.id;
            match new.iter().find(|is| same(was, is)) {
                Some(is) if was.message != is.message => {
                    self.add(Wording, &was.on, |lang| {
                        say!(
                            lang,
                            "the words of the rule {rule} changed",
                            "lời của quy tắc {rule} đã đổi"
                        )
                    });
                }
                Some(_) => {}
                None => self.add(Additive, &was.on, |lang| {
                    say!(
                        lang,
                        "the rule {rule} as it was is gone",
                        "quy tắc {rule} như trước không còn"
                    )
                }),
            }
        }
        for is in new.iter().filter(|is| !old.iter().any(|was| same(was, is))) {
            let effect = if is.severity.stops() {
                Breaking
            } else {
                Additive
            };
            let rule = &is.id;
            self.add(effect, &is.on, |lang| {
                say!(
                    lang,
                    "the rule {rule} is new or another",
                    "quy tắc {rule} là mới hoặc đã khác"
                )
            });
        }
    }

    /// Who takes what is sent to an agency, agency by agency: a district's code counts as those of its agencies.
    fn of_offices(&mut self, old: Version<'_>, new: Version<'_>) {
        let list = [new, old]
            .iter()
            .find_map(|version| version.lists.get(agency_list()));
        let before: BTreeMap<String, &Field> = questions(old.form).collect();
        for (place, is) in questions(new.form) {
            let was = before.get(&place).filter(|was| was.kind == is.kind);
            let Some(was) = was.filter(|was| was.only != is.only) else {
                continue;
            };
            let Some(list) = list else {
                self.add(Breaking, &place, |lang| {
                    say!(
                        lang,
                        "which offices take it changed",
                        "những nơi nhận thủ tục này đã đổi"
                    )
                });
                continue;
            };
            let taken_by_one_alone = |one: &Field, other: &Field| -> Vec<String> {
                let items = list.items.iter();
                let its = items.filter(|it| agency_takes(one, it) && !agency_takes(other, it));
                its.map(|item| item.code.clone()).collect()
            };
            let (gone, more) = (taken_by_one_alone(was, is), taken_by_one_alone(is, was));
            if !gone.is_empty() {
                let gone = named(&gone);
                self.add(Breaking, &place, |lang| {
                    say!(
                        lang,
                        "no longer taken by {gone}",
                        "không còn được nhận ở {gone}"
                    )
                });
            }
            if !more.is_empty() {
                let more = named(&more);
                self.add(Additive, &place, |lang| {
                    say!(
                        lang,
                        "now also taken by {more}",
                        "nay được nhận thêm ở {more}"
                    )
                });
            }
            if gone.is_empty() && more.is_empty() {
                self.add(Wording, &place, |lang| {
                    say!(
                        lang,
                        "the same offices take it, written in another way",
                        "vẫn những nơi ấy nhận, chỉ viết theo cách khác"
                    )
                });
            }
        }
    }

    fn of_lists(&mut self, old: Version<'_>, new: Version<'_>) {
        for (id, is) in &new.form.lists {
            let Some(was) = old.form.lists.get(id).filter(|was| *was != is) else {
                continue;
            };
            let known = |version: Version<'_>, sha256: &String| -> Option<List> {
                version
                    .lists
                    .get(id)
                    .filter(|list| list.sha256 == *sha256)
                    .cloned()
            };
            match (known(old, was), known(new, is)) {
                (Some(was), Some(is)) => self.of_list(id, &was, &is),
                _ => self.add(Breaking, id, |lang| {
                    say!(
                        lang,
                        "the list changed; the old one is not here to compare",
                        "danh mục đã đổi; không có bản cũ để so sánh"
                    )
                }),
            }
        }
    }

    fn of_list(&mut self, id: &str, was: &List, is: &List) {
        let codes = |list: &List, keep: &dyn Fn(&crate::Item) -> bool| -> Vec<String> {
            list.items
                .iter()
                .filter(|item| keep(item))
                .map(|item| item.code.clone())
                .collect()
        };
        let before = |code: &str| was.find(code);
        let gone = codes(was, &|item| is.find(&item.code).is_none());
        let added = codes(is, &|item| before(&item.code).is_none());
        let reworded = codes(is, &|item| {
            before(&item.code).is_some_and(|old| old.label != item.label)
        });
        let moved = codes(is, &|item| {
            before(&item.code).is_some_and(|old| {
                (old.opens, old.closes, &old.group) != (item.opens, item.closes, &item.group)
            })
        });
        let mut note = |effect, codes: Vec<String>, en: &str, vi: &str| {
            if !codes.is_empty() {
                let codes = named(&codes);
                self.add(effect, id, |lang| {
                    say!(lang, "{en}: {codes}", "{vi}: {codes}")
                });
            }
        };
        note(Breaking, gone, "codes that are gone", "mã không còn");
        note(
            Breaking,
            moved,
            "codes with another group or other days of opening",
            "mã đã đổi nhóm hoặc ngày mở, ngày đóng",
        );
        note(Additive, added, "new codes", "mã mới");
        note(Wording, reworded, "codes with other words", "mã đã đổi lời");
    }
}

fn by<'a>(all: &'a [Map<String, Value>], key: &str) -> BTreeMap<&'a str, &'a Map<String, Value>> {
    all.iter()
        .filter_map(|one| Some((one.get(key)?.as_str()?, one)))
        .collect()
}
