use async_trait::async_trait;
use casework::PersonId;
use uuid::Uuid;

use super::StoreError;

/// A filter of a list that a person keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilterRow {
    /// Id.
    pub id: Uuid,
    /// Whose.
    pub person: PersonId,
    /// Path of the list.
    pub list: String,
    /// Its name; one person has each name once per list.
    pub name: String,
    /// The filter, as the query of the list's address.
    pub query: String,
    /// Whether the list opens with it.
    pub is_default: bool,
}

/// Saved filters.
#[async_trait]
pub trait SavedFilterStore {
    /// A person's filters of a list, by name.
    async fn saved_filters(
        &mut self,
        person: PersonId,
        list: &str,
    ) -> Result<Vec<SavedFilterRow>, StoreError>;
    /// One filter.
    async fn saved_filter(&mut self, id: Uuid) -> Result<Option<SavedFilterRow>, StoreError>;
    /// Writes one anew, or over the one of the same id.
    async fn saved_filter_put(&mut self, row: &SavedFilterRow) -> Result<(), StoreError>;
    /// Removes one.
    async fn saved_filter_delete(&mut self, id: Uuid) -> Result<(), StoreError>;
}
