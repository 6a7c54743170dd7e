//! Which characters can be drawn.

use std::fmt;

use skrifa::raw::FileRef;
use skrifa::{FontRef, MetadataProvider as _};

/// One bit per code point.
#[derive(Clone)]
pub struct Coverage(Vec<u64>);

impl Default for Coverage {
    fn default() -> Self {
        Self(vec![0; WORDS])
    }
}

impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coverage({} characters)", self.len())
    }
}

impl Coverage {
    /// What a file (a typeface or a collection) can draw; nothing, where it is neither.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut coverage = Self::default();
        match FileRef::new(bytes) {
            Ok(FileRef::Font(font)) => coverage.add(&font),
            Ok(FileRef::Collection(fonts)) => {
                for font in fonts.iter().flatten() {
                    coverage.add(&font);
                }
            }
            Err(_) => {}
        }
        coverage
    }

    /// Whether it has the character.
    #[must_use]
    pub fn has(&self, c: char) -> bool {
        let code = c as usize;
        self.0[code / 64] >> (code % 64) & 1 == 1
    }

    /// The characters of a text that it cannot draw, each once, in the order of the text. Line ends need no drawing;
    /// other characters without a picture (direction marks, joiners) are never drawn and always named.
    #[must_use]
    pub fn undrawable(&self, text: &str) -> Vec<char> {
        let mut lacking = Vec::new();
        for c in text.chars().filter(|c| !matches!(c, '\n' | '\r' | '\t')) {
            if (is_invisible(c) || !self.has(c)) && !lacking.contains(&c) {
                lacking.push(c);
            }
        }
        lacking
    }

    /// How many characters it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Takes in what another has.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    fn add(&mut self, font: &FontRef<'_>) {
        for (code, glyph) in font.charmap().mappings() {
            let code = code as usize;
            if glyph.to_u32() != 0 && code / 64 < WORDS {
                self.0[code / 64] |= 1 << (code % 64);
            }
        }
    }
}

/// Words of 64 bits for all of Unicode.
const WORDS: usize = 0x11_0000 / 64;

/// Marks of direction, joining and line ends that a typeface may list but that nobody can see.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lacking_is_named_once() {
        let nothing = Coverage::of(b"not a typeface");
        assert!(nothing.is_empty());
        assert_eq!(nothing.undrawable("印\n信印"), ['印', '信']);
        let all = Coverage(vec![u64::MAX; WORDS]);
        assert_eq!(all.undrawable("印\u{202E}信"), ['\u{202E}']);
    }
}
