//! What can be done with a case from its page: the form of each act, and carrying it out.

use axum::extract::{Path, State};
use casework::{
    Act, ActKind, ApplicationId, BundleId, Case, CaseId, MaterialId, PaperTracking, Progress,
};
use platform::CaseView;
use uuid::Uuid;

use super::{Answer, again, case, collection, correction, go, html};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{Act as ActView, Button, Choice, Field, FieldKind, Form};

/// `POST /desk/cases/{case}/acts/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((id, code)): Path<(CaseId, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let kind = ActKind::find(&code).ok_or_else(Problem::not_found)?;
    let mut codes = Vec::new();
    let outcome = match read(&app, kind, &fields).await {
        Ok(Act::FinishOnSite) => app
            .platform
            .finish_on_site(&desk.actor, id, fields.version())
            .await
            .map(|(view, handed_out)| {
                codes = handed_out;
                view
            })
            .map_err(Problem::from),
        Ok(act) => app
            .platform
            .act(&desk.actor, id, fields.version(), act)
            .await
            .map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) if !codes.is_empty() => {
            let mut page = case::view(&app, &desk, &view);
            page.frame
                .notices
                .insert(0, collection::codes("口令已重置，办件已办结", &codes));
            html(&page)
        }
        Ok(view) => {
            let next = view.turn.as_ref().map_or_else(String::new, |turn| {
                format!("下一步：{}。", turn.waiting_for)
            });
            desk.say(&format!("已办理「{}」", kind.name()), &next)
                .await?;
            go(fields
                .text("back")
                .filter(|back| back.starts_with("/desk/"))
                .unwrap_or(&format!("/desk/cases/{id}")))
        }
        Err(problem) if problem.can_be_put_right() => {
            let view = app.platform.case(&desk.actor, id).await?;
            let status = problem.status;
            let mut page = case::view(&app, &desk, &view);
            page.frame.notices.push(problem.notice());
            for act in &mut page.acts {
                if act.id == code {
                    act.open = true;
                    act.form
                        .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                }
            }
            again(status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The acts that a case waits for; the others are what may be needed instead.
const EXPECTED: [ActKind; 10] = [
    ActKind::Submit,
    ActKind::Resubmit,
    ActKind::ApproveInUnit,
    ActKind::HandIn,
    ActKind::HandOver,
    ActKind::ApproveFirst,
    ActKind::ApproveFinal,
    ActKind::NotifyCollection,
    ActKind::FinishOnSite,
    ActKind::Close,
];

/// The acts that this person may do on the case's own page, the expected one first and open.
pub(super) fn forms(view: &CaseView, csrf: &str) -> Vec<ActView> {
    let case = &view.case;
    let mut acts: Vec<ActView> = view
        .allowed
        .iter()
        .filter_map(|kind| form(*kind, case, csrf))
        .collect();
    let expected = |act: &ActView| EXPECTED.iter().any(|kind| kind.code() == act.id);
    acts.sort_by_key(|act| (act.danger, !expected(act)));
    if let Some(first) = acts.first_mut().filter(|act| expected(act)) {
        first.open = true;
    }
    acts
}

/// The form of an act; `None` for acts that have a page of their own.
pub(super) fn form(kind: ActKind, case: &Case, csrf: &str) -> Option<ActView> {
    let (icon, danger) = look(kind)?;
    let button = Button::primary(button(kind));
    let button = if danger { button.dangerous() } else { button };
    let form = Form::new(
        format!("/desk/cases/{}/acts/{}", case.id, kind.code()),
        csrf,
        button,
    )
    .field(Field::hidden("version", case.version.to_string()));
    Some(ActView {
        id: kind.code().into(),
        title: kind.name().into(),
        icon,
        danger,
        open: false,
        form: fill(kind, case, form),
    })
}

fn fill(kind: ActKind, case: &Case, form: Form) -> Form {
    let remark = |label: &str| {
        Field::new("remark", label, FieldKind::Area)
            .optional()
            .with("maxlength", "500")
    };
    let reason =
        |label: &str| Field::new("reason", label, FieldKind::Area).with("maxlength", "500");
    match kind {
        ActKind::Submit => form.explain("提交后申请表不能再改动，由本单位主管处室或分管领导审批。需要修改的，由审批人退回后形成新的一版。"),
        ActKind::ApproveInUnit => form
            .explain("同意后，经办人打印申请表签字、加盖单位公章并递交。")
            .field(remark("审批意见").value("同意。")),
        ActKind::ApproveFirst => form.explain("初审通过后由部门领导终审。").field(remark("审核意见").value("同意。")),
        ActKind::ApproveFinal => form.explain("终审通过后由印章制作员办理。").field(remark("审核意见").value("同意。")),
        ActKind::Resubmit => form.explain("重新提交形成新的一版，原来的内容保留。").field(remark("修改说明")),
        ActKind::SendBackInUnit | ActKind::ReturnByConsolidator | ActKind::RequestCorrection => {
            correction::ask(form.explain("写明要整改的内容，经办人改好后在同一办件中重新提交。"), case, "")
        }
        ActKind::HandIn => form.explain("请确认红头函、申请表扫描件已上传，纸质材料已签字盖章并寄出或送达。"),
        ActKind::HandOver => form.explain("将本办件递交福建省经济信息中心。几个办件一并递交，请用左侧「汇总递交」。"),
        ActKind::ReceivePaper => {
            let mut form = form.explain("逐项登记纸质原件是否收到。");
            for material in case.papers_outstanding() {
                let choices = vec![Choice::new("received", "已收到"), Choice::new("missing", "缺少"), Choice::new("", "尚未核对")];
                form = form.field(
                    Field::new(&format!("paper-{}", material.id), material.kind.name(), FieldKind::Choice(choices))
                        .value(match material.paper {
                            PaperTracking::Missing { .. } => "missing",
                            _ => "received",
                        })
                        .optional(),
                );
            }
            form
        }
        ActKind::Refuse => form.explain("不予办理的理由会告知申请单位，办件随即结束。").field(reason("不予办理的理由")),
        ActKind::Withdraw => form
            .explain("撤回后办件结束，需要时须重新申请。")
            .field(Field::new("reason", "撤回原因", FieldKind::Area).optional().with("maxlength", "500")),
        ActKind::SetAside => {
            let applications = live(case).map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            let form = form
                .explain("把其中一枚印章移到关联办件中补正，其余继续办理。")
                .field(Field::new("application", "移出的印章", FieldKind::Choice(applications)));
            correction::ask(form, case, "aside-")
        }
        ActKind::PresentKey => {
            let waiting = case
                .live_applications()
                .filter(|application| application.progress == Progress::WithCase && application.key_presented.is_none())
                .map(|application| Choice::new(application.id.to_string(), application.seal_name()))
                .collect();
            form.field(Field::new("application", "印章", FieldKind::Select(waiting)))
                .field(Field::text("serial", "USB KEY 序列号").help("从介质上读取，须与印章登记一致。"))
        }
        ActKind::NotifyCollection => form.explain("通知申请单位经办人携带介绍函（信）和身份证复印件到办理点领取。"),
        ActKind::FinishOnSite | ActKind::Close => form.explain("业务已全部办理完成，办结本办件并通知申请单位。"),
        _ => form,
    }
}

/// Icon and danger of an act that has its form on the case's page.
fn look(kind: ActKind) -> Option<(&'static str, bool)> {
    Some(match kind {
        ActKind::Submit | ActKind::Resubmit | ActKind::HandIn | ActKind::HandOver => {
            ("arrow", false)
        }
        ActKind::ApproveInUnit | ActKind::ApproveFirst | ActKind::ApproveFinal => ("check", false),
        ActKind::SendBackInUnit
        | ActKind::ReturnByConsolidator
        | ActKind::RequestCorrection
        | ActKind::SetAside => ("edit", false),
        ActKind::ReceivePaper => ("inbox", false),
        ActKind::PresentKey => ("key", false),
        ActKind::NotifyCollection => ("bell", false),
        ActKind::FinishOnSite | ActKind::Close => ("ok", false),
        ActKind::Refuse | ActKind::Withdraw => ("revoke", true),
        _ => return None,
    })
}

fn button(kind: ActKind) -> &'static str {
    match kind {
        ActKind::ApproveInUnit => "同意",
        ActKind::ApproveFirst => "通过，提交终审",
        ActKind::ApproveFinal => "通过，转印章办理",
        ActKind::SendBackInUnit | ActKind::ReturnByConsolidator => "退回经办人",
        ActKind::RequestCorrection => "发出整改通知",
        ActKind::ReceivePaper => "登记",
        kind => kind.name(),
    }
}

async fn read(app: &App, kind: ActKind, fields: &Fields) -> Result<Act, Problem> {
    let remark = || fields.text("remark").map(ToOwned::to_owned);
    let application = || {
        fields
            .parsed::<ApplicationId>("application")
            .ok_or_else(|| Problem::bad_request("application_missing", "请选择一枚印章。"))
    };
    Ok(match kind {
        ActKind::Submit => Act::Submit,
        ActKind::ApproveInUnit => Act::ApproveInUnit { remark: remark() },
        ActKind::SendBackInUnit => Act::SendBackInUnit {
            points: correction::read(fields, ""),
        },
        ActKind::HandIn => Act::HandIn,
        ActKind::HandOver => Act::HandOver {
            bundle: BundleId::from_uuid(Uuid::now_v7()),
        },
        ActKind::ReturnByConsolidator => Act::ReturnByConsolidator {
            points: correction::read(fields, ""),
        },
        ActKind::ReceivePaper => {
            let (received, missing) = papers(fields);
            Act::ReceivePaper { received, missing }
        }
        ActKind::RequestCorrection => Act::RequestCorrection {
            points: correction::read(fields, ""),
            checklist: Vec::new(),
        },
        ActKind::Refuse => Act::Refuse {
            reason: fields.text("reason").unwrap_or_default().to_owned(),
        },
        ActKind::ApproveFirst => Act::ApproveFirst { remark: remark() },
        ActKind::ApproveFinal => Act::ApproveFinal { remark: remark() },
        ActKind::SetAside => {
            let (linked, linked_number) = app.platform.reserve_case().await?;
            Act::SetAside {
                application: application()?,
                linked,
                linked_number,
                points: correction::read(fields, "aside-"),
            }
        }
        ActKind::BookAppointment => Act::BookAppointment {
            at: fields.text("at").and_then(beijing::parse).ok_or_else(|| {
                Problem::bad_request("moment_unreadable", "请选择预约的日期和时间。")
            })?,
        },
        ActKind::CancelAppointment => Act::CancelAppointment,
        ActKind::PresentKey => Act::PresentKey {
            application: application()?,
            serial: fields.text("serial").unwrap_or_default().to_owned(),
        },
        ActKind::StartProduction => Act::StartProduction {
            application: application()?,
        },
        ActKind::RemoveApplication => Act::RemoveApplication {
            application: application()?,
        },
        ActKind::RemoveMaterial => Act::RemoveMaterial {
            material: fields
                .parsed::<MaterialId>("material")
                .ok_or_else(|| Problem::bad_request("material_missing", "请选择要移除的材料。"))?,
        },
        ActKind::FinishOnSite => Act::FinishOnSite,
        ActKind::NotifyCollection => Act::NotifyCollection,
        ActKind::Resubmit => Act::Resubmit { remark: remark() },
        ActKind::Withdraw => Act::Withdraw {
            reason: fields.text("reason").map(ToOwned::to_owned),
        },
        ActKind::Close => Act::Close,
        // These have pages of their own, or are the platform's.
        ActKind::SaveLetter
        | ActKind::AddApplication
        | ActKind::AddApplications
        | ActKind::SaveDraft
        | ActKind::AttachMaterial
        | ActKind::Accept
        | ActKind::Collect
        | ActKind::ApplicationProduced => return Err(Problem::not_found()),
    })
}

fn papers(fields: &Fields) -> (Vec<MaterialId>, Vec<MaterialId>) {
    let marked = |wanted: &str| {
        fields
            .iter()
            .filter(|(_, value)| *value == wanted)
            .filter_map(|(name, _)| name.strip_prefix("paper-")?.parse().ok())
            .collect()
    };
    (marked("received"), marked("missing"))
}

fn live(case: &Case) -> impl Iterator<Item = (ApplicationId, String)> {
    case.live_applications()
        .map(|application| (application.id, application.seal_name().to_owned()))
}
