//! Descriptors of the system: as many as the relay may have, and never all of them for the public.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the relay needs beside its public connections: store, log, listeners, the intake, the operator.
const OWN: u64 = 64;

/// Raises the limit to what this process may have at most, and says how many descriptors that is.
pub(crate) fn raise() -> u64 {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    // Where it cannot be raised, what is set holds.
    let _ = setrlimit(Resource::Nofile, most);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// How many public connections there can be with so many descriptors: a tenth is kept, and what the relay needs itself.
pub(crate) fn connections(descriptors: u64, wanted: u32) -> u32 {
    let for_public = (descriptors - descriptors / 10).saturating_sub(OWN).max(1);
    wanted.min(u32::try_from(for_public).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_never_gets_all_of_them() {
        assert_eq!(connections(1_048_576, 1024), 1024);
        assert_eq!(connections(u64::MAX, u32::MAX), u32::MAX);
        assert_eq!(connections(1024, 1024), 858);
        assert_eq!(connections(200, 1024), 116);
        assert_eq!(connections(64, 1024), 1);
        assert_eq!(connections(0, 1024), 1);
    }
}
