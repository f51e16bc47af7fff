//! Writes the forms of a made-up city, or a part of them, into a folder.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tests::corpus;

/// Writes a folder of forms with as many services as a city has, for `motcua build --forms`.
#[derive(Parser)]
#[command(
    name = "corpus",
    after_help = "Example: cargo run -p tests --bin corpus -- target/corpus --eighths 1"
)]
struct Arguments {
    /// The folder.
    dir: PathBuf,
    /// How many eighths of the services.
    #[arg(long, value_name = "N", default_value_t = corpus::EIGHTHS as u64, value_parser = clap::value_parser!(u64).range(1..=corpus::EIGHTHS as u64))]
    eighths: u64,
}

fn main() -> ExitCode {
    let Arguments { dir, eighths } = Arguments::parse();
    match corpus::write(&dir, usize::try_from(eighths).unwrap_or(corpus::EIGHTHS)) {
        Ok(count) => {
            println!("{}: {count} files", dir.display());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("corpus: {failure}");
            ExitCode::FAILURE
        }
    }
}
