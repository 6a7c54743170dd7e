//! What the header of a picture says of its resolution.

use image::RgbImage;

/// Dots per inch, if the file tells something that can be.
pub(crate) fn of(bytes: &[u8]) -> Option<f32> {
    let told = match bytes {
        [0xff, 0xd8, ..] => of_jpeg(bytes),
        [0x89, b'P', ..] => of_png(bytes),
        [b'B', b'M', ..] => per_metre(u32::from_le_bytes(four(bytes, 38)?)),
        _ => None,
    };
    told.filter(|dpi| (50.0..2500.0).contains(dpi))
}

/// Whether a JPEG comes in passes and has to be held as a whole while it is decoded.
pub(crate) fn is_progressive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xd8") && segments(bytes).any(|(marker, _)| marker == 0xc2)
}

/// Whether there is no colour in a picture: a grey scan that was saved in colours.
pub(crate) fn has_no_colour(picture: &RgbImage) -> bool {
    picture.as_raw().chunks_exact(3).step_by(7).all(|pixel| {
        let (least, most) = (
            pixel[0].min(pixel[1]).min(pixel[2]),
            pixel[0].max(pixel[1]).max(pixel[2]),
        );
        most - least <= 6
    }) && picture.width() > 0
}

/// The segments before the pixels: marker and content.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        let [0xff, marker] = *bytes.get(at..at + 2)? else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes(
            bytes.get(at + 2..at + 4)?.try_into().ok()?,
        ));
        let content = bytes.get(at + 4..at + 2 + length)?;
        at += 2 + length;
        (marker != 0xda).then_some((marker, content))
    })
}

fn of_jpeg(bytes: &[u8]) -> Option<f32> {
    let jfif = segments(bytes).find_map(|(marker, content)| {
        if marker != 0xe0 || !content.starts_with(b"JFIF\0") {
            return None;
        }
        let density = f32::from(u16::from_be_bytes([*content.get(8)?, *content.get(9)?]));
        match content.get(7)? {
            1 => Some(density),
            2 => Some(density * 2.54),
            _ => None,
        }
    });
    jfif.or_else(|| {
        segments(bytes).find_map(|(marker, content)| {
            (marker == 0xe1)
                .then(|| content.strip_prefix(b"Exif\0\0"))
                .flatten()
                .and_then(of_exif)
        })
    })
}

/// XResolution (0x011a) and its unit (0x0128) in the first directory.
fn of_exif(tiff: &[u8]) -> Option<f32> {
    let little = tiff.starts_with(b"II");
    let long = |at: usize| {
        four(tiff, at).map(|bytes| {
            if little {
                u32::from_le_bytes(bytes)
            } else {
                u32::from_be_bytes(bytes)
            }
        })
    };
    let short = |at: usize| {
        let bytes = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let start = long(4)? as usize;
    let (mut resolution, mut unit) = (None, 2);
    for entry in 0..usize::from(short(start)?).min(200) {
        let at = start.checked_add(2 + entry * 12)?;
        match short(at)? {
            0x011a => {
                let value = long(at + 8)? as usize;
                let (above, below) = (long(value)?, long(value.checked_add(4)?)?);
                resolution = (below > 0).then(|| above as f32 / below as f32);
            }
            0x0128 => unit = short(at + 8)?,
            _ => {}
        }
    }
    resolution.map(|dots| if unit == 3 { dots * 2.54 } else { dots })
}

fn of_png(bytes: &[u8]) -> Option<f32> {
    let mut at = 8usize;
    loop {
        let length = u32::from_be_bytes(four(bytes, at)?) as usize;
        match bytes.get(at + 4..at + 8)? {
            b"pHYs" if bytes.get(at + 16) == Some(&1) => {
                return per_metre(u32::from_be_bytes(four(bytes, at + 8)?));
            }
            b"IDAT" => return None,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

fn per_metre(dots: u32) -> Option<f32> {
    (dots > 0).then_some(dots as f32 * 0.0254)
}

fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok()
}
