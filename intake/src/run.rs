//! The loop: pull, take, acknowledge, until told to stop.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use envelope::UnixTime;
use tracing::{error, info, warn};

use crate::config::Config;
use crate::failure::Failure;
use crate::intake::{Intake, Item, Taken};
use crate::outbox::{Delivery, Outbox};

/// After an error the loop waits this long, then twice as long, up to the most.
const BACKOFF_LEAST: Duration = Duration::from_secs(1);
const BACKOFF_MOST: Duration = Duration::from_secs(60);
/// What the relay still holds is asked for again from its beginning this often: refused submissions get
/// another look, and a relay restored from a backup counts from a lower number.
const PASS_EVERY: Duration = Duration::from_secs(3600);
/// Submissions taken at a time. Each waits a dozen times for the disk, which syncs many files about as fast as one.
const LANES: usize = 16;

/// What wakes the loop: an operator's wish, or the relay's answer.
enum Wake {
    Stop,
    Pulled(Result<Vec<Delivery>, String>),
}

/// How long to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until stopped.
    Stopped,
    /// Until the relay holds nothing more; an error of the relay is a failure.
    Drained,
}

/// A run that has not begun.
pub struct Runner {
    wake: Sender<Wake>,
    woken: Receiver<Wake>,
    stopping: Arc<AtomicBool>,
}

/// Stops a run from another thread.
#[derive(Clone)]
pub struct Stopper {
    wake: Sender<Wake>,
    stopping: Arc<AtomicBool>,
}

impl Stopper {
    /// What is in hand is finished and acknowledged, then the run ends.
    pub fn stop(&self) {
        self.stopping.store(true, SeqCst);
        // Nobody listens any more when the run has ended.
        let _ = self.wake.send(Wake::Stop);
    }
}

impl Default for Runner {
    fn default() -> Self {
        let (wake, woken) = mpsc::channel();
        Self {
            wake,
            woken,
            stopping: Arc::default(),
        }
    }
}

impl Runner {
    /// What stops this run.
    pub fn stopper(&self) -> Stopper {
        Stopper {
            wake: self.wake.clone(),
            stopping: Arc::clone(&self.stopping),
        }
    }

    /// Pulls, takes and acknowledges; `now` is the city's clock.
    ///
    /// # Errors
    /// The house is out of order (at the start or on the way), or, until drained, the relay.
    pub fn run(
        self,
        config: Config,
        until: Until,
        now: &(dyn Fn() -> UnixTime + Sync),
    ) -> Result<(), Failure> {
        let outbox = Outbox::new(&config)?;
        let intake = Intake::start(config, now())?;
        let Self {
            wake,
            woken,
            stopping,
        } = self;
        Loop {
            intake,
            outbox,
            until,
            now,
            wake,
            woken,
            stopping,
            pass: Pass::start(),
            backoff: BACKOFF_LEAST,
        }
        .run()
    }
}

/// One walk over what the relay holds.
struct Pass {
    /// Number of the last submission seen; the next pull asks for what comes after it.
    after: u64,
    began: Instant,
}

impl Pass {
    fn start() -> Self {
        Self {
            after: 0,
            began: Instant::now(),
        }
    }
}

struct Loop<'a> {
    intake: Intake,
    outbox: Outbox,
    until: Until,
    now: &'a (dyn Fn() -> UnixTime + Sync),
    wake: Sender<Wake>,
    woken: Receiver<Wake>,
    stopping: Arc<AtomicBool>,
    pass: Pass,
    backoff: Duration,
}

/// Whether the loop goes on.
enum Next {
    Pull,
    Stop,
}

