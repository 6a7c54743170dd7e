//! Every kind of business for every kind of seal, from the filing to the end.

use casework::{
    Act, ApplicationId, BusinessType, FormDraft, LetterDraft, MaterialKind, Medium, Progress,
    SealId, SealKind, Stage,
};
use uuid::Uuid;

use crate::app::TestApp;
use crate::journey::{DIAMETER_MM, Filed, PIN, scan};

/// A seal that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which kind.
    pub kind: SealKind,
    /// On which medium.
    pub medium: Medium,
}

impl Wish {
    /// Every kind of seal on every medium that it may live on.
    pub fn all() -> impl Iterator<Item = Self> {
        SealKind::ALL.iter().flat_map(|kind| {
            kind.media().iter().map(|medium| Self {
                kind: *kind,
                medium: *medium,
            })
        })
    }
}

/// A certificate request of a device that just made its key (DER).
pub fn device_request() -> Vec<u8> {
    device_request_with(&gm::PrivateKey::generate())
}

/// A certificate request for this key.
pub fn device_request_with(key: &gm::PrivateKey) -> Vec<u8> {
    let subject = pki::Name::china("闽侯县政务服务示范局", "签章服务器").unwrap();
    pki::request::build(&subject, key).unwrap()
}

/// A scan of an imprint that is not the same file as any other.
pub fn another_scan() -> Vec<u8> {
    let mut png = scan();
    // A text chunk before the last twelve bytes (IEND): another file, the same picture.
    let body = [b"tEXtn\0".as_slice(), Uuid::now_v7().to_string().as_bytes()].concat();
    let mut chunk = u32::try_from(body.len() - 4)
        .unwrap()
        .to_be_bytes()
        .to_vec();
    chunk.extend_from_slice(&body);
    chunk.extend_from_slice(&crc32(&body).to_be_bytes());
    let end = png.len() - 12;
    png.splice(end..end, chunk);
    png
}

impl TestApp {
    /// A case of 印章申请 for these seals, filled in and not submitted.
    pub async fn new_case(&self, wishes: &[Wish]) -> Filed {
        let agent = self.actor("xian-jingban");
        let case = self
            .platform
            .open_case(&agent, BusinessType::New)
            .await
            .unwrap();
        let applications: Vec<ApplicationId> = wishes
            .iter()
            .map(|_| ApplicationId::from_uuid(Uuid::now_v7()))
            .collect();
        let filed = Filed {
            case,
            application: applications[0],
        };
        self.write_letter(filed).await;
        let mut files = Vec::new();
        for (number, (application, wish)) in applications.iter().zip(wishes).enumerate() {
            let draft = self.new_form(*wish, number);
            let application = *application;
            self.by(
                "xian-jingban",
                filed,
                Act::AddApplication { application, draft },
            )
            .await;
            let mut file = |kind: MaterialKind, bytes| {
                files.push(platform::NewMaterial {
                    kind,
                    application: Some(application),
                    name: format!("{}.png", kind.code()),
                    bytes,
                });
            };
            file(MaterialKind::Imprint, another_scan());
            if wish.kind == SealKind::Device {
                file(MaterialKind::P10, device_request());
            }
        }
        self.platform
            .attach_all(&agent, case, None, files)
            .await
            .unwrap();
        filed
    }

    /// A case about seals of the register, with what this business asks for filled in, and not submitted.
    pub async fn begin(&self, business: BusinessType, seals: &[SealId]) -> Filed {
        let agent = self.actor("xian-jingban");
        let case = self
            .platform
            .open_case_for(&agent, business, seals)
            .await
            .unwrap();
        let view = self.platform.case(&agent, case).await.unwrap();
        let filed = Filed {
            case,
            application: view.case.applications[0].id,
        };
        self.write_letter(filed).await;
        for application in &view.case.applications {
            let id = application.id;
            if business == BusinessType::Change {
                let mut draft = application.draft.clone();
                draft.changes = vec!["imprint".to_owned(), "seal_name".to_owned()];
                draft.seal_name = draft.seal_name.map(|name| format!("{name}（新）"));
                let application = id;
                self.by("xian-jingban", filed, Act::SaveDraft { application, draft })
                    .await;
                self.attach_to(filed, id, MaterialKind::Imprint, another_scan())
                    .await;
            }
            if application.kind() == Some(SealKind::Device) && business.makes_a_seal() {
                self.attach_to(filed, id, MaterialKind::P10, device_request())
                    .await;
            }
        }
        filed
    }

