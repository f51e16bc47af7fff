//! The made-up city builds without a fault and is of the size that it says.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use generator::Options;
use generator::content::Content;
use generator::sources::Sources;
use tests::{Day, corpus, programs, repository};

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
    std::fs::remove_dir_all(&place).unwrap();
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
