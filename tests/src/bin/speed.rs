//! What building a whole city's portal costs: as a table for docs/performance.md.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use clap::Parser;
use tests::bare::Bare;
use tests::ceremony::Keys;
use tests::cost::Cost;
use tests::programs::{Programs, run};
use tests::saves::Desk;
use tests::{Failure, corpus, hugo, repository, tree};

/// What such pages (8,409 of the same forms, 124 MB) took programs that are not installed here, in an earlier measurement on
/// 2 cores, a file system in memory: name, time, memory.
const ELSEWHERE: [(&str, &str, &str); 4] = [
    ("Zola 0.22", "10.2 s", "1.8 GB"),
    ("Zola 0.22 with minify", "14.4 s", "1.95 GB"),
    ("Hugo with its own templates from data", "8.1 s", "1.07 GB"),
    ("the same with `--minify`", "11.0 s", "1.07 GB"),
];

/// How often a file is saved under `motcua serve`.
const SAVES: usize = 21;

/// Builds portals of made-up cities with the released program, and says what it cost.
#[derive(Parser)]
#[command(
    name = "speed",
    after_help = "Example: cargo run -p tests --bin speed -- /dev/shm/speed --runs 5"
)]
struct Arguments {
    /// A folder of its own, on the file system that is measured. It is removed at the end. Not on ext4 without a journal: runs
    /// remove what the ones before them built, and there every new file takes longer for minutes after that.
    dir: PathBuf,
    /// How many times each row is run; the middle one counts.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// The program that is measured; without it the released one is built.
    #[arg(long, value_name = "FILE")]
    motcua: Option<PathBuf>,
}

fn main() -> ExitCode {
    match Arguments::parse().measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("speed: {failure}");
            ExitCode::FAILURE
        }
    }
}

impl Arguments {
    fn measure(&self) -> Result<(), Failure> {
        if self.dir.exists() {
            return Err(Failure::at(&self.dir, "is there already"));
        }
        let motcua = self.motcua.clone().map_or_else(released, Ok)?;
        println!("| what | time | processor time | memory |\n|---|---|---|---|");
        let measured = self
            .cities(&motcua)
            .and_then(|()| self.standing(&motcua))
            .and_then(|()| self.bare(&motcua))
            .and_then(|()| self.signed(&motcua))
            .and_then(|()| self.saves(&motcua))
            .and_then(|()| self.peers())
            .and_then(|()| self.stages(&motcua));
        let _ = fs::remove_dir_all(&self.dir);
        measured
    }

    /// Fresh builds of one, two, four and eight eighths of a city.
    fn cities(&self, motcua: &Path) -> Result<(), Failure> {
        for eighths in [1, 2, 4, corpus::EIGHTHS] {
            let _ = fs::remove_dir_all(self.forms());
            corpus::write(&self.forms(), eighths)?;
            let forms = corpus::FORMS * eighths / corpus::EIGHTHS;
            self.row(
                &format!("`motcua build`, {forms} forms, into an empty folder"),
                &|| self.empty(),
                &mut self.build(motcua),
            )?;
        }
        Ok(())
    }

    /// What is done over and again with the portal that stands.
    fn standing(&self, motcua: &Path) -> Result<(), Failure> {
        let nothing = || Ok(());
        self.row(
            "the same over the portal that stands, nothing changed",
            &nothing,
            &mut self.build(motcua),
        )?;
        self.row(
            "`motcua check`",
            &nothing,
            &mut self.motcua(motcua, "check"),
        )?;
        let copy = self.dir.join("copy");
        let mut copying = Command::new("cp");
        copying.arg("-r").arg(self.out()).arg(&copy);
        let without = || {
            let _ = fs::remove_dir_all(&copy);
            Ok(())
        };
        self.row(
            "copying the portal's files (`cp -r`)",
            &without,
            &mut copying,
        )
    }

    /// Everything on: key files, catalogue, release, with the keys of all offices.
    fn signed(&self, motcua: &Path) -> Result<(), Failure> {
        let offices = corpus::office_codes()?;
        let root = self.dir.join("keys");
        let keys = Keys::of(&offices, &root, &Programs::built()?, &|_| ())?;
        let mut build = self.build(motcua);
        build.arg("--keys").arg(keys.publisher_folder());
        let offices = offices.len();
        self.row(
            &format!("`motcua build --keys`, {offices} offices, into an empty folder"),
            &|| self.empty(),
            &mut build,
        )?;
        self.row(
            "the same over the portal that stands, nothing changed but the time",
            &|| Ok(()),
            &mut build,
        )
    }

    /// Building into an empty folder and only writing the same files, in turn.
    fn bare(&self, motcua: &Path) -> Result<(), Failure> {
        let bare = Bare::of(&self.out())?;
        let folder = self.dir.join("bare");
        let mut ratios = Vec::new();
        let mut times = Vec::new();
        for _ in 0..self.runs {
            self.empty()?;
            let built = Cost::of(&mut self.build(motcua))?.time;
            let written = bare.write(&folder)?;
            ratios.push(built.as_secs_f64() / written.as_secs_f64());
            times.push(written);
        }
        let _ = fs::remove_dir_all(&folder);
        ratios.sort_by(f64::total_cmp);
        times.sort();
        let middle = ratios.len() / 2;
        let (ratio, time) = (ratios[middle], seconds(times[middle]));
        println!(
            "| only writing the same files; a build beside each takes {ratio:.2} × that | {time} | | |"
        );
        Ok(())
    }

