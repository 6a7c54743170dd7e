//! Checking (受理、初审、终审): points and fields beside the material that proves them, changes marked, the next case after it.

use axum::extract::{Path, State};
use casework::revision_diff::{Changes, changes_for, standing_answers};
use casework::{
    Act, ActKind, Case, CaseId, ChecklistAnswer, ChecklistItem, CorrectionPoint, MaterialKind,
    Policy, Stage,
};
use platform::CaseView;

use super::proof::{self, Asked, Returned};
use super::{Answer, acceptance, act, again, case as case_page, changes, go, html, scan, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Cell, Chip, Column, Empty, Facts, Field, FieldKind, Row, Table, Tone};
use crate::views::{ChangeLine, CheckPoint, ReviewPage, Section};

/// One of the three places at which a case is checked.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) title: &'static str,
    pub(super) stage: Stage,
    /// Last part of its address.
    pub(super) path: &'static str,
    /// What the approving button says.
    pub(super) approve: &'static str,
    /// What is said when every point is in order.
    pub(super) done: &'static str,
    /// A remark goes with the approval.
    pub(super) remark: bool,
    /// What else can be done there.
    pub(super) acts: &'static [ActKind],
}

const FIRST: Place = Place {
    title: "初审",
    stage: Stage::FirstReview,
    path: "review",
    approve: "通过，提交终审",
    done: "全部通过，可以提交终审。",
    remark: true,
    acts: &[
        ActKind::RequestCorrection,
        ActKind::SetAside,
        ActKind::Refuse,
    ],
};

const FINAL: Place = Place {
    title: "终审",
    stage: Stage::FinalReview,
    approve: "通过，转印章办理",
    done: "全部通过，可以转印章办理。",
    ..FIRST
};

/// `GET /desk/cases/{case}/review`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    match place(&view) {
        Some(place) => {
            let returned = Returned::of(&app, &desk, &view.case).await?;
            let mut page = page_of(&app, &desk, &view, place, &returned, None);
            page.notices.extend(scan::radar(&app, &desk, id).await?);
            html(&page)
        }
        None => go(&format!("/desk/cases/{id}")),
    }
}

