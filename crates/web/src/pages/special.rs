//! The register of special situations (特殊情况台账): the list, and one exception with its yearly confirmation.

use axum::extract::{Path, Query, State};
use casework::{
    CaseId, MaterialId, Role, SpecialAct, SpecialId, SpecialRecord, SpecialSituation, SpecialState,
    SpecialWhat,
};
use platform::SpecialTab;
use serde::Deserialize;

use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act as ActView, Button, Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Form,
    Moment, Notice, Pager, Row, Tab, Table, Tabs, Timeline, Tone,
};
use crate::views::{ListPage, SpecialPage};

const HERE: &str = "/desk/specials";
/// Counts in the tabs stop here.
const MOST_COUNTED: u32 = 1000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    tab: Option<String>,
    situation: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

/// `GET /desk/specials`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let tab = wanted
        .tab
        .as_deref()
        .and_then(SpecialTab::find)
        .unwrap_or(SpecialTab::Open);
    let situation = wanted.situation.as_deref().and_then(SpecialSituation::find);
    let text = words::some_text(wanted.q.clone().unwrap_or_default().trim().to_owned());
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 20);
    while let Some(page) = pages.wanted() {
        let found = app
            .platform
            .specials(&desk.actor, tab, situation, text.clone(), &page)
            .await?;
        pages.put(found);
    }
    let found = pages.found();
    let own = matches!(desk.actor.post.role, Role::Agent | Role::UnitApprover);
    let mut columns = vec![Column::new("印章").split("印章", "印章编码")];
    if !own {
        columns.push(Column::new("单位"));
    }
    columns.extend([
        Column::new("特殊情况"),
        Column::short("状态"),
        Column::short("确认截止"),
    ]);
    let rows = found
        .rows
        .iter()
        .map(|special| {
            let mut cells = vec![
                Cell::link(&special.seal_name, format!("{HERE}/{}", special.id))
                    .with_sub(special.seal_code.to_string()),
            ];
            if !own {
                cells.push(Cell::text(&special.unit_name));
            }
            cells.extend([
                Cell::text(special.situation.name()),
                chip(app.platform.special_state(special)).into(),
                beijing::day(special.due_at).into(),
            ]);
            Row::new(cells)
        })
        .collect();
    let filtered = situation.is_some() || text.is_some();
    let empty = if filtered {
        ListPage::nothing_found()
    } else {
        Empty::new(
            "list",
            "没有记录",
            "申请表中说明的特殊情况，经中心审批制发印章后在此登记，每年由单位确认一次。",
        )
    };
    let mut table = Table::new("特殊情况台账", columns, rows, empty);
    let filter = format!(
        "&situation={}&q={}",
        situation.map_or("", SpecialSituation::code),
        form_encode(text.as_deref().unwrap_or_default())
    );
    let base = format!("{HERE}?tab={}{filter}", tab.code());
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let lead = if own {
        "一种印模绑定多枚证书、经上级授权使用其印章、证书变更后沿用旧印章样式的，每年须由经办人说明、单位审批人确认。"
    } else {
        "经审批准许的特殊情况。单位每年确认一次；逾期未确认的请联系单位，必要时终止。"
    };
    let mut page = ListPage::new(desk.frame(&app, "特殊情况台账", HERE), lead, table);
    let counts = app
        .platform
        .special_counts(&desk.actor, MOST_COUNTED)
        .await?;
    page.tabs = Some(Tabs {
        label: "确认情况".into(),
        tabs: counts
            .into_iter()
            .map(|(one, count)| Tab {
                label: one.name().into(),
                href: format!("{HERE}?tab={}{filter}", one.code()),
                count: Some(if count >= MOST_COUNTED {
                    format!("{}+", MOST_COUNTED - 1)
                } else {
                    count.to_string()
                }),
                current: one == tab,
                hot: one == SpecialTab::Overdue && count > 0,
            })
            .collect(),
    });
    let mut situations = vec![Choice::new("", "全部")];
    situations.extend(
        SpecialSituation::ALL
            .iter()
            .map(|one| Choice::new(one.code(), one.name())),
    );
    let mut search = Field::new("q-filter", "关键字", FieldKind::Input("search"))
        .optional()
        .value(text.unwrap_or_default())
        .placeholder("印章编码、印章名称、单位")
        .growing();
    search.name = "q".into();
    page.filters = vec![
        Field::hidden("tab", tab.code()),
        search,
        Field::new("situation", "特殊情况", FieldKind::Select(situations))
            .optional()
            .value(situation.map_or("", SpecialSituation::code)),
    ];
    listing.answer(page).await
}

