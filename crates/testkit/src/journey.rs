//! The usual way of a case, and shortcuts along it.

use casework::{
    Act, ApplicationId, BundleId, BusinessType, CaseId, ChecklistAnswer, Due, FormDraft,
    LetterDraft, LetterForm, MaterialId, MaterialKind, Placement, Progress, ReportChannel, SealAct,
    SealId, Stage, UseAct, UseRequestId,
};
use imprint::RoundSeal;
use jiff::{SignedDuration, Timestamp};
use platform::{CaseView, Error, NewMaterial, NewUse, RegisteredSeal};
use uuid::Uuid;

use crate::app::TestApp;

/// The holder's PIN after collection.
pub const PIN: &str = "Min-hou-2026";
/// Diameter of the seal in mm.
pub const DIAMETER_MM: u16 = 42;

/// A case of 印章申请 with one application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// The case.
    pub case: CaseId,
    /// Its application.
    pub application: ApplicationId,
}

/// A document stamped through the platform.
#[derive(Debug, Clone)]
pub struct Stamped {
    /// The seal.
    pub seal: SealId,
    /// The request.
    pub request: UseRequestId,
    /// The stamped document.
    pub bytes: Vec<u8>,
}

/// The stable code of a refusal; other failures by their kind.
pub fn code(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.code.to_owned(),
        Error::Fields(fields) => fields.iter().map(|f| f.code).collect::<Vec<_>>().join(","),
        Error::NotFound(_) => "not_found".to_owned(),
        Error::Forbidden => "forbidden".to_owned(),
        Error::Conflict => "conflict".to_owned(),
        Error::Internal { .. } => "internal".to_owned(),
    }
}

/// A scan of an imprint on paper (PNG).
pub fn scan() -> Vec<u8> {
    static SCAN: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let draw = || {
        RoundSeal::new("闽侯县政务服务示范局", f64::from(DIAMETER_MM))
            .on_paper(150)
            .unwrap()
    };
    SCAN.get_or_init(draw).clone()
}

impl TestApp {
    /// The county's agent opens a case and fills in everything that is needed to submit it.
    pub async fn draft(&self) -> Filed {
        let agent = self.actor("xian-jingban");
        let case = self
            .platform
            .open_case(&agent, BusinessType::New)
            .await
            .unwrap();
        let filed = Filed {
            case,
            application: ApplicationId::from_uuid(Uuid::now_v7()),
        };
        let letter = LetterDraft {
            reasons: "我局自2026年12月起在网上签发通知书，需要使用电子印章。".to_owned(),
            letter_number: None,
        };
        self.by("xian-jingban", filed, Act::SaveLetter { letter })
            .await;
        self.add_application(filed).await;
        filed
    }

    /// Adds the application of a filed case, complete.
    pub async fn add_application(&self, filed: Filed) {
        let application = filed.application;
        let draft = FormDraft::default();
        self.by(
            "xian-jingban",
            filed,
            Act::AddApplication { application, draft },
        )
        .await;
        let (_, imprint) = self
            .attach(
                "xian-jingban",
                filed,
                MaterialKind::Imprint,
                Some(application),
                scan(),
            )
            .await;
        let account = self.account("xian-jingban");
        let text = |text: &str| Some(text.to_owned());
        let draft = FormDraft {
            kind: text("单位印章"),
            agent_name: Some(account.name.clone()),
            agent_mobile: account.mobile.as_ref().map(ToString::to_string),
            agent_id: account.resident_id.as_ref().map(ToString::to_string),
            seal_name: Some(account.posts[0].unit.full_name.clone()),
            width: Some(DIAMETER_MM.to_string()),
            height: Some(DIAMETER_MM.to_string()),
            function: text("法定名称章"),
            certificate: text("单位证书"),
            medium: text("平台托管"),
            imprint: Some(imprint),
            ..FormDraft::default()
        };
        self.by("xian-jingban", filed, Act::SaveDraft { application, draft })
            .await;
    }

