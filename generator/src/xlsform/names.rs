//! Names of XLSForm → ids of our language and codes of our lists.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that mean something else where an id could stand.
const RESERVED: &[&str] = &["in", "true", "false"];
/// The longest code of a list.
const CODE_CHARACTERS_MAX: usize = 32;

/// A word for a field or a member: `Họ-Tên` is `ho_ten`. `taken` grows by it.
pub(super) fn field_id(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut word = ascii(name, '_');
    if !word.starts_with(|c: char| c.is_ascii_lowercase()) || RESERVED.contains(&word.as_str()) {
        word = format!("q_{}", word.trim_start_matches('_'));
    }
    unique(word, "_", taken)
}

/// A word for a section or a folder: `Nhân khẩu` is `nhan-khau`.
pub(super) fn slug(name: &str) -> String {
    let word = ascii(name, '-');
    let parts: Vec<&str> = word.split('-').filter(|part| !part.is_empty()).collect();
    let word = parts.join("-").replace('_', "-");
    match word.starts_with(|c: char| c.is_ascii_lowercase()) {
        true => word.trim_end_matches('-').to_owned(),
        false => format!("f-{word}").trim_end_matches('-').to_owned(),
    }
}

/// A section's id.
pub(super) fn section_id(name: &str, taken: &mut BTreeSet<String>) -> String {
    unique(slug(name), "-", taken)
}

/// A code of a list: the name itself where it can be one.
pub(super) fn code(name: &str, taken: &mut BTreeSet<String>) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let plain = match name.chars().all(good) {
        true => name.to_owned(),
        false => bare(name).map(|c| if good(c) { c } else { '-' }).collect(),
    };
    let short: String = plain.chars().take(CODE_CHARACTERS_MAX).collect();
    if taken.insert(short.clone()) {
        return short;
    }
    let short: String = plain.chars().take(CODE_CHARACTERS_MAX - 6).collect();
    unique(short, "-", taken)
}

fn unique(word: String, joint: &str, taken: &mut BTreeSet<String>) -> String {
    let mut id = word.clone();
    let mut number = 2;
    while !taken.insert(id.clone()) {
        id = format!("{word}{joint}{number}");
        number += 1;
    }
    id
}

/// Lower case, without marks over and under letters; `joint` for all else.
fn ascii(name: &str, joint: char) -> String {
    let lower = name.to_lowercase();
    bare(&lower)
        .map(|c| match c {
            'a'..='z' | '0'..='9' | '_' => c,
            _ => joint,
        })
        .collect()
}

/// Letters without their marks: `Đường` is `Duong`.
fn bare(name: &str) -> impl Iterator<Item = char> + '_ {
    let unmarked = name.nfd().filter(|c| !is_combining_mark(*c));
    unmarked.map(|c| match c {
        'đ' => 'd',
        'Đ' => 'D',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        let mut taken = BTreeSet::new();
        let mut id = |name| field_id(name, &mut taken);
        assert_eq!(id("Họ-Tên"), "ho_ten");
        assert_eq!(id("ho_ten"), "ho_ten_2");
        assert_eq!(id("1st"), "q_1st");
        assert_eq!(id("in"), "q_in");
        assert_eq!(id("_x"), "q_x");
        assert_eq!(slug("Đơn đề nghị (mẫu 1)"), "don-de-nghi-mau-1");
        assert_eq!(slug("2016"), "f-2016");
        let mut codes = BTreeSet::new();
        assert_eq!(code("NUOI_DUONG", &mut codes), "NUOI_DUONG");
        assert_eq!(code("nuôi dưỡng", &mut codes), "nuoi-duong");
        assert_eq!(code("nuôi/dưỡng", &mut codes), "nuoi-duong-2");
        assert_eq!(code(&"x".repeat(40), &mut codes).len(), 32);
    }
}
