//! `motcua-intake`: the command line. The only place that reads the system's clock, randomness and signals.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, io, panic, thread};

use clap::{Args, Parser, Subcommand, ValueEnum};
use envelope::UnixTime;
use intake::config::Config;
use intake::failure::Failure;
use intake::run::{Runner, Stopper, Until};
use intake::show::Layout;
use intake::{keys, list, retry, show};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Collects submissions from the relay, opens and checks them, and hands them over to the offices.
#[derive(Parser)]
#[command(
    name = "motcua-intake",
    version,
    after_help = "Example:\n  motcua-intake keys new --office 00043 --out keys\n  motcua-intake --config intake.toml --check-config\n  motcua-intake --config intake.toml run\n  motcua-intake --config intake.toml show Q9W1D-FWF07 --html > case.html"
)]
struct Arguments {
    /// The config file; paths in it start at its folder
    #[arg(
        long,
        value_name = "FILE",
        default_value = "intake.toml",
        global = true
    )]
    config: PathBuf,
    /// Start the clock at this Unix time (a demo's clock; only when the relay is on this machine)
    #[arg(long, value_name = "UNIX", global = true)]
    clock: Option<i64>,
    /// Check the config and everything it names, then stop
    #[arg(long, exclusive = false)]
    check_config: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Pull, take and acknowledge until SIGTERM
    Run {
        /// Stop when the relay holds nothing more
        #[arg(long)]
        once: bool,
    },
    /// Table of all submissions: reference, received (UTC+7), form, offices, state, faults
    List,
    /// One submission, laid out as the declaration
    Show {
        /// Its id or its reference, as typed
        id: String,
        /// For a program: ledger and office files
        #[arg(long, conflicts_with = "html")]
        json: bool,
        /// One HTML file to print
        #[arg(long)]
        html: bool,
    },
    /// Take a submission once more, after the cause of its quarantine was mended
    Retry {
        /// Its id, its reference, or its folder's name in quarantine/
        id: String,
    },
    /// Private keys, made where they are used
    #[command(subcommand)]
    Keys(KeysCommand),
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make keys; each private one with its public twin FILE.pub.jwk for the publisher
    #[command(
        after_help = "Examples:\n  motcua-intake keys new --office 00043 --office ca-001 --out keys\n  motcua-intake keys new --offices-from offices.txt --out keys\n  motcua-intake keys new --office recovery --out recovery\n  motcua-intake keys new --use sign --out ack.jwk"
    )]
    New(NewKeys),
}

#[derive(Args)]
struct NewKeys {
    /// open: an office's key; sign: the key of acknowledgements
    #[arg(long = "use", value_enum, default_value = "open")]
    purpose: Purpose,
    /// An office's code, or `recovery`; may be given several times
    #[arg(long = "office", value_name = "CODE")]
    offices: Vec<String>,
    /// A file with one office's code a line
    #[arg(long, value_name = "FILE")]
    offices_from: Option<PathBuf>,
    /// The folder for {code}.jwk; with `--use sign`, the file
    #[arg(long, value_name = "DIR or FILE")]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Open,
    Sign,
}

fn main() -> ExitCode {
    match execute(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("motcua-intake: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: Arguments) -> Result<(), Failure> {
    let Arguments {
        config,
        clock,
        check_config,
        command,
    } = arguments;
    let read = || read_config(&config, clock);
    let shift = clock.map_or(0, |start| start - system_time());
    let now = move || UnixTime(system_time() + shift);
    match command {
        _ if check_config => {
            intake::check_config(&read()?, now())?;
            print(&format!("{}: everything is in order\n", config.display()))
        }
        Some(Command::Run { once }) => run(read()?, once, &now),
        Some(Command::List) => print(&list(&read()?)?),
        Some(Command::Show { id, json, html }) => {
            let layout = match (json, html) {
                (true, _) => Layout::Json,
                (_, true) => Layout::Html,
                _ => Layout::Text,
            };
            print(&show(&read()?, &id, layout)?)
        }
        Some(Command::Retry { id }) => {
            start_logging();
            retry(read()?, &id, now())
        }
        Some(Command::Keys(KeysCommand::New(new))) => make_keys(new),
        None => Err(Failure::new(
            "no command; `motcua-intake --help` lists them",
        )),
    }
}

fn read_config(path: &Path, clock: Option<i64>) -> Result<Config, Failure> {
    let config = Config::read(path)?;
    if clock.is_some() && !config.relay_is_loopback() {
        return Err(Failure::new(format!(
            "--clock is for a demo on one machine, but the relay is {}: leave it out",
            config.relay
        )));
    }
    Ok(config)
}

fn run(config: Config, once: bool, now: &(dyn Fn() -> UnixTime + Sync)) -> Result<(), Failure> {
    start_logging();
    let runner = Runner::default();
    stop_on_signals(runner.stopper())?;
    runner.run(
        config,
        if once { Until::Drained } else { Until::Stopped },
        now,
    )
}

/// One JSON line a thing to stderr. A panic is logged by its place only: its message could hold an answer.
fn start_logging() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_writer(io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
    panic::set_hook(Box::new(|panicked| {
        let at = panicked
            .location()
            .map(ToString::to_string)
            .unwrap_or_default();
        tracing::error!(at, "panicked");
    }));
}

fn stop_on_signals(stopper: Stopper) -> Result<(), Failure> {
    let mut signals = Signals::new([SIGTERM, SIGINT])
        .map_err(|error| Failure::new(format!("cannot listen for signals: {error}")))?;
    thread::spawn(move || signals.forever().for_each(|_| stopper.stop()));
    Ok(())
}

fn make_keys(new: NewKeys) -> Result<(), Failure> {
    let NewKeys {
        purpose,
        mut offices,
        offices_from,
        out,
    } = new;
    if let Some(file) = offices_from {
        let text = fs::read_to_string(&file)
            .map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
        offices.extend(
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned),
        );
    }
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).expect("the system has randomness");
    match (purpose, offices.is_empty()) {
        (Purpose::Open, false) => {
            let kids = keys::new_office_keys(&offices, &out, &mut random)?;
            let lines = offices
                .iter()
                .zip(kids)
                .map(|(office, kid)| format!("{office} {kid}\n"));
            print(&lines.collect::<String>())
        }
        (Purpose::Sign, true) => {
            let kid = keys::new_ack_key(&out, &mut random)?;
            print(&format!("ack {kid}\n"))
        }
        (Purpose::Open, true) => Err(Failure::new(
            "name the offices with --office CODE or --offices-from FILE",
        )),
        (Purpose::Sign, false) => Err(Failure::new(
            "the key of acknowledgements belongs to no office: leave --office out",
        )),
    }
}

fn system_time() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Standard output, whose reader may have gone (`| head`).
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
