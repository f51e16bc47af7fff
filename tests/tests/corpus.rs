//! The made-up city builds without a fault and is of the size that it says.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use generator::Options;
use generator::content::{Content, Service};
use generator::sources::Sources;
use tests::{Day, corpus, programs, repository, tree};

/// The pages for addresses that lead nowhere: no page leads there.
const NOWHERE: [&str; 2] = ["/404.html", "/en/404.html"];
/// Some hosts read no more rules of `_headers`.
const HEADER_RULES_MAX: usize = 100;

#[test]
fn an_eighth_of_a_city_builds_without_a_fault() {
    let place = programs::Programs::scratch().unwrap().join("corpus-test");
    let _ = std::fs::remove_dir_all(&place);
    corpus::write(&place.join("forms"), 1).unwrap();
    let options = Options {
        forms: place.join("forms"),
        site: repository::path("site"),
        out: place.join("portal"),
        keys: None,
        portal: None,
        relay: None,
        now: envelope::UnixTime("2016-08-10".parse::<Day>().unwrap().unix_s()),
        compressed: None,
        threads: None,
    };
    let report = generator::build(&options).unwrap_or_else(|failure| panic!("{failure}"));
    let services = corpus::FORMS / corpus::EIGHTHS;
    assert_eq!(report.summary.services, services);
    assert!(
        report.pages > 2 * (2 * services + report.summary.agencies.0),
        "{} pages",
        report.pages
    );

    let headers = std::fs::read_to_string(options.out.join("_headers")).unwrap();
    let rules = headers.lines().filter(|line| line.starts_with('/')).count();
    assert!(rules < HEADER_RULES_MAX, "{rules} rules in _headers");

    let sources = Sources::read(&options.forms, &options.site).unwrap();
    let content = Content::read(&sources).unwrap();
    let mut kinds = BTreeSet::new();
    for service in &content.services {
        let id = &service.form.id;
        let count = service.form.fields().count();
        assert!(
            corpus::QUESTIONS.contains(&count),
            "{id}: {count} questions"
        );
        kinds.extend(service.form.kinds());
        for language in ["vi", "en"] {
            let path = format!("{id}/guide.{language}.md");
            let words = sources.forms.text(&path).unwrap().split_whitespace();
            let words = words.count();
            // A guide ends with the sentence in which it is long enough; its headings and bullets count here.
            let most = corpus::GUIDE_WORDS.end() * 5 / 4;
            assert!(
                (*corpus::GUIDE_WORDS.start()..=most).contains(&words),
                "{path}: {words} words"
            );
        }
    }
    assert!(kinds.len() > 15, "{kinds:?}");
    let pages = pages(&options.out);
    assert_eq!(pages.len(), report.pages);
    assert_reached_by_links(&pages);
    assert_ways_back(&pages);
    assert_agencies_list_what_they_take(&pages, &content);
    std::fs::remove_dir_all(&place).unwrap();
}

/// Every page by the address of its folder: `/`, `/en/khai-sinh/form/`.
fn pages(portal: &Path) -> BTreeMap<String, String> {
    let files = tree::files(portal).unwrap().into_iter();
    let pages = files.filter_map(|(path, bytes)| {
        let path = path.to_str().unwrap();
        let address = path.strip_suffix("index.html").unwrap_or(path);
        let page = || (format!("/{address}"), String::from_utf8(bytes).unwrap());
        path.ends_with(".html").then(page)
    });
    pages.collect()
}

/// Where links lead within the portal, in the order in which they stand.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let links = page.split("<a ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let href = tag.split("href=").nth(1)?.trim_start_matches('"');
        href.split(['"', ' ', '#']).next()
    });
    links.filter(|address| address.starts_with('/'))
}

