//! A person's notices.

use axum::extract::State;
use platform::NoticeView;
use platform::ports::store::DeliveryState;

use super::{Answer, go};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::session::Desk;
use crate::views::NoticesPage;
use crate::views::parts::{Button, Cell, Chip, Column, Empty, Form, Row, Table, Tone};

/// `GET /desk/notices`
pub(super) async fn page(State(app): State<App>, listing: Listing, desk: Desk) -> Answer {
    let notices = app.platform.notices(desk.account.id).await?;
    let unread = notices.iter().any(|view| view.notice.read_at.is_none());
    let rows = notices.iter().map(|view| {
        let notice = &view.notice;
        let chip = match notice.read_at {
            None => Chip::new("未读", Tone::Info),
            Some(_) => Chip::new("已读", Tone::Neutral),
        };
        let mut cell = Cell::link(&notice.text, &notice.link);
        cell.sub = outside(view);
        Row::new(vec![
            cell,
            chip.into(),
            beijing::minute(notice.created_at).into(),
        ])
    });
    let table = Table::new(
        "通知",
        vec![
            Column::new("内容"),
            Column::short("状态"),
            Column::short("时间"),
        ],
        rows.collect(),
        Empty::new(
            "bell",
            "没有通知",
            "轮到您办理、办件有进展、印章即将到期时，会在此通知您。",
        ),
    );
    let form = unread.then(|| {
        Form::new(
            "/desk/notices",
            desk.csrf(),
            Button {
                primary: false,
                ..Button::primary("全部标为已读")
            },
        )
    });
    let page = NoticesPage {
        frame: desk.frame(&app, "通知", "/desk/notices"),
        table,
        form,
    };
    listing.answer(page).await
}

/// `POST /desk/notices`
pub(super) async fn mark_read(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(_): ProtectedForm,
) -> Answer {
    app.platform.mark_notices_read(desk.account.id).await?;
    go("/desk/notices")
}

/// How it went on its ways out of the house.
fn outside(view: &NoticeView) -> Option<String> {
    let ways = view.deliveries.iter().map(|delivery| {
        let way = delivery.channel.name();
        match delivery.state {
            DeliveryState::Waiting | DeliveryState::Sending => format!("{way}待发送"),
            DeliveryState::Sent => format!("{way}已发送"),
            DeliveryState::Failed => format!("{way}未送达，请核对“个人与岗位”中的联系方式"),
            DeliveryState::Unknown => format!("{way}送达情况不明"),
        }
    });
    let words = ways.collect::<Vec<_>>().join("；");
    (!words.is_empty()).then_some(words)
}
