//! Stamping (用印): a request, the unit's approval, the stamp, and the record of its use.
//!
//! The stamp is worked out and recorded with the holder's grant before the key is used. Killed between any two lines,
//! the next start finishes it once, with the time and the place that were recorded.

use casework::{
    Actor, FileDigest, Placement, Role, SealId, UseAct, UseRequest, UseRequestId, UseState,
    use_request::{NewUse as Asked, SealNow},
};
use jiff::Timestamp;
use ofd::{
    package::Limits,
    signatures::Provider,
    stamp::{Prepared, StampPlan},
};
use pki::Certificate;
use seal::StampInfo;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    jobs,
    journal::{self, Fact},
    material::{MaterialFile, blocking},
    ports::{
        Grant,
        store::{Page, PageRequest, SigningKind, SigningRecord, Tx, UseFilter, UseRow},
    },
    production::whole_second,
    register::RegisteredSeal,
};

/// A document to be stamped.
#[derive(Debug, Clone)]
pub struct NewUse {
    /// With which seal.
    pub seal: SealId,
    /// The document's name.
    pub document_name: String,
    /// The document (OFD).
    pub document: Vec<u8>,
    /// What for (用章事由).
    pub purpose: String,
    /// Where: page from 1, upper left corner in tenths of a millimetre.
    pub placements: Vec<Placement>,
    /// Close the document to further stamps.
    pub close_document: bool,
    /// From where it was asked (client address), for the record.
    pub from: Option<String>,
}

/// A stamping request and, once stamped, its use record (用章记录).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UseRecord {
    /// The request with its approval and everything that happened.
    pub request: UseRequest,
    /// 印章编码.
    pub seal_code: String,
    /// 印章名称.
    pub seal_name: String,
    /// Width of the seal in tenths of a millimetre.
    pub seal_width: u16,
    /// Height of the seal in tenths of a millimetre.
    pub seal_height: u16,
    /// Close the document to further stamps.
    pub close_document: bool,
    /// From where it was asked (client address).
    pub from: Option<String>,
    /// A stamp that is recorded and not yet finished.
    pub unfinished: Option<Uuid>,
    /// The stamped document.
    pub result: Option<FileDigest>,
    /// SM3 of the signature value, hex.
    pub signature: Option<String>,
}

/// A stamped document.
#[derive(Debug, Clone)]
pub struct StampedFile {
    /// File name.
    pub name: String,
    /// The document.
    pub bytes: Vec<u8>,
}

/// What a recorded stamp needs to be finished.
#[derive(Serialize, Deserialize)]
struct Unfinished {
    request: UseRequestId,
    by: Actor,
    at: Timestamp,
    grant: Grant,
    prepared: Prepared,
}

