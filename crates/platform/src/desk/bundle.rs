//! Hand-overs of several cases (汇总递交): each with its number, and where its cases stand.

use casework::{Actor, BundleId, CaseId, Role};
use jiff::tz::{Offset, TimeZone};

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{BundleRow, CaseRow, Page, PageRequest, Tx},
};

/// A hand-over with its cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// The hand-over.
    pub row: BundleRow,
    /// Its cases, by number.
    pub cases: Vec<CaseRow>,
}

impl Platform {
    /// Hand-overs of the reader's own office; at the Center all. Each with the number of its cases.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without hand-overs.
    pub async fn bundles(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<(BundleRow, u32)>> {
        let consolidator = match actor.post.role {
            Role::Consolidator => Some(actor.post.unit),
            role if role.is_center() => None,
            _ => return Err(Error::Forbidden),
        };
        Ok(self.store.read().await?.bundles(consolidator, page).await?)
    }

    /// A hand-over and its cases.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn bundle(&self, actor: &Actor, id: BundleId) -> Result<Bundle> {
        let mut tx = self.store.read().await?;
        let row = tx.bundle(id).await?.ok_or(Error::NotFound("bundle"))?;
        let sees = match actor.post.role {
            Role::Consolidator => row.consolidator == actor.post.unit,
            role => role.is_center(),
        };
        if !sees {
            return Err(Error::NotFound("bundle"));
        }
        let cases = tx.bundle_cases(id).await?;
        Ok(Bundle { row, cases })
    }

    /// Puts a case that was handed over into its bundle; the first one opens it.
    pub(super) async fn add_to_bundle(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        bundle: BundleId,
        case: CaseId,
    ) -> Result<()> {
        if tx.bundle(bundle).await?.is_none() {
            let now = self.clock.now();
            let year = now.to_zoned(TimeZone::fixed(Offset::constant(8))).year();
            let sequence = tx.next_number(&format!("bundle:{year}")).await?;
            let unit = actor.post.unit;
            let name = tx.unit(unit).await?.map(|unit| unit.full_name);
            tx.bundle_insert(&BundleRow {
                id: bundle,
                number: format!("汇{year}-{sequence:05}"),
                consolidator: unit,
                consolidator_name: name.unwrap_or_default(),
                made_by: actor.name.clone(),
                made_at: now,
            })
            .await?;
        }
        Ok(tx.bundle_add(bundle, case).await?)
    }
}
