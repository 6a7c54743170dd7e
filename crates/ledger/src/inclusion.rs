use crate::LedgerError;
use crate::hash::{Hash, node_hash};
use crate::position::{MAX_SIZE, Nodes, Position, cover, fold, split};
use crate::tree::TreeHead;

/// The nodes to fetch for `inclusion_proof(index, size, …)`.
///
/// # Errors
/// `OutOfRange` if the log of `size` entries has no entry `index`.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<Position>, LedgerError> {
    Ok(path(index, size)?.concat())
}

/// The audit path of entry `index` in the log of `size` entries, from the leaf upwards (RFC 9162 2.1.3.1).
///
/// # Errors
/// `OutOfRange`, or `NodeMissing` if one of `inclusion_nodes(index, size)` is not among the nodes.
pub fn inclusion_proof(index: u64, size: u64, nodes: &Nodes) -> Result<Vec<Hash>, LedgerError> {
    path(index, size)?
        .iter()
        .map(|part| fold(part, nodes))
        .collect()
}

/// Checks that `leaf` is entry `index` of the log with this head (RFC 9162 2.1.3.2).
///
/// # Errors
/// `OutOfRange`, `ProofLength` or `RootMismatch`.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    proof: &[Hash],
    head: &TreeHead,
) -> Result<(), LedgerError> {
    if index >= head.size || head.size > MAX_SIZE {
        return Err(LedgerError::OutOfRange {
            index,
            size: head.size,
        });
    }
    let (mut node, mut last) = (index, head.size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(LedgerError::ProofLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            // The last node of an uneven level has no sibling there: it moves up unchanged.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(LedgerError::ProofLength);
    }
    if hash == head.root {
        Ok(())
    } else {
        Err(LedgerError::RootMismatch)
    }
}

/// The audit path as groups of complete nodes; each group hashes to one step of the path.
fn path(index: u64, size: u64) -> Result<Vec<Vec<Position>>, LedgerError> {
    if index >= size || size > MAX_SIZE {
        return Err(LedgerError::OutOfRange { index, size });
    }
    let (mut begin, mut end) = (0, size);
    let mut steps = Vec::new();
    while end - begin > 1 {
        let middle = begin + split(end - begin);
        if index < middle {
            steps.push(cover(middle, end));
            end = middle;
        } else {
            steps.push(cover(begin, middle));
            begin = middle;
        }
    }
    steps.reverse();
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::naive;

    #[test]
    fn rfc_9162_example_of_seven_leaves() {
        // 2.1.5: the audit path for d3 is [c, g, ..]; named here by position: leaf 2, node (1,0), then i over (4..7).
        let (_, nodes) = naive::grow(7);
        let at = |level, index| nodes[&Position { level, index }];
        let i = node_hash(&at(1, 2), &at(0, 6));
        assert_eq!(
            inclusion_proof(3, 7, &nodes),
            Ok(vec![at(0, 2), at(1, 0), i])
        );
        assert_eq!(inclusion_proof(6, 7, &nodes), Ok(vec![at(1, 2), at(2, 0)]));
        assert_eq!(
            inclusion_nodes(3, 7).unwrap(),
            [(0, 2), (1, 0), (1, 2), (0, 6)].map(|(level, index)| Position { level, index })
        );
    }

    #[test]
    fn every_entry_of_every_small_log_is_proved() {
        for size in 1..=70_u64 {
            let (frontier, nodes) = naive::grow(size);
            let leaves = naive::leaves(size);
            for index in 0..size {
                let wanted = inclusion_nodes(index, size).unwrap();
                let fetched: Nodes = wanted.iter().map(|p| (*p, nodes[p])).collect();
                let proof = inclusion_proof(index, size, &fetched).unwrap();
                assert_eq!(
                    proof,
                    naive::path(index as usize, &leaves),
                    "{index} of {size}"
                );
                verify_inclusion(&leaves[index as usize], index, &proof, &frontier.head()).unwrap();
            }
        }
    }

    #[test]
    fn an_index_outside_the_log_is_refused() {
        for (index, size) in [(0, 0), (5, 5), (u64::MAX, 3), (1, u64::MAX)] {
            assert!(inclusion_nodes(index, size).is_err());
            let head = TreeHead {
                size,
                root: naive::root(&[]),
            };
            assert!(verify_inclusion(&head.root, index, &[], &head).is_err());
        }
    }

    #[test]
    fn a_missing_node_is_named() {
        let (_, mut nodes) = naive::grow(4);
        nodes.remove(&Position { level: 1, index: 1 });
        assert_eq!(
            inclusion_proof(0, 4, &nodes),
            Err(LedgerError::NodeMissing { level: 1, index: 1 })
        );
    }

    proptest! {
        #[test]
        fn any_change_makes_the_proof_fail(
            size in 1_u64..200, pick in any::<prop::sample::Index>(), what in 0..5, bit in 0_usize..256,
        ) {
            let index = pick.index(size as usize) as u64;
            let (frontier, nodes) = naive::grow(size);
            let mut leaf = naive::leaves(size)[index as usize];
            let mut proof = inclusion_proof(index, size, &nodes).unwrap();
            let mut head = frontier.head();
            let flip = |hash: &mut Hash| hash.0[bit / 8] ^= 1 << (bit % 8);
            match what {
                0 => flip(&mut leaf),
                1 => flip(&mut head.root),
                2 if !proof.is_empty() => {
                    let at = pick.index(proof.len());
                    flip(&mut proof[at]);
                }
                3 if !proof.is_empty() => { proof.pop(); }
                _ => proof.push(leaf),
            }
            prop_assert!(verify_inclusion(&leaf, index, &proof, &head).is_err());
        }

        #[test]
        fn an_entry_is_not_proved_at_another_place(size in 2_u64..200, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let (a, b) = (a.index(size as usize) as u64, b.index(size as usize) as u64);
            prop_assume!(a != b);
            let (frontier, nodes) = naive::grow(size);
            let proof = inclusion_proof(a, size, &nodes).unwrap();
            let leaf = naive::leaves(size)[a as usize];
            prop_assert!(verify_inclusion(&leaf, b, &proof, &frontier.head()).is_err());
        }
    }
}
