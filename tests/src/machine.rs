//! Debian machines of their own, on which a test does what an operator does.
//!
//! Real are systemd as PID 1 with everything that it takes away from a service, users, files, packages by apt and dpkg, ports and TLS. Not a machine's own
//! are the kernel, the network, which all machines of a [`Network`] share as if it were one machine's loopback, and the packages of this
//! machine, which are there already. It has to be root that starts them, with the right to mount.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child as Process, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, repository};

/// How long a machine may take to boot, and one block of commands to its end: a disk that others use stands still for a minute at times.
const PATIENCE: Duration = Duration::from_secs(180);
/// What an operator who logs in has.
const LOGIN: [&str; 6] = [
    "env",
    "-i",
    "HOME=/root",
    "LANG=C.UTF-8",
    "DEBIAN_FRONTEND=noninteractive",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
];
/// Where a machine keeps what its shell was told, and what that printed.
const SAID: &str = "/run/said";

/// A network without anybody else in it.
#[derive(Debug)]
pub struct Network(Process);

impl Network {
    /// Makes one.
    ///
    /// # Errors
    /// Who runs this may not.
    pub fn new() -> Result<Self, Failure> {
        let mut holder = Command::new("unshare")
            .args([
                "--net",
                "sh",
                "-c",
                "ip link set lo up && echo up && exec cat",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("unshare could not be started: {error}")))?;
        let mut said = String::new();
        if let Some(stdout) = holder.stdout.take() {
            // What cannot be read is not "up".
            let _ = BufReader::new(stdout).read_line(&mut said);
        }
        match said.trim_end() {
            "up" => Ok(Self(holder)),
            _ => Err(Failure::new(
                "no network of its own: these tests run as root, with the right to mount and to unshare",
            )),
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running machine, with somebody logged in as root.
#[derive(Debug)]
pub struct Machine {
    name: String,
    /// `unshare`, whose child is the first process.
    power: Process,
    /// The first process, as this machine knows it.
    pid: u32,
    shell: Process,
    typed: ChildStdin,
    done: Receiver<String>,
}

impl Machine {
    /// Boots a machine and logs in. `folder` is for it alone; `carry` is what all machines have at `/media/carry`; `hosts` are names of loopback.
    ///
    /// # Errors
    /// It does not come up; with what it said.
    pub fn boot(
        name: &str,
        network: &Network,
        folder: &Path,
        carry: &Path,
        hosts: &[&str],
    ) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
        let console = folder.join("console");
        let open = fs::File::create(&console).map_err(|error| Failure::at(&console, error))?;
        let other = open
            .try_clone()
            .map_err(|error| Failure::at(&console, error))?;
        // Whoever boots it ends, however that is: so does the machine.
        let mut power = Command::new("setpriv");
        power
            .args(["--pdeathsig", "KILL", "nsenter"])
            .arg(format!("--net=/proc/{}/ns/net", network.0.id()))
            .args(["unshare", "--mount", "--pid", "--uts", "--ipc"])
            .args(["--fork", "--kill-child"])
            .arg(repository::path("tests/machine/boot"))
            .args([folder.as_os_str(), name.as_ref(), carry.as_os_str()])
            .args(hosts)
            .stdin(Stdio::null())
            .stdout(open)
            .stderr(other);
        let mut power = power
            .spawn()
            .map_err(|error| Failure::new(format!("setpriv could not be started: {error}")))?;
        let pid = first_process(&mut power, folder, &console)?;
        let mut shell = inside(pid)
            .arg("bash")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("nsenter could not be started: {error}")))?;
        let (Some(mut typed), Some(stdout)) = (shell.stdin.take(), shell.stdout.take()) else {
            return Err(Failure::new("a shell without ends"));
        };
        let (sender, done) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        // The first command that fails ends the shell, and says which it was.
        let begin = format!(
            "exec 3>&1 >>{SAID} 2>&1; set -eEuo pipefail; trap 'echo \"line $LINENO failed: $BASH_COMMAND\"' ERR\n"
        );
        let began = typed.write_all(begin.as_bytes());
        began.map_err(|error| Failure::new(format!("{name}'s shell: {error}")))?;
        let mut machine = Self {
            name: name.to_owned(),
            power,
            pid,
            shell,
            typed,
            done,
        };
        machine.run(
            1,
            "until systemctl --quiet is-active multi-user.target; do sleep 0.1; done",
        )?;
        Ok(machine)
    }

