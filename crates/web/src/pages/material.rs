//! The materials of a case: what is needed, uploading, looking at them.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use casework::{ActKind, Application, ApplicationId, CaseId, Due, MaterialId, MaterialKind, Stage};
use platform::ports::papers::PaperKind;
use platform::{CaseView, NewMaterial};

use super::correction::step_path;
use super::{Answer, again, application, go, html};
use crate::app::App;
use crate::form::ProtectedUpload;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{Button, Chip, Field, FieldKind, Form, Link, Rule, Tone};
use crate::views::{MaterialSlot, MaterialsPage};

const DOCX_FILES: &str =
    ".docx,application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SCANS: &str = "application/pdf,image/jpeg,image/png";

/// `GET /desk/cases/{case}/papers`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    html(&papers(&app, &desk, &view, None))
}

/// The page of the materials: within the wizard with an application, on its own without.
pub(super) fn papers(
    app: &App,
    desk: &Desk,
    view: &CaseView,
    within: Option<&Application>,
) -> MaterialsPage {
    let case = &view.case;
    let due = match case.stage {
        Stage::Draft | Stage::UnitApproval => Due::Submission,
        _ => Due::HandIn,
    };
    let back = within.map_or_else(
        || format!("/desk/cases/{}/papers", case.id),
        |application| step_path(case.id, application.id, "papers"),
    );
    let asker = Asker {
        app,
        desk,
        view,
        back,
    };
    let mut slots = Vec::new();
    if view.allowed.contains(&ActKind::SaveLetter)
        && let Some(application) = within.or_else(|| case.live_applications().next())
    {
        slots.push(asker.letter(application));
    }
    if view.allowed.contains(&ActKind::AttachMaterial) && case.stage != Stage::Collection {
        slots.extend(asker.edited_letter());
    }
    let wanted = view.materials.iter().filter(|required| {
        // Imprint and P10 have steps of their own in the form.
        !matches!(required.kind, MaterialKind::Imprint | MaterialKind::P10)
            && required.due <= Due::HandIn
            && (required.due <= due || required.kind == MaterialKind::RedHeaderLetter)
    });
    slots.extend(wanted.clone().map(|required| asker.slot(required)));
    slots.extend(asker.further(wanted.clone().filter_map(|required| required.present)));
    if view.allowed.contains(&ActKind::AttachMaterial) {
        slots.push(asker.other());
    }
    let rules = wanted
        .filter(|required| required.due <= due)
        .map(|required| Rule {
            text: format!("{}已上传", asker.name(required.kind, required.application)),
            met: required.present.is_some(),
        })
        .collect();
    let next = match within {
        Some(application) => Link::new(
            "下一步：核对提交",
            step_path(case.id, application.id, "check"),
        ),
        None => Link::new("返回办件，办理下一步", format!("/desk/cases/{}", case.id)),
    };
    let lead = if due == Due::Submission {
        "红头函和签字盖章的申请表可在本单位审批同意后上传。"
    } else {
        "请打印申请表，签字并加盖单位公章、在印模框内加盖印模，扫描后上传；纸质原件寄送或送达。"
    };
    let mut head = application::head(view, within, "papers", lead);
    if within.is_none() {
        head.heading = "申请材料".into();
    }
    MaterialsPage {
        frame: desk.frame(app, case.business.name(), "/desk"),
        head,
        slots,
        rules,
        next,
    }
}

