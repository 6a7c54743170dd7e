//! Pages of the desks.

use web::views::parts::*;
use web::views::*;

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

fn moments() -> Timeline {
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

fn new_case() -> String {
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

fn wizard() -> String {
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

fn view() -> ImprintView {
    ImprintView {
        src: "/seal.svg".into(),
        width_mm: 42.0,
        height_mm: 42.0,
        alt: "印模，宽 42 毫米，长 42 毫米".into(),
    }
}

fn imprint() -> String {
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

fn materials() -> String {
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

fn exhibits() -> Vec<Exhibit> {
    vec![
        Exhibit {
            id: "m1".into(),
            name: "申请红头函".into(),
            href: "/page.svg".into(),
            is_picture: true,
            detail: "第 1 版 · 11月20日".into(),
        },
        Exhibit {
            id: "m2".into(),
            name: "申请表扫描件".into(),
            href: "/page.svg".into(),
            is_picture: true,
            detail: "第 2 版 · 11月22日".into(),
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

fn acceptance() -> String {
    checking("受理申请", "/desk/cases/1/acceptance", Vec::new()).to_string()
}

fn review() -> String {
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

fn production() -> String {
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

fn seal() -> String {
    let table = |caption: &str, columns: Vec<Column>, rows| {
        Table::new(caption, columns, rows, Empty::new("list", "暂无记录", ""))
    };
    SealPage {
        downloads: Vec::new(),
        offers: Vec::new(),
        frame: desk("福州市鼓楼区财政局", "/desk/seals/1", Role::Agent)
            .below("印章登记", "/desk/seals"),
        chip: Chip::new("有效", Tone::Good),
        meta: vec!["35010200000012".into(), "法定名称章".into()],
        notices: vec![Notice::new(Tone::Warn, "距到期还有 28 天，可以申请延期")],
        actions: vec![Link::new("用此章盖章", "/x"), Link::new("申请延期", "/x")],
        imprint: Some(view()),
        facts: Facts::new()
            .with("所属单位", "福州市鼓楼区财政局")
            .with("介质", "平台托管")
            .with("有效期", "2026年3月1日 至 2027年3月1日")
            .with("尺寸", "42 × 42 毫米"),
        acts: vec![Act {
            id: "loss".into(),
            title: "报告丢失或失控".into(),
            icon: "lost",
            danger: true,
            open: false,
            form: Form::new("/x", "t", Button::primary("立即停用").dangerous())
                .explain("提交后印章立即停用并向社会公示。")
                .field(Field::new("reason", "情况说明", FieldKind::Area)),
        }],
        certificates: table(
            "数字证书",
            vec![
                Column::new("序列号"),
                Column::short("有效期"),
                Column::short("状态"),
            ],
            vec![Row::new(vec![
                Cell::mono("2F09A1C4770133"),
                "2026年3月1日 至 2027年3月1日".into(),
                Chip::new("有效", Tone::Good).into(),
            ])],
        ),
        lineage: table("印章沿革", vec![Column::new("印章编码")], vec![]),
        uses: table("最近用印", vec![Column::new("文件")], vec![]),
        history: moments(),
    }
    .to_string()
}

fn page_with_seal(number: usize, with: bool) -> PagePicture {
    PagePicture {
        number,
        width_mm: 210.0,
        height_mm: 297.0,
        src: "/page.svg".into(),
        seal: with.then(|| PlacedSeal {
            src: "/seal.svg".into(),
            x_mm: 132.0,
            y_mm: 210.5,
            width_mm: 42.0,
            height_mm: 42.0,
        }),
    }
}

fn place() -> String {
    let number = |name: &str, label: &str, value: &str, max: &str| {
        Field::new(name, label, FieldKind::Input("number"))
            .unit("毫米")
            .value(value)
            .with("step", "0.5")
            .with("min", "0")
            .with("max", max)
    };
    PlacePage {
        frame: desk("确定盖章位置", "/desk/stamping", Role::Agent).script("js/place.js"),
        document: "关于下达专项资金的通知.ofd".into(),
        facts: Facts::new()
            .with("印章", "福州市鼓楼区财政局")
            .with("尺寸", "42 × 42 毫米")
            .with("页数", "2 页")
            .with("用途", "下达专项资金"),
        more: vec![],
        pages: vec![page_with_seal(1, true), page_with_seal(2, false)],
        form: Form::new("/x", "t", Button::primary("提交用印审批"))
            .field(
                Field::new("page", "页码", FieldKind::Input("number"))
                    .value("1")
                    .with("min", "1")
                    .with("max", "2"),
            )
            .field(number("x", "距左", "132", "168"))
            .field(number("y", "距上", "210.5", "255"))
            .button(Button::other("预览位置", "then", "preview")),
    }
    .to_string()
}

fn stamping() -> String {
    StampingPage {
        frame: desk("用印申请", "/desk/stamping", Role::Agent),
        chip: Chip::new("待盖章", Tone::Info),
        meta: vec![
            "福州市鼓楼区财政局".into(),
            "林晓芸 · 2026年11月22日 10:12".into(),
        ],
        turn: Turn {
            mine: true,
            closed: false,
            icon: "stamp",
            who: "轮到您：持章人盖章".into(),
            since: "自 2026年11月22日 10:30 起".into(),
            next: "输入印章口令后盖章，文件随即可以下载。".into(),
            go: None,
        },
        notices: vec![],
        facts: Facts::new()
            .with("文件", "关于下达专项资金的通知.ofd")
            .with("用途", "下达专项资金")
            .with("审批", "黄丽娟 同意"),
        pages: vec![page_with_seal(1, true)],
        acts: vec![Act {
            id: "stamp".into(),
            title: "盖章".into(),
            icon: "stamp",
            danger: false,
            open: true,
            form: Form::new("/x", "t", Button::primary("盖章")).field(
                Field::new("pin", "印章口令", FieldKind::Input("password"))
                    .with("autocomplete", "off"),
            ),
        }],
        downloads: vec![Link::new("下载已盖章文件", "/x")],
        timeline: moments(),
    }
    .to_string()
}
