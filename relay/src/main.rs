//! `motcua-relay`: the edges of the relay. Here are the clock, the randomness and the signals; the rest is passed them.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use envelope::UnixTime;
use relay::clock::Clock;
use relay::config::Config;
use relay::fault::Fault;
use relay::journal::Journal;
use relay::sandbox::{self, Confined};
use relay::service::{Inherited, Manager};
use relay::{Addresses, Orders, keys, log, status};
use ring::rand::SystemRandom;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};

/// Takes sealed submissions from the Internet, keeps them, gives receipts, and hands them to the intake.
///
/// Example: motcua-relay --config relay.toml
#[derive(Parser)]
#[command(name = "motcua-relay", version, args_conflicts_with_subcommands = true)]
struct Line {
    /// The config file; docs/samples/relay.toml shows every key.
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,
    /// Read the config and every file it names except the store, say what is wrong, and stop.
    #[arg(long)]
    check_config: bool,
    /// Start the clock at this time (seconds since 1970) instead of the machine's; only on loopback addresses.
    #[arg(long, value_name = "UNIX", allow_negative_numbers = true)]
    clock: Option<i64>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The relay's signing key, and the log's.
    #[command(subcommand)]
    Keys(Keys),
    /// The transparency log.
    #[command(subcommand)]
    Log(Log),
    /// Look once at everything that is kept, while the relay is stopped: ends with 0 when all is as it was written, 2 when
    /// something is not, 1 when it cannot look.
    ///
    /// Example: motcua-relay scrub --config relay.toml
    Scrub {
        /// The config file.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Ask the running relay at its `[admin]` address how it is: ends with 0 when it takes submissions, 2 when it does not,
    /// 1 when it cannot be asked.
    ///
    /// Example: motcua-relay status --config relay.toml
    Status {
        /// The config file that it was started with.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
enum Log {
    /// End the log of the store, when its newest state is lost; the next start begins another one.
    ///
    /// First make a key under a new name, name it and a new folder in the config, and have the publisher add the key.
    /// Example: motcua-relay log begin --config relay.toml
    Begin {
        /// The config file.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Make a new signing key: FILE (private, mode 0600) and beside it NAME.pub.jwk for the publisher.
    ///
    /// Example: motcua-relay keys new --out relay.jwk
    New {
        /// The private key's file; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make a new key for the log: FILE (private, mode 0600) and beside it NAME.pub.key for the publisher.
    ///
    /// Example: motcua-relay keys log --name relay.example.vn/log --out log.key
    Log {
        /// The log's name: its address without scheme. A new key needs a new name.
        #[arg(long, value_name = "NAME")]
        name: String,
        /// The private key's file; it must not be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    let done = match (&line.command, &line.config) {
        (Some(Command::Status { config }), _) => return show_status(config),
        (Some(Command::Scrub { config }), _) => return scrub(config),
        (Some(Command::Keys(Keys::New { out })), _) => new_key(out),
        (Some(Command::Keys(Keys::Log { name, out })), _) => new_log_key(out, name),
        (Some(Command::Log(Log::Begin { config })), _) => begin_log(config),
        (None, Some(config)) => serve(config, &line),
        (None, None) => Err("--config FILE is missing".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

fn new_key(out: &Path) -> Done {
    let (public, kid) = keys::create(out, &SystemRandom::new())?;
    println!(
        "{kid}\nprivate {}\npublic {}",
        out.display(),
        public.display()
    );
    Ok(())
}

fn new_log_key(out: &Path, name: &str) -> Done {
    let (public, key) = log::key::create(out, name, &SystemRandom::new())?;
    println!(
        "{key}\nprivate {}\npublic {}",
        out.display(),
        public.display()
    );
    Ok(())
}

fn begin_log(path: &Path) -> Done {
    let config = Config::load(path)?;
    log::begin(&config)?;
    println!(
        "the log of {} is ended; the next start begins another in {}",
        config.store.display(),
        config.log.display()
    );
    Ok(())
}

/// Ends with 2 when it could be asked and takes no submissions, as a probe wants to tell the two apart.
fn show_status(path: &Path) -> ExitCode {
    let status = Config::load(path).and_then(|config| status::ask(&config));
    told(status.map(|status| (status.is_ready, status)))
}

fn scrub(path: &Path) -> ExitCode {
    let report = Config::load(path)
        .and_then(|config| relay::scrub(&config, Clock::System, SystemRandom::new()));
    told(report.map(|report| (report.is_good(), report)))
}

/// Prints what was found: 0 when it is good, 2 when not; 1 with the fault for which it could not be found.
fn told(found: Result<(bool, impl fmt::Display), Fault>) -> ExitCode {
    match found {
        Ok((is_good, found)) => {
            print!("{found}");
            ExitCode::from(if is_good { 0 } else { 2 })
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn serve(path: &Path, line: &Line) -> Done {
    let config = Config::load(path)?;
    let clock = clock(&config, line.clock)?;
    if line.check_config {
        relay::check(&config, clock, SystemRandom::new())?;
        println!("{}: good", path.display());
        return Ok(());
    }
    let inherited = Inherited::take()?;
    // Not a setting: where a service manager waits.
    let manager = Arc::new(Manager::at(std::env::var_os("NOTIFY_SOCKET"))?);
    let confined = sandbox::confine(path, &config)?;
    let journal = Journal::begin(config.log_level);
    if confined == Confined::InPart {
        tracing::warn!("confined in part");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let orders = signals(journal, Arc::clone(&manager))?;
        let ready = |addresses| {
            announce(addresses);
            manager.ready();
        };
        relay::run(config, clock, SystemRandom::new(), orders, inherited, ready).await?;
        Ok(())
    })
}

fn clock(config: &Config, set_to: Option<i64>) -> Result<Clock, &'static str> {
    match set_to {
        None => Ok(Clock::System),
        Some(to) if config.is_loopback_only() => Ok(Clock::set(UnixTime(to))),
        Some(_) => Err(
            "--clock: the config listens beyond this machine; a clock set by hand is for tests and the demo",
        ),
    }
}

/// SIGHUP reads config, certificates and catalogue again; SIGTERM and SIGINT stop.
fn signals(journal: Journal, manager: Arc<Manager>) -> io::Result<Orders> {
    let (reload_sender, reload) = mpsc::channel(1);
    let (stop_sender, stop) = oneshot::channel();
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                // A full channel means that a reload is asked for already.
                _ = hangup.recv() => { let _ = reload_sender.try_send(()); }
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
            }
        }
        manager.stopping();
        let _ = stop_sender.send(());
    });
    Ok(Orders {
        reload,
        stop,
        journal,
    })
}

/// Tells whoever started it where it answers.
fn announce(addresses: Addresses) {
    tracing::info!(
        public = addresses.public,
        outbox = addresses.outbox,
        admin = addresses.admin,
        "ready"
    );
    let mut out = io::stdout().lock();
    let mut lines = format!("public {}\noutbox {}\n", addresses.public, addresses.outbox);
    if let Some(admin) = addresses.admin {
        lines.push_str(&format!("admin {admin}\n"));
    }
    // Nobody may be reading; the log has it too.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}
