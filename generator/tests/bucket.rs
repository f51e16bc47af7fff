//! A portal in a bucket of S3 is whole at every moment, wherever the link breaks. `MOTCUA_EVERY_REQUEST=1` breaks it at every
//! request in turn, which takes minutes; else at some.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Stdio;

use support::bucket::Link;
use support::city::City;

/// In the short form of so many requests one breaks.
const STRIDE: usize = 61;

#[test]
fn a_release_is_public_with_the_right_headers_and_can_be_taken_back() {
    let mut city = City::new("taken-back");
    city.link.put("of-others.txt", b"theirs");
    city.build("Đóng dấu");
    let first = city.built();
    let told = city.publish(&["--dry-run"]).unwrap();
    assert!(told.contains("nothing was published"), "{told}");
    assert!(told.contains("\noffices: 8 new: "), "{told}");
    assert_eq!(city.link.names(), ["of-others.txt"]);
    city.publish(&[]).unwrap();
    city.assert_public(&first);

    let public = city.public();
    let asset = public
        .keys()
        .find(|path| path.starts_with("assets/style."))
        .unwrap();
    let year = "public, max-age=31536000, immutable";
    for (path, kind, cache, encoding) in [
        (
            "index.html",
            "text/html; charset=utf-8",
            "public, max-age=300",
            Some("gzip"),
        ),
        (asset, "text/css; charset=utf-8", year, Some("gzip")),
        ("catalogue.jws", "application/jose", "no-cache", None),
        ("release.jws", "application/jose", "no-cache", None),
        (
            "forms/dong-dau/2.json",
            "application/json",
            "no-cache",
            None,
        ),
    ] {
        let header = |name: &str| public[path].headers.get(name).map(String::as_str);
        assert_eq!(header("content-type"), Some(kind), "{path}");
        assert_eq!(header("cache-control"), Some(cache), "{path}");
        assert_eq!(header("content-encoding"), encoding, "{path}");
    }

    // One form differs: little is sent.
    city.build("Đóng dấu giáp lai");
    let second = city.built();
    let told = city.publish(&["--dry-run"]).unwrap();
    assert!(told.contains("\nforms: 1 changed: dong-dau\n"), "{told}");
    assert!(!told.contains("offices"), "{told}");
    city.link.break_at(usize::MAX, 0);
    city.publish(&[]).unwrap();
    let seen = city.link.mend();
    assert!(
        seen < first.files.len(),
        "{seen} requests for one form of {} files",
        first.files.len()
    );
    city.assert_public(&second);

    let told = city.publish(&["--rollback", "--dry-run"]).unwrap();
    assert!(
        told.contains("\nversions of forms: 1 new: dong-dau/2; 1 gone: dong-dau/3\n"),
        "{told}"
    );
    assert!(told.contains("the relay goes on with its newest"), "{told}");
    city.assert_public(&second);
    let told = city.publish(&["--rollback"]).unwrap();
    assert!(
        told.contains(&format!("release {}", first.serial)),
        "{told}"
    );
    city.assert_public(&first);
    // Any kept one by its number, and to and fro.
    let serial = second.serial.to_string();
    city.publish(&["--rollback", &serial]).unwrap();
    city.assert_public(&second);
    city.publish(&["--rollback"]).unwrap();
    city.assert_public(&first);
    let told = city.publish(&["--rollback", "7"]).unwrap_err();
    assert!(
        told.contains("there is no such release to go back to"),
        "{told}"
    );

    // Old releases were public until just now, whenever they were built: their assets stay.
    for title in ["Một", "Hai", "Ba"] {
        city.restyle(&title.to_lowercase());
        city.build(title);
        city.publish(&[]).unwrap();
        city.assert_public(&city.built());
    }
    assert!(city.public().contains_key(asset), "{asset} is gone at once");

    // What no kept release has any more goes once their time of grace is over; what others put there stays.
    city.let_grace_pass();
    city.restyle("bốn");
    city.build("Bốn");
    city.publish(&[]).unwrap();
    city.assert_public(&city.built());
    let public = city.public();
    assert!(!public.contains_key(asset), "{asset} stays for ever");
    assert!(public.contains_key("of-others.txt"));
    let kept = city.link.names().into_iter();
    let kept = kept
        .filter(|name| name.starts_with(".motcua/releases/"))
        .count();
    assert_eq!(kept, 2, "the public one and one to go back to");
}

