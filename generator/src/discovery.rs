//! Files that programs look for at a fixed place: `sitemap.xml`, `robots.txt`, `.well-known/security.txt`.

use std::fmt::Write;

use formdef::Date;

use crate::plan::Page;
use crate::portal::{Portal, Security};

/// The files by their paths, on the day of the build.
pub(crate) fn files<'p>(
    portal: &Portal,
    pages: impl Iterator<Item = &'p Page<'p>>,
    today: Date,
) -> Vec<(&'static str, String)> {
    let origin = &portal.portal;
    let mut files = vec![
        ("sitemap.xml", sitemap(origin, pages)),
        ("robots.txt", robots(origin)),
    ];
    let security = portal.security.as_ref();
    files.extend(security.map(|security| {
        let text = security_text(security, portal, today);
        (".well-known/security.txt", text)
    }));
    files
}

/// Every page in every language, each with its other languages (<https://www.sitemaps.org>, `xhtml:link`).
fn sitemap<'p>(origin: &str, pages: impl Iterator<Item = &'p Page<'p>>) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for page in pages.filter(|page| page.subject.is_to_be_found()) {
        // Addresses are made of a–z, 0–9 and `-`: nothing in them is markup.
        let _ = write!(text, "<url><loc>{origin}{}</loc>", page.url);
        for (language, url) in &page.alternates {
            let _ = write!(
                text,
                "<xhtml:link rel=\"alternate\" hreflang=\"{language}\" href=\"{origin}{url}\"/>"
            );
        }
        text.push_str("</url>\n");
    }
    text + "</urlset>\n"
}

/// Pages are for everybody to find; what machines read is not for search results.
fn robots(origin: &str) -> String {
    format!(
        "User-agent: *\nDisallow: /forms/\nDisallow: /keys/\nDisallow: /lists/\n\nSitemap: {origin}/sitemap.xml\n"
    )
}

/// RFC 9116.
fn security_text(security: &Security, portal: &Portal, today: Date) -> String {
    let Security {
        contact,
        policy,
        valid_days,
    } = security;
    let expires = Date::from_days(today.days() + i64::from(*valid_days)).unwrap_or(today);
    let policy = policy
        .as_ref()
        .map_or_else(String::new, |policy| format!("Policy: {policy}\n"));
    format!(
        "Contact: {contact}\nExpires: {expires}T00:00:00+07:00\n{policy}Preferred-Languages: {}\nCanonical: {}/.well-known/security.txt\n",
        portal.languages.join(", "),
        portal.portal
    )
}
