//! The pages of the wizard.

use casework::{
    ActKind, Application, ApplicationForm, BusinessType, Due, Field as FormField, FieldError,
    FieldUse, MaterialKind, Section,
};
use platform::{CaseView, Judgement, RequestReport};

use super::super::correction::{self, step_of, step_path};
use super::super::{act, case, statistics, words};
use super::asking::{self, Asking};
use super::draft;
use crate::app::App;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Button, Cell, Chip, Column, Empty, Facts, Field, FieldKind, Form, Link, Notice, Row, StepState,
    Table, Tone,
};
use crate::views::{
    ApplicationPage, CheckPage, ImprintPage, RailStep, RequestPage, RequestPoint,
    Section as SectionView, WizardHead,
};

const STEPS: [(&str, &str); 7] = [
    ("matter", "选择事项"),
    ("seal", "印章信息"),
    ("imprint", "印模"),
    ("request", "证书请求"),
    ("agent", "经办人"),
    ("papers", "材料"),
    ("check", "核对提交"),
];

/// The steps that ask something in this application; what the register knows needs no step.
pub(super) fn asked(
    view: &CaseView,
    application: &Application,
) -> Vec<(&'static str, &'static str)> {
    let business = view.case.business;
    let asks = |step: &str| {
        FormField::ALL.iter().any(|field| {
            step_of(*field) == step
                && asking::usage(business, application, *field) == FieldUse::Asked
        })
    };
    STEPS
        .into_iter()
        .filter(|(code, _)| !matches!(*code, "seal" | "imprint" | "request") || asks(code))
        .collect()
}

/// The step after this one.
pub(super) fn after(view: &CaseView, application: &Application, step: &str) -> &'static str {
    let place = |wanted: &str| STEPS.iter().position(|(code, _)| *code == wanted);
    let here = place(step);
    asked(view, application)
        .into_iter()
        .map(|(code, _)| code)
        .find(|code| place(code) > here)
        .unwrap_or("check")
}

/// Where a draft is taken up again: at what is asked about the seal, else at the papers.
pub(in super::super) fn begins_at(view: &CaseView, application: &Application) -> &'static str {
    if view.case.business == BusinessType::Change {
        return "matter";
    }
    let seal = asked(view, application)
        .iter()
        .any(|(code, _)| *code == "seal");
    if seal { "seal" } else { "papers" }
}

/// The first step on which something is missing or wrong; the papers where nothing is.
pub(super) fn first_open(
    view: &CaseView,
    application: &Application,
    errors: &[FieldError],
) -> &'static str {
    asked(view, application)
        .into_iter()
        .map(|(code, _)| code)
        .find(|code| errors.iter().any(|error| step_of(error.field) == *code))
        .unwrap_or("papers")
}

/// What every step shows around its form.
pub(in super::super) fn head(
    view: &CaseView,
    application: Option<&Application>,
    step: &str,
    lead: &str,
) -> WizardHead {
    let case = &view.case;
    let fills = view.allowed.contains(&ActKind::SaveDraft);
    let steps = application.map_or_else(Vec::new, |application| asked(view, application));
    let at = steps
        .iter()
        .position(|(code, _)| *code == step)
        .unwrap_or_default();
    let rail = application.filter(|_| fills).map(|application| {
        steps
            .iter()
            .enumerate()
            .map(|(index, (code, label))| RailStep {
                label: (*label).into(),
                href: Some(step_path(case.id, application.id, code)),
                state: match index.cmp(&at) {
                    std::cmp::Ordering::Less => StepState::Done,
                    std::cmp::Ordering::Equal => StepState::Now,
                    std::cmp::Ordering::Greater => StepState::Next,
                },
                note: None,
            })
            .collect()
    });
    let points: Vec<_> = case
        .correction_points()
        .iter()
        .filter(|point| {
            point.application.is_none() || point.application == application.map(|a| a.id)
        })
        .filter(|point| {
            let field = point.field.as_deref().and_then(FormField::find);
            step == "check" || field.map_or("papers", step_of) == step
        })
        .cloned()
        .collect();
    WizardHead {
        case_number: case.number.to_string(),
        case_href: format!("/desk/cases/{}", case.id),
        rail: rail.unwrap_or_default(),
        heading: if fills {
            STEPS
                .iter()
                .find(|(code, _)| *code == step)
                .map_or("", |(_, label)| label)
                .to_string()
        } else {
            "填报内容".into()
        },
        lead: lead.into(),
        hints: hints(step).iter().map(ToString::to_string).collect(),
        points: correction::views(case, &points, false),
        saved: if fills {
            "填写的内容会自动保存".into()
        } else {
            String::new()
        },
    }
}

