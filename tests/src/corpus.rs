//! A whole city's services, made up: as many forms as a city has, with questions of every kind, shared sections and
//! lists, conditions, rules and guides in two languages. The same seed gives the same forms on every machine.
//!
//! Agencies, `portal.toml` and the declaration at the end are those of `forms/`.

#[path = "../../formdef/cases/chance.rs"]
mod chance;
mod questions;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chance::Chance;
use formdef::folded;
use questions::{LISTS, Questions};
use words::{ABOUT, ACTS, FIELDS, HEADINGS, SENTENCES, Words};

use crate::{Failure, repository, tree};

/// The services of a city.
pub const FORMS: usize = 1796;
/// A corpus comes in eighths of [`FORMS`], to see how cost grows.
pub const EIGHTHS: usize = 8;
/// How many questions a form has, sections that it shares counted in.
pub const QUESTIONS: std::ops::RangeInclusive<usize> = 12..=40;
/// How many words a guide has.
pub const GUIDE_WORDS: std::ops::RangeInclusive<usize> = 150..=600;

const SEED: u64 = 0x6369_7479;
const SECTIONS: usize = 60;
/// Whom a service is for that not all agencies take, as `only` has it: every few services one of these.
const ONLY: [&str; 3] = ["\"001\", \"002\"", "\"271\"", "\"00001\", \"271\""];
const ONLY_EVERY: usize = 30;
/// The office at the beginning and the three of the declaration at the end.
const QUESTIONS_AROUND: usize = 4;

/// The folder of forms of a corpus with so many eighths of all services, as paths and texts.
///
/// # Errors
/// What it takes over from `forms/` cannot be read.
pub fn files(eighths: usize) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut files: BTreeMap<PathBuf, Vec<u8>> = tree::files(&repository::path("forms"))?;
    files.retain(|path, _| is_taken_over(path));
    let portal = Path::new("portal.toml");
    let facts = files.remove(portal).unwrap_or_default();
    files.insert(
        portal.into(),
        with_groups(&String::from_utf8_lossy(&facts)).into(),
    );
    let mut add = |path: String, text: String| files.insert(path.into(), text.into_bytes());
    for number in 0..LISTS {
        add(format!("lists/danh-muc-{number:02}.csv"), list(number));
    }
    let mut sizes = Vec::new();
    for number in 0..SECTIONS {
        let (size, text) = section(number);
        sizes.push(size);
        add(format!("sections/{}.toml", section_id(number)), text);
    }
    for number in 0..FORMS * eighths / EIGHTHS {
        let service = Service::new(number);
        add(
            format!("{}/form.toml", service.id),
            service.form(&mut service.chance(), &sizes),
        );
        let guides = service.guides(&mut service.chance());
        for (language, guide) in ["vi", "en"].into_iter().zip(guides) {
            add(format!("{}/guide.{language}.md", service.id), guide);
        }
    }
    Ok(files)
}

/// The offices that its forms send to: of the agencies, and of the police of each district.
///
/// # Errors
/// `forms/agencies.csv` cannot be read.
pub fn office_codes() -> Result<Vec<String>, Failure> {
    let mut codes = repository::office_codes()?;
    codes.retain(|code| {
        !code.starts_with(|c: char| c.is_ascii_lowercase()) || code.starts_with("ca-")
    });
    Ok(codes)
}

/// Writes them.
///
/// # Errors
/// As [`files`], or a file cannot be written.
pub fn write(folder: &Path, eighths: usize) -> Result<usize, Failure> {
    let files = files(eighths)?;
    tree::write(folder, &files)?;
    Ok(files.len())
}

/// Of the repository's forms: facts of the portal, agencies, lists, and the declaration.
fn is_taken_over(path: &Path) -> bool {
    path.starts_with("lists")
        || ["agencies.csv", "portal.toml", "sections/declaration.toml"]
            .iter()
            .any(|name| path == Path::new(name))
}

