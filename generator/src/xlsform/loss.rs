//! What cannot be carried: one table. Each entry has its cell, what is there and what to do.

use formdef::{Bilingual, Lang, say};

use super::columns::At;
use super::types::Left;
use super::workbook::Odd;

/// A cell or a row that the form does not hold as the workbook has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    pub(super) at: At,
    pub(super) what: What,
}

/// What is lost, or not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    // Whole rows.
    Type {
        kind: Left,
        name: String,
    },
    UnknownType {
        name: String,
    },
    NoType,
    Disabled,
    NoName,
    NestedRepeat,
    PaperInRepeat,
    NotInRepeat {
        name: String,
    },
    NoSuchList {
        list: String,
    },
    NothingInGroup,
    /// Said by the check of the form that was made.
    Refused {
        message: Bilingual,
    },
    Uncalculated {
        text: String,
        cause: Cannot,
    },
    UnusedChoices {
        list: String,
        last: u32,
    },
    SecondChoice {
        name: String,
    },
    // Cells.
    Column {
        text: String,
    },
    Homeless {
        text: String,
    },
    Odd(Odd),
    Expression {
        text: String,
        cause: Cannot,
    },
    NoLabel {
        name: String,
    },
    Reference {
        text: String,
    },
    Markup {
        text: String,
    },
    Shown,
    Prefilled,
    BadDefault {
        text: String,
    },
    Filter {
        text: String,
    },
    Step {
        text: String,
    },
    Version {
        text: String,
    },
    Language {
        text: String,
    },
    // Columns and sheets.
    ForeignTexts {
        count: usize,
    },
    BorrowedTexts {
        count: usize,
        language: String,
    },
    Sheet,
}

/// Why an expression has no equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cannot {
    Unreadable {
        rest: String,
    },
    UnknownName {
        name: String,
    },
    SeveralNames {
        name: String,
    },
    LeftOut {
        name: String,
    },
    InsideRepeat {
        name: String,
    },
    InRepeat,
    Path {
        text: String,
    },
    Function {
        name: String,
    },
    Operator {
        name: &'static str,
    },
    Pattern {
        text: String,
    },
    NotAnOption {
        value: String,
        name: String,
    },
    Unlike,
    NotACondition,
    /// Said by the check of the form that was made.
    Refused {
        message: Bilingual,
    },
}

impl Loss {
    /// Sheet, cell and column, what is there, what to do: two lines.
    pub(super) fn show(&self, lang: Lang) -> String {
        let At {
            sheet,
            cell,
            heading,
            ..
        } = &self.at;
        let column = match heading.as_str() {
            "" => String::new(),
            heading => format!(" «{heading}»"),
        };
        let (what, mend) = self.what.words(lang);
        format!("{sheet}!{cell}{column}: {what}\n  = {mend}")
    }
}

