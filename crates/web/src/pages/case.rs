//! The page of a case: who must act, steps, what may be done, materials, decisions, what happened.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, State};
use casework::{
    ActKind, Actor, Case, CaseId, Decision, Due, MaterialKind, Progress, Role, Stage, Verdict,
};
use platform::CaseView;

use super::{Answer, act, case_applications, changes, correction, html, words};
use crate::app::App;
use crate::beijing;
use crate::session::Desk;
use crate::views::parts::{Cell, Chip, Column, Empty, Facts, Link, Pager, Row, Table, Tone};
use crate::views::{CasePage, MaterialLine, Turn};

/// Forms and missing materials listed here; all of them stand on the page of the forms.
const SHOWN: usize = 20;

/// `GET /desk/cases/{case}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let case = app.platform.case(&desk.actor, id).await?;
    let failed = app.platform.case_failed_deliveries(&desk.actor, id).await?;
    let mut page = view(&app, &desk, &case);
    words::add_failed_deliveries(&mut page.timeline, &failed);
    html(&page)
}

/// The page as this person sees it.
pub(super) fn view(app: &App, desk: &Desk, view: &CaseView) -> CasePage {
    let acts = act::forms(view, desk.csrf());
    let turn = turn(app, view, &desk.actor);
    let case = &view.case;
    let corrects = view.allowed.contains(&ActKind::Resubmit);
    let mut meta = words::meta(case);
    meta.push(format!("{} 新建", beijing::minute(case.opened_at)));
    CasePage {
        frame: desk.frame(app, case.business.name(), "/desk"),
        number: case.number.to_string(),
        papers: super::paper::list_path(case.id),
        scans: (case.revision > 0).then(|| format!("/desk/cases/{}/scans", case.id)),
        chip: words::case_chip(case),
        meta,
        progress: words::progress(case),
        points: correction::views(case, case.correction_points(), corrects),
        changes: changes::newest(case, &app.platform.policy(), checks(desk.actor.post.role)),
        acts,
        facts: facts(view, desk.actor.post.role),
        applications: applications(view),
        application_links: application_links(view),
        materials: materials(view),
        decisions: decisions(case),
        timeline: words::timeline(case),
        turn,
    }
}

/// Whose turn it is, in words; with the way to where the reader does it.
pub(super) fn turn(app: &App, view: &CaseView, actor: &Actor) -> Turn {
    let case = &view.case;
    let Some(turn) = &view.turn else {
        let closed = case.stage == Stage::Closed(casework::Outcome::Completed);
        return Turn {
            mine: false,
            closed,
            icon: if closed { "ok" } else { "revoke" },
            who: case.stage.name().to_owned(),
            since: format!("{} 结束", beijing::minute(case.stage_since)),
            next: case
                .closing_reason
                .clone()
                .unwrap_or_else(|| "全部事项已办理完成。".to_owned()),
            go: None,
        };
    };
    let mine = turn.role == actor.post.role && turn.unit.is_none_or(|unit| unit == actor.post.unit);
    let who = if mine {
        format!("轮到您：{}", turn.waiting_for)
    } else {
        turn.waiting_for.clone()
    };
    let waited = beijing::waiting(turn.since, app.platform.now());
    let mut next = format!("{}。", turn.next);
    if let Some(deadline) = case.deadline {
        next = format!("{next}请于 {} 前办理。", beijing::day(deadline.at));
    }
    Turn {
        mine,
        closed: false,
        icon: if mine { "edit" } else { "clock" },
        who,
        since: format!("自 {} 起，已等待 {waited}", beijing::minute(turn.since)),
        next,
        go: way(view),
    }
}

/// Where the reader's own part is done, if it has a page of its own.
fn way(view: &CaseView) -> Option<Link> {
    let case = &view.case;
    let may = |kind| view.allowed.contains(&kind);
    let base = format!("/desk/cases/{}", case.id);
    if may(ActKind::Accept) {
        return Some(Link::new("逐项受理核对", format!("{base}/acceptance")));
    }
    if may(ActKind::ApproveFirst) || may(ActKind::ApproveFinal) {
        return Some(Link::new("对照材料审核", format!("{base}/review")));
    }
    if may(ActKind::StartProduction) || may(ActKind::PresentKey) || may(ActKind::NotifyCollection) {
        return Some(Link::new("进入印章办理", format!("{base}/production")));
    }
    if may(ActKind::Collect) {
        return Some(Link::new("登记领取", format!("{base}/collection")));
    }
    if may(ActKind::SaveDraft) {
        let first = case.live_applications().next()?;
        if case.stage == Stage::Draft {
            let step = super::application::begins_at(view, first);
            let href = correction::step_path(case.id, first.id, step);
            return Some(Link::new("继续填写", href));
        }
        let open = case
            .correction_points()
            .iter()
            .find(|point| !changes::answers(case, point));
        return Some(match open {
            Some(point) => Link::new("按整改通知修改", correction::place(case, point)),
            None => Link::new(
                "核对修改后的申请表",
                correction::step_path(case.id, first.id, "check"),
            ),
        });
    }
    if may(ActKind::BookAppointment) && case.appointment.is_none() {
        return Some(Link::new("预约到场时段", format!("{base}/appointment")));
    }
    if may(ActKind::AttachMaterial) && case.stage == Stage::HandIn {
        return Some(Link::new("打印申请表、上传材料", format!("{base}/papers")));
    }
    None
}

