//! Beginning a case: a new seal by its kind, every other business from seals of the unit's register.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::{Act, ApplicationId, BusinessType, CaseId, Role, SealId, SealKind};
use platform::RegisteredSeal;
use platform::ports::store::{Page, PageRequest};
use serde::Deserialize;
use uuid::Uuid;

use super::super::correction::step_path;
use super::super::{Answer, again, go, guide, html, words};
use super::{check, draft, steps};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Choice, Column, Empty, Field, FieldKind, Form, Link, Notice, Pager, Row, Table,
    Tone,
};
use crate::views::{BusinessDoor, ListPage, NewCasePage, PickForm};

/// Seals on one page of the choice.
const PAGE: u32 = 30;

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Wanted {
    business: Option<String>,
    /// A seal that the reader comes from.
    seal: Option<SealId>,
    q: Option<String>,
    after: Option<String>,
}

/// Only an agent files; everybody else is told so before they fill in anything.
pub(in super::super) fn agents_only(desk: &Desk) -> Result<(), Problem> {
    let role = desk.actor.post.role;
    if role == Role::Agent {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "opened_by_wrong_role",
        "发起申请由经办人办理",
        &format!(
            "您当前的岗位是{}，申请由申请单位的经办人填写、提交。",
            role.name()
        ),
    )
    .advice("请由本单位经办人登录后发起申请。")
    .advice("您兼任经办人的，请在「个人与岗位」中切换岗位后再发起。"))
}

/// `GET /desk/cases/new`
pub(in super::super) async fn choose(
    State(app): State<App>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    agents_only(&desk)?;
    match wanted.business.as_deref().and_then(BusinessType::find) {
        Some(business) if business.needs_existing_seal() => {
            html(&seals_page(&app, &desk, business, &wanted).await?)
        }
        _ => html(&page(&app, &desk, SealKind::Unit.code())),
    }
}

