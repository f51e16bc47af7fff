//! What `motcua serve` tells in the terminal while somebody writes.

use std::io::{self, Write, stderr, stdout};

use formdef::{Lang, say};
use generator::preview::News;
use generator::report::Format;

use crate::tell;

/// So many forms are called by their names.
const NAMED_MAX: usize = 10;

/// Tells faults when there are any, and the end of them; what the portal holds, the first time, then what each save changed.
pub(crate) fn tell_news(lang: Lang) -> impl FnMut(News<'_>) + Send {
    let mut was_good = true;
    move |news| {
        // Who listens no longer still has the browser.
        let _ = match &news {
            News::Bad(failure) => writeln!(stderr(), "{}\n", tell(failure, Format::Human, lang)),
            News::First(summary) => writeln!(stdout(), "{}", summary.show(lang)),
            News::Good(made) if was_good => tell_made(made, lang),
            News::Good(made) => {
                let told = say!(lang, "no fault", "không có lỗi");
                writeln!(stdout(), "{told}").and_then(|()| tell_made(made, lang))
            }
        };
        was_good = !matches!(news, News::Bad(_));
    }
}

/// Tells which forms a save has changed.
fn tell_made(made: &[String], lang: Lang) -> io::Result<()> {
    let which = match made.len() {
        0 => return Ok(()),
        1..=NAMED_MAX => made.join(", "),
        count => say!(lang, "{count} forms", "{count} biểu mẫu"),
    };
    let told = say!(lang, "made again: {which}", "đã làm lại: {which}");
    writeln!(stdout(), "{told}")
}
