//! The red-header letter as a file of a word processor: written to be edited, and read back.

use super::papers::LetterPaper;

/// Why a letter's file cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LettersError {
    /// No DOCX file at all.
    #[error("not a DOCX file")]
    NotALetter,
    /// Unpacked it is larger than any honest letter.
    #[error("the letter is too large")]
    TooLarge,
    /// It is damaged.
    #[error("the letter is damaged: {0}")]
    Damaged(String),
    /// It cannot be written.
    #[error("the letter cannot be written: {0}")]
    Write(String),
}

/// Writes and reads letters.
///
/// Contract: what is written holds no macro and nothing from outside; reading takes hostile bytes in bounded time and
/// memory.
pub trait Letters: Send + Sync {
    /// The letter as a DOCX file in the layout of GB/T 9704: red header, red line, text, signature and date.
    ///
    /// # Errors
    /// [`LettersError::Write`].
    fn docx(&self, unit: &str, date: &str, letter: &LetterPaper) -> Result<Vec<u8>, LettersError>;

    /// The words of a DOCX file, one line for each paragraph.
    ///
    /// # Errors
    /// All others of [`LettersError`].
    fn words(&self, docx: &[u8]) -> Result<String, LettersError>;
}
