//! Questions of every sort, as TOML, with conditions and rules among them.

use std::fmt::Write;

use super::chance::Chance;
use super::words::{ASKED, Words};

/// The kinds and how often they stand among a hundred questions.
const KINDS: [(&str, usize); 18] = [
    ("text", 20),
    ("choice", 16),
    ("yes-no", 8),
    ("date", 8),
    ("integer", 7),
    ("person-name", 6),
    ("multiline", 5),
    ("money", 5),
    ("id-paper", 4),
    ("phone", 4),
    ("attachment", 4),
    ("number", 3),
    ("multi-choice", 3),
    ("address", 2),
    ("residence", 2),
    ("partial-date", 1),
    ("email", 1),
    ("repeat", 1),
];
/// What may stand below a question.
const HINTS: [&str; 3] = [
    "hint.vi = \"Ghi đúng như trong giấy tờ đã được cấp.\"\nhint.en = \"As it stands in the papers that you hold.\"\n",
    "hint.vi = \"Không rõ thì để trống.\"\nhint.en = \"Leave it empty if you are not sure.\"\n",
    "hint.vi = \"Hỏi bộ phận một cửa nếu bạn cần giúp.\"\nhint.en = \"The one-stop desk helps if you need it.\"\n",
];
/// Lists that many forms use.
pub(super) const LISTS: usize = 24;
const CONDITIONAL_PERCENT: usize = 25;
const RULED_PERCENT: usize = 30;

/// Writes questions below one another.
pub(super) struct Questions<'a> {
    pub(super) toml: String,
    /// `field` in a shared section, `section.field` in a form.
    pub(super) table: &'static str,
    pub(super) chance: &'a mut Chance,
}

impl Questions<'_> {
    /// `count` questions `{prefix}.q1`, `{prefix}.q2`, … of one section.
    pub(super) fn write(&mut self, prefix: &str, count: usize, about: Words) {
        // The last question by which another one can be shown.
        let mut decides: Option<String> = None;
        for number in 1..=count {
            let id = format!("{prefix}.q{number}");
            let kind = self.kind();
            let condition = decides
                .clone()
                .filter(|_| self.chance.percent(CONDITIONAL_PERCENT));
            self.question(&id, kind, about, condition.as_deref());
            if kind == "yes-no" && condition.is_none() {
                decides = Some(id);
            }
        }
    }

    fn kind(&mut self) -> &'static str {
        let all = KINDS.iter().map(|(_, often)| often).sum();
        let mut left = self.chance.below(all);
        for (kind, often) in KINDS {
            if left < often {
                return kind;
            }
            left -= often;
        }
        "text"
    }

    fn question(&mut self, id: &str, kind: &str, about: Words, condition: Option<&str>) {
        let table = self.table;
        let (vi, en) = ASKED[self.chance.below(ASKED.len())];
        let _ = write!(
            self.toml,
            "\n[[{table}]]\nid = \"{id}\"\nkind = \"{kind}\"\nlabel.vi = \"{vi} ({})\"\nlabel.en = \"{en} ({})\"\n",
            about.0, about.1
        );
        if self.chance.percent(30) {
            let hint = self.chance.pick(&HINTS);
            self.toml += hint;
        }
        if !matches!(kind, "repeat") {
            let required = self.chance.percent(60);
            let _ = writeln!(self.toml, "required = {required}");
        }
        if let Some(condition) = condition {
            let _ = writeln!(self.toml, "show_when = \"{condition}\"");
        }
        self.keys(kind);
        self.rule(id, kind);
    }

    fn keys(&mut self, kind: &str) {
        match kind {
            "text" => self.toml += "length_max = 120\n",
            "integer" | "money" => self.toml += "min = 0\nmax = 900000000\n",
            "choice" | "multi-choice" if self.chance.percent(50) => {
                let list = self.chance.below(LISTS);
                let _ = writeln!(self.toml, "list = \"danh-muc-{list:02}\"");
            }
            "choice" | "multi-choice" => {
                let count = 2 + self.chance.below(6);
                let option = |number| {
                    format!(
                        "{{ value = \"l{number}\", label.vi = \"Loại {number}\", label.en = \"Sort {number}\" }}"
                    )
                };
                let options: Vec<_> = (1..=count).map(option).collect();
                let _ = writeln!(self.toml, "options = [{}]", options.join(", "));
            }
            "attachment" => self.toml += "count_max = 3\ntypes = [\"jpeg\", \"png\", \"pdf\"]\n",
            "repeat" => {
                let table = self.table;
                let _ = write!(
                    self.toml,
                    "max = 10\n\n[[{table}.field]]\nid = \"name\"\nkind = \"person-name\"\nlabel.vi = \"Họ và tên\"\nlabel.en = \"Full name\"\nrequired = true\n\n[[{table}.field]]\nid = \"born\"\nkind = \"date\"\nlabel.vi = \"Ngày sinh\"\nlabel.en = \"Date of birth\"\nrequired = false\n"
                );
            }
            _ => {}
        }
    }

    fn rule(&mut self, id: &str, kind: &str) {
        let (assert, vi, en) = match kind {
            "date" | "partial-date" => (
                format!("{id} <= today()"),
                "Ngày không được sau ngày nộp hồ sơ.",
                "The date cannot be after the day of submission.",
            ),
            "integer" | "money" => (
                format!("{id} != 13"),
                "Hãy kiểm tra lại con số này.",
                "Check this number again.",
            ),
            "text" => (
                format!("size({id}) > 1"),
                "Hãy ghi đầy đủ hơn.",
                "Say a little more.",
            ),
            _ => return,
        };
        if self.chance.percent(RULED_PERCENT) {
            let table = self.table;
            let _ = write!(
                self.toml,
                "\n[[{table}.rule]]\nid = \"R-C\"\nassert = \"{assert}\"\nmessage.vi = \"{vi}\"\nmessage.en = \"{en}\"\n"
            );
        }
    }
}
