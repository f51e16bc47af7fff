//! Lists of options (`lists/*.csv`) and the agencies (`agencies.csv`) with their districts.

use std::collections::BTreeMap;

use formdef::{Group, Item, List, Lists, Mode, Moment, Text};

use crate::fault::{Fault, Mistake};
use crate::keys::{RECOVERY, RELAY};
use crate::memo::Memo;
use crate::opening::Opening;
use crate::order::Order;
use crate::sources::Folder;
use crate::table::{Row, Table};

/// A list with more options than this is sorted, published as a file of its own and loaded when it is needed; a
/// shorter one stands in the page in the order its editor chose.
pub const SHORT_LIST_MAX: usize = 30;

/// The id of the list of agencies, which is made of `agencies.csv`.
pub(crate) const AGENCIES: &str = "agencies";

/// An agency that takes submissions: a ward, commune or township.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// The statistics office's code, such as `00001`.
    pub code: String,
    /// Kind and name: «Phường Phúc Xá».
    pub name: String,
    /// The code of its district.
    pub district: String,
    /// Its part of an address: `phuong-phuc-xa-ba-dinh`.
    pub slug: String,
    /// The parts that its address had before, and those of agencies that went into it.
    pub(crate) former: Vec<String>,
    /// From when and until when it takes submissions.
    pub(crate) opening: Opening,
    /// Whether what is sent to it counts.
    pub mode: Mode,
}

impl Agency {
    /// Whether it takes submissions at that moment.
    pub fn is_open(&self, at: Moment) -> bool {
        self.opening.is_open(at)
    }
}

/// A district and its agencies, in Vietnamese order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// The statistics office's code, such as `001`.
    pub code: String,
    /// Kind and name: «Quận Ba Đình».
    pub name: String,
    /// Its agencies.
    pub agencies: Vec<Agency>,
}

impl District {
    /// The name without «Quận», «Huyện», «Thị xã» or «Thành phố»: what people look for.
    pub fn bare_name(&self) -> &str {
        let kinds = ["Quận ", "Huyện ", "Thị xã ", "Thành phố "];
        kinds
            .iter()
            .find_map(|kind| self.name.strip_prefix(kind))
            .unwrap_or(&self.name)
    }
}

/// The districts with their agencies from `agencies.csv`.
pub(crate) fn districts(forms: &Folder, order: &Order) -> (Vec<District>, Vec<Fault>) {
    let header = ["code", "district_code", "district", "name", "kind", "slug"];
    let mut table = Table::read(forms, "agencies.csv", &header);
    table.takes_besides(&header, &["opens", "closes", "mode", "former"]);
    let mut districts: BTreeMap<String, District> = BTreeMap::new();
    let (mut codes, mut slugs) = (BTreeMap::new(), BTreeMap::new());
    for row in std::mem::take(&mut table.rows) {
        let agency = agency(&mut table, &row, &mut codes, &mut slugs);
        let name = table.required(&row, "district").to_owned();
        let district = districts
            .entry(agency.district.clone())
            .or_insert_with(|| District {
                code: agency.district.clone(),
                name: name.clone(),
                agencies: Vec::new(),
            });
        if district.name != name {
            table.fault(
                &row,
                &name,
                Mistake::DistrictTwoNames {
                    code: district.code.clone(),
                    name: district.name.clone(),
                },
            );
        }
        district.agencies.push(agency);
    }
    let mut districts: Vec<District> = districts.into_values().collect();
    order.sort_by_name(&mut districts, District::bare_name);
    for district in &mut districts {
        order.sort_by_name(&mut district.agencies, |agency| &agency.name);
    }
    (districts, table.faults)
}

fn agency(
    table: &mut Table<'_>,
    row: &Row,
    codes: &mut BTreeMap<String, usize>,
    slugs: &mut BTreeMap<String, usize>,
) -> Agency {
    let code = table.code(row, codes);
    if [RECOVERY, RELAY].contains(&code.as_str()) {
        table.fault(row, &code, Mistake::CodeTaken { code: code.clone() });
    }
    let slug = table.required(row, "slug").to_owned();
    let former = table.cell(row, "former").split_whitespace();
    let former: Vec<String> = former.map(str::to_owned).collect();
    for slug in former.iter().chain([&slug]) {
        own_slug(table, row, slug, slugs);
    }
    let name = format!(
        "{} {}",
        capitalised(table.required(row, "kind")),
        table.required(row, "name")
    );
    let district = table.required(row, "district_code").to_owned();
    Agency {
        code,
        name,
        district,
        slug,
        former,
        opening: table.opening(row),
        mode: table.mode(row),
    }
}

/// An address is that of one agency, now and of those that are former.
fn own_slug(table: &mut Table<'_>, row: &Row, slug: &str, seen: &mut BTreeMap<String, usize>) {
    let of_fault = || slug.to_owned();
    if !is_slug(slug) {
        table.fault(row, slug, Mistake::SlugForm { slug: of_fault() });
    }
    if let Some(line) = seen.insert(of_fault(), Table::line(row)) {
        let slug_twice = Mistake::SlugTwice {
            slug: of_fault(),
            line,
        };
        table.fault(row, slug, slug_twice);
    }
}

