//! Everything the editors wrote, read and checked: the portal before any page of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use envelope::Digest;
use formdef::{Field, Form, List, Lists, Office, Section, SharedSection, Shelf, Source, Text};
use rayon::prelude::*;
use serde_json::Value;

use crate::fault::{Fault, Mistake};
use crate::fault_words;
use crate::former::Former;
use crate::guide::{self, Guide};
use crate::lists::{AGENCIES, Agency, District, agency_list, districts, is_slug, lists};
use crate::memo::{Inputs, Memo, ReadForm};
use crate::order::Order;
use crate::plan;
use crate::portal::{self, Portal, read_toml};
use crate::published::Published;
use crate::sources::{Folder, Sources};
use crate::versions;

/// More services than this no page lists beside other things: those with a heading have a page for it, the others one of
/// their own.
pub(crate) const LISTED_MAX: usize = 40;

/// A portal's content.
pub struct Content {
    /// Names, places, languages.
    pub portal: Portal,
    /// Districts and their agencies, in Vietnamese order.
    pub districts: Vec<District>,
    /// Every list that forms may use, `agencies` included.
    pub lists: Lists,
    /// The services, in Vietnamese order of their titles.
    pub services: Vec<Service>,
    /// What became of services that are no longer there.
    pub former: Former,
    /// The texts of the pages by language; where one lacks, the default language's stands.
    pub texts: BTreeMap<String, Value>,
    /// How many texts of pages fall back to the default language, by language.
    pub fallbacks: BTreeMap<String, usize>,
    /// Versions that were published before, kept among the sources.
    pub kept: Published,
}

/// A heading under which services are listed, and its page.
#[derive(Clone)]
pub struct Group<'a> {
    /// Its id: the last part of its page's address.
    pub id: &'a str,
    /// What it is called.
    pub title: &'a Text,
    /// Its services, in Vietnamese order of their titles.
    pub services: Vec<&'a Service>,
}

/// A service: its form and its guide.
pub struct Service {
    /// The form, with the facts of its page.
    pub form: Arc<Form>,
    /// The digest of the form as it is published, of what [`Form::to_compiled`] gives.
    pub sha256: Digest,
    /// The guide as HTML by language; a language without one shows the default language's.
    pub guides: BTreeMap<String, Arc<Guide>>,
}

impl Service {
    /// The questions whose answers name an agency that takes it; others go to offices of a district alone.
    fn agency_questions(&self) -> impl Iterator<Item = &Field> {
        let readers = self.form.recipients.iter();
        readers.filter_map(|reader| match &reader.office {
            Office::Of { of } => self.form.field(of),
            Office::DistrictOf { .. } => None,
        })
    }

    /// Whether that ward, commune or township takes it.
    pub(crate) fn is_taken_by(&self, district: &District, agency: &Agency) -> bool {
        let takes = |field: &Field| field.is_taken_by(&agency.code, Some(&district.code));
        self.agency_questions().any(takes)
    }

    /// Whether some agencies take it and others do not.
    pub(crate) fn is_narrowed(&self) -> bool {
        self.only().next().is_some()
    }

    /// The codes of the agencies, or of their districts, that alone take it; none: all do, or none does.
    pub(crate) fn only(&self) -> impl Iterator<Item = &String> {
        let is_for_all = self.agency_questions().any(|field| field.only.is_empty());
        let questions = self.agency_questions().filter(move |_| !is_for_all);
        questions.flat_map(|field| &field.only)
    }

    /// The guide in a language, else in the default one, and in which of them.
    pub(crate) fn guide_and_language<'l>(
        &self,
        language: &'l str,
        default: &'l str,
    ) -> Option<(&'l str, &Guide)> {
        let find = |language: &'l str| Some((language, &**self.guides.get(language)?));
        find(language).or_else(|| find(default))
    }
}

impl Content {
    /// Reads everything and finds every fault, in the order of their places.
    pub fn read(sources: &Sources) -> Result<Content, Vec<Fault>> {
        Content::read_with(sources, &Memo::default())
    }

    /// The same, taking from the memo what was read before and has not changed.
    pub(crate) fn read_with(sources: &Sources, memo: &Memo) -> Result<Content, Vec<Fault>> {
        let portal = Portal::read(&sources.forms)?;
        let order = Order::vietnamese();
        let (districts, lists, mut faults) = read_lists(&sources.forms, &portal, &order, memo);
        let (services, more) = services(&sources.forms, &portal, &lists, &order, memo);
        faults.extend(more);
        let (texts, fallbacks, more) = texts(&sources.site, &portal.languages);
        faults.extend(more);
        let (kept, more) = Published::kept(&sources.forms);
        faults.extend(more);
        let (former, more) = Former::read(&sources.forms, &portal, &services, &districts);
        faults.extend(more);
        faults.extend(former.forgotten(&sources.forms, &services, kept.forms.keys()));
        for service in &services {
            faults.extend(versions::faults(&sources.forms, service, &kept));
        }
        if faults.is_empty() {
            Ok(Content {
                portal,
                districts,
                lists,
                services,
                former,
                texts,
                fallbacks,
                kept,
            })
        } else {
            Err(faults)
        }
    }

