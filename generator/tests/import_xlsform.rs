//! `motcua import xlsform`: whole forms, what is listed, and every reason to import nothing.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Sheet<'s> = (&'s str, &'s [&'s [&'s str]]);

/// A form that is carried whole.
const HOUSEHOLD: &[Sheet<'_>] = &[
    (
        "survey",
        &[
            &[
                "type",
                "name",
                "label::Tiếng Việt (vi)",
                "label::English (en)",
                "hint::Tiếng Việt (vi)",
                "required",
                "required_message::Tiếng Việt (vi)",
                "relevant",
                "constraint",
                "constraint_message::Tiếng Việt (vi)",
                "calculation",
                "default",
                "repeat_count",
            ],
            &["begin group", "nguoi_khai", "Người khai", "The person"],
            &[
                "text",
                "Ho-Ten",
                "Họ và tên",
                "Full name",
                "Viết như trong giấy tờ",
                "yes",
                "Hãy ghi họ và tên.",
            ],
            &[
                "integer",
                "tuoi",
                "Tuổi",
                "Age",
                "",
                "",
                "",
                "",
                ". >= 0 and . < 150",
                "Tuổi từ 0 đến 149.",
            ],
            &[
                "date",
                "ngay_sinh",
                "Ngày sinh",
                "Date of birth",
                "",
                "",
                "",
                "",
                ". <= today()",
                "Ngày sinh không ở tương lai.",
            ],
            &[
                "select_one gioi or_other",
                "gioi_tinh",
                "Giới tính",
                "Sex",
                "",
                "true()",
            ],
            &[
                "text",
                "so_giay_to",
                "Số giấy tờ",
                "Number of the paper",
                "",
                "${tuoi} >= 14",
                "",
                "",
                "regex(., '^[0-9]{12}$')",
                "Có 12 chữ số.",
            ],
            &["end group"],
            &[
                "integer",
                "so_con",
                "Số con",
                "Children",
                "",
                "",
                "",
                "not(${gioi_tinh} = 'nam')",
                "",
                "",
                "",
                "0",
            ],
            &[
                "begin repeat",
                "con",
                "Con",
                "Child",
                "",
                "",
                "",
                "${so_con} > 0",
                "",
                "",
                "",
                "",
                "${so_con}",
            ],
            &[
                "text",
                "ten",
                "Tên con",
                "Name",
                "",
                "yes",
                "",
                "",
                "string-length(.) <= 50",
            ],
            &[
                "integer",
                "tuoi_con",
                "Tuổi con",
                "Age",
                "",
                "",
                "",
                "",
                ". >= 0 and . <= 30",
                "Từ 0 đến 30.",
            ],
            &["end repeat"],
            &[
                "calculate",
                "tong",
                "Hai lần số con",
                "Twice the children",
                "",
                "",
                "",
                "",
                "",
                "",
                "${so_con} * 2",
            ],
            &[
                "acknowledge",
                "cam_doan",
                "Tôi cam đoan lời khai là đúng",
                "I declare that this is true",
                "",
                "yes",
            ],
        ],
    ),
    (
        "choices",
        &[
            &[
                "list_name",
                "name",
                "label::Tiếng Việt (vi)",
                "label::English (en)",
            ],
            &["gioi", "nam", "Nam", "Male"],
            &["gioi", "nu", "Nữ", "Female"],
        ],
    ),
    (
        "settings",
        &[
            &["form_title", "form_id", "version", "default_language"],
            &["Khảo sát hộ", "khao_sat_ho", "3", "Tiếng Việt (vi)"],
        ],
    ),
];

#[test]
fn a_form_is_carried_whole() {
    let portal = Portal::new();
    let done = portal.import(&workbook(HOUSEHOLD), &[]);
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let made = portal.form("khao-sat-ho");
    assert_eq!(
        made,
        fs::read_to_string(expected("khao-sat-ho.toml")).unwrap()
    );
    generator::check(&portal.0).unwrap();
}