fn facts(view: &CaseView, role: Role) -> Facts {
    let case = &view.case;
    let route = match case.route.consolidator() {
        Some(_) => "经汇总办理单位递交中心",
        None => "直接向中心递交",
    };
    let unit = Cell::text(&case.unit.full_name).with_sub(case.unit.credit_code.to_string());
    let mut facts = Facts::new()
        .with("申请单位", unit)
        .with("所属地区", case.unit.county.full_name())
        .with("主管处室", case.unit.competent_office.clone())
        .with("经办人", case.agent().name.clone())
        .with("递交途径", route);
    let books = view.allowed.contains(&ActKind::BookAppointment);
    let booking = format!("/desk/cases/{}/appointment", case.id);
    match case.appointment.map(beijing::minute) {
        Some(at) if books => {
            facts = facts.with("现场预约", Cell::link(at, booking).with_sub("可改约或取消"));
        }
        Some(at) => facts = facts.with("现场预约", at),
        None if books => facts = facts.with("现场预约", Cell::link("预约时段", booking)),
        None => {}
    }
    if let Some(hand_over) = &case.hand_over {
        let at = beijing::minute(hand_over.at);
        let cell = if role == Role::Consolidator || role.is_center() {
            Cell::link(at, format!("/desk/bundles/{}", hand_over.bundle))
        } else {
            Cell::text(at)
        };
        facts = facts.with("汇总递交", cell.with_sub(hand_over.by.name.clone()));
    }
    if let Some(collection) = &case.collection {
        facts = facts.with(
            "领取人",
            Cell::text(&collection.collector_name).with_sub(beijing::minute(collection.at)),
        );
    }
    for link in &case.links {
        facts = facts.with(
            "关联办件",
            Cell::link(
                link.number.to_string(),
                format!("/desk/cases/{}", link.case),
            ),
        );
    }
    facts
}

/// Ways to the forms of a case with several seals, and to its summary sheet.
fn application_links(view: &CaseView) -> Vec<Link> {
    let case = &view.case;
    let base = format!("/desk/cases/{}", case.id);
    let mut links = Vec::new();
    if case.live_applications().count() > 1 {
        links.push(Link::new("各份申请表", format!("{base}/applications")));
        links.push(Link::new("下载汇总表", format!("{base}/summary.xlsx")));
    }
    if view.allowed.contains(&ActKind::AddApplications) {
        links.push(Link::new("导入汇总表", format!("{base}/summary")));
    }
    links
}

