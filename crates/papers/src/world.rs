//! What a template can reach: its own text, what all share, one file of data, and the typefaces.

use std::sync::{Arc, LazyLock};

use fonts::Fonts;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use crate::templates;

/// Typefaces, opened once.
pub(crate) struct Faces {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Faces {
    /// Opens a set of typefaces.
    pub(crate) fn of(fonts: &Fonts) -> Self {
        let fonts: Vec<Font> = fonts
            .files()
            .flat_map(|file| Font::iter(Bytes::new(file.clone())).collect::<Vec<_>>())
            .collect();
        Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
        }
    }
}

/// The world of one render. File names are the same in every one: typst keeps them for good.
pub(crate) struct PaperWorld {
    faces: Arc<Faces>,
    main: Source,
    data: Bytes,
}

impl PaperWorld {
    /// A template and its data (JSON).
    pub(crate) fn new(faces: Arc<Faces>, template: &'static str, data: Vec<u8>) -> Self {
        Self {
            faces,
            main: Source::new(NAMES.main, template.to_owned()),
            data: Bytes::new(data),
        }
    }
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        static LIBRARY: LazyLock<LazyHash<Library>> =
            LazyLock::new(|| LazyHash::new(Library::default()));
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.faces.book
    }

    fn main(&self) -> FileId {
        NAMES.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        static COMMON: LazyLock<Source> =
            LazyLock::new(|| Source::new(NAMES.common, templates::COMMON.to_owned()));
        if id == NAMES.main {
            Ok(self.main.clone())
        } else if id == NAMES.common {
            Ok(COMMON.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == NAMES.data {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.faces.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

struct Names {
    main: FileId,
    common: FileId,
    data: FileId,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let name = |text: &str| {
        // Plain names without `..` or backslashes are always paths.
        #[expect(clippy::expect_used, reason = "constant names")]
        let path = VirtualPath::new(text).expect("a plain file name");
        RootedPath::new(VirtualRoot::Project, path).intern()
    };
    Names {
        main: name("main.typ"),
        common: name("common.typ"),
        data: name("data.json"),
    }
});
