//! Outcome beside truth, case by case and in sum.

use std::fmt::Write as _;
use std::time::Duration;

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

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What is measured.
    pub what: String,
    /// The target in words.
    pub target: String,
    /// The figure in words.
    pub figure: String,
    /// How many cases it stands on.
    pub cases: usize,
    /// Whether the target is met; none where there is none.
    pub met: Option<bool>,
}

/// The table of figures.
#[must_use]
pub fn figures(rows: &[Row]) -> Vec<Figure> {
    let mut table = Vec::new();
    let mut line = |what: &str, target: &str, figure: String, cases: usize, met: Option<bool>| {
        table.push(Figure {
            what: what.to_owned(),
            target: target.to_owned(),
            figure,
            cases,
            met: met.filter(|_| cases > 0),
        });
    };
    let filed = share(rows.iter().map(|row| row.filing == Filing::Right));
    line(
        "code read and filed right",
        "≥ 99.5 %",
        percent(filed),
        rows.len(),
        Some(filed >= 0.995),
    );
    let wrong = rows
        .iter()
        .filter(|row| row.filing == Filing::Wrong)
        .count();
    line(
        "filed wrongly",
        "never",
        wrong.to_string(),
        rows.len(),
        Some(wrong == 0),
    );
    let imprints = |scan: Option<bool>| {
        rows.iter()
            .filter(move |row| scan.is_none_or(|s| row.scan == s))
            .filter_map(|row| row.imprint)
    };
    for (scan, most, name) in [(true, SIZE_MM[0], "scans"), (false, SIZE_MM[1], "photos")] {
        let within =
            share(imprints(Some(scan)).map(|i| i.size.is_some_and(|size| size <= most + 1e-3)));
        let mut errors: Vec<f32> = imprints(Some(scan)).filter_map(|i| i.size).collect();
        let median = quantile(&mut errors, 0.5);
        line(
            &format!("size within {most} mm, {name}"),
            "≥ 99 %",
            format!("{} (median error {median:.2} mm)", percent(within)),
            imprints(Some(scan)).count(),
            Some(within >= 0.99),
        );
    }
    for (scan, name) in [
        (None, "all"),
        (Some(true), "scans"),
        (Some(false), "photos"),
    ] {
        let of = |which: fn(Overlap) -> f32| -> Vec<f32> {
            imprints(scan)
                .map(|i| i.overlap.map_or(0.0, which))
                .collect()
        };
        let (mut strict, mut loose) = (of(|o| o.strict), of(|o| o.loose));
        let (median, low) = (quantile(&mut strict, 0.5), quantile(&mut strict, 0.05));
        line(
            &format!("overlap with the true ink, {name}: median, 5th percentile"),
            if scan.is_none() {
                "≥ 0.95, ≥ 0.85"
            } else {
                ""
            },
            format!("{median:.3}, {low:.3}"),
            strict.len(),
            scan.is_none().then_some(median >= 0.95 && low >= 0.85),
        );
        let (median, low) = (quantile(&mut loose, 0.5), quantile(&mut loose, 0.05));
        line(
            &format!("… edges within 0.05 mm, {name}"),
            "",
            format!("{median:.3}, {low:.3}"),
            loose.len(),
            None,
        );
    }
    let mut areas: Vec<f32> = imprints(None)
        .filter_map(|i| i.overlap.map(|o| o.area))
        .collect();
    line(
        "found ink over true ink, by area: median",
        "",
        format!("{:.3}", quantile(&mut areas, 0.5)),
        areas.len(),
        None,
    );
    let figured = || imprints(None).filter(|i| i.form.has_figure());
    let upright = share(figured().map(|i| i.turn.is_some_and(|turn| turn <= TURN_DEGREES)));
    line(
        "upright within 2°, round with star or emblem",
        "≥ 98 %",
        percent(upright),
        figured().count(),
        Some(upright >= 0.98),
    );
    let sure_wrong = share(imprints(None).map(|i| {
        i.sure && i.turn.is_none_or(|turn| turn > TURN_DEGREES) && i.form != Form::Signature
    }));
    line(
        "upright said to be sure, but more than 2° off, all forms",
        "",
        percent(sure_wrong),
        imprints(None).count(),
        None,
    );
    for (what, target) in [
        ("unit's stamp missing", true),
        ("signature missing", true),
        ("imprint missing", false),
        ("two imprints", false),
        ("over the frame", false),
        ("field struck out", false),
        ("copy or grey", false),
    ] {
        let checks = || {
            rows.iter()
                .flat_map(|row| &row.checks)
                .filter(move |check| check.what == what)
        };
        let found = share(checks().filter(|c| c.wrong).map(|c| c.said));
        let alarms = share(checks().filter(|c| !c.wrong).map(|c| c.said));
        let wrong = checks().filter(|c| c.wrong).count();
        line(
            &format!("{what}: found, false alarms"),
            if target { "≥ 99 %, < 1 %" } else { "" },
            format!("{} of {wrong}, {}", percent(found), percent(alarms)),
            checks().count(),
            target.then_some(found >= 0.99 && alarms < 0.01),
        );
    }
    let timed: Vec<&Row> = rows.iter().filter(|row| row.timed && row.form).collect();
    let time = |of: fn(&Times) -> Duration, share: f32| {
        let mut values: Vec<f32> = timed
            .iter()
            .map(|row| of(&row.time).as_secs_f32() * 1000.0)
            .collect();
        quantile(&mut values, share)
    };
    let (median, high) = (time(Times::all, 0.5), time(Times::all, 0.95));
    line(
        "ms of one core per form, A4 at 300 dpi: median, 95th percentile",
        "< 500",
        format!("{median:.0}, {high:.0}"),
        timed.len(),
        Some(high < 500.0),
    );
    line(
        "… of it, median: reading, straightening, cutting out, checking",
        "",
        format!(
            "{:.0}, {:.0}, {:.0}, {:.0}",
            time(|t| t.open, 0.5),
            time(|t| t.straighten, 0.5),
            time(|t| t.cut, 0.5),
            time(|t| t.examine, 0.5)
        ),
        timed.len(),
        None,
    );
    table
}

