//! The register of the offices' public keys, `offices.json`, and how keys come into it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use envelope::{DatedKey, UnixTime};
use formdef::both;
use serde::{Deserialize, Serialize};

use super::{KeyFault, RECOVERY, REGISTER, Use, read_public, right_to_read};
use crate::writing::write_whole;

/// The register of the offices' public keys, `offices.json`.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Keys by the office's code.
    pub offices: BTreeMap<String, Vec<DatedKey>>,
}

/// What adding keys did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Keys that are new in the register.
    pub added: usize,
    /// Keys that were there already.
    pub known: usize,
}

impl Register {
    /// Reads the folder's register; a folder without one has an empty register.
    pub fn read(dir: &Path) -> Result<Register, KeyFault> {
        let path = dir.join(REGISTER);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Register::default()),
            Err(error) => {
                return Err(KeyFault::unreadable(&path, &error, right_to_read()));
            }
        };
        serde_json::from_str(&text).map_err(|error| {
            KeyFault::new(
                &path,
                both!("is not a register of public keys: {error}", "không phải là sổ khóa công khai: {error}"),
                both!("a private key (`d`) must never be here; add keys with `motcua keys add`",
                      "khóa riêng («d») không bao giờ được nằm ở đây; hãy thêm khóa bằng «motcua keys add»"),
            )
        })
    }

    /// Writes the register, one office a line.
    pub fn write(&self, dir: &Path) -> Result<(), KeyFault> {
        let path = dir.join(REGISTER);
        let lines: Vec<String> = self
            .offices
            .iter()
            .map(|(code, keys)| format!("{}:{}", json(code), json(keys)))
            .collect();
        let text = format!("{{\"offices\":{{\n{}\n}}}}\n", lines.join(",\n"));
        let unwritable = |error: io::Error| KeyFault::unwritable(&path, &error);
        fs::create_dir_all(dir).map_err(unwritable)?;
        write_whole(&path, text.as_bytes(), false).map_err(unwritable)
    }

    /// Adds a key of an office. A key that is there already keeps its dates.
    ///
    /// Errors: the code cannot be an office's, the key belongs to another office.
    pub fn add(
        &mut self,
        path: &Path,
        code: &str,
        key: DatedKey,
        added: &mut Added,
    ) -> Result<(), KeyFault> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if code.is_empty() || code.len() > 32 || !code.chars().all(good) {
            return Err(KeyFault::new(
                path,
                both!(
                    "`{code}` cannot be an office's code",
                    "«{code}» không dùng làm mã cơ quan được"
                ),
                both!(
                    "use the code of the agency, or the prefix and code of the district, such as `ca-001`",
                    "dùng mã của cơ quan, hoặc tiền tố và mã của quận, huyện, như «ca-001»"
                ),
            ));
        }
        let owner = self
            .offices
            .iter()
            .find(|(_, keys)| keys.iter().any(|known| known.kid == key.kid));
        match owner.map(|(owner, _)| owner.as_str()) {
            Some(owner) if owner == code => added.known += 1,
            Some(owner) => {
                return Err(KeyFault::new(
                    path,
                    both!(
                        "this key belongs to office `{owner}` already",
                        "khóa này đã là của cơ quan «{owner}»"
                    ),
                    both!(
                        "make a key of its own for each office",
                        "hãy tạo cho mỗi cơ quan một khóa riêng"
                    ),
                ));
            }
            None => {
                self.offices.entry(code.to_owned()).or_default().push(key);
                added.added += 1;
            }
        }
        Ok(())
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Adds the keys of many offices at once: every `{code}.pub.jwk` of a folder. `recovery.pub.jwk` becomes the folder's
/// recovery key. All or nothing: a fault leaves the register as it was.
pub fn add_all(
    dir: &Path,
    from: &Path,
    not_before: UnixTime,
    not_after: UnixTime,
) -> Result<Added, KeyFault> {
    let unreadable = |error: io::Error| {
        let mend = both!(
            "give the folder that holds the .pub.jwk files",
            "hãy đưa thư mục có các tệp .pub.jwk"
        );
        KeyFault::unreadable(from, &error, mend)
    };
    let entries: Result<Vec<_>, _> = fs::read_dir(from)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut paths = entries.map_err(unreadable)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let code = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".pub.jwk"));
        if let Some(code) = code {
            files.push((code.to_owned(), path));
        }
    }
    if files.is_empty() {
        return Err(KeyFault::new(
            from,
            both!(
                "holds no file that ends in .pub.jwk",
                "không có tệp nào có đuôi .pub.jwk"
            ),
            both!(
                "give the folder that `motcua-intake keys new --out` wrote to",
                "hãy đưa thư mục mà «motcua-intake keys new --out» đã ghi vào"
            ),
        ));
    }
    add_files(dir, &files, not_before, not_after)
}

/// Adds keys by office and file.
pub fn add_files(
    dir: &Path,
    files: &[(String, PathBuf)],
    not_before: UnixTime,
    not_after: UnixTime,
) -> Result<Added, KeyFault> {
    let mut register = Register::read(dir)?;
    let mut added = Added::default();
    let mut recovery = None;
    for (code, path) in files {
        let key = read_public(path, Use::Enc)?;
        if code == RECOVERY {
            recovery = Some(path);
        } else {
            register.add(
                path,
                code,
                DatedKey::new(key, not_before, not_after),
                &mut added,
            )?;
        }
    }
    register.write(dir)?;
    if let Some(path) = recovery {
        let place = dir.join("recovery.pub.jwk");
        let copied = fs::read(path).and_then(|bytes| write_whole(&place, &bytes, false));
        copied.map_err(|error| KeyFault::unwritable(&place, &error))?;
        added.added += 1;
    }
    Ok(added)
}
