//! What is filed: the application form, the red-header letter, the summary sheet.

use casework::{
    Application, ApplicationForm, ApplicationId, BusinessType, Case, CertificateType, ChangeKind,
    Medium, Policy, Progress, SealKind,
};
use jiff::Timestamp;

use crate::ports::papers::{
    ApplicationFormPaper, Choice, LetterPaper, PaperBody, PaperPerson, SummaryPaper, SummaryRow,
};

/// When what is filed was last submitted; before that, when the case was opened.
pub(crate) fn filed_at(case: &Case) -> Timestamp {
    case.revisions
        .last()
        .map_or(case.opened_at, |revision| revision.at)
}

pub(super) fn form(
    case: &Case,
    application: Option<ApplicationId>,
    policy: &Policy,
) -> Option<(PaperBody, Timestamp)> {
    let application = case.application(application?)?;
    let form = application.form.as_ref()?;
    let at = case
        .revisions
        .iter()
        .find(|revision| revision.number == application.form_revision)
        .map_or_else(|| filed_at(case), |revision| revision.at);
    let live: Vec<&Application> = submitted(case)
        .map(|(application, _)| application)
        .collect();
    let ordinal = live
        .iter()
        .position(|other| other.id == application.id)
        .map_or(1, |position| position + 1);
    let changes = match form.business {
        BusinessType::Change => ChangeKind::ALL
            .iter()
            .map(|change| choice(change.name(), form.changes.contains(change)))
            .collect(),
        _ => Vec::new(),
    };
    let paper = ApplicationFormPaper {
        ordinal,
        total: live.len(),
        revision: application.form_revision,
        kinds: choices(SealKind::ALL, |kind| (kind.name(), *kind == form.kind)),
        businesses: choices(BusinessType::ALL, |business| {
            (business.name(), *business == form.business)
        }),
        changes,
        credit_code: form.unit.credit_code.to_string(),
        city: form.unit.city.city().name.to_owned(),
        county: form.unit.county.county_name().to_owned(),
        person: form.person.as_ref().map(|person| PaperPerson {
            name: person.name.clone(),
            id: person.id.to_string(),
            mobile: String::new(),
        }),
        agent: agent_of(form),
        seal_name: form.seal.name.clone(),
        seal_code: form.existing.as_ref().map(|seal| seal.code.to_string()),
        width: form.seal.width.to_string(),
        height: form.seal.height.to_string(),
        width_mm: form.seal.width.as_f64(),
        height_mm: form.seal.height.as_f64(),
        functions: policy
            .functions
            .iter()
            .map(|entry| choice(&entry.name, entry.code == form.function))
            .collect(),
        certificates: choices(CertificateType::ALL, |certificate| {
            (certificate.name(), *certificate == form.certificate)
        }),
        media: choices(Medium::ALL, |medium| {
            (medium.name(), *medium == form.medium)
        }),
        special: form
            .special
            .iter()
            .map(|special| special.name().to_owned())
            .collect(),
        request: form.request.is_some(),
    };
    Some((PaperBody::ApplicationForm(Box::new(paper)), at))
}

/// The red-header letter as the platform drafts it: the unit's own reasons, and the facts of its forms (R2.8).
#[must_use]
pub fn letter_paper(case: &Case, policy: &Policy) -> LetterPaper {
    let facts = casework::letter::facts_from_forms(case, policy);
    let quantities: Vec<String> = facts
        .quantities
        .iter()
        .map(|(kind, n)| format!("{}{n}枚", kind.name()))
        .collect();
    let total: usize = facts.quantities.iter().map(|(_, n)| n).sum();
    let names: Vec<&str> = case
        .live_applications()
        .map(Application::seal_name)
        .collect();
    let named = match names.as_slice() {
        names if names.len() <= 10 => names
            .iter()
            .map(|name| format!("“{name}”"))
            .collect::<Vec<_>>()
            .join("、"),
        [first, ..] => format!("“{first}”等{total}枚，详见申请汇总表"),
        [] => String::new(),
    };
    let mut paragraphs: Vec<String> = case
        .letter
        .reasons
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            if line.ends_with(['。', '！', '？', '；', '：']) {
                line.to_owned()
            } else {
                format!("{}。", line.trim_end_matches(['，', '、', ',', '.', ';']))
            }
        })
        .collect();
    paragraphs.push(format!(
        "现向贵中心申请办理电子印章，业务类型为“{}”，电子印章类型及数量为{}，共计{total}枚，印章名称为{named}。",
        facts.business.name(),
        quantities.join("、"),
    ));
    paragraphs.extend(case.special_situations().first().map(|_| {
        "本次申请涉及特殊情况，情况说明和承诺随函附上，由此产生的后果由我单位自行承担。".to_owned()
    }));
    paragraphs.push(
        "我单位将严格按照福建省政务电子印章管理的有关规定使用和管理电子印章。请予以办理。"
            .to_owned(),
    );
    let mut attachments = vec![format!(
        "福建省电子政务电子印章申请表{}份",
        case.live_applications().count()
    )];
    if case.applications.len() > 1 {
        attachments.push("福建省电子政务电子印章申请汇总表1份".to_owned());
    }
    let agent = submitted(case).next().map(|(_, form)| agent_of(form));
    let draft = case.live_applications().next().map(|first| &first.draft);
    let (contact, phone) = match (agent, draft) {
        (Some(agent), _) => (agent.name, agent.mobile),
        (None, draft) => (
            case.opened_by.name.clone(),
            draft
                .and_then(|draft| draft.agent_mobile.clone())
                .unwrap_or_default(),
        ),
    };
    LetterPaper {
        letter_number: case
            .letter
            .letter_number
            .clone()
            .filter(|number| !number.trim().is_empty()),
        title: title(facts.business),
        addressee: facts.addressee,
        paragraphs,
        attachments,
        contact,
        phone,
    }
}

