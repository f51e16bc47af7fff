//! `cargo demo`: a whole city on this machine, to try it and to show it.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tests::programs::Programs;
use tests::{City, Day, Failure, Plan};
use tokio::signal::unix::{SignalKind, signal};

/// How often the demo looks whether its programs still live.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A whole city on loopback: builds the portal from forms/, makes throw-away keys, starts the site, the relay and the
/// intake, and prints where they are. Ctrl-C ends all of it.
#[derive(Parser)]
#[command(
    name = "cargo demo",
    after_help = "Example: cargo demo --date 2016-08-10, then open the portal's URL."
)]
struct Arguments {
    /// End as soon as the site, the relay and the intake have answered.
    #[arg(long)]
    once: bool,
    /// The portal's port; the relay and its outbox take the two after it.
    #[arg(long, value_name = "N", default_value_t = 4016)]
    port: u16,
    /// The day on which the city lives, from nine in the morning on, or a moment such as 2018-07-06T23:59+07:00; without it,
    /// now.
    #[arg(long, value_name = "YYYY-MM-DD[Thh:mm+07:00]")]
    date: Option<Day>,
}

fn main() -> ExitCode {
    match demo(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("demo: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn demo(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no runtime: {error}")))?;
    runtime.block_on(async {
        // Listened to from the start: a Ctrl-C while the city is being built must end it too, children and all.
        let mut interrupt = listen(SignalKind::interrupt())?;
        let mut terminate = listen(SignalKind::terminate())?;
        let plan = plan(arguments)?;
        let mut starting = tokio::task::spawn_blocking(move || {
            City::start(&plan, &|step| eprintln!("demo: {step}"))
        });
        let signalled = tokio::select! {
            city = &mut starting => Ok(city),
            _ = interrupt.recv() => Err("interrupted"),
            _ = terminate.recv() => Err("terminated"),
        };
        let mut city = match signalled {
            Ok(city) => started(city)?,
            Err(word) => {
                // What has been started is ended by being dropped, so the start must come to its own end first.
                drop(starting.await);
                return Err(Failure::new(word));
            }
        };
        announce(&city)?;
        if arguments.once {
            return Ok(());
        }
        eprintln!("demo: the city runs; Ctrl-C ends it");
        loop {
            tokio::select! {
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
                () = tokio::time::sleep(LOOK_EVERY) => {
                    if let Some(failure) = city.fallen() {
                        return Err(failure);
                    }
                }
            }
        }
    })
}

fn started(city: Result<Result<City, Failure>, tokio::task::JoinError>) -> Result<City, Failure> {
    city.unwrap_or_else(|error| Err(Failure::new(format!("the start broke off: {error}"))))
}

fn listen(kind: SignalKind) -> Result<tokio::signal::unix::Signal, Failure> {
    signal(kind).map_err(|error| Failure::new(format!("cannot listen to signals: {error}")))
}

fn plan(arguments: &Arguments) -> Result<Plan, Failure> {
    let root = Programs::scratch()?.join("demo");
    Ok(Plan {
        // A folder for each port: two demos side by side do not empty each other's.
        folder: root.join(arguments.port.to_string()),
        keys: root.join("keys"),
        forms: None,
        day: arguments.date,
        first_port: Some(arguments.port),
    })
}

/// The three lines that scripts read.
fn announce(city: &City) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "portal {}", city.portal_url())
        .and_then(|()| writeln!(out, "relay {}", city.relay_url()))
        .and_then(|()| writeln!(out, "intake {}", city.intake_dir().display()))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("cannot write to standard output: {error}")))
}
