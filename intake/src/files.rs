//! An office's attachments: opened from the evidence into the office's folder, each whole or not at all.
//!
//! A file that is not what the citizen's page said of it is no refusal: the citizen holds a receipt. It stays sealed, the
//! case says which and why, and a person decides.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use envelope::limits::sealed_attachment_bytes;
use envelope::{Digest, Manifest, PartRef};
use formdef::{FORMAT_BYTES, Format, Severity, Text};

use crate::case::{CaseFault, CaseFile};
use crate::durable::{self, Readers};
use crate::ece;
use crate::failure::Failure;
use crate::plaintext::Attachment;

/// What became of the attachments of one part.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) files: Vec<CaseFile>,
    pub(crate) faults: Vec<CaseFault>,
}

/// What is wrong with an attachment.
#[derive(Clone, Copy)]
enum Wrong {
    /// The manifest names no such attachment.
    Missing,
    /// The key is not the one that the manifest is bound to.
    Key,
    /// It does not open: not sealed as the format says.
    Sealed,
    /// It has another size than it says.
    Size,
    /// Its content is of another type than it says.
    Content,
}

/// Where attachments come from and go to.
pub(crate) struct Place<'a> {
    pub(crate) manifest: &'a Manifest,
    /// The folder of the evidence that has `{part}.ece`.
    pub(crate) sealed: &'a Path,
    /// The office's folder.
    pub(crate) office: &'a Path,
    /// What the names of the case's files begin with.
    pub(crate) stem: &'a str,
}

impl Place<'_> {
    /// Opens each into `{stem}.{part}.{ending}`; the name that the citizen's device gave it is only told.
    pub(crate) fn open(&self, attachments: &[Attachment]) -> Result<Files, Failure> {
        let mut opened = Files::default();
        for attachment in attachments {
            let file = match self.open_one(attachment)? {
                Ok(name) => Some(name),
                Err(wrong) => {
                    opened.faults.push(wrong.fault(attachment));
                    None
                }
            };
            opened.files.push(attachment.handed_over(file));
        }
        Ok(opened)
    }

    fn open_one(&self, attachment: &Attachment) -> Result<Result<String, Wrong>, Failure> {
        let Attachment {
            part,
            r#type,
            size,
            ikm,
            ..
        } = attachment;
        let Some((len, kc)) = named(self.manifest, part) else {
            return Ok(Err(Wrong::Missing));
        };
        let Some(format) = Format::of_media(r#type) else {
            return Ok(Err(Wrong::Content));
        };
        if ikm.commitment() != kc {
            return Ok(Err(Wrong::Key));
        }
        if sealed_attachment_bytes(*size) != len {
            return Ok(Err(Wrong::Size));
        }
        let name = format!("{}.{part}.{}", self.stem, format.name);
        let growing = self.office.join(format!(".{name}.tmp"));
        let sealed = self.sealed.join(format!("{part}.ece"));
        let opened = open_into(&sealed, len, ikm, &growing)?.and_then(|()| {
            let is_of_type = beginning(&growing).is_ok_and(|beginning| {
                Format::of_beginning(&beginning).is_some_and(|of| of == format)
            });
            if is_of_type {
                Ok(())
            } else {
                Err(Wrong::Content)
            }
        });
        match opened {
            Ok(()) => durable::settle(&growing, &self.office.join(&name))?,
            Err(_) => durable::remove(&growing)?,
        }
        Ok(opened.map(|()| name))
    }
}

/// Bytes and key commitment of the attachment of that name.
fn named(manifest: &Manifest, wanted: &str) -> Option<(u64, Digest)> {
    manifest.parts.iter().find_map(|part| match part {
        PartRef::Ece { n, len, kc, .. } if n == wanted => Some((*len, *kc)),
        _ => None,
    })
}

fn open_into(
    sealed: &Path,
    len: u64,
    ikm: &ece::Ikm,
    growing: &Path,
) -> Result<Result<(), Wrong>, Failure> {
    let unreadable = |error| {
        Failure::at(
            sealed,
            error,
            "The evidence is damaged; restore the folder from its backup.",
        )
    };
    let from = BufReader::new(File::open(sealed).map_err(unreadable)?);
    let mut out = durable::create(growing, Readers::Group)?;
    match ikm.open(from, len, &mut out) {
        Ok(()) => Ok(Ok(())),
        Err(ece::Fault::Sealed) => Ok(Err(Wrong::Sealed)),
        Err(ece::Fault::Io(error)) => {
            let mend = "See that the evidence is readable, the office's folder writable, and that the disk has room.";
            Err(Failure::at(growing, error, mend))
        }
    }
}

fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?
        .take(FORMAT_BYTES as u64)
        .read_to_end(&mut beginning)?;
    Ok(beginning)
}

impl Wrong {
    fn fault(self, Attachment { field, part, .. }: &Attachment) -> CaseFault {
        let (rule, vi, en) = match self {
            Self::Missing => (
                "file-missing",
                "không có trong hồ sơ đã ký",
                "is not in the signed submission",
            ),
            Self::Key => (
                "file-key",
                "không khớp khóa ghi trong hồ sơ đã ký",
                "does not match the key in the signed submission",
            ),
            Self::Sealed => ("file-sealed", "không mở được", "does not open"),
            Self::Size => (
                "file-length",
                "không dài như đã khai",
                "has another size than it says",
            ),
            Self::Content => (
                "file-content",
                "không đúng loại tệp đã khai",
                "is not a file of the type that it says",
            ),
        };
        CaseFault {
            field: field.clone(),
            rule: rule.to_owned(),
            severity: Severity::Error,
            message: Text::new([
                (
                    "vi".to_owned(),
                    format!(
                        "Tệp đính kèm {part} {vi} nên không được giao. Hãy yêu cầu người nộp mang bản giấy."
                    ),
                ),
                (
                    "en".to_owned(),
                    format!(
                        "Attachment {part} {en}, so it was not handed over. Ask the applicant for the paper."
                    ),
                ),
            ]),
        }
    }
}
