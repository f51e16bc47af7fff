//! `motcua new`, `schema`, `completions`: what people begin with, by the real program.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn motcua(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(arguments)
        .current_dir(dir)
        .env("LC_ALL", "C")
        .output()
        .unwrap()
}

fn done(dir: &Path, arguments: &[&str]) -> String {
    let output = motcua(dir, arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {out}{err}");
    out
}

fn refused(dir: &Path, arguments: &[&str]) -> String {
    let output = motcua(dir, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let walk = walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap);
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let bytes = fs::read(entry.path()).unwrap();
            (entry.path().strip_prefix(dir).unwrap().to_owned(), bytes)
        })
        .collect()
}

/// A new portal in a folder of its own.
fn new_portal() -> PathBuf {
    let parent = support::new_dir();
    done(&parent, &["new", "portal", "cong"]);
    parent.join("cong")
}

#[test]
fn a_new_portal_passes_and_builds_with_nothing_beside_the_program() {
    let dir = new_portal();
    assert!(done(&dir, &["check"]).ends_with("no fault\n"));
    done(&dir, &["new", "form", "xac-nhan"]);
    done(
        &dir,
        &[
            "new",
            "form",
            "xac-nhan-khac",
            "--like",
            "xac-nhan",
            "--title",
            "Xác nhận \"khác\"",
        ],
    );
    let checked = done(&dir, &["check"]);
    assert!(
        checked.starts_with("2 services, 2 agencies (2 open)"),
        "{checked}"
    );
    done(&dir, &["build"]);
    let home = fs::read_to_string(dir.join("target/portal/index.html")).unwrap();
    assert!(
        home.contains("Xác nhận \"khác\"") || home.contains("Xác nhận &quot;khác&quot;"),
        "{home}"
    );
}

#[test]
fn the_site_of_a_new_portal_is_this_repository_s() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../site");
    let (given, own) = (files(&new_portal().join("site")), files(&here));
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&given),
        names(&own),
        "rebuild motcua: touch generator/src/start.rs"
    );
    assert!(given == own, "rebuild motcua: touch generator/src/start.rs");
}

#[test]
fn what_is_there_is_never_touched() {
    let dir = new_portal();
    done(&dir, &["new", "form", "xac-nhan"]);
    let before = files(&dir);
    let parent = dir.parent().unwrap();
    assert!(refused(parent, &["new", "portal", "cong"]).starts_with("cong: is there already"));
    assert!(
        refused(&dir, &["new", "form", "xac-nhan"]).starts_with("forms/xac-nhan: is there already")
    );
    assert!(
        refused(&dir, &["new", "form", "xac-nhan", "--like", "xac-nhan"])
            .contains("is there already")
    );
    assert_eq!(
        refused(&dir, &["new", "form", "moi", "--like", "khong-co"]),
        "forms/khong-co: there is no such service\n  = the services are: xac-nhan\n"
    );
    assert!(
        refused(&dir, &["new", "form", "../ngoai"])
            .starts_with("`../ngoai` cannot be a service's id")
    );
    assert!(refused(parent, &["new", "form", "moi"]).starts_with("forms: holds no portal.toml"));
    assert_eq!(files(&dir), before);
    assert_eq!(
        fs::read_dir(parent).unwrap().count(),
        1,
        "nothing half written"
    );
}

#[test]
fn a_form_like_a_shipped_one_passes_and_shares_its_sections() {
    let mut options = support::whole_portal();
    let copy = support::new_dir().join("forms");
    support::copy_dir(&options.forms, &copy, &mut |paths| paths.sort());
    options.forms = copy;
    let dir = options.forms.parent().unwrap();
    let services: Vec<String> = fs::read_dir(&options.forms)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("form.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    for service in &services {
        done(
            dir,
            &["new", "form", &format!("{service}-moi"), "--like", service],
        );
        let own = fs::read_to_string(options.forms.join(service).join("form.toml")).unwrap();
        let like =
            fs::read_to_string(options.forms.join(format!("{service}-moi/form.toml"))).unwrap();
        assert_eq!(
            own.matches("\nuse = ").count(),
            like.matches("\nuse = ").count()
        );
    }
    let summary = generator::check(&options).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(summary.services, 2 * services.len());
}

#[test]
fn programs_find_sitemap_robots_and_security() {
    let dir = new_portal();
    done(&dir, &["new", "form", "xac-nhan"]);
    done(&dir, &["build", "--date", "2016-08-10"]);
    let read = |path: &str| fs::read_to_string(dir.join("target/portal").join(path)).unwrap();
    let sitemap = read("sitemap.xml");
    assert!(sitemap.contains("<url><loc>https://dichvucong.example/en/xac-nhan/form/</loc><xhtml:link rel=\"alternate\" hreflang=\"vi\" href=\"https://dichvucong.example/xac-nhan/form/\"/>"), "{sitemap}");
    assert!(!sitemap.contains("404"));
    let pages = walkdir::WalkDir::new(dir.join("target/portal"))
        .into_iter()
        .map(Result::unwrap);
    let pages = pages
        .filter(|entry| entry.file_name() == "index.html")
        .count();
    assert_eq!(sitemap.matches("<url>").count(), pages);
    assert!(read("robots.txt").ends_with("\nSitemap: https://dichvucong.example/sitemap.xml\n"));
    assert_eq!(
        read(".well-known/security.txt"),
        "Contact: mailto:an-ninh@dichvucong.example\nExpires: 2017-02-06T00:00:00+07:00\nPreferred-Languages: vi, en\nCanonical: https://dichvucong.example/.well-known/security.txt\n"
    );
}

