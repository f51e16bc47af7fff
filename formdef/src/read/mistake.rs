//! Every message that reading a definition can give, in one place: what is wrong, what to do.

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq)]
#[rustfmt::skip] // One message, one line.
pub(crate) enum Mistake {
    // The file.
    Toml(String),
    UnknownKey { key: String, of: String, known: Vec<String> },
    MissingKey { key: &'static str, of: String, example: &'static str },
    WrongType { wanted: &'static str, found: &'static str },
    OutOfRange { least: i64, greatest: i64 },
    NotOneOf { found: String, known: Vec<String> },
    MissingLanguage { language: String },
    UnknownLanguage { language: String, known: Vec<String> },
    EmptyText,
    BadId { id: String },
    Double { what: &'static str, id: String, first: String },
    ClosesBeforeOpens,
    // Sections and fields.
    UnknownSection { id: String, known: Vec<String> },
    UnknownKind { kind: String, known: Vec<String> },
    UnknownList { id: String, known: Vec<String> },
    KindNeedsList { kind: &'static str, list: String },
    UnknownField { id: String, known: Vec<String> },
    OptionsOrList,
    EmptyList { what: &'static str },
    LeastAboveGreatest { least: i64, greatest: i64 },
    BadDefault { kind: &'static str, why: String },
    DependsOnItself { chain: Vec<String> },
    // Recipients.
    ReadsNeeded { role: String },
    NothingMatches { pattern: String, known: Vec<String> },
    NobodyReads { field: String },
    NoOfficeIn { field: String, kind: &'static str },
    OfficeOptional { field: String },
    OfficeUnread { role: String, field: String },
    UnknownOffice { kind: String, known: Vec<String> },
    UnknownRole { role: String, known: Vec<String> },
    // Expressions.
    NumberTooLarge,
    StrangeCharacter(char),
    TextWithoutEnd(char),
    Unexpected { wanted: &'static str, found: Option<String> },
    TooDeep(usize),
    UnknownPart { field: String, part: String, known: Vec<String> },
    UnknownFunction { name: String, known: Vec<String> },
    WrongCount { name: String, wanted: usize, found: usize },
    WrongOperand { of: String, wanted: &'static str, found: &'static str },
    CannotCompare { left: &'static str, right: &'static str },
    DifferentWays { then: &'static str, otherwise: &'static str },
    NotAnOption { value: String, of: String, known: Vec<String> },
    NothingInCommon { left: String, right: String },
    NotACondition { found: &'static str },
    CannotFill { wanted: &'static str, found: &'static str },
    NotADay { text: String },
    HasNeedsField,
    InNeedsList,
    ListOutsideIn,
    MapOutsideComputed,
    Never(Never),
}

/// What can never happen, whatever the answers are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Never {
    SectionShown,
    FieldShown,
    PaperListed,
    RuleHolds,
    RuleBroken,
    WayTaken,
}

impl Mistake {
    /// The names of all messages; each has a case in `formdef/cases/faults`.
    #[cfg(test)]
    pub(crate) const CODES: &'static [&'static str] = &[
        "toml",
        "unknown-key",
        "missing-key",
        "wrong-type",
        "out-of-range",
        "not-one-of",
        "missing-language",
        "unknown-language",
        "empty-text",
        "bad-id",
        "double",
        "closes-before-opens",
        "unknown-section",
        "unknown-kind",
        "unknown-list",
        "kind-needs-list",
        "unknown-field",
        "options-or-list",
        "empty-list",
        "least-above-greatest",
        "bad-default",
        "depends-on-itself",
        "reads-needed",
        "nothing-matches",
        "nobody-reads",
        "no-office-in",
        "office-optional",
        "office-unread",
        "unknown-office",
        "unknown-role",
        "number-too-large",
        "strange-character",
        "text-without-end",
        "unexpected",
        "too-deep",
        "unknown-part",
        "unknown-function",
        "wrong-count",
        "wrong-operand",
        "cannot-compare",
        "different-ways",
        "not-an-option",
        "nothing-in-common",
        "not-a-condition",
        "cannot-fill",
        "not-a-day",
        "has-needs-field",
        "in-needs-list",
        "list-outside-in",
        "map-outside-computed",
        "section-never-shown",
        "field-never-shown",
        "paper-never-listed",
        "rule-never-holds",
        "rule-never-broken",
        "way-never-taken",
    ];

    /// The message's name.
    pub(crate) fn code(&self) -> &'static str {
        self.parts().0
    }

    /// What is wrong.
    pub(crate) fn message(&self) -> String {
        self.parts().1
    }

    /// What to do.
    pub(crate) fn mend(&self) -> String {
        self.parts().2
    }

    /// Name, what is wrong, what to do.
    #[rustfmt::skip] // One message, one arm.
    fn parts(&self) -> (&'static str, String, String) {
        match self {
            Self::Toml(message) => ("toml",
                format!("this is not TOML: {message}"),
                "put the line right; see https://toml.io/en/v1.1.0".into()),
            Self::UnknownKey { key, of, known } => ("unknown-key",
                format!("`{key}` is not a key of {of}"),
                suggest(key, known, "its keys are")),
            Self::MissingKey { key, of, example } => ("missing-key",
                format!("{of} lacks `{key}`"),
                format!("add it, for example: {example}")),
            Self::WrongType { wanted, found } => ("wrong-type",
                format!("here stands {found}, but it must be {wanted}"),
                format!("write {wanted}")),
            Self::OutOfRange { least, greatest } => ("out-of-range",
                "the number is out of range".into(),
                format!("write a whole number from {least} to {greatest}")),
            Self::NotOneOf { found, known } => ("not-one-of",
                format!("`{found}` is not known here"),
                suggest(found, known, "write one of")),
            Self::MissingLanguage { language } => ("missing-language",
                format!("the text lacks the portal's default language, `{language}`"),
                format!("add `{language} = \"…\"`; the other languages may follow later")),
            Self::UnknownLanguage { language, known } => ("unknown-language",
                format!("`{language}` is not a language of this portal"),
                suggest(language, known, "its languages are")),
            Self::EmptyText => ("empty-text",
                "the text is empty".into(),
                "write the words, or take the key away".into()),
            Self::BadId { id } => ("bad-id",
                format!("`{id}` cannot be an id"),
                "write words of a–z, 0–9 and _ that begin with a letter; a field's id joins such words by dots: `child.birth_date`; a section's id may have hyphens".into()),
            Self::Double { what, id, first } => ("double",
                format!("there are two of the {what} `{id}`"),
                format!("rename one or take it away; the first is in {first}")),
            Self::ClosesBeforeOpens => ("closes-before-opens",
                "the form closes before it opens".into(),
                "put `opens` before `closes`".into()),
            Self::UnknownSection { id, known } => ("unknown-section",
                format!("there is no shared section `{id}`"),
                suggest(id, known, "the shared sections are")),
            Self::UnknownKind { kind, known } => ("unknown-kind",
                format!("there is no field kind `{kind}`"),
                suggest(kind, known, "the kinds are")),
            Self::UnknownList { id, known } => ("unknown-list",
                format!("there is no list `{id}`"),
                suggest(id, known, "the lists are")),
            Self::KindNeedsList { kind, list } => ("kind-needs-list",
                format!("a field of kind `{kind}` needs the list `{list}`, which this portal lacks"),
                format!("add `forms/lists/{list}.csv`")),
            Self::UnknownField { id, known } => ("unknown-field",
                format!("there is no field `{id}`"),
                suggest(id, known, "the fields are")),
            Self::OptionsOrList => ("options-or-list",
                "a choice takes either `options` or `list`".into(),
                "write its own options, or the id of a list, not both".into()),
            Self::EmptyList { what } => ("empty-list",
                format!("there is no {what}"),
                format!("write at least one {what}")),
            Self::LeastAboveGreatest { least, greatest } => ("least-above-greatest",
                format!("the least, {least}, is above the greatest, {greatest}"),
                "swap them or change one".into()),
            Self::BadDefault { kind, why } => ("bad-default",
                format!("the default is no answer to a field of kind `{kind}`: {why}"),
                "write an answer as LANGUAGE.md has it for the kind, or take the default away".into()),
            Self::DependsOnItself { chain } => ("depends-on-itself",
                format!("`{}` depends on itself: {}", chain[0], arrows(chain)),
                "take one of these out of a `show_when` or `value`".into()),
            Self::ReadsNeeded { role } => ("reads-needed",
                format!("it is not said which answers `{role}` reads"),
                "with several recipients each one needs `reads`, for example: reads = [\"agency\", \"child.*\"]".into()),
            Self::NothingMatches { pattern, known } => ("nothing-matches",
                format!("no field matches `{pattern}`"),
                suggest(pattern.trim_start_matches('-'), known, "the fields are")),
            Self::NobodyReads { field } => ("nobody-reads",
                format!("nobody reads the answer to `{field}`"),
                "add it to the `reads` of a recipient, or do not ask for it".into()),
            Self::NoOfficeIn { field, kind } => ("no-office-in",
                format!("no office can be found from `{field}`, a field of kind `{kind}`"),
                "name a field of kind `agency`; `district_of` also takes `address` and `residence`".into()),
            Self::OfficeOptional { field } => ("office-optional",
                format!("`{field}` need not be answered, so that the office may not be found"),
                "make it `required = true`, without `show_when` on it or its section".into()),
            Self::OfficeUnread { role, field } => ("office-unread",
                format!("`{role}` does not read `{field}`, from which its office is found"),
                "add it to its `reads`: else nobody can check that the case came to the right office".into()),
            Self::UnknownOffice { kind, known } => ("unknown-office",
                format!("there are no offices of kind `{kind}`"),
                suggest(kind, known, "the kinds of office in forms/portal.toml are")),
            Self::UnknownRole { role, known } => ("unknown-role",
                format!("there is no recipient `{role}`"),
                suggest(role, known, "the recipients are")),
            Self::NumberTooLarge => ("number-too-large",
                "the number is too large".into(),
                "the largest is 9007199254740991".into()),
            Self::StrangeCharacter(c) => ("strange-character",
                format!("`{c}` has no meaning in an expression"),
                "texts stand in quotes: 'text'; compare with ==, join with && and ||".into()),
            Self::TextWithoutEnd(quote) => ("text-without-end",
                "the text has no end".into(),
                format!("close it with {quote}")),
            Self::Unexpected { wanted, found } => ("unexpected",
                match found {
                    Some(found) => format!("here stands `{found}`, but {wanted} must come"),
                    None => format!("the expression ends, but {wanted} must come"),
                },
                match found.as_deref() {
                    Some("and") => "write &&".into(),
                    Some("or") => "write ||".into(),
                    Some("not") => "write !".into(),
                    _ => "see «Expressions» in formdef/LANGUAGE.md".into(),
                }),
            Self::TooDeep(depth) => ("too-deep",
                format!("the expression nests deeper than {depth} levels"),
                "split it into several rules".into()),
            Self::UnknownPart { field, part, known } => ("unknown-part",
                format!("the answer to `{field}` has no part `{part}`"),
                suggest(part, known, "its parts are")),
            Self::UnknownFunction { name, known } => ("unknown-function",
                format!("there is no function `{name}`"),
                suggest(name, known, "the functions are")),
            Self::WrongCount { name, wanted, found } => ("wrong-count",
                format!("`{name}` takes {wanted} values, not {found}"),
                "see «Functions» in formdef/LANGUAGE.md".into()),
            Self::WrongOperand { of, wanted, found } => ("wrong-operand",
                format!("`{of}` takes {wanted}, but this is {found}"),
                format!("write {wanted}")),
            Self::CannotCompare { left, right } => ("cannot-compare",
                format!("{left} cannot be compared with {right}"),
                match (*left, *right) {
                    ("an answer of several parts", _) | (_, "an answer of several parts") =>
                        "compare one of its parts: mother.residence.ward".into(),
                    ("a date", _) | (_, "a date") =>
                        "write a day as date('2016-08-10'), compare years as year(…)".into(),
                    (left, right) if left == right =>
                        "only numbers and dates have an order; use == or !=".into(),
                    _ => "compare like with like".into(),
                }),
            Self::DifferentWays { then, otherwise } => ("different-ways",
                format!("one way gives {then}, the other {otherwise}"),
                "let both ways of ? : give the same type".into()),
            Self::NotAnOption { value, of, known } => ("not-an-option",
                format!("`{value}` is not an option of {of}"),
                suggest(value, known, "its options are")),
            Self::NothingInCommon { left, right } => ("nothing-in-common",
                format!("{left} and {right} have no option in common"),
                "compare answers that are chosen from the same list".into()),
            Self::NotACondition { found } => ("not-a-condition",
                format!("a condition must be true or false, but this is {found}"),
                "compare it with something, or ask has(…)".into()),
            Self::CannotFill { wanted, found } => ("cannot-fill",
                format!("the field takes {wanted}, but this is {found}"),
                format!("write an expression that gives {wanted}")),
            Self::NotADay { text } => ("not-a-day",
                format!("`{text}` is not a day of the calendar"),
                "write date('YYYY-MM-DD') with a literal text".into()),
            Self::HasNeedsField => ("has-needs-field",
                "`has` asks whether a field is answered".into(),
                "write has(field.id)".into()),
            Self::InNeedsList => ("in-needs-list",
                "right of `in` must stand a list of literals".into(),
                "write ['a', 'b'] or list('id')".into()),
            Self::ListOutsideIn => ("list-outside-in",
                "a list can only stand right of `in`".into(),
                "write: field.id in ['a', 'b']".into()),
            Self::MapOutsideComputed => ("map-outside-computed",
                "{…} can only be the value of a computed field".into(),
                "compare the values one by one".into()),
            Self::Never(never) => never.parts(),
        }
    }
}

impl Never {
    #[rustfmt::skip] // One message, one arm.
    fn parts(self) -> (&'static str, String, String) {
        let (code, message, mend) = match self {
            Self::SectionShown => ("section-never-shown",
                "this can never be true, so that nobody is asked this section",
                "an answer cannot be two things at once: join with || what may be either, or take the section away"),
            Self::FieldShown => ("field-never-shown",
                "this can never be true, so that nobody is asked this question",
                "mind the condition of the section, too, and those of the questions it refers to; or take the question away"),
            Self::PaperListed => ("paper-never-listed",
                "this can never be true, so that the paper is never listed",
                "mind the conditions of the questions it refers to; or take the paper away"),
            Self::RuleHolds => ("rule-never-holds",
                "this can never be true: whoever answers breaks the rule",
                "compare with what the answer can be; it cannot be two things at once: join with || what may be either"),
            Self::RuleBroken => ("rule-never-broken",
                "this can never be false, so that the rule never speaks",
                "to forbid two values write a != 'x' && a != 'y'; or take the rule away"),
            Self::WayTaken => ("way-never-taken",
                "this part of || can never be true",
                "put its comparison right, or take it away"),
        };
        (code, message.into(), mend.into())
    }
}

/// The nearest known word, or all of them when they are few.
fn suggest(word: &str, known: &[String], all: &str) -> String {
    if let Some(nearest) = nearest(word, known) {
        return format!("did you mean `{nearest}`?");
    }
    match known.len() {
        0 => "there are none".into(),
        1..=30 => format!("{all}: {}", known.join(", ")),
        number => format!(
            "there are {number}, beginning with: {}",
            known[..5].join(", ")
        ),
    }
}

fn nearest<'a>(word: &str, known: &'a [String]) -> Option<&'a String> {
    let near = known.iter().filter(|other| is_near(word, other));
    near.min_by_key(|other| strsim::damerau_levenshtein(word, other))
}

/// Whether one word may be the other, misspelled.
pub(super) fn is_near(word: &str, other: &str) -> bool {
    let (here, there) = (word.chars().count(), other.chars().count());
    let mistakes_max = (here.max(there) / 3).max(1);
    // Lengths that differ more need no comparing, however long the words are.
    here.max(there) > 1
        && here.abs_diff(there) <= mistakes_max
        && strsim::damerau_levenshtein(word, other) <= mistakes_max
}

fn arrows(chain: &[String]) -> String {
    let first = chain.iter().take(1);
    let all: Vec<_> = chain.iter().chain(first).map(String::as_str).collect();
    all.join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn every_message_has_a_case_with_its_whole_text() {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/faults");
        for code in Mistake::CODES {
            assert!(
                cases.join(format!("{code}.toml")).exists(),
                "no case for {code}"
            );
        }
    }
}
