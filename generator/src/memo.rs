//! What was worked out before, with the inputs it was worked out from: a preview works out only what changed.
//!
//! A value is taken again only when every one of its inputs is equal, so it is what would be worked out anew: a build
//! with a memo and one without give the same bytes. `preview/same_bytes.rs` compares them over random edits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use envelope::Digest;
use formdef::{Fault as FormFault, Form, List};
use tera::Tera;

use crate::assets::Assets;
use crate::fault::Fault;
use crate::guide::Guide;
use crate::lists::District;
use crate::loaded::Loaded;
use crate::search::Search;

/// Everything that stands between two changes of the sources.
#[derive(Default)]
pub(crate) struct Memo {
    /// Forms by the paths of their definitions, those without a fault.
    pub(crate) forms: Kept<ReadForm>,
    /// Guides and plain texts by their paths.
    pub(crate) guides: Kept<Result<Arc<Guide>, Vec<Fault>>>,
    /// Lists by their paths.
    pub(crate) lists: Kept<(List, Vec<Fault>)>,
    /// The districts with their agencies.
    pub(crate) districts: Kept<(Vec<District>, Vec<Fault>)>,
    /// Style, scripts and pictures.
    pub(crate) assets: Kept<Result<Arc<Assets>, Vec<Fault>>>,
    /// What forms' pages load by themselves, by language and by what it is for.
    pub(crate) loaded: Kept<Loaded>,
    /// The search by language.
    pub(crate) search: Kept<Search>,
    /// The templates.
    pub(crate) templates: Kept<Result<Arc<Tera>, Vec<Fault>>>,
}

impl Memo {
    /// That of a whole build, which works out everything once: it keeps nothing, so that nothing is held for it.
    pub(crate) fn forgetful() -> Memo {
        Memo {
            forms: Kept::nothing(),
            guides: Kept::nothing(),
            lists: Kept::nothing(),
            districts: Kept::nothing(),
            assets: Kept::nothing(),
            loaded: Kept::nothing(),
            search: Kept::nothing(),
            templates: Kept::nothing(),
        }
    }
}

/// A form as it was read.
pub(crate) struct ReadForm {
    pub(crate) form: Arc<Form>,
    pub(crate) sha256: Digest,
    pub(crate) faults: Vec<FormFault>,
}

/// What a value was worked out from; `None` for a file that is not there. Texts are shared with the sources.
pub(crate) type Inputs = Vec<Option<Arc<str>>>;

/// Whether the inputs are equal. Most are the very texts that were there before, which are not read.
fn are_same(before: &Inputs, now: &Inputs) -> bool {
    let is_same = |(before, now): (&Option<Arc<str>>, &Option<Arc<str>>)| match (before, now) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now) || before == now,
        (None, None) => true,
        _ => false,
    };
    before.len() == now.len() && before.iter().zip(now).all(is_same)
}

/// The last value of each name.
pub(crate) struct Kept<T> {
    values: Mutex<BTreeMap<String, (Inputs, Arc<T>)>>,
    is_forgetful: bool,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept {
            values: Mutex::default(),
            is_forgetful: false,
        }
    }
}

impl<T> Kept<T> {
    fn nothing() -> Self {
        Kept {
            is_forgetful: true,
            ..Kept::default()
        }
    }

    /// The value that was worked out from these inputs, else `work`'s.
    pub(crate) fn get(&self, name: &str, inputs: Inputs, work: impl FnOnce() -> T) -> Arc<T> {
        if let Some(value) = self.find(name, |_| inputs.clone()) {
            return value;
        }
        let value = Arc::new(work());
        self.put(name, inputs, &value);
        value
    }

    /// The value of that name, when `inputs` (which may depend on it) are those it was worked out from.
    pub(crate) fn find(&self, name: &str, inputs: impl FnOnce(&T) -> Inputs) -> Option<Arc<T>> {
        let (from, value) = self.values().get(name).cloned()?;
        are_same(&from, &inputs(&value)).then_some(value)
    }

    /// Keeps a value in place of the former one of that name.
    pub(crate) fn put(&self, name: &str, inputs: Inputs, value: &Arc<T>) {
        if !self.is_forgetful {
            self.values()
                .insert(name.to_owned(), (inputs, Arc::clone(value)));
        }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<String, (Inputs, Arc<T>)>> {
        // A map of whole values is whole whenever a thread stops.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
