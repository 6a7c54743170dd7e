//! How the platform's values are shown: chips, facts and lines that several pages share.

use casework::{
    Actor, Application, ApplicationForm, Case, CaseId, Material, Outcome, PaperTracking, Policy,
    PublicStatus, SealState, Stage, UseState,
};

use platform::FailedDelivery;
use platform::ports::store::DeliveryState;

use crate::beijing;
use crate::views::parts::{Cell, Chip, Facts, Moment, Progress, Step, StepState, Timeline, Tone};
use crate::views::{Exhibit, ImprintView};

/// 「名字（岗位）」 as they were then.
pub(crate) fn who(actor: &Actor) -> String {
    format!("{}（{}）", actor.name, actor.post.role.name())
}

pub(crate) fn case_chip(case: &Case) -> Chip {
    status_chip(case.stage.public_status())
}

/// A case's public status as a chip.
pub(crate) fn status_chip(status: PublicStatus) -> Chip {
    let tone = match status {
        PublicStatus::Draft | PublicStatus::Withdrawn => Tone::Neutral,
        PublicStatus::AwaitingAcceptance
        | PublicStatus::Accepted
        | PublicStatus::UnderReview
        | PublicStatus::InProgress => Tone::Info,
        PublicStatus::AwaitingCollection | PublicStatus::AwaitingCorrection => Tone::Warn,
        PublicStatus::Completed => Tone::Good,
        PublicStatus::Refused => Tone::Bad,
    };
    Chip::new(status.name(), tone)
}

/// The chip of a status known by its words alone (lists).
pub(crate) fn status_word_chip(word: &str) -> Chip {
    let tone = match word {
        "草稿" | "已撤回" => Tone::Neutral,
        "待领取" | "待补正" => Tone::Warn,
        "已办结" => Tone::Good,
        "不予办理" => Tone::Bad,
        _ => Tone::Info,
    };
    Chip::new(word, tone)
}

pub(crate) fn seal_chip(state: SealState) -> Chip {
    let tone = match state {
        SealState::Active => Tone::Good,
        SealState::NotYetActive => Tone::Info,
        SealState::Suspended | SealState::Expired => Tone::Warn,
        SealState::Cancelled | SealState::Void => Tone::Bad,
    };
    Chip::new(state.name(), tone)
}

pub(crate) fn use_chip(state: &UseState) -> Chip {
    let tone = match state {
        UseState::Requested => Tone::Warn,
        UseState::Approved { .. } => Tone::Info,
        UseState::Stamped { .. } => Tone::Good,
        UseState::Rejected { .. } => Tone::Bad,
        UseState::Cancelled { .. } => Tone::Neutral,
    };
    Chip::new(state.name(), tone)
}

/// The way of a case, and where on it the case stands.
pub(crate) fn progress(case: &Case) -> Progress {
    let mut way = vec![
        ("填写申请", Stage::Draft),
        ("内部审批", Stage::UnitApproval),
        ("递交材料", Stage::HandIn),
    ];
    if case.route.consolidator().is_some() {
        way.push(("汇总递交", Stage::Consolidation));
    }
    way.extend([
        ("受理", Stage::Acceptance),
        ("初审", Stage::FirstReview),
        ("终审", Stage::FinalReview),
    ]);
    let on_site = case.stages.iter().any(|(stage, _)| *stage == Stage::OnSite);
    way.push(if on_site {
        ("现场办理", Stage::OnSite)
    } else {
        ("印章办理", Stage::Production)
    });
    if case.business.needs_collection() {
        way.push(("领取", Stage::Collection));
    }
    way.push(("办结", Stage::Closed(Outcome::Completed)));
    let standing = match case.stage {
        Stage::Correction => case
            .correction
            .as_ref()
            .map_or(Stage::Draft, |correction| correction.from),
        Stage::Closed(Outcome::Refused | Outcome::Withdrawn) => {
            let mut open = case.stages.iter().rev().map(|(stage, _)| *stage);
            open.find(|stage| !matches!(stage, Stage::Closed(_) | Stage::Correction))
                .unwrap_or(Stage::Draft)
        }
        stage => stage,
    };
    let now = way
        .iter()
        .position(|(_, stage)| *stage == standing)
        .unwrap_or_default();
    let (state, note) = match case.stage {
        Stage::Correction => (StepState::Halted, Some("退回补正".to_owned())),
        Stage::Closed(Outcome::Completed) => (StepState::Done, None),
        Stage::Closed(outcome) => (
            StepState::Halted,
            Some(Stage::Closed(outcome).name().to_owned()),
        ),
        _ => (StepState::Now, None),
    };
    let steps = way
        .iter()
        .enumerate()
        .map(|(index, (label, _))| match index.cmp(&now) {
            std::cmp::Ordering::Less => Step::new(label, StepState::Done),
            std::cmp::Ordering::Equal => Step {
                note: note.clone(),
                ..Step::new(label, state)
            },
            std::cmp::Ordering::Greater => Step::new(label, StepState::Next),
        });
    Progress {
        steps: steps.collect(),
    }
}