/// The portal's facts with the fields of life in the place of its groups.
fn with_groups(portal: &str) -> String {
    let groups = FIELDS
        .iter()
        .map(|(id, (vi, en), _)| format!("{id} = {{ vi = \"{vi}\", en = \"{en}\" }}\n"));
    let of_repository = portal
        .split("[groups]\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next());
    portal.replace(
        of_repository.unwrap_or_default(),
        &groups.collect::<String>(),
    )
}

fn list(number: usize) -> String {
    let mut chance = Chance(SEED + 1_000_000 + number as u64);
    let count = 5 + chance.below(56);
    let mut csv = "code,vi,en\n".to_owned();
    for code in 1..=count {
        let (vi, en) = ABOUT[chance.below(ABOUT.len())];
        let _ = writeln!(csv, "M{code:02},Mục {code}: {vi},Item {code}: {en}");
    }
    csv
}

fn section_id(number: usize) -> String {
    format!("phan-{number:02}")
}

/// How many questions a shared section has, and its text.
fn section(number: usize) -> (usize, String) {
    let mut chance = Chance(SEED + 2_000_000 + number as u64);
    let size = 3 + chance.below(5);
    let about = ABOUT[number % ABOUT.len()];
    let mut questions = Questions {
        toml: format!(
            "title.vi = \"Về {}\"\ntitle.en = \"About {}\"\n",
            about.0, about.1
        ),
        table: "field",
        chance: &mut chance,
    };
    questions.write(&format!("phan_{number:02}"), size, about);
    (size, questions.toml)
}

/// One made-up service.
struct Service {
    number: usize,
    id: String,
    group: &'static str,
    title: (String, String),
}

impl Service {
    fn new(number: usize) -> Service {
        let (group, _, things) = &FIELDS[number % FIELDS.len()];
        let turn = number / FIELDS.len();
        let thing = things[turn % things.len()];
        let act = ACTS[turn / things.len() % ACTS.len()];
        let title = (
            format!("{} {}", act.0, thing.0),
            format!("{} {}", act.1, thing.1),
        );
        Service {
            number,
            id: folded(&title.0).replace(' ', "-"),
            group,
            title,
        }
    }

    /// A form's choices depend on its number alone, so that a smaller corpus is a part of a larger one.
    fn chance(&self) -> Chance {
        Chance(SEED + self.number as u64)
    }

    fn form(&self, chance: &mut Chance, sizes: &[usize]) -> String {
        let wanted = QUESTIONS.start() + chance.below(QUESTIONS.end() - QUESTIONS.start() + 1);
        let mut left = wanted - QUESTIONS_AROUND;
        let mut shared = Vec::new();
        for _ in 0..chance.below(4) {
            let section = chance.below(sizes.len());
            if !shared.contains(&section) && sizes[section] + 3 <= left {
                left -= sizes[section];
                shared.push(section);
            }
        }
        let mut toml = self.head(&shared, chance);
        for section in shared {
            let _ = write!(toml, "\n[[section]]\nuse = \"{}\"\n", section_id(section));
        }
        toml = own_sections(toml, left, chance);
        toml + "\n[[section]]\nuse = \"declaration\"\n"
    }

    fn head(&self, shared: &[usize], chance: &mut Chance) -> String {
        let (vi, en) = &self.title;
        let days = 1 + chance.below(30);
        let only = ONLY
            .get(self.number % ONLY_EVERY)
            .map(|codes| format!("only = [{codes}]\n"));
        let only = only.unwrap_or_default();
        let recipients = match shared.first().filter(|_| chance.percent(30)) {
            None => "ward = \"agency\"\n".to_owned(),
            Some(section) => format!(
                "ward = {{ office = \"agency\", reads = [\"*\"] }}\npolice = {{ office = {{ district_of = \"agency\", kind = \"police\" }}, reads = [\"agency\", \"phan_{section:02}.*\"] }}\n"
            ),
        };
        format!(
            r#"title.vi = "{vi}"
title.en = "{en}"
version = 1
level = 3
code = "9.{:06}"
group = "{}"
summary.vi = "{vi} tại phường, xã nơi bạn cư trú."
summary.en = "{en}, at the ward or commune where you live."
who.vi = "Người từ đủ 18 tuổi, hoặc tổ chức có địa chỉ tại thành phố."
who.en = "Anybody of 18 or older, or an organisation with an address in the city."
authority.vi = "UBND cấp xã."
authority.en = "Commune-level People’s Committee."
time.vi = "{days} ngày làm việc."
time.en = "{days} working days."
fee.vi = "Không."
fee.en = "None."
results = [{{ vi = "Quyết định hoặc văn bản trả lời", en = "A decision or a written answer" }}]
steps = [
    {{ vi = "Chọn phường, xã, điền tờ khai và kiểm tra lại.", en = "Choose the ward or commune, fill in the form and check it." }},
    {{ vi = "Gửi và giữ biên nhận.", en = "Send it and keep the receipt." }},
    {{ vi = "Nhận kết quả tại bộ phận một cửa.", en = "Get the result at the one-stop desk." }},
]

[recipients]
{recipients}
[[section]]
id = "office"
title.vi = "Cơ quan tiếp nhận"
title.en = "Receiving office"

[[section.field]]
id = "agency"
kind = "agency"
label.vi = "Kính gửi"
label.en = "To"
required = true
{only}"#,
            self.number, self.group
        )
    }

    fn guides(&self, chance: &mut Chance) -> [String; 2] {
        let words = GUIDE_WORDS.start() + chance.below(GUIDE_WORDS.end() - GUIDE_WORDS.start() + 1);
        let of = |language: fn(Words) -> &'static str| {
            let mut chance = Chance(SEED + 3_000_000 + self.number as u64);
            guide(&mut chance, words, language)
        };
        [of(|words| words.0), of(|words| words.1)]
    }
}

/// Sections of the form alone, with so many questions together.
fn own_sections(mut toml: String, mut left: usize, chance: &mut Chance) -> String {
    let mut number = 1;
    while left > 0 {
        let size = left.min(3 + chance.below(6));
        let about = ABOUT[chance.below(ABOUT.len())];
        let _ = write!(
            toml,
            "\n[[section]]\nid = \"rieng-{number}\"\ntitle.vi = \"{number}. Về {}\"\ntitle.en = \"{number}. About {}\"\n",
            about.0, about.1
        );
        let mut questions = Questions {
            toml,
            table: "section.field",
            chance: &mut *chance,
        };
        questions.write(&format!("rieng_{number}"), size, about);
        toml = questions.toml;
        left -= size;
        number += 1;
    }
    toml
}

fn guide(chance: &mut Chance, words: usize, language: fn(Words) -> &'static str) -> String {
    let mut text = String::new();
    let mut written = 0;
    for number in 0.. {
        if number % 5 == 0 {
            let heading = language(HEADINGS[number / 5 % HEADINGS.len()]);
            let _ = write!(text, "\n## {heading}\n\n");
        }
        let sentence = language(SENTENCES[chance.below(SENTENCES.len())]);
        let bullet = if number % 5 > 1 { "- " } else { "" };
        let _ = writeln!(text, "{bullet}{sentence}\n");
        written += sentence.split(' ').count();
        if written >= words {
            break;
        }
    }
    text.trim_start().to_owned()
}
