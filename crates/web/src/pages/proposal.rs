//! What one person proposes and another releases: posts, the policy, the words of notices.

use axum::extract::{Path, Query, State};
use casework::{Post, ProposalId, Role};
use platform::{Proposal, ProposalState, Proposed};
use serde::Deserialize;

use super::{Answer, account, again, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Form, Pager, Row,
    Table, Tone,
};
use crate::views::{Block, ListPage, SheetPage};

const LIST: &str = "/desk/admin/proposals";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    after: Option<String>,
}

/// `GET /desk/admin/proposals`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let state = wanted.state.clone().filter(|state| !state.is_empty());
    let mut pages = listing.pages(wanted.after.clone(), 50);
    while let Some(page) = pages.wanted() {
        let found = app
            .platform
            .proposals(&desk.actor, state.as_deref(), &page)
            .await?;
        pages.put(found);
    }
    let found = pages.found();
    let mut table = table("提请与审核", &found.rows);
    let base = format!(
        "{LIST}?state={}",
        form_encode(state.as_deref().unwrap_or_default())
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 项，最新的在前", found.rows.len()),
        first: wanted.after.is_some().then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(&app, "提请与审核", LIST),
        "岗位、规则和通知文本的变更由一人提请、另一人审核，审核通过后生效。",
        table,
    );
    let states = [
        ("", "全部"),
        ("waiting", "待审核"),
        ("released", "已通过"),
        ("refused", "未通过"),
        ("withdrawn", "已撤回"),
    ];
    page.filters = vec![
        Field::new(
            "state",
            "状态",
            FieldKind::Select(
                states
                    .map(|(value, label)| Choice::new(value, label))
                    .into(),
            ),
        )
        .optional()
        .value(state.unwrap_or_default()),
    ];
    listing.answer(page).await
}

/// `GET /desk/admin/proposals/{proposal}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<ProposalId>) -> Answer {
    html(&view(&app, &desk, id).await?)
}

