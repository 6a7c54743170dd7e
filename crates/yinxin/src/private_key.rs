//! Private keys in files: PKCS#8 in PEM or DER, and PKCS#12.

use std::path::Path;

use gm::PrivateKey;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use pki::Certificate;

use crate::failure::Failure;
use crate::input;

/// The largest key file that is read, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A key, and the certificates that lay beside it.
pub(crate) struct KeyFile {
    pub(crate) key: PrivateKey,
    pub(crate) certificates: Vec<Certificate>,
}

/// Reads a key file; `password` opens PKCS#12.
pub(crate) fn read(path: &Path, password: Option<&str>) -> Result<KeyFile, Failure> {
    let bytes = zeroize::Zeroizing::new(input::read_within(path, MOST_BYTES)?);
    let text = String::from_utf8_lossy(&bytes);
    if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        return Err(Failure::new(
            "key_encrypted",
            "私钥文件是加密的 PKCS#8，请先用 openssl pkcs8 -in 私钥 -out 未加密的私钥 解开，或使用 PKCS#12。",
        ));
    }
    if text.contains("-----BEGIN EC PRIVATE KEY-----") {
        return Err(Failure::new(
            "key_not_pkcs8",
            "私钥文件不是 PKCS#8，请先用 openssl pkcs8 -topk8 -nocrypt -in 私钥 -out 新私钥 转换。",
        ));
    }
    if text.contains("-----BEGIN") {
        let key = PrivateKey::from_pkcs8_pem(&text).map_err(|e| not_sm2(&e))?;
        return Ok(KeyFile {
            key,
            certificates: Vec::new(),
        });
    }
    if let Ok(key) = PrivateKey::from_pkcs8_der(&bytes) {
        return Ok(KeyFile {
            key,
            certificates: Vec::new(),
        });
    }
    read_pkcs12(&bytes, password)
}

/// Whether the bytes have the outer form of PKCS#12: SEQUENCE { INTEGER 3, … }.
pub(crate) fn is_pkcs12(bytes: &[u8]) -> bool {
    let content = match bytes {
        [0x30, 0x80, rest @ ..] => rest,
        [0x30, length, rest @ ..] if *length < 0x80 => rest,
        [0x30, length, rest @ ..] if *length <= 0x84 => {
            rest.get(usize::from(*length - 0x80)..).unwrap_or_default()
        }
        _ => return false,
    };
    content.starts_with(&[0x02, 0x01, 0x03])
}

fn read_pkcs12(bytes: &[u8], password: Option<&str>) -> Result<KeyFile, Failure> {
    if !is_pkcs12(bytes) {
        return Err(Failure::new(
            "key_unreadable",
            "不是私钥文件（PKCS#8 或 PKCS#12）。",
        ));
    }
    let Some(password) = password else {
        let text = "私钥文件是 PKCS#12，请用 --password-file 或环境变量 YINXIN_PASSWORD 给出口令。";
        return Err(Failure::new("password_missing", text));
    };
    if bytes.get(1) == Some(&0x80) {
        return Err(Failure::new(
            "pkcs12_ber",
            "这个 PKCS#12 用不定长的 BER 编码（常见于 Java 程序），不能直接读取，请先转换：\n  \
             openssl pkcs12 -legacy -in 原文件 -nodes -nocerts -out 私钥.pem\n再以 --key 私钥.pem 盖章。",
        ));
    }
    let store = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed)
        .map_err(|e| Failure::new("key_unreadable", format!("打不开 PKCS#12，请核对口令：{e}")))?;
    let (_, chain) = store
        .private_key_chain()
        .ok_or_else(|| Failure::new("key_missing", "PKCS#12 中没有私钥。"))?;
    let key = PrivateKey::from_pkcs8_der(chain.key().as_der()).map_err(|e| not_sm2(&e))?;
    let certificates = chain
        .certs()
        .iter()
        .filter_map(|c| Certificate::from_der(c.as_der()).ok())
        .collect();
    Ok(KeyFile { key, certificates })
}

fn not_sm2(error: &gm::KeyError) -> Failure {
    Failure::new("key_not_sm2", format!("私钥不是可用的 SM2 私钥：{error}"))
}
