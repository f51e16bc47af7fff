//! The declaration as one HTML file to print: no script, nothing loaded, every value escaped. The
//! policy in its head would stop a script even if an escape were forgotten.

use super::declaration::{Declaration, Mark, Row, Sheet};
use crate::escape::html;
use crate::ledger::{Ledger, Part};

const HEAD: &str = r#"<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'">
<meta name="viewport" content="width=device-width">
<style>
body { font: 12pt/1.4 "Times New Roman", serif; max-width: 19cm; margin: 1cm auto; padding: 0 .5cm; }
article { break-after: page; }
h1 { font-size: 16pt; text-align: center; text-transform: uppercase; margin-bottom: 0; }
h2 { font-size: 12pt; border-bottom: 1px solid; break-after: avoid; }
.to { text-align: center; font-weight: bold; }
dl { display: grid; grid-template-columns: 40% 1fr; gap: .2em 1em; margin: 0; }
dt { color: #333; }
dd { margin: 0; font-weight: bold; overflow-wrap: anywhere; white-space: pre-wrap; }
dd ul { font-weight: normal; margin: 0; padding-left: 1.2em; }
.mark { border-left: 4px solid #b00; padding-left: .5em; list-style: none; }
footer { font-size: 9pt; color: #333; }
</style>
"#;

pub(super) fn page(ledger: &Ledger, declarations: &[Declaration]) -> String {
    let sheets: String = declarations.iter().map(article).collect();
    format!(
        "<!doctype html>\n<html lang=\"vi\">\n{HEAD}<title>{}</title>\n{sheets}{}</html>\n",
        html(&ledger.reference),
        footer(ledger)
    )
}

fn article(declaration: &Declaration) -> String {
    let Declaration {
        title,
        addressee,
        particulars,
        sections,
        remarks,
    } = declaration;
    let particulars: String = particulars
        .iter()
        .map(|(label, value)| pair(label, value, &[]))
        .collect();
    let sections: String = sections.iter().map(section).collect();
    let remarks = if remarks.is_empty() {
        String::new()
    } else {
        format!("<section>\n<h2>Khác</h2>\n{}</section>\n", marks(remarks))
    };
    format!(
        "<article>\n<h1>{}</h1>\n<p class=\"to\">Kính gửi: {}</p>\n<dl>\n{particulars}</dl>\n{sections}{remarks}</article>\n",
        html(title),
        html(addressee)
    )
}

fn section(sheet: &Sheet) -> String {
    let rows: String = sheet
        .rows
        .iter()
        .map(
            |Row {
                 label,
                 value,
                 marks,
             }| pair(label, value, marks),
        )
        .collect();
    format!(
        "<section>\n<h2>{}</h2>\n<dl>\n{rows}</dl>\n</section>\n",
        html(&sheet.title)
    )
}

fn pair(label: &str, value: &str, of: &[Mark]) -> String {
    let marks = if of.is_empty() {
        String::new()
    } else {
        marks(of)
    };
    format!("<dt>{}</dt><dd>{}{marks}</dd>\n", html(label), html(value))
}

fn marks(marks: &[Mark]) -> String {
    let items: String = marks
        .iter()
        .map(
            |Mark {
                 rule,
                 severity,
                 message,
             }| {
                let (severity, rule, message) = (html(severity), html(rule), html(message));
                format!("<li class=\"mark\"><strong>{severity}</strong> [{rule}] {message}</li>")
            },
        )
        .collect();
    format!("<ul>{items}</ul>")
}

fn footer(ledger: &Ledger) -> String {
    let parts: Vec<String> = ledger
        .parts
        .iter()
        .map(|(role, part)| {
            let state = match part {
                Part::HandedOver { .. } => "đã chuyển".to_owned(),
                Part::Quarantined { cause, .. } => format!("cách ly ({cause})"),
                Part::Elsewhere { .. } => "không có khóa tại đây".to_owned(),
            };
            html(&format!("{role} → {}: {state}", part.office()))
        })
        .collect();
    format!("<footer>{}</footer>\n", parts.join(" · "))
}