/// A step that is a form: matter, seal, agent.
pub(super) async fn form_page(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
    step: &str,
    errors: &[FieldError],
) -> Result<ApplicationPage, Problem> {
    let seals = draft::seals(app, desk, view.case.business).await?;
    let asking = Asking {
        app,
        view,
        application,
        seals: &seals,
        errors,
    };
    let action = step_path(view.case.id, application.id, step);
    let mut form = Form::new(action, desk.csrf(), Button::primary("保存，下一步"));
    form.autosave = true;
    form = match step {
        "matter" => asking.matter(form),
        "seal" => asking.seal(form),
        _ => asking.agent(form),
    };
    form = form.button(Button {
        skips_checks: true,
        ..Button::other("暂存，稍后再填", "then", "stay")
    });
    Ok(ApplicationPage {
        frame: desk
            .frame(app, view.case.business.name(), "/desk/cases/new")
            .script("js/wizard.js"),
        head: head(view, Some(application), step, ""),
        form,
    })
}

/// The step of the imprint: picture and measured size.
pub(super) async fn imprint(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
    errors: &[FieldError],
) -> Result<ImprintPage, Problem> {
    let asking = Asking {
        app,
        view,
        application,
        seals: &[],
        errors,
    };
    let path = step_path(view.case.id, application.id, "imprint");
    let mut findings = Vec::new();
    if application.draft.imprint.is_some() {
        match app
            .platform
            .clean_imprint(&desk.actor, view.case.id, application.id)
            .await
        {
            Ok(clean) if clean.findings.is_empty() => {
                findings.push(
                    Notice::new(Tone::Good, "印模清晰").line("图为去除纸张底色后、盖章时的样子。"),
                );
            }
            Ok(clean) => findings.extend(
                clean
                    .findings
                    .iter()
                    .map(|finding| Notice::new(Tone::Warn, &finding.message).code(finding.code)),
            ),
            Err(error) => findings.push(Problem::from(error).notice()),
        }
    }
    let asked = asking.usage(FormField::Imprint) == FieldUse::Asked;
    let mut form = Form::new(
        path,
        desk.csrf(),
        Button::primary("保存，下一步").sending("then", "next"),
    );
    form.multipart = true;
    if asked {
        let mut picture = Field::new(
            "imprint",
            "印模图片",
            FieldKind::File("image/png,image/jpeg,image/bmp,image/gif"),
        )
        .placeholder("PNG 或 JPG，300 DPI 以上扫描最佳。")
        .help("请使用实体印章在白纸上加盖清晰有效的印模，扫描或垂直拍照后上传。");
        picture.required = application.draft.imprint.is_none();
        if let Some(error) = errors
            .iter()
            .find(|error| error.field == FormField::Imprint)
        {
            picture = picture.error(error.code, &error.message);
        }
        form = form.field(picture);
    }
    let size = |field: FormField| {
        let shown = Field::new(field.code(), field.label(), FieldKind::Input("text"))
            .unit("毫米")
            .with("inputmode", "decimal");
        asking.field(field, shown)
    };
    let sizes: Vec<Field> = [FormField::Width, FormField::Height]
        .into_iter()
        .filter_map(size)
        .collect();
    for field in sizes {
        form = form.field(field);
    }
    if asked {
        form = form.button(Button::other("保存并查看", "then", "look"));
    } else {
        form = form.explain("本业务沿用印章登记中的印模，无须重新采集。");
    }
    Ok(ImprintPage {
        frame: desk
            .frame(app, view.case.business.name(), "/desk/cases/new")
            .script("js/wizard.js"),
        head: head(view, Some(application), "imprint", ""),
        form,
        imprint: words::imprint(view.case.id, application),
        findings,
    })
}

