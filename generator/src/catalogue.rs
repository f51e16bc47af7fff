//! What the publisher signs: the catalogue, and the key file of every office.

use std::collections::{BTreeMap, BTreeSet};

use envelope::limits::{ATTACHMENTS_BYTES_MAX, sealed_attachment_bytes};
use envelope::release::{Release, ReleasedFile};
use envelope::{
    Catalogue, CatalogueForm, CatalogueOffice, DatedKey, Digest, KeyFile, Mode, PublicKey,
    Recipient, UnixTime, V1, jws,
};
use formdef::{Bilingual, Date, Form, Moment, Window, both};
use rayon::prelude::*;

use crate::content::{Content, Service};
use crate::keys::{KeyFault, Keys, Publisher, RECOVERY, REGISTER, RELAY};
use crate::lists::Agency;

/// The file in which the catalogue stands.
pub(crate) const CATALOGUE: &str = "catalogue.jws";

const DAY_S: i64 = 24 * 3600;
/// How many offices a message names before it counts the rest.
const NAMED_MAX: usize = 5;

/// The moment a day begins in the city.
pub fn midnight(day: Date) -> UnixTime {
    seconds(Moment::start_of(day))
}

/// The signed files by path: `catalogue.jws`, `keys/{code}.jws`, `keys/recovery.jws`, `keys/relay.jws`.
///
/// Errors: the register holds keys of an office that the portal does not know; an office that is open has no key that
/// is valid now.
pub(crate) fn signed_files(
    content: &Content,
    keys: &Keys,
    now: UnixTime,
) -> Result<Vec<(String, String)>, Vec<KeyFault>> {
    Ok(signed(&catalogue(content, keys, now)?, keys))
}

/// The same of a portal that is as it was when this catalogue of it was signed, with these keys: only its times are others.
///
/// Errors: an office that is open has no key that is valid now.
pub(crate) fn signed_again(
    catalogue: Catalogue,
    keys: &Keys,
    now: UnixTime,
) -> Result<Vec<(String, String)>, Vec<KeyFault>> {
    let faults = key_faults(&catalogue.offices, keys, now);
    if !faults.is_empty() {
        return Err(faults);
    }
    let exp = now.plus(catalogue.exp.0 - catalogue.iat.0);
    let again = |key: DatedKey| from_ever(&key.jwk, exp);
    let renewed = Catalogue {
        serial: serial(now),
        iat: now,
        exp,
        relays: catalogue.relays.into_iter().map(again).collect(),
        acks: catalogue.acks.into_iter().map(again).collect(),
        recovery: again(catalogue.recovery),
        ..catalogue
    };
    Ok(signed(&renewed, keys))
}

/// A catalogue and the key files of what stands in it.
fn signed(catalogue: &Catalogue, keys: &Keys) -> Vec<(String, String)> {
    let kid = keys.publisher.public().thumbprint();
    let sign = |input: String| jws::attach(&input, &keys.publisher.sign(&input));
    let no_office = |name: &str, keys: Vec<DatedKey>| CatalogueOffice {
        code: name.to_owned(),
        kind: name.to_owned(),
        opens: None,
        closes: None,
        mode: Mode::Live,
        keys,
    };
    let recovery = no_office(RECOVERY, vec![catalogue.recovery.clone()]);
    let relay = no_office(RELAY, catalogue.relays.clone());
    let mut files = vec![(CATALOGUE.to_owned(), sign(catalogue.signing_input(kid)))];
    let offices = catalogue.offices.par_iter().chain([&recovery, &relay]);
    files.par_extend(offices.map(|office| {
        let file = KeyFile {
            v: V1,
            serial: catalogue.serial,
            iat: catalogue.iat,
            exp: catalogue.exp,
            office: office.clone(),
        };
        let signed = sign(file.signing_input(kid));
        (format!("keys/{}.jws", office.code), signed)
    }));
    files
}

/// The release: every file with its digest, signed.
pub(crate) fn release_file(
    content: &Content,
    publisher: &Publisher,
    files: BTreeMap<String, ReleasedFile>,
    now: UnixTime,
) -> String {
    let redirects = content.former.redirects(&content.portal).into_iter();
    let release = Release {
        v: V1,
        serial: serial(now),
        iat: now,
        portal: content.portal.portal.clone(),
        files,
        redirects: redirects.map(|it| (it.from, it.to)).collect(),
    };
    signed_release(&release, publisher)
}

