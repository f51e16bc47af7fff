//! The ES modules of `site/` in few files: the core, which every form's page links, and pieces beside it, which only
//! the pages that need them load.
//!
//! Not a general bundler: the modules keep to a restricted form, and whatever leaves it is a fault.
//! - `import` and `export` begin a line; an import is static, relative, and names what it takes (no `as`, no
//!   default, no `*`);
//! - `export` stands before a `function`, `async function`, `const`, `let` or `class`;
//! - no two modules declare the same name at the left margin;
//! - no line inside a template string begins like one of these.
//!
//! So a file is its modules in the order of their dependencies without those words. A module stands in one file: in
//! the core when the core needs it, else in the first piece that does; other pieces import it from there, under a
//! short name.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::{Fault, Mistake};
use crate::minify;
use crate::sources::Folder;

/// One file of script.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Bundle {
    /// The module that it is for; paths are relative to the folder.
    pub(crate) entry: String,
    /// Its modules, without `import` and `export`.
    text: String,
    /// Entry of another bundle → the names that this one takes from it.
    imports: BTreeMap<String, BTreeSet<String>>,
    /// What other bundles take from this one.
    exports: BTreeSet<String>,
    /// What a page's script takes from it, under its own name, when it loads it.
    offers: BTreeSet<String>,
}

impl Bundle {
    /// As one ES module. `all` are the bundles of the same call; `written` gives what became of one that this one
    /// imports; `None` while there is none.
    pub(crate) fn module<'a>(
        &self,
        all: &[Bundle],
        written: impl Fn(&str) -> Option<&'a Written>,
    ) -> Option<String> {
        let mut module = String::new();
        for (entry, names) in &self.imports {
            let from = all.iter().find(|bundle| bundle.entry == *entry)?;
            let Written {
                address,
                names: kept,
            } = written(entry)?;
            let names: Vec<_> = from
                .short_names()
                .filter(|(name, _)| names.contains(*name))
                .map(|(name, short)| format!("{} as {name}", kept.get(&short).unwrap_or(&short)))
                .collect();
            module += &format!("import {{ {} }} from '{address}';\n", names.join(", "));
        }
        module += &self.text;
        let exports: Vec<_> = self
            .short_names()
            .map(|(name, short)| format!("{name} as {short}"))
            .chain(self.offers.iter().cloned())
            .collect();
        if !exports.is_empty() {
            module += &format!("export {{ {} }};\n", exports.join(", "));
        }
        Some(module)
    }

    /// Its module after minification with its exports under the names that they have there: an alias for each would be
    /// a tenth of the core. Those names by the short ones.
    pub(crate) fn unaliased(&self, minified: &str) -> (String, BTreeMap<String, String>) {
        let mut names = BTreeMap::new();
        let Some((body, exports)) = minified.rsplit_once("export{") else {
            return (minified.to_owned(), names);
        };
        let (exports, rest) = exports.split_once('}').unwrap_or((exports, ""));
        let shorts: BTreeSet<String> = self.short_names().map(|(_, short)| short).collect();
        let kept: Vec<&str> = exports
            .split(',')
            .map(|export| match export.split_once(" as ") {
                Some((name, short)) if shorts.contains(short) => {
                    names.insert(short.to_owned(), name.to_owned());
                    name
                }
                _ => export,
            })
            .collect();
        (format!("{body}export{{{}}}{rest}", kept.join(",")), names)
    }

    /// What it exports, and under which name: `a`, `b`, … `a1`.
    fn short_names(&self) -> impl Iterator<Item = (&str, String)> {
        self.exports.iter().enumerate().map(|(index, name)| {
            let letter = char::from(b'a' + (index % 26) as u8);
            let round = if index < 26 {
                String::new()
            } else {
                (index / 26).to_string()
            };
            (name.as_str(), format!("{letter}{round}"))
        })
    }
}

/// What became of a bundle.
pub(crate) struct Written {
    /// Its address, as others import it.
    pub(crate) address: String,
    /// The names of its exports, by those of its module before minification, where they differ.
    pub(crate) names: BTreeMap<String, String>,
}

/// The core with all that `core` needs, then a piece for each of `linked` and `later` that is not in the core. The page
/// links the former; its script loads the latter by `import()`, for what they export.
pub(crate) fn bundles(
    site: &Folder,
    core: &str,
    linked: &[&str],
    later: &[&str],
) -> Result<Vec<Bundle>, Vec<Fault>> {
    let mut bundler = Bundler {
        site,
        bundles: Vec::new(),
        waiting: BTreeSet::new(),
        done: BTreeMap::new(),
        open: Vec::new(),
        declared: BTreeMap::new(),
        faults: Vec::new(),
    };
    bundler.bundle(core, None);
    let pieces = [linked, later].concat();
    bundler.waiting = pieces.iter().map(|piece| (*piece).to_owned()).collect();
    for piece in pieces {
        bundler.bundle(piece, None);
    }
    for bundle in bundler
        .bundles
        .iter_mut()
        .filter(|bundle| later.contains(&bundle.entry.as_str()))
    {
        bundle.offers = bundler
            .done
            .get(&bundle.entry)
            .map(|module| module.exports.clone())
            .unwrap_or_default();
    }
    if bundler.faults.is_empty() {
        Ok(bundler.bundles)
    } else {
        Err(bundler.faults)
    }
}

