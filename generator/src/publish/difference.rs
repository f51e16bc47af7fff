//! What a release changes, in the words of those who publish it: pages, forms, their versions, offices by name, keys.
//!
//! What is signed anew with each build (the catalogue, key files) differs as a file each time; what it says is compared.

use std::collections::{BTreeMap, BTreeSet};

use envelope::release::{Release, ReleasedFile};
use envelope::{Catalogue, DatedKey};
use formdef::{Bilingual, Lang, both, say};

use super::names::Names;
use crate::catalogue::CATALOGUE;

/// How many of a sort are named; of more there is only the number.
const NAMED_MAX: usize = 12;

/// A release and what its catalogue says.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) release: &'a Release,
    /// None: what is public there is not of the release, for a run broke off or somebody changed it.
    pub(super) catalogue: Option<&'a Catalogue>,
}

/// What a release adds, changes and takes away, sort by sort.
pub struct Difference {
    sorts: Vec<(Sort, Changed)>,
    before: Before,
    /// What people should know beside it.
    notes: Vec<Bilingual>,
}

/// How much is known of what is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Known,
    /// Its catalogue could not be compared.
    Blind,
    /// Nothing of it could be compared.
    Unknown,
}

/// What a file, or what it says, is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Pages,
    Forms,
    Versions,
    Offices,
    Keys,
    Others,
    /// What is not of the release.
    ByHand,
}

/// What somebody changed past the publisher: paths.
pub(super) struct ByHand {
    pub(super) added: Vec<String>,
    pub(super) other: Vec<String>,
    pub(super) missing: Vec<String>,
}

/// The names of what is new, changed and gone.
struct Changed([Vec<Bilingual>; 3]);

/// Whose keys they are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    Office(String),
    Recovery,
    Relay,
    Log,
    Acknowledgements,
    Publisher,
}

impl Difference {
    /// Between what is public and what is built; before the first release there is nothing.
    pub(super) fn between(before: Option<Side<'_>>, after: Side<'_>, names: &Names) -> Difference {
        let none = BTreeMap::new();
        let files = before.map_or(&none, |side| &side.release.files);
        let (old, new) = (by_sort(files), by_sort(&after.release.files));
        let (old_forms, new_forms) = (by_form(&old.versions), by_form(&new.versions));
        let plain = |name: &&str| Bilingual::from(|_| (*name).to_owned());
        let mut sorts = vec![
            (Sort::Pages, Changed::of(&old.pages, &new.pages, address)),
            (Sort::Forms, Changed::of(&old_forms, &new_forms, plain)),
            (
                Sort::Versions,
                Changed::of(&old.versions, &new.versions, plain),
            ),
            (Sort::Others, Changed::of(&old.others, &new.others, plain)),
        ];
        let catalogue = before.and_then(|side| side.catalogue);
        let before = match before.is_some() && catalogue.is_none() {
            true => Before::Blind,
            false => Before::Known,
        };
        if let (Before::Known, Some(after)) = (before, after.catalogue) {
            let name = |code: &String| names.office(code);
            let offices = Changed::of(&offices(catalogue), &offices(Some(after)), name);
            let holder = |holder: &Holder| holder.show(names);
            let keys = Changed::of(&keys(catalogue), &keys(Some(after)), holder);
            sorts.splice(3..3, [(Sort::Offices, offices), (Sort::Keys, keys)]);
        }
        sorts.retain(|(_, changed)| !changed.is_empty());
        Difference {
            sorts,
            before,
            notes: Vec::new(),
        }
    }

    /// Between the public release and what lies there.
    pub(super) fn by_hand(found: ByHand) -> Difference {
        let plain = |paths: Vec<String>| {
            let names = paths
                .into_iter()
                .map(|path| Bilingual::from(|_| path.clone()));
            names.collect::<Vec<_>>()
        };
        let added = (!found.added.is_empty()).then(|| {
            both!(
                "what somebody added stays there until the next release, or until you remove it",
                "những gì có người đặt thêm vẫn ở đó đến bản phát hành sau, hoặc đến khi bạn xóa đi"
            )
        });
        let changed = Changed([plain(found.added), plain(found.other), plain(found.missing)]);
        let mut sorts = vec![(Sort::ByHand, changed)];
        sorts.retain(|(_, changed)| !changed.is_empty());
        Difference {
            sorts,
            before: Before::Known,
            notes: added.into_iter().collect(),
        }
    }

