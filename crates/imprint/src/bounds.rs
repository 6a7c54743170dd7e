use crate::clean::Crop;

/// The smallest rectangle around the ink of a `width` × `height` mask, leaving out specks: pieces of less than a
/// thousandth of the ink. None where there is no ink worth the name.
pub(crate) fn bounds(mask: &[bool], width: u32, height: u32) -> Option<Crop> {
    let pieces = pieces(mask, width as usize, height as usize);
    let total: usize = pieces.iter().map(|piece| piece.area).sum();
    if total < 12 {
        return None;
    }
    let least = (total / 1000).max(3);
    let whole = pieces
        .iter()
        .filter(|piece| piece.area >= least)
        .copied()
        .reduce(Piece::join)?;
    Some(Crop {
        x: whole.left as u32,
        y: whole.top as u32,
        width: (whole.right - whole.left + 1) as u32,
        height: (whole.bottom - whole.top + 1) as u32,
    })
}

#[derive(Clone, Copy)]
struct Piece {
    area: usize,
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Piece {
    fn join(self, other: Self) -> Self {
        Self {
            area: self.area + other.area,
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// The connected pieces (by sides and corners), by flood filling.
fn pieces(mask: &[bool], width: usize, height: usize) -> Vec<Piece> {
    let mut open = mask.to_vec();
    let mut pieces = Vec::new();
    let mut stack = Vec::new();
    for start in 0..open.len() {
        if !open[start] {
            continue;
        }
        open[start] = false;
        stack.push(start);
        let (x, y) = (start % width, start / width);
        let mut piece = Piece {
            area: 0,
            left: x,
            top: y,
            right: x,
            bottom: y,
        };
        while let Some(at) = stack.pop() {
            let (x, y) = (at % width, at / width);
            piece = piece.join(Piece {
                area: 1,
                left: x,
                top: y,
                right: x,
                bottom: y,
            });
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let next = ny * width + nx;
                    if open[next] {
                        open[next] = false;
                        stack.push(next);
                    }
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(width: u32, height: u32, ink: impl Fn(u32, u32) -> bool) -> Vec<bool> {
        (0..width * height)
            .map(|i| ink(i % width, i / width))
            .collect()
    }

    #[test]
    fn the_bounds_are_those_of_the_ink() {
        let mask = mask(50, 40, |x, y| {
            (10..=29).contains(&x) && (5..=24).contains(&y)
        });
        let found = bounds(&mask, 50, 40);
        assert_eq!(
            found,
            Some(Crop {
                x: 10,
                y: 5,
                width: 20,
                height: 20
            })
        );
    }

    #[test]
    fn a_speck_far_away_does_not_count() {
        let mask = mask(100, 100, |x, y| {
            ((30..70).contains(&x) && (30..70).contains(&y)) || (x, y) == (99, 0)
        });
        let found = bounds(&mask, 100, 100);
        assert_eq!(
            found,
            Some(Crop {
                x: 30,
                y: 30,
                width: 40,
                height: 40
            })
        );
    }

    #[test]
    fn parts_that_do_not_touch_belong_together() {
        let mask = mask(40, 40, |x, y| {
            !(5..35).contains(&x) && (10..20).contains(&y)
        });
        let found = bounds(&mask, 40, 40);
        assert_eq!(
            found,
            Some(Crop {
                x: 0,
                y: 10,
                width: 40,
                height: 10
            })
        );
    }

    #[test]
    fn dust_alone_is_no_ink() {
        assert_eq!(bounds(&mask(50, 50, |x, y| (x, y) == (3, 3)), 50, 50), None);
        assert_eq!(bounds(&[], 0, 0), None);
    }
}
