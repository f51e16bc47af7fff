//! `motcua size`: what the first load of each page weighs, plain and in brotli, what a form loads later, and each script beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::iter::Sum;
use std::path::{Path, PathBuf};

use formdef::{Bilingual, Lang, both, say};
use serde_json::Value;

use crate::assets::{WORKER, is_core, used_later};
use crate::compressed::{BROTLI_QUALITY_MAX, brotli};
use crate::fault::cause;

/// Bytes of one file or of several together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// As it is.
    pub plain: usize,
    /// In brotli, quality 11, window 22: as `motcua build --compress` keeps them.
    pub brotli: usize,
}

/// How the path of a form's page ends.
const FORM_PAGE: &str = "form/index.html";
/// Of more pages than this in folders beside one another the heaviest stands for all, such as one agency's.
const BESIDE_MAX: usize = 50;

/// The first load of a page: of a form's the page and what it links to fill it in, check and seal. Style for paper and the icon hold up nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSize {
    /// The page's path: `khai-sinh/form/index.html`, or `co-quan/*/index.html` for the heaviest of many.
    pub page: String,
    /// The page itself.
    pub html: Weight,
    /// All style it links.
    pub style: Weight,
    /// All script it links.
    pub script: Weight,
    /// What a form's page loads later.
    pub later: Option<Later>,
}

/// What every person's page of a form loads later. Long lists are loaded when their section is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// The words of its faults, which it loads as soon as it stands.
    pub faults: Weight,
    /// The review, sending and the receipt: script, words and style, which it loads in the last section.
    pub outcome: Weight,
    /// Sending files of papers, worker included, which the review loads where the form has papers.
    pub files: Weight,
}

impl PageSize {
    /// All of the first load.
    pub fn total(&self) -> Weight {
        [self.html, self.style, self.script].into_iter().sum()
    }

    /// In one line for a person.
    pub fn show(&self, lang: Lang) -> String {
        let Weight { plain, brotli } = self.total();
        let page = &self.page;
        let first = [self.html, self.style, self.script];
        let [html, style, script] = first.map(|part| part.brotli);
        let first = say!(
            lang,
            "{page}: {brotli} bytes in brotli ({plain} plain): html {html}, style {style}, script {script}",
            "{page}: {brotli} byte khi nén brotli ({plain} khi chưa nén): html {html}, kiểu dáng {style}, mã lệnh {script}"
        );
        let Some(later) = self.later else {
            return first;
        };
        let later = [later.faults, later.outcome, later.files];
        let [faults, outcome, files] = later.map(|part| part.brotli);
        first
            + &say!(
                lang,
                "; later: words of faults {faults}, review and sending {outcome}, files of papers {files}",
                "; tải sau: lời báo lỗi {faults}, xem lại và gửi {outcome}, tệp kèm theo {files}"
            )
    }
}

/// A script that is in no form's first load: a form loads it when it comes to it, or another page has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceSize {
    /// What it is called: `picker`.
    pub name: String,
    /// It, what it imports of what several share, and the style of its name.
    pub weight: Weight,
}

impl PieceSize {
    /// In one line for a person.
    pub fn show(&self, lang: Lang) -> String {
        let Self { name, weight } = self;
        let Weight { plain, brotli } = weight;
        say!(
            lang,
            "script {name}: {brotli} bytes in brotli ({plain} plain), where it is used",
            "mã lệnh {name}: {brotli} byte khi nén brotli ({plain} khi chưa nén), ở nơi cần đến"
        )
    }
}

/// Weighs these scripts of a portal's folder, by name.
///
/// Errors: a sentence with the path that cannot be read.
pub fn pieces(dir: &Path) -> Result<Vec<PieceSize>, Bilingual> {
    let folder = dir.join("assets");
    let listed = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let listed = listed.map_err(|error| unreadable(&folder, &error))?;
    let paths = listed.iter().map(fs::DirEntry::path);
    let mut files = BTreeMap::new();
    for path in paths.chain([dir.join(WORKER.1)]) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file.ends_with(".js") || file.ends_with(".css") {
            files.insert(file.into_owned(), read(&path)?);
        }
    }
    let pieces = used_later().map(|name| {
        let style = format!("{name}_style");
        let own = files
            .keys()
            .filter(|file| [name, &style].contains(&named(file)));
        let own: BTreeSet<&str> = own.map(String::as_str).collect();
        let shared = own.iter().flat_map(|file| shared_by(file, &files));
        let its: BTreeSet<&str> = shared.chain(own.iter().copied()).collect();
        PieceSize {
            name: name.to_owned(),
            weight: its.iter().map(|file| weigh(files[*file].as_bytes())).sum(),
        }
    });
    Ok(pieces.collect())
}

/// A file's text.
fn read(path: &Path) -> Result<String, Bilingual> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Bilingual {
    let (path, cause) = (path.display(), cause(error));
    both!(
        [cause] "{path}: {cause}\n  = build the portal again",
        "{path}: {cause}\n  = hãy tạo lại cổng"
    )
}

/// `picker` of `picker.PVqyPZdbPP.js`.
fn named(file: &str) -> &str {
    file.split('.').next().unwrap_or_default()
}

/// The scripts that one imports, and those that they import: the core and what is used later of its own are there already.
fn shared_by<'a>(file: &'a str, scripts: &'a BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut left = vec![file];
    while let Some(file) = left.pop() {
        let text = scripts.get(file).map_or("", String::as_str);
        let imported = text
            .split(['"', '\''])
            .filter_map(|part| part.strip_prefix("./"));
        for file in imported {
            let name = named(file);
            let is_there = is_core(name) || used_later().any(|other| other == name);
            if !is_there && scripts.contains_key(file) && seen.insert(file) {
                left.push(file);
            }
        }
    }
    seen
}

