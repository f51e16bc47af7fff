//! A whole city on loopback: the portal's pages, the relay, the intake, each a real program.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::ceremony::Keys;
use crate::child::Child;
use crate::office::{self, HandedOver};
use crate::programs::{Programs, run};
use crate::{Day, Failure, certificates, http};

/// Sixteen zero bytes: an id that nobody has, to ask a relay for.
const NOBODYS_ID: &str = "AAAAAAAAAAAAAAAAAAAAAA";
/// How long the intake may take from a receipt to the office's file.
const HANDOVER_PATIENCE: Duration = Duration::from_secs(180);

/// What a city is to be.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything of this city but its keys; emptied at the start.
    pub folder: PathBuf,
    /// Where its keys are, or will be made.
    pub keys: PathBuf,
    /// The folder of its forms; `None`: the repository's.
    pub forms: Option<PathBuf>,
    /// When it begins to live; `None`: now.
    pub day: Option<Day>,
    /// The portal's port; the relay and its outbox take the two after it. `None`: three free ones.
    pub first_port: Option<u16>,
}

impl Plan {
    /// A city for a test: keys shared with all other tests, free ports.
    ///
    /// # Errors
    /// `day` is not a day.
    pub fn for_test(name: &str, day: Option<&str>) -> Result<Self, Failure> {
        let scratch = Programs::scratch()?.join("city");
        let day = day.map(str::parse).transpose().map_err(Failure::new)?;
        Ok(Self {
            folder: scratch.join(name),
            keys: scratch.join("keys"),
            forms: None,
            day,
            first_port: None,
        })
    }
}

/// A running city; it ends when this is dropped.
#[derive(Debug)]
pub struct City {
    programs: Programs,
    keys: Keys,
    plan: Plan,
    begun: Instant,
    ports: Ports,
    site: Child,
    relay: Child,
    intake: Child,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    site: SocketAddr,
    relay: SocketAddr,
    outbox: SocketAddr,
}

impl City {
    /// Makes keys and certificates, builds the portal, starts the programs, and returns when each has answered.
    ///
    /// `say` is told what is being done, in plain words, for people who wait.
    ///
    /// # Errors
    /// A port is taken, a program fails: in a sentence, with everything that had been started ended again.
    pub fn start(plan: &Plan, say: &dyn Fn(&str)) -> Result<Self, Failure> {
        let ports = Ports::choose(plan.first_port)?;
        say("building the programs (the first time takes some minutes)");
        let programs = Programs::built()?;
        let keys = Keys::at(&plan.keys, &programs, say)?;
        empty(&plan.folder)?;
        certificates::write(&plan.folder.join("certificates"))?;
        say("building the portal from forms/ and site/");
        build_portal(&programs, plan, &keys, ports)?;
        write_configs(&plan.folder, &keys, ports)?;
        say("starting the site, the relay and the intake");
        let begun = Instant::now();
        let clock = plan.day.map(|_| now(plan.day, begun));
        let mut site = start_site(&programs, &plan.folder, ports)?;
        let mut relay = start_relay(&programs, &plan.folder, clock)?;
        site.wait_until(|| {
            http::request(ports.site, "GET", "/", None).is_ok_and(|answer| answer.status == 200)
        })?;
        relay.wait_until(|| relay_answers(ports.relay))?;
        // The intake listens to nobody, so nobody can ask it: one pass that must succeed shows that it reaches the relay.
        run(intake_command(&programs, &plan.folder, clock).arg("--once"))?;
        let intake = start_intake(&programs, &plan.folder, clock)?;
        Ok(Self {
            programs,
            keys,
            plan: plan.clone(),
            begun,
            ports,
            site,
            relay,
            intake,
        })
    }

    /// The city's time, in seconds since 1970; it goes on while the city lives.
    pub fn now(&self) -> i64 {
        now(self.plan.day, self.begun)
    }

    /// The programs, for commands beside the running ones.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Origin of the portal's pages.
    pub fn portal_url(&self) -> String {
        format!("http://{}", self.ports.site)
    }

