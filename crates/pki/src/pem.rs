//! PEM blocks (RFC 7468), several in one text and with text between them, as bundles have.

use base64::{Engine, engine::general_purpose::STANDARD};

/// One block: its label, and its content decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands after `BEGIN`, such as `CERTIFICATE`.
    pub label: String,
    /// The decoded content.
    pub der: Vec<u8>,
}

/// All whole blocks in `bytes`; what is between them is skipped, and a damaged block as well.
#[must_use]
pub fn blocks(bytes: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.as_ref();
    let mut blocks = Vec::new();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        rest = after;
        let Some((label, body)) = after.split_once("-----") else {
            break;
        };
        let end = format!("-----END {label}-----");
        // A block never runs over the start of the next: then its own end is missing.
        let body = body
            .split_once("-----BEGIN ")
            .map_or(body, |(body, _)| body);
        let Some((body, _)) = body.split_once(&end) else {
            continue;
        };
        let body: String = body.split_ascii_whitespace().collect();
        if let Ok(der) = STANDARD.decode(body) {
            blocks.push(Block {
                label: label.to_owned(),
                der,
            });
        }
    }
    blocks
}

/// The first block with one of these labels.
pub(crate) fn first(bytes: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    let mut blocks = blocks(bytes).into_iter();
    blocks
        .find(|block| labels.contains(&block.label.as_str()))
        .map(|block| block.der)
}

/// Whether this is text with a PEM block rather than DER.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    // DER of everything that we read is a SEQUENCE.
    bytes.first() != Some(&0x30) && bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

/// One block in lines of 64 characters.
#[must_use]
pub fn encode(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let body = STANDARD.encode(der);
    let mut body = body.as_str();
    while !body.is_empty() {
        // Base64 is ASCII: every position is a character's boundary.
        let (line, rest) = body.split_at(body.len().min(64));
        text.push_str(line);
        text.push('\n');
        body = rest;
    }
    text + "-----END " + label + "-----\n"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bundle_gives_all_its_blocks() {
        let one = encode("CERTIFICATE", &[1; 100]);
        let two = encode("X509 CRL", &[2; 3]).replace('\n', "\r\n");
        let bundle = format!("subject=一\n{one}\n# two\n{two}-----BEGIN CERTIFICATE-----\nAA");
        let blocks = blocks(bundle.as_bytes());
        assert_eq!(blocks.len(), 2);
        assert_eq!(
            blocks[0],
            Block {
                label: "CERTIFICATE".into(),
                der: vec![1; 100]
            }
        );
        assert_eq!(
            blocks[1],
            Block {
                label: "X509 CRL".into(),
                der: vec![2; 3]
            }
        );
        assert!(one.lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn a_block_without_its_end_does_not_swallow_the_next() {
        let text = format!("-----BEGIN A-----\nAAAA\n{}", encode("A", b"good"));
        assert_eq!(first(text.as_bytes(), &["A"]).unwrap(), b"good");
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_read(der in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert_eq!(first(encode("X", &der).as_bytes(), &["X"]), Some(der));
        }

        #[test]
        fn no_text_panics(text in "(-----(BEGIN|END) [A-B]{0,2}-----|[A-Za-z=\n]{0,9}|-){0,12}") {
            let _ = blocks(text.as_bytes());
        }
    }
}
