//! The Center's own announcements at the desk: write, hand in, publish, withdraw.

use axum::extract::{Path, Query, State};
use casework::{Bulletin, BulletinAct, BulletinId, BulletinState, BulletinStep};
use serde::Deserialize;

use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::pages::{Answer, again, go, html, words};
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Choice, Column, Empty, Field, FieldKind, Form, Link, Moment, Pager,
    Row, Table, Timeline, Tone,
};
use crate::views::{Block, ListPage, Passage, SheetPage};

const LIST: &str = "/desk/bulletins";

#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Wanted {
    state: Option<String>,
    after: Option<String>,
}

/// `GET /desk/bulletins`
pub(in crate::pages) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let state = wanted.state.as_deref().and_then(BulletinState::find);
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 50);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.bulletins(&desk.actor, state, &page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().filter_map(|bulletin| {
        let last = bulletin.history.last()?;
        Some(Row::new(vec![
            Cell::link(&bulletin.title, path(bulletin.id)).with_sub(
                bulletin
                    .number
                    .map_or_else(String::new, |n| format!("第 {n} 号")),
            ),
            chip(bulletin.state).into(),
            Cell::text(words::who(&last.by)).with_sub(last.step.name()),
            beijing::minute(last.at).into(),
        ]))
    });
    let empty = Empty::new(
        "news",
        "没有通知公告",
        "起草后提请发布，由另一人核对后发布。",
    )
    .next(Link::new("起草通知公告", format!("{LIST}/new")));
    let mut table = Table::new(
        "通知公告",
        vec![
            Column::new("标题").split("标题", "编号"),
            Column::short("状态"),
            Column::new("最近办理").split("办理人", "事项"),
            Column::short("时间"),
        ],
        rows.collect(),
        if state.is_some() {
            ListPage::nothing_found()
        } else {
            empty
        },
    );
    let base = format!("{LIST}?state={}", state.map_or("", BulletinState::code));
    table.pager = Some(Pager {
        summary: format!("本页 {} 条，最近办理的在前", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(&app, "通知公告", LIST),
        "中心向社会发布的通知、公告：一人起草，另一名印章审核员或部门领导核对后发布。",
        table,
    );
    page.actions = vec![Link::new("起草通知公告", format!("{LIST}/new"))];
    let mut states = vec![Choice::new("", "全部")];
    states.extend(BulletinState::ALL.map(|state| Choice::new(state.code(), state.name())));
    page.filters = vec![
        Field::new("state", "状态", FieldKind::Select(states))
            .optional()
            .value(state.map_or("", BulletinState::code)),
    ];
    listing.answer(page).await
}

/// `GET /desk/bulletins/new`
pub(in crate::pages) async fn begin(State(app): State<App>, desk: Desk) -> Answer {
    if !desk.actor.post.role.is_center() {
        return Err(Problem::forbidden());
    }
    html(&new_page(&app, &desk))
}

/// `POST /desk/bulletins/new`
pub(in crate::pages) async fn write(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let text = |name: &str| fields.raw(name).unwrap_or_default();
    let written = app
        .platform
        .write_bulletin(&desk.actor, text("title"), text("text"))
        .await;
    match written.map_err(Problem::from) {
        Ok(id) => {
            desk.say("已保存", "核对显示的样子后提请发布。").await?;
            go(&path(id))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = new_page(&app, &desk);
            refill(&mut page, &fields);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/bulletins/{bulletin}`
pub(in crate::pages) async fn page(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<BulletinId>,
) -> Answer {
    html(&view(&app, &desk, id).await?)
}

/// `POST /desk/bulletins/{bulletin}/{act}`
pub(in crate::pages) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, step)): Path<(BulletinId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let text = |name: &str| fields.raw(name).unwrap_or_default().to_owned();
    let step = BulletinStep::ALL
        .into_iter()
        .find(|one| one.code() == step)
        .ok_or_else(Problem::not_found)?;
    let act = match step {
        BulletinStep::Write => return Err(Problem::not_found()),
        BulletinStep::Revise => BulletinAct::Revise {
            title: text("title"),
            text: text("text"),
        },
        BulletinStep::HandIn => BulletinAct::HandIn,
        BulletinStep::SendBack => BulletinAct::SendBack {
            reason: text("advice"),
        },
        BulletinStep::Publish => BulletinAct::Publish,
        BulletinStep::Withdraw => BulletinAct::Withdraw {
            reason: text("reason"),
        },
        BulletinStep::Discard => BulletinAct::Discard,
    };
    let version = fields.parsed("version").unwrap_or_default();
    let done = app
        .platform
        .act_on_bulletin(&desk.actor, id, version, &act)
        .await;
    match done.map_err(Problem::from) {
        Ok(bulletin) => {
            let (title, line) = match step {
                BulletinStep::Publish => ("已发布", "首页、通知公告和订阅源已可看到。"),
                BulletinStep::HandIn => ("已提请发布", "已通知印章审核员和部门领导。"),
                BulletinStep::Withdraw => ("已撤回", "公告页面只显示撤回的时间和原因。"),
                _ => ("已办理", ""),
            };
            desk.say(title, line).await?;
            go(&path(bulletin.id))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, id).await?;
            refill(&mut page, &fields);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn view(app: &App, desk: &Desk, id: BulletinId) -> Result<SheetPage, Problem> {
    let (bulletin, version) = app.platform.bulletin(&desk.actor, id).await?;
    let mut page = SheetPage::new(
        desk.frame(app, &bulletin.title, LIST)
            .below("通知公告", LIST),
        "",
    );
    page.chip = Some(chip(bulletin.state));
    if let Some(number) = bulletin.number {
        page.actions = vec![Link::new("查看公开页面", format!("/bulletins/{number}"))];
    }
    page.blocks.push(Block::Passages(
        "显示的样子".into(),
        vec![Passage::new(
            &bulletin.title,
            bulletin.paragraphs().collect::<Vec<_>>().join("\n\n"),
        )],
    ));
    let acts = acts(desk, &bulletin, version);
    if !acts.is_empty() {
        page.blocks.push(Block::Acts(acts));
    }
    if bulletin.check(BulletinStep::Revise, &desk.actor).is_ok() {
        let form = Form::new(
            address(&bulletin, BulletinStep::Revise),
            desk.csrf(),
            Button::primary("保存"),
        )
        .field(Field::hidden("version", version.to_string()));
        page.blocks.push(Block::Form(
            "修改".into(),
            with_words(form, &bulletin.title, &bulletin.text),
        ));
    }
    page.blocks
        .push(Block::History("办理记录".into(), history(&bulletin)));
    Ok(page)
}

fn acts(desk: &Desk, bulletin: &Bulletin, version: i64) -> Vec<Act> {
    let kinds = [
        (BulletinStep::HandIn, "arrow", "提请另一人核对后发布。"),
        (
            BulletinStep::Publish,
            "check",
            "发布后所有人可见，不能修改；有误的撤回后另行发布。",
        ),
        (BulletinStep::SendBack, "edit", "退回起草人修改。"),
        (
            BulletinStep::Withdraw,
            "cross",
            "公告页面将只显示撤回的时间和原因。",
        ),
        (BulletinStep::Discard, "cross", "不再发布。记录保留。"),
    ];
    kinds
        .into_iter()
        .filter(|(step, ..)| bulletin.check(*step, &desk.actor).is_ok())
        .map(|(step, icon, line)| {
            let form = Form::new(
                address(bulletin, step),
                desk.csrf(),
                Button::primary(step.name()),
            )
            .explain(line)
            .field(Field::hidden("version", version.to_string()));
            let reason = |name, label| Field::new(name, label, FieldKind::Area);
            let form = match step {
                BulletinStep::SendBack => form.field(reason("advice", "修改意见")),
                BulletinStep::Withdraw => {
                    form.field(reason("reason", "撤回原因").help("向社会公示，最多 200 字。"))
                }
                _ => form,
            };
            Act {
                id: step.code().into(),
                title: step.name().into(),
                icon,
                danger: matches!(step, BulletinStep::Withdraw | BulletinStep::Discard),
                open: matches!(step, BulletinStep::HandIn | BulletinStep::Publish),
                form,
            }
        })
        .collect()
}

fn new_page(app: &App, desk: &Desk) -> SheetPage {
    let form = Form::new(
        format!("{LIST}/new"),
        desk.csrf(),
        Button::primary("保存草稿"),
    );
    SheetPage::new(
        desk.frame(app, "起草通知公告", LIST)
            .below("通知公告", LIST),
        "保存后可以修改，提请发布并经另一人发布后才公开。",
    )
    .with(Block::Form("内容".into(), with_words(form, "", "")))
}

fn with_words(form: Form, title: &str, text: &str) -> Form {
    form.field(
        Field::text("title", "标题")
            .value(title)
            .help("一行，最多 80 字。")
            .with("maxlength", "80"),
    )
    .field(
        Field::new("text", "正文", FieldKind::Area)
            .value(text)
            .help("纯文字，换行即分段，最多 5000 字。不得含有身份证号、手机号等个人信息。"),
    )
}

fn refill(page: &mut SheetPage, fields: &Fields) {
    for block in &mut page.blocks {
        match block {
            Block::Form(_, form) => form.refill(&|name| fields.raw(name).map(ToOwned::to_owned)),
            Block::Acts(acts) => {
                for act in acts {
                    act.form
                        .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                }
            }
            _ => {}
        }
    }
}

fn history(bulletin: &Bulletin) -> Timeline {
    let moments = bulletin.history.iter().rev().map(|entry| {
        let moment = Moment {
            at: beijing::minute(entry.at),
            iso: entry.at.to_string(),
            who: words::who(&entry.by),
            what: entry.step.name().into(),
            note: None,
            tone: match entry.step {
                BulletinStep::Publish => Tone::Good,
                BulletinStep::SendBack => Tone::Warn,
                BulletinStep::Withdraw | BulletinStep::Discard => Tone::Bad,
                BulletinStep::Write | BulletinStep::Revise | BulletinStep::HandIn => Tone::Info,
            },
        };
        match &entry.reason {
            Some(reason) => moment.with_note(reason.clone()),
            None => moment,
        }
    });
    Timeline {
        moments: moments.collect(),
    }
}

fn chip(state: BulletinState) -> Chip {
    let tone = match state {
        BulletinState::Draft | BulletinState::Discarded => Tone::Neutral,
        BulletinState::Waiting => Tone::Warn,
        BulletinState::Published => Tone::Good,
        BulletinState::Withdrawn => Tone::Bad,
    };
    Chip::new(state.name(), tone)
}

fn address(bulletin: &Bulletin, step: BulletinStep) -> String {
    format!("{}/{}", path(bulletin.id), step.code())
}

fn path(id: BulletinId) -> String {
    format!("{LIST}/{id}")
}
