/// A connected piece of ink (by sides and corners), in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) area: usize,
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl Piece {
    fn of_pixel(x: usize, y: usize) -> Self {
        Self {
            area: 1,
            left: x,
            top: y,
            right: x,
            bottom: y,
        }
    }

    /// The two as one.
    pub(crate) fn join(self, other: Self) -> Self {
        Self {
            area: self.area + other.area,
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }
}

/// Which piece each pixel belongs to: 0 for none, otherwise the place in the list plus one.
pub(crate) fn pieces(mask: &[bool], width: usize) -> (Vec<u32>, Vec<Piece>) {
    let mut labels = vec![0_u32; mask.len()];
    let mut pieces = Vec::new();
    let mut stack = Vec::new();
    if width == 0 {
        return (labels, pieces);
    }
    let height = mask.len() / width;
    for start in 0..width * height {
        if !mask[start] || labels[start] != 0 {
            continue;
        }
        let label = pieces.len() as u32 + 1;
        labels[start] = label;
        stack.push(start);
        let mut piece = Piece::of_pixel(start % width, start / width);
        piece.area = 0;
        while let Some(at) = stack.pop() {
            let (x, y) = (at % width, at / width);
            piece = piece.join(Piece::of_pixel(x, y));
            for ny in y.saturating_sub(1)..(y + 2).min(height) {
                for nx in x.saturating_sub(1)..(x + 2).min(width) {
                    let next = ny * width + nx;
                    if mask[next] && labels[next] == 0 {
                        labels[next] = label;
                        stack.push(next);
                    }
                }
            }
        }
        pieces.push(piece);
    }
    (labels, pieces)
}

/// The smallest rectangle around the ink, leaving out specks: pieces of less than a thousandth of the ink. None
/// where there is no ink worth the name.
pub(crate) fn bounds(mask: &[bool], width: usize) -> Option<Piece> {
    let (_, pieces) = pieces(mask, width);
    let total: usize = pieces.iter().map(|piece| piece.area).sum();
    if total < 12 {
        return None;
    }
    let least = (total / 1000).max(3);
    pieces
        .into_iter()
        .filter(|piece| piece.area >= least)
        .reduce(Piece::join)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(width: usize, height: usize, ink: impl Fn(usize, usize) -> bool) -> Vec<bool> {
        (0..width * height)
            .map(|i| ink(i % width, i / width))
            .collect()
    }

    fn sides(piece: Piece) -> (usize, usize, usize, usize) {
        (piece.left, piece.top, piece.right, piece.bottom)
    }

    #[test]
    fn the_bounds_are_those_of_the_ink() {
        let mask = mask(50, 40, |x, y| {
            (10..=29).contains(&x) && (5..=24).contains(&y)
        });
        assert_eq!(bounds(&mask, 50).map(sides), Some((10, 5, 29, 24)));
    }

    #[test]
    fn a_speck_far_away_does_not_count() {
        let mask = mask(100, 100, |x, y| {
            ((30..70).contains(&x) && (30..70).contains(&y)) || (x, y) == (99, 0)
        });
        assert_eq!(bounds(&mask, 100).map(sides), Some((30, 30, 69, 69)));
    }

    #[test]
    fn parts_that_do_not_touch_belong_together() {
        let mask = mask(40, 40, |x, y| {
            !(5..35).contains(&x) && (10..20).contains(&y)
        });
        assert_eq!(bounds(&mask, 40).map(sides), Some((0, 10, 39, 19)));
        let (labels, pieces) = pieces(&mask, 40);
        assert_eq!(pieces.len(), 2);
        assert_eq!((labels[400], labels[439], labels[420]), (1, 2, 0));
    }

    #[test]
    fn dust_alone_is_no_ink() {
        assert_eq!(bounds(&mask(50, 50, |x, y| (x, y) == (3, 3)), 50), None);
        assert_eq!(bounds(&[], 0), None);
    }
}
