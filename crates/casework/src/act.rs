//! What people do with a case.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{CorrectionPoint, LetterForm, Produced};
use crate::checklist::ChecklistAnswer;
use crate::form::FormDraft;
use crate::ids::{ApplicationId, BundleId, CaseId, MaterialId};
use crate::letter::LetterDraft;
use crate::material::Material;
use crate::number::CaseNumber;
use crate::resident_id::ResidentId;

/// An act, with what the person gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum Act {
    /// 保存红头函草稿.
    SaveLetter {
        /// The unit's own words.
        letter: LetterDraft,
    },
    /// 增加申请表.
    AddApplication {
        /// Its new id.
        application: ApplicationId,
        /// What is known so far.
        draft: FormDraft,
    },
    /// 导入汇总表: the forms of a whole summary sheet at once.
    AddApplications {
        /// Their new ids, and what the sheet says.
        applications: Vec<(ApplicationId, FormDraft)>,
    },
    /// 填写申请表 (autosave).
    SaveDraft {
        /// Which one.
        application: ApplicationId,
        /// Everything typed so far.
        draft: FormDraft,
    },
    /// 删除申请表.
    RemoveApplication {
        /// Which one.
        application: ApplicationId,
    },
    /// 上传材料.
    AttachMaterial {
        /// The material; who, when, revision and paper are filled in by the process.
        material: Box<Material>,
        /// The text of a red-header letter, where the file could be read.
        text: Option<String>,
    },
    /// 移除材料.
    RemoveMaterial {
        /// Which one.
        material: MaterialId,
    },
    /// 提交单位审批.
    Submit,
    /// 单位审批同意.
    ApproveInUnit {
        /// A remark.
        remark: Option<String>,
    },
    /// 单位审批退回.
    SendBackInUnit {
        /// What is to be corrected.
        points: Vec<CorrectionPoint>,
    },
    /// 递交: signed, stamped, scanned and on the way to the Center or the consolidator.
    HandIn,
    /// 汇总递交 to the Center.
    HandOver {
        /// Cases with the same go together.
        bundle: BundleId,
    },
    /// 汇总单位退回.
    ReturnByConsolidator {
        /// What is to be corrected.
        points: Vec<CorrectionPoint>,
    },
    /// 登记纸质材料.
    ReceivePaper {
        /// Originals that are here.
        received: Vec<MaterialId>,
        /// Originals that should be and are not.
        missing: Vec<MaterialId>,
    },
    /// 受理.
    Accept {
        /// An answer to every item of the checklist.
        checklist: Vec<ChecklistAnswer>,
    },
    /// 通知整改.
    RequestCorrection {
        /// What is to be corrected.
        points: Vec<CorrectionPoint>,
        /// The acceptance checklist, where it was asked for at acceptance.
        checklist: Vec<ChecklistAnswer>,
    },
    /// 不予办理.
    Refuse {
        /// Why.
        reason: String,
    },
    /// 初审通过.
    ApproveFirst {
        /// A remark.
        remark: Option<String>,
    },
    /// 终审通过.
    ApproveFinal {
        /// A remark.
        remark: Option<String>,
    },
    /// 单列补正: one application goes to a linked case in correction, the rest goes on.
    SetAside {
        /// Which one.
        application: ApplicationId,
        /// The new case's id.
        linked: CaseId,
        /// The new case's number.
        linked_number: CaseNumber,
        /// What is to be corrected.
        points: Vec<CorrectionPoint>,
    },
    /// 预约现场办理时间.
    BookAppointment {
        /// When the holder comes.
        at: Timestamp,
    },
    /// 取消预约.
    CancelAppointment,
    /// 出示 USB KEY.
    PresentKey {
        /// For which application.
        application: ApplicationId,
        /// The serial number read from the key.
        serial: String,
    },
    /// 开始制作.
    StartProduction {
        /// Which one.
        application: ApplicationId,
    },
    /// 制作完成, reported by the platform.
    ApplicationProduced {
        /// Which one.
        application: ApplicationId,
        /// What came of it.
        produced: Produced,
    },
    /// 现场办结.
    FinishOnSite,
    /// 通知领取.
    NotifyCollection,
    /// 领取.
    Collect {
        /// The person who signs for it.
        collector_name: String,
        /// Their 身份证号, as read from the copy of the ID card.
        collector_id: ResidentId,
        /// 介绍函 or 介绍信.
        letter_form: LetterForm,
        /// The name in the letter.
        letter_name: String,
        /// The 身份证号 in the letter, where it states one.
        letter_id: Option<ResidentId>,
        /// The letter.
        letter: MaterialId,
        /// The name on the copy of the ID card.
        id_copy_name: String,
        /// The stamped copy.
        id_copy: MaterialId,
        /// Their signature.
        signature: MaterialId,
    },
    /// 重新提交.
    Resubmit {
        /// A remark for those who sent it back.
        remark: Option<String>,
    },
    /// 撤回.
    Withdraw {
        /// Why.
        reason: Option<String>,
    },
    /// 办结 (and 通知使用): nothing to collect.
    Close,
}

macro_rules! act_kinds {
    ($($variant:ident $code:literal $name:literal;)*) => {
        /// An act without what the person gave.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ActKind { $(
            #[doc = $name]
            $variant,
        )* }

        impl ActKind {
            /// Every kind of act, in the order of the process.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Stable code, as in JSON.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What the button says.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The act of that code.
            #[must_use]
            pub fn find(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|act| act.code() == code)
            }
        }

        impl Act {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> ActKind {
                match self { $(Self::$variant { .. } => ActKind::$variant),* }
            }
        }
    };
}

act_kinds! {
    SaveLetter "save_letter" "保存红头函";
    AddApplication "add_application" "增加申请表";
    AddApplications "add_applications" "导入汇总表";
    SaveDraft "save_draft" "填写申请表";
    RemoveApplication "remove_application" "删除申请表";
    AttachMaterial "attach_material" "上传材料";
    RemoveMaterial "remove_material" "移除材料";
    Submit "submit" "提交单位审批";
    ApproveInUnit "approve_in_unit" "单位审批同意";
    SendBackInUnit "send_back_in_unit" "单位审批退回";
    HandIn "hand_in" "递交";
    HandOver "hand_over" "汇总递交";
    ReturnByConsolidator "return_by_consolidator" "汇总退回";
    ReceivePaper "receive_paper" "登记纸质材料";
    Accept "accept" "受理";
    RequestCorrection "request_correction" "通知整改";
    Refuse "refuse" "不予办理";
    ApproveFirst "approve_first" "初审通过";
    ApproveFinal "approve_final" "终审通过";
    SetAside "set_aside" "单列补正";
    BookAppointment "book_appointment" "预约现场办理";
    CancelAppointment "cancel_appointment" "取消预约";
    PresentKey "present_key" "核验 USB KEY";
    StartProduction "start_production" "开始制作";
    ApplicationProduced "application_produced" "制作完成";
    FinishOnSite "finish_on_site" "现场办结";
    NotifyCollection "notify_collection" "通知领取";
    Collect "collect" "登记领取";
    Resubmit "resubmit" "重新提交";
    Withdraw "withdraw" "撤回";
    Close "close" "办结";
}
