//! How long it takes from a save until `motcua serve` has sent the page anew, as a browser asks for it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::http::Connection;
use crate::{Failure, cost};

/// Between two saves: the preview is then trying the pages that nobody looks at.
const PAUSE: Duration = Duration::from_millis(400);
/// The longest wait for a page.
const PATIENCE: Duration = Duration::from_secs(60);

/// A portal's sources under preview.
pub struct Desk {
    server: Child,
    /// Kept open: what the preview tells.
    _told: BufReader<ChildStdout>,
    address: SocketAddr,
}

/// What saves took, and the most memory of the preview so far.
#[derive(Debug, Clone)]
pub struct Saves {
    /// Of each save, the shortest first.
    pub times: Vec<Duration>,
    /// In KiB.
    pub peak_kib: u64,
}

impl Saves {
    /// The one in the middle.
    pub fn median(&self) -> Duration {
        self.times[self.times.len() / 2]
    }

    /// The longest.
    pub fn longest(&self) -> Duration {
        self.times[self.times.len() - 1]
    }
}

impl Desk {
    /// Starts `motcua serve`.
    ///
    /// # Errors
    /// It cannot be started or names no address.
    pub fn open(motcua: &Path, forms: &Path, site: &Path) -> Result<Desk, Failure> {
        let mut server = Command::new(motcua)
            .args(["serve", "--port", "0", "--forms"])
            .arg(forms)
            .arg("--site")
            .arg(site)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::at(motcua, error))?;
        let mut told = BufReader::new(server.stdout.take().ok_or_else(nothing_told)?);
        let mut line = String::new();
        told.read_line(&mut line)
            .map_err(|error| Failure::at(motcua, error))?;
        let port = line.trim().rsplit(':').next();
        let port = port.and_then(|port| port.parse::<u16>().ok());
        let port = port.ok_or_else(nothing_told)?;
        Ok(Desk {
            server,
            _told: told,
            address: (Ipv4Addr::LOCALHOST, port).into(),
        })
    }

    /// Saves a file so many times, each time with another mark behind its first `word`, and waits for the page that shows it.
    ///
    /// # Errors
    /// The file has no such word, or the page does not come to show what was saved.
    pub fn save(
        &self,
        file: &Path,
        word: &str,
        page: &str,
        times: usize,
    ) -> Result<Saves, Failure> {
        let text = fs::read_to_string(file).map_err(|error| Failure::at(file, error))?;
        if !text.contains(word) {
            return Err(Failure::at(file, format!("has no «{word}»")));
        }
        let mut took = Vec::new();
        let mut connection = self.connect()?;
        for number in 0..times {
            let digest = digest(&self.page(&mut connection, page)?)?;
            let events = self.events(&digest, page)?;
            thread::sleep(PAUSE);
            let mark = format!("luu-{number}");
            let saved = text.replacen(word, &format!("{word} {mark}"), 1);
            let begun = Instant::now();
            fs::write(file, saved).map_err(|error| Failure::at(file, error))?;
            wait_for_reload(events)?;
            let shown = self.page(&mut connection, page)?;
            took.push(begun.elapsed());
            if !shown.contains(&mark) {
                return Err(Failure::new(format!("{page} does not show «{mark}»")));
            }
        }
        took.sort();
        Ok(Saves {
            times: took,
            peak_kib: cost::peak(&format!("/proc/{}", self.server.id())).unwrap_or_default(),
        })
    }

    fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(self.address).map_err(|error| Failure::new(error.to_string()))
    }

    fn page(&self, connection: &mut Connection, page: &str) -> Result<String, Failure> {
        let answer = connection
            .send("GET", page, None)
            .and_then(|()| connection.receive());
        let answer = answer.map_err(|error| Failure::new(format!("{page}: {error}")))?;
        match answer.status {
            200 => Ok(answer.text()),
            status => Err(Failure::new(format!("{page}: {status}"))),
        }
    }

    /// What a page hears that is open in a browser; the first words have come.
    fn events(&self, digest: &str, page: &str) -> Result<BufReader<TcpStream>, Failure> {
        let failed = |error: std::io::Error| Failure::new(format!("events of {page}: {error}"));
        let mut stream = TcpStream::connect(self.address).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        let asked = format!(
            "GET /_motcua/events/{digest}{page} HTTP/1.1\r\nHost: {}\r\n\r\n",
            self.address
        );
        stream.write_all(asked.as_bytes()).map_err(failed)?;
        let mut events = BufReader::new(stream);
        wait_for(&mut events, "event: faults")?;
        Ok(events)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn wait_for_reload(mut events: BufReader<TcpStream>) -> Result<(), Failure> {
    wait_for(&mut events, "event: reload")
}

fn wait_for(events: &mut BufReader<TcpStream>, wanted: &str) -> Result<(), Failure> {
    let mut line = String::new();
    while line.trim_end() != wanted {
        line.clear();
        match events.read_line(&mut line) {
            Ok(0) => return Err(Failure::new(format!("no «{wanted}» came"))),
            Ok(_) => {}
            Err(error) => return Err(Failure::new(format!("«{wanted}»: {error}"))),
        }
    }
    Ok(())
}

/// The digest of the bytes that a page had before the preview's script was added.
fn digest(page: &str) -> Result<String, Failure> {
    let digest = page.split(" data-page=\"").nth(1);
    let digest = digest.and_then(|rest| rest.split('"').next());
    digest
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the page has no script of the preview"))
}

fn nothing_told() -> Failure {
    Failure::new("`motcua serve` names no address")
}
