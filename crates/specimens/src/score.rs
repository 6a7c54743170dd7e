//! Outcome beside truth, case by case.

use scan::How;
use scan::form::FormFault;

use crate::case::Specimen;
use crate::chain::{Outcome, Times};
use crate::overlap::{Overlap, overlap};
use crate::seal::Form;

/// What one case came to.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its number in the split.
    pub number: u64,
    /// What was done to it.
    pub labels: Vec<String>,
    /// A scan rather than a photo.
    pub scan: bool,
    /// An upright scan of a whole sheet at 300 dpi, by which time is measured.
    pub timed: bool,
    /// With an application form's frame.
    pub form: bool,
    /// Filed right, not filed, or filed wrongly.
    pub filing: Filing,
    /// The imprint, where one single imprint stands in the frame and the picture has colours.
    pub imprint: Option<ImprintRow>,
    /// Checks: what should have been said, and whether it was.
    pub checks: Vec<Check>,
    /// Time of the thread.
    pub time: Times,
    /// What went wrong.
    pub misses: Vec<Miss>,
}

/// What filing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filing {
    /// Under its own mark.
    Right,
    /// Under none: offered by likeness.
    None,
    /// Under another's.
    Wrong,
}

/// An imprint's figures.
#[derive(Debug, Clone, Copy)]
pub struct ImprintRow {
    /// Outer form.
    pub form: Form,
    /// Larger of the errors of width and height in mm; none where nothing was cut out.
    pub size: Option<f32>,
    /// Overlap with the true ink.
    pub overlap: Option<Overlap>,
    /// Error of the proposed turn in degrees.
    pub turn: Option<f32>,
    /// The proposal said it was sure.
    pub sure: bool,
}

/// One check on a form.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What is checked.
    pub what: &'static str,
    /// Whether something is wrong in truth.
    pub wrong: bool,
    /// Whether it was said.
    pub said: bool,
}

/// One thing that went wrong.
#[derive(Debug, Clone)]
pub struct Miss {
    /// Which figure it counts against.
    pub figure: &'static str,
    /// How bad, for the order of the report.
    pub weight: f32,
    /// In words.
    pub what: String,
}

/// Largest error of size that passes, in mm: scans and photos.
pub const SIZE_MM: [f32; 2] = [0.3, 0.6];
/// Largest error of the turn that passes, in degrees.
pub const TURN_DEGREES: f32 = 2.0;
/// Overlap below which a case is looked at.
const OVERLAP: f32 = 0.85;

impl Row {
    /// Compares.
    #[must_use]
    pub fn of(specimen: &Specimen, outcome: &Outcome) -> Self {
        let truth = &specimen.truth;
        let dpi = truth.px_per_mm * 25.4;
        let mut labels: Vec<String> = specimen
            .labels
            .iter()
            .map(|label| (*label).to_owned())
            .collect();
        labels.push(format!(
            "{} {} dpi",
            if truth.scan { "scan" } else { "photo" },
            coarse(dpi)
        ));
        labels.push(truth.kind.code().to_owned());
        if let Some(imprint) = &truth.imprint {
            labels.push(imprint.form.name().to_owned());
        }
        labels.push(match outcome.how {
            Some(How::CornerMarks) => "by corner marks".to_owned(),
            Some(How::CodeOnly) => "by the code only".to_owned(),
            Some(How::PageEdges) => "by the page's edges".to_owned(),
            Some(How::WholePicture) => "whole picture".to_owned(),
            _ => "not opened".to_owned(),
        });
        let mut row = Self {
            number: specimen.number,
            scan: truth.scan,
            timed: truth.scan && coarse(dpi) == 300 && !specimen.labels.contains(&"page turned"),
            form: truth.approver.is_some(),
            filing: match outcome.filed {
                Some(mark) if mark == truth.mark => Filing::Right,
                Some(_) => Filing::Wrong,
                None => Filing::None,
            },
            imprint: None,
            checks: Vec::new(),
            time: outcome.time,
            misses: Vec::new(),
            labels,
        };
        match row.filing {
            Filing::Right => {}
            Filing::None => row.miss("filing", 60.0, format!("not filed ({:?})", outcome.refused)),
            Filing::Wrong => row.miss("filing", 1000.0, format!("filed as {:?}", outcome.filed)),
        }
        row.measure(specimen, outcome);
        row.check(specimen, outcome);
        row
    }

    fn miss(&mut self, figure: &'static str, weight: f32, what: String) {
        self.misses.push(Miss {
            figure,
            weight,
            what,
        });
    }

