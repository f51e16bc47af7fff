//! What a relay asks of the kernel, as `strace` tells it: a recording of a run, or a fault put into one.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The calls that change a disk, or tell a client something.
const CALLS: &str = "openat,write,writev,pwrite64,sendto,ftruncate,fsync,fdatasync,\
                     rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir";

/// How long strace may take to write out the rest of its recording.
const PATIENCE: Duration = Duration::from_secs(60);

/// One call that succeeded. A call takes its time: it began and ended at a line of the recording, and calls of other threads may lie
/// between.
#[derive(Debug)]
pub struct Call {
    pub began: usize,
    pub ended: usize,
    pub what: What,
}

/// What was done. A file is named as it was called at that moment.
#[derive(Debug)]
pub enum What {
    /// Opened; made or emptied where the flags say so.
    Open {
        path: PathBuf,
        creates: bool,
        truncates: bool,
    },
    /// Written, where the file stood (`at` is None) or at a place of its own.
    Write {
        path: PathBuf,
        at: Option<u64>,
        bytes: Vec<u8>,
    },
    Truncate {
        path: PathBuf,
        len: u64,
    },
    Sync {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    MakeFolder {
        path: PathBuf,
    },
    /// Bytes to a client.
    Send {
        bytes: Vec<u8>,
    },
}

/// `command` under strace, which records to `file`. The process that is started is the command's own; strace stands beside it.
pub fn recording(command: &Command, file: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace
        .args(["-D", "-f", "-q", "-y", "-xx", "--seccomp-bpf"])
        .args(["-s", "1048576", "-e", "signal=kill", "-e"])
        .arg(format!("trace={CALLS}"))
        .arg("-o")
        .arg(file)
        .arg(command.get_program())
        .args(command.get_args());
    strace
}

/// The calls of a recording, once strace has written the last of them, in the order in which they count: what is written or sent may
/// arrive as soon as the call begins, and all else is certain only when it has ended. A call that did not end is left out.
pub fn read(file: &Path) -> Vec<Call> {
    let text = whole(file);
    let mut unfinished = HashMap::new();
    let calls = text.lines().enumerate().filter_map(|(number, line)| {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, (number, begun));
            return None;
        }
        let (began, call) = match call.strip_prefix("<... ") {
            None => (number, call.to_owned()),
            Some(resumed) => {
                let (began, begun) = unfinished.remove(thread)?;
                let (_, rest) = resumed.split_once(" resumed>").unwrap();
                (began, format!("{begun}{rest}"))
            }
        };
        Some(Call {
            began,
            ended: number,
            what: what(&call)?,
        })
    });
    let mut calls: Vec<Call> = calls.collect();
    calls.sort_by_key(|call| match call.what {
        What::Write { .. } | What::Send { .. } => call.began,
        _ => call.ended,
    });
    calls
}

/// None for a call that failed or changes nothing, and for what is no call.
fn what(line: &str) -> Option<What> {
    let (name, rest) = line.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    if result.starts_with(['-', '?']) {
        return None;
    }
    let arguments = arguments.trim_end().strip_suffix(')')?;
    let fields: Vec<&str> = arguments.split(", ").collect();
    let number = |field: &str| field.parse::<u64>().unwrap();
    let open_file = || PathBuf::from(text(between(fields[0], '<', '>')));
    let named = |field: &str| PathBuf::from(text(between(field, '"', '"')));
    let written = |bytes: &str| {
        let mut bytes = unhex(bytes);
        bytes.truncate(result.split(' ').next().unwrap().parse().unwrap());
        bytes
    };
    Some(match name {
        "openat" => What::Open {
            path: PathBuf::from(text(between(result, '<', '>'))),
            creates: fields[2].contains("O_CREAT"),
            truncates: fields[2].contains("O_TRUNC"),
        },
        "write" if is_file(fields[0]) => What::Write {
            path: open_file(),
            at: None,
            bytes: written(between(fields[1], '"', '"')),
        },
        "pwrite64" => What::Write {
            path: open_file(),
            at: Some(number(fields[3])),
            bytes: written(between(fields[1], '"', '"')),
        },
        "write" | "sendto" => What::Send {
            bytes: written(between(fields[1], '"', '"')),
        },
        "writev" => What::Send {
            bytes: arguments
                .split("iov_base=\"")
                .skip(1)
                .flat_map(|piece| unhex(piece.split('"').next().unwrap()))
                .collect(),
        },
        "ftruncate" => What::Truncate {
            path: open_file(),
            len: number(fields[1]),
        },
        "fsync" | "fdatasync" => What::Sync { path: open_file() },
        "rename" => What::Rename {
            from: named(fields[0]),
            to: named(fields[1]),
        },
        "renameat" | "renameat2" => What::Rename {
            from: at(fields[0], named(fields[1])),
            to: at(fields[2], named(fields[3])),
        },
        "unlink" | "rmdir" => What::Remove {
            path: named(fields[0]),
        },
        "unlinkat" => What::Remove {
            path: at(fields[0], named(fields[1])),
        },
        "mkdir" => What::MakeFolder {
            path: named(fields[0]),
        },
        "mkdirat" => What::MakeFolder {
            path: at(fields[0], named(fields[1])),
        },
        other => panic!("{other} is recorded and not understood"),
    })
}