impl What {
    /// What is there, what to do.
    #[rustfmt::skip] // One language, one line.
    pub(super) fn words(&self, lang: Lang) -> (String, String) {
        match self {
            Self::Type { kind, name } => {
                let (why, mend) = kind.words(lang);
                (say!(lang, "the question «{name}» is left out: {why}",
                            "bỏ câu hỏi «{name}»: {why}"), mend)
            }
            Self::UnknownType { name } => (
                say!(lang, "the row is left out: «{name}» is not a type of question",
                           "bỏ hàng này: «{name}» không phải là loại câu hỏi"),
                say!(lang, "write one of XLSForm's types, such as text, or add the field by hand",
                           "ghi một loại của XLSForm, như text, hoặc tự thêm trường")),
            Self::NoType => (
                say!(lang, "the row is left out: it has no type",
                           "bỏ hàng này: không ghi loại"),
                say!(lang, "write its type, or leave it: such rows are remarks in XLSForm",
                           "ghi loại, hoặc để nguyên: trong XLSForm hàng như vậy là ghi chú")),
            Self::Disabled => (
                say!(lang, "the row is left out: it is switched off",
                           "bỏ hàng này: hàng đã bị tắt"),
                say!(lang, "empty the cell «disabled» when it should be asked",
                           "xóa ô «disabled» nếu cần hỏi")),
            Self::NoName => (
                say!(lang, "the row is left out: it has no name",
                           "bỏ hàng này: không có tên"),
                say!(lang, "write a name such as ho_ten",
                           "ghi một tên, ví dụ ho_ten")),
            Self::NestedRepeat => (
                say!(lang, "the row is left out: a repeat inside a repeat has no equal",
                           "bỏ hàng này: nhóm lặp trong nhóm lặp không có tương đương"),
                say!(lang, "ask for it outside, or in a text for several lines",
                           "hỏi ở ngoài nhóm lặp, hoặc dùng ô chữ nhiều dòng")),
            Self::PaperInRepeat => (
                say!(lang, "the row is left out: a paper cannot be listed for each entry of a repeat",
                           "bỏ hàng này: không liệt kê được giấy tờ theo từng lần lặp"),
                say!(lang, "ask for it outside of the repeat, once for the whole form",
                           "yêu cầu một lần cho cả biểu mẫu, ở ngoài nhóm lặp")),
            Self::NotInRepeat { name } => (
                say!(lang, "the row is left out: «{name}» cannot stand in a repeat",
                           "bỏ hàng này: «{name}» không đứng trong nhóm lặp được"),
                say!(lang, "ask or work it out outside of the repeat",
                           "hỏi hoặc tính ở ngoài nhóm lặp")),
            Self::NoSuchList { list } => (
                say!(lang, "the question is left out: the sheet «choices» has no list «{list}»",
                           "bỏ câu hỏi này: trang tính «choices» không có danh sách «{list}»"),
                say!(lang, "add the list's rows, or correct its name here",
                           "thêm các hàng của danh sách, hoặc sửa lại tên ở đây")),
            Self::NothingInGroup => (
                say!(lang, "the group is left out: nothing in it is carried",
                           "bỏ nhóm này: không có gì trong nhóm nhập được"),
                say!(lang, "see what is said of its rows",
                           "xem phần nói về các hàng của nhóm")),
            Self::Refused { message } => {
                let why = message.of(lang);
                (say!(lang, "the row is left out: {why}",
                            "bỏ hàng này: {why}"),
                 say!(lang, "add the question by hand; formdef/LANGUAGE.md has all kinds",
                            "tự thêm câu hỏi; formdef/LANGUAGE.md có đủ các loại"))
            }
            Self::UnusedChoices { list, last } => (
                say!(lang, "the list «{list}», here to row {last}, is not used by any question that is carried",
                           "danh sách «{list}», từ đây đến hàng {last}, không được câu hỏi nào đã nhập dùng đến"),
                say!(lang, "nothing, or write it into forms/lists by hand",
                           "không cần làm gì, hoặc tự ghi vào forms/lists")),
            Self::SecondChoice { name } => (
                say!(lang, "the choice «{name}» is left out: its list has one of that name above",
                           "bỏ lựa chọn «{name}»: phía trên danh sách đã có tên này"),
                say!(lang, "give each choice of a list its own name",
                           "mỗi lựa chọn trong danh sách cần một tên riêng")),
            Self::Column { text } => (
                say!(lang, "«{text}» has no equal here",
                           "«{text}» không có tương đương ở đây"),
                say!(lang, "leave it out, or write what it is for by hand; formdef/LANGUAGE.md has all keys",
                           "bỏ qua, hoặc tự ghi điều cần thiết; formdef/LANGUAGE.md có đủ các khóa")),
            Self::Homeless { text } => (
                say!(lang, "«{text}» stands under no heading",
                           "«{text}» nằm ở cột không có tên"),
                say!(lang, "write the column's name into the first row, or delete the cell",
                           "ghi tên cột vào hàng đầu tiên, hoặc xóa ô này")),
            Self::Odd(Odd::Error) => (
                say!(lang, "the cell shows an error of the spreadsheet",
                           "ô đang hiện lỗi của bảng tính"),
                say!(lang, "correct its formula or type the text",
                           "sửa công thức hoặc gõ chữ vào ô")),
            Self::Odd(Odd::Formula) => (
                say!(lang, "the cell has a formula, but the file does not hold its result",
                           "ô có công thức, nhưng tệp không lưu kết quả"),
                say!(lang, "open the file in a spreadsheet program and save it, or type the text",
                           "mở tệp bằng chương trình bảng tính rồi lưu lại, hoặc gõ chữ vào ô")),
            Self::Odd(Odd::Merged) => (
                say!(lang, "the cell is merged with others, which count as empty",
                           "ô được gộp với các ô khác; các ô kia coi như trống"),
                say!(lang, "unmerge the cells and fill in each one",
                           "bỏ gộp ô và điền từng ô")),
            Self::Expression { text, cause } => {
                let (why, mend) = cause.words(lang);
                (say!(lang, "«{text}» is not carried: {why}",
                            "không nhập được «{text}»: {why}"), mend)
            }
            Self::Uncalculated { text, cause } => {
                let (why, mend) = cause.words(lang);
                (say!(lang, "the row is left out: «{text}» cannot be worked out here: {why}",
                            "bỏ hàng này: ở đây không tính được «{text}»: {why}"), mend)
            }
            Self::NoLabel { name } => (
                say!(lang, "there is no label: the name «{name}» stands in its place",
                           "không có nhãn: tên «{name}» đứng thay"),
                say!(lang, "write the words that people shall read",
                           "ghi những chữ mà người dân sẽ đọc")),
            Self::Reference { text } => (
                say!(lang, "«{text}» puts an answer into a text, which has no equal: «…» stands there",
                           "«{text}» đưa câu trả lời vào phần chữ, điều này không có tương đương: chỗ đó ghi «…»"),
                say!(lang, "word the text so that it does without",
                           "viết lại câu để không cần đến")),
            Self::Markup { text } => (
                say!(lang, "«{text}» has marks of Markdown or HTML, which people would see as they are",
                           "«{text}» có ký hiệu Markdown hoặc HTML, người dân sẽ thấy nguyên các ký hiệu đó"),
                say!(lang, "take the marks out",
                           "bỏ các ký hiệu đó")),
            Self::Shown => (
                say!(lang, "what is worked out is shown on the page; XLSForm would hide it",
                           "giá trị tính ra được hiện trên trang; XLSForm thì ẩn đi"),
                say!(lang, "write a label for it, or use its expression where it is needed and take the field out",
                           "ghi nhãn cho nó, hoặc đưa biểu thức vào chỗ cần và bỏ trường này")),
            Self::Prefilled => (
                say!(lang, "the answer is filled in as long as the person has not changed it; XLSForm works it out again each time",
                           "câu trả lời được điền sẵn khi người dân chưa sửa; XLSForm thì luôn tính lại"),
                say!(lang, "use kind = \"computed\" when nobody may change it",
                           "dùng kind = \"computed\" nếu không ai được sửa")),
            Self::BadDefault { text } => (
                say!(lang, "«{text}» is not carried as the first answer",
                           "không nhập «{text}» làm câu trả lời ban đầu"),
                say!(lang, "write `default` or `prefill` by hand; LANGUAGE.md says which kinds take them",
                           "tự ghi «default» hoặc «prefill»; LANGUAGE.md nêu loại trường nào dùng được")),
            Self::Filter { text } => (
                say!(lang, "«{text}» is not carried: only «column = ${{question}}» has an equal, so all choices are offered",
                           "không nhập được «{text}»: chỉ «cột = ${{câu hỏi}}» có tương đương, nên mọi lựa chọn đều hiện"),
                say!(lang, "use `within` with one question, or several lists with show_when",
                           "dùng «within» theo một câu hỏi, hoặc nhiều danh sách với show_when")),
            Self::Step { text } => (
                say!(lang, "«{text}» is not carried: numbers have no steps here",
                           "không nhập được «{text}»: ở đây số không có bước nhảy"),
                say!(lang, "nothing, or add a rule",
                           "không cần làm gì, hoặc thêm quy tắc")),
            Self::Version { text } => (
                say!(lang, "«{text}» cannot be a version: 1 stands there",
                           "«{text}» không dùng làm phiên bản được: ghi là 1"),
                say!(lang, "nothing: versions count 1, 2, 3, …",
                           "không cần làm gì: phiên bản đếm 1, 2, 3, …")),
            Self::Language { text } => (
                say!(lang, "«{text}» is not a language of this portal",
                           "«{text}» không phải là ngôn ngữ của cổng này"),
                say!(lang, "add it to `languages` in portal.toml and import again, or translate by hand",
                           "thêm vào «languages» trong portal.toml rồi nhập lại, hoặc tự dịch")),
            Self::ForeignTexts { count } => (
                say!(lang, "texts of a language that the portal lacks are left out: {count}",
                           "bỏ các đoạn chữ của ngôn ngữ mà cổng không có: {count}"),
                say!(lang, "add the language to `languages` in portal.toml and import again; a column says its language so: label::English (en)",
                           "thêm ngôn ngữ vào «languages» trong portal.toml rồi nhập lại; cột ghi ngôn ngữ như sau: label::Tiếng Việt (vi)")),
            Self::BorrowedTexts { count, language } => (
                say!(lang, "the portal's first language, «{language}», is missing: the words of this column stand in its place, {count} times",
                           "thiếu ngôn ngữ chính của cổng, «{language}»: chữ của cột này đứng thay, {count} lần"),
                say!(lang, "translate them",
                           "dịch các đoạn đó")),
            Self::Sheet => (
                say!(lang, "the sheet is not read: an XLSForm has survey, choices and settings",
                           "không đọc trang tính này: XLSForm có survey, choices và settings"),
                say!(lang, "move what belongs to the form into one of them",
                           "chuyển những gì thuộc biểu mẫu vào một trong các trang đó")),
        }
    }
}

