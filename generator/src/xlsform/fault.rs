//! Why a file cannot be imported at all: one table. What can be imported but for a cell is in `loss`.

use std::io;

use formdef::{Bilingual, Lang, say};

use super::workbook::{COLUMNS_MAX, FILE_BYTES_MAX, ROWS_MAX, UNPACKED_BYTES_MAX};

/// A reason to import nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    // The file.
    Unreadable {
        cause: Bilingual,
    },
    FileTooLarge {
        bytes: u64,
    },
    UnpackedTooLarge,
    OldExcel,
    NotAWorkbook,
    BrokenWorkbook,
    Macros,
    SheetTooLarge {
        sheet: String,
        cell: String,
    },
    // Its sheets.
    NoSurvey {
        sheets: Vec<String>,
    },
    NoColumn {
        sheet: String,
        column: &'static str,
    },
    ColumnTwice {
        sheet: String,
        heading: String,
        first: String,
        second: String,
    },
    NothingAsked {
        left: Bilingual,
    },
    // Its rows.
    NoBegin {
        place: String,
        what: String,
    },
    NoEnd {
        place: String,
        what: String,
    },
    WrongEnd {
        place: String,
        what: String,
        begun: String,
    },
    NameTwice {
        place: String,
        name: String,
        first: String,
    },
    ChoiceTwice {
        place: String,
        name: String,
        list: String,
        first: String,
    },
    // Where it goes.
    BadId {
        id: String,
    },
    IdTaken {
        id: String,
    },
    NoPlace {
        path: String,
    },
    AlreadyThere {
        path: String,
    },
    NoOffice,
    NotWritten {
        path: String,
        cause: Bilingual,
    },
    /// What was made does not pass the check: the faults, as `motcua check` shows them.
    Refused {
        faults: Bilingual,
    },
}

impl Mistake {
    pub(super) fn unreadable(error: &io::Error) -> Mistake {
        Mistake::Unreadable {
            cause: crate::fault::cause(error),
        }
    }

