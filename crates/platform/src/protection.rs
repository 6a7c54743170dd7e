//! Personal data at rest: encrypted per field (SM4-GCM), searchable by keyed digest.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::{Error, Result};

/// Names of JSON members that are personal data, wherever they stand in a kept aggregate.
const PERSONAL: [&str; 8] = [
    "resident_id",
    "mobile",
    "email",
    "agent_id",
    "agent_mobile",
    "person_id",
    "collector_id",
    "called_back_on",
];
const MARK: &str = "sm4:";
const FILE: &[u8] = b"file";

/// Encrypts and decrypts the personal members of what is kept.
pub struct Protection {
    key: gm::sm4::Key,
    search: [u8; 32],
}

impl Protection {
    /// From the installation's data key.
    pub fn new(data_key: [u8; 16]) -> Self {
        let search = gm::hmac_sm3(&data_key, b"yinxin personal data search");
        Self {
            key: gm::sm4::Key::from_bytes(data_key),
            search,
        }
    }

    /// A digest under which a value can be found without being readable.
    pub fn digest(&self, value: &str) -> String {
        hex::encode(gm::hmac_sm3(&self.search, value.as_bytes()))
    }

    /// A whole file, encrypted.
    pub(crate) fn seal_file(&self, bytes: &[u8]) -> Vec<u8> {
        gm::sm4::encrypt(&self.key, FILE, bytes)
    }

    /// The file again.
    pub(crate) fn open_file(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        let plain = gm::sm4::decrypt(&self.key, FILE, sealed)
            .map_err(|e| Error::internal("decrypting a file", e))?;
        Ok(plain.to_vec())
    }

    /// An aggregate as JSON text with its personal members encrypted.
    pub(crate) fn seal<T: Serialize>(&self, aggregate: &T) -> Result<String> {
        let mut value =
            serde_json::to_value(aggregate).map_err(|e| Error::internal("serialising", e))?;
        self.walk(&mut value, &|protection, name, text| {
            let aad = name.as_bytes();
            Ok(format!(
                "{MARK}{}",
                hex::encode(gm::sm4::encrypt(&protection.key, aad, text.as_bytes()))
            ))
        })?;
        Ok(value.to_string())
    }

    /// The aggregate again.
    pub(crate) fn open<T: DeserializeOwned>(&self, body: &str) -> Result<T> {
        let mut value: Value =
            serde_json::from_str(body).map_err(|e| Error::internal("reading stored data", e))?;
        self.walk(&mut value, &|protection, name, text| {
            let Some(cipher) = text.strip_prefix(MARK) else {
                return Ok(text.to_owned());
            };
            let cipher =
                hex::decode(cipher).map_err(|e| Error::internal("reading stored data", e))?;
            let plain = gm::sm4::decrypt(&protection.key, name.as_bytes(), &cipher)
                .map_err(|e| Error::internal("decrypting personal data", e))?;
            String::from_utf8(plain.to_vec()).map_err(|e| Error::internal("reading stored data", e))
        })?;
        serde_json::from_value(value).map_err(|e| Error::internal("reading stored data", e))
    }

    fn walk(
        &self,
        value: &mut Value,
        change: &dyn Fn(&Self, &str, &str) -> Result<String>,
    ) -> Result<()> {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    match member {
                        Value::String(text) if PERSONAL.contains(&name.as_str()) => {
                            *text = change(self, name, text)?;
                        }
                        other => self.walk(other, change)?,
                    }
                }
                Ok(())
            }
            Value::Array(items) => items
                .iter_mut()
                .try_for_each(|item| self.walk(item, change)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Protection;

    #[test]
    fn personal_members_are_unreadable_and_come_back() {
        let protection = Protection::new([7; 16]);
        let person = json!({"name": "陈某", "resident_id": "350102199001011234",
            "posts": [{"mobile": "13800000000"}]});
        let body = protection.seal(&person).unwrap();
        assert!(!body.contains("350102199001011234") && !body.contains("13800000000"));
        assert!(body.contains("陈某"));
        assert_eq!(protection.open::<Value>(&body).unwrap(), person);
    }

    #[test]
    fn another_key_reads_nothing() {
        let body = Protection::new([7; 16])
            .seal(&json!({"mobile": "13800000000"}))
            .unwrap();
        assert!(Protection::new([8; 16]).open::<Value>(&body).is_err());
    }

    #[test]
    fn digests_find_equal_values_only() {
        let protection = Protection::new([7; 16]);
        assert_eq!(protection.digest("1"), protection.digest("1"));
        assert_ne!(protection.digest("1"), protection.digest("2"));
    }
}