/// The step of a device seal's certificate request: upload, and what was found in it, point by point.
pub(super) async fn request(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
) -> Result<RequestPage, Problem> {
    let case = view.case.id;
    let report = app
        .platform
        .request_report(&desk.actor, case, application.id)
        .await?;
    let path = step_path(case, application.id, "request");
    let label = if report.is_some() {
        "换一份证书请求"
    } else {
        "上传并检查"
    };
    let form = Form::new(
        format!("/desk/cases/{case}/materials"),
        desk.csrf(),
        Button {
            primary: report.is_none(),
            ..Button::primary(label)
        },
    )
    .field(Field::hidden("application", application.id.to_string()))
    .field(Field::hidden("kind", MaterialKind::P10.code()))
    .field(Field::hidden("back", path))
    .field(
        Field::new(
            "p10",
            "P10 证书请求文件",
            FieldKind::File(".p10,.csr,.req,.pem,.der"),
        )
        .placeholder("DER 或 PEM 编码，由设备导出。"),
    );
    let usable = report.as_ref().is_some_and(RequestReport::is_acceptable);
    let verdict = report.as_ref().map(|_| {
        if usable {
            Notice::new(Tone::Good, "这份证书请求可以使用").line("逐项检查结果如下。")
        } else {
            Notice::new(Tone::Bad, "这份证书请求不能使用")
                .line("请按下面标为「不符合」的一项处理，在设备上重新导出后上传。")
        }
    });
    let points = report.map_or_else(Vec::new, |report| {
        report
            .points
            .into_iter()
            .map(|point| RequestPoint {
                label: point.label.into(),
                value: point.value,
                chip: match point.judgement {
                    Judgement::Good => Chip::new("符合", Tone::Good),
                    Judgement::Remark => Chip::new("提示", Tone::Info),
                    Judgement::Bad => Chip::new("不符合", Tone::Bad),
                },
                message: point.message,
                code: (point.judgement == Judgement::Bad).then(|| point.code.to_owned()),
            })
            .collect()
    });
    Ok(RequestPage {
        frame: desk.frame(app, view.case.business.name(), "/desk/cases/new"),
        head: head(
            view,
            Some(application),
            "request",
            "上传设备生成的 P10 证书请求。平台当场检查格式、密钥算法、自签名和公钥是否用过。",
        ),
        verdict,
        points,
        form,
        next: usable.then(|| {
            let step = after(view, application, "request");
            Link::new("下一步", step_path(case, application.id, step))
        }),
    })
}

/// Everything once more, and what still holds the submission back.
pub(super) async fn check_page(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
    errors: &[FieldError],
) -> Result<CheckPage, Problem> {
    let case = &view.case;
    let fills = view.allowed.contains(&ActKind::SaveDraft);
    let policy = app.platform.policy();
    let sections = match (&application.form, fills) {
        (Some(form), false) => submitted(app, form, case::checks(desk.actor.post.role)),
        _ => typed_sections(app, desk, view, application, errors).await?,
    };
    let submit = [ActKind::Submit, ActKind::Resubmit]
        .into_iter()
        .find(|kind| view.allowed.contains(kind));
    let mut form = submit
        .and_then(|kind| act::form(kind, case, desk.csrf()))
        .map(|act| act.form);
    let several = case.live_applications().nth(1).is_some();
    let mut faults = Vec::new();
    if fills {
        let found = app
            .platform
            .check_applications(&desk.actor, case.id)
            .await?;
        for (id, errors) in found {
            faults.extend(case.application(id).map(|other| (other, errors)));
        }
    }
    if let Some(form) = &mut form {
        for (other, faults) in &faults {
            if faults.is_empty() && several {
                continue;
            }
            *form = form.clone().rule(told(other, faults), faults.is_empty());
        }
        if several && faults.iter().all(|(_, faults)| faults.is_empty()) {
            *form = form
                .clone()
                .rule(format!("{} 张申请表全部填写完整", faults.len()), true);
        }
        let needed = view
            .materials
            .iter()
            .filter(|required| required.due == Due::Submission);
        for required in needed {
            *form = form.clone().rule(
                format!("已上传{}", required.kind.name()),
                required.present.is_some(),
            );
        }
        let letter = casework::letter::check_reasons(&case.letter.reasons, &policy.center);
        let text = match &letter {
            Ok(_) => "已写明红头函的办理理由".to_owned(),
            Err(refusal) => format!("红头函的办理理由：{}", refusal.message),
        };
        *form = form.clone().rule(text, letter.is_ok());
    }
    let small = |action: String, label: &str| {
        let button = Button {
            primary: false,
            ..Button::primary(label)
        };
        Form::new(action, desk.csrf(), button).narrow()
    };
    let mut frame = desk.frame(app, case.business.name(), "/desk/cases/new");
    if form.is_some() {
        frame
            .notices
            .extend(statistics::hints(app, case.business).await?);
    }
    Ok(CheckPage {
        frame,
        head: head(view, Some(application), "check", ""),
        sections,
        imprint: words::imprint(case.id, application),
        form,
        forms: (several && fills).then(|| forms(view, application, &faults)),
        add: fills.then(|| {
            small(
                format!("/desk/cases/{}/applications", case.id),
                "再添加一枚印章",
            )
        }),
        remove: (several && fills).then(|| {
            let kind = ActKind::RemoveApplication.code();
            small(
                format!("/desk/cases/{}/acts/{kind}", case.id),
                "删除这张申请表",
            )
            .field(Field::hidden("application", application.id.to_string()))
        }),
    })
}

