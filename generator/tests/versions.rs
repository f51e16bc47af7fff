//! Versions: what is published never changes, what comes after says what differs, and the old one is taken for a while.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use envelope::base64url;
use generator::history;
use generator::{Options, build, check, keep};
use serde_json::Value;
use support::edit;

const FORM: &str = "khai-sinh/form.toml";
/// The new version as an editor writes it: a new title, a new number, how long the old one is taken.
const NEXT: &str = "version = 2\naccept_until = 2016-12-31T00:00:00+07:00\n";

fn motcua(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_motcua");
    Command::new(program).args(arguments).output().unwrap()
}

fn check_against(options: &Options, published: &str) -> (bool, String) {
    let (forms, site) = (
        options.forms.to_str().unwrap(),
        options.site.to_str().unwrap(),
    );
    let output = motcua(&[
        "check",
        "--forms",
        forms,
        "--site",
        site,
        "--against",
        published,
    ]);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (
        output.status.success(),
        said.concat().replace(forms, "forms"),
    )
}

/// The fixture, published: its forms can be changed, its portal is in `out`.
fn published() -> (Options, String) {
    let mut options = support::fixture_copy();
    options.keys = Some(support::keys());
    build(&options).unwrap();
    let out = options.out.to_str().unwrap().to_owned();
    (options, out)
}

fn change(options: &Options) {
    edit(
        &options.forms.join(FORM),
        "\"Cơ quan tiếp nhận\"",
        "\"Nộp tại\"",
    );
}

fn raise(options: &Options) {
    edit(&options.forms.join(FORM), "version = 1\n", NEXT);
}

