//! Broken portals: what `motcua check` says, with place, line and mend.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use generator::{Options, check};
use support::edit;

/// Breaks a copy of the fixture's forms and returns what is said about it.
fn said(break_it: impl FnOnce(&Path)) -> String {
    let options = support::fixture_copy();
    break_it(&options.forms);
    said_of(&options)
}

fn said_of(options: &Options) -> String {
    let failure = check(options)
        .expect_err("the portal has a fault")
        .to_string();
    failure
        .replace(&*options.forms.to_string_lossy(), "forms")
        .replace(&*options.site.to_string_lossy(), "site")
}

/// The same with a copy of the site.
fn said_of_site(break_it: impl FnOnce(&Path)) -> String {
    let mut options = support::fixture();
    let site = support::new_dir().join("site");
    support::copy_dir(&options.site, &site, &mut |_| ());
    break_it(&site);
    options.site = site;
    said_of(&options)
}

fn assert_says(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|said| said == *line),
            "{line}\nis not a line of:\n{text}"
        );
    }
}

#[test]
fn a_fault_is_laid_out_as_compilers_do() {
    assert_eq!(
        said(|forms| edit(&forms.join("agencies.csv"), "00001,001", "00178,001")),
        "forms/agencies.csv:3:1: code `00178` is on line 2 already
  |
3 | 00178,001,Quận Ba Đình,Phúc Xá,phường,phuong-phuc-xa-ba-dinh,2016-08-10
  | ^
  = give each row its own code

1 fault in 1 file; nothing was written"
    );
}

#[test]
fn agencies_tell_all_faults_at_once() {
    let text = said(|forms| {
        let agencies = forms.join("agencies.csv");
        edit(
            &agencies,
            "phuong-phuc-xa-ba-dinh,2016-08-10",
            "Phúc-Xá,10/8/2016",
        );
        edit(
            &agencies,
            "Quận Ba Đình,Đội Cấn,phường,phuong-doi-can-ba-dinh",
            "Quận Ba Dinh,,phường,phuong-cat-linh-dong-da",
        );
        edit(&agencies, "09619,271,Huyện Ba Vì", "09619,271");
    });
    assert_says(
        &text,
        &[
            "forms/agencies.csv:3:39: `Phúc-Xá` cannot be part of an address",
            "forms/agencies.csv:3:47: `10/8/2016` is neither a day nor a moment",
            "forms/agencies.csv:4:1: `name` is empty",
            "forms/agencies.csv:4:11: district `001` is called `Quận Ba Đình` above",
            "forms/agencies.csv:4:32: address `phuong-cat-linh-dong-da` is on line 2 already",
            "forms/agencies.csv:6:1: this row has 6 cells, the first line 7",
            "6 faults in 1 file; nothing was written",
        ],
    );
}

#[test]
fn tables_need_their_first_line() {
    let text = said(|forms| {
        edit(
            &forms.join("agencies.csv"),
            "code,district_code",
            "code,huyen",
        )
    });
    assert_says(
        &text,
        &[
            "forms/agencies.csv:1:1: the first line is `code,huyen,district,name,kind,slug,opens`",
            "  = it must begin with `code,district_code,district,name,kind,slug`",
        ],
    );
}

#[test]
fn lists_tell_codes_groups_and_texts() {
    let text = said(|forms| {
        fs::write(
            forms.join("lists/a.csv"),
            "code,vi,group\nmột hai,Một,\n3,,\n4,Bốn,x\n",
        )
        .unwrap()
    });
    assert_says(
        &text,
        &[
            "forms/lists/a.csv:2:1: `một hai` cannot be a code",
            "forms/lists/a.csv:3:1: this text lacks the default language, `vi`",
            "forms/lists/a.csv:4:7: there is no group `x` in `lists/a.groups.csv`",
        ],
    );
}

#[test]
fn portal_toml_names_the_nearest_key() {
    let text = said(|forms| edit(&forms.join("portal.toml"), "relay =", "relais ="));
    assert_says(
        &text,
        &[
            "forms/portal.toml:7:1: `relais` is not a key here",
            "  = did you mean `relay`?",
        ],
    );
    let text = said(|forms| edit(&forms.join("portal.toml"), "relay =", "xyz ="));
    assert_says(
        &text,
        &[
            "forms/portal.toml:7:1: `xyz` is not a key here",
            "  = take it out",
        ],
    );
}

#[test]
fn portal_toml_wants_origins_languages_and_texts() {
    let text = said(|forms| {
        let portal = forms.join("portal.toml");
        edit(&portal, "https://relay.example", "relay.example/x");
        edit(&portal, "city.vi = \"Hà Nội\"\n", "");
    });
    assert_says(
        &text,
        &[
            "forms/portal.toml:3:1: this text lacks the default language, `vi`",
            "forms/portal.toml:6:9: `relay.example/x` is not the address of a site",
            "2 faults in 1 file; nothing was written",
        ],
    );
    let text = said(|forms| edit(&forms.join("portal.toml"), "[\"vi\", \"en\"]", "[]"));
    assert_says(&text, &["forms/portal.toml:5:13: `languages` names none"]);
    let text = said(|forms| edit(&forms.join("portal.toml"), "languages = [", "languages = "));
    assert!(text.starts_with("forms/portal.toml:5:"), "{text}");
    let text = said(|forms| fs::remove_file(forms.join("portal.toml")).unwrap());
    assert_says(&text, &["forms/portal.toml: is not there"]);
}

