//! Any life of a relay: random orders are sent, repeated, bent, broken off, collected and acknowledged, the power goes, the clock jumps;
//! beside it stands a model of what was promised, and after each order the two must agree.
//!
//! A list of orders that breaks a promise is shrunk to the shortest one that does. `CASES` lists are tried, drawn by `SEED`.
//! `tests/planted` holds bugs that it must find: see docs/figures.md.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use envelope::{Ack, Catalogue, DatedKey, Digest, Signed, UnixTime};
use proptest::prelude::{Just, Strategy, any};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use proptest::{collection, prop_assert, prop_assert_eq, prop_oneof};
use support::client::{Answer, acknowledge, connect, get, pending, submission, submit};
use support::disk::{Cut, Disk};
use support::promises::{Promise, Standing};
use support::strace;
use support::submission::{Draft, draft, signed};
use support::{City, Key, NOW, Running};

/// Lists of orders when nobody asks for another number.
const CASES: u32 = 10;
const ORDERS_MAX: usize = 24;
const DAY: i64 = 86_400;
/// How long after `exp` a collected submission is still known.
const TOMBSTONE_S: i64 = 30 * DAY;

/// What is done to a relay. Numbers choose among what was sent before.
#[derive(Clone, Debug)]
enum Order {
    /// New ones, all at once.
    Send(usize),
    /// A new one on two connections at once.
    SendTwice,
    /// The same bytes again.
    Replay(usize),
    /// Its id again, with another manifest under the same key or under another one.
    TakeId(usize, bool),
    /// A request that breaks off half way, and one whose answer nobody waits for.
    DropRequest,
    DropAnswer,
    Collect,
    Acknowledge(usize),
    /// An acknowledgement of its id and key with another digest.
    AcknowledgeOther(usize),
    PowerCut(Cut),
    /// Stopped and started so many days later.
    Restart(i64),
}

fn order() -> impl Strategy<Value = Order> {
    let cut = prop_oneof![
        3 => Just(Cut::Lost),
        1 => Just(Cut::Whole),
        1 => any::<u64>().prop_map(Cut::Torn),
        2 => any::<u64>().prop_map(Cut::Tossed),
    ];
    let one = 0..ORDERS_MAX;
    prop_oneof![
        6 => (1..6_usize).prop_map(Order::Send),
        2 => Just(Order::SendTwice),
        4 => one.clone().prop_map(Order::Replay),
        2 => (one.clone(), any::<bool>()).prop_map(|(which, same_key)| Order::TakeId(which, same_key)),
        1 => Just(Order::DropRequest),
        2 => Just(Order::DropAnswer),
        2 => Just(Order::Collect),
        4 => one.clone().prop_map(Order::Acknowledge),
        1 => one.prop_map(Order::AcknowledgeOther),
        3 => cut.prop_map(Order::PowerCut),
        2 => prop_oneof![3 => Just(0), 1 => Just(1), 2 => Just(31)].prop_map(Order::Restart),
    ]
}

#[test]
fn whatever_happens_the_relay_and_its_model_agree() {
    let number = |name: &str, usual: u32| {
        std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
    };
    let (cases, seed) = (number("CASES", CASES), number("SEED", 1));
    let city = City::new();
    keep_on_a_disk_of_its_own(&city);
    let catalogue = long_catalogue(&city);
    city.publish(&catalogue);
    let config = Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = TestRng::from_seed(
        RngAlgorithm::ChaCha,
        Digest::of(&seed.to_be_bytes()).as_bytes(),
    );
    let orders = collection::vec(order(), 1..ORDERS_MAX);
    let outcome = TestRunner::new_with_rng(config, seed).run(&orders, |orders| {
        let mut life = Life::begin(&city, &catalogue);
        let obeyed = orders.into_iter().try_for_each(|order| life.obey(order));
        let agrees = obeyed.and_then(|()| life.end());
        agrees.map_err(|what| {
            let said = fs::read_to_string(city.path("relay.log")).unwrap_or_default();
            TestCaseError::fail(format!("{what}\n{said}"))
        })
    });
    outcome.unwrap_or_else(|found| panic!("{found}"));
}

