use async_trait::async_trait;
use casework::{BusinessType, CaseId, PersonId, Role, UnitId};
use jiff::Timestamp;

use super::{Page, PageRequest, StoreError};

/// Where a case stands, as the work queues sort it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// 草稿
    Draft,
    /// 办理中
    Handling,
    /// 待补正
    Correction,
    /// 待领取
    Collection,
    /// 已办结 (also refused and withdrawn)
    Closed,
}

impl CaseState {
    /// All states, in the order of the tabs.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Handling,
        Self::Correction,
        Self::Collection,
        Self::Closed,
    ];

    /// Stable stored form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Handling => "handling",
            Self::Correction => "correction",
            Self::Collection => "collection",
            Self::Closed => "closed",
        }
    }
}

/// A case as it is kept: the aggregate as protected JSON, and what lists need beside it.
#[derive(Debug, Clone)]
pub struct CaseRecord {
    /// What lists need.
    pub row: CaseRow,
    /// Counts up with every write; an update names the version it was read at.
    pub version: i64,
    /// `casework::Case` as JSON with personal data protected.
    pub body: String,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// The case.
    pub id: CaseId,
    /// 办件编号.
    pub number: String,
    /// 业务类型.
    pub business: BusinessType,
    /// First seal's name (and how many more), for reading.
    pub title: String,
    /// Applying unit.
    pub unit: UnitId,
    /// Its name as filed.
    pub unit_name: String,
    /// Its 统一社会信用代码.
    pub credit_code: String,
    /// The consolidator on its way, if any.
    pub consolidator: Option<UnitId>,
    /// Whether the Center has (or had) it.
    pub at_center: bool,
    /// Who filed it.
    pub filed_by: PersonId,
    /// Queue state.
    pub state: CaseState,
    /// Stage as stored code, e.g. `first_review`.
    pub stage: String,
    /// Status in the words of the public (待受理, 审核中, …).
    pub status: String,
    /// Whose turn: role.
    pub turn_role: Option<Role>,
    /// Whose turn: unit; `None` at the Center.
    pub turn_unit: Option<UnitId>,
    /// Since when it is their turn.
    pub turn_since: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

/// Which cases a person's post may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseScope {
    /// Cases of one applying unit.
    Unit(UnitId),
    /// Cases that go through one consolidator (from the hand-in on).
    Consolidator(UnitId),
    /// Cases that reached the Center.
    Center,
}

/// What a list shows.
#[derive(Debug, Clone)]
pub struct CaseFilter {
    /// Who looks.
    pub scope: CaseScope,
    /// Only those whose turn is this role (待我办); with a unit: of this unit, without: at the Center.
    pub turn: Option<(Role, Option<UnitId>)>,
    /// Only those whose turn it is not (办理中 without 待我办).
    pub not_turn: Option<(Role, Option<UnitId>)>,
    /// Only this state.
    pub state: Option<CaseState>,
    /// Only this business.
    pub business: Option<BusinessType>,
    /// Number (prefix), unit name or seal name (part), or credit code (whole).
    pub text: Option<String>,
}

/// Cases.
#[async_trait]
pub trait CaseStore {
    /// Adds a case at version 1.
    async fn case_insert(&mut self, record: &CaseRecord) -> Result<(), StoreError>;
    /// Writes a case that was read at `record.version`; it is kept as `version + 1`.
    async fn case_update(&mut self, record: &CaseRecord) -> Result<(), StoreError>;
    /// Removes a draft that was never filed.
    async fn case_delete_draft(&mut self, id: CaseId, version: i64) -> Result<(), StoreError>;
    /// One case.
    async fn case(&mut self, id: CaseId) -> Result<Option<CaseRecord>, StoreError>;
    /// One case by number.
    async fn case_by_number(&mut self, number: &str) -> Result<Option<CaseRecord>, StoreError>;
    /// A list, last changed first.
    async fn cases(
        &mut self,
        filter: &CaseFilter,
        page: &PageRequest,
    ) -> Result<Page<CaseRow>, StoreError>;
    /// How many, counted up to `cap` (so that the answer takes the same time at any size).
    async fn case_count(&mut self, filter: &CaseFilter, cap: u32) -> Result<u32, StoreError>;
}