/// Weighs the pages of a portal's folder, the default language's and the others', by path; of many beside one another the heaviest.
///
/// Errors: a sentence with the path that cannot be read.
pub fn measure(dir: &Path) -> Result<Vec<PageSize>, Bilingual> {
    let folder = dir.display();
    let mut beside: BTreeMap<String, Vec<(u64, PathBuf)>> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let cause = error.into_io_error().map(|error| cause(&error));
            let cause = cause.unwrap_or_else(|| both!("it goes in a circle", "nó đi vòng tròn"));
            both!(
                [cause] "{folder}: {cause}\n  = give the folder of a portal",
                "{folder}: {cause}\n  = hãy đưa thư mục của một cổng"
            )
        })?;
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "html")
        {
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            let group = group_of(dir, entry.path());
            beside
                .entry(group)
                .or_default()
                .push((bytes, entry.into_path()));
        }
    }
    let mut sizes = Vec::new();
    for (group, mut pages) in beside {
        let is_many = pages.len() > BESIDE_MAX && !group.ends_with(FORM_PAGE);
        if is_many {
            pages.sort();
            pages.drain(..pages.len() - 1);
        }
        for (_, path) in pages {
            let name = match is_many {
                true => group.clone(),
                false => inside(dir, &path),
            };
            sizes.push(page_size(dir, &path, name)?);
        }
    }
    sizes.sort_by(|a, b| a.page.cmp(&b.page));
    if !sizes.iter().any(|size| size.later.is_some()) {
        return Err(both!(
            "{folder}: has no form's page\n  = build a portal with `motcua build`",
            "{folder}: không có trang biểu mẫu nào\n  = tạo cổng bằng «motcua build»"
        ));
    }
    Ok(sizes)
}

/// The path of a page in the portal.
fn inside(dir: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(dir).unwrap_or(path);
    inside.to_string_lossy().into_owned()
}

/// What a page and those in the folders beside its own are called together: `co-quan/*/index.html`.
fn group_of(dir: &Path, path: &Path) -> String {
    let inside = inside(dir, path);
    let mut parts: Vec<&str> = inside.split('/').collect();
    let own = parts
        .len()
        .saturating_sub(if inside.ends_with(FORM_PAGE) { 3 } else { 2 });
    if parts.len() > 1 {
        parts[own] = "*";
    }
    parts.join("/")
}

fn page_size(dir: &Path, path: &Path, page: String) -> Result<PageSize, Bilingual> {
    let html = read(path)?;
    let weight = |url: &str| {
        Ok::<_, Bilingual>(weigh(
            read(&dir.join(url.trim_start_matches('/')))?.as_bytes(),
        ))
    };
    let linked = |mark: &str, address: &str| -> Result<Weight, Bilingual> {
        linked(&html, mark, address).map(weight).sum()
    };
    let (style, script) = (
        linked("rel=stylesheet", "href=/")?,
        linked("type=module", "src=/")?,
    );
    let first = PageSize {
        page,
        html: weigh(html.as_bytes()),
        style,
        script,
        later: None,
    };
    if !path.ends_with(FORM_PAGE) {
        return Ok(first);
    }
    let data = data_block(&html).ok_or_else(|| {
        let path = path.display();
        both!(
            "{path}: has no data for its script\n  = build the portal again",
            "{path}: không có dữ liệu cho mã lệnh\n  = hãy tạo lại cổng"
        )
    })?;
    let loaded = |name: &str| {
        format!(
            "assets/{name}.{}.json",
            data["lists"][name].as_str().unwrap_or_default()
        )
    };
    let outcome: Value =
        serde_json::from_str(&read(&dir.join(loaded("outcome")))?).unwrap_or_default();
    let addresses = [
        loaded("outcome"),
        text(&outcome["script"]["href"]),
        text(&outcome["style"]["href"]),
    ];
    let of_files = &outcome["files"];
    let of_files = [&of_files["script"]["href"], &of_files["sealer"]].map(text);
    let later = Later {
        faults: weight(&loaded("words.faults"))?,
        outcome: addresses
            .iter()
            .map(|url| weight(url))
            .sum::<Result<_, _>>()?,
        files: of_files
            .iter()
            .filter(|url| !url.is_empty())
            .map(|url| weight(url))
            .sum::<Result<_, _>>()?,
    };
    Ok(PageSize {
        later: Some(later),
        ..first
    })
}

/// What a form's page says to its script.
fn data_block(html: &str) -> Option<Value> {
    let (_, rest) = html.split_once("id=motcua")?;
    let (json, _) = rest.split_once('>')?.1.split_once("</script>")?;
    serde_json::from_str(json).ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The addresses, without the leading `/`, in the tags of a small page that hold `mark`; not those for print alone.
fn linked<'a>(html: &'a str, mark: &str, address: &str) -> impl Iterator<Item = &'a str> {
    let tags = html.split('<').filter_map(|rest| rest.split('>').next());
    tags.filter(move |tag| tag.contains(mark) && !tag.contains("media=print"))
        .filter_map(move |tag| tag.split_once(address)?.1.split([' ', '"']).next())
}

fn weigh(bytes: &[u8]) -> Weight {
    Weight {
        plain: bytes.len(),
        brotli: brotli(bytes, BROTLI_QUALITY_MAX).len(),
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Weight>>(parts: I) -> Weight {
        parts.fold(Weight::default(), |sum, part| Weight {
            plain: sum.plain + part.plain,
            brotli: sum.brotli + part.brotli,
        })
    }
}
