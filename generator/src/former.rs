//! `forms/former.toml`: what became of services that were published under an address and are no longer there. A service
//! that was renamed leads to the one that it is now; one that was withdrawn has a page that says since when, what there is
//! instead, and where to go. The former addresses of agencies stand in `agencies.csv`.

use std::collections::{BTreeMap, BTreeSet};

use formdef::{Date, Text};
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::content::Service;
use crate::fault::{Fault, Mistake};
use crate::links::nearest;
use crate::lists::{District, is_slug};
use crate::plan::{self, Under, root};
use crate::portal::{Portal, default_first, read_toml};
use crate::sources::Folder;

/// The file's path in `forms/`.
const PATH: &str = "former.toml";

/// What became of former services.
#[derive(Debug, Default)]
pub struct Former {
    /// Addresses that lead to others.
    pub moved: Vec<Moved>,
    /// Services that are no longer offered.
    pub withdrawn: Vec<Withdrawn>,
    /// The ids of all of them.
    ids: BTreeSet<String>,
}

/// A page that is found elsewhere now.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// What its addresses begin with.
    pub under: Under,
    /// Where it was: `khai-sanh/form/`.
    pub from: String,
    /// Where it is: `khai-sinh/form/`.
    pub to: String,
    /// What is there.
    pub title: Text,
}

/// A service that is no longer offered.
#[derive(Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The id that it had.
    pub id: String,
    /// What it was called.
    pub title: Text,
    /// The first day on which it could not be used any more.
    pub since: Date,
    /// The ids of the services that there are instead.
    pub instead: Vec<String>,
    /// Where people can go.
    pub go: Text,
}

/// An address that leads to another for good: a host that reads `_redirects` answers it with 301, or with
/// the page that leads on, where it prefers a file that is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old address: `/khai-sanh/form/`.
    pub from: String,
    /// The new one, of the same portal.
    pub to: String,
}

impl Former {
    /// What became of services, where the file is there, and of the addresses of agencies.
    pub(crate) fn read(
        forms: &Folder,
        portal: &Portal,
        services: &[Service],
        districts: &[District],
    ) -> (Former, Vec<Fault>) {
        let (mut former, faults) = Former::of_services(forms, portal, services);
        former
            .moved
            .extend(of_agencies(districts, portal.default_language()));
        (former, faults)
    }

    fn of_services(forms: &Folder, portal: &Portal, services: &[Service]) -> (Former, Vec<Fault>) {
        if forms.text(PATH).is_none() {
            return (Former::default(), Vec::new());
        }
        let entries: Entries = match read_toml(forms, PATH) {
            Ok(entries) => entries,
            Err(fault) => return (Former::default(), vec![fault]),
        };
        let mut reader = Reader {
            portal,
            services,
            entries: &entries,
            faults: Vec::new(),
        };
        let former = reader.former();
        let faults = reader.faults.iter();
        let faults = faults.map(|(byte, mistake)| forms.fault_at_byte(PATH, *byte, mistake));
        (former, faults.collect())
    }

    /// Where each former address leads, in every language.
    pub fn redirects(&self, portal: &Portal) -> Vec<Redirect> {
        let languages = portal.languages.iter();
        let of_language = |language: &String| {
            let root = root(language, portal);
            let moved = self.moved.iter();
            let redirect = move |moved: &Moved| {
                let under = moved.under.url(language, &root);
                Redirect {
                    from: format!("{under}{}", moved.from),
                    to: format!("{under}{}", moved.to),
                }
            };
            moved.map(redirect).collect::<Vec<_>>()
        };
        languages.flat_map(of_language).collect()
    }

    /// `_redirects`, which hosts read: a line for each former address. None: nothing has moved.
    pub(crate) fn redirects_file(&self, portal: &Portal) -> Option<String> {
        let redirects = self.redirects(portal).into_iter();
        let lines: String = redirects
            .map(|Redirect { from, to }| format!("{from} {to} 301\n"))
            .collect();
        (!lines.is_empty()).then_some(lines)
    }

    /// The faults of published services that are neither there nor among the former.
    pub(crate) fn forgotten<'p>(
        &self,
        forms: &Folder,
        services: &[Service],
        published: impl Iterator<Item = &'p String>,
    ) -> Vec<Fault> {
        let is_known =
            |id: &str| self.ids.contains(id) || services.iter().any(|own| own.form.id == id);
        let forgotten = published.filter(|id| !is_known(id));
        forgotten
            .map(|id| forms.fault(PATH, Mistake::ServiceForgotten { id: id.clone() }))
            .collect()
    }
}