fn applications(view: &CaseView) -> Table {
    let case = &view.case;
    let fills = view.allowed.contains(&ActKind::SaveDraft);
    let rows = case.applications.iter().take(SHOWN).map(|application| {
        let href = if fills {
            correction::step_path(case.id, application.id, "seal")
        } else {
            correction::step_path(case.id, application.id, "check")
        };
        let draft = &application.draft;
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
        let chip = match application.progress {
            Progress::WithCase => case_applications::state_chip(case, application),
            Progress::SetAside => Chip::new("已移出", Tone::Neutral),
            Progress::InProduction => Chip::new("制作中", Tone::Info),
            Progress::Produced => Chip::new("已办理", Tone::Good),
        };
        let medium = draft
            .medium
            .as_deref()
            .and_then(casework::Medium::find)
            .map_or("—", casework::Medium::name);
        let code = application
            .produced
            .as_ref()
            .map(|produced| format!("印章编码 {}", produced.code));
        let mut name = Cell::link(application.seal_name(), href);
        name.sub = code;
        Row::new(vec![
            name,
            application
                .kind()
                .map_or("—", casework::SealKind::name)
                .into(),
            format!("{} × {} 毫米", text(&draft.width), text(&draft.height)).into(),
            medium.into(),
            chip.into(),
        ])
    });
    let mut table = Table::new(
        "申请事项",
        vec![
            Column::new("印章名称"),
            Column::short("类型"),
            Column::short("印模尺寸"),
            Column::short("介质"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new("seal", "尚未填写印章", ""),
    );
    if case.applications.len() > SHOWN {
        table.pager = Some(Pager {
            summary: format!("列出前 {SHOWN} 份，共 {} 份", case.applications.len()),
            first: None,
            next: None,
        });
    }
    table
}

/// What is there, and what is still missing at this stage.
fn materials(view: &CaseView) -> Vec<MaterialLine> {
    let case = &view.case;
    let due = match case.stage {
        Stage::Draft | Stage::UnitApproval => Due::Submission,
        Stage::Collection => Due::Collection,
        _ => Due::HandIn,
    };
    let name = |kind: MaterialKind, application| {
        let of = Option::and_then(application, |id| case.application(id))
            .filter(|_| case.applications.len() > 1);
        of.map_or_else(
            || kind.name().to_owned(),
            |application| format!("{}（{}）", kind.name(), application.seal_name()),
        )
    };
    let line = |material: &casework::Material, chip: Chip| MaterialLine {
        name: name(material.kind, material.application),
        detail: words::material_detail(material),
        chip,
        href: Some(format!("/desk/cases/{}/materials/{}", case.id, material.id)),
        earlier: Vec::new(),
    };
    // Newest first: what an upload replaced is folded away below it; it stays in the record (涂改).
    let mut places = Vec::new();
    let live = case.materials.iter().rev().filter(|m| m.is_live());
    let removed = case.materials.iter().rev().filter(|m| !m.is_live());
    for material in live.chain(removed) {
        let place = (material.kind, material.application);
        let held = places.iter_mut().find(|(held, _)| *held == place);
        match held {
            Some((_, newer)) if material.kind != MaterialKind::Other => {
                let newer: &mut MaterialLine = newer;
                let replaced = Chip::new("已替换", Tone::Neutral);
                newer.earlier.push(line(material, replaced));
            }
            _ if material.is_live() => {
                let chip = words::paper_chip(&material.paper)
                    .unwrap_or_else(|| Chip::new("已上传", Tone::Good));
                places.push((place, line(material, chip)));
            }
            _ => places.push((place, line(material, Chip::new("已移除", Tone::Neutral)))),
        }
    }
    places.sort_by_key(|(place, _)| *place);
    let mut lines: Vec<MaterialLine> = places.into_iter().map(|(_, line)| line).collect();
    if !case.is_closed() {
        let missing = view
            .materials
            .iter()
            .filter(|required| required.due <= due && required.present.is_none());
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for required in missing.clone() {
            *counts.entry(required.kind.code()).or_default() += 1;
        }
        let mut told = BTreeSet::new();
        for required in missing {
            let count = counts.get(required.kind.code()).copied().unwrap_or(1);
            let many = count > SHOWN;
            if many && !told.insert(required.kind.code()) {
                continue;
            }
            lines.push(MaterialLine {
                name: if many {
                    required.kind.name().to_owned()
                } else {
                    name(required.kind, required.application)
                },
                detail: required.hint.to_owned(),
                chip: if many {
                    Chip::new(format!("缺少 {count} 份"), Tone::Warn)
                } else {
                    Chip::new("缺少", Tone::Warn)
                },
                href: many.then(|| format!("/desk/cases/{}/applications?tab=open", case.id)),
                earlier: Vec::new(),
            });
        }
    }
    lines
}

fn decisions(case: &Case) -> Table {
    let rows = case.decisions.iter().rev().map(|decision| {
        Row::new(vec![
            Cell::text(decision.stage.name()),
            verdict(decision.verdict).into(),
            Cell::text(words_of(decision)),
            Cell::text(words::who(&decision.by)).with_sub(beijing::minute(decision.at)),
        ])
    });
    Table::new(
        "办理意见",
        vec![
            Column::short("环节"),
            Column::short("决定"),
            Column::new("意见"),
            Column::short("办理人"),
        ],
        rows.collect(),
        Empty::new("list", "尚无办理意见", ""),
    )
}

fn words_of(decision: &Decision) -> String {
    let mut lines: Vec<&str> = decision.reason.iter().map(String::as_str).collect();
    lines.extend(decision.points.iter().map(|point| point.message.as_str()));
    lines.join("；")
}

/// A decision as a chip.
pub(super) fn verdict(verdict: Verdict) -> Chip {
    let tone = match verdict {
        Verdict::Approved => Tone::Good,
        Verdict::SentBack | Verdict::SetAside => Tone::Warn,
        Verdict::Refused => Tone::Bad,
    };
    Chip::new(verdict.name(), tone)
}

/// Whether a role checks applications and so sees personal data whole.
pub(super) fn checks(role: Role) -> bool {
    matches!(
        role,
        Role::SealMaker
            | Role::SealReviewer
            | Role::DepartmentLeader
            | Role::Consolidator
            | Role::UnitApprover
    )
}
