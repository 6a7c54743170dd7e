//! Notices that did not get through: who was not reached, why, and what can be done about it.

use axum::extract::{Path, Query, State};
use casework::Role;
use platform::ports::store::{Channel, DeliveryRecord, DeliveryState};
use platform::{FailedDelivery, NoticeTemplate};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, again, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Column, Empty, Facts, Field, FieldKind, Form, Notice, Pager, Row,
    Table, Tone,
};
use crate::views::{DeliveryPage, ListPage};

const PAGE: u32 = 20;
const HERE: &str = "/desk/deliveries";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /desk/deliveries`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let after = wanted.after.filter(|after| !after.is_empty());
    let later = after.is_some();
    let mut pages = listing.pages(after, PAGE);
    while let Some(page) = pages.wanted() {
        pages.put(app.platform.failed_deliveries(&desk.actor, &page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|failed| {
        let delivery = &failed.delivery;
        Row::new(vec![
            Cell::link(title(&desk, delivery), format!("{HERE}/{}", delivery.id))
                .with_sub(delivery.last_error.clone().unwrap_or_default()),
            Cell::text(&failed.name).with_sub(address(failed)),
            chip(delivery.state).into(),
            beijing::minute(delivery.settled_at.unwrap_or(delivery.created_at)).into(),
        ])
    });
    let mut table = Table::new(
        "未送达通知",
        vec![
            Column::new("通知").split("通知", "原因"),
            Column::short("收件人").split("收件人", "号码或邮箱"),
            Column::short("状态"),
            Column::short("时间"),
        ],
        rows.collect(),
        Empty::new(
            "ok",
            "没有未送达的通知",
            "邮件或短信多次重试仍未送达时，会列在这里。",
        ),
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条", found.rows.len()),
        first: later.then(|| HERE.to_owned()),
        next: found
            .next
            .map(|next| format!("{HERE}?after={}", form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(&app, "未送达通知", HERE),
        "通知在平台内总能看到；列在这里的是没有送出去的邮件和短信。核对收件人的号码后可以重发。",
        table,
    );
    page.notice = channels(&app);
    listing.answer(page).await
}

/// What a delivery was about, for who looks at it: the system administrator handles no cases and reads none of their
/// words.
fn title(desk: &Desk, delivery: &DeliveryRecord) -> String {
    if desk.actor.post.role != Role::SystemAdministrator {
        return summary(delivery);
    }
    let occasion = NoticeTemplate::find(&delivery.template);
    let occasion = occasion.map_or("通知", |template| template.occasion);
    format!("{}：{occasion}", delivery.channel.name())
}

/// `GET /desk/deliveries/{id}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<Uuid>) -> Answer {
    html(&view(&app, &desk, id).await?)
}

