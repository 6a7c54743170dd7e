//! Accounts and posts, for the three administrators (三员分立): the system administrator enters and proposes, the
//! security administrator releases and guards.

use axum::extract::{Path, Query, State};
use casework::{CreditCode, PersonId, Post, Principal, Role};
use platform::ports::store::AccountFilter;
use platform::{Account, NewPerson, PostChange};
use serde::Deserialize;

use super::{Answer, again, go, html, proposal};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Choice, Column, Empty, Facts, Field, FieldKind, Form, Link, Notice,
    Pager, Row, Table, Tone,
};
use crate::views::{Block, ListPage, SheetPage};

const LIST: &str = "/desk/admin/accounts";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    text: Option<String>,
    role: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

/// `GET /desk/admin/accounts`
pub(super) async fn page(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let filter = AccountFilter {
        text: wanted.text.clone().filter(|text| !text.trim().is_empty()),
        role: wanted.role.as_deref().and_then(Role::from_code),
        disabled: (wanted.state.as_deref() == Some("barred")).then_some(true),
        locked_at: (wanted.state.as_deref() == Some("locked")).then(|| app.platform.now()),
        unit: None,
    };
    let mut pages = listing.pages(wanted.after.clone(), 50);
    while let Some(page) = pages.wanted() {
        let found = app
            .platform
            .accounts_page(&desk.actor, &filter, &page)
            .await?;
        pages.put(found);
    }
    let found = pages.found();
    let rows = found.rows.iter().map(|account| {
        Row::new(vec![
            Cell::link(&account.name, format!("{LIST}/{}", account.id))
                .with_sub(account.login.clone()),
            posts(account).into(),
            account
                .mobile
                .as_ref()
                .map(casework::Mobile::masked)
                .unwrap_or_default()
                .into(),
            chip(account).into(),
        ])
    });
    let mut table = Table::new(
        "账号与岗位",
        vec![
            Column::new("姓名与账号").split("姓名", "账号"),
            Column::new("岗位"),
            Column::short("手机号"),
            Column::short("状态"),
        ],
        rows.collect(),
        ListPage::nothing_found(),
    );
    let part = |value: &Option<String>| form_encode(value.as_deref().unwrap_or_default());
    let base = format!(
        "{LIST}?text={}&role={}&state={}",
        part(&wanted.text),
        part(&wanted.role),
        part(&wanted.state)
    );
    table.pager = Some(Pager {
        summary: format!("本页 {} 个账号", found.rows.len()),
        first: wanted.after.is_some().then(|| base.clone()),
        next: found
            .next
            .map(|next| format!("{base}&after={}", form_encode(&next))),
    });
    let mut list = ListPage::new(
        desk.frame(&app, "账号与岗位", LIST),
        "系统管理员建立账号、提请岗位，安全管理员审核后生效；管理员不办理业务。",
        table,
    );
    if desk.actor.post.role == Role::SystemAdministrator {
        list.actions = vec![Link::new("建立账号", format!("{LIST}/new"))];
    }
    let roles = Role::ALL
        .iter()
        .map(|role| Choice::new(role.code(), role.name()));
    let states = [("", "全部"), ("barred", "已停用"), ("locked", "已锁定")];
    list.filters = vec![
        Field::text("text", "姓名或账号")
            .optional()
            .value(wanted.text.unwrap_or_default())
            .growing(),
        Field::new(
            "role",
            "岗位",
            FieldKind::Select(
                std::iter::once(Choice::new("", "全部岗位"))
                    .chain(roles)
                    .collect(),
            ),
        )
        .optional()
        .value(wanted.role.unwrap_or_default()),
        Field::new(
            "state",
            "状态",
            FieldKind::Select(
                states
                    .map(|(value, label)| Choice::new(value, label))
                    .into(),
            ),
        )
        .optional()
        .value(wanted.state.unwrap_or_default()),
    ];
    listing.answer(list).await
}

/// `GET /desk/admin/accounts/new`
pub(super) async fn begin(State(app): State<App>, desk: Desk) -> Answer {
    if desk.actor.post.role != Role::SystemAdministrator {
        return Err(Problem::forbidden());
    }
    html(&new_page(&app, &desk))
}

