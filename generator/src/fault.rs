//! What can be wrong with the sources of a portal: one table of messages, and where each was found.

use std::fmt;
use std::io::{self, ErrorKind};

use formdef::{Bilingual, Lang, say};
use strum::{IntoStaticStr, VariantNames};

use crate::report::{Palette, for_a_person};

/// A fault in a source: where, what, what to do. Its `Display` is that for a person, in English and without colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which message it is: a short name that stays the same, such as `code-twice`.
    pub code: &'static str,
    /// The file or folder.
    pub path: String,
    /// The place in the file; `None` for a fault of a whole file or folder.
    pub spot: Option<Box<Spot>>,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do.
    pub mend: Box<Bilingual>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters of the line are meant; 1 or more.
    pub width: usize,
    /// The line as it stands in the file.
    pub source_line: String,
}

impl Fault {
    /// A fault of a whole file or folder (`spot` is `None`), or at a place in it.
    pub(crate) fn new(path: impl Into<String>, spot: Option<Spot>, mistake: &Mistake) -> Fault {
        Fault {
            code: mistake.code(),
            path: path.into(),
            spot: spot.map(Box::new),
            message: mistake.message(),
            mend: Box::new(mistake.mend()),
        }
    }

    /// What sorts faults for people: file, line, column.
    pub(crate) fn place(&self) -> (&str, usize, usize) {
        let (line, column) = self
            .spot
            .as_ref()
            .map_or((0, 0), |spot| (spot.line, spot.column));
        (&self.path, line, column)
    }
}

impl From<formdef::Fault> for Fault {
    fn from(fault: formdef::Fault) -> Self {
        let spot = Spot {
            line: fault.line,
            column: fault.column,
            width: fault.width,
            source_line: fault.source_line,
        };
        Fault {
            code: fault.code,
            path: fault.path,
            spot: Some(Box::new(spot)),
            message: fault.message,
            mend: Box::new(fault.mend),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&for_a_person(self, Lang::En, &Palette::PLAIN))
    }
}

/// Everything that `motcua check` can say beyond the language of forms (`formdef` has its own table).
#[derive(Debug, Clone, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "kebab-case")]
#[allow(
    missing_docs,
    reason = "each variant is documented by its message below"
)]
pub enum Mistake {
    // Files and folders.
    Unreadable {
        cause: Bilingual,
    },
    TooLong {
        bytes: u64,
        bytes_max: u64,
    },
    TooManyForms {
        count_max: usize,
    },
    NotUtf8 {
        line: usize,
    },
    ByteOrderMark,
    LinkLoop {
        back_to: String,
    },
    CaseTwins {
        other: String,
    },
    // Versions.
    KeptFile {
        cause: String,
    },
    VersionChanged {
        version: u32,
    },
    VersionBack {
        version: u32,
    },
    AcceptUntilMissing {
        version: u32,
    },
    VersionNotKept {
        version: u32,
        from: String,
    },
    FileMissing,
    // TOML: portal.toml and translations.
    Toml {
        cause: String,
    },
    UnknownKey {
        key: String,
        nearest: Option<String>,
    },
    // portal.toml
    NoLanguage,
    Origin {
        value: String,
    },
    TextMissing {
        language: String,
    },
    SecurityAddress {
        address: String,
    },
    SecurityDays,
    // Lists and agencies.
    CsvHeader {
        expected: String,
        found: String,
    },
    UnknownColumn {
        column: String,
        nearest: Option<String>,
        known: String,
    },
    CsvCells {
        found: u64,
        wanted: u64,
    },
    EmptyCell {
        column: &'static str,
    },
    CodeForm {
        code: String,
    },
    CodeTaken {
        code: String,
    },
    CodeTwice {
        code: String,
        line: usize,
    },
    UnknownGroup {
        code: String,
        file: String,
    },
    DistrictTwoNames {
        code: String,
        name: String,
    },
    Day {
        value: String,
    },
    CsvClosesFirst,
    AgencyMode {
        value: String,
    },
    SlugForm {
        slug: String,
    },
    SlugTwice {
        slug: String,
        line: usize,
    },
    // Services.
    ServiceId {
        id: String,
    },
    ServiceIdTaken {
        id: String,
    },
    // Former services.
    ServiceForgotten {
        id: String,
    },
    FormerIsThere {
        id: String,
    },
    FormerUnclear,
    FormerNowhere {
        id: String,
        nearest: Option<String>,
    },
    FormerCircle {
        way: String,
    },
    // Guides.
    RawHtml,
    Address {
        address: String,
    },
    LinkNowhere {
        address: String,
        nearest: Option<String>,
    },
    LinkAnchor {
        anchor: String,
        page: String,
        nearest: Option<String>,
    },
    // Translations.
    TranslationExtra {
        key: String,
        default: String,
    },
    // Templates.
    Template {
        cause: String,
    },
    // Scripts.
    ImportForm,
    ImportLeaves {
        path: String,
    },
    ImportCircle {
        way: String,
    },
    ModuleMissing {
        path: String,
    },
    ExportForm,
    ExportMissing {
        module: String,
        name: String,
    },
    NameTwice {
        name: String,
        other: String,
    },
    NotJavaScript {
        cause: String,
    },
}