    /// A warning where more differs than words, style or script: the relay never goes back to an older catalogue.
    pub(super) fn of_the_catalogue(&self) -> Option<Bilingual> {
        let is_in_it = |(sort, _): &(Sort, Changed)| {
            matches!(sort, Sort::Versions | Sort::Offices | Sort::Keys)
        };
        let differs = self.before != Before::Known || self.sorts.iter().any(is_in_it);
        differs.then(|| {
            both!(
                "the relay goes on with its newest catalogue, and versions of forms, offices or keys differ from it: what pages of the older release send may be refused\n  = if those were wrong, build the old sources again and publish that instead",
                "trạm chuyển vẫn dùng danh mục mới nhất của nó, mà phiên bản biểu mẫu, cơ quan hoặc khóa khác với danh mục ấy: trang của bản cũ gửi đi có thể bị từ chối\n  = nếu chính những thứ đó sai thì hãy dựng lại từ nguồn cũ rồi công bố"
            )
        })
    }

    /// From what nobody can read any more.
    pub(super) fn unknown(why: Bilingual) -> Difference {
        Difference {
            sorts: Vec::new(),
            before: Before::Unknown,
            notes: vec![why],
        }
    }

    /// With what people should know beside it.
    pub(super) fn noting(mut self, notes: impl IntoIterator<Item = Bilingual>) -> Difference {
        self.notes.extend(notes);
        self
    }

    /// A line for each sort that differs, and the notes.
    pub fn show(&self, lang: Lang) -> String {
        let sorts = self.sorts.iter();
        let mut lines: Vec<String> = sorts
            .map(|(sort, changed)| format!("{}: {}", sort.show(lang), changed.show(lang)))
            .collect();
        if self.before == Before::Blind {
            lines.push(say!(
                lang,
                "offices and keys: cannot be compared, for the catalogue that is public is not of the public release",
                "cơ quan và khóa: không so được, vì danh mục đang công bố không thuộc bản phát hành đang công bố"
            ));
        }
        if lines.is_empty() && self.before == Before::Known {
            lines.push(say!(lang, "nothing differs", "không có gì khác"));
        }
        lines.extend(self.notes.iter().map(|note| note.of(lang).to_owned()));
        lines.join("\n")
    }
}

impl Changed {
    fn of<K: Ord, V: PartialEq>(
        before: &BTreeMap<K, V>,
        after: &BTreeMap<K, V>,
        name: impl Fn(&K) -> Bilingual,
    ) -> Changed {
        let mut changed = Changed(Default::default());
        let [new, other, gone] = &mut changed.0;
        for (key, value) in after {
            match before.get(key) {
                None => new.push(name(key)),
                Some(old) if old != value => other.push(name(key)),
                Some(_) => {}
            }
        }
        let lost = before.keys().filter(|key| !after.contains_key(key));
        gone.extend(lost.map(name));
        changed
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    fn show(&self, lang: Lang) -> String {
        let words = match lang {
            Lang::En => ["new", "changed", "gone"],
            Lang::Vi => ["mới", "đổi", "bỏ"],
        };
        let kinds = words.into_iter().zip(&self.0);
        let told = kinds.filter(|(_, names)| !names.is_empty());
        let told = told.map(|(word, names)| {
            let count = names.len();
            if count > NAMED_MAX {
                return format!("{count} {word}");
            }
            let names: Vec<&str> = names.iter().map(|name| name.of(lang)).collect();
            format!("{count} {word}: {}", names.join(", "))
        });
        told.collect::<Vec<_>>().join("; ")
    }
}

impl Sort {
    fn show(self, lang: Lang) -> String {
        match self {
            Sort::Pages => say!(lang, "pages", "trang"),
            Sort::Forms => say!(lang, "forms", "biểu mẫu"),
            Sort::Versions => say!(lang, "versions of forms", "phiên bản biểu mẫu"),
            Sort::Offices => say!(lang, "offices", "cơ quan"),
            Sort::Keys => say!(lang, "keys", "khóa"),
            Sort::Others => say!(lang, "other files", "tệp khác"),
            Sort::ByHand => say!(lang, "by hand", "sửa bằng tay"),
        }
    }
}

impl Holder {
    fn show(&self, names: &Names) -> Bilingual {
        match self {
            Holder::Office(code) => names.office(code),
            Holder::Recovery => both!("recovery", "khôi phục"),
            Holder::Relay => both!("the relay's receipts", "biên nhận của trạm chuyển"),
            Holder::Log => both!("the relay's log", "nhật ký của trạm chuyển"),
            Holder::Acknowledgements => both!("acknowledgements", "xác nhận đã nhận"),
            Holder::Publisher => both!("the publisher", "bên công bố"),
        }
    }
}

/// The files of a release by what they are; those that say what the catalogue says are left out.
#[derive(Default)]
struct BySort<'a> {
    pages: BTreeMap<&'a str, &'a ReleasedFile>,
    /// By `{id}/{version}`.
    versions: BTreeMap<&'a str, &'a ReleasedFile>,
    others: BTreeMap<&'a str, &'a ReleasedFile>,
}

