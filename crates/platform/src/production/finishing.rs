//! Entering in the register what was made, and reporting it to the case: several applications in one transaction.

use casework::{
    Act, Actor, Application, ApplicationForm, ApplicationId, BusinessType, Case, CaseId,
    CertificateRef, Produced, Progress, Reason, SealAct, SealId, SealRecord,
};
use jiff::Timestamp;

use super::making::Made;
use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    material::key_digest,
    ports::store::{CertificateRecord, Tx},
    register::{RegisteredSeal, activation_code, medium_key},
};

/// What is ready to be entered for one application.
pub(super) enum Ready {
    /// A seal was made.
    Made(Box<Made>),
    /// A seal is to be cancelled (印章撤销).
    Cancel(SealId),
    /// A PIN was reset (口令解锁).
    Unlocked(SealId),
}

impl Platform {
    /// Enters all of it and reports it to the case, or nothing. What was entered before is left as it is.
    pub(super) async fn finish(
        &self,
        case: CaseId,
        ready: &[(ApplicationId, Ready)],
    ) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), case).await?;
        let mut acts = Vec::with_capacity(ready.len());
        let mut facts = Vec::new();
        let mut maker = None;
        for (application, ready) in ready {
            let found = case
                .application(*application)
                .ok_or(Error::NotFound("application"))?;
            if found.progress == Progress::Produced {
                continue;
            }
            let by = maker_of(found)?;
            let produced = match ready {
                Ready::Made(made) => {
                    let seal = registered(&case, found, made, now)?;
                    tx.seal_insert(&self.seal_row(&seal, 1)?).await?;
                    tx.certificate_insert(&certificate_of(made)?).await?;
                    self.order_index(tx.as_mut(), seal.record.id).await?;
                    facts.push(
                        Fact::by(&by, "seal.made", seal.record.code.to_string())
                            .with("case", case.number.to_string())
                            .with("seal_digest", seal.file.to_string())
                            .with("certificate", seal.certificate.clone()),
                    );
                    produced_of(&seal, now)
                }
                Ready::Cancel(seal) => {
                    self.cancel(tx.as_mut(), &case, &by, *seal, &mut facts)
                        .await?
                }
                Ready::Unlocked(seal) => {
                    let (mut seal, version) = self.load_seal(tx.as_mut(), *seal).await?;
                    seal.initial_pin = true;
                    tx.seal_update(&self.seal_row(&seal, version)?).await?;
                    facts.push(
                        Fact::by(&by, "seal.pin_reset", seal.record.code.to_string())
                            .with("case", case.number.to_string()),
                    );
                    produced_of(&seal, now)
                }
            };
            acts.push(Act::ApplicationProduced {
                application: *application,
                produced,
            });
            maker = Some(by);
        }
        let Some(maker) = maker else {
            return Ok(());
        };
        journal::record(tx.as_mut(), now, facts).await?;
        self.advance_all(tx.as_mut(), &mut case, version, &maker, &acts)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Revokes certificates and cancels the seal (印章撤销).
    async fn cancel(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        maker: &Actor,
        id: SealId,
        facts: &mut Vec<Fact>,
    ) -> Result<Produced> {
        let (mut seal, version) = self.load_seal(tx, id).await?;
        let act = SealAct::Cancel {
            reason: Reason::Revocation,
            note: format!("按办件 {} 撤销", case.number),
            case: Some(case.id),
        };
        let quiet = case.live_applications().count() > 1;
        self.decide_and_keep(tx, &mut seal, version, maker, &act, facts, quiet)
            .await?;
        Ok(produced_of(&seal, self.clock.now()))
    }

    /// Takes the old PIN away (口令解锁): the new one is given out when the case is finished at the desk.
    pub(super) async fn take_pin_away(&self, id: SealId) -> Result<()> {
        let mut tx = self.store.read().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        drop(tx);
        if let Some(label) = seal.key.label() {
            self.keys.reset_pin(label, &activation_code()).await?;
        }
        Ok(())
    }
}

/// The platform finishing what the maker started.
fn maker_of(application: &Application) -> Result<Actor> {
    let started = application
        .production
        .as_ref()
        .ok_or_else(|| Error::internal("production", "not started"))?;
    Ok(Actor::system_for(&started.by))
}

fn form_of(application: &Application) -> Result<&ApplicationForm> {
    application
        .form
        .as_ref()
        .ok_or_else(|| Error::internal("production", "no form"))
}

fn registered(
    case: &Case,
    application: &Application,
    made: &Made,
    now: Timestamp,
) -> Result<RegisteredSeal> {
    let form = form_of(application)?;
    let reserved = &made.reserved;
    let former = made.former.as_ref();
    // With the key the PIN was kept: what its holder knows goes on to be right.
    let keeps_pin = matches!(case.business, BusinessType::Renewal | BusinessType::Change);
    Ok(RegisteredSeal {
        record: SealRecord {
            id: reserved.seal,
            code: reserved.code,
            version: 0,
            name: form.seal.name.clone(),
            kind: form.kind,
            function: form.function.clone(),
            unit: case.unit.id,
            unit_name: form.unit.name.clone(),
            credit_code: form.unit.credit_code,
            holder: form.person.clone(),
            medium: form.medium,
            key_serial: reserved.key_serial.clone(),
            width: form.seal.width,
            height: form.seal.height,
            imprint: made.picture,
            valid_from: reserved.not_before,
            valid_until: reserved.not_after,
            certificates: vec![CertificateRef {
                serial: reserved.serial.clone(),
                not_before: reserved.not_before,
                not_after: reserved.not_after,
            }],
            supersedes: former.map(|former| former.record.id),
            superseded_by: None,
            made_in: case.id,
            made_at: now,
            history: Vec::new(),
            loss_report: None,
            filing: None,
            resumption: None,
        },
        file: made.file,
        picture: made.picture,
        certificate: reserved.serial.clone(),
        key: medium_key(form.medium, reserved.key.clone()),
        initial_pin: !keeps_pin || former.is_none_or(|former| former.initial_pin),
        open_case: None,
        city: Some(case.unit.city),
        level: Some(case.unit.level),
        renewal_draft: None,
    })
}

fn certificate_of(made: &Made) -> Result<CertificateRecord> {
    let public_key = made
        .certificate
        .public_key()
        .map_err(|e| Error::internal("production", e))?;
    Ok(CertificateRecord {
        serial: made.reserved.serial.clone(),
        seal: made.reserved.seal,
        der: made.certificate.der().to_vec(),
        key_digest: key_digest(public_key),
        not_after: made.reserved.not_after,
        revoked_at: None,
        revocation_reason: None,
    })
}

fn produced_of(seal: &RegisteredSeal, at: Timestamp) -> Produced {
    let record = &seal.record;
    Produced {
        seal: record.id,
        code: record.code,
        key_serial: record.key_serial.clone(),
        certificate_serials: record
            .certificates
            .iter()
            .map(|c| c.serial.clone())
            .collect(),
        valid_until: Some(record.valid_until),
        at,
    }
}
