//! Filling in, attaching, submitting and resubmitting (Guide 第一章 二、4（1）, 第二章).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::business::SpecialSituation;
use crate::case::{Application, Case, Progress, Revision};
use crate::event::What;
use crate::form::{ApplicationForm, ExistingSeal, Field, FieldError, FormContext, FormDraft};
use crate::ids::{ApplicationId, MaterialId, SealId};
use crate::letter::{LetterDraft, check_reasons, compare_to_model_letter};
use crate::material::{Due, Material, MaterialKind, PaperTracking};
use crate::policy::Policy;
use crate::process::Facts;
use crate::refusal::{Point, Refusal};
use crate::rules::{Request, unknown_application, unknown_material};
use crate::stage::Stage;
use crate::text::MAX_REASON;

/// Longest text of one field of a draft, in characters.
const MAX_DRAFT_TEXT: usize = 500;

/// Where a resubmission goes: to the unit's approval when forms or materials changed or when the unit itself had
/// sent it back; otherwise straight back to who asked for the correction.
pub(crate) fn after_resubmission(case: &Case, changed: bool) -> Stage {
    match &case.correction {
        Some(correction)
            if !changed && !matches!(correction.from, Stage::UnitApproval | Stage::HandIn) =>
        {
            correction.returns_to
        }
        _ => Stage::UnitApproval,
    }
}

pub(crate) fn save_letter(letter: &LetterDraft) -> Result<Vec<What>, Refusal> {
    let long = letter.reasons.chars().count() > MAX_REASON
        || letter
            .letter_number
            .as_ref()
            .is_some_and(|n| n.chars().count() > 100);
    if long {
        return Err(Refusal::new(
            "draft_too_long",
            format!("办理理由最多 {MAX_REASON} 个字，请精简"),
        ));
    }
    Ok(vec![What::LetterSaved {
        letter: letter.clone(),
    }])
}

/// What a submission would be refused for in one form. Forms are compared with each other at the submission.
pub(crate) fn check_application(
    case: &Case,
    application: ApplicationId,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Vec<FieldError> {
    let Some(found) = case.application(application) else {
        return Vec::new();
    };
    let before = case
        .live_applications()
        .take_while(|other| other.id != application)
        .filter_map(|other| other.draft.existing_seal)
        .collect();
    let forms = [found].into_iter();
    check_each(case, forms, before, now, policy, facts)
        .pop()
        .map(|(_, errors)| errors)
        .unwrap_or_default()
}

/// Every live form in their order, in one pass.
pub(crate) fn check_applications(
    case: &Case,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Vec<(ApplicationId, Vec<FieldError>)> {
    let forms = case.live_applications();
    check_each(case, forms, BTreeSet::new(), now, policy, facts)
}

/// `named` are the seals of the forms before these.
fn check_each<'a>(
    case: &Case,
    forms: impl Iterator<Item = &'a Application>,
    mut named: BTreeSet<SealId>,
    now: Timestamp,
    policy: &Policy,
    facts: &Facts,
) -> Vec<(ApplicationId, Vec<FieldError>)> {
    let materials = materials(case);
    let seals = seals(case, facts);
    let context = context(case, policy, &seals, &materials, facts, now);
    forms
        .map(|form| {
            let mut errors = form.draft.check(&context).err().unwrap_or_default();
            let seal = form.draft.existing_seal;
            if seal.is_some_and(|seal| !named.insert(seal)) {
                errors.push(FieldError {
                    field: Field::ExistingSeal,
                    code: "seal_named_twice",
                    message: "该电子印章在本办件中出现了两次，请删去一份申请表".to_owned(),
                });
                errors.sort_by_key(|error| error.field);
            }
            (form.id, errors)
        })
        .collect()
}

fn materials(case: &Case) -> Vec<(MaterialId, MaterialKind)> {
    case.live_materials().map(|m| (m.id, m.kind)).collect()
}

/// What the register says; a case from which this one was set aside does not stand in its way.
fn seals(case: &Case, facts: &Facts) -> Vec<ExistingSeal> {
    let links = || case.links.iter().map(|link| link.number.to_string());
    let mut seals = facts.seals.clone();
    for seal in &mut seals {
        if seal
            .open_case
            .as_ref()
            .is_some_and(|open| links().any(|link| link == *open))
        {
            seal.open_case = None;
        }
    }
    seals
}

fn context<'a>(
    case: &'a Case,
    policy: &'a Policy,
    seals: &'a [ExistingSeal],
    materials: &'a [(MaterialId, MaterialKind)],
    facts: &'a Facts,
    now: Timestamp,
) -> FormContext<'a> {
    FormContext {
        business: case.business,
        unit: &case.unit,
        policy,
        seals,
        materials,
        requests: &facts.requests,
        now,
    }
}

