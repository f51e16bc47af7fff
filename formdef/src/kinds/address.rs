//! `address`: where mail arrives or people live, in Vietnam. Answer: `{"province", "ward"? | "unit"?, "detail"}`: in Hà Nội
//! the ward's code, elsewhere the words for commune and district.

use super::{Behaviour, Context, Finding, Shown, findings};
use crate::form::Field;
use crate::message::Code;
use crate::place::{
    Below, DETAIL, Object, PROVINCE, Part, UNIT, WARD, check_unit, display_unit, is_free_text, only,
};
use serde_json::Value;

pub(super) struct Address;

const PARTS: &[Part] = &[PROVINCE, WARD, UNIT, DETAIL];

impl Behaviour for Address {
    fn name(&self) -> &'static str {
        "address"
    }

    fn codes(&self) -> &'static [Code] {
        &[
            "shape",
            "R-ADDR",
            "R-ADDR/province",
            "R-ADDR/ward",
            "R-ADDR/unit",
            "R-ADDR/detail",
        ]
    }

    fn parts(&self, _: &Field) -> &'static [Part] {
        PARTS
    }

    fn check<'a>(
        &self,
        field: &'a Field,
        answer: &Value,
        context: &Context<'_>,
    ) -> Vec<Finding<'a>> {
        let code = match answer.as_object() {
            Some(place) if only(place, PARTS) => fault(place, context),
            _ => Some("shape"),
        };
        findings(field, code)
    }

    fn display(&self, _: &Field, answer: &Value, shown: &Shown<'_>) -> Option<String> {
        Some(display(answer.as_object()?, shown))
    }
}

/// What is wrong with an address in Vietnam.
pub(super) fn fault(place: &Object, context: &Context<'_>) -> Option<Code> {
    let detail = || (!is_free_text(place.get("detail"))).then_some("R-ADDR/detail");
    check_unit(place, Below::Ward, context).or_else(detail)
}

/// «Số 12, phố Hàng Thử, Phường Phúc Xá, Quận Ba Đình, Hà Nội».
pub(super) fn display(place: &Object, shown: &Shown<'_>) -> String {
    let detail = place
        .get("detail")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let lines = detail.into_iter().chain(display_unit(place, shown));
    lines.collect::<Vec<_>>().join(", ")
}
