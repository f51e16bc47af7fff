//! What becomes public and what does not.

use super::*;

#[test]
fn a_release_is_public_whole_and_the_next_takes_over_what_did_not_change() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    let about = city.public("gioi-thieu/index.html");
    let before = fs::read_to_string(city.public("index.html")).unwrap();
    assert!(!before.contains("Đóng dấu giáp lai"));

    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    support::edit(&form, "version = 2\n", "version = 3\n");
    city.options.now = city.options.now.plus(60);
    build(&city.options).unwrap();
    let old = inode(&about);
    let second = city.publish().unwrap();
    assert!(second > first);
    assert_eq!(city.wrong(), []);
    assert_eq!(
        inode(&about),
        old,
        "a file that did not change is not written again"
    );
    let home = fs::read_to_string(city.public("index.html")).unwrap();
    assert!(home.contains("Đóng dấu giáp lai"));

    // Back, and forth with a newer build.
    let back = city.roll_back().unwrap();
    assert_eq!(back, first);
    assert!(
        !fs::read_to_string(city.public("index.html"))
            .unwrap()
            .contains("giáp lai")
    );
    assert_eq!(city.wrong(), []);
    city.build(1);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

/// What is new, changed and gone of each sort, by the names that people use.
#[test]
fn what_publishing_would_change_is_said_in_words() {
    let mut city = City::new();
    city.build(0);
    let first = check(city.options.out.to_str().unwrap(), &city.publishers).unwrap();
    let pages = first.release.files.keys();
    let pages = pages.filter(|path| path.ends_with(".html")).count();
    let told = city.difference(Lang::En);
    assert_eq!(told.lines().next(), Some(&*format!("pages: {pages} new")));
    city.publish().unwrap();
    assert_eq!(city.difference(Lang::En), "nothing differs");

    // A form is new, one has a new version, a ward is gone, another and a district's police have other keys.
    let (forms, keys) = (
        city.options.forms.clone(),
        city.options.keys.clone().unwrap(),
    );
    let copy = forms.join("dong-dau-noi");
    support::copy_dir(&forms.join("dong-dau"), &copy, &mut |paths| paths.sort());
    support::edit(
        &forms.join("dong-dau/form.toml"),
        "version = 2\n",
        "version = 3\n",
    );
    support::edit(
        &forms.join("agencies.csv"),
        "00008,001,Quận Ba Đình,Cống Vị,phường,phuong-cong-vi-ba-dinh,\n",
        "",
    );
    // Every form has the list of wards.
    support::edit(
        &forms.join("khai-sinh/form.toml"),
        "version = 1\n",
        "version = 2\n",
    );
    support::exchange_keys(&keys, &["00029", "ca-271"], &["00008"]);
    city.build(1);
    let told = city.difference(Lang::En);
    let line = |start: &str| {
        let mut lines = told.lines().filter_map(|line| line.strip_prefix(start));
        lines
            .next()
            .unwrap_or_else(|| panic!("{start}: {told}"))
            .to_owned()
    };
    assert_eq!(
        line("forms: "),
        "1 new: dong-dau-noi; 2 changed: dong-dau, khai-sinh"
    );
    assert_eq!(
        line("versions of forms: "),
        "3 new: dong-dau-noi/2, dong-dau/3, khai-sinh/2; 2 gone: dong-dau/2, khai-sinh/1"
    );
    assert_eq!(line("offices: "), "1 gone: Phường Cống Vị (00008)");
    assert_eq!(
        line("keys: "),
        "2 changed: Phường Đội Cấn (00029), Huyện Ba Vì (ca-271); 1 gone: Phường Cống Vị (00008)"
    );
    assert!(line("pages: ").contains("new: "), "{told}");
    assert!(line("pages: ").contains("/en/dong-dau-noi/form/"), "{told}");
    assert!(line("pages: ").contains("gone: "), "{told}");
    let told = city.difference(Lang::Vi);
    assert!(
        told.contains("\ncơ quan: 1 bỏ: Phường Cống Vị (00008)\n"),
        "{told}"
    );

    // A catalogue that somebody exchanged says nothing of offices.
    fs::write(city.public("catalogue.jws"), "by hand").unwrap();
    let told = city.difference(Lang::En);
    assert!(
        told.contains("offices and keys: cannot be compared"),
        "{told}"
    );
}