/// The list `agencies` that forms use: the districts as its groups.
pub(crate) fn agency_list(districts: &[District], language: &str) -> List {
    let text = |words: &str| Text::new([(language.to_owned(), words.to_owned())]);
    let groups = districts.iter().map(|district| Group {
        code: district.code.clone(),
        label: text(&district.name),
    });
    let items = districts
        .iter()
        .flat_map(|district| &district.agencies)
        .map(|agency| Item {
            code: agency.code.clone(),
            label: text(&agency.name),
            group: Some(agency.district.clone()),
            opens: agency.opening.opens,
            closes: agency.opening.closes,
            mode: agency.mode,
        });
    sealed(List {
        id: AGENCIES.to_owned(),
        groups: groups.collect(),
        items: items.collect(),
        sha256: String::new(),
    })
}

/// Every `lists/*.csv`.
pub(crate) fn lists(
    forms: &Folder,
    languages: &[String],
    order: &Order,
    memo: &Memo,
) -> (Lists, Vec<Fault>) {
    let mut lists = Lists::new();
    let mut faults = Vec::new();
    for (path, id) in forms
        .matching("lists/", ".csv")
        .filter(|(_, id)| !id.contains('/') && !id.ends_with(".groups"))
    {
        let groups_path = format!("lists/{id}.groups.csv");
        let inputs = vec![
            forms.input(path),
            forms.input(&groups_path),
            Some(languages.join(" ").into()),
        ];
        let read = memo.lists.get(path, inputs, || {
            list(forms, path, id, &groups_path, languages, order)
        });
        let (list, more) = Clone::clone(&*read);
        faults.extend(more);
        lists.insert(id.to_owned(), list);
    }
    (lists, faults)
}

fn list(
    forms: &Folder,
    path: &str,
    id: &str,
    groups_path: &str,
    languages: &[String],
    order: &Order,
) -> (List, Vec<Fault>) {
    let (groups, mut faults) = if forms.text(groups_path).is_some() {
        groups(forms, groups_path, languages)
    } else {
        (Vec::new(), Vec::new())
    };
    let default = languages.first().map_or("vi", String::as_str);
    let mut table = Table::read(forms, path, &["code", default]);
    let mut codes = BTreeMap::new();
    let mut items = Vec::new();
    for row in std::mem::take(&mut table.rows) {
        let code = table.code(&row, &mut codes);
        let label = label(&mut table, &row, languages);
        let group = Some(table.cell(&row, "group").to_owned()).filter(|group| !group.is_empty());
        if let Some(unknown) = group
            .as_ref()
            .filter(|code| groups.iter().all(|group| group.code != **code))
        {
            table.fault(
                &row,
                unknown,
                Mistake::UnknownGroup {
                    code: unknown.clone(),
                    file: groups_path.to_owned(),
                },
            );
        }
        let Opening { opens, closes } = table.opening(&row);
        items.push(Item {
            code,
            label,
            group,
            opens,
            closes,
            mode: Mode::Live,
        });
    }
    if items.len() > SHORT_LIST_MAX {
        order.sort_by_name(&mut items, |item| item.label.get(default));
    }
    faults.extend(table.faults);
    (
        sealed(List {
            id: id.to_owned(),
            groups,
            items,
            sha256: String::new(),
        }),
        faults,
    )
}

fn groups(forms: &Folder, path: &str, languages: &[String]) -> (Vec<Group>, Vec<Fault>) {
    let default = languages.first().map_or("vi", String::as_str);
    let mut table = Table::read(forms, path, &["code", default]);
    let mut codes = BTreeMap::new();
    let rows = std::mem::take(&mut table.rows);
    let groups = rows
        .iter()
        .map(|row| Group {
            code: table.code(row, &mut codes),
            label: label(&mut table, row, languages),
        })
        .collect();
    (groups, table.faults)
}

/// The languages of a row, the default one first and required.
fn label(table: &mut Table<'_>, row: &Row, languages: &[String]) -> Text {
    let mut words = Vec::new();
    for (index, language) in languages.iter().enumerate() {
        let cell = table.cell(row, language).to_owned();
        if !cell.is_empty() {
            words.push((language.clone(), cell));
        } else if index == 0 {
            table.fault(
                row,
                "",
                Mistake::TextMissing {
                    language: language.clone(),
                },
            );
        }
    }
    Text::new(words)
}

fn sealed(mut list: List) -> List {
    list.sha256 = envelope::Digest::of(list.to_json().as_bytes()).to_string();
    list
}

/// Whether a word can be part of an address: a–z, 0–9 and `-`, not at its ends.
pub(crate) fn is_slug(word: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !word.is_empty() && word.chars().all(good) && !word.starts_with('-') && !word.ends_with('-')
}

/// «phường» → «Phường».
fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(rest).collect()
    })
}
