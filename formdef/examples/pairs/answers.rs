//! Answers to a form: mostly right ones, wrong ones in one place, and ones of no sense.

use crate::chance::Chance;
use crate::definition::LAST_WORKED;
use formdef::{Field, Form, Lists};
use serde_json::{Map, Value, json};

/// Texts with what is hard about texts: marks apart from letters, letters that look alike, characters that cannot be
/// seen, white space at the ends, characters of two halves.
const TEXTS: &[&str] = &[
    "Lan",
    "Ngọc Ánh",
    "ĐẶNG THỊ LAN",
    "đặng thị lan",
    "Ðức",
    "Ɖào",
    "H'Hen Niê",
    "H’Hen Niê",
    "Y Blăm Niê-Kdăm",
    "An 2",
    "x",
    "0",
    "UBND phường Cổ Nhuế",
    "p.Cửa Đông",
    "xa Quan Hoa (cũ)",
    "Thị trấn Thử",
    "Số 1, ngõ 2",
    "a\nb",
    "Ⅷ",
    "𠀋𠮷",
    "1️⃣",
    "ß ẞ İ ı",
    "ὈΔΥΣΣΕΎΣ",
];
const BAD_TEXTS: &[&str] = &[
    "",
    " ",
    "Lan ",
    "\u{a0}Lan",
    "La  n",
    "e\u{301}",
    "a\u{200b}b",
    "a\u{ad}b",
    "\u{feff}x",
    "\u{85}",
    "a\u{202e}b",
    "\u{2028}",
    "a\r\nb",
    "a\tb",
    "\u{0}",
    "\u{3000}x",
    "\u{180e}x",
    "\u{1c}x",
    "x\u{1f}",
    "\u{ac00}\u{11a8}",
    "\u{212b}",
    "\u{e000}",
    "\u{378}",
];
const PHONES: &[&str] = &[
    "+84912345678",
    "+84321234567",
    "+841212345678",
    "+84437654321",
    "+842437654321",
];
const BAD_PHONES: &[&str] = &[
    "0912345678",
    "+8491234567",
    "+84112345678",
    "+84 912345678",
    "+84９12345678",
    "+84312345678",
];
const EMAILS: &[&str] = &["ten@vidu.vn", "a@b.c", "«tên»@ví.dụ.vn"];
const BAD_EMAILS: &[&str] = &[
    "ten@@vidu.vn",
    "ten@vidu",
    "@vidu.vn",
    "ten@.vn",
    "t en@vidu.vn",
    "ten;@vidu.vn",
    "ten@vidu..vn",
    "a@b\u{a0}.c",
];
const NUMBERS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    2.0,
    3.0,
    5.0,
    18.0,
    20.0,
    21.0,
    100.0,
    1000.0,
    8000.0,
    8001.0,
    -1.0,
    -1.5,
    0.1,
    0.2,
    0.5,
    1.25,
    2.675,
    49.95,
    0.000001,
    0.1234567,
    123_456.789_012,
    9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    4_503_599_627_370_497.5,
    -9_007_199_254_740_991.0,
    1e21,
    1e300,
];
const PAPER_NUMBERS: &[&str] = &[
    "001184000001",
    "001284000001",
    "001084123456",
    "012345678",
    "B1234567",
    "AB123456",
    "X1Y2Z",
    "123456789012345",
    "Giấy 12/2016",
];

/// Answers to some of the form's questions. What is computed is left out; where nothing refers to it, it may be wrong: the
/// page works out for itself what others depend on.
pub(crate) fn answers(chance: &mut Chance, form: &Form, lists: &Lists) -> Map<String, Value> {
    let mut answers = Map::new();
    for field in form.fields() {
        let percent = match (&field.value, field.id.as_str()) {
            (None, _) => 80,
            (Some(_), LAST_WORKED) => 10,
            (Some(_), _) => 0,
        };
        if chance.percent(percent) {
            answers.insert(field.id.clone(), answer(chance, field, lists));
        }
    }
    if chance.percent(5) {
        answers.insert("nobody.asked".into(), any(chance));
    }
    answers
}

/// A right answer, in four of five; else a damaged one, or one to another question.
fn answer(chance: &mut Chance, field: &Field, lists: &Lists) -> Value {
    let right = right(chance, field, lists);
    match chance.below(20) {
        0..=15 => right,
        16..=18 => damaged(chance, right),
        _ => any(chance),
    }
}

/// What the kind takes; bounds and other answers may still refuse it.
fn right(chance: &mut Chance, field: &Field, lists: &Lists) -> Value {
    let code = |chance: &mut Chance, list: &str| {
        let items = lists.get(list).map_or(&[][..], |list| &list.items);
        json!(items[chance.below(items.len())].code)
    };
    match field.kind.name() {
        "integer" | "number" | "money" | "computed" => json!(NUMBERS[chance.below(NUMBERS.len())]),
        "entry" => json!(1 + chance.below(4)),
        "date" => json!(day(chance)),
        "partial-date" => {
            let day = day(chance);
            json!(day[..[4, 7, 10][chance.below(3)]])
        }
        "time" => {
            json!(["05:40", "23:59", "00:00", "05", "24:00", "5:40", "05:60"][chance.below(7)])
        }
        "choice" => match &field.list {
            Some(list) => code(chance, list),
            None => json!(field.options[chance.below(field.options.len())].value),
        },
        "multi-choice" => {
            let codes: Vec<Value> = match &field.list {
                Some(list) => lists[list]
                    .items
                    .iter()
                    .map(|item| json!(item.code))
                    .collect(),
                None => field
                    .options
                    .iter()
                    .map(|option| json!(option.value))
                    .collect(),
            };
            let chosen = codes.into_iter().filter(|_| chance.percent(40));
            Value::Array(chosen.collect())
        }
        "yes-no" | "declaration" => json!(chance.percent(70)),
        "phone" => json!(chance.pick(PHONES)),
        "email" => json!(chance.pick(EMAILS)),
        "agency" => code(chance, "agencies"),
        "id-paper" => paper(chance, lists),
        "admin-unit" if field.levels == Some(1) => json!({"province": code(chance, "provinces")}),
        "admin-unit" | "address" | "residence" => place(chance, field, lists),
        "attachment" => (0..1 + chance.below(3)).map(|_| file(chance)).collect(),
        "country-place" => {
            json!({"country": code(chance, "countries"), "place": chance.pick(TEXTS)})
        }
        "repeat" => {
            let entries = 1 + chance.below(4);
            (0..entries).map(|_| entry(chance, field, lists)).collect()
        }
        _ => json!(chance.pick(TEXTS)),
    }
}

