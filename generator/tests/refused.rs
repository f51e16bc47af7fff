//! A bucket that refuses: who asks may not, there is no room, the clock is wrong. Each time it is told where, what and what to
//! do; what is public stays whole, and the next run finishes.
#![allow(clippy::unwrap_used)]

mod support;

use support::bucket::Refusal;
use support::city::City;

const DENIED: Refusal = Refusal {
    asked: "PUT /",
    within: "",
    after: 0,
    status: "403 Forbidden",
    code: "AccessDenied",
    more: "<Message>Access Denied</Message>",
};
const FULL: Refusal = Refusal {
    status: "507 Insufficient Storage",
    code: "XMinioStorageFull",
    more: "<Message>Storage backend has reached its minimum free drive threshold.</Message>",
    ..DENIED
};
const SKEWED: Refusal = Refusal {
    asked: "",
    status: "403 Forbidden",
    code: "RequestTimeTooSkewed",
    more: "<RequestTime>20160810T000000Z</RequestTime><ServerTime>2016-08-10T01:00:00Z</ServerTime>",
    ..DENIED
};

/// What is refused, and what is told of it.
fn refusals() -> Vec<(&'static str, Refusal, Vec<&'static str>)> {
    let rights =
        "give the key in AWS_ACCESS_KEY_ID the rights to list, read, write and delete there";
    let room = "make room there or have its quota raised";
    let at = |after, refusal| Refusal { after, ..refusal };
    let list = Refusal {
        asked: "GET /",
        within: "list-type=2",
        ..DENIED
    };
    let delete = Refusal {
        asked: "POST /",
        within: "delete",
        ..DENIED
    };
    vec![
        (
            "no right to write",
            DENIED,
            vec!["PUT http://", "(AccessDenied)", rights],
        ),
        (
            "no right to write pages",
            Refusal {
                within: "index.html",
                ..DENIED
            },
            vec!["PUT http://", rights],
        ),
        (
            "a right lost midway",
            at(40, DENIED),
            vec!["PUT http://", rights],
        ),
        (
            "no right to list",
            list,
            vec!["GET http://", "(AccessDenied)", rights],
        ),
        (
            "no right to delete",
            delete,
            vec!["POST http://", "(AccessDenied)", rights],
        ),
        (
            "full at once",
            FULL,
            vec!["PUT http://", "no room left", room],
        ),
        (
            "full midway",
            at(40, FULL),
            vec!["PUT http://", "no room left", room],
        ),
        (
            "a clock that is an hour behind",
            SKEWED,
            vec![
                "this machine's clock is wrong (RequestTimeTooSkewed): it says 20160810T000000Z, the storage's 2016-08-10T01:00:00Z",
                "timedatectl set-ntp true",
            ],
        ),
    ]
}

#[test]
fn a_bucket_that_refuses_is_told_and_the_next_run_finishes() {
    let mut city = City::new("refused");
    city.build("Đóng dấu");
    city.publish(&[]).unwrap();
    for (number, (what, refusal, expected)) in refusals().into_iter().enumerate() {
        let before = city.current();
        city.restyle(&format!("refused-{number}"));
        city.build(&format!("Đóng dấu {number}"));
        let after = city.built();
        city.link.refuse(Some(refusal));
        let told = city.publish(&[]).unwrap_err();
        city.link.refuse(None);
        for words in [
            "s3://refused: ",
            "what is public is whole",
            "then publish again",
        ] {
            assert!(told.contains(words), "{what}: {words:?} is not in: {told}");
        }
        for words in expected {
            assert!(told.contains(words), "{what}: {words:?} is not in: {told}");
        }
        city.assert_whole(Some(&before), &after);
        // Who may not delete could not take their own lock away.
        let more: &[&str] = match refusal.asked {
            "POST /" => &["--break-lock"],
            _ => &[],
        };
        city.build(&format!("Đóng dấu lần nữa {number}"));
        city.publish(more)
            .unwrap_or_else(|told| panic!("{what}: {told}"));
        city.assert_public(&city.built());
    }
}

#[test]
fn a_refusal_is_told_in_vietnamese() {
    let mut city = City::new("refused-vi");
    city.lang = "vi";
    city.build("Đóng dấu");
    for (refusal, expected) in [
        (DENIED, "kho không cho phép (AccessDenied)"),
        (FULL, "kho đã hết chỗ (XMinioStorageFull)"),
        (
            SKEWED,
            "đồng hồ của máy này sai (RequestTimeTooSkewed): ở đây là 20160810T000000Z",
        ),
    ] {
        city.link.refuse(Some(refusal));
        let told = city.publish(&[]).unwrap_err();
        assert!(told.contains(expected), "{told}");
        assert!(city.link.names().is_empty(), "nothing is there");
    }
}