/// `POST /desk/deliveries/{id}`: again, to a corrected number or address where one was given.
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<Uuid>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    match send_again(&app, &desk, id, &fields).await {
        Ok(()) => {
            desk.say("已安排重发", "稍后仍未送达的，会再次列在这里。")
                .await?;
            go(HERE)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, id).await?;
            for act in &mut page.acts {
                act.form
                    .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn send_again(app: &App, desk: &Desk, id: Uuid, fields: &Fields) -> Result<(), Problem> {
    let platform = &app.platform;
    let (person, _) = platform.failed_delivery(&desk.actor, id).await?;
    let mobile = fields.text("mobile").map(str::parse).transpose();
    let mobile = mobile.map_err(platform::Error::Refused)?;
    let email = fields.text("email").map(str::parse).transpose();
    let email = email.map_err(platform::Error::Refused)?;
    if mobile.is_some() || email.is_some() {
        platform
            .correct_contact(&desk.actor, person, mobile, email)
            .await?;
    }
    Ok(platform.deliver_again(&desk.actor, id).await?)
}

async fn view(app: &App, desk: &Desk, id: Uuid) -> Result<DeliveryPage, Problem> {
    let failed = app.platform.failed_delivery_view(&desk.actor, id).await?;
    let delivery = &failed.delivery;
    let mut facts = Facts::new()
        .with(
            "收件人",
            Cell::text(&failed.name).with_sub(address(&failed)),
        )
        .with("方式", delivery.channel.name());
    if !delivery.subject.is_empty() {
        facts = facts.with("主题", delivery.subject.clone());
    }
    facts = facts
        .with("写成", beijing::minute(delivery.created_at))
        .with("已尝试", format!("{} 次", delivery.attempts))
        .with_some("原因", delivery.last_error.clone());
    if let Some(case) = delivery.case
        && desk.actor.post.role.is_center()
    {
        facts = facts.with(
            "办件",
            Cell::link("查看办件", format!("/desk/cases/{case}")),
        );
    }
    let action = format!("{HERE}/{id}");
    let form = |button: &str| Form::new(&action, desk.csrf(), Button::primary(button));
    let settled = matches!(
        delivery.state,
        DeliveryState::Failed | DeliveryState::Unknown
    );
    let mut acts = Vec::new();
    if settled {
        let explain = match delivery.state {
            DeliveryState::Unknown => {
                "不能确定上次是否已经发出。请先向收件人核实，未收到的再重发，以免重复。"
            }
            _ => "向账号现在的号码或邮箱再发一次。",
        };
        acts.push(Act {
            id: "again".into(),
            title: "重发".into(),
            icon: "renew",
            danger: false,
            open: desk.actor.post.role != Role::SystemAdministrator,
            form: form("重发").explain(explain),
        });
    }
    if settled && desk.actor.post.role == Role::SystemAdministrator {
        let field = match delivery.channel {
            Channel::Sms => Field::text("mobile", "正确的手机号").with("inputmode", "tel"),
            Channel::Mail => Field::new("email", "正确的邮箱", FieldKind::Input("email")),
        };
        acts.push(Act {
            id: "correct".into(),
            title: "更正后重发".into(),
            icon: "edit",
            danger: false,
            open: true,
            form: form("更正并重发")
                .explain("请与本人核实后填写。更正会记入账号，以后的通知也发到这里。")
                .field(field.with("autocomplete", "off")),
        });
    }
    Ok(DeliveryPage {
        frame: desk.frame(app, "未送达通知", HERE),
        chip: chip(delivery.state),
        facts,
        text: (desk.actor.post.role != Role::SystemAdministrator).then(|| delivery.text.clone()),
        acts,
    })
}

/// Which ways out are not set up, for who looks at failures.
fn channels(app: &App) -> Option<Notice> {
    let on = app.platform.notice_channels();
    let off: Vec<_> = [(on.mail, "邮件"), (on.sms, "短信")]
        .into_iter()
        .filter(|(on, _)| !on)
        .map(|(_, name)| name)
        .collect();
    (!off.is_empty()).then(|| {
        Notice::new(
            Tone::Info,
            format!("{}通道未开通，相关通知只在平台内显示。", off.join("、")),
        )
    })
}

/// What a delivery was about, in one line.
pub(super) fn summary(delivery: &DeliveryRecord) -> String {
    let words = match delivery.channel {
        Channel::Mail => &delivery.subject,
        Channel::Sms => &delivery.text,
    };
    format!("{}：{words}", delivery.channel.name())
}

/// How far a delivery is, as a chip.
pub(super) fn chip(state: DeliveryState) -> Chip {
    match state {
        DeliveryState::Waiting | DeliveryState::Sending => Chip::new("待发送", Tone::Info),
        DeliveryState::Sent => Chip::new("已发送", Tone::Good),
        DeliveryState::Failed => Chip::new("未送达", Tone::Bad),
        DeliveryState::Unknown => Chip::new("结果不明", Tone::Warn),
    }
}

fn address(failed: &FailedDelivery) -> String {
    let none = match failed.delivery.channel {
        Channel::Mail => "未填写邮箱",
        Channel::Sms => "未填写手机号",
    };
    failed.address.clone().unwrap_or_else(|| none.to_owned())
}
