//! What the owner of a signing device takes away: certificate, chain and seal (R2.5).

use casework::{Actor, SealId, SealKind};
use pki::Certificate;

use crate::{
    Platform,
    error::{Error, Result},
};

/// The answer to a device's certificate request, ready to be imported into the device.
#[derive(Debug, Clone)]
pub struct DeviceDelivery {
    /// 印章编码: the files are named after it.
    pub code: String,
    /// The certificate (DER).
    pub certificate: Vec<u8>,
    /// The same as PEM.
    pub certificate_pem: String,
    /// The certificate and the authorities above it up to the root, as PEM.
    pub chain_pem: String,
    /// The same as PKCS#7 (`.p7b`, DER).
    pub chain_p7b: Vec<u8>,
    /// The seal (SESeal, DER; `.esl`).
    pub seal: Vec<u8>,
}

impl Platform {
    /// Certificate, chain and seal of a device seal. They hold no secret: the key never left the device.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the seal; `not_a_device_seal`.
    pub async fn device_delivery(&self, actor: &Actor, id: SealId) -> Result<DeviceDelivery> {
        let seal = self.seal(actor, id).await?;
        if seal.record.kind != SealKind::Device {
            return Err(Error::refused(
                "not_a_device_seal",
                "只有设备（服务器）印章有可下载的证书和印章文件，其他印章随介质交付。",
            ));
        }
        let kept = self
            .store
            .read()
            .await?
            .certificate(&seal.certificate)
            .await?
            .ok_or(Error::NotFound("certificate"))?;
        let own = Certificate::from_der(&kept.der).map_err(|e| Error::internal("delivery", e))?;
        let mut chain = vec![own];
        chain.extend_from_slice(self.authority.chain());
        let pem = |certificate: &Certificate| pki::pem::encode("CERTIFICATE", certificate.der());
        Ok(DeviceDelivery {
            code: seal.record.code.to_string(),
            certificate_pem: chain.first().map(pem).unwrap_or_default(),
            chain_pem: chain.iter().map(pem).collect(),
            chain_p7b: pki::cms::certificates_only(&chain),
            certificate: kept.der,
            seal: self.files.get(&seal.file).await?,
        })
    }
}
