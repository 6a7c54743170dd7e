//! The port [`Letters`]: the red-header letter as DOCX. The few parts of the file are templates; every word that comes
//! from people is escaped by `quick-xml`.

mod read;
mod write;

#[cfg(test)]
mod tests;

use platform::ports::letters::{Letters, LettersError};
use platform::ports::papers::LetterPaper;

/// DOCX files.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordLetters;

impl Letters for WordLetters {
    fn docx(&self, unit: &str, date: &str, letter: &LetterPaper) -> Result<Vec<u8>, LettersError> {
        write::docx(unit, date, letter).map_err(|error| LettersError::Write(error.to_string()))
    }

    fn words(&self, docx: &[u8]) -> Result<String, LettersError> {
        read::words(docx)
    }
}
