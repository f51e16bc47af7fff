//! The search over a whole city's services and agencies, in a real browser.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::thread;

use generator::Options;
use generator::serve::{Folder, Server};
use serde_json::json;
use tests::programs::Programs;
use tests::{Day, browser, corpus, repository};

/// What one search may load, in brotli.
const SEARCH_BYTES_MAX: u64 = 30 * 1024;
/// What is typed, and what must be the first thing that is found.
const SEARCHES: [(&str, &str); 6] = [
    ("dang ky ho kinh doanh", "Đăng ký hộ kinh doanh"),
    ("Cấp lại giấy phép lái xe", "Cấp lại giấy phép lái xe"),
    ("chung thuc chu ky", "chữ ký"),
    ("dang ky ho kihn doanh", "Đăng ký hộ kinh doanh"),
    ("ha dong", "Quận Hà Đông"),
    ("van quan", "Phường Văn Quán"),
];

#[test]
fn people_find_services_and_agencies_among_thousands() {
    let day: Day = "2016-08-10".parse().unwrap();
    let (portal, place) = served(day);
    let typed: Vec<&str> = SEARCHES.iter().map(|(typed, _)| *typed).collect();
    let order = json!({ "portal": portal, "now": day.unix_s(), "typed": typed });
    let seen = browser::drive("search.mjs", order).unwrap();
    assert_eq!(seen["complaints"], json!([]));
    for ((typed, first), search) in SEARCHES.iter().zip(seen["searches"].as_array().unwrap()) {
        let found = search["results"][0][0].as_str().unwrap_or_default();
        assert!(found.contains(first), "{typed}: {search}");
        let bytes = search["bytes"].as_u64().unwrap();
        println!("{typed}: {bytes} bytes in {} files", search["files"]);
        assert!(
            (1..=SEARCH_BYTES_MAX).contains(&bytes),
            "{typed}: {bytes} bytes"
        );
    }
    let last = &seen["searches"][SEARCHES.len() - 1]["results"][0][1];
    assert_eq!(seen["reached"], *last);
    // Without script the search is not there, and every group is.
    assert_eq!(seen["isShown"], false);
    assert_eq!(seen["groups"], 24);
    std::fs::remove_dir_all(place).unwrap();
}

/// A whole city's portal, built and served until the test ends.
fn served(day: Day) -> (String, PathBuf) {
    let place = Programs::scratch().unwrap().join("search-test");
    let _ = std::fs::remove_dir_all(&place);
    corpus::write(&place.join("forms"), corpus::EIGHTHS).unwrap();
    let options = Options {
        forms: place.join("forms"),
        site: repository::path("site"),
        out: place.join("portal"),
        keys: None,
        portal: None,
        relay: None,
        now: envelope::UnixTime(day.unix_s()),
        compressed: None,
        threads: None,
    };
    generator::build(&options).unwrap_or_else(|failure| panic!("{failure}"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(Server::bind(0)).unwrap();
    let address = format!("http://localhost:{}", server.port());
    let folder = Folder::open(&options.out).unwrap();
    thread::spawn(move || runtime.block_on(server.run(folder)));
    (address, place)
}
