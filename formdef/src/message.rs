//! The words of every fault that an answer of some kind can have: one table, Vietnamese and English.
//!
//! `{label}` is the question, `{min}` and `{max}` are the field's bounds. A name with `/` is a variant of the rule before
//! the `/`: it says more exactly what to do. The page's script has the same table in its page form.

use crate::Text;
use crate::bilingual::Bilingual;
use crate::form::{Field, Form, Severity};
use crate::number::Number;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Name, severity, Vietnamese, English.
type Message = (&'static str, Severity, &'static str, &'static str);

#[rustfmt::skip] // One message, one line or three.
const MESSAGES: &[Message] = &[
    ("required", Severity::Error,
        "Hãy điền mục «{label}».",
        "Answer “{label}”."),
    ("shape", Severity::Error,
        "Câu trả lời không đúng dạng: hãy điền lại mục «{label}».",
        "The answer has a wrong form: answer “{label}” again."),
    ("shape/number", Severity::Error,
        "Hãy điền mục «{label}» bằng chữ số.",
        "Answer “{label}” with a number in digits."),
    ("unknown-field", Severity::Error,
        "Biểu mẫu không có mục này: hãy bỏ câu trả lời đi.",
        "The form has no such question: take the answer away."),
    ("not-shown", Severity::Error,
        "Mục «{label}» không áp dụng cho trường hợp này: hãy bỏ câu trả lời đi.",
        "“{label}” is not asked in this case: take the answer away."),
    ("computed", Severity::Error,
        "Mục «{label}» được tính tự động và không khớp với các câu trả lời khác.",
        "“{label}” is worked out and does not agree with the other answers."),
    ("characters", Severity::Error,
        "Mục «{label}» có ký tự không nhìn thấy được: hãy xóa đi và gõ lại.",
        "“{label}” has characters that cannot be seen: delete it and type it again."),
    ("length", Severity::Error,
        "Mục «{label}» dài tối đa {max} ký tự: hãy viết gọn lại.",
        "“{label}” has room for {max} characters: write it shorter."),
    ("length/short", Severity::Error,
        "Mục «{label}» cần ít nhất {min} ký tự.",
        "“{label}” needs at least {min} characters."),
    ("range", Severity::Error,
        "Hãy điền một số từ {min} đến {max}.",
        "Give a number from {min} to {max}."),
    ("range/min", Severity::Error,
        "Hãy điền một số từ {min} trở lên.",
        "Give a number of {min} or more."),
    ("range/max", Severity::Error,
        "Hãy điền một số không quá {max}.",
        "Give a number of {max} or less."),
    ("decimals", Severity::Error,
        "Hãy điền tối đa {decimals} chữ số sau dấu phẩy.",
        "Give at most {decimals} digits after the point."),
    ("count", Severity::Error,
        "Mục «{label}» cần từ {min} đến {max} dòng.",
        "“{label}” takes {min} to {max} entries."),
    ("count/chosen", Severity::Error,
        "Hãy chọn từ {min} đến {max} lựa chọn.",
        "Choose {min} to {max} options."),
    ("count/least", Severity::Error,
        "Hãy chọn ít nhất {min} lựa chọn.",
        "Choose at least {min} options."),
    ("count/files", Severity::Error,
        "Mục «{label}» có quá nhiều tệp: hãy bỏ bớt, hoặc ghép các trang thành một tệp PDF.",
        "“{label}” has too many files: take some away, or put the pages into one PDF."),
    ("file-type", Severity::Error,
        "Mục «{label}» có tệp thuộc loại không nhận: hãy dùng ảnh chụp hoặc tệp PDF.",
        "“{label}” has a file of a type that is not taken: use a photograph or a PDF."),
    ("file-size", Severity::Error,
        "Mục «{label}» có tệp quá lớn: hãy chụp lại với cỡ ảnh nhỏ hơn.",
        "“{label}” has a file that is too large: take the photograph again in a smaller size."),
    ("count/most", Severity::Error,
        "Hãy chọn tối đa {max} lựa chọn.",
        "Choose at most {max} options."),
    ("distinct", Severity::Error,
        "Mục «{label}» không được có hai dòng giống nhau: hãy sửa hoặc xóa dòng này.",
        "“{label}” may not have the same entry twice: change this one or take it away."),
    ("date", Severity::Error,
        "Ngày không có trong lịch: hãy điền ngày, tháng và năm (từ 1880), ví dụ 25 7 2016.",
        "There is no such day: give day, month and year (1880 or later), for example 25 7 2016."),
    ("date/partial", Severity::Error,
        "Ngày không có trong lịch: ít nhất hãy điền năm (từ 1880); nếu điền ngày thì phải điền cả tháng.",
        "There is no such date: give at least the year (1880 or later); a day needs its month."),
    ("time", Severity::Error,
        "Hãy điền giờ từ 0 đến 23 và phút từ 0 đến 59; không rõ phút thì bỏ trống phút.",
        "Give the hour from 0 to 23 and the minute from 0 to 59; leave the minute empty when unknown."),
    ("option", Severity::Error,
        "Hãy chọn một giá trị có trong danh sách cho mục «{label}».",
        "Choose one of the options of “{label}”."),
    ("not-open", Severity::Error,
        "Nơi này chưa nhận hoặc không còn nhận hồ sơ qua cổng: hãy chọn nơi khác hoặc đến nộp trực tiếp.",
        "This one does not take online applications yet, or no longer: choose another or apply at its counter."),
    ("not-open/option", Severity::Error,
        "Lựa chọn này chưa mở hoặc đã hết hạn: hãy xem thời gian ghi bên cạnh và chọn lựa chọn khác.",
        "This option is not open yet, or no longer: see the times beside it and choose another."),
    ("not-taken", Severity::Error,
        "Nơi này không nhận thủ tục này qua cổng: hãy chọn một nơi có trong mục «{label}».",
        "This office does not take this service online: choose one that “{label}” offers."),
    ("not-within", Severity::Error,
        "Lựa chọn này không thuộc khu vực đã chọn ở trên: hãy chọn lại mục «{label}».",
        "This one is not in the area chosen above: choose “{label}” again."),
    ("R-NAME", Severity::Error,
        "Họ tên chỉ gồm chữ cái, dấu cách, dấu gạch nối, dấu nháy.",
        "A name has letters, spaces, hyphens, apostrophes and full stops only."),
    ("R-NAME/length", Severity::Error,
        "Họ tên có từ 2 đến 100 ký tự: hãy ghi đầy đủ như trên giấy tờ.",
        "A name has 2 to 100 characters: write it in full, as on the papers."),
    ("R-NAME-VN", Severity::Error,
        "Tên không được đặt bằng số hoặc ký tự không phải là chữ.",
        "A name cannot have digits, or symbols in place of letters."),
    ("look-alike", Severity::Warning,
        "Họ tên có chữ «Ð» hoặc «Ɖ» chỉ giống chữ «Đ» của tiếng Việt: nếu là «Đ», hãy gõ lại.",
        "The name has “Ð” or “Ɖ”, which only look like the Vietnamese “Đ”: if “Đ” is meant, type it again."),
    ("R-PHONE", Severity::Error,
        "Số điện thoại không đúng: số di động gồm 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.",
        "This is no telephone number: mobile numbers have 10 digits and begin with 03, 05, 07, 08 or 09."),
    ("R-PHONE/old", Severity::Error,
        "Đầu số này đã đổi (di động 11 số từ ngày 15/11/2018, máy bàn 04 từ ngày 17/6/2017): hãy điền số mới.",
        "This prefix has changed (11-digit mobiles on 15 Nov 2018, landlines 04 on 17 June 2017): give the new number."),
    ("R-EMAIL", Severity::Error,
        "Thư điện tử không đúng: hãy điền như ten@vidu.vn.",
        "This is no e-mail address: write it like name@example.vn."),
    ("R-ID", Severity::Error,
        "Số giấy tờ không đúng định dạng.",
        "The number of the paper is not right: 5 to 30 letters and digits as printed on it."),
    ("R-ID/type", Severity::Error,
        "Hãy chọn loại giấy tờ có trong danh sách.",
        "Choose the kind of paper from the list."),
    ("R-ID/12", Severity::Error,
        "Số giấy tờ không đúng định dạng: giấy tờ này có đúng 12 chữ số.",
        "The number is not right: this paper has exactly 12 digits."),
    ("R-ID/9", Severity::Error,
        "Số giấy tờ không đúng định dạng: chứng minh nhân dân này có đúng 9 chữ số.",
        "The number is not right: this paper has exactly 9 digits."),
    ("R-ID/passport", Severity::Error,
        "Số hộ chiếu không đúng định dạng: 1 hoặc 2 chữ cái in hoa rồi 6 đến 8 chữ số, ví dụ B1234567.",
        "The passport number is not right: 1 or 2 capital letters, then 6 to 8 digits, for example B1234567."),
    ("R-ID/foreign", Severity::Error,
        "Số hộ chiếu không đúng định dạng: 5 đến 15 chữ cái in hoa và chữ số, không có dấu cách.",
        "The passport number is not right: 5 to 15 capital letters and digits, without spaces."),
    ("R-ADDR", Severity::Error,
        "Chọn đơn vị hành chính.",
        "Choose the administrative unit."),
    ("R-ADDR/kind", Severity::Error,
        "Chọn loại nơi cư trú: thường trú, tạm trú hoặc nơi đang sinh sống.",
        "Choose the kind of residence: permanent, temporary or where the person lives."),
    ("R-ADDR/province", Severity::Error,
        "Chọn tỉnh hoặc thành phố.",
        "Choose the province or city."),
    ("R-ADDR/ward", Severity::Error,
        "Chọn phường, xã hoặc thị trấn của Hà Nội trong danh sách.",
        "Choose the ward, commune or township of Hanoi from the list."),
    ("R-ADDR/unit", Severity::Error,
        "Ghi xã (phường) và huyện (quận), tối đa 150 ký tự.",
        "Write the commune (ward) and district, at most 150 characters."),
    ("R-ADDR/detail", Severity::Error,
        "Ghi số nhà, đường, tổ, thôn, tối đa 150 ký tự.",
        "Write house number, street, group or hamlet, at most 150 characters."),
    ("R-ADDR/place", Severity::Error,
        "Ghi tên thành phố, địa phương ở nước đó, tối đa 150 ký tự.",
        "Write the town or place in that country, at most 150 characters."),
    ("R-ADDR/country", Severity::Error,
        "Chọn nước có trong danh sách.",
        "Choose the country from the list."),
];

/// A kind's finding about an answer, in the words of [`MESSAGES`].
pub(crate) type Code = &'static str;

fn find(code: &str) -> &'static Message {
    let found = MESSAGES.iter().find(|(name, ..)| *name == code);
    found.unwrap_or(&MESSAGES[1])
}