    /// The groups that have services, with them, in Vietnamese order of their titles.
    pub(crate) fn groups(&self) -> Vec<Group<'_>> {
        let language = self.portal.default_language();
        let groups = self.portal.groups.iter().map(|(id, title)| Group {
            id,
            title,
            services: self.services_of(Some(id)),
        });
        let mut groups: Vec<_> = groups.filter(|group| !group.services.is_empty()).collect();
        Order::vietnamese().sort_by_name(&mut groups, |group| group.title.get(language));
        groups
    }

    /// The services of a group, or those of none.
    pub(crate) fn services_of(&self, group: Option<&str>) -> Vec<&Service> {
        let services = self.services.iter();
        services
            .filter(|service| service.form.guide.group.as_deref() == group)
            .collect()
    }

    /// Whether the services of no group have a page of their own.
    pub(crate) fn has_others(&self) -> bool {
        let services = self.services.iter();
        let mut others = services.filter(|service| service.form.guide.group.is_none());
        others.nth(LISTED_MAX).is_some()
    }

    /// A list by its id.
    pub fn list(&self, id: &str) -> Option<&List> {
        self.lists.get(id)
    }
}

fn services(
    forms: &Folder,
    portal: &Portal,
    lists: &Lists,
    order: &Order,
    memo: &Memo,
) -> (Vec<Service>, Vec<Fault>) {
    let shelf = shelf(forms, portal, lists);
    let desk = Desk {
        portal,
        common: common_inputs(&shelf),
        shared: Shared::of(&shelf),
        shelf,
        memo,
    };
    let found: Vec<(&str, &str)> = forms.matching("", "/form.toml").collect();
    let read: Vec<_> = found
        .par_iter()
        .with_max_len(1)
        .map(|(path, id)| service(forms, path, id, &desk))
        .collect();
    let mut services = Vec::new();
    let mut faults = Vec::new();
    for (service, more) in read {
        services.extend(service);
        faults.extend(more);
    }
    let language = portal.default_language();
    order.sort_by_name(&mut services, |service| service.form.title.get(language));
    (services, faults)
}

/// The agencies by district, and every list, `agencies` included.
fn read_lists(
    forms: &Folder,
    portal: &Portal,
    order: &Order,
    memo: &Memo,
) -> (Vec<District>, Lists, Vec<Fault>) {
    let read = memo
        .districts
        .get("agencies.csv", vec![forms.input("agencies.csv")], || {
            districts(forms, order)
        });
    let (districts, mut faults) = Clone::clone(&*read);
    let (mut lists, more) = lists(forms, &portal.languages, order, memo);
    faults.extend(more);
    let agencies = agency_list(&districts, portal.default_language());
    lists.insert(AGENCIES.to_owned(), agencies);
    (districts, lists, faults)
}

/// What forms can refer to, without any form.
pub(crate) fn read_shelf(forms: &Folder) -> Result<Shelf, Vec<Fault>> {
    let portal = Portal::read(forms)?;
    let (_, lists, faults) = read_lists(forms, &portal, &Order::vietnamese(), &Memo::default());
    if faults.is_empty() {
        Ok(shelf(forms, &portal, &lists))
    } else {
        Err(faults)
    }
}

fn source(forms: &Folder, path: &str) -> Source {
    Source {
        path: forms.shown(path),
        text: forms.text(path).unwrap_or_default().to_owned(),
    }
}

/// The faults of one form and of the lists named after it: for what is made and not written yet.
pub(crate) fn form_faults(forms: &Folder, portal: &Portal, id: &str) -> Vec<Fault> {
    let order = Order::vietnamese();
    let (districts, _) = districts(forms, &order);
    let (mut known, mut faults) = lists(forms, &portal.languages, &order, &Memo::default());
    known.insert(
        AGENCIES.to_owned(),
        agency_list(&districts, portal.default_language()),
    );
    let (_, more) = formdef::parse(
        &source(forms, &format!("{id}/form.toml")),
        &shelf(forms, portal, &known),
    );
    faults.extend(more.into_iter().map(Fault::from));
    let own = [
        forms.shown(&format!("{id}/")),
        forms.shown(&format!("lists/{id}-")),
    ];
    faults.retain(|fault| own.iter().any(|start| fault.place().0.starts_with(start)));
    faults
}

