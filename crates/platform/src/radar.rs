//! The radar: imprints that look nearly the same, of another unit or of a seal that is made already.

use casework::{Actor, ApplicationId, Case, CaseId, FileDigest, SealId, UnitId};
use imprint::Likeness;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    case::visible,
    error::{Error, Result},
    jobs,
    material::{MaterialFile, blocking},
    ports::store::{ImprintRow, NewJob, Tx},
    scans::{ScanImprint, ScanPlace},
};

/// Candidates that are compared.
const MOST_COMPARED: u32 = 100;
/// Coarse keys that candidates share.
const SHARED: u32 = Likeness::SHARED_KEYS as u32;
/// Alike imprints that are told.
const MOST_TOLD: usize = 5;
/// Seals entered by one job.
const SEALS: u32 = 20;

/// An imprint that looks nearly like that of an application.
#[derive(Debug, Clone, PartialEq)]
pub struct Alike {
    /// The application in question.
    pub application: ApplicationId,
    /// Its entry, for the picture.
    pub own: Uuid,
    /// The entry of the other, for the picture.
    pub other: Uuid,
    /// How far they are apart: 0 for the same, [`Likeness::NEAR`] at most.
    pub distance: f32,
    /// The other's seal name.
    pub name: String,
    /// The other's unit.
    pub unit_name: String,
    /// The same unit.
    pub same_unit: bool,
    /// The seal that was made with it.
    pub seal: Option<SealId>,
    /// The case that it was confirmed in.
    pub case: Option<CaseId>,
    /// When it was entered.
    pub entered_at: Timestamp,
}

/// What is kept of an imprint beside its columns.
#[derive(Serialize, Deserialize)]
pub(crate) struct ImprintBody {
    /// The seal's name.
    pub(crate) name: String,
    /// The unit's name.
    pub(crate) unit_name: String,
    /// The page it was confirmed on.
    pub(crate) page: Option<Uuid>,
    /// The revision of the form that the page shows.
    pub(crate) revision: u32,
    /// The picture is kept encrypted.
    pub(crate) sealed: bool,
}

impl Platform {
    /// Enters the imprint of a confirmed page: the seal is made with it, and it can be found by what it looks like.
    pub(crate) async fn enter_imprint(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        place: &ScanPlace,
        page: Uuid,
        held: &ScanImprint,
    ) -> Result<()> {
        let (Some(cut), Some(application)) = (&held.cut, place.application) else {
            return Ok(());
        };
        let likeness = hex::decode(&cut.likeness).map_err(|e| Error::internal("imprints", e))?;
        let name = case
            .application(application)
            .map_or("", casework::Application::seal_name);
        let body = ImprintBody {
            name: name.to_owned(),
            unit_name: case.unit.full_name.clone(),
            page: Some(page),
            revision: place.revision,
            sealed: true,
        };
        let row = ImprintRow {
            id: Uuid::now_v7(),
            application: Some(application),
            seal: None,
            case: Some(case.id),
            unit: case.unit.id,
            picture: cut.picture.to_string(),
            created_at: self.clock.now(),
            body: self.protection.seal(&body)?,
            likeness,
        };
        let buckets = buckets(&row.likeness);
        Ok(tx.imprint_save(&row, &buckets).await?)
    }

    /// The picture that was confirmed on paper for an application, as long as the form is the one that was stamped.
    pub(crate) async fn confirmed_imprint(
        &self,
        application: ApplicationId,
        form_revision: u32,
    ) -> Result<Option<Vec<u8>>> {
        let row = self.store.read().await?.imprint_of(application).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let body: ImprintBody = self.protection.open(&row.body)?;
        if body.revision < form_revision {
            return Ok(None);
        }
        Ok(Some(self.picture_of_entry(&row, &body).await?))
    }

    /// Imprints that look nearly like those confirmed for a case: of other units, and of seals that are made. For who
    /// accepts and reviews.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the case; [`Error::Forbidden`] outside the Center.
    pub async fn alike(&self, actor: &Actor, id: CaseId) -> Result<Vec<Alike>> {
        if !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        let mut alike = Vec::new();
        for application in case.live_applications() {
            let Some(own) = tx.imprint_of(application.id).await? else {
                continue;
            };
            let former = application
                .form
                .as_ref()
                .and_then(|form| form.existing.as_ref())
                .map(|existing| existing.seal);
            let made = application.produced.as_ref().map(|made| made.seal);
            let near = tx
                .imprints_near(&buckets(&own.likeness), SHARED, MOST_COMPARED)
                .await?;
            let others: Vec<ImprintRow> = near
                .into_iter()
                .filter(|other| other.id != own.id)
                // Its own seal, and the one that it follows, are expected to look the same.
                .filter(|other| {
                    other.seal.is_none() || (other.seal != former && other.seal != made)
                })
                .collect();
            alike.extend(
                self.compared(application.id, case.unit.id, &own, others)
                    .await?,
            );
        }
        Ok(alike)
    }