    /// Origin of the relay.
    pub fn relay_url(&self) -> String {
        format!("http://{}", self.ports.relay)
    }

    /// Where the relay listens for the public.
    pub fn relay_address(&self) -> SocketAddr {
        self.ports.relay
    }

    /// Where the site is served.
    pub fn site_address(&self) -> SocketAddr {
        self.ports.site
    }

    /// The built portal.
    pub fn portal_dir(&self) -> PathBuf {
        self.plan.folder.join("portal")
    }

    /// The intake's own folder: what has arrived.
    pub fn intake_dir(&self) -> PathBuf {
        self.plan.folder.join("intake")
    }

    /// The intake's configuration, for its commands `list` and `show`.
    pub fn intake_config(&self) -> PathBuf {
        self.plan.folder.join("intake.toml")
    }

    /// The files of the relay's log.
    pub fn log_dir(&self) -> PathBuf {
        self.plan.folder.join("log")
    }

    /// The relay's configuration.
    pub fn relay_config(&self) -> PathBuf {
        self.plan.folder.join("relay.toml")
    }

    /// Every case that an office holds, sorted by file.
    pub fn handed_over(&self) -> Vec<HandedOver> {
        office::handed_over(&self.intake_dir())
    }

    /// Waits until `id` has been handed over to `offices` offices, and returns their files.
    ///
    /// # Errors
    /// They are not there in time; with what lies in quarantine and the intake's last words.
    pub fn wait_for_case(&self, id: &str, offices: usize) -> Result<Vec<HandedOver>, Failure> {
        let begun = Instant::now();
        loop {
            let found: Vec<_> = self
                .handed_over()
                .into_iter()
                .filter(|case| case.id() == id)
                .collect();
            if found.len() >= offices {
                return Ok(found);
            }
            if begun.elapsed() > HANDOVER_PATIENCE {
                return Err(Failure::new(format!(
                    "{id} reached {} of {offices} offices within {} s; quarantine: {:?}; the intake said:\n{}",
                    found.len(),
                    HANDOVER_PATIENCE.as_secs(),
                    office::quarantine(&self.intake_dir()),
                    self.intake.last_words()
                )));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL to the relay.
    pub fn kill_relay(&mut self) {
        self.relay.kill();
    }

    /// Starts the relay again, on its own port with its own store, and waits until it answers.
    ///
    /// # Errors
    /// It does not come up; with its last words.
    pub fn start_relay(&mut self) -> Result<(), Failure> {
        let clock = self.plan.day.map(|_| self.now());
        self.relay = start_relay(&self.programs, &self.plan.folder, clock)?;
        let address = self.ports.relay;
        self.relay.wait_until(|| relay_answers(address))
    }

    /// SIGTERM to the relay, its drain, and a new start.
    ///
    /// # Errors
    /// It does not end in success, or does not come up.
    pub fn restart_relay(&mut self) -> Result<(), Failure> {
        stopped(&mut self.relay, "the relay")?;
        self.start_relay()
    }

    /// SIGTERM to the intake, and a new start.
    ///
    /// # Errors
    /// It does not end in success, or does not start.
    pub fn restart_intake(&mut self) -> Result<(), Failure> {
        stopped(&mut self.intake, "the intake")?;
        let clock = self.plan.day.map(|_| self.now());
        self.intake = start_intake(&self.programs, &self.plan.folder, clock)?;
        Ok(())
    }

    /// Builds the portal anew from a folder of forms, as of now, in the place of the one before, and gives the relay its
    /// catalogue. The intake takes it up by itself.
    ///
    /// # Errors
    /// The forms have faults; the relay does not come up.
    pub fn publish(&mut self, forms: &Path) -> Result<(), Failure> {
        let now = self.plan.day.map(|_| Day::at_unix_s(self.now()));
        let plan = Plan {
            forms: Some(forms.to_owned()),
            day: now.transpose()?,
            ..self.plan.clone()
        };
        build_portal(&self.programs, &plan, &self.keys, self.ports)?;
        self.restart_relay()
    }

    /// Everything the relay has logged so far.
    pub fn relay_words(&self) -> String {
        self.relay.words()
    }

    /// Everything the intake has logged so far.
    pub fn intake_words(&self) -> String {
        self.intake.words()
    }

    /// The sentence about a program that has ended although nobody asked it to, if one has.
    pub fn fallen(&mut self) -> Option<Failure> {
        [
            ("the site", &mut self.site),
            ("the relay", &mut self.relay),
            ("the intake", &mut self.intake),
        ]
        .into_iter()
        .find_map(|(name, child)| {
            let status = child.ended()?;
            Some(Failure::new(format!(
                "{name} ended with {status}:\n{}",
                child.last_words()
            )))
        })
    }
}

/// Ports from here on are tried.
const PORT_MIN: u16 = 10_240;
/// So many ports are tried in turn; the system's own begin at 32,768.
const PORTS: u32 = 20_000;

/// A port that nobody listened on, held. (Let go and taken again it may be in use: a program that another thread starts has it
/// from fork to exec.)
fn free_port() -> Result<TcpListener, Failure> {
    static TRIED: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(61);
    (0..PORTS)
        .map(|_| begin.wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed)) % PORTS)
        .map(|offset| PORT_MIN + u16::try_from(offset).unwrap_or_default())
        .find_map(|port| listen(port).ok())
        .ok_or_else(|| Failure::new("no port of loopback is free"))
}

fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// The port of that number, held.
fn port_of(number: u16) -> Result<TcpListener, Failure> {
    listen(number).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Failure::new(format!(
            "port {number} is in use; end what listens there, or choose other ports with --port N (N, N+1, N+2)"
        )),
        _ => Failure::new(format!("cannot listen on 127.0.0.1:{number}: {error}")),
    })
}

