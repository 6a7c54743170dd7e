//! Units.

use casework::{Unit, UnitId};

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::UnitRow,
};

/// Setting that names the Center's unit.
pub(crate) const CENTER: &str = "center_unit";

impl Platform {
    /// One unit.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unit(&self, id: UnitId) -> Result<Unit> {
        let row = self
            .store
            .read()
            .await?
            .unit(id)
            .await?
            .ok_or(Error::NotFound("unit"))?;
        self.protection.open(&row.body)
    }

    /// Units by name (part), at most 200.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn units(&self, text: Option<&str>) -> Result<Vec<Unit>> {
        let rows = self.store.read().await?.units(text, 200).await?;
        rows.iter()
            .map(|row| self.protection.open(&row.body))
            .collect()
    }

    /// The Center's unit, once it has been set up.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn center_unit(&self) -> Result<Option<UnitId>> {
        let id = self.store.read().await?.setting(CENTER).await?;
        id.map(|id| {
            id.parse()
                .map_err(|e| Error::internal("reading the Center's unit", e))
        })
        .transpose()
    }

    pub(crate) async fn set_center(&self, id: UnitId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.setting_put(CENTER, &id.to_string()).await?;
        Ok(tx.commit().await?)
    }

    /// Adds a unit without asking who wants it: for the demo data and `create_unit`.
    pub(crate) async fn insert_unit(&self, unit: &Unit) -> Result<()> {
        unit.check()?;
        let row = UnitRow {
            id: unit.id,
            credit_code: unit.credit_code.to_string(),
            full_name: unit.full_name.clone(),
            city: unit.city.to_string(),
            county: unit.county.to_string(),
            level: unit.level.code().to_owned(),
            body: self.protection.seal(unit)?,
        };
        let mut tx = self.store.begin().await?;
        tx.unit_insert(&row).await?;
        tx.unit_version_insert(unit.id, self.clock.now(), &row.body)
            .await?;
        Ok(tx.commit().await?)
    }
}
