//! Prints every case with its form compiled, as one JSON array, for the tests of the page's script:
//! `[{"name", "form", "page", "words", "lists": {id: list}, "answers", "at", "expect": [{"field", "rule", "severity"}]}]`.
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
                .filter(|(id, _)| case.form.lists.contains_key(*id))
                .map(|(id, list)| (id, page_list(list)));
            json!({
                "name": case.name,
                "form": case.form,
                "page": case.form.page(&[]),
                "words": case.form.all_words("vi", &formdef::fault_words("vi")),
                "lists": used.collect::<std::collections::BTreeMap<_, _>>(),
                "answers": case.answers,
                "at": case.at,
                "expect": case.expect,
            })
        })
        .collect();
    println!("{}", Value::from(cases));
}

/// A list as pages load it.
fn page_list(list: &formdef::List) -> Value {
    serde_json::from_str(&list.page("vi")).unwrap_or_default()
}
