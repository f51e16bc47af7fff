//! `forms/portal.toml`: what a portal is called, where it and its relay stand, in which languages it speaks.

use std::collections::BTreeMap;

use formdef::Text;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::fault::{Fault, Mistake};
use crate::lists::is_slug;
use crate::sources::Folder;

/// The file's path in `forms/`.
pub(crate) const PATH: &str = "portal.toml";

/// The portal's own facts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// What the portal is called.
    pub name: Text,
    /// The city it is for.
    pub city: Text,
    /// Language tags, the default one first; the default language's pages are at `/`.
    pub languages: Vec<String>,
    /// The portal's origin: `https://…` without a path.
    pub portal: String,
    /// The relay's origin.
    pub relay: String,
    /// For how many days a catalogue and its key files are valid.
    #[serde(default = "validity_days")]
    pub validity_days: u32,
    /// For how many days a draft stays on a person's device after it was last changed.
    #[serde(default = "draft_days")]
    pub draft_days: u32,
    /// Whom people call.
    pub contact: Contact,
    /// Whom to tell of a hole in the portal; without it there is no `/.well-known/security.txt`.
    #[serde(default, skip_serializing)]
    pub security: Option<Security>,
    /// The headings under which services are listed, by their ids: each has a page.
    #[serde(default, skip_serializing)]
    pub groups: BTreeMap<String, Text>,
    /// Kinds of offices, such as `ward`, `police`, `insurance`.
    pub offices: BTreeMap<String, OfficeKind>,
}

/// Whom people call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// A telephone number as it is dialled and shown.
    pub phone: String,
    /// When somebody answers.
    pub hours: Text,
}

/// Whom to tell of a hole in the portal: published as `/.well-known/security.txt` (RFC 9116).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// An address: `mailto:…`, `tel:…` or `https://…`.
    pub contact: String,
    /// A page in which reporters read what they may do, `https://…`.
    #[serde(default)]
    pub policy: Option<String>,
    /// For how many days after the build it is valid; at most 365.
    #[serde(default = "security_days")]
    pub valid_days: u32,
}

/// A kind of office that reads answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeKind {
    /// Offices of this kind: one a district, coded `prefix` + the district's code. Without it: the agencies themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What an office is called; `{district}` stands for its district.
    pub label: Text,
}

fn validity_days() -> u32 {
    30
}

fn draft_days() -> u32 {
    14
}

fn security_days() -> u32 {
    180
}

/// The texts whose default language is required, with their places.
#[derive(Deserialize)]
struct Places {
    languages: Spanned<Vec<String>>,
    portal: Spanned<String>,
    relay: Spanned<String>,
    name: Spanned<Text>,
    city: Spanned<Text>,
    #[serde(default)]
    groups: BTreeMap<Spanned<String>, Spanned<Text>>,
    offices: BTreeMap<String, OfficePlaces>,
    security: Option<SecurityPlaces>,
}

#[derive(Deserialize)]
struct SecurityPlaces {
    contact: Spanned<String>,
    policy: Option<Spanned<String>>,
    #[serde(default)]
    valid_days: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
struct OfficePlaces {
    label: Spanned<Text>,
}

impl Portal {
    /// Reads and checks the file.
    pub(crate) fn read(forms: &Folder) -> Result<Portal, Vec<Fault>> {
        let mut portal: Portal = read_toml(forms, PATH).map_err(|fault| vec![fault])?;
        let places: Places = read_toml(forms, PATH).map_err(|fault| vec![fault])?;
        let faults = places.faults(forms);
        if !faults.is_empty() {
            return Err(faults);
        }
        let languages = portal.languages.clone();
        let offices = portal.offices.values_mut().map(|office| &mut office.label);
        for text in portal
            .groups
            .values_mut()
            .chain([
                &mut portal.name,
                &mut portal.city,
                &mut portal.contact.hours,
            ])
            .chain(offices)
        {
            *text = default_first(text, &languages);
        }
        Ok(portal)
    }

