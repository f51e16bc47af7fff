//! Who may depend on whom, as docs/architecture.md draws it, over what cargo really links.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use tests::repository;

/// The arrows between the rooms: exactly these, whether for the program or for its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("envelope", &[]),
    ("formdef", &[]),
    ("generator", &["envelope", "formdef"]),
    ("relay", &["envelope"]),
    ("monitor", &["envelope"]),
    ("intake", &["envelope", "formdef"]),
    (
        "tests",
        &[
            "envelope",
            "formdef",
            "generator",
            "intake",
            "monitor",
            "relay",
        ],
    ),
];

/// What a room must not reach, over any number of steps, and why.
const NEVER: &[(&str, &[&str], &str)] = &[
    (
        "relay",
        &[
            "formdef",
            "generator",
            "intake",
            "tera",
            "lightningcss",
            "pulldown-cmark",
        ],
        "the only program on the Internet knows nothing of forms, templates or Markdown",
    ),
    (
        "relay",
        &["p256", "aes-gcm", "elliptic-curve", "aes"],
        "the relay must not be able to open a part",
    ),
    ("relay", &["ureq", "reqwest"], "the relay never calls out"),
    (
        "monitor",
        &[
            "relay", "intake", "hyper", "tokio", "rusqlite", "p256", "aes-gcm",
        ],
        "whoever checks the relay has none of its code, and opens nothing",
    ),
    (
        "intake",
        &["relay", "generator", "hyper", "tokio", "tera"],
        "the inside listens to nobody and meets the relay in the format",
    ),
    (
        "generator",
        &["relay", "intake", "rusqlite", "aes-gcm"],
        "the publisher's tool opens nothing; it calls a portal to compare with what it publishes, and a bucket to publish",
    ),
    (
        "envelope",
        &["p256", "aes-gcm", "tokio", "hyper", "rusqlite"],
        "the format is bytes and types, without I/O and without opening",
    ),
    (
        "formdef",
        &["ring", "p256", "tera", "tokio"],
        "the form language is text and values",
    ),
];

struct Graph {
    /// Crate → every crate it links, itself left out, tests' dependencies left out.
    links: BTreeMap<String, BTreeSet<String>>,
    /// Room → the rooms that its Cargo.toml names, for whatever purpose.
    named: BTreeMap<String, BTreeSet<String>>,
    /// Room → the Cargo features it declares.
    features: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn of_the_workspace() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(repository::root())
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let names: BTreeMap<&str, &str> = array(&metadata["packages"])
            .map(|package| {
                (
                    package["id"].as_str().unwrap(),
                    package["name"].as_str().unwrap(),
                )
            })
            .collect();
        let members: BTreeSet<&str> = array(&metadata["workspace_members"])
            .map(|id| id.as_str().unwrap())
            .collect();
        let rooms: BTreeSet<&str> = members.iter().map(|id| names[id]).collect();
        let mut links = BTreeMap::new();
        for node in array(&metadata["resolve"]["nodes"]) {
            let linked = array(&node["deps"])
                .filter(|dependency| {
                    array(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null())
                })
                .map(|dependency| names[dependency["pkg"].as_str().unwrap()].to_owned());
            links
                .entry(names[node["id"].as_str().unwrap()].to_owned())
                .or_insert_with(BTreeSet::new)
                .extend(linked);
        }
        let of_rooms = |value: fn(&Value) -> BTreeSet<String>| {
            array(&metadata["packages"])
                .filter(|package| members.contains(package["id"].as_str().unwrap()))
                .map(|package| (package["name"].as_str().unwrap().to_owned(), value(package)))
                .collect::<BTreeMap<_, _>>()
        };
        let mut named = of_rooms(|package| {
            array(&package["dependencies"])
                .map(|d| d["name"].as_str().unwrap().to_owned())
                .collect()
        });
        named
            .values_mut()
            .for_each(|names| names.retain(|name| rooms.contains(name.as_str())));
        let features = of_rooms(|package| {
            package["features"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect()
        });
        Self {
            links,
            named,
            features,
        }
    }