/// The relay's catalogue, assets, compiled forms and keys, pages, home, the page for addresses where nothing is, and last of all the
/// release.
#[test]
fn what_pages_need_is_there_before_the_pages_and_home_comes_last() {
    let mut city = City::new("in-order");
    for styled in ["dau", "giua"] {
        city.restyle(styled);
        city.build(&format!("Đóng dấu {styled}"));
        city.link.sent();
        city.publish(&[]).unwrap();
        let sent = city.link.sent();
        let turn = |path: &str| match path.split_once('/') {
            Some((".motcua", _)) => None,
            None if path == "release.jws" => Some(6),
            None if path == "index.html" => Some(4),
            _ if path.ends_with("404.html") => Some(5),
            None if path == "catalogue.jws" => Some(0),
            Some(("assets" | "lists", _)) => Some(1),
            Some(("forms" | "keys", _)) => Some(2),
            _ => Some(3),
        };
        let turns: Vec<u8> = sent.iter().filter_map(|path| turn(path)).collect();
        assert!(turns.is_sorted(), "{sent:#?}");
        for its in 0..=6 {
            assert!(turns.contains(&its), "turn {its}: {sent:#?}");
        }
        // What is begun is written down before anything public changes.
        assert!(sent[0].starts_with(".motcua/publishing"), "{sent:#?}");
        assert!(sent[1].starts_with(".motcua/pending/"), "{sent:#?}");
    }
}

#[test]
fn of_two_publishers_one_is_refused_and_told_how_to_break_the_lock() {
    let mut city = City::new("two-publishers");
    city.build("Đóng dấu");
    let lock = br#"{"who":"lan@may-2","since":1767225600,"token":"hers"}"#;
    city.link.put(".motcua/publishing", lock);
    let told = city.publish(&[]).unwrap_err();
    assert!(
        told.contains("lan@may-2 is publishing there, since "),
        "{told}"
    );
    assert!(told.contains("--break-lock"), "{told}");
    assert_eq!(city.link.names(), [".motcua/publishing"]);
    city.publish(&["--break-lock"]).unwrap();
    city.assert_public(&city.built());
    assert!(
        city.link.get(".motcua/publishing").is_none(),
        "the lock was let go"
    );
    let told = city.publish(&[]).unwrap();
    assert!(
        told.contains("every file of it is as it was signed"),
        "{told}"
    );
}

/// A page, an asset and data, each changed past the publisher, and a page that is gone.
#[test]
fn what_somebody_changed_in_the_bucket_is_sent_again() {
    let mut city = City::new("by-hand");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    let first = city.built();
    let mut paths = first.files.keys();
    let style = paths
        .find(|path| path.starts_with("assets/style."))
        .unwrap();
    let by_hand = [
        "gioi-thieu/index.html",
        "forms/dong-dau/2.json",
        "catalogue.jws",
        style,
    ];
    let edit = |city: &City| {
        for path in by_hand {
            // As long as it was: only the bytes tell.
            let mut bytes = city.link.get(path).unwrap().bytes;
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            city.link.put(path, &bytes);
        }
        city.link.delete("khai-sinh/index.html");
    };

    // The same release.
    edit(&city);
    let told = city.publish(&["--dry-run"]).unwrap();
    assert!(told.contains("by hand: 4 changed: "), "{told}");
    assert!(told.contains("1 gone: khai-sinh/index.html"), "{told}");
    let told = city.publish(&[]).unwrap();
    assert!(told.contains("5 files of it were missing or not"), "{told}");
    city.assert_public(&first);

    // The next one, of which most files are the same.
    edit(&city);
    city.build("Đóng dấu giáp lai");
    city.publish(&[]).unwrap();
    city.assert_public(&city.built());

    // One to go back to.
    let kept: Vec<_> = by_hand.iter().filter(|path| **path != style).collect();
    for path in kept {
        city.link.put(path, b"by hand");
    }
    city.publish(&["--rollback"]).unwrap();
    city.assert_public(&first);

    // Where nobody wrote down what was sent, the bytes tell.
    edit(&city);
    city.link.put(".motcua/record.json", b"edited, too");
    city.build("Đóng dấu nổi");
    city.publish(&[]).unwrap();
    city.assert_public(&city.built());
}