fn entry(chance: &mut Chance, field: &Field, lists: &Lists) -> Value {
    let mut entry = Map::new();
    for member in &field.fields {
        if chance.percent(80) {
            entry.insert(member.id.clone(), answer(chance, member, lists));
        }
    }
    Value::Object(entry)
}

/// What is said of a file that was sent.
fn file(chance: &mut Chance) -> Value {
    json!({
        "part": format!("a-{}", chance.below(5)),
        "name": chance.pick(TEXTS),
        "type": chance.pick(&["image/jpeg", "image/jpeg", "application/pdf", "image/png", "text/html"]),
        "size": NUMBERS[chance.below(NUMBERS.len())],
    })
}

fn day(chance: &mut Chance) -> String {
    let year = [1880, 1879, 1900, 1984, 2000, 2015, 2016, 2017, 2018, 9999][chance.below(10)];
    let month = chance.below(13);
    format!("{year:04}-{month:02}-{:02}", 1 + chance.below(31))
}

fn paper(chance: &mut Chance, lists: &Lists) -> Value {
    let items = &lists["id-paper"].items;
    let number = chance.pick(PAPER_NUMBERS);
    let kind = &items[chance.below(items.len())].code;
    // The order of the parts says nothing.
    let mut paper = match chance.percent(80) {
        true => json!({"type": kind, "number": number}),
        false => json!({"number": number, "type": kind}),
    };
    if chance.percent(40) {
        paper["issued_on"] = json!(day(chance));
    }
    if chance.percent(30) {
        paper["issued_by"] = json!(chance.pick(TEXTS));
    }
    paper
}

fn place(chance: &mut Chance, field: &Field, lists: &Lists) -> Value {
    let code = |chance: &mut Chance, list: &str| {
        lists[list].items[chance.below(lists[list].items.len())]
            .code
            .clone()
    };
    let mut place = Map::new();
    let kind = field.kind.name();
    if kind == "residence" {
        place.insert("kind".into(), code(chance, "residence-kind").into());
    }
    if kind == "residence" && chance.percent(30) {
        place.insert("country".into(), code(chance, "countries").into());
    } else {
        let province = code(chance, "provinces");
        let (below, unit) = match province == "01" && chance.percent(85) {
            true => ("ward", code(chance, "agencies")),
            false => ("unit", chance.pick(TEXTS).to_owned()),
        };
        place.insert("province".into(), province.into());
        place.insert(below.into(), unit.into());
    }
    if kind != "admin-unit" {
        place.insert("detail".into(), chance.pick(TEXTS).into());
    }
    Value::Object(place)
}

/// The answer with one thing about it that may be wrong.
fn damaged(chance: &mut Chance, answer: Value) -> Value {
    match answer {
        Value::Object(mut members) => {
            let keys: Vec<String> = members.keys().cloned().collect();
            let strange = [
                "x",
                "ward",
                "unit",
                "country",
                "province",
                "detail",
                "issued_on",
                "constructor",
            ];
            match keys.get(chance.below(keys.len() + 1)) {
                Some(key) if chance.percent(40) => {
                    members.remove(key);
                }
                Some(key) => members[key] = damaged(chance, members[key].clone()),
                None => {
                    members.insert(chance.pick(&strange).into(), any(chance));
                }
            }
            Value::Object(members)
        }
        Value::Array(mut items) => {
            match (chance.below(5), items.len()) {
                (0, _) | (_, 0) => items.push(any(chance)),
                (1, count) => items.push(items[chance.below(count)].clone()),
                (2, _) => items.reverse(),
                (3, _) => items.clear(),
                (_, count) => {
                    let at = chance.below(count);
                    items[at] = damaged(chance, items[at].clone());
                }
            }
            Value::Array(items)
        }
        Value::String(text) => match chance.below(5) {
            0 => json!(chance.pick(BAD_TEXTS)),
            1 => json!(format!("{text}{}", chance.pick(BAD_TEXTS))),
            2 => json!(chance.pick(BAD_PHONES)),
            3 => json!(chance.pick(BAD_EMAILS)),
            _ => json!(text.repeat([0, 10, 60, 300][chance.below(4)])),
        },
        _ => any(chance),
    }
}

/// Anything that JSON can say.
fn any(chance: &mut Chance) -> Value {
    match chance.below(9) {
        0 => Value::Null,
        1 => json!(chance.percent(50)),
        2 => json!(NUMBERS[chance.below(NUMBERS.len())]),
        3 => json!(chance.pick(TEXTS)),
        4 => json!(chance.pick(BAD_TEXTS)),
        5 => json!([any(chance)]),
        6 => json!({"province": "01", "x": any(chance)}),
        7 => json!(["0", "1", "00043", "2016-08-10", "CCCD", "true"][chance.below(6)]),
        _ if chance.percent(50) => json!([]),
        _ => json!({}),
    }
}
