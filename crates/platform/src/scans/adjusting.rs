//! Crop, threshold and rotation of an imprint corrected by hand, each with its reason, each kept and repeatable.

use casework::{Actor, FileDigest, StatutorySize};
use imprint::{Cut, Millimetres};
use uuid::Uuid;

use super::{ScanAdjustment, ScanImprint, ScanPage, ScanState, measuring};
use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    material::MaterialFile,
};

/// How an imprint is to be cut out, as far as a person says so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScanAdjust {
    /// The part of the region to look at, in mm.
    pub crop: Option<Millimetres>,
    /// Share of the full ink at which the ink ends, 0.05 to 0.95.
    pub threshold: Option<f32>,
    /// Degrees by which the imprint is turned clockwise to stand upright.
    pub turn_degrees: Option<f32>,
}

impl ScanAdjust {
    fn on(&self, base: &Cut) -> Result<Cut> {
        let fits = |value: Option<f32>, from: f32, to: f32| {
            value.is_none_or(|value| value.is_finite() && (from..=to).contains(&value))
        };
        let crop = self.crop.is_none_or(|crop| {
            [crop.x, crop.y].iter().all(|at| (0.0..=300.0).contains(at))
                && [crop.width, crop.height]
                    .iter()
                    .all(|length| (1.0..=300.0).contains(length))
        });
        if !fits(self.threshold, 0.05, 0.95) || !fits(self.turn_degrees, -180.0, 180.0) || !crop {
            return Err(Error::refused(
                "imprint_adjust_range",
                "浓淡界限应为 5 至 95，旋转应为 -180 至 180 度，裁剪范围应在图像之内，请更正后再试。",
            ));
        }
        Ok(Cut {
            crop: self.crop,
            threshold: self.threshold.or(base.threshold),
            turn_degrees: self.turn_degrees.or(base.turn_degrees),
            ..base.clone()
        })
    }
}

impl Platform {
    /// The imprint as it would be cut out so: for looking at, nothing is kept (PNG with alpha).
    ///
    /// # Errors
    /// `imprint_adjust_range`; faults of the cut; [`Error::NotFound`].
    pub async fn preview_imprint(
        &self,
        actor: &Actor,
        id: Uuid,
        adjust: &ScanAdjust,
    ) -> Result<MaterialFile> {
        let page = self.scan_page(actor, id).await?;
        let held = held(&page)?;
        let drawn = self.cut_again(held, adjust.on(&held.how)?).await?;
        Ok(MaterialFile {
            name: page.found.file_name.clone(),
            media_type: "image/png",
            bytes: drawn.png().to_vec(),
        })
    }

    /// Cuts the imprint of a confirmed page anew (seal maker), and makes it the picture that the seal is made with.
    ///
    /// # Errors
    /// `wrong_role`, `not_at_this_stage`, `already_started`; `scan_not_confirmed`; `imprint_adjust_range`; faults of the
    /// reason and of the cut.
    pub async fn adjust_imprint(
        &self,
        actor: &Actor,
        id: Uuid,
        adjust: &ScanAdjust,
        reason: &str,
    ) -> Result<ScanPage> {
        let reason = casework::text::check_reason("调整理由", reason)?;
        let mut tx = self.store.read().await?;
        let (page, _) = self.load_page(tx.as_mut(), actor, id).await?;
        let place = page
            .found
            .place
            .clone()
            .filter(|_| page.state == ScanState::Confirmed)
            .ok_or_else(|| {
                Error::refused(
                    "scan_not_confirmed",
                    "只能调整已确认的扫描页上的印模，请先由经办人确认。",
                )
            })?;
        let (case, _) = self.load(tx.as_mut(), place.case).await?;
        drop(tx);
        let application = place
            .application
            .and_then(|id| case.application(id))
            .ok_or(Error::NotFound("application"))?;
        casework::may_adjust_imprint(&case, application, actor)?;
        let before = held(&page)?;
        let drawn = self.cut_again(before, adjust.on(&before.how)?).await?;
        let mut after = before.clone();
        let mut cut = self.keep_cut(&drawn).await?;
        let statutory = application
            .kind()
            .and_then(|kind| StatutorySize::of(kind, &case.unit.full_name, case.unit.level));
        cut.reasons
            .extend(measuring::size_remarks(&after, &cut, statutory.as_ref()));
        after.how = drawn.used().clone();
        after.how.crop = adjust.crop;
        after.adjusted.push(ScanAdjustment {
            at: self.clock.now(),
            by: actor.clone(),
            reason,
            how: after.how.clone(),
            picture: cut.picture,
        });
        after.fault = None;
        after.cut = Some(cut);

        let mut tx = self.store.begin().await?;
        let (now_page, row) = self.load_page(tx.as_mut(), actor, id).await?;
        if now_page != page {
            return Err(Error::Conflict);
        }
        let mut found = page.found.clone();
        found.imprint = Some(after.clone());
        self.keep_page(tx.as_mut(), &row, page.state, row.mark.clone(), &found)
            .await?;
        self.enter_imprint(tx.as_mut(), &case, &place, id, &after)
            .await?;
        let fact = self.adjustment_fact(actor, id, &after, place.number.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        self.scan_page(actor, id).await
    }

    /// Cuts an imprint out of its kept region.
    async fn cut_again(&self, held: &ScanImprint, how: Cut) -> Result<measuring::Drawn> {
        let bytes = self.opened(&held.region).await?;
        let region = image::load_from_memory(&bytes)
            .map_err(|e| Error::internal("pictures", e))?
            .into_rgb8();
        self.draw(region, held.px_per_mm, how)
            .await?
            .map_err(|remark| Error::refused("imprint_cut", remark.message))
    }

    fn adjustment_fact(
        &self,
        actor: &Actor,
        page: Uuid,
        held: &ScanImprint,
        number: String,
    ) -> Fact {
        let picture: Option<FileDigest> = held.cut.as_ref().map(|cut| cut.picture);
        let say =
            |value: Option<f32>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let crop = held.how.crop.map_or_else(String::new, |crop| {
            format!(
                "{:.1},{:.1},{:.1},{:.1}",
                crop.x, crop.y, crop.width, crop.height
            )
        });
        Fact::by(actor, "scan.imprint_adjusted", page.to_string())
            .with("case", number)
            .with("threshold", say(held.how.threshold))
            .with("turn", say(held.how.turn_degrees))
            .with("crop", crop)
            .with(
                "picture",
                picture.map_or_else(String::new, |digest| digest.to_string()),
            )
    }
}

fn held(page: &ScanPage) -> Result<&ScanImprint> {
    page.found
        .imprint
        .as_ref()
        .ok_or(Error::NotFound("imprint"))
}
