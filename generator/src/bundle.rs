//! A page's ES modules in one file.
//!
//! Not a general bundler: the modules of `site/` keep to a restricted form, and whatever leaves it is a fault.
//! - `import` and `export` begin a line; an import is static, relative, and names what it takes (no `as`, no
//!   default, no `*`);
//! - `export` stands before a `function`, `async function`, `const`, `let` or `class`;
//! - no two modules of one bundle declare the same name at the left margin;
//! - no line inside a template string begins like one of these.
//!
//! So a bundle is the modules in the order of their dependencies without those words.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{Fault, Mistake};
use crate::minify;
use crate::sources::Folder;

/// The modules that `entry` needs, itself last, as one module's text. Paths are relative to the folder.
pub(crate) fn bundle(site: &Folder, entry: &str) -> Result<String, Vec<Fault>> {
    let mut bundler = Bundler {
        site,
        done: BTreeMap::new(),
        open: Vec::new(),
        declared: BTreeMap::new(),
        text: String::new(),
        faults: Vec::new(),
    };
    bundler.add(entry, None);
    if bundler.faults.is_empty() {
        Ok(bundler.text)
    } else {
        Err(bundler.faults)
    }
}

/// Where an import stands: the module's path and the line, for messages.
struct Place<'a> {
    path: &'a str,
    line: usize,
}

struct Bundler<'a> {
    site: &'a Folder,
    /// Finished modules and the names they export.
    done: BTreeMap<String, BTreeSet<String>>,
    /// Modules on the way from the entry to here.
    open: Vec<String>,
    /// Every name at the left margin so far, and the module that declared it.
    declared: BTreeMap<String, String>,
    text: String,
    faults: Vec<Fault>,
}

impl Bundler<'_> {
    fn add(&mut self, path: &str, from: Option<&Place<'_>>) {
        if self.done.contains_key(path) {
            return;
        }
        if self.open.iter().any(|open| open == path) {
            let way = format!("{} → {path}", self.open.join(" → "));
            return self.fault(from, Mistake::ImportCircle { way });
        }
        let Some(source) = self.site.text(path) else {
            return self.fault(
                from,
                Mistake::ModuleMissing {
                    path: path.to_owned(),
                },
            );
        };
        self.open.push(path.to_owned());
        let exports = self.add_text(path, source);
        self.open.pop();
        self.done.insert(path.to_owned(), exports);
    }

    /// Appends one module without its `import` and `export` words; returns what it exports.
    fn add_text(&mut self, path: &str, source: &str) -> BTreeSet<String> {
        if let Some((byte, cause)) = minify::script_fault(source) {
            self.faults.push(self.site.fault_at_byte(
                path,
                byte,
                &Mistake::NotJavaScript { cause },
            ));
            return BTreeSet::new();
        }
        let mut exports = BTreeSet::new();
        let mut body = String::new();
        let mut lines = source.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let place = Place {
                path,
                line: index + 1,
            };
            if line.starts_with("import ")
                || line.starts_with("import\"")
                || line.starts_with("import{")
            {
                let mut statement = line.to_owned();
                while !statement.contains(';') {
                    let Some((_, more)) = lines.next() else { break };
                    statement.push(' ');
                    statement.push_str(more);
                }
                self.import(&statement, &place);
                continue;
            }
            let declaration = line.strip_prefix("export ").unwrap_or(line);
            let names = declared_names(declaration);
            for name in &names {
                self.declare(name, &place);
            }
            if declaration.len() < line.len() {
                if names.is_empty() {
                    self.fault(Some(&place), Mistake::ExportForm);
                }
                exports.extend(names);
            }
            body.push_str(declaration);
            body.push('\n');
        }
        self.text.push_str(&body);
        exports
    }

    fn import(&mut self, statement: &str, place: &Place<'_>) {
        let Some(import) = Import::read(statement) else {
            return self.fault(Some(place), Mistake::ImportForm);
        };
        let Some(path) = resolve(place.path, import.from) else {
            return self.fault(
                Some(place),
                Mistake::ImportLeaves {
                    path: import.from.to_owned(),
                },
            );
        };
        self.add(&path, Some(place));
        let Some(exports) = self.done.get(&path) else {
            return;
        };
        let missing: Vec<_> = import
            .names
            .into_iter()
            .filter(|name| !exports.contains(*name))
            .collect();
        for name in missing {
            self.fault(
                Some(place),
                Mistake::ExportMissing {
                    module: path.clone(),
                    name: name.to_owned(),
                },
            );
        }
    }

    fn declare(&mut self, name: &str, place: &Place<'_>) {
        if let Some(other) = self.declared.insert(name.to_owned(), place.path.to_owned()) {
            self.fault(
                Some(place),
                Mistake::NameTwice {
                    name: name.to_owned(),
                    other,
                },
            );
        }
    }

    fn fault(&mut self, place: Option<&Place<'_>>, mistake: Mistake) {
        self.faults.push(match place {
            Some(place) => self.site.fault_at(place.path, place.line, 1, &mistake),
            None => self.site.fault("script", mistake),
        });
    }
}