#[test]
fn schemas_offer_what_the_portal_has() {
    let dir = new_portal();
    done(&dir, &["schema"]);
    let form: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("schemas/form.schema.json")).unwrap()).unwrap();
    let sections = &form["properties"]["section"]["items"]["then"]["properties"];
    assert_eq!(
        sections["use"]["anyOf"][0]["enum"],
        serde_json::json!(["declaration", "requester"])
    );
    assert_eq!(
        form["definitions"]["words"]["required"],
        serde_json::json!(["vi"])
    );
    let portal = fs::read_to_string(dir.join("schemas/portal.schema.json")).unwrap();
    assert!(portal.contains("\"validity_days\""), "{portal}");
}

#[test]
fn shells_complete() {
    for shell in ["bash", "zsh", "fish"] {
        let script = done(Path::new("."), &["completions", shell]);
        assert!(
            script.contains("motcua") && script.contains("like"),
            "{shell}"
        );
    }
}

#[test]
fn texts_go_to_a_translator_and_come_back_with_layout_kept() {
    let dir = new_portal();
    done(&dir, &["new", "form", "xac-nhan"]);
    let form = dir.join("forms/xac-nhan/form.toml");
    let portal = dir.join("forms/portal.toml");
    // A third language is a matter of data alone.
    support::edit(&portal, "[\"vi\", \"en\"]", "[\"vi\", \"en\", \"fr\"]");
    done(&dir, &["check"]);
    let export = [
        "translations",
        "--language",
        "fr",
        "--export",
        "fr.csv",
        "--missing",
    ];
    assert!(done(&dir, &export).starts_with("fr: 0 of "));
    let csv = fs::read_to_string(dir.join("fr.csv")).unwrap();
    let translated: Vec<String> = csv
        .lines()
        .map(|line| match line {
            "forms/xac-nhan/form.toml,title,xac-nhan," => format!("{line}Attestation"),
            "forms/xac-nhan/form.toml,section/2/field/0/label,Số bản cần cấp," => {
                format!("{line}Nombre")
            }
            "forms/lists/sex.csv,1,Nam," => format!("{line}Homme"),
            "site/translations/form.vi.toml,form/next,Tiếp tục," => format!("{line}Continuer"),
            "site/translations/faults.vi.toml,faults/required,Hãy điền mục «{label}».," => {
                format!("{line}Répondez à « {{label}} ».")
            }
            line => line.to_owned(),
        })
        .collect();
    fs::write(dir.join("fr.csv"), translated.join("\n")).unwrap();
    let before = fs::read_to_string(&form).unwrap();
    let import = ["translations", "--language", "fr", "--import", "fr.csv"];
    assert_eq!(done(&dir, &import), "5 texts put into 4 files\n");
    let after = fs::read_to_string(&form).unwrap();
    let without = after
        .replace("title.fr = \"Attestation\"\n", "")
        .replace("label.fr = \"Nombre\"\n", "");
    assert_eq!(without, before);
    assert!(done(&dir, &["translations", "--language", "fr"]).starts_with("fr: 5 of "));
    assert!(
        done(&dir, &["build"]).contains("fr: "),
        "what is shown in the default language is counted"
    );
    let page = fs::read_to_string(dir.join("target/portal/fr/xac-nhan/form/index.html")).unwrap();
    for words in [
        "<html lang=fr",
        "Attestation",
        "Nombre",
        "Continuer",
        "Kính gửi",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let portal = dir.join("target/portal");
    let faults = files(&portal.join("assets")).into_iter();
    let mut faults = faults.filter(|(path, _)| path.to_string_lossy().contains("words.faults."));
    let faults = faults.find(|(_, words)| String::from_utf8_lossy(words).contains("Répondez à"));
    let (name, faults) = faults.expect("the words of faults in French");
    assert!(page.contains(name.to_string_lossy().split('.').nth(2).unwrap()));
    assert!(
        String::from_utf8_lossy(&faults).contains("Câu trả lời không đúng dạng"),
        "what lacks is in the default language"
    );
    let home = fs::read_to_string(portal.join("en/index.html")).unwrap();
    for other in [
        "<a href=/ hreflang=vi lang=vi>",
        "<a href=/fr/ hreflang=fr lang=fr>",
    ] {
        assert!(home.contains(other), "{other}: {home}");
    }
    // What was translated is no longer there: nothing is written.
    support::edit(&form, "title.vi = \"xac-nhan\"", "title.vi = \"Xác nhận\"");
    let before = files(&dir.join("forms"));
    assert!(
        refused(&dir, &import)
            .contains("the words that were translated are no longer those of `title`")
    );
    assert_eq!(files(&dir.join("forms")), before);
}
