//! Sessions and locks: one's own, and everybody's for the security administrator.

use axum::extract::{Query, State};
use platform::SessionView;
use platform::ports::store::PageRequest;
use serde::Deserialize;

use super::{Answer, go};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedForm;
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::ListPage;
use crate::views::parts::{Cell, Column, Empty, Pager, Row, Table};

const LIST: &str = "/desk/admin/sessions";
const FAILED: &str = "/desk/admin/sign-ins";

/// `GET /desk/admin/sessions`
pub(super) async fn list(State(app): State<App>, listing: Listing, desk: Desk) -> Answer {
    let sessions = app.platform.sessions(&desk.actor).await?;
    let rows = sessions.iter().map(|session| {
        let cells = vec![
            Cell::text(&session.name).with_sub(session.login.clone()),
            Cell::text(device(session)).with_sub(address(session)),
            beijing::minute(session.since).into(),
            beijing::minute(session.seen).into(),
        ];
        if session.person == desk.account.id {
            Row::new(cells)
        } else {
            Row::picked_as(cells, session.key.clone())
        }
    });
    let mut table = Table::new(
        "会话",
        vec![
            Column::new("人员与账号").split("人员", "账号"),
            Column::new("设备与地址").split("设备", "地址"),
            Column::short("登录时间"),
            Column::short("最近使用"),
        ],
        rows.collect(),
        Empty::new("lock", "没有会话", ""),
    );
    table.pick = Some("pick".to_owned());
    let mut page = ListPage::new(
        desk.frame(&app, "会话与锁定", LIST),
        "当前登录的会话。结束后，对方须重新登录。",
        table,
    );
    page.actions = vec![
        crate::views::parts::Link::new("登录失败记录", FAILED),
        crate::views::parts::Link::new("已锁定的账号", "/desk/admin/accounts?state=locked"),
    ];
    page.pick = Some(crate::views::PickForm {
        action: LIST.into(),
        title: "结束所选会话".into(),
        fields: Vec::new(),
        rules: Vec::new(),
        button: "结束会话".into(),
    });
    listing.answer(page).await
}

/// `POST /desk/admin/sessions`
pub(super) async fn end(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let keys: Vec<_> = fields.all("pick").collect();
    if keys.is_empty() {
        return Err(nothing_picked());
    }
    for key in &keys {
        already_gone(app.platform.end_session(&desk.actor, key).await)?;
    }
    desk.say("会话已结束", "").await?;
    go(LIST)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
}

/// `GET /desk/admin/sign-ins`
pub(super) async fn failed(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let mut pages = listing.pages(wanted.after.clone(), 50);
    while let Some(page) = pages.wanted() {
        let page: PageRequest = page;
        pages.put(app.platform.failed_sign_ins(&desk.actor, &page).await?);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|row| {
        Row::new(vec![
            Cell::mono(&row.login),
            outcome(&row.outcome).into(),
            Cell::text(browser(row.device.as_deref()))
                .with_sub(row.address.clone().unwrap_or_else(|| "地址不明".to_owned())),
            beijing::second(row.at).into(),
        ])
    });
    let mut table = Table::new(
        "登录失败记录",
        vec![
            Column::new("输入的账号"),
            Column::new("原因"),
            Column::new("设备与地址").split("设备", "地址"),
            Column::short("时间"),
        ],
        rows.collect(),
        Empty::new("check", "没有登录失败", ""),
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 条，最新的在前", found.rows.len()),
        first: wanted.after.is_some().then(|| FAILED.to_owned()),
        next: found
            .next
            .map(|next| format!("{FAILED}?after={}", form_encode(&next))),
    });
    let frame = desk
        .frame(&app, "登录失败记录", LIST)
        .below("会话与锁定", LIST);
    let page = ListPage::new(frame, "保留 180 天。", table);
    listing.answer(page).await
}

/// `POST /desk/profile/sessions`: ends one of one's own, or all others.
pub(super) async fn end_own(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let token = desk.visitor.token();
    let own = desk.account.id;
    if fields.text("end") == Some("others") {
        app.platform.end_own_sessions(own, &token, None).await?;
    } else {
        let keys: Vec<_> = fields.all("pick").collect();
        if keys.is_empty() {
            return Err(nothing_picked());
        }
        for key in keys {
            let ended = app.platform.end_own_sessions(own, &token, Some(key));
            already_gone(ended.await)?;
        }
    }
    desk.say("会话已结束", "对方须重新登录。").await?;
    go("/desk/profile")
}

fn nothing_picked() -> Problem {
    Problem::from(platform::Error::refused(
        "nothing_picked",
        "请先勾选要结束的会话。",
    ))
}

/// A session that ended by itself meanwhile is as good as ended.
fn already_gone(ended: platform::Result<()>) -> Result<(), Problem> {
    match ended {
        Ok(()) | Err(platform::Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// One's own sessions.
pub(super) fn own_table(sessions: &[(SessionView, bool)]) -> Table {
    let rows = sessions.iter().map(|(session, here)| {
        let name = if *here {
            format!("{}（本次）", device(session))
        } else {
            device(session)
        };
        let cells = vec![
            Cell::text(name).with_sub(address(session)),
            beijing::minute(session.since).into(),
            beijing::minute(session.seen).into(),
        ];
        if *here {
            Row::new(cells)
        } else {
            Row::picked_as(cells, session.key.clone())
        }
    });
    let mut table = Table::new(
        "我的会话",
        vec![
            Column::new("设备与地址"),
            Column::short("登录时间"),
            Column::short("最近使用"),
        ],
        rows.collect(),
        Empty::new("lock", "没有会话", ""),
    );
    table.pick = (sessions.len() > 1).then(|| "pick".to_owned());
    table
}

fn address(session: &SessionView) -> String {
    let address = session.visit.address.clone();
    address.unwrap_or_else(|| "地址不明".to_owned())
}

/// The device of a session in words.
pub(super) fn device(session: &SessionView) -> String {
    browser(session.visit.device.as_deref())
}

/// A browser's own description, in words.
fn browser(agent: Option<&str>) -> String {
    let Some(agent) = agent else {
        return "设备不明".to_owned();
    };
    let known = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let system = known(&[
        ("HarmonyOS", "鸿蒙"),
        ("Android", "安卓"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let name = known(&[
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    match (system, name) {
        (Some(system), Some(name)) => format!("{system} · {name}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "其他设备".to_owned(),
    }
}

fn outcome(code: &str) -> &'static str {
    match code {
        "sign_in_wrong" => "账号或密码不正确",
        "sign_in_resting" => "账号已锁定",
        "initial_password_expired" => "初始密码已过期",
        _ => "未能登录",
    }
}
