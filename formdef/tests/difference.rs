//! What differs between two versions of a form, and how much of what worked still works.
#![allow(clippy::unwrap_used)]

#[path = "../cases/read.rs"]
#[allow(dead_code)] // The cases' test uses the rest.
mod read;

use formdef::{Effect, Form, Lang, Source, Version, difference, parse};

const OLD: &str = r#"
title.vi = "Mẫu"
version = 1
level = 3

[recipients]
ward = { office = "agency", reads = ["*"] }
police = { office = { district_of = "agency", kind = "police" }, reads = ["agency"] }

[[section]]
id = "office"
title.vi = "Cơ quan"

[[section.field]]
id = "agency"
kind = "agency"
label.vi = "Kính gửi"
required = true

[[section.field]]
id = "att.book"
kind = "attachment"
label.vi = "Sổ hộ khẩu"

[[section.field]]
id = "count"
kind = "integer"
label.vi = "Số bản"
min = 1
max = 20

[[section.field.rule]]
id = "R-ODD"
assert = "count != 7"
message.vi = "Không được là 7."

[[section.field]]
id = "case"
kind = "choice"
label.vi = "Trường hợp"
options = [{ value = "a", label.vi = "A" }, { value = "b", label.vi = "B" }]

[[section.field]]
id = "kin"
kind = "repeat"
label.vi = "Người thân"

[[section.field.field]]
id = "name"
kind = "person-name"
label.vi = "Họ tên"
"#;

fn form(text: &str) -> Form {
    let source = Source {
        path: "forms/x/form.toml".into(),
        text: text.into(),
    };
    let mut shelf = read::shelf();
    shelf.offices.insert("police".into(), "ca-".into());
    let (form, faults) = parse(&source, &shelf);
    form.unwrap_or_else(|| panic!("{faults:?}"))
}

#[test]
fn each_change_is_weighed_and_said() {
    use Effect::{Additive, Breaking, Wording};
    let cases = [
        (
            "label.vi = \"Số bản\"",
            "label.vi = \"Số bản sao\"",
            Wording,
            "count: the question: «Số bản» → «Số bản sao»",
        ),
        (
            "min = 1\n",
            "min = 2\n",
            Breaking,
            "count: the least: 1 → 2",
        ),
        ("min = 1\n", "", Additive, "count: the least: 1 → none"),
        (
            "max = 20",
            "max = 30",
            Additive,
            "count: the greatest: 20 → 30",
        ),
        (
            "max = 20",
            "max = 9",
            Breaking,
            "count: the greatest: 20 → 9",
        ),
        (
            "max = 20",
            "max = 20\nrequired = true",
            Breaking,
            "count: whether it must be answered: no → yes",
        ),
        (
            "max = 20",
            "max = 20\nshow_when = \"case == 'a'\"",
            Breaking,
            "count: when it is asked changed",
        ),
        (
            "value = \"b\", label.vi = \"B\"",
            "value = \"c\", label.vi = \"B\"",
            Breaking,
            "case: the option `b` is gone",
        ),
        (
            "{ value = \"b\"",
            "{ value = \"c\", label.vi = \"C\" }, { value = \"b\"",
            Additive,
            "case: the option `c` is new",
        ),
        (
            "label.vi = \"B\"",
            "label.vi = \"Bê\"",
            Wording,
            "case: the words of the option `b` changed",
        ),
        (
            "kind = \"person-name\"",
            "kind = \"text\"",
            Breaking,
            "kin.name: the kind: «person-name» → «text»",
        ),
        (
            "count != 7",
            "count != 8",
            Breaking,
            "count: the rule R-ODD is new or another",
        ),
        (
            "Không được là 7.",
            "Không nhận số 7.",
            Wording,
            "count: the words of the rule R-ODD changed",
        ),
        (
            "reads = [\"agency\"]",
            "reads = [\"agency\", \"kin\"]",
            Breaking,
            "police: now also reads kin",
        ),
        (
            "reads = [\"*\"]",
            "reads = [\"agency\", \"att.book\", \"count\", \"case\", \"kin\"]",
            Wording,
            "",
        ),
        (
            "label.vi = \"Sổ hộ khẩu\"",
            "label.vi = \"Sổ hộ khẩu\"\nrequired = true",
            Breaking,
            "att.book: whether the paper must be brought: no → yes",
        ),
        (
            "label.vi = \"Sổ hộ khẩu\"",
            "label.vi = \"Sổ hộ khẩu\"\nuntil = 2022-12-31",
            Breaking,
            "att.book: when it is asked changed",
        ),
        (
            "label.vi = \"Kính gửi\"",
            "label.vi = \"Kính gửi\"\nonly = [\"002\", \"00169\"]",
            Breaking,
            "agency: no longer taken by 00199, 00200, 00637, 00640",
        ),
        ("level = 3", "level = 4", Wording, "level: the level: 3 → 4"),
        (
            "level = 3",
            "level = 3\nmode = \"trial\"",
            Breaking,
            "mode: the mode: «live» → «trial»",
        ),
        (
            "title.vi = \"Cơ quan\"",
            "title.vi = \"Nơi nhận\"",
            Wording,
            "office: the section's heading or introduction changed",
        ),
    ];
    let old = form(OLD);
    let lists = read::shelf().lists;
    for (from, to, effect, words) in cases {
        assert!(OLD.contains(from), "{from}");
        let new = form(&OLD.replacen(from, to, 1));
        let version = |form| Version {
            form,
            lists: &lists,
        };
        let found = difference(version(&old), version(&new));
        let said: Vec<_> = found
            .iter()
            .map(|change| {
                (
                    change.effect,
                    format!("{}: {}", change.place, change.words.of(Lang::En)),
                )
            })
            .collect();
        if words.is_empty() {
            assert!(said.is_empty(), "{to}: {said:?}");
        } else {
            assert!(said.contains(&(effect, words.to_owned())), "{to}: {said:?}");
        }
        assert!(
            found
                .iter()
                .all(|change| !change.words.of(Lang::Vi).is_empty())
        );
        assert!(found.is_sorted_by_key(|change| change.effect));
    }
}

