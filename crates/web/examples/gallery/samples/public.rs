//! Public pages.

use std::sync::Arc;

use askama::Template as _;
use web::pages::guide;
use web::views::parts::*;
use web::views::*;

fn frame(title: &str, here: &str) -> Frame {
    Frame::public(Arc::new(Site::default()), title, here, "token")
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        ("index", home(false)),
        ("home-elder", home(true)),
        (
            "guides",
            GuidesPage {
                frame: frame("办事指南", "/guide"),
                kinds: guide::kinds(),
            }
            .to_string(),
        ),
        (
            "guide",
            guide::guide_page(
                &Site::default(),
                frame("印章申请", "/guide/new"),
                "new",
                true,
            )
            .map(|page| page.to_string())
            .unwrap_or_default(),
        ),
        (
            "verify",
            VerifyPage {
                frame: frame("文件验章", "/verify"),
                files: vec![],
                limit_mb: 100,
            }
            .to_string(),
        ),
        ("verify-result", verified()),
        ("status", status()),
        ("login", login()),
        ("problem", problem()),
        (
            "accessibility",
            AccessibilityPage {
                frame: frame("无障碍声明", "/accessibility"),
                contact: guide::contact(&Site::default()),
            }
            .to_string(),
        ),
    ]
}

fn home(elder: bool) -> String {
    let mut frame = frame("首页", "/");
    frame.trail.clear();
    frame.elder = elder;
    let line = |title: &str, chip: Chip, date: &str| AnnouncementLine {
        title: title.into(),
        href: "/status?code=35010200000012".into(),
        chip,
        date: date.into(),
        iso: "2026-11-21".into(),
    };
    HomePage {
        doors: vec![
            Door {
                link: Link::new("我要申办", "/desk/cases/new"),
                icon: "edit",
                urgent: false,
            },
            Door {
                link: Link::new("丢失失控报告", "/desk/seals"),
                icon: "lost",
                urgent: true,
            },
        ],
        kinds: guide::kinds(),
        flow: guide::flow(),
        bulletins: vec![BulletinLine {
            title: "关于系统停机维护的通知".into(),
            href: "/bulletins/1".into(),
            date: "2026年11月22日".into(),
            iso: "2026-11-22T02:30:00Z".into(),
        }],
        no_bulletins: Empty::new("news", "暂无通知公告", ""),
        announcements: vec![
            line(
                "福州市鼓楼区财政局（法定名称章）电子印章制发",
                Chip::new("有效", Tone::Good),
                "2026年11月21日",
            ),
            line(
                "南平市延平区民政局业务专用章因介质丢失停用",
                Chip::new("停用", Tone::Warn),
                "2026年11月20日",
            ),
            line(
                "厦门市思明区某办公室电子印章因机构撤并注销",
                Chip::new("注销", Tone::Bad),
                "2026年11月18日",
            ),
        ],
        no_announcements: Empty::new("news", "暂无公示", "电子印章的状态变更会在此公示。"),
        contact: guide::contact(&Site::default()),
        frame,
    }
    .render()
    .unwrap_or_default()
}

fn finding(text: &str, tone: Tone, message: &str, code: &str) -> FindingView {
    FindingView {
        chip: Chip::new(text, tone),
        message: message.into(),
        code: code.into(),
        evidence: Facts::new()
            .with("依据", "GB/T 38540-2020 7.3")
            .with("证书序列号", Cell::mono("2F09A1C477")),
    }
}

