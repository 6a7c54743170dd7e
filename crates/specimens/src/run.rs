//! Many cases on several threads, each paper set once.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scan::Print;

use crate::blank::Blank;
use crate::case::{PER_PAPER, Specimen, Split, blank_of, draw};
use crate::chain::{Outcome, run};
use crate::report::Exhibit;
use crate::score::Row;

/// Resolution of the print that a page is compared with.
pub const PRINT_DPI: u32 = 150;

/// The page as the platform has it.
///
/// # Errors
/// The paper cannot be drawn.
pub fn print_of(blank: &mut Blank) -> Result<Print, String> {
    let page = blank.page(PRINT_DPI)?;
    let (picture, px_per_mm) = (page.picture.clone(), page.px_per_mm);
    Ok(Print {
        picture,
        px_per_mm,
        places: blank.places().to_vec(),
    })
}

/// Draws one case and sends it the whole way.
///
/// # Errors
/// The specimen cannot be drawn.
pub fn case(split: Split, number: u64, blank: &mut Blank) -> Result<(Specimen, Outcome), String> {
    let print = print_of(blank)?;
    let specimen = draw(split, number, blank)?;
    let outcome = run(&specimen, &print);
    Ok((specimen, outcome))
}

/// Scores cases.
///
/// # Errors
/// A specimen cannot be drawn.
pub fn score(
    split: Split,
    numbers: impl IntoIterator<Item = u64>,
    threads: usize,
) -> Result<Vec<Row>, String> {
    let mut papers: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for number in numbers {
        papers.entry(number / PER_PAPER).or_default().push(number);
    }
    let papers: Vec<Vec<u64>> = papers.into_values().collect();
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    let work = || -> Result<(), String> {
        while let Some(numbers) = papers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut blank = blank_of(split, numbers[0])?;
            for number in numbers {
                let (specimen, outcome) = case(split, *number, &mut blank)?;
                let row = Row::of(&specimen, &outcome);
                rows.lock().map_err(|_| "a thread failed")?.push(row);
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            worker
                .join()
                .map_err(|_| "a case made the program stop".to_owned())??;
        }
        Ok::<(), String>(())
    })?;
    let mut rows = rows.into_inner().map_err(|_| "a thread failed")?;
    rows.sort_by_key(|row| row.number);
    Ok(rows)
}

/// The worst cases, drawn again for the report.
///
/// # Errors
/// A specimen cannot be drawn.
pub fn exhibits(split: Split, rows: &[Row], most: usize) -> Result<Vec<Exhibit>, String> {
    let weight = |row: &Row| -> f32 { row.misses.iter().map(|miss| miss.weight).sum() };
    let mut worst: Vec<&Row> = rows.iter().filter(|row| !row.misses.is_empty()).collect();
    worst.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
    worst
        .into_iter()
        .take(most)
        .map(|row| {
            let mut blank = blank_of(split, row.number)?;
            let (specimen, outcome) = case(split, row.number, &mut blank)?;
            Ok(Exhibit::of(row.clone(), &specimen, &outcome))
        })
        .collect()
}
