//! The policy in force, its history, and changing it: the system administrator proposes, the security administrator
//! releases.

use axum::extract::State;
use casework::{Policy, Role, SettingKind, policy_settings};

use super::{Answer, again, go, html, proposal};
use crate::app::App;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Button, Choice, Facts, Field, FieldKind, Form, Link};
use crate::views::{Block, SheetPage};

const HERE: &str = "/desk/admin/policy";

/// `GET /desk/admin/policy`
pub(super) async fn page(State(app): State<App>, desk: Desk) -> Answer {
    if !desk.actor.post.role.is_administrative() {
        return Err(Problem::forbidden());
    }
    let (policy, version) = app.platform.policy_and_version();
    let lead = match version {
        0 => "现行规则来自系统配置，以办理流程文件的规定为默认值。".to_owned(),
        version => {
            format!("现行规则为第 {version} 版。变更由系统管理员提请，安全管理员审核后立即生效。")
        }
    };
    let mut page = SheetPage::new(desk.frame(&app, "规则设置", HERE), lead);
    if desk.actor.post.role == Role::SystemAdministrator {
        page.actions = vec![Link::new("提请变更", format!("{HERE}/edit"))];
    }
    for group in groups() {
        let facts = policy_settings()
            .iter()
            .filter(|setting| setting.group == group)
            .fold(Facts::new(), |facts, setting| {
                let value = setting.value(&policy).replace('\n', "；");
                let value = match setting.kind {
                    _ if value.is_empty() => "无".to_owned(),
                    SettingKind::Number(what) => format!("{value} {what}"),
                    _ => value,
                };
                facts.with(setting.label, value)
            });
        page.blocks.push(Block::Facts(group.into(), facts));
    }
    let settings = app.platform.settings();
    page.blocks.push(Block::Facts(
        "系统配置（不在此处变更）".into(),
        Facts::new()
            .with(
                "印章证书有效期",
                format!("{} 天", settings.seal_validity_days),
            )
            .with(
                "单个文件上限",
                format!("{} MB", settings.max_file_bytes / (1024 * 1024)),
            ),
    ));
    let history = app.platform.policy_history(&desk.actor).await?;
    page.blocks
        .push(Block::List(proposal::table("规则变更记录", &history)));
    html(&page)
}

/// `GET /desk/admin/policy/edit`
pub(super) async fn edit(State(app): State<App>, desk: Desk) -> Answer {
    if desk.actor.post.role != Role::SystemAdministrator {
        return Err(Problem::forbidden());
    }
    html(&edit_page(&app, &desk))
}

/// `POST /desk/admin/policy/edit`
pub(super) async fn propose(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match read(&app.platform.policy(), &fields) {
        Ok(policy) => {
            let reason = fields.text("reason").unwrap_or_default();
            app.platform
                .propose_policy(&desk.actor, policy, reason)
                .await
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome.map_err(Problem::from) {
        Ok(id) => {
            desk.say("已提请，待安全管理员审核", "审核通过后立即生效。")
                .await?;
            go(&format!("/desk/admin/proposals/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = edit_page(&app, &desk);
            if let Some(Block::Form(_, form)) = page.blocks.last_mut() {
                form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn read(policy: &Policy, fields: &Fields) -> Result<Policy, casework::Refusal> {
    let mut changed = policy.clone();
    for setting in policy_settings() {
        if let Some(typed) = fields.raw(setting.code) {
            setting.set(&mut changed, typed)?;
        }
    }
    Ok(changed)
}

fn edit_page(app: &App, desk: &Desk) -> SheetPage {
    let policy = app.platform.policy();
    let mut form = Form::new(
        format!("{HERE}/edit"),
        desk.csrf(),
        Button::primary("提请变更"),
    );
    for setting in policy_settings() {
        let kind = match setting.kind {
            SettingKind::Text => FieldKind::Input("text"),
            SettingKind::Lines => FieldKind::Area,
            SettingKind::Flag => {
                FieldKind::Choice(vec![Choice::new("是", "是"), Choice::new("否", "否")])
            }
            SettingKind::Number(_) => FieldKind::Input("number"),
        };
        let mut field = Field::new(setting.code, setting.label, kind).value(setting.value(&policy));
        if setting.kind == SettingKind::Lines {
            field = field.optional();
        }
        if let SettingKind::Number(what) = setting.kind {
            field = field.unit(what);
        }
        if !setting.help.is_empty() {
            field = field.help(setting.help);
        }
        form = form.field(field);
    }
    form = form.field(Field::text("reason", "事由").help("如：依据某文件调整。"));
    SheetPage::new(
        desk.frame(app, "提请规则变更", HERE)
            .below("规则设置", HERE),
        "只有改动的设置会列入提请；安全管理员审核通过后立即生效，原值保留在变更记录中。",
    )
    .with(Block::Form("设置".into(), form))
}

fn groups() -> Vec<&'static str> {
    let mut groups = Vec::new();
    for setting in policy_settings() {
        if !groups.contains(&setting.group) {
            groups.push(setting.group);
        }
    }
    groups
}