/// 关于办理电子印章申请的函; the words of the business begin with 印章 for all kinds but 口令解锁.
fn title(business: BusinessType) -> String {
    match business.name().strip_prefix("印章") {
        Some(rest) => format!("关于办理电子印章{rest}的函"),
        None => format!("关于办理电子印章{}的函", business.name()),
    }
}

pub(super) fn summary(case: &Case, policy: &Policy) -> (PaperBody, Timestamp) {
    let rows: Vec<SummaryRow> = submitted(case)
        .map(|(_, form)| SummaryRow {
            kind: form.kind.name().to_owned(),
            business: form.business.name().to_owned(),
            unit: form.unit.name.clone(),
            credit_code: form.unit.credit_code.to_string(),
            city: form.unit.city.city().name.to_owned(),
            county: form.unit.county.county_name().to_owned(),
            person: form
                .person
                .as_ref()
                .map_or_else(String::new, |p| p.name.clone()),
            person_id: form
                .person
                .as_ref()
                .map_or_else(String::new, |p| p.id.to_string()),
            agent: form.agent.name.clone(),
            agent_mobile: form.agent.mobile.to_string(),
            agent_id: form.agent.id.to_string(),
            seal_name: form.seal.name.clone(),
            size: format!("{}×{}", form.seal.width, form.seal.height),
            function: policy.function_name(&form.function).to_owned(),
            certificate: form.certificate.name().to_owned(),
            medium: form.medium.name().to_owned(),
        })
        .collect();
    let counted: Vec<String> = SealKind::ALL
        .iter()
        .map(|kind| {
            (
                kind,
                rows.iter().filter(|row| row.kind == kind.name()).count(),
            )
        })
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| format!("{}{n}枚", kind.name()))
        .collect();
    let paper = SummaryPaper {
        credit_code: case.unit.credit_code.to_string(),
        agent: submitted(case)
            .next()
            .map(|(_, form)| agent_of(form))
            .unwrap_or_default(),
        totals: format!("{}，共计{}枚", counted.join("、"), rows.len()),
        rows,
    };
    (PaperBody::Summary(paper), filed_at(case))
}

/// The agent as the case knows them: from its forms, else who opened it.
pub(super) fn agent_name(case: &Case) -> String {
    submitted(case).next().map_or_else(
        || case.opened_by.name.clone(),
        |(_, form)| form.agent.name.clone(),
    )
}

/// The applications of the case with their submitted forms.
pub(super) fn submitted(case: &Case) -> impl Iterator<Item = (&Application, &ApplicationForm)> {
    case.applications
        .iter()
        .filter(|application| application.progress != Progress::SetAside)
        .filter_map(|application| Some((application, application.form.as_ref()?)))
}

fn agent_of(form: &ApplicationForm) -> PaperPerson {
    PaperPerson {
        name: form.agent.name.clone(),
        id: form.agent.id.to_string(),
        mobile: form.agent.mobile.to_string(),
    }
}

fn choices<T>(all: &[T], say: impl Fn(&T) -> (&'static str, bool)) -> Vec<Choice> {
    all.iter()
        .map(|one| {
            let (name, on) = say(one);
            choice(name, on)
        })
        .collect()
}

fn choice(name: &str, on: bool) -> Choice {
    Choice {
        name: name.to_owned(),
        on,
    }
}
