//! The pages on which an agent files.

use web::views::parts::*;
use web::views::*;

use super::{Role, desk};

pub(super) fn new_case() -> String {
    let seals = vec![
        Choice::new("unit", "单位印章").hint("印模为单位印章样式"),
        Choice::new("personal", "个人印章").hint("手写签字或个人签章"),
        Choice::new("device", "设备（服务器）印章").hint("自动签章服务器批量签章"),
    ];
    NewCasePage {
        frame: desk("发起申请", "/desk/cases/new", Role::Agent),
        others: vec![BusinessDoor {
            link: Link::new("印章延期", "/desk/cases/new?business=renewal"),
            icon: "renew",
            hint: "到期前三十日内续期，内容自动带出",
        }],
        form: Form::new("/desk/cases", "t", Button::primary("填写申请表"))
            .field(Field::new("seal_kind", "印章类型", FieldKind::Choice(seals)).value("unit")),
    }
    .to_string()
}

fn head(now: usize, heading: &str, lead: &str) -> WizardHead {
    let labels = ["选择事项", "印章信息", "印模", "经办人", "材料", "核对提交"];
    WizardHead {
        case_number: "草稿 YX20261122-0001-7".into(),
        case_href: "/desk/cases/1".into(),
        rail: Step::way(&labels, now)
            .into_iter()
            .map(|step| RailStep {
                label: step.label,
                href: Some("/x".into()),
                state: step.state,
                note: None,
            })
            .collect(),
        heading: heading.into(),
        lead: lead.into(),
        hints: vec![
            "印章名称可按实体印章名称填写或自定义命名。".into(),
            "宽度、长度请用直尺测量印模后填写。".into(),
            "本项为单选，每张申请表对应一枚印章。".into(),
        ],
        points: vec![],
        saved: "已于 10:32 自动保存".into(),
    }
}

pub(super) fn wizard() -> String {
    let form = Form {
        autosave: true,
        ..Form::new("/x", "t", Button::primary("保存，下一步"))
    }
    .field(Field::fixed(
        "申请单位",
        "福州市鼓楼区财政局（11350102MB00000X1A）",
    ))
    .field(
        Field::text("name", "印章名称")
            .value("福州市鼓楼区财政局")
            .help("按实体印章名称填写或自定义命名。"),
    )
    .field(
        Field::new(
            "function",
            "印章功能类型",
            FieldKind::Choice(
                [
                    "法定名称章",
                    "财务专用章",
                    "合同专用章",
                    "发票专用章",
                    "业务专用章",
                    "其他",
                ]
                .map(|x| Choice::new(x, x))
                .to_vec(),
            ),
        )
        .value("法定名称章"),
    )
    .field(
        Field::new("width", "印模宽度", FieldKind::Input("number"))
            .unit("毫米")
            .value("4200")
            .error("width_range", "宽度应在 5 至 100 毫米之间，请测量后填写"),
    )
    .field(
        Field::text("credit_code", "统一社会信用代码")
            .value("11350102MB0000000X")
            .error(
                "credit_code_check",
                "统一社会信用代码第 18 位校验不符，请核对是否有误",
            ),
    )
    .field(Field::new("note", "特殊情形说明", FieldKind::Area).optional())
    .button(Button {
        skips_checks: true,
        ..Button::other("暂存草稿", "then", "stay")
    });
    ApplicationPage {
        frame: desk("印章申请", "/desk/cases/1", Role::Agent),
        head: head(1, "印章信息", ""),
        form,
    }
    .to_string()
}

pub(super) fn view() -> ImprintView {
    ImprintView {
        src: "/seal.svg".into(),
        width_mm: 42.0,
        height_mm: 42.0,
        alt: "印模，宽 42 毫米，长 42 毫米".into(),
    }
}

pub(super) fn imprint() -> String {
    let form = Form::new("/x", "t", Button::primary("上传并继续"))
        .field(
            Field::new("imprint", "印模图片", FieldKind::File("image/*"))
                .placeholder("PNG 或 JPG，不超过 20 MB"),
        )
        .field(
            Field::new("width", "宽度", FieldKind::Input("number"))
                .unit("毫米")
                .value("42"),
        )
        .field(
            Field::new("height", "长度", FieldKind::Input("number"))
                .unit("毫米")
                .value("42"),
        );
    ImprintPage {
        frame: desk("印章申请", "/desk/cases/1", Role::Agent),
        head: head(
            2,
            "采集印模",
            "请用实体印章在白纸上加盖清晰的印模，扫描或拍照后上传。",
        ),
        form,
        imprint: Some(view()),
        findings: vec![
            Notice::new(Tone::Good, "印模清晰，已去除背景"),
            Notice::new(Tone::Warn, "分辨率 180 DPI 偏低")
                .line("建议以 300 DPI 以上重新扫描。")
                .code("imprint_resolution"),
        ],
    }
    .to_string()
}

pub(super) fn materials() -> String {
    let slot = |name: &str, chip: Chip, file: Option<Link>| MaterialSlot {
        name: name.into(),
        demands: vec![
            "函头为红色文字正规形式，行文对象为福建省经济信息中心".into(),
            "写明理由、业务类型、印章类型和数量，加盖单位公章，不得涂改".into(),
        ],
        chip,
        file,
        helps: vec![Link::new("下载代拟稿（Word）", "/x")],
        remove: None,
        form: Some(
            Form::new("/x", "t", Button::primary("上传")).field(
                Field::new("file", "文件", FieldKind::File("application/pdf,image/*"))
                    .placeholder("PDF、OFD 或图片，不超过 50 MB"),
            ),
        ),
    };
    MaterialsPage {
        frame: desk("印章申请", "/desk/cases/1", Role::Agent),
        head: head(4, "申请材料", ""),
        slots: vec![
            slot(
                "申请红头函",
                Chip::new("已上传", Tone::Good),
                Some(Link::new("红头函.pdf（第 1 版）", "/x")),
            ),
            slot("电子印章申请表", Chip::new("缺少", Tone::Warn), None),
        ],
        rules: vec![
            Rule {
                text: "红头函已上传".into(),
                met: true,
            },
            Rule {
                text: "签字盖章的申请表扫描件已上传".into(),
                met: false,
            },
        ],
        next: Link::new("下一步：核对提交", "/x"),
    }
    .to_string()
}
