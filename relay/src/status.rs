//! `motcua-relay status`: what the running relay says of itself at its `[admin]` address, for people.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::config::{AdminAddress, Config};
use crate::fault::Fault;

/// A relay that takes longer to answer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a value is written for people.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Bytes,
    Span,
    Moment,
}

/// What is shown of the metrics, in this order.
const SHOWN: &[(&str, &str, Unit)] = &[
    ("kept since the start", "kept_total", Unit::Count),
    (
        "handed over since the start",
        "acknowledged_total",
        Unit::Count,
    ),
    (
        "oldest waits for the intake",
        "oldest_pending_seconds",
        Unit::Span,
    ),
    ("waiting for the disk", "waiting", Unit::Count),
    ("store", "store_bytes", Unit::Bytes),
    ("store may grow to", "store_bytes_max", Unit::Bytes),
    ("room left", "room_left_bytes", Unit::Bytes),
    ("room used up in", "room_seconds_left", Unit::Span),
    ("leaves published", "log_published_leaves", Unit::Count),
    ("damaged places", "damaged", Unit::Count),
    ("catalogue", "catalogue_serial", Unit::Count),
    ("catalogue until", "catalogue_expires_seconds", Unit::Moment),
];

/// How a relay is.
#[derive(Debug)]
pub struct Status {
    /// Whether it takes submissions.
    pub is_ready: bool,
    /// What it says of that: `ready`, or the causes, a line each.
    said: String,
    metrics: HashMap<String, f64>,
}

/// Asks the relay that runs by `config`.
///
/// # Errors
/// The config has no `[admin]`, nobody answers there, or what answers is no relay.
pub fn ask(config: &Config) -> Result<Status, Fault> {
    let Some(admin) = &config.admin else {
        let mend = "add it, with listen = \"unix:admin.sock\", and start the relay again";
        return Err(Fault::new("[admin]", "is not in the config", mend));
    };
    let place = format!("[admin] listen = \"{}\"", admin.listen);
    let unreachable = |error: io::Error| {
        let what = format!("the relay does not answer: {error}");
        Fault::new(&place, what, "does it run, and are you its user?")
    };
    let (status, said) = get(&admin.listen, "/readyz").map_err(unreachable)?;
    let (_, metrics) = get(&admin.listen, "/metrics").map_err(unreachable)?;
    let is_ready = match status {
        200 => true,
        503 => false,
        _ => {
            let what = format!("what answers there is no motcua-relay: status {status}");
            return Err(Fault::new(place, what, "name the address of the relay"));
        }
    };
    Ok(Status {
        is_ready,
        said,
        metrics: read(&metrics),
    })
}

/// One request on a connection of its own: status and body.
#[expect(
    clippy::disallowed_methods,
    reason = "another process, which asks the relay on this machine; the relay itself connects to nobody"
)]
fn get(address: &AdminAddress, target: &str) -> io::Result<(u16, String)> {
    match address {
        AdminAddress::Loopback(address) => {
            let stream = TcpStream::connect(address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange(stream, target)
        }
        AdminAddress::Socket(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            exchange(stream, target)
        }
    }
}

fn exchange(mut stream: impl Read + Write, target: &str) -> io::Result<(u16, String)> {
    let request = format!("GET {target} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let read = || {
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        Some((status, body.to_owned()))
    };
    read().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no answer in HTTP"))
}

/// The series without a label, by their name without the prefix.
fn read(metrics: &str) -> HashMap<String, f64> {
    let series = metrics.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("motcua_relay_")?.split_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    });
    series.collect()
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_ready {
            writeln!(f, "not ready")?;
        }
        f.write_str(&self.said)?;
        for (label, name, unit) in SHOWN {
            if let Some(value) = self.metrics.get(*name) {
                writeln!(f, "{label:<28} {}", unit.write(*value))?;
            }
        }
        Ok(())
    }
}

impl Unit {
    fn write(self, value: f64) -> String {
        match self {
            _ if value.is_nan() => "not known".to_owned(),
            Unit::Count => value.to_string(),
            Unit::Bytes => bytes(value),
            Unit::Span => span(value),
            Unit::Moment => envelope::UnixTime(value as i64).to_string(),
        }
    }
}

fn bytes(value: f64) -> String {
    let power = (value.max(1.0).log2() / 10.0).floor().clamp(0.0, 4.0);
    let unit = ["bytes", "KiB", "MiB", "GiB", "TiB"][power as usize];
    format!(
        "{:.*} {unit}",
        usize::from(power > 0.0),
        value / 1024f64.powf(power)
    )
}

fn span(seconds: f64) -> String {
    if seconds.is_infinite() {
        return "never".to_owned();
    }
    let (divisor, unit) = match seconds {
        s if s < 120.0 => (1.0, "s"),
        s if s < 7_200.0 => (60.0, "min"),
        s if s < 172_800.0 => (3_600.0, "h"),
        _ => (86_400.0, "days"),
    };
    format!("{:.0} {unit}", seconds / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_for_people() {
        for (unit, value, text) in [
            (Unit::Count, 300_000.0, "300000"),
            (Unit::Bytes, 0.0, "0 bytes"),
            (Unit::Bytes, 8_589_934_592.0, "8.0 GiB"),
            (Unit::Bytes, 1_572_864.0, "1.5 MiB"),
            (Unit::Span, 90.0, "90 s"),
            (Unit::Span, 5_400.0, "90 min"),
            (Unit::Span, 1_209_600.0, "14 days"),
            (Unit::Span, f64::INFINITY, "never"),
            (Unit::Span, f64::NAN, "not known"),
        ] {
            assert_eq!(unit.write(value), text);
        }
    }
}
