//! A unit's filing of its office, leader and approvers with the Center (备案).

use casework::{
    About, Actor, AdminAct, FilingId, NewFiling, PersonId, Principal, Role, UnitFiling, UnitId,
    check_administration,
};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{FilingRow, Tx},
};

/// What a unit files.
#[derive(Debug, Clone)]
pub struct OfficeWish {
    /// 电子印章主管处（室）.
    pub competent_office: String,
    /// 分管领导.
    pub leader_in_charge: String,
    /// The approvers.
    pub approvers: Vec<PersonId>,
    /// Remark.
    pub remark: Option<String>,
}

impl Platform {
    /// Files for the actor's own unit.
    ///
    /// # Errors
    /// `wrong_role`; the refusals of `casework::UnitFiling::file`.
    pub async fn file_office(&self, actor: &Actor, wish: OfficeWish) -> Result<FilingId> {
        check_administration(AdminAct::FileOffice, actor, About::default())?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let unit = self.unit_in(tx.as_mut(), actor.post.unit).await?;
        let holders = tx.accounts_with_post(Role::UnitApprover, unit.id).await?;
        let holders: Vec<Principal> = holders
            .into_iter()
            .map(|record| Principal {
                person: record.id,
                name: record.name,
            })
            .collect();
        let named = |person: &PersonId| {
            let known = holders.iter().find(|holder| holder.person == *person);
            known.cloned().unwrap_or(Principal {
                person: *person,
                name: "所选人员".to_owned(),
            })
        };
        let waiting = tx
            .filings_of(unit.id)
            .await?
            .iter()
            .any(|row| row.answered_at.is_none());
        let new = NewFiling {
            id: FilingId::from_uuid(Uuid::now_v7()),
            competent_office: wish.competent_office,
            leader_in_charge: wish.leader_in_charge,
            approvers: wish.approvers.iter().map(named).collect(),
            remark: wish.remark,
        };
        let filing = UnitFiling::file(new, &unit, &holders, waiting, actor, now)?;
        self.keep_filing(tx.as_mut(), &filing).await?;
        if let Some(center) = self.center_unit().await? {
            let makers = tx.accounts_with_post(Role::SealMaker, center).await?;
            let makers: Vec<PersonId> = makers.into_iter().map(|record| record.id).collect();
            let text = format!("{}报备了主管处室和分管领导，请确认。", unit.full_name);
            self.notify(tx.as_mut(), &makers, &text, "/desk/filings")
                .await?;
        }
        let fact = Fact::by(actor, "filing.filed", unit.credit_code.to_string())
            .with("filing", filing.id.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        tx.commit().await?;
        Ok(filing.id)
    }

    /// Takes note of a filing, or sends it back with a reason (the Center's maker).
    ///
    /// # Errors
    /// `wrong_role`, `filing_answered`, faults of the reason.
    pub async fn answer_filing(
        &self,
        actor: &Actor,
        id: FilingId,
        sent_back: Option<&str>,
    ) -> Result<()> {
        check_administration(AdminAct::AcknowledgeOffice, actor, About::default())?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let row = tx.filing(id).await?.ok_or(Error::NotFound("filing"))?;
        let mut filing: UnitFiling = self.protection.open(&row.body)?;
        filing.answer(sent_back, actor, now)?;
        self.keep_filing(tx.as_mut(), &filing).await?;
        let mut unit = self.unit_in(tx.as_mut(), filing.unit).await?;
        let (kind, text) = if filing.is_acknowledged() {
            unit.competent_office.clone_from(&filing.competent_office);
            unit.leader_in_charge.clone_from(&filing.leader_in_charge);
            self.change_unit(tx.as_mut(), &unit).await?;
            (
                "filing.acknowledged",
                "本单位的主管处室和分管领导备案已确认。",
            )
        } else {
            (
                "filing.sent_back",
                "本单位的备案被退回，请查看理由后重新报备。",
            )
        };
        self.notify(tx.as_mut(), &[filing.filed_by.person], text, "/desk/unit")
            .await?;
        let fact = Fact::by(actor, kind, unit.credit_code.to_string())
            .with("filing", filing.id.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// A unit's filings, newest first: for its own people, the Center and the administrators.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everybody else.
    pub async fn filings(&self, actor: &Actor, unit: UnitId) -> Result<Vec<UnitFiling>> {
        let role = actor.post.role;
        if actor.post.unit != unit && !role.is_center() && !role.is_administrative() {
            return Err(Error::NotFound("unit"));
        }
        let rows = self.store.read().await?.filings_of(unit).await?;
        rows.iter()
            .map(|row| self.protection.open(&row.body))
            .collect()
    }

    /// Filings that wait for the Center, oldest first, each with its unit.
    ///
    /// # Errors
    /// [`Error::Forbidden`] outside the Center.
    pub async fn waiting_filings(
        &self,
        actor: &Actor,
    ) -> Result<Vec<(UnitFiling, casework::Unit)>> {
        if !actor.post.role.is_center() {
            return Err(Error::Forbidden);
        }
        let mut tx = self.store.read().await?;
        let mut waiting = Vec::new();
        for row in tx.filings_waiting(200).await? {
            let filing: UnitFiling = self.protection.open(&row.body)?;
            let unit = self.unit_in(tx.as_mut(), filing.unit).await?;
            waiting.push((filing, unit));
        }
        Ok(waiting)
    }

    async fn keep_filing(&self, tx: &mut dyn Tx, filing: &UnitFiling) -> Result<()> {
        let row = FilingRow {
            id: filing.id,
            unit: filing.unit,
            filed_at: filing.filed_at,
            answered_at: filing.answer.as_ref().map(|answer| answer.at),
            body: self.protection.seal(filing)?,
        };
        Ok(tx.filing_save(&row).await?)
    }
}
