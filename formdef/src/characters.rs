//! Classes of characters that the checks share. The page's script has the same classes as regular expressions.

use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// `\p{L}`.
pub(crate) fn is_letter(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Letter
}

/// `\p{M}`: marks that stand on the letter before.
pub(crate) fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// `\p{N}`: digits and other signs of number.
pub(crate) fn is_number(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Number
}

/// Characters that nobody sees and that can make a text read as another one: controls, zero-width spaces, line
/// separators, direction marks. Answers never have them. As a regular expression:
/// `[\u0000-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]`.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1F}'
            | '\u{7F}'..='\u{9F}'
            | '\u{AD}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

/// White space at the ends of an answer is never kept: what JavaScript's `trim` takes away. U+0085 is a control there.
fn is_outer_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{FEFF}'
}

/// Whether a text is as the page writes it: NFC, nothing but words at its ends, not empty.
pub(crate) fn is_canonical(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(is_outer_space)
        && !text.ends_with(is_outer_space)
        && is_nfc(text)
}

/// Canonical and without invisible characters.
pub(crate) fn is_plain_text(text: &str) -> bool {
    is_canonical(text) && !text.contains(is_invisible)
}
