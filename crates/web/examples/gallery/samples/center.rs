//! The pages on which the Center checks and makes.

use web::views::parts::*;
use web::views::*;

use super::desks::moments;
use super::filing::view;
use super::{Role, desk};

/// Where the unit's name stands on the sample page, in mm.
const UNIT_PLACE: scan::Area = scan::Area {
    x: 97.0,
    y: 63.0,
    width: 93.0,
    height: 10.0,
};

fn exhibits() -> Vec<Exhibit> {
    vec![
        Exhibit {
            id: "m1".into(),
            name: "申请红头函".into(),
            href: "/page.svg".into(),
            is_picture: true,
            detail: "第 1 版 · 11月20日".into(),
            page: None,
        },
        Exhibit {
            id: "m2".into(),
            name: "申请表扫描件".into(),
            href: "/page.svg".into(),
            is_picture: true,
            detail: "第 2 版 · 11月22日".into(),
            page: Some(PageView {
                width_mm: 210.0,
                height_mm: 297.0,
                marks: vec![("m2-unit".into(), UNIT_PLACE)],
            }),
        },
    ]
}

fn meta() -> Vec<String> {
    vec![
        "福州市鼓楼区财政局".into(),
        "印章申请 · 单位印章 1 枚".into(),
        "福州市数字办汇总".into(),
    ]
}

pub(super) fn acceptance() -> String {
    checking("受理申请", "/desk/cases/1/acceptance", Vec::new()).to_string()
}

pub(super) fn review() -> String {
    let size = ChangeLine::new(
        "印模尺寸".into(),
        Some("宽 45 × 长 45 毫米".into()),
        Some("宽 42 × 长 42 毫米".into()),
    );
    checking("初审", "/desk/cases/1/review", vec![size]).to_string()
}

fn checking(title: &str, here: &str, changes: Vec<ChangeLine>) -> ReviewPage {
    let point = |id: &str, about: &str, demand: &str, answer: &str| CheckPoint {
        id: id.into(),
        about: about.into(),
        demand: demand.into(),
        clause: "第二章 一.2".into(),
        exhibit: Some("m1".into()),
        facts: Facts::new().with("单位名称", "福州市鼓楼区财政局"),
        crops: vec![Crop {
            name: "单位名称".into(),
            src: "/page.svg".into(),
            sheet_width_mm: 210.0,
            sheet_height_mm: 297.0,
            area: UNIT_PLACE,
            mark: "m2-unit".into(),
        }],
        findings: vec!["“单位名称”一栏有划线，申请表不得涂改。".into()],
        imprint: None,
        answer: answer.into(),
        standing: false,
        words: "红头函未写明电子印章数量，请补充。".into(),
    };
    ReviewPage {
        frame: desk(title, here, Role::Maker).script("js/review.js"),
        number: "YX20261122-0001-7".into(),
        chip: Chip::new("待受理", Tone::Info),
        meta: meta(),
        case_href: "/desk/cases/1".into(),
        action: "/x".into(),
        version: 3,
        notices: vec![
            Notice::new(Tone::Warn, "特殊情形：一种印模绑定多枚数字证书")
                .line("申请单位已提交情况说明和承诺，请审慎核对。"),
        ],
        standing: if changes.is_empty() {
            Vec::new()
        } else {
            vec![point("p9", "单位的申请红头函", "没有涂改", "accept")]
        },
        changes,
        forms: vec![Section {
            title: "申请表全部填写项：福州市鼓楼区财政局".into(),
            facts: Facts::new()
                .with("单位名称", "福州市鼓楼区财政局")
                .with("印模尺寸", "宽 42 × 长 42 毫米"),
            edit: None,
        }],
        points: vec![
            point(
                "p1",
                "单位的申请红头函",
                "行文对象是福建省经济信息中心。",
                "accept",
            ),
            point("p2", "单位的申请红头函", "数量与申请表一致。", "query"),
            point("p3", "申请表", "必须签字、盖章，盖章单位一致。", ""),
        ],
        exhibits: exhibits(),
        remark: Some(Field::new("remark", "审核意见", FieldKind::Input("text")).value("同意。")),
        approve: "通过，提交终审".into(),
        done: "全部通过，可以提交终审。".into(),
        checks: Table::new(
            "前序核验",
            vec![
                Column::new("项目"),
                Column::short("结果"),
                Column::short("核验人"),
            ],
            vec![Row::new(vec![
                "红头函 · 行文对象".into(),
                Chip::new("通过", Tone::Good).into(),
                "郑国栋".into(),
            ])],
            Empty::new("list", "", ""),
        ),
        acts: vec![Act {
            id: "refuse".into(),
            title: "不予办理".into(),
            icon: "revoke",
            danger: true,
            open: false,
            form: Form::new("/x", "t", Button::primary("不予办理").dangerous()),
        }],
        timeline: moments(),
    }
}

pub(super) fn production() -> String {
    ProductionPage {
        frame: desk("印章制作", "/desk/cases/1/production", Role::Maker),
        number: "YX20261122-0001-7".into(),
        chip: Chip::new("办理中", Tone::Info),
        meta: meta(),
        case_href: "/x".into(),
        progress: Progress {
            steps: Step::way(&["审核通过", "制作印章", "通知领取", "领取生效"], 1),
        },
        acts: vec![],
        working: true,
        made: (3, 8),
        failing: Vec::new(),
        start_all: None,
        table: None,
        items: vec![ProductionItem {
            title: "福州市鼓楼区财政局".into(),
            chip: Chip::new("待制作", Tone::Info),
            facts: Facts::new()
                .with(
                    "证书主体",
                    Cell::mono("C=CN, O=11350102MB00000X1A福州市鼓楼区财政局, CN=35010200000012"),
                )
                .with("印章编码", Cell::mono("35010200000012"))
                .with("有效期", "1 年")
                .with("介质", "平台托管"),
            imprint: Some(view()),
            form: Some(
                Form::new("/x", "t", Button::primary("制作印章"))
                    .rule("终审已通过", true)
                    .rule("制作、初审、终审为不同人员", true),
            ),
            downloads: vec![],
        }],
    }
    .to_string()
}
