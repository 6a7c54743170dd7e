//! Opening cases: empty, or about seals of the unit's register (R2.2).

use std::collections::BTreeSet;

use casework::{
    Actor, ApplicationId, BusinessType, Case, CaseId, FieldError, FormDraft, Offer, SealId, Unit,
};
use uuid::Uuid;

use crate::{
    Account, Platform,
    case::visible,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::Tx,
    register::{RegisteredSeal, may_see},
};

impl Platform {
    /// Opens a case in draft.
    ///
    /// # Errors
    /// Refusals of `Case::open`.
    pub async fn open_case(&self, actor: &Actor, business: BusinessType) -> Result<CaseId> {
        self.open_case_for(actor, business, &[]).await
    }

    /// Opens a case in draft about seals of the unit's register, with one form for each, filled in from the register:
    /// only what changes is left to be asked. Without seals the case is empty.
    ///
    /// # Errors
    /// Refusals of `Case::open`; those of `ExistingSeal::allows`, which name the seal; `seal_named_twice`;
    /// `new_names_no_seal`; `too_many_applications`.
    pub async fn open_case_for(
        &self,
        actor: &Actor,
        business: BusinessType,
        seals: &[SealId],
    ) -> Result<CaseId> {
        if !seals.is_empty() && !business.needs_existing_seal() {
            return Err(Error::refused(
                "new_names_no_seal",
                "印章申请用于新制作电子印章，不从已有的电子印章开始。",
            ));
        }
        if seals.iter().collect::<BTreeSet<_>>().len() != seals.len() {
            return Err(Error::refused(
                "seal_named_twice",
                "同一枚电子印章选择了两次，请重新选择。",
            ));
        }
        let unit = self.unit(actor.post.unit).await?;
        let account = self.account(actor.person).await?;
        let mut tx = self.store.begin().await?;
        let id = self
            .open_in(tx.as_mut(), actor, unit, &account, business, seals)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Which kinds of business can be begun for this seal now, why not otherwise, and from when.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the seal.
    pub async fn offers(&self, actor: &Actor, id: SealId) -> Result<Vec<Offer>> {
        let mut tx = self.store.read().await?;
        let (seal, _) = self.load_seal(tx.as_mut(), id).await?;
        may_see(actor, &seal)?;
        Ok(self.offers_of(&seal))
    }

    /// The same for a seal that was read already.
    pub fn offers_of(&self, seal: &RegisteredSeal) -> Vec<Offer> {
        let now = self.clock.now();
        let (existing, _) = seal.existing(now, None);
        existing.offers(&self.policy(), now)
    }

    /// Everything that is wrong or missing in one form as it stands now: what a submission would be refused for.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn check_application(
        &self,
        actor: &Actor,
        case: CaseId,
        application: ApplicationId,
    ) -> Result<Vec<FieldError>> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        visible(actor, &case)?;
        let found = case
            .application(application)
            .ok_or(Error::NotFound("application"))?;
        let facts = self
            .facts_about(tx.as_mut(), &case, std::iter::once(found))
            .await?;
        Ok(casework::check_application(
            &case,
            application,
            self.clock.now(),
            &self.policy(),
            &facts,
        ))
    }

    /// The same for every form of the case, in one pass.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn check_applications(
        &self,
        actor: &Actor,
        case: CaseId,
    ) -> Result<Vec<(ApplicationId, Vec<FieldError>)>> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        visible(actor, &case)?;
        let facts = self
            .facts_about(tx.as_mut(), &case, case.live_applications())
            .await?;
        let now = self.clock.now();
        Ok(casework::check_applications(
            &case,
            now,
            &self.policy(),
            &facts,
        ))
    }

    /// Opens a case inside the transaction; `account` is the agent whose data the forms begin with.
    pub(crate) async fn open_in(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        unit: Unit,
        account: &Account,
        business: BusinessType,
        seals: &[SealId],
    ) -> Result<CaseId> {
        let now = self.clock.now();
        let policy = self.policy();
        let id = CaseId::from_uuid(Uuid::now_v7());
        let number = self.next_case_number(tx).await?;
        let mut case = Case::open(id, number, business, unit, actor.clone(), now)?;
        let mut forms = Vec::with_capacity(seals.len());
        for seal in seals {
            let (seal, _) = self.load_seal(tx, *seal).await?;
            if seal.record.unit != case.unit.id {
                return Err(Error::NotFound("seal"));
            }
            let (existing, _) = seal.existing(now, None);
            existing.allows(business, &policy, now)?;
            let form = FormDraft::for_seal(business, &existing, &case.unit);
            let application = ApplicationId::from_uuid(Uuid::now_v7());
            forms.push((application, with_agent(form, account)));
        }
        case.begin_with(forms, &policy)?;
        self.keep_new(tx, actor, &case).await?;
        Ok(id)
    }

    /// Opens a case without forms inside the transaction, at version 1.
    pub(crate) async fn open_empty(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        id: CaseId,
        business: BusinessType,
        unit: Unit,
    ) -> Result<Case> {
        let now = self.clock.now();
        let number = self.next_case_number(tx).await?;
        let case = Case::open(id, number, business, unit, actor.clone(), now)?;
        self.keep_new(tx, actor, &case).await?;
        Ok(case)
    }

    async fn keep_new(&self, tx: &mut dyn Tx, actor: &Actor, case: &Case) -> Result<()> {
        tx.case_insert(&self.record_of(case, 1)?).await?;
        let fact = Fact::by(actor, "case.opened", case.number.to_string())
            .with("business", case.business.code())
            .with("seals", case.applications.len().to_string());
        journal::record(tx, self.clock.now(), vec![fact]).await?;
        Ok(())
    }
}

/// 经办人信息 from the account of the agent.
fn with_agent(draft: FormDraft, account: &Account) -> FormDraft {
    FormDraft {
        agent_name: Some(account.name.clone()),
        agent_mobile: account.mobile.as_ref().map(ToString::to_string),
        agent_id: account.resident_id.as_ref().map(ToString::to_string),
        ..draft
    }
}
