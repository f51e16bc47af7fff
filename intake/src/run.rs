//! The loop: pull, take, acknowledge, until told to stop.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use envelope::UnixTime;
use tracing::{error, info, warn};

use crate::config::Config;
use crate::failure::Failure;
use crate::intake::{Intake, Taken};
use crate::outbox::{Delivery, Outbox};

/// After an error the loop waits this long, then twice as long, up to the most.
const BACKOFF_LEAST: Duration = Duration::from_secs(1);
const BACKOFF_MOST: Duration = Duration::from_secs(60);
/// What the relay still holds is asked for again from its beginning this often: refused submissions get
/// another look, and a relay restored from a backup counts from a lower number.
const PASS_EVERY: Duration = Duration::from_secs(3600);

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
}

/// Stops a run from another thread.
#[derive(Clone)]
pub struct Stopper(Sender<Wake>);

impl Stopper {
    /// The submission in hand is finished and acknowledged, then the run ends.
    pub fn stop(&self) {
        // Nobody listens any more when the run has ended.
        let _ = self.0.send(Wake::Stop);
    }
}

impl Default for Runner {
    fn default() -> Self {
        let (wake, woken) = mpsc::channel();
        Self { wake, woken }
    }
}

impl Runner {
    /// What stops this run.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.wake.clone())
    }

    /// Pulls, takes and acknowledges; `now` is the city's clock.
    ///
    /// # Errors
    /// The house is out of order (at the start or on the way), or, until drained, the relay.
    pub fn run(
        self,
        config: Config,
        until: Until,
        now: &dyn Fn() -> UnixTime,
    ) -> Result<(), Failure> {
        let outbox = Outbox::new(&config)?;
        let intake = Intake::start(config, now())?;
        let Self { wake, woken } = self;
        Loop {
            intake,
            outbox,
            until,
            now,
            wake,
            woken,
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
    now: &'a dyn Fn() -> UnixTime,
    wake: Sender<Wake>,
    woken: Receiver<Wake>,
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

    /// Takes a batch one by one and acknowledges what is safe.
    fn take(&mut self, batch: Vec<Delivery>) -> Result<Next, Failure> {
        self.backoff = BACKOFF_LEAST;
        if batch.is_empty() && self.until == Until::Drained {
            return Ok(Next::Stop);
        }
        let mut acks = Vec::new();
        let mut later = None;
        let mut next = Next::Pull;
        for Delivery { seq, item } in batch {
            match self.intake.take(&item, (self.now)(), &self.outbox)? {
                Taken::Safe(ack) => acks.push(ack),
                Taken::Refused => {}
                Taken::Later(said) => later = Some(said),
            }
            self.pass.after = seq;
            if let Ok(Wake::Stop) | Err(TryRecvError::Disconnected) = self.woken.try_recv() {
                next = Next::Stop;
                break;
            }
        }
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