fn shelf(forms: &Folder, portal: &Portal, lists: &Lists) -> Shelf {
    let sections = forms
        .matching("sections/", ".toml")
        .map(|(path, id)| (id.to_owned(), SharedSection::new(id, source(forms, path))))
        .collect();
    let prefixes = portal
        .offices
        .iter()
        .map(|(kind, office)| (kind.clone(), office.prefix.clone().unwrap_or_default()))
        .collect();
    Shelf {
        languages: portal.languages.clone(),
        sections,
        lists: lists.clone(),
        offices: prefixes,
    }
}

/// What every form depends on: languages, kinds of offices, lists.
fn common_inputs(shelf: &Shelf) -> Arc<str> {
    let lists: Vec<_> = shelf
        .lists
        .iter()
        .map(|(id, list)| (id, &list.sha256))
        .collect();
    format!("{:?}", (&shelf.languages, &shelf.offices, lists)).into()
}

/// What every form is read with.
struct Desk<'a> {
    portal: &'a Portal,
    shelf: Shelf,
    /// What every form depends on, as an input of it.
    common: Arc<str>,
    shared: Shared,
    memo: &'a Memo,
}

/// The sections that forms took from the shelf, by their ids: forms that have the same one hold it together.
struct Shared(BTreeMap<String, Mutex<Vec<Arc<Section>>>>);

impl Shared {
    fn of(shelf: &Shelf) -> Self {
        let sections = shelf.sections.keys();
        Shared(sections.map(|id| (id.clone(), Mutex::default())).collect())
    }

    /// A form that shares what is equal with those before it.
    fn sharing(&self, mut form: Form) -> Form {
        for section in &mut form.sections {
            let Some(known) = self.0.get(&section.id) else {
                continue;
            };
            // Sections are only added, each whole.
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            match known.iter().find(|known| *known == section) {
                Some(known) => *section = Arc::clone(known),
                None => known.push(Arc::clone(section)),
            }
        }
        form
    }
}

fn service(forms: &Folder, path: &str, id: &str, desk: &Desk<'_>) -> (Option<Service>, Vec<Fault>) {
    let (portal, memo) = (desk.portal, desk.memo);
    let mut faults = Vec::new();
    if !is_slug(id) {
        faults.push(forms.fault(path, Mistake::ServiceId { id: id.to_owned() }));
    } else if plan::is_taken(id, portal) {
        faults.push(forms.fault(path, Mistake::ServiceIdTaken { id: id.to_owned() }));
    }
    let (read, more) = form(forms, path, desk);
    faults.extend(more);
    let group = read
        .as_ref()
        .and_then(|read| read.form.guide.group.as_deref());
    if let Some(code) = group.filter(|group| !portal.groups.contains_key(*group)) {
        let mistake = Mistake::UnknownGroup {
            code: code.to_owned(),
            file: forms.shown(portal::PATH),
        };
        faults.push(forms.fault_at_key(path, "group", &mistake));
    }
    let (guides, more) = guides(forms, id, &portal.languages, memo);
    faults.extend(more);
    let service = read.map(|read| Service {
        form: Arc::clone(&read.form),
        sha256: read.sha256,
        guides,
    });
    (service, faults)
}

/// One form and the lists that it uses, from the forms alone.
pub(crate) fn one_form(forms: &Folder, id: &str) -> Result<(Form, Lists), Vec<Fault>> {
    let portal = Portal::read(forms)?;
    let (order, memo) = (Order::vietnamese(), Memo::default());
    let (districts, mut faults) = districts(forms, &order);
    let (mut lists, more) = lists(forms, &portal.languages, &order, &memo);
    faults.extend(more);
    lists.insert(
        AGENCIES.to_owned(),
        agency_list(&districts, portal.default_language()),
    );
    let path = format!("{id}/form.toml");
    let (form, more) = formdef::parse(&source(forms, &path), &shelf(forms, &portal, &lists));
    faults.extend(more.into_iter().map(Fault::from));
    match form {
        Some(form) if faults.is_empty() => Ok((form, lists)),
        _ => Err(faults),
    }
}

/// A form, from the memo when neither its definition nor anything that it uses has changed.
fn form(forms: &Folder, path: &str, desk: &Desk<'_>) -> (Option<Arc<ReadForm>>, Vec<Fault>) {
    let Desk { shelf, memo, .. } = desk;
    let inputs = |read: &ReadForm| form_inputs(forms, path, &read.form, &desk.common);
    let read = memo.forms.find(path, inputs).map_or_else(
        || {
            let (form, faults) = formdef::parse(&source(forms, path), shelf);
            let Some(form) = form.map(|form| desk.shared.sharing(form)) else {
                return Err(faults);
            };
            let read = Arc::new(ReadForm {
                sha256: Digest::of(form.to_compiled().as_bytes()),
                form: Arc::new(form),
                faults,
            });
            memo.forms.put(path, inputs(&read), &read);
            Ok(read)
        },
        Ok,
    );
    let (read, faults) = match read {
        Ok(read) => (Some(Arc::clone(&read)), read.faults.clone()),
        Err(faults) => (None, faults),
    };
    (read, faults.into_iter().map(Fault::from).collect())
}

