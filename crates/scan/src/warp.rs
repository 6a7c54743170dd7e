//! One pass over the upload's pixels: every pixel of the sheet is fetched from where it lies in the picture.

use image::RgbImage;

use crate::geometry::{Homography, point};

/// The picture as seen through a map from mm to its pixels.
pub(crate) fn warp(
    picture: &RgbImage,
    map: &Homography,
    size_mm: (f64, f64),
    px_per_mm: f64,
) -> RgbImage {
    let width = (size_mm.0 * px_per_mm).round().max(1.0) as u32;
    let height = (size_mm.1 * px_per_mm).round().max(1.0) as u32;
    let (source_width, source_height) = (i64::from(picture.width()), i64::from(picture.height()));
    let mut sheet = RgbImage::from_pixel(width, height, image::Rgb([255; 3]));
    if source_width < 2 || source_height < 2 {
        return sheet;
    }
    let shrink = 1.0 / px_per_mm;
    let to_source = map.after(&Homography([
        shrink, 0.0, 0.0, 0.0, shrink, 0.0, 0.0, 0.0, 1.0,
    ]));
    let h = to_source.0;
    let raw = picture.as_raw().as_slice();
    let stride = source_width as usize * 3;
    let (right, bottom) = ((source_width - 1) * 256, (source_height - 1) * 256);
    for (y, row) in sheet.chunks_exact_mut(width as usize * 3).enumerate() {
        let start = point(0.5, y as f64 + 0.5);
        let mut x_sum = h[0] * start.x + h[1] * start.y + h[2];
        let mut y_sum = h[3] * start.x + h[4] * start.y + h[5];
        let mut w_sum = h[6] * start.x + h[7] * start.y + h[8];
        for pixel in row.chunks_exact_mut(3) {
            let scale = 256.0 / w_sum;
            let at_x = (x_sum * scale) as i64 - 128;
            let at_y = (y_sum * scale) as i64 - 128;
            x_sum += h[0];
            y_sum += h[3];
            w_sum += h[6];
            // A pixel beyond the edge belongs to the edge; further out is white.
            if at_x < -256 || at_y < -256 || at_x > right + 256 || at_y > bottom + 256 {
                continue;
            }
            let (at_x, at_y) = (at_x.clamp(0, right - 1), at_y.clamp(0, bottom - 1));
            let (fx, fy) = ((at_x & 255) as u32, (at_y & 255) as u32);
            let at = (at_y >> 8) as usize * stride + (at_x >> 8) as usize * 3;
            let (upper, lower) = (&raw[at..at + 6], &raw[at + stride..at + stride + 6]);
            let weights = [
                (256 - fx) * (256 - fy),
                fx * (256 - fy),
                (256 - fx) * fy,
                fx * fy,
            ];
            for channel in 0..3 {
                let sum = u32::from(upper[channel]) * weights[0]
                    + u32::from(upper[channel + 3]) * weights[1]
                    + u32::from(lower[channel]) * weights[2]
                    + u32::from(lower[channel + 3]) * weights[3];
                pixel[channel] = ((sum + 32_768) >> 16) as u8;
            }
        }
    }
    sheet
}

/// The picture at half its size, each pixel the mean of four.
pub(crate) fn halved(picture: &RgbImage) -> RgbImage {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let stride = picture.width() as usize * 3;
    let raw = picture.as_raw();
    let mut small = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height as usize {
        let upper = &raw[2 * y * stride..][..width as usize * 6];
        let lower = &raw[(2 * y + 1) * stride..][..width as usize * 6];
        for (a, b) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for channel in 0..3 {
                let sum = u16::from(a[channel])
                    + u16::from(a[channel + 3])
                    + u16::from(b[channel])
                    + u16::from(b[channel + 3]);
                small.push(((sum + 2) / 4) as u8);
            }
        }
    }
    RgbImage::from_raw(width, height, small).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_through_nothing_changes() {
        let picture = RgbImage::from_fn(21, 29, |x, y| image::Rgb([x as u8 * 9, y as u8 * 7, 33]));
        let identity = Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let same = warp(&picture, &identity, (21.0, 29.0), 1.0);
        assert_eq!(same.dimensions(), picture.dimensions());
        for (a, b) in same.pixels().zip(picture.pixels()) {
            assert!(a.0.iter().zip(b.0).all(|(a, b)| a.abs_diff(b) <= 1));
        }
    }

    #[test]
    fn halving_keeps_the_mean() {
        let picture = RgbImage::from_fn(4, 4, |x, _| image::Rgb([x as u8 * 10, 7, 255]));
        assert_eq!(halved(&picture).get_pixel(1, 0).0, [25, 7, 255]);
    }
}
