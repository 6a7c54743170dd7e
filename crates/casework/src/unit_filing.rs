//! A unit names its 主管处（室） and 分管领导 and files them with the Center (备案; Guide 一、2).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{FilingId, UnitId};
use crate::refusal::Refusal;
use crate::role::{Actor, Principal};
use crate::text::{check_name, check_person_name, check_reason};
use crate::unit::Unit;

/// One filing. The newest that the Center took note of is in force; the former ones are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitFiling {
    /// Its id.
    pub id: FilingId,
    /// The unit.
    pub unit: UnitId,
    /// 电子印章主管处（室）.
    pub competent_office: String,
    /// 分管领导.
    pub leader_in_charge: String,
    /// The approvers whom the unit names: people who hold that post in it.
    pub approvers: Vec<Principal>,
    /// Remark of the unit.
    pub remark: Option<String>,
    /// Who filed.
    pub filed_by: Actor,
    /// When.
    pub filed_at: Timestamp,
    /// What the Center said.
    pub answer: Option<FilingAnswer>,
}

/// The Center's answer to a filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingAnswer {
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why it was sent back; nothing: it was taken note of and is in force.
    pub sent_back: Option<String>,
}

/// What is filed.
#[derive(Clone, Debug)]
pub struct NewFiling {
    /// Its id.
    pub id: FilingId,
    /// 电子印章主管处（室）.
    pub competent_office: String,
    /// 分管领导.
    pub leader_in_charge: String,
    /// The approvers.
    pub approvers: Vec<Principal>,
    /// Remark.
    pub remark: Option<String>,
}

impl UnitFiling {
    /// Files. `holders` are the people who hold the approver's post in the unit; `waiting`: a filing still unanswered.
    ///
    /// # Errors
    /// `wrong_unit`, `filing_waiting`, `approver_missing`, `approver_without_post`, faults of the texts.
    pub fn file(
        new: NewFiling,
        unit: &Unit,
        holders: &[Principal],
        waiting: bool,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if actor.post.unit != unit.id {
            return Err(Refusal::new("wrong_unit", "只能为您所在的单位报备"));
        }
        if waiting {
            return Err(Refusal::new(
                "filing_waiting",
                "上一次报备还在等待中心确认，请待确认或退回后再报备",
            ));
        }
        if new.approvers.is_empty() {
            return Err(Refusal::new("approver_missing", "请至少选择一名单位审批人"));
        }
        if let Some(stranger) = new
            .approvers
            .iter()
            .find(|named| holders.iter().all(|holder| holder.person != named.person))
        {
            return Err(Refusal::new(
                "approver_without_post",
                format!("{}没有本单位的审批岗位，请先办理岗位变更", stranger.name),
            ));
        }
        Ok(Self {
            id: new.id,
            unit: unit.id,
            competent_office: check_name("电子印章主管处（室）", &new.competent_office)?,
            leader_in_charge: check_person_name("分管领导", &new.leader_in_charge)?,
            approvers: new.approvers,
            remark: new
                .remark
                .filter(|remark| !remark.trim().is_empty())
                .map(|remark| check_reason("备注", &remark))
                .transpose()?,
            filed_by: actor.clone(),
            filed_at: now,
            answer: None,
        })
    }

    /// The Center takes note of it, or sends it back with a reason.
    ///
    /// # Errors
    /// `filing_answered`, faults of the reason.
    pub fn answer(
        &mut self,
        sent_back: Option<&str>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(answer) = &self.answer {
            return Err(Refusal::new(
                "filing_answered",
                format!("这次备案已由{}办理，无需重复办理", answer.by.name),
            ));
        }
        let sent_back = sent_back
            .map(|reason| check_reason("退回理由", reason))
            .transpose()?;
        self.answer = Some(FilingAnswer {
            by: actor.clone(),
            at: now,
            sent_back,
        });
        Ok(())
    }

    /// Whether the Center took note of it.
    #[must_use]
    pub fn is_acknowledged(&self) -> bool {
        self.answer
            .as_ref()
            .is_some_and(|answer| answer.sent_back.is_none())
    }

    /// How it stands, in words.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        match &self.answer {
            None => "待中心确认",
            Some(answer) if answer.sent_back.is_some() => "已退回",
            Some(_) => "已备案",
        }
    }
}