impl Platform {
    /// Asks for the use of a seal on a document (用章申请). The whole stamp is tried out first, so that what cannot be
    /// stamped is said now and not after the approval.
    ///
    /// # Errors
    /// Refusals of `UseRequest::request`, and of the document (`not_ofd`, `plain_zip`, `no_pages`, `already_closed`,
    /// `position_off_page`, …).
    pub async fn request_use(&self, actor: &Actor, new: NewUse) -> Result<UseRequestId> {
        self.check_size(&new.document_name, new.document.len())?;
        let now = self.clock.now();
        let seal = self.seal(actor, new.seal).await?;
        let id = UseRequestId::from_uuid(Uuid::now_v7());
        let document = FileDigest::from_bytes(gm::sm3(&new.document));
        let asked = Asked {
            id,
            seal: new.seal,
            unit: seal.record.unit,
            document_name: new.document_name,
            document,
            purpose: new.purpose,
            placements: new.placements,
            approver: None,
        };
        let request = UseRequest::request(asked, actor, now, seal_now(&seal, now, now))?;
        let record = UseRecord {
            seal_code: seal.record.code.to_string(),
            seal_name: seal.record.name.clone(),
            seal_width: seal.record.width.tenths(),
            seal_height: seal.record.height.tenths(),
            close_document: new.close_document,
            from: new.from,
            unfinished: None,
            result: None,
            signature: None,
            request,
        };
        let seal_der = self.files.get(&seal.file).await?;
        let plan = plan_of(&record, seal_der, now);
        let bytes = new.document;
        let (bytes, tried) = blocking(move || {
            let tried = ofd::stamp::prepare(&bytes, &plan, Limits::default());
            (bytes, tried.map(drop))
        })
        .await?;
        tried?;
        self.files.put(bytes).await?;
        let mut tx = self.store.begin().await?;
        tx.use_insert(&self.use_row(&record, 1)?).await?;
        let fact = Fact::by(actor, "use.requested", id.to_string())
            .with("seal", record.seal_code.clone())
            .with("document", document.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        self.notify_use(tx.as_mut(), &record, id, actor).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A stamping request, for the seal's unit.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn use_record(&self, actor: &Actor, id: UseRequestId) -> Result<UseRecord> {
        let mut tx = self.store.read().await?;
        let (record, _) = self.load_use(tx.as_mut(), id).await?;
        may_see(actor, &record)?;
        Ok(record)
    }

    /// The requests and use records (用章记录) of one's unit, of one seal or of all its seals, last changed first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts without a register.
    pub async fn use_records(
        &self,
        actor: &Actor,
        seal: Option<SealId>,
        state: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<UseRecord>> {
        if !matches!(actor.post.role, Role::Agent | Role::UnitApprover) {
            return Err(Error::Forbidden);
        }
        let filter = UseFilter {
            unit: Some(actor.post.unit),
            seal,
            state,
            ..UseFilter::default()
        };
        let page = self.store.read().await?.uses(&filter, page).await?;
        let rows = page
            .rows
            .iter()
            .map(|row| self.protection.open(&row.body))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// Approves, rejects or cancels a request.
    ///
    /// # Errors
    /// Refusals of `casework::decide_use`; `use_act_by_stamping` for the stamping itself.
    pub async fn decide_on_use(
        &self,
        actor: &Actor,
        id: UseRequestId,
        act: UseAct,
    ) -> Result<UseRecord> {
        if matches!(act, UseAct::Stamp { .. }) {
            return Err(Error::refused(
                "use_act_by_stamping",
                "请通过“盖章”完成用印。",
            ));
        }
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let (mut record, version) = self.load_use(tx.as_mut(), id).await?;
        may_see(actor, &record)?;
        let (seal, _) = self.load_seal(tx.as_mut(), record.request.seal).await?;
        self.advance_use(&mut record, actor, &act, now, seal_now(&seal, now, now))?;
        tx.use_update(&self.use_row(&record, version)?).await?;
        let kind = format!("use.{}", record.request.state.code());
        let fact = Fact::by(actor, kind, id.to_string())
            .with("seal", record.seal_code.clone())
            .with("document", record.request.document.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        self.notify_use(tx.as_mut(), &record, id, actor).await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Stamps what was approved, with the holder's PIN, and leaves the use record.
    ///
    /// # Errors
    /// Refusals of `casework::decide_use`, of the PIN (`pin_wrong`, …), `pin_initial`, and of the document.
    pub async fn stamp(&self, actor: &Actor, id: UseRequestId, pin: &str) -> Result<StampedFile> {
        let now = self.clock.now();
        let at = whole_second(now);
        let mut tx = self.store.read().await?;
        let (mut tried, _) = self.load_use(tx.as_mut(), id).await?;
        may_see(actor, &tried)?;
        let (seal, _) = self.load_seal(tx.as_mut(), tried.request.seal).await?;
        drop(tx);
        if tried.unfinished.is_some() {
            return self.finish_use(id).await;
        }
        let document = tried.request.document;
        // Tried before anything is signed: the result is not known yet, a digest of nothing stands for it.
        let result = FileDigest::from_bytes(gm::sm3(&[]));
        let dry = UseAct::Stamp { document, result };
        self.advance_use(&mut tried, actor, &dry, now, seal_now(&seal, now, now))?;
        let Some(label) = seal.key.label() else {
            return Err(Error::refused(
                "key_elsewhere",
                "该印章的密钥在签章设备中，不能由平台代为盖章，请使用该设备盖章。",
            ));
        };
        if seal.initial_pin {
            return Err(Error::refused(
                "pin_initial",
                "签章口令还是领取时的激活码，请先在印章页面设置您自己的签章口令。",
            ));
        }
        let certificate = self.signing_certificate(&seal, now).await?;
        let original = self.files.get(&document).await?;
        let seal_der = self.files.get(&seal.file).await?;
        let plan = plan_of(&tried, seal_der.clone(), at);
        let prepared =
            blocking(move || ofd::stamp::prepare(&original, &plan, Limits::default())).await??;
        let tbs = StampInfo {
            seal: seal_der,
            time: at,
            data_hash: prepared.data_hash,
            property_info: prepared.property_info.clone(),
            extensions: Vec::new(),
        }
        .tbs()
        .map_err(|e| Error::internal("stamp", e))?;
        let grant = self.keys.authorise(label, pin, &tbs).await?;
        debug_assert_eq!(certificate.serial_hex(), seal.certificate);
        self.record_stamp(actor, id, at, tbs, grant, prepared)
            .await?;
        self.finish_use(id).await
    }

    /// The stamped document of a request.
    ///
    /// # Errors
    /// [`Error::NotFound`] while it is not stamped.
    pub async fn stamped_file(&self, actor: &Actor, id: UseRequestId) -> Result<StampedFile> {
        let record = self.use_record(actor, id).await?;
        self.result_of(&record).await
    }

    /// The document of a request as it was shown to the approver.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn use_document(&self, actor: &Actor, id: UseRequestId) -> Result<MaterialFile> {
        let record = self.use_record(actor, id).await?;
        let bytes = self.files.get(&record.request.document).await?;
        Ok(MaterialFile {
            name: record.request.document_name,
            media_type: "application/ofd",
            bytes,
        })
    }

    /// Records the stamp and the holder's grant before the key is used.
    async fn record_stamp(
        &self,
        actor: &Actor,
        id: UseRequestId,
        at: Timestamp,
        tbs: Vec<u8>,
        grant: Grant,
        prepared: Prepared,
    ) -> Result<()> {
        let stamping = Uuid::now_v7();
        let context = Unfinished {
            request: id,
            by: actor.clone(),
            at,
            grant,
            prepared,
        };
        let signing = SigningRecord {
            kind: SigningKind::Stamp,
            subject: stamping,
            tbs,
            context: serde_json::to_string(&context).map_err(|e| Error::internal("stamp", e))?,
            result: None,
            created_at: at,
        };
        let mut tx = self.store.begin().await?;
        let (mut record, version) = self.load_use(tx.as_mut(), id).await?;
        if record.unfinished.is_some() || !matches!(record.request.state, UseState::Approved { .. })
        {
            return Err(Error::Conflict);
        }
        record.unfinished = Some(stamping);
        tx.signing_insert(&signing).await?;
        tx.use_update(&self.use_row(&record, version)?).await?;
        tx.job_insert(&jobs::new_job(
            jobs::kind::FINISH_STAMP,
            format!("{id}/{stamping}"),
            at,
        ))
        .await?;
        Ok(tx.commit().await?)
    }

    /// Finishes a recorded stamp; `subject` is `request/stamping`. A finished one is left as it is.
    pub(crate) async fn finish_stamp(&self, subject: &str) -> Result<()> {
        let id = subject
            .split_once('/')
            .and_then(|(id, _)| id.parse().ok())
            .ok_or_else(|| Error::internal("stamp", "unreadable subject"))?;
        self.finish_use(id).await.map(drop)
    }

    async fn finish_use(&self, id: UseRequestId) -> Result<StampedFile> {
        let mut tx = self.store.read().await?;
        let (record, _) = self.load_use(tx.as_mut(), id).await?;
        let Some(stamping) = record.unfinished else {
            drop(tx);
            return self.result_of(&record).await;
        };
        let (seal, _) = self.load_seal(tx.as_mut(), record.request.seal).await?;
        let signing = tx
            .signing(SigningKind::Stamp, stamping)
            .await?
            .ok_or_else(|| Error::internal("stamp", "no record"))?;
        drop(tx);
        let context: Unfinished =
            serde_json::from_str(&signing.context).map_err(|e| Error::internal("stamp", e))?;
        let value = match signing.result {
            Some(value) => value,
            None => {
                self.sign_stamp(stamping, &seal, &signing.tbs, &context)
                    .await?
            }
        };
        let original = self.files.get(&record.request.document).await?;
        let prepared = context.prepared.clone();
        let stamp = seal::Stamp::parse(&value).map_err(|e| Error::internal("stamp", e))?;
        let signature = hex::encode(gm::sm3(&stamp.signature));
        let bytes =
            blocking(move || ofd::stamp::complete(&original, &prepared, &value, Limits::default()))
                .await?
                .map_err(|e| Error::internal("writing the stamp", e))?;
        let result = self.files.put(bytes.clone()).await?;
        self.keep_use(id, stamping, &context, result, signature)
            .await?;
        Ok(StampedFile {
            name: stamped_name(&record.request.document_name),
            bytes,
        })
    }

    async fn sign_stamp(
        &self,
        stamping: Uuid,
        seal: &RegisteredSeal,
        tbs: &[u8],
        context: &Unfinished,
    ) -> Result<Vec<u8>> {
        let Some(label) = seal.key.label() else {
            return Err(Error::internal("stamp", "key elsewhere"));
        };
        let certificate = self.signing_certificate(seal, context.at).await?;
        let signature = self.keys.sign(label, tbs, Some(&context.grant)).await?;
        let value = seal::assemble_stamp(tbs, certificate.der(), &signature, None)
            .map_err(|e| Error::internal("stamp", e))?;
        let mut tx = self.store.begin().await?;
        let value = tx
            .signing_finish(SigningKind::Stamp, stamping, &value)
            .await?;
        tx.commit().await?;
        Ok(value)
    }

    /// Writes the use record, once.
    async fn keep_use(
        &self,
        id: UseRequestId,
        stamping: Uuid,
        context: &Unfinished,
        result: FileDigest,
        signature: String,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let (mut record, version) = self.load_use(tx.as_mut(), id).await?;
        if record.unfinished != Some(stamping) {
            return Ok(());
        }
        let (seal, _) = self.load_seal(tx.as_mut(), record.request.seal).await?;
        let act = UseAct::Stamp {
            document: record.request.document,
            result,
        };
        // Decided as of the recorded moment: what was allowed then stays allowed, however late it is finished.
        let then = seal_now(&seal, context.at, context.at);
        self.advance_use(&mut record, &context.by, &act, context.at, then)?;
        record.unfinished = None;
        record.result = Some(result);
        record.signature = Some(signature.clone());
        tx.use_update(&self.use_row(&record, version)?).await?;
        let fact = Fact::by(&context.by, "stamp.made", id.to_string())
            .with("seal", record.seal_code.clone())
            .with("document", record.request.document.to_string())
            .with("result", result.to_string())
            .with("signature", signature)
            .with("stamped_at", context.at.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    async fn result_of(&self, record: &UseRecord) -> Result<StampedFile> {
        let digest = record.result.ok_or(Error::NotFound("stamped document"))?;
        let bytes = self.files.get(&digest).await?;
        Ok(StampedFile {
            name: stamped_name(&record.request.document_name),
            bytes,
        })
    }

    /// The certificate that a seal stamps with, checked: in force and neither revoked nor on hold.
    async fn signing_certificate(
        &self,
        seal: &RegisteredSeal,
        at: Timestamp,
    ) -> Result<Certificate> {
        let kept = self
            .store
            .read()
            .await?
            .certificate(&seal.certificate)
            .await?;
        let kept = kept.ok_or_else(|| Error::internal("stamp", "certificate missing"))?;
        if kept.revoked_at.is_some_and(|since| since <= at) || kept.not_after < at {
            return Err(Error::refused(
                "certificate_not_usable",
                "该印章的数字证书已过期、停用或注销，不能盖章。请在印章页面查看状态。",
            ));
        }
        Certificate::from_der(&kept.der).map_err(|e| Error::internal("stamp", e))
    }

    fn advance_use(
        &self,
        record: &mut UseRecord,
        actor: &Actor,
        act: &UseAct,
        now: Timestamp,
        seal: SealNow,
    ) -> Result<()> {
        let events = casework::decide_use(&record.request, act, actor, now, &self.policy(), seal)?;
        for event in &events {
            casework::apply_use(&mut record.request, event);
        }
        Ok(())
    }

    async fn load_use(&self, tx: &mut dyn Tx, id: UseRequestId) -> Result<(UseRecord, i64)> {
        let row = tx
            .use_request(id)
            .await?
            .ok_or(Error::NotFound("use request"))?;
        Ok((self.protection.open(&row.body)?, row.version))
    }

    fn use_row(&self, record: &UseRecord, version: i64) -> Result<UseRow> {
        let request = &record.request;
        let stamped_at = match &request.state {
            UseState::Stamped { at, .. } => Some(*at),
            _ => None,
        };
        Ok(UseRow {
            id: request.id,
            seal: request.seal,
            unit: request.unit,
            requested_by: request.requested_by.person,
            state: request.state.code().to_owned(),
            document: request.document.to_string(),
            signature: record.signature.clone(),
            stamped_at,
            updated_at: self.clock.now(),
            version,
            body: self.protection.seal(record)?,
        })
    }
}

fn seal_now(seal: &RegisteredSeal, at: Timestamp, known_at: Timestamp) -> SealNow {
    SealNow {
        state: seal.record.status_at(at, known_at),
        valid_until: seal.record.valid_until,
    }
}

fn plan_of(record: &UseRecord, seal: Vec<u8>, time: Timestamp) -> StampPlan {
    let millimetres = |tenths: i32| f64::from(tenths) / 10.0;
    let placements = record
        .request
        .placements
        .iter()
        .map(|placement| ofd::stamp::Placement {
            page_index: placement.page as usize - 1,
            x_mm: millimetres(placement.x),
            y_mm: millimetres(placement.y),
            w_mm: millimetres(record.seal_width.into()),
            h_mm: millimetres(record.seal_height.into()),
            clip: None,
        })
        .collect();
    StampPlan {
        placements,
        close_document: record.close_document,
        provider: Provider {
            name: "Yinxin".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            company: "Yinxin".to_owned(),
        },
        method: StampPlan::SM2_SM3.to_owned(),
        seal,
        time,
    }
}

fn may_see(actor: &Actor, record: &UseRecord) -> Result<()> {
    let own = matches!(actor.post.role, Role::Agent | Role::UnitApprover)
        && actor.post.unit == record.request.unit;
    if own {
        Ok(())
    } else {
        Err(Error::NotFound("use request"))
    }
}

/// `通知.ofd` becomes `通知（已盖章）.ofd`.
fn stamped_name(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}（已盖章）.{ending}"),
        None => format!("{name}（已盖章）.ofd"),
    }
}
