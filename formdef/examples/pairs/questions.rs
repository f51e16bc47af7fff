//! The questions that definitions are made of: at least one of each kind, as `tests/js/agree.test.js` sees to.

use crate::definition::Gives;

/// A question and what it gives in expressions.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    pub(crate) id: &'static str,
    pub(crate) kind: &'static str,
    /// Further keys, a line each.
    pub(crate) keys: &'static str,
    /// Expressions of the question alone.
    pub(crate) leaves: &'static [(Gives, &'static str)],
    /// The id of the question without which it cannot be asked; its own when there is none.
    pub(crate) needs: &'static str,
}

impl Question {
    /// Whether people answer it.
    pub(crate) fn is_asked(&self) -> bool {
        !matches!(self.kind, "note" | "attachment")
    }

    /// Something of which can be said whether it is answered.
    pub(crate) fn known(&self) -> &'static str {
        if self.is_asked() { self.id } else { "agency" }
    }
}

const fn question(
    id: &'static str,
    kind: &'static str,
    keys: &'static str,
    leaves: &'static [(Gives, &'static str)],
) -> Question {
    Question {
        id,
        kind,
        keys,
        leaves,
        needs: id,
    }
}

use Gives::{Date, Number, Text, Truth, Ward, Whole};

const OPTIONS: &str = "options = [{ value = 'a', label.vi = 'A' }, { value = 'b', label.vi = 'B' }, { value = 'c', label.vi = 'C', opens = 2016-08-10T07:30:00+07:00, closes = 2017-06-17T17:30:00+07:00 }]";

#[rustfmt::skip] // One question, one line.
pub(crate) const QUESTIONS: &[Question] = &[
    question("name", "person-name", "", &[(Text, "name")]),
    question("loud", "person-name", "capitals = true", &[(Text, "loud")]),
    question("note", "text", "length_min = 2\nlength_max = 20", &[(Text, "note"), (Truth, "id_fits(note, '2', date('1984-01-01'))")]),
    question("remark", "text", "", &[(Text, "remark")]),
    question("story", "multiline", "length_max = 40", &[(Text, "story")]),
    question("count", "integer", "min = 0\nmax = 20", &[(Whole, "count"), (Number, "count")]),
    question("free", "integer", "", &[(Whole, "free")]),
    question("below", "integer", "max = 5", &[(Whole, "below")]),
    question("weight", "number", "min = -1.5\nmax = 50\ndecimals = 1", &[(Number, "weight")]),
    question("fine", "number", "decimals = 6", &[(Number, "fine")]),
    question("rough", "number", "min = 0.5", &[(Number, "rough")]),
    question("fee", "money", "", &[(Whole, "fee"), (Number, "fee")]),
    question("price", "money", "min = 1000\nmax = 8000", &[(Whole, "price")]),
    question("born", "date", "", &[(Date, "born")]),
    question("died", "date", "", &[(Date, "died")]),
    question("when", "partial-date", "", &[(Date, "when")]),
    question("since", "partial-date", "", &[(Date, "since")]),
    question("time", "time", "", &[(Text, "time")]),
    question("which", "choice", OPTIONS, &[(Truth, "which == 'a'"), (Truth, "which in ['a', 'b']"), (Text, "which")]),
    question("sex", "choice", "list = 'sex'", &[(Truth, "sex == '1'"), (Text, "sex")]),
    question("near", "choice", "list = 'agencies'\nwithin = \"district_of(agency)\"", &[(Ward, "near"), (Text, "district_of(near)")]),
    question("several", "multi-choice", OPTIONS, &[(Truth, "'a' in several"), (Truth, "'b' in several"), (Whole, "size(several)")]),
    question("two", "multi-choice", "list = 'agencies'\nmin = 2\nmax = 3", &[(Truth, "'00043' in two"), (Whole, "size(two)")]),
    question("least", "multi-choice", "list = 'sex'\nmin = 2", &[(Whole, "size(least)")]),
    question("most", "multi-choice", "list = 'id-paper'\nmax = 2", &[(Truth, "'CCCD' in most")]),
    question("yes", "yes-no", "", &[(Truth, "yes")]),
    question("sure", "yes-no", "", &[(Truth, "sure")]),
    question("phone", "phone", "", &[(Text, "phone")]),
    question("email", "email", "", &[(Text, "email")]),
    question("paper", "id-paper", "", &[(Text, "paper.number"), (Text, "paper.issued_by"), (Date, "paper.issued_on"), (Truth, "paper.type == 'CCCD'"), (Truth, "id_fits(paper, '1', date('1984-01-01'))"), (Truth, "has(paper.issued_on)")]),
    question("unit", "admin-unit", "", &[(Text, "unit.unit"), (Ward, "unit.ward"), (Truth, "unit.province == '01'")]),
    question("province", "admin-unit", "levels = 1", &[(Truth, "province.province == '66'")]),
    question("place", "address", "", &[(Text, "place.detail"), (Ward, "place.ward"), (Truth, "has(place.unit)")]),
    question("home", "residence", "", &[(Text, "home.detail"), (Ward, "home.ward"), (Truth, "home.kind == 'TT'"), (Truth, "has(home.country)")]),
    question("desk", "agency", "", &[(Ward, "desk"), (Truth, "desk == agency")]),
    question("counter", "agency", "only = ['002', '00169', '00199']", &[(Ward, "counter"), (Truth, "counter == agency")]),
    question("abroad", "country-place", "", &[(Text, "abroad.place"), (Truth, "abroad.country == 'FR'")]),
    question("consent", "declaration", "", &[(Truth, "consent")]),
    question("people", "repeat", PEOPLE, &[(Whole, "size(people)"), (Number, "sum(people.age)"), (Number, "sum(people.share)"), (Number, "max(people.age)"), (Number, "min(people.share)"), (Truth, "'Lan' in people.name"), (Truth, "has(people.age)"), (Whole, "size(people.name)")]),
    question("wishes", "repeat", WISHES, &[(Whole, "size(wishes)"), (Truth, "'00043' in wishes.ward")]),
    question("papers", "repeat", PAPERS, &[(Whole, "size(papers)"), (Truth, "has(papers.paper)")]),
    Question { needs: "people", ..question("head", "entry", "of = 'people'", &[(Whole, "head")]) },
    question("words", "note", "", &[]),
    question("notice", "attachment", "required = true", &[]),
    question("photo", "attachment", "types = ['jpeg', 'pdf']\ncount_max = 2\nbytes_max = 5000", &[]),
    question("book", "attachment", "until = 2016-12-31", &[]),
];

