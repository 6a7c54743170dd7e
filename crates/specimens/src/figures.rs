//! Many cases in sum: the table, and what went wrong by what the cases have in common.

use std::fmt::Write as _;
use std::time::Duration;

use crate::chain::Times;
use crate::overlap::Overlap;
use crate::score::{Filing, Row, SIZE_MM, TURN_DEGREES};
use crate::seal::Form;

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
