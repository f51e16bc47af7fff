//! Who is inside, by address. A whole ward may sit behind one address, so nobody is turned away by it: while it is crowded,
//! whoever fills most of the house is hurried.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Everybody inside.
pub(crate) struct Crowd {
    rooms: u32,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    all: u32,
    by_customer: HashMap<IpAddr, u32>,
}

/// One connection, inside until it is dropped.
pub(crate) struct Guest {
    crowd: Arc<Crowd>,
    customer: IpAddr,
    /// Whether it is to make room soon: few rooms are left, and most are its customer's.
    pub(crate) is_crowding: bool,
}

impl Crowd {
    pub(crate) fn new(rooms: u32) -> Arc<Crowd> {
        Arc::new(Crowd {
            rooms,
            inside: Mutex::default(),
        })
    }

    /// How many are inside.
    pub(crate) fn len(&self) -> u32 {
        self.inside().all
    }

    pub(crate) fn enter(self: &Arc<Crowd>, address: IpAddr) -> Guest {
        let customer = customer(address);
        let mut inside = self.inside();
        inside.all += 1;
        let all = inside.all;
        let own = inside.by_customer.entry(customer).or_default();
        *own += 1;
        let is_crowded = u64::from(all) * 4 > u64::from(self.rooms) * 3;
        Guest {
            crowd: Arc::clone(self),
            customer,
            is_crowding: is_crowded && *own > all / 2,
        }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Each change is whole before anything can panic.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut inside = self.crowd.inside();
        inside.all -= 1;
        if let Some(own) = inside.by_customer.get_mut(&self.customer) {
            *own -= 1;
            if *own == 0 {
                inside.by_customer.remove(&self.customer);
            }
        }
    }
}

/// A customer has one address of IPv4, or one network of IPv6 (its first 64 bits).
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_who_fills_most_of_a_crowded_house_is_hurried() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let (ward, other) = (address("192.0.2.1"), address("192.0.2.2"));
        let crowd = Crowd::new(100);
        let mut guests: Vec<Guest> = (0..75).map(|_| crowd.enter(ward)).collect();
        assert!(guests.iter().all(|guest| !guest.is_crowding), "not crowded");
        assert!(crowd.enter(ward).is_crowding);
        assert!(!crowd.enter(other).is_crowding);
        guests.truncate(38);
        guests.extend((0..39).map(|_| crowd.enter(other)));
        assert_eq!(crowd.len(), 77);
        assert!(
            !crowd.enter(ward).is_crowding,
            "half of it is not most of it"
        );
        drop(guests);
        assert_eq!((crowd.len(), crowd.inside().by_customer.len()), (0, 0));
    }

    #[test]
    fn a_network_of_ipv6_is_one_customer() {
        let is_same = |one: &str, other: &str| {
            customer(one.parse().unwrap()) == customer(other.parse().unwrap())
        };
        assert!(is_same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!is_same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(is_same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!is_same("192.0.2.1", "192.0.2.2"));
    }
}