/// `import { a, b } from "./x.js";`
struct Import<'a> {
    names: Vec<&'a str>,
    from: &'a str,
}

impl<'a> Import<'a> {
    fn read(statement: &'a str) -> Option<Import<'a>> {
        let rest = statement
            .strip_prefix("import")?
            .trim()
            .strip_suffix(';')?
            .trim_end();
        let (names, from) = match rest.strip_prefix('{') {
            Some(rest) => {
                let (names, from) = rest.split_once('}')?;
                (names, from.trim_start().strip_prefix("from")?.trim_start())
            }
            None => ("", rest),
        };
        let names: Vec<_> = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        let quoted = |quote| from.strip_prefix(quote)?.strip_suffix(quote);
        let from = quoted('"').or_else(|| quoted('\''))?;
        (from.starts_with('.') && names.iter().all(|name| is_name(name)))
            .then_some(Import { names, from })
    }
}

/// The names a line at the left margin declares.
fn declared_names(line: &str) -> Vec<String> {
    let rest = [
        "async function* ",
        "async function ",
        "function* ",
        "function ",
        "class ",
    ]
    .iter()
    .find_map(|word| line.strip_prefix(word));
    if let Some(rest) = rest {
        return vec![rest.chars().take_while(|c| is_name_char(*c)).collect()];
    }
    let Some(rest) = ["const ", "let ", "var "]
        .iter()
        .find_map(|word| line.strip_prefix(word))
    else {
        return Vec::new();
    };
    let target = rest.split('=').next().unwrap_or(rest);
    target
        .split(|c: char| !is_name_char(c) && c != ':')
        .filter_map(|word| word.rsplit(':').next())
        .filter(|word| is_name(word))
        .map(str::to_owned)
        .collect()
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| is_name_char(c) && !c.is_ascii_digit())
        && word.chars().all(is_name_char)
}

/// `../x.js` seen from `script/a.js` is `x.js`; `None` when it climbs out.
fn resolve(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn site(files: &[(&str, &str)]) -> Folder {
        Folder::of("site", files)
    }

    #[test]
    fn joins_in_the_order_of_dependencies() {
        let site = site(&[
            (
                "script/form.js",
                "import { b } from './b.js';\nimport {\n  a,\n} from \"../components/a/script.js\";\nb(a);\n",
            ),
            (
                "script/b.js",
                "import { a } from '../components/a/script.js';\nexport function b(x) {\n  return x + a;\n}\n",
            ),
            ("components/a/script.js", "export const a = 1;\n"),
        ]);
        assert_eq!(
            bundle(&site, "script/form.js").unwrap(),
            "const a = 1;\nfunction b(x) {\n  return x + a;\n}\nb(a);\n"
        );
    }

    #[test]
    fn names_every_fault() {
        let site = site(&[
            (
                "script/form.js",
                "import { gone } from './a.js';\nimport all from './a.js';\nimport { x } from './none.js';\nimport { y } from '../../../etc/passwd';\nconst twice = 1;\n",
            ),
            (
                "script/a.js",
                "import { f } from './form.js';\nconst twice = 2;\nexport default twice;\n",
            ),
        ]);
        let messages: Vec<_> = bundle(&site, "script/form.js")
            .unwrap_err()
            .iter()
            .map(|fault| fault.to_string().lines().next().unwrap().to_owned())
            .collect();
        assert_eq!(
            messages,
            [
                "site/script/a.js:1:1: modules import each other in a circle: script/form.js → script/a.js → script/form.js",
                "site/script/a.js:3:1: this `export` is not of the restricted form",
                "site/script/form.js:1:1: `script/a.js` does not export `gone`",
                "site/script/form.js:2:1: this `import` is not of the restricted form",
                "site/script/form.js:3:1: there is no module `script/none.js`",
                "site/script/form.js:4:1: `../../../etc/passwd` leads out of the site folder",
                "site/script/form.js:5:1: `twice` is declared in `script/a.js` too, and one bundle holds both",
            ]
        );
    }

    #[test]
    fn sees_names_in_patterns() {
        assert_eq!(declared_names("const { a, b: c } = x;"), ["a", "c"]);
        assert_eq!(declared_names("async function later() {"), ["later"]);
        assert_eq!(declared_names("  const inner = 1;"), Vec::<String>::new());
    }
}