/// The pages of agencies that had other addresses. Their names are the same in every language.
fn of_agencies(districts: &[District], language: &str) -> Vec<Moved> {
    let agencies = districts.iter().flat_map(|district| &district.agencies);
    let moved = agencies.flat_map(|agency| {
        agency.former.iter().map(move |former| Moved {
            under: Under::Agencies,
            from: format!("{former}/"),
            to: format!("{}/", agency.slug),
            title: Text::new([(language.to_owned(), agency.name.clone())]),
        })
    });
    moved.collect()
}

type Entries = BTreeMap<Spanned<String>, Entry>;

/// What the file says of one service: `now`, or all of the others but perhaps `instead`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    now: Option<Spanned<String>>,
    title: Option<Spanned<Text>>,
    since: Option<Spanned<Datetime>>,
    #[serde(default)]
    instead: Vec<Spanned<String>>,
    #[serde(rename = "where")]
    go: Option<Spanned<Text>>,
}

/// The file while it is understood.
struct Reader<'a> {
    portal: &'a Portal,
    services: &'a [Service],
    entries: &'a Entries,
    /// Each at a byte of the file.
    faults: Vec<(usize, Mistake)>,
}

impl<'a> Reader<'a> {
    fn former(&mut self) -> Former {
        let mut former = Former::default();
        for (id, entry) in self.entries {
            let (at, id) = (id.span().start, id.get_ref());
            former.ids.insert(id.clone());
            self.judge_id(at, id);
            if let (Some(now), None) = (&entry.now, &entry.since) {
                former.moved.extend(self.renamed(id, now));
            } else if let Some(withdrawn) = self.withdrawn(at, id, entry) {
                former.moved.push(Moved {
                    under: Under::Root,
                    from: format!("{id}/form/"),
                    to: format!("{id}/"),
                    title: withdrawn.title.clone(),
                });
                former.withdrawn.push(withdrawn);
            }
        }
        former
    }

    fn judge_id(&mut self, at: usize, id: &str) {
        let mistake = if self.service(id).is_some() {
            Mistake::FormerIsThere { id: id.to_owned() }
        } else if !is_slug(id) {
            Mistake::SlugForm {
                slug: id.to_owned(),
            }
        } else if plan::is_taken(id, self.portal) {
            Mistake::ServiceIdTaken { id: id.to_owned() }
        } else {
            return;
        };
        self.faults.push((at, mistake));
    }

    /// The pages of a service that has another name now.
    fn renamed(&mut self, id: &str, now: &'a Spanned<String>) -> Vec<Moved> {
        let Some(target) = self.follow(id, now) else {
            return Vec::new();
        };
        let title = self.title(target);
        // The form of a service that was withdrawn later is no more.
        let form = self.service(target).map_or("", |_| "form/");
        let moved = |page: &str, its: &str| Moved {
            under: Under::Root,
            from: format!("{id}/{page}"),
            to: format!("{target}/{its}"),
            title: title.clone(),
        };
        vec![moved("", ""), moved("form/", form)]
    }

    /// A service that was withdrawn, when everything that its page says is there.
    fn withdrawn(&mut self, at: usize, id: &str, entry: &'a Entry) -> Option<Withdrawn> {
        let (Some(since), Some(title), Some(go), None) =
            (&entry.since, &entry.title, &entry.go, &entry.now)
        else {
            self.faults.push((at, Mistake::FormerUnclear));
            return None;
        };
        let instead = entry.instead.iter();
        let instead = instead.filter_map(|instead| self.follow(id, instead).map(str::to_owned));
        Some(Withdrawn {
            id: id.to_owned(),
            instead: instead.collect(),
            title: self.text(title),
            go: self.text(go),
            since: self.day(since)?,
        })
    }

    /// The id that a service has now, over every name that it had since.
    fn follow(&mut self, from: &str, named: &'a Spanned<String>) -> Option<&'a str> {
        let mut way = vec![from];
        let mut id = named.get_ref().as_str();
        let mistake = loop {
            way.push(id);
            if way[..way.len() - 1].contains(&id) {
                let way = way.join(" → ");
                break Mistake::FormerCircle { way };
            }
            match self.entries.get(id) {
                _ if self.service(id).is_some() => return Some(id),
                Some(Entry {
                    now: Some(next), ..
                }) => id = next.get_ref(),
                Some(_) => return Some(id),
                // The entry that names it has the fault.
                None if way.len() > 2 => return None,
                None => {
                    break Mistake::FormerNowhere {
                        id: id.to_owned(),
                        nearest: nearest(id, self.known()).map(str::to_owned),
                    };
                }
            }
        };
        self.faults.push((named.span().start, mistake));
        None
    }

    fn known(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|service| service.form.id.as_str())
    }

