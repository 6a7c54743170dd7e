//! Pages of the desks.

use web::views::parts::*;
use web::views::*;

use super::center::{acceptance, production, review};
use super::filing::{imprint, materials, new_case, wizard};
use super::seals::{place, seal, stamping};
use super::{Role, desk};

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("queue", queue()),
        ("queue-empty", queue_empty()),
        ("case", case()),
        ("new", new_case()),
        ("wizard", wizard()),
        ("wizard-imprint", imprint()),
        ("wizard-materials", materials()),
        ("acceptance", acceptance()),
        ("review", review()),
        ("production", production()),
        ("seal", seal()),
        ("place", place()),
        ("stamping", stamping()),
        ("handover", handover()),
    ]
}

fn tabs() -> Tabs {
    let tab = |label: &str, count: &str, current| Tab {
        label: label.into(),
        href: "/desk".into(),
        count: Some(count.into()),
        current,
        hot: false,
    };
    Tabs {
        label: "办件队列".into(),
        tabs: vec![
            tab("待我办", "12", true),
            tab("办理中", "48", false),
            tab("待补正", "3", false),
            tab("待领取", "5", false),
            tab("已办结", "99+", false),
            tab("草稿", "0", false),
        ],
    }
}

fn queue_table(n: usize) -> Table {
    let row = |i: usize| {
        Row::picked_as(
            vec![
                Cell::link(format!("YX20261122-{:04}-7", i + 1), "/desk/cases/1")
                    .with_sub("2026年11月22日 09:12 提交"),
                Cell::text("福州市鼓楼区财政局").with_sub("法定名称章等 2 枚"),
                Cell::text("印章申请").with_sub("单位印章"),
                Cell::chip(
                    [
                        Chip::new("待受理", Tone::Info),
                        Chip::new("待补正", Tone::Warn),
                        Chip::new("已办结", Tone::Good),
                    ][i % 3]
                        .clone(),
                ),
                Cell::text("印章制作员").with_sub("等待 1 天 2 小时"),
            ],
            i.to_string(),
        )
    };
    let mut table = Table::new(
        "办件",
        vec![
            Column::new("办件编号"),
            Column::new("申请单位"),
            Column::short("业务"),
            Column::short("状态"),
            Column::short("当前环节"),
        ],
        (0..n).map(row).collect(),
        Empty::new(
            "inbox",
            "没有待您办理的事项",
            "有事项到您这里时，会在此列出并通知您。",
        )
        .next(Link::new("发起申请", "/desk/cases/new")),
    );
    table.pager = Some(Pager {
        summary: "本页 8 条".into(),
        first: None,
        next: Some("/desk?cursor=x".into()),
    });
    table
}

fn filters() -> Vec<Field> {
    vec![
        Field::new("q", "关键字", FieldKind::Input("search"))
            .optional()
            .placeholder("编号、单位、信用代码、印章名称")
            .growing(),
        Field::new(
            "business",
            "业务类型",
            FieldKind::Select(vec![
                Choice::new("", "全部"),
                Choice::new("new", "印章申请"),
            ]),
        )
        .optional(),
        Field::new(
            "city",
            "所属地市",
            FieldKind::Select(vec![Choice::new("", "全部"), Choice::new("3501", "福州市")]),
        )
        .optional(),
    ]
}

fn queue() -> String {
    let mut page = ListPage::new(desk("办件队列", "/desk", Role::Maker), "", queue_table(8));
    page.tabs = Some(tabs());
    page.filters = filters();
    page.to_string()
}

fn queue_empty() -> String {
    let mut page = ListPage::new(desk("我的办件", "/desk", Role::Agent), "", queue_table(0));
    page.tabs = Some(tabs());
    page.actions = vec![Link::new("发起申请", "/desk/cases/new")];
    page.to_string()
}

fn handover() -> String {
    let mut table = queue_table(4);
    table.pick = Some("case".into());
    let mut page = ListPage::new(
        desk("汇总递交", "/desk/handover", Role::Agent),
        "核对后把多个办件汇成一次递交，平台同时生成递交清单。",
        table,
    );
    page.pick = Some(PickForm {
        action: "/desk/handover".into(),
        title: "递交福建省经济信息中心".into(),
        fields: vec![
            Field::text("waybill", "纸质材料寄送")
                .optional()
                .help("填写快递单号或「现场递交」，便于跟踪纸质原件。"),
        ],
        rules: vec![Rule {
            text: "每个办件的纸质材料已核对齐全".into(),
            met: true,
        }],
        button: "递交所选办件".into(),
    });
    page.to_string()
}

pub(super) fn moments() -> Timeline {
    let moment = |what: &str, who: &str, note: Option<&str>, tone| Moment {
        at: "2026年11月22日 10:30".into(),
        iso: "2026-11-22T02:30:00Z".into(),
        who: who.into(),
        what: what.into(),
        note: note.map(Into::into),
        tone,
    };
    Timeline {
        moments: vec![
            moment(
                "发出整改通知",
                "郑国栋（印章制作员）",
                Some("红头函未写明电子印章数量，请补充。"),
                Tone::Warn,
            ),
            moment("汇总递交", "陈志强（福州市数字办）", None, Tone::Info),
            moment(
                "内部审批通过",
                "黄丽娟（单位审批人）",
                Some("同意。"),
                Tone::Good,
            ),
            moment("提交申请", "林晓芸（经办人）", None, Tone::Info),
        ],
    }
}

