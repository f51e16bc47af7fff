//! A large file is sealed piece by piece: the memory that it takes does not grow with it.
#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;
use tests::browser::Engine;
use tests::programs::Programs;
use tests::{City, Plan, browser};

/// The first warms the browser up.
const MEGABYTES: [u64; 3] = [10, 100, 200];
/// What either file may take, all processes of the browser together, with what else they do meanwhile: less than the smaller one's size.
const GROWTH_BYTES_MAX: u64 = 100_000_000;
const PIECE_BYTES: u64 = 262_144;

#[test]
fn a_hundred_megabytes_are_sealed_in_less_memory_and_so_are_two_hundred() {
    let plan = Plan::for_test("large", Some("2016-08-10")).unwrap();
    let city = City::start(&plan, &|_| ()).unwrap();
    let folder = Programs::scratch().unwrap().join("large");
    fs::create_dir_all(&folder).unwrap();
    let files = MEGABYTES.map(|megabytes| folder.join(format!("{megabytes}.pdf")));
    for (path, megabytes) in files.iter().zip(MEGABYTES) {
        write(path, megabytes * 1_000_000);
    }
    let order = json!({
        "portal": city.portal_url(), "now": city.now(), "sealer": sealer(&city.portal_dir()), "files": files,
    });
    // It is told by the browser's processes; Firefox does not say how many of them are for the page.
    let result = browser::drive_in(Engine::Chromium, "large.mjs", order).unwrap();
    assert_eq!(result["complaints"], json!([]));
    for (sealing, megabytes) in result["sealings"].as_array().unwrap().iter().zip(MEGABYTES) {
        let growth = sealing["growth"].as_u64().unwrap();
        println!("{megabytes} MB: {} MB more at most", growth / 1_000_000);
        let len = sealing["len"].as_u64().unwrap();
        assert!(len > megabytes * 1_000_000, "{sealing}");
        assert_eq!(sealing["pieces"], len.div_ceil(PIECE_BYTES), "{sealing}");
        assert!(growth < GROWTH_BYTES_MAX, "{megabytes} MB: {sealing}");
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn write(path: &Path, bytes: u64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let line = [b'x'; 1_000];
    for _ in 0..bytes / 1_000 {
        file.write_all(&line).unwrap();
    }
    file.flush().unwrap();
}

/// The address of the worker that seals.
fn sealer(portal: &Path) -> String {
    let names = fs::read_dir(portal.join("assets")).unwrap();
    let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let name = names.find(|name| name.starts_with("sealer.") && name.ends_with(".js"));
    format!("/assets/{}", name.unwrap())
}
