//! `motcua status`: what is published somewhere, and until when it can be used.

use envelope::release::{Release, ReleasedFile};
use envelope::{Catalogue, PublicKey, Thumbprint, UnixTime};
use formdef::{Bilingual, Lang, both, say};

use crate::published::place::Place;
use crate::release::{RELEASE, show};

const CATALOGUE: &str = "catalogue.jws";
const DAY_S: i64 = 24 * 3600;

/// What is published.
pub struct Status {
    /// The release.
    pub release: Release,
    /// The key by which it is signed.
    pub signer: Thumbprint,
    /// Until when forms can be sent.
    pub until: UnixTime,
    forms: usize,
    offices: usize,
    /// Whether the catalogue is the one of the release.
    is_one: bool,
}

/// What somebody has to do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing can be sent any more.
    Ended,
    /// It ends in so many days.
    Ends(i64),
    /// The catalogue is not the one of the release: somebody is publishing, or a run broke off.
    Mixed,
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
            forms: catalogue.forms.len(),
            offices: catalogue.offices.len(),
            is_one: listed == Some(&ReleasedFile::of(text.as_bytes())),
            release,
        })
    }

    /// What is to be done something about, when `days` ahead is soon.
    pub fn troubles(&self, now: UnixTime, days: i64) -> Vec<Trouble> {
        let left = (self.until.0 - now.0).div_euclid(DAY_S);
        let time = match left {
            _ if now > self.until => Some(Trouble::Ended),
            left if left < days => Some(Trouble::Ends(left)),
            _ => None,
        };
        let mixed = (!self.is_one).then_some(Trouble::Mixed);
        time.into_iter().chain(mixed).collect()
    }

    /// In a few lines for people.
    pub fn show(&self, lang: Lang) -> String {
        let Status {
            signer,
            until,
            forms,
            offices,
            ..
        } = self;
        let release = show(&self.release, lang);
        say!(
            lang,
            "{release}\nsigned by {signer}\n{forms} versions of forms, {offices} offices; forms can be sent until {until}",
            "{release}\ndo khóa {signer} ký\n{forms} phiên bản biểu mẫu, {offices} cơ quan; gửi được đến {until}"
        )
    }
}

impl Trouble {
    /// A sentence and what to do.
    pub fn show(self, lang: Lang) -> String {
        match self {
            Trouble::Ended => say!(
                lang,
                "the catalogue has ended: no form can be sent\n  = build and publish at once",
                "danh mục đã hết hạn: không gửi được biểu mẫu nào\n  = hãy dựng và công bố ngay"
            ),
            Trouble::Ends(days) => say!(
                lang,
                "the catalogue ends in {days} days\n  = build and publish",
                "danh mục hết hạn sau {days} ngày\n  = hãy dựng và công bố"
            ),
            Trouble::Mixed => say!(
                lang,
                "the catalogue is not the one of the release: somebody is publishing, or a run broke off\n  = if nobody is publishing, publish again",
                "danh mục không thuộc bản phát hành: đang có người công bố, hoặc một lần chạy bị đứt\n  = nếu không ai đang công bố, hãy công bố lại"
            ),
        }
    }
}
