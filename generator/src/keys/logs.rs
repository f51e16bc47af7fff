//! The keys of the relay's logs, which are no JWK: one verifier key (C2SP signed-note) a file.

use std::fs;
use std::path::Path;

use envelope::log::LogKey;
use formdef::both;

use super::{KeyFault, files_of, missing_mend, right_to_read};

/// The keys of all `log*.pub.key`; at least one, and no name twice.
pub(super) fn read(dir: &Path) -> Result<Vec<LogKey>, KeyFault> {
    let paths = files_of(dir, "log", ".pub.key")?;
    if paths.is_empty() {
        let path = dir.join("log.pub.key");
        let missing = both!("the key is missing", "thiếu khóa này");
        return Err(KeyFault::new(&path, missing, missing_mend(&path)));
    }
    let mut logs: Vec<LogKey> = Vec::new();
    for path in paths {
        let log = read_file(&path)?;
        let name = log.name();
        if logs.iter().any(|other| other.name() == name) {
            return Err(KeyFault::new(
                &path,
                both!(
                    "is a second key of the log {name}",
                    "là khóa thứ hai của nhật ký {name}"
                ),
                both!(
                    "make the new key under a new name; proofs of the old log name the old one",
                    "hãy tạo khóa mới dưới một tên mới; bằng chứng của nhật ký cũ ghi tên cũ"
                ),
            ));
        }
        logs.push(log);
    }
    Ok(logs)
}

fn read_file(path: &Path) -> Result<LogKey, KeyFault> {
    let text = fs::read_to_string(path)
        .map_err(|error| KeyFault::unreadable(path, &error, right_to_read()))?;
    text.trim_end().parse().map_err(|error| {
        KeyFault::new(
            path,
            both!(
                "is {error}",
                "không phải khóa công khai của một nhật ký (Ed25519), ví dụ relay.example/log+5568bb09+AQ…"
            ),
            both!(
                "copy the .pub.key file that `motcua-relay keys log` made; the private one stays with the relay",
                "hãy chép tệp .pub.key mà «motcua-relay keys log» đã tạo; khóa riêng ở lại với máy tiếp nhận"
            ),
        )
    })
}
