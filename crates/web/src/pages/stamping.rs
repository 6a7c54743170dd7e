//! Stamping (用印): a document and a seal, the place, the request, the approval, the stamp, the file.

use std::net::{IpAddr, SocketAddr};

use axum::Extension;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use casework::use_request::{Placement, UseAct, UseState, UseWhat};
use casework::{Role, SealId, UseRequestId};
use platform::ports::store::PageRequest;
use platform::{NewUse, UseRecord};
use serde::Deserialize;
use uuid::Uuid;

use super::material::send;
use super::{Answer, again, go, html, seal, words};
use crate::app::App;
use crate::beijing;
use crate::form::{ProtectedForm, ProtectedUpload};
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::uploads::Waiting;
use crate::views::parts::{
    Act as ActView, Button, Cell, Column, Empty, Facts, Field, FieldKind, Form, Link, Moment,
    Notice, Pager, Row, Tab, Table, Tabs, Timeline, Tone,
};
use crate::views::{
    ListPage, NewStampingPage, PagePicture, PlacePage, PlacedSeal, StampingPage, Turn,
};

/// Pages shown at once while placing.
const SHOWN: usize = 4;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Begin {
    seal: Option<String>,
}

/// `GET /desk/stamping`
pub(super) async fn begin(
    State(app): State<App>,
    desk: Desk,
    Query(query): Query<Begin>,
) -> Answer {
    html(&begin_page(&app, &desk, query.seal.as_deref()).await?)
}

