//! The paper register (纸质材料登记): where the originals of each case are.

use casework::{Actor, Case, CaseNumber, Outcome, PaperTracking, Role, Stage};
use jiff::Timestamp;

use crate::{
    Platform,
    case::{CaseView, visible},
    error::{Error, Result},
    ports::store::{Page, PageRequest, PaperCounts, PaperFilter, PaperRow, Tx},
};

impl Platform {
    /// Cases with originals that are waited for: those of one's own office, at the Center all that came there.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts that register no papers.
    pub async fn papers_waited_for(
        &self,
        actor: &Actor,
        only_missing: bool,
        page: &PageRequest,
    ) -> Result<Page<PaperRow>> {
        let consolidator = match actor.post.role {
            Role::Consolidator => Some(actor.post.unit),
            role if role.is_center() => None,
            _ => return Err(Error::Forbidden),
        };
        let filter = PaperFilter {
            consolidator,
            missing: only_missing,
        };
        Ok(self.store.read().await?.papers(&filter, page).await?)
    }

    /// A case by its number as typed or scanned.
    ///
    /// # Errors
    /// `case_number_malformed`, `case_number_check`; `case_number_unknown` also where the person may not see the case.
    pub async fn case_by_number(&self, actor: &Actor, number: &str) -> Result<CaseView> {
        let number: CaseNumber = number.trim().parse()?;
        let unknown = || {
            Error::refused(
                "case_number_unknown",
                format!("没有编号为 {number} 的办件，或它不在您的办理范围内，请核对。"),
            )
        };
        let mut tx = self.store.read().await?;
        let record = tx
            .case_by_number(&number.to_string())
            .await?
            .ok_or_else(unknown)?;
        let case: Case = self.protection.open(&record.body)?;
        visible(actor, &case).map_err(|_| unknown())?;
        Ok(self.view(actor, case))
    }

    /// Notes in the register where the originals of a case are now.
    pub(crate) async fn note_papers(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        at: Timestamp,
    ) -> Result<()> {
        let counts = counts(case);
        if counts.all() == 0 {
            return Ok(());
        }
        // Nobody waits for the papers of what was refused or withdrawn.
        let given_up = matches!(
            case.stage,
            Stage::Closed(Outcome::Refused | Outcome::Withdrawn)
        );
        let outstanding = if given_up { 0 } else { counts.outstanding() };
        Ok(tx.papers_note(case.id, &counts, outstanding, at).await?)
    }
}

fn counts(case: &Case) -> PaperCounts {
    let mut counts = PaperCounts::default();
    for material in case.live_materials() {
        let counted = match material.paper {
            PaperTracking::None => continue,
            PaperTracking::Expected => &mut counts.expected,
            PaperTracking::AtConsolidator { .. } => &mut counts.with_consolidator,
            PaperTracking::Forwarded { .. } => &mut counts.forwarded,
            PaperTracking::Received { .. } => &mut counts.received,
            PaperTracking::Missing { .. } => &mut counts.missing,
        };
        *counted += 1;
    }
    counts
}
