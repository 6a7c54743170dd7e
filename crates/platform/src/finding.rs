//! One search over everything that a person's post may see: cases, seals, units, people.

use casework::{Actor, PersonId, Role, UnitId};

use crate::{
    Platform,
    case::everything,
    error::{Error, Result},
    ports::store::{AccountFilter, CaseRow, PageRequest, UnitFilter},
    register::RegisteredSeal,
};

/// What was found, the last changed first.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Cases.
    pub cases: Vec<CaseRow>,
    /// Seals.
    pub seals: Vec<RegisteredSeal>,
    /// Units: name and 统一社会信用代码.
    pub units: Vec<FoundUnit>,
    /// People: for administrators.
    pub people: Vec<FoundPerson>,
}

/// A unit that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundUnit {
    /// It.
    pub id: UnitId,
    /// Its name.
    pub name: String,
    /// Its 统一社会信用代码.
    pub credit_code: String,
}

/// A person who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPerson {
    /// They.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their sign-in name.
    pub login: String,
}

impl Platform {
    /// Finds what a text names: a number or code from its beginning, a name by any part of it. At most `limit` of each
    /// kind, and only of the kinds that the person's post sees.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn find(&self, actor: &Actor, text: &str, limit: u32) -> Result<Found> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Found::default());
        }
        let page = PageRequest { after: None, limit };
        let mut found = Found::default();
        match everything(actor, text) {
            Ok(filter) => {
                found.cases = self.store.read().await?.cases(&filter, &page).await?.rows;
            }
            Err(Error::Forbidden) => {}
            Err(error) => return Err(error),
        }
        match self.seals(actor, Some(text.to_owned()), &page).await {
            Ok(seals) => found.seals = seals.rows,
            Err(Error::Forbidden) => {}
            Err(error) => return Err(error),
        }
        let role = actor.post.role;
        if role.is_center() || role.is_administrative() {
            let filter = UnitFilter {
                text: Some(text.to_owned()),
                ..UnitFilter::default()
            };
            let units = self
                .store
                .read()
                .await?
                .units_page(&filter, &page)
                .await?
                .rows;
            found.units = units
                .into_iter()
                .map(|row| FoundUnit {
                    id: row.id,
                    name: row.full_name,
                    credit_code: row.credit_code,
                })
                .collect();
        }
        if matches!(
            role,
            Role::SystemAdministrator | Role::SecurityAdministrator
        ) {
            let filter = AccountFilter {
                text: Some(text.to_owned()),
                ..AccountFilter::default()
            };
            let people = self
                .store
                .read()
                .await?
                .accounts_page(&filter, &page)
                .await?;
            found.people = people
                .rows
                .into_iter()
                .map(|record| FoundPerson {
                    id: record.id,
                    name: record.name,
                    login: record.login,
                })
                .collect();
        }
        Ok(found)
    }
}
