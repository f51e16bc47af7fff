//! Links of guides and plain texts inside the portal: each leads to a page or file that is there, and to a place on it.

use std::collections::BTreeMap;

use crate::fault::{Fault, Mistake};
use crate::guide::Guide;
use crate::plan::{self, Page, Plain, Subject};
use crate::prepared::Prepared;
use crate::sources::Folder;

/// The layout that every page stands in.
const LAYOUT: &str = "layouts/base.html";
/// Files at the top of a portal that a text may lead to.
const FILES: [&str; 3] = ["/sitemap.xml", "/robots.txt", "/.well-known/security.txt"];

/// Every link that leads nowhere.
pub(crate) fn check(prepared: &Prepared) -> Vec<Fault> {
    let pages = plan::pages(&prepared.content);
    let pages: BTreeMap<&str, &Page<'_>> =
        pages.iter().map(|page| (page.url.as_str(), page)).collect();
    let site = Site { prepared, pages };
    let mut faults = Vec::new();
    let texts = site.pages.values().filter_map(|page| site.text(page));
    // A text that is shown in several languages is judged in its own.
    for text in texts.filter(|text| text.language == text.page.language) {
        for link in &text.guide.links {
            if let Some(mistake) = site.wrong(&text, &link.address) {
                faults.push(text.folder.fault_at_byte(&text.path, link.byte, &mistake));
            }
        }
    }
    faults
}

struct Site<'a> {
    prepared: &'a Prepared,
    pages: BTreeMap<&'a str, &'a Page<'a>>,
}

/// A text written in Markdown, the file it is from, and the page it stands on.
struct Text<'a> {
    folder: &'a Folder,
    path: String,
    language: &'a str,
    page: &'a Page<'a>,
    guide: &'a Guide,
}

impl<'a> Site<'a> {
    /// The Markdown text of a page, if it has one of its own.
    fn text(&self, page: &'a Page<'a>) -> Option<Text<'a>> {
        let Prepared {
            sources, content, ..
        } = self.prepared;
        let default = content.portal.default_language();
        match page.subject {
            Subject::Service(service) => {
                let (language, guide) = service.guide_and_language(page.language, default)?;
                Some(Text {
                    folder: &sources.forms,
                    path: format!("{}/guide.{language}.md", service.form.id),
                    language,
                    page,
                    guide,
                })
            }
            Subject::Plain(plain) => Some(Text {
                folder: &sources.site,
                path: plain_path(&sources.site, plain, page.language, default),
                language: plain_language(&sources.site, plain, page.language, default),
                page,
                guide: self.prepared.plain(plain, page.language)?,
            }),
            _ => None,
        }
    }

    /// What is wrong with an address, if anything: only `/…` and `#…` are ours to judge.
    fn wrong(&self, text: &Text<'a>, address: &str) -> Option<Mistake> {
        if !address.starts_with(['/', '#']) {
            return None;
        }
        let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
        let path = path.split('?').next().unwrap_or(path);
        let page = match path {
            "" => text.page,
            path => match self.pages.get(path) {
                Some(page) => page,
                None => return self.nowhere(path),
            },
        };
        if anchor.is_empty() || self.has_place(page, anchor) {
            return None;
        }
        let places = self.places(page);
        Some(Mistake::LinkAnchor {
            anchor: anchor.to_owned(),
            page: page.url.clone(),
            nearest: nearest(anchor, places.iter().map(String::as_str))
                .map(|place| format!("#{place}")),
        })
    }

    /// A path that is no page: right for a data file, else a mistake.
    fn nowhere(&self, path: &str) -> Option<Mistake> {
        let is_data = FILES.contains(&path)
            || self.prepared.content.services.iter().any(|service| {
                let form = &service.form;
                path == format!("/{}/schema.json", form.id)
                    || path == format!("/forms/{}/{}.json", form.id, form.version)
            });
        (!is_data).then(|| Mistake::LinkNowhere {
            address: path.to_owned(),
            nearest: nearest(path, self.pages.keys().copied()).map(str::to_owned),
        })
    }

    fn has_place(&self, page: &'a Page<'a>, anchor: &str) -> bool {
        // What a template works out begins with what is written there: `id="d-{{ district.code }}"`.
        self.places(page)
            .iter()
            .any(|place| match place.split_once("{{") {
                Some((start, _)) => !start.is_empty() && anchor.starts_with(start),
                None => place == anchor,
            })
    }

    /// The ids on a page: those of its templates and the headings of its text.
    fn places(&self, page: &'a Page<'a>) -> Vec<String> {
        let template = |path: &str| {
            let text = self.prepared.sources.site.text(path).unwrap_or_default();
            text.split(" id=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let mut places = template(page.subject.template());
        places.extend(template(LAYOUT));
        places.extend(
            self.text(page)
                .into_iter()
                .flat_map(|text| text.guide.anchors.clone()),
        );
        places
    }
}

/// The file of a plain text in a language; the default language's where it lacks.
pub(crate) fn plain_path(site: &Folder, plain: Plain, language: &str, default: &str) -> String {
    plain_file(plain, plain_language(site, plain, language, default))
}

/// The language in which a plain text is there.
pub(crate) fn plain_language<'l>(
    site: &Folder,
    plain: Plain,
    language: &'l str,
    default: &'l str,
) -> &'l str {
    let is_there = site.text(&plain_file(plain, language)).is_some();
    if is_there { language } else { default }
}

fn plain_file(plain: Plain, language: &str) -> String {
    format!("pages/plain/{}.{language}.md", plain.id())
}

/// The known word that is nearest, when it is near.
pub(crate) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    known
        .filter(|known| !known.contains("{{"))
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .min()
        .filter(|(distance, known)| *distance <= known.chars().count().div_ceil(3))
        .map(|(_, known)| known)
}
