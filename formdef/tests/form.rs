//! A form from its definition: what it publishes, who reads what, how answers print, what one office can check.
#![allow(clippy::unwrap_used)]

#[path = "../cases/read.rs"]
#[allow(dead_code)] // The cases' test uses the rest.
mod read;

use std::collections::BTreeMap;

use formdef::{
    Form, ListSchemas, Mode, Moment, Severity, Shelf, Source, check, display, fault_words, parse,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const DEFINITION: &str = r#"
title = { vi = "Khai sinh", en = "Birth" }
version = 2
level = 3
code = "1.001193"
group = "ho-tich"
mode = "trial"
opens = 2016-08-10T00:00:00+07:00
summary = { vi = "Một câu.", en = "One sentence." }
steps = [{ vi = "Điền" }, { vi = "Gửi" }]

[recipients]
ward = { office = "agency", reads = ["*", "-hk.*", "-att.*"] }
police = { office = { district_of = "hk.address", kind = "police" }, reads = ["agency", "child.name", "hk.*", "att.book"] }

[[section]]
id = "case"
title.vi = "Nơi nhận"

[[section.field]]
id = "agency"
kind = "agency"
label.vi = "Kính gửi"
required = true

[[section]]
id = "child"
title = { vi = "Trẻ", en = "Child" }

[[section.field]]
id = "child.name"
kind = "person-name"
capitals = true
label = { vi = "Họ tên", en = "Name" }
required = true

[[section.field]]
id = "child.born"
kind = "partial-date"
label.vi = "Ngày sinh"

[[section.field.rule]]
id = "R-PAST"
assert = "child.born <= today()"
message.vi = "Ngày không được sau ngày nộp hồ sơ."

[[section.field]]
id = "mother.declared"
kind = "yes-no"
label.vi = "Khai mẹ?"
required = true

[[section.field]]
id = "mother.name"
kind = "person-name"
label.vi = "Mẹ"
required = true
show_when = "mother.declared"

[[section]]
id = "hk"
title.vi = "Công an"
show_when = "has(agency)"

[[section.field]]
id = "hk.content"
kind = "computed"
value = "{'name': child.name, 'at': agency, 'day': today()}"
label.vi = "Nội dung"

[[section.field]]
id = "hk.head"
kind = "person-name"
label.vi = "Chủ hộ"

[[section]]
id = "papers"
title.vi = "Giấy tờ"

[[section.field]]
id = "att.book"
kind = "attachment"
label.vi = "Sổ hộ khẩu"
required = true
show_when = "mother.declared"
until = 2022-12-31
types = ["jpeg", "pdf"]

[[section]]
id = "place"
title.vi = "Nơi thường trú"

[[section.field]]
id = "hk.address"
kind = "address"
label.vi = "Nơi thường trú"
required = true

[[rule]]
id = "R-HEAD"
on = "hk.head"
severity = "warning"
assert = "!same_name(hk.head, mother.name)"
message = { vi = "Chủ hộ là mẹ.", en = "The mother is the head." }
"#;

fn shelf() -> Shelf {
    read::shelf()
}

fn form() -> Form {
    let source = Source {
        path: "forms/khai-sinh/form.toml".into(),
        text: DEFINITION.into(),
    };
    let (form, faults) = parse(&source, &shelf());
    assert!(faults.is_empty(), "{}", faults[0]);
    form.unwrap()
}

fn answers() -> Map<String, Value> {
    let answers = json!({
        "agency": "00043",
        "child.name": "Trần Bảo Ngọc",
        "child.born": "2016-07",
        "mother.declared": true,
        "mother.name": "Siu Blek",
        "hk.content": {"name": "Trần Bảo Ngọc", "at": "00043", "day": "2016-08-10"},
        "hk.head": "SIU BLEK",
        "hk.address": {"province": "01", "ward": "00169", "detail": "Số 20, tổ 4"},
    });
    answers.as_object().unwrap().clone()
}

fn today() -> Moment {
    Moment::parse("2016-08-10").unwrap()
}

fn rules(answers: &Map<String, Value>, reads: Option<&BTreeSet<&str>>) -> Vec<(String, String)> {
    let found = check(&form(), &shelf().lists, answers, today(), reads);
    found
        .into_iter()
        .map(|fault| (fault.field, fault.rule))
        .collect()
}

fn part(role: &str) -> (Map<String, Value>, BTreeSet<String>) {
    let form = form();
    let reads: BTreeSet<String> = form
        .recipient(role)
        .unwrap()
        .reads
        .iter()
        .cloned()
        .collect();
    let part = answers()
        .into_iter()
        .filter(|(id, _)| reads.contains(id))
        .collect();
    (part, reads)
}

#[test]
fn a_definition_gives_all_that_it_says() {
    let form = form();
    assert_eq!(
        (form.id.as_str(), form.version, form.level, form.mode),
        ("khai-sinh", 2, 3, Mode::Trial)
    );
    assert_eq!(form.window.opens, Moment::from_unix(1_470_762_000));
    assert_eq!(form.guide.steps.len(), 2);
    assert_eq!(
        form.guide.summary.as_ref().unwrap().get("en"),
        "One sentence."
    );
    assert_eq!(form.title.get("fr"), "Khai sinh");
    let lists: Vec<&str> = form.lists.keys().map(String::as_str).collect();
    assert_eq!(lists, ["agencies", "provinces"]);
    let police = form.recipient("police").unwrap();
    assert_eq!(
        police.reads,
        [
            "agency",
            "child.name",
            "hk.content",
            "hk.head",
            "att.book",
            "hk.address"
        ]
    );
    let ward = form.recipient("ward").unwrap();
    assert_eq!(
        ward.reads,
        [
            "agency",
            "child.name",
            "child.born",
            "mother.declared",
            "mother.name"
        ]
    );
    let unjudged: Vec<&str> = form.uncheckable().iter().map(|what| what.rule).collect();
    assert_eq!(unjudged, ["R-HEAD"]);
}

#[test]
fn the_compiled_form_has_its_shape() {
    let compiled: Value = serde_json::from_str(&form().to_compiled()).unwrap();
    let members: Vec<&str> = compiled
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let wanted = [
        "formdef",
        "id",
        "version",
        "level",
        "mode",
        "code",
        "title",
        "recipients",
        "lists",
        "sections",
        "rules",
    ];
    assert_eq!(members, wanted);
    assert_eq!(compiled["recipients"][0]["office"], json!({"of": "agency"}));
    assert_eq!(
        compiled["recipients"][1]["office"],
        json!({"district_of": "hk.address", "prefix": "ca-"})
    );
    assert_eq!(
        compiled["rules"][0]["assert"],
        json!(["d<=", ["get", "child.born"], ["today"]])
    );
    assert_eq!(
        compiled["sections"][2]["show_when"],
        json!(["has", ["get", "agency"]])
    );
}

#[test]
fn another_application_keeps_what_it_says() {
    let again = "[again]\nlabel.vi = \"Tiếp\"\nkeep = [\"*\", \"-child.*\", \"child.born\"]\n\n[[section]]\nid = \"case\"";
    let text = DEFINITION.replacen("[[section]]\nid = \"case\"", again, 1);
    let source = Source {
        path: "forms/khai-sinh/form.toml".into(),
        text,
    };
    let (form, faults) = parse(&source, &shelf());
    assert!(faults.is_empty(), "{}", faults[0]);
    let form = form.unwrap();
    // Neither what is worked out nor papers: nobody fills them in.
    let kept = [
        "agency",
        "child.born",
        "mother.declared",
        "mother.name",
        "hk.head",
        "hk.address",
    ];
    assert_eq!(form.again.as_ref().unwrap().keep, kept);
    assert!(form.page(&[]).get("again").is_none());
    assert_eq!(
        Form::from_compiled(&form.to_compiled()).unwrap().again,
        form.again
    );
}

#[test]
fn what_a_kind_cannot_check_again_is_told_like_a_rule() {
    let fields = r#"
[[section]]
id = "wish"
title.vi = "Nguyện vọng"

[[section.field]]
id = "wish.people"
kind = "repeat"
label.vi = "Người"

[[section.field.field]]
id = "ward"
kind = "choice"
list = "agencies"
within = "district_of(child.ward)"
label.vi = "Phường"

[[section.field]]
id = "child.ward"
kind = "agency"
label.vi = "Phường"

[[section.field]]
id = "child.person"
kind = "entry"
of = "wish.people"
label.vi = "Ai"

[[section.field]]
id = "wish.words"
kind = "computed"
value = "words(child.born)"
label.vi = "Bằng chữ"

[[section]]
id = "place"
"#;
    let text = DEFINITION
        .replacen("[[section]]\nid = \"place\"", fields, 1)
        .replace(
            "\"-hk.*\", \"-att.*\"",
            "\"-hk.*\", \"-att.*\", \"-wish.*\"",
        )
        .replace(
            "\"hk.*\", \"att.book\"",
            "\"hk.*\", \"att.book\", \"wish.*\"",
        );
    let source = Source {
        path: "forms/khai-sinh/form.toml".into(),
        text,
    };
    let (form, faults) = parse(&source, &shelf());
    assert!(faults.is_empty(), "{}", faults[0]);
    let form = form.unwrap();
    let told: Vec<_> = form
        .uncheckable()
        .iter()
        .map(|what| (what.rule, what.on))
        .collect();
    let wanted = [
        ("R-HEAD", "hk.head"),
        ("not-within", "wish.people"),
        ("option", "child.person"),
        ("computed", "wish.words"),
    ];
    assert_eq!(told, wanted);
}

#[test]
fn a_paper_is_brought_and_never_missing() {
    let form = form();
    let paper = form.papers().next().unwrap();
    let compiled = serde_json::to_value(paper).unwrap();
    assert_eq!(
        compiled,
        json!({
            "id": "att.book", "kind": "attachment", "label": {"vi": "Sổ hộ khẩu"}, "required": false,
            "show_when": ["&&", ["get", "mother.declared"], ["d<=", ["today"], ["date", "2022-12-31"]]],
            "bring": true, "types": ["image/jpeg", "application/pdf"], "count_max": 5, "bytes_max": 5_242_880,
            "until": "2022-12-31",
        })
    );
    let found = rules(&answers(), None);
    assert!(
        !found.iter().any(|(field, _)| field == "att.book"),
        "{found:?}"
    );
    let when = &form.page_attachments()["att.book"]["show_when"];
    assert_eq!(when[2], json!(["!", ["d<", "2022-12-31", ["today"]]]));
    let asked: Vec<_> = form
        .on_page()
        .sections
        .into_iter()
        .map(|section| section.id.clone())
        .collect();
    assert_eq!(asked, ["case", "child", "hk", "place"]);
}

#[test]
fn a_compiled_form_of_another_kind_is_refused() {
    let compiled = form().to_compiled();
    for (from, to, why) in [
        ("\"formdef\":1", "\"formdef\":2", "format 2"),
        ("\"kind\":\"yes-no\"", "\"kind\":\"maybe\"", "maybe"),
        ("\"level\":3", "\"level\":3,\"extra\":1", "extra"),
        ("[\"today\"]", "[\"yesterday\"]", "yesterday"),
    ] {
        let fault = Form::from_compiled(&compiled.replace(from, to)).unwrap_err();
        assert!(fault.contains(why), "{fault}");
    }
    assert!(Form::from_compiled("").is_err());
}

#[test]
fn the_page_form_says_what_its_html_does_not() {
    let form = form();
    let page = form.page(&[]);
    // What the HTML has is not in it, and no words.
    assert!(!page.to_string().contains("\"label\""));
    assert!(page.get("title").is_none());
    let rule = &page["rules"][0];
    assert_eq!(rule[3][0], "!", "of comparisons only `==` and `<`: {rule}");
}

#[test]
fn a_page_has_the_words_of_the_faults_that_it_can_show() {
    let (form, faults) = (form(), fault_words("en"));
    let words: BTreeMap<_, _> = form.words(&form.codes_on_page(), "en", &faults).collect();
    assert_eq!(words["1"], "The mother is the head.");
    assert_eq!(words["0"], "Ngày không được sau ngày nộp hồ sơ.");
    assert_eq!(words["required"], "Answer “{label}”.");
    assert!(!words.contains_key("R-PHONE"));
    assert!(!words.contains_key("unknown-field"));
    assert!(form.all_words("en", &faults).contains_key("unknown-field"));
}

#[test]
fn all_codes_of_a_list_that_the_page_loads_stand_there_by_its_name() {
    let text = r#"
title.vi = "Thử"
version = 1
level = 3
[recipients]
ward = "agency"
[[section]]
id = "all"
title.vi = "Mục"
[[section.field]]
id = "agency"
kind = "agency"
label.vi = "Nơi nhận"
required = true
[[section.field]]
id = "code"
kind = "text"
label.vi = "Mã"
[[section.field.rule]]
id = "R-CODE"
assert = "code in list('provinces')"
message.vi = "Không có mã này."
"#;
    let shelf = shelf();
    let source = Source {
        path: "forms/thu/form.toml".into(),
        text: text.into(),
    };
    let (form, faults) = parse(&source, &shelf);
    let form = form.unwrap_or_else(|| panic!("{faults:?}"));
    let provinces = &shelf.lists["provinces"];
    assert_eq!(
        form.page(&[provinces])["rules"][0][3],
        json!(["listed", ["get", "code"], "provinces"])
    );
    let codes = form.page(&[])["rules"][0][3].as_array().map(Vec::len);
    assert_eq!(codes, Some(2 + provinces.items.len()));
}

#[test]
fn whole_answers_are_checked_by_every_rule() {
    assert_eq!(
        rules(&answers(), None),
        [("hk.head".to_owned(), "R-HEAD".to_owned())]
    );
}

#[test]
fn one_office_checks_what_it_can() {
    let (mut part, reads) = part("police");
    let reads: BTreeSet<&str> = reads.iter().map(String::as_str).collect();
    // R-HEAD needs the mother's name, which the police do not read.
    assert!(rules(&part, Some(&reads)).is_empty());
    part.insert("mother.name".into(), "Siu Blek".into());
    part.insert("hk.content".into(), json!({"name": "Trần Bảo Ngọc"}));
    part.remove("hk.address");
    let found = rules(&part, Some(&reads));
    let wanted = [
        ("hk.content", "computed"),
        ("hk.address", "required"),
        ("mother.name", "unknown-field"),
    ];
    assert_eq!(
        found,
        wanted.map(|(field, rule)| (field.to_owned(), rule.to_owned()))
    );
}

#[test]
fn what_hangs_on_unread_answers_may_be_there_or_not() {
    let reads = BTreeSet::from(["agency", "mother.name"]);
    let with = json!({"agency": "00043", "mother.name": "Siu Blek"});
    let without = json!({"agency": "00043"});
    let wrong = json!({"agency": "00043", "mother.name": "S1"});
    assert!(rules(with.as_object().unwrap(), Some(&reads)).is_empty());
    assert!(rules(without.as_object().unwrap(), Some(&reads)).is_empty());
    assert_eq!(rules(wrong.as_object().unwrap(), Some(&reads)).len(), 1);
}

#[test]
fn offices_are_found_from_the_answers() {
    let (form, lists) = (form(), shelf().lists);
    assert_eq!(
        form.office_of("ward", &answers(), &lists).as_deref(),
        Some("00043")
    );
    assert_eq!(
        form.office_of("police", &answers(), &lists).as_deref(),
        Some("ca-005")
    );
    assert_eq!(form.office_of("army", &answers(), &lists), None);
    let mut elsewhere = answers();
    elsewhere.insert(
        "hk.address".into(),
        json!({"province": "66", "unit": "xã", "detail": "x"}),
    );
    assert_eq!(form.office_of("police", &elsewhere, &lists), None);
    elsewhere.insert("agency".into(), "99999".into());
    assert_eq!(form.office_of("ward", &elsewhere, &lists), None);
}

#[test]
fn answers_print_as_people_write_them() {
    let (form, lists, answers) = (form(), shelf().lists, answers());
    let shown = |id: &str, language: &str| {
        display(
            &form,
            form.field(id).unwrap(),
            &answers[id],
            &lists,
            language,
        )
    };
    assert_eq!(shown("agency", "vi"), "Phường Cửa Đông, Quận Hoàn Kiếm");
    assert_eq!(shown("child.name", "vi"), "TRẦN BẢO NGỌC");
    assert_eq!(shown("child.born", "vi"), "tháng 07 năm 2016");
    assert_eq!(shown("child.born", "en"), "07/2016");
    assert_eq!(shown("mother.declared", "en"), "Yes");
    assert_eq!(
        shown("hk.address", "vi"),
        "Số 20, tổ 4, Phường Quan Hoa, Quận Cầu Giấy, Hà Nội"
    );
    assert_eq!(
        shown("hk.content", "en"),
        "Name: TRẦN BẢO NGỌC; Kính gửi: Phường Cửa Đông, Quận Hoàn Kiếm; day: 10/08/2016"
    );
    let wrong = display(
        &form,
        form.field("child.born").unwrap(),
        &json!(["x"]),
        &lists,
        "vi",
    );
    assert_eq!(wrong, "[\"x\"]");
}

#[test]
fn messages_are_in_both_languages_and_name_the_question() {
    let found = check(&form(), &shelf().lists, &Map::new(), today(), None);
    let name = found
        .iter()
        .find(|fault| fault.field == "child.name")
        .unwrap();
    assert_eq!(name.message.get("vi"), "Hãy điền mục «Họ tên».");
    assert_eq!(name.message.get("en"), "Answer “Name”.");
    assert_eq!(name.severity, Severity::Error);
}

#[test]
fn the_schema_requires_what_is_always_asked() {
    let shelf = shelf();
    let schema = form().schema(&ListSchemas::new(&shelf.lists, "vi"));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(
        schema["required"],
        json!(["agency", "child.name", "mother.declared", "hk.address"])
    );
    assert_eq!(schema["properties"]["child.name"]["title"], "Họ tên");
    assert_eq!(schema["properties"]["agency"]["$ref"], "#/$defs/agencies");
    assert_eq!(schema["$defs"]["agencies"]["oneOf"][0]["const"], "00043");
    assert_eq!(schema["additionalProperties"], false);
}

#[test]
fn the_same_definition_compiles_to_the_same_bytes() {
    assert_eq!(form().to_compiled(), form().to_compiled());
}

#[test]
fn a_definition_cut_anywhere_gives_faults_inside_its_file() {
    let shelf = shelf();
    for (at, _) in DEFINITION.char_indices() {
        let text = &DEFINITION[..at];
        let source = Source {
            path: "forms/khai-sinh/form.toml".into(),
            text: text.into(),
        };
        for fault in parse(&source, &shelf).1 {
            assert!(fault.line <= text.matches('\n').count() + 1, "{fault}");
            assert!(
                fault.column <= fault.source_line.chars().count() + 1,
                "{fault}"
            );
        }
    }
}

#[test]
fn long_answers_are_refused_in_words() {
    let mut answers = answers();
    answers.insert("mother.name".into(), "ệ".repeat(100_000).into());
    assert_eq!(
        rules(&answers, None),
        [("mother.name".to_owned(), "R-NAME".to_owned())]
    );
}

#[test]
fn a_hostile_definition_gives_faults_and_no_more() {
    let deep = [
        format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("{}x = 1", "a.".repeat(50_000)),
        format!("[{}x]\nb = 1", "a.".repeat(50_000)),
        format!("a = {}1{}", "{ b = ".repeat(50_000), " }".repeat(50_000)),
        "[[section]]\n".repeat(2_000),
        "\u{FEFF}title.vi = 1".into(),
        "\0".into(),
        String::new(),
    ];
    for text in deep {
        let source = Source {
            path: "forms/x/form.toml".into(),
            text,
        };
        let (form, faults) = parse(&source, &shelf());
        assert!(form.is_none() && !faults.is_empty());
    }
}

#[test]
fn a_hostile_expression_gives_one_fault() {
    let expressions = [
        "(".repeat(50_000),
        "!".repeat(50_000) + "true",
        "1 + ".repeat(50_000) + "1 > 0",
        "{'a': ".repeat(50_000),
        "[".repeat(50_000),
        "true ? ".repeat(50_000),
        "a.".repeat(50_000),
        "ệ".repeat(50_000),
    ];
    for expression in expressions {
        let text = DEFINITION.replace("!same_name(hk.head, mother.name)", &expression);
        let source = Source {
            path: "forms/x/form.toml".into(),
            text,
        };
        let (_, faults) = parse(&source, &shelf());
        assert_eq!(faults.len(), 1, "{}", &expression[..20]);
    }
}

#[test]
fn the_reference_names_every_kind_and_function_and_its_example_is_a_form() {
    let reference = include_str!("../LANGUAGE.md");
    for kind in formdef::kinds() {
        assert!(
            reference.contains(&format!("\n| `{}` |", kind.name())),
            "{}",
            kind.name()
        );
    }
    for (op, name, _) in formdef::Op::TABLE {
        let function = format!("`{name}(");
        let written = reference.contains(&function) || reference.contains(&format!("\"{name}\""));
        assert!(written, "{op:?}");
    }
    let example = reference.split("```toml\n").nth(1).unwrap();
    let source = Source {
        path: "forms/vi-du/form.toml".into(),
        text: example.split("```").next().unwrap().into(),
    };
    let (form, faults) = parse(&source, &shelf());
    assert!(form.is_some(), "{}", faults[0]);
}
