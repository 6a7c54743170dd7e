//! Units.

use casework::{About, Actor, AdminAct, Unit, UnitId, check_administration};
use jiff::Timestamp;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{Page, PageRequest, StoreError, Tx, UnitFilter, UnitRow},
};

/// Setting that names the Center's unit.
pub(crate) const CENTER: &str = "center_unit";

/// The Center's unit, as a transaction sees it.
pub(crate) async fn center_in(tx: &mut dyn Tx) -> Result<Option<UnitId>> {
    let id = tx.setting(CENTER).await?;
    id.map(|id| {
        id.parse()
            .map_err(|e| Error::internal("reading the Center's unit", e))
    })
    .transpose()
}

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
        let mut tx = self.store.read().await?;
        center_in(tx.as_mut()).await
    }

    pub(crate) async fn set_center(&self, id: UnitId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.setting_put(CENTER, &id.to_string()).await?;
        Ok(tx.commit().await?)
    }

    /// A page of units, by name: for the Center and the administrators.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody else.
    pub async fn units_page(
        &self,
        actor: &Actor,
        filter: &UnitFilter,
        page: &PageRequest,
    ) -> Result<Page<Unit>> {
        if !actor.post.role.is_administrative() && !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        let found = self.store.read().await?.units_page(filter, page).await?;
        let rows = found.rows.iter().map(|row| self.protection.open(&row.body));
        Ok(Page {
            rows: rows.collect::<Result<_>>()?,
            next: found.next,
        })
    }

    /// The unit with a 统一社会信用代码.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unit_by_credit_code(&self, code: &casework::CreditCode) -> Result<Unit> {
        let mut tx = self.store.read().await?;
        let row = tx.unit_by_credit_code(&code.to_string()).await?;
        self.protection
            .open(&row.ok_or(Error::NotFound("unit"))?.body)
    }

    /// What a unit was, newest first, each with the moment from which it was so.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn unit_history(&self, id: UnitId) -> Result<Vec<(Timestamp, Unit)>> {
        let versions = self.store.read().await?.unit_versions(id).await?;
        versions
            .iter()
            .map(|(from, body)| Ok((*from, self.protection.open(body)?)))
            .collect()
    }

    /// A unit as it was at a moment: the name in force then. Before it was entered, as it was entered.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn unit_at(&self, id: UnitId, at: Timestamp) -> Result<Unit> {
        let mut history = self.unit_history(id).await?;
        let then = history.iter().position(|(from, _)| *from <= at);
        let then = then.or(history.len().checked_sub(1));
        then.map(|then| history.swap_remove(then).1)
            .ok_or(Error::NotFound("unit"))
    }

    /// Enters a unit (system administrator).
    ///
    /// # Errors
    /// `wrong_role`, `credit_code_taken`, `consolidator_missing`, `parent_unknown`, and the faults of the unit.
    pub async fn create_unit(&self, actor: &Actor, unit: Unit) -> Result<UnitId> {
        check_administration(AdminAct::EditUnit, actor, About::default())?;
        let mut tx = self.store.begin().await?;
        self.check_unit(tx.as_mut(), &unit).await?;
        self.insert_unit_in(tx.as_mut(), &unit).await?;
        let fact = Fact::by(actor, "unit.created", unit.credit_code.to_string())
            .with("name", unit.full_name.clone());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok(unit.id)
    }

    /// Changes a unit (system administrator). Cases and seals keep the name under which they were made.
    ///
    /// # Errors
    /// As [`Platform::create_unit`]; `unit_unchanged`; [`Error::Conflict`] where it changed since `seen`.
    pub async fn edit_unit(&self, actor: &Actor, seen: &Unit, unit: Unit) -> Result<()> {
        check_administration(AdminAct::EditUnit, actor, About::default())?;
        let mut tx = self.store.begin().await?;
        let former = self.unit_in(tx.as_mut(), unit.id).await?;
        if former != *seen {
            return Err(Error::Conflict);
        }
        if former == unit {
            return Err(Error::refused("unit_unchanged", "没有改动任何内容。"));
        }
        self.check_unit(tx.as_mut(), &unit).await?;
        self.change_unit(tx.as_mut(), &unit).await?;
        let kind = if former.full_name == unit.full_name {
            "unit.changed"
        } else {
            "unit.renamed"
        };
        let fact = Fact::by(actor, kind, unit.credit_code.to_string())
            .with("name", unit.full_name.clone())
            .with("former", former.full_name);
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    async fn check_unit(&self, tx: &mut dyn Tx, unit: &Unit) -> Result<()> {
        unit.check()?;
        unit.route()?;
        if let Some(parent) = unit.parent {
            unit.check_parent(&self.unit_in(tx, parent).await?)?;
        }
        if let Some(consolidator) = unit.consolidator
            && consolidator != unit.id
        {
            let other = self.unit_in(tx, consolidator).await?;
            if other.city.city() != unit.city.city() {
                return Err(Error::refused(
                    "consolidator_elsewhere",
                    format!(
                        "汇总办理单位「{}」不属于{}，请重新选择。",
                        other.full_name,
                        unit.city.city().name
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Writes a changed unit, and what it is from now on.
    pub(crate) async fn change_unit(&self, tx: &mut dyn Tx, unit: &Unit) -> Result<()> {
        let row = self.unit_row(unit)?;
        match tx.unit_update(&row).await {
            Err(StoreError::Duplicate(_)) => return Err(credit_code_taken(unit)),
            other => other?,
        }
        tx.unit_version_insert(unit.id, self.clock.now(), &row.body)
            .await?;
        Ok(())
    }

    pub(crate) async fn unit_in(&self, tx: &mut dyn Tx, id: UnitId) -> Result<Unit> {
        let row = tx.unit(id).await?.ok_or(Error::NotFound("unit"))?;
        self.protection.open(&row.body)
    }

    /// Adds a unit without asking who wants it: for the console and for the demo data.
    pub(crate) async fn insert_unit(&self, unit: &Unit) -> Result<()> {
        unit.check()?;
        let mut tx = self.store.begin().await?;
        self.insert_unit_in(tx.as_mut(), unit).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn insert_unit_in(&self, tx: &mut dyn Tx, unit: &Unit) -> Result<()> {
        let row = self.unit_row(unit)?;
        if tx.unit_by_credit_code(&row.credit_code).await?.is_some() {
            return Err(credit_code_taken(unit));
        }
        tx.unit_insert(&row).await?;
        tx.unit_version_insert(unit.id, self.clock.now(), &row.body)
            .await?;
        Ok(())
    }

    fn unit_row(&self, unit: &Unit) -> Result<UnitRow> {
        Ok(UnitRow {
            id: unit.id,
            credit_code: unit.credit_code.to_string(),
            full_name: unit.full_name.clone(),
            city: unit.city.to_string(),
            county: unit.county.to_string(),
            level: unit.level.code().to_owned(),
            body: self.protection.seal(unit)?,
        })
    }
}

fn credit_code_taken(unit: &Unit) -> Error {
    Error::refused(
        "credit_code_taken",
        format!(
            "统一社会信用代码 {} 已有单位登记，请核对是否重复登记。",
            unit.credit_code
        ),
    )
}
