//! The program itself, as an operator runs it in a site's folder.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::relay::Relay;
use super::{NOW, Site, config};

pub(crate) fn program(site: &Site) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_motcua-intake"));
    program
        .current_dir(&site.root)
        .arg("--clock")
        .arg(NOW.0.to_string());
    program
}

pub(crate) fn output(site: &Site, arguments: &[&str]) -> Output {
    program(site).args(arguments).output().unwrap()
}

pub(crate) fn succeeds(site: &Site, arguments: &[&str]) -> String {
    let output = output(site, arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The message of a run that must fail, on one line at the end of stderr.
pub(crate) fn fails(site: &Site, arguments: &[&str]) -> String {
    let output = output(site, arguments);
    assert!(!output.status.success(), "{arguments:?} must fail");
    let errors = String::from_utf8(output.stderr).unwrap();
    let message = errors
        .split("motcua-intake: ")
        .last()
        .unwrap_or_default()
        .trim_end();
    message.replace(site.root.to_str().unwrap(), "SITE")
}

/// Starts `run`; the lines of its log come as they are written.
pub(crate) fn start(site: &Site, relay: &Relay) -> (Child, impl Iterator<Item = Value> + use<>) {
    site.write("intake.toml", &config(&relay.origin));
    let mut running = program(site)
        .arg("run")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(running.stderr.take().unwrap()).lines();
    (
        running,
        log.map(|line| serde_json::from_str(&line.unwrap()).unwrap()),
    )
}

pub(crate) fn stop(mut running: Child) {
    Command::new("kill")
        .arg(running.id().to_string())
        .status()
        .unwrap();
    assert!(running.wait().unwrap().success());
}
