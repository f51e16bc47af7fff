//! What pages say.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use generator::content::Content;
use generator::output::Output;
use generator::{Options, make};
use serde_json::Value;
use support::{fixture, whole_portal};

fn page(output: &Output, path: &str) -> String {
    String::from_utf8(
        output
            .get(path)
            .unwrap_or_else(|| panic!("{path} is missing"))
            .to_vec(),
    )
    .unwrap()
}

/// Where each of the words stands; panics when one is missing.
fn places(text: &str, words: &[&str]) -> Vec<usize> {
    words
        .iter()
        .map(|word| {
            text.find(word)
                .unwrap_or_else(|| panic!("{word:?} is not in {text}"))
        })
        .collect()
}

#[test]
fn names_are_in_vietnamese_order() {
    let output = make(&fixture()).unwrap().output;
    let agencies = page(&output, "co-quan/index.html");
    let in_order = |words: &[&str]| assert!(places(&agencies, words).is_sorted(), "{words:?}");
    in_order(&[
        ">Quận Ba Đình</h2>",
        ">Huyện Ba Vì</h2>",
        ">Quận Đống Đa</h2>",
    ]);
    in_order(&["Phường Cống Vị", "Phường Đội Cấn", "Phường Phúc Xá"]);
    let list = page(&output, list_path(&output, "agencies").as_str());
    assert!(
        places(
            &list,
            &["Phường Cống Vị", "Phường Đội Cấn", "Phường Phúc Xá"]
        )
        .is_sorted()
    );
}

fn list_path(output: &Output, id: &str) -> String {
    let start = format!("{{\"id\":\"{id}\"");
    output
        .files()
        .find(|(path, bytes)| path.starts_with("lists/") && bytes.starts_with(start.as_bytes()))
        .unwrap()
        .0
        .to_owned()
}

#[test]
fn an_agency_says_from_when_it_takes_applications() {
    let path = "co-quan/thi-tran-tay-dang-ba-vi/index.html";
    let before = page(&make(&fixture()).unwrap().output, path);
    assert!(
        before.contains("Nhận hồ sơ trực tuyến từ ngày 15/12/2016."),
        "{before}"
    );
    assert!(before.contains("Công an huyện Ba Vì"), "{before}");
    let later = Options {
        now: envelope::UnixTime(1_481_734_800),
        ..fixture()
    };
    assert!(!page(&make(&later).unwrap().output, path).contains("Nhận hồ sơ trực tuyến từ"));
}

#[test]
fn an_agency_lists_and_counts_what_agencies_take() {
    let options = support::fixture_copy();
    let forms = options.forms.clone();
    let police = forms.join("xac-nhan");
    support::copy_dir(&forms.join("dong-dau"), &police, &mut |paths| paths.sort());
    let form = police.join("form.toml");
    support::edit(
        &form,
        "ward = \"agency\"",
        "police = { office = { district_of = \"agency\", kind = \"police\" }, reads = [\"*\"] }",
    );
    support::edit(&form, "version = 2\n", "version = 2\ngroup = \"ho-tich\"\n");
    let path = "co-quan/phuong-phuc-xa-ba-dinh/index.html";
    let few = page(&make(&options).unwrap().output, path);
    assert!(few.contains("href=/dong-dau/"), "{few}");
    assert!(
        !few.contains("href=/xac-nhan/"),
        "the police alone take it: {few}"
    );
    // Many that agencies do not take: theirs are as few as before.
    for number in 0..41 {
        let copy = forms.join(format!("xac-nhan-{number}"));
        support::copy_dir(&police, &copy, &mut |paths| paths.sort());
    }
    let output = make(&options).unwrap().output;
    let home = page(&output, "index.html");
    assert!(home.contains("43 thủ tục"), "{home}");
    let still_few = page(&output, path);
    assert!(still_few.contains("href=/khai-sinh/"), "{still_few}");
    assert!(!still_few.contains("xac-nhan"), "{still_few}");
    assert!(!still_few.contains("href=/linh-vuc/"), "{still_few}");
    // Too many to be listed: the field of life with how many it has, and the one that agencies do not take.
    for number in 0..41 {
        support::edit(
            &forms.join(format!("xac-nhan-{number}/form.toml")),
            "police = { office = { district_of = \"agency\", kind = \"police\" }, reads = [\"*\"] }",
            "ward = \"agency\"",
        );
    }
    support::edit(&form, "title.vi = \"", "title.vi = \"Riêng công an: ");
    let output = make(&options).unwrap().output;
    let (many, group) = (
        page(&output, path),
        page(&output, "linh-vuc/ho-tich/index.html"),
    );
    assert!(
        many.contains("43 thủ tục</span><details><summary>Trừ một số thủ tục (1)</summary><ul><li>Riêng công an: "),
        "{many}"
    );
    assert_eq!(group.matches("<li><h2>").count(), 43, "{group}");
}

