//! Random edits of a portal's sources, the same in every run.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

/// Somebody who saves whatever comes to mind.
pub(crate) struct Editor {
    pub(crate) forms: PathBuf,
    pub(crate) site: PathBuf,
    /// The folders as they were at first.
    originals: [PathBuf; 2],
    random: u64,
}

impl Editor {
    /// With copies of the fixture's forms and of the repository's site in a folder of that name.
    pub(crate) fn new(name: &str, seed: u64) -> Editor {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let dir = env::temp_dir().join(format!("motcua-edits-{name}-{}", process::id()));
        let editor = Editor {
            forms: dir.join("forms"),
            site: dir.join("site"),
            originals: [here.join("tests/fixture/forms"), here.join("../site")],
            random: seed,
        };
        editor.restore();
        editor
    }

    /// One edit: what it was, and the paths that it touched; `None` when anything may have changed.
    pub(crate) fn edit(&mut self, round: usize) -> (String, Option<Vec<PathBuf>>) {
        let file = self.some_file();
        let shown = file.display().to_string();
        match self.below(8) {
            0..=2 => {
                let text = fs::read_to_string(&file).unwrap();
                fs::write(&file, text + &addition(&file, round)).unwrap();
                (format!("added to {shown}"), Some(vec![file]))
            }
            3 => {
                self.misspell(&file);
                (format!("misspelt {shown}"), Some(vec![file]))
            }
            4 => {
                fs::remove_file(&file).unwrap();
                (format!("removed {shown}"), Some(vec![file]))
            }
            5 => {
                let copy = self.forms.join(format!("ban-sao-{round}"));
                copy_dir(&self.originals[0].join("khai-sinh"), &copy);
                (format!("made {}", copy.display()), Some(vec![copy]))
            }
            _ => (self.take_back(), None),
        }
    }

    /// Puts everything back as it was at first.
    pub(crate) fn take_back(&mut self) -> String {
        self.restore();
        "restored everything".to_owned()
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        // Xorshift.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 16) as usize % end
    }

    fn restore(&self) {
        for (original, copy) in self.originals.iter().zip([&self.forms, &self.site]) {
            let _ = fs::remove_dir_all(copy);
            copy_dir(original, copy);
        }
    }

    /// Puts another letter in the place of one.
    fn misspell(&mut self, file: &Path) {
        let mut bytes = fs::read(file).unwrap();
        let start = self.below(bytes.len().max(1));
        let letter = bytes[start..].iter_mut().find(|b| b.is_ascii_lowercase());
        if let Some(letter) = letter {
            *letter = if *letter == b'z' { b'a' } else { *letter + 1 };
        }
        fs::write(file, bytes).unwrap();
    }

    fn some_file(&mut self) -> PathBuf {
        // Forms are edited as often as everything else together.
        let root = [&self.forms, &self.site][self.random as usize >> 7 & 1].clone();
        let files = files(&root);
        files[self.below(files.len())].clone()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.forms.parent().map(fs::remove_dir_all);
    }
}

/// The files of a folder, in the order of their paths; of one that is not there none.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(dir).sort_by_file_name().into_iter();
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Something that may stand at the end of such a file, and mostly shows.
fn addition(file: &Path, round: usize) -> String {
    let name = file.to_string_lossy();
    match name.rsplit('.').next() {
        Some("css") => format!("\n.a{round} {{ color: red; }}\n"),
        Some("js") => format!("\nexport const a{round} = {round};\n"),
        Some("md") => format!("\n\nĐoạn {round}.\n"),
        Some("html") => format!("<i>{round}</i>\n"),
        Some("csv") if name.contains("lists") => format!("x{round},Mục {round},Item {round}\n"),
        Some("svg") => format!("<!-- {round} -->"),
        _ => format!("\n# {round}\n"),
    }
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
