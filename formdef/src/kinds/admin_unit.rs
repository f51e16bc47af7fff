//! `admin-unit`: where something is or was, without house number. Answer: `{"province", "ward"? | "unit"?}`: in Hà Nội
//! (`01`) a ward of today by its code, or an old unit in words; elsewhere in words. With `levels = 1` only the province.

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::expr::types::{Meaning, Type};
use crate::form::Field;
use crate::list::Lists;
use crate::message::Code;
use crate::place::{self, Below, check_unit, display_unit, free_text_schema, only};
use serde_json::Value;

/// Province, district, ward.
const LEVELS_ALL: u8 = 3;

pub(super) struct AdminUnit;

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

    fn lists(&self, field: &Field) -> Vec<String> {
        let lists: &[&str] = if only_province(field) {
            &["provinces"]
        } else {
            &["provinces", "agencies"]
        };
        lists.iter().map(|id| (*id).to_owned()).collect()
    }

    fn meaning(&self, field: &Field, lists: &Lists) -> Meaning {
        let mut parts = place::parts(lists);
        parts.truncate(if only_province(field) { 1 } else { parts.len() });
        Meaning {
            whole: Type::Record(self.name()),
            parts,
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
            Some(unit) if only(unit, &["province", "ward", "unit"]) => {
                check_unit(unit, below, context)
            }
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(display_unit(answer.as_object()?, shown).join(", "))
    }

    fn schema(&self, field: &Field, shown: &Shown<'_>) -> Value {
        let members = [
            ("province", shown.schema("provinces")),
            ("ward", shown.schema("agencies")),
            ("unit", free_text_schema()),
        ];
        let count = if only_province(field) {
            1
        } else {
            members.len()
        };
        place::schema(&members[..count], &["province"])
    }
}

fn only_province(field: &Field) -> bool {
    field.levels == Some(1)
}