impl Loop<'_> {
    fn run(mut self) -> Result<(), Failure> {
        loop {
            let now = (self.now)();
            if self.intake.refresh(now)? || self.pass.began.elapsed() > PASS_EVERY {
                self.pass = Pass::start();
            }
            let next = if self.intake.is_expired(now) {
                self.retreat("the catalogue has expired; publish a new one and copy it here")?
            } else {
                self.pull();
                match self.woken.recv() {
                    Ok(Wake::Pulled(Ok(batch))) => self.take(batch)?,
                    Ok(Wake::Pulled(Err(said))) => self.retreat(&said)?,
                    Ok(Wake::Stop) | Err(_) => Next::Stop,
                }
            };
            if let Next::Stop = next {
                info!("stopped");
                return Ok(());
            }
        }
    }

    /// Asks the relay on a thread of its own, so that a stop need not wait for a long poll. The thread
    /// holds nothing: a pull that nobody waits for changes nothing anywhere.
    fn pull(&self) {
        let (outbox, wake, after) = (self.outbox.clone(), self.wake.clone(), self.pass.after);
        let wait = self.until == Until::Stopped;
        thread::spawn(move || {
            let pulled = outbox.pull(after, wait);
            // Nobody listens any more when the run has ended.
            let _ = wake.send(Wake::Pulled(pulled));
        });
    }

    /// Takes a batch, several at a time, and acknowledges what is safe.
    fn take(&mut self, batch: Vec<Delivery>) -> Result<Next, Failure> {
        self.backoff = BACKOFF_LEAST;
        if batch.is_empty() && self.until == Until::Drained {
            return Ok(Next::Stop);
        }
        if let Some(newest) = batch.last() {
            self.pass.after = newest.seq;
        }
        let items = batch.into_iter().map(|delivery| Item::read(delivery.item));
        let mut acks = Vec::new();
        let mut later = None;
        for taken in self.take_in_lanes(items.collect()) {
            match taken? {
                Taken::Safe(ack) => acks.push(ack),
                Taken::Refused => {}
                Taken::Later(said) => later = Some(said),
            }
        }
        let next = if self.stopping.load(SeqCst) {
            Next::Stop
        } else {
            Next::Pull
        };
        match (self.acknowledge(&acks), later) {
            (Ok(()), None) => Ok(next),
            (Err(said), _) | (Ok(()), Some(said)) => {
                // The relay still holds them: see them again, and find the ledgers of those that are here.
                self.pass = Pass::start();
                match next {
                    Next::Stop => Ok(Next::Stop),
                    Next::Pull => self.retreat(&said),
                }
            }
        }
    }

    /// What became of each that was begun before a stop or a failure. Those of one name follow one another: the second finds
    /// what the first has written.
    fn take_in_lanes(&self, items: Vec<Item>) -> Vec<Result<Taken, Failure>> {
        let Self {
            intake,
            outbox,
            now,
            stopping,
            ..
        } = self;
        let mut names: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for item in items {
            names.entry(item.name.clone()).or_default().push(item);
        }
        let lanes = LANES.min(names.len());
        let waiting = Mutex::new(names.into_values());
        let failed = AtomicBool::new(false);
        let next = || {
            let goes_on = !failed.load(SeqCst) && !stopping.load(SeqCst);
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.next().filter(|_| goes_on)
        };
        let lane = || {
            let mut taken = Vec::new();
            while let Some(of_one_name) = next() {
                for item in of_one_name {
                    let outcome = intake.take(item, now(), outbox);
                    failed.fetch_or(outcome.is_err(), SeqCst);
                    taken.push(outcome);
                }
            }
            taken
        };
        thread::scope(|scope| {
            let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
            let ended = lanes.into_iter().map(ScopedJoinHandle::join);
            ended
                .flat_map(|taken| taken.unwrap_or_else(|panic| resume_unwind(panic)))
                .collect()
        })
    }

    fn acknowledge(&self, acks: &[String]) -> Result<(), String> {
        if acks.is_empty() {
            return Ok(());
        }
        self.outbox.acknowledge(acks)?;
        info!(count = acks.len(), "acknowledged");
        Ok(())
    }

    /// Waits before the next request; a stop ends the waiting. Until drained there is no second try.
    fn retreat(&mut self, said: &str) -> Result<Next, Failure> {
        if self.until == Until::Drained {
            return Err(Failure::new(format!("the relay: {said}")));
        }
        let wait = self.backoff;
        self.backoff = (self.backoff * 2).min(BACKOFF_MOST);
        let retry_in_s = wait.as_secs();
        if wait < BACKOFF_MOST {
            warn!(said, retry_in_s, "relay not usable");
        } else {
            error!(said, retry_in_s, "relay not usable for minutes");
        }
        match self.woken.recv_timeout(wait) {
            Err(RecvTimeoutError::Timeout) => Ok(Next::Pull),
            Ok(_) | Err(RecvTimeoutError::Disconnected) => Ok(Next::Stop),
        }
    }
}
