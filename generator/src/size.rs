//! `motcua size`: what the first load of a form's page weighs, plain and in brotli.

use std::fmt;
use std::fs;
use std::path::Path;

use brotli::enc::BrotliEncoderParams;

/// Bytes of one file or of several together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// As it is.
    pub plain: usize,
    /// In brotli, quality 11, window 22: what CDNs keep.
    pub brotli: usize,
}

/// The first load of a form's page: the page, its style, its script. Lists are loaded later, when their section is
/// entered; the icon does not hold up anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSize {
    /// The page's path: `khai-sinh/form/index.html`.
    pub page: String,
    /// The page itself.
    pub html: Weight,
    /// All style it links.
    pub style: Weight,
    /// All script it links.
    pub script: Weight,
}

impl PageSize {
    /// All of it.
    pub fn total(&self) -> Weight {
        let parts = [self.html, self.style, self.script];
        Weight {
            plain: parts.iter().map(|part| part.plain).sum(),
            brotli: parts.iter().map(|part| part.brotli).sum(),
        }
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Weight { plain, brotli } = self.total();
        let PageSize {
            page,
            html,
            style,
            script,
        } = self;
        write!(
            f,
            "{page}: {brotli} bytes in brotli ({plain} plain): html {}, style {}, script {}",
            html.brotli, style.brotli, script.brotli
        )
    }
}

/// Weighs every form's page of a portal's folder, the default language's and the others', by path.
///
/// Errors: a sentence with the path that cannot be read.
pub fn measure(dir: &Path) -> Result<Vec<PageSize>, String> {
    let mut sizes = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            format!(
                "{}: {error}\n  = give the folder of a portal",
                dir.display()
            )
        })?;
        if entry.path().ends_with("form/index.html") {
            sizes.push(page_size(dir, entry.path())?);
        }
    }
    if sizes.is_empty() {
        return Err(format!(
            "{}: has no form's page\n  = build a portal with `motcua build`",
            dir.display()
        ));
    }
    Ok(sizes)
}

fn page_size(dir: &Path, path: &Path) -> Result<PageSize, String> {
    let read = |path: &Path| {
        fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}\n  = build the portal again", path.display()))
    };
    let html = read(path)?;
    let linked = |ending: &str| -> Result<Weight, String> {
        let mut weight = Weight::default();
        for url in assets(&html).filter(|url| url.ends_with(ending)) {
            let part = weigh(read(&dir.join(url))?.as_bytes());
            weight = Weight {
                plain: weight.plain + part.plain,
                brotli: weight.brotli + part.brotli,
            };
        }
        Ok(weight)
    };
    let page = path
        .strip_prefix(dir)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned();
    Ok(PageSize {
        page,
        html: weigh(html.as_bytes()),
        style: linked(".css")?,
        script: linked(".js")?,
    })
}

/// The assets a page links, each once, without the leading `/`.
fn assets(html: &str) -> impl Iterator<Item = &str> {
    let addresses = html.match_indices("/assets/").map(|(at, _)| {
        let rest = &html[at + 1..];
        &rest[..rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_')))
            .unwrap_or(rest.len())]
    });
    addresses
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
}

fn weigh(bytes: &[u8]) -> Weight {
    let mut compressed = Vec::new();
    let params = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    // Reading from memory and writing to memory cannot fail.
    let _ = brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params);
    Weight {
        plain: bytes.len(),
        brotli: compressed.len(),
    }
}
