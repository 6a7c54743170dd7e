//! Stamping (用印) begins: a document and a seal, then the place. What follows is in `use_request`.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use casework::SealId;
use casework::use_request::Placement;
use platform::NewUse;
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, again, go, html, seal, words};
use crate::app::App;
use crate::form::{ProtectedForm, ProtectedUpload};
use crate::problem::Problem;
use crate::session::Desk;
use crate::uploads::{self, Waiting};
use crate::views::parts::{Button, Cell, Facts, Field, FieldKind, Form, Link, Notice, Tone};
use crate::views::{NewStampingPage, PagePicture, PlacePage, PlacedSeal};

/// Pages shown at once while placing.
pub(super) const SHOWN: usize = 4;

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
            // Seen by who may use it, and looked at before a place is looked for.
            app.platform.seal(&desk.actor, seal).await?;
            let kept = app.platform.keep_document(&file.name, file.bytes).await;
            kept.map_err(Problem::from).map(|kept| Waiting {
                id: Uuid::now_v7(),
                seal,
                name: file.name,
                purpose: fields.text("purpose").unwrap_or_default().to_owned(),
                close_document: fields.text("close_document").is_some(),
                document: kept.digest,
            })
        }
    };
    match outcome {
        Ok(waiting) => {
            let id = waiting.id;
            uploads::keep(&desk.visitor.session, waiting).await?;
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
    let waiting = uploads::find(&desk.visitor.session, upload)
        .await?
        .ok_or_else(gone)?;
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
    let waiting = uploads::find(&desk.visitor.session, upload)
        .await?
        .ok_or_else(gone)?;
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
                document: app.platform.kept_document(&waiting.document).await?,
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
                from: crate::session::address(peer.map(|Extension(peer)| peer), &headers),
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
            uploads::forget(&desk.visitor.session, upload).await?;
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
    let document = app.platform.kept_document(&waiting.document).await?;
    let size = words::size(document.len() as u64);
    let chosen = app.platform.page(document.clone(), number).await?;
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
            app.platform.page(document.clone(), page).await?
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
            .with("文件", format!("{size}，共 {count} 页")),
        pages,
        more,
        form,
    })
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
