//! `motcua history`: how a form came to be what it is, over git tags or over what was kept of published portals.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use envelope::PublicKey;
use formdef::{Bilingual, Form, Lang, Lists, Version, both, difference};

use crate::content;
use crate::fault::cause;
use crate::published::Published;
use crate::report::{Palette, for_a_person};
use crate::sources::Folder;
use crate::versions::FormDifference;

/// A form at one point of its history.
pub struct State {
    /// The tag, or the file or folder it comes from.
    pub name: String,
    /// The form; what cannot be read is told and not compared.
    pub form: Result<(Form, Lists), Bilingual>,
}

/// Over several lines: each state, and what differs from the last one that could be read.
pub fn show(id: &str, states: &[State], lang: Lang) -> String {
    let mut lines = Vec::new();
    let mut before: Option<&(Form, Lists)> = None;
    for State { name, form } in states {
        let now = match form {
            Ok(now) => now,
            Err(cause) => {
                lines.push(format!("{name}\n  {}", cause.of(lang)));
                continue;
            }
        };
        let (form, lists) = now;
        let changes = before.map(|(form_before, lists_before)| {
            let before = Version {
                form: form_before,
                lists: lists_before,
            };
            difference(before, Version { form, lists })
        });
        let what = FormDifference {
            id: id.to_owned(),
            before: before.map(|(form, _)| form.version),
            now: Some(form.version),
            changes: changes.unwrap_or_default(),
        };
        let is_same = before.is_some_and(|(before, _)| before == form);
        lines.push(match is_same {
            true => name.clone(),
            false => format!("{name}\n{}", what.show(lang)),
        });
        before = Some(now);
    }
    lines.join("\n")
}

/// The form in each of the given portals' folders or catalogues, in their order, signed by one of `publishers` where there
/// are any.
///
/// # Errors
/// A sentence that says what could not be read or is not the publisher's.
pub fn of_published(
    id: &str,
    places: &[String],
    publishers: &[PublicKey],
) -> Result<Vec<State>, Bilingual> {
    let state = |place: &String| {
        let published = Published::read(place, publishers)?;
        let form = published.newest(id).map(|newest| {
            let lists = published.lists_of(&newest.form);
            (newest.form.clone(), lists)
        });
        Ok(State {
            name: place.clone(),
            form: form.ok_or_else(|| both!("there is no form `{id}`", "không có biểu mẫu «{id}»")),
        })
    };
    places.iter().map(state).collect()
}

/// The form at each tag of the repository that holds the folder of the forms, the oldest first. Tags without it are left
/// out.
///
/// # Errors
/// A sentence: there is no git, the folder is in no repository, or it has no tags with this form.
pub fn of_tags(id: &str, forms: &Path) -> Result<Vec<State>, Bilingual> {
    let tags = git(forms, &["tag", "--sort=creatordate"])?;
    let mut states = Vec::new();
    for tag in tags.lines() {
        let names = git(
            forms,
            &[
                "ls-tree",
                "-r",
                "--name-only",
                "--full-tree",
                &format!("{tag}:./"),
            ],
        )
        .unwrap_or_default();
        if !names.lines().any(|name| name == format!("{id}/form.toml")) {
            continue;
        }
        let wanted: Vec<&str> = names.lines().filter(|name| belongs(name, id)).collect();
        let texts = contents(forms, tag, &wanted)?;
        let files: Vec<_> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let folder = Folder::of(tag, &files);
        let form = content::one_form(&folder, id).map_err(|faults| {
            let told = |lang| {
                faults
                    .first()
                    .map(|fault| for_a_person(fault, lang, &Palette::PLAIN))
            };
            let first = Bilingual::from(|lang| told(lang).unwrap_or_default());
            both!(
                [first] "not compared, it has faults for this program, the first: {first}",
                "không so sánh được, chương trình này thấy có lỗi, lỗi đầu tiên: {first}"
            )
        });
        states.push(State {
            name: tag.to_owned(),
            form,
        });
    }
    if states.is_empty() {
        return Err(both!(
            "no tag of this repository has the form `{id}`\n  = tag what you publish: git tag 2026-11-22; or name kept catalogues: motcua history {id} old/ new/",
            "không thẻ (tag) nào của kho này có biểu mẫu «{id}»\n  = gắn thẻ cho mỗi lần công bố: git tag 2026-11-22; hoặc nêu các danh mục đã giữ: motcua history {id} cu/ moi/"
        ));
    }
    Ok(states)
}

/// The files that a form is made of.
fn belongs(name: &str, id: &str) -> bool {
    let shared = ["sections/", "lists/"]
        .iter()
        .any(|start| name.starts_with(start));
    shared || name == "portal.toml" || name == "agencies.csv" || name == format!("{id}/form.toml")
}

fn command(forms: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(forms).args(arguments);
    command
}

fn git(forms: &Path, arguments: &[&str]) -> Result<String, Bilingual> {
    let output = command(forms, arguments).output().map_err(|error| {
        let cause = cause(&error);
        both!(
            [cause] "git could not be started: {cause}\n  = install git, or name kept catalogues instead of tags",
            "không chạy được git: {cause}\n  = cài git, hoặc nêu các danh mục đã giữ thay cho thẻ"
        )
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let (forms, said) = (forms.display(), said.trim());
    Err(both!(
        "{forms}: git says: {said}\n  = keep the forms in a git repository, or name kept catalogues instead of tags",
        "{forms}: git báo: {said}\n  = giữ các biểu mẫu trong một kho git, hoặc nêu các danh mục đã giữ thay cho thẻ"
    ))
}

/// The texts of files at a tag, all by one process: `git cat-file --batch`.
fn contents(forms: &Path, tag: &str, names: &[&str]) -> Result<Vec<(String, String)>, Bilingual> {
    let failed = |what: &dyn std::fmt::Display| {
        both!(
            "{tag}: cannot be read from git: {what}",
            "{tag}: không đọc được từ git: {what}"
        )
    };
    let mut child = command(forms, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(failed(&"no pipe"));
    };
    let asked: String = names
        .iter()
        .map(|name| format!("{tag}:./{name}\n"))
        .collect();
    // Asked from a thread of its own: git answers while it still reads.
    let asking = thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let mut answers = BufReader::new(stdout);
    let mut texts = Vec::new();
    for name in names {
        let text = answer(&mut answers).map_err(|error| failed(&error))?;
        texts.push(((*name).to_owned(), text));
    }
    let asked = asking
        .join()
        .map_err(|_| failed(&"the question broke off"))?;
    asked.map_err(|error| failed(&error))?;
    child.wait().map_err(|error| failed(&error))?;
    Ok(texts)
}

/// One answer: a line that ends with the length, the bytes, a line break.
fn answer(answers: &mut impl BufRead) -> std::io::Result<String> {
    let mut head = String::new();
    answers.read_line(&mut head)?;
    let length: usize = head
        .trim_end()
        .rsplit(' ')
        .next()
        .and_then(|length| length.parse().ok())
        .ok_or_else(|| std::io::Error::other(head.clone()))?;
    let mut bytes = vec![0; length + 1];
    answers.read_exact(&mut bytes)?;
    bytes.pop();
    String::from_utf8(bytes).map_err(std::io::Error::other)
}
