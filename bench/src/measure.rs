//! Rates and their medians.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How often everything takes its turn.
pub(crate) const ROUNDS: usize = 5;

/// Calls per second of `work`, over about `time` on one thread.
pub(crate) fn rate<T>(time: Duration, mut work: impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < time {
        for _ in 0..8 {
            black_box(work());
        }
        calls += 8;
    }
    f64::from(calls) / start.elapsed().as_secs_f64()
}

/// The middle one; none of none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// A line of the table: ours, the peer's and how many times the peer's ours is.
pub(crate) fn print_row(what: &str, unit: &str, ours: Vec<f64>, peers: Vec<f64>) {
    let (ours, peers) = (median(ours), median(peers));
    let figure = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0}"));
    let times = match (ours, peers) {
        (Some(ours), Some(peers)) if peers > 0.0 => format!("{:.1}×", ours / peers),
        _ => "–".to_owned(),
    };
    println!(
        "| {what} | {unit} | {} | {} | {times} |",
        figure(ours),
        figure(peers)
    );
}