/// `GET /desk/specials/{special}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<SpecialId>) -> Answer {
    let special = app.platform.special(&desk.actor, id).await?;
    html(&view(&app, &desk, &special))
}

/// `POST /desk/specials/{special}/acts/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, code)): Path<(SpecialId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let act = read(&code, &fields).ok_or_else(Problem::not_found)?;
    match app
        .platform
        .act_on_special(&desk.actor, id, act)
        .await
        .map_err(Problem::from)
    {
        Ok(_) => {
            let (said, line) = match code.as_str() {
                "propose" => ("已提出继续", "请单位审批人确认。"),
                "confirm" => ("已确认继续", ""),
                "send_back" => ("已退回经办人", ""),
                _ => ("已终止", ""),
            };
            desk.say(said, line).await?;
            go(&format!("{HERE}/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let special = app.platform.special(&desk.actor, id).await?;
            let mut page = view(&app, &desk, &special);
            page.notices.insert(0, problem.notice());
            for shown in page.acts.iter_mut().filter(|shown| shown.id == code) {
                shown.open = true;
                shown
                    .form
                    .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn read(code: &str, fields: &Fields) -> Option<SpecialAct> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    Some(match code {
        "propose" => SpecialAct::Propose {
            statement: text("statement"),
        },
        "confirm" => SpecialAct::Confirm {
            committed: fields.text("committed") == Some("yes"),
        },
        "send_back" => SpecialAct::SendBack {
            reason: text("send_back-reason"),
        },
        "end" => SpecialAct::End {
            reason: text("end-reason"),
        },
        _ => return None,
    })
}

fn view(app: &App, desk: &Desk, special: &SpecialRecord) -> SpecialPage {
    let state = app.platform.special_state(special);
    let due = beijing::day(special.due_at);
    let mut notices = Vec::new();
    match state {
        SpecialState::Due => notices.push(
            Notice::new(Tone::Warn, format!("请在 {due} 前确认是否继续"))
                .line("由经办人填写情况说明，单位审批人确认；不再需要的，由单位审批人终止。"),
        ),
        SpecialState::Overdue => notices.push(
            Notice::new(Tone::Bad, format!("应在 {due} 前确认，已逾期"))
                .line("请单位尽快确认继续或终止；中心可视情况终止。"),
        ),
        SpecialState::Confirmed | SpecialState::Proposed | SpecialState::Ended => {}
    }
    if let Some(proposal) = &special.proposal
        && let SpecialWhat::Proposed { statement } = &proposal.what
    {
        notices.push(
            Notice::new(Tone::Info, "经办人已提出继续，待单位审批人确认").line(format!(
                "{}，{}：{statement}",
                beijing::minute(proposal.at),
                words::who(&proposal.by)
            )),
        );
    }
    let paper = |id: Option<MaterialId>, absent: &str| match id {
        Some(id) => Cell::link("查看", material(special.case, id)),
        None => Cell::text(absent),
    };
    let facts = Facts::new()
        .with("特殊情况", special.situation.name())
        .with(
            "印章",
            Cell::link(&special.seal_name, format!("/desk/seals/{}", special.seal))
                .with_sub(special.seal_code.to_string()),
        )
        .with("单位", special.unit_name.clone())
        .with(
            "批准办件",
            Cell::link(
                special.case_number.to_string(),
                format!("/desk/cases/{}", special.case),
            ),
        )
        .with("情况说明", paper(special.papers.statement, "见申请材料"))
        .with("承诺书", paper(special.papers.commitment, "见申请材料"))
        .with("上级单位来函", paper(special.papers.superior_letter, "无"))
        .with("登记时间", beijing::day(special.opened_at))
        .with(
            "确认截止",
            match special.ended_at {
                Some(at) => format!("已于 {} 终止", beijing::day(at)),
                None => due,
            },
        );
    SpecialPage {
        frame: desk
            .frame(app, special.situation.name(), HERE)
            .below("特殊情况台账", HERE),
        chip: chip(state),
        notices,
        facts,
        acts: acts(special, state, desk),
        history: Timeline {
            moments: special.history.iter().rev().map(moment).collect(),
        },
    }
}

fn material(case: CaseId, id: MaterialId) -> String {
    format!("/desk/cases/{case}/materials/{id}")
}

fn acts(special: &SpecialRecord, state: SpecialState, desk: &Desk) -> Vec<ActView> {
    let role = desk.actor.post.role;
    let mut acts = Vec::new();
    if state == SpecialState::Ended {
        return acts;
    }
    let form = |code: &str, button: Button| {
        Form::new(
            format!("{HERE}/{}/acts/{code}", special.id),
            desk.csrf(),
            button,
        )
    };
    let act = |id: &str, title: &str, icon: &'static str, open: bool, form: Form| ActView {
        id: id.into(),
        title: title.into(),
        icon,
        danger: false,
        open,
        form,
    };
    let reason =
        |name: &str, label: &str| Field::new(name, label, FieldKind::Area).with("maxlength", "500");
    let open = matches!(state, SpecialState::Due | SpecialState::Overdue);
    if role == Role::Agent && open && special.proposal.is_none() {
        let form = form("propose", Button::primary("提出继续"))
            .explain("请按实际业务情况说明为什么仍需继续，由单位审批人确认。")
            .field(reason("statement", "情况说明"));
        acts.push(act("propose", "提出继续", "renew", true, form));
    }
    if role == Role::UnitApprover && special.proposal.is_some() {
        let mut tick = Field::new("committed", "承诺", FieldKind::Tick);
        tick.placeholder = "情况属实，本单位自行承担后期使用的一切后果".into();
        let confirm = form("confirm", Button::primary("确认继续")).field(tick);
        acts.push(act("confirm", "确认继续", "check", true, confirm));
        let back = form("send_back", Button::primary("退回"))
            .field(reason("send_back-reason", "退回的理由"));
        acts.push(act("send_back", "退回经办人", "edit", false, back));
    }
    if matches!(
        role,
        Role::UnitApprover | Role::SealReviewer | Role::DepartmentLeader
    ) {
        let end = form("end", Button::primary("终止").dangerous())
            .explain("终止后不能恢复；印章本身仍有效，确不再使用的请另行办理变更或撤销。")
            .field(reason("end-reason", "终止的理由"));
        acts.push(ActView {
            danger: true,
            ..act("end", "终止", "revoke", false, end)
        });
    }
    acts
}

fn moment(event: &casework::SpecialEvent) -> Moment {
    let (note, tone) = match &event.what {
        SpecialWhat::Opened => (None, Tone::Info),
        SpecialWhat::Proposed { statement } => (Some(statement.clone()), Tone::Info),
        SpecialWhat::Confirmed { due_at } => {
            let next = format!("下次确认截止 {}", beijing::day(*due_at));
            (Some(next), Tone::Good)
        }
        SpecialWhat::SentBack { reason } => (Some(reason.clone()), Tone::Warn),
        SpecialWhat::Ended { reason } => (Some(reason.clone()), Tone::Bad),
        SpecialWhat::Moved { code, .. } => (Some(format!("印章编码 {code}")), Tone::Info),
    };
    Moment {
        at: beijing::minute(event.at),
        iso: event.at.to_string(),
        who: words::who(&event.by),
        what: event.what.name().into(),
        note,
        tone,
    }
}

fn chip(state: SpecialState) -> Chip {
    let tone = match state {
        SpecialState::Confirmed => Tone::Good,
        SpecialState::Due => Tone::Warn,
        SpecialState::Proposed => Tone::Info,
        SpecialState::Overdue => Tone::Bad,
        SpecialState::Ended => Tone::Neutral,
    };
    Chip::new(state.name(), tone)
}
