//! A server of S3 on loopback (moto, put into `target/s3` by `tests/install`), reached over a link that can be broken.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use flate2::read::GzDecoder;

/// A server; its port.
struct Server {
    child: Mutex<Child>,
    port: u16,
}

/// One server a test program: it takes seconds to start. It ends with its standard input, so it outlives nobody.
static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/s3/bin");
    // For every request it would look what services it has, one file of its folder after another; and the body of an answer would
    // wait until its head is acknowledged.
    let script = "import os, socketserver, sys, threading\n\
                  socketserver.StreamRequestHandler.disable_nagle_algorithm = True\n\
                  from moto import backends\n\
                  services = list(backends.list_of_moto_modules())\n\
                  backends.list_of_moto_modules = lambda: services\n\
                  threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()\n\
                  from moto.server import main\n\
                  main(['-H', '127.0.0.1', '-p', sys.argv[1]])";
    let child = Command::new(folder.join("python"))
        .args(["-c", script, &port.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("target/s3 has moto; tests/install puts it there");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        thread::sleep(Duration::from_millis(50));
    }
    Server {
        child: Mutex::new(child),
        port,
    }
});

/// A bucket and the link to it.
pub(crate) struct Link {
    pub(crate) bucket: String,
    port: u16,
    broken: Arc<Broken>,
}

/// What a storage answers instead of doing it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal {
    /// Requests that begin so: a method, and as much of the address as is meant.
    pub(crate) asked: &'static str,
    /// In their address there is this.
    pub(crate) within: &'static str,
    /// So many of them are done before.
    pub(crate) after: usize,
    /// The status with its words.
    pub(crate) status: &'static str,
    /// The body's `Code` and what stands behind it.
    pub(crate) code: &'static str,
    pub(crate) more: &'static str,
}

/// Which requests get no answer, counted from the last mending on.
struct Broken {
    seen: AtomicUsize,
    from: AtomicUsize,
    count: AtomicUsize,
    /// And how many that would be refused were done so far.
    refusal: Mutex<Option<(Refusal, usize)>>,
    /// The first lines of the requests since it was last asked for them, as they came.
    lines: Mutex<Vec<String>>,
}

impl Broken {
    /// What a request is answered that the storage refuses.
    fn refused(&self, request: &[u8]) -> Option<String> {
        let line = request.split(|byte| *byte == b'\r').next()?;
        let line = String::from_utf8_lossy(line);
        let mut refusal = self.refusal.lock().unwrap();
        let (refusal, done) = refusal.as_mut()?;
        if !line.starts_with(refusal.asked) || !line.contains(refusal.within) {
            return None;
        }
        *done += 1;
        if *done <= refusal.after {
            return None;
        }
        let Refusal {
            status, code, more, ..
        } = refusal;
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code>{more}</Error>");
        let length = body.len();
        Some(format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }
}

/// A file in the bucket, as anybody gets it.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) bytes: Vec<u8>,
}

