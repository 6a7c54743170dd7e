//! A stamping request (用印申请): what is asked, the approval, the stamp, the file; and the record of every use.

use axum::extract::{Path, Query, State};
use casework::use_request::{UseAct, UseState, UseWhat};
use casework::{Role, UseRequestId};
use platform::UseRecord;
use serde::Deserialize;

use super::material::send;
use super::stamping::{SHOWN, picture};
use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act as ActView, Button, Cell, Column, Empty, Facts, Field, FieldKind, Form, Link, Moment,
    Notice, Pager, Row, Tab, Table, Tabs, Timeline, Tone,
};
use crate::views::{ListPage, PagePicture, PlacedSeal, StampingPage, Turn};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    after: Option<String>,
}

/// `GET /desk/uses`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let states = [
        ("", "全部"),
        ("requested", "待审批"),
        ("approved", "待盖章"),
        ("stamped", "已用印"),
        ("rejected", "未批准"),
    ];
    let state = states
        .iter()
        .map(|(code, _)| *code)
        .find(|code| wanted.state.as_deref() == Some(code))
        .unwrap_or_default();
    let later = wanted.after.as_ref().is_some_and(|after| !after.is_empty());
    let mut pages = listing.pages(wanted.after, 20);
    while let Some(page) = pages.wanted() {
        pages.put(
            app.platform
                .use_records(&desk.actor, None, words::some_text(state.to_owned()), &page)
                .await?,
        );
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|used| {
        let request = &used.request;
        Row::new(vec![
            Cell::link(&request.document_name, format!("/desk/uses/{}", request.id))
                .with_sub(request.purpose.clone()),
            Cell::text(&used.seal_name).with_sub(used.seal_code.clone()),
            Cell::text(&request.requested_by.name).with_sub(beijing::minute(request.requested_at)),
            words::use_chip(&request.state).into(),
        ])
    });
    let agent = desk.actor.post.role == Role::Agent;
    let empty = Empty::new(
        "stamp",
        "没有用印记录",
        "每一次用印的申请、审批和盖章都记录在此。",
    );
    let empty = if agent {
        empty.next(Link::new("文件盖章", "/desk/stamping"))
    } else {
        empty
    };
    let mut table = Table::new(
        "用印记录",
        vec![
            Column::new("文件与用途").split("文件", "用途"),
            Column::new("印章").split("印章", "印章编码"),
            Column::short("申请人").split("申请人", "申请时间"),
            Column::short("状态"),
        ],
        rows.collect(),
        empty,
    );
    let base = format!("/desk/uses?state={state}");
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: later.then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let title = if desk.actor.post.role == Role::UnitApprover {
        "用印审批"
    } else {
        "用印记录"
    };
    let mut page = ListPage::new(
        desk.frame(&app, title, "/desk/uses"),
        "本单位每一次用印：谁、何时、用哪枚章、盖什么文件、为什么、谁批准。",
        table,
    );
    page.tabs = Some(Tabs {
        label: "用印状态".into(),
        tabs: states
            .iter()
            .map(|(code, label)| Tab {
                label: (*label).into(),
                href: format!("/desk/uses?state={code}"),
                count: None,
                current: *code == state,
                hot: false,
            })
            .collect(),
    });
    if agent {
        page.actions = vec![Link::new("文件盖章", "/desk/stamping")];
    }
    listing.answer(page).await
}

/// `GET /desk/uses/{id}`
pub(super) async fn page(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<UseRequestId>,
) -> Answer {
    let record = app.platform.use_record(&desk.actor, id).await?;
    html(&view(&app, &desk, &record).await?)
}

