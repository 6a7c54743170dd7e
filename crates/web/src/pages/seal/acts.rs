//! What can be done with a seal from its page: the form of each act, and reading it.

use casework::{Actor, CallBack, Medium, Reason, ReportChannel, Role, SealAct, SealState, Status};
use jiff::Timestamp;
use platform::{NumberOnFile, RegisteredSeal};

use crate::beijing;
use crate::form::Fields;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Act as ActView, Button, Choice, Field, FieldKind, Form};

/// What this post may do with a seal in this state; the register has the last word.
pub(super) fn forms(
    seal: &RegisteredSeal,
    now: Timestamp,
    desk: &Desk,
    numbers: &[NumberOnFile],
) -> Vec<ActView> {
    let record = &seal.record;
    let state = seal.state(now);
    let role = desk.actor.post.role;
    let of_unit = matches!(role, Role::Agent | Role::UnitApprover);
    let reviews = matches!(role, Role::SealReviewer | Role::DepartmentLeader);
    let hosted = record.medium == Medium::Hosted;
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
    // Each form of the page has names of its own: a name is also the id of its field.
    let reason = |code: &str, label: &str| {
        Field::new(&format!("{code}-reason"), label, FieldKind::Area).with("maxlength", "500")
    };
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
    if (of_unit || role.is_center()) && platform::can_be_reported(seal, now) {
        let mut form = form("loss", Button::primary("报告并立即停用").dangerous())
            .explain("提交后印章立即停用并向社会公示，停用期间盖的章无效；随后请办理补办或撤销。");
        if role.is_center() {
            form = call_fields(form, numbers, now, true);
        }
        let form = form.field(reason("loss", "情况说明"));
        let title = if of_unit {
            "报告丢失、失控"
        } else {
            "登记电话报告丢失、失控"
        };
        acts.push(act("loss", title, "lost", true, form));
    }
    if role.is_center() && record.unverified_call(now).is_some() {
        let form = form("confirm_call", Button::primary("登记回拨核实"))
            .explain("按单位备案的号码回拨，确认确系该单位报告后登记。");
        let form = call_fields(form, numbers, now, false);
        acts.push(ActView {
            open: true,
            ..act("confirm_call", "回拨核实", "ok", false, form)
        });
    }
    let resumable = state == SealState::Suspended
        && record
            .history
            .iter()
            .any(|entry| entry.status == Status::Active);
    if of_unit && resumable && record.resumption.is_none() {
        let form = form("ask_resumption", Button::primary("申请恢复"))
            .explain("印章找回且确认未被他人使用的，可申请恢复；由中心审核，停用人本人不能恢复。")
            .field(reason("ask_resumption", "申请恢复的理由"));
        acts.push(act("ask_resumption", "申请恢复使用", "renew", false, form));
    }
    if reviews && resumable {
        let asked = record.resumption.is_some();
        let form_ =
            form("resume", Button::primary("恢复使用")).field(reason("resume", "恢复使用的理由"));
        acts.push(ActView {
            open: asked,
            ..act("resume", "恢复使用", "renew", false, form_)
        });
        if asked {
            let form = form(
                "decline_resumption",
                Button::primary("不予恢复").dangerous(),
            )
            .field(reason("decline_resumption", "不予恢复的理由"));
            acts.push(act("decline_resumption", "不予恢复", "cross", true, form));
        }
    }
    if (of_unit || reviews) && state == SealState::Active {
        let form = form("suspend", Button::primary("停用").dangerous())
            .explain("停用后不能盖章，可以恢复。")
            .field(reason("suspend", "停用原因"));
        let title = if of_unit {
            "申请停用"
        } else {
            "依职权停用"
        };
        acts.push(act("suspend", title, "revoke", true, form));
    }
    if role == Role::DepartmentLeader {
        let basis = |code: &str| {
            Field::text(&format!("{code}-basis"), "法律、法规依据")
                .with("maxlength", "200")
                .help("将向社会公示，请勿填写个人信息。")
        };
        if !matches!(state, SealState::Cancelled | SealState::Void) {
            let cancel = form("cancel", Button::primary("注销").dangerous())
                .explain("注销后不能恢复；理由通知持有单位，依据向社会公示，证书随即撤销。")
                .field(reason("cancel", "注销理由"))
                .field(basis("cancel"));
            acts.push(act("cancel", "依职权注销", "revoke", true, cancel));
        }
        if state != SealState::Void {
            let void = form("void", Button::primary("宣布无效").dangerous())
                .explain("用于违法制作的印章：自制作之日起无效，所盖的章全部无效。")
                .field(reason("void", "宣布无效的理由"))
                .field(basis("void"));
            acts.push(act("void", "宣布无效", "bad", true, void));
        }
    }
    acts
}