    fn measure(&mut self, specimen: &Specimen, outcome: &Outcome) {
        let truth = &specimen.truth;
        let Some(imprint) = truth
            .imprint
            .as_ref()
            .filter(|_| !truth.grey && truth.imprints == 1)
        else {
            return;
        };
        let mut measured = ImprintRow {
            form: imprint.form,
            size: None,
            overlap: None,
            turn: None,
            sure: false,
        };
        if let Some(found) = &outcome.imprint {
            let cut = &found.cut;
            let (dx, dy) = (
                cut.width_mm - imprint.width_mm,
                cut.height_mm - imprint.height_mm,
            );
            let error = dx.abs().max(dy.abs());
            measured.size = Some(error);
            if error > SIZE_MM[usize::from(!self.scan)] + 1e-3 {
                self.miss(
                    "size",
                    20.0 + error.min(30.0),
                    format!(
                        "size off by {dx:+.1} × {dy:+.1} mm of {:.1} × {:.1}",
                        imprint.width_mm, imprint.height_mm
                    ),
                );
            }
            let over = overlap(cut, found.from, imprint);
            if over.strict < OVERLAP {
                self.miss(
                    "overlap",
                    (1.0 - over.strict) * 40.0,
                    format!(
                        "overlap {:.3} (loose {:.3}, area {:.2}, moved {:.2} mm)",
                        over.strict, over.loose, over.area, over.moved_mm
                    ),
                );
            }
            measured.overlap = Some(over);
            let turn = (cut.turn_degrees + imprint.turn_degrees + 540.0).rem_euclid(360.0) - 180.0;
            measured.turn = Some(turn.abs());
            measured.sure = cut.turn_sure;
            if imprint.form.has_figure() && turn.abs() > TURN_DEGREES {
                let weight = if cut.turn_sure { 25.0 } else { 15.0 };
                self.miss(
                    "upright",
                    weight,
                    format!("turn off by {turn:+.1}°, sure: {}", cut.turn_sure),
                );
            }
        } else {
            self.miss("size", 55.0, "nothing cut out".to_owned());
        }
        self.imprint = Some(measured);
    }

    fn check(&mut self, specimen: &Specimen, outcome: &Outcome) {
        let truth = &specimen.truth;
        let said = |fault: FormFault, place: Option<&str>| {
            outcome
                .findings
                .iter()
                .any(|f| f.fault == fault && place.is_none_or(|p| f.place.as_deref() == Some(p)))
        };
        let mut checks = Vec::new();
        let mut check = |what, wrong, said| checks.push(Check { what, wrong, said });
        // A blank page says so once instead of naming each place.
        let blank = said(FormFault::Blank, None);
        if !truth.grey {
            check(
                "unit's stamp missing",
                !truth.unit_stamp,
                blank || said(FormFault::StampMissing, Some("unit-stamp")),
            );
        }
        for (there, place) in [
            (truth.approver, "approver-signature"),
            (truth.agent, "agent-signature"),
        ] {
            if let Some(there) = there {
                check(
                    "signature missing",
                    !there,
                    blank || said(FormFault::SignatureMissing, Some(place)),
                );
            }
        }
        if self.form {
            let missing = truth.imprints == 0;
            if !truth.grey {
                check(
                    "imprint missing",
                    missing,
                    blank || said(FormFault::ImprintMissing, None),
                );
            }
            if !missing && !truth.grey {
                let reasons = outcome
                    .imprint
                    .as_ref()
                    .map(|found| &found.cut.quality.reasons);
                let told = |remark| reasons.is_some_and(|reasons| reasons.contains(&remark));
                check(
                    "two imprints",
                    truth.imprints > 1,
                    said(FormFault::ImprintSeveral, None) || told(imprint::Remark::TwoImprints),
                );
                if truth.imprints == 1 {
                    check(
                        "over the frame",
                        truth.over_line,
                        said(FormFault::ImprintOverFrame, None)
                            || told(imprint::Remark::OutsideFrame),
                    );
                }
            }
            let altered = [
                FormFault::FieldAltered,
                FormFault::FieldStruckOut,
                FormFault::FieldCovered,
            ];
            check(
                "field struck out",
                truth.struck.is_some(),
                altered.iter().any(|fault| said(*fault, None)),
            );
            if truth.imprints > 0 && truth.imprint.as_ref().is_some_and(|imprint| imprint.red) {
                let told = outcome.imprint.as_ref().is_some_and(|found| {
                    let reasons = &found.cut.quality.reasons;
                    [
                        imprint::Remark::BlackCopy,
                        imprint::Remark::GreyScan,
                        imprint::Remark::NotRed,
                    ]
                    .iter()
                    .any(|r| reasons.contains(r))
                });
                check(
                    "copy or grey",
                    truth.grey,
                    told || said(FormFault::StampNotRed, None)
                        || outcome.remarks.contains(&"scan_grey"),
                );
            }
        }
        for check in &checks {
            if check.wrong != check.said {
                let what = if check.wrong {
                    format!("{}: not said", check.what)
                } else {
                    format!("{}: false alarm", check.what)
                };
                self.miss(check.what, 18.0, what);
            }
        }
        self.checks = checks;
    }
}

fn coarse(dpi: f32) -> u32 {
    let steps = [150.0_f32, 200.0, 300.0, 400.0, 600.0];
    let nearest = steps
        .into_iter()
        .min_by(|a, b| (a / dpi).ln().abs().total_cmp(&(b / dpi).ln().abs()));
    nearest.unwrap_or(dpi) as u32
}