/// The services that a page names, by their ids.
fn named(page: &str) -> BTreeSet<String> {
    let links = page.split("<h4><a href=").skip(1);
    let ids = links.filter_map(|rest| rest.split('/').nth(1));
    ids.map(str::to_owned).collect()
}

#[test]
fn an_agency_lists_what_it_takes_itself_as_the_form_does_and_the_check() {
    let options = support::fixture_copy();
    let form = options.forms.join("dong-dau/form.toml");
    support::edit(
        &form,
        "kind = \"agency\"\n",
        "kind = \"agency\"\nonly = [\"001\", \"00178\"]\n",
    );
    let made = make(&options).unwrap();
    let sources = generator::sources::Sources::read(&options.forms, &options.site).unwrap();
    let content = Content::read(&sources).unwrap();
    let service = |id: &str| content.services.iter().find(|its| its.form.id == id);
    let dong_dau = &service("dong-dau").unwrap().form;
    let at = formdef::Moment::parse("2017-06-15").unwrap();
    let schema: Value = serde_json::from_str(&page(&made.output, "dong-dau/schema.json")).unwrap();
    let offered = schema["properties"]["agency"]["enum"].as_array().unwrap();
    let mut takers = 0;
    for (district, agency) in content.districts.iter().flat_map(|district| {
        district
            .agencies
            .iter()
            .map(move |agency| (district, agency))
    }) {
        let code = agency.code.as_str();
        let takes = district.code == "001" || code == "00178";
        let path = format!("co-quan/{}/index.html", agency.slug);
        let listed = named(&page(&made.output, &path));
        assert_eq!(listed.contains("dong-dau"), takes, "{path}: {listed:?}");
        assert!(listed.contains("khai-sinh"), "{path}: {listed:?}");
        let answers = serde_json::json!({ "agency": code });
        let found = formdef::check(
            dong_dau,
            &content.lists,
            answers.as_object().unwrap(),
            at,
            None,
        );
        let is_refused = found
            .iter()
            .any(|fault| fault.field == "agency" && fault.rule == "not-taken");
        assert_eq!(is_refused, !takes, "{code}: {found:?}");
        assert_eq!(offered.contains(&code.into()), takes, "{code}");
        takers += usize::from(takes);
    }
    assert!(takers > 1, "{takers}");
    let of_service = page(&made.output, "dong-dau/index.html");
    assert!(
        of_service.contains(
            "<dt>Chỉ nhận qua mạng tại</dt><dd>Quận Ba Đình; Phường Cát Linh (Quận Đống Đa)</dd>"
        ),
        "{of_service}"
    );
    let form = page(&made.output, "dong-dau/form/index.html");
    assert!(form.contains("\"only\":[\"001\",\"00178\"]"), "{form}");
    // Who takes nothing says so.
    let birth = options.forms.join("khai-sinh/form.toml");
    support::edit(
        &birth,
        "kind = \"agency\"\n",
        "kind = \"agency\"\nonly = [\"001\"]\n",
    );
    let without = "co-quan/thi-tran-tay-dang-ba-vi/index.html";
    let nothing = page(&make(&options).unwrap().output, without);
    assert!(
        nothing.contains("chưa có thủ tục nào") && named(&nothing).is_empty(),
        "{nothing}"
    );
    let of_all = page(&made.output, "khai-sinh/index.html");
    assert!(!of_all.contains("Chỉ nhận"), "{of_all}");
}

#[test]
fn services_of_no_group_have_a_page_when_they_are_many() {
    let options = support::fixture_copy();
    let forms = options.forms.clone();
    let copies = |from: usize, to: usize| {
        for number in from..to {
            let copy = forms.join(format!("viec-{number}"));
            support::copy_dir(&forms.join("dong-dau"), &copy, &mut |paths| paths.sort());
        }
    };
    let agency = "co-quan/phuong-phuc-xa-ba-dinh/index.html";
    // Forty of them with the first: each is named wherever services are.
    copies(0, 39);
    let output = make(&options).unwrap().output;
    assert!(output.get("thu-tuc-khac/index.html").is_none());
    assert_eq!(named(&page(&output, "index.html")).len(), 40);
    copies(39, 40);
    let output = make(&options).unwrap().output;
    for path in ["index.html", agency] {
        let short = page(&output, path);
        assert!(named(&short).is_empty(), "{path}: {short}");
        assert!(
            short.contains("<a href=/thu-tuc-khac/>Thủ tục khác</a> <span class=tag>41 thủ tục"),
            "{path}: {short}"
        );
    }
    let others = page(&output, "thu-tuc-khac/index.html");
    assert_eq!(others.matches("<li><h2>").count(), 41, "{others}");
    assert!(page(&output, "dong-dau/index.html").contains("href=/thu-tuc-khac/"));
    assert!(output.get("en/other-services/index.html").is_some());
}

