//! Debian packages of the programs, as `[package.metadata.deb]` of each room's Cargo.toml describes them.
//!
//! Made of what the tests built, by dpkg-deb, in a second; what cargo-deb adds of itself is left out: the dependencies that it works out, and the
//! scripts that tell systemd of new units.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Value;

use crate::programs::{Programs, run};
use crate::{Failure, repository};

/// The rooms whose programs are packages.
pub const ROOMS: [&str; 4] = ["generator", "relay", "intake", "monitor"];

/// Where packages keep their units.
const UNITS: &str = "usr/lib/systemd/system";

/// Packs a room's program into the folder `to`; `scratch` is for what lies in between.
///
/// # Errors
/// Its Cargo.toml does not describe a package, names a file that is not there, or dpkg-deb refuses.
pub fn pack(programs: &Programs, room: &str, scratch: &Path, to: &Path) -> Result<(), Failure> {
    let manifest = repository::path(room).join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(|error| Failure::at(&manifest, error))?;
    let all: Value = toml::from_str(&text).map_err(|error| Failure::at(&manifest, error))?;
    let described = |key: &str| {
        let package = all["package"]["metadata"].get("deb");
        let found = package.and_then(|package| package.get(key));
        found.ok_or_else(|| Failure::at(&manifest, format!("[package.metadata.deb] has no {key}")))
    };
    let name = word(described("name")?);
    let tree = scratch.join(name);
    for asset in described("assets")?.as_array().into_iter().flatten() {
        let (from, place) = (word(&asset[0]), tree.join(word(&asset[1])));
        let from = match from.strip_prefix("target/release/") {
            Some(program) => programs.path(program),
            None => repository::path(room).join(from),
        };
        let place = match word(&asset[1]).ends_with('/') {
            true => place.join(from.file_name().unwrap_or_default()),
            false => place,
        };
        let mode = u32::from_str_radix(word(&asset[2]), 8);
        let mode = mode.map_err(|error| Failure::at(&manifest, error))?;
        put(&from, &place, mode)?;
        if mode & 0o100 != 0 {
            run(Command::new("strip").arg(&place))?;
        }
    }
    let unit = word(&described("systemd-units")?["unit-name"]);
    for from in units(room)? {
        if from.file_stem().is_some_and(|stem| stem == unit) {
            let place = tree.join(UNITS).join(from.file_name().unwrap_or_default());
            put(&from, &place, 0o644)?;
        }
    }
    let machine = run(Command::new("dpkg").arg("--print-architecture"))?;
    let control = format!(
        "Package: {name}\nVersion: 0-tests\nArchitecture: {}\nMaintainer: {}\nDescription: {}\n",
        machine.trim(),
        word(described("maintainer")?),
        word(described("extended-description")?)
    );
    let file = tree.join("DEBIAN/control");
    make_folder_of(&file)?;
    fs::write(&file, control).map_err(|error| Failure::at(&file, error))?;
    let mut build = Command::new("dpkg-deb");
    build.args(["--build", "--root-owner-group", "-Zgzip", "-z1"]);
    run(build.arg(&tree).arg(to)).map(|_| ())
}

/// The units that lie beside a room's Cargo.toml, sorted.
///
/// # Errors
/// There is no folder for them.
pub fn units(room: &str) -> Result<Vec<PathBuf>, Failure> {
    let folder = repository::path(room).join("debian");
    let entries = fs::read_dir(&folder).map_err(|error| Failure::at(&folder, error))?;
    let mut units: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    units.sort();
    Ok(units)
}

fn put(from: &Path, place: &Path, mode: u32) -> Result<(), Failure> {
    make_folder_of(place)?;
    fs::copy(from, place).map_err(|error| Failure::at(from, error))?;
    fs::set_permissions(place, fs::Permissions::from_mode(mode))
        .map_err(|error| Failure::at(place, error))
}

fn make_folder_of(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
