//! What the platform makes of an upload, step by step, as it would be done there.

use std::fs;
use std::time::{Duration, Instant};

use imprint::{Cut, CutImprint, Ink, Millimetres, cut};
use platform::ports::papers::PaperMark;
use scan::{Area, How, Limits, Print, Straightened, open, straighten};

use crate::case::{Specimen, Truth};
use crate::seal::Form;

/// Room around the frame that is looked at with it, in mm.
const MARGIN: f32 = 6.0;

/// What came out.
pub struct Outcome {
    /// Why the file could not be read.
    pub refused: Option<&'static str>,
    /// What the platform would file it as.
    pub filed: Option<PaperMark>,
    /// How the sheet was found.
    pub how: Option<How>,
    /// Codes of what was said about the picture.
    pub remarks: Vec<&'static str>,
    /// The upright sheet.
    pub sheet: Option<scan::Sheet>,
    /// The imprint, where there is a frame.
    pub imprint: Option<Found>,
    /// What was found on the form.
    pub findings: Vec<scan::form::FormFinding>,
    /// Time of the thread for all of it.
    pub time: Times,
}

/// The imprint that was cut out.
pub struct Found {
    /// The cut.
    pub cut: Box<CutImprint>,
    /// Where the region began on the page, in mm.
    pub from: (f32, f32),
}

/// Time of the thread by step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    /// Reading the file.
    pub open: Duration,
    /// Finding and straightening.
    pub straighten: Duration,
    /// Cutting out.
    pub cut: Duration,
    /// Checks on the form.
    pub examine: Duration,
}

impl Times {
    /// All of it.
    #[must_use]
    pub fn all(&self) -> Duration {
        self.open + self.straighten + self.cut + self.examine
    }
}

/// Sends a specimen the way of an upload. The print is the page as the platform has it.
#[must_use]
pub fn run(specimen: &Specimen, print: &Print) -> Outcome {
    let mut outcome = Outcome {
        refused: None,
        filed: None,
        how: None,
        remarks: Vec::new(),
        sheet: None,
        imprint: None,
        findings: Vec::new(),
        time: Times::default(),
    };
    let clock = Clock::start();
    let page = open(specimen.bytes.clone(), &Limits::default()).and_then(|upload| upload.page(0));
    outcome.time.open = clock.read();
    let page = match page {
        Ok(page) => page,
        Err(error) => {
            outcome.refused = Some(error.code());
            return outcome;
        }
    };
    let clock = Clock::start();
    let Straightened {
        sheet,
        code,
        how,
        remarks,
        ..
    } = straighten(&page);
    outcome.time.straighten = clock.read();
    outcome.filed = code.and_then(|text| text.parse().ok());
    outcome.how = Some(how);
    outcome.remarks = remarks.iter().map(scan::Remark::code).collect();

    let truth = &specimen.truth;
    let frame = print
        .places
        .iter()
        .find(|place| place.name == "imprint-frame")
        .map(|place| place.area);
    let clock = Clock::start();
    if let Some(frame) = frame {
        outcome.imprint = cut_out(&sheet, frame, truth, page.grey);
    }
    outcome.time.cut = clock.read();
    let clock = Clock::start();
    let expectation = expectation(print, truth).on_grey(page.grey);
    outcome.findings = scan::form::examine(&sheet, print, &expectation);
    outcome.time.examine = clock.read();
    outcome.sheet = Some(sheet);
    outcome
}

fn cut_out(sheet: &scan::Sheet, frame: Area, truth: &Truth, grey: bool) -> Option<Found> {
    let area = frame.grown(MARGIN);
    let region = sheet.crop(&area);
    // The crop begins at a whole pixel. What is printed is told in mm of the print, what was stamped is measured in mm.
    let (px_per_mm, scale) = (sheet.true_px_per_mm(), sheet.print_scale);
    let from = [area.x, area.y].map(|mm| (mm * sheet.px_per_mm).round().max(0.0) / px_per_mm);
    // A case says beforehand whether a personal seal or signature comes.
    let personal = truth
        .imprint
        .as_ref()
        .is_some_and(|i| matches!(i.form, Form::Signature | Form::Square));
    let how = Cut {
        frame: Some(Millimetres {
            x: frame.x * scale - from[0],
            y: frame.y * scale - from[1],
            width: frame.width * scale,
            height: frame.height * scale,
        }),
        source_px_per_mm: Some(sheet.source_px_per_mm),
        grey,
        ..Cut::new(if personal { Ink::Any } else { Ink::Red })
    };
    let cut = cut(&region, px_per_mm, &how).ok()?;
    Some(Found {
        cut: Box::new(cut),
        from: (from[0], from[1]),
    })
}

fn expectation(print: &Print, truth: &Truth) -> scan::form::Expectation {
    if print
        .places
        .iter()
        .any(|place| place.name == "imprint-frame")
    {
        let declared = truth.imprint.as_ref();
        scan::form::Expectation::application_form(scan::form::ExpectedImprint {
            place: "imprint-frame".to_owned(),
            red: declared.is_none_or(|imprint| imprint.red),
            width_mm: declared.map_or(42.0, |imprint| imprint.width_mm),
            height_mm: declared.map_or(42.0, |imprint| imprint.height_mm),
        })
    } else {
        scan::form::Expectation::stamped(1)
    }
}

/// Time that this thread was given by the kernel; where it does not tell, time on the wall.
struct Clock {
    cpu: Option<u64>,
    wall: Instant,
}

impl Clock {
    fn start() -> Self {
        Self {
            cpu: thread_nanoseconds(),
            wall: Instant::now(),
        }
    }

    fn read(&self) -> Duration {
        match (self.cpu, thread_nanoseconds()) {
            (Some(from), Some(to)) => Duration::from_nanos(to - from),
            _ => self.wall.elapsed(),
        }
    }
}

fn thread_nanoseconds() -> Option<u64> {
    fs::read_to_string("/proc/thread-self/schedstat")
        .ok()?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}
