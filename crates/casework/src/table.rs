//! The process as a table: at which stage who may do what, and where it leads. PROCESS.md tells the same in prose.

use std::fmt::Write as _;

use crate::act::ActKind;
use crate::business::BusinessType;
use crate::role::Role;
use crate::stage::{Outcome, Stage};

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// At this stage…
    pub stage: Stage,
    /// …this act…
    pub act: ActKind,
    /// …is for this role…
    pub role: Role,
    /// …in these kinds of business…
    pub on: On,
    /// …and leads here.
    pub to: To,
    /// The clause of the guide or the line of the requirements.
    pub clause: &'static str,
}

/// The kinds of business a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// All six.
    All,
    /// Those that end with the collection: 印章申请, 印章补办.
    Collected,
    /// Those for which a USB KEY may have to be brought: 印章延期, 变更, 撤销, 口令解锁.
    KeyAtDesk,
}

/// Where an act leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// It stays where it is.
    Same,
    /// To this stage.
    Stage(Stage),
    /// The unit's route: to the consolidator or to the Center; after a correction, back to who asked for it.
    Route,
    /// Approved: to the desk when a key must be brought, else to production.
    Making,
    /// After a correction: changed, through the unit's approval; unchanged, back to who asked for it.
    Resubmitted,
}

impl On {
    /// Whether the line is for this business.
    #[must_use]
    pub fn includes(self, business: BusinessType) -> bool {
        match self {
            Self::All => true,
            Self::Collected => business.needs_collection(),
            Self::KeyAtDesk => !business.needs_collection(),
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::Collected => "申请、补办",
            Self::KeyAtDesk => "延期、变更、撤销、解锁",
        }
    }
}

impl To {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "—",
            Self::Stage(stage) => stage.name(),
            Self::Route => "汇总办理 / 受理 / 退回环节",
            Self::Making => "现场办理 / 印章办理",
            Self::Resubmitted => "单位审批 / 退回环节",
        }
    }
}

/// The lines for a business, stage and act.
pub fn rows(
    business: BusinessType,
    stage: Stage,
    act: ActKind,
) -> impl Iterator<Item = &'static Row> {
    TABLE
        .iter()
        .filter(move |row| row.stage == stage && row.act == act && row.on.includes(business))
}

/// The table as Markdown, as it stands in PROCESS.md.
#[must_use]
pub fn as_markdown() -> String {
    let mut text =
        String::from("| 环节 | 动作 | 岗位 | 业务 | 转到 | 依据 |\n|---|---|---|---|---|---|\n");
    for row in TABLE {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            row.stage.name(),
            row.act.name(),
            row.role.name(),
            row.on.name(),
            row.to.name(),
            row.clause
        );
    }
    text
}

const fn row(stage: Stage, act: ActKind, role: Role, on: On, to: To, clause: &'static str) -> Row {
    Row {
        stage,
        act,
        role,
        on,
        to,
        clause,
    }
}

const COMPLETED: To = To::Stage(Stage::Closed(Outcome::Completed));
const REFUSED: To = To::Stage(Stage::Closed(Outcome::Refused));
const WITHDRAWN: To = To::Stage(Stage::Closed(Outcome::Withdrawn));
const CORRECTION: To = To::Stage(Stage::Correction);