/// `POST /desk/admin/proposals/{proposal}/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, act)): Path<(ProposalId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let platform = &app.platform;
    let reason = fields.text("reason").unwrap_or_default();
    let outcome = match act.as_str() {
        "release" => platform.release(&desk.actor, id).await.map(Some),
        "refuse" => platform
            .refuse_proposal(&desk.actor, id, reason)
            .await
            .map(|()| None),
        "withdraw" => platform
            .withdraw_proposal(&desk.actor, id)
            .await
            .map(|()| None),
        _ => return Err(Problem::not_found()),
    };
    match outcome.map_err(Problem::from) {
        Ok(Some(released)) => match released.initial_password {
            Some((login, password)) => {
                let mut page = view(&app, &desk, id).await?;
                let notice = account::shown_once(&password).line(format!("账号：{login}"));
                page.blocks.insert(0, Block::Notice(notice));
                html(&page)
            }
            None => {
                let line = match released.cases_handed_on {
                    0 => String::new(),
                    cases => format!("{cases} 个未办结的办件已移交接手人。"),
                };
                desk.say("已审核通过，立即生效", &line).await?;
                go(&format!("{LIST}/{id}"))
            }
        },
        Ok(None) => {
            desk.say("已办理", "").await?;
            go(&format!("{LIST}/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, id).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn view(app: &App, desk: &Desk, id: ProposalId) -> Result<SheetPage, Problem> {
    let proposal = app.platform.proposal(&desk.actor, id).await?;
    let mut facts = Facts::new()
        .with("事项", proposal.what.title())
        .with("事由", proposal.reason.clone())
        .with(
            "提请",
            Cell::text(super::words::who(&proposal.proposed_by))
                .with_sub(beijing::minute(proposal.proposed_at)),
        );
    match &proposal.state {
        ProposalState::Released { by, at } | ProposalState::Refused { by, at, .. } => {
            facts = facts.with(
                "审核",
                Cell::text(super::words::who(by)).with_sub(beijing::minute(*at)),
            );
        }
        ProposalState::Waiting | ProposalState::Withdrawn { .. } => {}
    }
    if let ProposalState::Refused { reason, .. } = &proposal.state {
        facts = facts.with("不通过的理由", reason.clone());
    }
    let mut page = SheetPage::new(
        desk.frame(app, "提请事项", LIST).below("提请与审核", LIST),
        "",
    )
    .with(Block::Facts("提请内容".into(), facts));
    page.chip = Some(chip(&proposal.state));
    page.actions
        .extend(super::notice_template::page_of(&proposal));
    page.blocks.extend(match &proposal.what {
        Proposed::Posts(change) => {
            let mut rows = Vec::new();
            for (posts, what) in [(&change.add, "增加"), (&change.remove, "撤销")] {
                for post in posts {
                    rows.push(Row::new(vec![
                        what.into(),
                        post_name(app, *post).await.into(),
                    ]));
                }
            }
            if change.leaving {
                rows.push(Row::new(vec![
                    "离任".into(),
                    "撤销全部岗位，停用账号".into(),
                ]));
            }
            if let Some(successor) = &change.successor {
                rows.push(Row::new(vec![
                    "办件移交".into(),
                    successor.name.clone().into(),
                ]));
            }
            vec![Block::List(Table::new(
                &format!("{}的岗位变更", change.person.name),
                vec![Column::short("变更"), Column::new("内容")],
                rows,
                account::nobody(),
            ))]
        }
        Proposed::Policy(policy) => vec![Block::List(changes_table(&policy.changes()))],
        Proposed::Text(text) => super::notice_template::proposed(app, desk, text).await?,
    });
    if proposal.state == ProposalState::Waiting {
        let acts = acts(desk, &proposal);
        if !acts.is_empty() {
            page.blocks.push(Block::Acts(acts));
        }
    }
    Ok(page)
}

fn acts(desk: &Desk, proposal: &Proposal) -> Vec<Act> {
    let form = |act: &str, label: &str| {
        Form::new(
            format!("{LIST}/{}/{act}", proposal.id),
            desk.csrf(),
            Button::primary(label),
        )
    };
    let act = |id: &str, title: &str, icon, danger, open, form| Act {
        id: id.into(),
        title: title.into(),
        icon,
        danger,
        open,
        form,
    };
    if proposal.proposed_by.person == desk.account.id {
        return vec![act(
            "withdraw",
            "撤回提请",
            "cross",
            false,
            false,
            form("withdraw", "撤回"),
        )];
    }
    if desk.actor.post.role != Role::SecurityAdministrator {
        return Vec::new();
    }
    vec![
        act(
            "release",
            "审核通过",
            "check",
            false,
            true,
            form("release", "审核通过"),
        ),
        act(
            "refuse",
            "不通过",
            "cross",
            true,
            false,
            form("refuse", "不通过").field(Field::new("reason", "理由", FieldKind::Area)),
        ),
    ]
}

/// What changed in the policy.
pub(super) fn changes_table(changes: &[casework::PolicyChange]) -> Table {
    let rows = changes.iter().map(|change| {
        Row::new(vec![
            change.label.into(),
            shown(&change.from).into(),
            shown(&change.to).into(),
        ])
    });
    Table::new(
        "规则变更",
        vec![
            Column::new("设置"),
            Column::new("原值"),
            Column::new("改为"),
        ],
        rows.collect(),
        Empty::new("gear", "没有变更", ""),
    )
}

fn shown(value: &str) -> String {
    if value.is_empty() {
        "（空）".to_owned()
    } else {
        value.replace('\n', "；")
    }
}

async fn post_name(app: &App, post: Post) -> String {
    let unit = app.platform.unit(post.unit).await;
    let unit = unit.map_or_else(|_| "（单位）".to_owned(), |unit| unit.full_name);
    format!("{unit} · {}", post.role.name())
}

/// A list of proposals.
pub(super) fn table(caption: &str, proposals: &[Proposal]) -> Table {
    let rows = proposals.iter().map(|proposal| {
        Row::new(vec![
            Cell::link(proposal.what.title(), format!("{LIST}/{}", proposal.id))
                .with_sub(proposal.reason.clone()),
            Cell::text(super::words::who(&proposal.proposed_by)),
            beijing::minute(proposal.proposed_at).into(),
            chip(&proposal.state).into(),
        ])
    });
    Table::new(
        caption,
        vec![
            Column::new("事项与事由").split("事项", "事由"),
            Column::new("提请人"),
            Column::short("时间"),
            Column::short("状态"),
        ],
        rows.collect(),
        Empty::new("list", "没有记录", ""),
    )
}

fn chip(state: &ProposalState) -> Chip {
    let tone = match state {
        ProposalState::Waiting => Tone::Warn,
        ProposalState::Released { .. } => Tone::Good,
        ProposalState::Refused { .. } => Tone::Bad,
        ProposalState::Withdrawn { .. } => Tone::Neutral,
    };
    Chip::new(state.name(), tone)
}
