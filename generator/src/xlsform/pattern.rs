//! The patterns of `regex()` that our functions can say: a fixed beginning, then a number of digits.

use super::translate::quoted;

/// `^0[0-9]{9}$`: the beginning, and how many digits follow.
pub(super) struct Pattern {
    start: String,
    least: usize,
    most: Option<usize>,
}

/// More digits no text has.
const DIGITS_MAX: usize = 1000;

impl Pattern {
    /// Reads a pattern, which always means the whole text; `None` when it says more than that.
    pub(super) fn parse(text: &str) -> Option<Pattern> {
        let text = text.strip_prefix('^').unwrap_or(text);
        let mut rest = text.strip_suffix('$').unwrap_or(text);
        let mut pattern = Pattern {
            start: String::new(),
            least: 0,
            most: Some(0),
        };
        let mut digits = false;
        while let Some(first) = rest.chars().next() {
            let class = ["[0-9]", "\\d"]
                .iter()
                .find_map(|class| rest.strip_prefix(class));
            if let Some(after) = class {
                digits = true;
                rest = pattern.repeat(after)?;
            } else if digits {
                return None;
            } else if first == '\\' {
                let literal = rest[1..]
                    .chars()
                    .next()
                    .filter(|c| !c.is_ascii_alphanumeric())?;
                pattern.start.push(literal);
                rest = &rest[1 + literal.len_utf8()..];
            } else if "[](){}.*+?|^$".contains(first) {
                return None;
            } else {
                pattern.start.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        (digits && pattern.least <= DIGITS_MAX).then_some(pattern)
    }

    /// `{9}`, `{9,12}`, `+`, `*`, `?` or nothing after a digit.
    fn repeat<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let (least, most, rest) = if let Some(inside) = rest.strip_prefix('{') {
            let (bounds, rest) = inside.split_once('}')?;
            let (least, most) = match bounds.split_once(',') {
                None => (bounds, Some(bounds)),
                Some((least, "")) => (least, None),
                Some((least, most)) => (least, Some(most)),
            };
            let most = match most {
                Some(most) => Some(most.trim().parse().ok()?),
                None => None,
            };
            (least.trim().parse().ok()?, most, rest)
        } else {
            match rest.chars().next() {
                Some('+') => (1, None, &rest[1..]),
                Some('*') => (0, None, &rest[1..]),
                Some('?') => (0, Some(1), &rest[1..]),
                _ => (1, Some(1), rest),
            }
        };
        self.least = self.least.checked_add(least)?;
        self.most = match (self.most, most) {
            (Some(known), Some(more)) => Some(known.checked_add(more)?),
            _ => None,
        };
        Some(rest)
    }

    /// That a text follows the pattern, in our language.
    pub(super) fn of(&self, answer: &str) -> String {
        let start = self.start.chars().count();
        let others = self.start.chars().filter(|c| !c.is_ascii_digit()).count();
        let (least, most) = (start + self.least, self.most.map(|most| start + most));
        let mut parts = Vec::new();
        if !self.start.is_empty() {
            parts.push(format!("starts_with({answer}, {})", quoted(&self.start)));
        }
        if most == Some(least) {
            parts.push(format!("size({answer}) == {least}"));
            parts.push(format!("digits({answer}) == {}", least - others));
            return parts.join(" && ");
        }
        if least > 1 {
            parts.push(format!("size({answer}) >= {least}"));
        }
        if let Some(most) = most {
            parts.push(format!("size({answer}) <= {most}"));
        }
        parts.push(match others {
            0 => format!("digits({answer}) == size({answer})"),
            others => format!("digits({answer}) == size({answer}) - {others}"),
        });
        parts.join(" && ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_digits_have_an_equal() {
        for (pattern, ours) in [
            ("^[0-9]{12}$", "size(x) == 12 && digits(x) == 12"),
            (
                "\\d{9,12}",
                "size(x) >= 9 && size(x) <= 12 && digits(x) == size(x)",
            ),
            ("[0-9]+", "digits(x) == size(x)"),
            (
                "\\+84[0-9]{9}",
                "starts_with(x, '+84') && size(x) == 12 && digits(x) == 11",
            ),
            (
                "0[0-9][0-9]?",
                "starts_with(x, '0') && size(x) >= 2 && size(x) <= 3 && digits(x) == size(x)",
            ),
        ] {
            let found = Pattern::parse(pattern).map(|pattern| pattern.of("x"));
            assert_eq!(found.as_deref(), Some(ours), "{pattern}");
        }
        for pattern in [
            "[A-Z]{2}",
            "a|b",
            "[0-9]{2}-[0-9]{2}",
            "",
            "abc",
            "[0-9]{x}",
            "\\w+",
        ] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
    }
}