#[test]
fn what_is_not_whole_not_signed_or_not_newer_stays_where_it_is() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    // Of the same second, and another.
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    city.build(0);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains(&format!("release {first} is not newer than {first}")),
        "{told}"
    );

    city.build(1);
    let page = city.options.out.join("gioi-thieu/index.html");
    fs::write(&page, "hello").unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("gioi-thieu/index.html: is not what was signed"),
        "{told}"
    );
    fs::remove_file(&page).unwrap();
    let told = city.publish().unwrap_err();
    assert!(told.contains("gioi-thieu/index.html: is missing"), "{told}");
    city.build(1);

    let stranger = support::publisher(&support::new_dir(), 9);
    let told = Ready::of(&city.options.out, &[stranger]).err().unwrap().en;
    assert!(told.contains("foreign publisher"), "{told}");
    assert_eq!(city.current(), first);
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_published_version_that_changed_is_not_published() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "Đóng dấu", "Đóng dấu giáp lai");
    city.build(1);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("forms/dong-dau/2.json: was published with other contents in release "),
        "{told}"
    );
    assert!(told.contains("`motcua check --against`"), "{told}");
    assert_eq!((city.current(), city.wrong()), (first, vec![]));
    support::edit(&form, "version = 2\n", "version = 3\n");
    city.build(1);
    let second = city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    // It was public, though it is no more.
    city.roll_back().unwrap();
    support::edit(&form, "Đóng dấu giáp lai", "Đóng dấu nổi");
    city.build(2);
    let told = city.publish().unwrap_err();
    let changed =
        format!("forms/dong-dau/3.json: was published with other contents in release {second}");
    assert!(told.contains(&changed), "{told}");
    assert_eq!((city.current(), city.wrong()), (first, vec![]));
    support::edit(&form, "version = 3\n", "version = 4\n");
    city.build(2);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_service_that_is_gone_without_a_word_is_not_published() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let forms = city.options.forms.clone();
    fs::remove_dir_all(forms.join("dong-dau")).unwrap();
    city.build(1);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("/dong-dau/: this service is public, and the new release has neither a page nor a redirect there"),
        "{told}"
    );
    assert!(told.contains("forms/former.toml"), "{told}");
    assert_eq!((city.current(), city.wrong()), (first, vec![]));
    fs::write(
        forms.join("former.toml"),
        "[dong-dau]\ntitle.vi = \"Đóng dấu\"\nsince = 2016-08-11\nwhere.vi = \"Đến phường.\"\n",
    )
    .unwrap();
    city.build(1);
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

#[test]
fn of_two_publishers_one_is_refused() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    city.build(1);
    let held = fs::File::open(city.to.join(".publishing")).unwrap();
    held.lock().unwrap();
    let told = city.publish().unwrap_err();
    assert!(told.contains("somebody else is publishing there"), "{told}");
    // Whoever is done lets go of it.
    held.unlock().unwrap();
    city.publish().unwrap();
}

/// The next build there would remove what is public.
#[test]
fn a_folder_of_releases_stands_apart_from_built_portals() {
    let mut city = City::new();
    city.build(0);
    let built = city.options.out.clone();
    let another = support::new_dir().join("another");
    support::copy_dir(&built, &another, &mut |paths| paths.sort());
    let link = support::new_dir().join("link");
    std::os::unix::fs::symlink(&built, &link).unwrap();
    let names = |dir: &Path| fs::read_dir(dir).unwrap().count();
    let before = (names(&built), names(&another));
    for to in [
        &built,
        &built.join("deep/er"),
        built.parent().unwrap(),
        &link,
        &another,
    ] {
        city.to = to.to_owned();
        let told = city.publish().unwrap_err();
        assert!(
            told.contains("the next build would remove what is public"),
            "{told}"
        );
        assert!(
            told.contains("choose a folder for releases alone with --to"),
            "{told}"
        );
    }
    assert_eq!((names(&built), names(&another)), before);
    city.to = built.parent().unwrap().join("out-of-it");
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
}

/// Where, what, what to do, and nothing is made on the way.
#[test]
fn what_is_asked_for_by_mistake_is_told() {
    let mut city = City::new();
    city.build(0);
    let place = support::new_dir();
    let file = place.join("file");
    fs::write(&file, "").unwrap();
    let unsigned = Options {
        keys: None,
        out: support::new_dir().join("unsigned"),
        ..city.options.clone()
    };
    build(&unsigned).unwrap();
    let key = city.options.keys.as_ref().unwrap();
    let (key, to) = (key.join("publisher.pub.jwk"), place.join("to"));
    let [key, built, unsigned, to, file] =
        [&key, &city.options.out, &unsigned.out, &to, &file].map(|path| path.to_str().unwrap());
    for (arguments, expected) in [
        (&["--from", built, "--to", ""][..], "--to names nothing"),
        (
            &["--from", built, "--to", file],
            "a part of the path is a file, not a folder",
        ),
        (
            &["--from", unsigned, "--to", to],
            "was built without keys, so nothing of it is signed; nothing was published\n  = build with --keys",
        ),
        (
            &[
                "--from",
                built,
                "--to",
                to,
                "--endpoint",
                "https://s3.example",
            ],
            "is a folder, and --endpoint is for buckets alone",
        ),
        (
            &["--from", built, "--to", to, "--break-lock"],
            "is a folder, and --break-lock is for buckets alone",
        ),
        (
            &["--rollback", "--to", to],
            "no release is kept there to go back to",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_motcua"));
        command.args(["--lang", "en", "publish", "--publisher", key]);
        support::set_clock(&mut command, city.options.now);
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(expected), "{told}");
        assert!(
            told.contains("\n  = ") && !told.contains("os error"),
            "{told}"
        );
    }
    let left = fs::read_dir(&place).unwrap().count();
    assert_eq!(left, 1, "something was made in {}", place.display());
    // One is one.
    city.publish().unwrap();
    fs::write(city.public("index.html"), "by hand").unwrap();
    let ready = Ready::of(&city.options.out, &city.publishers).unwrap();
    let done = Target::Folder(city.folder()).publish(&ready, &city.run());
    let told = done.unwrap().show(Lang::En).unwrap();
    assert!(
        told.contains("; 1 file of it was missing or not as signed"),
        "{told}"
    );
}