/// The table as Markdown.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let mut text = "| what | target | measured | cases | |\n|---|---|---:|---:|---|\n".to_owned();
    for figure in figures {
        let met = figure
            .met
            .map_or("", |met| if met { "met" } else { "missed" });
        // Writing to memory never fails.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {met} |",
            figure.what, figure.target, figure.figure, figure.cases
        );
    }
    text
}

/// What went wrong, by figure and by what the cases have in common, as Markdown.
#[must_use]
pub fn failures(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut figures: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.misses)
        .map(|miss| miss.figure)
        .collect();
    figures.sort_unstable();
    figures.dedup();
    let mut all: Vec<&str> = rows
        .iter()
        .flat_map(|row| &row.labels)
        .map(String::as_str)
        .collect();
    all.sort_unstable();
    all.dedup();
    for figure in figures {
        let missed: Vec<&Row> = rows
            .iter()
            .filter(|row| row.misses.iter().any(|m| m.figure == figure))
            .collect();
        let _ = writeln!(
            text,
            "\n## {figure}: {} of {} cases\n",
            missed.len(),
            rows.len()
        );
        let mut shares: Vec<(f32, usize, usize, &str)> = all
            .iter()
            .map(|label| {
                let has = |row: &&Row| row.labels.iter().any(|l| l == label);
                let bad = missed.iter().filter(|row| has(row)).count();
                let of = rows.iter().filter(has).count();
                (bad as f32 / of.max(1) as f32, bad, of, *label)
            })
            .filter(|(_, bad, _, _)| *bad > 0)
            .collect();
        shares.sort_by(|a, b| b.0.total_cmp(&a.0));
        let told: Vec<String> = shares
            .iter()
            .take(12)
            .map(|(_, bad, of, label)| format!("{label} {bad}/{of}"))
            .collect();
        let _ = writeln!(text, "By label: {}\n", told.join("; "));
        let mut missed = missed;
        missed.sort_by(|a, b| worst(b, figure).total_cmp(&worst(a, figure)));
        for row in missed.iter().take(40) {
            let what: Vec<&str> = row
                .misses
                .iter()
                .filter(|m| m.figure == figure)
                .map(|m| m.what.as_str())
                .collect();
            let _ = writeln!(
                text,
                "- {}: {} [{}]",
                row.number,
                what.join("; "),
                row.labels.join(", ")
            );
        }
    }
    text
}

fn worst(row: &Row, figure: &str) -> f32 {
    row.misses
        .iter()
        .filter(|m| m.figure == figure)
        .map(|m| m.weight)
        .fold(0.0, f32::max)
}

fn share(of: impl Iterator<Item = bool>) -> f32 {
    let (mut yes, mut all) = (0, 0);
    for one in of {
        all += 1;
        yes += u32::from(one);
    }
    if all == 0 {
        0.0
    } else {
        yes as f32 / all as f32
    }
}

fn percent(share: f32) -> String {
    format!("{:.2} %", share * 100.0)
}

fn quantile(values: &mut [f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_by(f32::total_cmp);
    values[((values.len() - 1) as f32 * share).round() as usize]
}