    /// The language of the pages at `/`.
    pub fn default_language(&self) -> &str {
        self.languages.first().map_or("vi", String::as_str)
    }
}

impl Places {
    fn faults(&self, forms: &Folder) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |at: std::ops::Range<usize>, mistake: Mistake| {
            faults.push(forms.fault_at_byte(PATH, at.start, &mistake))
        };
        let Some(default) = self.languages.get_ref().first() else {
            fault(self.languages.span(), Mistake::NoLanguage);
            return faults;
        };
        for origin in [&self.portal, &self.relay] {
            if !is_origin(origin.get_ref()) {
                fault(
                    origin.span(),
                    Mistake::Origin {
                        value: origin.get_ref().clone(),
                    },
                );
            }
        }
        for address in self
            .security
            .iter()
            .flat_map(|security| [Some(&security.contact), security.policy.as_ref()])
            .flatten()
        {
            if !is_uri(address.get_ref()) {
                fault(
                    address.span(),
                    Mistake::SecurityAddress {
                        address: address.get_ref().clone(),
                    },
                );
            }
        }
        let valid_days = self
            .security
            .as_ref()
            .and_then(|security| security.valid_days.as_ref());
        if let Some(days) = valid_days.filter(|days| !(1..=365).contains(days.get_ref())) {
            fault(days.span(), Mistake::SecurityDays);
        }
        for id in self.groups.keys().filter(|id| !is_slug(id.get_ref())) {
            let slug = id.get_ref().clone();
            fault(id.span(), Mistake::SlugForm { slug });
        }
        for text in [&self.name, &self.city]
            .into_iter()
            .chain(self.groups.values())
            .chain(self.offices.values().map(|office| &office.label))
        {
            if text
                .get_ref()
                .iter()
                .all(|(language, _)| language != default)
            {
                fault(
                    text.span(),
                    Mistake::TextMissing {
                        language: default.clone(),
                    },
                );
            }
        }
        faults
    }
}

/// The same text with the portal's languages in their order.
pub(crate) fn default_first(text: &Text, languages: &[String]) -> Text {
    let find = |language: &String| {
        text.iter()
            .find(|(tag, _)| tag == language)
            .map(|(tag, words)| (tag.to_owned(), words.to_owned()))
    };
    Text::new(languages.iter().filter_map(find))
}

/// `https://host[:port]`, or `http://` on this machine.
pub(crate) fn is_origin(value: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1"]
        .iter()
        .any(|start| {
            value
                .strip_prefix(start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        });
    let Some((scheme, host)) = value.split_once("://") else {
        return false;
    };
    let good =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | ':');
    (scheme == "https" || local) && !host.is_empty() && host.chars().all(good)
}

/// Whether security.txt can name it: `mailto:`, `tel:` or `https://`, in one line of printable ASCII.
fn is_uri(address: &str) -> bool {
    ["mailto:", "tel:", "https://"]
        .iter()
        .any(|scheme| address.starts_with(scheme))
        && address.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Reads a TOML file; the fault carries the place and, for an unknown key, the nearest known one.
pub(crate) fn read_toml<T: for<'de> Deserialize<'de>>(
    folder: &Folder,
    path: &str,
) -> Result<T, Fault> {
    let Some(text) = folder.text(path) else {
        return Err(folder.fault(path, Mistake::FileMissing));
    };
    toml::from_str(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        let mistake = unknown_key(error.message()).unwrap_or_else(|| Mistake::Toml {
            cause: error.message().to_owned(),
        });
        folder.fault_at_byte(path, byte, &mistake)
    })
}

/// Reads serde's sentence "unknown field `x`, expected one of `a`, `b`".
fn unknown_key(message: &str) -> Option<Mistake> {
    let mut quoted = message
        .strip_prefix("unknown field ")?
        .split('`')
        .skip(1)
        .step_by(2);
    let key = quoted.next()?.to_owned();
    let nearest = quoted
        .map(|known| (strsim::damerau_levenshtein(&key, known), known))
        .min();
    let nearest = nearest
        .filter(|(distance, known)| *distance <= known.len().div_ceil(2))
        .map(|(_, known)| known.to_owned());
    Some(Mistake::UnknownKey { key, nearest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_host() {
        for good in [
            "https://motcua.example.vn",
            "http://localhost:4016",
            "http://127.0.0.1:4017",
            "https://a.vn:8443",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "motcua.vn",
            "https://",
            "https://a.vn/",
            "http://a.vn",
            "http://localhost.evil.vn",
            "https://A.vn",
            "ftp://a.vn",
            "https://a.vn; script-src *",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
