//! Filters of lists that a person keeps under a name of their own.

use casework::PersonId;
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{SavedFilterRow, StoreError},
};

/// Most filters one person keeps of one list.
const MOST: usize = 20;
/// Longest name, in characters.
const LONGEST_NAME: usize = 20;
/// Longest filter, in bytes.
const LONGEST_QUERY: usize = 1000;

/// A filter of a list as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    /// Id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The filter, as the query of the list's address.
    pub query: String,
    /// Whether the list opens with it.
    pub is_default: bool,
}

impl Platform {
    /// A person's filters of a list, by name.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn saved_filters(&self, person: PersonId, list: &str) -> Result<Vec<SavedFilter>> {
        let rows = self.store.read().await?.saved_filters(person, list).await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Keeps a filter under a name.
    ///
    /// # Errors
    /// `filter_name` for an empty or overlong name, `filter_name_taken`, `filters_too_many`, `filter_too_long`.
    pub async fn save_filter(
        &self,
        person: PersonId,
        list: &str,
        name: &str,
        query: &str,
    ) -> Result<Uuid> {
        let name = checked(name)?;
        if query.is_empty() || query.len() > LONGEST_QUERY || list.len() > LONGEST_QUERY {
            return Err(Error::refused(
                "filter_too_long",
                "筛选条件为空或过长，请调整筛选条件后再保存",
            ));
        }
        let mut tx = self.store.begin().await?;
        let known = tx.saved_filters(person, list).await?;
        if known.len() >= MOST {
            return Err(Error::refused(
                "filters_too_many",
                format!("每个列表最多保存 {MOST} 个筛选，请先删除不用的"),
            ));
        }
        let row = SavedFilterRow {
            id: Uuid::now_v7(),
            person,
            list: list.to_owned(),
            name,
            query: query.to_owned(),
            is_default: false,
        };
        tx.saved_filter_put(&row).await.map_err(taken)?;
        tx.commit().await?;
        Ok(row.id)
    }

    /// Gives a filter another name. Answers the path of its list.
    ///
    /// # Errors
    /// As [`Platform::save_filter`]; [`Error::NotFound`] also for somebody else's.
    pub async fn rename_filter(&self, person: PersonId, id: Uuid, name: &str) -> Result<String> {
        let name = checked(name)?;
        let mut tx = self.store.begin().await?;
        let row = own(tx.saved_filter(id).await?, person)?;
        let list = row.list.clone();
        tx.saved_filter_put(&SavedFilterRow { name, ..row })
            .await
            .map_err(taken)?;
        tx.commit().await?;
        Ok(list)
    }

    /// Lets a list open with this filter from now on, or with none. Answers the path of its list.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for somebody else's.
    pub async fn set_default_filter(
        &self,
        person: PersonId,
        id: Uuid,
        is_default: bool,
    ) -> Result<String> {
        let mut tx = self.store.begin().await?;
        let row = own(tx.saved_filter(id).await?, person)?;
        for other in tx.saved_filters(person, &row.list).await? {
            let wanted = is_default && other.id == id;
            if other.is_default != wanted {
                let other = SavedFilterRow {
                    is_default: wanted,
                    ..other
                };
                tx.saved_filter_put(&other).await?;
            }
        }
        tx.commit().await?;
        Ok(row.list)
    }

    /// Forgets a filter. Answers the path of its list.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for somebody else's.
    pub async fn delete_filter(&self, person: PersonId, id: Uuid) -> Result<String> {
        let mut tx = self.store.begin().await?;
        let row = own(tx.saved_filter(id).await?, person)?;
        tx.saved_filter_delete(id).await?;
        tx.commit().await?;
        Ok(row.list)
    }
}

fn own(row: Option<SavedFilterRow>, person: PersonId) -> Result<SavedFilterRow> {
    row.filter(|row| row.person == person)
        .ok_or(Error::NotFound("saved filter"))
}

fn checked(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Error::refused(
            "filter_name",
            format!("请给筛选起一个 1 至 {LONGEST_NAME} 个字的名称"),
        ))
    }
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Duplicate(_) => Error::refused(
            "filter_name_taken",
            "这个列表中已有同名的筛选，请换一个名称",
        ),
        other => other.into(),
    }
}

fn shown(row: SavedFilterRow) -> SavedFilter {
    SavedFilter {
        id: row.id,
        name: row.name,
        query: row.query,
        is_default: row.is_default,
    }
}
