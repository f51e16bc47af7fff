//! What somebody changed, took away or put there.

use super::*;

#[test]
fn what_somebody_changed_by_hand_is_named_and_mended_by_the_next_release() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    let page = city.public("khai-sinh/index.html");
    fs::write(&page, "call 0900 111 111").unwrap();
    assert_eq!(
        city.wrong(),
        [("khai-sinh/index.html".to_owned(), Wrong::Other)]
    );
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let told = city.roll_back().unwrap_err();
    assert!(
        told.contains("is not as it was signed; the public release stays"),
        "{told}"
    );
    assert_eq!(city.wrong(), []);
}

/// An editor that writes into a file writes into that of every release which shares it.
#[test]
fn what_kept_releases_share_with_the_public_one_is_mended_in_them_as_well() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    let second = city.publish().unwrap();
    let page = "gioi-thieu/index.html";
    let kept = city.to.join(format!("releases/{first}")).join(page);
    assert_eq!(inode(&kept), inode(&city.public(page)));
    fs::write(city.public(page), "by hand").unwrap();
    assert_eq!(city.mend(), 1);
    assert_eq!(inode(&kept), inode(&city.public(page)));
    assert_eq!(city.roll_back().unwrap(), first);
    assert_eq!(city.wrong(), []);
    city.roll_back_to(second);
    assert_eq!(city.wrong(), []);
}

#[test]
fn what_somebody_changed_by_hand_is_mended_by_the_same_release() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    assert_eq!(city.mend(), 0);
    let style = asset(&city, "style.");
    fs::write(city.public("khai-sinh/index.html"), "call 0900 111 111").unwrap();
    fs::write(city.public(&style), "body { display: none }").unwrap();
    fs::remove_dir_all(city.public("gioi-thieu")).unwrap();
    let home = inode(&city.public("index.html"));
    let count = city.wrong().len();
    assert!(count >= 3, "{count}");
    assert_eq!(city.mend(), count);
    assert_eq!(city.wrong(), []);
    assert_eq!(city.mend(), 0);
    assert_eq!(
        inode(&city.public("index.html")),
        home,
        "what is as signed is not written again"
    );
}

#[test]
fn what_somebody_changed_by_hand_is_said_before_it_is_mended() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    assert_eq!(city.difference(Lang::En), "nothing differs");
    fs::write(city.public("index.html"), "by hand").unwrap();
    fs::remove_file(city.public("404.html")).unwrap();
    fs::write(city.public("khuyen-mai.html"), "win").unwrap();
    let told = city.difference(Lang::En);
    let said = "by hand: 1 new: khuyen-mai.html; 1 changed: index.html; 1 gone: 404.html\n";
    assert!(told.starts_with(said), "{told}");
    assert!(told.contains("what somebody added stays there"), "{told}");
    let told = city.difference(Lang::Vi);
    assert!(
        told.starts_with("sửa bằng tay: 1 mới: khuyen-mai.html; "),
        "{told}"
    );
    assert_eq!(city.mend(), 2);
}

#[test]
fn a_public_release_that_nobody_can_read_is_mended_or_replaced() {
    type Spoil = fn(&Path);
    let by_hand: Spoil = |path| fs::write(path, "by hand").unwrap();
    let gone: Spoil = |path| fs::remove_file(path).unwrap();
    for spoil in [by_hand, gone] {
        let mut city = City::new();
        city.build(0);
        let first = city.publish().unwrap();
        let old = support::new_dir().join("old");
        support::copy_dir(&city.options.out, &old, &mut |paths| paths.sort());
        city.build(1);
        let second = city.publish().unwrap();
        // The same release is one more file to mend.
        spoil(&city.public("release.jws"));
        fs::write(city.public("index.html"), "by hand").unwrap();
        let told = city.difference(Lang::En);
        assert!(
            told.contains("release.jws: is gone, or not as it was signed"),
            "{told}"
        );
        assert_eq!(city.mend(), 2);
        assert_eq!((city.current(), city.wrong()), (second, vec![]));

        // An older one is not published over it, and the way out is named.
        spoil(&city.public("release.jws"));
        let out = std::mem::replace(&mut city.options.out, old);
        let told = city.publish().unwrap_err();
        assert!(
            told.contains(&format!("publish release {second} again, which mends it")),
            "{told}"
        );
        assert!(told.contains("or build again and publish that"), "{told}");
        city.options.out = out;
        assert_eq!(city.roll_back().unwrap(), first);
        assert_eq!(city.wrong(), []);

        // The next one takes its place.
        spoil(&city.public("release.jws"));
        city.build(1);
        let third = city.publish().unwrap();
        assert_eq!((city.current(), city.wrong()), (third, vec![]));
    }
}

