//! What stands under the addresses of services that were renamed or withdrawn.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;

use formdef::Date;
use generator::content::Content;
use generator::former::Redirect;
use generator::sources::Sources;
use generator::{Failure, Options, keep, make};

const FORMER: &str = r#"
[khai-sanh]
now = "khai-sinh"

[so-cu]
title = { vi = "Cấp sổ cũ", en = "The old register" }
since = 2016-07-01
instead = ["khai-sinh"]
where = { vi = "Đến bộ phận một cửa.", en = "Go to the one-stop desk." }
"#;

fn with_former() -> Options {
    let options = support::fixture_copy();
    fs::write(options.forms.join("former.toml"), FORMER).unwrap();
    options
}

#[test]
fn an_old_address_leads_to_the_new_one() {
    let made = make(&with_former()).unwrap();
    for (path, url) in [
        ("khai-sanh/index.html", "/khai-sinh/"),
        ("khai-sanh/form/index.html", "/khai-sinh/form/"),
        ("en/khai-sanh/index.html", "/en/khai-sinh/"),
        ("en/so-cu/form/index.html", "/en/so-cu/"),
    ] {
        let page = &made.plain_pages[path];
        for part in [
            format!("<a href=\"{url}\">"),
            format!("http-equiv=\"refresh\" content=\"0;url={url}\""),
            "content=\"noindex\"".to_owned(),
        ] {
            assert!(page.contains(&part), "{path} lacks {part}: {page}");
        }
    }
    let sitemap = String::from_utf8(made.output.get("sitemap.xml").unwrap().to_vec()).unwrap();
    assert!(!sitemap.contains("khai-sanh") && !sitemap.contains("so-cu"));
}

#[test]
fn a_withdrawn_service_says_since_when_what_there_is_instead_and_where_to_go() {
    let made = make(&with_former()).unwrap();
    for (path, parts) in [
        (
            "so-cu/index.html",
            [
                "Cấp sổ cũ",
                "01/07/2016",
                "href=\"/khai-sinh/\"",
                "Đến bộ phận một cửa.",
            ],
        ),
        (
            "en/so-cu/index.html",
            [
                "The old register",
                "01/07/2016",
                "href=\"/en/khai-sinh/\"",
                "Go to the one-stop desk.",
            ],
        ),
    ] {
        for part in parts {
            let page = &made.plain_pages[path];
            assert!(page.contains(part), "{path} lacks {part}: {page}");
        }
    }
}

#[test]
fn hosts_are_told_where_each_former_address_leads() {
    let options = with_former();
    let sources = Sources::read(&options.forms, &options.site).unwrap();
    let content = Content::read(&sources).unwrap_or_else(|faults| panic!("{faults:?}"));
    let redirect = |from: &str, to: &str| Redirect {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let of_default = [
        redirect("/khai-sanh/", "/khai-sinh/"),
        redirect("/khai-sanh/form/", "/khai-sinh/form/"),
        redirect("/so-cu/form/", "/so-cu/"),
    ];
    let redirects = content.former.redirects(&content.portal);
    assert_eq!(redirects[..3], of_default);
    assert_eq!(redirects[3], redirect("/en/khai-sanh/", "/en/khai-sinh/"));
    assert_eq!(redirects.len(), 6);
    assert_eq!(
        content.former.withdrawn[0].since,
        Date::parse("2016-07-01").unwrap()
    );
}

#[test]
fn a_former_address_of_an_agency_leads_to_the_agency_of_now() {
    let options = support::fixture_copy();
    let table = options.forms.join("agencies.csv");
    let rows = fs::read_to_string(&table).unwrap();
    let with = |former: &str| {
        let mut rows = rows.lines().map(|row| {
            let cell = match row.split(',').next() {
                Some("code") => "former",
                Some("00001") => former,
                _ => "",
            };
            format!("{row},{cell}\n")
        });
        fs::write(&table, rows.by_ref().collect::<String>()).unwrap();
    };
    with("phuong-phuc-sa phuong-an-xa-ba-dinh");
    let made = make(&options).unwrap();
    for (from, to) in [
        ("co-quan/phuong-phuc-sa", "/co-quan/phuong-phuc-xa-ba-dinh/"),
        (
            "en/agencies/phuong-an-xa-ba-dinh",
            "/en/agencies/phuong-phuc-xa-ba-dinh/",
        ),
    ] {
        let page = &made.plain_pages[&format!("{from}/index.html")];
        let link = format!("<a href=\"{to}\">Phường Phúc Xá</a>");
        assert!(page.contains(&link), "{page}");
        let redirects = made.output.get("_redirects").unwrap();
        let redirects = String::from_utf8(redirects.to_vec()).unwrap();
        let line = format!("/{from}/ {to} 301\n");
        assert!(redirects.contains(&line), "{redirects}");
    }
    let agencies = &made.plain_pages["co-quan/index.html"];
    assert!(!agencies.contains("phuong-phuc-sa"), "{agencies}");
    for (former, fault) in [
        ("phuong-cat-linh-dong-da", "slug-twice"),
        ("phuong-phuc-xa-ba-dinh", "slug-twice"),
        ("Phường-Phúc-Xá", "slug-form"),
    ] {
        with(former);
        let Err(Failure::Faults(faults)) = make(&options) else {
            panic!("{former} is no former address");
        };
        let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [fault]);
    }
}

#[test]
fn a_published_service_does_not_just_go() {
    let options = support::fixture_copy();
    keep(&options, None, &[]).unwrap();
    fs::remove_dir_all(options.forms.join("dong-dau")).unwrap();
    let Err(Failure::Faults(faults)) = make(&options) else {
        panic!("the service is forgotten");
    };
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["service-forgotten"]);
    fs::write(
        options.forms.join("former.toml"),
        "[dong-dau]\nnow = \"khai-sinh\"\n",
    )
    .unwrap();
    make(&options).unwrap_or_else(|failure| panic!("{failure}"));
}