impl Left {
    /// Why, what to do.
    #[rustfmt::skip] // One language, one line.
    fn words(self, lang: Lang) -> (String, String) {
        match self {
            Self::Metadata => (
                say!(lang, "a portal collects nothing from a telephone by itself",
                           "cổng không tự thu thập gì từ điện thoại"),
                say!(lang, "nothing: the moment of sending is always known",
                           "không cần làm gì: thời điểm gửi luôn được biết")),
            Self::Position => (
                say!(lang, "positions are not asked",
                           "không hỏi vị trí"),
                say!(lang, "ask for an address: kind = \"address\"",
                           "hỏi địa chỉ: kind = \"address\"")),
            Self::Recording => (
                say!(lang, "sound and film are not taken",
                           "không nhận âm thanh và phim"),
                say!(lang, "ask for a picture or a text",
                           "hỏi ảnh hoặc chữ")),
            Self::ListFile => (
                say!(lang, "its choices are in a file beside the workbook",
                           "các lựa chọn nằm trong tệp khác"),
                say!(lang, "write them into forms/lists and use kind = \"choice\" with `list`",
                           "ghi vào forms/lists và dùng kind = \"choice\" với «list»")),
            Self::Moment => (
                say!(lang, "no kind asks for day and hour in one answer",
                           "không có loại nào hỏi ngày và giờ trong một câu"),
                say!(lang, "ask twice: kind = \"date\" and kind = \"time\"",
                           "hỏi hai lần: kind = \"date\" và kind = \"time\"")),
            Self::Barcode => (
                say!(lang, "codes are not read by the camera",
                           "không đọc mã bằng máy ảnh"),
                say!(lang, "ask for the number: kind = \"text\"",
                           "hỏi số: kind = \"text\"")),
            Self::Hidden => (
                say!(lang, "nothing is sent that people do not see",
                           "không gửi gì mà người dân không thấy"),
                say!(lang, "use kind = \"computed\", which is shown",
                           "dùng kind = \"computed\", có hiện trên trang")),
            Self::Loop => (
                say!(lang, "loops of old forms have no equal",
                           "vòng lặp kiểu cũ không có tương đương"),
                say!(lang, "use begin_repeat, or write the questions out",
                           "dùng begin_repeat, hoặc ghi rõ từng câu hỏi")),
        }
    }
}

