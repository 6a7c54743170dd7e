use image::RgbImage;

/// The colour of the bare paper everywhere in a picture, as light, shadow and the camera's cast have it.
pub(crate) struct Paper {
    cell: usize,
    columns: usize,
    rows: usize,
    colours: Vec<[f32; 3]>,
}

/// Side of the cells in which paper is looked for, in mm.
const CELL_MM: f32 = 2.0;
/// A cell whose red stands this much more above its green than in the paper around it is covered with ink.
const TINT: f32 = 0.055;

impl Paper {
    /// Looks for the paper of a picture that is mostly paper.
    pub(crate) fn of(picture: &RgbImage, px_per_mm: f32) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let cell = ((px_per_mm * CELL_MM).round() as usize)
            .clamp(4, 64)
            .max(width.max(height) / 128 + 1);
        let (columns, rows) = (width.div_ceil(cell).max(1), height.div_ceil(cell).max(1));
        let overall = overall(picture);
        let mut seen = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                seen.push(brightest(picture, column * cell, row * cell, cell, overall));
            }
        }
        let bare = bare(&seen, columns, rows, overall);
        let mut colours = seen;
        fill_in(&mut colours, &bare, columns, rows, overall);
        let colours = softened(&colours, columns, rows);
        Self {
            cell,
            columns,
            rows,
            colours,
        }
    }

    /// The paper's colour along a row of the picture, 0 to 255.
    pub(crate) fn row(&self, y: usize, line: &mut [[f32; 3]]) {
        let (above, below, down) = place(y, self.cell, self.rows);
        let mut known: Vec<[f32; 3]> = Vec::with_capacity(self.columns);
        for column in 0..self.columns {
            let (a, b) = (
                self.colours[above * self.columns + column],
                self.colours[below * self.columns + column],
            );
            known.push(mix(a, b, down));
        }
        for (x, colour) in line.iter_mut().enumerate() {
            let (left, right, across) = place(x, self.cell, self.columns);
            *colour = mix(known[left], known[right], across);
        }
    }

    /// The mean of the paper's brightness over its brightest: 1 for even light.
    pub(crate) fn evenness(&self) -> f32 {
        let bright = |c: &[f32; 3]| c[1];
        let most = self.colours.iter().map(bright).fold(1.0, f32::max);
        let least = self.colours.iter().map(bright).fold(most, f32::min);
        least / most
    }
}

/// The cells on both sides of a pixel and how far it is from the first to the second.
fn place(at: usize, cell: usize, count: usize) -> (usize, usize, f32) {
    let position = (at as f32 + 0.5) / cell as f32 - 0.5;
    let first = position.floor().max(0.0);
    let share = (position - first).clamp(0.0, 1.0);
    let first = (first as usize).min(count - 1);
    (first, (first + 1).min(count - 1), share)
}

fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    std::array::from_fn(|k| a[k] + (b[k] - a[k]) * share)
}

/// The mean of the pixels around the commonest brightness of the brighter part.
fn overall(picture: &RgbImage) -> [f32; 3] {
    let darkest = |pixel: &image::Rgb<u8>| pixel[0].min(pixel[1]).min(pixel[2]);
    let mut histogram = [0_u32; 256];
    for pixel in picture.pixels() {
        histogram[usize::from(darkest(pixel))] += 1;
    }
    let around = |level: usize| -> u32 {
        histogram[level.saturating_sub(4)..(level + 5).min(256)]
            .iter()
            .sum()
    };
    // Dark rooms have dark paper, but paper is never the darker half of what is there.
    let total: u32 = histogram.iter().sum();
    let mut below = 0;
    let middle = (0..256)
        .find(|&level| {
            below += histogram[level];
            below * 2 >= total
        })
        .unwrap_or(96);
    let least = middle.saturating_sub(40).min(96);
    let level = (least..256)
        .max_by_key(|&level| around(level))
        .unwrap_or(255);
    let mut sums = [0_f64; 3];
    let mut count = 0.0;
    for pixel in picture
        .pixels()
        .filter(|p| usize::from(darkest(p)).abs_diff(level) <= 6)
    {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += f64::from(value);
        }
        count += 1.0;
    }
    if count == 0.0 {
        [255.0; 3]
    } else {
        sums.map(|sum| ((sum / count) as f32).max(8.0))
    }
}

/// The mean colour of the brightest part of a cell.
fn brightest(picture: &RgbImage, x: usize, y: usize, cell: usize, overall: [f32; 3]) -> [f32; 3] {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let bytes = picture.as_raw();
    let lightness = |pixel: &[u8]| -> usize {
        let least = (0..3)
            .map(|k| f32::from(pixel[k]) / overall[k])
            .fold(f32::INFINITY, f32::min);
        ((least * 128.0) as usize).min(255)
    };
    let mut histogram = [0_u32; 256];
    let mut count = 0;
    let (right, bottom) = ((x + cell).min(width), (y + cell).min(height));
    for row in y..bottom {
        for pixel in bytes[(row * width + x) * 3..(row * width + right) * 3].chunks_exact(3) {
            histogram[lightness(pixel)] += 1;
            count += 1;
        }
    }
    if count == 0 {
        return overall;
    }
    let mut above = 0;
    let upper = (0..256)
        .rev()
        .find(|&level| {
            above += histogram[level];
            above * 4 >= count
        })
        .unwrap_or(0);
    let least = upper.saturating_sub(9);
    let mut sums = [0.0_f64; 3];
    let mut taken = 0.0;
    for row in y..bottom {
        for pixel in bytes[(row * width + x) * 3..(row * width + right) * 3].chunks_exact(3) {
            if lightness(pixel) >= least {
                taken += 1.0;
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += f64::from(*value);
                }
            }
        }
    }
    sums.map(|sum| ((sum / f64::max(taken, 1.0)) as f32).max(1.0))
}