impl Mistake {
    /// The names of all messages.
    pub const CODES: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// A short name that stays the same: that of the variant, in small letters with hyphens.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// What is wrong.
    pub fn message(&self) -> Bilingual {
        Bilingual::from(|lang| self.words(lang).0)
    }

    /// What to do.
    pub fn mend(&self) -> Bilingual {
        Bilingual::from(|lang| self.words(lang).1)
    }

    /// The table: what is wrong, what to do.
    #[rustfmt::skip] // One language, one line.
    fn words(&self, lang: Lang) -> (String, String) {
        match self {
            Self::Unreadable { cause } => (
                say!(lang, [cause] "cannot be read: {cause}",
                                   "không đọc được: {cause}"),
                say!(lang, "check that it is there and that you may read it",
                           "kiểm tra xem nó có ở đó không và bạn có quyền đọc không")),
            Self::TooLong { bytes, bytes_max } => (
                say!(lang, "is {bytes} bytes long; at most {bytes_max} are read",
                           "dài {bytes} byte; chỉ đọc được tối đa {bytes_max} byte"),
                say!(lang, "take out what does not belong there",
                           "bỏ bớt những gì không thuộc về tệp này")),
            Self::TooManyForms { count_max } => (
                say!(lang, "has more than {count_max} forms; nothing of it was read",
                           "có hơn {count_max} mẫu đơn; chưa đọc gì cả"),
                say!(lang, "give each city a portal of its own, or take out what does not belong there",
                           "dựng cho mỗi thành phố một cổng riêng, hoặc bỏ bớt những gì không thuộc về thư mục này")),
            Self::NotUtf8 { line } => (
                say!(lang, "is not UTF-8 on line {line}",
                           "dòng {line} không phải là UTF-8"),
                say!(lang, "save it as UTF-8",
                           "lưu lại tệp với bảng mã UTF-8")),
            Self::ByteOrderMark => (
                say!(lang, "begins with a byte order mark",
                           "bắt đầu bằng dấu thứ tự byte (BOM)"),
                say!(lang, "save it as UTF-8 without BOM",
                           "lưu lại tệp dạng UTF-8 không có BOM")),
            Self::LinkLoop { back_to } => (
                say!(lang, "is a link back to `{back_to}`, which holds it",
                           "là liên kết trỏ ngược về «{back_to}», thư mục chứa nó"),
                say!(lang, "remove the link",
                           "xóa liên kết này")),
            Self::KeptFile { cause } => (
                say!(lang, "not a published file: {cause}",
                           "không phải tệp đã công bố: {cause}"),
                say!(lang, "take it from version control again, or keep it anew with `motcua keep --against`",
                           "lấy lại tệp này từ kho phiên bản, hoặc lưu lại bằng «motcua keep --against»")),
            Self::VersionChanged { version } => {
                let next = version + 1;
                (say!(lang, "version {version} is published, and this is not what it says",
                            "phiên bản {version} đã công bố, và nội dung ở đây đã khác"),
                 say!(lang, "write `version = {next}`, and until when version {version} is still taken: accept_until = 2027-01-31T00:00:00+07:00",
                            "hãy viết «version = {next}», và phiên bản {version} còn được nhận đến khi nào: accept_until = 2027-01-31T00:00:00+07:00"))
            }
            Self::VersionBack { version } => {
                let next = version + 1;
                (say!(lang, "version {version} is published: a version never goes back",
                            "phiên bản {version} đã công bố: số phiên bản không bao giờ lùi lại"),
                 say!(lang, "write `version = {next}`",
                            "hãy viết «version = {next}»"))
            }
            Self::AcceptUntilMissing { version } => (
                say!(lang, "it is not said until when version {version}, which is published, is still taken",
                           "chưa ghi phiên bản {version} đã công bố còn được nhận đến khi nào"),
                say!(lang, "add it: accept_until = 2027-01-31T00:00:00+07:00; people may have begun to fill in the old one",
                           "thêm vào: accept_until = 2027-01-31T00:00:00+07:00; có thể đã có người điền dở phiên bản cũ")),
            Self::VersionNotKept { version, from } => (
                say!(lang, "version {version} is published, but not kept here, so that it could not be taken any more",
                           "phiên bản {version} đã công bố nhưng không được lưu ở đây, nên sẽ không nhận được nữa"),
                say!(lang, "run: motcua keep --against {from}",
                           "hãy chạy: motcua keep --against {from}")),
            Self::CaseTwins { other } => (
                say!(lang, "differs from `{other}` only in case",
                           "chỉ khác «{other}» ở chữ hoa, chữ thường"),
                say!(lang, "rename one: some systems take them for the same file",
                           "đổi tên một tệp: có hệ thống coi hai tên này là một")),
            Self::FileMissing => (
                say!(lang, "is not there",
                           "không có tệp này"),
                say!(lang, "add it; the editors' guide says what it holds",
                           "thêm tệp; hướng dẫn cho người biên tập ghi rõ nội dung của nó")),
            Self::Toml { cause } => (
                say!(lang, "this is not right: {cause}",
                           "chỗ này không đúng: {cause}"),
                say!(lang, "correct it as TOML",
                           "sửa lại theo cú pháp TOML")),
            Self::UnknownKey { key, nearest } => (
                say!(lang, "`{key}` is not a key here",
                           "ở đây không có khóa «{key}»"),
                match nearest {
                    Some(nearest) => say!(lang, "did you mean `{nearest}`?",
                                                "có phải ý bạn là «{nearest}»?"),
                    None => say!(lang, "take it out",
                                       "bỏ khóa này đi"),
                }),
            Self::NoLanguage => (
                say!(lang, "`languages` names none",
                           "«languages» chưa nêu ngôn ngữ nào"),
                say!(lang, "write `languages = [\"vi\", \"en\"]`, the default one first",
                           "viết «languages = [\"vi\", \"en\"]», ngôn ngữ chính đứng đầu")),
            Self::Origin { value } => (
                say!(lang, "`{value}` is not the address of a site",
                           "«{value}» không phải là địa chỉ của một trang web"),
                say!(lang, "write scheme and host alone, such as `https://example.vn`",
                           "chỉ viết giao thức và tên máy chủ, như «https://example.vn»")),
            Self::TextMissing { language } => (
                say!(lang, "this text lacks the default language, `{language}`",
                           "phần chữ này thiếu ngôn ngữ chính, «{language}»"),
                say!(lang, "add `.{language} = \"…\"`",
                           "thêm «.{language} = \"…\"»")),
            Self::SecurityAddress { address } => (
                say!(lang, "`{address}` is not an address for security.txt",
                           "«{address}» không phải địa chỉ cho security.txt"),
                say!(lang, "begin it with mailto:, tel: or https://, without spaces or accents",
                           "bắt đầu bằng mailto:, tel: hoặc https://, không có dấu cách và dấu tiếng Việt")),
            Self::SecurityDays => (
                say!(lang, "security.txt is valid for 1 to 365 days",
                           "security.txt có hiệu lực từ 1 đến 365 ngày"),
                say!(lang, "write a whole number from 1 to 365",
                           "viết một số nguyên từ 1 đến 365")),
            Self::CsvHeader { expected, found } => (
                say!(lang, "the first line is `{found}`",
                           "dòng đầu tiên là «{found}»"),
                say!(lang, "it must begin with `{expected}`",
                           "dòng này phải bắt đầu bằng «{expected}»")),
            Self::UnknownColumn { column, nearest, known } => (
                say!(lang, "this table has no column `{column}`",
                           "bảng này không có cột «{column}»"),
                nearest_or(lang, nearest.as_deref(),
                    say!(lang, "take it out; besides those that must be there it may have {known}",
                               "bỏ cột này đi; ngoài các cột bắt buộc, bảng chỉ có thể có {known}"))),
            Self::CsvCells { found, wanted } => (
                say!(lang, "this row has {found} cells, the first line {wanted}",
                           "dòng này có {found} ô, còn dòng đầu tiên có {wanted} ô"),
                say!(lang, "give every row as many cells as the first line; put a cell with commas in quotes",
                           "mỗi dòng phải có đủ số ô như dòng đầu tiên; ô có dấu phẩy thì đặt trong ngoặc kép")),
            Self::EmptyCell { column } => (
                say!(lang, "`{column}` is empty",
                           "ô «{column}» để trống"),
                say!(lang, "fill it in",
                           "điền vào ô này")),
            Self::CodeForm { code } => (
                say!(lang, "`{code}` cannot be a code",
                           "«{code}» không dùng làm mã được"),
                say!(lang, "use letters, digits, `-`, `_` and `.` of ASCII, at most 32",
                           "dùng chữ cái không dấu, chữ số, «-», «_» và «.», tối đa 32 ký tự")),
            Self::CodeTaken { code } => (
                say!(lang, "`keys/{code}.jws` is a file of the portal itself",
                           "«keys/{code}.jws» là tệp của chính cổng"),
                say!(lang, "give the agency another code",
                           "đặt mã khác cho cơ quan này")),
            Self::CodeTwice { code, line } => (
                say!(lang, "code `{code}` is on line {line} already",
                           "mã «{code}» đã có ở dòng {line}"),
                say!(lang, "give each row its own code",
                           "mỗi dòng cần một mã riêng")),
            Self::UnknownGroup { code, file } => (
                say!(lang, "there is no group `{code}` in `{file}`",
                           "không có nhóm «{code}» trong «{file}»"),
                say!(lang, "correct the code, or add the group there",
                           "sửa lại mã, hoặc thêm nhóm vào tệp đó")),
            Self::DistrictTwoNames { code, name } => (
                say!(lang, "district `{code}` is called `{name}` above",
                           "ở phía trên, quận (huyện) «{code}» có tên là «{name}»"),
                say!(lang, "correct the code or the name",
                           "sửa lại mã hoặc tên")),
            Self::Day { value } => (
                say!(lang, "`{value}` is neither a day nor a moment",
                           "«{value}» không phải là một ngày hay một thời điểm"),
                say!(lang, "write a day as YYYY-MM-DD, a moment as 2016-08-10T07:30+07:00",
                           "viết ngày theo dạng NĂM-THÁNG-NGÀY, ví dụ 2016-08-10; thời điểm như 2016-08-10T07:30+07:00")),
            Self::CsvClosesFirst => (
                say!(lang, "this closes before it opens",
                           "chỗ này đóng trước khi mở"),
                say!(lang, "put `opens` before `closes`",
                           "đặt «opens» trước «closes»")),
            Self::AgencyMode { value } => (
                say!(lang, "`{value}` is no mode of an agency",
                           "«{value}» không phải là chế độ của một cơ quan"),
                say!(lang, "write `trial` while the agency tries the portal out; leave it empty when its cases count",
                           "viết «trial» khi cơ quan còn chạy thử; để trống khi hồ sơ gửi đến là hồ sơ thật")),
            Self::SlugForm { slug } => (
                say!(lang, "`{slug}` cannot be part of an address",
                           "«{slug}» không dùng làm phần của địa chỉ được"),
                say!(lang, "use a–z, 0–9 and `-`",
                           "dùng a–z, 0–9 và «-»")),
            Self::SlugTwice { slug, line } => (
                say!(lang, "address `{slug}` is on line {line} already",
                           "địa chỉ «{slug}» đã có ở dòng {line}"),
                say!(lang, "give each agency its own",
                           "mỗi cơ quan cần một địa chỉ riêng")),
            Self::ServiceId { id } => (
                say!(lang, "`{id}` cannot be a service's id",
                           "«{id}» không dùng làm mã thủ tục được"),
                say!(lang, "name the folder with a–z, 0–9 and `-`",
                           "đặt tên thư mục bằng a–z, 0–9 và «-»")),
            Self::ServiceIdTaken { id } => (
                say!(lang, "`/{id}/` is a page of the portal itself",
                           "«/{id}/» là trang của chính cổng"),
                say!(lang, "give the service's folder another name",
                           "đặt tên khác cho thư mục của thủ tục")),
            Self::ServiceForgotten { id } => (
                say!(lang, "`{id}` was published and is no longer there: people who kept its address would find nothing",
                           "«{id}» đã được công bố và nay không còn: ai giữ địa chỉ ấy sẽ không tìm thấy gì"),
                say!(lang, "say here what became of it: [{id}] with `now = \"…\"` when it has another name, else with `since`, `title` and `where`",
                           "hãy ghi vào tệp này: [{id}] với «now = \"…\"» nếu thủ tục đổi tên, nếu không thì với «since», «title» và «where»")),
            Self::FormerIsThere { id } => (
                say!(lang, "the service `{id}` is still there",
                           "thủ tục «{id}» vẫn còn"),
                say!(lang, "take this entry out, or the service's folder",
                           "bỏ mục này, hoặc bỏ thư mục của thủ tục")),
            Self::FormerUnclear => (
                say!(lang, "it is not clear what became of this service",
                           "chưa rõ thủ tục này nay ra sao"),
                say!(lang, "write `now` alone when it has another name; `since`, `title` and `where` when it was withdrawn",
                           "chỉ viết «now» nếu thủ tục đổi tên; viết «since», «title» và «where» nếu thủ tục đã bãi bỏ")),
            Self::FormerNowhere { id, nearest } => (
                say!(lang, "there is no service `{id}`",
                           "không có thủ tục «{id}»"),
                nearest_or(lang, nearest.as_deref(),
                    say!(lang, "name the folder of a service",
                               "ghi tên thư mục của một thủ tục"))),
            Self::FormerCircle { way } => (
                say!(lang, "these lead to each other in a circle: {way}",
                           "các mục này dẫn vòng tròn: {way}"),
                say!(lang, "let the last one lead to a service that is there",
                           "cho mục cuối dẫn đến một thủ tục đang có")),
            Self::RawHtml => (
                say!(lang, "a guide holds raw HTML",
                           "hướng dẫn có mã HTML"),
                say!(lang, "write it in Markdown; a `<` that is meant as a character is written `\\<`",
                           "viết bằng Markdown; dấu «<» dùng như ký tự thì viết là «\\<»")),
            Self::Address { address } => (
                say!(lang, "`{address}` is not an address that a guide may lead to",
                           "hướng dẫn không được dẫn đến địa chỉ «{address}»"),
                say!(lang, "use one that begins with https://, tel:, mailto:, # or /",
                           "dùng địa chỉ bắt đầu bằng https://, tel:, mailto:, # hoặc /")),
            Self::LinkNowhere { address, nearest } => (
                say!(lang, "`{address}` leads to no page or file of this portal",
                           "«{address}» không dẫn đến trang hay tệp nào của cổng"),
                nearest_or(lang, nearest.as_deref(),
                    say!(lang, "name a page, such as / or /khai-sinh/",
                               "ghi địa chỉ một trang, như / hoặc /khai-sinh/"))),
            Self::LinkAnchor { anchor, page, nearest } => (
                say!(lang, "`{page}` has no place `#{anchor}`",
                           "«{page}» không có chỗ nào tên «#{anchor}»"),
                nearest_or(lang, nearest.as_deref(),
                    say!(lang, "name a heading of that page, in small letters with hyphens: #trước-khi-nộp",
                               "ghi tên một đề mục của trang ấy, chữ thường, nối bằng gạch: #trước-khi-nộp"))),
            Self::TranslationExtra { key, default } => (
                say!(lang, "`{key}` is not a text of the default language",
                           "ngôn ngữ chính không có phần chữ «{key}»"),
                say!(lang, "correct it, or add it to `{default}` first",
                           "sửa lại, hoặc thêm vào «{default}» trước")),
            Self::Template { cause } => (
                say!(lang, "the template cannot be used: {cause}",
                           "không dùng được khuôn trang này: {cause}"),
                say!(lang, "correct the template",
                           "sửa lại khuôn trang")),
            Self::ImportForm => (
                say!(lang, "this `import` is not of the restricted form",
                           "lệnh «import» này không đúng dạng cho phép"),
                say!(lang, "write `import {{ name, … }} from './module.js';`",
                           "viết «import {{ tên, … }} from './module.js';»")),
            Self::ImportLeaves { path } => (
                say!(lang, "`{path}` leads out of the site folder",
                           "«{path}» dẫn ra ngoài thư mục của trang web"),
                say!(lang, "keep to modules of the site folder",
                           "chỉ dùng các mô-đun trong thư mục của trang web")),
            Self::ImportCircle { way } => (
                say!(lang, "modules import each other in a circle: {way}",
                           "các mô-đun gọi nhau vòng tròn: {way}"),
                say!(lang, "move what they share into a module of its own",
                           "chuyển phần dùng chung sang một mô-đun riêng")),
            Self::ModuleMissing { path } => (
                say!(lang, "there is no module `{path}`",
                           "không có mô-đun «{path}»"),
                say!(lang, "correct the path after `from`, or add the file",
                           "sửa đường dẫn sau «from», hoặc thêm tệp")),
            Self::ExportForm => (
                say!(lang, "this `export` is not of the restricted form",
                           "lệnh «export» này không đúng dạng cho phép"),
                say!(lang, "write `export` before a function, const, let or class",
                           "viết «export» trước function, const, let hoặc class")),
            Self::ExportMissing { module, name } => (
                say!(lang, "`{module}` does not export `{name}`",
                           "«{module}» không xuất ra «{name}»"),
                say!(lang, "export it there, or correct the name",
                           "xuất nó ra ở đó, hoặc sửa lại tên")),
            Self::NameTwice { name, other } => (
                say!(lang, "`{name}` is declared in `{other}` too",
                           "«{name}» cũng được khai báo trong «{other}»"),
                say!(lang, "give one of them another name",
                           "đặt tên khác cho một trong hai")),
            Self::NotJavaScript { cause } => (
                say!(lang, "this is not JavaScript: {cause}",
                           "chỗ này không phải là JavaScript: {cause}"),
                say!(lang, "correct the module",
                           "sửa lại mô-đun")),
        }
    }
}

