//! A small sample of what `cargo xtask imprints` measures at large, with room to spare, so that a step back is seen.

use specimens::case::{PER_PAPER, Split, blank_of};
use specimens::run::{case, score};
use specimens::score::{Filing, Row, SIZE_MM, TURN_DEGREES};

/// How many of a sample.
fn count(rows: &[Row], which: impl Fn(&Row) -> bool) -> usize {
    rows.iter().filter(|row| which(row)).count()
}

#[test]
fn returned_papers_are_filed_measured_and_checked() {
    // A few cases of each of eight papers.
    let numbers = (0..8).flat_map(|paper| (0..4).map(move |i| paper * PER_PAPER + i));
    let rows = score(Split::Tune, numbers, 2).unwrap();
    assert_eq!(rows.len(), 32);
    assert_eq!(count(&rows, |row| row.filing == Filing::Wrong), 0);
    assert!(count(&rows, |row| row.filing == Filing::Right) >= 29);

    let imprints: Vec<_> = rows
        .iter()
        .filter_map(|row| row.imprint.map(|imprint| (row.scan, imprint)))
        .collect();
    assert!(imprints.len() >= 15);
    let sized = imprints.iter().filter(|(scan, i)| {
        i.size
            .is_some_and(|mm| mm <= SIZE_MM[usize::from(!scan)] + 1e-3)
    });
    assert!(imprints.len() - sized.count() <= 2, "{imprints:?}");
    let mut overlaps: Vec<f32> = imprints
        .iter()
        .map(|(_, i)| i.overlap.map_or(0.0, |overlap| overlap.strict))
        .collect();
    overlaps.sort_by(f32::total_cmp);
    assert!(overlaps[overlaps.len() / 2] > 0.88, "{overlaps:?}");
    let figured = || imprints.iter().filter(|(_, i)| i.form.has_figure());
    let upright = figured()
        .filter(|(_, i)| i.turn.is_some_and(|turn| turn <= TURN_DEGREES))
        .count();
    assert!(figured().count() - upright <= 2, "{imprints:?}");

    let checks = || {
        rows.iter()
            .flat_map(|row| &row.checks)
            .filter(|c| ["unit's stamp missing", "signature missing"].contains(&c.what))
    };
    assert!(checks().filter(|check| check.wrong).count() >= 4);
    assert!(checks().filter(|check| check.wrong != check.said).count() <= 2);
}

/// The scorer is no yes-man: what is not true costs a case its figures.
#[test]
fn a_wrong_answer_is_noticed() {
    let mut blank = blank_of(Split::Tune, 0).unwrap();
    let found = (0..PER_PAPER).find_map(|number| {
        let (specimen, outcome) = case(Split::Tune, number, &mut blank).unwrap();
        let row = Row::of(&specimen, &outcome);
        (row.misses.is_empty() && row.imprint.is_some() && specimen.truth.unit_stamp)
            .then_some((specimen, outcome))
    });
    let (mut specimen, outcome) = found.unwrap();
    specimen.truth.mark = specimen.truth.mark.on_page(2);
    specimen.truth.unit_stamp = false;
    let imprint = specimen.truth.imprint.as_mut().unwrap();
    imprint.width_mm += 1.0;
    imprint.turn_degrees += 10.0;
    let half = imprint.impression.ink.len() / 2;
    imprint.impression.ink[..half].fill(0);
    let row = Row::of(&specimen, &outcome);
    assert_eq!(row.filing, Filing::Wrong);
    for figure in ["filing", "size", "overlap", "unit's stamp missing"] {
        assert!(
            row.misses.iter().any(|miss| miss.figure == figure),
            "{figure}: {:?}",
            row.misses
        );
    }
}
