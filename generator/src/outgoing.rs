//! Files on their way out: beside each what is compressed of it, and of all what the release says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use envelope::release::ReleasedFile;

use crate::build::Take;
use crate::compressed::Compressor;
use crate::release::is_of_host;
use crate::writing::WriteFault;

/// Takes files, from several threads at once.
pub(crate) struct Outgoing<'a> {
    take: Take<'a>,
    compressor: Option<Compressor>,
    /// What the release says of them, where there is one.
    released: Option<Mutex<BTreeMap<String, ReleasedFile>>>,
}

impl<'a> Outgoing<'a> {
    /// With the folder of what was compressed before, where files are to be compressed, and with what the release says
    /// of other files.
    pub(crate) fn new(
        compressed: Option<&Path>,
        released: Option<BTreeMap<String, ReleasedFile>>,
        take: Take<'a>,
    ) -> Self {
        Outgoing {
            take,
            compressor: compressed.map(Compressor::new),
            released: released.map(Mutex::new),
        }
    }

    /// Takes a file: its path, its bytes, and of a page the text before it was made smaller.
    pub(crate) fn take(
        &self,
        path: &str,
        bytes: &[u8],
        plain: Option<&[u8]>,
    ) -> Result<(), WriteFault> {
        self.take_one(path, bytes, plain)?;
        let compressor = self.compressor.as_ref().filter(|_| !is_of_host(path));
        let coded = compressor.map(|compressor| compressor.each(path, bytes));
        coded
            .into_iter()
            .flatten()
            .try_for_each(|(ending, coded)| self.take_one(&format!("{path}{ending}"), &coded, None))
    }

    fn take_one(&self, path: &str, bytes: &[u8], plain: Option<&[u8]>) -> Result<(), WriteFault> {
        if let Some(released) = &self.released {
            let file = ReleasedFile::of(bytes);
            let mut released = released.lock().unwrap_or_else(PoisonError::into_inner);
            released.insert(path.to_owned(), file);
        }
        (self.take)(path, bytes, plain)
    }

    /// All files of a portal were taken: what was compressed of others goes.
    pub(crate) fn tidy(&self) {
        if let Some(compressor) = &self.compressor {
            compressor.tidy();
        }
    }

    /// What the release says of all files, where there is one.
    pub(crate) fn released(self) -> Option<BTreeMap<String, ReleasedFile>> {
        let released = self.released?.into_inner();
        Some(released.unwrap_or_else(PoisonError::into_inner))
    }
}