    /// Types `script` into the shell, which keeps its folder and its variables from one to the next; `line` is where it stands in its document.
    ///
    /// # Errors
    /// A command of it fails, or it takes minutes: with what was printed, and the end of the machine's journal.
    pub fn run(&mut self, line: usize, script: &str) -> Result<(), Failure> {
        let file = self.path("/run/typed");
        let lines_before = "\n".repeat(line.saturating_sub(1));
        fs::write(&file, format!("{lines_before}{script}\n"))
            .map_err(|error| Failure::at(&file, error))?;
        let typed = self
            .typed
            .write_all(b". /run/typed </dev/null; echo done >&3\n");
        let done = match typed {
            Ok(()) => self.done.recv_timeout(PATIENCE),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        };
        done.map(|_| ()).map_err(|error| {
            Failure::new(format!("on {}: {error}\n{}", self.name, self.last_words()))
        })
    }

    /// Where a file of the machine lies for this one; `inside` begins with `/`, and no link on the way may do so.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.pid))
    }

    /// The end of what was printed, and of the journal.
    fn last_words(&self) -> String {
        let said = fs::read_to_string(self.path(SAID)).unwrap_or_default();
        let lines: Vec<&str> = said.lines().collect();
        let said = lines[lines.len().saturating_sub(30)..].join("\n");
        let journal = inside(self.pid)
            .args(["journalctl", "--no-pager", "--lines=40", "--output=cat"])
            .output();
        let journal = journal.map_or(String::new(), |output| {
            String::from_utf8_lossy(&output.stdout).into_owned()
        });
        format!("{said}\n--- journal\n{journal}")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
        // With the first process all others of the machine end, and then what it had mounted.
        let _ = Command::new("kill")
            .args(["-KILL", &self.pid.to_string()])
            .status();
        let _ = self.power.wait();
        forget_groups(self.pid);
    }
}

/// A command inside a machine.
fn inside(pid: u32) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--target", &pid.to_string()]);
    command.args(["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]);
    command.args(LOGIN);
    command
}

/// Waits for the number of the first process.
fn first_process(power: &mut Process, folder: &Path, console: &Path) -> Result<u32, Failure> {
    let begun = Instant::now();
    loop {
        let told = fs::read_to_string(folder.join("pid")).ok();
        if let Some(pid) = told.and_then(|told| told.trim().parse().ok()) {
            // Until it has become systemd there is nothing to enter.
            let name = fs::read_to_string(format!("/proc/{pid}/comm"));
            if name.is_ok_and(|name| name.trim() == "systemd") {
                return Ok(pid);
            }
        }
        let ended = power.try_wait().ok().flatten();
        if ended.is_some() || begun.elapsed() > PATIENCE {
            let _ = power.kill();
            let said = fs::read_to_string(console).unwrap_or_default();
            return Err(Failure::new(format!(
                "{}: no machine came up ({ended:?}); it takes root, with the right to mount:\n{said}",
                folder.display()
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Takes away the control groups of a machine that has ended.
fn forget_groups(pid: u32) {
    let script =
        r#"mount -t cgroup2 groups /mnt && find "/mnt/motcua-$0" -depth -type d -exec rmdir {} +"#;
    let _ = Command::new("unshare")
        .args(["--mount", "sh", "-c", script, &pid.to_string()])
        .status();
}
