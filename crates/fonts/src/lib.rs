#![doc = include_str!("../README.md")]

mod coverage;

use std::borrow::Cow;
use std::path::Path;
use std::{fs, io};

pub use coverage::Coverage;

/// Family name of 宋体, the typeface that has nearly every character.
pub const SONG: &str = "Noto Serif CJK SC";
/// Family name of 黑体.
pub const HEI: &str = "Noto Sans CJK SC";
/// Family name of 楷体.
pub const KAI: &str = "Yinxin Kai";
/// Family name of the typeface for what 宋体 lacks.
pub const RARE: &str = "Yinxin Rare";

/// Typefaces that came with the platform: fonts of the same order as in the README.
const EMBEDDED: [&[u8]; 5] = [
    include_bytes!("../typefaces/NotoSerifSC-Regular.otf"),
    include_bytes!("../typefaces/NotoSerifSC-Bold.otf"),
    include_bytes!("../typefaces/NotoSansSC-Medium.otf"),
    include_bytes!("../typefaces/YinxinKai-Regular.ttf"),
    include_bytes!("../typefaces/YinxinRare-Regular.otf"),
];

/// The largest file that is taken from an operator's folder.
const MOST_BYTES: u64 = 128 * 1024 * 1024;
/// Most files that are taken from an operator's folder.
const MOST_FILES: usize = 64;

/// A set of typefaces.
#[derive(Debug, Clone)]
pub struct Fonts {
    files: Vec<Cow<'static, [u8]>>,
    coverage: Coverage,
}

impl Fonts {
    /// The typefaces that came with the platform.
    #[must_use]
    pub fn embedded() -> Self {
        Self::of(EMBEDDED.into_iter().map(Cow::Borrowed).collect())
    }

    /// These, and beside them the typefaces (ttf, otf, ttc) in a folder.
    ///
    /// # Errors
    /// The folder's or a file's own; `InvalidData` for a file that is no typeface, too large, or one too many.
    pub fn with_folder(folder: &Path) -> io::Result<Self> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
            if ["ttf", "otf", "ttc"].contains(&ending.to_ascii_lowercase().as_str()) {
                paths.push(path);
            }
        }
        paths.sort();
        let unfit = |path: &Path, why: &str| {
            let text = format!("{}: {why}", path.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        };
        let mut files: Vec<Cow<'static, [u8]>> = EMBEDDED.into_iter().map(Cow::Borrowed).collect();
        for (number, path) in paths.iter().enumerate() {
            if number >= MOST_FILES || fs::metadata(path)?.len() > MOST_BYTES {
                return Err(unfit(path, "too many or too large"));
            }
            let bytes = fs::read(path)?;
            if Coverage::of(&bytes).is_empty() {
                return Err(unfit(path, "not a typeface"));
            }
            files.push(Cow::Owned(bytes));
        }
        Ok(Self::of(files))
    }

    /// The files, those that came with the platform first.
    pub fn files(&self) -> impl Iterator<Item = &Cow<'static, [u8]>> {
        self.files.iter()
    }

    /// What can be drawn with at least one of them.
    #[must_use]
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    fn of(files: Vec<Cow<'static, [u8]>>) -> Self {
        let mut coverage = Coverage::default();
        for file in &files {
            coverage.join(&Coverage::of(file));
        }
        Self { files, coverage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typeface_has_the_names_that_people_have() {
        for file in &EMBEDDED[..4] {
            let coverage = Coverage::of(file);
            assert!(coverage.len() > 8_500);
            let names = "䶮𬭸㛃喆堃昇珺旻甯㭎𫖮闽侯县政务服务局“”《》（）—…·0123456789X";
            assert_eq!(coverage.undrawable(names), Vec::<char>::new());
        }
    }

    #[test]
    fn what_the_first_typeface_lacks_is_in_the_last() {
        let (song, rare) = (Coverage::of(EMBEDDED[0]), Coverage::of(EMBEDDED[4]));
        let names = "𬎆𫟷𮀔𬂁鿫";
        assert_eq!(song.undrawable(names).len(), 5);
        assert_eq!(rare.undrawable(names), Vec::<char>::new());
        // No sign and no common character comes out in it by mistake.
        assert!(!rare.has('印') && !rare.has('0'));
        assert_eq!(Fonts::embedded().coverage().undrawable("𬎆𤥷"), ['𤥷']);
    }

    #[test]
    fn the_first_typeface_has_the_basic_plane_of_gb_18030() {
        let song = Coverage::of(EMBEDDED[0]);
        let lacks = |from: u32, to: u32| {
            (from..=to)
                .filter_map(char::from_u32)
                .filter(|c| !song.has(*c))
                .count()
        };
        assert_eq!(lacks(0x4E00, 0x9FA5), 0);
        assert_eq!(lacks(0x3400, 0x4DB5), 0);
    }

    #[test]
    fn a_folder_adds_typefaces_and_refuses_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("readme.txt"), "x").unwrap();
        fs::write(folder.path().join("own.TTF"), EMBEDDED[3]).unwrap();
        assert_eq!(
            Fonts::with_folder(folder.path()).unwrap().files().count(),
            EMBEDDED.len() + 1
        );
        fs::write(folder.path().join("zzz.otf"), b"no typeface").unwrap();
        let error = Fonts::with_folder(folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(Fonts::with_folder(&folder.path().join("missing")).is_err());
    }
}