/// The same release with these files in place of its own, as of another moment.
pub(crate) fn release_again(
    release: Release,
    publisher: &Publisher,
    files: BTreeMap<String, ReleasedFile>,
    now: UnixTime,
) -> String {
    let again = Release {
        serial: serial(now),
        iat: now,
        files,
        ..release
    };
    signed_release(&again, publisher)
}

fn signed_release(release: &Release, publisher: &Publisher) -> String {
    let input = release.signing_input(publisher.public().thumbprint());
    jws::attach(&input, &publisher.sign(&input))
}

/// A key of the folder holds from ever until the catalogue ends: it is dated by standing in the folder.
fn from_ever(key: &PublicKey, exp: UnixTime) -> DatedKey {
    DatedKey::new(*key, UnixTime(0), exp)
}

/// The second of the build: it only grows.
fn serial(now: UnixTime) -> u64 {
    u64::try_from(now.0).unwrap_or_default()
}

fn catalogue(content: &Content, keys: &Keys, now: UnixTime) -> Result<Catalogue, Vec<KeyFault>> {
    let exp = now.plus(i64::from(content.portal.validity_days) * DAY_S);
    let dated = |key: &PublicKey| from_ever(key, exp);
    let offices = offices(content, keys);
    let faults = key_faults(&offices, keys, now);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Catalogue {
        v: V1,
        serial: serial(now),
        iat: now,
        exp,
        portal: content.portal.portal.clone(),
        relay: content.portal.relay.clone(),
        publishers: keys.publishers.clone(),
        relays: keys.relays.iter().map(dated).collect(),
        logs: keys.logs.clone(),
        acks: keys.acks.iter().map(dated).collect(),
        forms: content
            .services
            .iter()
            .flat_map(|service| versions(service, content))
            .collect(),
        offices,
        recovery: dated(&keys.recovery),
    })
}

/// A form, and the versions before it for as long as they are still taken.
fn versions(service: &Service, content: &Content) -> Vec<CatalogueForm> {
    let form = &*service.form;
    let window = form.window;
    let mut versions = Vec::new();
    if let Some(until) = window.accept_until {
        // An old version is not taken longer than its service is open.
        let until = window.closes.map_or(until, |closes| closes.min(until));
        let kept = content.kept.forms.get(&form.id).into_iter().flatten();
        let earlier = kept.filter(|(version, _)| **version < form.version);
        versions.extend(earlier.map(|(_, kept)| {
            let sha256 = Digest::of(kept.compiled.as_bytes());
            listed(&kept.form, sha256, window, Some(until))
        }));
    }
    versions.push(listed(form, service.sha256, window, None));
    versions
}

fn listed(
    form: &Form,
    sha256: Digest,
    window: Window,
    accept_until: Option<Moment>,
) -> CatalogueForm {
    let recipients = form.recipients.iter().map(|recipient| Recipient {
        role: recipient.role.clone(),
        kind: recipient.kind.clone(),
    });
    CatalogueForm {
        id: form.id.clone(),
        version: form.version,
        sha256,
        opens: window.opens.map(seconds),
        closes: window.closes.map(seconds),
        accept_until: accept_until.map(seconds),
        mode: signed_mode(form.mode),
        recipients: recipients.collect(),
        attachments_bytes_max: attachments_bytes_max(form),
    }
}

fn seconds(at: Moment) -> UnixTime {
    UnixTime(at.unix())
}

fn signed_mode(mode: formdef::Mode) -> Mode {
    match mode {
        formdef::Mode::Live => Mode::Live,
        formdef::Mode::Trial => Mode::Trial,
    }
}

/// What all files of all papers can weigh, sealed, within what a submission may carry.
fn attachments_bytes_max(form: &Form) -> u64 {
    let papers = form.papers().map(|paper| {
        let files = u64::from(paper.count_max.unwrap_or(0));
        files * sealed_attachment_bytes(paper.bytes_max.unwrap_or(0))
    });
    papers.sum::<u64>().min(ATTACHMENTS_BYTES_MAX)
}

