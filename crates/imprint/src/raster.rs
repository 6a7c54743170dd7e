use image::{Rgba, RgbaImage};

/// A shape: closed lines in millimetres, y downwards, filled by the non-zero rule.
pub(crate) type Shape = Vec<Vec<(f64, f64)>>;

/// Sub-rows and sub-columns per pixel.
const FINE: usize = 4;

/// Fills shapes with one colour on a clear ground of `side_px` × `side_px` pixels.
pub(crate) fn fill(shapes: &[Shape], side_px: u32, px_per_mm: f64, colour: [u8; 3]) -> RgbaImage {
    let side = side_px as usize;
    let fine = side * FINE;
    let mut row = vec![false; fine];
    let mut coverage = vec![0_u8; side * side];
    for y in 0..fine {
        row.fill(false);
        for shape in shapes {
            fill_row(
                &mut row,
                shape,
                (y as f64 + 0.5) / FINE as f64 / px_per_mm,
                px_per_mm,
            );
        }
        let start = y / FINE * side;
        for (x, inside) in row.iter().enumerate() {
            coverage[start + x / FINE] += u8::from(*inside);
        }
    }
    let full = (FINE * FINE) as u32;
    let [r, g, b] = colour;
    RgbaImage::from_fn(side_px, side_px, |x, y| {
        let inside = u32::from(coverage[y as usize * side + x as usize]);
        Rgba([r, g, b, (inside * 255 / full) as u8])
    })
}

/// Marks where a horizontal line at `y` mm runs inside the shape.
fn fill_row(row: &mut [bool], shape: &Shape, y: f64, px_per_mm: f64) {
    let mut crossings: Vec<(f64, i32)> = Vec::new();
    for line in shape {
        for (i, &(x1, y1)) in line.iter().enumerate() {
            let (x2, y2) = line[(i + 1) % line.len()];
            if (y1 <= y) != (y2 <= y) {
                let x = x1 + (y - y1) / (y2 - y1) * (x2 - x1);
                crossings.push((x, if y1 <= y { 1 } else { -1 }));
            }
        }
    }
    crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
    let column =
        |mm: f64| ((mm * px_per_mm * FINE as f64).round().max(0.0) as usize).min(row.len());
    let mut spans = Vec::new();
    let mut winding = 0;
    let mut from = 0;
    for (x, turn) in crossings {
        if winding == 0 {
            from = column(x);
        }
        winding += turn;
        if winding == 0 {
            spans.push(from..column(x));
        }
    }
    for span in spans {
        row[span].fill(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(at: f64, side: f64) -> Vec<(f64, f64)> {
        vec![
            (at, at),
            (at + side, at),
            (at + side, at + side),
            (at, at + side),
        ]
    }

    #[test]
    fn a_square_with_a_hole_covers_what_it_should() {
        let mut hole = square(3.0, 2.0);
        hole.reverse();
        let picture = fill(&[vec![square(1.0, 6.0), hole]], 80, 10.0, [200, 0, 0]);
        let alpha: u32 = picture.pixels().map(|pixel| u32::from(pixel[3])).sum();
        assert_eq!(alpha / 255, (36 - 4) * 100);
        assert_eq!(picture.get_pixel(40, 40)[3], 0);
        assert_eq!(picture.get_pixel(20, 20), &Rgba([200, 0, 0, 255]));
    }

    #[test]
    fn shapes_that_overlap_are_not_cut_out_of_each_other() {
        let picture = fill(
            &[vec![square(1.0, 3.0)], vec![square(2.0, 3.0)]],
            60,
            10.0,
            [0; 3],
        );
        assert_eq!(picture.get_pixel(30, 30)[3], 255);
    }
}
