//! `motcua new`: a portal and a form to begin with. What is there already is never touched, and what fails leaves
//! nothing behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use formdef::{Lang, say};
use toml_edit::{DocumentMut, value};

use crate::edit::set;
use crate::lists::is_slug;

/// Files of a folder that is to be: path in it (`/` between the parts) and text.
pub type Files = Vec<(String, String)>;

/// What a new form is called.
pub struct Name<'a> {
    /// The service's id, which names its folder.
    pub id: &'a str,
    /// The service's title in the portal's first language; else the id stands for it.
    pub title: Option<&'a str>,
}

/// Writes a portal's files into `dir`, which must be absent or empty.
///
/// # Errors
/// What is wrong and what to do, in `lang`.
pub fn portal(dir: &Path, files: &Files, lang: Lang) -> Result<(), String> {
    let path = dir.display();
    let free = !dir.exists() || fs::read_dir(dir).is_ok_and(|mut inside| inside.next().is_none());
    if !free {
        return Err(say!(
            lang,
            "{path}: is there already and is not empty; nothing was written\n  = choose another folder",
            "{path}: đã có và không trống; chưa ghi gì\n  = hãy chọn thư mục khác"
        ));
    }
    write_all(dir, files, lang)
}

/// Writes a new form's folder below `forms` from the template `files`; returns the folder.
///
/// # Errors
/// As [`portal`].
pub fn form(
    forms: &Path,
    name: &Name<'_>,
    template: &Files,
    lang: Lang,
) -> Result<PathBuf, String> {
    let folder = free_folder(forms, name.id, lang)?;
    let shared = |id: &str| {
        let is_there = forms.join(format!("sections/{id}.toml")).is_file();
        if is_there {
            format!("\n[[section]]\nuse = \"{id}\"\n")
        } else {
            String::new()
        }
    };
    let title = toml_text(name.title.unwrap_or(name.id));
    let files: Files = template
        .iter()
        .map(|(path, text)| {
            let text = text
                .replace("{id}", name.id)
                .replace("\"{title}\"", &title)
                .replace("{requester}", &shared("requester"))
                .replace("{declaration}", &shared("declaration"));
            (path.clone(), text)
        })
        .collect();
    write_all(&folder, &files, lang)?;
    Ok(folder)
}

/// Writes a new form's folder like that of the service `like`: its texts, papers, recipients, sections and guides.
/// Shared sections stay shared; what belongs to the other one alone (code, window, version) does not come along.
///
/// # Errors
/// As [`portal`].
pub fn form_like(forms: &Path, name: &Name<'_>, like: &str, lang: Lang) -> Result<PathBuf, String> {
    let folder = free_folder(forms, name.id, lang)?;
    let other = forms.join(like);
    if !other.join("form.toml").is_file() {
        let path = other.display();
        let services = services(forms).join(", ");
        return Err(say!(
            lang,
            "{path}: there is no such service\n  = the services are: {services}",
            "{path}: không có thủ tục này\n  = các thủ tục là: {services}"
        ));
    }
    let mut files = Files::new();
    for file in fs::read_dir(&other).map_err(|error| unwritten(&other, &error, lang))? {
        let path = file
            .map_err(|error| unwritten(&other, &error, lang))?
            .path();
        let file_name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if file_name == "form.toml" || file_name.ends_with(".md") {
            let text = fs::read_to_string(&path).map_err(|error| unwritten(&path, &error, lang))?;
            files.push((file_name, text));
        }
    }
    for (path, text) in files.iter_mut().filter(|(path, _)| path == "form.toml") {
        *text = taken_over(text, name, like).map_err(|error| {
            let path = other.join(&*path);
            let path = path.display();
            say!(
                lang,
                "{path}: {error}\n  = put it right first: motcua check",
                "{path}: {error}\n  = hãy sửa tệp này trước: motcua check"
            )
        })?;
    }
    write_all(&folder, &files, lang)?;
    Ok(folder)
}

