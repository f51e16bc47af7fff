//! Dates in Vietnamese words, as certificates have them.

use crate::date::Partial;

const DIGITS: [&str; 10] = [
    "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
];

/// «ngày hai mươi lăm, tháng bảy, năm hai nghìn không trăm mười sáu», without the pieces that are not known.
pub(super) fn date(date: Partial) -> String {
    let day = date.day.map(|day| format!("ngày {}", below_hundred(day)));
    let month = date.month.map(|month| match month {
        // The fourth month has a name of its own.
        4 => "tháng tư".to_owned(),
        month => format!("tháng {}", below_hundred(month)),
    });
    let year = format!("năm {}", year(date.year.unsigned_abs()));
    let pieces: Vec<String> = [day, month, Some(year)].into_iter().flatten().collect();
    pieces.join(", ")
}

fn digit(number: u32) -> &'static str {
    DIGITS[(number % 10) as usize]
}

/// 1 to 99.
fn below_hundred(number: u32) -> String {
    let tens = match number / 10 {
        0 => return digit(number).to_owned(),
        1 => "mười".to_owned(),
        tens => format!("{} mươi", digit(tens)),
    };
    match number % 10 {
        0 => tens,
        1 if number > 20 => format!("{tens} mốt"),
        4 if number > 20 => format!("{tens} tư"),
        5 => format!("{tens} lăm"),
        units => format!("{tens} {}", digit(units)),
    }
}

/// 1000 to 9999.
fn year(number: u32) -> String {
    let thousands = format!("{} nghìn", digit(number / 1000));
    let (hundreds, rest) = (number / 100 % 10, number % 100);
    match (hundreds, rest) {
        (0, 0) => thousands,
        (_, 0) => format!("{thousands} {} trăm", digit(hundreds)),
        (_, 1..=9) => format!("{thousands} {} trăm linh {}", digit(hundreds), digit(rest)),
        _ => format!(
            "{thousands} {} trăm {}",
            digit(hundreds),
            below_hundred(rest)
        ),
    }
}
