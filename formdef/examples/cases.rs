//! Prints every case with its form compiled, as one JSON array, for the tests of the page's script:
//! `[{"name", "form", "lists": {id: list}, "answers", "at", "expect": [{"field", "rule", "severity"}]}]`.
//!
//! ```sh
//! cargo run --quiet -p formdef --example cases > cases.json
//! ```

#[allow(dead_code)] // The test uses more of it.
#[path = "../cases/read.rs"]
mod read;

use serde_json::{Value, json};

fn main() {
    let lists = &read::shelf().lists;
    let cases: Vec<Value> = read::all()
        .into_iter()
        .map(|case| {
            let used = lists
                .iter()
                .filter(|(id, _)| case.form.lists.contains_key(*id));
            json!({
                "name": case.name,
                "form": case.form,
                "messages": case.form.messages("vi"),
                "lists": used.collect::<std::collections::BTreeMap<_, _>>(),
                "answers": case.answers,
                "at": case.at,
                "expect": case.expect,
            })
        })
        .collect();
    println!("{}", Value::from(cases));
}