fn keep_on_a_disk_of_its_own(city: &City) {
    let config = fs::read_to_string(city.config()).unwrap();
    let config = config
        .replace("\"relay.sqlite\"", "\"disk/relay.sqlite\"")
        .replace("\"log\"", "\"disk/log\"");
    fs::write(city.config(), config).unwrap();
}

/// A catalogue whose keys are good for all the days that a life may last.
fn long_catalogue(city: &City) -> Catalogue {
    let end = UnixTime(NOW + 31 * DAY * ORDERS_MAX as i64);
    let long = |key: &Key| DatedKey::new(key.public, UnixTime(NOW - DAY), end);
    let mut catalogue = city.catalogue();
    catalogue.exp = end;
    catalogue.relays = vec![DatedKey::new(city.relay_key, UnixTime(NOW - DAY), end)];
    catalogue.acks = vec![long(&city.ack)];
    catalogue.recovery = long(&city.recovery);
    catalogue.offices[0].keys = vec![long(&city.ward)];
    catalogue
}

/// A submission as the model knows it.
struct Item {
    draft: Draft,
    body: Vec<u8>,
    signed: Signed,
    exp: i64,
    /// What was promised; None while nobody has had an answer.
    promise: Option<Promise>,
    is_collected: bool,
}

/// A relay, its disk, and the model.
struct Life<'a> {
    city: &'a City,
    catalogue: &'a Catalogue,
    root: PathBuf,
    disk: Disk,
    /// None only while it is being started again.
    relay: Option<Running>,
    clock: i64,
    items: Vec<Item>,
}

type Agrees = Result<(), TestCaseError>;

fn disagree<T>(what: impl Display) -> Result<T, TestCaseError> {
    Err(TestCaseError::fail(what.to_string()))
}

