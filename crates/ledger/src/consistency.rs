use crate::LedgerError;
use crate::hash::{Hash, node_hash};
use crate::position::{MAX_SIZE, Nodes, Position, cover, fold, split};
use crate::tree::TreeHead;

/// The nodes to fetch for `consistency_proof(old, new, …)`.
///
/// # Errors
/// `OutOfRange` if `old` is larger than `new`.
pub fn consistency_nodes(old: u64, new: u64) -> Result<Vec<Position>, LedgerError> {
    Ok(parts(old, new)?.concat())
}

/// The proof that the log of `new` entries begins with the log of `old` entries (RFC 9162 2.1.4.1). Empty if
/// `old` is 0 or equal to `new`.
///
/// # Errors
/// `OutOfRange`, or `NodeMissing` if one of `consistency_nodes(old, new)` is not among the nodes.
pub fn consistency_proof(old: u64, new: u64, nodes: &Nodes) -> Result<Vec<Hash>, LedgerError> {
    parts(old, new)?
        .iter()
        .map(|part| fold(part, nodes))
        .collect()
}

/// Checks that the log with head `new` begins with the whole log of head `old` (RFC 9162 2.1.4.2).
///
/// # Errors
/// `OutOfRange`, `ProofLength` or `RootMismatch`.
pub fn verify_consistency(
    old: &TreeHead,
    new: &TreeHead,
    proof: &[Hash],
) -> Result<(), LedgerError> {
    if old.size > new.size || new.size > MAX_SIZE {
        return Err(LedgerError::OutOfRange {
            index: old.size,
            size: new.size,
        });
    }
    if old.size == 0 || old.size == new.size {
        let same = if old.size == 0 {
            crate::empty_root()
        } else {
            new.root
        };
        return match (proof, old.root == same) {
            ([], true) => Ok(()),
            ([], false) => Err(LedgerError::RootMismatch),
            _ => Err(LedgerError::ProofLength),
        };
    }
    // An old log that is one complete subtree is its own first node: the proof leaves it out.
    let (first, rest) = if old.size.is_power_of_two() {
        (old.root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(LedgerError::ProofLength)?;
        (*first, rest)
    };
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_root, mut new_root) = (first, first);
    for hash in rest {
        if last == 0 {
            return Err(LedgerError::ProofLength);
        }
        if node & 1 == 1 || node == last {
            old_root = node_hash(hash, &old_root);
            new_root = node_hash(hash, &new_root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(LedgerError::ProofLength);
    }
    if old_root == old.root && new_root == new.root {
        Ok(())
    } else {
        Err(LedgerError::RootMismatch)
    }
}

/// The proof as groups of complete nodes; each group hashes to one entry of the proof.
fn parts(old: u64, new: u64) -> Result<Vec<Vec<Position>>, LedgerError> {
    if old > new || new > MAX_SIZE {
        return Err(LedgerError::OutOfRange {
            index: old,
            size: new,
        });
    }
    if old == 0 || old == new {
        return Ok(vec![]);
    }
    let (mut begin, mut end) = (0, new);
    let mut steps = Vec::new();
    while end != old {
        let middle = begin + split(end - begin);
        if old <= middle {
            steps.push(cover(middle, end));
            end = middle;
        } else {
            steps.push(cover(begin, middle));
            begin = middle;
        }
    }
    // The old log's own right end, unless it is the whole old log, whose root the verifier has.
    if begin != 0 {
        steps.push(cover(begin, end));
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
        // 2.1.5: PROOF(3, D[7]) = [c, d, g, l]; PROOF(4, D[7]) = [l]; PROOF(6, D[7]) = [i, j, k].
        let (_, nodes) = naive::grow(7);
        let at = |level, index| nodes[&Position { level, index }];
        let l = node_hash(&at(1, 2), &at(0, 6));
        assert_eq!(
            consistency_proof(3, 7, &nodes),
            Ok(vec![at(0, 2), at(0, 3), at(1, 0), l])
        );
        assert_eq!(consistency_proof(4, 7, &nodes), Ok(vec![l]));
        assert_eq!(
            consistency_proof(6, 7, &nodes),
            Ok(vec![at(1, 2), at(0, 6), at(2, 0)])
        );
    }

    #[test]
    fn every_earlier_log_is_the_beginning_of_every_later_one() {
        let leaves = naive::leaves(66);
        let (_, nodes) = naive::grow(66);
        let head = |n: u64| TreeHead {
            size: n,
            root: naive::root(&leaves[..n as usize]),
        };
        for new in 0..=66 {
            for old in 0..=new {
                let wanted = consistency_nodes(old, new).unwrap();
                let fetched: Nodes = wanted.iter().map(|p| (*p, nodes[p])).collect();
                let proof = consistency_proof(old, new, &fetched).unwrap();
                if old > 0 {
                    let naive = naive::consistency(old as usize, &leaves[..new as usize], true);
                    assert_eq!(proof, naive, "{old} to {new}");
                }
                verify_consistency(&head(old), &head(new), &proof).unwrap();
            }
        }
    }

    #[test]
    fn a_shrunk_log_is_refused() {
        let head = |n| naive::grow(n).0.head();
        assert!(consistency_nodes(5, 4).is_err());
        assert!(verify_consistency(&head(5), &head(4), &[]).is_err());
    }

    #[test]
    fn a_forged_empty_beginning_is_refused() {
        let old = TreeHead {
            size: 0,
            root: crate::leaf_hash(b"x"),
        };
        let new = naive::grow(3).0.head();
        assert_eq!(
            verify_consistency(&old, &new, &[]),
            Err(LedgerError::RootMismatch)
        );
    }

    proptest! {
        #[test]
        fn a_rewritten_history_is_noticed(new in 2_u64..200, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
            let old = 1 + a.index(new as usize - 1) as u64;
            let changed = b.index(old as usize);
            let before = naive::grow(old).0.head();
            let mut leaves = naive::leaves(new);
            leaves[changed] = crate::leaf_hash(b"rewritten");
            let after = TreeHead { size: new, root: naive::root(&leaves) };
            let proof = naive::consistency(old as usize, &leaves, true);
            prop_assert!(verify_consistency(&before, &after, &proof).is_err());
        }

        #[test]
        fn any_change_makes_the_proof_fail(
            new in 2_u64..200, a in any::<prop::sample::Index>(), what in 0..5, bit in 0_usize..256,
        ) {
            let old = 1 + a.index(new as usize - 1) as u64;
            let (frontier, nodes) = naive::grow(new);
            let mut proof = consistency_proof(old, new, &nodes).unwrap();
            let (mut before, mut after) = (naive::grow(old).0.head(), frontier.head());
            let flip = |hash: &mut Hash| hash.0[bit / 8] ^= 1 << (bit % 8);
            match what {
                0 => flip(&mut before.root),
                1 => flip(&mut after.root),
                2 if !proof.is_empty() => {
                    let at = a.index(proof.len());
                    flip(&mut proof[at]);
                }
                3 if !proof.is_empty() => { proof.pop(); }
                _ => proof.push(before.root),
            }
            prop_assert!(verify_consistency(&before, &after, &proof).is_err());
        }
    }
}