/// The call of a report by telephone. `report`: the call itself is told too, and calling back may follow later.
pub(in crate::pages) fn call_fields(
    form: Form,
    numbers: &[NumberOnFile],
    now: Timestamp,
    report: bool,
) -> Form {
    let mut choices = Vec::new();
    if report {
        choices.push(Choice::new("", "暂时无法回拨，先行停用，稍后核实"));
    }
    choices.extend(numbers.iter().map(|known| {
        let label = format!("{} {}（{}）", known.number, known.name, known.role.name());
        Choice::new(&known.number, label)
    }));
    let mut number = Field::new(
        "called_back_on",
        "回拨核实的号码",
        FieldKind::Select(choices),
    )
    .help("只能选择单位备案的号码；没有备案号码的，请先由系统管理员登记。");
    let mut at = Field::new(
        "called_back_at",
        "回拨时间",
        FieldKind::Input("datetime-local"),
    )
    .value(beijing::field(now));
    let mut form = form;
    if report {
        number = number.optional();
        at = at.optional();
        form = form.field(Field::text("caller", "来电人姓名").with("maxlength", "30"));
    }
    form.field(number).field(at)
}

/// The act that a form asks for; `None` for one that there is not.
pub(in crate::pages) fn read(
    code: &str,
    fields: &Fields,
    actor: &Actor,
) -> Result<Option<SealAct>, Problem> {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let reason = text(&format!("{code}-reason"));
    let basis = text(&format!("{code}-basis"));
    let center = actor.post.role.is_center();
    let suspend = |reason, channel| SealAct::Suspend {
        reason,
        account: text(&format!("{code}-reason")),
        channel,
        effective_at: None,
    };
    Ok(Some(match code {
        "loss" if center => {
            let call_back = match fields.text("called_back_on") {
                Some(number) => Some(CallBack {
                    called_back_on: number.to_owned(),
                    at: called_back_at(fields)?,
                    by: actor.clone(),
                }),
                None => None,
            };
            let channel = ReportChannel::Telephone {
                caller: text("caller"),
                call_back,
            };
            suspend(Reason::LossOfControl, channel)
        }
        "loss" => suspend(Reason::LossOfControl, ReportChannel::Platform),
        "confirm_call" => SealAct::ConfirmCall {
            called_back_on: text("called_back_on"),
            called_back_at: called_back_at(fields)?,
        },
        "suspend" if center => suspend(Reason::CenterOrder, ReportChannel::Platform),
        "suspend" => suspend(Reason::UnitRequest, ReportChannel::Platform),
        "ask_resumption" => SealAct::RequestResumption { reason },
        "decline_resumption" => SealAct::DeclineResumption { reason },
        "resume" => SealAct::Resume { reason },
        "cancel" => SealAct::CancelExOfficio { reason, basis },
        "void" => SealAct::DeclareVoid { reason, basis },
        _ => return Ok(None),
    }))
}

fn called_back_at(fields: &Fields) -> Result<Timestamp, Problem> {
    fields
        .text("called_back_at")
        .and_then(beijing::parse)
        .ok_or_else(|| {
            platform::Error::refused("call_back_time_unreadable", "请填写回拨的日期和时间。").into()
        })
}
