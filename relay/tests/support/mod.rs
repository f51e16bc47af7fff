//! A small city for the relay's tests: keys, catalogue, certificates, config, and the relay itself as a process.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // each test file uses its own part of it
#![allow(clippy::disallowed_methods)] // the relay may start no program; its tests start the relay

pub mod client;
pub mod disk;
pub mod promises;
pub mod strace;
pub mod submission;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use envelope::jws::attach;
use envelope::log::LogKey;
use envelope::{
    Catalogue, CatalogueForm, CatalogueOffice, DatedKey, Digest, Mode, PublicKey, Recipient,
    Thumbprint, UnixTime, V1, base64url,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// The city's present: 2016-08-10, 09:31:01 on its clock.
pub const NOW: i64 = 1_470_796_261;

/// How long the relay may take for what it is waited for: a disk that others use stands still at times.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the operator asks: `admin.sock` in the city's folder.
pub const ADMIN: &str = "[admin]\nlisten = \"unix:admin.sock\"\n";

/// The relay's binary, as cargo built it.
pub const RELAY: &str = env!("CARGO_BIN_EXE_motcua-relay");

/// A key pair for signing; for the offices only its public half matters.
pub struct Key {
    pair: EcdsaKeyPair,
    pub public: PublicKey,
    pub kid: Thumbprint,
}

impl Key {
    pub fn new() -> Key {
        let random = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
                .unwrap();
        let point = pair.public_key().as_ref();
        let public = PublicKey::from_coordinates(
            point[1..33].try_into().unwrap(),
            point[33..].try_into().unwrap(),
        );
        Key {
            pair,
            public,
            kid: public.thumbprint(),
        }
    }

    /// A compact JWS of what is to be signed.
    pub fn sign(&self, signing_input: &str) -> String {
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signing_input.as_bytes())
            .unwrap();
        attach(signing_input, signature.as_ref().try_into().unwrap())
    }

    /// Good for a day before and a month after the present.
    pub fn dated(&self) -> DatedKey {
        DatedKey::new(
            self.public,
            UnixTime(NOW - 86_400),
            UnixTime(NOW + 30 * 86_400),
        )
    }

    pub fn public_file(&self) -> String {
        let jwk = self.public.jwk();
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}","kid":"{}","use":"sig"}}"#,
            jwk.x, jwk.y, self.kid
        )
    }
}

/// A folder with everything that a relay needs.
pub struct City {
    pub folder: PathBuf,
    pub publisher: Key,
    pub ack: Key,
    pub ward: Key,
    pub recovery: Key,
    pub relay_key: PublicKey,
    pub log: LogKey,
}