/// Which cells show paper: not those whose brightest part is tinted red or is black.
fn bare(seen: &[[f32; 3]], columns: usize, rows: usize, overall: [f32; 3]) -> Vec<bool> {
    const REACH: usize = 6;
    let tint = |c: &[f32; 3]| (c[0] / overall[0]) / (c[1] / overall[1]).max(0.01);
    let mut around = Vec::new();
    (0..seen.len())
        .map(|i| {
            let (column, row) = (i % columns, i / columns);
            around.clear();
            for y in row.saturating_sub(REACH)..(row + REACH + 1).min(rows) {
                for x in column.saturating_sub(REACH)..(column + REACH + 1).min(columns) {
                    around.push(tint(&seen[y * columns + x]));
                }
            }
            let paper = crate::plane::quantile(&mut around, 0.25);
            let bright = seen[i][1] / overall[1];
            bright > 0.3 && tint(&seen[i]) < paper + TINT
        })
        .collect()
}

/// Carries the colour of the paper over the cells that do not show it, from the nearest that do.
fn fill_in(
    colours: &mut [[f32; 3]],
    bare: &[bool],
    columns: usize,
    rows: usize,
    overall: [f32; 3],
) {
    let mut known = bare.to_vec();
    if !known.contains(&true) {
        colours.fill(overall);
        return;
    }
    while known.contains(&false) {
        let mut next = Vec::new();
        for i in (0..colours.len()).filter(|&i| !known[i]) {
            let (column, row) = (i % columns, i / columns);
            let mut sum = [0.0; 3];
            let mut count = 0.0;
            for y in row.saturating_sub(1)..(row + 2).min(rows) {
                for x in column.saturating_sub(1)..(column + 2).min(columns) {
                    if known[y * columns + x] {
                        count += 1.0;
                        for (sum, value) in sum.iter_mut().zip(colours[y * columns + x]) {
                            *sum += value;
                        }
                    }
                }
            }
            if count > 0.0 {
                next.push((i, sum.map(|sum: f32| sum / count)));
            }
        }
        for (i, colour) in next {
            colours[i] = colour;
            known[i] = true;
        }
    }
    // What was carried from several sides is evened out.
    for _ in 0..6 {
        let before = softened(colours, columns, rows);
        for (i, colour) in colours.iter_mut().enumerate().filter(|(i, _)| !bare[*i]) {
            *colour = before[i];
        }
    }
}

fn softened(colours: &[[f32; 3]], columns: usize, rows: usize) -> Vec<[f32; 3]> {
    (0..colours.len())
        .map(|i| {
            let (column, row) = (i % columns, i / columns);
            let mut sum = [0.0; 3];
            let mut count = 0.0;
            for y in row.saturating_sub(1)..(row + 2).min(rows) {
                for x in column.saturating_sub(1)..(column + 2).min(columns) {
                    count += 1.0;
                    for (sum, value) in sum.iter_mut().zip(colours[y * columns + x]) {
                        *sum += value;
                    }
                }
            }
            sum.map(|sum: f32| sum / count)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    #[test]
    fn paper_under_a_red_disc_is_that_of_its_surroundings() {
        let shade = |x: u32| 250.0 - x as f32 * 0.2;
        let picture = RgbImage::from_fn(400, 400, |x, y| {
            let light = shade(x);
            let inside = (x as f32 - 200.0).hypot(y as f32 - 200.0) < 60.0;
            let ink = if inside {
                [0.9, 0.2, 0.2]
            } else {
                [1.0, 0.97, 0.9]
            };
            Rgb(ink.map(|share| (light * share) as u8))
        });
        let paper = Paper::of(&picture, 10.0);
        let mut line = vec![[0.0; 3]; 400];
        paper.row(200, &mut line);
        for x in [20_u32, 150, 200, 250, 380] {
            let [r, g, b] = line[x as usize];
            assert!((r - shade(x)).abs() < 6.0, "{x}: {r}");
            assert!((g - shade(x) * 0.97).abs() < 6.0, "{x}: {g}");
            assert!((b - shade(x) * 0.9).abs() < 6.0, "{x}: {b}");
        }
    }

    #[test]
    fn tiny_pictures_have_paper_too() {
        for (width, height) in [(1, 1), (1, 9), (300, 1)] {
            let picture = RgbImage::from_pixel(width, height, Rgb([200, 0, 0]));
            let paper = Paper::of(&picture, 11.8);
            let mut line = vec![[0.0; 3]; width as usize];
            paper.row(0, &mut line);
            assert!(line.iter().flatten().all(|value| value.is_finite()));
        }
    }
}