/// `POST /desk/stamping`: the document waits while its owner looks for the place.
pub(super) async fn upload(
    State(app): State<App>,
    desk: Desk,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let outcome = match (files.into_iter().next(), fields.parsed::<SealId>("seal")) {
        (None, _) => Err(refused("file_missing", "请选择要盖章的 OFD 文件。")),
        (_, None) => Err(refused("seal_missing", "请选择印章。")),
        (Some(file), Some(seal)) => {
            // Drawn once here, so that what is no document is refused before a place is looked for.
            let drawn = app
                .platform
                .page(file.bytes.clone(), 1)
                .await
                .map_err(Problem::from);
            drawn.map(|_| Waiting {
                id: Uuid::now_v7(),
                owner: desk.account.id,
                at: app.platform.now(),
                seal,
                name: file.name,
                purpose: fields.text("purpose").unwrap_or_default().to_owned(),
                close_document: fields.text("close_document").is_some(),
                bytes: file.bytes,
            })
        }
    };
    match outcome {
        Ok(waiting) => {
            app.platform.seal(&desk.actor, waiting.seal).await?;
            let id = waiting.id;
            app.uploads.keep(waiting);
            go(&format!("/desk/stamping/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = begin_page(&app, &desk, fields.text("seal")).await?;
            page.form
                .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    page: Option<usize>,
    x: Option<f64>,
    y: Option<f64>,
}

/// `GET /desk/stamping/{upload}`: the pages with the seal; without script the numbers move it (预览位置).
pub(super) async fn place_page(
    State(app): State<App>,
    desk: Desk,
    Path(upload): Path<Uuid>,
    Query(place): Query<Place>,
) -> Answer {
    let waiting = app.uploads.find(upload, desk.account.id).ok_or_else(gone)?;
    html(&placing(&app, &desk, &waiting, &place).await?)
}

/// `POST /desk/stamping/{upload}`: asks for the use of the seal at this place.
pub(super) async fn place(
    State(app): State<App>,
    desk: Desk,
    Path(upload): Path<Uuid>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let waiting = app.uploads.find(upload, desk.account.id).ok_or_else(gone)?;
    let place = Place {
        page: fields.parsed("page"),
        x: fields.parsed("x"),
        y: fields.parsed("y"),
    };
    if fields.text("then") == Some("preview") {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let page = place.page.unwrap_or(1);
        return go(&format!(
            "/desk/stamping/{upload}?page={page}&x={}&y={}#page-{page}",
            number(place.x),
            number(place.y)
        ));
    }
    let outcome = match (place.page, place.x, place.y) {
        (Some(page), Some(x), Some(y)) => {
            let new = NewUse {
                seal: waiting.seal,
                document_name: waiting.name.clone(),
                document: waiting.bytes.clone(),
                purpose: fields
                    .text("purpose")
                    .unwrap_or(&waiting.purpose)
                    .to_owned(),
                placements: vec![Placement {
                    page: u32::try_from(page).unwrap_or(u32::MAX),
                    x: tenths(x),
                    y: tenths(y),
                }],
                close_document: waiting.close_document,
                from: address(peer.map(|Extension(peer)| peer), &headers),
            };
            app.platform
                .request_use(&desk.actor, new)
                .await
                .map_err(Problem::from)
        }
        _ => Err(refused(
            "position_missing",
            "请填写页码和距左、距上的毫米数。",
        )),
    };
    match outcome {
        Ok(id) => {
            app.uploads.forget(upload);
            desk.say("用印申请已提交", "本单位审批人同意后，即可凭签章口令盖章。")
                .await?;
            go(&format!("/desk/uses/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = placing(&app, &desk, &waiting, &place).await?;
            page.form
                .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    after: Option<String>,
}

/// `GET /desk/uses`
pub(super) async fn list(
    State(app): State<App>,
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
    let request = PageRequest {
        after: wanted.after.filter(|after| !after.is_empty()),
        limit: 20,
    };
    let found = app
        .platform
        .use_records(
            &desk.actor,
            None,
            words::some_text(state.to_owned()),
            &request,
        )
        .await?;
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
            Column::new("文件与用途"),
            Column::new("印章"),
            Column::short("申请人"),
            Column::short("状态"),
        ],
        rows.collect(),
        empty,
    );
    let base = format!("/desk/uses?state={state}");
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: request.after.is_some().then(|| base.clone()),
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
    html(&page)
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

async fn begin_page(
    app: &App,
    desk: &Desk,
    chosen: Option<&str>,
) -> Result<NewStampingPage, Problem> {
    let seals = seal::usable(app, desk).await?;
    let mut frame = desk.frame(app, "文件盖章", "/desk/stamping");
    if seals.is_empty() {
        let mut notice = Notice::new(Tone::Warn, "本单位没有可以使用的电子印章")
            .line("办理印章申请并领取后，即可在此盖章。");
        notice.link = Some(Link::new("查看印章登记", "/desk/seals"));
        frame.notices.push(notice);
    }
    let chosen = chosen
        .map(ToOwned::to_owned)
        .or_else(|| match seals.as_slice() {
            [only] if !only.disabled => Some(only.value.clone()),
            _ => None,
        });
    let most = app.platform.settings().max_file_bytes / (1024 * 1024);
    let has_seals = !seals.is_empty();
    let mut form = Form::new(
        "/desk/stamping",
        desk.csrf(),
        Button::primary("下一步：确定盖章位置"),
    )
    .field(
        Field::new(
            "file",
            "要盖章的文件",
            FieldKind::File(".ofd,application/ofd"),
        )
        .placeholder(format!("OFD 版式文件，不超过 {most} MB。")),
    )
    .field(Field::new("seal", "印章", FieldKind::Choice(seals)).value(chosen.unwrap_or_default()))
    .field(
        Field::text("purpose", "用章事由")
            .placeholder("例如：印发关于……的通知")
            .with("maxlength", "200"),
    )
    .field(
        Field::new("close_document", "文件封闭", FieldKind::Tick)
            .placeholder("盖章后不允许他人再加盖印章")
            .optional(),
    );
    if !has_seals {
        form = form.rule("本单位有状态为「有效」的印章", false);
    }
    Ok(NewStampingPage {
        frame,
        form,
        hints: vec![
            "电子印章的使用审批参照实物印章，经批准同意后方可盖章；严禁不按照审批权限使用。".into(),
            "审批人看到的就是将要盖章的文件，批准后文件不能更换。".into(),
            "每次用印自动记录：谁、何时、哪枚章、什么文件、为什么、谁批准。".into(),
            "USB KEY 中的印章须使用介质盖章，不能在此选择。".into(),
        ],
    })
}

async fn placing(
    app: &App,
    desk: &Desk,
    waiting: &Waiting,
    place: &Place,
) -> Result<PlacePage, Problem> {
    let seal = app.platform.seal(&desk.actor, waiting.seal).await?;
    let record = &seal.record;
    let (width, height) = (record.width.as_f64(), record.height.as_f64());
    let number = place.page.unwrap_or(1).max(1);
    let chosen = app.platform.page(waiting.bytes.clone(), number).await?;
    let count = chosen.pages;
    // Lower right, where a unit signs its documents.
    let x = place
        .x
        .unwrap_or_else(|| half((chosen.width_mm - width - 30.0).max(0.0)));
    let y = place
        .y
        .unwrap_or_else(|| half((chosen.height_mm - height - 45.0).max(0.0)));
    let src = format!("/desk/seals/{}/picture.png", record.id);
    let first = number.saturating_sub(1) / SHOWN * SHOWN + 1;
    let last = count.min(first + SHOWN - 1);
    let mut pages = Vec::new();
    let mut notes = chosen.notes.clone();
    for page in first..=last {
        let drawn = if page == number {
            chosen.clone()
        } else {
            app.platform.page(waiting.bytes.clone(), page).await?
        };
        notes.extend(drawn.notes);
        pages.push(PagePicture {
            number: page,
            width_mm: drawn.width_mm,
            height_mm: drawn.height_mm,
            src: picture(&drawn.svg),
            seal: (page == number).then(|| PlacedSeal {
                src: src.clone(),
                x_mm: x,
                y_mm: y,
                width_mm: width,
                height_mm: height,
            }),
        });
    }
    let millimetres = |name: &str, label: &str, value: f64, most: f64| {
        Field::new(name, label, FieldKind::Input("number"))
            .unit("毫米")
            .value(value.to_string())
            .with("step", "0.5")
            .with("min", "0")
            .with("max", half(most.max(0.0)).to_string())
    };
    let form = Form::new(
        format!("/desk/stamping/{}", waiting.id),
        desk.csrf(),
        Button::primary("提交用印审批"),
    )
    .field(
        Field::new("page", "页码", FieldKind::Input("number"))
            .value(number.to_string())
            .with("min", "1")
            .with("max", count.to_string())
            .help(format!("共 {count} 页")),
    )
    .field(millimetres(
        "x",
        "印章左边距页面左边",
        x,
        chosen.width_mm - width,
    ))
    .field(millimetres(
        "y",
        "印章上边距页面上边",
        y,
        chosen.height_mm - height,
    ))
    .field(
        Field::text("purpose", "用章事由")
            .value(&waiting.purpose)
            .with("maxlength", "200"),
    )
    .button(Button {
        skips_checks: true,
        ..Button::other("预览位置", "then", "preview")
    });
    let mut frame = desk
        .frame(app, "确定盖章位置", "/desk/stamping")
        .below("文件盖章", "/desk/stamping")
        .script("js/place.js");
    notes.sort();
    notes.dedup();
    if !notes.is_empty() {
        let notice = Notice::new(Tone::Info, "页面预览与原文件可能略有差别，盖章位置不受影响");
        frame
            .notices
            .push(notes.into_iter().take(3).fold(notice, Notice::line));
    }
    let jump = |page: usize, label: &str| {
        Link::new(label, format!("/desk/stamping/{}?page={page}", waiting.id))
    };
    let mut more = Vec::new();
    if first > 1 {
        more.push(jump(first - SHOWN, "前几页"));
    }
    if last < count {
        more.push(jump(last + 1, "后几页"));
        more.push(jump(count, "最后一页"));
    }
    Ok(PlacePage {
        frame,
        document: waiting.name.clone(),
        facts: Facts::new()
            .with(
                "印章",
                Cell::text(&record.name).with_sub(record.code.to_string()),
            )
            .with("尺寸", format!("{} × {} 毫米", record.width, record.height))
            .with(
                "文件",
                format!("{}，共 {count} 页", words::size(waiting.bytes.len() as u64)),
            ),
        pages,
        more,
        form,
    })
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
        UseState::Requested => {
            if role == Role::UnitApprover && !own {
                let approve = form("approve", Button::primary("同意用印"))
                    .explain("请核对文件内容、用途和盖章位置。批准只对这一份文件、盖一次有效。");
                acts.push(act("approve", "同意用印", "check", false, approve));
                let reject = form("reject", Button::primary("不同意").dangerous())
                    .field(Field::new("reason", "理由", FieldKind::Area).with("maxlength", "500"));
                acts.push(act("reject", "不同意用印", "cross", true, reject));
            }
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

/// A page as an address that an `<image>` can show; scripts in it never run.
pub(super) fn picture(svg: &str) -> String {
    format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg))
}

fn tenths(millimetres: f64) -> i32 {
    // Far more than any page; what is off the page is refused by the rules with its own words.
    (millimetres.clamp(-100_000.0, 100_000.0) * 10.0).round() as i32
}

fn half(millimetres: f64) -> f64 {
    (millimetres * 2.0).floor() / 2.0
}

/// The client's address: the peer's own, or what a proxy on this machine says about it.
fn address(peer: Option<ConnectInfo<SocketAddr>>, headers: &HeaderMap) -> Option<String> {
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    if peer.is_some_and(|peer| peer.is_loopback()) {
        let forwarded = headers
            .get("x-forwarded-for")
            .and_then(|value| value.to_str().ok());
        let last = forwarded
            .and_then(|list| list.rsplit(',').next())
            .map(str::trim);
        if let Some(address) = last.and_then(|address| address.parse::<IpAddr>().ok()) {
            return Some(address.to_string());
        }
    }
    peer.map(|peer| peer.to_string())
}

fn gone() -> Problem {
    let mut problem = Problem::from(platform::Error::refused(
        "upload_gone",
        "上传的文件已超过保留时间，请重新上传。",
    ));
    problem.next = Some(Link::new("重新上传", "/desk/stamping"));
    problem
}

fn refused(code: &'static str, message: &str) -> Problem {
    Problem::from(platform::Error::refused(code, message))
}
