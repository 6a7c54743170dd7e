//! Collection (领取): introduction letter, ID copy and the person who signs at the desk are one.

use axum::extract::{Path, State};
use casework::{Act, ActKind, CaseId, LetterForm, MaterialId, MaterialKind, ResidentId};
use platform::ports::papers::PaperKind;
use platform::{CaseView, HandedOut, NewMaterial};

use super::{Answer, again, case as case_page, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedUpload};
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::CollectionPage;
use crate::views::parts::{
    Button, Cell, Choice, Column, Empty, Field, FieldKind, Form, Notice, Row, Table, Tone,
};

const PAPERS: [(&str, MaterialKind); 3] = [
    ("letter", MaterialKind::IntroductionLetter),
    ("id_copy", MaterialKind::CollectorIdCopy),
    ("signature", MaterialKind::CollectionSignature),
];

/// `GET /desk/cases/{case}/collection`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(id): Path<CaseId>) -> Answer {
    let view = app.platform.case(&desk.actor, id).await?;
    if !view.allowed.contains(&ActKind::Collect) {
        return go(&format!("/desk/cases/{id}"));
    }
    html(&page_of(&app, &desk, &view))
}

/// `POST /desk/cases/{case}/collection`
pub(super) async fn collect(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<CaseId>,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let mut kept: Result<(), Problem> = Ok(());
    for file in files {
        let Some((_, kind)) = PAPERS.into_iter().find(|(field, _)| *field == file.field) else {
            continue;
        };
        let new = NewMaterial {
            kind,
            application: None,
            name: file.name,
            bytes: file.bytes,
        };
        kept = app
            .platform
            .attach(&desk.actor, id, None, new)
            .await
            .map(drop)
            .map_err(Problem::from);
        if kept.is_err() {
            break;
        }
    }
    let view = app.platform.case(&desk.actor, id).await?;
    let outcome = match kept.and_then(|()| read(&fields, &view)) {
        Ok(act) => app
            .platform
            .collect(&desk.actor, id, None, act)
            .await
            .map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok((view, handed_out)) => {
            let mut page = case_page::view(&app, &desk, &view);
            page.frame
                .notices
                .insert(0, codes("领取已登记，印章已启用", &handed_out));
            html(&page)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = page_of(&app, &desk, &view);
            page.form
                .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

/// The codes are shown on this one answer and kept nowhere.
pub(super) fn codes(title: &'static str, handed_out: &[HandedOut]) -> Notice {
    let mut notice = Notice::new(Tone::Good, title);
    for seal in handed_out {
        notice = match &seal.activation_code {
            Some(code) => notice.line(format!("「{}」（{}）激活码：{code}", seal.name, seal.code)),
            None => notice.line(format!("「{}」（{}）已随介质交付。", seal.name, seal.code)),
        };
    }
    if handed_out.iter().any(|seal| seal.activation_code.is_some()) {
        notice = notice.line(
            "请将激活码当面交给持有人，由经办人在印章页面设置签章口令时作为原口令输入。激活码只显示这一次。",
        );
    }
    notice
}

fn read(fields: &Fields, view: &CaseView) -> Result<Act, Problem> {
    let paper = |kind: MaterialKind| {
        newest(view, kind).ok_or_else(|| {
            Problem::from(platform::Error::refused(
                "collection_paper_missing",
                match kind {
                    MaterialKind::CollectionSignature => {
                        "请领取人在签名框内签名，或上传签好的领取签收单，没有签名不能领取。"
                            .to_owned()
                    }
                    _ => format!("请上传{}，没有它不能领取。", kind.name()),
                },
            ))
        })
    };
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let letter_id = fields
        .text("letter_id")
        .map(|typed| number("介绍函（信）中的身份证号", typed))
        .transpose()?;
    Ok(Act::Collect {
        collector_name: text("collector_name"),
        collector_id: number("身份证复印件上的身份证号", &text("collector_id"))?,
        letter_form: if fields.text("letter_form") == Some("slip") {
            LetterForm::Slip
        } else {
            LetterForm::Official
        },
        letter_name: text("letter_name"),
        letter_id,
        letter: paper(MaterialKind::IntroductionLetter)?,
        id_copy_name: text("id_copy_name"),
        id_copy: paper(MaterialKind::CollectorIdCopy)?,
        signature: paper(MaterialKind::CollectionSignature)?,
    })
}

/// A 身份证号 as typed; a fault says which of the two numbers it is in.
fn number(what: &str, typed: &str) -> Result<ResidentId, Problem> {
    typed.parse().map_err(|refusal: casework::Refusal| {
        let message = format!("{what}有误：{}", refusal.message);
        Problem::from(platform::Error::refused(refusal.code, message))
    })
}

fn newest(view: &CaseView, kind: MaterialKind) -> Option<MaterialId> {
    view.case
        .live_materials()
        .filter(|material| material.kind == kind)
        .last()
        .map(|material| material.id)
}

fn page_of(app: &App, desk: &Desk, view: &CaseView) -> CollectionPage {
    let case = &view.case;
    let id = case.id;
    let rows = case.live_applications().filter_map(|application| {
        let produced = application.produced.as_ref()?;
        Some(Row::new(vec![
            Cell::text(application.seal_name()),
            Cell::mono(produced.code.to_string()),
            application
                .form
                .as_ref()
                .map_or("", |form| form.medium.name())
                .into(),
            produced
                .valid_until
                .map(beijing::day)
                .unwrap_or_default()
                .into(),
        ]))
    });
    let letters = vec![
        Choice::new("official", "介绍函"),
        Choice::new("slip", "介绍信"),
    ];
    let file = |(name, kind): (&str, MaterialKind), label: &str, words: &str| {
        let mut field = Field::new(
            name,
            label,
            FieldKind::File("application/pdf,image/jpeg,image/png"),
        )
        .placeholder(words);
        if let Some(material) = newest(view, kind).and_then(|id| case.material(id)) {
            field.required = false;
            field = field.help(format!(
                "已有：{}。{}会替换。",
                words::material_detail(material),
                if kind == MaterialKind::CollectionSignature {
                    "重新签名或选择文件"
                } else {
                    "重新选择"
                }
            ));
        }
        field
    };
    let [letter, id_copy, signature] = PAPERS;
    let scan = "扫描件或照片，PDF、JPG 或 PNG。";
    let form = Form::new(
        format!("/desk/cases/{id}/collection"),
        desk.csrf(),
        Button::primary("登记领取，交付印章"),
    )
    .explain("介绍函（信）、身份证复印件和现场签名的须为同一人；缺一不能交付，印章也不会启用。")
    .field(
        Field::text("collector_name", "领取人姓名")
            .with("autocomplete", "off")
            .help("对照身份证原件核对本人后填写。"),
    )
    .field(Field::new("letter_form", "介绍材料", FieldKind::Choice(letters)).value("official"))
    .field(Field::text("letter_name", "介绍函（信）姓名").with("autocomplete", "off"))
    .field(
        Field::text("letter_id", "介绍函（信）身份证号")
            .optional()
            .with("autocomplete", "off")
            .with("maxlength", "18")
            .help("照介绍函（信）填写；没有写明的不填，平台与申请表中的经办人核对。"),
    )
    .field(file(letter, "介绍函（信）扫描件", scan))
    .field(Field::text("id_copy_name", "身份证件姓名").with("autocomplete", "off"))
    .field(
        Field::text("collector_id", "身份证件号码")
            .with("autocomplete", "off")
            .with("maxlength", "18")
            .help("照身份证复印件填写，须与介绍函（信）或申请表一致。"),
    )
    .field(file(id_copy, "身份证复印件", scan))
    .field(
        file(
            signature,
            "领取人签名",
            "不便在屏幕上签名的，打印领取签收单签字后上传：扫描件或照片，PDF、JPG 或 PNG。",
        )
        .with("data-sign", "yes"),
    );
    CollectionPage {
        frame: desk
            .frame(app, "领取登记", "/desk")
            .below("办件", &format!("/desk/cases/{id}"))
            .script("js/sign.js"),
        number: case.number.to_string(),
        chip: words::case_chip(case),
        meta: words::meta(case),
        case_href: format!("/desk/cases/{id}"),
        turn: crate::views::Turn {
            go: None,
            ..case_page::turn(app, view, &desk.actor)
        },
        seals: Table::new(
            "待领取的印章",
            vec![
                Column::new("印章名称"),
                Column::short("印章编码"),
                Column::short("介质"),
                Column::short("有效期至"),
            ],
            rows.collect(),
            Empty::new("seal", "没有待领取的印章", ""),
        ),
        form,
        sheet: super::paper::path(id, PaperKind::CollectionSheet, None),
    }
}
