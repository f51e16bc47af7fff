//! Definitions and answers that nobody wrote, and whether the page's script judges them as Rust does. Prints a
//! definition a line,
//!
//! `{"form", "page", "words", "lists", "pairs": [{"answers", "at", "fill": [field id]}]}`,
//!
//! and reads after each what the script says of its pairs, one line,
//!
//! `[{"filled": {field id: value}, "faults": [{"field", "rule", "severity", "message"}]}]`:
//!
//! the script's faults of the answers with the computed values that it filled in where it was asked to. At the end it
//! prints `{"definitions", "pairs", "faults", "rules", "filled", "different": […]}`. The same seed gives the same pairs.
//! `tests/js/agree.test.js` is on the other side.
//!
//! ```sh
//! PAIRS=100000 SEED=1 node --test tests/js/agree.test.js
//! ```

mod answers;
#[path = "../../cases/chance.rs"]
mod chance;
mod definition;
mod questions;
#[allow(dead_code)] // The test of the cases uses more of it.
#[path = "../../cases/read.rs"]
mod read;

use chance::Chance;
use formdef::{AnswerFault, Form, List, Lists, Moment, Source, check, parse};
use serde_json::{Map, Value, json};
use std::io::{BufRead, Write, stdin, stdout};

/// Answers to one definition.
const ANSWERS_EACH: usize = 25;
/// Before, on and after moments at which something opens, closes or changes.
const MOMENTS: &[&str] = &[
    "2016-08-09T23:59:59+07:00",
    "2016-08-10",
    "2016-08-10T07:30:00+07:00",
    "2016-02-29",
    "2016-12-15",
    "2017-06-17T17:29:59+07:00",
    "2017-06-17T17:30:00+07:00",
    "2018-11-14",
    "2019-01-01",
];
/// What no page can give, as it sends what it asks and works out itself; of what it worked out they count.
const NEVER: [&str; 3] = ["unknown-field", "not-shown", "computed"];
/// Disagreements that are told in full.
const TOLD_MAX: usize = 5;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (Some(Ok(seed)), Some(Ok(pairs))) = (arguments.next(), arguments.next()) else {
        return Err("write two numbers: SEED PAIRS".into());
    };
    let mut chance = Chance(seed);
    let lists = read::shelf().lists;
    let mut seen = Seen::default();
    while seen.pairs < pairs {
        let form = form(&mut chance);
        seen.definitions += 1;
        let asked: Vec<Pair> = (0..ANSWERS_EACH)
            .map(|_| Pair::new(&mut chance, &form, &lists))
            .collect();
        print(&line(&form, &lists, &asked))?;
        let mut answer = String::new();
        stdin()
            .lock()
            .read_line(&mut answer)
            .map_err(|error| error.to_string())?;
        let said: Vec<Value> =
            serde_json::from_str(&answer).map_err(|error| format!("{error}: {answer}"))?;
        for (pair, said) in asked.into_iter().zip(said) {
            seen.compare(&form, &lists, pair, &said);
        }
    }
    let Seen {
        definitions,
        pairs,
        faults,
        rules,
        filled,
        different,
    } = seen;
    print(
        &json!({"definitions": definitions, "pairs": pairs, "faults": faults, "rules": rules, "filled": filled, "different": different}),
    )
}

fn print(line: &Value) -> Result<(), String> {
    writeln!(stdout(), "{line}").map_err(|error| error.to_string())
}

/// The next definition without a fault: some say what can never be, and are none.
fn form(chance: &mut Chance) -> Form {
    let shelf = read::shelf();
    loop {
        let source = Source {
            path: "forms/pairs/form.toml".into(),
            text: definition::definition(chance),
        };
        if let (Some(form), _) = parse(&source, &shelf) {
            return form;
        }
    }
}

/// Answers at a moment, and the computed values that the script fills in.
struct Pair {
    answers: Map<String, Value>,
    at: &'static str,
    fill: Vec<String>,
}

impl Pair {
    fn new(chance: &mut Chance, form: &Form, lists: &Lists) -> Self {
        let answers = answers::answers(chance, form, lists);
        let open = form
            .fields()
            .filter(|field| field.value.is_some() && !answers.contains_key(&field.id));
        let fill = open
            .filter(|_| chance.percent(90))
            .map(|field| field.id.clone());
        Self {
            fill: fill.collect(),
            at: MOMENTS[chance.below(MOMENTS.len())],
            answers,
        }
    }
}

fn line(form: &Form, lists: &Lists, pairs: &[Pair]) -> Value {
    let used = lists.iter().filter(|(id, _)| form.lists.contains_key(*id));
    let pairs = pairs
        .iter()
        .map(|pair| json!({"answers": pair.answers, "at": pair.at, "fill": pair.fill}));
    json!({
        "form": form,
        "page": form.page(&[]),
        "words": form.all_words("vi", &formdef::fault_words("vi")),
        "lists": used.map(|(id, list)| (id, page_list(list))).collect::<std::collections::BTreeMap<_, _>>(),
        "pairs": pairs.collect::<Vec<_>>(),
    })
}

/// A list as pages load it.
fn page_list(list: &List) -> Value {
    serde_json::from_str(&list.page("vi")).unwrap_or_default()
}

/// What was compared.
#[derive(Default)]
struct Seen {
    definitions: u64,
    pairs: u64,
    faults: usize,
    /// Of the faults, those of rules.
    rules: usize,
    /// Computed values that the script filled in.
    filled: usize,
    different: Vec<Value>,
}

impl Seen {
    fn compare(&mut self, form: &Form, lists: &Lists, pair: Pair, said: &Value) {
        let Pair {
            mut answers, at, ..
        } = pair;
        let filled = said["filled"].as_object().cloned().unwrap_or_default();
        self.filled += filled.len();
        answers.extend(filled.clone());
        let moment = Moment::parse(at).expect("a moment");
        let faults: Vec<Value> = check(form, lists, &answers, moment, None)
            .iter()
            .filter(|fault| {
                !NEVER.contains(&fault.rule.as_str()) || filled.contains_key(&fault.field)
            })
            .map(|fault| told(form, fault))
            .collect();
        self.pairs += 1;
        self.faults += faults.len();
        self.rules += faults
            .iter()
            .filter(|fault| {
                fault["rule"]
                    .as_str()
                    .is_some_and(|rule| rule.starts_with("R-") && rule.len() == 3)
            })
            .count();
        if said["faults"] != json!(faults) && self.different.len() < TOLD_MAX {
            self.different.push(json!({"form": form, "answers": answers, "at": at, "rust": faults, "script": said["faults"]}));
        }
    }
}

/// A fault with its words; a page has none for files, as it takes none yet.
fn told(form: &Form, fault: &AnswerFault) -> Value {
    let field = form.field(&fault.field);
    let has_words = field.is_none_or(|field| field.kind.name() != "attachment");
    let message = has_words.then(|| fault.message.get("vi"));
    json!({"field": fault.field, "rule": fault.rule, "severity": fault.severity, "message": message})
}