    /// A draft that has gone the usual way up to a stage.
    pub async fn file_until(&self, stage: Stage) -> Filed {
        let filed = self.draft().await;
        self.go_on_until(filed, stage).await;
        filed
    }

    /// Goes on in the usual way until the case is at a stage.
    pub async fn go_on_until(&self, filed: Filed, stage: Stage) {
        for _ in 0..40 {
            let view = self.case(filed).await;
            if view.case.stage == stage {
                return;
            }
            self.go_on(filed).await;
        }
        panic!("never came to {}", stage.name());
    }

    /// Does the usual next step.
    pub async fn go_on(&self, filed: Filed) {
        let view = self.case(filed).await;
        let remark = None;
        let (login, act) = match view.case.stage {
            Stage::Draft => ("xian-jingban", Act::Submit),
            Stage::UnitApproval => ("xian-shenpi", Act::ApproveInUnit { remark }),
            Stage::HandIn => {
                self.attach_papers(filed).await;
                ("xian-jingban", Act::HandIn)
            }
            Stage::Correction => {
                self.attach_papers(filed).await;
                ("xian-jingban", Act::Resubmit { remark })
            }
            Stage::Consolidation => {
                let bundle = BundleId::from_uuid(Uuid::now_v7());
                ("huizong", Act::HandOver { bundle })
            }
            Stage::Acceptance => {
                self.receive_papers(filed).await;
                (
                    "zhizuo",
                    Act::Accept {
                        checklist: self.checklist(filed, true).await,
                    },
                )
            }
            Stage::FirstReview => {
                self.receive_papers(filed).await;
                ("shenhe", Act::ApproveFirst { remark })
            }
            Stage::FinalReview => {
                self.receive_papers(filed).await;
                ("lingdao", Act::ApproveFinal { remark })
            }
            Stage::Production => {
                let application = filed.application;
                match view.case.application(application).unwrap().progress {
                    Progress::Produced => ("zhizuo", Act::NotifyCollection),
                    Progress::InProduction => return self.run_jobs().await,
                    _ => ("zhizuo", Act::StartProduction { application }),
                }
            }
            Stage::Collection => {
                self.collect(filed).await;
                return;
            }
            Stage::OnSite | Stage::Closed(_) => panic!("no next step"),
        };
        self.by(login, filed, act).await;
    }

    /// Collects the seal and sets the holder's PIN.
    pub async fn collect(&self, filed: Filed) -> SealId {
        let act = self.collection(filed).await;
        let maker = self.actor("zhizuo");
        let (_, handed_out) = self
            .platform
            .collect(&maker, filed.case, None, act)
            .await
            .unwrap();
        let code = handed_out[0].activation_code.clone().unwrap();
        let agent = self.actor("xian-jingban");
        self.platform
            .change_pin(&agent, handed_out[0].seal, &code, PIN)
            .await
            .unwrap();
        self.run_jobs().await;
        handed_out[0].seal
    }

    /// The act of collection, with both papers and the signature attached.
    pub async fn collection(&self, filed: Filed) -> Act {
        let (_, letter) = self
            .attach(
                "zhizuo",
                filed,
                MaterialKind::IntroductionLetter,
                None,
                scan(),
            )
            .await;
        let (_, id_copy) = self
            .attach("zhizuo", filed, MaterialKind::CollectorIdCopy, None, scan())
            .await;
        let (_, signature) = self
            .attach(
                "zhizuo",
                filed,
                MaterialKind::CollectionSignature,
                None,
                scan(),
            )
            .await;
        let agent = self.account("xian-jingban");
        Act::Collect {
            collector_name: agent.name.clone(),
            collector_id: agent.resident_id.unwrap(),
            letter_form: LetterForm::Slip,
            letter_name: agent.name.clone(),
            letter_id: agent.resident_id,
            letter,
            id_copy_name: agent.name.clone(),
            id_copy,
            signature,
        }
    }

    /// A seal that is 有效 and whose holder has set the PIN.
    pub async fn made_seal(&self) -> SealId {
        let filed = self.file_until(Stage::Collection).await;
        let seal = self.collect(filed).await;
        // The next act is not in the same second as the beginning of its validity.
        self.clock.advance(SignedDuration::from_mins(1));
        seal
    }