fn verified() -> String {
    let stamp = |open| StampView {
        title: "第 1 枚：福州市鼓楼区财政局".into(),
        chip: Chip::new("有效", Tone::Good),
        facts: Facts::new()
            .with("印章名称", "福州市鼓楼区财政局")
            .with(
                "印章编码",
                Cell::link("35010200000012", "/status?code=35010200000012"),
            )
            .with("所属单位", "福州市鼓楼区财政局")
            .with(
                "盖章时间",
                Cell::text("2026年11月22日 10:30:05").with_sub("签章者声明的时间，未附时间戳"),
            )
            .with("盖章位置", "第 1 页，距左 132.0 毫米、距上 210.5 毫米"),
        status_then: Chip::new("有效", Tone::Good),
        status_now: Chip::new("停用", Tone::Warn),
        content: Chip::new("未被改动", Tone::Good),
        page_picture: Some("/page.svg".into()),
        page_caption: "第 1 页".into(),
        findings: vec![
            finding(
                "通过",
                Tone::Good,
                "签章数据格式符合 GB/T 38540-2020",
                "stamp_format",
            ),
            finding("通过", Tone::Good, "签章者的签名正确", "stamp_signature"),
            finding(
                "通过",
                Tone::Good,
                "签章证书在印章的证书列表中",
                "certificate_listed",
            ),
            finding(
                "提示",
                Tone::Neutral,
                "印章图片的尺寸与登记尺寸相差 0.3 毫米",
                "picture_size",
            ),
            finding(
                "无法判定",
                Tone::Warn,
                "未能取得证书撤销列表，证书撤销状态未核对",
                "revocation_not_checked",
            ),
        ],
        open,
    };
    let file = |name: &str, verdict: Verdict, stamps, findings: Vec<FindingView>| VerifiedFile {
        name: name.into(),
        size: "184 KB".into(),
        digest: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0".into(),
        checked_at: "2026年11月22日 11:02:17".into(),
        verdict,
        stamps,
        open: !findings.is_empty(),
        findings,
    };
    VerifyPage {
        frame: frame("文件验章", "/verify"),
        files: vec![
            file(
                "关于下达专项资金的通知.ofd",
                Verdict {
                    tone: Tone::Good,
                    icon: "ok",
                    headline: "有效：印章真实，文件自盖章后未被改动".into(),
                    sentence: "由福州市鼓楼区财政局于 2026年11月22日 10:30 盖章。".into(),
                },
                vec![stamp(true)],
                vec![],
            ),
            file(
                "改动过的文件.ofd",
                Verdict {
                    tone: Tone::Bad,
                    icon: "bad",
                    headline: "无效：文件在盖章后被改动".into(),
                    sentence:
                        "被改动的内容：Doc_0/Pages/Page_0/Content.xml。请向盖章单位索取原件。"
                            .into(),
                },
                vec![],
                vec![finding(
                    "不通过",
                    Tone::Bad,
                    "Doc_0/Pages/Page_0/Content.xml 的摘要与签章时不一致",
                    "content_changed",
                )],
            ),
            file(
                "外省文件.ofd",
                Verdict {
                    tone: Tone::Warn,
                    icon: "unknown",
                    headline: "无法判定：未信任的签发机构".into(),
                    sentence: "印章的签发机构不在信任列表中，缺少其根证书。".into(),
                },
                vec![],
                vec![],
            ),
        ],
        limit_mb: 100,
    }
    .to_string()
}

fn status() -> String {
    let moment = |what: &str, at: &str, tone| Moment {
        at: at.into(),
        iso: "2026-11-20T08:00:00Z".into(),
        who: "福建省经济信息中心".into(),
        what: what.into(),
        note: None,
        tone,
    };
    SealStatusPage {
        frame: frame("印章状态查询", "/status"),
        form: QueryForm {
            code: "35010200000012".into(),
            at: String::new(),
            error: None,
        },
        limit_mb: 50,
        answers: vec![SealStatusAnswer {
            title: "福州市鼓楼区财政局".into(),
            verdict: Verdict {
                tone: Tone::Warn,
                icon: "warn",
                headline: "停用".into(),
                sentence: "自 2026年11月20日 16:00 起停用，停用期间盖的章无效；可以恢复。".into(),
            },
            facts: Facts::new()
                .in_two()
                .with("印章名称", "福州市鼓楼区财政局")
                .with("印章编码", Cell::mono("35010200000012"))
                .with("所属单位", "福州市鼓楼区财政局")
                .with("印章类型", "单位印章 · 法定名称章")
                .with("有效期", "2026年3月1日 至 2027年3月1日")
                .with("查询时刻", "2026年11月22日 11:02:17"),
            history: Timeline {
                moments: vec![
                    moment("停用：介质丢失", "2026年11月20日 16:00", Tone::Warn),
                    moment("启用：领取后生效", "2026年3月2日 10:12", Tone::Good),
                    moment("制发", "2026年3月1日 09:30", Tone::Info),
                ],
            },
            json: "/api/v1/seals/35010200000012/status".into(),
        }],
    }
    .to_string()
}

fn login() -> String {
    let form = Form::new("/login", "token", Button::primary("登录"))
        .narrow()
        .field(
            Field::text("account", "账号")
                .with("autocomplete", "username")
                .with("autocapitalize", "none"),
        )
        .field(
            Field::new("password", "密码", FieldKind::Input("password"))
                .with("autocomplete", "current-password")
                .error("login_refused", "账号或密码不正确，请核对后重新输入"),
        );
    let row = |a: &str, p: &str, u: &str| Row::new(vec![Cell::mono(a), p.into(), u.into()]);
    LoginPage {
        frame: frame("登录", "/login"),
        form,
        phone: "0591-86303903".into(),
        demo_accounts: Some(Table::new(
            "演示账号",
            vec![
                Column::short("账号"),
                Column::short("岗位"),
                Column::new("单位"),
            ],
            vec![
                row("jbr-xq", "经办人", "福州市鼓楼区财政局"),
                row("spr-xq", "单位审批人", "福州市鼓楼区财政局"),
                row("zzy", "印章制作员", "福建省经济信息中心"),
            ],
            Empty::new("person", "", ""),
        )),
        demo_password: "yinxin-demo".into(),
    }
    .to_string()
}

fn problem() -> String {
    ProblemPage {
        frame: frame("您无权办理此事项", "/x"),
        icon: "lock",
        status: 403,
        sentence: "终审须由部门领导办理，您当前的岗位是印章制作员。".into(),
        advice: vec![
            "如果您兼任其他岗位，请在「个人与岗位」中切换。".into(),
            "如认为有误，请记下代码，联系本单位安全管理员。".into(),
        ],
        next: Link::new("返回工作台", "/desk"),
        code: "role_not_allowed".into(),
    }
    .to_string()
}
