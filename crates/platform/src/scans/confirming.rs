//! What a person says about a page: it is right, it is another paper, the other picture is better, it is of no use.

use casework::{ActKind, Actor, Case, MaterialKind, Refusal};
use uuid::Uuid;

use super::{
    ScanPage, ScanPlace, ScanResult, ScanState,
    bundle::{self, Leaf},
    placing::material_of,
    taking::mark_of,
};
use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    material::NewMaterial,
    ports::{
        papers::PaperMark,
        store::{ScanPageRow, Tx},
    },
};

impl Platform {
    /// Confirms a page: it is what its place says, and good enough. With its last page a paper becomes a material of
    /// the case, in the place of the one before. Confirmed again it changes nothing. Where the form may still be
    /// changed, the imprint becomes the form's, with `take_size` also its measured size.
    ///
    /// # Errors
    /// `scan_not_filed`; the refusals of attaching a material; [`Error::NotFound`], [`Error::Conflict`].
    pub async fn confirm_scan(&self, actor: &Actor, id: Uuid, take_size: bool) -> Result<ScanPage> {
        let mut tx = self.store.read().await?;
        let (page, _) = self.load_page(tx.as_mut(), actor, id).await?;
        if page.state == ScanState::Confirmed {
            return Ok(page);
        }
        let place = filed(&page)?.clone();
        let (case, _) = self.load(tx.as_mut(), place.case).await?;
        self.may_confirm(&case, actor)?;
        let others = tx.scan_pages_of_case(place.case).await?;
        drop(tx);
        let mut files = Vec::new();
        let leaves = self.leaves(&page, &place, &others)?;
        let whole = leaves.len() as u64 == u64::from(place.pages);
        if whole {
            files.push(self.paper_file(&place, &leaves).await?);
        }
        let imprint = page.found.imprint.as_ref();
        let cut = imprint.and_then(|held| held.cut.as_ref());
        let editable = casework::allowed_acts(&case, actor, &self.policy())
            .contains(&ActKind::SaveDraft)
            && place.application.is_some();
        let mut size = None;
        if let Some(cut) = cut.filter(|_| editable) {
            size = take_size.then(|| (mm(cut.width_mm), mm(cut.height_mm)));
            files.push(NewMaterial {
                kind: MaterialKind::Imprint,
                application: place.application,
                name: format!("{}-印模.png", place.name.replace('：', "-")),
                bytes: self.opened(&cut.picture).await?,
            });
        }
        let mut examined = Vec::with_capacity(files.len());
        for file in files {
            examined.push(self.examined(actor, file).await?);
        }

        let mut tx = self.store.begin().await?;
        let (now_page, row) = self.load_page(tx.as_mut(), actor, id).await?;
        if now_page != page {
            return Err(Error::Conflict);
        }
        let (mut case, version) = self.load(tx.as_mut(), place.case).await?;
        let attached = if examined.is_empty() {
            Vec::new()
        } else {
            self.attach_in(tx.as_mut(), &mut case, version, actor, examined, size)
                .await?
        };
        let material = attached.first().filter(|_| whole).map(|(id, _)| *id);
        if let Some(held) = imprint {
            self.enter_imprint(tx.as_mut(), &case, &place, id, held)
                .await?;
        }
        self.replace_former(tx.as_mut(), &row, &place).await?;
        let found = ScanResult {
            material,
            decided_by: Some(actor.clone()),
            ..page.found.clone()
        };
        self.keep_page(
            tx.as_mut(),
            &row,
            ScanState::Confirmed,
            row.mark.clone(),
            &found,
        )
        .await?;
        let fact = self.fact(actor, "scan.confirmed", &row, &place);
        journal::record(
            tx.as_mut(),
            self.clock.now(),
            vec![fact.with(
                "material",
                material.map_or_else(String::new, |m| m.to_string()),
            )],
        )
        .await?;
        tx.commit().await?;
        self.wake.notify_one();
        self.scan_page(actor, id).await
    }

