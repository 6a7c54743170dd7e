/// Something that a person should look at before the imprint is used. It advises; it never refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, where, and what to do.
    pub message: String,
}

/// What the cleaning measured.
pub(crate) struct Measured {
    /// Declared size in mm, width then height.
    pub(crate) declared_mm: (f64, f64),
    /// Pixels of the ink's bounds in the original picture.
    pub(crate) bounds_px: (f64, f64),
    /// Whether the picture brought its own transparent ground.
    pub(crate) transparent: bool,
    /// Whether the ink reaches the picture's edge.
    pub(crate) at_edge: bool,
    /// Whether red ink was expected.
    pub(crate) red_expected: bool,
    /// Mean colour of the ink.
    pub(crate) ink: [u8; 3],
    /// Share of the bounds that is covered by ink, 0 to 1.
    pub(crate) coverage: f64,
}

/// Below this many dots per inch a stamped seal looks ragged in print.
const LOWEST_DPI: f64 = 200.0;

pub(crate) fn findings(measured: &Measured) -> Vec<Finding> {
    let (width_mm, height_mm) = measured.declared_mm;
    let (width_px, height_px) = measured.bounds_px;
    let mut findings = Vec::new();
    let mut find = |code, message| findings.push(Finding { code, message });

    let dpi = (width_px / width_mm).min(height_px / height_mm) * 25.4;
    if dpi < LOWEST_DPI {
        find(
            "imprint_resolution_low",
            format!(
                "印模图片分辨率偏低：按申报的 {width_mm} × {height_mm} 毫米折合每英寸 {dpi:.0} 点，建议以每英寸 300 点以上重新扫描"
            ),
        );
    }
    let ratio = (width_px / height_px) / (width_mm / height_mm);
    if !(1.0 / 1.1..=1.1).contains(&ratio) {
        find(
            "imprint_aspect_differs",
            format!(
                "印模图片的宽高比（{:.2}）与申报尺寸 {width_mm} × {height_mm} 毫米的宽高比（{:.2}）相差超过 10%，请核对尺寸是否填反，或图片是否变形、未裁净",
                width_px / height_px,
                width_mm / height_mm
            ),
        );
    }
    if measured.at_edge && !measured.transparent {
        find(
            "imprint_touches_border",
            "印模碰到图片边缘，可能没有拍全或扫全，请在印模四周留出空白后重新扫描".to_owned(),
        );
    }
    if measured.red_expected && !is_red(measured.ink) {
        find(
            "imprint_not_red",
            format!(
                "印模主要颜色不是红色（{}），可能是黑白复印件，请用红色印泥加盖后彩色扫描",
                colour_name(measured.ink)
            ),
        );
    }
    if measured.red_expected && is_red(measured.ink) && is_faint(measured.ink) {
        find(
            "imprint_faint",
            "印模颜色很淡，可能蘸墨不足，请重新加盖清晰的印模后扫描".to_owned(),
        );
    }
    if measured.coverage > 0.85 {
        find(
            "imprint_solid",
            "图片几乎被同一种颜色填满，看不出印模的图文，请确认上传的是印模扫描件".to_owned(),
        );
    }
    findings
}

/// Red in the sense of seal ink, from vermilion to dark crimson.
pub(crate) fn is_red([r, g, b]: [u8; 3]) -> bool {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    r - g >= 30 && r - b >= 20 && (g - b).abs() * 2 <= r - g.min(b)
}

fn is_faint([r, g, b]: [u8; 3]) -> bool {
    i32::from(r) - i32::from(g.max(b)) < 70
}

fn colour_name([r, g, b]: [u8; 3]) -> &'static str {
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    match () {
        () if max - min < 30 => "黑灰色",
        () if b == max => "蓝紫色",
        () if g == max => "绿色",
        () => "黄褐色",
    }
}
