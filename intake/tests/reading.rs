//! `list` and `show`: what officers see, whatever was typed.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use serde_json::{Value, json};
use support::page::{Page, reference_of};
use support::program::{fails, output, succeeds};
use support::relay::Relay;
use support::{Site, config};

/// Hostile in every way that an answer can be: markup, an escape sequence, text running backwards.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{1b}[2J\u{202e}nas & \"An\"";

#[test]
fn list_and_show_find_a_case_however_it_is_named() {
    let site = Site::new("list");
    let item = Page::good(1)
        .answer("ward", "born", json!("2016-08-11"))
        .send();
    let mut refused = Page::good(2).send();
    refused["receipt"] = json!("a.b.c");
    let relay = Relay::holding(&site, [item.clone(), refused]);
    site.write("intake.toml", &config(&relay.origin));
    succeeds(&site, &["run", "--once"]);

    let reference = reference_of(&item);
    let table = succeeds(&site, &["list"]);
    let lines: Vec<Vec<&str>> = table
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
                .collect()
        })
        .collect();
    assert_eq!(
        lines[0],
        [
            "REFERENCE",
            "RECEIVED",
            "FORM",
            "OFFICES",
            "STATE",
            "FAULTS"
        ]
    );
    assert_eq!(
        lines[1],
        [
            &reference,
            "2016-08-10 09:31:01 +07:00",
            "test-form 3",
            "ca-001 recovery 00001",
            "handed over",
            "1"
        ]
    );
    assert_eq!(
        lines[2],
        [
            &Page::good(2).id().to_string(),
            "-",
            "-",
            "-",
            "quarantine (receipt)",
            "-"
        ]
    );
    assert_eq!(lines.len(), 3);

    let id = Page::good(1).id().to_string();
    let typed = [
        id.clone(),
        reference.clone(),
        reference.to_lowercase(),
        reference.replace('-', ""),
    ];
    let shown: Vec<String> = typed
        .iter()
        .map(|typed| succeeds(&site, &["show", typed]))
        .collect();
    assert!(shown.iter().all(|text| *text == shown[0]));
    assert!(fails(&site, &["show", "00000-00000"]).contains("no submission"));

    let json: Value = serde_json::from_str(&succeeds(&site, &["show", &id, "--json"])).unwrap();
    assert_eq!(json["ledger"]["reference"], json!(reference));
    let cases = json["cases"].as_array().unwrap();
    assert!(cases.contains(&site.case("00001")) && cases.contains(&site.case("ca-001")));
}

#[test]
fn the_declaration_is_laid_out_as_the_form_asks() {
    let site = Site::new("declaration");
    let page = Page::good(1).answer("ward", "born", json!("2016-08-11"));
    let relay = Relay::holding(&site, [page.send()]);
    site.drain(&relay).unwrap();
    let text = succeeds(&site, &["show", &page.id().to_string()]);
    let ward = text
        .split("TỜ KHAI: ")
        .find(|sheet| sheet.contains("(ward)"))
        .unwrap();
    for line in [
        "Kính gửi: Phường Phúc Xá, Quận Ba Đình",
        "Nhận lúc: 2016-08-10 09:31:01 +07:00",
        "Người nộp",
        "  Họ và tên: Nguyễn Văn An",
        "  Ngày sinh: 11/08/2016",
        "    ! SAI [R-PAST] Ngày sinh sau ngày nộp.",
        "  1. Tên: Y Blăm Niê Kdăm",
    ] {
        assert!(
            ward.lines().any(|shown| shown == line),
            "{line}\nis not in\n{ward}"
        );
    }
    assert!(text.contains("Kính gửi: ca-001 – Quận Ba Đình"), "{text}");
    assert!(
        !ward.contains("Ghi chú"),
        "what is not asked of it is not on its sheet"
    );
}

#[test]
fn hostile_answers_are_harmless_everywhere() {
    let site = Site::new("hostile-answers");
    let page = Page::good(1)
        .answer("ward", "name", json!(HOSTILE))
        .answer("police", "name", json!(HOSTILE))
        .answer("ward", "<script>", json!(HOSTILE))
        .answer("ward", "people", json!([{"full_name": HOSTILE}]));
    let relay = Relay::holding(&site, [page.send()]);
    site.write("intake.toml", &config(&relay.origin));
    let run = output(&site, &["run", "--once"]);
    let log = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
    assert!(run.status.success(), "{log}");
    assert!(
        !log.contains("onerror") && !log.contains("script"),
        "no answer in the log: {log}"
    );
    assert_eq!(
        site.case("00001")["answers"]["name"],
        json!(HOSTILE),
        "handed over as it is"
    );

    let id = page.id().to_string();
    let harmless = |text: &str| {
        !text
            .chars()
            .any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
    };
    let html = succeeds(&site, &["show", &id, "--html"]);
    assert!(
        html.contains(
            "&lt;img src=x onerror=alert(1)&gt;\\u{1b}[2J\\u{202e}nas &amp; &quot;An&quot;"
        ),
        "{html}"
    );
    assert!(!html.contains("<img") && !html.contains("<script") && harmless(&html));
    assert!(html.contains("<h1>Tờ khai &lt;thử&gt; &amp; xem</h1>"));
    assert!(html.contains("default-src 'none'"));

    let text = succeeds(&site, &["show", &id]);
    assert!(
        text.contains("onerror=alert(1)>\\u{1b}[2J\\u{202e}nas") && harmless(&text),
        "{text}"
    );
    let json = succeeds(&site, &["show", &id, "--json"]);
    assert!(harmless(&json));
    let back: Value = serde_json::from_str(&json).unwrap();
    assert!(
        back["cases"]
            .as_array()
            .unwrap()
            .contains(&site.case("00001"))
    );
}
