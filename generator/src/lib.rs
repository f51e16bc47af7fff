//! `motcua`: from `forms/` and `site/` to a static portal.
//!
//! ```text
//! disk ──Sources──▶ Content ──plan──▶ pages ──Renderer──▶ Writing ──finish──▶ disk
//! ```
//!
//! * [`sources::Sources`]: every file the editors wrote, read once.
//! * [`content::Content`]: the same, understood: services, agencies, lists, texts. Every fault is found here, at once,
//!   with its place and its mend ([`fault::Fault`]).
//! * `memo`: what was worked out before from equal inputs is not worked out again.
//! * `prepared`, `files`: content, templates and assets together, and every file that can be made from them.
//! * [`plan`]: which pages there are and where each stands.
//! * [`output::Output`]: the whole portal as a value, for tests. It depends on sources, keys and day alone: two builds
//!   compare byte for byte.
//! * [`preview`]: the same files while the sources are being written, each when a browser asks for it.
//! * `outgoing`: each file on its way out, beside it what is compressed of it, of all of them the release.
//! * [`writing`]: the only writer; each file goes to the disk as soon as it is made, and a failed build leaves the old
//!   portal whole.
//! * `standing`, `signed_again`: a portal that stands is not made again; what is signed in it is signed anew.

use std::path::PathBuf;

use envelope::UnixTime;
use formdef::Moment;

mod assets;
mod build;
mod bundle;
pub mod catalogue;
mod compressed;
pub mod content;
mod context;
mod discovery;
mod edit;
pub mod fault;
mod fault_words;
mod files;
pub mod former;
mod guide;
mod headers;
pub mod history;
pub mod hosts;
pub mod keys;
mod links;
pub mod lists;
mod loaded;
mod memo;
pub mod minify;
pub mod new;
mod opening;
pub mod order;
mod outgoing;
pub mod output;
mod place;
pub mod plan;
pub mod portal;
mod prepared;
pub mod preview;
pub mod publish;
pub mod published;
mod questions;
pub mod readers;
pub mod release;
mod render;
pub mod report;
pub mod schema;
mod search;
pub mod serve;
mod signed_again;
pub mod size;
pub mod sources;
mod stamps;
mod standing;
pub mod status;
mod table;
mod taken;
mod templates;
mod timings;
pub mod translations;
pub mod versions;
pub mod writing;
pub mod xlsform;

pub use build::{
    Compared, Failure, Progress, Report, Summary, Told, build, build_telling, build_timed, check,
    check_against, check_telling, keep, make,
};
pub use fault::Fault;
pub use timings::Timings;

/// What a build is made of and where it goes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder of the forms.
    pub forms: PathBuf,
    /// The folder of the site.
    pub site: PathBuf,
    /// The folder the portal is written to.
    pub out: PathBuf,
    /// The folder of keys; without it the portal is a preview: nothing is signed, forms say that sending is off.
    pub keys: Option<PathBuf>,
    /// The portal's origin, instead of that in `portal.toml`.
    pub portal: Option<String>,
    /// The relay's origin, instead of that in `portal.toml`.
    pub relay: Option<String>,
    /// When the build happens: the day pages speak of, and the time the catalogue is issued.
    pub now: UnixTime,
    /// Puts `.br` and `.gz` beside every file; the folder keeps what was made, by its content, for the next build.
    pub compressed: Option<PathBuf>,
    /// How many threads render; `None`: one a core. The bytes are the same.
    pub threads: Option<usize>,
}

impl Options {
    /// When the build happens on the city's clock; 1970 for a clock that is out of the calendar.
    pub fn moment(&self) -> Moment {
        Moment::from_unix(self.now.0)
            .or(Moment::from_unix(0))
            .expect("1970-01-01 is a day")
    }
}
