//! A release: every file of a published portal with its digest, signed by the city's publisher.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::CatalogueFault;
use crate::digest::Digest;
use crate::json;
use crate::jws::{self, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::published;
use crate::time::UnixTime;
use crate::version::V1;

/// The payload of `release.jws`. It says what was published, and stays true: it does not expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The version of the format.
    pub v: V1,
    /// That of the catalogue in it.
    pub serial: u64,
    /// When it was built.
    pub iat: UnixTime,
    /// The portal's origin.
    pub portal: String,
    /// Every file but itself, by its path in the portal's folder, `/` between the parts.
    pub files: BTreeMap<String, ReleasedFile>,
    /// Addresses that lead to others for good: `/khai-sanh/` → `/khai-sinh/`. A host may answer with a redirect there; for
    /// one that cannot, the page that leads on is among the files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redirects: BTreeMap<String, String>,
}

/// A file of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedFile {
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How many bytes it has.
    pub size: u64,
}

impl ReleasedFile {
    /// What a release says of a file with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: Digest::of(bytes),
            size: bytes.len() as u64,
        }
    }
}

impl Release {
    /// Reads `release.jws`: signed by one of the `pinned` keys and well formed.
    ///
    /// # Errors
    /// [`CatalogueFault`]: the first fault in the order form of the JWS, publisher, signature, contents.
    pub fn read(text: &str, pinned: &[PublicKey]) -> Result<Self, CatalogueFault> {
        let signed = published::signed(text, Typ::Release, pinned)?;
        let release: Self = json::read(signed.payload())
            .map_err(|fault| CatalogueFault::malformed(fault.to_string()))?;
        // One spelling: then whoever has the same release has the same digest of it.
        if jws::payload(&release) != signed.payload() {
            return Err(CatalogueFault::malformed(
                "its payload is not in the one spelling that a release has",
            ));
        }
        if let Some(path) = release.files.keys().find(|path| !is_path(path)) {
            return Err(CatalogueFault::malformed(format!(
                "{path:?}: not a path inside the portal"
            )));
        }
        let mut redirects = release.redirects.iter();
        if let Some((from, to)) = redirects.find(|(from, to)| !is_address(from) || !is_address(to))
        {
            return Err(CatalogueFault::malformed(format!(
                "{from:?} → {to:?}: not the addresses of two pages of the portal"
            )));
        }
        Ok(release)
    }

    /// Whether a host that answers for the file at `path` with a redirect to `location` leads where this release does.
    /// `asked` is the origin that was asked; the portal's own counts as well.
    #[must_use]
    pub fn leads(&self, path: &str, asked: &str, location: &str) -> bool {
        let from = format!("/{}", path.strip_suffix("index.html").unwrap_or(path));
        let to = self.redirects.get(&from).map(String::as_str);
        let mut origins = ["", asked, &self.portal].into_iter();
        to.is_some() && origins.any(|origin| location.strip_prefix(origin) == to)
    }

    /// What a publisher signs with the key named `kid`.
    #[must_use]
    pub fn signing_input(&self, kid: Thumbprint) -> String {
        jws::signing_input(
            &jws::header_with_kid(Typ::Release, kid),
            &jws::payload(self),
        )
    }

    /// The digest by which a release is named, also in the log: that of its payload. Equal sources, keys and time give an
    /// equal one, whoever signs it. A payload begins with a brace, a signing input never does: no manifest has its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&jws::payload(self))
    }
}

/// Names of `a–z A–Z 0–9 . _ -` apart by `/`, none of them only points: nothing climbs out of the folder.
fn is_path(path: &str) -> bool {
    path.split('/').all(|name| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        name.chars().all(plain) && !name.chars().all(|c| c == '.')
    })
}

/// The address of a folder's page: `/`, or a path between two of them.
fn is_address(address: &str) -> bool {
    let inside = address
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'));
    address == "/" || inside.is_some_and(is_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_to_its_address_at_the_portal_and_nowhere_else() {
        let release = Release {
            v: V1,
            serial: 1,
            iat: UnixTime(1),
            portal: "https://portal.example".to_owned(),
            files: BTreeMap::new(),
            redirects: [("/cu/".to_owned(), "/moi/".to_owned())].into(),
        };
        let asked = "http://127.0.0.1:80";
        let leads = |path: &str, location: &str| release.leads(path, asked, location);
        for good in [
            "/moi/",
            "https://portal.example/moi/",
            "http://127.0.0.1:80/moi/",
        ] {
            assert!(leads("cu/index.html", good), "{good}");
        }
        for bad in ["", "/", "/cu/", "//moi/", "https://elsewhere.example/moi/"] {
            assert!(!leads("cu/index.html", bad), "{bad}");
        }
        assert!(!leads("cu/schema.json", "/moi/"));
        assert!(!leads("moi/index.html", "/moi/"));
    }

    #[test]
    fn an_address_is_that_of_a_folder_of_the_portal() {
        for good in ["/", "/khai-sinh/", "/en/khai-sinh/form/"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "khai-sinh/",
            "/khai-sinh",
            "//elsewhere.example/",
            "/a/../b/",
            "https://x/",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn paths_stay_inside_the_portal() {
        for good in [
            "index.html",
            "en/khai-sinh/form/index.html",
            ".well-known/security.txt",
            "_headers",
        ] {
            assert!(is_path(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a//b",
            "a/..",
            "a\\b",
            "a b",
            "a/",
            "…",
        ] {
            assert!(!is_path(bad), "{bad}");
        }
    }
}
