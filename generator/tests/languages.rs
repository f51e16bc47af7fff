//! What the commands say besides faults of sources, in Vietnamese and in English.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use support::new_dir;

/// What a command says in a language, on both of its outputs, with `DIR` for the folder it works in.
fn said(dir: &Path, command: &str, lang: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .args(command.split(' '))
        .args(["--lang", lang])
        .current_dir(dir)
        .env("GIT_CEILING_DIRECTORIES", dir.parent().unwrap())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8(said).unwrap().trim_end().to_owned()
}

/// Runs each command in both languages and compares the whole text.
fn assert_says(dir: &Path, told: &[(&str, &str, &str)]) {
    for (command, en, vi) in told {
        assert_eq!(said(dir, command, "en"), *en, "{command}");
        assert_eq!(said(dir, command, "vi"), *vi, "{command}");
    }
}

#[test]
fn keys() {
    let dir = new_dir();
    fs::write(dir.join("bad.pub.jwk"), "no key").unwrap();
    fs::create_dir(dir.join("empty")).unwrap();
    fs::write(dir.join("private.jwk"), "").unwrap();
    support::publisher(&dir.join("there"), 9);
    assert_says(
        &dir,
        &[
            (
                "keys publisher --keys there",
                "there/publisher.jwk: is there already; nothing was written\n  = keep it: relays, intakes and pages know it. Move it away to make another",
                "there/publisher.jwk: đã có rồi; chưa ghi gì cả\n  = hãy giữ nó: trạm chuyển, nơi nhận và các trang đều nhận ra nó. Muốn tạo khóa khác thì chuyển nó đi chỗ khác",
            ),
            (
                "keys add --office 00001 none.pub.jwk",
                "none.pub.jwk: the key is missing\n  = correct the path",
                "none.pub.jwk: thiếu khóa này\n  = sửa lại đường dẫn",
            ),
            (
                "keys add --office 00001 bad.pub.jwk",
                "bad.pub.jwk: is not a key: expected ident at line 1 column 2\n  = give a JWK with kty, crv, x, y, kid and use",
                "bad.pub.jwk: không phải là khóa: expected ident at line 1 column 2\n  = hãy đưa một JWK có kty, crv, x, y, kid và use",
            ),
            (
                "keys add --office 00001 there/publisher.jwk",
                "there/publisher.jwk: is a private key\n  = give the file that ends in .pub.jwk; the private one stays where it is used",
                "there/publisher.jwk: là khóa riêng\n  = hãy đưa tệp có đuôi .pub.jwk; khóa riêng ở lại nơi dùng nó",
            ),
            (
                "keys add --office 00001 there/publisher.pub.jwk",
                "there/publisher.pub.jwk: is a key for signing\n  = give one that was made for an office, for sealing",
                "there/publisher.pub.jwk: là khóa để ký\n  = hãy đưa khóa được tạo cho một cơ quan, để niêm phong",
            ),
            (
                "keys add --dir nowhere",
                "nowhere: cannot be read: it is not there\n  = give the folder that holds the .pub.jwk files",
                "nowhere: không đọc được: nó không có ở đó\n  = hãy đưa thư mục có các tệp .pub.jwk",
            ),
            (
                "keys add --dir empty",
                "empty: holds no file that ends in .pub.jwk\n  = give the folder that `motcua-intake keys new --out` wrote to",
                "empty: không có tệp nào có đuôi .pub.jwk\n  = hãy đưa thư mục mà «motcua-intake keys new --out» đã ghi vào",
            ),
            (
                "keys add --dir empty --not-before 2017-01-02 --not-after 2017-01-01",
                "the last day is before the first\n  = correct --not-before or --not-after",
                "ngày cuối ở trước ngày đầu\n  = sửa lại --not-before hoặc --not-after",
            ),
        ],
    );
    let added = [
        ("en", "1 added, 0 known already"),
        ("vi", "đã thêm 0, đã có sẵn 1"),
    ];
    support::write_public(&dir.join("00001.pub.jwk"), &support::key(5), "enc");
    for (lang, told) in added {
        assert_eq!(
            said(
                &dir,
                "keys add --office 00001 00001.pub.jwk --not-before 2016-08-10 --not-after 2017-08-10",
                lang
            ),
            told
        );
    }
    assert!(said(&dir, "keys list", "en").ends_with("\texpired"));
    assert!(said(&dir, "keys list", "vi").ends_with("\tđã hết hạn"));
}

#[test]
fn serve_and_size() {
    let dir = new_dir();
    fs::create_dir(dir.join("empty")).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    assert_says(
        &dir,
        &[
            (
                &format!("serve --port {port}"),
                &format!(
                    "port {port} is in use\n  = stop the program that uses it, or give another with --port"
                ),
                &format!(
                    "cổng {port} đang có chương trình khác dùng\n  = dừng chương trình ấy, hoặc chọn cổng khác bằng --port"
                ),
            ),
            (
                "serve --port 0 --dir empty",
                "empty: is not a portal: it has no index.html\n  = build one with `motcua build --out empty`",
                "empty: không phải là một cổng: không có index.html\n  = tạo cổng bằng «motcua build --out empty»",
            ),
            (
                "serve --port 0 --keys empty",
                "empty/publisher.jwk: the key is missing\n  = make one with `motcua keys publisher`",
                "empty/publisher.jwk: thiếu khóa này\n  = tạo khóa bằng «motcua keys publisher»",
            ),
            (
                "size nowhere",
                "nowhere: it is not there\n  = give the folder of a portal",
                "nowhere: nó không có ở đó\n  = hãy đưa thư mục của một cổng",
            ),
            (
                "size empty",
                "empty: has no form's page\n  = build a portal with `motcua build`",
                "empty: không có trang biểu mẫu nào\n  = tạo cổng bằng «motcua build»",
            ),
        ],
    );
}

#[test]
fn history_new_and_the_folder_of_a_build() {
    let options = support::fixture_copy();
    let dir = options.forms.parent().unwrap();
    fs::create_dir(dir.join("full")).unwrap();
    fs::write(dir.join("full/letter.txt"), "Kính gửi").unwrap();
    let site = options.site.display();
    let git = said(dir, "history khai-sinh", "en");
    assert!(
        git.starts_with("forms: git says: fatal: not a git repository"),
        "{git}"
    );
    let git = said(dir, "history khai-sinh", "vi");
    assert!(
        git.starts_with("forms: git báo: fatal: not a git repository"),
        "{git}"
    );
    assert!(
        git.ends_with(
            "= giữ các biểu mẫu trong một kho git, hoặc nêu các danh mục đã giữ thay cho thẻ"
        ),
        "{git}"
    );
    assert_says(
        dir,
        &[(
            &format!("build --site {site} --out full --quiet"),
            "full: is not a portal: it has files but no `.motcua-portal`; nothing was written\n  = choose another folder with --out, or empty this one yourself",
            "full: không phải là một cổng: có tệp nhưng không có «.motcua-portal»; chưa ghi gì cả\n  = chọn thư mục khác bằng --out, hoặc tự dọn trống thư mục này",
        )],
    );
    for command in [
        "new form khai-sinh",
        "new form Khai-Sinh",
        "new form x --like none",
        "new portal full",
        "translations --language xx",
        "history none forms",
    ] {
        let (en, vi) = (said(dir, command, "en"), said(dir, command, "vi"));
        assert!(
            !en.is_empty() && en != vi && !vi.is_ascii(),
            "{command}: {vi}"
        );
    }
}
