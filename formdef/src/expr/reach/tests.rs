//! What is seen, and that nothing possible is called impossible.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::expr::evaluate::{Scope, evaluate};
use crate::expr::lower::{Purpose, lower};
use crate::expr::types::Codes;
use crate::kinds::plain;
use crate::list::Lists;
use crate::{Shelf, Source, parse};
use serde_json::{Value, json};
use std::rc::Rc;

const FORM: &str = r#"
title.vi = "Mẫu"
version = 1
level = 3
recipients = { ward = "agency" }
[[section]]
id = "s"
title.vi = "Mẫu"
field = [
  { id = "agency", kind = "agency", label.vi = "Kính gửi", required = true },
  { id = "a", kind = "choice", label.vi = "A", options = [{ value = "x", label.vi = "X" }, { value = "y", label.vi = "Y" }] },
  { id = "b", kind = "yes-no", label.vi = "B" },
  { id = "n", kind = "integer", label.vi = "N", min = 0, max = 20 },
  { id = "t", kind = "text", label.vi = "T", show_when = "b" },
  { id = "d", kind = "partial-date", label.vi = "D" },
  { id = "e", kind = "date", label.vi = "E" },
]
"#;

fn with_reach<T>(ask: impl FnOnce(&Reach<'_>, &Names<'_>) -> T) -> T {
    let agencies = r#"{"id":"agencies","items":[{"code":"1","label":{"vi":"Một"}}]}"#;
    let mut shelf = Shelf {
        languages: vec!["vi".into()],
        ..Shelf::default()
    };
    let agencies = crate::List::from_json(agencies).unwrap();
    shelf.lists.insert("agencies".into(), agencies);
    shelf.offices.insert("ward".into(), String::new());
    let source = Source {
        path: "forms/x/form.toml".into(),
        text: FORM.into(),
    };
    let (form, faults) = parse(&source, &shelf);
    let form = form.unwrap_or_else(|| panic!("{faults:?}"));
    let options = |values: [&str; 2]| {
        let values = values.map(str::to_owned).to_vec();
        Type::Code(Rc::new(Codes::Own("a".to_owned(), values)))
    };
    let fields = [
        ("a", options(["x", "y"])),
        ("b", Type::Bool),
        ("n", Type::Whole),
        ("t", Type::Text),
        ("d", Type::Date),
        ("e", Type::Date),
    ];
    let fields = fields.map(|(id, its)| (id.to_owned(), plain(its)));
    let lists = Lists::new();
    let names = Names {
        papers: BTreeSet::new(),
        fields: fields.into(),
        lists: &lists,
    };
    let reach = Reach {
        form: &form,
        names: &names,
        any_answer: false,
        never_shown: BTreeSet::new(),
        steps: Cell::new(0),
    };
    ask(&reach, &names)
}

fn tree(text: &str, names: &Names<'_>) -> Tree {
    lower(text, names, &Purpose::Condition)
        .unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
        .0
}

#[test]
fn what_can_never_be_is_seen() {
    let cases = [
        ("a == 'x' && a == 'y'", false, true),
        ("a != 'x' || a != 'y'", true, false),
        ("a in ['x', 'y']", true, false),
        ("a != 'x' && a != 'y'", false, true),
        ("b && !b", false, true),
        ("b == true || b == false", true, false),
        ("has(a) || !has(a)", true, false),
        ("!has(a) && a == 'x'", false, true),
        ("has(t) && !b", false, true),
        ("t == 'p' && t != 'p'", false, true),
        ("t == 'p' && 'q' == t", false, true),
        ("t == a && t == 'z'", false, true),
        ("starts_with(t, 'p') && !starts_with(t, 'p')", false, true),
        ("n > 5 && n < 3", false, true),
        ("n > 5 && n < 6", false, true),
        ("n > 20", false, true),
        ("n >= 0", true, false),
        ("n + 1 > n", true, false),
        ("n - 5 == 0 && n != 5", false, true),
        ("size(t) < 0", false, true),
        ("d > e && e > d", false, true),
        ("d == e && d != e", false, true),
        ("plus_days(e, 3) < e", false, true),
        ("e < date('1870-01-01')", false, true),
        ("e <= today() || e > today()", true, false),
        ("b ? a == 'x' && a == 'y' : !b && b", false, true),
        ("false", false, true),
        // What is possible, or not understood.
        ("n > 5 && n < 7", true, true),
        ("a == 'x' || b", true, true),
        ("d >= e && d <= e", true, true),
        ("same_name(t, 'p')", true, true),
        ("n * n < 0", true, true),
        ("d == d", true, false),
    ];
    with_reach(|reach, names| {
        for (text, can_be_true, can_be_false) in cases {
            let tree = tree(text, names);
            let can = |is| !reach.when(&reach.start(), &tree, is).is_empty();
            assert_eq!(
                (can(true), can(false)),
                (can_be_true, can_be_false),
                "{text}"
            );
        }
    });
}