/// What to do about a word that is not known: the nearest known one, else the advice.
fn nearest_or(lang: Lang, nearest: Option<&str>, advice: String) -> String {
    nearest.map_or(advice, |nearest| {
        say!(
            lang,
            "did you mean `{nearest}`?",
            "có phải ý bạn là «{nearest}»?"
        )
    })
}

/// Why the system refused, in plain words.
pub(crate) fn cause(error: &io::Error) -> Bilingual {
    Bilingual::from(|lang| match error.kind() {
        ErrorKind::NotFound => say!(lang, "it is not there", "nó không có ở đó"),
        ErrorKind::PermissionDenied => say!(lang, "you have no right to", "bạn không có quyền"),
        ErrorKind::ReadOnlyFilesystem => say!(lang, "the disk is read-only", "ổ đĩa chỉ cho đọc"),
        ErrorKind::StorageFull => say!(lang, "the disk is full", "ổ đĩa đã đầy"),
        ErrorKind::NotADirectory => say!(
            lang,
            "a part of the path is a file, not a folder",
            "một phần của đường dẫn là tệp, không phải thư mục"
        ),
        ErrorKind::IsADirectory => say!(
            lang,
            "it is a folder, not a file",
            "đó là thư mục, không phải tệp"
        ),
        _ => error.to_string(),
    })
}