/// A path that goes from an open folder (`AT_FDCWD` is one, too).
fn at(folder: &str, path: PathBuf) -> PathBuf {
    Path::new(&text(between(folder, '<', '>'))).join(path)
}

fn is_file(descriptor: &str) -> bool {
    text(between(descriptor, '<', '>')).starts_with('/')
}

fn between(field: &str, open: char, close: char) -> &str {
    let inner = field.split_once(open).map_or("", |(_, after)| after);
    inner.rsplit_once(close).map_or("", |(before, _)| before)
}

fn text(hex: &str) -> String {
    String::from_utf8(unhex(hex)).unwrap()
}

/// `\x68\x69` is `hi`.
fn unhex(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits
        .map(|byte| u8::from_str_radix(&byte[..2], 16).unwrap())
        .collect()
}

/// `command` under a strace that lets each thread's `nth` call of `call` on one of `paths` fail with `error`, and says so in `said`.
pub fn failing(
    command: &Command,
    call: &str,
    error: &str,
    nth: usize,
    paths: &[PathBuf],
    said: &Path,
) -> Command {
    let mut strace = injecting(call, error, nth, paths, said);
    strace
        .arg("-D")
        .arg(command.get_program())
        .args(command.get_args());
    strace
}

/// The same, put into a process that runs. It ends with the process.
pub fn fail_in(
    pid: u32,
    call: &str,
    error: &str,
    nth: usize,
    paths: &[PathBuf],
    said: &Path,
) -> Child {
    let attached = said.with_extension("attached");
    let mut strace = injecting(call, error, nth, paths, said)
        .args(["-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(fs::File::create(&attached).unwrap())
        .spawn()
        .unwrap();
    wait_until(|| {
        let words = fs::read_to_string(&attached).unwrap();
        let ended = strace.try_wait().unwrap();
        assert!(
            ended.is_none(),
            "strace does not attach (it needs root, or ptrace_scope 0): {words}"
        );
        words.contains("attached")
    });
    strace
}

fn injecting(call: &str, error: &str, nth: usize, paths: &[PathBuf], said: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-e", "signal=kill", "-e"])
        .arg(format!("trace={call}"))
        .arg("-e")
        .arg(format!("inject={call}:error={error}:when={nth}"))
        .arg("-o")
        .arg(said);
    for path in paths {
        strace.arg("-P").arg(path);
    }
    strace
}

/// The calls that were made to fail, once the process has ended.
pub fn injected(said: &Path) -> Vec<String> {
    let said = whole(said);
    let injected = said.lines().filter(|line| line.contains("(INJECTED)"));
    injected.map(str::to_owned).collect()
}

/// What strace wrote, once it has written that the process is gone.
fn whole(file: &Path) -> String {
    let mut text = String::new();
    wait_until(|| {
        text = fs::read_to_string(file).unwrap();
        let last = text.lines().next_back().unwrap_or_default();
        let gone = text.lines().filter(|line| line.ends_with("+++")).count();
        last.ends_with("+++") && gone == threads(&text)
    });
    text
}

/// How many threads a recording speaks of.
fn threads(text: &str) -> usize {
    let threads: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    threads.len()
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "strace takes too long");
        std::thread::sleep(Duration::from_millis(3));
    }
}
