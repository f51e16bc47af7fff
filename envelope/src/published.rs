//! What a publisher signs, read under the keys that were pinned by hand: the catalogue and the key files.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::json;
use crate::jws::{Compact, Typ};
use crate::key::{PublicKey, Thumbprint};
use crate::limits::{CATALOGUE_BYTES_MAX, CLOCK_SKEW_S};
use crate::time::UnixTime;

/// Why a catalogue or a key file is not to be used. Each sentence goes after the file's name and a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueFault {
    /// It is not what the format says.
    Malformed {
        /// What is wrong and where.
        at: String,
    },
    /// It names a key that is not pinned here.
    Foreign {
        /// The key it names.
        kid: Thumbprint,
    },
    /// It names a pinned key, but that key did not sign it.
    Signature,
    /// Its time has passed.
    Expired {
        /// When it ended.
        since: UnixTime,
    },
    /// Its time has not come.
    NotYet {
        /// When it begins.
        from: UnixTime,
    },
    /// A newer one has been in use here.
    RolledBack {
        /// Its serial.
        serial: u64,
        /// The highest serial in use so far.
        seen: u64,
    },
}

impl CatalogueFault {
    pub(crate) fn malformed(at: impl Into<String>) -> Self {
        Self::Malformed { at: at.into() }
    }
}

impl fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { at } => {
                write!(f, "malformed: {at}; take the file again from the publisher")
            }
            Self::Foreign { kid } => write!(
                f,
                "signed by a foreign publisher (key {kid}), not by a pinned one; \
                 take the file from the city's publisher, or pin this key if the publisher has changed it"
            ),
            Self::Signature => f.write_str(
                "the signature is wrong: the file was changed after signing; \
                 take it again from the publisher",
            ),
            Self::Expired { since } => {
                write!(
                    f,
                    "expired since {since}; publish a new one (`motcua build`) or check the clock"
                )
            }
            Self::NotYet { from } => {
                write!(
                    f,
                    "not valid before {from}; check the clock of this machine and the publisher's"
                )
            }
            Self::RolledBack { serial, seen } => write!(
                f,
                "rolled back: its serial is {serial}, but {seen} has been in use here; \
                 take the newest file from the publisher"
            ),
        }
    }
}

impl std::error::Error for CatalogueFault {}

/// Reads the payload of a file that one of the `pinned` keys signed for the purpose `typ`.
pub(crate) fn read<T: DeserializeOwned>(
    text: &str,
    typ: Typ,
    pinned: &[PublicKey],
) -> Result<T, CatalogueFault> {
    let signed = signed(text, typ, pinned)?;
    json::read(signed.payload()).map_err(|fault| CatalogueFault::malformed(fault.to_string()))
}

/// A file that one of the `pinned` keys signed for the purpose `typ`; its payload is not read yet.
pub(crate) fn signed(
    text: &str,
    typ: Typ,
    pinned: &[PublicKey],
) -> Result<Compact, CatalogueFault> {
    if text.len() > CATALOGUE_BYTES_MAX {
        return Err(CatalogueFault::malformed(format!(
            "larger than {CATALOGUE_BYTES_MAX} bytes"
        )));
    }
    let compact =
        Compact::read(text).map_err(|fault| CatalogueFault::malformed(fault.to_string()))?;
    let kid = compact.kid(typ).ok_or_else(|| {
        CatalogueFault::malformed(format!(
            "the header is not exactly that of {}",
            typ.as_str()
        ))
    })?;
    let key = pinned
        .iter()
        .find(|key| key.thumbprint() == kid)
        .ok_or(CatalogueFault::Foreign { kid })?;
    if !compact.is_signed_by(key) {
        return Err(CatalogueFault::Signature);
    }
    Ok(compact)
}

/// Holds from `iat` to `exp`, both included; the publisher's clock may be ahead of ours by the allowed skew.
pub(crate) fn check_dates(
    iat: UnixTime,
    exp: UnixTime,
    now: UnixTime,
) -> Result<(), CatalogueFault> {
    if now.plus(CLOCK_SKEW_S) < iat {
        return Err(CatalogueFault::NotYet { from: iat });
    }
    if now > exp {
        return Err(CatalogueFault::Expired { since: exp });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::version::V1;

    #[test]
    fn each_sentence_says_what_is_wrong_and_what_to_do() {
        let kid = Thumbprint::from_digest(Digest::of(b"abc"));
        let date = UnixTime(1_470_762_000);
        for (fault, what, mend) in [
            (
                CatalogueFault::malformed("office 00001: twice"),
                "malformed: office 00001: twice;",
                "from the publisher",
            ),
            (
                CatalogueFault::Foreign { kid },
                "a foreign publisher (key ungWv48B",
                "or pin this key",
            ),
            (
                CatalogueFault::Signature,
                "the signature is wrong",
                "from the publisher",
            ),
            (
                CatalogueFault::Expired { since: date },
                "expired since 2016-08-10 00:00:00 +07:00;",
                "publish a new one",
            ),
            (
                CatalogueFault::NotYet { from: date },
                "not valid before 2016-08-10 00:00:00 +07:00;",
                "check the clock",
            ),
            (
                CatalogueFault::RolledBack { serial: 6, seen: 7 },
                "its serial is 6, but 7 has been in use",
                "the newest file",
            ),
        ] {
            let sentence = fault.to_string();
            assert!(
                sentence.contains(what) && sentence.contains(mend),
                "{sentence}"
            );
        }
    }

    /// Vectors of 4 MiB would be a burden to keep.
    #[test]
    fn bounds_the_size() {
        let fault = |bytes: usize| {
            read::<V1>(&"A".repeat(bytes), Typ::Catalogue, &[])
                .expect_err("not a JWS")
                .to_string()
        };
        assert!(fault(CATALOGUE_BYTES_MAX).contains("not a compact JWS"));
        assert!(fault(CATALOGUE_BYTES_MAX + 1).contains("larger than 4194304 bytes"));
    }

    #[test]
    fn dates_include_both_ends() {
        let (iat, exp) = (UnixTime(1_000_000), UnixTime(2_000_000));
        let at = |seconds| check_dates(iat, exp, UnixTime(seconds));
        assert_eq!(
            at(1_000_000 - CLOCK_SKEW_S - 1),
            Err(CatalogueFault::NotYet { from: iat })
        );
        assert_eq!(at(1_000_000 - CLOCK_SKEW_S), Ok(()));
        assert_eq!(at(2_000_000), Ok(()));
        assert_eq!(at(2_000_001), Err(CatalogueFault::Expired { since: exp }));
    }
}
