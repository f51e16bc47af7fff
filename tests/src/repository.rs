//! Where things are in the repository.

use std::path::{Path, PathBuf};

use crate::Failure;

/// The repository's root folder.
pub fn root() -> &'static Path {
    // The crate lies one folder below the root.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// A path inside the repository, from its root.
pub fn path(inside: &str) -> PathBuf {
    root().join(inside)
}

/// One ward, commune or township, as far as offices are concerned.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Agency {
    /// Its code, which is its office's code too.
    pub code: String,
    /// The code of its district.
    pub district_code: String,
    /// First day on which it takes applications online, `YYYY-MM-DD`.
    #[serde(default)]
    pub opens: String,
}

/// Every agency of `forms/agencies.csv`, in the file's order.
///
/// # Errors
/// The file is missing or lacks a column.
pub fn agencies() -> Result<Vec<Agency>, Failure> {
    let file = path("forms/agencies.csv");
    csv::Reader::from_path(&file)
        .and_then(|mut reader| reader.deserialize().collect())
        .map_err(|error| Failure::at(&file, error))
}

/// The codes of every office that reads applications: the agencies, and the police, the insurance and the education office of each district.
///
/// # Errors
/// As [`agencies`].
pub fn office_codes() -> Result<Vec<String>, Failure> {
    let agencies = agencies()?;
    let districts: std::collections::BTreeSet<_> = agencies
        .iter()
        .map(|agency| &agency.district_code)
        .collect();
    let of_districts = districts
        .iter()
        .flat_map(|district| ["ca", "bh", "gd"].map(|prefix| format!("{prefix}-{district}")));
    Ok(agencies
        .iter()
        .map(|agency| agency.code.clone())
        .chain(of_districts)
        .collect())
}