/// What the first section works out: what it gives, the kind that says so, and what later expressions make of it.
#[rustfmt::skip] // One value, one line.
pub(crate) const WORKED: &[(Gives, &str, Question)] = &[
    (Whole, "money", question("worked_one", "computed", "", &[(Whole, "worked_one")])),
    (Number, "number", question("worked_one", "computed", "", &[(Number, "worked_one")])),
    (Text, "text", question("worked_one", "computed", "", &[(Text, "worked_one")])),
    (Date, "date", question("worked_one", "computed", "", &[(Date, "worked_one"), (Whole, "year(worked_one)")])),
    (Truth, "yes-no", question("worked_one", "computed", "", &[(Truth, "worked_one")])),
];

const PEOPLE: &str = "max = 3
[[section.field.field]]
id = 'name'
kind = 'person-name'
label.vi = 'Tên'
required = true
[[section.field.field]]
id = 'age'
kind = 'integer'
label.vi = 'Tuổi'
min = 0
max = 150
invalid = { id = 'R-AGE', message.vi = 'Tuổi không đúng.' }
[[section.field.field]]
id = 'share'
kind = 'number'
label.vi = 'Phần'
[[section.field.field]]
id = 'several'
kind = 'multi-choice'
label.vi = 'Chọn'
list = 'sex'";

const WISHES: &str = "min = 2
max = 4
ordered = true
distinct = 'ward'
invalid = { id = 'R-TWICE', message.vi = 'Hai nguyện vọng giống nhau.' }
[[section.field.field]]
id = 'ward'
kind = 'choice'
label.vi = 'Phường'
list = 'agencies'
within = \"district_of(agency)\"
required = true
[[section.field.field]]
id = 'born'
kind = 'partial-date'
label.vi = 'Ngày sinh'";

const PAPERS: &str = "distinct = 'paper'
[[section.field.field]]
id = 'paper'
kind = 'id-paper'
label.vi = 'Giấy tờ'
[[section.field.field]]
id = 'home'
kind = 'residence'
label.vi = 'Nơi cư trú'
[[section.field.field]]
id = 'agreed'
kind = 'yes-no'
label.vi = 'Có'
missing = { id = 'R-MISSING', message.vi = 'Thiếu.' }
required = true";