#[test]
fn what_cannot_be_carried_is_listed_by_its_cell() {
    let sheets: &[Sheet<'_>] = &[
        (
            "survey",
            &[
                &[
                    "type",
                    "name",
                    "label",
                    "label::Français (fr)",
                    "appearance",
                    "relevant",
                    "constraint",
                    "calculation",
                    "media::image",
                    "",
                ],
                &[
                    "text",
                    "a",
                    "Câu **một** của ${b}",
                    "Une",
                    "numbers",
                    "${khong} = 1",
                    "regex(., '[a-z]+')",
                    "",
                    "x.png",
                    "lạc",
                ],
                &["geopoint", "b", "Vị trí"],
                &["text", "c", "", "", "", "${b} = 1"],
                &["begin repeat", "r", "Lặp"],
                &["text", "d", "Chữ", "", "", "${a} = 'x'"],
                &["begin repeat", "s", "Trong"],
                &["text", "e", "Chữ"],
                &["end repeat"],
                &["end repeat"],
                &["calculate", "f", "", "", "", "", "", "random()"],
                &["calculate", "g", "", "", "", "", "", "string-length(${a})"],
                &["select_one khong_co", "h", "Chọn"],
                &["", "", "ghi chú"],
                &["texte", "i", "Gõ nhầm"],
                &["start", "bat_dau"],
            ],
        ),
        (
            "choices",
            &[&["list_name", "name", "label"], &["thua", "x", "X"]],
        ),
        ("settings", &[&["version", "style"], &["v2", "pages"]]),
        ("ghi chú", &[&["gì đó"]]),
    ];
    let portal = Portal::new();
    let done = portal.import(&workbook(sheets), &["--id", "mat"]);
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    let report = told(&done);
    let report = report
        .split_once("rows of the survey are carried\n")
        .unwrap()
        .1;
    assert_eq!(report, fs::read_to_string(expected("mat.txt")).unwrap());
    let form = portal.form("mat");
    for comment in [
        "# survey!F2: «${khong} = 1» is not carried",
        "# survey!A3: the question «b» is left out",
    ] {
        assert!(form.contains(comment), "{form}");
    }
    generator::check(&portal.0).unwrap();
}

#[test]
fn a_long_list_and_one_used_twice_are_files() {
    let rows: Vec<Vec<String>> = (0..20)
        .map(|n| vec!["tinh".into(), format!("t{n}"), format!("Tỉnh {n}")])
        .collect();
    let mut choices: Vec<Vec<&str>> = vec![vec!["list_name", "name", "label"]];
    choices.extend(
        rows.iter()
            .map(|row| row.iter().map(String::as_str).collect()),
    );
    choices.extend([vec!["ck", "co", "Có"], vec!["ck", "khong", "Không"]]);
    let choices: Vec<&[&str]> = choices.iter().map(Vec::as_slice).collect();
    let survey: &[&[&str]] = &[
        &["type", "name", "label"],
        &["select_one tinh", "tinh", "Tỉnh"],
        &["select_one ck", "a", "Một"],
        &["select_one ck", "b", "Hai"],
    ];
    let portal = Portal::new();
    let done = portal.import(
        &workbook(&[("survey", survey), ("choices", &choices)]),
        &["--id", "ds"],
    );
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    let list = fs::read_to_string(portal.0.forms.join("lists/ds-ck.csv")).unwrap();
    assert_eq!(list, "code,vi,en\nco,Có,\nkhong,Không,\n");
    assert!(portal.form("ds").contains("list = \"ds-tinh\""));
    generator::check(&portal.0).unwrap();
}

