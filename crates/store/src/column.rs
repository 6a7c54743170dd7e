//! From a row's columns to the platform's types, and back where a type has no column form of its own.

use duplicate::duplicate_item;
use jiff::Timestamp;
use platform::ports::store::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::error::failed;

/// Reads columns by name.
pub(crate) trait Columns {
    fn text(&self, name: &str) -> Result<String, StoreError>;
    fn maybe_text(&self, name: &str) -> Result<Option<String>, StoreError>;
    fn int(&self, name: &str) -> Result<i64, StoreError>;
    fn maybe_int(&self, name: &str) -> Result<Option<i64>, StoreError>;
    fn flag(&self, name: &str) -> Result<bool, StoreError>;
    fn bytes(&self, name: &str) -> Result<Vec<u8>, StoreError>;
    fn maybe_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    fn uuid(&self, name: &str) -> Result<Uuid, StoreError>;
    fn maybe_uuid(&self, name: &str) -> Result<Option<Uuid>, StoreError>;

    /// A number that is never negative.
    fn count<N: TryFrom<i64>>(&self, name: &str) -> Result<N, StoreError> {
        self.int(name)?.try_into().map_err(|_| damaged(name))
    }

    /// A moment.
    fn time(&self, name: &str) -> Result<Timestamp, StoreError> {
        self.int(name).and_then(|micros| moment(name, micros))
    }

    /// A moment, where there is one.
    fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        self.maybe_int(name)?
            .map(|micros| moment(name, micros))
            .transpose()
    }

    /// A value of an enumeration, from its stable code.
    fn code<T: DeserializeOwned>(&self, name: &str) -> Result<T, StoreError> {
        from_code(name, self.text(name)?)
    }

    /// A value of an enumeration, where there is one.
    fn maybe_code<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        self.maybe_text(name)?
            .map(|code| from_code(name, code))
            .transpose()
    }

    /// A hash of 32 bytes.
    fn hash(&self, name: &str) -> Result<[u8; 32], StoreError> {
        self.bytes(name)?.try_into().map_err(|_| damaged(name))
    }
}

#[duplicate_item(Row; [SqliteRow]; [PgRow])]
impl Columns for Row {
    fn text(&self, name: &str) -> Result<String, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn maybe_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn int(&self, name: &str) -> Result<i64, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn maybe_int(&self, name: &str) -> Result<Option<i64>, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn flag(&self, name: &str) -> Result<bool, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn maybe_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn uuid(&self, name: &str) -> Result<Uuid, StoreError> {
        self.try_get(name).map_err(failed)
    }

    fn maybe_uuid(&self, name: &str) -> Result<Option<Uuid>, StoreError> {
        self.try_get(name).map_err(failed)
    }
}

/// The stored form of an enumeration's value: the code it has in JSON.
pub(crate) fn code<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => Ok(code),
        _ => Err(StoreError::Damaged(std::any::type_name::<T>().to_owned())),
    }
}

/// The stored form of a number. Those of the register stay far below 2⁶³.
pub(crate) fn number(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| damaged("number"))
}

pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

fn moment(name: &str, micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged(name))
}

fn from_code<T: DeserializeOwned>(name: &str, code: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(code)).map_err(|_| damaged(name))
}