#[test]
fn a_release_file_that_nobody_can_read_is_mended_replaced_or_no_longer_kept() {
    let mut city = City::new("spoilt");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    let first = city.built();
    city.build("Đóng dấu giáp lai");
    city.publish(&[]).unwrap();
    let second = city.built();
    city.link.put("release.jws", b"by hand");
    let told = city.publish(&[]).unwrap();
    assert!(
        told.contains("s3://spoilt/release.jws: is gone, or not as it was signed"),
        "{told}"
    );
    city.assert_public(&second);

    // Lost; one that was kept is spoilt, too.
    city.link.delete("release.jws");
    let kept = format!(".motcua/releases/{}.jws", first.serial);
    city.link.put(&kept, b"by hand");
    city.build("Đóng dấu nổi");
    let told = city.publish(&[]).unwrap();
    let said = format!(
        "s3://spoilt/{kept}: is gone, or not as it was signed: this release is not kept any more"
    );
    assert!(told.contains(&said), "{told}");
    let third = city.built();
    city.assert_public(&third);
    city.link.delete("release.jws");
    city.publish(&["--rollback"]).unwrap();
    city.assert_public(&second);
    // An older one is not published over it: the clock goes back by a minute.
    city.link.delete("release.jws");
    city.options.now = city.options.now.plus(-90);
    city.build("Đóng dấu chìm");
    let told = city.publish(&[]).unwrap_err();
    assert!(told.contains("is older than "), "{told}");
    assert!(told.contains("or build again and publish that"), "{told}");
}

#[test]
fn wherever_the_link_breaks_the_portal_is_whole_and_the_next_run_finishes() {
    let mut city = City::new("broken-link");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    break_everywhere(|number| {
        let before = city.current();
        city.restyle(&format!("at-{number}"));
        city.build(&format!("Đóng dấu {number}"));
        let after = city.built();
        let told = broken_at(&city, number, &[]);
        city.assert_whole(Some(&before), &after);
        if told.is_ok() {
            city.assert_public(&after);
            return false;
        }
        city.let_grace_pass();
        city.build(&format!("Đóng dấu lần nữa {number}"));
        city.publish(&["--break-lock"]).unwrap();
        city.assert_public(&city.built());
        true
    });
}

#[test]
fn the_first_release_is_whole_wherever_the_link_breaks() {
    let mut city = City::new("first");
    city.build("Đóng dấu");
    let release = city.built();
    break_everywhere(|number| {
        city.link = Link::new(&format!("first-{number}"));
        let told = broken_at(&city, number, &[]);
        city.assert_whole(None, &release);
        if told.is_err() {
            city.publish(&["--break-lock"]).unwrap();
        }
        city.assert_public(&release);
        told.is_err()
    });
}

#[test]
fn what_is_taken_back_is_whole_wherever_the_link_breaks() {
    let mut city = City::new("back-broken");
    city.build("Đóng dấu");
    break_everywhere(|number| {
        city.build(&format!("Đóng dấu cũ {number}"));
        city.publish(&[]).unwrap();
        // Else every release that was public so far would be kept.
        city.let_grace_pass();
        let before = city.built();
        city.restyle(&format!("back-{number}"));
        city.build(&format!("Đóng dấu mới {number}"));
        city.publish(&[]).unwrap();
        let told = broken_at(&city, number, &["--rollback"]);
        city.assert_whole(Some(&city.built()), &before);
        if told.is_err() {
            let serial = before.serial.to_string();
            city.publish(&["--break-lock", "--rollback", &serial])
                .unwrap();
        }
        city.assert_public(&before);
        told.is_err()
    });
}

