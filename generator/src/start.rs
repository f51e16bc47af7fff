//! What `motcua new` writes, carried in the program: an installed `motcua` needs nothing beside it.

use generator::new::Files;
use include_dir::{Dir, include_dir};

static SITE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../site");
static PORTAL: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/start/portal");
static FORM: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/start/form");

/// The lists that field kinds need, the same for every portal of the country: those of this repository.
const LISTS: [(&str, &str); 5] = [
    ("sex", include_str!("../../forms/lists/sex.csv")),
    ("countries", include_str!("../../forms/lists/countries.csv")),
    ("id-paper", include_str!("../../forms/lists/id-paper.csv")),
    ("provinces", include_str!("../../forms/lists/provinces.csv")),
    (
        "residence-kind",
        include_str!("../../forms/lists/residence-kind.csv"),
    ),
];

/// The files of a new portal. Its schemas are made by `motcua schema`.
pub(crate) fn portal() -> Files {
    let mut files = texts(&PORTAL, "");
    files.extend(texts(&SITE, "site/"));
    files.extend(LISTS.map(|(id, text)| (format!("forms/lists/{id}.csv"), text.to_owned())));
    for (path, text) in [
        (".gitignore", include_str!("../start/gitignore")),
        (".taplo.toml", include_str!("../start/taplo.toml")),
    ] {
        files.push((path.to_owned(), text.to_owned()));
    }
    files
}

/// The files of a new form.
pub(crate) fn form() -> Files {
    texts(&FORM, "")
}

fn texts(dir: &Dir<'_>, start: &str) -> Files {
    let own = dir.files().filter_map(|file| {
        let path = file.path().to_str()?;
        Some((format!("{start}{path}"), file.contents_utf8()?.to_owned()))
    });
    let below = dir.dirs().flat_map(|dir| texts(dir, start));
    own.chain(below).collect()
}
