#![doc = include_str!("../README.md")]

mod consistency;
mod document;
mod error;
mod hash;
mod head;
mod inclusion;
mod leaf;
#[cfg(test)]
mod naive;
mod position;
mod tree;

pub use consistency::{consistency_nodes, consistency_proof, verify_consistency};
pub use document::{Extension, Proof, Verified};
pub use error::LedgerError;
pub use hash::{Hash, empty_root, leaf_hash, node_hash};
pub use head::{SignedTreeHead, UnsignedTreeHead};
pub use inclusion::{inclusion_nodes, inclusion_proof, verify_inclusion};
pub use leaf::Leaf;
pub use position::{Node, Nodes, Position};
pub use tree::{Frontier, TreeHead};