impl Request<'_> {
    pub(crate) fn add_application(
        &self,
        application: ApplicationId,
        draft: &FormDraft,
    ) -> Result<Vec<What>, Refusal> {
        if self.case.application(application).is_some() {
            return Err(application_exists());
        }
        self.room_for(1)?;
        check_draft_size(draft)?;
        Ok(vec![What::ApplicationAdded {
            application,
            draft: draft.clone(),
        }])
    }

    /// All the forms of a summary sheet, or none.
    pub(crate) fn add_applications(
        &self,
        applications: &[(ApplicationId, FormDraft)],
    ) -> Result<Vec<What>, Refusal> {
        if applications.is_empty() {
            return Err(Refusal::new(
                "summary_sheet_empty",
                "汇总表中没有填写任何一行，请每枚电子印章填写一行",
            ));
        }
        let known: std::collections::BTreeSet<ApplicationId> =
            self.case.applications.iter().map(|a| a.id).collect();
        if applications.iter().any(|(id, _)| known.contains(id)) {
            return Err(application_exists());
        }
        self.room_for(applications.len())?;
        for (_, draft) in applications {
            check_draft_size(draft)?;
        }
        Ok(vec![What::ApplicationsAdded {
            applications: applications.to_vec(),
        }])
    }

    fn room_for(&self, more: usize) -> Result<(), Refusal> {
        let most = self.policy.max_applications;
        if self.case.live_applications().count() + more > most {
            return Err(Refusal::new(
                "too_many_applications",
                format!("一个办件最多 {most} 份申请表，请另建办件"),
            ));
        }
        Ok(())
    }

    pub(crate) fn save_draft(
        &self,
        application: ApplicationId,
        draft: &FormDraft,
    ) -> Result<Vec<What>, Refusal> {
        self.live(application)?;
        check_draft_size(draft)?;
        Ok(vec![What::DraftSaved {
            application,
            draft: draft.clone(),
        }])
    }

    pub(crate) fn remove_application(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<What>, Refusal> {
        self.live(application)?;
        if self.case.revision > 0 && self.case.live_applications().count() < 2 {
            return Err(Refusal::new(
                "last_application",
                "这是办件中的最后一份申请表，如不再办理请撤回办件",
            ));
        }
        Ok(vec![What::ApplicationRemoved { application }])
    }

    pub(crate) fn attach(
        &self,
        material: &Material,
        text: Option<&str>,
    ) -> Result<Vec<What>, Refusal> {
        let kind = material.kind;
        let case = self.case;
        if case.material(material.id).is_some() {
            return Err(Refusal::new(
                "material_exists",
                "这份材料已在办件中，无需重复上传",
            ));
        }
        self.attachable_now(kind)?;
        // Guide 二、3 注: 仅壹枚的无需申请汇总表.
        if kind == MaterialKind::SummarySheet
            && case.stage != Stage::Correction
            && case.applications.len() == 1
        {
            return Err(Refusal::new(
                "summary_sheet_not_needed",
                "本次办理的电子印章仅壹枚，无需申请汇总表",
            ));
        }
        match material.application {
            Some(id) => {
                let found = case.application(id).ok_or_else(unknown_application)?;
                if found.progress == Progress::SetAside || !kind.is_per_application() {
                    return Err(Refusal::new(
                        "material_wrong_place",
                        format!("{}应作为整个办件的材料上传", kind.name()),
                    ));
                }
            }
            None if kind.is_per_application() => {
                return Err(Refusal::new(
                    "material_wrong_place",
                    format!("{}须对应到具体的申请表，请在申请表中上传", kind.name()),
                ));
            }
            None => {}
        }
        let name = crate::text::check_reason("文件名", &material.name)?;
        if material.size == 0 {
            return Err(Refusal::new(
                "material_empty",
                format!("文件「{name}」是空的，请重新选择"),
            ));
        }
        if let (MaterialKind::RedHeaderLetter, Some(text)) = (kind, text) {
            compare_to_model_letter(text, &self.policy.center)?;
        }
        let upcoming =
            matches!(case.stage, Stage::Draft | Stage::Correction) && !kind.is_stamped_copy();
        let paper = if kind.has_paper() && case.stage != Stage::Draft {
            PaperTracking::Expected
        } else {
            PaperTracking::None
        };
        let attached = Material {
            name,
            uploaded_by: self.actor.clone(),
            uploaded_at: self.now,
            revision: case.revision + u32::from(upcoming),
            paper,
            carried_from: None,
            removed_at: None,
            ..material.clone()
        };
        Ok(vec![What::MaterialAttached {
            material: Box::new(attached),
        }])
    }

    pub(crate) fn remove_material(&self, id: MaterialId) -> Result<Vec<What>, Refusal> {
        let material = self.case.material(id).ok_or_else(unknown_material)?;
        if !material.is_live() {
            return Err(Refusal::new("material_removed", "这份材料已移除"));
        }
        self.attachable_now(material.kind)?;
        Ok(vec![What::MaterialRemoved { material: id }])
    }

    /// Submits a revision: every form complete, every material of this step here. The first time and again.
    pub(crate) fn submit(&self, remark: Option<&str>) -> Result<Vec<What>, Refusal> {
        let case = self.case;
        let remark = remark
            .filter(|remark| !remark.trim().is_empty())
            .map(|remark| crate::text::check_reason("补正说明", remark))
            .transpose()?;
        let forms = self.checked_forms()?;
        check_reasons(&case.letter.reasons, &self.policy.center)?;
        self.complete_for(Due::Submission)?;
        let materials: Vec<MaterialId> = case.live_materials().map(|m| m.id).collect();
        let revision = Revision {
            number: case.revision + 1,
            at: self.now,
            by: self.actor.clone(),
            changed: changed(case, &forms),
            forms,
            materials,
            letter: case.letter.clone(),
            remark,
        };
        if after_resubmission(case, revision.changed) != Stage::UnitApproval {
            // It goes straight back to who asked: everything that is handed in must be there.
            self.complete_for(Due::HandIn)?;
        }
        Ok(vec![What::Submitted {
            revision: Box::new(revision),
        }])
    }

    /// Every form checked, and the forms against each other.
    fn checked_forms(&self) -> Result<Vec<(ApplicationId, ApplicationForm)>, Refusal> {
        let case = self.case;
        let materials = materials(case);
        let seals = seals(case, self.facts);
        let context = context(case, self.policy, &seals, &materials, self.facts, self.now);
        let mut forms = Vec::new();
        let mut points = Vec::new();
        for (index, application) in case.live_applications().enumerate() {
            match application.draft.check(&context) {
                Ok(mut form) => {
                    if let Some(existing) = &mut form.existing {
                        existing.key_lost = self.facts.lost.contains(&existing.seal);
                    }
                    forms.push((application.id, form));
                }
                Err(errors) => points.extend(errors.into_iter().map(|error| {
                    let field = format!("{}.{}", application.id, error.field.code());
                    let message = format!("第 {} 份申请表：{}", index + 1, error.message);
                    Point::new(error.code, field, message)
                })),
            }
        }
        if forms.is_empty() && points.is_empty() {
            return Err(Refusal::new(
                "no_application",
                "办件中还没有申请表，请先填写申请表",
            ));
        }
        points.extend(self.conflicts(&forms));
        if points.is_empty() {
            return Ok(forms);
        }
        Err(Refusal::with_points(
            "form_incomplete",
            format!("申请表还有 {} 处需要填写或更正", points.len()),
            points,
        ))
    }

    /// One seal named twice; one imprint or one P10 for several seals.
    fn conflicts(&self, forms: &[(ApplicationId, ApplicationForm)]) -> Vec<Point> {
        let mut points = Vec::new();
        let mut twice = |id: &ApplicationId, field: Field, code, message: String| {
            points.push(Point::new(code, format!("{id}.{}", field.code()), message));
        };
        let digest = |id: Option<MaterialId>| {
            id.and_then(|id| self.case.material(id))
                .map(|material| material.digest)
        };
        let mut seals = BTreeMap::new();
        let mut imprints = BTreeMap::new();
        let mut requests = BTreeMap::new();
        for (id, form) in forms {
            if let Some(existing) = &form.existing
                && seals.insert(existing.seal, id).is_some()
            {
                let message = format!(
                    "「{}」在本办件中出现了两次，请删去一份申请表",
                    existing.name
                );
                twice(id, Field::ExistingSeal, "seal_named_twice", message);
            }
            let declared = form
                .special
                .contains(&SpecialSituation::SeveralCertificates);
            if let Some(digest) = digest(form.imprint)
                && imprints.insert(digest, id).is_some()
                && !declared
            {
                // Guide 第二章 一、2: 建议一种印模样式的电子印章只绑定一枚数字证书.
                let message = format!(
                    "「{}」与另一份申请表使用同一印模；一种印模绑定多枚数字证书须勾选该特殊情况并说明、承诺",
                    form.seal.name
                );
                twice(id, Field::Imprint, "imprint_bound_twice", message);
            }
            if let Some(digest) = digest(form.request)
                && requests.insert(digest, id).is_some()
            {
                let message = format!(
                    "「{}」与另一份申请表使用同一 P10，请分别导出",
                    form.seal.name
                );
                twice(id, Field::Request, "request_used_twice", message);
            }
        }
        points
    }

    /// Which materials may come or go at this stage.
    fn attachable_now(&self, kind: MaterialKind) -> Result<(), Refusal> {
        use MaterialKind as K;

        let for_collection = kind.is_for_collection();
        if kind == K::CollectionSignature && !self.actor.post.role.is_center() {
            return Err(Refusal::new(
                "signature_at_the_desk",
                "领取签名须由领取人在办理点当面签写，由中心登记",
            ));
        }
        let good = match self.case.stage {
            Stage::Draft => !for_collection && !kind.is_stamped_copy(),
            Stage::Correction => !for_collection,
            Stage::HandIn => {
                kind.is_stamped_copy() || matches!(kind, K::RedHeaderLetter | K::EditedLetter)
            }
            Stage::Collection => for_collection,
            _ => false,
        };
        if !good {
            let when = match kind {
                _ if for_collection => "在「待领取」环节上传",
                _ if kind.is_stamped_copy() => "在单位审批同意并签字盖章后上传",
                _ => "在填写申请或补正时上传",
            };
            return Err(Refusal::new(
                "material_not_now",
                format!("{}请{when}", kind.name()),
            ));
        }
        Ok(())
    }
}