/// One line about a form: complete, or what is still wrong with it.
fn told(application: &Application, faults: &[FieldError]) -> String {
    let name = application.seal_name();
    if faults.is_empty() {
        return format!("「{name}」填写完整");
    }
    let lines: Vec<_> = faults
        .iter()
        .map(|fault| format!("{}：{}", fault.field.label(), fault.message))
        .collect();
    format!("「{name}」还有 {} 处：{}", faults.len(), lines.join("；"))
}

/// The forms of a case of several seals, each with the way to where it goes on.
fn forms(view: &CaseView, here: &Application, faults: &[(&Application, Vec<FieldError>)]) -> Table {
    let rows = faults.iter().map(|(application, faults)| {
        let step = if faults.is_empty() {
            "check"
        } else {
            first_open(view, application, faults)
        };
        let chip = if faults.is_empty() {
            Chip::new("填写完整", Tone::Good)
        } else {
            Chip::new(format!("还有 {} 处", faults.len()), Tone::Warn)
        };
        let mut name = Cell::link(
            application.seal_name(),
            step_path(view.case.id, application.id, step),
        );
        name.sub = (application.id == here.id).then(|| "本页所示".to_owned());
        Row::new(vec![
            name,
            application
                .kind()
                .map_or("—", casework::SealKind::name)
                .into(),
            chip.into(),
        ])
    });
    Table::new(
        "本办件的申请表",
        vec![
            Column::new("印章名称"),
            Column::short("类型"),
            Column::short("填写"),
        ],
        rows.collect(),
        Empty::new("file", "没有申请表", ""),
    )
}

fn submitted(app: &App, form: &ApplicationForm, whole: bool) -> Vec<SectionView> {
    vec![SectionView {
        title: "申请表".into(),
        facts: words::form_facts(form, &app.platform.policy(), whole),
        edit: None,
    }]
}

async fn typed_sections(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    application: &Application,
    errors: &[FieldError],
) -> Result<Vec<SectionView>, Problem> {
    let seals = draft::seals(app, desk, view.case.business).await?;
    let asking = Asking {
        app,
        view,
        application,
        seals: &seals,
        errors,
    };
    let sections = Section::ALL.iter().filter_map(|section| {
        let mut facts = Facts::new();
        let mut step = "seal";
        for field in section
            .fields()
            .filter(|field| !matches!(field, FormField::Imprint))
        {
            if asking.usage(field) == FieldUse::NotAsked {
                continue;
            }
            step = step_of(field);
            let value = asking.shown(field);
            let fault = errors.iter().find(|error| error.field == field);
            let mut cell = Cell::text(value.unwrap_or_else(|| "未填写".into()));
            cell.sub = fault.map(|fault| fault.message.clone());
            if fault.is_some() {
                cell.chip = Some(crate::views::parts::Chip::new("须更正", Tone::Bad));
            }
            facts = facts.with(field.label(), cell);
        }
        (!facts.facts.is_empty()).then(|| SectionView {
            title: section.name().into(),
            facts,
            edit: Some(step_path(view.case.id, application.id, step)),
        })
    });
    Ok(sections.collect())
}

/// The guide's words for each step.
fn hints(step: &str) -> &'static [&'static str] {
    match step {
        "matter" => &[
            "业务类型、印章类型都是单选项。",
            "建议一种印模样式只绑定一枚数字证书；有特殊情况的，须提交情况说明和承诺，中心视情况审批签发。",
        ],
        "seal" => &[
            "印章名称可根据实体印章名称填写或自定义命名。",
            "统一社会信用代码、身份证号会写入数字证书，请务必正确。",
            "所有填写项都必须填写，请勿留空。",
        ],
        "imprint" => &[
            "请使用实体印章加盖清晰有效的印模。业务办理只是采集印模，无法新增生成不存在实体印章的电子印章。",
            "宽度、长度为实体印章盖章后的印模大小，请用直尺测量，精确到 0.1 毫米。",
            "印模的清晰与否直接影响电子印章的盖章效果。",
        ],
        "request" => &[
            "P10 设备证书请求是硬件设备导出后发送到 CA 的请求认证信息，又称证书签发请求（CSR）。",
            "两种编码格式都可以：二进制（DER）或文本（PEM、Base-64）。",
            "请确认自动签章服务器使用国家密码算法（SM2）。私钥留在设备中，请勿上传。",
        ],
        "agent" => &[
            "经办人是本次业务的办理人，中心通过此手机号联系。",
            "默认为您本人，信息来自您的账号。",
        ],
        "papers" => &[
            "函头必须是红色文字的正式函件，可不带函号；行文对象必须是福建省经济信息中心。",
            "请勿完全照搬范文内容，务必按实际情况填写；请勿涂改；必须加盖单位公章。",
        ],
        _ => &[
            "提交后由本单位主管处室或分管领导审批。",
            "审批同意后打印申请表，签字、盖章、加盖印模，再递交。",
        ],
    }
}
