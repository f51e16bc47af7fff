//! Vietnamese order (CLDR): a, ă, â, b, c, d, đ, e, ê … — Đ after D, tones after letters.

use std::cmp::Ordering;

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};
use icu_locale_core::locale;

/// Compares names as a Vietnamese dictionary does. Every list that a person reads is in this order, in every
/// language of the portal: the names are Vietnamese.
pub struct Order(CollatorBorrowed<'static>);

impl Default for Order {
    fn default() -> Self {
        Self::vietnamese()
    }
}

impl Order {
    /// The order of CLDR for `vi`.
    pub fn vietnamese() -> Order {
        let collator = Collator::try_new(locale!("vi").into(), CollatorOptions::default());
        Order(collator.expect("the order for Vietnamese is compiled in"))
    }

    /// Compares two names; equal names fall back to their bytes, so that the order never depends on the input's.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        self.0.compare(a, b).then_with(|| a.cmp(b))
    }

    /// Sorts by a name of each item.
    pub fn sort_by_name<T>(&self, items: &mut [T], name: impl Fn(&T) -> &str) {
        items.sort_by(|a, b| self.compare(name(a), name(b)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d_with_a_stroke_comes_after_d_and_before_e() {
        let mut names = vec![
            "Ê đê",
            "Đống Đa",
            "Dương Nội",
            "Dịch Vọng",
            "Đan Phượng",
            "Cầu Giấy",
            "Ở",
            "Ô Chợ Dừa",
            "Ăn",
            "An",
        ];
        Order::vietnamese().sort_by_name(&mut names, |name| name);
        assert_eq!(
            names,
            [
                "An",
                "Ăn",
                "Cầu Giấy",
                "Dịch Vọng",
                "Dương Nội",
                "Đan Phượng",
                "Đống Đa",
                "Ê đê",
                "Ô Chợ Dừa",
                "Ở"
            ]
        );
    }

    #[test]
    fn tones_decide_last() {
        let mut names = vec!["Mã", "Mạ", "Má", "Mà", "Ma", "Mả", "Mai"];
        Order::vietnamese().sort_by_name(&mut names, |name| name);
        assert_eq!(names, ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai"]);
    }
}