/// `POST /desk/uses/{id}/acts/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, act)): Path<(UseRequestId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match act.as_str() {
        "stamp" => {
            let pin = fields.raw("pin").unwrap_or_default();
            app.platform.stamp(&desk.actor, id, pin).await.map(drop)
        }
        "approve" => {
            let act = UseAct::Approve {
                until: None,
                times: 1,
            };
            app.platform
                .decide_on_use(&desk.actor, id, act)
                .await
                .map(drop)
        }
        "reject" => {
            let act = UseAct::Reject {
                reason: fields.text("reason").unwrap_or_default().to_owned(),
            };
            app.platform
                .decide_on_use(&desk.actor, id, act)
                .await
                .map(drop)
        }
        "cancel" => app
            .platform
            .decide_on_use(&desk.actor, id, UseAct::Cancel)
            .await
            .map(drop),
        _ => return Err(Problem::not_found()),
    };
    match outcome.map_err(Problem::from) {
        Ok(()) => {
            let (said, line) = match act.as_str() {
                "stamp" => ("盖章完成", "可以下载已盖章的文件。"),
                "approve" => ("已批准用印", "申请人凭签章口令盖章。"),
                "reject" => ("未批准用印，已告知申请人", ""),
                _ => ("用印申请已取消", ""),
            };
            desk.say(said, line).await?;
            go(&format!("/desk/uses/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let record = app.platform.use_record(&desk.actor, id).await?;
            let mut page = view(&app, &desk, &record).await?;
            page.notices.insert(0, problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/uses/{id}/document.ofd`
pub(super) async fn document(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<UseRequestId>,
) -> Answer {
    let file = app.platform.use_document(&desk.actor, id).await?;
    Ok(send("application/ofd", Some(&file.name), file.bytes))
}

/// `GET /desk/uses/{id}/stamped.ofd`
pub(super) async fn stamped(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<UseRequestId>,
) -> Answer {
    let file = app.platform.stamped_file(&desk.actor, id).await?;
    Ok(send("application/ofd", Some(&file.name), file.bytes))
}

async fn view(app: &App, desk: &Desk, record: &UseRecord) -> Result<StampingPage, Problem> {
    let request = &record.request;
    let id = request.id;
    let stamped = matches!(request.state, UseState::Stamped { .. });
    let document = if stamped {
        app.platform.stamped_file(&desk.actor, id).await?.bytes
    } else {
        app.platform.use_document(&desk.actor, id).await?.bytes
    };
    let (width, height) = (
        f64::from(record.seal_width) / 10.0,
        f64::from(record.seal_height) / 10.0,
    );
    let mut pages = Vec::new();
    let mut count = 0;
    let mut numbers: Vec<u32> = request
        .placements
        .iter()
        .map(|placement| placement.page)
        .collect();
    numbers.dedup();
    for number in numbers.into_iter().take(SHOWN) {
        let drawn = app.platform.page(document.clone(), number as usize).await?;
        count = drawn.pages;
        let placement = request
            .placements
            .iter()
            .find(|placement| placement.page == number);
        pages.push(PagePicture {
            number: number as usize,
            width_mm: drawn.width_mm,
            height_mm: drawn.height_mm,
            src: picture(&drawn.svg),
            seal: placement.filter(|_| !stamped).map(|placement| PlacedSeal {
                src: format!("/desk/seals/{}/picture.png", request.seal),
                x_mm: f64::from(placement.x) / 10.0,
                y_mm: f64::from(placement.y) / 10.0,
                width_mm: width,
                height_mm: height,
            }),
        });
    }
    let places: Vec<_> = request
        .placements
        .iter()
        .map(|place| {
            format!(
                "第 {} 页，距左 {} 毫米、距上 {} 毫米",
                place.page,
                f64::from(place.x) / 10.0,
                f64::from(place.y) / 10.0
            )
        })
        .collect();
    let mut facts = Facts::new()
        .with(
            "文件",
            Cell::link(
                &request.document_name,
                format!("/desk/uses/{id}/document.ofd"),
            )
            .with_sub(format!("共 {count} 页")),
        )
        .with(
            "印章",
            Cell::link(&record.seal_name, format!("/desk/seals/{}", request.seal))
                .with_sub(record.seal_code.clone()),
        )
        .with("用章事由", request.purpose.clone())
        .with("盖章位置", places.join("；"))
        .with(
            "申请人",
            Cell::text(words::who(&request.requested_by))
                .with_sub(beijing::minute(request.requested_at)),
        );
    if record.close_document {
        facts = facts.with("文件封闭", "盖章后不允许再加盖");
    }
    let facts = facts
        .with("文件摘要（SM3）", Cell::mono(request.document.to_string()))
        .with_some(
            "盖章后摘要（SM3）",
            record.result.map(|digest| Cell::mono(digest.to_string())),
        );
    let mut downloads = Vec::new();
    if stamped {
        downloads.push(Link::new(
            "下载已盖章文件",
            format!("/desk/uses/{id}/stamped.ofd"),
        ));
        downloads.push(Link::new("去验章", "/verify"));
    }
    let mut notices = Vec::new();
    if record.unfinished.is_some() {
        notices
            .push(Notice::new(Tone::Info, "正在写入印章").line("平台会自动完成，请稍后刷新本页。"));
    }
    Ok(StampingPage {
        frame: desk
            .frame(app, "用印申请", "/desk/uses")
            .below("用印记录", "/desk/uses"),
        chip: words::use_chip(&request.state),
        meta: vec![
            record.seal_name.clone(),
            format!("{} 申请", beijing::minute(request.requested_at)),
        ],
        turn: turn(record, desk),
        notices,
        facts,
        pages,
        acts: acts(record, desk),
        downloads,
        timeline: timeline(record),
    })
}

fn turn(record: &UseRecord, desk: &Desk) -> Turn {
    let request = &record.request;
    let role = desk.actor.post.role;
    let own = request.requested_by.person == desk.actor.person;
    let (mine, closed, icon, who, since, next) = match &request.state {
        UseState::Requested => {
            let mine = role == Role::UnitApprover && !own;
            (
                mine,
                false,
                "clock",
                "本单位审批人审批",
                request.requested_at,
                "同意后由经办人凭签章口令盖章。".to_owned(),
            )
        }
        UseState::Approved { at, until, .. } => {
            let next = format!(
                "输入签章口令后盖章，请于 {} 前完成。",
                beijing::minute(*until)
            );
            (role == Role::Agent, false, "stamp", "经办人盖章", *at, next)
        }
        UseState::Stamped { at, .. } => (
            false,
            true,
            "ok",
            "盖章完成",
            *at,
            "可以下载文件；任何人都可在「文件验章」核验。".to_owned(),
        ),
        UseState::Rejected { at, reason, .. } => (
            false,
            false,
            "bad",
            "未批准",
            *at,
            format!("理由：{reason}"),
        ),
        UseState::Cancelled { at, .. } => (
            false,
            false,
            "revoke",
            "已取消",
            *at,
            "需要时请重新申请。".to_owned(),
        ),
    };
    Turn {
        mine,
        closed,
        icon,
        who: if mine {
            format!("轮到您：{who}")
        } else {
            who.to_owned()
        },
        since: beijing::minute(since),
        next,
        go: None,
    }
}

/// What this post may do with the request; the rules have the last word.
fn acts(record: &UseRecord, desk: &Desk) -> Vec<ActView> {
    let request = &record.request;
    let role = desk.actor.post.role;
    let own = request.requested_by.person == desk.actor.person;
    let form = |code: &str, button: Button| {
        Form::new(
            format!("/desk/uses/{}/acts/{code}", request.id),
            desk.csrf(),
            button,
        )
    };
    let act = |id: &str, title: &str, icon: &'static str, danger: bool, form: Form| ActView {
        id: id.into(),
        title: title.into(),
        icon,
        danger,
        open: !danger,
        form,
    };
    let mut acts = Vec::new();
    match &request.state {
        UseState::Requested if role == Role::UnitApprover && !own => {
            let approve = form("approve", Button::primary("同意用印"))
                .explain("请核对文件内容、用途和盖章位置。批准只对这一份文件、盖一次有效。");
            acts.push(act("approve", "同意用印", "check", false, approve));
            let reject = form("reject", Button::primary("不同意").dangerous())
                .field(Field::new("reason", "理由", FieldKind::Area).with("maxlength", "500"));
            acts.push(act("reject", "不同意用印", "cross", true, reject));
        }
        UseState::Approved { .. } if role == Role::Agent => {
            let stamp = form("stamp", Button::primary("盖章"))
                .explain("密钥只在您输入签章口令后使用一次。")
                .field(
                    Field::new("pin", "签章口令", FieldKind::Input("password"))
                        .with("autocomplete", "off"),
                );
            acts.push(act("stamp", "盖章", "stamp", false, stamp));
        }
        _ => {}
    }
    if own
        && matches!(
            request.state,
            UseState::Requested | UseState::Approved { .. }
        )
    {
        acts.push(act(
            "cancel",
            "取消申请",
            "revoke",
            true,
            form("cancel", Button::primary("取消申请").dangerous()),
        ));
    }
    acts
}

fn timeline(record: &UseRecord) -> Timeline {
    let request = &record.request;
    let moments = request.timeline.iter().rev().map(|event| {
        let (what, note, tone) = match &event.what {
            UseWhat::Approved { until, .. } => (
                "同意用印",
                Some(format!("有效至 {}", beijing::minute(*until))),
                Tone::Good,
            ),
            UseWhat::Rejected { reason } => ("不同意用印", Some(reason.clone()), Tone::Bad),
            UseWhat::Stamped { .. } => ("盖章", None, Tone::Good),
            UseWhat::Cancelled => ("取消申请", None, Tone::Neutral),
        };
        Moment {
            at: beijing::second(event.at),
            iso: event.at.to_string(),
            who: words::who(&event.by),
            what: what.into(),
            note,
            tone,
        }
    });
    let asked = Moment {
        at: beijing::second(request.requested_at),
        iso: request.requested_at.to_string(),
        who: words::who(&request.requested_by),
        what: "提交用印申请".into(),
        note: record.from.as_ref().map(|from| format!("来自 {from}")),
        tone: Tone::Info,
    };
    Timeline {
        moments: moments.chain([asked]).collect(),
    }
}
