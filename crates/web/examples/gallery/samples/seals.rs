//! The pages of a seal and of stamping.

use web::views::parts::*;
use web::views::*;

use super::desks::moments;
use super::filing::view;
use super::{Role, desk};

pub(super) fn seal() -> String {
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

pub(super) fn place() -> String {
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

pub(super) fn stamping() -> String {
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
