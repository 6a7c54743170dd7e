use image::{DynamicImage, GenericImageView, Rgba, RgbaImage};

use crate::clean::Crop;

/// Scales a part of the picture down to `width` × `height` by the mean of the area under each pixel, weighted by
/// opacity, so that what is hidden under transparent pixels does not bleed into the edge. Never scales up.
pub(crate) fn shrink(picture: &DynamicImage, crop: Crop, width: u32, height: u32) -> RgbaImage {
    let (width, height) = (width.clamp(1, crop.width), height.clamp(1, crop.height));
    let columns = weights(crop.width, width);
    let rows = weights(crop.height, height);
    let mut sums = vec![[0_f32; 4]; width as usize * height as usize];
    let mut line = vec![[0_f32; 4]; width as usize];
    for y in 0..crop.height {
        line.fill([0.0; 4]);
        for x in 0..crop.width {
            let Rgba([r, g, b, a]) = picture.get_pixel(crop.x + x, crop.y + y);
            let alpha = f32::from(a);
            let premultiplied = [
                f32::from(r) * alpha,
                f32::from(g) * alpha,
                f32::from(b) * alpha,
                alpha,
            ];
            spread(&mut line, &columns, x, |sum, weight| {
                add(sum, &premultiplied, weight);
            });
        }
        let (first, weight, rest) = rows[y as usize];
        for (row, weight) in [(first, weight), (first + 1, rest)] {
            if weight > 0.0 && row < height as usize {
                let start = row * width as usize;
                for (sum, pixel) in sums[start..start + width as usize].iter_mut().zip(&line) {
                    add(sum, pixel, weight);
                }
            }
        }
    }
    RgbaImage::from_fn(width, height, |x, y| {
        let [r, g, b, a] = sums[(y * width + x) as usize];
        let colour = |sum: f32| {
            if a > 0.0 {
                (sum / a).round().min(255.0) as u8
            } else {
                255
            }
        };
        Rgba([colour(r), colour(g), colour(b), a.round().min(255.0) as u8])
    })
}

/// Where each of `from` source cells goes among `to` cells: the first target, its share of the target's mean, and
/// the share of the next target.
fn weights(from: u32, to: u32) -> Vec<(usize, f32, f32)> {
    let scale = f64::from(to) / f64::from(from);
    (0..from)
        .map(|i| {
            let (begin, end) = (f64::from(i) * scale, f64::from(i + 1) * scale);
            let first = begin.floor();
            let inside = end.min(first + 1.0) - begin;
            (
                first as usize,
                inside as f32,
                (end - begin - inside).max(0.0) as f32,
            )
        })
        .collect()
}

fn spread(
    line: &mut [[f32; 4]],
    columns: &[(usize, f32, f32)],
    x: u32,
    add: impl Fn(&mut [f32; 4], f32),
) {
    let (first, weight, rest) = columns[x as usize];
    if let Some(sum) = line.get_mut(first) {
        add(sum, weight);
    }
    if rest > 0.0
        && let Some(sum) = line.get_mut(first + 1)
    {
        add(sum, rest);
    }
}

fn add(sum: &mut [f32; 4], pixel: &[f32; 4], weight: f32) {
    for (sum, value) in sum.iter_mut().zip(pixel) {
        *sum += value * weight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(picture: &DynamicImage) -> Crop {
        Crop {
            x: 0,
            y: 0,
            width: picture.width(),
            height: picture.height(),
        }
    }

    #[test]
    fn a_plain_colour_stays_what_it_is() {
        let picture = DynamicImage::from(RgbaImage::from_pixel(97, 61, Rgba([200, 30, 40, 255])));
        let small = shrink(&picture, whole(&picture), 13, 7);
        assert!(
            small
                .pixels()
                .all(|pixel| *pixel == Rgba([200, 30, 40, 255]))
        );
    }

    #[test]
    fn hidden_colours_do_not_bleed() {
        let picture = DynamicImage::from(RgbaImage::from_fn(2, 1, |x, _| {
            if x == 0 {
                Rgba([200, 0, 0, 255])
            } else {
                Rgba([0, 255, 0, 0])
            }
        }));
        let small = shrink(&picture, whole(&picture), 1, 1);
        assert_eq!(small.get_pixel(0, 0), &Rgba([200, 0, 0, 128]));
    }

    #[test]
    fn a_picture_is_never_made_larger() {
        let picture = DynamicImage::from(RgbaImage::from_pixel(5, 4, Rgba([1, 2, 3, 255])));
        assert_eq!(
            shrink(&picture, whole(&picture), 50, 40).dimensions(),
            (5, 4)
        );
    }
}
