//! `motcua status`: what is published somewhere, and until when it can be used.

use envelope::limits::CLOCK_SKEW_S;
use envelope::release::{Release, ReleasedFile};
use envelope::{Catalogue, DatedKey, PublicKey, Thumbprint, UnixTime};
use formdef::{Bilingual, Lang, both, say};

use crate::catalogue::CATALOGUE;
use crate::place::Place;
use crate::release::{RELEASE, show};
use crate::report::plural;

pub(crate) const DAY_S: i64 = 24 * 3600;
/// Of so many offices whose keys end the codes are told.
const NAMED_MAX: usize = 12;
/// What ends within so many days is something to do about.
pub const SOON_DAYS: i64 = 7;

/// What is published.
pub struct Status {
    /// The release.
    pub release: Release,
    /// The key by which it is signed.
    pub signer: Thumbprint,
    /// Until when forms can be sent.
    pub until: UnixTime,
    /// From when.
    from: UnixTime,
    forms: usize,
    offices: usize,
    /// Whose keys end when, those that end first in front.
    keys: Vec<(String, UnixTime)>,
    /// Whether the catalogue is the one of the release.
    is_one: bool,
}

/// What somebody has to do something about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing can be sent any more.
    Ended,
    /// Nothing can be sent yet, before that.
    NotYet(UnixTime),
    /// It ends in so many days.
    Ends(i64),
    /// No key of these, offices by their codes, holds any longer than so many days; below 0: none holds now.
    Keyless(Vec<String>, i64),
    /// The catalogue is not the one of the release: somebody is publishing, or a run broke off.
    Mixed,
    /// The sources have faults, also against what is published: they cannot take its place.
    Faulty,
    /// So many forms of the sources are not those that are published.
    Differing(usize),
}

/// How `motcua status` ends when it learnt something: the table of `docs/operating.md`. The smallest that holds counts.
const TROUBLED: u8 = 2;
const FAULTY: u8 = 3;
const DIFFERING: u8 = 4;

/// With which status these are told to who waits for the command's end; none of them is 0.
pub fn exit_status(troubles: &[Trouble]) -> u8 {
    let statuses = troubles.iter().map(|trouble| match trouble {
        Trouble::Ended
        | Trouble::NotYet(_)
        | Trouble::Ends(_)
        | Trouble::Keyless(..)
        | Trouble::Mixed => TROUBLED,
        Trouble::Faulty => FAULTY,
        Trouble::Differing(_) => DIFFERING,
    });
    statuses.min().unwrap_or_default()
}

impl Status {
    /// Asks a portal, by its address or in a folder.
    ///
    /// # Errors
    /// A sentence: it cannot be reached, or is signed by none of `publishers`.
    pub fn of(from: &str, publishers: &[PublicKey]) -> Result<Status, Bilingual> {
        let place = Place::of(from)?;
        let text = place.file(RELEASE)?;
        let foreign = |name: &str, fault: &dyn std::fmt::Display| {
            both!(
                "{from}/{name}: {fault}",
                "{from}/{name}: không phải do bên công bố đã cho ký: {fault}"
            )
        };
        let release =
            Release::read(text.trim_end(), publishers).map_err(|fault| foreign(RELEASE, &fault))?;
        let signs = |key: &&PublicKey| Release::read(text.trim_end(), &[**key]).is_ok();
        let signer = publishers.iter().find(signs).map(PublicKey::thumbprint);
        let signer = signer.ok_or_else(|| foreign(RELEASE, &"?"))?;
        let text = place.file(CATALOGUE)?;
        // As on the day of the release: that it has ended since is told below.
        let catalogue = Catalogue::read(text.trim_end(), publishers, release.iat)
            .map_err(|fault| foreign(CATALOGUE, &fault))?;
        let listed = release.files.get(CATALOGUE);
        Ok(Status {
            signer,
            until: catalogue.exp,
            from: catalogue.iat,
            forms: catalogue.forms.len(),
            offices: catalogue.offices.len(),
            keys: ends_of_keys(&catalogue),
            is_one: listed == Some(&ReleasedFile::of(text.as_bytes())),
            release,
        })
    }

    /// What is to be done something about, when `days` ahead is soon.
    pub fn troubles(&self, now: UnixTime, days: i64) -> Vec<Trouble> {
        let days_left = |until: UnixTime| (until.0 - now.0).div_euclid(DAY_S);
        let time = match days_left(self.until) {
            _ if now > self.until => Some(Trouble::Ended),
            _ if now.plus(CLOCK_SKEW_S) < self.from => Some(Trouble::NotYet(self.from)),
            left if left < days => Some(Trouble::Ends(left)),
            _ => None,
        };
        let keyless = self.keys.chunk_by(|a, b| days_left(a.1) == days_left(b.1));
        let keyless = keyless.filter_map(|keys| {
            let left = days_left(keys.first()?.1);
            let whose = keys.iter().map(|(whose, _)| whose.clone());
            (left < days).then(|| Trouble::Keyless(whose.collect(), left))
        });
        let mixed = (!self.is_one).then_some(Trouble::Mixed);
        time.into_iter().chain(keyless).chain(mixed).collect()
    }