/// What a form without faults was read from: its definition, what all forms share, and the shared sections it uses.
fn form_inputs(forms: &Folder, path: &str, form: &Form, common: &Arc<str>) -> Inputs {
    let own = [forms.input(path), Some(Arc::clone(common))];
    // A section of its own that has the name of a shared one counts too: the form may have used that one before.
    let sections = form
        .sections
        .iter()
        .map(|section| forms.input(&format!("sections/{}.toml", section.id)));
    own.into_iter().chain(sections).collect()
}

fn guides(
    forms: &Folder,
    id: &str,
    languages: &[String],
    memo: &Memo,
) -> (BTreeMap<String, Arc<Guide>>, Vec<Fault>) {
    let mut guides = BTreeMap::new();
    let mut faults = Vec::new();
    for language in languages {
        let path = format!("{id}/guide.{language}.md");
        if forms.text(&path).is_none() {
            continue;
        }
        match &*guide::kept(forms, &path, memo) {
            Ok(guide) => {
                guides.insert(language.clone(), Arc::clone(guide));
            }
            Err(more) => faults.extend(more.iter().cloned()),
        }
    }
    (guides, faults)
}

/// The texts of all pages by language, from `translations/<name>.<language>.toml`, the words of faults among them.
fn texts(
    site: &Folder,
    languages: &[String],
) -> (BTreeMap<String, Value>, BTreeMap<String, usize>, Vec<Fault>) {
    let mut texts: BTreeMap<String, Value> = BTreeMap::new();
    let mut fallbacks = BTreeMap::new();
    let mut faults = Vec::new();
    let Some((default, others)) = languages.split_first() else {
        return (texts, fallbacks, faults);
    };
    let default_end = format!(".{default}.toml");
    let mut whole = Value::Object(serde_json::Map::new());
    let mut own: BTreeMap<&String, Value> = BTreeMap::new();
    faults.extend(fault_words::faults(site, languages));
    let site = &fault_words::with_faults(site, languages);
    for (path, name) in site.matching("translations/", &default_end) {
        let Some(table) = read(site, path, &mut faults) else {
            continue;
        };
        for language in others {
            let other_path = format!("translations/{name}.{language}.toml");
            if site.text(&other_path).is_none() {
                continue;
            }
            let Some(translated) = read(site, &other_path, &mut faults) else {
                continue;
            };
            if name != fault_words::FILE {
                refuse_extras(site, &other_path, path, &table, &translated, &mut faults);
            }
            overlay(
                own.entry(language)
                    .or_insert_with(|| Value::Object(serde_json::Map::new())),
                &translated,
            );
        }
        overlay(&mut whole, &table);
    }
    for language in others {
        let translated = own.remove(language).unwrap_or_default();
        fallbacks.insert(
            language.clone(),
            leaves(&whole).difference(&leaves(&translated)).count(),
        );
        let mut merged = whole.clone();
        overlay(&mut merged, &translated);
        texts.insert(language.clone(), merged);
    }
    texts.insert(default.clone(), whole);
    (texts, fallbacks, faults)
}

fn read(site: &Folder, path: &str, faults: &mut Vec<Fault>) -> Option<Value> {
    read_toml(site, path)
        .map_err(|fault| faults.push(fault))
        .ok()
}

fn refuse_extras(
    site: &Folder,
    path: &str,
    default: &str,
    table: &Value,
    translated: &Value,
    faults: &mut Vec<Fault>,
) {
    for key in leaves(translated).difference(&leaves(table)) {
        let name = key.rsplit('.').next().unwrap_or(key);
        let line = site.text(path).and_then(|text| {
            text.lines()
                .position(|line| line.trim_start().starts_with(name))
        });
        let mistake = Mistake::TranslationExtra {
            key: key.clone(),
            default: site.shown(default),
        };
        faults.push(site.fault_at(path, line.map_or(1, |index| index + 1), 1, &mistake));
    }
}

/// The paths of all values that are no tables.
fn leaves(value: &Value) -> BTreeSet<String> {
    fn walk(value: &Value, path: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(table) => table
                .iter()
                .for_each(|(key, value)| walk(value, &format!("{path}.{key}"), found)),
            _ => {
                found.insert(path.trim_start_matches('.').to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(value, "", &mut found);
    found
}

/// Puts every value of `over` into `base`, table by table.
fn overlay(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                overlay(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) if !over.is_null() => *base = over.clone(),
        _ => {}
    }
}
