use async_trait::async_trait;
use casework::{DivisionCode, Level, Medium, Reason, SealId, SealKind, SealState, Status, UnitId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Page, PageRequest, StoreError};

/// A seal in the register: what lists need, and the aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct SealRow {
    /// The seal.
    pub id: SealId,
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// 电子印章类型.
    pub kind: SealKind,
    /// Owning unit.
    pub unit: UnitId,
    /// Its name.
    pub unit_name: String,
    /// Status now as stored code (derived states excluded).
    pub status: String,
    /// End of validity.
    pub not_after: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts up with every write.
    pub version: i64,
    /// Where its key lives.
    pub medium: Medium,
    /// Serial number of the USB KEY or device.
    pub key_serial: Option<String>,
    /// 统一社会信用代码 of its unit when it was made.
    pub credit_code: String,
    /// 所属地市 of its unit; a row written without it keeps what it had.
    pub city: Option<DivisionCode>,
    /// Level of its unit; likewise.
    pub level: Option<Level>,
    /// What somebody still has to do about its suspension.
    pub follow_up: Option<FollowUp>,
    /// Until when.
    pub follow_up_due: Option<Timestamp>,
    /// `casework::SealRecord` with the platform's additions as protected JSON.
    pub body: String,
}

/// What somebody still has to do about a suspended seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// 待回拨核实: the Center calls back whoever reported by telephone.
    CallBack,
    /// 待审核恢复: the Center answers the unit's wish to use it again.
    Resumption,
    /// 待办补办或撤销: the unit files the reissue or the revocation.
    Case,
}

/// What a list of seals shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealFilter {
    /// Only this unit's.
    pub unit: Option<UnitId>,
    /// Only those in this state at this moment.
    pub state: Option<(SealState, Timestamp)>,
    /// Only those whose validity ends from here to there.
    pub expiring: Option<(Timestamp, Timestamp)>,
    /// Only this kind.
    pub kind: Option<SealKind>,
    /// Only on this medium.
    pub medium: Option<Medium>,
    /// Only units of this city.
    pub city: Option<DivisionCode>,
    /// Only units of this level.
    pub level: Option<Level>,
    /// Whole credit code, certificate serial or key serial; else code (prefix), name or unit (part).
    pub text: Option<String>,
}

/// Which announcements a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnnouncementFilter {
    /// Only changes to this state.
    pub status: Option<Status>,
    /// Only seals of this kind.
    pub kind: Option<SealKind>,
    /// Announced at or after.
    pub from: Option<Timestamp>,
    /// Announced before.
    pub until: Option<Timestamp>,
    /// Code (whole), name or unit (part).
    pub text: Option<String>,
}

/// A public change of a seal's status (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Running number from 1.
    pub number: u64,
    /// When it was announced.
    pub at: Timestamp,
    /// 印章编码.
    pub code: String,
    /// 印章名称.
    pub name: String,
    /// Owning unit's name.
    pub unit_name: String,
    /// Status code after the change.
    pub status: String,
    /// Since when it holds.
    pub effective_at: Timestamp,
    /// Place of the matching ledger entry.
    pub ledger_index: u64,
    /// Kind of the seal.
    pub kind: Option<SealKind>,
    /// Why, as a code; absent with what was announced before it was kept.
    pub reason: Option<Reason>,
    /// 依据 of an act of the Center by itself.
    pub basis: Option<String>,
}

/// The seal register.
#[async_trait]
pub trait SealStore {
    /// Adds a seal at version 1.
    async fn seal_insert(&mut self, row: &SealRow) -> Result<(), StoreError>;
    /// Writes a seal that was read at `row.version`; it is kept as `version + 1`.
    async fn seal_update(&mut self, row: &SealRow) -> Result<(), StoreError>;
    /// One seal.
    async fn seal(&mut self, id: SealId) -> Result<Option<SealRow>, StoreError>;
    /// By 印章编码.
    async fn seal_by_code(&mut self, code: &str) -> Result<Option<SealRow>, StoreError>;
    /// A list, last changed first.
    async fn seals(
        &mut self,
        filter: &SealFilter,
        page: &PageRequest,
    ) -> Result<Page<SealRow>, StoreError>;
    /// Seals recorded as 有效 whose validity ends from `from` and before `until`, soonest first; `after` is the last one
    /// of the page before.
    async fn seals_ending(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        after: Option<(Timestamp, SealId)>,
        limit: u32,
    ) -> Result<Vec<SealRow>, StoreError>;
    /// How many, counted up to `cap` (so that the answer takes the same time at any size).
    async fn seal_count(&mut self, filter: &SealFilter, cap: u32) -> Result<u32, StoreError>;
    /// How many are in each state at this moment, among the first `cap` that are found in no certain order; states
    /// without any may be left out.
    async fn seal_states(
        &mut self,
        filter: &SealFilter,
        now: Timestamp,
        cap: u32,
    ) -> Result<Vec<(SealState, u32)>, StoreError>;
    /// Those that somebody has to do something about, the most urgent first.
    async fn seals_to_follow_up(
        &mut self,
        unit: Option<UnitId>,
        page: &PageRequest,
    ) -> Result<Page<SealRow>, StoreError>;
    /// Adds an announcement and answers its number (`number` of the argument is ignored).
    async fn announcement_insert(&mut self, announcement: &Announcement)
    -> Result<u64, StoreError>;
    /// One announcement.
    async fn announcement(&mut self, number: u64) -> Result<Option<Announcement>, StoreError>;
    /// Announcements, newest first.
    async fn announcements(
        &mut self,
        filter: &AnnouncementFilter,
        page: &PageRequest,
    ) -> Result<Page<Announcement>, StoreError>;
}
