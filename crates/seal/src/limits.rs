//! How much a seal or stamp may hold.

/// Limits on what is read; the defaults are far above every real seal.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The whole structure, in bytes.
    pub bytes: usize,
    /// Entries of a certificate list.
    pub certificates: usize,
    /// Entries of an extension list.
    pub extensions: usize,
    /// Width times height of a decoded picture, in pixels.
    pub picture_pixels: u64,
    /// Memory that decoding a picture may take, in bytes.
    pub picture_memory: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 16 << 20,
            certificates: 4096,
            extensions: 256,
            picture_pixels: 25_000_000,
            picture_memory: 128 << 20,
        }
    }
}
