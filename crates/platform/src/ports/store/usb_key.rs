use async_trait::async_trait;
use casework::UnitId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Page, PageRequest, StoreError};

/// A key of the stock: what lists need, and the aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbKeyRow {
    /// Its id.
    pub id: Uuid,
    /// Its serial number, as it is compared.
    pub serial: String,
    /// Code of its state.
    pub state: String,
    /// The batch it came in.
    pub batch: String,
    /// The unit that has it, or last had it.
    pub unit: Option<UnitId>,
    /// That unit's name; empty for none.
    pub unit_name: String,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// `casework::UsbKey` as JSON.
    pub body: String,
}

/// What a list of keys shows.
#[derive(Debug, Clone, Default)]
pub struct UsbKeyFilter {
    /// Only this state.
    pub state: Option<String>,
    /// Serial number (beginning), batch or unit (part).
    pub text: Option<String>,
}

/// The stock of USB KEYs.
#[async_trait]
pub trait UsbKeyStore {
    /// Adds a key at version 1; a serial number that is there already is refused as a duplicate.
    async fn usb_key_insert(&mut self, row: &UsbKeyRow) -> Result<(), StoreError>;
    /// Writes a key that was read at `row.version`; it is kept as `version + 1`.
    async fn usb_key_update(&mut self, row: &UsbKeyRow) -> Result<(), StoreError>;
    /// A key by its serial number.
    async fn usb_key(&mut self, serial: &str) -> Result<Option<UsbKeyRow>, StoreError>;
    /// Keys in stock, those that lie there longest first.
    async fn usb_keys_free(&mut self, limit: u32) -> Result<Vec<UsbKeyRow>, StoreError>;
    /// A list, last changed first.
    async fn usb_keys(
        &mut self,
        filter: &UsbKeyFilter,
        page: &PageRequest,
    ) -> Result<Page<UsbKeyRow>, StoreError>;
    /// How many keys are in each state.
    async fn usb_key_counts(&mut self) -> Result<Vec<(String, u32)>, StoreError>;
}
