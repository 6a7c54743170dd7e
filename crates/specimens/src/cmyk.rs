//! JPEG in the four colours of print, as some scanners and design programs write it: a baseline encoder for that alone.

use image::RgbImage;

/// Every coefficient is divided by this.
const STEP: f32 = 6.0;
/// Codes of each length from 1 to 16, then what they stand for: the tables K.3 and K.5 of the standard.
const DC_LENGTHS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_VALUES: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const AC_LENGTHS: [u8; 16] = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7D];
const AC_VALUES: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07,
    0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1, 0x15, 0x52, 0xD1, 0xF0,
    0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0A, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x25, 0x26, 0x27, 0x28,
    0x29, 0x2A, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3A, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
    0x4A, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5A, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
    0x6A, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7A, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89,
    0x8A, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7,
    0xA8, 0xA9, 0xAA, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xC2, 0xC3, 0xC4, 0xC5,
    0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xE1, 0xE2,
    0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8,
    0xF9, 0xFA,
];

/// Writes a picture in cyan, magenta, yellow and black, inverted as Adobe does.
#[must_use]
pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let mut out = vec![0xFF, 0xD8];
    segment(&mut out, 0xEE, b"Adobe\0\x64\0\0\0\0\0");
    let mut quantum = vec![0];
    quantum.extend([STEP as u8; 64]);
    segment(&mut out, 0xDB, &quantum);
    let mut frame = vec![8];
    frame.extend((height as u16).to_be_bytes());
    frame.extend((width as u16).to_be_bytes());
    frame.push(4);
    for component in 1..=4 {
        frame.extend([component, 0x11, 0]);
    }
    segment(&mut out, 0xC0, &frame);
    for (class, lengths, values) in [
        (0x00, &DC_LENGTHS, &DC_VALUES[..]),
        (0x10, &AC_LENGTHS, &AC_VALUES[..]),
    ] {
        let mut table = vec![class];
        table.extend(lengths);
        table.extend(values);
        segment(&mut out, 0xC4, &table);
    }
    segment(&mut out, 0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]);

    let (dc, ac) = (
        codes(&DC_LENGTHS, &DC_VALUES),
        codes(&AC_LENGTHS, &AC_VALUES),
    );
    let cosines: [[f32; 8]; 8] = std::array::from_fn(|u| {
        std::array::from_fn(|x| {
            let scale = if u == 0 { 0.125_f32.sqrt() } else { 0.5 };
            scale * ((2.0 * x as f32 + 1.0) * u as f32 * std::f32::consts::PI / 16.0).cos()
        })
    });
    let mut bits = Bits {
        out,
        hold: 0,
        count: 0,
    };
    let mut last = [0_i32; 4];
    for top in (0..height).step_by(8) {
        for left in (0..width).step_by(8) {
            for (component, last) in last.iter_mut().enumerate() {
                let block: [[f32; 8]; 8] = std::array::from_fn(|y| {
                    std::array::from_fn(|x| {
                        let (x, y) = (
                            (left + x as u32).min(width - 1),
                            (top + y as u32).min(height - 1),
                        );
                        // All black goes into the fourth colour.
                        let rgb = picture.get_pixel(x, y).0;
                        let most = rgb.into_iter().max().unwrap_or(0);
                        let value = match component {
                            3 => f32::from(most),
                            c if most == 0 => f32::from(rgb[c]),
                            c => f32::from(rgb[c]) * 255.0 / f32::from(most),
                        };
                        value - 128.0
                    })
                });
                encode(&mut bits, &block, &cosines, last, &dc, &ac);
            }
        }
    }
    bits.put(0x7F, 7);
    let mut out = bits.out;
    out.extend([0xFF, 0xD9]);
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    out.extend([0xFF, marker]);
    out.extend((body.len() as u16 + 2).to_be_bytes());
    out.extend(body);
}

/// Code and length of each value.
fn codes(lengths: &[u8; 16], values: &[u8]) -> Vec<(u32, u32)> {
    let mut table = vec![(0, 0); 256];
    let (mut code, mut next) = (0, 0);
    for (i, count) in lengths.iter().enumerate() {
        for _ in 0..*count {
            table[usize::from(values[next])] = (code, i as u32 + 1);
            code += 1;
            next += 1;
        }
        code <<= 1;
    }
    table
}

struct Bits {
    out: Vec<u8>,
    hold: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, length: u32) {
        for i in (0..length).rev() {
            self.hold = self.hold << 1 | (value >> i & 1);
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.hold as u8);
                if self.hold as u8 == 0xFF {
                    self.out.push(0);
                }
                (self.hold, self.count) = (0, 0);
            }
        }
    }

    /// A number of so many bits, negative ones as the standard has them.
    fn number(&mut self, value: i32, length: u32) {
        let bits = if value < 0 { value - 1 } else { value };
        self.put(bits as u32 & ((1_u32 << length) - 1), length);
    }
}

fn encode(
    bits: &mut Bits,
    block: &[[f32; 8]; 8],
    cosines: &[[f32; 8]; 8],
    last: &mut i32,
    dc: &[(u32, u32)],
    ac: &[(u32, u32)],
) {
    let rows: [[f32; 8]; 8] = std::array::from_fn(|y| {
        std::array::from_fn(|u| (0..8).map(|x| block[y][x] * cosines[u][x]).sum())
    });
    let at = |u: usize, v: usize| -> i32 {
        ((0..8).map(|y| rows[y][u] * cosines[v][y]).sum::<f32>() / STEP).round() as i32
    };
    let size = |value: i32| 32 - value.unsigned_abs().leading_zeros();
    let first = at(0, 0);
    let step = first - *last;
    *last = first;
    let (code, length) = dc[size(step) as usize];
    bits.put(code, length);
    bits.number(step, size(step));
    let mut zeros = 0;
    for (u, v) in zigzag().skip(1) {
        let value = at(u, v);
        if value == 0 {
            zeros += 1;
            continue;
        }
        while zeros > 15 {
            bits.put(ac[0xF0].0, ac[0xF0].1);
            zeros -= 16;
        }
        let (code, length) = ac[(zeros << 4) | size(value) as usize];
        bits.put(code, length);
        bits.number(value, size(value));
        zeros = 0;
    }
    if zeros > 0 {
        bits.put(ac[0].0, ac[0].1);
    }
}

/// Columns and rows along the diagonals.
fn zigzag() -> impl Iterator<Item = (usize, usize)> {
    (0..15_usize).flat_map(|sum| {
        let low = sum.saturating_sub(7);
        let high = sum.min(7);
        (low..=high).map(move |i| {
            if sum % 2 == 0 {
                (i, sum - i)
            } else {
                (sum - i, i)
            }
        })
    })
}
