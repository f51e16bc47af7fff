//! The keys of a definition: one table, from which the reader knows them and [`super::schema`] explains them to editors.

use crate::kinds::{BYTES_MAX, COUNT_MAX};
use crate::number::DECIMALS_MAX;

/// A key: what it takes, whether it must be there, what it is for.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    pub(super) must: bool,
    pub(super) vi: &'static str,
    pub(super) en: &'static str,
}

/// What stands right of `=`.
pub(super) enum Takes {
    /// A text in quotes.
    Text,
    /// A text by language.
    Words,
    /// A list of texts by language.
    WordsList,
    /// A number, whole or not.
    Number,
    /// A whole number between these.
    Whole(i64, i64),
    /// One of these whole numbers.
    OneWhole(&'static [i64]),
    /// `true` or `false`.
    Flag,
    /// A day without a time.
    Day,
    /// A day, or a moment with its offset.
    Moment,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An expression.
    Expression,
    /// An expression that is true or false.
    Condition,
    /// A list of texts in quotes.
    Texts,
    /// A field's id.
    FieldId,
    /// A field kind.
    Kind,
    /// A kind that a computed value can have.
    ValueKind,
    /// A list of codes of agencies or of their districts.
    Offices,
    /// A list of types of files.
    FileTypes,
    /// The id of a shared section.
    SharedSection,
    /// The id of a list.
    List,
    /// An answer of a kind that takes a default.
    Answer,
    /// One table with these keys.
    One(&'static [Key]),
    /// Tables with these keys.
    Each(&'static [Key]),
    /// The sections: own or shared ones.
    Sections,
    /// The fields of a section.
    Fields,
    /// The fields of a repeat group.
    Members,
    /// Field id → the keys of that field that are replaced.
    Changes,
    /// Role → recipient.
    Recipients,
    /// The field that names the office, or [`DISTRICT_OFFICE`].
    Office,
}

/// More code points than this no question needs.
pub(super) const LENGTH_MAX: i64 = 10_000;
pub(super) const ENTRIES_MAX: i64 = 100;
pub(super) const LEVELS: &[i64] = &[1, 3];

const fn must(name: &'static str, takes: Takes, vi: &'static str, en: &'static str) -> Key {
    Key {
        name,
        takes,
        must: true,
        vi,
        en,
    }
}

const fn may(name: &'static str, takes: Takes, vi: &'static str, en: &'static str) -> Key {
    Key {
        name,
        takes,
        must: false,
        vi,
        en,
    }
}

/// The names of keys, for messages about an unknown one.
pub(super) fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// The top of `form.toml`.
#[rustfmt::skip] // One key, one line.
pub(super) const FORM: &[Key] = &[
    must("title", Takes::Words, "Tên thủ tục.", "The service's name."),
    must("version", Takes::Whole(1, u32::MAX as i64), "Phiên bản, từ 1. Phiên bản đã công bố không bao giờ thay đổi.", "From 1. A published version never changes."),
    must("level", Takes::Whole(1, 4), "Mức độ dịch vụ công, từ 1 đến 4.", "Level of online service, 1 to 4."),
    may("code", Takes::Text, "Mã thủ tục trong cơ sở dữ liệu quốc gia.", "The procedure's national code."),
    may("group", Takes::Text, "Nhóm thủ tục trên trang chủ, như ho-tich.", "The heading under which the service is listed, such as ho-tich."),
    may("mode", Takes::Word(&["live", "trial"]), "live: hồ sơ thật; trial: chạy thử, được ghi rõ ở mọi nơi.", "live: real cases; trial: a rehearsal, marked so from end to end."),
    may("opens", Takes::Moment, "Nhận hồ sơ từ ngày hoặc thời điểm này, như 2016-08-10 hoặc 2016-08-10T08:00:00+07:00.", "From when it can be sent, such as 2016-08-10 or 2016-08-10T08:00:00+07:00."),
    may("closes", Takes::Moment, "Nhận hồ sơ đến trước thời điểm này.", "Until before when it can be sent."),
    may("accept_until", Takes::Moment, "Các phiên bản trước vẫn được nhận đến trước thời điểm này.", "Until before when the versions before this one are still taken."),
    may("summary", Takes::Words, "Một câu về thủ tục, cho danh sách.", "One sentence, for lists of services."),
    may("who", Takes::Words, "Ai được nộp.", "Who may apply."),
    may("authority", Takes::Words, "Cơ quan giải quyết.", "Which authority decides."),
    may("time", Takes::Words, "Thời hạn giải quyết.", "How long it takes."),
    may("fee", Takes::Words, "Lệ phí.", "What it costs."),
    may("results", Takes::WordsList, "Người dân nhận được gì.", "What the person gets."),
    may("legal", Takes::WordsList, "Căn cứ pháp lý.", "The law it stands on."),
    may("steps", Takes::WordsList, "Các bước thực hiện.", "What happens, step by step."),
    may("show", Takes::WordsList, "Giấy tờ phải xuất trình tại quầy.", "Papers to show at the counter."),
    must("recipients", Takes::Recipients, "Ai đọc được câu trả lời nào, và tìm cơ quan ấy bằng cách nào.", "Who reads which answers, and how the office is found."),
    may("again", Takes::One(AGAIN), "Hồ sơ tiếp theo cùng biểu mẫu, như cho trẻ sinh đôi: giữ lại những câu trả lời nào.", "Another application of the same form, such as the twin's: which answers it keeps."),
    must("section", Takes::Sections, "Các mục của biểu mẫu: mỗi mục là một bước trên trang.", "The form's sections: each is one step of the page."),
    may("rule", Takes::Each(PLACED_RULE), "Quy tắc giữa các câu trả lời.", "What must hold between answers."),
];

#[rustfmt::skip] // One key, one line.
pub(super) const AGAIN: &[Key] = &[
    must("label", Takes::Words, "Lời mời, hiện dưới biên nhận.", "The words of the offer, below the receipt."),
    must("keep", Takes::Texts, "Giữ lại những trường nào: \"*\", \"requester.*\", \"-child.full_name\"; cái sau thắng cái trước.", "The fields that are kept: \"*\", \"requester.*\", \"-child.full_name\"; a later one wins."),
];

/// A section written in the form itself.
#[rustfmt::skip] // One key, one line.
pub(super) const OWN_SECTION: &[Key] = &[
    must("id", Takes::Text, "Mã của mục: a–z, 0–9, gạch nối.", "The section's id: a–z, 0–9, hyphens."),
    SECTION_TITLE, SECTION_INTRO, SECTION_SHOW_WHEN, SECTION_FIELDS, SECTION_RULES,
];

/// A section taken from the shelf.
#[rustfmt::skip] // One key, one line.
pub(super) const USED_SECTION: &[Key] = &[
    must("use", Takes::SharedSection, "Mục dùng chung: tên tệp trong forms/sections.", "A shared section: the name of its file in forms/sections."),
    may("omit", Takes::Texts, "Những trường mà biểu mẫu này không hỏi.", "Fields that this form does not ask."),
    may("set", Takes::Changes, "Sửa lại từng trường: set.\"requester.phone\" = { required = true }.", "Replaces keys of a field: set.\"requester.phone\" = { required = true }."),
    may("title", Takes::Words, "Tiêu đề riêng, thay cho tiêu đề của mục dùng chung.", "This form's own title."),
    SECTION_INTRO, SECTION_SHOW_WHEN,
];

/// A file of `forms/sections`.
pub(super) const SHARED_SECTION: &[Key] =
    &[SECTION_TITLE, SECTION_INTRO, SECTION_FIELDS, SECTION_RULES];

#[rustfmt::skip] // One key, one line.
const SECTION_TITLE: Key = must("title", Takes::Words, "Tiêu đề của mục.", "The section's heading.");
#[rustfmt::skip] // One key, one line.
const SECTION_INTRO: Key = may("intro", Takes::Words, "Lời dẫn trước câu hỏi đầu tiên.", "Words before the first question.");
#[rustfmt::skip] // One key, one line.
const SECTION_SHOW_WHEN: Key = may("show_when", Takes::Condition, "Chỉ hỏi cả mục khi điều kiện này đúng.", "The section is asked only when this is true.");
#[rustfmt::skip] // One key, one line.
const SECTION_FIELDS: Key = must("field", Takes::Fields, "Các câu hỏi.", "The questions.");
#[rustfmt::skip] // One key, one line.
const SECTION_RULES: Key = may("rule", Takes::Each(PLACED_RULE), "Quy tắc giữa các câu trả lời.", "What must hold between answers.");

/// What every field knows.
#[rustfmt::skip] // One key, one line.
pub(super) const FIELD: &[Key] = &[
    must("id", Takes::FieldId, "Mã của trường, như child.birth_date.", "The field's id, such as child.birth_date."),
    must("kind", Takes::Kind, "Loại trường.", "The field kind."),
    must("label", Takes::Words, "Câu hỏi.", "The question."),
    may("hint", Takes::Words, "Lời giúp dưới câu hỏi.", "Help below the question."),
    may("source", Takes::Text, "Mẫu giấy mà câu hỏi lấy từ đó, như P15.", "The paper form that it comes from, such as P15."),
    may("sensitive", Takes::Flag, "Nhạy cảm: không bao giờ có trong thông báo, nhật ký, thống kê.", "Never in notices, logs or statistics."),
];

#[rustfmt::skip] // One key, one line.
const REQUIRED: Key = may("required", Takes::Flag, "Bắt buộc, khi câu hỏi được hiện; với giấy tờ: phải mang theo.", "Must be answered when it is shown; of a paper: must be brought.");

/// What a question knows, but not a field that asks nothing.
#[rustfmt::skip] // One key, one line.
pub(super) const QUESTION: &[Key] = &[
    REQUIRED,
    may("invalid", Takes::One(WORDING), "Thay lời báo lỗi của loại trường.", "Replaces the words of the faults of its kind."),
    may("missing", Takes::One(WORDING), "Thay lời báo thiếu.", "Replaces the words for a missing answer."),
];

/// What a field of a section knows, but not one of a repeat group.
#[rustfmt::skip] // One key, one line.
pub(super) const PLACED: &[Key] = &[
    may("show_when", Takes::Condition, "Chỉ hỏi khi điều kiện này đúng.", "Asked only when this is true."),
    may("rule", Takes::Each(RULE), "Quy tắc báo tại trường này.", "Rules that show at this field."),
];

/// What a question of a section knows.
#[rustfmt::skip] // One key, one line.
pub(super) const PLACED_QUESTION: &[Key] = &[
    may("prefill", Takes::Expression, "Trang điền sẵn giá trị này khi người dân chưa chạm vào.", "What the page fills in while the person has not touched the field."),
];

/// What a question of a section knows when its answer can be written down.
#[rustfmt::skip] // One key, one line.
pub(super) const DEFAULT: Key = may("default", Takes::Answer, "Câu trả lời có sẵn lúc đầu.", "What the page fills in at the start.");

/// What only some kinds know: [`crate::kinds::Behaviour::keys`] says which.
#[rustfmt::skip] // One key, one line.
pub(super) const OF_KINDS: &[Key] = &[
    may("length_min", Takes::Whole(1, LENGTH_MAX), "Ít nhất bao nhiêu ký tự.", "Least length in characters."),
    may("length_max", Takes::Whole(1, LENGTH_MAX), "Nhiều nhất bao nhiêu ký tự.", "Greatest length in characters."),
    may("min", Takes::Number, "Giá trị nhỏ nhất; với nhóm lặp: ít nhất bao nhiêu dòng; với multi-choice: ít nhất bao nhiêu lựa chọn.", "Least value; of a repeat group, least number of entries; of a multi-choice, of options."),
    may("max", Takes::Number, "Giá trị lớn nhất; với nhóm lặp: nhiều nhất bao nhiêu dòng; với multi-choice: nhiều nhất bao nhiêu lựa chọn.", "Greatest value; of a repeat group, greatest number of entries; of a multi-choice, of options."),
    may("decimals", Takes::Whole(0, DECIMALS_MAX as i64), "Nhiều nhất bao nhiêu chữ số sau dấu phẩy.", "How many digits may stand after the point."),
    may("options", Takes::Each(OPTION), "Các lựa chọn viết tại chỗ.", "Its own options."),
    may("list", Takes::List, "Danh sách các lựa chọn: tên tệp trong forms/lists.", "The list of its options: the name of a file in forms/lists."),
    may("levels", Takes::OneWhole(LEVELS), "1: chỉ hỏi tỉnh, thành phố; 3: đến phường, xã.", "1: the province alone; 3: down to the ward."),
    may("capitals", Takes::Flag, "Hiện và in bằng chữ in hoa.", "Shown and printed in capitals."),
    may("within", Takes::Expression, "Chỉ chọn được những dòng của danh sách thuộc nhóm có mã này, như district_of(agency).", "Only items of the list whose group has this code can be chosen, such as district_of(agency)."),
    may("only", Takes::Offices, "Chỉ những nơi này nhận: mã của quận, huyện hoặc của phường, xã trong agencies.csv, như [\"001\", \"00043\"].", "Only these take it: codes of districts or of agencies in agencies.csv, such as [\"001\", \"00043\"]."),
    may("ordered", Takes::Flag, "Thứ tự các dòng có ý nghĩa: người dân đổi được thứ tự.", "The order of the entries counts: people can change it."),
    may("distinct", Takes::FieldId, "Câu hỏi mà không hai dòng nào được trả lời giống nhau.", "The question that no two entries may answer alike."),
    must("of", Takes::FieldId, "Nhóm lặp có dòng được chọn.", "The repeat group whose entry is chosen."),
    REQUIRED,
    may("types", Takes::FileTypes, "Các loại tệp được nhận, như [\"jpeg\", \"pdf\"].", "The types of files that are taken, such as [\"jpeg\", \"pdf\"]."),
    may("count_max", Takes::Whole(1, COUNT_MAX), "Nhiều nhất bao nhiêu tệp.", "Greatest number of files."),
    may("bytes_max", Takes::Whole(1, BYTES_MAX), "Mỗi tệp lớn nhất bao nhiêu byte.", "Greatest size of one file in bytes."),
    may("until", Takes::Day, "Ngày cuối cùng còn cần giấy tờ này.", "The last day on which the paper is needed."),
    may("gives", Takes::ValueKind, "Giá trị thuộc loại nào, như money: để in như loại ấy.", "The kind of its value, such as money: it prints like that."),
    must("value", Takes::Expression, "Biểu thức cho giá trị.", "The expression that gives its value."),
    must("field", Takes::Members, "Các câu hỏi của một dòng.", "The questions of one entry."),
];

#[rustfmt::skip] // One key, one line.
pub(super) const RULE: &[Key] = &[RULE_ID, RULE_ASSERT, RULE_SEVERITY, RULE_MESSAGE];

/// A rule of a section or form.
#[rustfmt::skip] // One key, one line.
pub(super) const PLACED_RULE: &[Key] = &[
    RULE_ID,
    must("on", Takes::FieldId, "Trường nơi lời báo hiện ra.", "The field at which it shows."),
    RULE_ASSERT, RULE_SEVERITY, RULE_MESSAGE,
];

#[rustfmt::skip] // One key, one line.
const RULE_ID: Key = must("id", Takes::Text, "Mã quy tắc, như R-PAST.", "The rule's id, such as R-PAST.");
#[rustfmt::skip] // One key, one line.
const RULE_ASSERT: Key = must("assert", Takes::Condition, "Điều phải đúng. Thiếu câu trả lời thì không vi phạm.", "What must hold. A missing answer never breaks it.");
#[rustfmt::skip] // One key, one line.
const RULE_SEVERITY: Key = may("severity", Takes::Word(&["error", "warning", "route", "info"]), "error: phải sửa; route: thuộc cơ quan khác, dừng; warning: nhắc, vẫn gửi được; info: chỉ thông tin.", "error: must be put right; route: belongs to another authority, stops; warning: may go on; info: only tells.");
#[rustfmt::skip] // One key, one line.
const RULE_MESSAGE: Key = must("message", Takes::Words, "Sai ở đâu, phải làm gì.", "What is wrong and what to do.");

#[rustfmt::skip] // One key, one line.
pub(super) const WORDING: &[Key] = &[
    must("id", Takes::Text, "Mã quy tắc, như R-COPIES.", "The rule's id, such as R-COPIES."),
    RULE_MESSAGE,
];

#[rustfmt::skip] // One key, one line.
pub(super) const OPTION: &[Key] = &[
    must("value", Takes::Text, "Giá trị của câu trả lời.", "The answer's value."),
    must("label", Takes::Words, "Chữ mà người dân đọc.", "What people read."),
    may("opens", Takes::Moment, "Chọn được từ ngày hoặc thời điểm này, như 2017-06-15T08:00:00+07:00.", "From when it can be chosen, such as 2017-06-15T08:00:00+07:00."),
    may("closes", Takes::Moment, "Chọn được đến trước ngày hoặc thời điểm này.", "Until before when it can be chosen."),
];

#[rustfmt::skip] // One key, one line.
pub(super) const RECIPIENT: &[Key] = &[
    must("office", Takes::Office, "Tìm cơ quan bằng cách nào.", "How the office is found."),
    may("reads", Takes::Texts, "Đọc những trường nào: \"*\", \"hk.*\", \"-death.cause\"; cái sau thắng cái trước.", "The fields that it reads: \"*\", \"hk.*\", \"-death.cause\"; a later one wins."),
];

/// An office found by the district of a ward.
#[rustfmt::skip] // One key, one line.
pub(super) const DISTRICT_OFFICE: &[Key] = &[
    must("district_of", Takes::FieldId, "Trường cho biết phường, xã.", "The field that names the ward."),
    must("kind", Takes::Text, "Loại cơ quan, như trong forms/portal.toml.", "The kind of office, as in forms/portal.toml."),
];
