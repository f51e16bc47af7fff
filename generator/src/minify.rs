//! Pages, style and script in fewer bytes.
//!
//! Pages are written by our own templates, eight thousand at a time: [`html()`] is one pass over the text. (A library that
//! builds a tree costs thirty times as much, and deletes spaces that people see.) `tests/minified_pages.rs` compares
//! text, gaps and controls of every built page, and its size with what `minify-html` makes of it. Style and script are
//! few, and shortened by the two libraries that it calls for them, `lightningcss` and `oxc`: its own tables of HTML alone
//! cost each start 10 MB of memory.

use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{CompressOptions, MangleOptions, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::SourceType;

mod html;

/// A page in fewer bytes that reads, prints and answers the same.
pub(crate) fn html(page: &[u8]) -> Vec<u8> {
    html::small(page)
}

/// A style sheet in fewer bytes; as it is, when the library cannot read it.
pub fn css(sheet: &str) -> String {
    smaller_css(sheet).unwrap_or_else(|| sheet.to_owned())
}

fn smaller_css(sheet: &str) -> Option<String> {
    let mut read = StyleSheet::parse(sheet, ParserOptions::default()).ok()?;
    read.minify(MinifyOptions::default()).ok()?;
    let without_gaps = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    Some(read.to_css(without_gaps).ok()?.code)
}

/// A page's script in fewer bytes: an ES module whose every name is its own and can be shortened, as it says for itself
/// under which names it imports and exports. As it is, when it is not JavaScript.
///
/// `minify-html` calls the same library, but writes the script with the long names again.
pub fn script(script: &str) -> String {
    let allocator = Allocator::default();
    let mut parsed = Parser::new(&allocator, script, SourceType::mjs()).parse();
    if !parsed.errors.is_empty() {
        return script.to_owned();
    }
    let mangle = MangleOptions {
        top_level: true,
        ..MangleOptions::default()
    };
    let options = MinifierOptions {
        mangle: Some(mangle),
        compress: Some(CompressOptions::smallest()),
    };
    let names = Minifier::new(options).minify(&allocator, &mut parsed.program);
    Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(names.scoping)
        .build(&parsed.program)
        .code
}

/// Where a module stops being JavaScript, as a byte of it, and why; `None` when it is.
pub fn script_fault(module: &str) -> Option<(usize, String)> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, module, SourceType::mjs()).parse();
    let error = parsed.errors.first()?;
    let label = error.labels.as_ref().and_then(|labels| labels.first());
    Some((
        label.map_or(0, |label| label.offset()),
        error.message.to_string(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(page: &str) -> String {
        String::from_utf8(super::html(page.as_bytes())).expect("the page was UTF-8")
    }

    #[test]
    fn keeps_the_gap_between_inline_siblings() {
        for parent in [
            "div", "nav", "form", "fieldset", "section", "footer", "p", "li",
        ] {
            let page = format!("<{parent}>Bước <b>1</b> <i>trên</i>\n  <b>3</b></{parent}>");
            assert_eq!(
                html(&page),
                format!("<{parent}>Bước <b>1</b> <i>trên</i> <b>3</b></{parent}>")
            );
        }
    }

    #[test]
    fn keeps_the_gap_at_the_edge_of_a_label() {
        assert_eq!(
            html("<div>\n  <label for=\"a\">Họ tên </label><input id=\"a\" type=\"text\">\n</div>"),
            "<div><label for=a>Họ tên </label><input id=a type=text></div>"
        );
    }

    #[test]
    fn deletes_space_between_blocks() {
        assert_eq!(
            html("<div>\n  <p>một</p>\n\n  <p>hai</p>\n</div>"),
            "<div><p>một</p><p>hai</p></div>"
        );
    }

    #[test]
    fn keeps_controls_and_their_values() {
        let page = "<form method=\"get\"><select name=\"a\"><option value=\"\">Chọn</option></select><input type=\"radio\" value=\"\" name=\"b\"><button type=\"submit\">Gửi</button></form>";
        let small = html(page);
        for kept in [
            "method=get",
            "<option value=\"\">Chọn",
            "type=radio",
            "type=submit",
        ] {
            assert!(small.contains(kept), "{kept} is missing in {small}");
        }
    }

    #[test]
    fn leaves_verbatim_text_alone() {
        let page = "<div><script type=\"application/json\" id=\"motcua\">{\"a\":\"<\\/b>  c\"}</script><textarea> a\n b </textarea></div>";
        let small = html(page);
        assert!(small.contains("{\"a\":\"<\\/b>  c\"}"), "{small}");
        assert!(small.contains("> a\n b </textarea>"), "{small}");
    }

    #[test]
    fn keeps_what_a_value_and_a_text_say() {
        for (page, small) in [
            (
                "<a  title=\"a b\"\n href='/x'>1 &lt; 2 &amp;amp; &quot;3&quot;</a>",
                "<a href=/x title=\"a b\">1 &lt; 2 &amp;amp; \"3\"</a>",
            ),
            ("<a href=\"/x/\">b</a>", "<a href=/x/>b</a>"),
            ("<a href=/x/>b</a>", "<a href=/x/>b</a>"),
            (
                "<p title='say \"a\"'>b<br />c",
                "<p title=\"say &quot;a&quot;\">b<br>c",
            ),
            ("<p>a <!-- > no --> b</p>", "<p>a b</p>"),
            ("<svg><path d=\"M0\"/></svg>", "<svg><path d=M0 /></svg>"),
            (
                "<p>a < b</p><TEXTAREA> x </textarea>",
                "<p>a < b</p><TEXTAREA> x </textarea>",
            ),
        ] {
            assert_eq!(html(page), small);
        }
    }

    #[test]
    fn a_script_loses_its_comments_and_long_names() {
        let small = script(
            "/** Adds. */\nconst first = Number(input);\nconst sum = (left, right) => left + right;\nshow(sum(first, first), sum(2, 3));\n",
        );
        assert!(
            small.contains("Number(input)") && small.contains("show("),
            "{small}"
        );
        for gone in ["Adds", "first", "left", "sum"] {
            assert!(!small.contains(gone), "{gone} is still in {small}");
        }
    }

    #[test]
    fn says_where_a_script_is_none() {
        assert_eq!(script_fault("export const a = 1;\n"), None);
        assert_eq!(
            script_fault("let a = 1;\nlet = = 2;\n").map(|(byte, _)| byte),
            Some(17)
        );
        assert_eq!(script("let = = 2;"), "let = = 2;");
    }
}
