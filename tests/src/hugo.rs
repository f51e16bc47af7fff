//! A city as sources of Hugo, to compare what building its pages costs. What is written by editors comes as they wrote it
//! or as the portal publishes it, and Hugo's own templates (`tests/hugo/`) make the pages of services and forms of it: the same
//! guides, questions, options and readers in much the same markup. The few other pages come finished, in their frame.
//!
//! Hugo does less: it judges nothing, and makes no compiled forms, schemas, search, digests, nor what forms' pages load.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Failure, repository, tree};

const CONFIG: &str = "baseURL = \"https://dichvu.example.vn/\"\ndisableKinds = [\"taxonomy\", \"term\", \"RSS\", \"section\", \"home\", \"404\"]\n[markup.goldmark.renderer]\nunsafe = true\n";

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Writes a city's forms, of which `portal` was built, as a site of Hugo; how many pages it has.
///
/// # Errors
/// The portal or the forms cannot be read, or a file not be written.
pub fn write(folder: &Path, portal: &Path, forms: &Path) -> Result<usize, Failure> {
    let portal = tree::files(portal)?;
    let mut files = Files::new();
    for (path, name) in [
        ("service.html", "layouts/_default/service.html"),
        ("form.html", "layouts/_default/form.html"),
        ("question.html", "layouts/partials/question.html"),
    ] {
        files.insert(
            name.into(),
            read(&repository::path("tests/hugo").join(path))?,
        );
    }
    files.insert("config.toml".into(), CONFIG.into());
    words(&mut files)?;
    let services = published(&portal, forms, &mut files)?;
    let pages = pages(&portal, forms, &services, &mut files)?;
    tree::write(folder, &files)?;
    Ok(pages)
}

/// The words of pages and of questions, by language.
fn words(files: &mut Files) -> Result<(), Failure> {
    for language in ["vi", "en"] {
        let mut words = serde_json::Map::new();
        for of in ["pages", "form"] {
            let path = repository::path(&format!("site/translations/{of}.{language}.toml"));
            let text = String::from_utf8_lossy(&read(&path)?).into_owned();
            let table = toml::from_str(&text).map_err(|error| Failure::at(&path, error))?;
            if let Value::Object(table) = table {
                words.extend(table);
            }
        }
        let json = Value::Object(words).to_string();
        files.insert(format!("data/words/{language}.json").into(), json.into());
    }
    Ok(())
}

/// Compiled forms and lists as they are published, definitions as they were written; the services' ids.
fn published(portal: &Files, forms: &Path, files: &mut Files) -> Result<Vec<String>, Failure> {
    let mut services = Vec::new();
    for (path, bytes) in portal {
        let path = path.to_string_lossy();
        let parts: Vec<&str> = path.split('/').collect();
        match parts[..] {
            ["forms", id, _] => {
                files.insert(format!("data/forms/{id}.json").into(), bytes.clone());
                let definition = read(&forms.join(id).join("form.toml"))?;
                files.insert(format!("data/definitions/{id}.toml").into(), definition);
                services.push(id.to_owned());
            }
            ["lists", _] => {
                let list: Value = serde_json::from_slice(bytes).unwrap_or_default();
                let id = list["id"].as_str().unwrap_or_default();
                files.insert(format!("data/lists/{id}.json").into(), bytes.clone());
            }
            _ => {}
        }
    }
    Ok(services)
}

/// A source for each page, and what stands before and after the `main` of pages of one sort.
fn pages(
    portal: &Files,
    forms: &Path,
    services: &[String],
    files: &mut Files,
) -> Result<usize, Failure> {
    let mut count = 0;
    for (path, bytes) in portal {
        let path = path.to_string_lossy();
        let Some(url) = path.strip_suffix("index.html") else {
            continue;
        };
        let page = String::from_utf8_lossy(bytes);
        let Some((before, main, after)) = parts(&page) else {
            continue;
        };
        let language = if url.starts_with("en/") { "en" } else { "vi" };
        let inner = url.trim_start_matches("en/").trim_end_matches('/');
        let (id, is_form) = match inner.strip_suffix("/form") {
            Some(id) => (id, true),
            None => (inner, false),
        };
        let (sort, body) = match (services.iter().any(|service| service == id), is_form) {
            (true, true) => ("form", Vec::new()),
            (true, false) => {
                let guide = forms.join(id).join(format!("guide.{language}.md"));
                ("service", read(&guide)?)
            }
            _ => ("single", main.as_bytes().to_vec()),
        };
        let head =
            format!("---\nurl: /{url}\nlayout: {sort}\nservice: {id}\nlanguage: {language}\n---\n");
        let ending = if sort == "single" { "html" } else { "md" };
        let source = format!("content/p{count}.{ending}");
        files.insert(source.into(), [head.into_bytes(), body].concat());
        if sort == "single" {
            let frame = format!("{before}{{{{ .Content }}}}{after}");
            files.insert("layouts/_default/single.html".into(), frame.into());
        } else {
            let frame = |part: &str| format!("layouts/partials/{sort}-{language}-{part}.html");
            files.insert(frame("before").into(), titled(before).into());
            files.insert(frame("after").into(), after.into());
        }
        count += 1;
    }
    Ok(count)
}

/// A page up to the content of its `main`, that content, and the rest.
fn parts(page: &str) -> Option<(&str, &str, &str)> {
    let start = page.find("<main")?;
    let start = start + page[start..].find('>')? + 1;
    let end = page.find("</main>")?;
    Some((&page[..start], &page[start..end], &page[end..]))
}

/// The same with whatever title a page has in place of this one's.
fn titled(before: &str) -> String {
    let title = before
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let title = title.and_then(|(title, _)| title.split([':', '–']).next());
    match title.map(str::trim).filter(|title| !title.is_empty()) {
        Some(title) => before.replace(title, "{{ . }}"),
        None => before.to_owned(),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::at(path, error))
}