/// The process.
#[rustfmt::skip]
pub static TABLE: &[Row] = {
    use ActKind as A;
    use On::{All, Collected, KeyAtDesk};
    use Role as R;
    use Stage as S;
    use To::Same;

    &[
        // 填写申请表
        row(S::Draft, A::SaveLetter, R::Agent, All, Same, "第二章 一、1"),
        row(S::Draft, A::AddApplication, R::Agent, All, Same, "一、二、4（1）"),
        row(S::Draft, A::AddApplications, R::Agent, All, Same, "第二章 四、1"),
        row(S::Draft, A::SaveDraft, R::Agent, All, Same, "一、二、4（1）"),
        row(S::Draft, A::RemoveApplication, R::Agent, All, Same, "一、二、4（1）"),
        row(S::Draft, A::AttachMaterial, R::Agent, All, Same, "一、二、3"),
        row(S::Draft, A::RemoveMaterial, R::Agent, All, Same, "一、二、3"),
        row(S::Draft, A::Submit, R::Agent, All, To::Stage(S::UnitApproval), "一、二、4（1）"),
        row(S::Draft, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 内部审核
        row(S::UnitApproval, A::ApproveInUnit, R::UnitApprover, All, To::Stage(S::HandIn), "一、二、4（2）"),
        row(S::UnitApproval, A::SendBackInUnit, R::UnitApprover, All, CORRECTION, "R2.11"),
        row(S::UnitApproval, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 递交申请表
        row(S::HandIn, A::AttachMaterial, R::Agent, All, Same, "一、二、4（2）"),
        row(S::HandIn, A::RemoveMaterial, R::Agent, All, Same, "一、二、4（2）"),
        row(S::HandIn, A::HandIn, R::Agent, All, To::Route, "一、二、4（3）"),
        row(S::HandIn, A::SendBackInUnit, R::UnitApprover, All, CORRECTION, "R2.11"),
        row(S::HandIn, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        row(S::Consolidation, A::ReceivePaper, R::Consolidator, All, Same, "R3.3"),
        row(S::Consolidation, A::HandOver, R::Consolidator, All, To::Stage(S::Acceptance), "一、二、4（3）"),
        row(S::Consolidation, A::ReturnByConsolidator, R::Consolidator, All, CORRECTION, "R3.1"),
        row(S::Consolidation, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 受理申请
        row(S::Acceptance, A::ReceivePaper, R::SealMaker, All, Same, "R3.3"),
        row(S::Acceptance, A::Accept, R::SealMaker, All, To::Stage(S::FirstReview), "一、二、5（1）"),
        row(S::Acceptance, A::RequestCorrection, R::SealMaker, All, CORRECTION, "R4.1"),
        row(S::Acceptance, A::SetAside, R::SealMaker, All, Same, "R4.2"),
        row(S::Acceptance, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 审核申请
        row(S::FirstReview, A::ReceivePaper, R::SealMaker, All, Same, "R3.3"),
        row(S::FirstReview, A::ApproveFirst, R::SealReviewer, All, To::Stage(S::FinalReview), "一、二、5（2）"),
        row(S::FirstReview, A::RequestCorrection, R::SealReviewer, All, CORRECTION, "一、二、5（2）"),
        row(S::FirstReview, A::SetAside, R::SealReviewer, All, Same, "R4.2"),
        row(S::FirstReview, A::Refuse, R::SealReviewer, All, REFUSED, "一、二、1（2）"),
        row(S::FirstReview, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        row(S::FinalReview, A::ReceivePaper, R::SealMaker, All, Same, "R3.3"),
        row(S::FinalReview, A::ApproveFinal, R::DepartmentLeader, All, To::Making, "一、二、1（1）"),
        row(S::FinalReview, A::RequestCorrection, R::DepartmentLeader, All, CORRECTION, "一、二、5（2）"),
        row(S::FinalReview, A::SetAside, R::DepartmentLeader, All, Same, "R4.2"),
        row(S::FinalReview, A::Refuse, R::DepartmentLeader, All, REFUSED, "一、二、1（2）"),
        row(S::FinalReview, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 印章办理
        row(S::Production, A::PresentKey, R::SealMaker, Collected, Same, "一、二、5（3）"),
        row(S::Production, A::StartProduction, R::SealMaker, All, Same, "一、二、5（3）"),
        row(S::Production, A::ApplicationProduced, R::System, All, Same, "一、二、5（3）"),
        row(S::Production, A::NotifyCollection, R::SealMaker, Collected, To::Stage(S::Collection), "一、二、5（4）"),
        row(S::Production, A::Close, R::SealMaker, KeyAtDesk, COMPLETED, "一、二、1（2）"),
        row(S::Production, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
        // 现场办理
        row(S::OnSite, A::BookAppointment, R::Agent, KeyAtDesk, Same, "R4.4"),
        row(S::OnSite, A::BookAppointment, R::SealMaker, KeyAtDesk, Same, "R4.4"),
        row(S::OnSite, A::CancelAppointment, R::Agent, KeyAtDesk, Same, "R4.4"),
        row(S::OnSite, A::CancelAppointment, R::SealMaker, KeyAtDesk, Same, "R4.4"),
        row(S::OnSite, A::PresentKey, R::SealMaker, KeyAtDesk, Same, "一、二、5（3）"),
        row(S::OnSite, A::StartProduction, R::SealMaker, KeyAtDesk, Same, "一、二、5（3）"),
        row(S::OnSite, A::ApplicationProduced, R::System, KeyAtDesk, Same, "一、二、5（3）"),
        row(S::OnSite, A::FinishOnSite, R::SealMaker, KeyAtDesk, COMPLETED, "一、二、5（3）"),
        row(S::OnSite, A::Withdraw, R::Agent, KeyAtDesk, WITHDRAWN, "R2.12"),
        // 通知领取
        row(S::Collection, A::BookAppointment, R::Agent, Collected, Same, "R4.4"),
        row(S::Collection, A::BookAppointment, R::SealMaker, Collected, Same, "R4.4"),
        row(S::Collection, A::CancelAppointment, R::Agent, Collected, Same, "R4.4"),
        row(S::Collection, A::CancelAppointment, R::SealMaker, Collected, Same, "R4.4"),
        row(S::Collection, A::AttachMaterial, R::Agent, Collected, Same, "第三章"),
        row(S::Collection, A::AttachMaterial, R::SealMaker, Collected, Same, "第三章"),
        row(S::Collection, A::RemoveMaterial, R::Agent, Collected, Same, "第三章"),
        row(S::Collection, A::RemoveMaterial, R::SealMaker, Collected, Same, "第三章"),
        row(S::Collection, A::Collect, R::SealMaker, Collected, COMPLETED, "一、二、5（4）"),
        // 通知整改
        row(S::Correction, A::SaveLetter, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::AddApplication, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::AddApplications, R::Agent, All, Same, "第二章 四、1"),
        row(S::Correction, A::SaveDraft, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::RemoveApplication, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::AttachMaterial, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::RemoveMaterial, R::Agent, All, Same, "一、二、5（2）"),
        row(S::Correction, A::Resubmit, R::Agent, All, To::Resubmitted, "一、二、5（2）"),
        row(S::Correction, A::Withdraw, R::Agent, All, WITHDRAWN, "R2.12"),
    ]
};
