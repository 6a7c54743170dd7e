//! The whole way of one seal, as the people of the guide go it: from the draft of the application to the stamped
//! document. It uses the demonstration's units and accounts.

use std::collections::HashMap;

use casework::{
    Act, Actor, ApplicationId, BundleId, BusinessType, CaseId, ChecklistAnswer, Due, FormDraft,
    LetterDraft, LetterForm, MaterialKind, Placement, Progress, ResidentId, SealId, Stage, UseAct,
    UseRequestId,
};
use imprint::RoundSeal;
use platform::{
    Account, CaseView, DemoAccount, NewMaterial, NewUse, Platform, StampedFile, demo_accounts,
};
use uuid::Uuid;

use crate::failure::Failure;

/// Diameter of the demonstration's seal in mm: a county's department, at most 45 mm with a star (国发〔1999〕25号).
pub(crate) const DIAMETER_MM: u16 = 42;
/// Resolution of the scan that the imprint comes as.
const SCAN_DPI: u32 = 300;
/// The holder's PIN in the demonstration.
const PIN: &str = "Min-hou-2026";

/// What a journey has come to.
pub(crate) struct Journey<'a> {
    platform: &'a Platform,
    people: HashMap<&'static str, Account>,
    case: CaseId,
    application: ApplicationId,
}

impl<'a> Journey<'a> {
    /// Signs everybody in and opens a case of 印章申请 at the county's unit.
    pub(crate) async fn open(platform: &'a Platform) -> Result<Self, Failure> {
        let mut people = HashMap::new();
        for demo in demo_accounts() {
            let account = platform.sign_in(demo.login, DemoAccount::PASSWORD).await?;
            people.insert(demo.login, account);
        }
        let mut journey = Self {
            platform,
            people,
            case: CaseId::from_uuid(Uuid::nil()),
            application: ApplicationId::from_uuid(Uuid::now_v7()),
        };
        journey.case = platform
            .open_case(&journey.actor("xian-jingban")?, BusinessType::New)
            .await?;
        Ok(journey)
    }

    /// The public number of the case.
    pub(crate) async fn number(&self) -> Result<String, Failure> {
        let view = self
            .platform
            .case(&self.actor("xian-jingban")?, self.case)
            .await?;
        Ok(view.case.number.to_string())
    }

    /// The agent writes the letter, fills in the form and brings the imprint.
    pub(crate) async fn fill_in(&self) -> Result<(), Failure> {
        let letter = LetterDraft {
            reasons: "我局自2026年12月起在网上签发政务服务事项办理结果通知书，需要使用电子印章。"
                .to_owned(),
            letter_number: None,
        };
        self.by("xian-jingban", Act::SaveLetter { letter }).await?;
        let application = self.application;
        let draft = FormDraft::default();
        self.by("xian-jingban", Act::AddApplication { application, draft })
            .await?;
        let unit = self.account("xian-jingban")?.posts[0]
            .unit
            .full_name
            .clone();
        let scan = RoundSeal::new(&unit, f64::from(DIAMETER_MM))
            .on_paper(SCAN_DPI)
            .map_err(|e| Failure::internal("无法绘制印模", &e))?;
        let view = self
            .attach(
                "xian-jingban",
                MaterialKind::Imprint,
                Some(application),
                "印模.png",
                scan,
            )
            .await?;
        let imprint = view
            .case
            .application(application)
            .and_then(|a| a.draft.imprint);
        let agent = self.account("xian-jingban")?;
        let text = |text: &str| Some(text.to_owned());
        let draft = FormDraft {
            kind: text("单位印章"),
            agent_name: Some(agent.name.clone()),
            agent_mobile: agent.mobile.as_ref().map(ToString::to_string),
            agent_id: agent.resident_id.as_ref().map(ToString::to_string),
            seal_name: Some(unit),
            width: Some(DIAMETER_MM.to_string()),
            height: Some(DIAMETER_MM.to_string()),
            function: text("法定名称章"),
            certificate: text("单位证书"),
            medium: text("平台托管"),
            imprint,
            ..FormDraft::default()
        };
        self.by("xian-jingban", Act::SaveDraft { application, draft })
            .await?;
        Ok(())
    }

