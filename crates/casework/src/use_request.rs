//! Stamping requests inside a unit (用章申请): 使用审批流程应当参照实物印章的使用审批流程，经批准同意后方可进行签章
//! (Guide 一、7; R6.2).

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, SealId, UnitId, UseRequestId};
use crate::number::FileDigest;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::seal_register::SealState;

/// A request to stamp one document with one seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseRequest {
    /// Its id.
    pub id: UseRequestId,
    /// Grows by one with every change; for optimistic locking.
    pub version: u64,
    /// Whose seal.
    pub unit: UnitId,
    /// Which seal.
    pub seal: SealId,
    /// The document's name.
    pub document_name: String,
    /// SM3 digest of the document as it was shown to the approver. Nothing else may be stamped.
    pub document: FileDigest,
    /// What for.
    pub purpose: String,
    /// Where on which pages, for people and for the stamping.
    pub placements: Vec<Placement>,
    /// Who asks.
    pub requested_by: Actor,
    /// When.
    pub requested_at: Timestamp,
    /// Whom the unit named to approve; `None`: any approver of the unit.
    pub approver: Option<PersonId>,
    /// How far it is.
    pub state: UseState,
    /// Everything that happened.
    pub timeline: Vec<UseEvent>,
}

/// Where a stamp goes, in tenths of a millimetre from the page's top left corner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Page, from 1.
    pub page: u32,
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
}

/// How far a request is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum UseState {
    /// 待审批.
    Requested,
    /// 已批准, to be used.
    Approved {
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
        /// Good until then.
        until: Timestamp,
        /// How many stampings are left.
        left: u32,
    },
    /// 未批准.
    Rejected {
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// 已用印.
    Stamped {
        /// By whom, the last time.
        by: Actor,
        /// When, the last time.
        at: Timestamp,
    },
    /// 已取消.
    Cancelled {
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
    },
}

/// An event in the life of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseEvent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What.
    pub what: UseWhat,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum UseWhat {
    /// It was approved.
    Approved {
        /// Good until then.
        until: Timestamp,
        /// For so many stampings.
        times: u32,
    },
    /// It was rejected.
    Rejected {
        /// Why.
        reason: String,
    },
    /// The document was stamped.
    Stamped {
        /// The digest of what was stamped: that of the request.
        document: FileDigest,
        /// The digest of what came of it.
        result: FileDigest,
    },
    /// It was cancelled.
    Cancelled,
}

/// What can be done with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum UseAct {
    /// 批准.
    Approve {
        /// Good until then; `None`: as the policy says.
        until: Option<Timestamp>,
        /// For so many stampings, at least 1.
        times: u32,
    },
    /// 不批准.
    Reject {
        /// Why.
        reason: String,
    },
    /// 用印.
    Stamp {
        /// The digest of the document that is to be stamped now.
        document: FileDigest,
        /// The digest of the stamped document.
        result: FileDigest,
    },
    /// 取消.
    Cancel,
}

/// A new request, as the requester gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUse {
    /// Its id.
    pub id: UseRequestId,
    /// Which seal.
    pub seal: SealId,
    /// The seal's unit.
    pub unit: UnitId,
    /// The document's name.
    pub document_name: String,
    /// Its SM3 digest.
    pub document: FileDigest,
    /// What for.
    pub purpose: String,
    /// Where.
    pub placements: Vec<Placement>,
    /// Whom the unit named to approve this seal's use; `None`: any approver of the unit.
    pub approver: Option<PersonId>,
}

/// What the rules have to know about the seal at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealNow {
    /// Its state.
    pub state: SealState,
    /// End of its validity.
    pub valid_until: Timestamp,
}

