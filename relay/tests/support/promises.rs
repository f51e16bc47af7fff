//! What a relay promised by its answers, and whether the files of a stopped relay keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use envelope::log::{Checkpoint, Frontier, InclusionProof};
use envelope::{Catalogue, Digest, Receipt};
use rusqlite::Connection;

use super::City;
use super::client::Answer;

/// An answer 200 or 201 to a submission, checked as its sender checks it.
#[derive(Clone, Debug)]
pub struct Promise {
    pub id: String,
    pub manifest: Digest,
    pub receipt: String,
    pub index: u64,
    pub under: Checkpoint,
}

impl Promise {
    /// What the answer promises; it is signed by the relay and proved by its log, or this says why not.
    pub fn read(catalogue: &Catalogue, answer: &Answer) -> Result<Promise, String> {
        let line = answer.receipt();
        let receipt = Receipt::read(&line, catalogue).map_err(|fault| fault.to_string())?;
        let proof: InclusionProof = answer.proof();
        let under = proof
            .verify(&receipt.manifest_sha256, &catalogue.logs)
            .map_err(|fault| fault.to_string())?;
        Ok(Promise {
            id: receipt.id.to_string(),
            manifest: receipt.manifest_sha256,
            receipt: line,
            index: proof.index,
            under,
        })
    }
}

/// What is in the store and in the log's folder while no relay runs.
pub struct Standing {
    /// Id → receipt, manifest, leaf; and whether the sealed parts are there, too.
    rows: BTreeMap<String, (String, Digest, u64, bool)>,
    leaves: Vec<Digest>,
    /// `roots[size]`: the root over the first `size` leaves.
    roots: Vec<Digest>,
    published: Checkpoint,
}

impl Standing {
    /// Reads the store and the folder that the city's config names.
    pub fn read(city: &City) -> Standing {
        let config = relay::config::Config::load(&city.config()).unwrap();
        let store = Connection::open(&config.store).unwrap();
        let rows = store
            .prepare(
                "SELECT id, receipt, manifest_sha256, leaf, sealed.seq IS NOT NULL
                 FROM submission LEFT JOIN sealed USING (seq)",
            )
            .unwrap()
            .query_map([], |row| {
                let id: [u8; 16] = row.get(0)?;
                let manifest = Digest::from_bytes(row.get(2)?);
                let leaf = row.get::<_, i64>(3)?.cast_unsigned();
                let id = envelope::base64url::encode(&id);
                Ok((id, (row.get(1)?, manifest, leaf, row.get(4)?)))
            })
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        let leaves: Vec<Digest> = store
            .prepare("SELECT manifest_sha256 FROM entry ORDER BY leaf")
            .unwrap()
            .query_map([], |row| Ok(Digest::from_bytes(row.get(0)?)))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        let mut tree = Frontier::empty();
        let mut roots = vec![tree.root()];
        for leaf in &leaves {
            tree = tree.grow(std::slice::from_ref(leaf)).frontier().clone();
            roots.push(tree.root());
        }
        let note = fs::read_to_string(config.log.join("checkpoint")).unwrap();
        Standing {
            rows,
            leaves,
            roots,
            published: Checkpoint::read(&note, &city.catalogue().logs).unwrap(),
        }
    }

    /// Whether every promise is kept; `collected` are the ids whose sealed parts may be gone.
    pub fn keeps(&self, promises: &[Promise], collected: &BTreeSet<String>) -> Result<(), String> {
        let once: BTreeSet<&Digest> = self.leaves.iter().collect();
        if once.len() != self.leaves.len() {
            return Err("a manifest is two leaves".to_owned());
        }
        if self.published.size != self.leaves.len() as u64 {
            return Err(format!(
                "{} leaves, published {}",
                self.leaves.len(),
                self.published.size
            ));
        }
        for (id, (_, manifest, leaf, is_sealed)) in &self.rows {
            if self.leaves.get(*leaf as usize) != Some(manifest) {
                return Err(format!("{id} is not its leaf {leaf}"));
            }
            if !is_sealed && !collected.contains(id) {
                return Err(format!("{id} has lost its parts"));
            }
        }
        self.extends(&self.published)?;
        promises
            .iter()
            .try_for_each(|promise| self.keeps_one(promise))
    }

    fn keeps_one(&self, promise: &Promise) -> Result<(), String> {
        let Some((receipt, manifest, leaf, _)) = self.rows.get(&promise.id) else {
            return Err(format!("{} was acknowledged and is lost", promise.id));
        };
        if (receipt, *manifest, *leaf) != (&promise.receipt, promise.manifest, promise.index) {
            return Err(format!("{} is another than was acknowledged", promise.id));
        }
        self.extends(&promise.under)
    }

    /// Whether the tree goes on from a checkpoint that somebody holds.
    pub fn extends(&self, seen: &Checkpoint) -> Result<(), String> {
        match self.roots.get(seen.size as usize) {
            Some(root) if *root == seen.root => Ok(()),
            Some(_) => Err(format!("the first {} leaves are others", seen.size)),
            None => Err(format!(
                "{} leaves where {} were seen",
                self.leaves.len(),
                seen.size
            )),
        }
    }

    /// The manifests of all leaves.
    pub fn leaves(&self) -> &[Digest] {
        &self.leaves
    }
}
