//! What may become public: a release whose time is now, which is newer than the public one, and which leaves what people
//! and offices rely on.

use std::collections::BTreeSet;

use envelope::UnixTime;
use envelope::limits::CLOCK_SKEW_S;
use envelope::release::{Release, ReleasedFile};
use formdef::{Bilingual, both};

use super::difference::Side;
use super::found::Public;
use crate::report::plural;
use crate::status::{DAY_S, SOON_DAYS};

/// Where compiled forms lie, by service and version.
const FORMS: &str = "forms/";

/// What publishing does with a built release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// It takes the place of what is public.
    Anew,
    /// It is public: what lies there is looked at again.
    Again,
}

/// What is to be done with a built release, unless it must not become public. The kept releases were public before.
pub(super) fn aim<'k>(
    next: Side<'_>,
    public: &Public,
    kept: impl IntoIterator<Item = &'k Release>,
    now: UnixTime,
) -> Result<Aim, Bilingual> {
    let serial = next.release.serial;
    match public {
        Public::Nothing => {}
        Public::Release(public) if public == next.release => return Ok(Aim::Again),
        Public::Release(public) => {
            newer(next.release, public, now)?;
            keeps_versions(next.release, public)?;
            keeps_addresses(next.release, public)?;
        }
        Public::Lost(lost) if lost.serial == serial => return Ok(Aim::Again),
        Public::Lost(lost) if lost.newest >= serial => return Err(lost.refuse(next.release)),
        Public::Lost(_) => {}
    }
    for kept in kept {
        keeps_versions(next.release, kept)?;
    }
    in_time(next, now)?;
    Ok(Aim::Anew)
}

/// Pages of a release that was built in the future or has ended can send nothing: relay and browsers refuse its catalogue.
pub(super) fn in_time(next: Side<'_>, now: UnixTime) -> Result<(), Bilingual> {
    let (serial, built) = (next.release.serial, next.release.iat);
    if now.plus(CLOCK_SKEW_S) < built {
        return Err(both!(
            "release {serial} was built at {built}, and this machine's clock says {now}: nothing could be sent with it before; the public release stays as it was\n  = set the clock that is wrong (`timedatectl set-ntp true`); if it is that of the machine which built it, build again there",
            "bản phát hành {serial} được dựng lúc {built}, mà đồng hồ của máy này chỉ {now}: trước lúc đó không gửi được gì; bản đang công bố giữ nguyên\n  = chỉnh đồng hồ nào sai («timedatectl set-ntp true»); nếu đó là đồng hồ của máy đã dựng thì dựng lại ở đó"
        ));
    }
    match next.catalogue {
        Some(catalogue) if catalogue.exp < now => {
            let end = catalogue.exp;
            Err(both!(
                "release {serial} ended at {end}, and this machine's clock says {now}: nothing can be sent with it any more; the public release stays as it was\n  = build its sources again and publish that; if the clock is wrong, set it (`timedatectl set-ntp true`)",
                "bản phát hành {serial} đã hết hạn lúc {end}, mà đồng hồ của máy này chỉ {now}: không gửi được gì nữa; bản đang công bố giữ nguyên\n  = dựng lại từ nguồn của nó rồi công bố; nếu đồng hồ sai thì chỉnh lại («timedatectl set-ntp true»)"
            ))
        }
        _ => Ok(()),
    }
}

/// That a release ends soon, or has ended, which is said when it becomes public or is looked at again.
pub(super) fn end_in_sight(next: Side<'_>, now: UnixTime) -> Option<Bilingual> {
    let (serial, end) = (next.release.serial, next.catalogue?.exp);
    let days = (end.0 - now.0).div_euclid(DAY_S);
    let is_one = plural(usize::try_from(days).unwrap_or_default());
    match days {
        ..0 => Some(both!(
            "release {serial} ended at {end}: no form can be sent\n  = build and publish at once",
            "bản phát hành {serial} đã hết hạn lúc {end}: không gửi được biểu mẫu nào\n  = hãy dựng và công bố ngay"
        )),
        days if days < SOON_DAYS => Some(both!(
            "release {serial} ends in {days} day{is_one}, at {end}; after that no form can be sent\n  = build and publish again before",
            "bản phát hành {serial} hết hạn sau {days} ngày, lúc {end}; sau đó không gửi được biểu mẫu nào\n  = hãy dựng và công bố lại trước lúc đó"
        )),
        _ => None,
    }
}

