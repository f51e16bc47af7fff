//! The things that messages about definitions speak of: one table, English and Vietnamese.

use crate::bilingual::Lang;

/// What something is called in English and in Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Noun(pub(crate) &'static str, pub(crate) &'static str);

impl Noun {
    pub(crate) fn of(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.0,
            Lang::Vi => self.1,
        }
    }

    /// This one, by its id.
    pub(crate) fn named(self, id: impl Into<Box<str>>) -> Thing {
        Thing(self, Some(id.into()))
    }
}

/// A noun and, for one of many, its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Thing(Noun, Option<Box<str>>);

impl Thing {
    pub(crate) fn of(&self, lang: Lang) -> String {
        let noun = self.0.of(lang);
        match (&self.1, lang) {
            (None, _) => noun.to_owned(),
            (Some(id), Lang::En) => format!("{noun} `{id}`"),
            (Some(id), Lang::Vi) => format!("{noun} «{id}»"),
        }
    }
}

impl From<Noun> for Thing {
    fn from(noun: Noun) -> Self {
        Self(noun, None)
    }
}

// What stands in a file.
pub(crate) const TEXT: Noun = Noun("a text", "chuỗi chữ");
pub(crate) const TRUE_OR_FALSE: Noun = Noun("true or false", "true hoặc false");
pub(crate) const FRACTION: Noun = Noun("a number with a fraction", "số có phần lẻ");
pub(crate) const DATE_OR_TIME: Noun = Noun("a date or time", "ngày hoặc giờ");
pub(crate) const LIST: Noun = Noun("a list", "danh sách");
pub(crate) const TABLE: Noun = Noun("a table", "bảng");
pub(crate) const WHOLE_NUMBER: Noun = Noun("a whole number", "số nguyên");
pub(crate) const QUOTED: Noun = Noun("a text in quotes", "chữ trong ngoặc kép");
pub(crate) const DAY: Noun = Noun("a day such as 2022-12-31", "một ngày, như 2022-12-31");
#[rustfmt::skip] // One noun, one line.
pub(crate) const MOMENT: Noun = Noun("a day, or a moment such as 2016-08-10T08:00:00+07:00", "một ngày, hoặc một thời điểm như 2016-08-10T08:00:00+07:00");
#[rustfmt::skip] // One noun, one line.
pub(crate) const WORDS: Noun = Noun("words by language, such as { vi = \"…\" }", "chữ theo từng ngôn ngữ, như { vi = \"…\" }");

// What keys belong to.
pub(crate) const FORM: Noun = Noun("a form", "biểu mẫu");
pub(crate) const SECTION: Noun = Noun("a section", "mục");
pub(crate) const SHARED_SECTION: Noun = Noun("a shared section", "mục dùng chung");
pub(crate) const FIELD: Noun = Noun("a field", "trường");
pub(crate) const FIELD_OF_KIND: Noun = Noun("a field of kind", "trường loại");
pub(crate) const MEMBER: Noun = Noun("a field of a repeat group", "trường của nhóm lặp");
pub(crate) const WORDING: Noun = Noun("`invalid` or `missing`", "«invalid» hoặc «missing»");
pub(crate) const AGAIN: Noun = Noun("`again`", "«again»");
pub(crate) const FILE_TYPE: Noun = Noun("a type of file", "loại tệp");
pub(crate) const OFFICE_CODE: Noun = Noun("an office’s code", "mã nơi nhận");
pub(crate) const OPTION: Noun = Noun("an option", "lựa chọn");
pub(crate) const RULE: Noun = Noun("a rule", "quy tắc");
pub(crate) const RECIPIENT: Noun = Noun("a recipient", "bên nhận");
pub(crate) const THE_RECIPIENT: Noun = Noun("the recipient", "bên nhận");
pub(crate) const OFFICE: Noun = Noun("an office", "cơ quan");
pub(crate) const NAME: Noun = Noun("a name", "tên");

// What expressions are made of.
pub(crate) const NUMBER: Noun = Noun("a number", "số");
pub(crate) const DATE: Noun = Noun("a date", "ngày");
pub(crate) const PARTS: Noun = Noun("an answer of several parts", "câu trả lời gồm nhiều phần");
#[rustfmt::skip] // One noun, one line.
pub(crate) const ENTRIES: Noun = Noun("the entries of a repeat group", "các dòng của nhóm lặp");
pub(crate) const MAP: Noun = Noun("{…}", "{…}");
pub(crate) const UNKNOWN: Noun = Noun("unknown", "không rõ");
pub(crate) const SEVERAL: Noun = Noun("several values", "nhiều giá trị");
pub(crate) const ONE_VALUE: Noun = Noun("one value", "một giá trị duy nhất");
#[rustfmt::skip] // One noun, one line.
pub(crate) const COUNTABLE: Noun = Noun("a text, a repeat group or several values", "chuỗi chữ, nhóm lặp hoặc nhiều giá trị");
#[rustfmt::skip] // One noun, one line.
pub(crate) const NUMBERS: Noun = Noun("a number asked in a repeat group: guests.count", "một số được hỏi trong nhóm lặp: guests.count");
#[rustfmt::skip] // One noun, one line.
pub(crate) const WARD: Noun = Noun("a ward: a field of kind `agency` or the `ward` of a place", "phường, xã: trường loại «agency» hoặc phần «ward» của một nơi");
#[rustfmt::skip] // One noun, one line.
pub(crate) const TEXT_OPTION_OR_NUMBER: Noun = Noun("a text, an option or a number", "chuỗi chữ, lựa chọn hoặc số");
#[rustfmt::skip] // One noun, one line.
pub(crate) const ID_PAPER: Noun = Noun("a field of kind `id-paper`", "trường loại «id-paper»");
pub(crate) const THE_END: Noun = Noun("the end of the expression", "phần kết thúc biểu thức");
pub(crate) const VALUE: Noun = Noun("a value", "một giá trị");
pub(crate) const QUOTED_NAME: Noun = Noun("a name in quotes", "một tên trong ngoặc kép");
pub(crate) const THE_FIELD: Noun = Noun("the field", "trường");
pub(crate) const THE_LIST: Noun = Noun("the list", "danh sách");
