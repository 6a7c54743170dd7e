//! One's own account: who one is, in which post one acts, the password.

use axum::extract::State;

use super::{Answer, again, contact, go, html};
use crate::app::App;
use crate::form::ProtectedForm;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Button, Cell, Choice, Facts, Field, FieldKind, Form, Notice, Tone};
use crate::views::{ProfilePage, ViewerPost};

/// `GET /desk/profile`
pub(super) async fn page(State(app): State<App>, desk: Desk) -> Answer {
    html(&view(&app, &desk).await?)
}

/// `POST /desk/profile/post`
pub(super) async fn switch(desk: Desk, ProtectedForm(fields): ProtectedForm) -> Answer {
    if !desk.switch(fields.need("post")?).await? {
        return Err(Problem::bad_request(
            "post_unknown",
            "您不担任或不再担任这个岗位，请重新选择。",
        ));
    }
    go("/desk")
}

/// `POST /desk/profile/password`: every session of the account ends, this one too.
pub(super) async fn change_password(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let text = |name: &str| fields.raw(name).unwrap_or_default();
    let outcome = if text("new") == text("again") {
        app.platform
            .change_password(desk.account.id, text("old"), text("new"))
            .await
    } else {
        Err(platform::Error::refused(
            "password_differs",
            "两次输入的新密码不一致，请重新输入。",
        ))
    };
    match outcome.map_err(Problem::from) {
        Ok(()) => {
            desk.visitor.session.flush().await?;
            go("/login")
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk).await?;
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The page as its owner sees it.
pub(super) async fn view(app: &App, desk: &Desk) -> Result<ProfilePage, Problem> {
    let account = &desk.account;
    let sessions = app
        .platform
        .own_sessions(account.id, &desk.visitor.token())
        .await?;
    let mut frame = desk.frame(app, "个人与岗位", "/desk/profile");
    let posts = frame.viewer.as_ref().map(|viewer| viewer.posts.as_slice());
    let posts = posts.filter(|posts| !posts.is_empty()).map(|posts| {
        let choice = |post: &ViewerPost| Choice::new(&post.code, &post.role).hint(&post.unit);
        let current = posts.iter().find(|post| post.current);
        Form::new(
            "/desk/profile/post",
            desk.csrf(),
            Button::primary("切换岗位"),
        )
        .field(
            Field::new(
                "post",
                "办理岗位",
                FieldKind::Choice(posts.iter().map(choice).collect()),
            )
            .value(current.map(|post| post.code.clone()).unwrap_or_default()),
        )
    });
    let password = |name: &str, label: &str, complete: &str| {
        Field::new(name, label, FieldKind::Input("password")).with("autocomplete", complete)
    };
    if account.must_change {
        frame.notices.push(
            Notice::new(Tone::Warn, "请先修改初始密码")
                .line("初始密码只供首次登录使用，修改后重新登录即可办理业务。"),
        );
    }
    let least = app.platform.policy().password_min_length;
    Ok(ProfilePage {
        sessions: super::session::own_table(&sessions),
        can_end: sessions.len() > 1,
        frame,
        facts: Facts::new()
            .with("姓名", account.name.clone())
            .with("账号", Cell::mono(&account.login))
            .with_some(
                "上次登录",
                account.signed_in_before.as_ref().map(|mark| {
                    Cell::text(crate::beijing::minute(mark.at))
                        .with_sub(mark.address.clone().unwrap_or_default())
                }),
            )
            .with_some(
                "身份证号",
                account
                    .resident_id
                    .as_ref()
                    .map(casework::ResidentId::masked),
            )
            .with(
                "岗位",
                account
                    .posts
                    .iter()
                    .map(|view| format!("{} · {}", view.unit.full_name, view.post.role.name()))
                    .collect::<Vec<_>>()
                    .join("；"),
            ),
        posts,
        contact: contact::form(app, desk),
        password: Form::new(
            "/desk/profile/password",
            desk.csrf(),
            Button::primary("修改密码"),
        )
        .field(password("old", "原密码", "current-password"))
        .field(password("new", "新密码", "new-password").help(format!(
            "至少 {least} 位，含大写字母、小写字母、数字、符号中的三种。修改后须重新登录。"
        )))
        .field(password("again", "再输一次新密码", "new-password")),
    })
}
