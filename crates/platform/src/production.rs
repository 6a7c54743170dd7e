//! Production (印章办理): certificate and seal of one application, made in recorded steps.
//!
//! Each step records what it is about to sign before it signs, and finds the record when it is repeated. A process
//! killed between any two lines goes on where it was; keys, codes, certificates and seals are made once.

use casework::{
    Act, Actor, Application, ApplicationForm, ApplicationId, Case, CaseId, CertificateRef,
    DivisionAndSequence, Effect, FileDigest, Medium, Produced, Progress, Reason, SealAct, SealCode,
    SealCodeScheme, SealId, SealRecord, What,
};
use jiff::{SignedDuration, Timestamp};
use pki::Certificate;
use seal::{CertificateList, SealInfo, Version};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    material::key_digest,
    ports::{
        Custody, IssueRequest, KeyLabel,
        store::{CertificateRecord, SigningKind, SigningRecord},
    },
    register::{RegisteredSeal, medium_key},
};

/// `vid` of the seals made here.
const VENDOR: &str = "YINXIN";

/// What is fixed about a seal when its certificate is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reserved {
    seal: SealId,
    code: SealCode,
    serial: String,
    key: KeyLabel,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// What is fixed about a seal when it is recorded itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Drawn {
    picture: FileDigest,
}

impl Platform {
    /// Makes (or revokes, or unlocks) what one application asks for. `subject` is `case/application`.
    pub(crate) async fn produce(&self, subject: &str) -> Result<()> {
        let (case, application) = subject
            .split_once('/')
            .and_then(|(case, application)| {
                Some((
                    case.parse::<CaseId>().ok()?,
                    application.parse::<ApplicationId>().ok()?,
                ))
            })
            .ok_or_else(|| Error::internal("production", "unreadable subject"))?;
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        drop(tx);
        let found = case
            .application(application)
            .ok_or(Error::NotFound("application"))?;
        if found.progress == Progress::Produced {
            return Ok(());
        }
        let form = found
            .form
            .as_ref()
            .ok_or_else(|| Error::internal("production", "no form"))?;
        match effect_of(&case, found) {
            Some(Effect::Make { supersedes, .. }) => {
                self.make(&case, found, form, supersedes).await
            }
            Some(Effect::Cancel { seal, .. }) => self.cancel(&case, application, seal).await,
            Some(Effect::ResetPin { seal, .. }) => self.report(&case, application, seal).await,
            _ => Err(Error::internal("production", "nothing to be made")),
        }
    }

    async fn make(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        supersedes: Option<SealId>,
    ) -> Result<()> {
        let (reserved, certificate) = self.make_certificate(case, application, form).await?;
        let (drawn, seal) = self
            .make_seal(case, application, form, &reserved, &certificate, supersedes)
            .await?;
        self.register(
            case,
            application,
            form,
            reserved,
            &certificate,
            drawn,
            seal,
            supersedes,
        )
        .await
    }

    async fn make_certificate(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
    ) -> Result<(Reserved, Certificate)> {
        let subject = application.id.as_uuid();
        let kept = self
            .store
            .read()
            .await?
            .signing(SigningKind::Certificate, subject)
            .await?;
        let record = match kept {
            Some(record) => record,
            None => self.record_certificate(case, application, form).await?,
        };
        let reserved: Reserved =
            serde_json::from_str(&record.context).map_err(|e| Error::internal("production", e))?;
        let der = match record.result {
            Some(der) => der,
            None => {
                let certificate = self.authority.sign_certificate(&record.tbs).await?;
                let mut tx = self.store.begin().await?;
                let der = tx
                    .signing_finish(SigningKind::Certificate, subject, certificate.der())
                    .await?;
                tx.commit().await?;
                der
            }
        };
        let certificate =
            Certificate::from_der(&der).map_err(|e| Error::internal("production", e))?;
        Ok((reserved, certificate))
    }

    async fn record_certificate(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
    ) -> Result<SigningRecord> {
        // A label made from the application's id: a repeated step finds the same key.
        let label = KeyLabel::new(format!("seal-{}", application.id.as_uuid().simple()))
            .ok_or_else(|| Error::internal("production", "key label"))?;
        let public_key = match form.medium {
            Medium::Hosted => self.keys.generate(&label, Custody::Holder).await?,
            Medium::UsbKey | Medium::SigningDevice => self.requested_key(case, form).await?,
        };
        let now = whole_second(self.clock.now());
        let validity = SignedDuration::from_hours(i64::from(self.settings.seal_validity_days) * 24);
        let not_after = now + validity;
        let serial = positive(gm::random_bytes::<16>());
        let mut tx = self.store.begin().await?;
        let division = form.unit.county;
        let sequence = tx.next_number(&format!("seal:{division}")).await?;
        let code = DivisionAndSequence.make(division, sequence)?;
        let tbs = self.authority.certificate_tbs(&IssueRequest {
            credit_code: form.unit.credit_code.to_string(),
            unit_name: form.unit.name.clone(),
            seal_code: code.to_string(),
            public_key,
            serial,
            not_before: now,
            not_after,
        })?;
        let reserved = Reserved {
            seal: SealId::from_uuid(Uuid::now_v7()),
            code,
            serial: hex::encode(serial),
            key: label,
            not_before: now,
            not_after,
        };
        let record = SigningRecord {
            kind: SigningKind::Certificate,
            subject: application.id.as_uuid(),
            tbs,
            context: to_json(&reserved)?,
            result: None,
            created_at: now,
        };
        tx.signing_insert(&record).await?;
        tx.commit().await?;
        Ok(record)
    }