/// Every office of a kind that some form sends to, in the order of their codes.
fn offices(content: &Content, keys: &Keys) -> Vec<CatalogueOffice> {
    let recipients = content
        .services
        .iter()
        .flat_map(|service| &service.form.recipients);
    let kinds: BTreeSet<&str> = recipients
        .map(|recipient| recipient.kind.as_str())
        .collect();
    let office = |code: String, kind: &str| CatalogueOffice {
        keys: keys
            .register
            .offices
            .get(&code)
            .cloned()
            .unwrap_or_default(),
        code,
        kind: kind.to_owned(),
        opens: None,
        closes: None,
        mode: Mode::Live,
    };
    let of_agency = |agency: &Agency, kind: &str| CatalogueOffice {
        opens: agency.opening.opens.map(seconds),
        closes: agency.opening.closes.map(seconds),
        mode: signed_mode(agency.mode),
        ..office(agency.code.clone(), kind)
    };
    let mut offices = Vec::new();
    for (kind, of) in content
        .portal
        .offices
        .iter()
        .filter(|(kind, _)| kinds.contains(kind.as_str()))
    {
        match &of.prefix {
            Some(prefix) => offices.extend(
                content
                    .districts
                    .iter()
                    .map(|district| office(format!("{prefix}{}", district.code), kind)),
            ),
            None => {
                let agencies = content
                    .districts
                    .iter()
                    .flat_map(|district| &district.agencies);
                offices.extend(agencies.map(|agency| of_agency(agency, kind)));
            }
        }
    }
    offices.sort_by(|a, b| a.code.cmp(&b.code));
    offices
}

fn key_faults(offices: &[CatalogueOffice], keys: &Keys, now: UnixTime) -> Vec<KeyFault> {
    let path = keys.dir.join(REGISTER);
    let fault = |codes: Vec<&str>, what: Bilingual, mend: Bilingual| {
        let more = codes.len().saturating_sub(NAMED_MAX);
        let named = codes.iter().take(NAMED_MAX).copied().collect::<Vec<_>>();
        let named = named.join(", ");
        let message = match more {
            0 => both!([what] "{what}: {named}", "{what}: {named}"),
            _ => {
                both!([what] "{what}: {named} and {more} more", "{what}: {named} và {more} cơ quan nữa")
            }
        };
        (!codes.is_empty()).then(|| KeyFault {
            path: path.clone(),
            message,
            mend,
        })
    };
    let known: BTreeSet<&str> = offices.iter().map(|office| office.code.as_str()).collect();
    let strangers = keys
        .register
        .offices
        .keys()
        .map(String::as_str)
        .filter(|code| !known.contains(code))
        .collect();
    let open = || offices.iter().filter(|office| office.is_open_at(now));
    let without = open()
        .filter(|office| office.keys.is_empty())
        .map(|office| office.code.as_str())
        .collect();
    let valid = |office: &CatalogueOffice| {
        office
            .keys
            .iter()
            .any(|key| (key.not_before..=key.not_after).contains(&now))
    };
    let invalid = open()
        .filter(|office| !office.keys.is_empty() && !valid(office))
        .map(|office| office.code.as_str())
        .collect();
    [
        fault(
            strangers,
            both!(
                "keys of offices that the portal does not have",
                "có khóa của những cơ quan mà cổng không có"
            ),
            both!(
                "correct the codes, or take the keys out",
                "sửa lại mã, hoặc bỏ các khóa ấy đi"
            ),
        ),
        fault(
            without,
            both!(
                "the key is missing of offices that are open",
                "thiếu khóa của những cơ quan đang nhận hồ sơ"
            ),
            both!(
                "make keys with `motcua-intake keys new` and add them with `motcua keys add`",
                "tạo khóa bằng «motcua-intake keys new» rồi thêm bằng «motcua keys add»"
            ),
        ),
        fault(
            invalid,
            both!(
                "every key is expired or not valid yet of offices that are open",
                "mọi khóa đều đã hết hạn hoặc chưa đến hạn dùng, ở những cơ quan đang nhận hồ sơ"
            ),
            both!(
                "make new keys with `motcua-intake keys new` and add them with `motcua keys add`",
                "tạo khóa mới bằng «motcua-intake keys new» rồi thêm bằng «motcua keys add»"
            ),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}
