//! The refusals: one table from which the relay, the page and the documents take their code, status and sentences.

use serde_json::{Value, json};

use crate::time::UnixTime;

/// Who gives a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// This crate, from the bytes, the catalogue and the time alone; each has a vector in `vectors/`.
    Envelope,
    /// The relay, from HTTP or its store.
    Relay,
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $status:literal $layer:ident $vi:literal $en:literal;)+) => {
        /// Why something was not taken: expected, told to the sender, a row of one table. A refused submission leaves
        /// no trace.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Refusal {
            $($(#[$doc])* $variant,)+
        }

        impl Refusal {
            /// All refusals, in the order of the table in `FORMAT.md`.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code that programs compare.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// Who gives it.
            #[must_use]
            pub const fn layer(self) -> Layer {
                match self { $(Self::$variant => Layer::$layer),+ }
            }

            /// What happened and what to do, in Vietnamese.
            #[must_use]
            pub const fn vi(self) -> &'static str {
                match self { $(Self::$variant => $vi),+ }
            }

            /// What happened and what to do, in English.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }
    };
}

refusals! {
    /// The body is larger than 384 KiB.
    TooLarge = "too-large" 413 Envelope
        "Hồ sơ gửi lên quá lớn (tối đa 384 KiB). Hãy rút ngắn các câu trả lời dài rồi gửi lại."
        "The submission is too large (at most 384 KiB). Shorten long answers and send it again.";

    /// The body or the manifest's payload is not what the format says, byte for byte.
    Malformed = "malformed" 400 Envelope
        "Dữ liệu gửi lên không đúng định dạng nên chưa được nhận. Hãy tải lại trang rồi gửi lại; nếu vẫn bị từ chối, hãy gọi số điện thoại hỗ trợ của cổng."
        "What was sent is not in the right format, so it was not taken. Reload the page and send again; if it is refused again, call the portal's help line.";

    /// The manifest is larger than 8 KiB.
    ManifestTooLarge = "manifest-too-large" 413 Envelope
        "Bản kê của hồ sơ quá lớn (tối đa 8 KiB) nên chưa được nhận. Hãy tải lại trang rồi gửi lại."
        "The submission's manifest is too large (at most 8 KiB), so it was not taken. Reload the page and send again.";

    /// The manifest's header is not exactly the one of the format.
    Header = "header" 400 Envelope
        "Phần đầu của bản kê không đúng quy định (thuật toán, loại hoặc khóa), nên hồ sơ chưa được nhận. Hãy tải lại trang rồi gửi lại."
        "The manifest's header is not the one prescribed (algorithm, type or key), so the submission was not taken. Reload the page and send again.";

    /// `v` is not 1.
    Version = "version" 400 Envelope
        "Trang đã dùng một phiên bản định dạng mà nơi nhận chưa biết. Hãy tải lại trang rồi gửi lại."
        "The page used a version of the format that the relay does not know. Reload the page and send again.";

    /// The signature is not one by the key in the header.
    Signature = "signature" 400 Envelope
        "Chữ ký của hồ sơ không đúng: nội dung có thể đã bị thay đổi trên đường truyền. Hãy gửi lại; nếu vẫn bị từ chối, hãy dùng mạng hoặc máy khác."
        "The submission's signature is wrong: it may have been changed on the way. Send again; if it is refused again, use another network or computer.";

    /// The parts in the body are not those of the manifest, or those of the manifest not those of the form.
    Parts = "parts" 422 Envelope
        "Hồ sơ thiếu hoặc thừa phần gửi cho một cơ quan nên chưa được nhận. Hãy tải lại trang rồi gửi lại."
        "The submission lacks a part for one office or has one too many, so it was not taken. Reload the page and send again.";

    /// A part has another length or digest than the manifest says.
    PartDigest = "part-digest" 400 Envelope
        "Một phần của hồ sơ đã bị thay đổi hoặc hỏng trên đường truyền. Hãy gửi lại."
        "A part of the submission was changed or damaged on the way. Send again.";

    /// The relay's catalogue has expired: it takes nothing until a new one is published.
    Catalogue = "catalogue" 503 Envelope
        "Danh mục thủ tục của nơi nhận đã hết hạn nên hiện chưa nhận được hồ sơ. Thông tin đã nhập vẫn còn trên máy này; hãy gửi lại sau, hoặc gọi số điện thoại hỗ trợ của cổng."
        "The relay's catalogue has expired, so it cannot take submissions now. What you typed is still on this computer; send again later, or call the portal's help line.";

    /// `iat` is more than 10 minutes away from now. The answer carries `now`.
    Clock = "clock" 409 Envelope
        "Đồng hồ của máy này lệch quá 10 phút. Trang sẽ dùng giờ của nơi nhận và gửi lại; nếu vẫn bị từ chối, hãy chỉnh lại ngày giờ của máy."
        "This computer's clock is more than 10 minutes off. The page uses the relay's time and sends again; if it is refused again, set the computer's date and time.";

    /// `exp` has passed.
    Expired = "expired" 409 Envelope
        "Bản kê của hồ sơ đã quá hạn gửi. Hãy bấm gửi lại để ký bản mới."
        "The time to send this manifest has passed. Press send again to sign a new one.";

    /// `aud` is another relay.
    Audience = "audience" 422 Envelope
        "Hồ sơ này được lập cho một nơi nhận khác. Hãy mở lại biểu mẫu từ cổng này rồi gửi lại."
        "This submission was made for another relay. Open the form from this portal and send again.";

    /// The catalogue has no such form, version or digest.
    Form = "form" 422 Envelope
        "Biểu mẫu này không có trong danh mục hoặc phiên bản đã bị thay. Hãy tải lại trang, kiểm tra các câu trả lời rồi gửi lại."
        "The catalogue does not have this form, or its version was replaced. Reload the page, check the answers and send again.";

    /// The form is not open yet or no longer.
    FormClosed = "form-closed" 409 Envelope
        "Biểu mẫu này hiện không nhận hồ sơ trực tuyến. Hãy xem trang của thủ tục để biết thời gian nhận, hoặc nộp tại bộ phận một cửa."
        "This form does not take submissions online at present. See the service's page for when it does, or apply at the counter.";

    /// The catalogue has no such agency, or the form is not for agencies of its kind.
    Agency = "agency" 422 Envelope
        "Cơ quan nhận hồ sơ không có trong danh mục của thủ tục này. Hãy chọn lại cơ quan rồi gửi lại."
        "The catalogue does not have the receiving agency for this service. Choose the agency again and send again.";

    /// The agency is not open yet or no longer.
    AgencyClosed = "agency-closed" 409 Envelope
        "Cơ quan này hiện chưa nhận hồ sơ trực tuyến. Hãy xem trang của cơ quan để biết từ ngày nào, hoặc nộp trực tiếp tại cơ quan."
        "This agency does not take submissions online at present. See the agency's page for the date, or apply at its counter.";

    /// `mode` does not fit the form's and the agency's.
    Mode = "mode" 422 Envelope
        "Hồ sơ ghi sai chế độ (chính thức hay chạy thử) nên chưa được nhận. Hãy tải lại trang rồi gửi lại."
        "The submission states the wrong mode (live or trial), so it was not taken. Reload the page and send again.";

    /// A part is sealed to a key that is not one of an office of that role, or out of its dates.
    RecipientKey = "recipient-key" 422 Envelope
        "Hồ sơ được niêm phong bằng khóa không còn hiệu lực của cơ quan nhận. Hãy tải lại trang để lấy khóa mới rồi gửi lại."
        "The submission is sealed to a key that is not a current key of the receiving office. Reload the page to get the new key and send again.";

    /// Another submission has this id.
    IdTaken = "id-taken" 409 Relay
        "Mã của hồ sơ này đã được dùng cho một hồ sơ khác. Nếu bạn đã có biên nhận thì không cần gửi lại; nếu chưa, hãy tải lại trang rồi gửi lại."
        "Another submission already has this id. If you hold a receipt, there is no need to send again; if not, reload the page and send again.";

    /// No such path, or no submission with this id.
    NotFound = "not-found" 404 Relay
        "Không tìm thấy. Hãy kiểm tra lại địa chỉ hoặc mã hồ sơ."
        "Not found. Check the address or the submission's id.";

    /// The path does not take this method.
    Method = "method" 405 Relay
        "Địa chỉ này không nhận phương thức đó. Hãy dùng một phương thức ghi trong dòng Allow."
        "This address does not take that method. Use one of those in the Allow header.";

    /// The body is not declared as `application/json`, or an attachment not as `application/octet-stream`.
    MediaType = "media-type" 415 Relay
        "Nội dung gửi lên phải là application/json, tệp đính kèm phải là application/octet-stream. Hãy ghi đúng Content-Type rồi gửi lại."
        "The body must be application/json, an attachment application/octet-stream. Set the Content-Type and send again.";

    /// `Upload-Offset` is not where the attachment stands. The answer carries where it does.
    Offset = "offset" 409 Relay
        "Tệp đính kèm phải được gửi tiếp từ chỗ đã nhận. Trang sẽ hỏi lại và gửi tiếp phần còn thiếu."
        "The attachment goes on from another place than the one sent. Ask where it stands and send what is missing.";

    /// The request is not the narrow HTTP/1.1 that the relay reads; the connection is closed.
    Framing = "framing" 400 Relay
        "Yêu cầu HTTP không đúng quy định nên kết nối đã đóng. Hãy gửi lại bằng HTTP/1.1 với một dòng Content-Length."
        "The HTTP request is not as prescribed, and the connection was closed. Send again by HTTP/1.1 with one Content-Length.";

    /// The request came too slowly; the connection is closed.
    Timeout = "timeout" 408 Relay
        "Đường truyền quá chậm nên kết nối đã đóng. Thông tin đã nhập vẫn còn trên máy này; hãy gửi lại."
        "The connection was too slow and was closed. What you typed is still on this computer; send again.";

    /// The relay cannot take more now; the answer carries `Retry-After`.
    Busy = "busy" 503 Relay
        "Nơi nhận đang quá tải. Thông tin đã nhập vẫn còn trên máy này; trang sẽ tự gửi lại sau ít phút."
        "The relay is busy. What you typed is still on this computer; the page sends again in a few minutes.";

    /// The relay failed; nothing was taken.
    Internal = "internal" 500 Relay
        "Nơi nhận gặp lỗi và chưa nhận được hồ sơ. Thông tin đã nhập vẫn còn trên máy này; hãy gửi lại sau ít phút."
        "The relay failed and did not take the submission. What you typed is still on this computer; send again in a few minutes.";
}

