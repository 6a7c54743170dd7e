/// Why a proof, a head or a leaf was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The index lies outside the tree, or a tree is said to grow from a larger one.
    #[error("position {index} is outside a log of {size} entries")]
    OutOfRange {
        /// The index, or the smaller tree's size, that was asked for.
        index: u64,
        /// The size of the tree that was asked.
        size: u64,
    },
    /// A node that the proof needs was not given: the store of nodes has a hole.
    #[error("node {index} of level {level} is missing")]
    NodeMissing {
        /// Height above the leaves.
        level: u8,
        /// Place in its level, from the left.
        index: u64,
    },
    /// The proof has more or fewer hashes than a tree of this size asks for.
    #[error("the proof has the wrong length")]
    ProofLength,
    /// The proof leads to another root than the head's: the leaf, the proof or the head was altered.
    #[error("the proof leads to another root")]
    RootMismatch,
    /// The head's signature does not verify with the log's key.
    #[error("the signature of the tree head does not verify")]
    Signature,
    /// The head could not be signed.
    #[error("the tree head could not be signed: {0}")]
    Signing(String),
    /// A time before 1970 or beyond what a head can carry.
    #[error("the time cannot be written into a tree head or a leaf")]
    Time,
    /// Bytes that are not a leaf in its one canonical form.
    #[error("not a canonical leaf: {0}")]
    Leaf(&'static str),
    /// A proof document in a format that this version does not know.
    #[error("unknown proof format {0:?}")]
    Format(String),
    /// The key in a proof document is not an SM2 public key, or not the expected one.
    #[error("the proof names another key than the log's")]
    Key,
    /// The frontier and the head disagree about how many nodes there are.
    #[error("a log of {size} entries has another number of nodes in its frontier")]
    Frontier {
        /// The size that was given.
        size: u64,
    },
}

impl LedgerError {
    /// The stable code for reports and the help desk.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "ledger_out_of_range",
            Self::NodeMissing { .. } => "ledger_node_missing",
            Self::ProofLength => "ledger_proof_length",
            Self::RootMismatch => "ledger_root_mismatch",
            Self::Signature => "ledger_signature_wrong",
            Self::Signing(_) => "ledger_signing_failed",
            Self::Time => "ledger_time",
            Self::Leaf(_) => "ledger_leaf_not_canonical",
            Self::Format(_) => "ledger_format_unknown",
            Self::Key => "ledger_key_wrong",
            Self::Frontier { .. } => "ledger_frontier_wrong",
        }
    }
}