/// `POST /desk/cases/{case}/review`
pub(super) async fn decide(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    let Some(place) = place(&view) else {
        return go(&format!("/desk/cases/{id}"));
    };
    let returned = Returned::of(&app, &desk, &view.case).await?;
    let asked = asked(&app, &view, place.stage, &returned);
    let checklist = answers(&asked, &fields);
    let approving = fields.text("decision") == Some("accept");
    let outcome = if approving {
        let remark = fields.text("remark").map(ToOwned::to_owned);
        app.platform
            .approve_checked(&desk.actor, id, fields.version(), &checklist, remark)
            .await
    } else {
        let act = Act::RequestCorrection {
            points: points(&asked, &fields),
            checklist,
        };
        app.platform
            .act(&desk.actor, id, fields.version(), act)
            .await
    };
    match outcome.map_err(Problem::from) {
        Ok(_) => {
            let said = if approving {
                format!("已办理「{}通过」", place.title)
            } else {
                "整改通知已发给经办人".to_owned()
            };
            next(&app, &desk, &view.case, place.stage, place.path, &said).await
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = page_of(&app, &desk, &view, place, &returned, Some(&fields));
            page.notices.insert(0, problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn place(view: &CaseView) -> Option<Place> {
    if view.allowed.contains(&ActKind::ApproveFirst) {
        Some(FIRST)
    } else if view.allowed.contains(&ActKind::ApproveFinal) {
        Some(FINAL)
    } else {
        None
    }
}

/// Says what was done, and lays the case that waits longest on the desk.
pub(super) async fn next(
    app: &App,
    desk: &Desk,
    done: &Case,
    stage: Stage,
    path: &str,
    said: &str,
) -> Answer {
    let number = done.number;
    match app.platform.next_case(&desk.actor, stage, done.id).await? {
        Some(next) => {
            desk.say(said, &format!("办件 {number} 已处理，已为您打开下一件。"))
                .await?;
            go(&format!("/desk/cases/{next}/{path}"))
        }
        None => {
            desk.say(said, "没有等待您办理的下一件了。").await?;
            go(&format!("/desk/cases/{}", done.id))
        }
    }
}

/// A question, with the fields that are answered one by one in its place; none: it is answered as a whole.
pub(super) struct Question<'a> {
    item: &'a ChecklistItem,
    fields: Vec<Asked>,
}

/// The questions of a place.
pub(super) fn asked<'a>(
    app: &App,
    view: &'a CaseView,
    stage: Stage,
    returned: &Returned,
) -> Vec<Question<'a>> {
    let changed = changes_for(&view.case, stage);
    let policy = app.platform.policy();
    view.checklist
        .iter()
        .map(|item| Question {
            item,
            fields: proof::asked(&view.case, &policy, item, returned, changed.as_ref()),
        })
        .collect()
}

/// The answers that were given. A question is met when each of its fields is.
pub(super) fn answers(questions: &[Question<'_>], fields: &Fields) -> Vec<ChecklistAnswer> {
    let answer = |name: String| match fields.text(&name)? {
        "accept" => Some(true),
        "query" => Some(false),
        _ => None,
    };
    questions
        .iter()
        .enumerate()
        .filter_map(|(index, question)| {
            let met = if question.fields.is_empty() {
                answer(format!("p{index}"))?
            } else {
                let given: Vec<Option<bool>> = question
                    .fields
                    .iter()
                    .map(|field| answer(name(index, Some(field))))
                    .collect();
                match given.contains(&Some(false)) {
                    true => false,
                    false => given
                        .into_iter()
                        .collect::<Option<Vec<_>>>()
                        .map(|_| true)?,
                }
            };
            Some(ChecklistAnswer {
                code: question.item.code.to_owned(),
                application: question.item.application,
                met,
                remark: None,
            })
        })
        .collect()
}

/// The queried points as a correction notice, in the words that stand beside them.
pub(super) fn points(questions: &[Question<'_>], fields: &Fields) -> Vec<CorrectionPoint> {
    let mut points = Vec::new();
    for (index, Question { item, fields: own }) in questions.iter().enumerate() {
        let mut query = |name: String, field: &str, correction: &str| {
            if fields.text(&name) == Some("query") {
                points.push(CorrectionPoint {
                    application: item.application,
                    field: Some(field.to_owned()),
                    item: Some(item.code.to_owned()),
                    message: fields
                        .text(&format!("{name}-words"))
                        .unwrap_or(correction)
                        .to_owned(),
                });
            }
        };
        if own.is_empty() {
            query(name(index, None), item.material.code(), &item.correction);
        }
        for field in own {
            query(name(index, Some(field)), field.code, &field.correction);
        }
    }
    points
}

/// The name of an answer.
fn name(index: usize, field: Option<&Asked>) -> String {
    match field {
        Some(field) => format!("p{index}-{}", field.code),
        None => format!("p{index}"),
    }
}

/// The page as this person sees it, with what was sent put back.
pub(super) fn page_of(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    place: Place,
    returned: &Returned,
    sent: Option<&Fields>,
) -> ReviewPage {
    let case = &view.case;
    let policy = app.platform.policy();
    let changed = changes_for(case, place.stage);
    let stands = changed
        .as_ref()
        .map(|changed| standing_answers(case, place.stage, &view.checklist, changed))
        .unwrap_or_default();
    let seeing = Seeing {
        case,
        policy: &policy,
        returned,
        sent,
    };
    let (standing, asked) = asked(app, view, place.stage, returned)
        .iter()
        .enumerate()
        .flat_map(|(index, question)| {
            let item = question.item;
            let stands = stands
                .iter()
                .any(|a| a.code == item.code && a.application == item.application);
            if question.fields.is_empty() {
                vec![seeing.point(index, item, stands)]
            } else {
                let fields = question.fields.iter();
                fields
                    .map(|field| seeing.field(index, item, field, stands))
                    .collect()
            }
        })
        .partition(|point: &CheckPoint| point.standing);
    let mut exhibits = returned.exhibits();
    exhibits.extend(words::exhibits(case));
    let back = format!("/desk/cases/{}/{}", case.id, place.path);
    let acts = place
        .acts
        .iter()
        .filter(|kind| view.allowed.contains(kind))
        .filter_map(|kind| act::form(*kind, case, desk.csrf()))
        .map(|mut act| {
            if act.id == ActKind::ReceivePaper.code() {
                act.open = true;
                act.form.fields.push(Field::hidden("back", back.clone()));
            }
            act
        });
    let remark = place.remark.then(|| {
        Field::new("remark", "审核意见", FieldKind::Input("text"))
            .optional()
            .value(
                sent.and_then(|fields| fields.raw("remark"))
                    .unwrap_or("同意。"),
            )
            .with("maxlength", "300")
    });
    ReviewPage {
        frame: desk
            .frame(app, place.title, "/desk")
            .below("办件", &format!("/desk/cases/{}", case.id))
            .script("js/review.js"),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{}", case.id),
        action: back.clone(),
        version: case.version,
        notices: acceptance::special(case),
        changes: seen_otherwise(case, &policy, changed.as_ref()),
        forms: forms(&policy, case),
        points: asked,
        standing,
        exhibits,
        remark,
        approve: place.approve.to_owned(),
        done: place.done.to_owned(),
        checks: checks(case),
        acts: acts.collect(),
        timeline: words::timeline(case),
    }
}

/// What is otherwise than when this place last saw the case.
fn seen_otherwise(case: &Case, policy: &Policy, changed: Option<&Changes>) -> Vec<ChangeLine> {
    let Some(changed) = changed else {
        return changes::forms(case, policy, true);
    };
    let mut lines = if changed.forms.is_empty() && !changed.letter {
        Vec::new()
    } else {
        changes::forms(case, policy, true)
    };
    lines.extend(changed.materials.iter().map(|change| {
        let of = change
            .application
            .and_then(|id| case.application(id))
            .filter(|_| case.applications.len() > 1);
        let about = match of {
            Some(of) => format!("「{}」{}", of.seal_name(), change.kind.name()),
            None => change.kind.name().to_owned(),
        };
        let told = |id: Option<casework::MaterialId>| {
            let material = case.material(id?)?;
            Some(format!(
                "{}，{}上传",
                material.name,
                beijing::minute(material.uploaded_at)
            ))
        };
        ChangeLine::new(about, told(change.before), told(change.after))
    }));
    lines
}

/// What the points are made from.
struct Seeing<'a> {
    case: &'a Case,
    policy: &'a Policy,
    returned: &'a Returned,
    sent: Option<&'a Fields>,
}

impl Seeing<'_> {
    /// A question that is answered as a whole.
    fn point(&self, index: usize, item: &ChecklistItem, stands: bool) -> CheckPoint {
        let application = item.application.and_then(|id| self.case.application(id));
        let imprint = application
            .filter(|_| matches!(item.code, "imprint_size" | "form_imprint"))
            .and_then(|application| words::imprint(self.case.id, application));
        CheckPoint {
            demand: item.text.clone(),
            facts: proven(self.case, self.policy, item),
            crops: self.returned.crops(item),
            findings: self.returned.findings(item),
            imprint,
            ..self.answered(name(index, None), item, stands, &item.correction)
        }
    }

    /// A field of a form, answered on its own.
    fn field(&self, index: usize, item: &ChecklistItem, field: &Asked, stands: bool) -> CheckPoint {
        let mut facts = Facts::new();
        facts.facts.push(field.fact.clone());
        CheckPoint {
            demand: format!("“{}”与扫描件一致，没有涂改。", field.fact.label),
            facts,
            crops: self.returned.field_crops(item, field.places),
            findings: self.returned.field_findings(item, field.places),
            ..self.answered(
                name(index, Some(field)),
                item,
                stands || field.stands,
                &field.correction,
            )
        }
    }

    /// What all points have: who they are about, and the answer given or standing.
    fn answered(
        &self,
        id: String,
        item: &ChecklistItem,
        stands: bool,
        correction: &str,
    ) -> CheckPoint {
        let typed = |name: &str| {
            self.sent
                .and_then(|fields| fields.raw(name))
                .map(ToOwned::to_owned)
        };
        let application = item.application.and_then(|id| self.case.application(id));
        let of = application.filter(|_| self.case.applications.len() > 1);
        let answer = match self.sent {
            Some(_) => typed(&id).unwrap_or_default(),
            None if stands => "accept".to_owned(),
            None => String::new(),
        };
        CheckPoint {
            about: of.map_or_else(
                || item.material.name().to_owned(),
                |application| format!("{} ·「{}」", item.material.name(), application.seal_name()),
            ),
            demand: String::new(),
            clause: item.clause.to_owned(),
            exhibit: self
                .returned
                .exhibit(item)
                .or_else(|| exhibit(self.case, item)),
            facts: Facts::new(),
            crops: Vec::new(),
            findings: Vec::new(),
            imprint: None,
            standing: stands && answer == "accept",
            answer,
            words: typed(&format!("{id}-words")).unwrap_or_else(|| correction.to_owned()),
            id,
        }
    }
}

/// The fields of the forms that a question compares with the material.
fn proven(case: &Case, policy: &Policy, item: &ChecklistItem) -> Facts {
    let labels: &[&str] = match item.code {
        "form_complete" => &[
            "印章名称",
            "统一社会信用代码",
            "所属地区",
            "使用者",
            "功能类型",
            "数字证书类型",
            "介质",
            "经办人",
        ],
        "form_same_unit" | "change_unit_data" | "letter_stamped" => {
            &["单位名称", "统一社会信用代码"]
        }
        "form_existing_seal" => &["已有印章", "印章名称"],
        "imprint_size" => &["印模尺寸"],
        "special_statement" | "special_commitment" | "special_superior_letter" => &["特殊情况"],
        "sheet_matches_forms" => &["印章名称", "印章类型", "功能类型", "介质"],
        _ => &[],
    };
    let mut shown = Facts::new();
    for application in case
        .live_applications()
        .filter(|a| item.application.is_none_or(|id| id == a.id))
        .take(if item.code == "letter_stamped" { 1 } else { 20 })
    {
        let Some(form) = &application.form else {
            continue;
        };
        let facts = words::form_facts(form, policy, true).facts;
        shown.facts.extend(
            facts
                .into_iter()
                .filter(|fact| labels.contains(&fact.label.as_str())),
        );
    }
    shown
}

/// The submitted forms, to be compared with the papers.
fn forms(policy: &Policy, case: &Case) -> Vec<Section> {
    case.live_applications()
        .filter_map(|application| {
            let form = application.form.as_ref()?;
            Some(Section {
                title: format!("申请表全部填写项：{}", application.seal_name()),
                facts: words::form_facts(form, policy, true),
                edit: None,
            })
        })
        .collect()
}

/// The material that proves a point.
fn exhibit(case: &Case, item: &ChecklistItem) -> Option<String> {
    case.live_materials()
        .filter(|material| material.kind == item.material && material.kind != MaterialKind::P10)
        .filter(|material| {
            item.application.is_none()
                || material.application.is_none()
                || material.application == item.application
        })
        .last()
        .map(|material| format!("m-{}", material.id))
}

/// What was decided and checked before, by whom.
fn checks(case: &Case) -> Table {
    let rows = case.decisions.iter().map(|decision| {
        let met = decision
            .checklist
            .iter()
            .filter(|answer| answer.met)
            .count();
        let what = if decision.checklist.is_empty() {
            decision.reason.clone().unwrap_or_default()
        } else {
            format!("核对 {} 项，{met} 项符合", decision.checklist.len())
        };
        let chip: Chip = case_page::verdict(decision.verdict);
        Row::new(vec![
            Cell::text(decision.stage.name()).with_sub(format!("第 {} 版", decision.revision)),
            chip.into(),
            what.into(),
            Cell::text(words::who(&decision.by)).with_sub(beijing::minute(decision.at)),
        ])
    });
    let paper: Vec<_> = case
        .live_materials()
        .filter(|m| words::paper_chip(&m.paper).is_some())
        .collect();
    let here = paper
        .iter()
        .filter(|m| matches!(m.paper, casework::PaperTracking::Received { .. }))
        .count();
    let mut rows: Vec<Row> = rows.collect();
    if !paper.is_empty() {
        let all = here == paper.len();
        rows.push(Row::new(vec![
            "纸质原件".into(),
            Chip::new(
                if all { "已收齐" } else { "未收齐" },
                if all { Tone::Good } else { Tone::Warn },
            )
            .into(),
            format!("应收 {} 份，已收 {here} 份", paper.len()).into(),
            "".into(),
        ]));
    }
    Table::new(
        "前序核验",
        vec![
            Column::short("环节"),
            Column::short("结果"),
            Column::new("说明"),
            Column::new("办理人"),
        ],
        rows,
        Empty::new("list", "尚无核验记录", ""),
    )
}