    /// Every crate that ends up in the room's program, each with one that brings it.
    fn reached<'a>(&'a self, room: &'a str) -> BTreeMap<&'a str, &'a str> {
        let mut reached = BTreeMap::new();
        let mut open = vec![room];
        while let Some(from) = open.pop() {
            for to in &self.links[from] {
                if reached.insert(to.as_str(), from).is_none() {
                    open.push(to);
                }
            }
        }
        reached
    }
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[test]
fn the_arrows_between_the_rooms_are_those_drawn() {
    let graph = Graph::of_the_workspace();
    let drawn: BTreeMap<String, BTreeSet<String>> = ARROWS
        .iter()
        .map(|(room, to)| {
            (
                (*room).to_owned(),
                to.iter().map(|to| (*to).to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(graph.named, drawn, "left: Cargo.toml; right: drawn");
}

#[test]
fn no_room_reaches_what_it_must_not() {
    let graph = Graph::of_the_workspace();
    for (room, banned, why) in NEVER {
        let reached = graph.reached(room);
        for name in *banned {
            assert!(
                !reached.contains_key(name),
                "{room} reaches {name} through {}: {why}",
                reached[name]
            );
        }
    }
}

#[test]
fn no_room_speaks_http_2() {
    let graph = Graph::of_the_workspace();
    assert!(!graph.links.contains_key("h2"), "h2 is in the build");
}

#[test]
fn only_the_inside_can_open_and_only_the_relay_keeps() {
    let graph = Graph::of_the_workspace();
    let rooms_that_reach = |name: &str| {
        let rooms = graph
            .named
            .keys()
            .filter(|room| graph.reached(room).contains_key(name));
        rooms.map(String::as_str).collect::<Vec<_>>()
    };
    assert_eq!(rooms_that_reach("aes-gcm"), ["intake", "tests"]);
    assert_eq!(rooms_that_reach("rusqlite"), ["relay", "tests"]);
    assert_eq!(rooms_that_reach("tera"), ["generator", "tests"]);
}

/// Features are unified over a workspace build, so a feature is no wall and must not look like one.
#[test]
fn no_room_has_cargo_features() {
    let with_features: Vec<_> = Graph::of_the_workspace()
        .features
        .into_iter()
        .filter(|(_, features)| !features.is_empty())
        .collect();
    assert!(with_features.is_empty(), "{with_features:?}");
}

/// The lists above are names: a crate that was renamed or left out would make a ban empty without a word.
#[test]
fn every_banned_name_that_we_use_elsewhere_is_a_real_crate() {
    let graph = Graph::of_the_workspace();
    for name in [
        "tera",
        "lightningcss",
        "pulldown-cmark",
        "p256",
        "aes-gcm",
        "elliptic-curve",
        "aes",
        "ureq",
        "hyper",
        "tokio",
        "rustls",
        "rusqlite",
        "ring",
    ] {
        assert!(
            graph.links.contains_key(name),
            "no crate {name} in the build: look at the list of bans"
        );
    }
}

/// ring can agree on keys and open; at the relay these halves are banned by clippy, each with its reason.
#[test]
fn the_relays_clippy_bans_rings_opening_half() {
    let path = repository::path("relay/clippy.toml");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let config: toml::Table = text.parse().unwrap();
    let banned: Vec<String> = ["disallowed-types", "disallowed-methods"]
        .iter()
        .filter_map(|list| config.get(*list)?.as_array())
        .flatten()
        .map(|entry| {
            assert!(
                entry
                    .get("reason")
                    .is_some_and(|reason| reason.as_str().is_some_and(|r| !r.is_empty())),
                "{entry}"
            );
            entry["path"].as_str().unwrap().to_owned()
        })
        .collect();
    for half in ["ring::aead::", "ring::agreement::"] {
        assert!(
            banned.iter().any(|path| path.starts_with(half)),
            "nothing of {half} is banned: {banned:?}"
        );
    }
}
