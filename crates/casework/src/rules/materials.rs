//! Which materials a case has to have, and by when (Guide 第一章 二、3, 第二章 一、2, 第三章).

use std::collections::BTreeMap;

use crate::business::{BusinessType, ChangeKind, SealKind, SpecialSituation};
use crate::case::{Application, Case};
use crate::ids::ApplicationId;
use crate::letter::{compare_with_forms, facts_from_forms};
use crate::material::{Due, Material, MaterialKind, RequiredMaterial};
use crate::policy::Policy;
use crate::refusal::{Point, Refusal};
use crate::rules::Request;

/// Everything the case has to have, in the order in which it is needed.
#[must_use]
pub fn required_materials(case: &Case, policy: &Policy) -> Vec<RequiredMaterial> {
    let here = live_by_place(case);
    let mut list = Vec::new();
    let mut need = |kind, application: Option<&Application>, due, hint: &str| {
        let present = newest(&here, kind, application).map(|material| material.id);
        let application = application.map(|a| a.id);
        list.push(RequiredMaterial {
            kind,
            application,
            due,
            present,
            hint: hint.to_owned(),
        });
    };
    for application in case.live_applications() {
        for (kind, hint) in wanted_with_the_form(case, application) {
            need(kind, Some(application), Due::Submission, hint);
        }
    }
    need(
        MaterialKind::RedHeaderLetter,
        None,
        Due::HandIn,
        &format!(
            "红色函头的正式函件，写给{}，按实际情况填写，加盖单位公章，不得涂改",
            policy.center.name
        ),
    );
    for application in case.live_applications() {
        need(
            MaterialKind::ApplicationFormScan,
            Some(application),
            Due::HandIn,
            "打印申请表，在印模框内加盖清晰的印模，签字并加盖单位公章，不得涂改",
        );
    }
    if needs_summary_sheet(case) {
        need(
            MaterialKind::SummarySheet,
            None,
            Due::HandIn,
            "平台按申请表生成，横向打印，签字盖章，不得更改表格内容，不得涂改",
        );
    }
    if case.business.needs_collection() {
        need(
            MaterialKind::IntroductionLetter,
            None,
            Due::Collection,
            "介绍函或介绍信，二选一，写明领取人的姓名和身份证号，加盖单位印章",
        );
        need(
            MaterialKind::CollectorIdCopy,
            None,
            Due::Collection,
            "领取人身份证复印件，须与介绍函（信）中为同一人员，加盖公章",
        );
        need(
            MaterialKind::CollectionSignature,
            None,
            Due::Collection,
            "由领取人在办理点当面签名，或签写领取签收单",
        );
    }
    list
}

/// More than one seal was filed together (Guide 二、3 注: 仅壹枚的无需申请汇总表); a seal set aside later does not
/// make the filed sheet wrong.
pub(crate) fn needs_summary_sheet(case: &Case) -> bool {
    case.applications.len() > 1
}