/// `POST /desk/cases`
pub(in super::super) async fn open(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    match fields.text("business").and_then(BusinessType::find) {
        Some(BusinessType::New) => open_new(&app, &desk, &fields).await,
        Some(business) => open_for_seals(&app, &desk, business, &fields).await,
        None => {
            let mut page = page(&app, &desk, SealKind::Unit.code());
            let text = "请选择要办理的业务。";
            let problem = platform::Error::refused("choose_business_and_kind", text);
            page.frame.notices.push(Problem::from(problem).notice());
            again(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn open_new(app: &App, desk: &Desk, fields: &Fields) -> Answer {
    let Some(kind) = fields.text("seal_kind").and_then(SealKind::find) else {
        let mut page = page(app, desk, "");
        let text = "请选择一项印章类型。";
        let problem = platform::Error::refused("choose_business_and_kind", text);
        page.frame.notices.push(Problem::from(problem).notice());
        return again(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let opened = async {
        let business = BusinessType::New;
        let case = app.platform.open_case(&desk.actor, business).await?;
        let application = ApplicationId::from_uuid(Uuid::now_v7());
        let draft = draft::begin(desk, business, kind);
        let add = Act::AddApplication { application, draft };
        app.platform.act(&desk.actor, case, None, add).await?;
        Ok::<_, platform::Error>((case, application))
    };
    match opened.await.map_err(Problem::from) {
        Ok((case, application)) => go(&step_path(case, application, "seal")),
        Err(problem) if problem.can_be_put_right() => {
            let mut page = page(app, desk, kind.code());
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// Begins with the seals that were ticked, or with the one whose page the button stands on.
async fn open_for_seals(app: &App, desk: &Desk, business: BusinessType, fields: &Fields) -> Answer {
    let seals: Vec<SealId> = fields
        .all("seal")
        .filter_map(|id| id.parse().ok())
        .collect();
    let opened = if seals.is_empty() {
        let text = format!("请勾选要办理{}的电子印章。", business.name());
        Err(platform::Error::refused("choose_seals", text))
    } else {
        app.platform
            .open_case_for(&desk.actor, business, &seals)
            .await
    };
    match opened.map_err(Problem::from) {
        Ok(case) => go(&first_step(app, desk, case).await?),
        Err(problem) if problem.can_be_put_right() => {
            let mut page = seals_page(app, desk, business, &Wanted::default()).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// Where the first thing is asked that the register did not answer.
async fn first_step(app: &App, desk: &Desk, case: CaseId) -> Result<String, Problem> {
    let view = app.platform.case(&desk.actor, case).await?;
    let Some(application) = view.case.live_applications().next() else {
        return Ok(format!("/desk/cases/{case}"));
    };
    let errors = check(app, desk, &view, application).await?;
    let step = steps::first_open(&view, application, &errors);
    Ok(step_path(case, application.id, step))
}

fn page(app: &App, desk: &Desk, kind: &str) -> NewCasePage {
    let kinds = SealKind::ALL
        .iter()
        .map(|kind| {
            Choice::new(kind.code(), kind.name()).hint(match kind {
                SealKind::Unit => "印模为单位印章样式",
                SealKind::Personal => "印模为手写签字、个人签章样式",
                SealKind::Device => "用于自动签章服务器批量签章，须有 P10 证书请求",
            })
        })
        .collect();
    let form = Form::new("/desk/cases", desk.csrf(), Button::primary("填写申请表"))
        .field(Field::hidden("business", BusinessType::New.code()))
        .field(Field::new("seal_kind", "印章类型", FieldKind::Choice(kinds)).value(kind));
    let others = BusinessType::ALL
        .iter()
        .filter(|business| business.needs_existing_seal())
        .map(|business| BusinessDoor {
            link: Link::new(
                business.name(),
                format!("/desk/cases/new?business={}", business.code()),
            ),
            icon: guide::icon_of(business.code()),
            hint: what(*business),
        })
        .collect();
    NewCasePage {
        frame: desk.frame(app, "发起申请", "/desk/cases/new"),
        form,
        others,
    }
}

fn what(business: BusinessType) -> &'static str {
    match business {
        BusinessType::New => "新制作一枚电子印章",
        BusinessType::Renewal => "到期前三十日内续期，内容自动带出",
        BusinessType::Change => "印模、名称或单位信息变化",
        BusinessType::Revocation => "停止使用，注销印章",
        BusinessType::Reissue => "丢失、失控后重新绑定",
        BusinessType::Unlock => "重置 USB KEY 口令",
    }
}

/// The unit's seals: those that the business is open for can be ticked, the others say why not.
async fn seals_page(
    app: &App,
    desk: &Desk,
    business: BusinessType,
    wanted: &Wanted,
) -> Result<ListPage, Problem> {
    let text = wanted
        .q
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(ToOwned::to_owned);
    let request = PageRequest {
        after: wanted.after.clone().filter(|after| !after.is_empty()),
        limit: PAGE,
    };
    let found = match wanted.seal {
        Some(seal) => Page {
            rows: vec![app.platform.seal(&desk.actor, seal).await?],
            next: None,
        },
        None => {
            app.platform
                .seals(&desk.actor, text.clone(), &request)
                .await?
        }
    };
    let rows: Vec<Row> = found
        .rows
        .iter()
        .map(|seal| row(app, business, seal))
        .collect();
    let open = rows.iter().filter(|row| row.pick.is_some()).count();
    let empty = if text.is_some() {
        ListPage::nothing_found()
    } else {
        Empty::new(
            "seal",
            "本单位还没有电子印章",
            "延期、变更、撤销、补办和解锁从已有的电子印章开始；没有电子印章的，请先办理印章申请。",
        )
        .next(Link::new("印章申请", "/desk/cases/new"))
    };
    let mut table = Table::new(
        "可办理的电子印章",
        vec![
            Column::new("印章名称").split("印章名称", "印章编码"),
            Column::short("类型与介质").split("类型", "介质"),
            Column::short("状态"),
            Column::short("有效期至"),
            Column::new("能否办理"),
        ],
        rows,
        empty,
    );
    table.pick = Some("seal".into());
    let base = format!(
        "/desk/cases/new?business={}&q={}",
        business.code(),
        form_encode(text.as_deref().unwrap_or_default())
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 枚，其中 {open} 枚可以办理", found.rows.len()),
        first: request.after.is_some().then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let lead = "勾选一枚或几枚电子印章，申请表由印章登记带出，只填写要改变的内容。几枚一并办理的，只需一份红头函。";
    let frame = desk
        .frame(app, business.name(), "/desk/cases/new")
        .below("发起申请", "/desk/cases/new");
    let mut page = ListPage::new(frame, lead, table);
    page.filter_action = "/desk/cases/new".into();
    let mut search = Field::new("q-filter", "关键字", FieldKind::Input("search"))
        .optional()
        .value(text.unwrap_or_default())
        .placeholder("印章编码、印章名称")
        .growing();
    search.name = "q".into();
    page.filters = vec![Field::hidden("business", business.code()), search];
    if open > 0 {
        page.pick = Some(PickForm {
            action: "/desk/cases".into(),
            title: format!("对勾选的印章办理{}", business.name()),
            fields: vec![Field::hidden("business", business.code())],
            rules: Vec::new(),
            button: "填写申请".into(),
        });
    } else if !page.table.rows.is_empty() {
        page.notice = Some(
            Notice::new(
                Tone::Info,
                format!("本页没有现在可以办理{}的印章", business.name()),
            )
            .line("原因写在每枚印章的最后一栏。"),
        );
    }
    Ok(page)
}

fn row(app: &App, business: BusinessType, seal: &RegisteredSeal) -> Row {
    let record = &seal.record;
    let offers = app.platform.offers_of(seal);
    let offer = offers.into_iter().find(|offer| offer.business == business);
    let (word, open) = match offer {
        Some(offer) => match (offer.allowed, offer.opens_at) {
            (Ok(()), _) => (Cell::text("可以办理"), true),
            (Err(refusal), Some(at)) if refusal.code == "renewal_too_early" => (
                Cell::text(format!("{} 起可以办理", beijing::day(at))),
                false,
            ),
            (Err(refusal), _) => (Cell::text(refusal.message), false),
        },
        None => (Cell::text("—"), false),
    };
    let cells = vec![
        Cell::link(&record.name, format!("/desk/seals/{}", record.id))
            .with_sub(record.code.to_string()),
        Cell::text(record.kind.name()).with_sub(record.medium.name()),
        words::seal_chip(seal.state(app.platform.now())).into(),
        beijing::day(record.valid_until).into(),
        word,
    ];
    if open {
        Row::picked_as(cells, record.id.to_string())
    } else {
        Row::new(cells)
    }
}
