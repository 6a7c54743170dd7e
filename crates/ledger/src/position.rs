use std::collections::BTreeMap;

use crate::LedgerError;
use crate::hash::{Hash, node_hash};

/// The place of a complete node: `level` 0 is a leaf, and node `index` of a level covers the leaves
/// `index << level .. (index + 1) << level`. A node at a position never changes once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Height above the leaves, 0 to 63.
    pub level: u8,
    /// Place in its level, from the left.
    pub index: u64,
}

/// A complete node to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Where it stands.
    pub position: Position,
    /// Its hash.
    pub hash: Hash,
}

/// The nodes fetched for a proof, in any order; more than needed does no harm.
pub type Nodes = BTreeMap<Position, Hash>;

/// The largest number of leaves: sizes and indexes stay far from the end of u64, so that sums cannot overflow.
pub(crate) const MAX_SIZE: u64 = 1 << 62;

/// The complete nodes that together cover the leaves `begin..end`, from left to right. `begin` must be a
/// multiple of the largest power of two not above `end - begin`, as it is for every part of a tree.
pub(crate) fn cover(mut begin: u64, end: u64) -> Vec<Position> {
    let mut positions = Vec::new();
    while begin < end {
        let level = (end - begin).ilog2() as u8;
        positions.push(Position {
            level,
            index: begin >> level,
        });
        begin += 1 << level;
    }
    positions
}

/// The hash of the part of a tree that `cover` describes.
pub(crate) fn fold(positions: &[Position], nodes: &Nodes) -> Result<Hash, LedgerError> {
    let mut root = None;
    for position in positions.iter().rev() {
        let &Position { level, index } = position;
        let hash = nodes
            .get(position)
            .ok_or(LedgerError::NodeMissing { level, index })?;
        root = Some(match root {
            None => *hash,
            Some(right) => node_hash(hash, &right),
        });
    }
    Ok(root.unwrap_or_else(crate::hash::empty_root))
}

/// The largest power of two below `n`: where a tree of `n` leaves is divided (`n` at least 2).
pub(crate) fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