impl Ports {
    /// Three ports on loopback that nobody listens on now, below those that the system gives to whoever calls somebody:
    /// between choosing and listening nobody takes one. No two cities of a process try the same.
    fn choose(first: Option<u16>) -> Result<Self, Failure> {
        // All three are held until the last is found, so that they differ.
        let held = [0, 1, 2].map(|offset| match first {
            None => free_port(),
            Some(first) => port_of(first.checked_add(offset).ok_or_else(|| {
                Failure::new(format!(
                    "--port {first} leaves no room for two more ports; take one below 65534"
                ))
            })?),
        });
        let addresses = held.map(|listener| {
            let listener = listener?;
            let address = listener.local_addr();
            let address = address.map_err(|error| Failure::new(error.to_string()))?;
            Ok((listener, address))
        });
        let [site, relay, outbox] = addresses;
        let (site, relay, outbox) = (site?, relay?, outbox?);
        Ok(Self {
            site: site.1,
            relay: relay.1,
            outbox: outbox.1,
        })
    }
}

fn now(day: Option<Day>, begun: Instant) -> i64 {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match day {
        Some(day) => day.unix_s() + seconds(begun.elapsed()),
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, seconds),
    }
}

/// An empty folder of that name.
fn empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    }
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))
}

fn build_portal(
    programs: &Programs,
    plan: &Plan,
    keys: &Keys,
    ports: Ports,
) -> Result<(), Failure> {
    let mut build = programs.motcua();
    build
        .arg("build")
        .arg("--out")
        .arg(plan.folder.join("portal"))
        .arg("--keys")
        .arg(keys.publisher_folder());
    build.args([
        "--portal",
        &format!("http://{}", ports.site),
        "--relay",
        &format!("http://{}", ports.relay),
    ]);
    if let Some(forms) = &plan.forms {
        build.arg("--forms").arg(forms);
    }
    if let Some(day) = plan.day {
        build.args(["--date", &day.to_string()]);
    }
    run(&mut build).map(|_| ())
}