    async fn make_seal(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        reserved: &Reserved,
        certificate: &Certificate,
        supersedes: Option<SealId>,
    ) -> Result<(Drawn, Vec<u8>)> {
        let subject = application.id.as_uuid();
        let kept = self
            .store
            .read()
            .await?
            .signing(SigningKind::Seal, subject)
            .await?;
        let record = match kept {
            Some(record) => record,
            None => {
                self.record_seal(case, application, form, reserved, certificate, supersedes)
                    .await?
            }
        };
        let drawn: Drawn =
            serde_json::from_str(&record.context).map_err(|e| Error::internal("production", e))?;
        let der = match record.result {
            Some(der) => der,
            None => {
                let signature = self.authority.sign_seal(&record.tbs).await?;
                let maker = self.authority.maker();
                let der = seal::assemble_seal(&record.tbs, maker.der(), &signature, None)
                    .map_err(|e| Error::internal("assembling the seal", e))?;
                let mut tx = self.store.begin().await?;
                let der = tx.signing_finish(SigningKind::Seal, subject, &der).await?;
                tx.commit().await?;
                der
            }
        };
        Ok((drawn, der))
    }

    async fn record_seal(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        reserved: &Reserved,
        certificate: &Certificate,
        supersedes: Option<SealId>,
    ) -> Result<SigningRecord> {
        let picture = self.picture_of(case, form, supersedes).await?;
        let digest = self.files.put(picture.clone()).await?;
        let (width, height) = (form.seal.width, form.seal.height);
        let info = SealInfo {
            version: Version::V4,
            vendor: VENDOR.to_owned(),
            code: reserved.code.to_string(),
            kind: 1,
            name: form.seal.name.clone(),
            certificates: CertificateList::Certificates(vec![certificate.der().to_vec()]),
            created: reserved.not_before,
            valid_from: reserved.not_before,
            valid_to: reserved.not_after,
            picture,
            width: u32::from(width.tenths()),
            height: u32::from(height.tenths()),
            extensions: Vec::new(),
        };
        let findings = info.lint(
            std::slice::from_ref(certificate),
            self.authority.maker(),
            &seal::Limits::default(),
        );
        if let Some(fault) = findings
            .iter()
            .find(|finding| finding.outcome != pki::Outcome::Valid)
        {
            return Err(Error::internal(
                "seal lint",
                format!("{}: {}", fault.code, fault.message),
            ));
        }
        let record = SigningRecord {
            kind: SigningKind::Seal,
            subject: application.id.as_uuid(),
            tbs: info.tbs().map_err(|e| Error::internal("seal", e))?,
            context: to_json(&Drawn { picture: digest })?,
            result: None,
            created_at: self.clock.now(),
        };
        let mut tx = self.store.begin().await?;
        tx.signing_insert(&record).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// The picture of the new seal: from the imprint collected in this case, else the former seal's.
    async fn picture_of(
        &self,
        case: &Case,
        form: &ApplicationForm,
        supersedes: Option<SealId>,
    ) -> Result<Vec<u8>> {
        if let Some(imprint) = form.imprint {
            let digest = case
                .material(imprint)
                .ok_or(Error::NotFound("imprint"))?
                .digest;
            let personal = form.kind == casework::SealKind::Personal;
            let (width, height) = (form.seal.width.as_f64(), form.seal.height.as_f64());
            return Ok(self
                .clean_picture(&digest, width, height, personal)
                .await?
                .png);
        }
        let former = supersedes.ok_or_else(|| Error::internal("production", "no imprint"))?;
        let mut tx = self.store.read().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), former).await?;
        drop(tx);
        Ok(self.files.get(&seal.picture).await?)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of a seal, put together once"
    )]
    async fn register(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        reserved: Reserved,
        certificate: &Certificate,
        drawn: Drawn,
        seal: Vec<u8>,
        supersedes: Option<SealId>,
    ) -> Result<()> {
        let now = self.clock.now();
        let file = self.files.put(seal).await?;
        let key_serial = application
            .key_presented
            .as_ref()
            .map(|key| key.serial.clone());
        let record = SealRecord {
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
            key_serial: key_serial.clone(),
            width: form.seal.width,
            height: form.seal.height,
            imprint: drawn.picture,
            valid_from: reserved.not_before,
            valid_until: reserved.not_after,
            certificates: vec![CertificateRef {
                serial: reserved.serial.clone(),
                not_before: reserved.not_before,
                not_after: reserved.not_after,
            }],
            supersedes,
            superseded_by: None,
            made_in: case.id,
            made_at: now,
            history: Vec::new(),
            loss_report: None,
        };
        let produced = Produced {
            seal: reserved.seal,
            code: reserved.code,
            key_serial,
            certificate_serials: vec![reserved.serial.clone()],
            valid_until: Some(reserved.not_after),
            at: now,
        };
        let public_key = certificate
            .public_key()
            .map_err(|e| Error::internal("production", e))?;
        let kept = CertificateRecord {
            serial: reserved.serial.clone(),
            seal: reserved.seal,
            der: certificate.der().to_vec(),
            key_digest: key_digest(public_key),
            not_after: reserved.not_after,
            revoked_at: None,
            revocation_reason: None,
        };
        let registered = RegisteredSeal {
            record,
            file,
            picture: drawn.picture,
            certificate: reserved.serial,
            key: medium_key(form.medium, reserved.key),
            initial_pin: true,
            open_case: None,
        };
        let act = Act::ApplicationProduced {
            application: application.id,
            produced,
        };
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), case.id).await?;
        let done = case
            .application(application.id)
            .is_some_and(|a| a.progress == Progress::Produced);
        if done {
            return Ok(());
        }
        tx.seal_insert(&self.seal_row(&registered, 1)?).await?;
        tx.certificate_insert(&kept).await?;
        let maker = maker_of(&case, application.id)?;
        let fact = Fact::by(&maker, "seal.made", registered.record.code.to_string())
            .with("case", case.number.to_string())
            .with("seal_digest", registered.file.to_string())
            .with("certificate", registered.certificate.clone());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        self.advance(tx.as_mut(), &mut case, version, &maker, &act)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Revokes certificates and cancels the seal (印章撤销).
    async fn cancel(&self, case: &Case, application: ApplicationId, id: SealId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), case.id).await?;
        let maker = maker_of(&case, application)?;
        let (mut seal, seal_version) = self.load_seal(tx.as_mut(), id).await?;
        let act = SealAct::Cancel {
            reason: Reason::Revocation,
            note: format!("按办件 {} 撤销", case.number),
            case: Some(case.id),
        };
        let mut entries = Vec::new();
        self.apply_seal_act(
            tx.as_mut(),
            &mut seal,
            seal_version,
            &maker,
            &act,
            &mut entries,
        )
        .await?;
        let produced = produced_of(&seal, self.clock.now());
        let act = Act::ApplicationProduced {
            application,
            produced,
        };
        self.advance(tx.as_mut(), &mut case, version, &maker, &act)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The key's PIN was reset at the desk (口令解锁): the platform records it.
    async fn report(&self, case: &Case, application: ApplicationId, id: SealId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), case.id).await?;
        let maker = maker_of(&case, application)?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        let fact = Fact::by(&maker, "seal.pin_reset", seal.record.code.to_string())
            .with("case", case.number.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        let produced = produced_of(&seal, self.clock.now());
        let act = Act::ApplicationProduced {
            application,
            produced,
        };
        self.advance(tx.as_mut(), &mut case, version, &maker, &act)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn requested_key(&self, case: &Case, form: &ApplicationForm) -> Result<gm::PublicKey> {
        let material = form
            .request
            .and_then(|id| case.material(id))
            .ok_or_else(|| {
                Error::refused(
                    "p10_missing",
                    "缺少 P10 证书请求：密钥不在平台的印章须由介质产生证书请求。",
                )
            })?;
        let bytes = self.files.get(&material.digest).await?;
        let request = pki::CertificateRequest::parse(&bytes)
            .map_err(|problem| Error::refused(problem.code, problem.message))?;
        request.public_key().cloned().ok_or_else(|| {
            Error::refused(
                "p10_not_sm2",
                "P10 证书请求中的密钥不是 SM2 密钥，请用国密算法重新生成。",
            )
        })
    }
}

/// What the start of production asked for.
fn effect_of(case: &Case, application: &Application) -> Option<Effect> {
    let started = application.production.as_ref()?;
    let event = casework::Event {
        at: started.at,
        by: started.by.clone(),
        what: What::ProductionStarted {
            application: application.id,
        },
    };
    casework::effects(case, &event).into_iter().next()
}

/// The platform finishing what the maker started.
fn maker_of(case: &Case, application: ApplicationId) -> Result<Actor> {
    let started = case
        .application(application)
        .and_then(|application| application.production.as_ref())
        .ok_or_else(|| Error::internal("production", "not started"))?;
    Ok(Actor::system_for(&started.by))
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

/// X.509 serial numbers are positive; the first bit set would make DER longer, the first byte zero shorter.
fn positive(mut serial: [u8; 16]) -> [u8; 16] {
    serial[0] = (serial[0] & 0x7f) | 0x40;
    serial
}

/// Certificates and seals keep whole seconds.
pub(crate) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::internal("production", e))
}