#[test]
fn a_bad_workbook_is_refused_and_nothing_is_written() {
    let row = |cells: &[&'static str]| -> Vec<&'static str> { cells.to_vec() };
    let survey = |rows: &[Vec<&'static str>]| {
        let all: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        workbook(&[("survey", &all)])
    };
    let head = || row(&["type", "name", "label"]);
    let text = || row(&["text", "a", "A"]);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        (
            "not a zip",
            b"type,name\ntext,a\n".to_vec(),
            "is not an Excel workbook",
        ),
        ("empty", Vec::new(), "is not an Excel workbook"),
        (
            "old Excel",
            [&[0xD0, 0xCF, 0x11, 0xE0][..], &[0; 600]].concat(),
            "Excel 97–2003",
        ),
        (
            "a zip of something else",
            zipped(&[("a.txt", b"x".to_vec())]),
            "is not an Excel workbook",
        ),
        (
            "cut off",
            workbook(HOUSEHOLD)[..400].to_vec(),
            "damaged workbook",
        ),
        ("broken XML", broken(), "damaged workbook"),
        (
            "macros",
            with_part("xl/vbaProject.bin", b"x".to_vec()),
            "holds macros",
        ),
        ("50 MB", vec![b'P'; 50 << 20], "at most 10 MiB"),
        (
            "a bomb",
            with_part("xl/media/x.bin", vec![0; 101 << 20]),
            "more than 100 MiB",
        ),
        ("far cells", with_far_cell(), "reaches to XFD1048576"),
        (
            "no survey",
            workbook(&[("Sheet1", &[&["x"]])]),
            "no sheet «survey»; its sheets are «Sheet1»",
        ),
        (
            "no columns",
            survey(&[row(&["a", "b"])]),
            "no column «type»",
        ),
        (
            "two columns",
            survey(&[row(&["type", "name", "label", "Label"]), text()]),
            "the column «Label» twice, at C1 and D1",
        ),
        (
            "nothing asked",
            survey(&[head(), row(&["geopoint", "g", "G"])]),
            "positions are not asked",
        ),
        (
            "no end",
            survey(&[head(), row(&["begin group", "g", "G"]), text()]),
            "survey!A2: «begin group» is not ended",
        ),
        (
            "no begin",
            survey(&[head(), text(), row(&["end_repeat"])]),
            "survey!A3: «end_repeat» ends what was not begun",
        ),
        (
            "crossed",
            survey(&[
                head(),
                row(&["begin group", "g", "G"]),
                text(),
                row(&["end repeat"]),
            ]),
            "survey!A4: here stands «end repeat», but «begin group» (survey!A2) is still open",
        ),
        (
            "a name twice",
            survey(&[head(), text(), text()]),
            "survey!A3: the name «a» is at survey!A2 already",
        ),
        (
            "a choice twice",
            workbook(&[
                (
                    "survey",
                    &[&["type", "name", "label"], &["select_one l", "a", "A"]],
                ),
                (
                    "choices",
                    &[
                        &["list_name", "name", "label"],
                        &["l", "x", "X"],
                        &["l", "x", "Y"],
                    ],
                ),
            ]),
            "the choice «x» of the list «l» is at choices!B2 already",
        ),
    ];
    for (name, bytes, message) in cases {
        let portal = Portal::new();
        let before = portal.files();
        let done = portal.import(&bytes, &["--id", "moi"]);
        assert_eq!(done.status.code(), Some(1), "{name}: {}", told(&done));
        assert!(told(&done).contains(message), "{name}: {}", told(&done));
        assert!(told(&done).contains("\n  = "), "{name}: {}", told(&done));
        assert_eq!(portal.files(), before, "{name}");
    }
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let portal = Portal::new();
    let book = workbook(HOUSEHOLD);
    assert_eq!(portal.import(&book, &["--id", "a"]).status.code(), Some(0));
    let before = portal.files();
    for (arguments, message) in [
        (&["--id", "a"][..], "is there already"),
        (&["--id", "A b"], "cannot be a service's id"),
        (&["--id", "en"], "is a page of the portal itself"),
    ] {
        let done = portal.import(&book, arguments);
        assert_eq!(done.status.code(), Some(1), "{}", told(&done));
        assert!(told(&done).contains(message), "{}", told(&done));
        assert_eq!(portal.files(), before);
    }
    // A list of the same name is in the way only when it comes to writing: what was written then is taken back.
    fs::write(portal.0.forms.join("lists/b-z.csv"), "code,vi\nx,X\n").unwrap();
    let before = portal.files();
    let sheets: &[Sheet<'_>] = &[
        (
            "survey",
            &[
                &["type", "name", "label"],
                &["select_one y", "a", "A"],
                &["select_one y", "b", "B"],
                &["select_one z", "c", "C"],
                &["select_one z", "d", "D"],
            ],
        ),
        (
            "choices",
            &[
                &["list_name", "name", "label"],
                &["y", "1", "Một"],
                &["z", "2", "Hai"],
            ],
        ),
    ];
    let done = portal.import(&workbook(sheets), &["--id", "b"]);
    assert_eq!(done.status.code(), Some(1), "{}", told(&done));
    assert!(
        told(&done).contains("b-z.csv is there already"),
        "{}",
        told(&done)
    );
    assert_eq!(portal.files(), before);
    let nowhere = portal.import(&book, &["--out", "/nowhere"]);
    assert!(
        told(&nowhere).contains("there is no folder of forms at /nowhere"),
        "{}",
        told(&nowhere)
    );
}

