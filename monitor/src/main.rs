//! `motcua-monitor`: the edges of the monitor. Here are the clock and the terminal; the rest is passed them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};
use envelope::log::LogKey;
use envelope::{Jwk, PublicKey, UnixTime};
use monitor::config::Config;
use monitor::follow::Follower;
use monitor::source::Source;
use monitor::verify;

/// Checks receipts and logs without believing the relay, and watches a log from outside.
///
/// Ends with 0 when all is well, with 1 when it cannot look, with 2 when something is wrong with what it looked at.
#[derive(Parser)]
#[command(name = "motcua-monitor", version)]
struct Line {
    /// Look with this clock (seconds since 1970) instead of the machine's.
    #[arg(
        long,
        global = true,
        value_name = "UNIX",
        allow_negative_numbers = true
    )]
    clock: Option<i64>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One look at a receipt, a checkpoint or a whole log.
    #[command(subcommand)]
    Verify(Verify),
    /// Watch a log, and a portal against it, from outside, and raise an alarm when one contradicts what was seen.
    ///
    /// A fork, a rollback and a doubled leaf end it with 2; other alarms are told, and it goes on.
    /// Example: motcua-monitor follow --config monitor.toml
    Follow {
        /// The config file; docs/samples/monitor.toml shows every key.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Look once; any alarm ends it with 2, also a difference that publishing would explain.
        #[arg(long)]
        once: bool,
    },
}

#[derive(Subcommand)]
enum Verify {
    /// A receipt as it was saved: signed by the relay, and in the log.
    ///
    /// Example: motcua-monitor verify receipt receipt-ABCDE-12345.txt --catalogue catalogue.jws --publisher publisher.pub.jwk
    Receipt {
        /// The saved file.
        file: PathBuf,
        /// The portal's catalogue.jws.
        #[arg(long, value_name = "FILE")]
        catalogue: PathBuf,
        /// The publisher's public key, got from somebody you trust; may be given several times.
        #[arg(long = "publisher", value_name = "FILE", required = true)]
        publishers: Vec<PathBuf>,
    },
    /// A checkpoint in a file: signed by the log.
    ///
    /// Example: motcua-monitor verify checkpoint checkpoint --log-key log.pub.key
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// The log's public key, or a file with it.
        #[arg(long, value_name = "KEY or FILE")]
        log_key: String,
    },
    /// A whole log: every entry and every hash makes the root that was signed.
    ///
    /// Example: motcua-monitor verify log https://relay.example.vn/log --log-key log.pub.key
    Log {
        /// Its address, or a folder with its files.
        #[arg(value_name = "URL or DIR")]
        log: String,
        /// The log's public key, or a file with it.
        #[arg(long, value_name = "KEY or FILE")]
        log_key: String,
    },
}

/// How it ends when it is not well.
enum End {
    /// It could not look.
    Failed(String),
    /// It looked, and something is wrong.
    Wrong(String),
}

fn main() -> ExitCode {
    let line = Line::parse();
    let done = match &line.command {
        Command::Verify(what) => verify(what, line.clock),
        Command::Follow { config, once } => follow(config, *once, line.clock),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(End::Failed(why)) => {
            eprintln!("{why}");
            ExitCode::from(1)
        }
        Err(End::Wrong(why)) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

fn verify(what: &Verify, clock: Option<i64>) -> Result<(), End> {
    let found = match what {
        Verify::Receipt {
            file,
            catalogue,
            publishers,
        } => {
            let publishers = read_publishers(publishers)?;
            verify::receipt(file, catalogue, &publishers, now(clock))
        }
        Verify::Checkpoint { file, log_key } => verify::checkpoint(file, &read_log_key(log_key)?),
        Verify::Log { log, log_key } => {
            let source = Source::of(log).map_err(End::Failed)?;
            verify::log(&source, &read_log_key(log_key)?)
        }
    };
    println!("{}", found.map_err(End::Wrong)?);
    Ok(())
}

fn follow(config: &Path, once: bool, clock: Option<i64>) -> Result<(), End> {
    let config = Config::load(config).map_err(End::Failed)?;
    let key = read_log_key(&config.log_key.display().to_string())?;
    let portal = config.portal.as_ref();
    let publishers = portal.map_or(&[][..], |portal| &portal.publishers);
    let publishers = read_publishers(publishers)?;
    let mut follower = Follower::start(config, key, publishers, !once).map_err(End::Failed)?;
    loop {
        let alarms = follower
            .look(now(clock), &mut |line| eprintln!("{line}"))
            .map_err(End::Failed)?;
        let ends = alarms.iter().find(|alarm| once || alarm.kind.is_for_good());
        if let Some(alarm) = ends {
            return Err(End::Wrong(format!("alarm {}", alarm.kind.word())));
        }
        if once {
            println!("{}", follower.found());
            return Ok(());
        }
        std::thread::sleep(follower.pause());
    }
}

fn now(clock: Option<i64>) -> UnixTime {
    let of_the_machine = || {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    };
    UnixTime(clock.unwrap_or_else(of_the_machine))
}

/// A verifier key as it is, or from a file.
fn read_log_key(given: &str) -> Result<LogKey, End> {
    if let Ok(key) = given.parse() {
        return Ok(key);
    }
    let text = fs::read_to_string(given).map_err(|error| {
        End::Failed(format!(
            "{given}: cannot be read: {error}; give the log's .pub.key file"
        ))
    })?;
    text.trim_end()
        .parse()
        .map_err(|error| End::Failed(format!("{given}: {error}")))
}

fn read_publishers(files: &[PathBuf]) -> Result<Vec<PublicKey>, End> {
    let publishers = files.iter().map(|path| read_public(path));
    publishers.collect::<Result<_, _>>().map_err(End::Failed)
}

/// A public key file as motcua's programs write them: a JWK with its name and use.
fn read_public(path: &Path) -> Result<PublicKey, String> {
    let told = |what: String| {
        format!(
            "{}: {what}; give the publisher's .pub.jwk file",
            path.display()
        )
    };
    let text = fs::read(path).map_err(|error| told(error.to_string()))?;
    let mut file: serde_json::Value =
        serde_json::from_slice(&text).map_err(|error| told(error.to_string()))?;
    if let Some(members) = file.as_object_mut() {
        members.remove("kid");
        members.remove("use");
    }
    let jwk: Jwk = serde_json::from_value(file).map_err(|error| told(error.to_string()))?;
    PublicKey::try_from(jwk).map_err(|error| told(error.to_string()))
}