impl City {
    /// A fresh city with a catalogue for the present, and a config without limits of its own.
    pub fn new() -> City {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("city-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        make_key(&["keys", "new", "--out"], &folder.join("relay.jwk"));
        make_log_key("relay.example/log", &folder.join("log.key"));
        let city = City {
            relay_key: read_public(&folder.join("relay.pub.jwk")),
            log: read_log(&folder.join("log.pub.key")),
            folder,
            publisher: Key::new(),
            ack: Key::new(),
            ward: Key::new(),
            recovery: Key::new(),
        };
        fs::write(
            city.folder.join("publisher.pub.jwk"),
            city.publisher.public_file(),
        )
        .unwrap();
        city.publish(&city.catalogue());
        city.certificates();
        city.configure("");
        city
    }

    /// A city whose operator can ask, with `more` at the end of the config.
    pub fn with_admin(more: &str) -> City {
        let city = City::new();
        city.configure(&format!("{ADMIN}{more}"));
        city
    }

    /// What the catalogue says at present.
    pub fn catalogue(&self) -> Catalogue {
        let office = |code: &str, keys: &[&Key]| CatalogueOffice {
            code: code.to_owned(),
            kind: "ward".to_owned(),
            opens: None,
            closes: None,
            mode: Mode::Live,
            keys: keys.iter().map(|key| key.dated()).collect(),
        };
        let closed = CatalogueOffice {
            opens: Some(UnixTime(NOW + 86_400)),
            ..office("00002", &[])
        };
        let police = CatalogueOffice {
            kind: "police".to_owned(),
            ..office("ca-001", &[])
        };
        Catalogue {
            v: V1,
            serial: NOW.unsigned_abs(),
            iat: UnixTime(NOW - 3600),
            exp: UnixTime(NOW + 30 * 86_400),
            portal: "https://portal.example".to_owned(),
            relay: "https://relay.example".to_owned(),
            publishers: vec![self.publisher.public],
            relays: vec![DatedKey::new(
                self.relay_key,
                UnixTime(NOW - 86_400),
                UnixTime(NOW + 90 * 86_400),
            )],
            logs: vec![self.log.clone()],
            acks: vec![self.ack.dated()],
            forms: vec![
                form("birth", None, 0),
                form("old", Some(UnixTime(NOW - 86_400)), 0),
                form("attached", None, 2 << 30),
            ],
            offices: vec![office("00001", &[&self.ward]), closed, police],
            recovery: self.recovery.dated(),
        }
    }

    /// Signs a catalogue and puts it where the config names it.
    pub fn publish(&self, catalogue: &Catalogue) {
        let jws = self
            .publisher
            .sign(&catalogue.signing_input(self.publisher.kid));
        let fresh = self.folder.join("catalogue.new");
        fs::write(&fresh, jws).unwrap();
        fs::rename(fresh, self.folder.join("catalogue.jws")).unwrap();
    }

    /// Writes `relay.toml`; `more` is TOML after the outbox.
    pub fn configure(&self, more: &str) {
        let config = format!(
            r#"listen = "127.0.0.1:0"
store = "relay.sqlite"
catalogue = "catalogue.jws"
publishers = ["publisher.pub.jwk"]
signing_key = "relay.jwk"
log_key = "log.key"
log = "log"

[outbox]
listen = "127.0.0.1:0"
certificate = "outbox.pem"
private_key = "outbox.key.pem"
client_ca = "ca.pem"

{more}
"#
        );
        fs::write(self.config(), config).unwrap();
    }

    pub fn config(&self) -> PathBuf {
        self.folder.join("relay.toml")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// An authority with a server's and a client's certificate, and a client of a foreign authority.
    fn certificates(&self) {
        for (authority, names) in [
            ("ca", &["outbox", "intake"][..]),
            ("foreign-ca", &["stranger"]),
        ] {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let issuer =
                CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
            fs::write(self.path(&format!("{authority}.pem")), issuer.pem()).unwrap();
            for name in names {
                let key = KeyPair::generate().unwrap();
                let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
                let certificate = params.signed_by(&key, &issuer).unwrap();
                fs::write(self.path(&format!("{name}.pem")), certificate.pem()).unwrap();
                fs::write(self.path(&format!("{name}.key.pem")), key.serialize_pem()).unwrap();
            }
        }
    }

    /// Has the config name another key and another folder for the log.
    pub fn rename_log(&self, key: &str, folder: &str) {
        let config = fs::read_to_string(self.config()).unwrap();
        let lines = config.lines().map(|line| match line.split(" = ").next() {
            Some("log_key") => format!("log_key = \"{key}\""),
            Some("log") => format!("log = \"{folder}\""),
            _ => line.to_owned(),
        });
        fs::write(self.config(), lines.collect::<Vec<_>>().join("\n")).unwrap();
    }

    /// Ends the log of the store.
    pub fn begin_log(&self) -> Output {
        let mut command = Command::new(RELAY);
        command
            .args(["log", "begin", "--config"])
            .arg(self.config());
        command.output().unwrap()
    }

    /// Starts a relay at the present.
    pub fn start(&self) -> Running {
        self.start_at(NOW)
    }

    /// Starts a relay and waits until it says that it is ready.
    pub fn start_at(&self, clock: i64) -> Running {
        Running::wait_for(self, &mut self.command(clock))
    }

    /// The command line of a relay.
    pub fn command(&self, clock: i64) -> Command {
        let mut command = Command::new(RELAY);
        command
            .arg("--config")
            .arg(self.config())
            .arg(format!("--clock={clock}"));
        command
    }

    /// Runs a relay that is expected not to start, and returns what it says.
    pub fn fault(&self) -> String {
        self.fault_at(NOW)
    }

    pub fn fault_at(&self, clock: i64) -> String {
        let output = self.command(clock).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        // Log lines of what went well before it are JSON; the message is not.
        let said: Vec<&str> = said.lines().filter(|line| !line.starts_with('{')).collect();
        said.join("\n")
            .replace(&format!("{}/", self.folder.display()), "")
    }
}

impl Drop for City {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn form(id: &str, closes: Option<UnixTime>, attachments_bytes_max: u64) -> CatalogueForm {
    CatalogueForm {
        id: id.to_owned(),
        version: 1,
        sha256: Digest::of(id.as_bytes()),
        opens: None,
        closes,
        accept_until: None,
        mode: Mode::Live,
        recipients: vec![Recipient {
            role: "ward".to_owned(),
            kind: "ward".to_owned(),
        }],
        attachments_bytes_max,
    }
}

/// Makes a log's key as its operator does.
pub fn make_log_key(name: &str, path: &Path) {
    make_key(&["keys", "log", "--name", name, "--out"], path);
}

fn make_key(line: &[&str], path: &Path) {
    let made = Command::new(RELAY).args(line).arg(path).output().unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// The public half of a log's key.
pub fn read_log(path: &Path) -> LogKey {
    fs::read_to_string(path)
        .unwrap()
        .trim_end()
        .parse()
        .unwrap()
}

fn read_public(path: &Path) -> PublicKey {
    let file: HashMap<String, String> = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let coordinate = |name: &str| base64url::decode_fixed(&file[name]).unwrap();
    PublicKey::from_coordinates(coordinate("x"), coordinate("y"))
}

/// A relay that runs. It is killed when this is dropped.
pub struct Running {
    child: Child,
    log: PathBuf,
    /// Of the public port.
    pub scheme: String,
    pub public: SocketAddr,
    pub outbox: SocketAddr,
}

impl Running {
    /// Starts the command and waits for the two lines that say where it answers.
    pub fn wait_for(city: &City, command: &mut Command) -> Running {
        Running::try_for(city, command).unwrap_or_else(|| {
            panic!(
                "it ended: {}",
                fs::read_to_string(city.path("relay.log")).unwrap()
            )
        })
    }

    /// The same; None when it ends instead.
    pub fn try_for(city: &City, command: &mut Command) -> Option<Running> {
        let log = city.path("relay.log");
        let stderr = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |name: &str| -> Option<(String, SocketAddr)> {
            let line = lines.next()?.unwrap();
            let (scheme, address) = line
                .strip_prefix(name)
                .unwrap()
                .trim_start()
                .split_once("://")
                .unwrap();
            Some((scheme.to_owned(), address.parse().unwrap()))
        };
        let (public, outbox) = (address("public"), address("outbox"));
        let (Some((scheme, public)), Some((_, outbox))) = (public, outbox) else {
            child.wait().unwrap();
            return None;
        };
        Some(Running {
            child,
            log,
            scheme,
            public,
            outbox,
        })
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        // A shell has `kill` where the machine has none.
        let sent = Command::new("sh")
            .args([
                "-c",
                r#"kill -s "$0" "$1""#,
                name,
                &self.child.id().to_string(),
            ])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Stops it as a service manager does, and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Waits for it to end by itself.
    pub fn ended(mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it runs on: {}", self.log());
    }

    /// Starts the command and waits until it is ready, or has ended.
    pub fn start_or_end(city: &City, command: &mut Command) -> Result<Running, ExitStatus> {
        let (out, log) = (city.path("addresses"), city.path("relay.log"));
        let stdout = File::create(&out).unwrap();
        let stderr = File::create(log).unwrap();
        let child = command.stdout(stdout).stderr(stderr).spawn().unwrap();
        Running::ready_or_ended(city, child, &out)
    }

    /// A relay that was started with sockets of its own, once it has written where it answers to `addresses`.
    pub fn handed_sockets(city: &City, child: Child, addresses: &Path) -> Running {
        let started = Running::ready_or_ended(city, child, addresses);
        started.unwrap_or_else(|ended| {
            let said = fs::read_to_string(city.path("relay.log")).unwrap_or_default();
            panic!("{ended}: {said}")
        })
    }

    fn ready_or_ended(
        city: &City,
        mut child: Child,
        addresses: &Path,
    ) -> Result<Running, ExitStatus> {
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return Err(status);
            }
            let said = fs::read_to_string(addresses).unwrap();
            if let [public, outbox] = said.lines().collect::<Vec<_>>()[..]
                && said.ends_with('\n')
            {
                let address = |line: &str| line.split_once("://").unwrap().1.parse().unwrap();
                return Ok(Running {
                    child,
                    log: city.path("relay.log"),
                    scheme: "http".to_owned(),
                    public: address(public),
                    outbox: address(outbox),
                });
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has had at any time so far.
    pub fn memory_bytes_max(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kib = line.unwrap().split_whitespace().nth(1).unwrap();
        kib.parse::<u64>().unwrap() * 1024
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log has `text`.
    pub fn logs(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < until, "no {text:?} in {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
