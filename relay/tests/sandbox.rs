//! What a relay that was taken over could still do: nothing but what the relay does. And what a service manager hands over and hears.

#![allow(clippy::unwrap_used)]
#![allow(clippy::disallowed_methods)] // what the relay may not do is tried here

mod support;

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::ptrace;
use nix::unistd::Pid;
use relay::config::Config;
use relay::sandbox::{Confined, confine};
use support::client::{get, read_answer, submission, submit};
use support::submission::draft;
use support::{City, NOW, RELAY, Running};

/// Names the config to the child of the test below.
const CHILD: &str = "MOTCUA_CONFINED_BY";

/// In a child, because it is for ever: this test starts itself again.
#[test]
fn whoever_takes_the_relay_over_starts_nothing_calls_nobody_and_reads_nothing_else() {
    if let Some(config) = std::env::var_os(CHILD) {
        return try_everything(Path::new(&config));
    }
    let city = City::new();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "--nocapture"])
        .arg("whoever_takes_the_relay_over_starts_nothing_calls_nobody_and_reads_nothing_else")
        .env(CHILD, city.config());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("tried everything"), "{said}");
}

fn try_everything(config_file: &Path) {
    let folder = config_file.parent().unwrap();
    let config = Config::load(config_file).unwrap();
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let outside = std::env::temp_dir().join(format!("motcua-outside-{}", std::process::id()));
    fs::write(&outside, "x").unwrap();

    assert_eq!(confine(config_file, &config).unwrap(), Confined::Fully);

    // What it needs goes on.
    fs::read(&config.catalogue).unwrap();
    fs::write(folder.join("made"), "x").unwrap();
    fs::rename(folder.join("made"), folder.join("moved")).unwrap();
    let own = TcpListener::bind("127.0.0.1:0").unwrap();
    drop(own);

    // Nothing else does.
    let refused = |what: &str, kind: Option<ErrorKind>| {
        assert_eq!(kind, Some(ErrorKind::PermissionDenied), "{what}");
    };
    let kind = |error: std::io::Error| error.kind();
    refused(
        "a program",
        Command::new("/bin/true").status().err().map(kind),
    );
    let address = elsewhere.local_addr().unwrap();
    refused("a connection", TcpStream::connect(address).err().map(kind));
    refused(
        "a socket of another",
        UnixStream::connect(&outside).err().map(kind),
    );
    refused("a file outside", fs::read("/etc/passwd").err().map(kind));
    refused(
        "its own program",
        fs::read("/proc/self/exe").err().map(kind),
    );
    refused("writing outside", fs::write(&outside, "y").err().map(kind));
    refused(
        "deleting outside",
        fs::remove_file(&outside).err().map(kind),
    );
    let parent = Pid::from_raw(std::os::unix::process::parent_id().cast_signed());
    assert_eq!(ptrace::attach(parent), Err(nix::errno::Errno::EPERM));
    println!("tried everything");
}

#[test]
fn a_running_relay_is_confined_and_leaves_no_core() {
    let city = City::new();
    let relay = city.start();
    let proc = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", relay.pid())).unwrap();
    let status = proc("status");
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    let limits = proc("limits");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let core: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(core[4..6], ["0", "0"], "{limits}");
    for thread in fs::read_dir(format!("/proc/{}/task", relay.pid())).unwrap() {
        let status = fs::read_to_string(thread.unwrap().path().join("status")).unwrap();
        assert!(status.contains("Seccomp:\t2"), "{status}");
    }
    assert!(!relay.log().contains("confined in part"), "{}", relay.log());
}

/// Sockets as a service manager opened them.
struct Sockets {
    public: TcpListener,
    outbox: TcpListener,
}

impl Sockets {
    fn open() -> Sockets {
        let open = || TcpListener::bind("127.0.0.1:0").unwrap();
        Sockets {
            public: open(),
            outbox: open(),
        }
    }

    /// A relay that is handed the sockets; the shell gives them the numbers that a service manager would.
    fn start(&self, city: &City, environment: &[(&str, &str)]) -> Running {
        let hand = |socket: &TcpListener| Stdio::from(OwnedFd::from(socket.try_clone().unwrap()));
        let addresses = city.path("addresses");
        let script =
            r#"exec 3<&0 4<&2 2>>"$LOG" 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" "$@""#;
        let mut command = Command::new("sh");
        command
            .args(["-c", script, RELAY, "--config"])
            .arg(city.config())
            .arg(format!("--clock={NOW}"))
            .env("LOG", city.path("relay.log"))
            .envs(environment.iter().copied())
            .stdin(hand(&self.public))
            .stderr(hand(&self.outbox))
            .stdout(fs::File::create(&addresses).unwrap());
        Running::handed_sockets(city, command.spawn().unwrap(), &addresses)
    }
}

#[test]
fn while_one_relay_follows_another_no_connection_is_refused() {
    let city = City::new();
    let sockets = Sockets::open();
    let address = sockets.public.local_addr().unwrap();
    let first = sockets.start(&city, &[]);
    assert_eq!(first.public, address);
    let ended = AtomicBool::new(false);
    let taken = std::thread::scope(|threads| {
        let citizen = || {
            let mut taken = 0;
            while !ended.load(Ordering::SeqCst) {
                let request = submission(&draft(&city).body());
                loop {
                    let mut connection = TcpStream::connect(address).expect("never refused");
                    connection
                        .set_read_timeout(Some(Duration::from_secs(30)))
                        .unwrap();
                    let sent = connection.write_all(&request);
                    let mut connection = std::io::BufReader::new(connection);
                    let answer = sent.and_then(|()| read_answer(&mut connection));
                    // A request that the old one closed unread is sent again, as a page does.
                    if let Ok(Some(answer)) = answer {
                        assert!([200, 201].contains(&answer.status), "{answer:?}");
                        break;
                    }
                }
                taken += 1;
            }
            taken
        };
        let citizens: Vec<_> = (0..4).map(|_| threads.spawn(citizen)).collect();
        let mut relay = first;
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(200));
            assert!(relay.stop().success());
            relay = sockets.start(&city, &[]);
        }
        ended.store(true, Ordering::SeqCst);
        citizens
            .into_iter()
            .map(|citizen| citizen.join().unwrap())
            .sum::<usize>()
    });
    assert!(taken > 20, "{taken}");
}

#[test]
fn a_service_manager_hears_when_the_relay_is_ready_and_when_it_stops() {
    let city = City::new();
    let heard = UnixDatagram::bind(city.path("notify")).unwrap();
    heard
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let next = || {
        let mut word = [0; 64];
        let length = heard.recv(&mut word).unwrap();
        String::from_utf8_lossy(&word[..length]).into_owned()
    };
    let path = city.path("notify");
    let relay = Sockets::open().start(&city, &[("NOTIFY_SOCKET", path.to_str().unwrap())]);
    assert_eq!(next(), "READY=1");
    assert_eq!(get(&relay, "/log/checkpoint").status, 200);
    assert_eq!(submit(&relay, &draft(&city).body()).status, 201);
    assert!(relay.stop().success());
    assert_eq!(next(), "STOPPING=1");
}

#[test]
fn the_unit_leaves_the_relay_little_to_do_harm_with() {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/debian/motcua-relay.service");
    // In tenths: an exposure above 1.5 fails.
    let judged = Command::new("systemd-analyze")
        .args([
            "security",
            "--offline=true",
            "--no-pager",
            "--threshold=15",
            unit,
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(
        judged.status.success() && said.contains("Overall exposure level"),
        "{said}"
    );
}
