use async_trait::async_trait;
use casework::{CaseId, MaterialId, SealId};
use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::{CertificateRecord, CertificateStore, StoreError};
use sqlx::{Postgres, Sqlite};

use crate::column::Columns;
use crate::error::{expect_change, failed};
use crate::transaction::SqlTx;

#[duplicate_item(Db; [Sqlite]; [Postgres])]
#[async_trait]
impl CertificateStore for SqlTx<Db> {
    async fn certificate_insert(&mut self, record: &CertificateRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO certificates (serial, seal, der, key_digest, not_after, revoked_at, \
             revocation_reason) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&record.serial)
        .bind(record.seal.as_uuid())
        .bind(&record.der)
        .bind(&record.key_digest)
        .bind(record.not_after.as_microsecond())
        .bind(record.revoked_at.map(Timestamp::as_microsecond))
        .bind(&record.revocation_reason)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn certificate(&mut self, serial: &str) -> Result<Option<CertificateRecord>, StoreError> {
        let row = sqlx::query(
            "SELECT serial, seal, der, key_digest, not_after, revoked_at, revocation_reason \
             FROM certificates WHERE serial = $1",
        )
        .bind(serial)
        .fetch_optional(&mut *self.tx)
        .await
        .map_err(failed)?;
        row.as_ref().map(certificate).transpose()
    }

    async fn certificates_of(
        &mut self,
        seal: SealId,
    ) -> Result<Vec<CertificateRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT serial, seal, der, key_digest, not_after, revoked_at, revocation_reason \
             FROM certificates WHERE seal = $1 ORDER BY ordinal",
        )
        .bind(seal.as_uuid())
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter().map(certificate).collect()
    }

    async fn seals_with_key(&mut self, key_digest: &str) -> Result<Vec<SealId>, StoreError> {
        let rows = sqlx::query(
            "SELECT seal FROM certificates WHERE key_digest = $1 ORDER BY ordinal LIMIT 20",
        )
        .bind(key_digest)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| Ok(SealId::from_uuid(row.uuid("seal")?)))
            .collect()
    }

    async fn request_key_insert(
        &mut self,
        key_digest: &str,
        case: CaseId,
        material: MaterialId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO request_keys (material, case_id, key_digest) VALUES ($1, $2, $3) \
             ON CONFLICT (material) DO NOTHING",
        )
        .bind(material.as_uuid())
        .bind(case.as_uuid())
        .bind(key_digest)
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn requests_with_key(
        &mut self,
        key_digest: &str,
    ) -> Result<Vec<(CaseId, MaterialId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT case_id, material FROM request_keys WHERE key_digest = $1 \
             ORDER BY material LIMIT 20",
        )
        .bind(key_digest)
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok((
                    CaseId::from_uuid(row.uuid("case_id")?),
                    MaterialId::from_uuid(row.uuid("material")?),
                ))
            })
            .collect()
    }

    async fn certificate_revoke(
        &mut self,
        serial: &str,
        revoked: Option<(Timestamp, &str)>,
    ) -> Result<(), StoreError> {
        let done = sqlx::query(
            "UPDATE certificates SET revoked_at = $2, revocation_reason = $3 WHERE serial = $1",
        )
        .bind(serial)
        .bind(revoked.map(|(at, _)| at.as_microsecond()))
        .bind(revoked.map(|(_, reason)| reason))
        .execute(&mut *self.tx)
        .await
        .map_err(failed)?;
        expect_change(done.rows_affected(), "certificate", serial)
    }

    async fn revoked_certificates(
        &mut self,
    ) -> Result<Vec<(String, Timestamp, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT serial, revoked_at, revocation_reason FROM certificates \
             WHERE revoked_at IS NOT NULL ORDER BY revoked_at, serial",
        )
        .fetch_all(&mut *self.tx)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.text("serial")?,
                    row.time("revoked_at")?,
                    row.text("revocation_reason")?,
                ))
            })
            .collect()
    }
}

fn certificate(row: &impl Columns) -> Result<CertificateRecord, StoreError> {
    Ok(CertificateRecord {
        serial: row.text("serial")?,
        seal: SealId::from_uuid(row.uuid("seal")?),
        der: row.bytes("der")?,
        key_digest: row.text("key_digest")?,
        not_after: row.time("not_after")?,
        revoked_at: row.maybe_time("revoked_at")?,
        revocation_reason: row.maybe_text("revocation_reason")?,
    })
}
