//! What is in a package: documents, their pages and parts.

mod reach;
mod read;

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

pub use self::reach::{Dangling, PartKind, Reach};
pub(crate) use self::read::root_entry;
use crate::error::Error;
use crate::package::{Limits, Package, PackageFinding};
use crate::xml;

/// An opened OFD file.
#[derive(Debug)]
pub struct Ofd<'a> {
    package: Package<'a>,
    package_findings: Vec<PackageFinding>,
    bodies: Vec<DocBody>,
    problems: Vec<Error>,
    reach: OnceCell<Reach>,
}

/// One `DocBody` of `OFD.xml`.
#[derive(Debug, Clone, Default)]
pub struct DocBody {
    /// `DocID`, as it stands.
    pub doc_id: String,
    /// `Title`, as it stands.
    pub title: String,
    /// The entry that `DocRoot` leads to.
    pub root: Option<String>,
    /// The entries that `Signatures` leads to; lawful files have at most one.
    pub signatures: Vec<String>,
    /// The entries that `Versions` lead to.
    pub versions: Vec<String>,
    /// What `DocRoot` holds, when it can be read.
    pub document: Option<Document>,
}

/// A `Document.xml`.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its entry.
    pub entry: String,
    /// The pages in order.
    pub pages: Vec<Page>,
    /// The templates by id.
    pub templates: Vec<Template>,
    /// Entries of `PublicRes` and then `DocumentRes`.
    pub resources: Vec<String>,
    /// Page id and entry of each page's annotations.
    pub annotations: Vec<(String, String)>,
    /// The page area that holds where a page has none of its own.
    pub default_size: Option<PageSize>,
}

/// A page's place in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its id, which stamps and annotations refer to; not to be trusted to be unique.
    pub id: String,
    /// The entry of its content, when there is one.
    pub entry: Option<String>,
}

/// A template page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id, which pages refer to.
    pub id: String,
    /// The entry of its content, when there is one.
    pub entry: Option<String>,
    /// `Background`, `Body` or `Foreground`, when the document says so.
    pub z_order: Option<String>,
}

/// Width and height of a page in mm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    /// Width in mm.
    pub width_mm: f64,
    /// Height in mm.
    pub height_mm: f64,
}

impl PageSize {
    /// A4 upright, for documents that say nothing.
    pub const A4: Self = Self {
        width_mm: 210.0,
        height_mm: 297.0,
    };
}

impl<'a> Ofd<'a> {
    /// Opens a file for reading. What is wrong with the container is in [`Ofd::package_findings`],
    /// what is wrong with the parts in [`Ofd::problems`]; the rest stays readable.
    ///
    /// # Errors
    /// [`Error::NotZip`], [`Error::PlainZip`], [`Error::Container`] when it is too large.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let (package, findings) = Package::open_tolerant(bytes, limits)?;
        Self::build(package, findings)
    }

    /// Opens a file that is going to be stamped: an ambiguous container or an unreadable `OFD.xml`
    /// or `Document.xml` is an error, as is a document without pages.
    ///
    /// # Errors
    /// As said; see [`Error::code`].
    pub fn open_strict(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        let package = Package::open_strict(bytes, limits)?;
        let ofd = Self::build(package, Vec::new())?;
        if let Some(problem) = ofd.problems.first() {
            return Err(problem.clone());
        }
        if ofd.page_count() == 0 {
            return Err(Error::NoPages);
        }
        Ok(ofd)
    }

    fn build(package: Package<'a>, package_findings: Vec<PackageFinding>) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let bodies = match read::bodies(&package, &mut problems) {
            Ok(bodies) => bodies,
            Err(Error::PlainZip) => return Err(Error::PlainZip),
            Err(problem) => {
                problems.push(problem);
                Vec::new()
            }
        };
        Ok(Self {
            package,
            package_findings,
            bodies,
            problems,
            reach: OnceCell::new(),
        })
    }

    /// The container.
    pub fn package(&self) -> &Package<'a> {
        &self.package
    }

    /// What is anomalous about the container.
    pub fn package_findings(&self) -> &[PackageFinding] {
        &self.package_findings
    }

    /// What could not be read of `OFD.xml` and the `Document.xml` files.
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }

    /// The documents in the file; nearly always one.
    pub fn bodies(&self) -> &[DocBody] {
        &self.bodies
    }

    /// Pages of all documents together.
    pub fn page_count(&self) -> usize {
        self.bodies
            .iter()
            .filter_map(|b| b.document.as_ref())
            .map(|d| d.pages.len())
            .sum()
    }

    /// The page with this index (from 0, over all documents), and which body and document it is in.
    ///
    /// # Errors
    /// [`Error::NoPages`], [`Error::PageNotFound`].
    pub fn page(&self, index: usize) -> Result<(usize, &Document, &Page), Error> {
        let mut first = 0;
        for (body_index, body) in self.bodies.iter().enumerate() {
            let Some(document) = &body.document else {
                continue;
            };
            if let Some(page) = document.pages.get(index - first) {
                return Ok((body_index, document, page));
            }
            first += document.pages.len();
        }
        match first {
            0 => Err(Error::NoPages),
            pages => Err(Error::PageNotFound {
                page: index + 1,
                pages,
            }),
        }
    }

    /// The index (from 0, over all documents) of the page with this id in one body.
    pub fn page_index(&self, body: usize, page_id: &str) -> Option<usize> {
        let documents = |range: &[DocBody]| -> usize {
            range
                .iter()
                .filter_map(|b| b.document.as_ref())
                .map(|d| d.pages.len())
                .sum()
        };
        let pages = &self.bodies.get(body)?.document.as_ref()?.pages;
        let within = pages.iter().position(|page| page.id == page_id)?;
        Some(documents(&self.bodies[..body]) + within)
    }

    /// The size of a page: its own area, else the document's, else A4.
    ///
    /// # Errors
    /// [`Error::PageNotFound`]; or why the page's content cannot be read.
    pub fn page_size(&self, index: usize) -> Result<PageSize, Error> {
        let (_, document, page) = self.page(index)?;
        let default = document.default_size.unwrap_or(PageSize::A4);
        let Some(entry) = &page.entry else {
            return Ok(default);
        };
        let text = xml::text(&self.package, entry)?;
        let parsed = xml::parse(entry, &text, self.package.limits())?;
        Ok(read::area(xml::child(parsed.root_element(), "Area")).unwrap_or(default))
    }

    /// Every entry that can be reached from `OFD.xml`, and as what. Worked out once.
    pub fn reach(&self) -> &Reach {
        self.reach
            .get_or_init(|| reach::explore(&self.package, true))
    }

    /// The same without looking into pages, which name few further files and are most of a
    /// document; what is only named by a page is missing.
    pub(crate) fn reach_without_pages(&self) -> Cow<'_, Reach> {
        match self.reach.get() {
            Some(whole) => Cow::Borrowed(whole),
            None => Cow::Owned(reach::explore(&self.package, false)),
        }
    }
}