/// The other form's definition as the new one begins: comments and layout kept.
fn taken_over(text: &str, name: &Name<'_>, like: &str) -> Result<String, toml_edit::TomlError> {
    let mut form: DocumentMut = text.parse()?;
    let titles = form
        .get_mut("title")
        .and_then(|title| title.as_table_like_mut());
    if let Some(titles) = titles {
        // The other languages' titles would be the other service's.
        let languages: Vec<String> = titles.iter().map(|(tag, _)| tag.to_owned()).collect();
        for language in languages.iter().skip(1) {
            titles.remove(language);
        }
        if let Some(language) = languages.first() {
            set(titles, language, name.title.unwrap_or(name.id));
        }
    }
    for key in ["code", "opens", "closes", "accept_until"] {
        form.remove(key);
    }
    form["version"] = value(1);
    form["mode"] = value("trial");
    Ok(format!(
        "# Lập theo mẫu của thủ tục «{like}»: hãy sửa chữ, bỏ bớt mục không cần, rồi chạy: motcua check\n{form}"
    ))
}

fn free_folder(forms: &Path, id: &str, lang: Lang) -> Result<PathBuf, String> {
    let path = forms.display();
    if !forms.join("portal.toml").is_file() {
        return Err(say!(
            lang,
            "{path}: holds no portal.toml, so it is not the forms of a portal\n  = go to the portal's folder, or name its forms with --forms; a new portal: motcua new portal DIR",
            "{path}: không có portal.toml, nên không phải thư mục biểu mẫu của cổng nào\n  = hãy vào thư mục của cổng, hoặc chỉ ra bằng --forms; lập cổng mới: motcua new portal DIR"
        ));
    }
    if !is_slug(id) {
        return Err(say!(
            lang,
            "`{id}` cannot be a service's id\n  = use a–z, 0–9 and `-`: xac-nhan-cu-tru",
            "«{id}» không thể là mã thủ tục\n  = hãy dùng a–z, 0–9 và «-»: xac-nhan-cu-tru"
        ));
    }
    let folder = forms.join(id);
    if folder.exists() {
        let path = folder.display();
        return Err(say!(
            lang,
            "{path}: is there already; nothing was written\n  = choose another id",
            "{path}: đã có; chưa ghi gì\n  = hãy chọn mã khác"
        ));
    }
    Ok(folder)
}

fn services(forms: &Path) -> Vec<String> {
    let entries = fs::read_dir(forms).into_iter().flatten().flatten();
    let mut services: Vec<String> = entries
        .filter(|entry| entry.path().join("form.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    services.sort();
    services
}

/// Writes the files beside the folder, then gives them its name, so that it is there whole or not at all.
fn write_all(dir: &Path, files: &Files, lang: Lang) -> Result<(), String> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let beside = dir.with_file_name(format!(".{name}.new"));
    let write = || -> io::Result<()> {
        for (path, text) in files {
            let path = beside.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&beside))?;
            fs::write(path, text)?;
        }
        fs::rename(&beside, dir)
    };
    write().map_err(|error| {
        // What was written so far is no portal and no form.
        let _ = fs::remove_dir_all(&beside);
        unwritten(dir, &error, lang)
    })
}

fn unwritten(path: &Path, error: &io::Error, lang: Lang) -> String {
    let path = path.display();
    say!(
        lang,
        "{path}: {error}\n  = check the folder and its rights",
        "{path}: {error}\n  = hãy kiểm tra thư mục và quyền của nó"
    )
}

/// A text in quotes.
fn toml_text(text: &str) -> String {
    value(text).to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_taken_over_keeps_its_comments_and_loses_what_is_the_others_alone() {
        let other = "# Ghi chú\ntitle.vi = \"Khai sinh\"\ntitle.en = \"Birth\"\nversion = 7\ncode = \"1.001193\"\nlevel = 3 # mức\n\n[recipients]\nward = \"agency\"\n";
        let name = Name {
            id: "khai-khac",
            title: Some("Khai \"khác\""),
        };
        let text = taken_over(other, &name, "khai-sinh").unwrap();
        assert!(
            text.starts_with("# Lập theo mẫu của thủ tục «khai-sinh»"),
            "{text}"
        );
        assert!(
            text.contains("# Ghi chú\ntitle.vi = 'Khai \"khác\"'\nversion = 1\nlevel = 3 # mức\n"),
            "{text}"
        );
        assert!(!text.contains("code") && !text.contains("Birth"), "{text}");
    }
}