#[test]
fn a_service_says_who_reads_which_answers() {
    let output = make(&fixture()).unwrap().output;
    let vi = page(&output, "khai-sinh/index.html");
    for words in [
        "<h1>Đăng ký khai sinh</h1>",
        "Điền tờ khai & gửi.",
        "Giấy chứng sinh &lt;bản chính>",
        "Ủy ban nhân dân phường, xã, thị trấn",
        "Đọc được toàn bộ tờ khai.",
        "<b>Người được khai sinh</b>: Họ, chữ đệm, tên.",
        "Khóa này mở được toàn bộ tờ khai",
        "href=/khai-sinh/form/",
        "href=/khai-sinh/schema.json",
        "<table>",
    ] {
        assert!(vi.contains(words), "{words} is not in {vi}");
    }
    let en = page(&output, "en/khai-sinh/index.html");
    assert!(
        en.contains("<html lang=en>")
            && en.contains("Birth registration")
            && en.contains("href=/khai-sinh/ hreflang=vi lang=vi"),
        "{en}"
    );
    assert!(page(&output, "dong-dau/index.html").contains("đang chạy thử"));
}

#[test]
fn every_page_has_one_heading_a_title_and_a_main() {
    let made = make(&whole_portal()).unwrap();
    let mut titles = BTreeSet::new();
    for (path, text) in &made.plain_pages {
        assert_eq!(text.matches("<h1").count(), 1, "{path}: h1");
        assert_eq!(text.matches("<main").count(), 1, "{path}: main");
        assert_eq!(
            text.matches("class=\"skip\"").count(),
            1,
            "{path}: skip link"
        );
        let title = text
            .split_once("<title>")
            .unwrap()
            .1
            .split_once("</title>")
            .unwrap()
            .0;
        assert!(
            titles.insert((path.starts_with("en/"), title.to_owned())),
            "{path}: the title {title} is there twice"
        );
        let ids: Vec<&str> = text
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>().len(),
            ids.len(),
            "{path}: an id is there twice"
        );
    }
}