impl Life<'_> {
    fn begin<'a>(city: &'a City, catalogue: &'a Catalogue) -> Life<'a> {
        let root = fs::canonicalize(&city.folder).unwrap().join("disk");
        let _ = fs::remove_dir_all(&root);
        fs::create_dir(&root).unwrap();
        let mut life = Life {
            city,
            catalogue,
            disk: Disk::new(&root),
            root,
            relay: None,
            clock: NOW,
            items: Vec::new(),
        };
        life.start();
        life
    }

    fn start(&mut self) {
        let _ = fs::remove_file(self.city.path("relay.log"));
        let command = self.city.command(self.clock);
        let mut recorded = strace::recording(&command, &self.city.path("recording"));
        self.relay = Some(Running::wait_for(self.city, &mut recorded));
    }

    fn relay(&self) -> &Running {
        self.relay.as_ref().unwrap()
    }

    fn obey(&mut self, order: Order) -> Agrees {
        match order {
            Order::Send(number) => self.send(number),
            Order::SendTwice => self.send_twice(),
            Order::Replay(which) => self.with(which, |life, which| life.replay(which)),
            Order::TakeId(which, same_key) => {
                self.with(which, |life, which| life.take_id(which, same_key))
            }
            Order::DropRequest => self.drop_request(),
            Order::DropAnswer => self.drop_answer(),
            Order::Collect => self.collect(),
            Order::Acknowledge(which) => self.with(which, Life::acknowledge),
            Order::AcknowledgeOther(which) => {
                self.with(which, |life, which| life.acknowledge_other(which))
            }
            Order::PowerCut(cut) => {
                self.power_cut(cut);
                self.start();
                Ok(())
            }
            Order::Restart(days) => self.restart(days),
        }
    }

    /// Nothing is done while nothing was sent.
    fn with(&mut self, which: usize, act: impl FnOnce(&mut Self, usize) -> Agrees) -> Agrees {
        match self.items.len() {
            0 => Ok(()),
            number => act(self, which % number),
        }
    }

    fn new_item(&self) -> Item {
        let (iat, exp) = (self.clock, self.clock + 3600);
        let draft = draft(self.city).with(|draft| {
            draft.payload["iat"] = iat.into();
            draft.payload["exp"] = exp.into();
        });
        let body = draft.body();
        Item {
            signed: signed(&body),
            draft,
            body,
            exp,
            promise: None,
            is_collected: false,
        }
    }

    fn send(&mut self, number: usize) -> Agrees {
        let mut items: Vec<Item> = (0..number).map(|_| self.new_item()).collect();
        let relay = self.relay();
        let answers: Vec<Answer> = std::thread::scope(|threads| {
            let sent: Vec<_> = items
                .iter()
                .map(|item| threads.spawn(|| submit(relay, &item.body)))
                .collect();
            sent.into_iter()
                .map(|answer| answer.join().unwrap())
                .collect()
        });
        for (item, answer) in items.iter_mut().zip(answers) {
            prop_assert_eq!(answer.status, 201, "{:?}", answer);
            self.promised(item, &answer)?;
        }
        self.items.extend(items);
        Ok(())
    }

    fn send_twice(&mut self) -> Agrees {
        let mut item = self.new_item();
        let relay = self.relay();
        let (one, other) = std::thread::scope(|threads| {
            let other = threads.spawn(|| submit(relay, &item.body));
            (submit(relay, &item.body), other.join().unwrap())
        });
        let codes = BTreeSet::from([one.status, other.status]);
        prop_assert_eq!(codes, BTreeSet::from([200, 201]), "one was the first");
        self.promised(&mut item, &one)?;
        self.promised(&mut item, &other)?;
        self.items.push(item);
        Ok(())
    }

    /// An answer with receipt and proof: right in itself, and the same as any before it.
    fn promised(&self, item: &mut Item, answer: &Answer) -> Agrees {
        let promise = Promise::read(self.catalogue, answer).or_else(disagree)?;
        prop_assert_eq!(promise.manifest, item.signed.manifest_sha256());
        prop_assert!(promise.under.size > promise.index);
        if let Some(before) = &item.promise {
            prop_assert_eq!(&promise.receipt, &before.receipt, "another receipt");
            prop_assert_eq!(promise.index, before.index, "another leaf");
        }
        item.promise = Some(promise);
        Ok(())
    }

    fn replay(&mut self, which: usize) -> Agrees {
        let mut item = self.items.swap_remove(which);
        let answer = submit(self.relay(), &item.body);
        let agrees = match answer.status {
            200 => self.promised(&mut item, &answer),
            201 if item.promise.is_none() => self.promised(&mut item, &answer),
            status => {
                let was_forgotten = item.promise.is_none() || self.may_be_forgotten(&item);
                let is_late =
                    self.clock > item.exp && ["clock", "expired"].contains(&answer.code().as_str());
                prop_assert!(was_forgotten && is_late, "{status} {}", answer.code());
                Ok(())
            }
        };
        self.items.push(item);
        agrees
    }

    fn may_be_forgotten(&self, item: &Item) -> bool {
        item.is_collected && self.clock > item.exp + TOMBSTONE_S
    }

    fn take_id(&mut self, which: usize, same_key: bool) -> Agrees {
        let taken = &self.items[which];
        if taken.promise.is_none() || self.may_be_forgotten(taken) {
            return Ok(());
        }
        let mut other = self.new_item().draft;
        other.payload["id"] = taken.draft.payload["id"].clone();
        let body = match same_key {
            true => other.body_signed_by(&taken.draft),
            false => other.body(),
        };
        let answer = submit(self.relay(), &body);
        prop_assert_eq!((answer.status, answer.code()), (409, "id-taken".to_owned()));
        Ok(())
    }

    fn drop_request(&mut self) -> Agrees {
        let request = submission(&self.new_item().body);
        let mut connection = connect(self.relay());
        connection
            .get_mut()
            .write_all(&request[..request.len() / 2])
            .unwrap();
        Ok(())
    }

    fn drop_answer(&mut self) -> Agrees {
        let item = self.new_item();
        let mut connection = connect(self.relay());
        connection
            .get_mut()
            .write_all(&submission(&item.body))
            .unwrap();
        self.items.push(item);
        Ok(())
    }

    /// What waits is all that was promised and not acknowledged, each once and whole.
    fn collect(&mut self) -> Agrees {
        let mut waiting = BTreeMap::new();
        for delivered in pending(self.city, self.relay(), "") {
            let manifest = delivered["manifest"].as_str().unwrap().to_owned();
            let twice = waiting.insert(manifest, delivered["parts"].clone());
            prop_assert!(twice.is_none(), "delivered twice");
        }
        for item in &self.items {
            let delivered = waiting.remove(item.signed.manifest_jws());
            if item.is_collected {
                prop_assert!(delivered.is_none(), "{} was acknowledged", item.draft.id());
            } else if let Some(parts) = delivered {
                prop_assert_eq!(parts, serde_json::to_value(&item.draft.parts).unwrap());
            } else {
                prop_assert!(
                    item.promise.is_none(),
                    "{} is not delivered",
                    item.draft.id()
                );
            }
        }
        prop_assert!(waiting.is_empty(), "{} that nobody sent", waiting.len());
        Ok(())
    }

    fn acknowledge(&mut self, which: usize) -> Agrees {
        let item = &self.items[which];
        let deleted = self.deleted_by(&Ack::of(&item.signed, UnixTime(self.clock)));
        if item.is_collected {
            prop_assert_eq!(deleted, 0, "acknowledged before");
        } else if item.promise.is_some() {
            prop_assert_eq!(deleted, 1);
        }
        if deleted == 1 {
            self.items[which].is_collected = true;
        }
        Ok(())
    }

    fn acknowledge_other(&self, which: usize) -> Agrees {
        let ack = Ack {
            manifest_sha256: Digest::of(b"another"),
            ..Ack::of(&self.items[which].signed, UnixTime(self.clock))
        };
        prop_assert_eq!(
            self.deleted_by(&ack),
            0,
            "the digest is of another manifest"
        );
        Ok(())
    }

    fn deleted_by(&self, ack: &Ack) -> i64 {
        let jws = self.city.ack.sign(&ack.signing_input(self.city.ack.kid));
        acknowledge(self.city, self.relay(), &[jws])
    }

    /// The relay ends without a word, and so does what its disk had not synced.
    fn power_cut(&mut self, cut: Cut) {
        self.relay = None;
        self.take_up_recording();
        let image = self.disk.image(cut);
        image.write(&self.root);
        self.disk = Disk::holding(&self.root, &image);
    }

    fn restart(&mut self, days: i64) -> Agrees {
        let ended = self.relay.take().unwrap().stop();
        prop_assert!(ended.success(), "{ended}");
        self.take_up_recording();
        self.clock += days * DAY;
        self.start();
        Ok(())
    }

    fn take_up_recording(&mut self) {
        for call in strace::read(&self.city.path("recording")) {
            if self.disk.has(&call) {
                self.disk.apply(&call);
            }
        }
    }

    /// Everybody asks once more; then the relay is stopped, and all of its files are looked at.
    fn end(mut self) -> Agrees {
        self.collect()?;
        for item in &self.items {
            let answer = get(
                self.relay(),
                &format!("/v1/submissions/{}", item.draft.id()),
            );
            prop_assert!(
                answer.status == 200 || item.promise.is_none() || self.may_be_forgotten(item),
                "{answer:?}"
            );
        }
        let ended = self.relay.take().unwrap().stop();
        prop_assert!(ended.success(), "{ended}");
        let standing = Standing::read(self.city);
        let collected = self.items.iter().filter(|item| item.is_collected);
        let collected = collected.map(|item| item.draft.id()).collect();
        let lasting = self
            .items
            .iter()
            .filter(|item| !self.may_be_forgotten(item));
        let promises: Vec<Promise> = lasting.filter_map(|item| item.promise.clone()).collect();
        standing.keeps(&promises, &collected).or_else(disagree)?;
        let sent: BTreeSet<Digest> = self
            .items
            .iter()
            .map(|item| item.signed.manifest_sha256())
            .collect();
        let strange = standing.leaves().iter().find(|leaf| !sent.contains(leaf));
        prop_assert!(strange.is_none(), "a leaf that nobody sent");
        Ok(())
    }
}
