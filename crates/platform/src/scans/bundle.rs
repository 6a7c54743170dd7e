//! Several straightened pages as one file.

/// A page: JPEG, its size in pixels and in mm.
pub(super) struct Leaf {
    pub(super) jpeg: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) width_mm: f32,
    pub(super) height_mm: f32,
}

/// The pages as a PDF that holds each JPEG as it is.
pub(super) fn pdf(leaves: &[Leaf]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[&[u8]]| {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", places.len()).bytes());
        for part in body {
            out.extend_from_slice(part);
        }
        out.extend_from_slice(b"\nendobj\n");
    };
    // Objects: 1 catalog, 2 tree, then page, content and picture of each leaf.
    object(&mut out, &[b"<< /Type /Catalog /Pages 2 0 R >>"]);
    let kids: Vec<String> = (0..leaves.len())
        .map(|n| format!("{} 0 R", 3 + 3 * n))
        .collect();
    let tree = format!(
        "<< /Type /Pages /Count {} /Kids [{}] >>",
        leaves.len(),
        kids.join(" ")
    );
    object(&mut out, &[tree.as_bytes()]);
    for (n, leaf) in leaves.iter().enumerate() {
        let points = |mm: f32| f64::from(mm) / 25.4 * 72.0;
        let (width, height) = (points(leaf.width_mm), points(leaf.height_mm));
        let (content, picture) = (4 + 3 * n, 5 + 3 * n);
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.2} {height:.2}] \
             /Resources << /XObject << /I {picture} 0 R >> >> /Contents {content} 0 R >>"
        );
        object(&mut out, &[page.as_bytes()]);
        let draw = format!("{width:.2} 0 0 {height:.2} 0 0 cm /I Do");
        let head = format!("<< /Length {} >>\nstream\n", draw.len());
        object(
            &mut out,
            &[head.as_bytes(), draw.as_bytes(), b"\nendstream"],
        );
        let head = format!(
            "<< /Type /XObject /Subtype /Image /Width {} /Height {} /ColorSpace /DeviceRGB \
             /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
            leaf.width,
            leaf.height,
            leaf.jpeg.len()
        );
        object(&mut out, &[head.as_bytes(), &leaf.jpeg, b"\nendstream"]);
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
            places.len() + 1
        )
        .bytes(),
    );
    out
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::{Leaf, pdf};
    use crate::scans::reading::jpeg;

    #[test]
    fn pages_put_together_are_read_again() {
        let leaf = |colour: [u8; 3]| Leaf {
            jpeg: jpeg(&RgbImage::from_pixel(210, 297, Rgb(colour))).unwrap(),
            width: 210,
            height: 297,
            width_mm: 210.0,
            height_mm: 297.0,
        };
        let bytes = pdf(&[leaf([255, 255, 255]), leaf([200, 0, 0])]);
        let opened = scan::open(bytes, &scan::Limits::default()).unwrap();
        assert_eq!(opened.format(), scan::Format::Pdf);
    }
}