    /// Asks for the use of a seal on a document's first page.
    pub async fn request_use(
        &self,
        seal: SealId,
        document: Vec<u8>,
    ) -> Result<UseRequestId, Error> {
        self.platform
            .request_use(&self.actor("xian-jingban"), self.new_use(seal, document))
            .await
    }

    /// A usual request.
    pub fn new_use(&self, seal: SealId, document: Vec<u8>) -> NewUse {
        NewUse {
            seal,
            document_name: "通知.ofd".to_owned(),
            document,
            purpose: "签发通知书".to_owned(),
            placements: vec![Placement {
                page: 1,
                x: 1200,
                y: 2000,
            }],
            close_document: false,
            from: Some("192.0.2.7".to_owned()),
        }
    }

    /// A request that the unit's approver has approved.
    pub async fn approved_use(&self, seal: SealId, document: Vec<u8>) -> UseRequestId {
        let request = self.request_use(seal, document).await.unwrap();
        let act = UseAct::Approve {
            until: None,
            times: 1,
        };
        let approver = self.actor("xian-shenpi");
        self.platform
            .decide_on_use(&approver, request, act)
            .await
            .unwrap();
        request
    }

    /// A document stamped with a seal.
    pub async fn stamped_with(&self, seal: SealId, document: Vec<u8>) -> Stamped {
        let request = self.approved_use(seal, document).await;
        let agent = self.actor("xian-jingban");
        let file = self.platform.stamp(&agent, request, PIN).await.unwrap();
        self.run_jobs().await;
        Stamped {
            seal,
            request,
            bytes: file.bytes,
        }
    }

    /// A one-page document stamped with a fresh seal.
    pub async fn stamped(&self) -> Stamped {
        let seal = self.made_seal().await;
        self.stamped_with(seal, crate::ofd(1)).await
    }

    /// Stamps with the seal's own key and past the platform, as a thief of key and PIN would.
    pub async fn stamped_behind_the_platform(
        &self,
        seal: SealId,
        document: &[u8],
        at: Timestamp,
    ) -> Vec<u8> {
        let actor = self.actor("xian-jingban");
        let registered = self.platform.seal(&actor, seal).await.unwrap();
        let (seal_der, _) = self.platform.seal_files(&actor, seal).await.unwrap();
        let certificates = self.platform.seal_certificates(&actor, seal).await.unwrap();
        let plan = ofd::stamp::StampPlan {
            placements: vec![ofd::stamp::Placement {
                page_index: 0,
                x_mm: 120.0,
                y_mm: 200.0,
                w_mm: DIAMETER_MM.into(),
                h_mm: DIAMETER_MM.into(),
                clip: None,
            }],
            close_document: false,
            provider: ofd::signatures::Provider::default(),
            method: ofd::stamp::StampPlan::SM2_SM3.to_owned(),
            seal: seal_der.clone(),
            time: at,
        };
        let limits = ofd::package::Limits::default();
        let prepared = ofd::stamp::prepare(document, &plan, limits).unwrap();
        let info = seal::StampInfo {
            seal: seal_der,
            time: at,
            data_hash: prepared.data_hash,
            property_info: prepared.property_info.clone(),
            extensions: Vec::new(),
        };
        let tbs = info.tbs().unwrap();
        let Some(label) = registered.key.label() else {
            panic!("the key is elsewhere")
        };
        let grant = self.keys.authorise(label, PIN, &tbs).await.unwrap();
        let signature = self.keys.sign(label, &tbs, Some(&grant)).await.unwrap();
        let value = seal::assemble_stamp(&tbs, &certificates[0].der, &signature, None).unwrap();
        ofd::stamp::complete(document, &prepared, &value, limits).unwrap()
    }

