//! What stands above the questions: title, version, who reads the answers, the question for the office.

use formdef::say;

use super::Request;
use super::lines::{Lines, comment, own_words, quoted};
use super::plan::AGENCY;
use super::settings::Settings;
use super::texts::Words;
use crate::portal::Portal;

/// What stands above the questions.
pub(super) struct Head<'h> {
    pub(super) id: &'h str,
    pub(super) settings: &'h Settings,
    /// The role that reads everything: the first kind of office that is an agency itself.
    pub(super) role: &'h str,
    pub(super) request: &'h Request<'h>,
    pub(super) portal: &'h Portal,
}

impl Head<'_> {
    pub(super) fn title(&self) -> String {
        let file = self.request.file.file_stem().unwrap_or_default();
        self.settings
            .title
            .clone()
            .unwrap_or_else(|| file.to_string_lossy().into_owned())
    }

    /// Title, version, who reads it, and the question for the office, which XLSForm does not know.
    pub(super) fn lines(&self, title: &Words) -> Lines {
        let (lang, languages) = (self.request.lang, &self.portal.languages);
        let file = self
            .request
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut lines = Lines::default();
        let mut remark = |text: String| lines.push(comment(&text));
        remark(say!(
            lang,
            "Imported from {file}. `# survey!A12` says from which cell a field came.",
            "Nhập từ {file}. «# survey!A12» cho biết trường lấy từ ô nào."
        ));
        lines.words("title", title, languages);
        lines.push(format!("version = {}", self.settings.version));
        lines.push(comment(&say!(
            lang,
            "XLSForm knows no level: write the right one, 1 to 4.",
            "XLSForm không có mức độ: ghi mức độ đúng, từ 1 đến 4."
        )));
        lines.push("level = 3");
        lines.push(comment(&say!(
            lang,
            "A trial is marked so on every page. Take the line out when the form is ready.",
            "Bản chạy thử được ghi rõ trên mọi trang. Bỏ dòng này khi biểu mẫu đã sẵn sàng."
        )));
        lines.push("mode = \"trial\"");
        lines.push("");
        lines.push(comment(&say!(
            lang,
            "XLSForm knows no offices: the one that the person chooses reads everything.",
            "XLSForm không có cơ quan: cơ quan mà người dân chọn đọc được mọi câu trả lời."
        )));
        lines.push("[recipients]");
        lines.push(format!("{} = {}", self.role, quoted(AGENCY)));
        lines.push("");
        lines.push("[[section]]");
        lines.push("id = \"office\"");
        lines.words(
            "title",
            &own_words(
                |lang| say!(lang, "Authority", "Cơ quan tiếp nhận"),
                languages,
            ),
            languages,
        );
        lines.push("");
        lines.push("[[section.field]]");
        lines.push(format!("id = {}", quoted(AGENCY)));
        lines.push("kind = \"agency\"");
        lines.words(
            "label",
            &own_words(
                |lang| say!(lang, "Addressed to (authority)", "Kính gửi (cơ quan)"),
                languages,
            ),
            languages,
        );
        lines.push("required = true");
        lines
    }
}
