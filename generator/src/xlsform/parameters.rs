//! The column `parameters`: `start=1 end=10 step=1`, between spaces, commas or semicolons.

/// The bounds of a question of type `range`, as they are written.
pub(super) struct Range {
    pub(super) start: String,
    pub(super) end: String,
    pub(super) step: String,
    /// What else stands there.
    pub(super) rest: Vec<String>,
}

impl Range {
    /// XLSForm's own bounds are 0 and 10, in steps of 1.
    pub(super) fn read(text: &str) -> Range {
        let mut range = Range {
            start: "0".into(),
            end: "10".into(),
            step: "1".into(),
            rest: Vec::new(),
        };
        let joined = text.replace(" =", "=").replace("= ", "=");
        let parts = joined
            .split([' ', ',', ';'])
            .filter(|part| !part.is_empty());
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) if is_number(value) => match name.to_lowercase().as_str() {
                    "start" => range.start = value.to_owned(),
                    "end" => range.end = value.to_owned(),
                    "step" => range.step = value.to_owned(),
                    _ => range.rest.push(part.to_owned()),
                },
                _ => range.rest.push(part.to_owned()),
            }
        }
        range
    }

    /// Whether all answers are whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        let parts = [&self.start, &self.end, &self.step];
        parts.iter().all(|part| part.parse::<i64>().is_ok())
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_bounds() {
        let range = Range::read("start=-5; end = 5, step=0.5 seed=x");
        assert_eq!((range.start.as_str(), range.end.as_str()), ("-5", "5"));
        assert_eq!((range.step.as_str(), range.is_whole()), ("0.5", false));
        assert_eq!(range.rest, ["seed=x"]);
        assert!(Range::read("").is_whole());
    }
}