    async fn compared(
        &self,
        application: ApplicationId,
        unit: UnitId,
        own: &ImprintRow,
        others: Vec<ImprintRow>,
    ) -> Result<Vec<Alike>> {
        let mine = own.likeness.clone();
        let near = blocking(move || {
            let Some(mine) = Likeness::from_bytes(&mine) else {
                return Vec::new();
            };
            let mut near: Vec<(f32, ImprintRow)> = others
                .into_iter()
                .filter_map(|other| {
                    let distance = mine.distance(&Likeness::from_bytes(&other.likeness)?);
                    (distance <= Likeness::NEAR).then_some((distance, other))
                })
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0));
            near.truncate(MOST_TOLD);
            near
        })
        .await?;
        near.into_iter()
            .map(|(distance, other)| {
                let body: ImprintBody = self.protection.open(&other.body)?;
                Ok(Alike {
                    application,
                    own: own.id,
                    other: other.id,
                    distance,
                    name: body.name,
                    unit_name: body.unit_name,
                    same_unit: other.unit == unit,
                    seal: other.seal,
                    case: other.case,
                    entered_at: other.created_at,
                })
            })
            .collect()
    }

    /// The picture of an entry, for who reviews a case in which it is told.
    ///
    /// # Errors
    /// As [`Platform::alike`]; [`Error::NotFound`] for an entry that is not told there.
    pub async fn alike_picture(
        &self,
        actor: &Actor,
        case: CaseId,
        entry: Uuid,
    ) -> Result<MaterialFile> {
        let told = self.alike(actor, case).await?;
        let one = told
            .iter()
            .find(|alike| alike.own == entry || alike.other == entry)
            .ok_or(Error::NotFound("imprint"))?;
        let mut tx = self.store.read().await?;
        let own = tx.imprint_of(one.application).await?;
        let own = own.ok_or(Error::NotFound("imprint"))?;
        let row = if own.id == entry {
            own
        } else {
            let near = tx
                .imprints_near(&buckets(&own.likeness), SHARED, MOST_COMPARED)
                .await?;
            let found = near.into_iter().find(|row| row.id == entry);
            found.ok_or(Error::NotFound("imprint"))?
        };
        drop(tx);
        let body: ImprintBody = self.protection.open(&row.body)?;
        Ok(MaterialFile {
            name: format!("{}.png", body.name),
            media_type: "image/png",
            bytes: self.picture_of_entry(&row, &body).await?,
        })
    }

    async fn picture_of_entry(&self, row: &ImprintRow, body: &ImprintBody) -> Result<Vec<u8>> {
        let digest: FileDigest = row
            .picture
            .parse()
            .map_err(|_| Error::internal("imprints", "unreadable digest"))?;
        let bytes = self.files.get(&digest).await?;
        if body.sealed {
            self.protection.open_file(&bytes)
        } else {
            Ok(bytes)
        }
    }

    /// Orders the picture of a seal just made to be entered.
    pub(crate) async fn order_index(&self, tx: &mut dyn Tx, seal: SealId) -> Result<()> {
        let now = self.clock.now();
        let job = jobs::new_job(jobs::kind::INDEX_SEALS, seal.to_string(), now);
        Ok(tx.job_insert(&job).await?)
    }

    /// The job: enters the picture of one seal (`subject` is its id), or of the next ones of all (`all…`).
    pub(crate) async fn index_seals(&self, subject: &str, payload: &str) -> Result<()> {
        if let Ok(seal) = subject.parse::<SealId>() {
            return self.index_seal(seal).await;
        }
        let after: Option<SealId> = serde_json::from_str::<Progress>(payload)
            .map_err(|e| Error::internal("imprints", e))?
            .after;
        let seals = self.store.read().await?.seals_after(after, SEALS).await?;
        for seal in &seals {
            self.index_seal(*seal).await?;
        }
        let Some(last) = seals.last() else {
            return Ok(());
        };
        let payload = serde_json::to_string(&Progress { after: Some(*last) })
            .map_err(|e| Error::internal("imprints", e))?;
        let next = NewJob {
            payload,
            ..jobs::new_job(
                jobs::kind::INDEX_SEALS,
                format!("all/{last}"),
                self.clock.now(),
            )
        };
        let mut tx = self.store.begin().await?;
        tx.job_insert(&next).await?;
        Ok(tx.commit().await?)
    }

    async fn index_seal(&self, id: SealId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        drop(tx);
        let picture = match self.files.get(&seal.picture).await {
            Ok(picture) => picture,
            Err(error) => {
                // A lost picture is told elsewhere; it must not keep the others from being entered.
                tracing::warn!(seal = %id, error = %error, "a seal's picture cannot be entered");
                return Ok(());
            }
        };
        let likeness = blocking(move || {
            let picture = image::load_from_memory(&picture).ok()?.into_rgba8();
            Likeness::of_picture(&picture)
        })
        .await?;
        let Some(likeness) = likeness else {
            return Ok(());
        };
        let record = &seal.record;
        let body = ImprintBody {
            name: record.name.clone(),
            unit_name: record.unit_name.clone(),
            page: None,
            revision: 0,
            sealed: false,
        };
        let row = ImprintRow {
            id: Uuid::now_v7(),
            application: None,
            seal: Some(id),
            case: None,
            unit: record.unit,
            picture: seal.picture.to_string(),
            likeness: likeness.to_bytes(),
            created_at: self.clock.now(),
            body: self.protection.seal(&body)?,
        };
        let buckets = buckets(&row.likeness);
        let mut tx = self.store.begin().await?;
        tx.imprint_save(&row, &buckets).await?;
        Ok(tx.commit().await?)
    }
}

/// How far the seals were gone through.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Progress {
    after: Option<SealId>,
}

/// The coarse keys of a likeness, each with its place in the list.
fn buckets(likeness: &[u8]) -> Vec<i64> {
    Likeness::from_bytes(likeness)
        .map(|likeness| {
            likeness
                .keys()
                .into_iter()
                .map(|(place, key)| i64::from(place) << 16 | i64::from(key))
                .collect()
        })
        .unwrap_or_default()
}