/// `POST /desk/cases/{case}/materials`
pub(super) async fn attach(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let kind = MaterialKind::find(fields.need("kind")?).ok_or_else(Problem::not_found)?;
    let application: Option<ApplicationId> = fields.parsed("application");
    let back = fields
        .text("back")
        .filter(|back| back.starts_with("/desk/cases/"));
    let outcome = match files.into_iter().next() {
        None => Err(Problem::from(platform::Error::refused(
            "file_missing",
            "请先选择要上传的文件。",
        ))),
        Some(file) => {
            let new = NewMaterial {
                kind,
                application,
                name: file.name,
                bytes: file.bytes,
            };
            app.platform
                .attach(&desk.actor, id, None, new)
                .await
                .map_err(Problem::from)
        }
    };
    match outcome {
        Ok((_, _, remarks)) => {
            let line: Vec<_> = remarks
                .iter()
                .map(|remark| remark.message.as_str())
                .collect();
            // What is to be said about a certificate request stands on its own step, point by point.
            if kind != MaterialKind::P10 {
                desk.say(&format!("已上传{}", kind.name()), &line.join("；"))
                    .await?;
            }
            go(back.unwrap_or(&format!("/desk/cases/{id}/papers")))
        }
        Err(problem) if problem.can_be_put_right() => {
            let view = app.platform.case(&desk.actor, id).await?;
            if let Some(id) = application
                && back == Some(step_path(view.case.id, id, "request").as_str())
            {
                return application::request_again(&app, &desk, &view, id, problem).await;
            }
            let within = application.filter(|_| {
                back.is_some_and(|back| {
                    back.ends_with("/papers") && back.contains("/applications/")
                })
            });
            let within = within.and_then(|id| view.case.application(id));
            let mut page = papers(&app, &desk, &view, within);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /desk/cases/{case}/materials/{material}`
pub(super) async fn file(
    State(app): State<App>,
    desk: Desk,
    Path((case, material)): Path<(CaseId, MaterialId)>,
) -> Answer {
    let file = app
        .platform
        .material_file(&desk.actor, case, material)
        .await?;
    let shown = matches!(
        file.media_type,
        "application/pdf" | "image/png" | "image/jpeg"
    );
    Ok(send(
        file.media_type,
        (!shown).then_some(file.name.as_str()),
        file.bytes,
    ))
}

/// `GET /desk/cases/{case}/applications/{application}/imprint.png`
pub(super) async fn imprint(
    State(app): State<App>,
    desk: Desk,
    Path((case, application)): Path<(CaseId, ApplicationId)>,
) -> Answer {
    let clean = app
        .platform
        .clean_imprint(&desk.actor, case, application)
        .await?;
    Ok(send("image/png", None, clean.png))
}

/// A file: shown in the browser, or with a name kept on the reader's disk.
pub(crate) fn send(media_type: &'static str, download: Option<&str>, bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Some(name) = download {
        let encoded = form_encode(name).replace('/', "%2F");
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{encoded}"))
        {
            headers.insert(header::CONTENT_DISPOSITION, value);
        }
    }
    response
}

struct Asker<'a> {
    app: &'a App,
    desk: &'a Desk,
    view: &'a CaseView,
    back: String,
}

impl Asker<'_> {
    fn letter(&self, application: &Application) -> MaterialSlot {
        let case = &self.view.case;
        let facts = casework::letter::facts_from_forms(case, &self.app.platform.policy());
        let quantities: Vec<_> = facts
            .quantities
            .iter()
            .map(|(kind, quantity)| format!("{} {quantity} 枚", kind.name()))
            .collect();
        let written = !case.letter.reasons.trim().is_empty();
        let form = Form::new(
            step_path(case.id, application.id, "letter"),
            self.desk.csrf(),
            Button::primary("保存理由"),
        )
        .field(
            Field::new("reasons", "办理电子印章的理由", FieldKind::Area)
                .value(&case.letter.reasons)
                .placeholder(
                    "例如：我局在“一网通办”系统中向群众发放办理结果通知，需要加盖电子印章……",
                )
                .with("maxlength", "1000")
                .help("简要介绍本单位使用电子印章的业务需求，请勿照搬范文。"),
        )
        .field(
            Field::text("letter_number", "函号")
                .optional()
                .value(case.letter.letter_number.clone().unwrap_or_default()),
        );
        MaterialSlot {
            name: "红头函拟稿".into(),
            demands: vec![
                format!("行文对象：{}", facts.addressee),
                format!(
                    "业务类型：{}；电子印章类型和数量：{}（取自申请表）",
                    facts.business.name(),
                    quantities.join("、")
                ),
            ],
            chip: if written {
                Chip::new("已写明理由", Tone::Good)
            } else {
                Chip::new("待写明理由", Tone::Warn)
            },
            file: None,
            helps: if written {
                vec![
                    Link::new(
                        "查看、打印代拟稿",
                        super::paper::path(case.id, PaperKind::RedHeaderLetter, None),
                    ),
                    Link::new(
                        "下载 Word 稿修改",
                        format!("/desk/cases/{}/letter.docx", case.id),
                    ),
                ]
            } else {
                Vec::new()
            },
            form: Some(form),
            remove: None,
        }
    }

    /// The letter after it was edited as a Word file: compared with the forms before it is stamped.
    fn edited_letter(&self) -> Option<MaterialSlot> {
        let case = &self.view.case;
        if case.letter.reasons.trim().is_empty() {
            return None;
        }
        let mut file = Field::new("letter", "修改后的红头函", FieldKind::File(DOCX_FILES));
        file.placeholder = "DOCX 格式，不超过 20 MB；核对一致的随办件保存，供受理时查看。".into();
        let kept = case
            .live_materials()
            .filter(|material| material.kind == MaterialKind::EditedLetter)
            .last();
        let form = Form::new(
            format!("/desk/cases/{}/letter-check", case.id),
            self.desk.csrf(),
            Button {
                primary: false,
                ..Button::primary(if kept.is_some() {
                    "重新核对"
                } else {
                    "核对并保存"
                })
            },
        )
        .field(Field::hidden("back", &self.back))
        .field(file);
        Some(MaterialSlot {
            name: "核对修改后的 Word 稿".into(),
            demands: vec![
                "自行修改过红头函的，盖章前请在此核对：行文对象、单位、业务类型、印章类型和数量须与申请表一致，不得照搬范文。"
                    .into(),
            ],
            chip: match kept {
                Some(_) => Chip::new("核对一致", Tone::Good),
                None => Chip::new("选填", Tone::Neutral),
            },
            file: kept.map(|material| {
                Link::new(
                    super::words::material_detail(material),
                    format!("/desk/cases/{}/materials/{}", case.id, material.id),
                )
            }),
            helps: Vec::new(),
            form: Some(form),
            remove: kept.and_then(|material| self.remove(material.id)),
        })
    }

    fn slot(&self, required: &casework::RequiredMaterial) -> MaterialSlot {
        let case = &self.view.case;
        let present = required.present.and_then(|id| case.material(id));
        let mut helps = Vec::new();
        if let (MaterialKind::ApplicationFormScan, Some(application)) =
            (required.kind, required.application)
        {
            helps.push(Link::new(
                "打印申请表",
                super::paper::path(case.id, PaperKind::ApplicationForm, Some(application)),
            ));
        }
        if required.kind == MaterialKind::SummarySheet && case.revision > 0 {
            helps.push(Link::new(
                "打印申请汇总表",
                super::paper::path(case.id, PaperKind::SummarySheet, None),
            ));
        }
        if required.kind == MaterialKind::RedHeaderLetter && !case.letter.reasons.trim().is_empty()
        {
            helps.push(Link::new(
                "打印代拟稿",
                super::paper::path(case.id, PaperKind::RedHeaderLetter, None),
            ));
        }
        MaterialSlot {
            name: self.name(required.kind, required.application),
            demands: vec![required.hint.to_owned()],
            chip: match present {
                Some(_) => Chip::new("已上传", Tone::Good),
                None => Chip::new("缺少", Tone::Warn),
            },
            file: present.map(|material| {
                Link::new(
                    super::words::material_detail(material),
                    format!("/desk/cases/{}/materials/{}", case.id, material.id),
                )
            }),
            helps,
            form: self.upload(required.kind, required.application),
            remove: present.and_then(|material| self.remove(material.id)),
        }
    }

    /// What is in the case beyond what is asked for: it can be taken out again.
    fn further(&self, asked: impl Iterator<Item = MaterialId>) -> Vec<MaterialSlot> {
        let asked: Vec<MaterialId> = asked.collect();
        self.view
            .case
            .live_materials()
            .filter(|material| {
                !matches!(material.kind, MaterialKind::Imprint | MaterialKind::P10)
                    && !material.kind.is_for_collection()
                    && material.kind != MaterialKind::EditedLetter
                    && !asked.contains(&material.id)
            })
            .map(|material| MaterialSlot {
                name: self.name(material.kind, material.application),
                demands: vec!["已上传，可以移除；移除后仍留在办件记录中。".into()],
                chip: Chip::new("已上传", Tone::Good),
                file: Some(Link::new(
                    super::words::material_detail(material),
                    format!(
                        "/desk/cases/{}/materials/{}",
                        self.view.case.id, material.id
                    ),
                )),
                helps: Vec::new(),
                form: None,
                remove: self.remove(material.id),
            })
            .collect()
    }

    fn remove(&self, material: MaterialId) -> Option<Form> {
        if !self.view.allowed.contains(&ActKind::RemoveMaterial) {
            return None;
        }
        let kind = ActKind::RemoveMaterial.code();
        let action = format!("/desk/cases/{}/acts/{kind}", self.view.case.id);
        let button = Button {
            primary: false,
            ..Button::primary("移除")
        };
        Some(
            Form::new(action, self.desk.csrf(), button)
                .field(Field::hidden("material", material.to_string()))
                .field(Field::hidden("back", &self.back))
                .narrow(),
        )
    }

    fn other(&self) -> MaterialSlot {
        MaterialSlot {
            name: MaterialKind::Other.name().into(),
            demands: vec!["其他需要说明的材料，没有可不上传。".into()],
            chip: Chip::new("选填", Tone::Neutral),
            file: None,
            helps: Vec::new(),
            form: self.upload(MaterialKind::Other, None),
            remove: None,
        }
    }

    fn upload(&self, kind: MaterialKind, application: Option<ApplicationId>) -> Option<Form> {
        if !self.view.allowed.contains(&ActKind::AttachMaterial) {
            return None;
        }
        let accept = if kind == MaterialKind::P10 {
            ".p10,.csr,.req,.pem,.der"
        } else {
            SCANS
        };
        let most = self.app.platform.settings().max_file_bytes / (1024 * 1024);
        let words = if kind == MaterialKind::P10 {
            "DER 或 PEM 编码的证书请求。".to_owned()
        } else {
            format!("PDF、JPG 或 PNG，不超过 {most} MB。")
        };
        let id = format!(
            "file-{}-{}",
            kind.code(),
            application.map(|id| id.to_string()).unwrap_or_default()
        );
        let replaces = kind != MaterialKind::Other
            && self
                .view
                .case
                .live_materials()
                .any(|held| held.kind == kind && held.application == application);
        let form = Form::new(
            format!("/desk/cases/{}/materials", self.view.case.id),
            self.desk.csrf(),
            Button {
                primary: false,
                ..Button::primary(if replaces { "重新上传" } else { "上传" })
            },
        );
        let mut form = form
            .field(Field::hidden("kind", kind.code()))
            .field(Field::hidden("back", &self.back))
            .field(Field::new(&id, kind.name(), FieldKind::File(accept)).placeholder(words));
        if let Some(application) = application {
            form.fields
                .insert(0, Field::hidden("application", application.to_string()));
        }
        Some(form)
    }

    fn name(&self, kind: MaterialKind, application: Option<ApplicationId>) -> String {
        let case = &self.view.case;
        match application.and_then(|id| case.application(id)) {
            Some(application) if case.applications.len() > 1 => {
                format!("{}（{}）", kind.name(), application.seal_name())
            }
            _ => kind.name().to_owned(),
        }
    }
}
