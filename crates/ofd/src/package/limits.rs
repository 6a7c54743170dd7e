//! How much of a package is read at most.

/// Bounds for one package. A package that exceeds one is answered with `too_large` or `ratio`,
/// before the memory for it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub package_size: u64,
    /// Entries in the central directory, folders included.
    pub entries: usize,
    /// Bytes of one entry, unpacked.
    pub entry_size: u64,
    /// Bytes of all entries together, unpacked.
    pub total_size: u64,
    /// How many times larger an entry may become by unpacking.
    pub ratio: u64,
    /// Entries that stay below this size, unpacked, are not asked for their ratio.
    pub ratio_floor: u64,
    /// Bytes of an entry's name.
    pub name_length: usize,
    /// Bytes of one XML part.
    pub xml_size: u64,
    /// How deep elements may nest in one XML part.
    pub xml_depth: u32,
    /// Nodes, and as many attributes, in one XML part.
    pub xml_nodes: u32,
}

impl Default for Limits {
    /// Wide enough for a 500 MB document of many thousand pages, narrow enough for one process.
    fn default() -> Self {
        Self {
            package_size: 512 << 20,
            entries: 65_535,
            entry_size: 512 << 20,
            total_size: 1 << 30,
            ratio: 300,
            ratio_floor: 8 << 20,
            name_length: 1024,
            xml_size: 32 << 20,
            xml_depth: 128,
            xml_nodes: 2_000_000,
        }
    }
}