    /// The unit reports the loss of its seal's PIN: it is suspended from this moment.
    pub async fn suspend(&self, seal: SealId) -> RegisteredSeal {
        let act = SealAct::Suspend {
            reason: casework::Reason::LossOfControl,
            account: "保管人离职未交接签章口令".to_owned(),
            channel: ReportChannel::Platform,
            effective_at: None,
        };
        let agent = self.actor("xian-jingban");
        let seal = self.platform.change_seal(&agent, seal, act).await.unwrap();
        self.run_jobs().await;
        seal
    }

    /// Does an act that must succeed.
    pub async fn by(&self, login: &str, filed: Filed, act: Act) -> CaseView {
        let name = act.kind().name();
        match self.attempt(login, filed, act).await {
            Ok(view) => view,
            Err(error) => panic!("{login} {name}: {error:?}"),
        }
    }

    /// Tries an act, a minute later.
    pub async fn attempt(&self, login: &str, filed: Filed, act: Act) -> Result<CaseView, Error> {
        self.clock.advance(SignedDuration::from_mins(1));
        self.platform
            .act(&self.actor(login), filed.case, None, act)
            .await
    }

    /// Does an act that must be refused and must change nothing; answers the code.
    pub async fn refused(&self, login: &str, filed: Filed, act: Act) -> String {
        let before = self.case(filed).await.case;
        let name = act.kind().name();
        let error = self.attempt(login, filed, act).await.expect_err(name);
        assert_eq!(
            self.case(filed).await.case,
            before,
            "a refused act changes nothing"
        );
        code(&error)
    }

    /// Does an act that must be refused; answers the codes of its points.
    pub async fn refused_points(&self, login: &str, filed: Filed, act: Act) -> Vec<&'static str> {
        match self.attempt(login, filed, act).await.unwrap_err() {
            Error::Refused(refusal) => refusal.points.iter().map(|point| point.code).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// The case as its agent sees it.
    pub async fn case(&self, filed: Filed) -> CaseView {
        self.platform
            .case(&self.actor("xian-jingban"), filed.case)
            .await
            .unwrap()
    }

    /// Attaches a file.
    pub async fn attach(
        &self,
        login: &str,
        filed: Filed,
        kind: MaterialKind,
        application: Option<ApplicationId>,
        bytes: Vec<u8>,
    ) -> (CaseView, MaterialId) {
        let name = format!("{}.png", kind.code());
        let new = NewMaterial {
            kind,
            application,
            name,
            bytes,
        };
        let (view, material, _) = self
            .platform
            .attach(&self.actor(login), filed.case, None, new)
            .await
            .unwrap();
        (view, material)
    }

    /// Attaches what has to be signed and stamped and is not there yet.
    pub async fn attach_papers(&self, filed: Filed) {
        let view = self.case(filed).await;
        let papers: Vec<NewMaterial> = view
            .materials
            .iter()
            .filter(|m| m.due == Due::HandIn && m.present.is_none())
            .map(|required| NewMaterial {
                kind: required.kind,
                application: required.application,
                name: format!("{}.png", required.kind.code()),
                bytes: scan(),
            })
            .collect();
        if !papers.is_empty() {
            let agent = self.actor("xian-jingban");
            self.platform
                .attach_all(&agent, filed.case, None, papers)
                .await
                .unwrap();
        }
    }

    /// The Center receives the papers that it waits for.
    pub async fn receive_papers(&self, filed: Filed) {
        let received: Vec<_> = self
            .case(filed)
            .await
            .case
            .papers_outstanding()
            .map(|paper| paper.id)
            .collect();
        if !received.is_empty() {
            self.by(
                "zhizuo",
                filed,
                Act::ReceivePaper {
                    received,
                    missing: Vec::new(),
                },
            )
            .await;
        }
    }

    /// An answer to every question of the acceptance checklist.
    pub async fn checklist(&self, filed: Filed, met: bool) -> Vec<ChecklistAnswer> {
        let view = self
            .platform
            .case(&self.actor("zhizuo"), filed.case)
            .await
            .unwrap();
        let answer = |item: &casework::ChecklistItem| ChecklistAnswer {
            code: item.code.to_owned(),
            application: item.application,
            met,
            remark: None,
        };
        view.checklist.iter().map(answer).collect()
    }
}
