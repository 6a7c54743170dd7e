//! Cases: acting on them, seeing and listing them.

use casework::{
    Act, ActKind, Actor, BusinessType, Case, CaseId, CaseNumber, ChecklistItem, Refusal,
    RequiredMaterial, Role, Stage, Turn,
};
use jiff::tz::{Offset, TimeZone};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    ports::store::{CaseFilter, CaseRecord, CaseRow, CaseScope, CaseState, Page, PageRequest, Tx},
};

/// Counts in the tabs stop here, so that they take the same time at any number of cases.
const COUNT_CAP: u32 = 1000;

/// A tab of the work queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseTab {
    /// 待我办
    Mine,
    /// 办理中
    Handling,
    /// 待补正
    Correction,
    /// 待领取
    Collection,
    /// 已办结
    Closed,
    /// 草稿
    Draft,
}

impl CaseTab {
    /// All tabs, in the order of the screen.
    pub const ALL: [Self; 6] = [
        Self::Mine,
        Self::Handling,
        Self::Correction,
        Self::Collection,
        Self::Closed,
        Self::Draft,
    ];

    /// Stable code, used in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Handling => "handling",
            Self::Correction => "correction",
            Self::Collection => "collection",
            Self::Closed => "closed",
            Self::Draft => "draft",
        }
    }

    /// What the tab says.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mine => "待我办",
            Self::Handling => "办理中",
            Self::Correction => "待补正",
            Self::Collection => "待领取",
            Self::Closed => "已办结",
            Self::Draft => "草稿",
        }
    }

    /// The tab of a code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.code() == code)
    }
}

/// How many cases a tab holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TabCount {
    /// The tab.
    pub tab: CaseTab,
    /// Cases, counted up to `COUNT_CAP`.
    pub count: u32,
    /// There are more than were counted.
    pub more: bool,
}

/// A case as one person sees it.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// Whose turn it is.
    pub turn: Option<Turn>,
    /// What this person may do now.
    pub allowed: Vec<ActKind>,
    /// What has to be in the case, and whether it is.
    pub materials: Vec<RequiredMaterial>,
    /// The questions of the checklist, for who accepts and reviews.
    pub checklist: Vec<ChecklistItem>,
    /// What speaks against the unit's reasons in the letter as they stand, for who may write them: the model's text,
    /// a blank of the model left in. They are saved all the same and refused at the submission.
    pub letter_fault: Option<Refusal>,
}

impl Platform {
    /// A case as this person sees it.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see it.
    pub async fn case(&self, actor: &Actor, id: CaseId) -> Result<CaseView> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        Ok(self.view(actor, case))
    }

    /// Several cases in one look, in the order of their ids. Those that the person may not see are left out.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn cases_in_full(&self, actor: &Actor, ids: &[CaseId]) -> Result<Vec<CaseView>> {
        let mut tx = self.store.read().await?;
        let mut views = Vec::with_capacity(ids.len());
        for id in ids {
            match self.load(tx.as_mut(), *id).await {
                Ok((case, _)) if visible(actor, &case).is_ok() => {
                    views.push(self.view(actor, case));
                }
                Ok(_) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(views)
    }

    /// Does an act on a case. `expected` is the version of the case that the person saw; `None` takes it as it is.
    /// State, ledger entry, notices and follow-up work commit together, or nothing does.
    ///
    /// # Errors
    /// The refusals of `casework::decide`; [`Error::Conflict`] where the case changed since it was seen.
    pub async fn act(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        act: Act,
    ) -> Result<CaseView> {
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), id).await?;
        visible(actor, &case)?;
        if expected.is_some_and(|seen| seen != case.version) {
            return Err(Error::Conflict);
        }
        self.check_printable(&case, &act)?;
        self.advance(tx.as_mut(), &mut case, version, actor, &act)
            .await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(self.view(actor, case))
    }

    /// A list of the cases that this person's post sees.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts that handle no cases.
    pub async fn cases(
        &self,
        actor: &Actor,
        tab: CaseTab,
        business: Option<BusinessType>,
        text: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<CaseRow>> {
        let filter = CaseFilter {
            business,
            text,
            ..filter_of(actor, tab)?
        };
        Ok(self.store.read().await?.cases(&filter, page).await?)
    }

    /// How many cases each tab holds for this person's post.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for posts that handle no cases.
    pub async fn tab_counts(&self, actor: &Actor) -> Result<Vec<TabCount>> {
        let mut tx = self.store.read().await?;
        let mut counts = Vec::with_capacity(CaseTab::ALL.len());
        for tab in CaseTab::ALL {
            let count = tx.case_count(&filter_of(actor, tab)?, COUNT_CAP).await?;
            counts.push(TabCount {
                tab,
                count,
                more: count >= COUNT_CAP,
            });
        }
        Ok(counts)
    }

    /// Whether a new case number would be needed for an act, and a fresh one: set-aside opens a linked case.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn reserve_case(&self) -> Result<(CaseId, CaseNumber)> {
        let mut tx = self.store.begin().await?;
        let number = self.next_case_number(tx.as_mut()).await?;
        tx.commit().await?;
        Ok((CaseId::from_uuid(Uuid::now_v7()), number))
    }

    pub(crate) async fn next_case_number(&self, tx: &mut dyn Tx) -> Result<CaseNumber> {
        let beijing = TimeZone::fixed(Offset::constant(8));
        let year = self.clock.now().to_zoned(beijing).year();
        let sequence = tx.next_number(&format!("case:{year}")).await?;
        let sequence = u32::try_from(sequence).map_err(|e| Error::internal("case numbers", e))?;
        Ok(CaseNumber::new(year, sequence)?)
    }

    pub(crate) fn view(&self, actor: &Actor, case: Case) -> CaseView {
        let policy = &*self.policy();
        let allowed = casework::allowed_acts(&case, actor, policy);
        let checks = [
            ActKind::Accept,
            ActKind::ApproveFirst,
            ActKind::ApproveFinal,
        ];
        let checklist = if checks.iter().any(|act| allowed.contains(act)) {
            casework::acceptance_checklist(&case, policy)
        } else {
            Vec::new()
        };
        let written = !case.letter.reasons.trim().is_empty();
        let letter_fault = (written && allowed.contains(&ActKind::SaveLetter))
            .then(|| casework::letter::check_reasons(&case.letter.reasons, &policy.center).err())
            .flatten();
        CaseView {
            turn: casework::turn(&case),
            allowed,
            materials: casework::required_materials(&case, policy),
            letter_fault,
            checklist,
            case,
        }
    }

    pub(crate) fn record_of(&self, case: &Case, version: i64) -> Result<CaseRecord> {
        let turn = casework::turn(case);
        let names: Vec<&str> = case
            .live_applications()
            .map(casework::Application::seal_name)
            .collect();
        let title = match names.as_slice() {
            [] => "（尚未填写印章）".to_owned(),
            [one] => (*one).to_owned(),
            [first, rest @ ..] => format!("{first} 等 {} 枚", rest.len() + 1),
        };
        let at_center = reached_center(case);
        Ok(CaseRecord {
            row: CaseRow {
                id: case.id,
                number: case.number.to_string(),
                business: case.business,
                title,
                unit: case.unit.id,
                unit_name: case.unit.full_name.clone(),
                credit_code: case.unit.credit_code.to_string(),
                consolidator: case.route.consolidator().filter(|_| left_unit(case)),
                at_center,
                filed_by: case.agent().person,
                state: state_of(case.stage),
                stage: case.stage.code().to_owned(),
                status: case.stage.public_status().name().to_owned(),
                turn_role: turn.as_ref().map(|turn| turn.role),
                turn_unit: turn.as_ref().and_then(|turn| turn.unit),
                turn_since: turn.as_ref().map_or(case.stage_since, |turn| turn.since),
                updated_at: self.clock.now(),
            },
            version,
            body: self.protection.seal(case)?,
        })
    }
}

