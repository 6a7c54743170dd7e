use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbaImage};

use crate::ImprintError;

/// Writes a PNG with alpha that says its true size in a `pHYs` chunk.
pub(crate) fn write(
    picture: &RgbaImage,
    width_mm: f64,
    height_mm: f64,
) -> Result<Vec<u8>, ImprintError> {
    let mut png = Vec::new();
    let (width, height) = picture.dimensions();
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive)
        .write_image(picture.as_raw(), width, height, ExtendedColorType::Rgba8)
        .map_err(|_| ImprintError::Encode)?;
    // The encoder has no way to say the size: put the chunk in behind the header, which always has this length.
    let rest = png.split_off(SIGNATURE_AND_IHDR);
    let mut chunk = b"pHYs".to_vec();
    for (pixels, mm) in [(width, width_mm), (height, height_mm)] {
        chunk.extend(((f64::from(pixels) * 1000.0 / mm).round() as u32).to_be_bytes());
    }
    chunk.push(1); // the unit is the metre
    png.extend((chunk.len() as u32 - 4).to_be_bytes());
    png.extend(&chunk);
    png.extend(crc32fast::hash(&chunk).to_be_bytes());
    png.extend(rest);
    Ok(png)
}

const SIGNATURE_AND_IHDR: usize = 8 + 4 + 4 + 13 + 4;

#[cfg(test)]
mod tests {
    use image::Rgba;

    use super::*;

    #[test]
    fn the_file_stays_a_good_png() {
        let picture = RgbaImage::from_fn(30, 20, |x, y| Rgba([x as u8, y as u8, 7, (x * 8) as u8]));
        let png = write(&picture, 3.0, 2.0).unwrap();
        assert_eq!(image::load_from_memory(&png).unwrap().to_rgba8(), picture);
        assert_eq!(&png[37..41], b"pHYs");
        assert_eq!(
            png[41..49],
            [10_000_u32.to_be_bytes(), 10_000_u32.to_be_bytes()].concat()
        );
    }
}