/// Where an import stands: the module's path, the line, and the bundle that it is in; for messages and for what
/// bundles take from each other.
struct Place<'a> {
    path: &'a str,
    line: usize,
    bundle: usize,
}

/// A module that stands in a bundle.
struct Module {
    bundle: usize,
    exports: BTreeSet<String>,
}

struct Bundler<'a> {
    site: &'a Folder,
    bundles: Vec<Bundle>,
    /// Entries of pieces.
    waiting: BTreeSet<String>,
    /// Finished modules.
    done: BTreeMap<String, Module>,
    /// Modules on the way from the entry to here.
    open: Vec<String>,
    /// Every name at the left margin so far, and the module that declared it.
    declared: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Bundler<'_> {
    /// A bundle of its own for an entry that stands in none yet.
    fn bundle(&mut self, entry: &str, from: Option<&Place<'_>>) {
        if self.done.contains_key(entry) {
            return;
        }
        self.bundles.push(Bundle {
            entry: entry.to_owned(),
            ..Bundle::default()
        });
        self.add(entry, self.bundles.len() - 1, from);
    }

    fn add(&mut self, path: &str, bundle: usize, from: Option<&Place<'_>>) {
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
        let exports = self.add_text(path, source, bundle);
        self.open.pop();
        self.done
            .insert(path.to_owned(), Module { bundle, exports });
    }

    /// Appends one module without its `import` and `export` words; returns what it exports.
    fn add_text(&mut self, path: &str, source: &str, bundle: usize) -> BTreeSet<String> {
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
                bundle,
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
        self.bundles[bundle].text += &body;
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
        if self.waiting.contains(&path) {
            self.bundle(&path, Some(place));
        } else if !self.done.contains_key(&path) {
            self.add(&path, place.bundle, Some(place));
        }
        let Some(module) = self.done.get(&path) else {
            return;
        };
        let (found, missing): (Vec<_>, Vec<_>) = import
            .names
            .into_iter()
            .partition(|name| module.exports.contains(*name));
        if module.bundle != place.bundle {
            let names = found.into_iter().map(str::to_owned);
            let owner = &mut self.bundles[module.bundle];
            owner.exports.extend(names.clone());
            let entry = owner.entry.clone();
            let taken = &mut self.bundles[place.bundle].imports;
            taken.entry(entry).or_default().extend(names);
        }
        let missing: Vec<_> = missing.into_iter().map(str::to_owned).collect();
        for name in missing {
            self.fault(
                Some(place),
                Mistake::ExportMissing {
                    module: path.clone(),
                    name,
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

    /// The bundles as they would be written, each under its entry's path.
    fn written(site: &Folder, linked: &[&str], later: &[&str]) -> Vec<String> {
        let all = bundles(site, "script/form.js", linked, later).unwrap();
        let written: BTreeMap<_, _> = all
            .iter()
            .map(|bundle| {
                let address = format!("./{}", bundle.entry);
                let names = BTreeMap::new();
                (bundle.entry.clone(), Written { address, names })
            })
            .collect();
        all.iter()
            .map(|bundle| bundle.module(&all, |entry| written.get(entry)).unwrap())
            .collect()
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
            written(&site, &["components/a/script.js"], &[]),
            ["const a = 1;\nfunction b(x) {\n  return x + a;\n}\nb(a);\n"]
        );
    }

    #[test]
    fn a_module_stands_in_one_file_and_the_others_import_it() {
        let site = site(&[
            (
                "script/form.js",
                "import { table } from './table.js';\nstart(table);\n",
            ),
            (
                "script/table.js",
                "export const table = {};\nexport const unused = 1;\n",
            ),
            (
                "p.js",
                "import { table } from './script/table.js';\nimport { help } from './help.js';\ntable.p = help;\n",
            ),
            (
                "q.js",
                "import { help } from './help.js';\nimport { table } from './script/table.js';\nexport const more = table.a + help;\n",
            ),
            ("help.js", "export const help = 2;\n"),
        ]);
        assert_eq!(
            written(&site, &["p.js"], &["q.js"]),
            [
                "const table = {};\nconst unused = 1;\nstart(table);\nexport { table as a };\n",
                "import { a as table } from './script/form.js';\nconst help = 2;\ntable.p = help;\nexport { help as a };\n",
                "import { a as help } from './p.js';\nimport { a as table } from './script/form.js';\nconst more = table.a + help;\nexport { more };\n",
            ]
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
        let messages: Vec<_> = bundles(&site, "script/form.js", &[], &[])
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
                "site/script/form.js:5:1: `twice` is declared in `script/a.js` too",
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
