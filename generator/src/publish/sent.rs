//! How a file lies in a bucket: what is told with it, and whether it is packed.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::objects::Told;
use crate::headers::Rules;
use crate::serve::content_type;

/// What only browsers load, and what is shorter packed.
const PACKED: [&str; 4] = [".html", ".css", ".js", ".svg"];

/// The bytes of a file as they lie in the bucket, and what is told with them.
pub(super) fn as_sent(path: &str, bytes: Vec<u8>, rules: &Rules) -> (Vec<u8>, Told) {
    let is_packed = is_packed(path);
    let headers = rules.of_file(path);
    let told = Told {
        content_type: content_type(path),
        cache_control: headers
            .iter()
            .find(|(name, _)| *name == "Cache-Control")
            .map(|(_, value)| (*value).to_owned()),
        content_encoding: is_packed.then_some("gzip"),
    };
    (if is_packed { packed(&bytes) } else { bytes }, told)
}

pub(super) fn is_packed(path: &str) -> bool {
    PACKED.iter().any(|end| path.ends_with(end))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).expect("memory takes all");
    packed.finish().expect("memory takes all")
}

/// None: it does not unpack. Of what is longer than the file should be, no more than shows it.
pub(super) fn unpacked(bytes: &[u8], size: u64) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let mut reader = GzDecoder::new(bytes).take(size + 1);
    reader.read_to_end(&mut unpacked).ok().map(|_| unpacked)
}
