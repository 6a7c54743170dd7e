//! What can be done with a seal from its page: the form of each act, and reading it.

use casework::seal_register::{Reason, ReportChannel, SealAct, SealState};
use casework::{Medium, Role};
use platform::RegisteredSeal;

use crate::form::Fields;
use crate::session::Desk;
use crate::views::parts::{Act as ActView, Button, Field, FieldKind, Form};

/// What this post may do with a seal in this state; the register has the last word.
pub(super) fn forms(seal: &RegisteredSeal, state: SealState, desk: &Desk) -> Vec<ActView> {
    let role = desk.actor.post.role;
    let hosted = seal.record.medium == Medium::Hosted;
    let live = matches!(
        state,
        SealState::Active | SealState::NotYetActive | SealState::Suspended
    );
    let form = |code: &str, button: Button| {
        Form::new(
            format!("/desk/seals/{}/acts/{code}", seal.record.id),
            desk.csrf(),
            button,
        )
    };
    let act = |id: &str, title: &str, icon: &'static str, danger: bool, form: Form| ActView {
        id: id.into(),
        title: title.into(),
        icon,
        danger,
        open: false,
        form,
    };
    let reason =
        |label: &str| Field::new("reason", label, FieldKind::Area).with("maxlength", "500");
    let mut acts = Vec::new();
    let with_pin = seal.key.label().is_some();
    if role == Role::Agent && with_pin && state == SealState::Active {
        let old = if seal.initial_pin {
            "激活码"
        } else {
            "原签章口令"
        };
        let password = |name: &str, label: &str| {
            Field::new(name, label, FieldKind::Input("password")).with("autocomplete", "off")
        };
        let form = form("pin", Button::primary("设置口令"))
            .field(password("old", old))
            .field(password("new", "新签章口令").help("6 至 64 位，不能是重复或连续的字符。"))
            .field(password("again", "再输一次新口令"));
        let title = if seal.initial_pin {
            "设置签章口令"
        } else {
            "修改签章口令"
        };
        acts.push(ActView {
            open: seal.initial_pin,
            ..act("pin", title, "key", false, form)
        });
    }
    if role == Role::UnitApprover && hosted && state == SealState::Active {
        let title = if seal.initial_pin {
            "生成激活码"
        } else {
            "重置签章口令"
        };
        let form = form("activation", Button::primary("生成激活码"))
            .explain("生成一次性激活码，交给经办人设置签章口令；原口令随即失效。");
        acts.push(act("activation", title, "key", false, form));
    }
    if matches!(role, Role::SealReviewer | Role::DepartmentLeader) && state == SealState::Suspended
    {
        let form = form("resume", Button::primary("恢复使用")).field(reason("恢复使用的理由"));
        acts.push(act("resume", "恢复使用", "renew", false, form));
    }
    let of_unit = matches!(role, Role::Agent | Role::UnitApprover);
    if (of_unit || role == Role::SealMaker) && live && seal.record.loss_report.is_none() {
        let mut form = form("loss", Button::primary("报告并立即停用").dangerous())
            .explain("提交后印章立即停用并向社会公示，停用期间盖的章无效；随后请办理补办或撤销。");
        if role == Role::SealMaker {
            form = form.field(Field::text("caller", "来电人")).field(
                Field::text("called_back_on", "回拨核实的电话").help("须为单位备案的电话。"),
            );
        }
        acts.push(act(
            "loss",
            "报告丢失、失控",
            "lost",
            true,
            form.field(reason("情况说明")),
        ));
    }
    if (of_unit || role.is_center()) && state == SealState::Active {
        let form = form("suspend", Button::primary("停用").dangerous())
            .explain("停用后不能盖章，可以申请恢复。")
            .field(reason("停用原因"));
        acts.push(act(
            "suspend",
            if of_unit {
                "申请停用"
            } else {
                "依职权停用"
            },
            "revoke",
            true,
            form,
        ));
    }
    if role == Role::DepartmentLeader && live {
        let cancel = form("cancel", Button::primary("注销").dangerous())
            .explain("注销后不能恢复。")
            .field(reason("注销理由"));
        acts.push(act("cancel", "依职权注销", "revoke", true, cancel));
        let void = form("void", Button::primary("宣布无效").dangerous())
            .explain("用于违法制作的印章：自制作之日起无效，所盖的章全部无效。")
            .field(reason("理由"));
        acts.push(act("void", "宣布无效", "bad", true, void));
    }
    acts
}

/// The act that a form asks for.
pub(super) fn read(code: &str, fields: &Fields, role: Role) -> Option<SealAct> {
    let reason = fields.text("reason").unwrap_or_default().to_owned();
    let suspend = |reason, channel| SealAct::Suspend {
        reason,
        account: fields.text("reason").unwrap_or_default().to_owned(),
        channel,
        effective_at: None,
    };
    Some(match code {
        "loss" if role.is_center() => suspend(
            Reason::LossOfControl,
            ReportChannel::Telephone {
                caller: fields.text("caller").unwrap_or_default().to_owned(),
                called_back_on: fields.text("called_back_on").unwrap_or_default().to_owned(),
            },
        ),
        "loss" => suspend(Reason::LossOfControl, ReportChannel::Platform),
        "suspend" if role.is_center() => suspend(Reason::CenterOrder, ReportChannel::Platform),
        "suspend" => suspend(Reason::UnitRequest, ReportChannel::Platform),
        "resume" => SealAct::Resume { reason },
        "cancel" => SealAct::Cancel {
            reason: Reason::ExOfficio,
            note: reason,
            case: None,
        },
        "void" => SealAct::DeclareVoid { reason },
        _ => return None,
    })
}
