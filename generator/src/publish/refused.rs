//! What a storage of S3 refused, and what to do about it. Storages say it by a status and by a code in their answer, which
//! `object_store` passes on in words.

use formdef::{Bilingual, both};

use super::GRACE_DAYS;

/// Why a request was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Who asks may not.
    Rights,
    /// There is no room.
    Full,
    /// There is no such bucket.
    Nowhere,
    /// This machine's clock is too far from the storage's.
    Clock,
    /// Another reason, or none was said.
    Other,
}

/// Codes and statuses by which storages say why; the first that is found counts. A wrong clock has the status of lacking rights.
const SAID: [(&str, Why); 13] = [
    ("<Code>NoSuchBucket<", Why::Nowhere),
    ("<Code>RequestTimeTooSkewed<", Why::Clock),
    ("<Code>RequestExpired<", Why::Clock),
    ("<Code>QuotaExceeded<", Why::Full),
    ("<Code>XMinioStorageFull<", Why::Full),
    ("<Code>XMinioAdminBucketQuotaExceeded<", Why::Full),
    ("<Code>InsufficientStorage<", Why::Full),
    ("status code: 507", Why::Full),
    ("<Code>AccessDenied<", Why::Rights),
    ("<Code>SignatureDoesNotMatch<", Why::Rights),
    ("<Code>InvalidAccessKeyId<", Why::Rights),
    ("status code: 401", Why::Rights),
    ("status code: 403", Why::Rights),
];

/// A refusal of a request to `place`, `error` in the words of `object_store`: where, what, what to do.
pub(super) fn told(place: &str, error: &str) -> Bilingual {
    let request = request(error);
    let code = between(error, "<Code>", "<");
    let code = code.or_else(|| between(error, "status code: ", ":"));
    let code = code.unwrap_or("?").trim();
    match why(error) {
        Why::Rights => both!(
            "{place}: {request}: the storage does not allow it ({code}); what is public is whole\n  = give the key in AWS_ACCESS_KEY_ID the rights to list, read, write and delete there, or set that of somebody who has them; then publish again",
            "{place}: {request}: kho không cho phép ({code}); những gì đang công bố vẫn nguyên vẹn\n  = cấp cho khóa trong AWS_ACCESS_KEY_ID quyền liệt kê, đọc, ghi và xóa ở đó, hoặc dùng khóa của người có các quyền ấy; rồi công bố lại"
        ),
        Why::Full => both!(
            "{place}: {request}: the storage has no room left ({code}); what is public is whole\n  = make room there or have its quota raised, then publish again; old releases go when they are more than --keep and were replaced more than {GRACE_DAYS} days ago",
            "{place}: {request}: kho đã hết chỗ ({code}); những gì đang công bố vẫn nguyên vẹn\n  = dọn bớt hoặc xin tăng hạn mức của kho, rồi công bố lại; bản phát hành cũ chỉ được bỏ khi nhiều hơn --keep và đã được thay hơn {GRACE_DAYS} ngày"
        ),
        Why::Nowhere => both!(
            "{place}: {request}: there is no such bucket ({code}); nothing was published\n  = correct its name in --to or its place in --endpoint (AWS_ENDPOINT_URL), or make it",
            "{place}: {request}: không có bucket nào như thế ({code}); chưa công bố gì cả\n  = sửa lại tên ở --to hoặc địa chỉ ở --endpoint (AWS_ENDPOINT_URL), hoặc tạo bucket ấy"
        ),
        Why::Clock => {
            let (theirs, ours) = (time(error, "<ServerTime>"), time(error, "<RequestTime>"));
            both!(
                "{place}: {request}: this machine's clock is wrong ({code}): it says {ours}, the storage's {theirs}; what is public is whole\n  = set the clock, such as with `timedatectl set-ntp true`, then publish again",
                "{place}: {request}: đồng hồ của máy này sai ({code}): ở đây là {ours}, ở kho là {theirs}; những gì đang công bố vẫn nguyên vẹn\n  = chỉnh đồng hồ, chẳng hạn bằng «timedatectl set-ntp true», rồi công bố lại"
            )
        }
        Why::Other => both!(
            "{place}: {error}\n  = what is public is whole; check link, rights, room and this machine's clock, then publish again",
            "{place}: {error}\n  = những gì đang công bố vẫn nguyên vẹn; kiểm tra đường truyền, quyền, dung lượng và đồng hồ của máy này, rồi công bố lại"
        ),
    }
}

fn why(error: &str) -> Why {
    let said = SAID.iter().find(|(said, _)| error.contains(said));
    said.map_or(Why::Other, |(_, why)| *why)
}

/// What was asked for: `PUT https://…`.
fn request(error: &str) -> &str {
    // What `object_store` did stands before what it asked for.
    let (_, rest) = error.rsplit_once("Error performing ").unwrap_or_default();
    let (request, _) = rest.split_once(" in ").unwrap_or(("?", ""));
    request
}

/// A time that the answer names.
fn time<'e>(error: &'e str, begin: &str) -> &'e str {
    between(error, begin, "<").unwrap_or("?")
}

fn between<'e>(text: &'e str, begin: &str, end: &str) -> Option<&'e str> {
    let (_, rest) = text.split_once(begin)?;
    rest.split_once(end).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_from_lacking_rights_and_from_a_broken_link() {
        let answer = |status: &str, code: &str| {
            format!(
                "Generic S3 error: Error performing PUT http://h/b/x in 1ms - Server returned non-2xx status code: {status}: <Error><Code>{code}</Code></Error>"
            )
        };
        for (status, code, expected) in [
            ("403 Forbidden", "RequestTimeTooSkewed", Why::Clock),
            ("403 Forbidden", "AccessDenied", Why::Rights),
            ("403 Forbidden", "", Why::Rights),
            ("507 Insufficient Storage", "", Why::Full),
            ("400 Bad Request", "QuotaExceeded", Why::Full),
            ("404 Not Found", "NoSuchBucket", Why::Nowhere),
            ("500 Internal Server Error", "InternalError", Why::Other),
        ] {
            assert_eq!(why(&answer(status, code)), expected, "{status} {code}");
        }
        assert_eq!(request(&answer("403", "")), "PUT http://h/b/x");
        assert_eq!(
            why("Error performing PUT http://h/b/x: broken pipe"),
            Why::Other
        );
    }
}