impl UseRequest {
    /// 用章申请: asks for the use of a seal on one document.
    ///
    /// # Errors
    /// `wrong_role`, `wrong_unit`, `seal_not_usable`, `no_placement`, `approver_is_requester`, faults of the texts.
    pub fn request(
        new: NewUse,
        actor: &Actor,
        now: Timestamp,
        seal: SealNow,
    ) -> Result<Self, Refusal> {
        of_the_unit(actor, new.unit, &[Role::Agent, Role::UnitApprover])?;
        usable(seal, now)?;
        if new.placements.is_empty() {
            return Err(Refusal::new("no_placement", "请在文件上选定盖章位置"));
        }
        if new.placements.iter().any(|placement| placement.page == 0) {
            return Err(Refusal::new(
                "placement_page",
                "盖章页码从第 1 页起，请重新选定位置",
            ));
        }
        if new.approver.is_some_and(|named| actor.involves(named)) {
            return Err(Refusal::new(
                "approver_is_requester",
                "用章须由他人审批，不能由您本人审批",
            ));
        }
        Ok(Self {
            id: new.id,
            version: 0,
            unit: new.unit,
            seal: new.seal,
            document_name: crate::text::check_reason("文件名", &new.document_name)?,
            document: new.document,
            purpose: crate::text::check_reason("用章事由", &new.purpose)?,
            placements: new.placements,
            requested_by: actor.clone(),
            requested_at: now,
            approver: new.approver,
            state: UseState::Requested,
            timeline: Vec::new(),
        })
    }
}

/// Decides on an act on a stamping request.
///
/// # Errors
/// A [`Refusal`] whose code and sentence say why.
pub fn decide_use(
    request: &UseRequest,
    act: &UseAct,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
    seal: SealNow,
) -> Result<Vec<UseEvent>, Refusal> {
    let what = match act {
        UseAct::Approve { until, times } => {
            approve(request, actor, now, policy, seal, *until, *times)
        }
        UseAct::Reject { reason } => reject(request, actor, reason),
        UseAct::Stamp { document, result } => stamp(request, actor, now, seal, *document, *result),
        UseAct::Cancel => cancel(request, actor),
    }?;
    Ok(vec![UseEvent {
        at: now,
        by: actor.clone(),
        what,
    }])
}

/// Changes the request as the event says.
pub fn apply_use(request: &mut UseRequest, event: &UseEvent) {
    let (by, at) = (event.by.clone(), event.at);
    request.state = match (&event.what, &request.state) {
        (UseWhat::Approved { until, times }, _) => UseState::Approved {
            by,
            at,
            until: *until,
            left: *times,
        },
        (UseWhat::Rejected { reason }, _) => UseState::Rejected {
            by,
            at,
            reason: reason.clone(),
        },
        (UseWhat::Cancelled, _) => UseState::Cancelled { by, at },
        (
            UseWhat::Stamped { .. },
            UseState::Approved {
                by,
                at,
                until,
                left,
            },
        ) if *left > 1 => UseState::Approved {
            by: by.clone(),
            at: *at,
            until: *until,
            left: left - 1,
        },
        (UseWhat::Stamped { .. }, _) => UseState::Stamped { by, at },
    };
    request.version += 1;
    request.timeline.push(event.clone());
}

impl UseState {
    /// In words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested => "待审批",
            Self::Approved { .. } => "已批准",
            Self::Rejected { .. } => "未批准",
            Self::Stamped { .. } => "已用印",
            Self::Cancelled { .. } => "已取消",
        }
    }

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Stamped { .. } => "stamped",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

fn approve(
    request: &UseRequest,
    actor: &Actor,
    now: Timestamp,
    policy: &Policy,
    seal: SealNow,
    until: Option<Timestamp>,
    times: u32,
) -> Result<UseWhat, Refusal> {
    may_approve(request, actor)?;
    usable(seal, now)?;
    if !(1..=1000).contains(&times) {
        return Err(Refusal::new("use_times", "批准的用印次数应为 1 至 1000 次"));
    }
    let longest = now
        .checked_add((i64::from(policy.use_request_days) * 24).hours())
        .unwrap_or(Timestamp::MAX)
        .min(seal.valid_until);
    let until = until.unwrap_or(longest);
    if until <= now {
        return Err(Refusal::new(
            "use_until_past",
            "批准的有效期已过，请重新选择",
        ));
    }
    // Authority never outlives the seal.
    Ok(UseWhat::Approved {
        until: until.min(seal.valid_until),
        times,
    })
}

