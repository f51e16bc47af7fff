//! `motcua build` says who reads what, and how long it takes to say it.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::process::Command;

use formdef::Lang;
use generator::readers::{TABLE_FORMS_MAX, table};
use generator::{Options, check};

fn build(options: &Options, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["build", "--lang", "en", "--date", "2016-08-10", "--forms"])
        .arg(&options.forms)
        .arg("--site")
        .arg(&options.site)
        .arg("--out")
        .arg(&options.out)
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_form_has_its_readers_and_the_rules_that_nobody_can_check_again() {
    let readers = check(&support::whole_portal()).unwrap().readers;
    let of_births: Vec<_> = readers
        .into_iter()
        .filter(|form| ["khai-sinh", "khai-sinh-bhyt"].contains(&form.form.as_str()))
        .collect();
    let english = table(&of_births, Lang::En);
    for lines in [
        "who reads what:\nkhai-sinh: ",
        " questions\n  ward  the office chosen in agency; reads everything\n",
        "\n  ward       the office chosen in agency; reads 44:\n             agency, requester*, child*,",
        "\n  insurance  office of kind insurance of the district of agency; reads 15:\n             agency, requester.phone, child.full_name,",
        "\n  no office can check again: R-GUARDIAN at bhyt.guardian",
    ] {
        assert!(english.contains(lines), "{lines}\n---\n{english}");
    }
    let vietnamese = table(&of_births, Lang::Vi);
    for lines in [
        "ai đọc được gì:\nkhai-sinh: ",
        " câu hỏi\n  ward  cơ quan chọn ở agency; đọc toàn bộ\n",
        "\n  insurance  cơ quan loại insurance của quận, huyện ở agency; đọc 15 câu:\n",
        "\n  không cơ quan nào kiểm tra lại được: R-GUARDIAN ở bhyt.guardian",
    ] {
        assert!(vietnamese.contains(lines), "{lines}\n---\n{vietnamese}");
    }
    let longest = english.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(110), "{english}");
}

#[test]
fn few_forms_are_a_table_many_a_line_and_quiet_is_quiet() {
    let options = support::fixture_copy();
    let line = "who reads what: 22 forms, 1 of them with several readers, 0 rules";
    let whole = "\n  ward  the office chosen in agency; reads everything\n";
    assert!(build(&options, &[]).contains(whole));
    assert!(!build(&options, &["--quiet"]).contains("reads"));

    for number in 1..=TABLE_FORMS_MAX {
        let form = options.forms.join(format!("mau-{number}"));
        fs::create_dir(&form).unwrap();
        fs::copy(
            options.forms.join("dong-dau/form.toml"),
            form.join("form.toml"),
        )
        .unwrap();
    }
    let said = build(&options, &[]);
    assert!(said.contains(line) && !said.contains(whole), "{said}");
    let said = build(&options, &["--readers"]);
    assert_eq!(said.matches(": 1 question\n").count(), 21, "{said}");
}
