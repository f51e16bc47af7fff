//! What can be wrong with a log, and with the portal beside it: one table of kinds, each with a word for machines and what to do for people.

use std::fmt;

/// A kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The tree is not a continuation of the one that was seen, or its files are not what was signed.
    Fork,
    /// The tree is smaller than the one that was seen.
    Rollback,
    /// A manifest or a release is a leaf twice.
    Doubled,
    /// A file of the portal is not what its release says.
    PortalChanged,
    /// The portal's release is not in the log.
    PortalUnlogged,
    /// The portal has no release that its publisher signed.
    PortalRelease,
    /// The portal's release is older than one that was public before.
    PortalOlder,
    /// The checkpoint is not one of this log, signed by its key.
    Checkpoint,
    /// A file that the checkpoint promises is not there.
    Missing,
    /// The newest checkpoint is too old, or from the future, or does not say when it is from.
    Aged,
    /// The log did not answer.
    Unreachable,
    /// The portal did not answer.
    PortalUnreachable,
}

impl Kind {
    /// All kinds, the worst first.
    pub const ALL: [Kind; 12] = [
        Kind::Fork,
        Kind::Rollback,
        Kind::Doubled,
        Kind::PortalChanged,
        Kind::PortalUnlogged,
        Kind::PortalRelease,
        Kind::PortalOlder,
        Kind::Checkpoint,
        Kind::Missing,
        Kind::Aged,
        Kind::Unreachable,
        Kind::PortalUnreachable,
    ];

    /// The word in metrics and webhooks.
    pub fn word(self) -> &'static str {
        self.row().0
    }

    /// Whether it contradicts what was signed: then waiting does not mend it, and following ends.
    pub fn is_for_good(self) -> bool {
        matches!(self, Kind::Fork | Kind::Rollback | Kind::Doubled)
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Kind::Fork => (
                "fork",
                "keep the monitor's folder as evidence and ask the relay's operator in public",
            ),
            Kind::Rollback => (
                "rollback",
                "keep the monitor's folder as evidence; the operator may have put an old store back",
            ),
            Kind::Doubled => (
                "doubled",
                "keep the monitor's folder as evidence and ask the relay's operator",
            ),
            Kind::PortalChanged => (
                "portal-changed",
                "somebody changed it at the host, or the host changes pages on their way: publish again; `motcua verify` names every such file",
            ),
            Kind::PortalUnlogged => (
                "portal-unlogged",
                "give the relay this release.jws; if nobody published it, somebody else has the publisher's key",
            ),
            Kind::PortalRelease => (
                "portal-release",
                "compare the key with the publisher's; if it is the right one, publish again",
            ),
            Kind::PortalOlder => (
                "portal-older",
                "if nobody rolled back, ask the host; a newer release ends it",
            ),
            Kind::Checkpoint => (
                "checkpoint",
                "compare the key with the log's in the catalogue; a new log has a new key and a new name",
            ),
            Kind::Missing => (
                "missing",
                "see that every file of the log is copied before its checkpoint",
            ),
            Kind::Aged => (
                "aged",
                "see whether the relay runs and the checkpoint is copied, and whether both clocks are right",
            ),
            Kind::Unreachable => ("unreachable", "see whether the relay or the CDN answers"),
            Kind::PortalUnreachable => (
                "portal-unreachable",
                "see whether the portal's host answers",
            ),
        }
    }
}

/// One alarm: what was seen, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its kind.
    pub kind: Kind,
    /// What was seen, in a sentence that names the place.
    pub what: String,
}

impl Alarm {
    pub(crate) fn new(kind: Kind, what: impl Into<String>) -> Alarm {
        Alarm {
            kind,
            what: what.into(),
        }
    }
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, mend) = self.kind.row();
        write!(f, "{word}: {}; {mend}", self.what)
    }
}

impl std::error::Error for Alarm {}
