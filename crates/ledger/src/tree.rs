use crate::LedgerError;
use crate::hash::{Hash, empty_root, node_hash};
use crate::position::{MAX_SIZE, Node, Nodes, Position, cover};

/// How long the log is and what its tree hashes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over all of them.
    pub root: Hash,
}

/// The right edge of the tree: all that is needed to append. At most 63 hashes, whatever the size of the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees from left (largest) to right.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The nodes from which a log of `size` entries is continued, from left to right.
    #[must_use]
    pub fn positions(size: u64) -> Vec<Position> {
        cover(0, size)
    }

    /// Continues a log of `size` entries from its stored nodes.
    ///
    /// # Errors
    /// `NodeMissing` if one of `positions(size)` is not among the nodes, `OutOfRange` for an impossible size.
    pub fn resume(size: u64, nodes: &Nodes) -> Result<Self, LedgerError> {
        if size > MAX_SIZE {
            return Err(LedgerError::OutOfRange {
                index: size,
                size: MAX_SIZE,
            });
        }
        let peaks = Self::positions(size)
            .into_iter()
            .map(|position| {
                let Position { level, index } = position;
                nodes
                    .get(&position)
                    .copied()
                    .ok_or(LedgerError::NodeMissing { level, index })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { size, peaks })
    }

    /// Continues a log of `size` entries from the hashes of `positions(size)` in their order.
    ///
    /// # Errors
    /// `Frontier` if the number of hashes does not fit the size.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, LedgerError> {
        if size > MAX_SIZE || peaks.len() != size.count_ones() as usize {
            return Err(LedgerError::Frontier { size });
        }
        Ok(Self { size, peaks })
    }

    /// The hashes of the complete subtrees, in the order of `positions(size)`.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Number of entries so far; the next one gets this index.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf and returns the nodes that it completes, the leaf itself first: store all of them.
    ///
    /// # Panics
    /// After 2^62 entries.
    pub fn append(&mut self, leaf: Hash) -> Vec<Node> {
        assert!(self.size < MAX_SIZE, "the log is full");
        let mut position = Position {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        let mut completed = vec![Node { position, hash }];
        while position.index & 1 == 1 {
            // An odd node has a left sibling, and that sibling is the last peak: sizes and peaks agree by construction.
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            position = Position {
                level: position.level + 1,
                index: position.index >> 1,
            };
            completed.push(Node { position, hash });
        }
        self.peaks.push(hash);
        self.size += 1;
        completed
    }

    /// Size and root as they are now.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        let mut peaks = self.peaks.iter().rev();
        let root = match peaks.next() {
            None => empty_root(),
            Some(&last) => peaks.fold(last, |right, left| node_hash(left, &right)),
        };
        TreeHead {
            size: self.size,
            root,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::naive;

    #[test]
    fn a_new_log_is_empty() {
        assert_eq!(
            Frontier::default().head(),
            TreeHead {
                size: 0,
                root: empty_root()
            }
        );
    }

    #[test]
    fn every_head_is_the_root_of_the_recursive_definition() {
        let leaves = naive::leaves(130);
        let mut frontier = Frontier::default();
        for (i, leaf) in leaves.iter().enumerate() {
            frontier.append(*leaf);
            assert_eq!(
                frontier.head().root,
                naive::root(&leaves[..=i]),
                "size {}",
                i + 1
            );
        }
    }

    #[test]
    fn a_log_of_n_leaves_completes_every_node_exactly_once() {
        let (_, nodes) = naive::grow(100);
        let mut count = 0;
        for level in 0..7 {
            for index in 0..(100_u64 >> level) {
                let range = (index << level) as usize..((index + 1) << level) as usize;
                assert_eq!(
                    nodes[&Position { level, index }],
                    naive::root(&naive::leaves(100)[range])
                );
                count += 1;
            }
        }
        assert_eq!(nodes.len(), count);
    }

    #[test]
    fn a_frontier_with_a_hole_is_refused() {
        let (_, mut nodes) = naive::grow(6);
        nodes.remove(&Position { level: 1, index: 2 });
        assert_eq!(
            Frontier::resume(6, &nodes),
            Err(LedgerError::NodeMissing { level: 1, index: 2 })
        );
        assert_eq!(
            Frontier::from_peaks(6, vec![]),
            Err(LedgerError::Frontier { size: 6 })
        );
        assert!(Frontier::resume(u64::MAX, &nodes).is_err());
    }

    proptest! {
        #[test]
        fn a_log_resumed_at_any_size_goes_on_as_if_never_stopped(n in 0_u64..300, more in 0_u64..40) {
            let (frontier, nodes) = naive::grow(n);
            let mut resumed = Frontier::resume(n, &nodes).unwrap();
            prop_assert_eq!(&resumed, &frontier);
            prop_assert_eq!(Frontier::from_peaks(n, frontier.peaks().to_vec()).unwrap(), frontier);
            for leaf in &naive::leaves(n + more)[n as usize..] {
                resumed.append(*leaf);
            }
            prop_assert_eq!(resumed, naive::grow(n + more).0);
        }
    }
}
