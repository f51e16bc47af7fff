//! Whether the relay takes submissions, and if not, why: asked anew each time, from what is so at that moment.

use std::collections::BTreeMap;
use std::time::Instant;

use envelope::UnixTime;

use crate::catalogue::signs_at;
use crate::metrics::Page;
use crate::store::room::{FILLING, Lack, Room};
use crate::store::whole::{Damage, Place};
use crate::{Certificates, Relay};

macro_rules! causes {
    ($($variant:ident = $name:literal $hinders:literal;)+) => {
        /// What is not as it should be. The first one that holds is the most telling.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Cause { $($variant,)+ }

        impl Cause {
            const ALL: &[Cause] = &[$(Cause::$variant),+];

            fn name(self) -> &'static str {
                match self { $(Cause::$variant => $name),+ }
            }

            /// Whether no submission is taken because of it. Otherwise it is a warning: who is sent elsewhere because of a
            /// warning has lost more than the warning is about.
            fn hinders(self) -> bool {
                match self { $(Cause::$variant => $hinders),+ }
            }
        }
    };
}

causes! {
    Draining = "draining" true;
    Writer = "writer" true;
    Catalogue = "catalogue" true;
    SigningKey = "signing-key" true;
    Store = "store" true;
    Disk = "disk" true;
    Queue = "queue" true;
    Filling = "filling" false;
    Reload = "reload" false;
    Certificate = "certificate" false;
    LogFiles = "log-files" false;
    Damaged = "damaged" false;
}

impl Cause {
    /// What is wrong and what to do, when it is.
    fn sentence(self, relay: &Relay) -> Option<String> {
        let (catalogue, now) = (relay.board.current(), relay.clock.now());
        match self {
            Cause::Draining => (*relay.stopping.borrow())
                .then(|| "asked to stop; what is begun is being finished".to_owned()),
            Cause::Writer => relay.store.has_stopped().then(|| {
                "the disk refused a commit; look after the disk, then start again".to_owned()
            }),
            Cause::Catalogue => (now > catalogue.exp).then(|| {
                let exp = catalogue.exp;
                format!("expired since {exp}; build and upload catalogue.jws")
            }),
            Cause::SigningKey => (!signs_at(&catalogue, relay.key.kid(), now)).then(|| {
                "out of its dates in the catalogue; add the relay's key to the register, build, upload".to_owned()
            }),
            Cause::Store => (relay.store.lack() == Some(Lack::Store)).then(|| {
                "as large as store_bytes_max lets it be; is the intake collecting?".to_owned()
            }),
            Cause::Disk => match relay.store.lack()? {
                Lack::DiskBytes => Some("the reserve of bytes is reached; make room on the disk".to_owned()),
                Lack::DiskInodes => Some("the reserve of inodes is reached; delete small files from the disk".to_owned()),
                Lack::Store => None,
            },
            Cause::Queue => (relay.waiting() >= relay.limits.waiting_max.get()).then(|| {
                "waiting_max submissions are looked at or wait for the disk; more comes than it can take".to_owned()
            }),
            Cause::Reload => relay.last_reload.fault(),
            Cause::Certificate => certificate(&relay.certificates, now),
            Cause::Filling => filling(relay.store.room()),
            Cause::LogFiles => relay.published.borrow().fault.clone(),
            Cause::Damaged => damaged(&relay.store.damages().list()),
        }
    }
}

fn filling(room: &Room) -> Option<String> {
    let share = room.used_share();
    (share >= FILLING).then(|| {
        let percent = (share * 100.0).floor();
        let hours = room.seconds_left(Instant::now()) / 3600.0;
        format!("{percent} % of the room is used, at this rate full in {hours:.1} hours; is the intake collecting?")
    })
}

/// So long before its end a certificate is a warning.
const CERTIFICATE_S: i64 = 7 * 24 * 3600;

fn certificate(certificates: &Certificates, now: UnixTime) -> Option<String> {
    let ending = |(_, until): &(&str, UnixTime)| *until < now.plus(CERTIFICATE_S);
    let (port, until) = certificates.ends().into_iter().find(ending)?;
    Some(format!(
        "that of the {port} port ends {until}; put a new one there and send SIGHUP"
    ))
}

/// Damaged places that are named one by one.
const NAMED: usize = 10;

fn damaged(list: &BTreeMap<Place, Damage>) -> Option<String> {
    let name = |(place, damage): (&Place, &Damage)| match &damage.reference {
        Some(reference) => format!("{place} ({reference})"),
        None => place.to_string(),
    };
    let named: Vec<String> = list.iter().take(NAMED).map(name).collect();
    let more = if list.len() > NAMED { ", …" } else { "" };
    (!list.is_empty()).then(|| {
        let places = named.join(", ");
        format!(
            "{} places are not as they were written, and are handed out to nobody: {places}{more}; look after the disk",
            list.len()
        )
    })
}

/// What is so at a moment: each cause that holds, and its sentence.
pub(crate) struct Health(Vec<(Cause, String)>);

impl Health {
    pub(crate) fn of(relay: &Relay) -> Health {
        let holds = |cause: &Cause| Some((*cause, cause.sentence(relay)?));
        Health(Cause::ALL.iter().filter_map(holds).collect())
    }

    /// Whether a submission that is good is taken.
    pub(crate) fn is_ready(&self) -> bool {
        !self.0.iter().any(|(cause, _)| cause.hinders())
    }

    /// For people and probes: a line for each cause when not ready; else `ready`, and a line for each warning.
    pub(crate) fn text(&self) -> String {
        let (is_ready, mut text) = (self.is_ready(), String::new());
        if is_ready {
            text.push_str("ready\n");
        }
        for (cause, sentence) in &self.0 {
            if cause.hinders() || is_ready {
                let warning = if is_ready { "warning: " } else { "" };
                text.push_str(&format!("{warning}{}: {sentence}\n", cause.name()));
            }
        }
        text
    }

    pub(crate) fn write(&self, page: &mut Page) {
        let is_ready = f64::from(u8::from(self.is_ready()));
        page.gauge("ready", "Whether submissions are taken.", is_ready);
        page.family(
            "cause",
            "gauge",
            "What is not as it should be; /readyz says it in a sentence.",
        );
        for cause in Cause::ALL {
            let holds = self.0.iter().any(|(held, _)| held == cause);
            let label = format!("{{cause=\"{}\"}}", cause.name());
            page.sample("cause", &label, f64::from(u8::from(holds)));
        }
    }
}
