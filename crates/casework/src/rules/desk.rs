//! Production, the desk, and the collection (Guide 第一章 二、5（3）（4）, 第三章).

use jiff::Timestamp;

use crate::act::Act;
use crate::business::{BusinessType, Medium};
use crate::case::{Application, Case, Collection, Produced, Progress};
use crate::event::What;
use crate::ids::{ApplicationId, MaterialId};
use crate::key_stock::KeySerial;
use crate::material::MaterialKind;
use crate::policy::Policy;
use crate::refusal::{Point, Refusal};
use crate::resident_id::ResidentId;
use crate::rules::{Request, unknown_application, unknown_material};
use crate::seal_register::SealState;
use crate::stage::Stage;

/// The application's key is to be brought to the desk (R4.4).
pub(crate) fn needs_key(case: &Case, application: &Application, policy: &Policy) -> bool {
    application.form.as_ref().is_some_and(|form| {
        // Nobody can bring a lost key: its seal is revoked without it.
        let lost = case.business == BusinessType::Revocation
            && form
                .existing
                .as_ref()
                .is_some_and(|existing| existing.key_lost);
        !lost && policy.needs_key_on_site(case.business, form.medium)
    })
}

/// …and has not been shown yet.
pub(crate) fn waits_for_key(case: &Case, application: &Application, policy: &Policy) -> bool {
    case.stage == Stage::OnSite
        && application.key_presented.is_none()
        && needs_key(case, application, policy)
}

/// The seal is put on a USB KEY that the maker takes from the stock: 印章申请 and 补办.
#[must_use]
pub fn gets_a_key(case: &Case, application: &Application) -> bool {
    case.business.needs_collection()
        && application
            .form
            .as_ref()
            .is_some_and(|form| form.medium == Medium::UsbKey)
}

