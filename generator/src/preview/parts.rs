//! What the preview adds to a portal: a script for every page, and pages of its own.

use std::sync::OnceLock;

use envelope::Digest;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};

use crate::headers::Rules;
use crate::serve::{Answer, content_type, file_of, plain, respond};

/// Where all of it stands. No service can have this address.
pub(super) const PLACE: &str = "/_motcua/";

/// The files, by name.
const FILES: [(&str, &str); 9] = [
    ("preview.js", include_str!("page/preview.js")),
    ("answers.js", include_str!("page/answers.js")),
    ("bar.js", include_str!("page/bar.js")),
    ("faults.js", include_str!("page/faults.js")),
    ("states.js", include_str!("page/states.js")),
    ("words.js", include_str!("page/words.js")),
    ("preview.css", include_str!("page/preview.css")),
    ("states.css", include_str!("page/states.css")),
    ("narrow.css", include_str!("page/narrow.css")),
];
/// A page that shows another in a frame as wide as a small telephone.
const NARROW: &str = include_str!("page/narrow.html");
/// A page for what cannot be made.
const BROKEN: &str = include_str!("page/broken.html");

/// The preview's own pages hold no more than a portal's, but a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// The answer to a path below [`PLACE`].
pub(super) fn answer(path: &str) -> Answer {
    let own_file = |path: &str| {
        let name = path.strip_prefix(folder())?.strip_prefix('/')?;
        FILES.iter().find(|(own, _)| *own == name)
    };
    if let Some((name, text)) = own_file(path) {
        lasting(name, text)
    } else if path.strip_prefix("narrow").and_then(file_of).is_some() {
        own_page(StatusCode::OK, NARROW)
    } else {
        plain(StatusCode::NOT_FOUND, "the preview has nothing there\n")
    }
}

/// The folder of the files, named by their content: a browser asks for them once.
fn folder() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let texts: String = FILES.iter().map(|(_, text)| *text).collect();
        Digest::of(texts.as_bytes()).to_string()
    })
}

/// What is sent in the place of a page that cannot be made; its script shows why.
pub(super) fn broken() -> Answer {
    own_page(StatusCode::INTERNAL_SERVER_ERROR, BROKEN)
}

fn own_page(status: StatusCode, page: &str) -> Answer {
    let page = page.replace("{place}", PLACE).replace("{folder}", folder());
    let html = content_type(".html");
    let mut answer = respond(&Rules::default(), status, "", html, page);
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer
}

fn lasting(name: &str, text: &'static str) -> Answer {
    let mut answer = respond(
        &Rules::default(),
        StatusCode::OK,
        "",
        content_type(name),
        text,
    );
    let lasting = HeaderValue::from_static("max-age=31536000, immutable");
    answer.headers_mut().insert(CACHE_CONTROL, lasting);
    answer
}

/// A page with the preview's script, which is told which bytes the page had without it.
pub(super) fn with_script(page: &[u8], digest: &str) -> Bytes {
    let script = format!(
        "<script type=\"module\" src=\"{PLACE}{}/preview.js\" data-page=\"{digest}\"></script>",
        folder()
    );
    let end = b"</body>";
    let at = page
        .windows(end.len())
        .rposition(|window| window == end)
        .unwrap_or(page.len());
    [&page[..at], script.as_bytes(), &page[at..]]
        .concat()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let script = format!(
            "<script type=\"module\" src=\"/_motcua/{}/preview.js\" data-page=\"d\"></script>",
            folder()
        );
        for (page, before, after) in [
            ("<body><p>a</body></html>", "<body><p>a", "</body></html>"),
            ("<p>a", "<p>a", ""),
        ] {
            let with = with_script(page.as_bytes(), "d");
            assert_eq!(with, format!("{before}{script}{after}"));
        }
    }
}
