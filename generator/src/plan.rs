//! Which pages a portal has, and where each stands in each language. Nothing is rendered here.

use crate::content::{Content, Service};
use crate::former::{Moved, Withdrawn};
use crate::lists::{Agency, District};
use crate::portal::Portal;

/// A page of a portal in one language.
pub struct Page<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// In which language.
    pub language: &'a str,
    /// Its address: `/khai-sinh/`, `/en/khai-sinh/form/`, `/404.html`.
    pub url: String,
    /// The addresses of the same page in every language, in the portal's order.
    pub alternates: Vec<(&'a str, String)>,
}

/// What a page is about.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// The services, and the agencies by district.
    Home,
    /// A service: what it is for, what to bring, who reads which answers.
    Service(&'a Service),
    /// The form of a service.
    Form(&'a Service),
    /// A service that is no longer offered: since when, what there is instead, where to go.
    Withdrawn(&'a Withdrawn),
    /// Where a page was that has another address now.
    Moved(&'a Moved),
    /// The services of one field of life.
    Group(&'a str),
    /// The services of no field of life, when they are many.
    Others,
    /// All agencies by district.
    Agencies,
    /// One agency and its district.
    Agency(&'a District, &'a Agency),
    /// The receipts that are kept on a person's device.
    Receipts,
    /// What checks a receipt.
    Verify,
    /// A plain text.
    Plain(Plain),
    /// What a person sees at an address where nothing is.
    NotFound,
}

/// The plain texts, each `site/pages/plain/{id}.{language}.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    /// What this portal is.
    About,
    /// What is known about whom, and what the recovery key can do.
    Privacy,
    /// How an application is protected on its way.
    Protection,
    /// How the portal can be used by everybody.
    Accessibility,
}

impl Plain {
    /// All of them, in the order of the footer.
    pub const ALL: [Plain; 4] = [
        Plain::About,
        Plain::Privacy,
        Plain::Protection,
        Plain::Accessibility,
    ];

    /// The text's name in files and translations.
    pub fn id(self) -> &'static str {
        match self {
            Plain::About => "about",
            Plain::Privacy => "privacy",
            Plain::Protection => "protection",
            Plain::Accessibility => "accessibility",
        }
    }

    fn vietnamese(self) -> &'static str {
        match self {
            Plain::About => "gioi-thieu",
            Plain::Privacy => "quyen-rieng-tu",
            Plain::Protection => "bao-ve",
            Plain::Accessibility => "tiep-can",
        }
    }
}

/// What an address begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The root of its language: a service's.
    Root,
    /// The list of agencies.
    Agencies,
}

impl Under {
    /// `/`, `/en/`, `/co-quan/`, `/en/agencies/`; `root` is that of the language.
    pub(crate) fn url(self, language: &str, root: &str) -> String {
        match self {
            Under::Root => root.to_owned(),
            Under::Agencies => format!("{root}{}/", agencies_word(language == "vi")),
        }
    }
}

/// Folders of a portal that no service can have: of data, and of pages that are called the same in every language.
const FOLDERS: [&str; 6] = ["assets", "forms", "keys", "lists", "receipts", "verify"];

