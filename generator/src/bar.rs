//! The bar that shows people on a terminal how far a long build is.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A build that takes less long shows no bar.
const PATIENCE: Duration = Duration::from_millis(100);
/// `[=====>    ] 1234/2400`: characters that every terminal has, no colour.
const STYLE: &str = "[{bar:32}] {pos}/{len}";

/// A bar on standard error, when that is a terminal; it is gone when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    begun: Instant,
}

impl Bar {
    pub(crate) fn new() -> Bar {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // The style is a constant that is right.
        let style = ProgressStyle::with_template(STYLE).unwrap_or(ProgressStyle::default_bar());
        bar.set_style(style.progress_chars("=> "));
        Bar {
            bar,
            begun: Instant::now(),
        }
    }

    /// What a build is to call: so many steps of so many are done.
    pub(crate) fn step(&self) -> impl Fn(usize, usize) + Sync {
        |done, all| {
            if self.begun.elapsed() > PATIENCE {
                self.bar.set_length(all as u64);
                self.bar.set_position(done as u64);
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