/// Which cases a person's post sees.
fn scope_of(actor: &Actor) -> Result<CaseScope> {
    let unit = actor.post.unit;
    match actor.post.role {
        Role::Agent | Role::UnitApprover => Ok(CaseScope::Unit(unit)),
        Role::Consolidator => Ok(CaseScope::Consolidator(unit)),
        role if role.is_center() => Ok(CaseScope::Center),
        _ => Err(Error::Forbidden),
    }
}

/// All that a person's post sees, and this text names.
pub(crate) fn everything(actor: &Actor, text: &str) -> Result<CaseFilter> {
    Ok(CaseFilter {
        scope: scope_of(actor)?,
        turn: None,
        not_turn: None,
        state: None,
        business: None,
        text: Some(text.to_owned()),
    })
}

pub(crate) fn filter_of(actor: &Actor, tab: CaseTab) -> Result<CaseFilter> {
    let role = actor.post.role;
    let unit = actor.post.unit;
    let scope = scope_of(actor)?;
    // At the Center a turn belongs to the role, wherever the post is held.
    let turn_unit = (!role.is_center()).then_some(unit);
    let mine = Some((role, turn_unit));
    let mut filter = CaseFilter {
        scope,
        turn: None,
        not_turn: None,
        state: None,
        business: None,
        text: None,
    };
    match tab {
        CaseTab::Mine => filter.turn = mine,
        CaseTab::Handling => {
            filter.state = Some(CaseState::Handling);
            filter.not_turn = mine;
        }
        CaseTab::Correction => filter.state = Some(CaseState::Correction),
        CaseTab::Collection => filter.state = Some(CaseState::Collection),
        CaseTab::Closed => filter.state = Some(CaseState::Closed),
        CaseTab::Draft => filter.state = Some(CaseState::Draft),
    }
    Ok(filter)
}

/// Whether a person's post lets them see a case: their unit's, those that came to them, or all at the Center.
pub(crate) fn visible(actor: &Actor, case: &Case) -> Result<()> {
    let unit = actor.post.unit;
    let sees = match actor.post.role {
        Role::Agent | Role::UnitApprover => case.unit.id == unit,
        Role::Consolidator => case.route.consolidator() == Some(unit) && left_unit(case),
        role if role.is_center() => reached_center(case),
        Role::System => true,
        _ => false,
    };
    if sees {
        Ok(())
    } else {
        Err(Error::NotFound("case"))
    }
}

fn was_at(case: &Case, stages: &[Stage]) -> bool {
    case.stages.iter().any(|(stage, _)| stages.contains(stage))
}

fn reached_center(case: &Case) -> bool {
    was_at(
        case,
        &[
            Stage::Acceptance,
            Stage::FirstReview,
            Stage::FinalReview,
            Stage::Production,
            Stage::OnSite,
        ],
    ) || case
        .links
        .iter()
        .any(|link| link.direction == casework::LinkDirection::SetAsideFrom)
}

fn left_unit(case: &Case) -> bool {
    was_at(case, &[Stage::Consolidation]) || reached_center(case)
}

fn state_of(stage: Stage) -> CaseState {
    match stage {
        Stage::Draft => CaseState::Draft,
        Stage::Correction => CaseState::Correction,
        Stage::Collection => CaseState::Collection,
        Stage::Closed(_) => CaseState::Closed,
        _ => CaseState::Handling,
    }
}