/// A serial only grows: relay and intake refuse a catalogue that went back. It is the second of the build, so a clock that is
/// behind makes a low one.
fn newer(release: &Release, current: &Release, now: UnixTime) -> Result<(), Bilingual> {
    let (new, old) = (release.serial, current.serial);
    let (built, public) = (release.iat, current.iat);
    if new > old {
        return Ok(());
    }
    Err(if now < public {
        both!(
            "this machine's clock says {now}, and release {old}, which is public, was built after that, at {public}; nothing was published\n  = set the clock (`timedatectl set-ntp true`) and build again; if it is right, release {old} was built by a clock that was ahead: go back to a kept release with --rollback, then build and publish again",
            "đồng hồ của máy này chỉ {now}, mà bản phát hành {old} đang công bố được dựng sau lúc đó, vào {public}; chưa công bố gì cả\n  = chỉnh đồng hồ («timedatectl set-ntp true») rồi dựng lại; nếu đồng hồ đúng thì bản {old} đã được dựng khi đồng hồ chạy nhanh: hãy quay lại bản đã giữ bằng --rollback, rồi dựng và công bố lại"
        )
    } else if built < public {
        both!(
            "release {new} was built at {built}, before release {old}, which is public and of {public}; nothing was published\n  = if it was built just now, the clock there is behind: set it and build again; if it is an old build: build again, or go back to a kept release with --rollback",
            "bản phát hành {new} được dựng lúc {built}, trước bản {old} đang công bố, dựng lúc {public}; chưa công bố gì cả\n  = nếu vừa mới dựng thì đồng hồ ở đó chạy chậm: chỉnh lại rồi dựng lại; nếu là bản dựng cũ: hãy dựng lại, hoặc quay lại bản đã giữ bằng --rollback"
        )
    } else {
        both!(
            "release {new} is not newer than {old}, which is public; nothing was published\n  = build again; to go back to a kept release: --rollback",
            "bản phát hành {new} không mới hơn bản {old} đang công bố; chưa công bố gì cả\n  = hãy dựng lại; để quay lại bản đã giữ: --rollback"
        )
    })
}

/// Offices read a published version for ever, and what was sealed for it names its digest.
fn keeps_versions(next: &Release, published: &Release) -> Result<(), Bilingual> {
    let forms = published.files.iter();
    let mut forms = forms.filter(|(path, _)| path.starts_with(FORMS));
    let is_other = |(path, file): &(&String, &ReleasedFile)| {
        let there = next.files.get(*path);
        there.is_some_and(|there| there != *file)
    };
    let Some((path, _)) = forms.find(is_other) else {
        return Ok(());
    };
    let serial = published.serial;
    Err(both!(
        "{path}: was published with other contents in release {serial}, and a published version never changes; nothing was published\n  = give the form a new version, also when only a list of it changed; `motcua check --against` with the portal's address names all of them that are public now",
        "{path}: bản phát hành {serial} đã công bố với nội dung khác, mà phiên bản đã công bố thì không bao giờ đổi; chưa công bố gì cả\n  = cho biểu mẫu một phiên bản mới, kể cả khi chỉ danh mục của nó đổi; «motcua check --against» với địa chỉ của cổng nêu hết các biểu mẫu đang công bố như vậy"
    ))
}

/// People keep the address of a service. One that is gone has a page that says so, or leads on.
fn keeps_addresses(next: &Release, public: &Release) -> Result<(), Bilingual> {
    let forms = public.files.keys();
    let services: BTreeSet<&str> = forms
        .filter_map(|path| Some(path.strip_prefix(FORMS)?.split_once('/')?.0))
        .collect();
    let is_gone = |path: &&String| {
        let Some(address) = path.strip_suffix("/index.html") else {
            return false;
        };
        let (language, service) = address.rsplit_once('/').unwrap_or(("", address));
        let home = match language {
            "" => "index.html".to_owned(),
            language => format!("{language}/index.html"),
        };
        // A language that is gone goes as a whole.
        services.contains(service)
            && next.files.contains_key(&home)
            && !next.files.contains_key(*path)
            && !next.redirects.contains_key(&format!("/{address}/"))
    };
    let Some(path) = public.files.keys().find(is_gone) else {
        return Ok(());
    };
    let address = path.strip_suffix("index.html").unwrap_or(path);
    Err(both!(
        "/{address}: this service is public, and the new release has neither a page nor a redirect there; nothing was published\n  = say in forms/former.toml what became of it; `motcua check --against` with the portal's address names all of them",
        "/{address}: dịch vụ này đang công bố, mà bản phát hành mới không có trang và cũng không chuyển hướng ở đó; chưa công bố gì cả\n  = ghi vào forms/former.toml dịch vụ ấy đã ra sao; «motcua check --against» với địa chỉ của cổng nêu hết các dịch vụ ấy"
    ))
}