    /// The unit approves, and the agent hands the signed and stamped papers in.
    pub(crate) async fn hand_in(&self) -> Result<(), Failure> {
        self.by("xian-jingban", Act::Submit).await?;
        self.by("xian-shenpi", Act::ApproveInUnit { remark: None })
            .await?;
        let view = self
            .platform
            .case(&self.actor("xian-jingban")?, self.case)
            .await?;
        for required in view
            .materials
            .iter()
            .filter(|m| m.due == Due::HandIn && m.present.is_none())
        {
            let name = format!("{}.png", required.kind.code());
            self.attach(
                "xian-jingban",
                required.kind,
                required.application,
                &name,
                scan()?,
            )
            .await?;
        }
        self.by("xian-jingban", Act::HandIn).await?;
        Ok(())
    }

    /// The consolidator hands the case over to the Center.
    pub(crate) async fn hand_over(&self) -> Result<(), Failure> {
        let bundle = BundleId::from_uuid(Uuid::now_v7());
        self.by("huizong", Act::HandOver { bundle }).await?;
        Ok(())
    }

    /// The seal maker receives the papers, goes through the checklist and accepts.
    pub(crate) async fn accept(&self) -> Result<(), Failure> {
        let view = self
            .platform
            .case(&self.actor("zhizuo")?, self.case)
            .await?;
        let received: Vec<_> = view
            .case
            .papers_outstanding()
            .map(|paper| paper.id)
            .collect();
        if !received.is_empty() {
            self.by(
                "zhizuo",
                Act::ReceivePaper {
                    received,
                    missing: Vec::new(),
                },
            )
            .await?;
        }
        let answer = |item: &casework::ChecklistItem| ChecklistAnswer {
            code: item.code.to_owned(),
            application: item.application,
            met: true,
            remark: None,
        };
        let checklist = view.checklist.iter().map(answer).collect();
        self.by("zhizuo", Act::Accept { checklist }).await?;
        Ok(())
    }

    /// First and final review.
    pub(crate) async fn review(&self) -> Result<(), Failure> {
        self.by("shenhe", Act::ApproveFirst { remark: None })
            .await?;
        self.by("lingdao", Act::ApproveFinal { remark: None })
            .await?;
        Ok(())
    }

    /// The seal maker has the certificate and the seal made.
    pub(crate) async fn make(&self) -> Result<(), Failure> {
        self.by(
            "zhizuo",
            Act::StartProduction {
                application: self.application,
            },
        )
        .await?;
        self.platform.run_due_jobs().await?;
        let view = self
            .platform
            .case(&self.actor("zhizuo")?, self.case)
            .await?;
        let progress = view.case.application(self.application).map(|a| a.progress);
        if progress != Some(Progress::Produced) {
            let text = "印章没有制成，原因见日志。";
            return Err(Failure::new("seal_not_made", text));
        }
        self.by("zhizuo", Act::NotifyCollection).await?;
        Ok(())
    }

