//! A page's script, joined and made small, does what its modules do.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

/// The core without its beginning. It needs no page: what it prints depends on the pure modules alone.
const DRIVER: &str = r#"import './steps.js';
import './core.js';
import './seal.js';
import { answerOf, daySpan, evaluate, isoDay } from './expr.js';
import { isCanonical, isPlain, twoDigits } from './characters.js';

const trees = [['&&', true, false], ['plus_days', '2016-02-28', 2], ['!', ['d<', '2016-08-10', '2016-08-09']], ['?', true, 'a', 'b'], ['in', 'x', 'x', 'y']];
const told = [isoDay(17000), daySpan('2016-02'), twoDigits('7'), isCanonical(' a'), isPlain('Đỗ', 5), typeof answerOf];
for (const tree of trees) told.push(evaluate(tree, { answers: {}, today: '2016-08-10' }) ?? 'unknown');
console.log(JSON.stringify(told));
"#;

fn node(script: &Path) -> String {
    let output = Command::new("node")
        .arg(script)
        .output()
        .expect("node is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_small_script_says_what_the_modules_say() {
    let mut options = support::fixture();
    let site = support::new_dir().join("site");
    support::copy_dir(&options.site, &site, &mut |_| ());
    fs::write(site.join("script/form.js"), DRIVER).unwrap();
    fs::write(site.join("package.json"), r#"{"type":"module"}"#).unwrap();
    options.site.clone_from(&site);

    let output = generator::make(&options).unwrap().output;
    let (_, small) = output
        .files()
        .find(|(path, _)| path.starts_with("assets/form."))
        .unwrap();
    let file = support::new_dir().join("form.mjs");
    fs::write(&file, small).unwrap();
    let said = node(&file);
    assert!(said.starts_with("[\"2016-07-18\","), "{said}");
    assert_eq!(said, node(&site.join("script/form.js")));
}
