//! The definitions of RFC 9162 2.1 word for word, slow and recursive: what the tests compare with.

use crate::hash::{Hash, empty_root, leaf_hash, node_hash};
use crate::position::{Nodes, split};
use crate::tree::Frontier;

/// 2.1.1: MTH.
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            node_hash(&root(left), &root(right))
        }
    }
}

/// 2.1.3.1: PATH(m, D[n]).
pub(crate) fn path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return vec![];
    }
    let k = split(leaves.len() as u64) as usize;
    let (left, right) = leaves.split_at(k);
    let (mut path, other) = if m < k {
        (path(m, left), root(right))
    } else {
        (path(m - k, right), root(left))
    };
    path.push(other);
    path
}

/// 2.1.4.1: PROOF(m, D[n]), as SUBPROOF(m, D[n], true).
pub(crate) fn consistency(m: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if known { vec![] } else { vec![root(leaves)] };
    }
    let k = split(leaves.len() as u64) as usize;
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if m <= k {
        (consistency(m, left, known), root(right))
    } else {
        (consistency(m - k, right, false), root(left))
    };
    proof.push(other);
    proof
}

/// `n` different leaves.
pub(crate) fn leaves(n: u64) -> Vec<Hash> {
    (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

/// A log of `n` leaves and every node that it completed.
pub(crate) fn grow(n: u64) -> (Frontier, Nodes) {
    let mut frontier = Frontier::default();
    let mut nodes = Nodes::new();
    for leaf in leaves(n) {
        nodes.extend(
            frontier
                .append(leaf)
                .into_iter()
                .map(|node| (node.position, node.hash)),
        );
    }
    (frontier, nodes)
}