impl Cannot {
    /// Why, what to do.
    #[rustfmt::skip] // One language, one line.
    fn words(&self, lang: Lang) -> (String, String) {
        let by_hand = say!(lang, "write it by hand in the language of forms; see «Expressions» in formdef/LANGUAGE.md",
                                 "tự ghi bằng ngôn ngữ của biểu mẫu; xem phần «Expressions» trong formdef/LANGUAGE.md");
        match self {
            Self::Unreadable { rest } => (
                say!(lang, "it cannot be read from «{rest}» on",
                           "không đọc được từ «{rest}»"),
                say!(lang, "correct the expression",
                           "sửa lại biểu thức")),
            Self::UnknownName { name } => (
                say!(lang, "there is no question «{name}»",
                           "không có câu hỏi «{name}»"),
                say!(lang, "correct the name",
                           "sửa lại tên")),
            Self::SeveralNames { name } => (
                say!(lang, "several questions are called «{name}»",
                           "có nhiều câu hỏi tên «{name}»"),
                say!(lang, "give each its own name",
                           "mỗi câu hỏi cần một tên riêng")),
            Self::LeftOut { name } => (
                say!(lang, "the question «{name}» is left out itself",
                           "chính câu hỏi «{name}» đã bị bỏ"),
                say!(lang, "see what is said of that row",
                           "xem phần nói về hàng đó")),
            Self::InsideRepeat { name } => (
                say!(lang, "«{name}» is asked once an entry of a repeat",
                           "«{name}» được hỏi theo từng lần lặp"),
                say!(lang, "use the number of entries or their sum: size(repeat), sum(repeat.member)",
                           "dùng số lần lặp hoặc tổng: size(nhóm), sum(nhóm.trường)")),
            Self::InRepeat => (
                say!(lang, "fields of a repeat have no conditions and rules of their own",
                           "trường của nhóm lặp không có điều kiện và quy tắc riêng"),
                say!(lang, "ask outside of the repeat, or leave it to the officer",
                           "hỏi ở ngoài nhóm lặp, hoặc để cán bộ kiểm tra")),
            Self::Path { text } => (
                say!(lang, "«{text}» is a way through the document",
                           "«{text}» là đường dẫn trong tài liệu"),
                say!(lang, "name the question: ${{name}}",
                           "nêu tên câu hỏi: ${{tên}}")),
            Self::Function { name } => (
                say!(lang, "{name}() has no equal, or not with these values",
                           "{name}() không có tương đương, hoặc không dùng với các giá trị này"), by_hand),
            Self::Operator { name } => (
                say!(lang, "«{name}» has no equal",
                           "«{name}» không có tương đương"), by_hand),
            Self::Pattern { text } => (
                say!(lang, "the pattern «{text}» has no equal; a number of digits, with a fixed beginning, has",
                           "mẫu «{text}» không có tương đương; chỉ có dãy chữ số, với phần đầu cố định"), by_hand),
            Self::NotAnOption { value, name } => (
                say!(lang, "«{value}» is not a choice of «{name}»",
                           "«{value}» không phải là lựa chọn của «{name}»"),
                say!(lang, "correct the value",
                           "sửa lại giá trị")),
            Self::Unlike => (
                say!(lang, "what it compares or joins is not of one kind",
                           "các giá trị được so sánh hoặc ghép không cùng loại"), by_hand),
            Self::NotACondition => (
                say!(lang, "it is not something that is true or false",
                           "biểu thức không cho kết quả đúng hoặc sai"), by_hand),
            Self::Refused { message } => {
                let why = message.of(lang);
                (why.to_owned(), by_hand)
            }
        }
    }
}
