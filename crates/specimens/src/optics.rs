//! Blur, noise, colours and tones of a picture.

use image::RgbImage;

use crate::capture::Look;
use crate::chance::Grain;

/// Blurs by a bell of so many pixels.
pub(crate) fn blur(picture: &mut RgbImage, sigma: f32) {
    if sigma < 0.15 {
        return;
    }
    let radius = (sigma * 2.2).ceil() as i32;
    let mut weights: Vec<f32> = (-radius..=radius)
        .map(|k| (-((k * k) as f32) / (2.0 * sigma * sigma)).exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    // Whole numbers out of 256 are fast, and fine enough.
    weights
        .iter_mut()
        .for_each(|w| *w = (*w / sum * 256.0).round());
    let total: f32 = weights.iter().sum();
    weights[radius as usize] += 256.0 - total;
    let weights: Vec<u32> = weights.iter().map(|w| *w as u32).collect();
    across(picture, &weights);
    down(picture, &weights);
}

/// A hand that shakes: a box of so many pixels to each side.
pub(crate) fn motion(picture: &mut RgbImage, px: usize) {
    if px > 0 {
        let width = 2 * px as u32 + 1;
        let mut weights = vec![256 / width; width as usize];
        weights[px] += 256 % width;
        across(picture, &weights);
    }
}

fn across(picture: &mut RgbImage, weights: &[u32]) {
    let radius = weights.len() / 2;
    let stride = picture.width() as usize * 3;
    let mut padded = vec![0_u8; stride + 6 * radius];
    let mut sums = vec![0_u32; stride];
    for row in picture.chunks_exact_mut(stride) {
        padded[3 * radius..3 * radius + stride].copy_from_slice(row);
        for k in 0..radius {
            padded.copy_within(3 * radius..3 * radius + 3, 3 * k);
            padded.copy_within(
                3 * radius + stride - 3..3 * radius + stride,
                3 * radius + stride + 3 * k,
            );
        }
        sums.fill(128);
        for (k, weight) in weights.iter().enumerate() {
            for (sum, value) in sums.iter_mut().zip(&padded[3 * k..]) {
                *sum += u32::from(*value) * weight;
            }
        }
        for (value, sum) in row.iter_mut().zip(&sums) {
            *value = (sum >> 8) as u8;
        }
    }
}

fn down(picture: &mut RgbImage, weights: &[u32]) {
    let radius = weights.len() / 2;
    let stride = picture.width() as usize * 3;
    let rows = picture.height() as usize;
    let source = picture.as_raw().clone();
    let mut sums = vec![0_u32; stride];
    for (y, row) in picture.chunks_exact_mut(stride).enumerate() {
        sums.fill(128);
        for (k, weight) in weights.iter().enumerate() {
            let from = (y + k).saturating_sub(radius).min(rows - 1) * stride;
            for (sum, value) in sums.iter_mut().zip(&source[from..from + stride]) {
                *sum += u32::from(*value) * weight;
            }
        }
        for (value, sum) in row.iter_mut().zip(&sums) {
            *value = (sum >> 8) as u8;
        }
    }
}

/// What the sensor makes of the light: cast, exposure, haze, noise, grey, a copier's tones.
pub(crate) fn sense(picture: &mut RgbImage, look: &Look, grain: Grain) {
    let tables: Vec<[f32; 256]> = look
        .cast
        .iter()
        .map(|cast| {
            std::array::from_fn(|level| {
                let light = level as f32 / 255.0 * look.exposure * cast;
                (look.haze + light * (1.0 - look.haze)) * 255.0
            })
        })
        .collect();
    let width = picture.width() as usize;
    for (y, row) in picture.chunks_exact_mut(width * 3).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let knot = grain.knot(x as i32, y as i32);
            let bits = (knot * 16_777_216.0) as u32;
            // Shared noise of the light, and a little of each channel's own; four dice make a bell.
            let dice = |shift: u32| ((bits >> shift) & 63) as f32 / 31.5 - 1.0;
            let shared = dice(0) + dice(6);
            let own = [dice(12), dice(18), -dice(12) - dice(18)];
            let mut values = [0.0_f32; 3];
            for k in 0..3 {
                values[k] =
                    tables[k][usize::from(pixel[k])] + look.noise * (0.8 * shared + 0.5 * own[k]);
            }
            if look.grey || look.copied {
                let luma = values[0] * 0.299 + values[1] * 0.587 + values[2] * 0.114;
                let tone = if look.copied {
                    (luma - 128.0) * 2.6 + 110.0
                } else {
                    luma
                };
                values = [tone; 3];
            }
            for (value, out) in values.iter().zip(pixel) {
                *out = value.clamp(0.0, 255.0).round() as u8;
            }
        }
    }
}

/// Keeps the colours of every four pixels as one, as most cameras do.
pub(crate) fn halve_colours(picture: &mut RgbImage) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let data: &mut [u8] = picture;
    for y in (0..height - 1).step_by(2) {
        for x in (0..width - 1).step_by(2) {
            let at =
                [(y, x), (y, x + 1), (y + 1, x), (y + 1, x + 1)].map(|(y, x)| (y * width + x) * 3);
            let luma = |i: usize| {
                f32::from(data[i]) * 0.299
                    + f32::from(data[i + 1]) * 0.587
                    + f32::from(data[i + 2]) * 0.114
            };
            let lumas = at.map(luma);
            let mean: [f32; 3] = std::array::from_fn(|k| {
                at.iter().map(|i| f32::from(data[i + k])).sum::<f32>() / 4.0
            });
            let mean_luma = lumas.iter().sum::<f32>() / 4.0;
            for (i, luma) in at.into_iter().zip(lumas) {
                for k in 0..3 {
                    data[i + k] = (luma + mean[k] - mean_luma).clamp(0.0, 255.0).round() as u8;
                }
            }
        }
    }
}
