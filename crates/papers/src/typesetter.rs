//! The port's adapter: checks the characters, sets the paper, writes the PDF.

use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use fonts::Fonts;
use jiff::tz::TimeZone;
use platform::ports::papers::{Paper, PaperBody, PaperFile, Papers, PapersError};
use serde_json::Value;
use tokio::sync::Semaphore;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::mark::MarkPicture;
use crate::places;
use crate::templates;
use crate::world::{Faces, PaperWorld};

/// How long a caller waits.
const PATIENCE: Duration = Duration::from_secs(180);
/// Renders at the same time: each may take a core and some hundred megabytes.
const AT_ONCE: usize = 2;
/// Results of the typesetter that were not used in so many renders are forgotten.
const MEMORY: usize = 4;
/// From so many lines on, the PDF is written without the structure for screen readers: it would take as long again.
const LONG: usize = 300;
/// Lines of the summary sheet that surely fit a page: so many QR codes are prepared.
const FEWEST_LINES: usize = 10;

/// Sets papers as PDF.
#[derive(Clone)]
pub struct Typesetter {
    set: Option<Arc<TypefaceSet>>,
    places: Arc<Semaphore>,
}

/// Typefaces, ready for use.
struct TypefaceSet {
    fonts: Fonts,
    /// Opened when the first paper is set: to look at characters takes less.
    faces: OnceLock<Arc<Faces>>,
}

impl Typesetter {
    /// With the typefaces that came with the platform. They are opened when they are first needed.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            set: None,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// With these and the typefaces of a folder.
    ///
    /// # Errors
    /// As [`Fonts::with_folder`].
    pub fn with_folder(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            set: Some(Arc::new(TypefaceSet::of(Fonts::with_folder(folder)?))),
            ..Self::embedded()
        })
    }

    fn set(&self) -> Arc<TypefaceSet> {
        static EMBEDDED: LazyLock<Arc<TypefaceSet>> =
            LazyLock::new(|| Arc::new(TypefaceSet::of(Fonts::embedded())));
        Arc::clone(self.set.as_ref().unwrap_or_else(|| &EMBEDDED))
    }
}

impl TypefaceSet {
    fn of(fonts: Fonts) -> Self {
        Self {
            fonts,
            faces: OnceLock::new(),
        }
    }

    fn faces(&self) -> Arc<Faces> {
        let faces = || Arc::new(Faces::of(&self.fonts));
        Arc::clone(self.faces.get_or_init(faces))
    }
}

#[async_trait]
impl Papers for Typesetter {
    async fn render(&self, paper: Paper) -> Result<PaperFile, PapersError> {
        let this = self.clone();
        let work = async move {
            // Never closed.
            let place = Arc::clone(&this.places).acquire_owned().await;
            tokio::task::spawn_blocking(move || {
                // Held until the work is done, also when nobody waits for it any more.
                let _place = place;
                set_paper(&this.set(), &paper)
            })
            .await
            .map_err(|e| PapersError::Failed(e.into()))?
        };
        tokio::time::timeout(PATIENCE, work)
            .await
            .map_err(|_| PapersError::TooSlow)?
    }

    fn undrawable(&self, text: &str) -> Vec<char> {
        self.set().fonts.coverage().undrawable(text)
    }
}

fn set_paper(set: &TypefaceSet, paper: &Paper) -> Result<PaperFile, PapersError> {
    let mut data = serde_json::to_value(paper).map_err(failed)?;
    check(set, &data)?;
    let title = format!("{} {}", paper.kind.name(), paper.number);
    data["title"] = Value::String(title.clone());
    let lines = lines(&paper.body);
    let mut pages = 2 + lines / FEWEST_LINES;
    let document = loop {
        data["marks"] = marks(paper, pages)?;
        let json = serde_json::to_vec(&data).map_err(failed)?;
        let world = PaperWorld::new(set.faces(), templates::of(paper.kind), json);
        let document = typst::compile::<PagedDocument>(&world)
            .output
            .map_err(|faults| failed(told(&faults)))?;
        if document.pages().len() <= pages {
            break document;
        }
        pages = document.pages().len();
    };
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {title}", paper.mark)),
        creator: Smart::Custom(Some("印信 Yinxin".to_owned())),
        timestamp: moment(paper.at),
        tagged: lines < LONG,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|faults| failed(told(&faults)))?;
    let file = PaperFile {
        name: format!("{title}.pdf"),
        media_type: "application/pdf",
        bytes,
        pages: document.pages().len(),
        places: places::places(&document),
    };
    comemo::evict(MEMORY);
    Ok(file)
}

/// Refuses a paper with a character that no typeface has.
fn check(set: &TypefaceSet, data: &Value) -> Result<(), PapersError> {
    let mut lacking = Vec::new();
    gather(set, data, &mut lacking);
    if lacking.is_empty() {
        Ok(())
    } else {
        Err(PapersError::Undrawable(lacking))
    }
}

fn gather(set: &TypefaceSet, value: &Value, lacking: &mut Vec<char>) {
    match value {
        Value::String(text) => {
            for c in set.fonts.coverage().undrawable(text) {
                if !lacking.contains(&c) {
                    lacking.push(c);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|v| gather(set, v, lacking)),
        Value::Object(fields) => fields.values().for_each(|v| gather(set, v, lacking)),
        _ => {}
    }
}

fn marks(paper: &Paper, pages: usize) -> Result<Value, PapersError> {
    let pictures = (1..=pages)
        .map(|page| MarkPicture::of(paper.mark.on_page(u32::try_from(page).unwrap_or(u32::MAX))))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| failed(e.to_string()))?;
    serde_json::to_value(pictures).map_err(failed)
}

/// How many lines a list has.
fn lines(body: &PaperBody) -> usize {
    match body {
        PaperBody::Summary(sheet) => sheet.rows.len(),
        PaperBody::HandOver(list) => list.rows.len(),
        PaperBody::Correction(notice) => notice.points.len(),
        PaperBody::Completion(certificate) => certificate.seals.len(),
        PaperBody::Collection(notice) => notice.seals.len(),
        PaperBody::Cancellation(notice) => notice.seals.len(),
        PaperBody::Introduction(letter) => letter.seals.len(),
        _ => 0,
    }
}

fn moment(at: jiff::Timestamp) -> Option<Timestamp> {
    let utc = at.to_zoned(TimeZone::UTC);
    let number = |n: i8| u8::try_from(n).ok();
    let moment = Datetime::from_ymd_hms(
        i32::from(utc.year()),
        number(utc.month())?,
        number(utc.day())?,
        number(utc.hour())?,
        number(utc.minute())?,
        number(utc.second())?,
    )?;
    Some(Timestamp::new_utc(moment))
}

/// What the typesetter found fault with. Only the templates' own text can be at fault.
fn told(faults: &[SourceDiagnostic]) -> String {
    let faults: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    faults.join("; ")
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PapersError {
    PapersError::Failed(error.into())
}
