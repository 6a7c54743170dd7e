//! Connected patches of ink.

use crate::geometry::{Point, point};
use crate::grey::Bits;

/// Ink in one row, from `left` up to before `right`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) y: u32,
    pub(crate) left: u32,
    pub(crate) right: u32,
}

/// A patch whose pixels touch at their sides or corners.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) runs: Vec<Run>,
    pub(crate) area: usize,
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) top: u32,
    pub(crate) bottom: u32,
}

impl Blob {
    pub(crate) fn width(&self) -> u32 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> u32 {
        self.bottom - self.top
    }

    /// Both ends of every run, on the edge of the ink.
    pub(crate) fn rim(&self) -> impl Iterator<Item = Point> + '_ {
        self.runs.iter().flat_map(|run| {
            let y = f64::from(run.y) + 0.5;
            [
                point(f64::from(run.left), y),
                point(f64::from(run.right), y),
            ]
        })
    }
}

/// All patches whose box is at least so high or wide, at most so large on either side (pixels).
pub(crate) fn blobs(ink: &Bits, least: u32, most: u32) -> Vec<Blob> {
    let runs = runs(ink);
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    let (mut above, mut above_end) = (0, 0);
    let mut start = 0;
    while start < runs.len() {
        let y = runs[start].y;
        let end = start + runs[start..].iter().take_while(|run| run.y == y).count();
        if above_end > above && runs[above].y + 1 == y {
            let mut upper = above;
            for lower in start..end {
                while upper < above_end && runs[upper].right < runs[lower].left {
                    upper += 1;
                }
                let mut touching = upper;
                while touching < above_end && runs[touching].left <= runs[lower].right {
                    join(&mut parents, touching as u32, lower as u32);
                    touching += 1;
                }
            }
        }
        (above, above_end) = (start, end);
        start = end;
    }
    gather(&runs, &mut parents, least, most)
}

fn runs(ink: &Bits) -> Vec<Run> {
    let mut runs = Vec::new();
    for (y, row) in ink.bits.chunks_exact(ink.width.max(1)).enumerate() {
        let mut x = 0;
        while x < row.len() {
            if row[x] {
                let length = row[x..].iter().take_while(|bit| **bit).count();
                runs.push(Run {
                    y: y as u32,
                    left: x as u32,
                    right: (x + length) as u32,
                });
                x += length;
            } else {
                x += 1;
            }
        }
    }
    runs
}

fn gather(runs: &[Run], parents: &mut [u32], least: u32, most: u32) -> Vec<Blob> {
    let mut boxes: Vec<Option<Blob>> = vec![None; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        let root = root(parents, index as u32) as usize;
        let length = (run.right - run.left) as usize;
        match &mut boxes[root] {
            Some(blob) => {
                blob.area += length;
                blob.left = blob.left.min(run.left);
                blob.right = blob.right.max(run.right);
                blob.top = blob.top.min(run.y);
                blob.bottom = blob.bottom.max(run.y + 1);
            }
            none => {
                *none = Some(Blob {
                    runs: vec![],
                    area: length,
                    left: run.left,
                    right: run.right,
                    top: run.y,
                    bottom: run.y + 1,
                });
            }
        }
    }
    for slot in &mut boxes {
        let fits = slot.as_ref().is_some_and(|blob| {
            blob.width().max(blob.height()) >= least && blob.width().max(blob.height()) <= most
        });
        if !fits {
            *slot = None;
        }
    }
    for (index, run) in runs.iter().enumerate() {
        let root = root(parents, index as u32) as usize;
        if let Some(blob) = &mut boxes[root] {
            blob.runs.push(*run);
        }
    }
    boxes.into_iter().flatten().collect()
}

fn root(parents: &mut [u32], mut of: u32) -> u32 {
    while parents[of as usize] != of {
        parents[of as usize] = parents[parents[of as usize] as usize];
        of = parents[of as usize];
    }
    of
}

fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    let (low, high) = (a.min(b), a.max(b));
    parents[high as usize] = low;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(rows: &[&str]) -> Bits {
        Bits {
            width: rows[0].len(),
            height: rows.len(),
            bits: rows
                .iter()
                .flat_map(|row| row.chars().map(|c| c == '#'))
                .collect(),
        }
    }

    #[test]
    fn patches_that_touch_below_are_one() {
        let found = blobs(
            &bits(&["#..#...#", "#..#....", "####...#", ".......#"]),
            1,
            100,
        );
        let mut areas: Vec<usize> = found.iter().map(|blob| blob.area).collect();
        areas.sort_unstable();
        assert_eq!(areas, [1, 2, 8]);
        let cup = found.iter().find(|blob| blob.area == 8).unwrap();
        assert_eq!((cup.width(), cup.height(), cup.runs.len()), (4, 3, 5));
    }
}