/// What happened in a case, newest first; that it moved on goes without saying.
pub(crate) fn timeline(case: &Case) -> Timeline {
    let moments = case
        .timeline
        .iter()
        .rev()
        .filter(|entry| entry.code != "moved")
        .map(|entry| Moment {
            at: beijing::minute(entry.at),
            iso: entry.at.to_string(),
            who: who(&entry.by),
            what: entry.text.clone(),
            note: None,
            tone: match entry.code.as_str() {
                "sent_back" | "set_aside" => Tone::Warn,
                "decided" if entry.text.contains("退回") => Tone::Warn,
                "decided" if entry.text.contains("不予") => Tone::Bad,
                "withdrawn" => Tone::Neutral,
                "collected" | "produced" | "decided" => Tone::Good,
                _ => Tone::Info,
            },
        });
    Timeline {
        moments: moments.collect(),
    }
}

/// Puts the notices that did not get through where they belong in time.
pub(crate) fn add_failed_deliveries(timeline: &mut Timeline, failed: &[FailedDelivery]) {
    for failed in failed {
        let delivery = &failed.delivery;
        let at = delivery.settled_at.unwrap_or(delivery.created_at);
        let outcome = match delivery.state {
            DeliveryState::Unknown => "送达情况不明",
            _ => "未送达",
        };
        let moment = Moment {
            at: beijing::minute(at),
            iso: at.to_string(),
            who: failed.name.clone(),
            what: format!("{}{outcome}", delivery.channel.name()),
            note: delivery.last_error.clone(),
            tone: Tone::Warn,
        };
        let later = |known: &Moment| {
            known
                .iso
                .parse::<jiff::Timestamp>()
                .is_ok_and(|known| known > at)
        };
        let place = timeline.moments.iter().take_while(|m| later(m)).count();
        timeline.moments.insert(place, moment);
    }
}

/// The small print below a case's title.
pub(crate) fn meta(case: &Case) -> Vec<String> {
    let live = case.live_applications().count();
    let mut meta = vec![
        case.unit.full_name.clone(),
        format!("{} {live} 枚", case.business.name()),
    ];
    if case.revision > 1 {
        meta.push(format!("第 {} 版", case.revision));
    }
    meta
}

/// A submitted form as facts. ID numbers and phones are shown whole to those who check them.
pub(crate) fn form_facts(form: &ApplicationForm, policy: &Policy, whole: bool) -> Facts {
    let id = |id: &casework::ResidentId| if whole { id.to_string() } else { id.masked() };
    let mobile = |mobile: &casework::Mobile| {
        if whole {
            mobile.to_string()
        } else {
            mobile.masked()
        }
    };
    Facts::new()
        .with("印章类型", form.kind.name())
        .with_some(
            "已有印章",
            form.existing
                .as_ref()
                .map(|seal| Cell::text(&seal.name).with_sub(seal.code.to_string())),
        )
        .with("单位名称", form.unit.name.clone())
        .with(
            "统一社会信用代码",
            Cell::mono(form.unit.credit_code.to_string()),
        )
        .with("所属地区", form.unit.county.full_name())
        .with_some(
            "使用者",
            form.person
                .as_ref()
                .map(|person| Cell::text(&person.name).with_sub(id(&person.id))),
        )
        .with("印章名称", form.seal.name.clone())
        .with(
            "印模尺寸",
            format!("宽 {} × 长 {} 毫米", form.seal.width, form.seal.height),
        )
        .with("功能类型", policy.function_name(&form.function).to_owned())
        .with("数字证书类型", form.certificate.name())
        .with("介质", form.medium.name())
        .with(
            "经办人",
            Cell::text(&form.agent.name).with_sub(format!(
                "{}　{}",
                mobile(&form.agent.mobile),
                id(&form.agent.id)
            )),
        )
        .with_some(
            "特殊情况",
            some_text(
                form.special
                    .iter()
                    .map(|special| special.name())
                    .collect::<Vec<_>>()
                    .join("；"),
            ),
        )
}

