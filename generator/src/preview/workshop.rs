//! The thread that holds the portal under preview: it makes the files that are asked for, and after a change of the
//! sources goes on with the new portal, or, while they have faults, with the last good one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use formdef::Form;
use tokio::sync::{oneshot, watch};

use super::shown::{Reply, Shown};
use crate::Options;
use crate::build::{Failure, Summary, prepare, sorted, summary};
use crate::content::Service;
use crate::keys::Keys;
use crate::memo::Memo;
use crate::prepared::Prepared;
use crate::sources::{Changed, Sources};

/// How long nobody must have wanted anything before the pages that nobody looks at are tried.
const IDLE: Duration = Duration::from_millis(300);

/// What the workshop is told.
pub(super) enum Order {
    /// The sources may have changed.
    Changed(Changed),
    /// Somebody wants the file at a path of the portal.
    Ask(String, oneshot::Sender<Reply>),
}

/// How it stands with the sources.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// Why the sources give no whole portal; `None`: they do.
    pub(super) failure: Option<Arc<Failure>>,
}

/// What is told in the terminal.
pub enum News<'a> {
    /// For the first time the sources give a portal without a fault: what it holds.
    First(Summary),
    /// They do again. The forms (their ids, in the portal's order) that were made for it; the others are as they were in the one
    /// before.
    Good(&'a [String]),
    /// They do not, and why.
    Bad(&'a Failure),
}

/// What the workshop works with.
pub(super) struct Workshop<N> {
    pub(super) options: Arc<Options>,
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) orders: Receiver<Order>,
    pub(super) state: watch::Sender<State>,
    /// Called with what is new.
    pub(super) news: N,
    pub(super) memo: Memo,
    /// The sources as they were read last, good or not; `None` while they cannot be read.
    pub(super) latest: Option<Sources>,
    /// The forms that were made for the portal under preview; `None` for the first.
    pub(super) made: Option<Vec<String>>,
}

impl<N: FnMut(News<'_>)> Workshop<N> {
    /// Works until nobody can give orders any more.
    pub(super) fn run(mut self) {
        let mut portal = self.first();
        while let Some(prepared) = portal {
            portal = self.show(&prepared);
            // Whoever waits for the new one does not wait for the old one to go.
            rayon::spawn(move || drop(prepared));
        }
    }

    /// Waits until the sources are good for the first time.
    fn first(&mut self) -> Option<Prepared> {
        let mut changed = Changed::Everything;
        loop {
            match self.prepare(&changed) {
                Ok(Some(prepared)) => return Some(prepared),
                Ok(None) => {}
                Err(failure) => self.tell_bad(failure),
            }
            changed = loop {
                match self.orders.recv().ok()? {
                    Order::Ask(_, reply) => answer(reply, Reply::Broken),
                    Order::Changed(changed) => break changed,
                }
            };
        }
    }

    /// Shows one portal until there is a newer one.
    fn show(&mut self, prepared: &Prepared) -> Option<Prepared> {
        let (options, keys) = (Arc::clone(&self.options), self.keys.clone());
        let mut shown = Shown::new(prepared, &options, keys.as_deref(), &self.memo);
        self.tell_good(prepared);
        let mut patience = IDLE;
        loop {
            let order = match self.orders.recv_timeout(patience) {
                Ok(order) => order,
                Err(RecvTimeoutError::Timeout) => {
                    self.tell_faults_of(&mut shown, |shown| shown.try_some());
                    // Whoever is idle goes on at once, until everything is tried.
                    patience = if shown.is_tried() {
                        Duration::MAX
                    } else {
                        Duration::ZERO
                    };
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return None,
            };
            match order {
                Order::Ask(path, reply) => {
                    self.tell_faults_of(&mut shown, |shown| answer(reply, shown.file(&path)));
                }
                Order::Changed(changed) => match self.prepare(&changed) {
                    Ok(Some(next)) => {
                        let (before, now) = (&prepared.content, &next.content);
                        self.made = Some(made(&before.services, &now.services));
                        return Some(next);
                    }
                    Ok(None) => {}
                    Err(failure) => {
                        shown.is_outdated = true;
                        self.tell_bad(failure);
                    }
                },
            }
            patience = if shown.is_tried() {
                Duration::MAX
            } else {
                IDLE
            };
        }
    }

    /// A portal of the sources as they are now; `None` when they are as they were.
    fn prepare(&mut self, changed: &Changed) -> Result<Option<Prepared>, Failure> {
        let (forms, site) = (&self.options.forms, &self.options.site);
        let read = match self.latest.take() {
            Some(latest) => {
                let read = latest.read_again(forms, site, changed);
                if read.as_ref() == Ok(&latest) {
                    self.latest = Some(latest);
                    return Ok(None);
                }
                read
            }
            None => Sources::read(forms, site),
        };
        let sources = read.map_err(sorted)?;
        self.latest = Some(sources.clone());
        prepare(sources, &self.options, &self.memo).map(Some)
    }

    /// Does some work on what is shown, and tells when it found faults that were not known.
    fn tell_faults_of(&mut self, shown: &mut Shown<'_>, work: impl FnOnce(&mut Shown<'_>)) {
        let known = shown.fault_count();
        work(shown);
        if shown.fault_count() > known
            && let Some(failure) = shown.failure()
        {
            self.tell_bad(failure);
        }
    }

    fn tell_good(&mut self, prepared: &Prepared) {
        self.state.send_replace(State::default());
        match &self.made {
            None => {
                let summary = summary(&prepared.content, self.options.moment());
                (self.news)(News::First(summary));
            }
            Some(made) => (self.news)(News::Good(made)),
        }
    }

    fn tell_bad(&mut self, failure: Failure) {
        if self.latest.is_some() || !self.is_told(&failure) {
            (self.news)(News::Bad(&failure));
        }
        self.state.send_replace(State {
            failure: Some(Arc::new(failure)),
        });
    }

    /// Sources that cannot be read at all are the same trouble at every look, until the words differ.
    fn is_told(&self, failure: &Failure) -> bool {
        let state = self.state.borrow();
        let told = state.failure.as_ref();
        told.is_some_and(|told| told.to_string() == failure.to_string())
    }
}

/// The forms that are not the very ones that were there before.
fn made(before: &[Service], now: &[Service]) -> Vec<String> {
    let before: BTreeSet<*const Form> = before.iter().map(|it| Arc::as_ptr(&it.form)).collect();
    let made = now
        .iter()
        .filter(|service| !before.contains(&Arc::as_ptr(&service.form)));
    made.map(|service| service.form.id.clone()).collect()
}

/// Answers somebody who may have gone.
fn answer(reply: oneshot::Sender<Reply>, with: Reply) {
    let _ = reply.send(with);
}