    /// A build stage by stage, as the program tells it.
    fn stages(&self, motcua: &Path) -> Result<(), Failure> {
        self.empty()?;
        let told = run(self.build(motcua).arg("--timings"))?;
        let table = told.find("| stage").map(|at| &told[at..]);
        let table = table.ok_or_else(|| Failure::new("motcua tells no stages"))?;
        println!("\n{}", table.trim_end());
        Ok(())
    }

    /// What somebody waits for who writes under `motcua serve`.
    fn saves(&self, motcua: &Path) -> Result<(), Failure> {
        let site = self.dir.join("site");
        tree::write(&site, &tree::files(&repository::path("site"))?)?;
        let form = fs::read_dir(self.forms()).map_err(|error| Failure::at(&self.forms(), error))?;
        let ids = form.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut ids: Vec<String> = ids
            .filter(|id| self.forms().join(id).join("form.toml").is_file())
            .collect();
        ids.sort();
        let id = ids.get(ids.len() / 2);
        let id = id.ok_or_else(|| Failure::at(&self.forms(), "has no form"))?;
        let form = self.forms().join(id).join("form.toml");
        let page = format!("/{id}/form/");
        let desk = Desk::open(motcua, &self.forms(), &site)?;
        for (what, file, word) in [
            ("a form's save", form, "Kính gửi"),
            ("a template's save", site.join("pages/form.html"), "<h1>"),
        ] {
            let saves = desk.save(&file, word, &page, SAVES)?;
            let (median, longest) = (millis(saves.median()), millis(saves.longest()));
            let peak = saves.peak_kib / 1024;
            println!(
                "| `motcua serve`, from {what} to the page sent anew, the middle of {SAVES} | {median}, the longest {longest} | | {peak} MiB |"
            );
        }
        Ok(())
    }

    /// Such pages by Hugo, from the same sources, where it is installed.
    fn peers(&self) -> Result<(), Failure> {
        let mut version = Command::new("hugo");
        if version
            .arg("version")
            .stdout(Stdio::null())
            .status()
            .is_err()
        {
            println!("| Hugo is not installed | | | |");
            elsewhere();
            return Ok(());
        }
        let source = self.dir.join("hugo");
        let pages = hugo::write(&source, &self.out(), &self.forms())?;
        for minify in [false, true] {
            let mut command = Command::new("hugo");
            command.arg("--source").arg(&source).arg("--quiet");
            command.args(minify.then_some("--minify"));
            let public = source.join("public");
            let without = || {
                let _ = fs::remove_dir_all(&public);
                Ok(())
            };
            let how = if minify { "`hugo --minify`" } else { "`hugo`" };
            self.row(&format!("{how}, {pages} pages"), &without, &mut command)?;
        }
        elsewhere();
        Ok(())
    }

    fn row(
        &self,
        name: &str,
        before: &dyn Fn() -> Result<(), Failure>,
        command: &mut Command,
    ) -> Result<(), Failure> {
        let mut costs = Vec::new();
        for _ in 0..self.runs {
            before()?;
            costs.push(Cost::of(command)?);
        }
        let Some(cost) = Cost::median(costs) else {
            return Ok(());
        };
        let (time, processor, peak) = (
            seconds(cost.time),
            seconds(cost.processor),
            cost.peak_kib / 1024,
        );
        println!("| {name} | {time} | {processor} | {peak} MiB |");
        Ok(())
    }

    fn build(&self, motcua: &Path) -> Command {
        let mut command = self.motcua(motcua, "build");
        command.arg("--quiet").arg("--out").arg(self.out());
        command
    }

    fn motcua(&self, motcua: &Path, name: &str) -> Command {
        let mut command = Command::new(motcua);
        command.args([name, "--forms"]).arg(self.forms());
        command.arg("--site").arg(repository::path("site"));
        command
    }

    fn empty(&self) -> Result<(), Failure> {
        let _ = fs::remove_dir_all(self.out());
        Ok(())
    }

    fn forms(&self) -> PathBuf {
        self.dir.join("forms")
    }

    fn out(&self) -> PathBuf {
        self.dir.join("portal")
    }
}

/// The released program, built when it is not.
fn released() -> Result<PathBuf, Failure> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--release", "--locked", "-p", "generator"]);
    run(cargo.current_dir(repository::root()))?;
    let own = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    // target/debug/speed
    let target = own.ancestors().nth(2).unwrap_or(&own);
    Ok(target.join("release/motcua"))
}

/// For comparison, not measured now.
fn elsewhere() {
    for (name, time, memory) in ELSEWHERE {
        println!("| reference, not measured here: {name} | {time} | | {memory} |");
    }
}

fn millis(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