#[test]
fn a_kept_release_that_nobody_can_read_is_told_and_stops_nobody() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    city.build(1);
    let second = city.publish().unwrap();
    let name = format!("releases/{first}/release.jws");
    fs::write(city.to.join(&name), "by hand").unwrap();
    city.build(1);
    let told = city.difference(Lang::En);
    assert!(
        told.contains(&format!("{name}: is gone, or not as it was signed")),
        "{told}"
    );
    assert!(told.contains("is not kept any more"), "{told}");
    assert!(city.difference(Lang::Vi).contains("không còn được giữ"));
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let told = city.roll_back_to_one(first).unwrap_err();
    assert!(told.contains(&format!("kept are: {second}, ")), "{told}");
    assert_eq!(city.roll_back().unwrap(), second);
}

#[test]
fn a_folder_that_is_no_link_of_ours_is_left_alone() {
    let mut city = City::new();
    city.build(0);
    fs::create_dir_all(city.to.join("current")).unwrap();
    fs::write(city.public("index.html"), "of somebody else").unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("current: is no link of `motcua publish`"),
        "{told}"
    );
    assert!(
        told.contains("choose another folder with --to, or move it away"),
        "{told}"
    );
    let left = fs::read_to_string(city.public("index.html")).unwrap();
    assert_eq!(left, "of somebody else");
}

/// Files of earlier releases stay there for pages from a cache: they are none that somebody added.
#[test]
fn what_somebody_added_to_the_folder_is_named() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    assert!(city.public(&old).exists());
    let added = || {
        let current = city.to.join("current");
        let checked = check(current.to_str().unwrap(), &city.publishers).unwrap();
        assert_eq!(checked.wrong, []);
        checked.added
    };
    assert_eq!(added(), [""; 0]);
    fs::create_dir(city.public("khuyen-mai")).unwrap();
    fs::write(city.public("khuyen-mai/index.html"), "win").unwrap();
    fs::write(city.public("assets/style.by-hand.css"), "body {}").unwrap();
    // One that stays, and is another now; a link beside keeps the file of the older release.
    fs::remove_file(city.public(&old)).unwrap();
    fs::write(city.public(&old), "body {}").unwrap();
    let mut expected = vec![
        "assets/style.by-hand.css".to_owned(),
        old.clone(),
        "khuyen-mai/index.html".to_owned(),
    ];
    expected.sort();
    let mut named = added();
    named.sort();
    assert_eq!(named, expected);
    let verify = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(["--lang", "en", "verify"]);
        command.arg(city.to.join("current"));
        command.arg("--publisher").arg(city.key()).output().unwrap()
    };
    let output = verify();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("khuyen-mai/index.html is of no release"),
        "{said}"
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("of no release: 3 files\n"), "{said}");
    // The next release comes without them.
    city.build(1);
    city.publish().unwrap();
    let checked = check(city.to.join("current").to_str().unwrap(), &city.publishers).unwrap();
    assert_eq!(checked.added, [""; 0]);
    assert_eq!(checked.wrong, []);
}