/// `POST /desk/admin/accounts/new`
pub(super) async fn create(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match read(&app, &fields).await {
        Ok(new) => app.platform.create_account(&desk.actor, new).await,
        Err(error) => Err(error),
    };
    match outcome.map_err(Problem::from) {
        Ok((_, proposal)) => {
            desk.say(
                "账号已建立，岗位已提请",
                "安全管理员审核岗位后发放初始密码，账号方可登录。",
            )
            .await?;
            go(&format!("/desk/admin/proposals/{proposal}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = new_page(&app, &desk);
            if let Some(Block::Form(_, form)) = page.blocks.last_mut() {
                form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn new_page(app: &App, desk: &Desk) -> SheetPage {
    let form = post_fields(
        Form::new(
            format!("{LIST}/new"),
            desk.csrf(),
            Button::primary("建立账号并提请岗位"),
        )
        .field(
            Field::text("login", "账号")
                .help("3 至 32 位小写字母、数字或短横线。")
                .with("autocomplete", "off"),
        )
        .field(Field::text("name", "姓名"))
        .field(
            Field::text("resident_id", "身份证号")
                .help("一人只有一个账号，可在其上增加多个单位的岗位。")
                .with("autocomplete", "off"),
        )
        .field(
            Field::text("mobile", "手机号")
                .optional()
                .with("inputmode", "tel"),
        ),
    )
    .field(Field::text("reason", "事由").help("如：新任经办人，附任命文号。"));
    SheetPage::new(
        desk.frame(app, "建立账号", LIST).below("账号与岗位", LIST),
        "建立后由安全管理员审核岗位并当面发放初始密码；在此之前账号不能登录。",
    )
    .with(Block::Form("人员与岗位".into(), form))
}

fn post_fields(form: Form) -> Form {
    let roles = Role::ALL
        .iter()
        .map(|role| Choice::new(role.code(), role.name()))
        .collect();
    form.field(
        Field::new("role", "岗位", FieldKind::Select(roles))
            .help("管理员须为单独账号，不办理业务。"),
    )
    .field(
        Field::text("unit", "单位的统一社会信用代码")
            .optional()
            .help("中心和管理员的岗位不必填写。"),
    )
}

/// The post that was chosen, at the Center where it belongs there.
async fn read_post(app: &App, fields: &Fields) -> Result<Post, platform::Error> {
    let missing =
        || platform::Error::refused("post_missing", "请选择岗位，并填写单位的统一社会信用代码。");
    let role = fields
        .text("role")
        .and_then(Role::from_code)
        .ok_or_else(missing)?;
    let unit = if role.is_center() || role.is_administrative() {
        app.platform.center_unit().await?.ok_or_else(missing)?
    } else {
        let code: CreditCode = fields.text("unit").ok_or_else(missing)?.parse()?;
        match app.platform.unit_by_credit_code(&code).await {
            Ok(unit) => unit.id,
            Err(platform::Error::NotFound(_)) => {
                return Err(platform::Error::refused(
                    "unit_unknown",
                    "没有登记这个统一社会信用代码的单位，请先登记单位。",
                ));
            }
            Err(error) => return Err(error),
        }
    };
    Ok(Post { role, unit })
}

async fn read(app: &App, fields: &Fields) -> Result<NewPerson, platform::Error> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    Ok(NewPerson {
        login: text("login").to_lowercase(),
        name: text("name"),
        mobile: fields.text("mobile").map(str::parse).transpose()?,
        resident_id: text("resident_id").parse()?,
        posts: vec![read_post(app, fields).await?],
        reason: text("reason"),
    })
}

/// `GET /desk/admin/accounts/{person}`
pub(super) async fn file(State(app): State<App>, desk: Desk, Path(id): Path<PersonId>) -> Answer {
    html(&file_page(&app, &desk, id).await?)
}

/// `POST /desk/admin/accounts/{person}/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, act)): Path<(PersonId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let back = format!("{LIST}/{id}");
    let done = match perform(&app, &desk, id, &act, &fields).await {
        Ok(Done::Said(text)) => {
            desk.say(text, "").await?;
            return go(&back);
        }
        Ok(Done::Proposed(to)) => {
            desk.say("已提请，待安全管理员审核", "").await?;
            return go(&to);
        }
        Ok(Done::Password(password)) => Ok(password),
        Err(error) => Err(Problem::from(error)),
    };
    let mut page = file_page(&app, &desk, id).await?;
    match done {
        Ok(password) => {
            page.blocks.insert(0, Block::Notice(shown_once(&password)));
            html(&page)
        }
        Err(problem) if problem.can_be_put_right() => {
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

enum Done {
    Said(&'static str),
    Proposed(String),
    Password(String),
}

async fn perform(
    app: &App,
    desk: &Desk,
    id: PersonId,
    act: &str,
    fields: &Fields,
) -> Result<Done, platform::Error> {
    let platform = &app.platform;
    let actor = &desk.actor;
    Ok(match act {
        "reset" => Done::Password(platform.reset_password(actor, id).await?),
        "unlock" => {
            platform.unlock_account(actor, id).await?;
            Done::Said("已解除锁定")
        }
        "bar" => {
            platform.bar_account(actor, id, true).await?;
            Done::Said("账号已停用，会话已结束")
        }
        "readmit" => {
            platform.bar_account(actor, id, false).await?;
            Done::Said("账号已恢复")
        }
        "rename" => {
            let name = fields.text("name").unwrap_or_default();
            platform.rename_account(actor, id, name).await?;
            Done::Said("姓名已变更")
        }
        "add" | "remove" | "leave" => {
            let account = platform.account(id).await?;
            let add = if act == "add" {
                vec![read_post(app, fields).await?]
            } else {
                Vec::new()
            };
            let remove = if act == "remove" {
                let chosen: Option<usize> = fields.parsed("post");
                let view = chosen.and_then(|chosen| account.posts.get(chosen));
                view.map(|view| view.post).into_iter().collect()
            } else {
                Vec::new()
            };
            let successor = match fields.text("successor") {
                Some(login) => Some(by_login(app, desk, login).await?),
                None => None,
            };
            let change = PostChange {
                person: Principal {
                    person: id,
                    name: account.name,
                },
                add,
                remove,
                leaving: act == "leave",
                successor,
            };
            let reason = fields.text("reason").unwrap_or_default();
            let proposal = platform.propose_posts(actor, change, reason).await?;
            Done::Proposed(format!("/desk/admin/proposals/{proposal}"))
        }
        _ => return Err(platform::Error::NotFound("act")),
    })
}

async fn by_login(app: &App, desk: &Desk, login: &str) -> Result<Principal, platform::Error> {
    let filter = AccountFilter {
        text: Some(login.to_owned()),
        ..AccountFilter::default()
    };
    let page = platform::ports::store::PageRequest {
        after: None,
        limit: 50,
    };
    let found = app
        .platform
        .accounts_page(&desk.actor, &filter, &page)
        .await?;
    found
        .rows
        .into_iter()
        .find(|account| account.login == login)
        .map(|account| Principal {
            person: account.id,
            name: account.name,
        })
        .ok_or_else(|| {
            platform::Error::refused("successor_unknown", "没有这个账号，请核对接手人的账号。")
        })
}

async fn file_page(app: &App, desk: &Desk, id: PersonId) -> Result<SheetPage, Problem> {
    let role = desk.actor.post.role;
    if !role.is_administrative() {
        return Err(Problem::forbidden());
    }
    let account = app.platform.account(id).await?;
    let history = app.platform.proposals_about(&desk.actor, id).await?;
    let facts = Facts::new()
        .with("姓名", account.name.clone())
        .with("账号", Cell::mono(&account.login))
        .with_some(
            "身份证号",
            account
                .resident_id
                .as_ref()
                .map(casework::ResidentId::masked),
        )
        .with_some(
            "手机号",
            account.mobile.as_ref().map(casework::Mobile::masked),
        )
        .with("岗位", posts(&account))
        .with("建立时间", beijing::minute(account.created_at))
        .with_some("锁定至", account.locked_until.map(beijing::minute));
    let mut page = SheetPage::new(
        desk.frame(app, &account.name, LIST)
            .below("账号与岗位", LIST),
        "",
    )
    .with(Block::Facts("账号".into(), facts));
    page.chip = Some(chip(&account));
    let acts = acts(desk, &account);
    if !acts.is_empty() {
        page.blocks.push(Block::Acts(acts));
    }
    page.blocks
        .push(Block::List(proposal::table("岗位变更记录", &history)));
    Ok(page)
}

fn acts(desk: &Desk, account: &Account) -> Vec<Act> {
    let path = |act: &str| format!("{LIST}/{}/{act}", account.id);
    let form = |act: &str, label: &str| Form::new(path(act), desk.csrf(), Button::primary(label));
    let act = |id: &str, title: &str, icon, danger, form| Act {
        id: id.into(),
        title: title.into(),
        icon,
        danger,
        open: false,
        form,
    };
    let own = desk.account.id == account.id;
    let reason = || Field::text("reason", "事由");
    let successor = || {
        Field::text("successor", "接手办件的经办人账号")
            .optional()
            .help("有未办结办件的经办人须指定。")
    };
    match desk.actor.post.role {
        _ if own => Vec::new(),
        Role::SystemAdministrator => {
            let held: Vec<_> = account
                .posts
                .iter()
                .enumerate()
                .filter(|(_, view)| view.deputy_for.is_none())
                .map(|(at, view)| {
                    Choice::new(
                        at.to_string(),
                        format!("{} · {}", view.unit.full_name, view.post.role.name()),
                    )
                })
                .collect();
            let mut acts = vec![act(
                "add",
                "提请增加岗位",
                "person",
                false,
                post_fields(form("add", "提请")).field(reason()),
            )];
            if !held.is_empty() {
                acts.push(act(
                    "remove",
                    "提请撤销岗位",
                    "cross",
                    false,
                    form("remove", "提请")
                        .field(Field::new("post", "岗位", FieldKind::Select(held)))
                        .field(successor())
                        .field(reason()),
                ));
                acts.push(act(
                    "leave",
                    "提请离任（撤销全部岗位并停用账号）",
                    "exit",
                    true,
                    form("leave", "提请离任").field(successor()).field(reason()),
                ));
            }
            acts.push(act(
                "rename",
                "变更姓名",
                "edit",
                false,
                form("rename", "变更").field(Field::text("name", "姓名").value(&account.name)),
            ));
            acts
        }
        Role::SecurityAdministrator => {
            let mut acts = Vec::new();
            if account.locked_until.is_some() {
                acts.push(act(
                    "unlock",
                    "解除锁定",
                    "unlock",
                    false,
                    form("unlock", "解除锁定"),
                ));
            }
            if !account.waiting && !account.administers() {
                acts.push(act(
                    "reset",
                    "重置密码",
                    "key",
                    false,
                    form("reset", "重置密码")
                        .explain("原密码立即失效，会话全部结束。新的初始密码只显示一次。"),
                ));
            }
            acts.push(if account.disabled {
                act(
                    "readmit",
                    "恢复账号",
                    "check",
                    false,
                    form("readmit", "恢复账号"),
                )
            } else {
                act(
                    "bar",
                    "停用账号",
                    "cross",
                    true,
                    form("bar", "停用账号").explain("立即生效，会话全部结束。"),
                )
            });
            acts
        }
        _ => Vec::new(),
    }
}

/// A password that is shown this one time.
pub(super) fn shown_once(password: &str) -> Notice {
    Notice::new(Tone::Good, format!("初始密码：{password}"))
        .line("只显示这一次，请当面交给本人；本人首次登录时须修改。")
}

/// The posts of an account in a line.
pub(super) fn posts(account: &Account) -> String {
    if account.waiting {
        return "岗位待审核".to_owned();
    }
    let posts: Vec<_> = account
        .posts
        .iter()
        .map(|view| {
            let deputy = match &view.deputy_for {
                Some(principal) => format!("，代{}", principal.name),
                None => String::new(),
            };
            format!(
                "{}（{}{deputy}）",
                view.post.role.name(),
                view.unit.full_name
            )
        })
        .collect();
    if posts.is_empty() {
        "无".to_owned()
    } else {
        posts.join("；")
    }
}

fn chip(account: &Account) -> Chip {
    if account.disabled {
        Chip::new("已停用", Tone::Neutral)
    } else if account.waiting {
        Chip::new("待审核", Tone::Warn)
    } else if account.locked_until.is_some() {
        Chip::new("已锁定", Tone::Bad)
    } else if account.must_change {
        Chip::new("待首次登录", Tone::Info)
    } else {
        Chip::new("正常", Tone::Good)
    }
}

/// The empty list of people.
pub(super) fn nobody() -> Empty {
    Empty::new("people", "没有人员", "")
}
