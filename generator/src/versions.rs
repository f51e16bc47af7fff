//! The forms as they are against what was published: what differs, and what must not.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use envelope::Digest;
use formdef::{Bilingual, Change, Effect, Lang, Version, difference, say};

use crate::content::{Content, Service};
use crate::fault::{Fault, Mistake};
use crate::published::{KEPT, Published, PublishedForm};
use crate::sources::Folder;

/// What differs between two states of one service.
pub struct FormDifference {
    /// The service.
    pub id: String,
    /// The version before; none: it is new.
    pub before: Option<u32>,
    /// The version now; none: it is gone.
    pub now: Option<u32>,
    /// What differs, the worst first.
    pub changes: Vec<Change>,
}

impl FormDifference {
    /// Over several lines, one a difference.
    pub fn show(&self, lang: Lang) -> String {
        let head = match (self.before, self.now, lang) {
            (None, _, Lang::En) => "new".to_owned(),
            (None, _, Lang::Vi) => "thủ tục mới".to_owned(),
            (_, None, Lang::En) => "no longer there".to_owned(),
            (_, None, Lang::Vi) => "không còn".to_owned(),
            (Some(before), Some(now), Lang::En) => format!("version {before} → {now}"),
            (Some(before), Some(now), Lang::Vi) => format!("phiên bản {before} → {now}"),
        };
        let mut text = format!("{}: {head}", self.id);
        for change in &self.changes {
            let effect = effect_name(change.effect, lang);
            text += &format!(
                "\n  {effect:<8}  {}: {}",
                change.place,
                change.words.of(lang)
            );
        }
        text
    }
}

impl fmt::Display for FormDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show(Lang::En))
    }
}

fn effect_name(effect: Effect, lang: Lang) -> &'static str {
    match (effect, lang) {
        (Effect::Breaking, Lang::En) => "breaking",
        (Effect::Additive, Lang::En) => "additive",
        (Effect::Wording, Lang::En) => "wording",
        (Effect::Breaking, Lang::Vi) => "phá vỡ",
        (Effect::Additive, Lang::Vi) => "bổ sung",
        (Effect::Wording, Lang::Vi) => "câu chữ",
    }
}

/// What differs from `published`, service by service; those that are the same are left out.
pub fn differences(content: &Content, published: &Published) -> Vec<FormDifference> {
    let mut found = Vec::new();
    for id in published.forms.keys() {
        if content
            .services
            .iter()
            .all(|service| service.form.id != *id)
        {
            found.push(FormDifference {
                id: id.clone(),
                before: published.newest(id).map(|newest| newest.form.version),
                now: None,
                changes: Vec::new(),
            });
        }
    }
    for service in &content.services {
        let form = &*service.form;
        let before = published.newest(&form.id);
        if before.is_some_and(|before| is_same(before, service)) {
            continue;
        }
        let changes = before.map(|before| {
            let lists = published.lists_of(&before.form);
            difference(
                Version {
                    form: &before.form,
                    lists: &lists,
                },
                Version {
                    form,
                    lists: &content.lists,
                },
            )
        });
        found.push(FormDifference {
            id: form.id.clone(),
            before: before.map(|before| before.form.version),
            now: Some(form.version),
            changes: changes.unwrap_or_default(),
        });
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found
}

/// Whether a form is the very one that was published.
fn is_same(published: &PublishedForm, service: &Service) -> bool {
    Digest::of(published.compiled.as_bytes()) == service.sha256
}

/// What must not be, seen from what was published: a version that changed or went back.
pub(crate) fn faults(forms: &Folder, service: &Service, published: &Published) -> Vec<Fault> {
    let form = &*service.form;
    let Some(newest) = published.newest(&form.id) else {
        return Vec::new();
    };
    let version = newest.form.version;
    let mistake = if form.version < version {
        Mistake::VersionBack { version }
    } else if form.version == version && !is_same(newest, service) {
        Mistake::VersionChanged { version }
    } else if form.version > version && form.window.accept_until.is_none() {
        Mistake::AcceptUntilMissing { version }
    } else {
        return Vec::new();
    };
    vec![at_version(forms, &form.id, &mistake)]
}

/// What is published and older than what is here must be kept: else the next build forgets it.
pub(crate) fn unkept(
    forms: &Folder,
    content: &Content,
    published: &Published,
    from: &str,
) -> Vec<Fault> {
    let missing = content.services.iter().filter_map(|service| {
        let form = &*service.form;
        let newest = published
            .newest(&form.id)
            .filter(|newest| newest.form.version < form.version)?;
        let version = newest.form.version;
        let kept = content
            .kept
            .forms
            .get(&form.id)
            .and_then(|versions| versions.get(&version));
        if kept.is_some_and(|kept| kept.compiled == newest.compiled) {
            return None;
        }
        let mistake = Mistake::VersionNotKept {
            version,
            from: from.to_owned(),
        };
        Some(at_version(forms, &form.id, &mistake))
    });
    missing.collect()
}

/// A fault at the line that says a form's version.
fn at_version(forms: &Folder, id: &str, mistake: &Mistake) -> Fault {
    forms.fault_at_key(&format!("{id}/form.toml"), "version", mistake)
}

/// Keeps what was published among the sources. Returns the paths of the files that are new there.
///
/// # Errors
/// A sentence: a kept version says something else, or a file cannot be written. Nothing is written in the first case.
pub fn keep(forms: &Path, published: &Published) -> Result<Vec<PathBuf>, Bilingual> {
    let mut new = Vec::new();
    for (name, text) in published.files() {
        let path = forms.join(KEPT).join(name);
        match fs::read_to_string(&path) {
            Ok(kept) if kept == text => {}
            Ok(_) => {
                let path = path.display();
                return Err(Bilingual::from(|lang| {
                    say!(
                        lang,
                        "{path}: another text is kept under this version; nothing was written\n  = a published version never changes: raise `version` in form.toml",
                        "{path}: phiên bản này đã được lưu với nội dung khác; chưa ghi gì cả\n  = phiên bản đã công bố không bao giờ thay đổi: hãy tăng «version» trong form.toml"
                    )
                }));
            }
            Err(_) => new.push((path, text)),
        }
    }
    for (path, text) in &new {
        write(path, text).map_err(|error| {
            let path = path.display();
            Bilingual::from(|lang| {
                say!(
                    lang,
                    "{path}: cannot be written: {error}\n  = see to the folder's rights and the disk",
                    "{path}: không ghi được: {error}\n  = xem lại quyền của thư mục và ổ đĩa"
                )
            })
        })?;
    }
    Ok(new.into_iter().map(|(path, _)| path).collect())
}

/// Whole or not at all.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, path)
}
