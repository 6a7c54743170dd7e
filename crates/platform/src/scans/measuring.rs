//! What stands on a page that was filed: the imprint in its frame, measured; stamp, signatures and fields beside the
//! print.

use std::io::Cursor;
use std::sync::Arc;

use casework::{Application, Case, SealKind, StatutorySize};
use image::{ImageFormat, RgbImage};
use imprint::{Cut, CutImprint, Dpi, Ink, Likeness, Millimetres};
use scan::form::{Expectation, ExpectedImprint, FormFinding, Weight};

use super::{
    ScanCut, ScanFinding, ScanImprint, ScanPlace, ScanResult, placing::Printed, reading::Read,
};
use crate::{
    Platform, Remark,
    error::{Error, Result},
    ports::papers::PaperKind,
};

/// The place of the imprint on an application form.
const FRAME: &str = "imprint-frame";
/// What is looked at around the frame, in mm: an imprint may reach over it.
const AROUND: f32 = 6.0;
/// Size in mm assumed where the form does not say one.
const USUAL_MM: f64 = 40.0;
/// A measured size that differs by more than this from the declared one is told, in mm.
const TOLERANCE: f64 = 1.0;
/// Imprints longer than this are drawn at 300 dots per inch, in mm.
const LONG: f32 = 50.0;

/// A cut with its pictures.
pub(super) struct Drawn {
    cut: CutImprint,
    png: Vec<u8>,
    svg: String,
    likeness: Vec<u8>,
}

impl Platform {
    /// Measures the imprint and holds the page against its print.
    pub(super) async fn measure(
        &self,
        place: &ScanPlace,
        printed: &Printed,
        read: &Read,
        found: &mut ScanResult,
    ) -> Result<()> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), place.case).await?;
        drop(tx);
        let application = place.application.and_then(|id| case.application(id));
        let frame = printed
            .places
            .iter()
            .find(|known| known.page == place.page && known.name == FRAME)
            .map(|known| known.area);
        if let (Some(frame), Some(application)) = (frame, application) {
            found.imprint = Some(self.cut_imprint(&case, application, frame, read).await?);
        }
        let places = printed
            .places
            .iter()
            .filter(|known| known.page == place.page);
        found.places = places.cloned().collect();
        self.examine(place, printed, application, read, found).await
    }

    /// Holds the page against its print.
    async fn examine(
        &self,
        place: &ScanPlace,
        printed: &Printed,
        application: Option<&Application>,
        read: &Read,
        found: &mut ScanResult,
    ) -> Result<()> {
        let Some(print) = self
            .print(&printed.pdf, &printed.places, place.page)
            .await?
        else {
            return Ok(());
        };
        let expectation = expectation(place, application).on_grey(read.grey);
        let sheet = Arc::clone(&read.sheet);
        let findings = self
            .picture_work(move || scan::form::examine(&sheet, &print, &expectation))
            .await?;
        match findings {
            Ok(findings) => {
                let told = |finding: FormFinding| ScanFinding {
                    code: finding.fault.code().to_owned(),
                    message: format!("{finding}。"),
                    clear: finding.weight == Weight::Clear,
                    place: finding.place,
                    area: finding.area,
                };
                found.findings = findings.into_iter().map(told).collect();
            }
            Err(remark) => found.remarks.push(remark),
        }
        Ok(())
    }

    async fn cut_imprint(
        &self,
        case: &Case,
        application: &Application,
        frame: scan::Area,
        read: &Read,
    ) -> Result<ScanImprint> {
        let sheet = &read.sheet;
        let area = frame.grown(AROUND);
        let region = sheet.crop(&area);
        // What is printed is told in mm of the print, what was stamped is measured in mm.
        let px_per_mm = sheet.true_px_per_mm();
        let scale = sheet.print_scale;
        let personal = application.kind() == Some(SealKind::Personal);
        let how = Cut {
            frame: Some(Millimetres {
                x: (frame.x - area.x.max(0.0)) * scale,
                y: (frame.y - area.y.max(0.0)) * scale,
                width: frame.width * scale,
                height: frame.height * scale,
            }),
            source_px_per_mm: Some(sheet.source_px_per_mm),
            grey: read.grey,
            ..Cut::new(if personal { Ink::Any } else { Ink::Red })
        };
        let declared = |text: &Option<String>| {
            text.as_deref()
                .and_then(|text| text.trim().parse::<f64>().ok())
        };
        let (width, height) = match &application.form {
            Some(form) => (
                Some(form.seal.width.as_f64()),
                Some(form.seal.height.as_f64()),
            ),
            None => (
                declared(&application.draft.width),
                declared(&application.draft.height),
            ),
        };
        let statutory = application
            .kind()
            .and_then(|kind| StatutorySize::of(kind, &case.unit.full_name, case.unit.level));
        let (region_width, region_height) = region.dimensions();
        let mut held = ScanImprint {
            region: self.keep(&png(&region)?).await?,
            region_width_mm: region_width as f32 / px_per_mm,
            region_height_mm: region_height as f32 / px_per_mm,
            px_per_mm,
            how: how.clone(),
            cut: None,
            fault: None,
            statutory: statutory.as_ref().map(StatutorySize::words),
            declared_width: width,
            declared_height: height,
            adjusted: Vec::new(),
        };
        match self.draw(region, px_per_mm, how).await? {
            Ok(drawn) => {
                held.how = drawn.cut.used.clone();
                let mut cut = self.keep_cut(&drawn).await?;
                cut.reasons
                    .extend(size_remarks(&held, &cut, statutory.as_ref()));
                held.cut = Some(cut);
            }
            Err(remark) => held.fault = Some(remark),
        }
        Ok(held)
    }

    /// Cuts an imprint out of its region and draws its pictures.
    pub(super) async fn draw(
        &self,
        region: RgbImage,
        px_per_mm: f32,
        how: Cut,
    ) -> Result<Result<Drawn, Remark>> {
        let drawn = self
            .picture_work(move || drawn(&region, px_per_mm, &how))
            .await?;
        Ok(match drawn {
            Ok(Ok(Ok(drawn))) => Ok(drawn),
            Ok(Ok(Err(error))) => return Err(error),
            Ok(Err(fault)) => Err(Remark {
                code: fault.code().to_owned(),
                message: format!("{fault}。"),
            }),
            Err(remark) => Err(remark),
        })
    }

    /// Keeps the pictures of a cut.
    pub(super) async fn keep_cut(&self, drawn: &Drawn) -> Result<ScanCut> {
        let cut = &drawn.cut;
        Ok(ScanCut {
            shape: cut.shape.word().to_owned(),
            ink: cut.ink.name.word().to_owned(),
            width_mm: cut.width_mm,
            height_mm: cut.height_mm,
            turn_degrees: cut.turn_degrees,
            turn_sure: cut.turn_sure,
            score: cut.quality.score,
            reasons: cut
                .quality
                .reasons
                .iter()
                .map(|reason| Remark {
                    code: reason.code().to_owned(),
                    message: format!("{}。", reason.message()),
                })
                .collect(),
            stood: cut.stood,
            picture: self.keep(&drawn.png).await?,
            svg: self.keep(drawn.svg.as_bytes()).await?,
            likeness: hex::encode(&drawn.likeness),
        })
    }
}