fn write_configs(folder: &Path, keys: &Keys, ports: Ports) -> Result<(), Failure> {
    let path = |path: PathBuf| path.display().to_string();
    let portal = folder.join("portal");
    let certificates = folder.join("certificates");
    let (listen, outbox) = (ports.relay.to_string(), ports.outbox.to_string());
    let (store, catalogue) = (
        path(folder.join("relay.sqlite")),
        path(portal.join("catalogue.jws")),
    );
    let (publisher, signing_key) = (path(keys.publisher_public()), path(keys.relay()));
    let (log_key, log) = (path(keys.log()), path(folder.join("log")));
    let authority = path(certificates.join("ca.pem"));
    let (outbox_certificate, outbox_key) = (
        path(certificates.join("outbox.pem")),
        path(certificates.join("outbox.key.pem")),
    );
    let relay = format!(
        "listen = {listen:?}\nstore = {store:?}\ncatalogue = {catalogue:?}\npublishers = [{publisher:?}]\n\
         signing_key = {signing_key:?}\nlog_key = {log_key:?}\nlog = {log:?}\n\n[outbox]\nlisten = {outbox:?}\ncertificate = {outbox_certificate:?}\n\
         private_key = {outbox_key:?}\nclient_ca = {authority:?}\n"
    );
    let (dir, forms, lists) = (
        path(folder.join("intake")),
        path(portal.join("forms")),
        path(portal.join("lists")),
    );
    let (offices, ack) = (path(keys.offices()), path(keys.ack()));
    let (certificate, key) = (
        path(certificates.join("intake.pem")),
        path(certificates.join("intake.key.pem")),
    );
    let intake = format!(
        "dir = {dir:?}\nrelay = \"https://{outbox}\"\ncatalogue = {catalogue:?}\npublishers = [{publisher:?}]\n\
         forms = {forms:?}\nlists = {lists:?}\nkeys = {offices:?}\nack_key = {ack:?}\nwait_s = 5\n\n[tls]\n\
         certificate = {certificate:?}\nprivate_key = {key:?}\nca = {authority:?}\n"
    );
    for (name, text) in [("relay.toml", relay), ("intake.toml", intake)] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Failure::at(&path, error))?;
    }
    Ok(())
}

fn start_site(programs: &Programs, folder: &Path, ports: Ports) -> Result<Child, Failure> {
    let mut site = programs.motcua();
    site.arg("serve")
        .arg("--dir")
        .arg(folder.join("portal"))
        .args(["--port", &ports.site.port().to_string()]);
    Child::start("site", &mut site, &folder.join("logs"))
}

fn start_relay(programs: &Programs, folder: &Path, clock: Option<i64>) -> Result<Child, Failure> {
    let mut relay = programs.relay();
    relay
        .arg("--config")
        .arg(folder.join("relay.toml"))
        .args(clock_arguments(clock));
    Child::start("relay", &mut relay, &folder.join("logs"))
}

fn start_intake(programs: &Programs, folder: &Path, clock: Option<i64>) -> Result<Child, Failure> {
    Child::start(
        "intake",
        &mut intake_command(programs, folder, clock),
        &folder.join("logs"),
    )
}

/// Asks a program to end and waits until it has.
fn stopped(child: &mut Child, who: &str) -> Result<(), Failure> {
    let status = child.stop()?;
    match status.success() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "{who} answered SIGTERM with {status}:\n{}",
            child.last_words()
        ))),
    }
}

fn intake_command(programs: &Programs, folder: &Path, clock: Option<i64>) -> Command {
    let mut intake = programs.intake();
    intake
        .arg("--config")
        .arg(folder.join("intake.toml"))
        .arg("run")
        .args(clock_arguments(clock));
    intake
}

fn clock_arguments(clock: Option<i64>) -> Vec<String> {
    clock
        .map(|unix_s| vec!["--clock".to_owned(), unix_s.to_string()])
        .unwrap_or_default()
}

fn relay_answers(relay: SocketAddr) -> bool {
    let path = format!("/v1/submissions/{NOBODYS_ID}");
    http::request(relay, "GET", &path, None)
        .is_ok_and(|answer| answer.json()["code"] == "not-found")
}