impl Refusal {
    /// The refusal with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|refusal| refusal.code() == code)
    }

    /// The body of the answer, `application/problem+json` (RFC 9457). Only `clock` carries `now`.
    #[must_use]
    pub fn problem(self, now: UnixTime) -> Value {
        let mut problem = json!({
            "type": format!("urn:motcua:refusal:{}", self.code()),
            "title": self.en(),
            "status": self.status(),
            "code": self.code(),
            "vi": self.vi(),
            "en": self.en(),
        });
        if self == Self::Clock {
            problem["now"] = now.0.into();
        }
        problem
    }
}

impl std::fmt::Display for Refusal {
    /// The code and the English sentence.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.en())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_found_again() {
        let codes: HashSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        assert_eq!(codes.len(), Refusal::ALL.len());
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_code(refusal.code()), Some(*refusal));
        }
        assert_eq!(Refusal::from_code("no-such-code"), None);
    }

    #[test]
    fn each_sentence_says_what_happened_and_what_to_do() {
        for refusal in Refusal::ALL {
            for sentence in [refusal.vi(), refusal.en()] {
                assert!(sentence.ends_with('.'), "{sentence}");
                assert!(
                    sentence.matches(['.', ';']).count() >= 2,
                    "only one half: {sentence}"
                );
            }
            assert!((400..600).contains(&refusal.status()));
        }
    }

    #[test]
    fn only_the_clock_refusal_tells_the_time() {
        let now = UnixTime(1_470_796_261);
        assert_eq!(
            Refusal::NotFound.problem(now).to_string(),
            r#"{"type":"urn:motcua:refusal:not-found","title":"Not found. Check the address or the submission's id.","status":404,"code":"not-found","vi":"Không tìm thấy. Hãy kiểm tra lại địa chỉ hoặc mã hồ sơ.","en":"Not found. Check the address or the submission's id."}"#
        );
        for refusal in Refusal::ALL {
            let told = refusal.problem(now).get("now").cloned();
            assert_eq!(
                told,
                (*refusal == Refusal::Clock).then(|| now.0.into()),
                "{refusal}"
            );
        }
        assert!(
            Refusal::Clock
                .to_string()
                .starts_with("clock: This computer")
        );
    }
}
