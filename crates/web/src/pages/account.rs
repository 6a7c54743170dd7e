//! Accounts and posts, for the three administrators (三员分立); new ones by the system administrator.

use axum::extract::State;
use casework::{Post, Role, UnitId};
use platform::NewAccount;

use super::{Answer, again, go};
use crate::app::App;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::AccountsPage;
use crate::views::parts::{
    Act, Button, Cell, Chip, Choice, Column, Empty, Field, FieldKind, Form, Row, Table, Tone,
};

/// `GET /desk/admin/accounts`
pub(super) async fn page(State(app): State<App>, listing: Listing, desk: Desk) -> Answer {
    listing.answer(view(&app, &desk).await?).await
}

/// `POST /desk/admin/accounts`
pub(super) async fn create(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match read(&fields) {
        Ok(new) => app.platform.create_account(&desk.actor, new).await,
        Err(error) => Err(error),
    };
    match outcome.map_err(Problem::from) {
        Ok(_) => {
            desk.say(
                "账号已建立",
                "请把账号和初始密码当面交给本人，并提醒登录后修改密码。",
            )
            .await?;
            go("/desk/admin/accounts")
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk).await?;
            if let Some(act) = &mut page.create {
                act.open = true;
                act.form
                    .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn read(fields: &Fields) -> Result<NewAccount, platform::Error> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let role = Role::from_code(&text("role"));
    let unit: Option<UnitId> = fields.parsed("unit");
    let (Some(role), Some(unit)) = (role, unit) else {
        return Err(platform::Error::refused(
            "post_missing",
            "请选择岗位和单位。",
        ));
    };
    Ok(NewAccount {
        login: text("login").to_lowercase(),
        name: text("name"),
        password: fields.raw("password").unwrap_or_default().to_owned(),
        mobile: fields.text("mobile").map(str::parse).transpose()?,
        resident_id: fields.text("resident_id").map(str::parse).transpose()?,
        posts: vec![Post { role, unit }],
    })
}

async fn view(app: &App, desk: &Desk) -> Result<AccountsPage, Problem> {
    let accounts = app.platform.accounts(&desk.actor).await?;
    let rows = accounts.iter().map(|account| {
        let posts: Vec<_> = account
            .posts
            .iter()
            .map(|view| format!("{}（{}）", view.post.role.name(), view.unit.full_name))
            .collect();
        Row::new(vec![
            Cell::text(&account.name).with_sub(account.login.clone()),
            posts.join("；").into(),
            account
                .mobile
                .as_ref()
                .map(casework::Mobile::masked)
                .unwrap_or_default()
                .into(),
            if account.disabled {
                Chip::new("已停用", Tone::Neutral)
            } else {
                Chip::new("正常", Tone::Good)
            }
            .into(),
        ])
    });
    let create = if desk.actor.post.role == Role::SystemAdministrator {
        let roles = Role::ALL
            .iter()
            .map(|role| Choice::new(role.code(), role.name()))
            .collect();
        let units = app.platform.units(None).await?;
        let units = units
            .iter()
            .map(|unit| Choice::new(unit.id.to_string(), &unit.full_name))
            .collect();
        let form = Form::new(
            "/desk/admin/accounts",
            desk.csrf(),
            Button::primary("建立账号"),
        )
        .field(
            Field::text("login", "账号")
                .help("3 至 32 位小写字母、数字或短横线。")
                .with("autocomplete", "off"),
        )
        .field(Field::text("name", "姓名"))
        .field(
            Field::text("mobile", "手机号")
                .optional()
                .with("inputmode", "tel"),
        )
        .field(
            Field::text("resident_id", "身份证号")
                .optional()
                .with("autocomplete", "off"),
        )
        .field(
            Field::new("role", "岗位", FieldKind::Select(roles))
                .help("管理员须为单独账号，不办理业务。"),
        )
        .field(Field::new("unit", "单位", FieldKind::Select(units)))
        .field(
            Field::new("password", "初始密码", FieldKind::Input("password"))
                .help("至少 10 位。")
                .with("autocomplete", "new-password"),
        );
        Some(Act {
            id: "create".into(),
            title: "建立账号".into(),
            icon: "person",
            danger: false,
            open: false,
            form,
        })
    } else {
        None
    };
    Ok(AccountsPage {
        frame: desk.frame(app, "账号与岗位", "/desk/admin/accounts"),
        create,
        table: Table::new(
            "账号与岗位",
            vec![
                Column::new("姓名与账号").split("姓名", "账号"),
                Column::new("岗位"),
                Column::short("手机号"),
                Column::short("状态"),
            ],
            rows.collect(),
            Empty::new("people", "没有账号", ""),
        ),
    })
}