/// A listing of S3 has a thousand files at most: more of them come before the portal's own here, and none is the publisher's.
#[test]
fn files_of_others_stay_and_hide_none_of_the_portal() {
    let mut city = City::new("crowded");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    let others = (0..1_100).map(|number| format!("0-others/{number:04}.txt"));
    let others: Vec<String> = others.collect();
    for name in &others {
        city.link.put(name, b"of somebody else");
    }
    city.link
        .put("index.html", b"<title>somebody else's</title>");
    city.restyle("crowded");
    city.build("Đóng dấu mới");
    city.publish(&[]).unwrap();
    city.assert_public(&city.built());
    let names = city.link.names();
    assert!(others.iter().all(|name| names.contains(name)));
}

/// Publishes over a link that breaks at that request and stays broken; then it is mended.
fn broken_at(city: &City, number: usize, more: &[&str]) -> Result<String, String> {
    city.link.break_at(number, usize::MAX);
    let told = city.publish(more);
    city.link.mend();
    told
}

/// Breaks the link at one request after the other, until it says that none was left to break.
fn break_everywhere(mut breaks_at: impl FnMut(usize) -> bool) {
    let stride = match std::env::var_os("MOTCUA_EVERY_REQUEST") {
        Some(_) => 1,
        None => STRIDE,
    };
    let broken = (0..)
        .step_by(stride)
        .take_while(|number| breaks_at(*number))
        .count();
    println!("broken at {broken} of the requests");
    assert!(broken > 2, "at {broken} of the requests");
}

#[test]
fn a_killed_run_leaves_the_portal_whole_and_the_next_finishes() {
    let mut city = City::new("killed");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    // Before the lock is taken there is nothing to break.
    for number in [12, 17, 41, 68] {
        city.let_grace_pass();
        let before = city.current();
        city.restyle(&format!("killed-{number}"));
        city.build(&format!("Đóng dấu {number}"));
        city.link.break_at(usize::MAX, 0);
        let mut run = city.command(&[]).stdout(Stdio::null()).spawn().unwrap();
        while city.link.seen() < number {
            assert!(
                run.try_wait().unwrap().is_none(),
                "done before {number} requests"
            );
            std::thread::yield_now();
        }
        run.kill().unwrap();
        run.wait().unwrap();
        city.link.mend();
        city.assert_whole(Some(&before), &city.built());
        city.build(&format!("Đóng dấu lần nữa {number}"));
        let told = city.publish(&[]).unwrap_err();
        assert!(told.contains("--break-lock"), "{told}");
        city.publish(&["--break-lock"]).unwrap();
        city.assert_public(&city.built());
    }
}

#[test]
fn one_lost_answer_is_asked_for_again() {
    let mut city = City::new("lost-answer");
    for number in [0, 1, 2, 9, 40] {
        city.build(&format!("Đóng dấu {number}"));
        city.link.break_at(number, 1);
        city.publish(&[]).unwrap();
        city.link.mend();
        city.assert_public(&city.built());
    }
}

#[test]
fn what_cannot_be_reached_is_told() {
    let mut city = City::new("told");
    city.build("Đóng dấu");
    city.link.bucket = "no-such-bucket".to_owned();
    for more in [&[][..], &["--dry-run"], &["--rollback"]] {
        let told = city.publish(more).unwrap_err();
        assert!(told.contains("s3://no-such-bucket: "), "{told}");
        assert!(
            told.contains("there is no such bucket (NoSuchBucket); nothing was published"),
            "{told}"
        );
        assert!(told.contains("correct its name in --to"), "{told}");
    }
}