    /// Says which paper a page without a readable code is: one of those that were offered for it.
    ///
    /// # Errors
    /// `scan_not_offered`, `scan_not_filed`; [`Error::NotFound`].
    pub async fn assign_scan(&self, actor: &Actor, id: Uuid, mark: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (page, row) = self.load_page(tx.as_mut(), actor, id).await?;
        if page.state != ScanState::NoCode {
            return Err(not_filed(&page));
        }
        let offered = page
            .found
            .suggestions
            .iter()
            .find(|offered| offered.mark == mark)
            .ok_or_else(|| {
                Error::refused(
                    "scan_not_offered",
                    "请从列出的文书中选择这一页是哪一份；没有列出的，请打开相应办件后上传。",
                )
            })?;
        let fact = self.fact(actor, "scan.assigned", &row, &offered.place);
        let found = ScanResult {
            decided_by: Some(actor.clone()),
            ..page.found.clone()
        };
        self.keep_page(
            tx.as_mut(),
            &row,
            ScanState::Waiting,
            Some(mark.to_owned()),
            &found,
        )
        .await?;
        self.order_page(tx.as_mut(), id, row.version).await?;
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        self.wake_heavy.notify_one();
        Ok(())
    }

    /// Takes this picture of a page that is in the upload twice; the other one waits behind it then.
    ///
    /// # Errors
    /// `scan_not_filed`; [`Error::NotFound`].
    pub async fn prefer_scan(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (page, row) = self.load_page(tx.as_mut(), actor, id).await?;
        let twin = page
            .found
            .twin
            .filter(|_| page.state == ScanState::Twice)
            .ok_or_else(|| not_filed(&page))?;
        let (other, other_row) = self.load_page(tx.as_mut(), actor, twin).await?;
        if other.state == ScanState::Filed {
            let mut found = other.found.clone();
            found.twin = Some(id);
            self.keep_page(
                tx.as_mut(),
                &other_row,
                ScanState::Twice,
                other_row.mark.clone(),
                &found,
            )
            .await?;
        }
        let mut found = page.found.clone();
        found.remarks.retain(|remark| remark.code != "scan_twice");
        found.twin = None;
        self.keep_page(
            tx.as_mut(),
            &row,
            ScanState::Filed,
            row.mark.clone(),
            &found,
        )
        .await?;
        Ok(tx.commit().await?)
    }