/// Whether what is asked for differs from the last revision. Signed copies of it do not count, nor does the letter
/// that was stamped and attached after the unit's approval.
fn changed(case: &Case, forms: &[(ApplicationId, ApplicationForm)]) -> bool {
    let Some(last) = case.revisions.last() else {
        return true;
    };
    let still_here = |(id, _): &&(ApplicationId, ApplicationForm)| {
        case.application(*id)
            .is_none_or(|a| a.progress != Progress::SetAside)
    };
    let sent_back_at = case.correction.as_ref().map(|correction| correction.at);
    let touched = |material: &Material| {
        let added = material.is_live() && material.revision > case.revision;
        let removed = material
            .removed_at
            .is_some_and(|at| Some(at) > sent_back_at);
        // The Word file says what the forms say: it asks for nothing else.
        let follows =
            material.kind.is_stamped_copy() || material.kind == MaterialKind::EditedLetter;
        !follows && (added || removed)
    };
    !last.forms.iter().filter(still_here).eq(forms)
        || case.materials.iter().any(touched)
        || last.letter != case.letter
}

fn application_exists() -> Refusal {
    Refusal::new("application_exists", "这份申请表已在办件中，无需重复增加")
}

fn check_draft_size(draft: &FormDraft) -> Result<(), Refusal> {
    let too_long = |text: &&String| text.chars().count() > MAX_DRAFT_TEXT;
    if draft.texts().any(|text| too_long(&text)) || draft.changes.len() + draft.special.len() > 20 {
        return Err(Refusal::new(
            "draft_too_long",
            format!("每个填写项最多 {MAX_DRAFT_TEXT} 个字，请精简"),
        ));
    }
    Ok(())
}
