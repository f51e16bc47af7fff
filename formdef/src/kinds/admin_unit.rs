//! `admin-unit`: where something is or was, without house number. Answer: `{"province", "ward"? | "unit"?}`: in Hà Nội
//! (`01`) a ward of today by its code, or an old unit in words; elsewhere in words. With `levels = 1` only the province.

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::form::Field;
use crate::message::Code;
use crate::place::{Below, PROVINCE, Part, UNIT, WARD, check_unit, display_unit, only};
use serde_json::Value;

/// Province, district, ward.
const LEVELS_ALL: u8 = 3;

pub(super) struct AdminUnit;

const PARTS: &[Part] = &[PROVINCE, WARD, UNIT];

impl Behaviour for AdminUnit {
    fn name(&self) -> &'static str {
        "admin-unit"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["levels"]
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "R-ADDR",
            "R-ADDR/province",
            "R-ADDR/ward",
            "R-ADDR/unit",
        ]
    }

    fn complete(&self, field: &mut Field) {
        field.levels.get_or_insert(LEVELS_ALL);
    }

    /// What is asked down to the field's last level.
    fn parts(&self, field: &Field) -> &'static [Part] {
        if only_province(field) {
            &PARTS[..1]
        } else {
            PARTS
        }
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let below = if only_province(field) {
            Below::Nothing
        } else {
            Below::WardOrWords
        };
        let code = match answer.as_object() {
            Some(unit) if only(unit, PARTS) => check_unit(unit, below, context),
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(display_unit(answer.as_object()?, shown).join(", "))
    }
}

fn only_province(field: &Field) -> bool {
    field.levels == Some(1)
}