    /// Sets a page aside: it is of no use. It stays in the record.
    ///
    /// # Errors
    /// `scan_confirmed` where it is a material already; [`Error::NotFound`].
    pub async fn discard_scan(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (page, row) = self.load_page(tx.as_mut(), actor, id).await?;
        if !page.state.is_open() {
            return Err(match page.state {
                ScanState::Confirmed => Error::refused(
                    "scan_confirmed",
                    "这一页已确认为办件材料，不能搁置；如需更换，请重新拍摄并确认，或在申请材料页移除。",
                ),
                _ => not_filed(&page),
            });
        }
        let mut fact = Fact::by(actor, "scan.discarded", id.to_string());
        if let Some(place) = &page.found.place {
            fact = fact.with("case", place.number.to_string());
        }
        let found = ScanResult {
            decided_by: Some(actor.clone()),
            ..page.found.clone()
        };
        self.keep_page(
            tx.as_mut(),
            &row,
            ScanState::Discarded,
            row.mark.clone(),
            &found,
        )
        .await?;
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a page of this case can be confirmed by this person now.
    pub(super) fn may_confirm(&self, case: &Case, actor: &Actor) -> Result<(), Refusal> {
        casework::takes_scans(case, actor)?;
        let allowed = casework::allowed_acts(case, actor, &self.policy());
        if allowed.contains(&ActKind::AttachMaterial) {
            return Ok(());
        }
        Err(Refusal::new(
            "not_at_this_stage",
            format!(
                "办件 {} 现处于「{}」环节，您的岗位不能更换申请材料；扫描件已归入办件，供核对",
                case.number,
                case.stage.name()
            ),
        ))
    }

    /// The pages of the paper that are there with this one: in their order, each the newest confirmed.
    fn leaves(
        &self,
        page: &ScanPage,
        place: &ScanPlace,
        others: &[ScanPageRow],
    ) -> Result<Vec<ScanPage>> {
        let mut leaves = Vec::new();
        for number in 1..=place.pages {
            if number == place.page {
                leaves.push(page.clone());
                continue;
            }
            let wanted = |row: &&ScanPageRow| {
                row.state == ScanState::Confirmed.code()
                    && mark_of(row).is_some_and(|mark| same_paper(&mark, place, number))
            };
            if let Some(row) = others.iter().find(wanted) {
                leaves.push(self.shown_page(row)?);
            }
        }
        Ok(leaves)
    }

    /// The paper as one file: a picture for one page, a PDF for several.
    async fn paper_file(&self, place: &ScanPlace, pages: &[ScanPage]) -> Result<NewMaterial> {
        let mut leaves = Vec::with_capacity(pages.len());
        for page in pages {
            let sheet = page
                .found
                .sheet
                .as_ref()
                .ok_or(Error::NotFound("picture"))?;
            leaves.push(Leaf {
                jpeg: self.opened(&sheet.picture).await?,
                width: (sheet.width_mm * sheet.px_per_mm).round() as u32,
                height: (sheet.height_mm * sheet.px_per_mm).round() as u32,
                width_mm: sheet.width_mm,
                height_mm: sheet.height_mm,
            });
        }
        let kind = material_of(place.paper)
            .ok_or_else(|| Error::internal("confirming a scan", "a paper that is no material"))?;
        let (ending, bytes) = match <[Leaf; 1]>::try_from(leaves) {
            Ok([leaf]) => ("jpg", leaf.jpeg),
            Err(leaves) => ("pdf", bundle::pdf(&leaves)),
        };
        let name = place.name.replace('：', "-");
        Ok(NewMaterial {
            kind,
            application: place.application,
            name: format!("{name}-扫描件.{ending}"),
            bytes,
        })
    }

    /// Other pictures of the same page are replaced by this one; they stay in the record.
    async fn replace_former(
        &self,
        tx: &mut dyn Tx,
        row: &ScanPageRow,
        place: &ScanPlace,
    ) -> Result<()> {
        for other in tx.scan_pages_of_case(place.case).await? {
            let held = [
                ScanState::Filed.code(),
                ScanState::Confirmed.code(),
                ScanState::Twice.code(),
            ]
            .contains(&other.state.as_str());
            if other.id == row.id || other.mark != row.mark || !held {
                continue;
            }
            let found: ScanResult = self.shown_page(&other)?.found;
            self.keep_page(tx, &other, ScanState::Replaced, other.mark.clone(), &found)
                .await?;
        }
        Ok(())
    }

    fn fact(&self, actor: &Actor, kind: &str, row: &ScanPageRow, place: &ScanPlace) -> Fact {
        let mut fact = Fact::by(actor, kind, row.id.to_string())
            .with("case", place.number.to_string())
            .with("paper", place.paper.code())
            .with("page", place.page.to_string())
            .with("revision", place.revision.to_string());
        if let Some(application) = place.application {
            fact = fact.with("application", application.to_string());
        }
        fact
    }
}

/// Millimetres as a form takes them.
fn mm(length: f32) -> String {
    format!("{length:.1}")
}

fn same_paper(mark: &PaperMark, place: &ScanPlace, page: u32) -> bool {
    mark.kind == place.paper
        && mark.application == place.application
        && mark.revision == place.revision
        && mark.page == page
}

fn filed(page: &ScanPage) -> Result<&ScanPlace> {
    match &page.found.place {
        Some(place) if page.state == ScanState::Filed => Ok(place),
        _ => Err(not_filed(page)),
    }
}

fn not_filed(page: &ScanPage) -> Error {
    Error::refused(
        "scan_not_filed",
        format!(
            "这一页现在是“{}”，不能这样处理，请刷新页面后查看。",
            page.state.name()
        ),
    )
}