impl Subject<'_> {
    /// The address in a language; `root` is `/` or `/en/`.
    pub fn url(&self, language: &str, root: &str) -> String {
        let vietnamese = language == "vi";
        match self {
            Subject::Home => root.to_owned(),
            Subject::Service(service) => format!("{root}{}/", service.form.id),
            Subject::Form(service) => format!("{root}{}/form/", service.form.id),
            Subject::Withdrawn(service) => format!("{root}{}/", service.id),
            Subject::Moved(moved) => moved.under.url(language, root) + &moved.from,
            Subject::Group(id) => format!("{root}{}/{id}/", groups_word(vietnamese)),
            Subject::Others => format!("{root}{}/", others_word(vietnamese)),
            Subject::Agencies => Under::Agencies.url(language, root),
            Subject::Agency(_, agency) => {
                format!("{}{}/", Under::Agencies.url(language, root), agency.slug)
            }
            Subject::Receipts => format!("{root}receipts/"),
            Subject::Verify => format!("{root}verify/"),
            Subject::Plain(plain) if vietnamese => format!("{root}{}/", plain.vietnamese()),
            Subject::Plain(plain) => format!("{root}{}/", plain.id()),
            Subject::NotFound => format!("{root}404.html"),
        }
    }

    /// Whether people should find it by a search.
    pub(crate) fn is_to_be_found(&self) -> bool {
        !matches!(
            self,
            Subject::NotFound | Subject::Withdrawn(_) | Subject::Moved(_)
        )
    }

    /// The template that renders it, relative to `site/`.
    pub fn template(&self) -> &'static str {
        match self {
            Subject::Home => "pages/home.html",
            Subject::Service(_) => "pages/service.html",
            Subject::Form(_) => "pages/form.html",
            Subject::Withdrawn(_) => "pages/withdrawn.html",
            Subject::Moved(_) => "pages/moved.html",
            Subject::Group(_) | Subject::Others => "pages/group.html",
            Subject::Agencies => "pages/agencies.html",
            Subject::Agency(..) => "pages/agency.html",
            Subject::Receipts => "pages/receipts.html",
            Subject::Verify => "pages/verify.html",
            Subject::Plain(_) => "pages/plain.html",
            Subject::NotFound => "pages/404.html",
        }
    }
}

impl Page<'_> {
    /// The file's path in the portal's folder.
    pub fn path(&self) -> String {
        let path = self.url.trim_start_matches('/');
        if path.is_empty() || path.ends_with('/') {
            format!("{path}index.html")
        } else {
            path.to_owned()
        }
    }
}

/// `/` for the default language, `/en/` for another.
pub fn root(language: &str, portal: &Portal) -> String {
    if language == portal.default_language() {
        "/".to_owned()
    } else {
        format!("/{language}/")
    }
}

/// Whether a service may not have this id, because its address is taken.
pub(crate) fn is_taken(id: &str, portal: &Portal) -> bool {
    let plain = Plain::ALL
        .iter()
        .any(|plain| plain.id() == id || plain.vietnamese() == id);
    let word = [true, false].into_iter().any(|vietnamese| {
        [agencies_word, groups_word, others_word]
            .iter()
            .any(|word| word(vietnamese) == id)
    });
    plain || word || FOLDERS.contains(&id) || portal.languages.iter().any(|language| language == id)
}

/// Every page in every language.
pub fn pages(content: &Content) -> Vec<Page<'_>> {
    let services = content
        .services
        .iter()
        .flat_map(|service| [Subject::Service(service), Subject::Form(service)]);
    let agencies = content.districts.iter().flat_map(|district| {
        district
            .agencies
            .iter()
            .map(move |agency| Subject::Agency(district, agency))
    });
    let groups = content.groups().into_iter();
    let others = content.has_others().then_some(Subject::Others);
    let subjects = [
        Subject::Home,
        Subject::Agencies,
        Subject::Receipts,
        Subject::Verify,
        Subject::NotFound,
    ]
    .into_iter();
    let subjects = subjects
        .chain(groups.map(|group| Subject::Group(group.id)))
        .chain(others)
        .chain(Plain::ALL.into_iter().map(Subject::Plain))
        .chain(services)
        .chain(content.former.withdrawn.iter().map(Subject::Withdrawn))
        .chain(content.former.moved.iter().map(Subject::Moved))
        .chain(agencies);
    subjects
        .flat_map(|subject| in_every_language(subject, &content.portal))
        .collect()
}

fn in_every_language<'a>(subject: Subject<'a>, portal: &'a Portal) -> Vec<Page<'a>> {
    let address = |language: &'a String| {
        (
            language.as_str(),
            subject.url(language, &root(language, portal)),
        )
    };
    let alternates: Vec<_> = portal.languages.iter().map(address).collect();
    let page = |(language, url): &(&'a str, String)| Page {
        subject,
        language,
        url: url.clone(),
        alternates: alternates.clone(),
    };
    alternates.iter().map(page).collect()
}

fn groups_word(vietnamese: bool) -> &'static str {
    if vietnamese { "linh-vuc" } else { "topics" }
}

fn others_word(vietnamese: bool) -> &'static str {
    if vietnamese {
        "thu-tuc-khac"
    } else {
        "other-services"
    }
}

fn agencies_word(vietnamese: bool) -> &'static str {
    if vietnamese { "co-quan" } else { "agencies" }
}