    /// The agent collects the seal with letter and ID copy, and sets the PIN. Answers the seal.
    pub(crate) async fn collect(&self) -> Result<SealId, Failure> {
        let letter = self
            .paper("zhizuo", MaterialKind::IntroductionLetter, "介绍函.png")
            .await?;
        let id_copy = self
            .paper("zhizuo", MaterialKind::CollectorIdCopy, "身份证复印件.png")
            .await?;
        let signature = self
            .paper("zhizuo", MaterialKind::CollectionSignature, "领取签名.png")
            .await?;
        let agent = self.account("xian-jingban")?;
        let collector_id: ResidentId = agent
            .resident_id
            .ok_or_else(|| Failure::new("demo_data", "演示账号没有身份证号。"))?;
        let act = Act::Collect {
            collector_name: agent.name.clone(),
            collector_id,
            letter_form: LetterForm::Slip,
            letter_name: agent.name.clone(),
            letter_id: Some(collector_id),
            letter,
            id_copy_name: agent.name.clone(),
            id_copy,
            signature,
        };
        let (view, handed_out) = self
            .platform
            .collect(&self.actor("zhizuo")?, self.case, None, act)
            .await?;
        debug_assert!(matches!(view.case.stage, Stage::Closed(_)));
        let seal = handed_out
            .first()
            .ok_or_else(|| Failure::new("seal_not_handed_out", "领取时没有印章。"))?;
        let code = seal.activation_code.clone().unwrap_or_default();
        self.platform
            .change_pin(&self.actor("xian-jingban")?, seal.seal, &code, PIN)
            .await?;
        self.platform.run_due_jobs().await?;
        Ok(seal.seal)
    }

    /// The agent asks for the use of the seal on a document; page from 1, corner in mm.
    pub(crate) async fn request_use(
        &self,
        seal: SealId,
        name: &str,
        document: Vec<u8>,
        (page, x_mm, y_mm): (u32, i32, i32),
    ) -> Result<UseRequestId, Failure> {
        let new = NewUse {
            seal,
            document_name: name.to_owned(),
            document,
            purpose: "签发办理结果通知书".to_owned(),
            placements: vec![Placement {
                page,
                x: x_mm * 10,
                y: y_mm * 10,
            }],
            close_document: false,
            from: None,
        };
        Ok(self
            .platform
            .request_use(&self.actor("xian-jingban")?, new)
            .await?)
    }

    /// The unit's approver approves the use, and the agent stamps with the PIN.
    pub(crate) async fn stamp(&self, request: UseRequestId) -> Result<StampedFile, Failure> {
        let act = UseAct::Approve {
            until: None,
            times: 1,
        };
        self.platform
            .decide_on_use(&self.actor("xian-shenpi")?, request, act)
            .await?;
        let stamped = self
            .platform
            .stamp(&self.actor("xian-jingban")?, request, PIN)
            .await?;
        self.platform.run_due_jobs().await?;
        Ok(stamped)
    }

    /// One of the demonstration's people, in their post.
    pub(crate) fn actor(&self, login: &str) -> Result<Actor, Failure> {
        self.account(login)?
            .actor(0)
            .ok_or_else(|| Failure::new("demo_data", format!("演示账号 {login} 没有岗位。")))
    }

    fn account(&self, login: &str) -> Result<&Account, Failure> {
        self.people
            .get(login)
            .ok_or_else(|| Failure::new("demo_data", format!("没有演示账号 {login}。")))
    }

    async fn by(&self, login: &str, act: Act) -> Result<CaseView, Failure> {
        Ok(self
            .platform
            .act(&self.actor(login)?, self.case, None, act)
            .await?)
    }

    async fn attach(
        &self,
        login: &str,
        kind: MaterialKind,
        application: Option<ApplicationId>,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<CaseView, Failure> {
        let new = NewMaterial {
            kind,
            application,
            name: name.to_owned(),
            bytes,
        };
        Ok(self
            .platform
            .attach(&self.actor(login)?, self.case, None, new)
            .await?
            .0)
    }

    async fn paper(
        &self,
        login: &str,
        kind: MaterialKind,
        name: &str,
    ) -> Result<casework::MaterialId, Failure> {
        let new = NewMaterial {
            kind,
            application: None,
            name: name.to_owned(),
            bytes: scan()?,
        };
        Ok(self
            .platform
            .attach(&self.actor(login)?, self.case, None, new)
            .await?
            .1)
    }
}

/// A scan of a stamped paper, as far as the demonstration needs one.
fn scan() -> Result<Vec<u8>, Failure> {
    RoundSeal::new("闽侯县政务服务示范局", f64::from(DIAMETER_MM))
        .on_paper(100)
        .map_err(|e| Failure::internal("无法绘制扫描件", &e))
}
