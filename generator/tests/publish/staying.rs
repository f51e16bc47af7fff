//! What stays of releases that were public, and the way back to them.

use super::*;

#[test]
fn an_old_asset_stays_for_the_time_of_grace() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    assert!(city.public(&old).exists(), "{old} is gone at once");
    assert_ne!(asset_of(&city.options.out, "style."), old);
    for _ in 0..=KEEP {
        city.build(GRACE_DAYS / 2);
        city.publish().unwrap();
    }
    assert!(!city.public(&old).exists(), "{old} stays for ever");
    let kept = city.folder().kept().unwrap().len();
    assert_eq!(kept, KEEP + 1, "releases are kept");
}

/// A page that was cached before somebody went back finds its style, and so does one of the release that is public again.
#[test]
fn an_asset_of_the_release_that_was_gone_back_from_stays() {
    let mut city = City::new();
    let old = publish_two_styles(&mut city);
    let new = asset_of(&city.options.out, "style.");
    let styled = fs::read(city.public(&new)).unwrap();
    let back = city.roll_back().unwrap();
    let public = || {
        let current = city.to.join("current");
        check(current.to_str().unwrap(), &city.publishers).unwrap()
    };
    assert_eq!(public().release.serial, back);
    for style in [&old, &new] {
        assert!(city.public(style).exists(), "{style} is gone at once");
    }
    assert_eq!((public().wrong, public().added), (vec![], vec![]));

    // To and fro: what somebody changed meanwhile among what stays is put right, without touching the release's own.
    fs::remove_file(city.public(&new)).unwrap();
    fs::write(city.public(&new), "body { display: none }").unwrap();
    let newest = city.folder().kept().unwrap().last().unwrap().release.serial;
    city.roll_back_to(newest);
    city.roll_back_to(back);
    assert_eq!(fs::read(city.public(&new)).unwrap(), styled);
    assert_eq!((public().wrong, public().added), (vec![], vec![]));
}

/// The time of grace begins when a release is replaced, however long it was public.
#[test]
fn an_asset_of_a_release_that_was_public_until_yesterday_stays() {
    let mut city = City::new();
    let site = support::new_dir().join("site");
    support::copy_dir(&city.options.site, &site, &mut |paths| paths.sort());
    city.options.site = site.clone();
    city.keep = 0;
    city.make_valid_for(90);
    city.build(0);
    let first = city.publish().unwrap();
    let old = asset(&city, "style.");
    support::edit(
        &site.join("style/base.css"),
        "body {",
        "body { color: red; }\nbody {",
    );
    // Day 40, day 41: the first was public until yesterday.
    city.build(GRACE_DAYS + 10);
    city.publish().unwrap();
    city.build(1);
    let third = city.publish().unwrap();
    assert!(city.public(&old).exists(), "{old} is gone after a day");
    // Back to the first: from then on the third is the one that was replaced, and later the first again.
    city.roll_back_to(first);
    city.build(GRACE_DAYS - 2);
    city.publish().unwrap();
    city.build(3);
    city.publish().unwrap();
    assert!(city.public(&old).exists(), "{old} was public 3 days ago");
    let kept = || city.folder().kept().unwrap();
    let serials = || {
        kept()
            .iter()
            .map(|kept| kept.release.serial)
            .collect::<Vec<_>>()
    };
    assert!(serials().contains(&first) && !serials().contains(&third));
}

#[test]
fn the_way_back_is_said_in_words_and_tried_first() {
    let mut city = City::new();
    publish_two_styles(&mut city);
    let said = |more: &[&str], city: &City| {
        let output = rollback(city, more);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let second = city.current();
    let told = said(&["--dry-run"], &city);
    assert!(told.starts_with("pages: "), "{told}");
    assert!(
        told.contains("other files: 2 new: assets/form_style."),
        "{told}"
    );
    assert!(!told.contains("the relay goes on"), "{told}");
    assert!(told.ends_with("nothing was published\n"), "{told}");
    assert_eq!(city.current(), second);

    // More than style: a version, and an office's key.
    let form = city.options.forms.join("dong-dau/form.toml");
    support::edit(&form, "version = 2\n", "version = 3\n");
    let keys = city.options.keys.clone().unwrap();
    support::exchange_keys(&keys, &["00029"], &[]);
    city.build(1);
    city.publish().unwrap();
    let told = said(&[], &city);
    assert!(
        told.contains("versions of forms: 1 new: dong-dau/2; 1 gone: dong-dau/3"),
        "{told}"
    );
    assert!(
        told.contains("keys: 1 changed: Phường Đội Cấn (00029)"),
        "{told}"
    );
    assert!(
        told.contains("the relay goes on with its newest catalogue"),
        "{told}"
    );
    assert_eq!((city.current(), city.wrong()), (second, vec![]));
}