fn catalogue(dir: &Path) -> Value {
    let jws = fs::read_to_string(dir.join("catalogue.jws")).unwrap();
    let payload = jws.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

#[test]
fn what_is_as_published_does_not_differ() {
    let (options, out) = published();
    for place in [out.clone(), format!("{out}/catalogue.jws")] {
        let (good, said) = check_against(&options, &place);
        assert!(good, "{said}");
        let unchecked = format!("who signed the catalogue of {place} was not checked");
        assert!(said.contains(&unchecked), "{said}");
        assert!(
            said.ends_with(&format!("0 of {place} differ, no fault\n")),
            "{said}"
        );
    }
}

#[test]
fn a_changed_form_without_a_new_version_is_a_fault_with_its_difference() {
    let (options, out) = published();
    change(&options);
    let (good, said) = check_against(&options, &out);
    assert!(!good);
    assert!(
        said.contains("khai-sinh: version 1 → 1\n  wording   agency: the question: «Cơ quan tiếp nhận» → «Nộp tại»\n"),
        "{said}"
    );
    assert!(
        said.contains(
            "forms/khai-sinh/form.toml:3:1: version 1 is published, and this is not what it says\n"
        ),
        "{said}"
    );
}

#[test]
fn the_version_before_must_be_kept_and_is_then_taken_until_its_end() {
    let (mut options, out) = published();
    change(&options);
    raise(&options);
    let (good, said) = check_against(&options, &out);
    assert!(!good);
    assert!(
        said.contains(&format!("= run: motcua keep --against {out}\n")),
        "{said}"
    );

    let kept = keep(&options, Some(&out), &[]).unwrap();
    assert!(kept.contains(&options.forms.join("published/forms/khai-sinh/1.json")));
    assert_eq!(
        keep(&options, Some(&out), &[]).unwrap(),
        Vec::<std::path::PathBuf>::new()
    );
    let (good, said) = check_against(&options, &out);
    assert!(good, "{said}");
    assert!(said.contains("khai-sinh: version 1 → 2\n"), "{said}");

    let old = fs::read(options.out.join("forms/khai-sinh/1.json")).unwrap();
    options.out = support::new_dir();
    build(&options).unwrap();
    assert_eq!(
        fs::read(options.out.join("forms/khai-sinh/1.json")).unwrap(),
        old
    );
    let catalogue = catalogue(&options.out);
    let forms = catalogue["forms"].as_array().unwrap();
    let listed: Vec<_> = forms
        .iter()
        .filter(|form| form["id"] == "khai-sinh")
        .map(|form| (form["version"].as_u64(), form["accept_until"].as_i64()))
        .collect();
    assert_eq!(listed, [(Some(1), Some(1_483_117_200)), (Some(2), None)]);
}

#[test]
fn every_check_holds_the_forms_against_what_is_kept() {
    let said = |change: &dyn Fn(&Options)| {
        let options = support::fixture_copy();
        keep(&options, None, &[]).unwrap();
        change(&options);
        let said = check(&options)
            .map(drop)
            .map_err(|failure| failure.to_string());
        said.unwrap_err()
            .replace(&*options.forms.to_string_lossy(), "forms")
    };
    for (change, words) in [
        (
            &change as &dyn Fn(&Options),
            "forms/khai-sinh/form.toml:3:1: version 1 is published, and this is not what it says",
        ),
        (
            &|options| edit(&options.forms.join(FORM), "version = 1", "version = 2"),
            "forms/khai-sinh/form.toml:3:1: it is not said until when version 1, which is published, is still taken",
        ),
        (
            &|options| {
                let kept = options.forms.join("published/forms/khai-sinh");
                let text = fs::read_to_string(kept.join("1.json")).unwrap();
                fs::write(
                    kept.join("4.json"),
                    text.replacen("\"version\":1", "\"version\":4", 1),
                )
                .unwrap();
            },
            "forms/khai-sinh/form.toml:3:1: version 4 is published: a version never goes back",
        ),
        (
            &|options| {
                let kept = options.forms.join("published/forms/khai-sinh");
                fs::rename(kept.join("1.json"), kept.join("3.json")).unwrap();
            },
            "forms/published/forms/khai-sinh/3.json: not a published file: this is version 1 of khai-sinh",
        ),
    ] {
        let said = said(change);
        assert!(said.lines().any(|line| line == words), "{words}\n{said}");
    }
}

#[test]
fn what_is_kept_is_never_written_over() {
    let options = support::fixture_copy();
    keep(&options, None, &[]).unwrap();
    let kept = options.forms.join("published/forms/khai-sinh/1.json");
    let text = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, text.replacen("Nơi nhận", "Nơi gửi", 1)).unwrap();
    let (other, out) = published();
    assert_eq!(other.forms.file_name(), options.forms.file_name());
    let said = keep(&options, Some(&out), &[]).unwrap_err().to_string();
    assert!(
        said.contains("1.json: another text is kept under this version; nothing was written"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_compared_with_is_said() {
    let options = support::fixture_copy();
    let nowhere = support::new_dir();
    for (place, words) in [
        (
            nowhere.to_str().unwrap(),
            "there is no folder `forms` with published forms",
        ),
        (
            "ftp://example.vn",
            "ftp://example.vn: not the address of a portal",
        ),
        (
            "http://127.0.0.1:9",
            "http://127.0.0.1:9/catalogue.jws: cannot be read",
        ),
    ] {
        let (good, said) = check_against(&options, place);
        assert!(!good && said.contains(words), "{said}");
    }
}

#[test]
fn a_portal_on_the_net_is_compared_with() {
    let (options, out) = published();
    let mut server = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(["serve", "--dir", &out, "--port", "0"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(server.stdout.take().unwrap()),
        &mut line,
    )
    .unwrap();
    let url = line.trim_end().strip_prefix("portal ").unwrap();
    change(&options);
    raise(&options);
    let kept = keep(&options, Some(url), &[]);
    let (good, said) = check_against(&options, url);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(kept.unwrap().len() > 2);
    assert!(
        good && said.contains("khai-sinh: version 1 → 2\n"),
        "{said}"
    );
}

#[test]
fn the_history_is_told_over_kept_portals_and_over_tags() {
    let (mut options, first) = published();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(&options.forms).args([
            "-c",
            "user.name=e",
            "-c",
            "user.email=e@example.vn",
        ]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    git(&["tag", "2016-08-10"]);
    change(&options);
    raise(&options);
    git(&["commit", "-qam", "second"]);
    git(&["tag", "2016-12-15"]);
    edit(
        &options.forms.join(FORM),
        "kind = \"agency\"",
        "kind = \"agencies\"",
    );
    git(&["commit", "-qam", "broken"]);
    git(&["tag", "2016-12-16"]);
    let forms = options.forms.clone();
    let tags = history::of_tags("khai-sinh", &forms).unwrap();
    let told = history::show("khai-sinh", &tags, formdef::Lang::En);
    let expected = "2016-08-10
khai-sinh: new
2016-12-15
khai-sinh: version 1 → 2
  wording   agency: the question: «Cơ quan tiếp nhận» → «Nộp tại»
2016-12-16
  not compared, it has faults for this program, the first: ";
    assert!(told.starts_with(expected), "{told}");
    edit(
        &options.forms.join(FORM),
        "kind = \"agencies\"",
        "kind = \"agency\"",
    );
    options.out = support::new_dir();
    build(&options).unwrap();
    let places = [first, options.out.to_str().unwrap().to_owned()];
    let kept = history::of_published("khai-sinh", &places, &[]).unwrap();
    let told = history::show("khai-sinh", &kept, formdef::Lang::Vi);
    assert!(told.contains("khai-sinh: phiên bản 1 → 2\n  câu chữ   agency: câu hỏi: «Cơ quan tiếp nhận» → «Nộp tại»"), "{told}");

    let output = motcua(&["history", "dong-dau", "--forms", forms.to_str().unwrap()]);
    assert!(output.status.success());
    let output = motcua(&["history", "khong-co", "--forms", forms.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("no tag of this repository has the form `khong-co`\n"),
        "{said}"
    );
    let output = motcua(&["history", "khai-sinh", "--forms", "/"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("/: git says: "), "{said}");
}
