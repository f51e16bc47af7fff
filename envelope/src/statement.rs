//! What relays and intakes sign, read under the dated keys of the catalogue: receipts and acknowledgements.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::catalogue::DatedKey;
use crate::json;
use crate::jws::{Compact, Typ};
use crate::key::Thumbprint;
use crate::limits::STATEMENT_BYTES_MAX;

/// Why a receipt or an acknowledgement does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementFault {
    /// It is not what the format says.
    Malformed,
    /// The catalogue does not have the key that it names.
    UnknownKey(Thumbprint),
    /// The key that it names did not sign it.
    Signature,
    /// The key is not in use at that time.
    KeyDates(Thumbprint),
}

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("not in the form that the format prescribes"),
            Self::UnknownKey(kid) => {
                write!(f, "signed by {kid}, a key that the catalogue does not have")
            }
            Self::Signature => f.write_str("the signature is wrong"),
            Self::KeyDates(kid) => {
                write!(f, "signed by {kid}, a key that is not in use at that time")
            }
        }
    }
}

impl std::error::Error for StatementFault {}

/// Reads a payload that one of `keys` signed for the purpose `typ`, and gives the key, whose dates are for the caller.
pub(crate) fn read<'k, T: DeserializeOwned>(
    text: &str,
    typ: Typ,
    keys: &'k [DatedKey],
) -> Result<(T, &'k DatedKey), StatementFault> {
    if text.len() > STATEMENT_BYTES_MAX {
        return Err(StatementFault::Malformed);
    }
    let compact = Compact::read(text).map_err(|_| StatementFault::Malformed)?;
    let kid = compact.kid(typ).ok_or(StatementFault::Malformed)?;
    let key = keys
        .iter()
        .find(|key| key.kid == kid)
        .ok_or(StatementFault::UnknownKey(kid))?;
    if !compact.is_signed_by(&key.jwk) {
        return Err(StatementFault::Signature);
    }
    let payload = json::read(compact.payload()).map_err(|_| StatementFault::Malformed)?;
    Ok((payload, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn faults_say_what_is_wrong_and_name_the_key() {
        let kid = Thumbprint::from_digest(Digest::of(b"abc"));
        let name = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        for (fault, sentence) in [
            (
                StatementFault::Malformed,
                "not in the form that the format prescribes".to_owned(),
            ),
            (
                StatementFault::UnknownKey(kid),
                format!("signed by {name}, a key that the catalogue does not have"),
            ),
            (
                StatementFault::Signature,
                "the signature is wrong".to_owned(),
            ),
            (
                StatementFault::KeyDates(kid),
                format!("signed by {name}, a key that is not in use at that time"),
            ),
        ] {
            assert_eq!(fault.to_string(), sentence);
        }
    }
}
