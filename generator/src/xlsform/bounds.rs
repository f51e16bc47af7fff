//! Constraints in repeats, where there are no rules: bounds of a number or of a text's length.

use super::xpath::{Expr, parse};

/// `. >= 0 and . < 150` as keys of a whole number, `string-length(.) <= 20` as keys of a text; `None` when it says more.
pub(super) fn bounds(text: &str, kind: &str) -> Option<Vec<String>> {
    let (least, greatest) = match kind {
        "integer" => ("min", "max"),
        "text" | "multiline" => ("length_min", "length_max"),
        _ => return None,
    };
    let mut keys: Vec<String> = Vec::new();
    let mut waiting = vec![parse(text).ok()?];
    while let Some(expr) = waiting.pop() {
        let (sign, left, right) = match expr {
            Expr::Binary("and", left, right) => {
                waiting.extend([*right, *left]);
                continue;
            }
            Expr::Binary(sign, left, right) => (sign, *left, *right),
            _ => return None,
        };
        let own = match (kind, left) {
            ("integer", Expr::Own) => true,
            (_, Expr::Call(name, operands)) => {
                name == "string-length" && operands == [Expr::Own] && kind != "integer"
            }
            _ => false,
        };
        let bound: i64 = match right {
            Expr::Number(number) if own => number.parse().ok()?,
            Expr::Negative(inner) if own => match *inner {
                Expr::Number(number) => -number.parse::<i64>().ok()?,
                _ => return None,
            },
            _ => return None,
        };
        let (key, bound) = match sign {
            ">=" => (least, bound),
            ">" => (least, bound.checked_add(1)?),
            "<=" => (greatest, bound),
            "<" => (greatest, bound.checked_sub(1)?),
            _ => return None,
        };
        let is_length = kind != "integer";
        if (is_length && !(1..=10_000).contains(&bound))
            || keys.iter().any(|line| line.starts_with(key))
        {
            return None;
        }
        keys.push(format!("{key} = {bound}"));
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_in_repeats_are_bounds() {
        let keys = |text, kind| bounds(text, kind).map(|keys| keys.join(" "));
        assert_eq!(
            keys(". >= 0 and . < 150", "integer").as_deref(),
            Some("min = 0 max = 149")
        );
        assert_eq!(
            keys("string-length(.) <= 20", "text").as_deref(),
            Some("length_max = 20")
        );
        assert_eq!(keys(". > -5", "integer").as_deref(), Some("min = -4"));
        for (text, kind) in [
            (". != 5", "integer"),
            ("${x} > 5", "integer"),
            (". > 5", "text"),
            (". > 1 or . < 0", "integer"),
        ] {
            assert_eq!(keys(text, kind), None, "{text}");
        }
    }
}