/// An imprint of an application at its true size.
pub(crate) fn imprint(case: CaseId, application: &Application) -> Option<ImprintView> {
    application.draft.imprint?;
    let number = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| text.parse::<casework::Millimetres>().ok())
            .map_or(40.0, casework::Millimetres::as_f64)
    };
    let (width_mm, height_mm) = (
        number(&application.draft.width),
        number(&application.draft.height),
    );
    Some(ImprintView {
        src: format!(
            "/desk/cases/{case}/applications/{}/imprint.png",
            application.id
        ),
        width_mm,
        height_mm,
        alt: format!(
            "{}的印模，宽 {width_mm} 毫米，长 {height_mm} 毫米",
            application.seal_name()
        ),
    })
}

/// Where the paper is, as a chip.
pub(crate) fn paper_chip(paper: &PaperTracking) -> Option<Chip> {
    let tone = match paper {
        PaperTracking::None => return None,
        PaperTracking::Expected => Tone::Neutral,
        PaperTracking::AtConsolidator { .. } | PaperTracking::Forwarded { .. } => Tone::Info,
        PaperTracking::Received { .. } => Tone::Good,
        PaperTracking::Missing { .. } => Tone::Bad,
    };
    Some(Chip::new(format!("原件{}", paper.name()), tone))
}

/// Who attached a material when, for which revision.
pub(crate) fn material_detail(material: &Material) -> String {
    format!(
        "{} · {} · {} · {}",
        material.name,
        size(material.size),
        material.uploaded_by.name,
        beijing::minute(material.uploaded_at)
    )
}

/// The case's materials as things to look at.
pub(crate) fn exhibits(case: &Case) -> Vec<Exhibit> {
    case.live_materials()
        .filter(|material| material.kind != casework::MaterialKind::P10)
        .map(|material| {
            let href = format!("/desk/cases/{}/materials/{}", case.id, material.id);
            let lower = material.name.to_lowercase();
            let of = material
                .application
                .and_then(|id| case.application(id))
                .map(casework::Application::seal_name);
            Exhibit {
                id: format!("m-{}", material.id),
                name: match of {
                    Some(name) if case.applications.len() > 1 => {
                        format!("{}（{name}）", material.kind.name())
                    }
                    _ => material.kind.name().to_owned(),
                },
                href,
                is_picture: !lower.ends_with(".pdf"),
                detail: material_detail(material),
                page: None,
            }
        })
        .collect()
}

/// A number of bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => {
            let tenths = bytes * 10 / 1_048_576;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// The text, unless there is none.
pub(crate) fn some_text(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Who has a paper original, and who noted it when.
pub(crate) fn paper_holder(case: &Case, paper: &PaperTracking) -> (String, String) {
    let noted = |by: &Actor, at| format!("{}，{}", by.name, beijing::minute(at));
    match paper {
        PaperTracking::None => (String::new(), String::new()),
        PaperTracking::Expected => (format!("{}（经办人）", case.unit.full_name), "—".into()),
        PaperTracking::AtConsolidator { at, by } => {
            (format!("汇总办理单位 {}", by.name), noted(by, *at))
        }
        PaperTracking::Forwarded { at, by } => ("寄送中心途中".into(), noted(by, *at)),
        PaperTracking::Received { at, by } => (format!("中心 {}", by.name), noted(by, *at)),
        PaperTracking::Missing { at, by } => ("未找到，须补交".into(), noted(by, *at)),
    }
}
