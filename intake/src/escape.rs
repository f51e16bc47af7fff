//! Answers are hostile until shown otherwise: what a person typed must neither steer a terminal
//! (escape sequences, text running right to left) nor become markup in a page.

/// True for characters that change how *other* text is shown: controls, line and paragraph
/// separators, marks and overrides of writing direction, and the byte order mark.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// For a terminal or plain file, one line: steering characters are shown as `\u{1b}`.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// JSON for a terminal: the same value, with steering characters as `\u001b` escapes.
///
/// In serialized JSON they can only stand inside strings, apart from the line ends between members.
pub(crate) fn json(serialized: &str) -> String {
    let mut out = String::with_capacity(serialized.len());
    for character in serialized.chars() {
        if steers(character) && character != '\n' {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// For HTML text and quoted attributes; steering characters stay visible as in [`line`].
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_escape_sequence() {
        assert_eq!(line("\u{1b}[31mĐỏ\u{7}"), "\\u{1b}[31mĐỏ\\u{7}");
        assert_eq!(line("a\nb\r\u{9b}2J"), "a\\u{a}b\\u{d}\\u{9b}2J");
    }

    #[test]
    fn text_cannot_run_backwards() {
        assert_eq!(line("giấy\u{202e}fdp.exe"), "giấy\\u{202e}fdp.exe");
        assert_eq!(
            line("\u{2066}\u{200f}\u{feff}"),
            "\\u{2066}\\u{200f}\\u{feff}"
        );
    }

    #[test]
    fn names_stay_as_they_are() {
        let name = "Y Blăm Niê Kdăm · Nguyễn Thị Ánh – “Bé”";
        assert_eq!(line(name), name);
        assert_eq!(html("Đỗ & Lê"), "Đỗ &amp; Lê");
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            html("<img src=x onerror='alert(\"1\")'>"),
            "&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;"
        );
    }

    #[test]
    fn json_is_the_same_value_without_controls() {
        let value = serde_json::json!({"a": "\u{202e}x\u{9b}\u{7f}"});
        let escaped = json(&value.to_string());
        assert_eq!(escaped, r#"{"a":"\u202ex\u009b\u007f"}"#);
        let back: serde_json::Value = serde_json::from_str(&escaped).expect("still JSON");
        assert_eq!(back, value);
    }
}
