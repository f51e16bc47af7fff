//! Clocks, ends, keys.

use super::*;

#[test]
fn a_clock_that_is_behind_is_named() {
    let mut city = City::new();
    city.build(10);
    let first = city.publish().unwrap();
    let public = city.options.now;
    // The clock of this machine: building again does not help.
    city.build(-3);
    let told = city.publish().unwrap_err();
    let now = city.options.now;
    assert!(
        told.contains(&format!("this machine's clock says {now}")),
        "{told}"
    );
    assert!(
        told.contains(&format!("was built after that, at {public}")),
        "{told}"
    );
    assert!(told.contains("timedatectl set-ntp true"), "{told}");
    assert!(
        told.contains("go back to a kept release with --rollback"),
        "{told}"
    );
    // That of the machine which built it.
    city.options.now = public.plus(60);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains(&format!("was built at {now}, before release {first}")),
        "{told}"
    );
    assert!(told.contains("the clock there is behind"), "{told}");
    assert_eq!(city.wrong(), []);
}

/// Nothing could be sent with it: relay and browsers refuse its catalogue.
#[test]
fn a_release_of_the_future_or_of_the_past_does_not_become_public() {
    const MINUTE_S: i64 = 60;
    let mut city = City::new();
    let launch = city.options.now;
    city.build(0);
    let first = city.publish().unwrap();
    // A clock may be a little ahead of another.
    city.build(1);
    let built = city.options.now;
    city.options.now = built.plus(-11 * MINUTE_S);
    let told = city.publish().unwrap_err();
    let now = city.options.now;
    assert!(
        told.contains(&format!(
            "was built at {built}, and this machine's clock says {now}"
        )),
        "{told}"
    );
    assert!(
        told.contains("if it is that of the machine which built it, build again there"),
        "{told}"
    );
    city.options.now = built.plus(-10 * MINUTE_S);
    let second = city.publish().unwrap();

    // In sight of its end it is said, and after it refused.
    city.build(1);
    city.options.now = launch.plus(28 * 24 * 3600);
    let told = city.difference(Lang::En);
    assert!(told.contains(" ends in 3 days, at "), "{told}");
    assert!(
        city.difference(Lang::Vi)
            .contains(" hết hạn sau 3 ngày, lúc ")
    );
    city.options.now = launch.plus(40 * 24 * 3600);
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("nothing can be sent with it any more"),
        "{told}"
    );
    assert!(told.contains("build its sources again"), "{told}");
    let told = city.roll_back().unwrap_err();
    assert!(
        told.contains(&format!("release {first} ended at ")),
        "{told}"
    );
    assert_eq!(city.current(), second);

    // What is public and has ended can still be put right, and is said.
    city.options.now = launch.plus(24 * 3600);
    build(&city.options).unwrap();
    city.options.now = launch.plus(40 * 24 * 3600);
    fs::write(city.public("index.html"), "by hand").unwrap();
    let told = city.difference(Lang::En);
    assert!(
        told.contains(&format!("release {second} ended at ")),
        "{told}"
    );
    assert_eq!(city.mend(), 1);
}

/// The release of a clock that was a year ahead became public before anybody saw it: it is taken back.
#[test]
fn from_a_release_of_the_future_somebody_can_go_back() {
    let mut city = City::new();
    city.build(0);
    let first = city.publish().unwrap();
    let today = city.options.now;
    city.build(300);
    let future = city.publish().unwrap();
    city.options.now = today.plus(3600);
    build(&city.options).unwrap();
    let told = city.publish().unwrap_err();
    assert!(
        told.contains("go back to a kept release with --rollback"),
        "{told}"
    );
    let told = city.roll_back_to_one(future).unwrap_err();
    assert!(told.contains("was built at "), "{told}");
    assert_eq!(city.roll_back().unwrap(), first);
    assert!(city.publish().unwrap() > first);
    assert_eq!(city.wrong(), []);
}

#[test]
fn a_new_publisher_key_follows_a_lost_one() {
    let mut city = City::new();
    city.build(0);
    city.publish().unwrap();
    let old = city.publishers[0];
    let keys = city.options.keys.clone().unwrap();
    for name in ["publisher.jwk", "publisher.pub.jwk"] {
        fs::remove_file(keys.join(name)).unwrap();
    }
    let new = support::publisher(&keys, 7);
    city.build(1);
    city.publishers = vec![new];
    let told = city.publish().unwrap_err();
    assert!(told.contains("foreign publisher"), "{told}");
    city.publishers = vec![new, old];
    city.publish().unwrap();
    assert_eq!(city.wrong(), []);
    // What the old key signed can still be gone back to.
    city.roll_back().unwrap();
    assert_eq!(city.wrong(), []);
}
