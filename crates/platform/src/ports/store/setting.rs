use async_trait::async_trait;

use super::StoreError;

/// Settings and running numbers.
#[async_trait]
pub trait SettingStore {
    /// A setting's value (JSON).
    async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError>;
    /// Writes a setting.
    async fn setting_put(&mut self, name: &str, value: &str) -> Result<(), StoreError>;
    /// The next value of a running number, from 1; two transactions never get the same.
    async fn next_number(&mut self, name: &str) -> Result<u64, StoreError>;
}