/// Nothing has to be searched for, and nothing needs script.
fn assert_reached_by_links(pages: &BTreeMap<String, String>) {
    let mut reached = BTreeSet::from(["/"]);
    let mut open = vec!["/"];
    while let Some(address) = open.pop() {
        for to in links(&pages[address]).filter(|to| pages.contains_key(*to)) {
            if reached.insert(to) {
                open.push(to);
            }
        }
    }
    let lost: Vec<_> = pages
        .keys()
        .filter(|it| !reached.contains(it.as_str()))
        .collect();
    assert_eq!(lost, NOWHERE);
}

/// Each page says where it stands: from home, over what it belongs to, to itself.
fn assert_ways_back(pages: &BTreeMap<String, String>) {
    let is_group = |to: &&str| {
        ["/linh-vuc/", "/en/topics/"]
            .iter()
            .any(|of| to.starts_with(of))
    };
    let mut over_a_group = 0;
    for (address, page) in pages {
        let root = if address.starts_with("/en/") {
            "/en/"
        } else {
            "/"
        };
        if address == root || NOWHERE.contains(&address.as_str()) {
            continue;
        }
        let way = page
            .split("<nav ")
            .find(|nav| nav.contains("class=\"breadcrumb page\""));
        let way = way.unwrap_or_else(|| panic!("{address} shows no way back"));
        let way = way.split("</nav>").next().unwrap();
        let to: Vec<&str> = links(way).collect();
        assert_eq!(to.first(), Some(&root), "{address}");
        assert!(
            to.iter().all(|to| pages.contains_key(*to)),
            "{address}: {to:?}"
        );
        assert!(!to.contains(&address.as_str()), "{address} leads to itself");
        assert_eq!(way.matches("aria-current=page").count(), 1, "{address}");
        over_a_group += usize::from(to.get(1).is_some_and(is_group));
    }
    let services = corpus::FORMS / corpus::EIGHTHS;
    assert!(
        over_a_group >= 2 * services,
        "{over_a_group} ways over a field of life"
    );
}

/// What an agency's page names, and the counts of what it leads to, are the services that its forms send to it.
fn assert_agencies_list_what_they_take(pages: &BTreeMap<String, String>, content: &Content) {
    let mut counts = BTreeSet::new();
    for district in &content.districts {
        for agency in &district.agencies {
            let codes = [&agency.code, &district.code];
            let is_taken = |service: &&Service| {
                let only = &service.form.field("agency").unwrap().only;
                only.is_empty() || only.iter().any(|code| codes.contains(&code))
            };
            let taken = content.services.iter().filter(is_taken).count();
            let address = format!("/co-quan/{}/", agency.slug);
            assert_eq!(shown_by(&pages[&address], pages), taken, "{address}");
            counts.insert(taken);
        }
    }
    assert!(counts.len() > 2, "{counts:?}");
}

/// The services that a page names and those that its groups lead to, without those that it takes out.
fn shown_by(page: &str, pages: &BTreeMap<String, String>) -> usize {
    let groups = page.split("<li><a href=/linh-vuc/").skip(1).map(|rest| {
        let group = rest.split('/').next().unwrap();
        let tag = rest.split("<span class=tag>").nth(1).unwrap();
        let count: usize = tag.split(' ').next().unwrap().parse().unwrap();
        let of_group = pages[&format!("/linh-vuc/{group}/")].matches("<li><h2>");
        assert_eq!(of_group.count(), count, "{group}");
        let except = rest.split("<details>").nth(1).unwrap_or_default();
        let except = except.split("</details>").next().unwrap();
        count - except.matches("<li>").count()
    });
    let groups: usize = groups.sum();
    page.matches("<h4><a ").count() + groups
}

#[test]
fn every_service_of_a_city_has_an_address_of_its_own() {
    let files = corpus::files(corpus::EIGHTHS).unwrap();
    let forms = files.keys().filter(|path| path.ends_with("form.toml"));
    assert_eq!(forms.count(), corpus::FORMS);
    let part = corpus::files(1).unwrap();
    assert!(
        part.iter()
            .all(|(path, text)| files.get(path) == Some(text))
    );
}
