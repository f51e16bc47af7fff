//! Which services each agency takes. Nearly all agencies of a city take the same ones, so what pages are told of them is made
//! once for each set of services.

use std::collections::{BTreeMap, BTreeSet};

use crate::content::Content;

/// The services of one agency or of several, by their ids.
pub(crate) type Taken<'a> = BTreeSet<&'a str>;

/// What the agencies take.
pub(crate) struct Takers<'a> {
    /// Every set that some agency takes, once.
    pub(crate) sets: Vec<Taken<'a>>,
    /// By an agency's code the number of its set.
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Takers<'a> {
    pub(crate) fn of(content: &'a Content) -> Self {
        let services = content.services.iter();
        // The others are for all agencies or for none: they tell no two agencies apart.
        let narrowed: Vec<_> = services.filter(|service| service.is_narrowed()).collect();
        let mut takers = Takers {
            sets: Vec::new(),
            numbers: BTreeMap::new(),
        };
        let mut known: BTreeMap<Taken<'a>, usize> = BTreeMap::new();
        for district in &content.districts {
            for agency in &district.agencies {
                let apart = narrowed.iter();
                let apart = apart.filter(|service| service.is_taken_by(district, agency));
                let apart = apart.map(|service| service.form.id.as_str()).collect();
                let number = *known.entry(apart).or_insert_with(|| {
                    let services = content.services.iter();
                    let taken = services.filter(|service| service.is_taken_by(district, agency));
                    let taken = taken.map(|service| service.form.id.as_str());
                    takers.sets.push(taken.collect());
                    takers.sets.len() - 1
                });
                takers.numbers.insert(&agency.code, number);
            }
        }
        takers
    }

    /// The number of the set that an agency takes.
    pub(crate) fn number(&self, agency: &str) -> Option<usize> {
        self.numbers.get(agency).copied()
    }
}
