//! `person-name`: a person's name in one piece, as on the papers. Answer: a string as typed, in NFC, one space between
//! words, 2 to 100 code points. Single words and names such as `Y Blăm Niê Kdăm` or `H'Hen Niê` are names.

use super::{Behaviour, Context, Finding, Shown, findings, plain};
use crate::characters::{is_canonical, is_letter, is_mark, is_number};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::message::Code;
use serde_json::{Value, json};

const LENGTH_MIN: usize = 2;
const LENGTH_MAX: usize = 100;

pub(super) struct PersonName;

impl Behaviour for PersonName {
    fn name(&self) -> &'static str {
        "person-name"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["capitals"]
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "R-NAME",
            "R-NAME/length",
            "R-NAME-VN",
            "look-alike",
        ]
    }

    fn meaning(&self, _: &Field) -> Meaning {
        plain(Type::Text)
    }

    fn check<'a>(&self, field: &'a Field, answer: &Value, _: &Context<'_>) -> Vec<Finding<'a>> {
        findings(field, fault(answer))
    }

    fn display(&self, field: &Field, answer: &Value, _: &Shown<'_>) -> Option<String> {
        let name = answer.as_str()?;
        Some(if field.capitals {
            name.to_uppercase()
        } else {
            name.to_owned()
        })
    }

    fn schema(&self, _: &Field, _: &Shown<'_>) -> Value {
        json!({"type": "string", "minLength": LENGTH_MIN, "maxLength": LENGTH_MAX})
    }
}

fn fault(answer: &Value) -> Option<Code> {
    let name = answer.as_str().filter(|name| is_canonical(name));
    let Some(name) = name.filter(|name| !name.contains("  ")) else {
        return Some("shape");
    };
    let belongs = |c| is_letter(c) || is_mark(c) || matches!(c, ' ' | '-' | '\'' | '’' | '.');
    if name.contains(is_number) {
        Some("R-NAME-VN")
    } else if !name.chars().all(belongs) || !name.contains(is_letter) {
        Some("R-NAME")
    } else if !(LENGTH_MIN..=LENGTH_MAX).contains(&name.chars().count()) {
        Some("R-NAME/length")
    } else {
        // Letters of other languages that look like the Vietnamese «Đ».
        name.contains(['Ð', 'Ɖ', 'ð', 'ɖ']).then_some("look-alike")
    }
}
