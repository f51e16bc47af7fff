//! Every message that reading a definition can give, in one place: what is wrong, what to do, in English and Vietnamese.

use crate::bilingual::{Bilingual, Lang};
use crate::noun::{self, Noun, Thing};
use crate::number::Number;
use crate::say;
use strum::{IntoStaticStr, VariantNames};

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
#[rustfmt::skip] // One message, one line.
pub(crate) enum Mistake {
    // The file.
    Toml(String),
    UnknownKey { key: String, of: Thing, known: Vec<String> },
    MissingKey { key: &'static str, of: Thing, example: &'static str },
    WrongType { wanted: Noun, found: Noun },
    OutOfRange { least: i64, greatest: i64 },
    NotOneOf { found: String, known: Vec<String> },
    MissingLanguage { language: String },
    UnknownLanguage { language: String, known: Vec<String> },
    EmptyText,
    BadId { id: String },
    KeptWord { id: String },
    Double { what: Noun, id: String, first: Option<String> },
    ClosesBeforeOpens,
    // Sections and fields.
    UnknownSection { id: String, known: Vec<String> },
    UnknownKind { kind: String, known: Vec<String> },
    UnknownList { id: String, known: Vec<String> },
    KindNeedsList { kind: &'static str, list: String },
    UnknownField { id: String, known: Vec<String> },
    OptionsOrList,
    EmptyList { what: Noun },
    LeastAboveGreatest { least: Number, greatest: Number },
    WithinNeedsGroups,
    UnknownAgency { code: String, known: Vec<String> },
    NotARepeat { field: String, kind: &'static str },
    BadDefault { kind: &'static str, why: Bilingual },
    DependsOnItself { chain: Vec<String> },
    // Recipients.
    ReadsNeeded { role: String },
    NothingMatches { pattern: String, known: Vec<String> },
    NobodyReads { field: String },
    NoOfficeIn { field: String, kind: &'static str },
    OfficeOptional { field: String },
    OfficeUnread { role: String, field: String },
    UnknownOffice { kind: String, known: Vec<String> },
    // Expressions.
    NumberTooLarge,
    TooManyDecimals,
    StrangeCharacter(char),
    TextWithoutEnd(char),
    Unexpected { wanted: Noun, found: Option<String> },
    TooDeep(usize),
    UnknownPart { field: String, part: String, known: Vec<String> },
    UnknownFunction { name: String, known: Vec<String> },
    WrongCount { name: String, wanted: usize, found: usize },
    WrongOperand { of: String, wanted: Noun, found: Noun },
    CannotCompare { left: Noun, right: Noun },
    DifferentWays { then: Noun, otherwise: Noun },
    NotAnOption { value: String, of: Thing, known: Vec<String> },
    NothingInCommon { left: Thing, right: Thing },
    NotACondition { found: Noun },
    CannotFill { wanted: Noun, found: Noun },
    NotADay { text: String },
    HasNeedsField,
    InNeedsList,
    ListOutsideIn,
    MapOutsideComputed,
    PaperInExpression { field: String },
    // What can never happen, whatever the answers are.
    SectionNeverShown,
    FieldNeverShown,
    PaperNeverListed,
    RuleNeverHolds,
    RuleNeverBroken,
    WayNeverTaken,
}

impl Mistake {
    /// The message's name, which stays the same: that of its variant, in small letters with hyphens.
    pub(crate) fn code(&self) -> &'static str {
        self.into()
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> Bilingual {
        Bilingual::from(|lang| self.words(lang).0)
    }

    /// What to do.
    pub(crate) fn mend(&self) -> Bilingual {
        Bilingual::from(|lang| self.words(lang).1)
    }

    /// What is wrong, what to do.
    #[rustfmt::skip] // One language, one line.
    fn words(&self, lang: Lang) -> (String, String) {
        match self {
            Self::Toml(message) => (
                say!(lang, "this is not TOML: {message}",
                           "chỗ này không đúng cú pháp TOML: {message}"),
                say!(lang, "put the line right; see https://toml.io/en/v1.1.0",
                           "sửa lại dòng này; xem https://toml.io/en/v1.1.0")),
            Self::UnknownKey { key, of, known } => (
                say!(lang, [of] "`{key}` is not a key of {of}",
                                "«{key}» không phải là khóa của {of}"),
                suggest(lang, key, known, Noun("its keys are", "các khóa của nó là"))),
            Self::MissingKey { key, of, example } => (
                say!(lang, [of] "{of} lacks `{key}`",
                                "{of} thiếu khóa «{key}»"),
                say!(lang, "add it, for example: {example}",
                           "thêm vào, ví dụ: {example}")),
            Self::WrongType { wanted, found } => (
                say!(lang, [wanted, found] "here stands {found}, but it must be {wanted}",
                                           "ở đây là {found}, nhưng phải là {wanted}"),
                say!(lang, [wanted] "write {wanted}",
                                    "hãy viết {wanted}")),
            Self::OutOfRange { least, greatest } => (
                say!(lang, "the number is out of range",
                           "số nằm ngoài khoảng cho phép"),
                say!(lang, "write a whole number from {least} to {greatest}",
                           "hãy viết số nguyên từ {least} đến {greatest}")),
            Self::NotOneOf { found, known } => (
                say!(lang, "`{found}` is not known here",
                           "ở đây không dùng được «{found}»"),
                suggest(lang, found, known, Noun("write one of", "hãy viết một trong các từ"))),
            Self::MissingLanguage { language } => (
                say!(lang, "the text lacks the portal's default language, `{language}`",
                           "phần chữ này thiếu ngôn ngữ chính của cổng, «{language}»"),
                say!(lang, "add `{language} = \"…\"`; the other languages may follow later",
                           "thêm «{language} = \"…\"»; các ngôn ngữ khác có thể bổ sung sau")),
            Self::UnknownLanguage { language, known } => (
                say!(lang, "`{language}` is not a language of this portal",
                           "cổng này không có ngôn ngữ «{language}»"),
                suggest(lang, language, known, Noun("its languages are", "các ngôn ngữ của cổng là"))),
            Self::EmptyText => (
                say!(lang, "the text is empty",
                           "phần chữ này để trống"),
                say!(lang, "write the words, or take the key away",
                           "viết nội dung, hoặc bỏ khóa này đi")),
            Self::BadId { id } => (
                say!(lang, "`{id}` cannot be an id",
                           "«{id}» không dùng làm mã được"),
                say!(lang, "write words of a–z, 0–9 and _ that begin with a letter; a field's id joins such words by dots: `child.birth_date`; a section's id may have hyphens",
                           "viết các từ gồm a–z, 0–9 và _, bắt đầu bằng chữ cái; mã của trường nối các từ bằng dấu chấm: «child.birth_date»; mã của mục được có dấu gạch nối")),
            Self::KeptWord { id } => (
                say!(lang, "`{id}` is a word that every browser keeps for itself",
                           "«{id}» là từ mà trình duyệt nào cũng giữ làm của riêng"),
                say!(lang, "take another id: an answer by this one would be lost",
                           "chọn mã khác: câu trả lời mang mã này sẽ bị lẫn mất")),
            Self::Double { what, id, first } => (
                say!(lang, [what] "there is {what} `{id}` already",
                                  "đã có {what} «{id}» rồi"),
                match first {
                    Some(first) => say!(lang, "rename one or take it away; the first is in {first}",
                                              "đổi mã hoặc bỏ bớt một; cái đầu tiên ở {first}"),
                    None => say!(lang, "rename one or take it away; the first stands just before",
                                       "đổi mã hoặc bỏ bớt một; cái đầu tiên ở ngay phía trước"),
                }),
            Self::ClosesBeforeOpens => (
                say!(lang, "this closes before it opens",
                           "chỗ này đóng trước khi mở"),
                say!(lang, "put `opens` before `closes`",
                           "đặt «opens» trước «closes»")),
            Self::UnknownSection { id, known } => (
                say!(lang, "there is no shared section `{id}`",
                           "không có mục dùng chung «{id}»"),
                suggest(lang, id, known, Noun("the shared sections are", "các mục dùng chung là"))),
            Self::UnknownKind { kind, known } => (
                say!(lang, "there is no field kind `{kind}`",
                           "không có loại trường «{kind}»"),
                suggest(lang, kind, known, Noun("the kinds are", "các loại trường là"))),
            Self::UnknownList { id, known } => (
                say!(lang, "there is no list `{id}`",
                           "không có danh sách «{id}»"),
                suggest(lang, id, known, Noun("the lists are", "các danh sách là"))),
            Self::KindNeedsList { kind, list } => (
                say!(lang, "a field of kind `{kind}` needs the list `{list}`, which this portal lacks",
                           "trường loại «{kind}» cần danh sách «{list}», mà cổng này không có"),
                say!(lang, "add `forms/lists/{list}.csv`",
                           "thêm tệp «forms/lists/{list}.csv»")),
            Self::UnknownField { id, known } => (
                say!(lang, "there is no field `{id}`",
                           "không có trường «{id}»"),
                suggest(lang, id, known, FIELDS)),
            Self::OptionsOrList => (
                say!(lang, "a choice takes either `options` or `list`",
                           "trường chọn chỉ dùng «options» hoặc «list»"),
                say!(lang, "write its own options, or the id of a list, not both",
                           "viết các lựa chọn riêng, hoặc mã của một danh sách, không viết cả hai")),
            Self::EmptyList { what } => (
                say!(lang, [what] "{what} is missing",
                                  "thiếu {what}"),
                say!(lang, [what] "write {what}, at least one",
                                  "viết ít nhất một {what}")),
            Self::LeastAboveGreatest { least, greatest } => (
                say!(lang, "the least, {least}, is above the greatest, {greatest}",
                           "số nhỏ nhất ({least}) lớn hơn số lớn nhất ({greatest})"),
                say!(lang, "swap them or change one",
                           "đổi chỗ hai số hoặc sửa một số")),
            Self::WithinNeedsGroups => (
                say!(lang, "`within` needs a list whose items stand in groups",
                           "«within» cần một danh sách có chia nhóm"),
                say!(lang, "name a list with a column `group`, such as `agencies`, or take `within` away",
                           "dùng một danh sách có cột «group», như «agencies», hoặc bỏ «within» đi")),
            Self::UnknownAgency { code, known } => (
                say!(lang, "no district and no agency has the code `{code}`",
                           "không có quận, huyện, phường, xã nào mang mã «{code}»"),
                suggest(lang, code, known, Noun("the codes in agencies.csv are", "các mã trong agencies.csv là"))),
            Self::NotARepeat { field, kind } => (
                say!(lang, "`{field}` is a field of kind `{kind}`, not a repeat group",
                           "«{field}» là trường loại «{kind}», không phải nhóm lặp"),
                say!(lang, "name a field of kind `repeat`",
                           "ghi mã của một trường loại «repeat»")),
            Self::BadDefault { kind, why } => (
                say!(lang, [why] "the default is no answer to a field of kind `{kind}`: {why}",
                                 "giá trị mặc định không phải là câu trả lời cho trường loại «{kind}»: {why}"),
                say!(lang, "write an answer as LANGUAGE.md has it for the kind, or take the default away",
                           "viết câu trả lời theo LANGUAGE.md cho loại trường này, hoặc bỏ giá trị mặc định")),
            Self::DependsOnItself { chain } => {
                let (id, way) = (&chain[0], arrows(chain));
                (
                say!(lang, "`{id}` depends on itself: {way}",
                           "«{id}» phụ thuộc vào chính nó: {way}"),
                say!(lang, "take one of these out of a `show_when` or `value`",
                           "bỏ một trong các trường này khỏi «show_when» hoặc «value»"))
            }
            Self::ReadsNeeded { role } => (
                say!(lang, "it is not said which answers `{role}` reads",
                           "chưa ghi «{role}» được đọc những câu trả lời nào"),
                say!(lang, "with several recipients each one needs `reads`, for example: reads = [\"agency\", \"child.*\"]",
                           "khi có nhiều bên nhận, mỗi bên cần «reads», ví dụ: reads = [\"agency\", \"child.*\"]")),
            Self::NothingMatches { pattern, known } => (
                say!(lang, "no field matches `{pattern}`",
                           "không có trường nào khớp với «{pattern}»"),
                suggest(lang, pattern.trim_start_matches('-'), known, FIELDS)),
            Self::NobodyReads { field } => (
                say!(lang, "nobody reads the answer to `{field}`",
                           "không bên nào đọc câu trả lời của «{field}»"),
                say!(lang, "add it to the `reads` of a recipient, or do not ask for it",
                           "thêm vào «reads» của một bên nhận, hoặc đừng hỏi trường này")),
            Self::NoOfficeIn { field, kind } => (
                say!(lang, "no office can be found from `{field}`, a field of kind `{kind}`",
                           "không tìm được cơ quan từ «{field}», là trường loại «{kind}»"),
                say!(lang, "name a field of kind `agency`; `district_of` also takes `address` and `residence`",
                           "dùng trường loại «agency»; «district_of» còn nhận «address» và «residence»")),
            Self::OfficeOptional { field } => (
                say!(lang, "`{field}` need not be answered, so that the office may not be found",
                           "«{field}» không bắt buộc trả lời, nên có thể không tìm được cơ quan"),
                say!(lang, "make it `required = true`, without `show_when` on it or its section",
                           "đặt «required = true», không có «show_when» ở trường này và mục của nó")),
            Self::OfficeUnread { role, field } => (
                say!(lang, "`{role}` does not read `{field}`, from which its office is found",
                           "«{role}» không đọc «{field}», là trường dùng để tìm cơ quan của bên này"),
                say!(lang, "add it to its `reads`: else nobody can check that the case came to the right office",
                           "thêm vào «reads»: nếu không thì không ai kiểm tra được hồ sơ có đến đúng cơ quan hay không")),
            Self::UnknownOffice { kind, known } => (
                say!(lang, "there are no offices of kind `{kind}`",
                           "không có loại cơ quan «{kind}»"),
                suggest(lang, kind, known, Noun("the kinds of office in forms/portal.toml are", "các loại cơ quan trong forms/portal.toml là"))),
            Self::NumberTooLarge => (
                say!(lang, "the number is too large",
                           "số quá lớn"),
                say!(lang, "the largest is 9007199254740991",
                           "số lớn nhất là 9007199254740991")),
            Self::TooManyDecimals => (
                say!(lang, "the number has too many digits after the point",
                           "số có quá nhiều chữ số sau dấu chấm"),
                say!(lang, "write at most 6",
                           "viết nhiều nhất 6 chữ số")),
            Self::StrangeCharacter(c) => (
                say!(lang, "`{c}` has no meaning in an expression",
                           "ký tự «{c}» không có nghĩa trong biểu thức"),
                say!(lang, "texts stand in quotes: 'text'; compare with ==, join with && and ||",
                           "chuỗi chữ đặt trong dấu nháy: 'chữ'; so sánh bằng ==, nối bằng && và ||")),
            Self::TextWithoutEnd(quote) => (
                say!(lang, "the text has no end",
                           "chuỗi chữ chưa được đóng"),
                say!(lang, "close it with {quote}",
                           "đóng lại bằng dấu {quote}")),
            Self::Unexpected { wanted, found } => (
                match found {
                    Some(found) => say!(lang, [wanted] "here stands `{found}`, but {wanted} must come",
                                                       "ở đây là «{found}», nhưng phải là {wanted}"),
                    None => say!(lang, [wanted] "the expression ends, but {wanted} must come",
                                                "biểu thức kết thúc ở đây, nhưng còn thiếu {wanted}"),
                },
                match found.as_deref() {
                    Some("and") => say!(lang, "write &&", "hãy viết &&"),
                    Some("or") => say!(lang, "write ||", "hãy viết ||"),
                    Some("not") => say!(lang, "write !", "hãy viết !"),
                    _ => say!(lang, "see «Expressions» in formdef/LANGUAGE.md",
                                    "xem mục «Expressions» trong formdef/LANGUAGE.md"),
                }),
            Self::TooDeep(depth) => (
                say!(lang, "the expression nests deeper than {depth} levels",
                           "biểu thức lồng nhau quá {depth} cấp"),
                say!(lang, "split it into several rules",
                           "tách thành nhiều quy tắc")),
            Self::UnknownPart { field, part, known } => (
                say!(lang, "the answer to `{field}` has no part `{part}`",
                           "câu trả lời của «{field}» không có phần «{part}»"),
                suggest(lang, part, known, Noun("its parts are", "các phần của nó là"))),
            Self::UnknownFunction { name, known } => (
                say!(lang, "there is no function `{name}`",
                           "không có hàm «{name}»"),
                suggest(lang, name, known, Noun("the functions are", "các hàm là"))),
            Self::WrongCount { name, wanted, found } => (
                say!(lang, "`{name}` takes {wanted} values, not {found}",
                           "«{name}» nhận {wanted} giá trị, không phải {found}"),
                say!(lang, "see «Functions» in formdef/LANGUAGE.md",
                           "xem mục «Functions» trong formdef/LANGUAGE.md")),
            Self::WrongOperand { of, wanted, found } => (
                say!(lang, [wanted, found] "`{of}` takes {wanted}, but this is {found}",
                                           "«{of}» nhận {wanted}, nhưng đây là {found}"),
                say!(lang, [wanted] "write {wanted}",
                                    "hãy viết {wanted}")),
            Self::CannotCompare { left, right } => (
                say!(lang, [left, right] "{left} cannot be compared with {right}",
                                         "không so sánh được {left} với {right}"),
                match (*left, *right) {
                    (noun::PARTS, _) | (_, noun::PARTS) =>
                        say!(lang, "compare one of its parts: mother.residence.ward",
                                   "so sánh một phần của nó: mother.residence.ward"),
                    (noun::DATE, _) | (_, noun::DATE) =>
                        say!(lang, "write a day as date('2016-08-10'), compare years as year(…)",
                                   "viết ngày là date('2016-08-10'), so sánh năm bằng year(…)"),
                    (left, right) if left == right =>
                        say!(lang, "only numbers and dates have an order; use == or !=",
                                   "chỉ số và ngày có thứ tự; hãy dùng == hoặc !="),
                    _ => say!(lang, "compare like with like",
                                    "chỉ so sánh hai giá trị cùng loại"),
                }),
            Self::DifferentWays { then, otherwise } => (
                say!(lang, [then, otherwise] "one way gives {then}, the other {otherwise}",
                                             "một nhánh cho {then}, nhánh kia cho {otherwise}"),
                say!(lang, "let both ways of ? : give the same type",
                           "hai nhánh của ? : phải cho cùng một loại giá trị")),
            Self::NotAnOption { value, of, known } => (
                say!(lang, [of] "`{value}` is not an option of {of}",
                                "«{value}» không phải là lựa chọn của {of}"),
                suggest(lang, value, known, Noun("its options are", "các lựa chọn là"))),
            Self::NothingInCommon { left, right } => (
                say!(lang, [left, right] "{left} and {right} have no option in common",
                                         "{left} và {right} không có lựa chọn nào chung"),
                say!(lang, "compare answers that are chosen from the same list",
                           "chỉ so sánh các câu trả lời chọn từ cùng một danh sách")),
            Self::NotACondition { found } => (
                say!(lang, [found] "a condition must be true or false, but this is {found}",
                                   "điều kiện phải là đúng hoặc sai, nhưng đây là {found}"),
                say!(lang, "compare it with something, or ask has(…)",
                           "so sánh nó với một giá trị, hoặc hỏi has(…)")),
            Self::CannotFill { wanted, found } => (
                say!(lang, [wanted, found] "the field takes {wanted}, but this is {found}",
                                           "trường nhận {wanted}, nhưng đây là {found}"),
                say!(lang, [wanted] "write an expression that gives {wanted}",
                                    "viết biểu thức cho {wanted}")),
            Self::NotADay { text } => (
                say!(lang, "`{text}` is not a day of the calendar",
                           "«{text}» không phải là ngày có trong lịch"),
                say!(lang, "write date('YYYY-MM-DD') with a literal text",
                           "viết date('NĂM-THÁNG-NGÀY') với chuỗi chữ, ví dụ date('2016-08-10')")),
            Self::HasNeedsField => (
                say!(lang, "`has` asks whether a field is answered",
                           "«has» hỏi xem một trường đã được trả lời chưa"),
                say!(lang, "write has(field.id)",
                           "viết has(mã.trường)")),
            Self::InNeedsList => (
                say!(lang, "right of `in` must stand a list of literals",
                           "bên phải «in» phải là danh sách các giá trị viết sẵn"),
                say!(lang, "write ['a', 'b'] or list('id')",
                           "viết ['a', 'b'] hoặc list('mã')")),
            Self::ListOutsideIn => (
                say!(lang, "a list can only stand right of `in`",
                           "danh sách chỉ đứng được bên phải «in»"),
                say!(lang, "write: field.id in ['a', 'b']",
                           "viết: mã.trường in ['a', 'b']")),
            Self::MapOutsideComputed => (
                say!(lang, "{{…}} can only be the value of a computed field",
                           "{{…}} chỉ dùng được làm giá trị của trường tính toán"),
                say!(lang, "compare the values one by one",
                           "so sánh từng giá trị một")),
            Self::PaperInExpression { field } => (
                say!(lang, "`{field}` is a paper that is brought to the counter: no rule or condition can know of it",
                           "«{field}» là giấy tờ mang đến quầy: không quy tắc hay điều kiện nào biết được"),
                say!(lang, "refer to the question that decides whether the paper is needed",
                           "hãy dùng câu hỏi quyết định có cần giấy tờ này hay không")),
            Self::SectionNeverShown => (
                say!(lang, "this can never be true, so that nobody is asked this section",
                           "điều kiện này không bao giờ đúng, nên không ai được hỏi mục này"),
                say!(lang, "an answer cannot be two things at once: join with || what may be either, or take the section away",
                           "một câu trả lời không thể là hai giá trị cùng lúc: nối bằng || những gì có thể là một trong hai, hoặc bỏ mục này")),
            Self::FieldNeverShown => (
                say!(lang, "this can never be true, so that nobody is asked this question",
                           "điều kiện này không bao giờ đúng, nên không ai được hỏi câu này"),
                say!(lang, "mind the condition of the section, too, and those of the questions it refers to; or take the question away",
                           "xem cả điều kiện của mục và của các câu hỏi được nhắc đến; hoặc bỏ câu hỏi này")),
            Self::PaperNeverListed => (
                say!(lang, "this can never be true, so that the paper is never listed",
                           "điều kiện này không bao giờ đúng, nên giấy tờ này không bao giờ được liệt kê"),
                say!(lang, "mind the conditions of the questions it refers to; or take the paper away",
                           "xem điều kiện của các câu hỏi được nhắc đến; hoặc bỏ giấy tờ này")),
            Self::RuleNeverHolds => (
                say!(lang, "this can never be true: whoever answers breaks the rule",
                           "điều này không bao giờ đúng: ai trả lời cũng vi phạm quy tắc"),
                say!(lang, "compare with what the answer can be; it cannot be two things at once: join with || what may be either",
                           "so sánh với giá trị mà câu trả lời có thể có; câu trả lời không thể là hai giá trị cùng lúc: nối bằng || những gì có thể là một trong hai")),
            Self::RuleNeverBroken => (
                say!(lang, "this can never be false, so that the rule never speaks",
                           "điều này không bao giờ sai, nên quy tắc không bao giờ lên tiếng"),
                say!(lang, "to forbid two values write a != 'x' && a != 'y'; or take the rule away",
                           "muốn cấm hai giá trị, hãy viết a != 'x' && a != 'y'; hoặc bỏ quy tắc này")),
            Self::WayNeverTaken => (
                say!(lang, "this part of || can never be true",
                           "phần này của || không bao giờ đúng"),
                say!(lang, "put its comparison right, or take it away",
                           "sửa lại phép so sánh, hoặc bỏ phần này")),
        }
    }
}

const FIELDS: Noun = Noun("the fields are", "các trường là");

/// The nearest known word, or all of them when they are few.
fn suggest(lang: Lang, word: &str, known: &[String], all: Noun) -> String {
    if let Some(nearest) = nearest(word, known) {
        return say!(
            lang,
            "did you mean `{nearest}`?",
            "có phải ý bạn là «{nearest}»?"
        );
    }
    let number = known.len();
    let some = known[..number.min(if number > 30 { 5 } else { 30 })].join(", ");
    match number {
        0 => say!(lang, "there are none", "chưa có cái nào"),
        1..=30 => say!(lang, [all] "{all}: {some}", "{all}: {some}"),
        _ => say!(
            lang,
            "there are {number}, beginning with: {some}",
            "có tất cả {number}, bắt đầu bằng: {some}"
        ),
    }
}

fn nearest<'a>(word: &str, known: &'a [String]) -> Option<&'a String> {
    let near = known.iter().filter(|other| is_near(word, other));
    near.min_by_key(|other| strsim::damerau_levenshtein(word, other))
}

/// Whether one word may be the other, misspelled.
pub(super) fn is_near(word: &str, other: &str) -> bool {
    let (here, there) = (word.chars().count(), other.chars().count());
    let mistakes_max = (here.max(there) / 3).max(1);
    // Lengths that differ more need no comparing, however long the words are.
    here.max(there) > 1
        && here.abs_diff(there) <= mistakes_max
        && strsim::damerau_levenshtein(word, other) <= mistakes_max
}

fn arrows(chain: &[String]) -> String {
    let first = chain.iter().take(1);
    let all: Vec<_> = chain.iter().chain(first).map(String::as_str).collect();
    all.join(" → ")
}