    /// Goes on in the usual way to the end, and answers the seals that were made or treated.
    pub async fn complete(&self, filed: Filed) -> Vec<SealId> {
        for _ in 0..60 {
            let case = self.case(filed).await.case;
            match case.stage {
                Stage::Closed(_) => {
                    return case
                        .live_applications()
                        .filter_map(|application| Some(application.produced.as_ref()?.seal))
                        .collect();
                }
                Stage::OnSite => self.finish_at_the_desk(filed).await,
                Stage::Production => {
                    self.make_all(filed).await;
                    let act = if case.business.needs_collection() {
                        Act::NotifyCollection
                    } else {
                        Act::Close
                    };
                    self.by("zhizuo", filed, act).await;
                }
                Stage::Collection => self.collect_all(filed).await,
                _ => self.go_on(filed).await,
            }
        }
        panic!("never came to an end");
    }

    /// A seal that is 有效, of any kind on any medium.
    pub async fn made(&self, wish: Wish) -> SealId {
        let filed = self.new_case(&[wish]).await;
        self.complete(filed).await[0]
    }

    /// Starts everything that can be started, and works until it is made.
    pub async fn make_all(&self, filed: Filed) {
        let case = self.case(filed).await.case;
        let maker = self.actor("zhizuo");
        if case
            .live_applications()
            .any(|application| application.progress == Progress::WithCase)
        {
            self.platform
                .start_all(&maker, filed.case, None)
                .await
                .unwrap();
        }
        self.run_jobs().await;
        let progress = self
            .platform
            .production_progress(&maker, filed.case)
            .await
            .unwrap();
        assert_eq!(progress.produced, progress.total, "{progress:?}");
    }

    /// Brings every key that is waited for to the desk, and finishes there; new codes become the usual PIN.
    pub async fn finish_at_the_desk(&self, filed: Filed) {
        let case = self.case(filed).await.case;
        for application in case.live_applications() {
            let form = application.form.as_ref().unwrap();
            if form.medium != Medium::UsbKey || application.key_presented.is_some() {
                continue;
            }
            let existing = form.existing.as_ref().unwrap();
            if existing.key_lost {
                continue;
            }
            let act = Act::PresentKey {
                application: application.id,
                serial: existing.key_serial.clone().unwrap(),
            };
            self.by("zhizuo", filed, act).await;
        }
        self.make_all(filed).await;
        let maker = self.actor("zhizuo");
        let (_, codes) = self
            .platform
            .finish_on_site(&maker, filed.case, None)
            .await
            .unwrap();
        self.set_pins(&codes).await;
    }

    /// Collects every seal of the case and sets the holder's PIN where there is one to set.
    pub async fn collect_all(&self, filed: Filed) {
        let act = self.collection(filed).await;
        let maker = self.actor("zhizuo");
        let (_, codes) = self
            .platform
            .collect(&maker, filed.case, None, act)
            .await
            .unwrap();
        self.set_pins(&codes).await;
        self.run_jobs().await;
    }

    /// Attaches a file of the agent to an application.
    pub async fn attach_to(
        &self,
        filed: Filed,
        application: ApplicationId,
        kind: MaterialKind,
        bytes: Vec<u8>,
    ) {
        self.attach("xian-jingban", filed, kind, Some(application), bytes)
            .await;
    }

    async fn set_pins(&self, codes: &[platform::HandedOut]) {
        let agent = self.actor("xian-jingban");
        for handed_out in codes {
            if let Some(code) = &handed_out.activation_code {
                self.platform
                    .change_pin(&agent, handed_out.seal, code, PIN)
                    .await
                    .unwrap();
            }
        }
    }

    async fn write_letter(&self, filed: Filed) {
        let letter = LetterDraft {
            reasons: "我局自2026年12月起在网上签发通知书，需要使用电子印章。".to_owned(),
            letter_number: None,
        };
        self.by("xian-jingban", filed, Act::SaveLetter { letter })
            .await;
    }

    fn new_form(&self, wish: Wish, number: usize) -> FormDraft {
        let account = self.account("xian-jingban");
        let text = |text: &str| Some(text.to_owned());
        let personal = wish.kind == SealKind::Personal;
        let function = if personal {
            "个人名章/签名"
        } else {
            "业务专用章"
        };
        FormDraft {
            kind: text(wish.kind.name()),
            person_name: personal.then(|| "陈思远".to_owned()),
            person_id: personal.then(|| {
                casework::ResidentId::complete("35012119880615001")
                    .unwrap()
                    .to_string()
            }),
            agent_name: Some(account.name.clone()),
            agent_mobile: account.mobile.as_ref().map(ToString::to_string),
            agent_id: account.resident_id.as_ref().map(ToString::to_string),
            seal_name: Some(format!("闽侯县政务服务示范局审批专用章（{}）", number + 1)),
            width: Some(DIAMETER_MM.to_string()),
            height: Some(DIAMETER_MM.to_string()),
            function: text(function),
            certificate: text(wish.kind.certificate().name()),
            medium: text(wish.medium.name()),
            ..FormDraft::default()
        }
    }
}

/// The checksum of a PNG chunk.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}