fn by_sort(files: &BTreeMap<String, ReleasedFile>) -> BySort<'_> {
    let mut sorts = BySort::default();
    for (path, file) in files {
        let version = path
            .strip_prefix("forms/")
            .and_then(|name| name.strip_suffix(".json"));
        let (sort, name) = match version {
            _ if path.ends_with(".html") => (&mut sorts.pages, path.as_str()),
            Some(version) => (&mut sorts.versions, version),
            None if path.starts_with("keys/") || path.starts_with(CATALOGUE) => continue,
            None => (&mut sorts.others, path.as_str()),
        };
        sort.insert(name, file);
    }
    sorts
}

/// The versions of each form.
fn by_form<'a>(
    versions: &BTreeMap<&'a str, &'a ReleasedFile>,
) -> BTreeMap<&'a str, Vec<(&'a str, &'a ReleasedFile)>> {
    let mut forms: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (name, file) in versions {
        let (id, version) = name.split_once('/').unwrap_or((name, ""));
        forms.entry(id).or_default().push((version, *file));
    }
    forms
}

/// What people see in the line of their browser.
fn address(path: &&str) -> Bilingual {
    Bilingual::from(|_| format!("/{}", path.strip_suffix("index.html").unwrap_or(path)))
}

/// What the catalogue says of each office, its keys left out.
fn offices(catalogue: Option<&Catalogue>) -> BTreeMap<String, impl PartialEq + use<>> {
    let offices = catalogue.map_or(&[][..], |catalogue| &catalogue.offices);
    let said = offices.iter().map(|office| {
        let said = (
            office.kind.clone(),
            office.opens,
            office.closes,
            office.mode,
        );
        (office.code.clone(), said)
    });
    said.collect()
}

/// The names of everybody's keys; until when a key holds begins anew with each build.
fn keys(catalogue: Option<&Catalogue>) -> BTreeMap<Holder, BTreeSet<String>> {
    let Some(catalogue) = catalogue else {
        return BTreeMap::new();
    };
    let dated = |keys: &[DatedKey]| keys.iter().map(|key| key.kid.to_string()).collect();
    let publishers = catalogue.publishers.iter();
    let mut keys: BTreeMap<Holder, BTreeSet<String>> = [
        (
            Holder::Recovery,
            [catalogue.recovery.kid.to_string()].into(),
        ),
        (Holder::Relay, dated(&catalogue.relays)),
        (
            Holder::Log,
            catalogue.logs.iter().map(ToString::to_string).collect(),
        ),
        (Holder::Acknowledgements, dated(&catalogue.acks)),
        (
            Holder::Publisher,
            publishers.map(|key| key.thumbprint().to_string()).collect(),
        ),
    ]
    .into();
    let offices = catalogue.offices.iter();
    keys.extend(offices.map(|office| (Holder::Office(office.code.clone()), dated(&office.keys))));
    keys.retain(|_, keys| !keys.is_empty());
    keys
}