    fn service(&self, id: &str) -> Option<&'a Service> {
        self.services.iter().find(|service| service.form.id == id)
    }

    /// What a service is called that is there or was withdrawn.
    fn title(&mut self, id: &str) -> Text {
        let entry = self.entries.get(id);
        match (
            self.service(id),
            entry.and_then(|entry| entry.title.as_ref()),
        ) {
            (Some(service), _) => service.form.title.clone(),
            (None, Some(title)) => default_first(title.get_ref(), &self.portal.languages),
            (None, None) => Text::default(),
        }
    }

    fn text(&mut self, text: &Spanned<Text>) -> Text {
        let language = self.portal.default_language();
        if text.get_ref().iter().all(|(tag, _)| tag != language) {
            let language = language.to_owned();
            self.faults
                .push((text.span().start, Mistake::TextMissing { language }));
        }
        default_first(text.get_ref(), &self.portal.languages)
    }

    fn day(&mut self, day: &Spanned<Datetime>) -> Option<Date> {
        let value = day.get_ref().to_string();
        let date = Date::parse(&value);
        if date.is_none() {
            self.faults.push((day.span().start, Mistake::Day { value }));
        }
        date
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Content;
    use crate::sources::Sources;
    use std::path::Path;

    /// The small portal of the tests with this file, and the faults of it.
    fn read(text: &str) -> (Former, Vec<&'static str>) {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sources = Sources::read(&here.join("tests/fixture/forms"), &here.join("../site"));
        let sources = sources.expect("the fixture can be read");
        let content = Content::read(&sources).expect("the fixture has no fault");
        let forms = sources
            .forms
            .with(&[(PATH.to_owned(), text.to_owned())].into());
        let (former, faults) = Former::of_services(&forms, &content.portal, &content.services);
        (former, faults.iter().map(|fault| fault.code).collect())
    }

    /// From where to where its addresses lead.
    fn ways(former: &Former) -> Vec<(&str, &str)> {
        let moved = former.moved.iter();
        moved.map(|moved| (&*moved.from, &*moved.to)).collect()
    }

    #[test]
    fn a_service_is_found_over_every_name_that_it_had() {
        let (former, faults) = read("[a]\nnow = \"b\"\n[b]\nnow = \"khai-sinh\"\n");
        assert_eq!(faults, [""; 0]);
        let expected = [
            ("a/", "khai-sinh/"),
            ("a/form/", "khai-sinh/form/"),
            ("b/", "khai-sinh/"),
            ("b/form/", "khai-sinh/form/"),
        ];
        assert_eq!(ways(&former), expected);
    }

    #[test]
    fn a_renamed_service_that_was_withdrawn_later_leads_to_the_page_that_says_so() {
        let gone = "[b]\ntitle.vi = \"B\"\nsince = 2016-09-01\nwhere.vi = \"Đến quầy.\"\ninstead = [\"khai-sinh\"]\n";
        let (former, faults) = read(&format!("[a]\nnow = \"b\"\n{gone}"));
        assert_eq!(faults, [""; 0]);
        assert_eq!(
            ways(&former),
            [("a/", "b/"), ("a/form/", "b/"), ("b/form/", "b/")]
        );
        assert_eq!(former.withdrawn[0].instead, ["khai-sinh"]);
    }

    #[test]
    fn what_leads_nowhere_or_round_in_a_circle_is_a_fault() {
        for (text, fault) in [
            ("[a]\nnow = \"khai-sin\"\n", "former-nowhere"),
            ("[a]\nnow = \"a\"\n", "former-circle"),
            ("[khai-sinh]\nnow = \"dong-dau\"\n", "former-is-there"),
            ("[a]\nsince = 2016-09-01\n", "former-unclear"),
            (
                "[a]\nnow = \"khai-sinh\"\nsince = 2016-09-01\n",
                "former-unclear",
            ),
            ("[receipts]\nnow = \"khai-sinh\"\n", "service-id-taken"),
            (
                "[a]\ntitle.vi = \"A\"\nwhere.vi = \"Đến quầy.\"\nsince = 07:00:00\n",
                "day",
            ),
            (
                "[a]\ntitle.en = \"A\"\nwhere.vi = \"Đến quầy.\"\nsince = 2016-09-01\n",
                "text-missing",
            ),
            ("[a]\nnows = \"khai-sinh\"\n", "unknown-key"),
        ] {
            assert_eq!(read(text).1, [fault], "{text}");
        }
        assert_eq!(
            read("[a]\nnow = \"b\"\n[b]\nnow = \"a\"\n").1,
            ["former-circle"; 2]
        );
    }
}