fn case() -> String {
    let chips = |t: &str, tone| Chip::new(t, tone);
    CasePage {
        papers: "/desk/cases/1/papers".into(),
        scans: Some("/desk/cases/1/scans".into()),
        changes: Vec::new(),
        frame: desk("印章申请", "/desk/cases/1", Role::Agent).notice(
            Notice::new(Tone::Good, "已保存您的修改").line("全部整改完成后，请点击「重新提交」。"),
        ),
        number: "YX20261122-0001-7".into(),
        chip: chips("待补正", Tone::Warn),
        meta: vec![
            "福州市鼓楼区财政局".into(),
            "2026年11月20日 09:12 提交".into(),
            "第 2 版".into(),
        ],
        turn: Turn {
            mine: true,
            closed: false,
            icon: "edit",
            who: "轮到您：经办人按整改通知修改".into(),
            since: "自 2026年11月22日 10:30 起".into(),
            next: "修改后重新提交，由单位审批人再次审批，同一办件继续办理。".into(),
            go: Some(Link::new("去修改", "/desk")),
        },
        progress: Progress {
            steps: vec![
                Step::new("填写申请", StepState::Done),
                Step::new("内部审批", StepState::Done),
                Step::new("汇总递交", StepState::Done),
                Step {
                    note: Some("退回整改".into()),
                    ..Step::new("受理", StepState::Halted)
                },
                Step::new("初审", StepState::Next),
                Step::new("终审", StepState::Next),
                Step::new("制作", StepState::Next),
                Step::new("领取", StepState::Next),
            ],
        },
        points: vec![
            CorrectionPoint {
                about: "红头函".into(),
                words: "未写明电子印章数量，请按申请表补充「壹枚」。".into(),
                fix: Some(Link::new("重新上传红头函", "/desk")),
                done: false,
            },
            CorrectionPoint {
                about: "印模".into(),
                words: "右下角不清晰，请重新加盖并扫描。".into(),
                fix: None,
                done: true,
            },
        ],
        acts: vec![
            Act {
                id: "resubmit".into(),
                title: "重新提交".into(),
                icon: "arrow",
                danger: false,
                open: true,
                form: Form::new("/x", "t", Button::primary("重新提交"))
                    .explain("提交后不能再修改，形成第 3 版，原版本保留。")
                    .rule("整改通知的各项均已修改", false)
                    .rule("红头函已上传", true),
            },
            Act {
                id: "withdraw".into(),
                title: "撤回申请".into(),
                icon: "cross",
                danger: true,
                open: false,
                form: Form::new("/x", "t", Button::primary("撤回").dangerous()).field(Field::new(
                    "reason",
                    "撤回理由",
                    FieldKind::Area,
                )),
            },
        ],
        facts: Facts::new()
            .with(
                "申请单位",
                Cell::text("福州市鼓楼区财政局").with_sub("11350102MB00000X1A"),
            )
            .with("所属地区", "福州市 鼓楼区")
            .with("经办人", Cell::text("林晓芸").with_sub("138****5678"))
            .with("递交途径", "经福州市数字办汇总")
            .with("纸质原件", Chip::new("未收到", Tone::Neutral)),
        application_links: Vec::new(),
        applications: Table::new(
            "申请事项",
            vec![
                Column::new("印章名称"),
                Column::short("类型"),
                Column::short("尺寸"),
                Column::short("介质"),
                Column::short("状态"),
            ],
            vec![Row::new(vec![
                Cell::link("福州市鼓楼区财政局", "/x").with_sub("法定名称章"),
                "单位印章".into(),
                "42 × 42 毫米".into(),
                "USB KEY".into(),
                chips("待补正", Tone::Warn).into(),
            ])],
            Empty::new("seal", "尚无申请事项", ""),
        ),
        materials: vec![
            MaterialLine {
                name: "申请红头函".into(),
                detail: "第 1 版 · 林晓芸 · 2026年11月20日".into(),
                chip: chips("需整改", Tone::Warn),
                href: Some("/x".into()),
                earlier: Vec::new(),
            },
            MaterialLine {
                name: "电子印章申请表（签字盖章扫描件）".into(),
                detail: "第 2 版 · 林晓芸 · 2026年11月22日".into(),
                chip: chips("已核对", Tone::Good),
                href: Some("/x".into()),
                earlier: Vec::new(),
            },
        ],
        decisions: Table::new(
            "办理意见",
            vec![
                Column::new("环节"),
                Column::short("决定"),
                Column::new("意见"),
                Column::short("办理人"),
            ],
            vec![Row::new(vec![
                "内部审批".into(),
                chips("同意", Tone::Good).into(),
                "同意。".into(),
                Cell::text("黄丽娟").with_sub("11月20日 15:02"),
            ])],
            Empty::new("list", "尚无办理意见", ""),
        ),
        timeline: moments(),
    }
    .to_string()
}
