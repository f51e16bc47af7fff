//! The declaration for a terminal: every line made harmless, whatever was typed.

use super::declaration::{Declaration, Mark};
use crate::escape::line;
use crate::ledger::{Ledger, Part};

pub(super) fn page(ledger: &Ledger, declarations: &[Declaration]) -> String {
    let mut out = Lines::default();
    for declaration in declarations {
        out.declaration(declaration);
    }
    out.parts(ledger);
    out.0
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add(&mut self, indent: usize, text: &str) {
        self.0.push_str(&" ".repeat(indent));
        self.0.push_str(&line(text));
        self.0.push('\n');
    }

    fn blank(&mut self) {
        self.0.push('\n');
    }

    fn declaration(&mut self, declaration: &Declaration) {
        self.add(0, &format!("TỜ KHAI: {}", declaration.title));
        self.add(0, &format!("Kính gửi: {}", declaration.addressee));
        for (label, value) in &declaration.particulars {
            self.add(0, &format!("{label}: {value}"));
        }
        for section in &declaration.sections {
            self.blank();
            self.add(0, &section.title);
            for row in &section.rows {
                // What was written on several lines stays on several, further in.
                let mut lines = row.value.split('\n');
                self.add(
                    2,
                    &format!("{}: {}", row.label, lines.next().unwrap_or_default()),
                );
                lines.for_each(|line| self.add(4, line));
                self.marks(&row.marks);
            }
        }
        if !declaration.remarks.is_empty() {
            self.blank();
            self.add(0, "Khác");
            self.marks(&declaration.remarks);
        }
        self.blank();
    }

    fn marks(&mut self, marks: &[Mark]) {
        for Mark {
            rule,
            severity,
            message,
        } in marks
        {
            self.add(4, &format!("! {severity} [{rule}] {message}"));
        }
    }

    /// What became of each part, for the operator.
    fn parts(&mut self, ledger: &Ledger) {
        for (role, part) in &ledger.parts {
            let state = match part {
                Part::HandedOver { file, .. } => format!("handed over, {}", file.display()),
                Part::Quarantined { cause, .. } => format!("quarantine ({cause}), still sealed"),
                Part::Elsewhere { .. } => "no key here, still sealed".to_owned(),
            };
            self.add(0, &format!("{role} → {}: {state}", part.office()));
        }
    }
}