    /// What is wrong, what to do.
    #[rustfmt::skip] // One language, one line.
    pub(super) fn words(&self, lang: Lang) -> (String, String) {
        const MIB: u64 = 1024 * 1024;
        let (file_mib, unpacked_mib) = (FILE_BYTES_MAX / MIB, UNPACKED_BYTES_MAX / MIB);
        match self {
            Self::Unreadable { cause } => (
                say!(lang, [cause] "cannot be read: {cause}",
                                   "không đọc được: {cause}"),
                say!(lang, "check that it is there and that you may read it",
                           "kiểm tra xem tệp có ở đó không và bạn có quyền đọc không")),
            Self::FileTooLarge { bytes } => (
                say!(lang, "is {bytes} bytes long; at most {file_mib} MiB are read",
                           "dài {bytes} byte; chỉ đọc được tối đa {file_mib} MiB"),
                say!(lang, "take out pictures and sheets that do not belong to the form",
                           "bỏ ảnh và các trang tính không thuộc về biểu mẫu")),
            Self::UnpackedTooLarge => (
                say!(lang, "holds more than {unpacked_mib} MiB when unpacked",
                           "khi giải nén chứa hơn {unpacked_mib} MiB"),
                say!(lang, "copy the sheets survey, choices and settings into a new workbook",
                           "chép các trang tính survey, choices và settings sang một tệp mới")),
            Self::OldExcel => (
                say!(lang, "is a workbook of Excel 97–2003 (.xls), or one with a password",
                           "là tệp Excel 97–2003 (.xls), hoặc tệp có mật khẩu"),
                say!(lang, "open it, choose «Save as», «Excel Workbook (.xlsx)», without a password, and import that file",
                           "mở tệp, chọn «Lưu dưới dạng» (Save as), «Sổ làm việc Excel (.xlsx)», không đặt mật khẩu, rồi nhập tệp đó")),
            Self::NotAWorkbook => (
                say!(lang, "is not an Excel workbook (.xlsx)",
                           "không phải là tệp Excel (.xlsx)"),
                say!(lang, "open it in your spreadsheet program and save it as «Excel Workbook (.xlsx)»",
                           "mở tệp bằng chương trình bảng tính rồi lưu dưới dạng «Sổ làm việc Excel (.xlsx)»")),
            Self::BrokenWorkbook => (
                say!(lang, "is a damaged workbook",
                           "là tệp bảng tính bị hỏng"),
                say!(lang, "open it in your spreadsheet program, let it repair the file, and save it anew as .xlsx",
                           "mở tệp bằng chương trình bảng tính, để chương trình sửa tệp, rồi lưu lại dạng .xlsx")),
            Self::Macros => (
                say!(lang, "holds macros, which are programs",
                           "có macro, tức là có chương trình bên trong"),
                say!(lang, "save it as «Excel Workbook (.xlsx)», which has none",
                           "lưu dưới dạng «Sổ làm việc Excel (.xlsx)», loại không có macro")),
            Self::SheetTooLarge { sheet, cell } => (
                say!(lang, "sheet «{sheet}» reaches to {cell}; at most {ROWS_MAX} rows and {COLUMNS_MAX} columns are read",
                           "trang tính «{sheet}» kéo dài đến ô {cell}; chỉ đọc tối đa {ROWS_MAX} hàng và {COLUMNS_MAX} cột"),
                say!(lang, "delete what stands far away from the table; long lists belong in forms/lists",
                           "xóa những gì nằm xa bảng; danh sách dài thì để trong forms/lists")),
            Self::NoSurvey { sheets } => {
                let sheets = sheets.join("», «");
                (say!(lang, "has no sheet «survey»; its sheets are «{sheets}»",
                            "không có trang tính «survey»; các trang tính là «{sheets}»"),
                 say!(lang, "name the sheet with the questions «survey»",
                            "đặt tên trang tính chứa câu hỏi là «survey»"))
            }
            Self::NoColumn { sheet, column } => (
                say!(lang, "sheet «{sheet}» has no column «{column}»",
                           "trang tính «{sheet}» không có cột «{column}»"),
                say!(lang, "write «{column}» into the first row, above its column",
                           "ghi «{column}» vào hàng đầu tiên, phía trên cột đó")),
            Self::ColumnTwice { sheet, heading, first, second } => (
                say!(lang, "sheet «{sheet}» has the column «{heading}» twice, at {first} and {second}",
                           "trang tính «{sheet}» có hai cột «{heading}», ở {first} và {second}"),
                say!(lang, "rename one or delete it",
                           "đổi tên hoặc xóa một cột")),
            Self::NothingAsked { left } => (
                say!(lang, [left] "has no question that can be carried\n{left}",
                                  "không có câu hỏi nào nhập được\n{left}"),
                say!(lang, "write at least one question of a type such as text, integer, date or select_one",
                           "ghi ít nhất một câu hỏi thuộc loại như text, integer, date hoặc select_one")),
            Self::NoBegin { place, what } => (
                say!(lang, "{place}: «{what}» ends what was not begun",
                           "{place}: «{what}» kết thúc một nhóm chưa được mở"),
                say!(lang, "add the row that begins it above, or delete this one",
                           "thêm hàng mở nhóm ở phía trên, hoặc xóa hàng này")),
            Self::NoEnd { place, what } => (
                say!(lang, "{place}: «{what}» is not ended",
                           "{place}: «{what}» chưa được kết thúc"),
                say!(lang, "add the row that ends it below",
                           "thêm hàng kết thúc ở phía dưới")),
            Self::WrongEnd { place, what, begun } => (
                say!(lang, "{place}: here stands «{what}», but {begun} is still open",
                           "{place}: ở đây là «{what}», nhưng {begun} vẫn đang mở"),
                say!(lang, "end first what was begun last",
                           "kết thúc trước cái được mở sau cùng")),
            Self::NameTwice { place, name, first } => (
                say!(lang, "{place}: the name «{name}» is at {first} already",
                           "{place}: tên «{name}» đã có ở {first}"),
                say!(lang, "give each question of a group its own name",
                           "mỗi câu hỏi trong một nhóm cần một tên riêng")),
            Self::ChoiceTwice { place, name, list, first } => (
                say!(lang, "{place}: the choice «{name}» of the list «{list}» is at {first} already",
                           "{place}: lựa chọn «{name}» của danh sách «{list}» đã có ở {first}"),
                say!(lang, "give each choice of a list its own name",
                           "mỗi lựa chọn trong một danh sách cần một tên riêng")),
            Self::BadId { id } => (
                say!(lang, "`{id}` cannot be a service's id",
                           "«{id}» không dùng làm mã thủ tục được"),
                say!(lang, "use a–z, 0–9 and `-`: --id dang-ky-ho",
                           "dùng a–z, 0–9 và «-»: --id dang-ky-ho")),
            Self::IdTaken { id } => (
                say!(lang, "`/{id}/` is a page of the portal itself",
                           "«/{id}/» là trang của chính cổng"),
                say!(lang, "choose another one with --id",
                           "chọn mã khác bằng --id")),
            Self::NoPlace { path } => (
                say!(lang, "there is no folder of forms at {path}",
                           "không có thư mục biểu mẫu ở {path}"),
                say!(lang, "name with --out the folder that holds portal.toml",
                           "dùng --out để nêu thư mục chứa portal.toml")),
            Self::AlreadyThere { path } => (
                say!(lang, "{path} is there already, and nothing is overwritten",
                           "{path} đã có sẵn, và không có gì bị ghi đè"),
                say!(lang, "choose another id with --id, or delete it first",
                           "chọn mã khác bằng --id, hoặc xóa nó trước")),
            Self::NoOffice => (
                say!(lang, "portal.toml has no kind of office whose offices are the agencies themselves",
                           "portal.toml không có loại cơ quan nào là chính các cơ quan trong danh sách"),
                say!(lang, "add [offices.ward] without `prefix`",
                           "thêm [offices.ward] không có «prefix»")),
            Self::NotWritten { path, cause } => (
                say!(lang, [cause] "{path} could not be written: {cause}",
                                   "không ghi được {path}: {cause}"),
                say!(lang, "check the folder; nothing was kept of this import",
                           "kiểm tra thư mục; lần nhập này không để lại gì")),
            Self::Refused { faults } => (
                say!(lang, [faults] "the form made from it does not pass the check:\n{faults}",
                                    "biểu mẫu tạo ra từ tệp này không qua được kiểm tra:\n{faults}"),
                say!(lang, "correct these cells; if they are right, tell the makers of motcua",
                           "sửa các ô đó; nếu chúng đúng, hãy báo cho nhóm làm motcua")),
        }
    }
}