fn reject(request: &UseRequest, actor: &Actor, reason: &str) -> Result<UseWhat, Refusal> {
    may_approve(request, actor)?;
    let reason = crate::text::check_reason("不批准的理由", reason)?;
    Ok(UseWhat::Rejected { reason })
}

/// 严禁不按照审批权限使用电子印章 (Guide 一、7): this document, so often, until then, and by who asked.
fn stamp(
    request: &UseRequest,
    actor: &Actor,
    now: Timestamp,
    seal: SealNow,
    document: FileDigest,
    result: FileDigest,
) -> Result<UseWhat, Refusal> {
    let UseState::Approved { until, .. } = &request.state else {
        return Err(Refusal::new(
            "use_not_approved",
            format!(
                "该用章申请「{}」，经批准同意后方可用印",
                request.state.name()
            ),
        ));
    };
    if now >= *until {
        return Err(Refusal::new(
            "use_approval_expired",
            "用章批准已过有效期，请重新申请",
        ));
    }
    if actor.person != request.requested_by.person || actor.post.unit != request.unit {
        return Err(Refusal::new("use_by_other", "只能由申请用章的本人用印"));
    }
    if document != request.document {
        return Err(Refusal::new(
            "use_other_document",
            "文件内容与批准时不一致，不能用印；如文件已修改，请重新申请",
        ));
    }
    if result == document {
        return Err(Refusal::new(
            "use_result_unchanged",
            "盖章后的文件与原文件相同，用印没有完成",
        ));
    }
    usable(seal, now)?;
    Ok(UseWhat::Stamped { document, result })
}

fn cancel(request: &UseRequest, actor: &Actor) -> Result<UseWhat, Refusal> {
    let by_approver = actor.post.role == Role::UnitApprover && actor.post.unit == request.unit;
    if actor.person != request.requested_by.person && !by_approver {
        return Err(Refusal::new(
            "use_by_other",
            "只能由申请人本人或本单位审批人取消用章申请",
        ));
    }
    if !matches!(
        request.state,
        UseState::Requested | UseState::Approved { .. }
    ) {
        return Err(already(request));
    }
    Ok(UseWhat::Cancelled)
}

fn may_approve(request: &UseRequest, actor: &Actor) -> Result<(), Refusal> {
    of_the_unit(actor, request.unit, &[Role::UnitApprover])?;
    if request.state != UseState::Requested {
        return Err(already(request));
    }
    if actor.shares_duty_with(&request.requested_by) {
        return Err(Refusal::new(
            "approver_is_requester",
            "用章须由他人审批，不能由您本人审批",
        ));
    }
    if request.approver.is_some_and(|named| !actor.involves(named)) {
        return Err(Refusal::new(
            "not_the_named_approver",
            "该印章的使用由单位指定的其他审批人审批",
        ));
    }
    Ok(())
}

fn already(request: &UseRequest) -> Refusal {
    Refusal::new(
        "already_decided",
        format!("该用章申请「{}」，无需重复办理", request.state.name()),
    )
}

fn of_the_unit(actor: &Actor, unit: UnitId, roles: &[Role]) -> Result<(), Refusal> {
    if !roles.contains(&actor.post.role) {
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        return Err(Refusal::new(
            "wrong_role",
            format!(
                "此项由{}办理，您当前的岗位是{}",
                names.join("或"),
                actor.post.role.name()
            ),
        ));
    }
    if actor.post.unit != unit {
        return Err(Refusal::new("wrong_unit", "不是您所在单位的印章"));
    }
    Ok(())
}

fn usable(seal: SealNow, now: Timestamp) -> Result<(), Refusal> {
    let state = if now >= seal.valid_until {
        SealState::Expired
    } else {
        seal.state
    };
    if state == SealState::Active {
        return Ok(());
    }
    Err(Refusal::new(
        "seal_not_usable",
        format!("该电子印章现为「{}」，不能使用", state.name()),
    ))
}