#[test]
fn services_have_addresses_of_their_own() {
    let text = said(|forms| fs::rename(forms.join("dong-dau"), forms.join("co-quan")).unwrap());
    assert_says(
        &text,
        &["forms/co-quan/form.toml: `/co-quan/` is a page of the portal itself"],
    );
    let text = said(|forms| fs::rename(forms.join("dong-dau"), forms.join("Đóng dấu")).unwrap());
    assert_says(
        &text,
        &["forms/Đóng dấu/form.toml: `Đóng dấu` cannot be a service's id"],
    );
}

#[test]
fn forms_tell_their_faults_through_us() {
    let text = said(|forms| {
        edit(
            &forms.join("khai-sinh/form.toml"),
            "child.birth_date <= today()",
            "child.birth_day <= today()",
        )
    });
    assert!(
        text.starts_with("forms/khai-sinh/form.toml:69:11: "),
        "{text}"
    );
    assert!(
        text.contains("did you mean `child.birth_date`?"),
        "the nearest field is not named: {text}"
    );
}

#[test]
fn guides_hold_no_html_and_no_odd_addresses() {
    let text = said(|forms| {
        fs::write(
            forms.join("khai-sinh/guide.vi.md"),
            "Xin <b>chào</b> [a](javascript:x)\n",
        )
        .unwrap()
    });
    assert_says(
        &text,
        &[
            "forms/khai-sinh/guide.vi.md:1:5: a guide holds raw HTML",
            "forms/khai-sinh/guide.vi.md:1:12: a guide holds raw HTML",
            "forms/khai-sinh/guide.vi.md:1:17: `javascript:x` is not an address that a guide may lead to",
        ],
    );
}

#[test]
fn files_that_are_no_text() {
    let text = said(|forms| {
        fs::write(forms.join("lists/a.csv"), b"code,vi\n1,\xff\n").unwrap();
        fs::write(forms.join("lists/b.csv"), "\u{FEFF}code,vi\n").unwrap();
        fs::write(forms.join("lists/SEX.csv"), "code,vi\n").unwrap();
        fs::write(forms.join("lists/c.csv"), vec![b'a'; 5 * 1024 * 1024]).unwrap();
        symlink("..", forms.join("lists/loop")).unwrap();
    });
    assert_says(
        &text,
        &[
            "forms/lists/a.csv: is not UTF-8 on line 2",
            "forms/lists/b.csv: begins with a byte order mark",
            "forms/lists/c.csv: is 5242880 bytes long; at most 4194304 are read",
            "forms/lists/loop: is a link back to `forms`, which holds it",
            "forms/lists/sex.csv: differs from `lists/SEX.csv` only in case",
        ],
    );
}

#[test]
fn a_folder_that_is_not_there() {
    let mut options = support::fixture();
    options.forms = "nowhere".into();
    assert!(
        said_of(&options).starts_with("forms: cannot be read: it is not there"),
        "{}",
        said_of(&options)
    );
}

#[test]
fn translations_follow_the_default_language() {
    let text = said_of_site(|site| {
        let english = site.join("translations/pages.en.toml");
        edit(&english, "[home]\n", "[home]\nextra = \"x\"\n");
    });
    assert!(
        text.contains("`home.extra` is not a text of the default language"),
        "{text}"
    );
}

#[test]
fn templates_tell_file_and_line() {
    let text = said_of_site(|site| {
        edit(
            &site.join("pages/home.html"),
            "{{ t.home.title }}",
            "{{ t.home.titel.x }}",
        )
    });
    assert!(text.starts_with("site/pages/home.html:3:"), "{text}");
    let text = said_of_site(|site| edit(&site.join("pages/home.html"), "{%- endfor %}", ""));
    assert!(text.starts_with("site/pages/home.html:"), "{text}");
}

#[test]
fn scripts_must_be_javascript() {
    let text = said_of_site(|site| {
        let path = site.join("script/form.js");
        let script = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("let = = 1;\n{script}")).unwrap();
    });
    assert!(
        text.starts_with("site/script/form.js:1:7: this is not JavaScript: "),
        "{text}"
    );
}

#[test]
fn links_of_guides_lead_somewhere() {
    let text = said(|forms| {
        fs::write(
            forms.join("khai-sinh/guide.vi.md"),
            "# Trước khi nộp\n\n[a](/khai-sinh/#readers) [b](#trước-khi-nộp) [c](/co-quan/#d-001)\n[d](/khai-sinh/form/)\n\n[e](/khai-sin/)\n[f](#trước-khi-nop)\n[g](/vo-tan)\n",
        )
        .unwrap();
    });
    assert_says(
        &text,
        &[
            "forms/khai-sinh/guide.vi.md:6:1: `/khai-sin/` leads to no page or file of this portal",
            "  = did you mean `/khai-sinh/`?",
            "forms/khai-sinh/guide.vi.md:7:1: `/khai-sinh/` has no place `#trước-khi-nop`",
            "  = did you mean `#trước-khi-nộp`?",
            "forms/khai-sinh/guide.vi.md:8:1: `/vo-tan` leads to no page or file of this portal",
            "  = name a page, such as / or /khai-sinh/",
            "3 faults in 1 file; nothing was written",
        ],
    );
}

#[test]
fn security_txt_is_checked() {
    let text = said(|forms| {
        let path = forms.join("portal.toml");
        let portal = fs::read_to_string(&path).unwrap();
        fs::write(
            path,
            portal + "\n[security]\ncontact = \"an ninh\"\nvalid_days = 400\n",
        )
        .unwrap();
    });
    assert_says(
        &text,
        &[
            "   = begin it with mailto:, tel: or https://, without spaces or accents",
            "   = write a whole number from 1 to 365",
            "2 faults in 1 file; nothing was written",
        ],
    );
}
