//! What an event changes in a case.

use crate::business::BusinessType;
use crate::case::{
    Application, Case, KeyPresented, Link, LinkDirection, ProductionStarted, Progress,
    TimelineEntry, Verdict,
};
use crate::event::{Effect, Event, What};
use crate::ids::{ApplicationId, MaterialId};
use crate::material::{MaterialKind, PaperTracking};
use crate::role::Role;
use crate::stage::Stage;

pub(crate) fn apply(case: &mut Case, event: &Event) {
    let text = describe(case, event);
    match &event.what {
        What::LetterSaved { letter } => {
            case.letter = letter.clone();
            note_filer(case, event);
        }
        What::ApplicationAdded { application, draft } => {
            case.applications
                .push(Application::new(*application, draft.clone()));
            note_filer(case, event);
        }
        What::ApplicationsAdded { applications } => {
            let added = applications
                .iter()
                .map(|(id, draft)| Application::new(*id, draft.clone()));
            case.applications.extend(added);
            note_filer(case, event);
        }
        What::DraftSaved { application, draft } => {
            with(case, *application, |a| a.draft = draft.clone());
            note_filer(case, event);
        }
        What::ApplicationRemoved { application } => {
            case.applications.retain(|a| a.id != *application);
            for material in &mut case.materials {
                if material.application == Some(*application) && material.is_live() {
                    material.removed_at = Some(event.at);
                }
            }
        }
        What::MaterialAttached { material } => case.materials.push((**material).clone()),
        What::MaterialRemoved { material } => {
            if let Some(found) = case.materials.iter_mut().find(|m| m.id == *material) {
                found.removed_at = Some(event.at);
            }
        }
        What::Submitted { revision } => {
            case.revision = revision.number;
            for (id, form) in &revision.forms {
                with(case, *id, |a| {
                    if a.form.as_ref() != Some(form) {
                        a.form = Some(form.clone());
                        a.form_revision = revision.number;
                    }
                });
            }
            // What is made has been seen by two people of the Center: a change that the leader asked for is
            // reviewed again by the reviewer.
            if let Some(correction) = &mut case.correction
                && revision.changed
                && correction.returns_to == Stage::FinalReview
            {
                correction.returns_to = Stage::FirstReview;
            }
            case.revisions.push((**revision).clone());
            note_filer(case, event);
        }
        What::Decided { decision } => {
            if decision.verdict == Verdict::Refused {
                case.closing_reason.clone_from(&decision.reason);
            }
            case.decisions.push((**decision).clone());
        }
        What::SentBack { correction } => case.correction = Some((**correction).clone()),
        What::HandedIn => {
            for material in case.materials.iter_mut().filter(|m| m.is_live()) {
                if material.kind.has_paper() && material.paper == PaperTracking::None {
                    material.paper = PaperTracking::Expected;
                }
            }
        }
        What::HandedOver { hand_over } => {
            case.hand_over = Some(hand_over.clone());
            let (at, by) = (event.at, event.by.clone());
            for material in case.materials.iter_mut().filter(|m| m.is_live()) {
                if matches!(material.paper, PaperTracking::AtConsolidator { .. }) {
                    material.paper = PaperTracking::Forwarded { at, by: by.clone() };
                }
            }
        }
        What::PaperRecorded { received, missing } => record_paper(case, event, received, missing),
        What::SetAside { link, .. } => {
            with(case, link.application, |a| a.progress = Progress::SetAside);
            case.links.push(link.clone());
        }
        What::OpenedFrom { link } => case.links.push(link.clone()),
        What::AppointmentBooked { appointment } => case.appointment = Some(*appointment),
        What::AppointmentCancelled => case.appointment = None,
        What::KeyPresented {
            application,
            serial,
        } => {
            let (serial, at, by) = (serial.clone(), event.at, event.by.clone());
            with(case, *application, |a| {
                a.key_presented = Some(KeyPresented { serial, at, by });
            });
        }
        What::ProductionStarted { application } => {
            let started = ProductionStarted {
                by: event.by.clone(),
                at: event.at,
            };
            with(case, *application, |a| {
                a.production = Some(started);
                a.progress = Progress::InProduction;
            });
        }
        What::Produced {
            application,
            produced,
        } => with(case, *application, |a| {
            a.produced = Some(produced.clone());
            a.progress = Progress::Produced;
        }),
        What::CollectionNotified => case.collection_notified_at = Some(event.at),
        What::Collected { collection } => case.collection = Some((**collection).clone()),
        What::HandedOn { to } => case.handed_on_to = Some(to.clone()),
        What::Withdrawn { reason } => case.closing_reason.clone_from(reason),
        What::Moved { to, deadline } => {
            case.stage = *to;
            case.stage_since = event.at;
            case.stages.push((*to, event.at));
            case.deadline = *deadline;
            if matches!(to, Stage::Closed(_))
                || case
                    .correction
                    .as_ref()
                    .is_some_and(|c| c.returns_to == *to)
            {
                case.correction = None;
            }
        }
    }
    case.version += 1;
    if let Some(text) = text {
        case.timeline.push(TimelineEntry {
            at: event.at,
            by: event.by.clone(),
            code: event.what.code().to_owned(),
            text,
            stage: case.stage,
            revision: case.revision,
        });
    }
}