impl Link {
    /// A new bucket of that name.
    pub(crate) fn new(bucket: &str) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let broken = Arc::new(Broken {
            seen: AtomicUsize::new(0),
            from: AtomicUsize::new(usize::MAX),
            count: AtomicUsize::new(0),
            refusal: Mutex::default(),
            lines: Mutex::default(),
        });
        let link = Link {
            bucket: bucket.to_owned(),
            port,
            broken: Arc::clone(&broken),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let broken = Arc::clone(&broken);
                // A request that breaks is what this is for.
                thread::spawn(move || drop(pass(stream, &broken)));
            }
        });
        assert!(SERVER.child.lock().unwrap().try_wait().unwrap().is_none());
        ask("PUT", &format!("/{bucket}"), &[]).unwrap();
        link
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Of the requests from now on, those from number `from` on get no answer, `count` of them.
    pub(crate) fn break_at(&self, from: usize, count: usize) {
        self.broken.seen.store(0, Ordering::SeqCst);
        self.broken.count.store(count, Ordering::SeqCst);
        self.broken.from.store(from, Ordering::SeqCst);
    }

    /// The storage refuses something from now on; none: nothing.
    pub(crate) fn refuse(&self, refusal: Option<Refusal>) {
        *self.broken.refusal.lock().unwrap() = refusal.map(|refusal| (refusal, 0));
    }

    /// All goes through again. How many requests were seen since it broke.
    pub(crate) fn mend(&self) -> usize {
        self.broken.from.store(usize::MAX, Ordering::SeqCst);
        self.broken.seen.swap(0, Ordering::SeqCst)
    }

    /// How many requests came since it was last said where it breaks.
    pub(crate) fn seen(&self) -> usize {
        self.broken.seen.load(Ordering::SeqCst)
    }

    /// The names of what was sent since this was asked last, in the order in which it came.
    pub(crate) fn sent(&self) -> Vec<String> {
        let lines = std::mem::take(&mut *self.broken.lines.lock().unwrap());
        let begin = format!("PUT /{}/", self.bucket);
        let names = lines.iter().filter_map(|line| line.strip_prefix(&begin));
        names
            .map(|rest| rest.split([' ', '?']).next().unwrap().to_owned())
            .collect()
    }

    /// A file, past the link.
    pub(crate) fn get(&self, path: &str) -> Option<Got> {
        let (status, got) = ask("GET", &format!("/{}/{path}", self.bucket), &[]).unwrap();
        (status == 200).then_some(got)
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let (status, _) = ask("PUT", &format!("/{}/{path}", self.bucket), bytes).unwrap();
        assert_eq!(status, 200);
    }

    pub(crate) fn delete(&self, path: &str) {
        let (status, _) = ask("DELETE", &format!("/{}/{path}", self.bucket), &[]).unwrap();
        assert_eq!(status, 204);
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let after = names.last().map_or("", String::as_str);
            let page = format!("/{}?list-type=2&start-after={after}", self.bucket);
            let (_, got) = ask("GET", &page, &[]).unwrap();
            let text = String::from_utf8(got.bytes).unwrap();
            let keys = text.split("<Key>").skip(1);
            names.extend(keys.map(|rest| rest.split('<').next().unwrap().to_owned()));
            if text.contains("<IsTruncated>false") {
                return names;
            }
        }
    }
}

impl Got {
    /// The file, unpacked when it came packed.
    pub(crate) fn content(&self) -> Vec<u8> {
        match self.headers.get("content-encoding").map(String::as_str) {
            Some("gzip") => {
                let mut bytes = Vec::new();
                GzDecoder::new(&self.bytes[..])
                    .read_to_end(&mut bytes)
                    .unwrap();
                bytes
            }
            _ => self.bytes.clone(),
        }
    }
}

/// Passes one request on and its answer back, unless the link is broken: then every second one is done all the same, and
/// only its answer is lost.
fn pass(mut client: TcpStream, broken: &Broken) -> std::io::Result<()> {
    let request = message(&mut client)?;
    let number = broken.seen.fetch_add(1, Ordering::SeqCst);
    let line = String::from_utf8_lossy(&request);
    let line = line.lines().next().unwrap_or_default().to_owned();
    broken.lines.lock().unwrap().push(line);
    let from = broken.from.load(Ordering::SeqCst);
    let is_cut = number >= from && number - from < broken.count.load(Ordering::SeqCst);
    if is_cut && number.is_multiple_of(2) {
        return Ok(());
    }
    if let Some(answer) = broken.refused(&request) {
        return client.write_all(answer.as_bytes());
    }
    let mut server = TcpStream::connect(("127.0.0.1", SERVER.port))?;
    server.write_all(&request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    match is_cut {
        true => Ok(()),
        false => client.write_all(&answer),
    }
}

/// A head and as much of a body as it says.
fn message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= end + 4 + length {
                return Ok(bytes);
            }
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(bytes),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// What moto takes for the bucket's owner: it looks at no signature, but shows nothing to strangers.
const OWNER: &str = "authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
                     SignedHeaders=host, Signature=0";

/// Asks the server itself.
fn ask(method: &str, path: &str, body: &[u8]) -> std::io::Result<(u16, Got)> {
    let mut stream = TcpStream::connect(("127.0.0.1", SERVER.port))?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {length}\r\n{OWNER}\r\n\r\n"
    );
    // In one piece: a second one would wait until the first is acknowledged.
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head[9..12].parse().unwrap();
    let headers = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Ok((
        status,
        Got {
            headers: headers.collect(),
            bytes: answer[end + 4..].to_vec(),
        },
    ))
}