impl Request<'_> {
    /// Refuses while something due by this step is missing or wrong.
    pub(crate) fn complete_for(&self, due: Due) -> Result<(), Refusal> {
        let case = self.case;
        let mut points: Vec<Point> = required_materials(case, self.policy)
            .into_iter()
            .filter(|required| required.due <= due && required.present.is_none())
            .map(|required| self.missing(&required))
            .collect();
        if due == Due::HandIn {
            points.extend(self.letter_faults());
            let sheet = case
                .live_materials()
                .any(|m| m.kind == MaterialKind::SummarySheet);
            if sheet && !needs_summary_sheet(case) {
                points.push(Point::new(
                    "summary_sheet_not_needed",
                    MaterialKind::SummarySheet.code().to_owned(),
                    "本次办理的电子印章仅壹枚，无需申请汇总表，请移除",
                ));
            }
        }
        if points.is_empty() {
            return Ok(());
        }
        Err(Refusal::with_points(
            "materials_incomplete",
            format!("申请材料还有 {} 处需要补齐或更正", points.len()),
            points,
        ))
    }

    /// One letter, and it states what the forms state (R2.8).
    fn letter_faults(&self) -> Vec<Point> {
        let case = self.case;
        let letters: Vec<&Material> = case
            .live_materials()
            .filter(|material| material.kind == MaterialKind::RedHeaderLetter)
            .collect();
        if letters.len() > 1 {
            return vec![Point::new(
                "letter_more_than_one",
                MaterialKind::RedHeaderLetter.code().to_owned(),
                "一个办件只需一份红头函，请移除多余的",
            )];
        }
        let filed = facts_from_forms(case, self.policy);
        let stated = |letters: &[&Material]| -> Vec<Point> {
            letters
                .iter()
                .filter(|letter| letter.carried_from.is_none())
                .filter_map(|letter| letter.letter.as_ref())
                .flat_map(|letter| compare_with_forms(letter, &filed))
                .collect()
        };
        let mut points = stated(&letters);
        // A Word file that was checked once, before the forms were changed.
        let edited: Vec<&Material> = case
            .live_materials()
            .filter(|material| material.kind == MaterialKind::EditedLetter)
            .collect();
        if points.is_empty() && !stated(&edited).is_empty() {
            points.push(Point::new(
                "edited_letter_outdated",
                MaterialKind::EditedLetter.code().to_owned(),
                "申请表在红头函 Word 稿核对之后有改动，请修改 Word 稿后重新核对，或移除旧稿",
            ));
        }
        points
    }

    fn missing(&self, required: &RequiredMaterial) -> Point {
        let what = match required
            .application
            .and_then(|id| self.case.application(id))
        {
            Some(application) => {
                format!("「{}」的{}", application.seal_name(), required.kind.name())
            }
            None => required.kind.name().to_owned(),
        };
        Point::new(
            "material_missing",
            place(required.application, required.kind),
            format!("缺少{what}：{}", required.hint),
        )
    }
}

fn place(application: Option<ApplicationId>, kind: MaterialKind) -> String {
    match application {
        Some(id) => format!("{id}.{}", kind.code()),
        None => kind.code().to_owned(),
    }
}

/// What comes with one form, before the unit approves.
fn wanted_with_the_form(
    case: &Case,
    application: &Application,
) -> Vec<(MaterialKind, &'static str)> {
    let draft = &application.draft;
    let has = |code: &str| draft.special.iter().any(|special| special == code);
    let changes_imprint = draft
        .changes
        .iter()
        .any(|c| c == ChangeKind::Imprint.code());
    let mut wanted = Vec::new();
    // Guide 第二章 三: 无法新增生成不存在实体印章的电子印章 (R2.10).
    if case.business == BusinessType::New
        || (case.business == BusinessType::Change && changes_imprint)
    {
        wanted.push((
            MaterialKind::Imprint,
            "用实体印章加盖的清晰印模，须与实物印章一致",
        ));
    }
    let device = application.kind() == Some(SealKind::Device);
    if device && case.business.makes_a_seal() {
        wanted.push((
            MaterialKind::P10,
            "由自动签章服务器导出的 P10 证书请求（DER 或 PEM，SM2 密钥）",
        ));
    }
    if !draft.special.is_empty() {
        wanted.push((
            MaterialKind::Statement,
            "按实际业务情况说明特殊情况，加盖单位公章",
        ));
        wanted.push((
            MaterialKind::Commitment,
            "承诺自行承担后期使用的一切后果，加盖单位公章",
        ));
    }
    if has(SpecialSituation::SuperiorsSeal.code()) {
        wanted.push((
            MaterialKind::SuperiorLetter,
            "由上级单位出函说明业务情况并承诺，加盖上级单位公章",
        ));
    }
    wanted
}

/// The live materials by kind and application, oldest first.
type ByPlace<'a> = BTreeMap<(MaterialKind, Option<ApplicationId>), Vec<&'a Material>>;

fn live_by_place(case: &Case) -> ByPlace<'_> {
    let mut places = ByPlace::new();
    for material in case.live_materials() {
        places
            .entry((material.kind, material.application))
            .or_default()
            .push(material);
    }
    places
}

/// The newest material of the kind that still counts.
fn newest<'a>(
    here: &ByPlace<'a>,
    kind: MaterialKind,
    application: Option<&Application>,
) -> Option<&'a Material> {
    let found = here.get(&(kind, application.map(|a| a.id)))?;
    found.iter().copied().rfind(|material| match application {
        // A scan of the form as it was before a correction shows another form.
        Some(application) if kind == MaterialKind::ApplicationFormScan => {
            material.revision >= application.form_revision
        }
        _ => true,
    })
}
