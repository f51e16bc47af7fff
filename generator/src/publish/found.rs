//! What lies at a target already: the public release and the kept ones, as far as they can still be read.

use envelope::release::Release;
use envelope::{CatalogueFault, PublicKey};
use formdef::{Bilingual, both};

/// What is where a `release.jws` should be.
pub(super) enum Found {
    /// A release that a publisher signed.
    Release(Release),
    /// Nothing, or what is not as any publisher signed it.
    Spoilt,
}

/// What is public before a run.
pub(super) enum Public {
    /// Nothing yet.
    Nothing,
    /// This release.
    Release(Release),
    /// One of which `release.jws` is gone or was changed by hand.
    Lost(Lost),
}

/// A public release that nobody can read.
pub(super) struct Lost {
    /// Its `release.jws`.
    pub(super) name: String,
    /// The serial that it has, as far as the place says so.
    pub(super) serial: u64,
    /// The highest of the serials that are there.
    pub(super) newest: u64,
}

/// What a target holds before a run.
pub(super) struct Holding {
    pub(super) public: Public,
    /// Those that can be read, the oldest first.
    pub(super) kept: Vec<Release>,
    /// That others were kept and can be read no more.
    pub(super) no_longer_kept: Vec<Bilingual>,
}

impl Found {
    /// Of these bytes; none: there is no such file.
    ///
    /// # Errors
    /// A sentence: it is signed by somebody who was not named. What others published nobody overwrites by mistake.
    pub(super) fn of(
        name: &str,
        bytes: Option<&[u8]>,
        publishers: &[PublicKey],
    ) -> Result<Found, Bilingual> {
        let text = String::from_utf8_lossy(bytes.unwrap_or_default());
        match Release::read(text.trim_end(), publishers) {
            Ok(release) => Ok(Found::Release(release)),
            Err(fault @ CatalogueFault::Foreign { .. }) => Err(both!(
                "{name}: {fault}",
                "{name}: không phải do bên công bố đã cho ký: {fault}"
            )),
            Err(_) => Ok(Found::Spoilt),
        }
    }

    pub(super) fn release(self) -> Option<Release> {
        match self {
            Found::Release(release) => Some(release),
            Found::Spoilt => None,
        }
    }
}

impl Public {
    pub(super) fn release(&self) -> Option<&Release> {
        match self {
            Public::Release(release) => Some(release),
            Public::Nothing | Public::Lost(_) => None,
        }
    }

    pub(super) fn serial(&self) -> Option<u64> {
        match self {
            Public::Nothing => None,
            Public::Release(release) => Some(release.serial),
            Public::Lost(lost) => Some(lost.serial),
        }
    }
}

impl Lost {
    /// What is said before it is written again.
    pub(super) fn show(&self) -> Bilingual {
        let name = &self.name;
        both!(
            "{name}: is gone, or not as it was signed: what differs cannot be said; it is written again\n  = if nobody of yours changed it, ask who did",
            "{name}: không còn, hoặc không đúng như bản đã ký: không so được gì khác; tệp sẽ được ghi lại\n  = nếu không ai của bạn sửa, hãy tìm xem ai đã sửa"
        )
    }

    /// An older release must not take its place by mistake.
    pub(super) fn refuse(&self, next: &Release) -> Bilingual {
        let Lost {
            name,
            serial,
            newest,
        } = self;
        let next = next.serial;
        both!(
            "{name}: is gone, or not as it was signed, and release {next} is older than {newest}, which is there; nothing was published\n  = publish release {serial} again, which mends it; or build again and publish that; or go back with --rollback",
            "{name}: không còn, hoặc không đúng như bản đã ký, mà bản phát hành {next} cũ hơn bản {newest} đang có ở đó; chưa công bố gì cả\n  = công bố lại bản {serial} để sửa; hoặc dựng lại rồi công bố; hoặc quay lại bằng --rollback"
        )
    }
}

/// A release that was kept and cannot be gone back to.
pub(super) fn no_longer_kept(name: &str) -> Bilingual {
    both!(
        "{name}: is gone, or not as it was signed: this release is not kept any more\n  = nothing has to be done; remove it when nobody wants to look at it",
        "{name}: không còn, hoặc không đúng như bản đã ký: bản phát hành này không còn được giữ\n  = không phải làm gì; xóa đi khi không ai cần xem nữa"
    )
}