/// Numbers that look random, the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.throw(of.len())]
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.comparison();
        }
        let (left, right) = (self.condition(depth - 1), self.condition(depth - 1));
        match self.throw(5) {
            0 => format!("({left} && {right})"),
            1 => format!("({left} || {right})"),
            2 => format!("!({left})"),
            3 => format!("({} ? {left} : {right})", self.comparison()),
            _ => left,
        }
    }

    fn comparison(&mut self) -> String {
        let sign = self.one(&["<", "<=", ">", ">=", "==", "!="]);
        let date = &[
            "d",
            "e",
            "today()",
            "date('2016-03-15')",
            "plus_days(e, 1)",
            "plus_years(d, 1)",
        ];
        let number = &[
            "n", "1", "2", "n + 1", "size(t)", "year(d)", "2016", "3 - n",
        ];
        match self.throw(6) {
            0 => format!("has({})", self.one(&["a", "b", "n", "t", "d", "e"])),
            1 => "b".to_owned(),
            2 => format!("a {} '{}'", self.one(&["==", "!="]), self.one(&["x", "y"])),
            3 => format!(
                "t {} {}",
                self.one(&["==", "!="]),
                self.one(&["'x'", "a", "'p'"])
            ),
            4 => format!("{} {sign} {}", self.one(date), self.one(date)),
            _ => format!("{} {sign} {}", self.one(number), self.one(number)),
        }
    }

    fn answers(&mut self) -> BTreeMap<&'static str, Value> {
        let choices: [(&str, Vec<Value>); 6] = [
            ("a", vec![json!("x"), json!("y")]),
            ("b", vec![json!(true), json!(false)]),
            ("n", vec![json!(0), json!(1), json!(2), json!(3)]),
            ("t", vec![json!("x"), json!("p"), json!("yy")]),
            (
                "d",
                vec![
                    json!("2016"),
                    json!("2016-03"),
                    json!("2016-03-15"),
                    json!("2017-01-01"),
                ],
            ),
            (
                "e",
                vec![
                    json!("2016-03-14"),
                    json!("2016-03-15"),
                    json!("2016-12-31"),
                ],
            ),
        ];
        let mut answers = BTreeMap::new();
        for (id, values) in choices {
            let shown = id != "t" || answers.get("b") == Some(&json!(true));
            let at = self.throw(values.len() + 1);
            if shown && let Some(value) = values.get(at) {
                answers.insert(id, value.clone());
            }
        }
        answers
    }
}

#[test]
fn what_is_called_impossible_never_happens() {
    let mut dice = Dice(1);
    let mut impossible = 0;
    let lists = Lists::new();
    with_reach(|reach, names| {
        for _ in 0..3_000 {
            let text = dice.condition(3);
            let tree = tree(&text, names);
            let can = [true, false].map(|is| !reach.when(&reach.start(), &tree, is).is_empty());
            impossible += can.iter().filter(|can| !**can).count();
            for _ in 0..40 {
                let answers = dice.answers();
                let scope = Scope {
                    answer: &|id| answers.get(id),
                    at: crate::Moment::parse("2016-03-15").unwrap(),
                    lists: &lists,
                };
                let is = evaluate(&tree, &scope).and_then(|known| known.boolean());
                let called_possible = is.is_none_or(|is| can[usize::from(!is)]);
                assert!(called_possible, "{text} is {is:?} for {answers:?}");
            }
        }
    });
    assert!(impossible > 100, "only {impossible} were called impossible");
}

#[test]
fn a_hostile_expression_takes_no_time() {
    with_reach(|reach, names| {
        let one = "(n == 1 || n == 2 || n == 3 || n == 4)";
        let nested = (0..28).fold(one.to_owned(), |inner, _| format!("({one} && {inner})"));
        assert!(
            !reach
                .when(&reach.start(), &tree(&nested, names), true)
                .is_empty()
        );
    });
}
