//! The types of files that a paper may be, and how the files themselves say which: by their first bytes, never by name.

/// A type of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// As definitions call it, and the ending of a file's name.
    pub name: &'static str,
    /// Its media type, as compiled forms and sealed parts have it.
    pub media: &'static str,
    /// How a file of it begins, in hexadecimal, one of these; a point stands for any digit.
    pub begins: &'static [&'static str],
}

/// Bytes of a file's beginning that tell its type.
pub const FORMAT_BYTES: usize = 12;

/// What photographs and scans are.
pub const FORMATS: &[Format] = &[
    Format {
        name: "jpeg",
        media: "image/jpeg",
        begins: &["ffd8ff"],
    },
    Format {
        name: "png",
        media: "image/png",
        begins: &["89504e470d0a1a0a"],
    },
    Format {
        name: "webp",
        media: "image/webp",
        begins: &["52494646........57454250"], // RIFF, its length, WEBP
    },
    Format {
        name: "heic",
        media: "image/heic",
        // The length of the first box, `ftyp`, and the brands of HEIF with HEVC: heic, heix, heim, heis, mif1.
        begins: &[
            "........6674797068656963",
            "........6674797068656978",
            "........667479706865696d",
            "........6674797068656973",
            "........667479706d696631",
        ],
    },
    Format {
        name: "pdf",
        media: "application/pdf",
        begins: &["255044462d"], // %PDF-
    },
];

impl Format {
    /// The type of that media type.
    pub fn of_media(media: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.media == media)
    }

    /// The type of a file that begins so; at least [`FORMAT_BYTES`] of it, or all.
    pub fn of_beginning(beginning: &[u8]) -> Option<&'static Self> {
        let digits: String = beginning
            .iter()
            .take(FORMAT_BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let begins = |pattern: &&str| {
            pattern.len() <= digits.len()
                && pattern
                    .bytes()
                    .zip(digits.bytes())
                    .all(|(wanted, digit)| wanted == b'.' || wanted == digit)
        };
        FORMATS
            .iter()
            .find(|format| format.begins.iter().any(&begins))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with() {
        let name = |beginning: &[u8]| Format::of_beginning(beginning).map(|format| format.name);
        assert_eq!(name(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"), Some("jpeg"));
        assert_eq!(name(b"\x89PNG\r\n\x1a\n\0\0\0\x0d"), Some("png"));
        assert_eq!(name(b"RIFF\x24\0\0\0WEBPVP8 "), Some("webp"));
        assert_eq!(name(b"\0\0\0\x18ftypheic\0\0\0\0"), Some("heic"));
        assert_eq!(name(b"\0\0\0\x1cftypmif1"), Some("heic"));
        assert_eq!(name(b"%PDF-1.7\n"), Some("pdf"));
        for other in [
            &b""[..],
            b"%PDF",
            b"\xff\xd8",
            b" %PDF-1.7",
            b"<!doctype html>",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"\0\0\0\x18ftypisom\0\0\0\0",
            b"GIF89a",
        ] {
            assert_eq!(name(other), None, "{other:?}");
        }
    }

    #[test]
    fn every_beginning_is_whole_bytes_within_what_is_looked_at() {
        for Format { name, begins, .. } in FORMATS {
            for pattern in *begins {
                assert!(
                    pattern.len() % 2 == 0 && pattern.len() <= 2 * FORMAT_BYTES,
                    "{name}"
                );
                let is_lower = |c: char| c == '.' || c.is_ascii_digit() || ('a'..='f').contains(&c);
                assert!(pattern.chars().all(is_lower), "{name}");
            }
        }
    }
}