#[test]
fn every_link_within_the_portal_leads_somewhere() {
    let made = make(&whole_portal()).unwrap();
    for (path, text) in &made.plain_pages {
        for attribute in ["href=\"/", "src=\"/"] {
            for rest in text.split(attribute).skip(1) {
                let address = rest.split('"').next().unwrap();
                let (file, anchor) = address.split_once('#').unwrap_or((address, ""));
                let file = if file.is_empty() || file.ends_with('/') {
                    format!("{file}index.html")
                } else {
                    file.to_owned()
                };
                assert!(
                    made.output.get(&file).is_some(),
                    "{path} leads to /{address}"
                );
                let target = made.plain_pages.get(&file).filter(|_| !anchor.is_empty());
                assert!(
                    target.is_none_or(|target| target.contains(&format!("id=\"{anchor}\""))),
                    "{path} leads to /{address}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_inline_and_nothing_is_of_a_third_party() {
    let made = make(&whole_portal()).unwrap();
    for (path, text) in &made.plain_pages {
        for inline in [" style=\"", "<style", " onclick=", "javascript:", "<iframe"] {
            assert!(!text.contains(inline), "{path}: {inline}");
        }
        for script in text.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(
                tag.contains("src=\"/assets/") || tag.contains("application/json"),
                "{path}: <script{tag}>"
            );
        }
    }
    let policy = "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self' https://nhan.dichvucong.example;form-action 'none';base-uri 'none';trusted-types motcua;require-trusted-types-for 'script'";
    for path in made.plain_pages.keys() {
        let said = format!("<meta content=\"{policy}\" http-equiv=Content-Security-Policy>");
        assert!(page(&made.output, path).contains(&said), "{path}");
    }
    let headers = page(&made.output, "_headers");
    assert!(headers.contains(&format!(
        "Content-Security-Policy: {policy};frame-ancestors 'none'\n"
    )));
}

#[test]
fn scripts_and_styles_are_linked_with_their_digest() {
    let made = make(&whole_portal()).unwrap();
    let mut linked = 0;
    for (path, text) in &made.plain_pages {
        let tags = text.split('<').filter_map(|rest| rest.split('>').next());
        for tag in tags.filter(|tag| tag.contains("stylesheet") || tag.contains("src=")) {
            let value = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                rest.split('"').next()
            };
            let url = value("href").or(value("src")).unwrap();
            let file = url.strip_prefix('/').unwrap();
            let (_, content) = made.output.files().find(|(path, _)| *path == file).unwrap();
            let digest = STANDARD.encode(envelope::Digest::of(content).as_bytes());
            let wanted = format!("sha256-{digest}");
            assert_eq!(value("integrity"), Some(&*wanted), "{path}: {url}");
            linked += 1;
        }
    }
    assert!(linked > 2 * made.plain_pages.len(), "{linked}");
}

#[test]
fn assets_are_named_by_their_content_and_the_script_is_a_script() {
    let output = make(&whole_portal()).unwrap().output;
    let (path, script) = output
        .files()
        .find(|(path, _)| path.starts_with("assets/form."))
        .unwrap();
    let digest = envelope::Digest::of(script).to_string();
    assert_eq!(path, format!("assets/form.{}.js", &digest[..10]));
    let file = support::new_dir().join("form.mjs");
    std::fs::write(&file, script).unwrap();
    let status = std::process::Command::new("node")
        .arg("--check")
        .arg(&file)
        .status()
        .expect("node is installed");
    assert!(status.success());
}

/// What the browser may fill in by itself: what it knows of the person who types (HTML, "autofill detail tokens").
const OWN: [(&str, &str); 7] = [
    ("requester.full_name", "name"),
    ("requester.birth_date.day", "bday-day"),
    ("requester.birth_date.month", "bday-month"),
    ("requester.birth_date.year", "bday-year"),
    ("requester.residence.detail", "address-line1"),
    ("requester.phone", "tel"),
    ("requester.email", "email"),
];

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    rest.split_once('"').map(|(value, _)| value)
}

#[test]
fn inputs_tell_browsers_and_keyboards_what_they_are_for() {
    let made = make(&whole_portal()).unwrap();
    let forms = made.plain_pages.iter();
    let forms: Vec<_> = forms
        .filter(|(path, _)| path.ends_with("/form/index.html"))
        .collect();
    assert_eq!(forms.len(), 20);
    let mut own = BTreeSet::new();
    for (path, text) in forms {
        assert!(
            text.contains("<form id=\"form\" novalidate autocomplete=\"off\">"),
            "{path}"
        );
        let tags = ["<input", "<textarea"].map(|tag| text.split(tag).skip(1));
        let tags = tags.into_iter().flatten();
        for tag in tags.map(|rest| rest.split('>').next().unwrap()) {
            let kind = attribute(tag, "type").unwrap_or("text");
            let name = attribute(tag, "name").unwrap_or_default();
            if ["radio", "checkbox"].contains(&kind) {
                continue;
            }
            let is_area = tag.contains(" rows=");
            assert_eq!(
                attribute(tag, "enterkeyhint"),
                (!is_area).then_some("next"),
                "{path}: {tag}"
            );
            // A paste is told to be too long; it is never cut.
            assert_eq!(attribute(tag, "maxlength"), None, "{path}: {tag}");
            let token = OWN.iter().find(|(its, _)| *its == name).map(|(_, it)| *it);
            assert_eq!(attribute(tag, "autocomplete"), token, "{path}: {tag}");
            own.extend(token);
            let end = name.rsplit('.').next().unwrap_or_default();
            let keyboard = match end {
                "day" | "month" | "year" | "hour" | "minute" => Some("numeric"),
                _ => attribute(tag, "inputmode"),
            };
            assert_eq!(attribute(tag, "inputmode"), keyboard, "{path}: {tag}");
            for (its, wanted) in [("phone", "tel"), ("email", "email")] {
                assert_eq!(end == its, kind == wanted, "{path}: {tag}");
            }
            // Names and words go onto a Vietnamese paper, whatever the page's language.
            if end == "full_name" {
                let lang = path.starts_with("en/").then_some("vi");
                assert_eq!(attribute(tag, "lang"), lang, "{path}: {tag}");
            }
        }
    }
    assert_eq!(own.len(), OWN.len(), "{own:?}");
}
