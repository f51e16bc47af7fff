//! What stands in the column `type`: one table of XLSForm's questions and what becomes of each.

/// What a row of the sheet `survey` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowType {
    /// A question, with the words after its type: the name of a list, `or_other`.
    Question(Question),
    BeginGroup,
    EndGroup,
    BeginRepeat,
    EndRepeat,
    BeginLoop,
    EndLoop,
    /// No equal in our language.
    Left(Left),
    /// A type that is not XLSForm's.
    Unknown,
}

/// A question that becomes a field or a paper to bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Text,
    Integer,
    Decimal,
    Range,
    Date,
    Time,
    SelectOne { list: String, other: bool },
    SelectMultiple { list: String, other: bool },
    Rank { list: String },
    Note,
    Calculate,
    Acknowledge,
    Paper(&'static [&'static str]),
}

/// Why a type has no equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// What a telephone collects by itself.
    Metadata,
    /// A point, a line, an area.
    Position,
    /// Sound, film.
    Recording,
    /// A list in a file beside the workbook.
    ListFile,
    /// Day and hour in one answer.
    Moment,
    /// Code read by the camera.
    Barcode,
    /// A value that nobody sees.
    Hidden,
    /// The loops of old forms.
    Loop,
}

const PICTURE: &[&str] = &["jpeg", "png", "heic"];
const DOCUMENT: &[&str] = &["pdf", "jpeg", "png"];

/// Types of one word.
const WORDS: &[(&[&str], RowType)] = &[
    (&["text", "string"], RowType::Question(Question::Text)),
    (&["integer", "int"], RowType::Question(Question::Integer)),
    (&["decimal"], RowType::Question(Question::Decimal)),
    (&["range"], RowType::Question(Question::Range)),
    (&["date"], RowType::Question(Question::Date)),
    (&["time"], RowType::Question(Question::Time)),
    (&["note"], RowType::Question(Question::Note)),
    (&["calculate"], RowType::Question(Question::Calculate)),
    (
        &["acknowledge", "trigger"],
        RowType::Question(Question::Acknowledge),
    ),
    (
        &["image", "photo"],
        RowType::Question(Question::Paper(PICTURE)),
    ),
    (&["file"], RowType::Question(Question::Paper(DOCUMENT))),
    (&["begin group"], RowType::BeginGroup),
    (&["end group"], RowType::EndGroup),
    (&["begin repeat"], RowType::BeginRepeat),
    (&["end repeat"], RowType::EndRepeat),
    (&["end loop", "end looped group"], RowType::EndLoop),
    (&["audio", "video"], RowType::Left(Left::Recording)),
    (
        &["geopoint", "geotrace", "geoshape", "gps", "location"],
        RowType::Left(Left::Position),
    ),
    (&["datetime"], RowType::Left(Left::Moment)),
    (&["barcode"], RowType::Left(Left::Barcode)),
    (&["hidden"], RowType::Left(Left::Hidden)),
    (&["osm"], RowType::Left(Left::Position)),
    (
        &["xml-external", "csv-external"],
        RowType::Left(Left::ListFile),
    ),
    (
        &[
            "start",
            "end",
            "today",
            "deviceid",
            "imei",
            "subscriberid",
            "simserial",
            "sim id",
            "phonenumber",
            "phone number",
            "username",
            "email",
            "audit",
            "start-geopoint",
            "background-audio",
            "background-geopoint",
            "start time",
            "end time",
            "device id",
            "subscriber id",
        ],
        RowType::Left(Left::Metadata),
    ),
];

/// How a choice begins, longer words before those that they begin with.
const CHOICES: &[(&str, Choice)] = &[
    ("select one from file", Choice::File),
    ("select multiple from file", Choice::File),
    ("select one external", Choice::File),
    ("select all that apply from", Choice::Multiple),
    ("select one from", Choice::One),
    ("select one using", Choice::One),
    ("select multiple from", Choice::Multiple),
    ("select multiple using", Choice::Multiple),
    ("select all that apply", Choice::Multiple),
    ("select multiple", Choice::Multiple),
    ("select one", Choice::One),
    ("select1", Choice::One),
    ("select", Choice::Multiple),
    ("rank", Choice::Rank),
];

#[derive(Clone, Copy)]
enum Choice {
    One,
    Multiple,
    Rank,
    File,
}

impl RowType {
    /// Reads the cell; `_` and spaces count as one another, as do capitals and small letters.
    pub(super) fn parse(text: &str) -> RowType {
        let words: Vec<&str> = text.split_whitespace().collect();
        let plain = words.join(" ").to_lowercase().replace('_', " ");
        let known = WORDS
            .iter()
            .find(|(names, _)| names.contains(&plain.as_str()));
        if let Some((_, row_type)) = known {
            return row_type.clone();
        }
        if plain.starts_with("begin loop") || plain.starts_with("begin looped group") {
            return RowType::BeginLoop;
        }
        choice(&words.join(" "), &plain).unwrap_or(RowType::Unknown)
    }
}

/// `select_one LIST or_other`. The list's name keeps its letters as they are.
fn choice(text: &str, plain: &str) -> Option<RowType> {
    let (start, choice) = CHOICES.iter().find_map(|(start, choice)| {
        let rest = plain.strip_prefix(start)?;
        rest.starts_with(' ').then_some((start, *choice))
    })?;
    let rest = text.get(start.len()..)?.trim();
    let (list, other) = match rest.rsplit_once(' ') {
        Some((list, last)) if last.eq_ignore_ascii_case("or_other") => (list, true),
        _ => (rest, false),
    };
    let list = list
        .strip_suffix(" or specify other")
        .unwrap_or(list)
        .trim()
        .to_owned();
    let other = other || rest.ends_with(" or specify other");
    Some(match choice {
        Choice::File => RowType::Left(Left::ListFile),
        Choice::One => RowType::Question(Question::SelectOne { list, other }),
        Choice::Multiple => RowType::Question(Question::SelectMultiple { list, other }),
        Choice::Rank => RowType::Question(Question::Rank { list }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_xlsform_writes_them() {
        let one = |list: &str, other| {
            RowType::Question(Question::SelectOne {
                list: list.into(),
                other,
            })
        };
        assert_eq!(RowType::parse("select_one YesNo"), one("YesNo", false));
        assert_eq!(RowType::parse("select one  a_b or_other"), one("a_b", true));
        assert_eq!(
            RowType::parse("Select one from xy or specify other"),
            one("xy", true)
        );
        assert_eq!(RowType::parse("begin_group"), RowType::BeginGroup);
        assert_eq!(RowType::parse("dateTime"), RowType::Left(Left::Moment));
        assert_eq!(
            RowType::parse("select_one_from_file a.csv"),
            RowType::Left(Left::ListFile)
        );
        assert_eq!(RowType::parse("selected"), RowType::Unknown);
    }
}