/// What has to stand on a page.
fn expectation(place: &ScanPlace, application: Option<&Application>) -> Expectation {
    let form = application.and_then(|application| application.form.as_ref());
    match (place.paper, form) {
        (PaperKind::ApplicationForm, Some(form)) => {
            Expectation::application_form(ExpectedImprint {
                place: FRAME.to_owned(),
                red: form.kind != SealKind::Personal,
                width_mm: form.seal.width.as_f64() as f32,
                height_mm: form.seal.height.as_f64() as f32,
            })
        }
        // A letter may have been edited outside the platform.
        (PaperKind::RedHeaderLetter, _) => Expectation {
            fields: false,
            ..Expectation::stamped(place.page)
        },
        _ => Expectation::stamped(place.page),
    }
}

impl Drawn {
    /// The clean picture.
    pub(super) fn png(&self) -> &[u8] {
        &self.png
    }

    /// What was used.
    pub(super) fn used(&self) -> &Cut {
        &self.cut.used
    }
}

type DrawnOr<E> = std::result::Result<Result<Drawn>, E>;

fn drawn(region: &RgbImage, px_per_mm: f32, how: &Cut) -> DrawnOr<imprint::CutError> {
    let cut = imprint::cut(region, px_per_mm, how)?;
    let dpi = if cut.width_mm.max(cut.height_mm) > LONG {
        Dpi::D300
    } else {
        Dpi::D600
    };
    Ok(cut.png(dpi).map_err(Error::from).map(|png| Drawn {
        svg: cut.svg(),
        likeness: Likeness::of(&cut).to_bytes(),
        png,
        cut,
    }))
}

/// What is to be said about a measured size.
pub(super) fn size_remarks(
    held: &ScanImprint,
    cut: &ScanCut,
    statutory: Option<&StatutorySize>,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let differs = |declared: Option<f64>, measured: f32| {
        declared.is_some_and(|declared| (declared - f64::from(measured)).abs() > TOLERANCE)
    };
    if differs(held.declared_width, cut.width_mm) || differs(held.declared_height, cut.height_mm) {
        remarks.push(Remark {
            code: "imprint_size_differs".to_owned(),
            message: format!(
                "实测印模 {:.1} × {:.1} 毫米，与申请表填写的 {} × {} 毫米不一致；请核对打印时是否选择“实际大小”，或在补正时改填实测尺寸。",
                cut.width_mm,
                cut.height_mm,
                held.declared_width.unwrap_or(USUAL_MM),
                held.declared_height.unwrap_or(USUAL_MM),
            ),
        });
    }
    // The regulation is about round seals.
    if let Some(statutory) = statutory.filter(|_| cut.shape == imprint::Shape::Round.word())
        && let Some(remark) = statutory.remark(cut.width_mm, cut.height_mm)
    {
        remarks.push(Remark {
            code: remark.code,
            message: format!("{}。", remark.message),
        });
    }
    remarks
}

/// A picture as PNG.
fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(|e| Error::internal("pictures", e))?;
    Ok(bytes.into_inner())
}