/// The rule that a message belongs to.
pub(crate) fn rule(code: &str) -> &str {
    code.split('/').next().unwrap_or(code)
}

pub(crate) fn severity(code: &str) -> Severity {
    find(code).1
}

/// The message about a field, in each language of its label that the table has; else in Vietnamese.
pub(crate) fn text(code: &str, field: &Field) -> Text {
    let (_, _, vi, en) = find(code);
    field.label.map(|language, label| {
        let words = if language == "en" { en } else { vi };
        fill(words, field).replace("{label}", label)
    })
}

/// The message about a field, for editors.
pub(crate) fn for_editors(code: &str, field: &Field) -> Bilingual {
    let (_, _, vi, en) = find(code);
    let words = |words, language| fill(words, field).replace("{label}", field.label.get(language));
    Bilingual {
        en: words(en, "en"),
        vi: words(vi, "vi"),
    }
}

/// The message about an answer that belongs to no field.
pub(crate) fn text_without_field(code: &str) -> Text {
    let (_, _, vi, en) = find(code);
    Text::new([("vi", vi), ("en", en)].map(|(tag, words)| (tag.to_owned(), (*words).to_owned())))
}

fn fill(words: &str, field: &Field) -> String {
    let least = field.min.or(field.length_min.map(Number::from));
    let greatest = field.max.or(field.length_max.map(Number::from));
    words
        .replace("{min}", &least.unwrap_or(Number::ZERO).to_string())
        .replace("{max}", &greatest.unwrap_or(Number::ZERO).to_string())
        .replace("{decimals}", &field.decimals.unwrap_or(0).to_string())
}

/// Name → words with their placeholders: those of every fault that fields of some kind can have. English for `en`, else
/// Vietnamese.
pub fn fault_words(language: &str) -> Map<String, Value> {
    let words = |(name, _, vi, en): &Message| {
        let words = if language == "en" { *en } else { *vi };
        ((*name).to_owned(), words.into())
    };
    MESSAGES.iter().map(words).collect()
}

/// The names of the messages for faults that this form's fields can have.
pub(crate) fn of_form(form: &Form) -> BTreeSet<&'static str> {
    let always = [
        "required",
        "shape",
        "unknown-field",
        "not-shown",
        "computed",
    ];
    let mut of_form = BTreeSet::from(always);
    let mut kinds = Vec::new();
    for kind in form.all_fields().map(|field| field.kind) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
            of_form.extend(kind.codes());
        }
    }
    of_form
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;

    #[test]
    fn every_code_of_every_kind_has_its_message_and_its_base() {
        for kind in kinds::all() {
            for code in kind.codes() {
                assert_eq!(find(code).0, *code, "{}", kind.name());
                assert_eq!(find(rule(code)).0, rule(code), "{}", kind.name());
            }
        }
    }
}
