//! Making certificate and seal of one application, in recorded steps.
//!
//! Each step records what it is about to sign before it signs, and finds the record when it is repeated. A process
//! killed between any two lines goes on where it was; keys, codes, certificates and seals are made once.

use casework::{
    Application, ApplicationForm, BusinessType, Case, DivisionAndSequence, FileDigest, Medium,
    SealCode, SealCodeScheme, SealId,
};
use jiff::{SignedDuration, Timestamp};
use pki::Certificate;
use seal::{CertificateList, SealInfo, Version};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::whole_second;
use crate::{
    Platform,
    error::{Error, Result},
    ports::{
        Custody, IssueRequest, KeyLabel,
        store::{SigningKind, SigningRecord},
    },
    register::RegisteredSeal,
};

/// `vid` of the seals made here.
const VENDOR: &str = "YINXIN";

/// A seal that is made and not in the register yet.
pub(super) struct Made {
    pub(super) reserved: Reserved,
    pub(super) certificate: Certificate,
    pub(super) picture: FileDigest,
    pub(super) file: FileDigest,
    pub(super) former: Option<RegisteredSeal>,
}

/// What is fixed about a seal when its certificate is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Reserved {
    pub(super) seal: SealId,
    pub(super) code: SealCode,
    pub(super) serial: String,
    pub(super) key: KeyLabel,
    /// Serial number of the USB KEY.
    #[serde(default)]
    pub(super) key_serial: Option<String>,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

/// What is fixed about a seal when it is recorded itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Drawn {
    picture: FileDigest,
}

/// The key of a seal about to be made.
struct NewKey {
    label: KeyLabel,
    public_key: gm::PublicKey,
    serial: Option<String>,
}

impl Platform {
    pub(super) async fn make(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        supersedes: Option<SealId>,
    ) -> Result<Made> {
        let former = match supersedes {
            Some(id) => {
                let mut tx = self.store.read().await?;
                Some(self.load_seal(tx.as_mut(), id).await?.0)
            }
            None => None,
        };
        let (reserved, certificate) = self
            .make_certificate(case, application, form, former.as_ref())
            .await?;
        let (drawn, seal) = self
            .make_seal(
                case,
                application,
                form,
                &reserved,
                &certificate,
                former.as_ref(),
            )
            .await?;
        Ok(Made {
            reserved,
            certificate,
            picture: drawn.picture,
            file: self.files.put(seal).await?,
            former,
        })
    }

    async fn make_certificate(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        former: Option<&RegisteredSeal>,
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
            None => {
                self.record_certificate(case, application, form, former)
                    .await?
            }
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
        former: Option<&RegisteredSeal>,
    ) -> Result<SigningRecord> {
        let key = self.key_for(case, application, form, former).await?;
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
            public_key: key.public_key,
            serial,
            not_before: now,
            not_after,
        })?;
        let reserved = Reserved {
            seal: SealId::from_uuid(Uuid::now_v7()),
            code,
            serial: hex::encode(serial),
            key: key.label,
            key_serial: key.serial,
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
        former: Option<&RegisteredSeal>,
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
                self.record_seal(case, application, form, reserved, certificate, former)
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
        former: Option<&RegisteredSeal>,
    ) -> Result<SigningRecord> {
        let picture = self.picture_of(case, application, form, former).await?;
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
        application: &Application,
        form: &ApplicationForm,
        former: Option<&RegisteredSeal>,
    ) -> Result<Vec<u8>> {
        let personal = form.kind == casework::SealKind::Personal;
        let (width, height) = (form.seal.width.as_f64(), form.seal.height.as_f64());
        // What was stamped on the form and confirmed goes before what was uploaded with it.
        if let Some(picture) = self
            .confirmed_imprint(application.id, application.form_revision)
            .await?
        {
            return Ok(self
                .clean_bytes(picture, width, height, personal)
                .await?
                .png);
        }
        if let Some(imprint) = form.imprint {
            let digest = case
                .material(imprint)
                .ok_or(Error::NotFound("imprint"))?
                .digest;
            return Ok(self
                .clean_picture(&digest, width, height, personal)
                .await?
                .png);
        }
        let former = former.ok_or_else(|| Error::internal("production", "no imprint"))?;
        Ok(self.files.get(&former.picture).await?)
    }

    /// The key of the new seal. A renewed or changed seal keeps its key, and with it its PIN; a reissued one never does.
    async fn key_for(
        &self,
        case: &Case,
        application: &Application,
        form: &ApplicationForm,
        former: Option<&RegisteredSeal>,
    ) -> Result<NewKey> {
        // A label made from the application's id: a repeated step finds the same key.
        let label = KeyLabel::new(format!("seal-{}", application.id.as_uuid().simple()))
            .ok_or_else(|| Error::internal("production", "key label"))?;
        let presented = application
            .key_presented
            .as_ref()
            .map(|key| key.serial.clone());
        if form.medium == Medium::SigningDevice {
            return Ok(NewKey {
                label,
                public_key: self.requested_key(case, form).await?,
                serial: None,
            });
        }
        let kept = former
            .filter(|_| matches!(case.business, BusinessType::Renewal | BusinessType::Change))
            .and_then(|former| Some((former.key.label()?, former)));
        if let Some((label, former)) = kept {
            return Ok(NewKey {
                public_key: self.keys.public_key(label).await?,
                label: label.clone(),
                serial: presented.or_else(|| former.record.key_serial.clone()),
            });
        }
        if form.medium == Medium::UsbKey {
            let (public_key, serial) = self
                .keys
                .generate_on_token(&label, presented.as_deref())
                .await?;
            return Ok(NewKey {
                label,
                public_key,
                serial: Some(serial),
            });
        }
        Ok(NewKey {
            public_key: self.keys.generate(&label, Custody::Holder).await?,
            label,
            serial: None,
        })
    }

    async fn requested_key(&self, case: &Case, form: &ApplicationForm) -> Result<gm::PublicKey> {
        let material = form
            .request
            .and_then(|id| case.material(id))
            .ok_or_else(|| {
                Error::refused(
                    "p10_missing",
                    "缺少 P10 证书请求：设备印章须由自动签章服务器产生证书请求。",
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

/// X.509 serial numbers are positive; the first bit set would make DER longer, the first byte zero shorter.
fn positive(mut serial: [u8; 16]) -> [u8; 16] {
    serial[0] = (serial[0] & 0x7f) | 0x40;
    serial
}

fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::internal("production", e))
}