impl Request<'_> {
    pub(crate) fn book(&self, at: Timestamp) -> Result<Vec<What>, Refusal> {
        let role = self.actor.post.role;
        let taken = self.facts.slot_taken;
        crate::appointment::check_slot(self.policy, role, at, self.now, taken)?;
        Ok(vec![What::AppointmentBooked { appointment: at }])
    }

    pub(crate) fn cancel_appointment(&self) -> Result<Vec<What>, Refusal> {
        if self.case.appointment.is_none() {
            return Err(Refusal::new("no_appointment", "本办件没有预约，无需取消"));
        }
        Ok(vec![What::AppointmentCancelled])
    }

    /// The very key of the register, no other (R4.4).
    pub(crate) fn present_key(
        &self,
        application: ApplicationId,
        serial: &str,
    ) -> Result<Vec<What>, Refusal> {
        let found = self.live(application)?;
        if gets_a_key(self.case, found) {
            return self.take_key(found, serial);
        }
        if !needs_key(self.case, found, self.policy) {
            return Err(Refusal::new(
                "key_not_asked_for",
                format!("「{}」不需要出示 USB KEY", found.seal_name()),
            ));
        }
        if found.key_presented.is_some() {
            return Err(Refusal::new(
                "key_already_presented",
                format!("「{}」的 USB KEY 已核验，无需重复核验", found.seal_name()),
            ));
        }
        let registered = found
            .form
            .as_ref()
            .and_then(|form| form.existing.as_ref())
            .and_then(|existing| existing.key_serial.as_deref())
            .ok_or_else(|| {
                Refusal::new(
                    "key_not_registered",
                    "印章登记中没有该 USB KEY 的序列号，请先核实登记信息",
                )
            })?;
        if !same_serial(registered, serial) {
            return Err(Refusal::new(
                "wrong_key",
                format!(
                    "出示的 USB KEY 序列号与「{}」登记的不一致，请核对是否拿错",
                    found.seal_name()
                ),
            ));
        }
        let serial = registered.to_owned();
        Ok(vec![What::KeyPresented {
            application,
            serial,
        }])
    }

    /// The key that the seal will be put on, by the number printed on it: one key for one seal, and for a reissue
    /// another than before (Guide 二、5（3）: 重新绑定).
    fn take_key(&self, application: &Application, serial: &str) -> Result<Vec<What>, Refusal> {
        let name = application.seal_name();
        if application.progress != Progress::WithCase {
            return Err(Refusal::new(
                "already_started",
                format!("「{name}」已开始办理，不能再更换 USB KEY"),
            ));
        }
        let serial = serial.parse::<KeySerial>()?.to_string();
        let former = application
            .form
            .as_ref()
            .and_then(|form| form.existing.as_ref())
            .and_then(|existing| existing.key_serial.as_deref());
        if former.is_some_and(|former| same_serial(former, &serial)) {
            return Err(Refusal::new(
                "key_is_the_former",
                format!("这是「{name}」原来的 USB KEY，补办须绑定新的介质"),
            ));
        }
        let taken = self.case.live_applications().find(|other| {
            other.id != application.id
                && other
                    .key_presented
                    .as_ref()
                    .is_some_and(|key| same_serial(&key.serial, &serial))
        });
        if let Some(other) = taken {
            return Err(Refusal::new(
                "key_already_taken",
                format!("该 USB KEY 已登记给「{}」，请另取一个", other.seal_name()),
            ));
        }
        Ok(vec![What::KeyPresented {
            application: application.id,
            serial,
        }])
    }

    pub(crate) fn start_production(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<What>, Refusal> {
        let found = self.live(application)?;
        match found.progress {
            Progress::WithCase => {}
            Progress::InProduction => {
                return Err(Refusal::new(
                    "already_started",
                    format!("「{}」正在办理中，无需重复开始", found.seal_name()),
                ));
            }
            Progress::Produced | Progress::SetAside => {
                return Err(Refusal::new(
                    "already_produced",
                    format!("「{}」已办理完成，无需重复办理", found.seal_name()),
                ));
            }
        }
        if waits_for_key(self.case, found, self.policy) {
            return Err(Refusal::new(
                "key_not_presented",
                format!("「{}」须先核验持有人带来的 USB KEY", found.seal_name()),
            ));
        }
        self.seal_is_still_there(found)?;
        Ok(vec![What::ProductionStarted { application }])
    }

    pub(crate) fn produced(
        &self,
        application: ApplicationId,
        produced: &Produced,
    ) -> Result<Vec<What>, Refusal> {
        let found = self.live(application)?;
        match found.progress {
            Progress::InProduction => {}
            Progress::Produced => {
                return Err(Refusal::new(
                    "already_produced",
                    format!("「{}」已办理完成", found.seal_name()),
                ));
            }
            _ => {
                return Err(Refusal::new(
                    "production_not_started",
                    format!("「{}」尚未开始办理", found.seal_name()),
                ));
            }
        }
        let existing = found.existing_seal();
        let makes = self.case.business.makes_a_seal();
        let fits = if makes {
            existing != Some(produced.seal)
        } else {
            existing == Some(produced.seal)
        };
        if !fits {
            return Err(Refusal::new(
                "produced_other_seal",
                "办理结果与申请的印章不符",
            ));
        }
        let medium = found.form.as_ref().map(|form| form.medium);
        let on_a_key = medium == Some(Medium::UsbKey);
        if makes && (produced.valid_until.is_none() || produced.certificate_serials.is_empty()) {
            return Err(Refusal::new(
                "produced_without_certificate",
                "办理结果缺少数字证书信息",
            ));
        }
        if makes && on_a_key && produced.key_serial.is_none() {
            return Err(Refusal::new(
                "produced_without_key",
                "办理结果缺少 USB KEY 序列号",
            ));
        }
        Ok(vec![What::Produced {
            application,
            produced: produced.clone(),
        }])
    }

    pub(crate) fn all_produced(&self) -> Result<(), Refusal> {
        let points: Vec<Point> = self
            .case
            .live_applications()
            .filter(|application| application.progress != Progress::Produced)
            .map(|application| {
                let waits = waits_for_key(self.case, application, self.policy);
                let (code, why) = if waits {
                    ("key_not_presented", "USB KEY 尚未核验")
                } else {
                    ("not_produced", "尚未办理完成")
                };
                let message = format!("「{}」{why}", application.seal_name());
                Point::new(code, application.id.to_string(), message)
            })
            .collect();
        if points.is_empty() {
            return Ok(());
        }
        Err(Refusal::with_points(
            "not_all_produced",
            format!("还有 {} 枚电子印章未办理完成", points.len()),
            points,
        ))
    }

    /// Guide 第三章: the letter, the stamped ID copy, and the person named in both signs (R4.7).
    pub(crate) fn collect(&self, act: &Act) -> Result<Vec<What>, Refusal> {
        let Act::Collect {
            collector_name,
            collector_id,
            letter_form,
            letter_name,
            letter_id,
            letter,
            id_copy_name,
            id_copy,
            signature,
        } = act
        else {
            return Ok(Vec::new());
        };
        self.collection_paper(*letter, MaterialKind::IntroductionLetter)?;
        self.collection_paper(*id_copy, MaterialKind::CollectorIdCopy)?;
        self.collection_paper(*signature, MaterialKind::CollectionSignature)?;
        let collector = crate::text::check_person_name("领取人姓名", collector_name)?;
        let named = crate::text::check_person_name("介绍函（信）中的姓名", letter_name)?;
        let copied = crate::text::check_person_name("身份证复印件上的姓名", id_copy_name)?;
        if collector != named || collector != copied {
            return Err(Refusal::new(
                "collector_not_same_person",
                format!(
                    "领取人（{collector}）、介绍函（信）中的人员（{named}）和身份证复印件（{copied}）\
                     必须为同一人，请核对"
                ),
            ));
        }
        self.same_number(&collector, *collector_id, *letter_id)?;
        let collection = Collection {
            collector_name: collector,
            collector_id: *collector_id,
            letter_form: *letter_form,
            letter: *letter,
            id_copy: *id_copy,
            signature: Some(*signature),
            at: self.now,
            by: self.actor.clone(),
        };
        Ok(vec![What::Collected {
            collection: Box::new(collection),
        }])
    }

    /// The number on the copy of the ID card is that of the letter; where the letter states none, that of the person of
    /// this name in the case (经办人, or the person of a personal seal).
    fn same_number(
        &self,
        collector: &str,
        copied: ResidentId,
        letter: Option<ResidentId>,
    ) -> Result<(), Refusal> {
        if let Some(stated) = letter {
            return match first_difference(copied, stated) {
                None => Ok(()),
                Some(at) => Err(Refusal::new(
                    "collector_id_differs",
                    format!(
                        "身份证复印件上的身份证号与介绍函（信）写的从第 {at} 位起不一致，不能交付。\
                         请核对录入；确不一致的，请申请单位重新出具介绍函（信）"
                    ),
                )),
            };
        }
        let forms = self
            .case
            .live_applications()
            .filter_map(|a| a.form.as_ref());
        let known: Vec<ResidentId> = forms
            .flat_map(|form| {
                let agent = (form.agent.name == collector).then_some(form.agent.id);
                let person = form.person.as_ref().filter(|p| p.name == collector);
                agent.into_iter().chain(person.map(|p| p.id))
            })
            .collect();
        if known.is_empty() {
            return Err(Refusal::new(
                "letter_id_missing",
                format!(
                    "{collector}不是本办件的经办人，介绍函（信）须写明其身份证号才能核对；\
                     请填写介绍函（信）中的身份证号，没有写明的请申请单位补写"
                ),
            ));
        }
        if known.contains(&copied) {
            return Ok(());
        }
        Err(Refusal::new(
            "collector_id_not_of_agent",
            format!(
                "身份证复印件上的身份证号与本办件登记的{collector}的身份证号不一致，不能交付。请核对录入；\
                 确为同名的另一人的，介绍函（信）须写明其身份证号并填入"
            ),
        ))
    }

    fn collection_paper(&self, id: MaterialId, kind: MaterialKind) -> Result<(), Refusal> {
        let material = self
            .case
            .material(id)
            .filter(|m| m.is_live())
            .ok_or_else(unknown_material)?;
        if material.kind == kind {
            return Ok(());
        }
        Err(Refusal::new(
            "collection_wrong_material",
            format!(
                "这里需要{}，所选材料是{}",
                kind.name(),
                material.kind.name()
            ),
        ))
    }

    pub(crate) fn live(&self, application: ApplicationId) -> Result<&Application, Refusal> {
        let found = self
            .case
            .application(application)
            .ok_or_else(unknown_application)?;
        if found.progress == Progress::SetAside {
            return Err(Refusal::new(
                "application_set_aside",
                format!(
                    "「{}」已单列到另一办件，请在该办件中办理",
                    found.seal_name()
                ),
            ));
        }
        Ok(found)
    }

    /// Between the submission and the production the seal may have been cancelled ex officio.
    fn seal_is_still_there(&self, application: &Application) -> Result<(), Refusal> {
        let seal = application
            .existing_seal()
            .and_then(|id| self.facts.seals.iter().find(|seal| seal.id == id));
        match seal.map(|seal| seal.state) {
            Some(state @ (SealState::Cancelled | SealState::Void))
                if self.case.business != BusinessType::Reissue || state == SealState::Void =>
            {
                Err(Refusal::new(
                    "seal_not_usable",
                    format!(
                        "「{}」已{}，不能再办理",
                        application.seal_name(),
                        state.name()
                    ),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The place, from 1, at which two numbers begin to differ.
fn first_difference(a: ResidentId, b: ResidentId) -> Option<usize> {
    let mut pairs = a.as_str().bytes().zip(b.as_str().bytes());
    pairs.position(|(a, b)| a != b).map(|at| at + 1)
}

/// Serial numbers are compared without blanks, hyphens and case.
fn same_serial(a: &str, b: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect()
    };
    let b = plain(b);
    !b.is_empty() && plain(a) == b
}