    /// In a few lines for people; `signer` is what they call the key.
    pub fn show(&self, signer: &str, lang: Lang) -> String {
        let Status {
            signer: kid,
            until,
            forms,
            offices,
            ..
        } = self;
        let release = show(&self.release, lang);
        let (s, more) = (plural(*forms), plural(*offices));
        say!(
            lang,
            "{release}\nsigned by {signer} ({kid})\n{forms} version{s} of forms, {offices} office{more}; forms can be sent until {until}",
            "{release}\ndo khóa {signer} ký ({kid})\n{forms} phiên bản biểu mẫu, {offices} cơ quan; gửi được đến {until}"
        )
    }
}

impl Trouble {
    /// A sentence and what to do.
    pub fn show(&self, lang: Lang) -> String {
        match self {
            Trouble::Ended => say!(
                lang,
                "the catalogue has ended: no form can be sent\n  = build and publish at once",
                "danh mục đã hết hạn: không gửi được biểu mẫu nào\n  = hãy dựng và công bố ngay"
            ),
            Trouble::NotYet(from) => say!(
                lang,
                "the catalogue begins at {from}: no form can be sent before\n  = the clock of this machine is behind, or that of the machine which built it was ahead; then go back with `motcua publish --rollback`, build and publish again",
                "danh mục bắt đầu có hiệu lực lúc {from}: trước đó không gửi được biểu mẫu nào\n  = đồng hồ của máy này chậm, hoặc đồng hồ của máy đã dựng chạy nhanh; khi đó hãy quay lại bằng «motcua publish --rollback», rồi dựng và công bố lại"
            ),
            Trouble::Ends(days) => {
                let s = plural(usize::try_from(*days).unwrap_or_default());
                say!(
                    lang,
                    "the catalogue ends in {days} day{s}\n  = build and publish",
                    "danh mục hết hạn sau {days} ngày\n  = hãy dựng và công bố"
                )
            }
            Trouble::Keyless(whose, days) => keyless(whose, *days, lang),
            Trouble::Mixed => say!(
                lang,
                "the catalogue is not the one of the release: somebody is publishing, or a run broke off\n  = if nobody is publishing, publish again",
                "danh mục không thuộc bản phát hành: đang có người công bố, hoặc một lần chạy bị đứt\n  = nếu không ai đang công bố, hãy công bố lại"
            ),
            Trouble::Faulty => say!(
                lang,
                "the forms here cannot take the place of what is published\n  = mend what is named above; `motcua check --against` names it again",
                "các mẫu đơn ở đây chưa thể thay những gì đang công bố\n  = sửa những chỗ nêu ở trên; «motcua check --against» sẽ nêu lại"
            ),
            Trouble::Differing(count) => {
                let s = plural(*count);
                say!(
                    lang,
                    "not as published: {count} form{s} here\n  = build and publish",
                    "{count} mẫu đơn ở đây khác với bản đang công bố\n  = hãy dựng và công bố"
                )
            }
        }
    }
}

fn keyless(whose: &[String], days: i64, lang: Lang) -> String {
    let shown = whose.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>();
    let mut shown = shown.join(", ");
    let more = whose.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        shown += &say!(lang, " and {more} more", " và {more} nơi khác");
    }
    match usize::try_from(days) {
        Err(_) => say!(
            lang,
            "no key holds any more of: {shown}; nothing can be sent to them\n  = get new keys, build and publish at once",
            "không còn khóa nào có hiệu lực của: {shown}; không gửi được gì cho những nơi này\n  = lấy khóa mới, dựng và công bố ngay"
        ),
        Ok(days) => {
            let s = plural(days);
            say!(
                lang,
                "the last key ends in {days} day{s} of: {shown}\n  = get new keys, build and publish",
                "khóa cuối cùng hết hạn sau {days} ngày của: {shown}\n  = lấy khóa mới, dựng và công bố"
            )
        }
    }
}

/// Until when there is a key of each office that does not close before, and of the city.
fn ends_of_keys(catalogue: &Catalogue) -> Vec<(String, UnixTime)> {
    let last = |keys: &[DatedKey]| keys.iter().map(|key| key.not_after).max();
    let offices = catalogue.offices.iter().filter_map(|office| {
        let end = last(&office.keys)?;
        let is_closed = office.closes.is_some_and(|closes| closes <= end);
        (!is_closed).then(|| (office.code.clone(), end))
    });
    let city = [
        ("recovery", Some(catalogue.recovery.not_after)),
        ("relays", last(&catalogue.relays)),
    ];
    let city = city
        .into_iter()
        .filter_map(|(whose, end)| Some((whose.to_owned(), end?)));
    let mut ends: Vec<_> = offices.chain(city).collect();
    ends.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides_how_it_ends() {
        for (troubles, status) in [
            (&[][..], 0),
            (&[Trouble::Differing(2)], 4),
            (&[Trouble::Differing(2), Trouble::Faulty], 3),
            (&[Trouble::Faulty, Trouble::Ends(3)], 2),
            (&[Trouble::Mixed], 2),
            (&[Trouble::Keyless(vec!["00001".to_owned()], 3)], 2),
            (&[Trouble::NotYet(UnixTime(1)), Trouble::Differing(1)], 2),
            (&[Trouble::Ended, Trouble::Differing(1)], 2),
        ] {
            assert_eq!(exit_status(troubles), status, "{troubles:?}");
        }
    }
}