#[test]
fn who_takes_a_form_is_compared_agency_by_agency() {
    let taken_by = |only: &str| {
        let with = format!("kind = \"agency\"\n{only}");
        form(&OLD.replacen("kind = \"agency\"", &with, 1))
    };
    let (all, one) = (taken_by(""), taken_by("only = [\"00043\"]"));
    let district = taken_by("only = [\"002\"]");
    let (other, both) = (
        taken_by("only = [\"00169\"]"),
        taken_by("only = [\"00169\", \"00043\"]"),
    );
    let lists = read::shelf().lists;
    let said = |old: &Form, new: &Form, lists| -> Vec<_> {
        let version = |form| Version { form, lists };
        let found = difference(version(old), version(new)).into_iter();
        found
            .map(|change| (change.effect, change.words.of(Lang::En).to_owned()))
            .collect()
    };
    let change = |effect, words: &str| (effect, words.to_owned());
    // Quận Hoàn Kiếm has one agency in the list.
    assert_eq!(
        said(&one, &district, &lists),
        [change(
            Effect::Wording,
            "the same offices take it, written in another way"
        )]
    );
    assert_eq!(
        said(&one, &other, &lists),
        [
            change(Effect::Breaking, "no longer taken by 00043"),
            change(Effect::Additive, "now also taken by 00169"),
        ]
    );
    assert_eq!(
        said(&other, &both, &lists),
        [change(Effect::Additive, "now also taken by 00043")]
    );
    assert_eq!(
        said(&both, &all, &lists),
        [change(
            Effect::Additive,
            "now also taken by 00199, 00200, 00637, 00640"
        )]
    );
    assert_eq!(
        said(&all, &one, &formdef::Lists::new()),
        [change(Effect::Breaking, "which offices take it changed")]
    );
}

#[test]
fn a_list_is_compared_code_by_code() {
    let shelf = read::shelf();
    let old = form(OLD);
    let mut new = old.clone();
    let mut changed = shelf.lists["agencies"].clone();
    let gone = changed.items.remove(0).code;
    changed.sha256 = "other".into();
    new.lists.insert("agencies".into(), changed.sha256.clone());
    let mut lists = shelf.lists.clone();
    let without = difference(
        Version {
            form: &old,
            lists: &lists,
        },
        Version {
            form: &new,
            lists: &lists,
        },
    );
    assert_eq!(
        without[0].words.of(Lang::En),
        "the list changed; the old one is not here to compare"
    );
    lists.insert("agencies".into(), changed);
    let found = difference(
        Version {
            form: &old,
            lists: &shelf.lists,
        },
        Version {
            form: &new,
            lists: &lists,
        },
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].effect, Effect::Breaking);
    assert_eq!(
        found[0].words.of(Lang::En),
        format!("codes that are gone: {gone}")
    );
}
