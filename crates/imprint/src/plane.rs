/// A picture of one number per pixel. Positions are in pixels, whole numbers at the pixels' centres.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            values: vec![0.0; width * height],
        }
    }

    pub(crate) fn from_fn(
        width: usize,
        height: usize,
        mut value: impl FnMut(usize, usize) -> f32,
    ) -> Self {
        let mut values = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                values.push(value(x, y));
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    /// The value at a pixel, nothing outside.
    pub(crate) fn at(&self, x: i64, y: i64) -> f32 {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            0.0
        } else {
            self.values[y as usize * self.width + x as usize]
        }
    }

    /// Between pixels, by straight lines.
    pub(crate) fn linear(&self, x: f32, y: f32) -> f32 {
        if !(x > -1.0 && y > -1.0 && x < self.width as f32 && y < self.height as f32) {
            return 0.0;
        }
        let (left, top) = (x.floor(), y.floor());
        let (dx, dy) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        let upper = self.at(left, top) * (1.0 - dx) + self.at(left + 1, top) * dx;
        let lower = self.at(left, top + 1) * (1.0 - dx) + self.at(left + 1, top + 1) * dx;
        upper * (1.0 - dy) + lower * dy
    }

    /// Between pixels, by Catmull and Rom's curves: keeps edges where they are when a picture is made larger.
    pub(crate) fn smooth(&self, x: f32, y: f32) -> f32 {
        if !(x > -1.0 && y > -1.0 && x < self.width as f32 && y < self.height as f32) {
            return 0.0;
        }
        let (left, top) = (x.floor(), y.floor());
        let (across, down) = (cubic(x - left), cubic(y - top));
        let (left, top) = (left as i64, top as i64);
        let mut sum = 0.0;
        for (j, weight) in down.into_iter().enumerate() {
            let row = top + j as i64 - 1;
            let line: f32 = across
                .iter()
                .enumerate()
                .map(|(i, weight)| weight * self.at(left + i as i64 - 1, row))
                .sum();
            sum += weight * line;
        }
        sum
    }

    /// The mean over a square of `2 · radius + 1` pixels, what is outside left out.
    pub(crate) fn blurred(&self, radius: usize) -> Self {
        if radius == 0 || self.values.is_empty() {
            return self.clone();
        }
        let mut lines = Self::new(self.width, self.height);
        for (from, to) in self
            .values
            .chunks_exact(self.width)
            .zip(lines.values.chunks_exact_mut(self.width))
        {
            running_mean(from, to, radius);
        }
        // The columns all at once, so that memory is walked along the rows.
        let mut out = Self::new(self.width, self.height);
        let mut sums = vec![0.0_f64; self.width];
        let row = |y: usize| &lines.values[y * self.width..(y + 1) * self.width];
        for y in 0..radius.min(self.height) {
            for (sum, value) in sums.iter_mut().zip(row(y)) {
                *sum += f64::from(*value);
            }
        }
        for y in 0..self.height {
            if y + radius < self.height {
                for (sum, value) in sums.iter_mut().zip(row(y + radius)) {
                    *sum += f64::from(*value);
                }
            }
            if y > radius {
                for (sum, value) in sums.iter_mut().zip(row(y - radius - 1)) {
                    *sum -= f64::from(*value);
                }
            }
            let count = (y + radius + 1).min(self.height) - y.saturating_sub(radius);
            let line = &mut out.values[y * self.width..(y + 1) * self.width];
            for (value, sum) in line.iter_mut().zip(&sums) {
                *value = (*sum / count as f64) as f32;
            }
        }
        out
    }
}

fn running_mean(from: &[f32], to: &mut [f32], radius: usize) {
    let mut sum: f64 = from.iter().take(radius).copied().map(f64::from).sum();
    for i in 0..from.len() {
        if let Some(next) = from.get(i + radius) {
            sum += f64::from(*next);
        }
        if i > radius {
            sum -= f64::from(from[i - radius - 1]);
        }
        let count = (i + radius + 1).min(from.len()) - i.saturating_sub(radius);
        to[i] = (sum / count as f64) as f32;
    }
}

fn cubic(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        (-t3 + 2.0 * t2 - t) / 2.0,
        (3.0 * t3 - 5.0 * t2 + 2.0) / 2.0,
        (-3.0 * t3 + 4.0 * t2 + t) / 2.0,
        (t3 - t2) / 2.0,
    ]
}

/// The value that a share of the values stay below; the order of the values is lost. 0 of nothing.
pub(crate) fn quantile(values: &mut [f32], share: f32) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let at = (((values.len() - 1) as f32 * share).round() as usize).min(values.len() - 1);
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_is_the_mean_of_what_is_there() {
        let plane = Plane::from_fn(5, 4, |x, y| (x + 10 * y) as f32);
        let blurred = plane.blurred(1);
        assert_eq!(blurred.at(0, 0), (0.0 + 1.0 + 10.0 + 11.0) / 4.0);
        assert_eq!(blurred.at(2, 2), 22.0);
        let wide = plane.blurred(50);
        assert!(wide.values.iter().all(|v| (v - 17.0).abs() < 1e-4));
    }

    #[test]
    fn between_pixels_a_slope_stays_a_slope() {
        let plane = Plane::from_fn(8, 8, |x, _| x as f32);
        assert!((plane.linear(3.25, 4.0) - 3.25).abs() < 1e-5);
        assert!((plane.smooth(3.25, 4.0) - 3.25).abs() < 1e-5);
        assert_eq!(plane.linear(f32::NAN, 0.0), 0.0);
        assert_eq!(plane.smooth(-5.0, 0.0), 0.0);
    }

    #[test]
    fn quantiles_of_little_are_defined() {
        assert_eq!(quantile(&mut [], 0.5), 0.0);
        assert_eq!(quantile(&mut [3.0], 0.9), 3.0);
        assert_eq!(quantile(&mut [3.0, 1.0, 2.0], 0.5), 2.0);
    }
}
