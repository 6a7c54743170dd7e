//! Sign-in and sign-out.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use platform::{DemoAccount, demo_accounts};
use serde::Deserialize;

use super::home::own_path;
use super::{Answer, again, go, html};
use crate::app::App;
use crate::form::ProtectedForm;
use crate::problem::Problem;
use crate::session::Visitor;
use crate::views::LoginPage;
use crate::views::parts::{Button, Cell, Column, Empty, Field, FieldKind, Form, Row, Table};

#[derive(Deserialize)]
pub(super) struct Next {
    next: Option<String>,
}

/// `GET /login`
pub(super) async fn page(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Answer {
    if visitor.signed_in.is_some() {
        return go("/desk");
    }
    html(&view(&app, &visitor, query.next.as_deref(), None))
}

/// `POST /login`
pub(super) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let next = fields.text("next").unwrap_or("/desk").to_owned();
    let login = fields.text("account").unwrap_or_default();
    match app
        .platform
        .sign_in_from(
            login,
            fields.raw("password").unwrap_or_default(),
            &visitor.visit,
        )
        .await
    {
        Ok(account) if account.posts.is_empty() => {
            let refusal = platform::Error::refused(
                "account_without_post",
                "您的账号尚未任命岗位，请联系平台系统管理员。",
            );
            let problem = Problem::from(refusal);
            again(
                StatusCode::UNPROCESSABLE_ENTITY,
                &view(&app, &visitor, Some(&next), Some((login, &problem))),
            )
        }
        Ok(account) => {
            visitor.sign_in(&account).await?;
            if account.must_change {
                return go("/desk/profile");
            }
            go(own_path(Some(&next)))
        }
        Err(error) => {
            let problem = Problem::from(error);
            if !problem.can_be_put_right() {
                return Err(problem);
            }
            again(
                problem.status,
                &view(&app, &visitor, Some(&next), Some((login, &problem))),
            )
        }
    }
}

/// `POST /logout`
pub(super) async fn sign_out(visitor: Visitor, ProtectedForm(_): ProtectedForm) -> Answer {
    visitor.session.flush().await?;
    go("/")
}

fn view(
    app: &App,
    visitor: &Visitor,
    next: Option<&str>,
    wrong: Option<(&str, &Problem)>,
) -> LoginPage {
    let mut password = Field::new("password", "密码", FieldKind::Input("password"))
        .with("autocomplete", "current-password");
    let mut account = Field::text("account", "账号")
        .with("autocomplete", "username")
        .with("autocapitalize", "none");
    if let Some((typed, problem)) = wrong {
        account = account.value(typed);
        password = password.error(&problem.code, &problem.sentence);
    }
    let accounts = app.demo.then(|| {
        let row = |account: &DemoAccount| {
            Row::new(vec![
                Cell::mono(account.login),
                account.role.name().into(),
                Cell::text(account.unit_name()),
                account.name.into(),
            ])
        };
        Table::new(
            "演示账号",
            vec![
                Column::short("账号"),
                Column::short("岗位"),
                Column::new("单位"),
                Column::short("姓名"),
            ],
            demo_accounts().iter().map(row).collect(),
            Empty::new("person", "没有演示账号", ""),
        )
    });
    LoginPage {
        frame: visitor.frame(app, "登录"),
        form: Form::new(
            "/login",
            &visitor.csrf,
            crate::views::parts::Button {
                ..Button::primary("登录")
            },
        )
        .narrow()
        .field(Field::hidden("next", own_path(next.or(Some("/desk")))))
        .field(account)
        .field(password),
        phone: app.site().phones.join("、"),
        demo_accounts: accounts,
        demo_password: DemoAccount::PASSWORD.into(),
    }
}
