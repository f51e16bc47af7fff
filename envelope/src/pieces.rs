//! The digest of an attachment, made while it comes: WebCrypto cannot digest a stream, so an attachment is named by the
//! digest over the digests of its pieces.

use std::fmt;

use ring::digest::{Context, SHA256};

use crate::digest::Digest;
use crate::limits::PIECE_BYTES;

/// An attachment of which some bytes have come. Its size does not grow with them.
#[derive(Clone)]
pub struct Pieces {
    len: u64,
    /// The piece that is not full yet.
    piece: Context,
    /// The digests of the full ones.
    all: Context,
}

impl Pieces {
    /// Nothing has come yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            len: 0,
            piece: Context::new(&SHA256),
            all: Context::new(&SHA256),
        }
    }

    /// How many bytes have come.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Takes the next bytes, as many or few as there are.
    pub fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = PIECE_BYTES - self.len % PIECE_BYTES;
            let taken = bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX));
            let (now, later) = bytes.split_at(taken);
            self.piece.update(now);
            self.len += taken as u64;
            if self.len.is_multiple_of(PIECE_BYTES) {
                self.end_piece();
            }
            bytes = later;
        }
    }

    /// The digest that an `ece` part calls `pieces`. The last piece may be shorter than the others, and is not empty.
    #[must_use]
    pub fn finish(mut self) -> Digest {
        if !self.len.is_multiple_of(PIECE_BYTES) {
            self.end_piece();
        }
        Digest::from_context(self.all)
    }

    fn end_piece(&mut self) {
        let piece = std::mem::replace(&mut self.piece, Context::new(&SHA256));
        self.all.update(piece.finish().as_ref());
    }
}

impl Default for Pieces {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces").field("len", &self.len).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECE: usize = PIECE_BYTES as usize;

    fn of(bytes: &[u8]) -> Digest {
        let mut pieces = Pieces::new();
        pieces.update(bytes);
        assert_eq!(pieces.len(), bytes.len() as u64);
        assert_eq!(pieces.is_empty(), bytes.is_empty());
        pieces.finish()
    }

    /// The definition, said another way.
    fn by_definition(bytes: &[u8]) -> Digest {
        let digests: Vec<u8> = bytes
            .chunks(PIECE)
            .flat_map(|piece| *Digest::of(piece).as_bytes())
            .collect();
        Digest::of(&digests)
    }

    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i % 251) as u8).collect()
    }

    #[test]
    fn it_is_the_digest_over_the_digests_of_pieces() {
        for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7] {
            assert_eq!(of(&bytes(len)), by_definition(&bytes(len)), "{len} bytes");
        }
    }

    /// Said by another program: Python's `hashlib`.
    #[test]
    fn known_answers() {
        assert_eq!(
            of(b"abc").to_string(),
            "T4tCwi3TcptRm6b2jS2nzFstYG0F2u1a1RKMwD5sY1g"
        );
        assert_eq!(
            of(&vec![0; PIECE + 1]).to_string(),
            "T3VVB1R5fFPnYzwAXYxVfkpDYiywaxlIxuJxvMF1d90"
        );
    }

    #[test]
    fn it_does_not_matter_in_how_many_steps_they_come() {
        let whole = bytes(2 * PIECE + 7);
        for step in [7, 4096, PIECE - 1, PIECE, PIECE + 1] {
            let mut pieces = Pieces::default();
            whole.chunks(step).for_each(|some| pieces.update(some));
            assert_eq!(pieces.finish(), by_definition(&whole), "steps of {step}");
        }
        let mut pieces = Pieces::new();
        pieces.update(&whole[..9]);
        let (mut one, mut other) = (pieces.clone(), pieces);
        one.update(&whole[9..]);
        other.update(b"something else");
        assert_eq!(one.finish(), by_definition(&whole));
        assert_eq!(format!("{other:?}"), "Pieces { len: 23 }");
    }
}
