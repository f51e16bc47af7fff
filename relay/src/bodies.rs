//! Bodies in memory: read at a least pace, and all of them together within a bound.

use std::sync::Arc;

use envelope::Refusal;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::config::{Limits, span};
use crate::pace::Pace;

/// The memory that bodies have, counted by what came of them: who announces much and sends little takes little of it.
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    bytes_max: usize,
}

/// A body, or as much of it as has come. Its room is given back with it.
pub(crate) struct Held {
    bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub(crate) fn new(limits: &Limits) -> Bodies {
        let wanted = usize::try_from(limits.bodies_bytes_max.get()).unwrap_or(usize::MAX);
        let bytes_max = wanted.min(Semaphore::MAX_PERMITS);
        Bodies {
            room: Arc::new(Semaphore::new(bytes_max)),
            bytes_max,
        }
    }

    /// How many bytes are held at present.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes_max - self.room.available_permits()
    }

    /// Adds what came to a body; refused when there is no room for it.
    pub(crate) fn add(&self, held: &mut Held, more: &[u8]) -> Result<(), Refusal> {
        let wanted = u32::try_from(more.len()).map_err(|_| Refusal::Busy)?;
        let room = Arc::clone(&self.room)
            .try_acquire_many_owned(wanted)
            .map_err(|_| Refusal::Busy)?;
        match &mut held.room {
            Some(before) => before.merge(room),
            None => held.room = Some(room),
        }
        held.bytes.extend_from_slice(more);
        Ok(())
    }

    /// Reads a body whole.
    pub(crate) async fn read(&self, mut body: Incoming, limits: &Limits) -> Result<Held, Refusal> {
        let whole_by = Instant::now() + span(limits.body_timeout_ms);
        let pace = Pace::begin(limits);
        let mut held = Held::nothing();
        loop {
            let by = pace.deadline(held.bytes.len() as u64).min(whole_by);
            match next(&mut body, by).await? {
                Some(more) => self.add(&mut held, &more)?,
                None => return Ok(held),
            }
        }
    }
}

impl Held {
    /// Nothing of a body yet.
    pub(crate) fn nothing() -> Held {
        Held {
            bytes: Vec::new(),
            room: None,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The next bytes of a body, or its end.
pub(crate) async fn next(body: &mut Incoming, by: Instant) -> Result<Option<Bytes>, Refusal> {
    match timeout_at(by, body.frame()).await {
        Err(_elapsed) => Err(Refusal::Timeout),
        Ok(None) => Ok(None),
        // The peer closed before the end: nobody hears this.
        Ok(Some(Err(_))) => Err(Refusal::Framing),
        Ok(Some(Ok(frame))) => Ok(Some(frame.into_data().unwrap_or_default())),
    }
}