#[test]
fn cells_that_do_not_say_what_one_sees_are_listed() {
    let cells = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>type</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>name</t></is></c>\
        <c r=\"C1\" t=\"inlineStr\"><is><t>label</t></is></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>text</t></is></c><c r=\"B2\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"C2\"><f>D2&amp;E2</f></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>text</t></is></c><c r=\"B3\" t=\"inlineStr\"><is><t>b</t></is></c><c r=\"C3\" t=\"e\"><v>#REF!</v></c></row>\
        <row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>text</t></is></c><c r=\"B4\" t=\"inlineStr\"><is><t>c</t></is></c><c r=\"C4\" t=\"str\"><f>\"C\"</f><v>C</v></c></row>";
    let sheet = format!(
        "{SHEET_START}{cells}</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A3:A4\"/></mergeCells></worksheet>"
    );
    let portal = Portal::new();
    let done = portal.import(&with_sheet(&sheet), &["--id", "le"]);
    assert_eq!(done.status.code(), Some(3), "{}", told(&done));
    for message in [
        "survey!C2: the cell has a formula, but the file does not hold its result",
        "survey!C3: the cell shows an error of the spreadsheet",
        "survey!A3: the cell is merged with others",
    ] {
        assert!(told(&done).contains(message), "{}", told(&done));
    }
    assert!(portal.form("le").contains("label.vi = \"C\""));
}

/// A portal that is imported into.
struct Portal(generator::Options);

impl Portal {
    fn new() -> Portal {
        Portal(support::fixture_copy())
    }

    fn import(&self, book: &[u8], arguments: &[&str]) -> Output {
        let file = self.0.forms.parent().unwrap().join("book.xlsx");
        fs::write(&file, book).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(["import", "xlsform"]).arg(file);
        if !arguments.contains(&"--out") {
            command.arg("--out").arg(&self.0.forms);
        }
        command.args(arguments).env("LC_ALL", "C").output().unwrap()
    }

    fn form(&self, id: &str) -> String {
        fs::read_to_string(self.0.forms.join(id).join("form.toml")).unwrap()
    }

    /// All files and folders of the forms.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![self.0.forms.clone()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                files.insert(path, Vec::new());
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path, bytes);
            }
        }
        files
    }
}

fn told(done: &Output) -> String {
    String::from_utf8_lossy(&[&done.stdout[..], &done.stderr].concat()).into_owned()
}

fn expected(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/xlsform")
        .join(name)
}

const SHEET_START: &str =
    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let drawn: Vec<(&str, String)> = sheets
        .iter()
        .map(|(name, rows)| (*name, sheet(rows)))
        .collect();
    zipped(&parts(&drawn))
}

fn with_sheet(sheet: &str) -> Vec<u8> {
    zipped(&parts(&[("survey", sheet.to_owned())]))
}

fn with_part(name: &str, content: Vec<u8>) -> Vec<u8> {
    let mut parts = parts(&[(
        "survey",
        sheet(&[&["type", "name", "label"], &["text", "a", "A"]]),
    )]);
    parts.push((name, content));
    zipped(&parts)
}

fn with_far_cell() -> Vec<u8> {
    let cell = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"inlineStr\"><is><t>x</t></is></c></row>";
    with_sheet(&format!("{SHEET_START}{cell}</sheetData></worksheet>"))
}

fn broken() -> Vec<u8> {
    with_sheet("<worksheet><sheetData><row><c>")
}

fn sheet(rows: &[&[&str]]) -> String {
    let mut drawn = SHEET_START.to_owned();
    for row in rows {
        drawn.push_str("<row>");
        for cell in *row {
            let text = cell.replace('&', "&amp;").replace('<', "&lt;");
            drawn.push_str(&match text.as_str() {
                "" => "<c/>".to_owned(),
                text => format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            });
        }
        drawn.push_str("</row>");
    }
    drawn.push_str("</sheetData></worksheet>");
    drawn
}

/// The parts of a workbook as a spreadsheet program writes them.
fn parts(sheets: &[(&str, String)]) -> Vec<(&'static str, Vec<u8>)> {
    const FILES: [&str; 4] = [
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/sheet4.xml",
    ];
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let mut names = String::new();
    let mut targets = String::new();
    let mut types = String::new();
    let mut parts = Vec::new();
    for (number, ((name, content), file)) in (1..).zip(sheets.iter().zip(FILES)) {
        names += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>");
        targets += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        types += &format!(
            "<Override PartName=\"/{file}\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
        parts.push((file, content.clone().into_bytes()));
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    parts.extend([
        (
            "[Content_Types].xml",
            format!("<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                <Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>").into_bytes(),
        ),
        (
            "_rels/.rels",
            format!("<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into_bytes(),
        ),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{names}</sheets></workbook>").into_bytes()),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{package}/relationships\">{targets}</Relationships>").into_bytes()),
    ]);
    parts
}

fn zipped(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