pub(crate) fn effects(case: &Case, event: &Event) -> Vec<Effect> {
    match &event.what {
        What::ProductionStarted { application } => {
            let Some(found) = case.application(*application) else {
                return Vec::new();
            };
            let application = *application;
            let existing = found.existing_seal();
            match (case.business, existing) {
                (BusinessType::Revocation, Some(seal)) => {
                    vec![Effect::Cancel { application, seal }]
                }
                (BusinessType::Unlock, Some(seal)) => vec![Effect::ResetPin { application, seal }],
                _ => vec![Effect::Make {
                    application,
                    supersedes: existing,
                }],
            }
        }
        // Renewal and change are in use as soon as they are made; new and reissued seals when they are handed out.
        What::Produced { application, .. }
            if case.business.makes_a_seal() && !case.business.needs_collection() =>
        {
            activations(case)
                .filter(|(id, _)| id == application)
                .map(|(_, effect)| effect)
                .collect()
        }
        What::Collected { .. } => activations(case).map(|(_, effect)| effect).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn linked_case(case: &Case, event: &Event) -> Option<Case> {
    let What::SetAside { link, correction } = &event.what else {
        return None;
    };
    let mut application = case.application(link.application)?.clone();
    application.progress = Progress::WithCase;
    let mut linked = case.clone();
    linked.id = link.case;
    linked.number = link.number;
    linked.version = 0;
    linked.applications = vec![application];
    linked.materials.retain(|m| match m.application {
        Some(of) => of == link.application,
        None => m.kind != MaterialKind::SummarySheet,
    });
    for material in linked
        .materials
        .iter_mut()
        .filter(|m| m.application.is_none())
    {
        material.carried_from = Some(case.id);
    }
    for revision in &mut linked.revisions {
        revision.forms.retain(|(id, _)| *id == link.application);
        revision
            .materials
            .retain(|id| linked.materials.iter().any(|m| m.id == *id));
    }
    linked.links = vec![Link {
        direction: LinkDirection::SetAsideFrom,
        case: case.id,
        number: case.number,
        application: link.application,
    }];
    linked.correction = Some((**correction).clone());
    linked.stage = Stage::Correction;
    linked.stage_since = event.at;
    linked.stages.push((Stage::Correction, event.at));
    linked.deadline = None;
    linked.timeline.push(TimelineEntry {
        at: event.at,
        by: event.by.clone(),
        code: "opened_from".to_owned(),
        text: format!("从办件 {} 单列补正", case.number),
        stage: Stage::Correction,
        revision: linked.revision,
    });
    Some(linked)
}

fn activations(case: &Case) -> impl Iterator<Item = (ApplicationId, Effect)> {
    case.live_applications().filter_map(|application| {
        let produced = application.produced.as_ref()?;
        let effect = Effect::Activate {
            application: application.id,
            seal: produced.seal,
            supersedes: application.existing_seal(),
        };
        Some((application.id, effect))
    })
}

fn with(case: &mut Case, id: ApplicationId, change: impl FnOnce(&mut Application)) {
    if let Some(application) = case.applications.iter_mut().find(|a| a.id == id) {
        change(application);
    }
}

/// Whoever wrote in the case may decide nothing in it (R1.3).
fn note_filer(case: &mut Case, event: &Event) {
    if event.by.post.role != Role::Agent {
        return;
    }
    for person in event.by.people() {
        if !case.filed_by.contains(&person) {
            case.filed_by.push(person);
        }
    }
}

fn record_paper(case: &mut Case, event: &Event, received: &[MaterialId], missing: &[MaterialId]) {
    let (at, by) = (event.at, event.by.clone());
    for material in &mut case.materials {
        if received.contains(&material.id) {
            material.paper = if by.post.role == Role::Consolidator {
                PaperTracking::AtConsolidator { at, by: by.clone() }
            } else {
                PaperTracking::Received { at, by: by.clone() }
            };
        } else if missing.contains(&material.id) {
            material.paper = PaperTracking::Missing { at, by: by.clone() };
        }
    }
}

/// The line of the timeline; `None` for what is not worth one (autosave).
fn describe(case: &Case, event: &Event) -> Option<String> {
    let name = |id: &ApplicationId| {
        case.application(*id)
            .map_or("（已删除）", |application| application.seal_name())
    };
    let material = |id: &MaterialId| case.material(*id).map_or("", |m| m.kind.name());
    Some(match &event.what {
        What::LetterSaved { .. } | What::DraftSaved { .. } => return None,
        What::ApplicationAdded { .. } => "增加一份申请表".to_owned(),
        What::ApplicationsAdded { applications } => {
            format!("导入汇总表，增加 {} 份申请表", applications.len())
        }
        What::ApplicationRemoved { application } => format!("删除申请表「{}」", name(application)),
        What::MaterialAttached { material } => format!("上传{}", material.kind.name()),
        What::MaterialRemoved { material: id } => format!("移除{}", material(id)),
        What::Submitted { revision } if revision.number == 1 => {
            format!("提交申请，共 {} 枚电子印章", revision.forms.len())
        }
        What::Submitted { revision } => format!("重新提交（第 {} 版）", revision.number),
        What::Decided { decision } => {
            format!("{}：{}", decision.stage.name(), decision.verdict.name())
        }
        What::SentBack { correction } => {
            format!("通知整改，共 {} 处", correction.points.len())
        }
        What::HandedIn => "递交申请材料".to_owned(),
        What::HandedOver { .. } => "汇总递交中心".to_owned(),
        What::PaperRecorded { received, missing } => {
            format!(
                "登记纸质材料：已收 {} 件，缺 {} 件",
                received.len(),
                missing.len()
            )
        }
        What::SetAside { link, .. } => {
            format!(
                "「{}」单列补正，转入办件 {}",
                name(&link.application),
                link.number
            )
        }
        What::OpenedFrom { link } => format!("从办件 {} 单列", link.number),
        What::AppointmentBooked { .. } => "预约现场办理时间".to_owned(),
        What::AppointmentCancelled => "取消现场办理预约".to_owned(),
        What::KeyPresented { application, .. } => {
            let what = match case.stage {
                Stage::Production => "配发",
                _ => "核验",
            };
            format!("{what} USB KEY：「{}」", name(application))
        }
        What::ProductionStarted { application } => format!("开始办理「{}」", name(application)),
        What::Produced { application, .. } => format!("「{}」办理完成", name(application)),
        What::CollectionNotified => "通知领取".to_owned(),
        What::Collected { collection } => format!("{}已领取", collection.collector_name),
        What::HandedOn { to } => format!("经办人变更，由{}接手", to.name),
        What::Withdrawn {
            reason: Some(reason),
        } => format!("撤回：{reason}"),
        What::Withdrawn { reason: None } => "撤回".to_owned(),
        What::Moved { to, .. } => format!("进入「{}」", to.name()),
    })
}
