//! Where one can be reached outside the platform, and how one wants to be: part of one's own account page.

use axum::extract::State;
use platform::{Contact, NoticeChannels};

use super::{Answer, again, go, profile};
use crate::app::App;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Button, Field, FieldKind, Form};

/// `POST /desk/profile/contact`
pub(super) async fn change(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let outcome = match read(&fields) {
        Ok(contact) => app.platform.change_contact(desk.account.id, contact).await,
        Err(error) => Err(error),
    };
    match outcome.map_err(Problem::from) {
        Ok(()) => {
            desk.say("已保存", "今后的通知按新的方式发送。").await?;
            go("/desk/profile")
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = profile::view(&app, &desk).await?;
            page.contact
                .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn read(fields: &Fields) -> Result<Contact, platform::Error> {
    Ok(Contact {
        mobile: fields.text("mobile").map(str::parse).transpose()?,
        email: fields.text("email").map(str::parse).transpose()?,
        wants: NoticeChannels {
            mail: fields.text("want_mail").is_some(),
            sms: fields.text("want_sms").is_some(),
        },
    })
}

/// The form with what is known.
pub(super) fn form(app: &App, desk: &Desk) -> Form {
    let account = &desk.account;
    let on = app.platform.notice_channels();
    let help = |on: bool| {
        if on {
            "平台内的通知始终保留，不受此处影响。"
        } else {
            "本平台尚未开通此通道，开通后按您的选择发送。"
        }
    };
    let tick = |name: &str, label: &str, words: &str, wanted: bool, on: bool| {
        Field::new(name, label, FieldKind::Tick)
            .optional()
            .placeholder(words)
            .value(if wanted { "yes" } else { "" })
            .help(help(on))
    };
    Form::new(
        "/desk/profile/contact",
        desk.csrf(),
        Button::primary("保存"),
    )
    .field(
        Field::text("mobile", "手机号")
            .optional()
            .value(
                account
                    .mobile
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            )
            .with("inputmode", "tel")
            .with("autocomplete", "tel"),
    )
    .field(
        Field::new("email", "电子邮箱", FieldKind::Input("email"))
            .optional()
            .value(
                account
                    .email
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            )
            .with("autocomplete", "email"),
    )
    .field(tick(
        "want_mail",
        "邮件通知",
        "轮到我办理、办件有进展、印章即将到期时发邮件",
        account.notify.mail,
        on.mail,
    ))
    .field(tick(
        "want_sms",
        "短信通知",
        "轮到我办理、办件有进展、印章即将到期时发短信",
        account.notify.sms,
        on.sms,
    ))
}
