//! The six kinds of business as the guide explains them (第一章), for the public pages.

use axum::extract::{Path, State};

use super::{Answer, html};
use crate::app::App;
use crate::problem::Problem;
use crate::session::Visitor;
use crate::views::GuidesPage;
use crate::views::frame::{Frame, Site};
use crate::views::parts::{
    Cell, Chip, Column, Empty, Facts, Link, Progress, Row, Step, StepState, Table, Tone,
};
use crate::views::{GuidePage, GuideRules, GuideStep, KindCard};

/// `GET /guide`
pub(super) async fn list(State(app): State<App>, visitor: Visitor) -> Answer {
    html(&GuidesPage {
        frame: visitor.frame(&app, "办事指南"),
        kinds: kinds(),
    })
}

/// `GET /guide/{kind}`
pub(super) async fn page(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Answer {
    let name = KINDS
        .iter()
        .find(|kind| kind.card.slug == slug)
        .map_or("", |kind| kind.card.name);
    let frame = visitor.frame(&app, name);
    let on_site = app.platform.policy().on_site_for_renewal;
    html(&guide_page(&app.site(), frame, &slug, on_site).ok_or_else(Problem::not_found)?)
}

/// The six kinds of business in short, in the guide's order (第一章 一.6).
pub fn kinds() -> Vec<KindCard> {
    KINDS.iter().map(|kind| kind.card.clone()).collect()
}

/// The way of an application, for the home page.
pub fn flow() -> Progress {
    let step = |label: &str, note: &str| Step {
        note: Some(note.into()),
        ..Step::new(label, StepState::Next)
    };
    Progress {
        steps: vec![
            step("填写申请表", "经办人在线填写"),
            step("内部审批", "本单位主管处室、领导审批"),
            step("递交材料", "省级直报，市县由汇总单位统一递交"),
            step("受理申请", "中心核对材料"),
            step("审核申请", "初审、终审"),
            step("印章办理", "制作、延期、变更等"),
            step("通知领取", "带介绍信（函）和身份证复印件"),
        ],
    }
}

/// How to reach the Center.
pub fn contact(site: &Site) -> Facts {
    Facts::new()
        .with("单位", site.operator.clone())
        .with("通讯地址", site.address.clone())
        .with("联系电话", site.phones.join("、"))
        .with(
            "电子邮箱",
            Cell::link(&site.email, format!("mailto:{}", site.email)),
        )
        .with("邮编", site.postcode.clone())
        .with("办公时间", site.hours.clone())
        .with("网址", Cell::link(&site.website, &site.website))
}

/// The guide page of the kind called `slug`. The guide's chapters differ on whether a USB KEY is brought for a renewal:
/// `key_for_renewal` says how it is handled here.
pub fn guide_page(
    site: &Site,
    frame: Frame,
    slug: &str,
    key_for_renewal: bool,
) -> Option<GuidePage> {
    let kind = KINDS.iter().find(|kind| kind.card.slug == slug)?;
    let card = &kind.card;
    let needs_key = kind.needs_key && (slug != "renewal" || key_for_renewal);
    let on_site = if kind.needs_key && !needs_key {
        "在线填报"
    } else {
        kind.on_site
    };
    let frame = frame.below("办事指南", "/guide");
    let owned = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    Some(GuidePage {
        summary: card.summary.into(),
        facts: Facts::new()
            .in_two()
            .with("实施主体", site.operator.clone())
            .with("办理对象", "福建省政务机构（单位）、个人")
            .with("办理形式", on_site)
            .with("申请时间", card.time)
            .with("办理时限", "以中心通知为准，办件进度可随时在平台查看")
            .with("收费", "办理流程未列收费项目")
            .with("办理结果", kind.result)
            .with("咨询电话", site.phones.join("、"))
            .with("办公时间", site.hours.clone()),
        conditions: owned(kind.conditions),
        papers: papers(kind, needs_key),
        paper_notes: ["注：以上材料均一式一份即可，均须盖单位公章。"]
            .iter()
            .chain(kind.paper_notes)
            .map(ToString::to_string)
            .collect(),
        rules: RULES
            .iter()
            .map(|(title, lines)| GuideRules {
                title: (*title).into(),
                lines: owned(lines),
            })
            .collect(),
        steps: steps(kind, site),
        notes: owned(kind.notes),
        contact: contact(site),
        start: Link::new("在线申办", format!("/desk/cases/new?business={slug}")),
        others: KINDS
            .iter()
            .filter(|other| other.card.slug != slug)
            .map(|other| Link::new(other.card.name, format!("/guide/{}", other.card.slug)))
            .collect(),
        frame,
    })
}

fn papers(kind: &Kind, needs_key: bool) -> Table {
    let row = |name: &str, need: Chip, detail: &str| {
        Row::new(vec![Cell::text(name), need.into(), Cell::text(detail)])
    };
    let must = || Chip::new("必交", Tone::Info);
    let when = || Chip::new("视情况", Tone::Neutral);
    let mut rows = vec![
        row(
            "单位的申请红头函",
            must(),
            "写明理由、业务类型、印章类型和数量，行文对象为福建省经济信息中心；平台可代拟，请按实际情况修改，不得涂改",
        ),
        row(
            "福建省电子政务电子印章申请表",
            must(),
            "在线填写后由平台生成，打印签字、盖章、加盖印模后上传扫描件",
        ),
        row(
            "福建省电子政务电子印章申请汇总表",
            when(),
            if kind.card.slug == "unlock" {
                "办理一枚以上时提交，由平台按申请表生成"
            } else {
                "仅壹枚的无需提交；一枚以上由平台按申请表生成"
            },
        ),
    ];
    if kind.card.slug == "new" {
        rows.push(row(
            "P10 设备证书请求",
            when(),
            "设备（服务器）印章额外提供，由自动签章服务器生成，二进制（DER）或文本（PEM）格式",
        ));
    }
    if matches!(kind.card.slug, "new" | "change") {
        rows.push(row(
            "情况说明和承诺书",
            when(),
            "一种印模绑定多枚数字证书、上级单位授权使用其印章、证书变更后仍使用旧印章样式的，按实际业务情况说明并承诺自行承担后期使用的一切后果；上级单位授权的由上级单位出函",
        ));
    }
    if needs_key {
        rows.push(row(
            "USB KEY 硬件介质",
            must(),
            "USB KEY 电子印章须将 USB KEY 带到现场",
        ));
    }
    if kind.collected {
        rows.push(row("介绍函或介绍信", must(), "领取时提交，二选一即可"));
        rows.push(row(
            "领取人身份证复印件",
            must(),
            "领取时提交，加盖公章，须与介绍函（信）中为同一人",
        ));
    }
    Table::new(
        "申请材料",
        vec![
            Column::new("材料名称"),
            Column::short("要求"),
            Column::new("说明"),
        ],
        rows,
        Empty::new("file", "无须材料", ""),
    )
}

fn steps(kind: &Kind, site: &Site) -> Vec<GuideStep> {
    let step = |title: &str, who: &str, text: String| GuideStep {
        title: title.into(),
        who: who.into(),
        text,
    };
    let mut steps = vec![
        step("填写申请表", "申请单位经办人", kind.fill.into()),
        step(
            "内部审批",
            "申请单位主管处室、分管领导",
            "审核通过后，在申请表上签字并加盖单位公章，交经办人。".into(),
        ),
        step(
            "递交申请",
            "申请单位经办人、汇总办理单位",
            format!(
                "省级单位直接向{}递交；设区市、平潭综合实验区、县（区）单位由所属设区市数字办、平潭综合实验区行政审批局汇总后统一递交。",
                site.operator
            ),
        ),
        step(
            "受理申请",
            "中心印章制作员",
            "逐项核对材料，确认无误后受理；需要整改的，一次告知。".into(),
        ),
        step(
            "审核申请",
            "中心印章审核员、部门领导",
            "初审、终审。不通过的，通知经办人整改或说明拒绝理由。".into(),
        ),
        step("印章办理", "中心印章制作员", kind.make.into()),
    ];
    steps.push(if kind.collected {
        step(
            "通知领取",
            "申请单位领取人",
            "带介绍函（信）和加盖公章的身份证复印件到办理点现场领取后方可使用。".into(),
        )
    } else {
        step("通知结果", "申请单位经办人", kind.result.into())
    });
    steps
}

/// The icon of a kind of business, by its code.
pub(super) fn icon_of(code: &str) -> &'static str {
    KINDS
        .iter()
        .find(|kind| kind.card.slug == code)
        .map_or("seal", |kind| kind.card.icon)
}

struct Kind {
    card: KindCard,
    on_site: &'static str,
    result: &'static str,
    needs_key: bool,
    collected: bool,
    fill: &'static str,
    make: &'static str,
    conditions: &'static [&'static str],
    /// 注 of the guide's list of papers (第一章 二.3).
    paper_notes: &'static [&'static str],
    notes: &'static [&'static str],
}

/// 注意事项 of each paper, as the guide has them (第二章).
const RULES: [(&str, &[&str]); 3] = [
    (
        "红头函拟写注意事项",
        &[
            "函头必须是红色文字正规形式的“红头文函件”，可不带函号；",
            "函件的行文对象必须是“福建省经济信息中心”；",
            "请参照对应标准的模板；",
            "请简要介绍申请单位使用电子印章的业务需求；",
            "请勿完全照搬范文内容，务必按实际情况填写；",
            "办理的业务类型、电子印章类型、电子印章数量请根据附带申请表内容准确填写；",
            "建议一种印模样式的电子印章只绑定一枚数字证书，如有特殊情况需绑定多个不同的数字证书，请按照实际的业务情况说明上报并承诺自行承担后期使用的一切后果，中心会视情况审批签发；",
            "上级单位授权下级单位使用、绑定该上级单位的电子印章，需要由上级单位出函说明实际的业务情况并承诺自行承担后期使用的一切后果，中心会视情况审批签发；",
            "单位经过机构改革或其他原因导致数字证书已进行变更，而电子印章仍需使用旧印章样式的，请按照实际的业务情况说明上报并承诺自行承担后期使用的一切后果，中心会视情况审批签发；",
            "请勿在正式有效的红头文函件中进行任何涂改；",
            "正式有效的红头文函件必须加盖单位公章。",
        ],
    ),
    (
        "申请表填写注意事项",
        &[
            "申请表所有的填写项都必须填写，请勿留空；",
            "统一社会信用代码号、身份证号码需要录入电子印章制作系统并写入数字证书中，因此请务必填写正确，如果有误导致办理失败或对后期使用造成的一切后果由申请单位承担；",
            "申请业务类型、电子印章类型、印章功能类型、绑定的数字证书类型都为单选项；",
            "办理印章延期、印章变更、口令解锁、印章撤销、印章补办的，电子印章名称必须填写需要办理对应业务的电子印章正确名称，如果有疑问请及时拨打办理电话咨询；",
            "申请表印模框必须加盖印模，业务办理只是采集印模进行电子化处理，无法新增生成不存在实体印章的电子印章，并且印模的清晰与否直接影响电子印章的盖章效果；",
            "申请表请勿涂改；",
            "申请表必须要签字、盖章；",
            "申请单位和盖章单位必须一致。",
        ],
    ),
    (
        "申请汇总表注意事项",
        &[
            "业务办理的电子印章未超过壹枚无需提交申请汇总表；",
            "汇总表制表单位可以是申请单位或是统筹提交单位；",
            "申请汇总表的信息内容请严格按申请表信息内容进行汇总；",
            "请勿更改表格模板的内容；",
            "打印请以横向样式操作；",
            "申请汇总表请勿涂改；",
            "申请汇总表必须要签字、盖章；",
            "申请汇总表的电子档必须要发送到办理邮箱。",
        ],
    ),
];

const PLACE: &str = "福建省经济信息中心；市县单位经汇总办理单位";

static KINDS: [Kind; 6] = [
    Kind {
        card: KindCard {
            slug: "new",
            icon: "seal",
            name: "印章申请",
            summary: "需要在签署电子文件、公文流转、电子证照等应用中使用电子印章的，提出申请。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "填写 → 内部审批 → 递交 → 受理 → 审核 → 制作 → 领取",
            time: "随时可申请",
            place: PLACE,
        },
        on_site: "在线填报，现场领取",
        result: "电子印章和数字证书",
        needs_key: false,
        collected: true,
        fill: "选择单位印章、个人印章或设备（服务器）印章，填写单位和印章信息，采集印模，拟写红头函。",
        make: "根据申请材料制作电子印章。",
        conditions: &[
            "申请人为福建省政务机构（单位）或其人员，在非涉密政务业务范围内使用。",
            "已有实体印章；个人印章为手写签字或个人签章。无法新增生成不存在实体印章的电子印章。",
            "设备（服务器）印章须有支持国家密码算法的自动签章服务器，并提供设备生成的 P10 证书请求。",
        ],
        paper_notes: &["注：所申请的电子印章仅壹枚的无需电子印章申请汇总表。"],
        notes: &[
            "印模的清晰与否直接影响电子印章的盖章效果，宽度和长度请测量后填写。",
            "统一社会信用代码、身份证号将写入数字证书，请务必填写正确。",
            "建议一种印模只绑定一枚数字证书；确需绑定多枚，或由上级单位授权使用的，请说明实际情况并作出承诺。",
        ],
    },
    Kind {
        card: KindCard {
            slug: "renewal",
            icon: "renew",
            name: "印章延期",
            summary: "电子印章有效期与数字证书一致，到期前三十日内可申请续期。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "选择印章 → 内部审批 → 递交 → 受理 → 审核 → 延期",
            time: "到期前 30 日内",
            place: PLACE,
        },
        on_site: "在线填报；USB KEY 电子印章须携带介质到现场",
        result: "新的数字证书和有效期，重新签发的电子印章",
        needs_key: true,
        collected: false,
        fill: "从本单位印章登记中选择要延期的印章，信息自动带出，只需核对。",
        make: "根据申请材料延期电子印章。",
        conditions: &["印章在有效期内且距到期不超过三十日。", "印章状态为有效。"],
        paper_notes: &["注：所延期的电子印章仅壹枚的无需电子印章申请汇总表。"],
        notes: &[
            "到期前 60、30、7 日平台会提醒持有单位；过期的印章不能盖章。",
            "延期后印章有新的印章编码，原印章已盖的文件仍可验证。",
        ],
    },
    Kind {
        card: KindCard {
            slug: "change",
            icon: "change",
            name: "印章变更",
            summary: "印模样式、印章名称或单位信息变化时，申请变更电子印章。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "选择印章 → 填写变化 → 审批 → 递交 → 受理 → 审核 → 变更",
            time: "随时可申请",
            place: PLACE,
        },
        on_site: "在线填报；USB KEY 电子印章须携带介质到现场",
        result: "变更后的电子印章，原印章被取代",
        needs_key: true,
        collected: false,
        fill: "从本单位印章登记中选择印章，只填写有变化的内容；印模变化的重新采集印模。",
        make: "根据申请信息、印模样式变更电子印章。",
        conditions: &["印章为本单位持有。", "印模变更的，须有新的实体印章。"],
        paper_notes: &[
            "注 1：所变更的电子印章仅壹枚的无需电子印章申请汇总表。",
            "注 2：USB KEY 电子印章变更必须将 USB KEY 带到现场。",
        ],
        notes: &["机构改革后数字证书已变更而仍需使用旧印章样式的，请说明实际情况并作出承诺。"],
    },
    Kind {
        card: KindCard {
            slug: "revocation",
            icon: "revoke",
            name: "印章撤销",
            summary: "使用单位撤并、名称变更等停止使用电子印章的，应当及时申请撤销。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "选择印章 → 内部审批 → 递交 → 受理 → 审核 → 撤销公示",
            time: "停止使用时及时申请",
            place: PLACE,
        },
        on_site: "在线填报；USB KEY 电子印章须携带介质到现场",
        result: "印章和证书注销，状态向社会公示",
        needs_key: true,
        collected: false,
        fill: "从本单位印章登记中选择要撤销的印章，写明理由。",
        make: "根据申请材料将电子印章撤销，公示状态。",
        conditions: &["印章为本单位或被撤并单位持有。"],
        paper_notes: &[
            "注 1：所撤销的电子印章仅壹枚的无需电子印章申请汇总表。",
            "注 2：USB KEY 电子印章撤销必须将 USB KEY 带到现场。",
        ],
        notes: &["撤销后不能恢复。撤销前已盖章的文件仍可验证。"],
    },
    Kind {
        card: KindCard {
            slug: "reissue",
            icon: "lost",
            name: "印章失控、补办",
            summary: "丢失、失控须立即报告，印章即时停用；需继续使用的，按补办流程申请。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "报告停用 → 填写 → 审批 → 递交 → 受理 → 审核 → 重新绑定 → 领取",
            time: "报告不分昼夜，补办随后",
            place: PLACE,
        },
        on_site: "在线报告和填报，现场领取",
        result: "原证书作废，印章重新绑定到新的介质",
        needs_key: false,
        collected: true,
        fill: "先在印章登记中报告丢失或失控，印章立即停用；再填写补办申请。",
        make: "根据申请材料重新绑定电子印章。",
        conditions: &["印章为本单位持有，已报告丢失或失控。"],
        paper_notes: &["注：所补办的电子印章仅壹枚的无需电子印章申请汇总表。"],
        notes: &["报告后印章立即停用，状态向社会公示；停用期间盖的章无效。"],
    },
    Kind {
        card: KindCard {
            slug: "unlock",
            icon: "unlock",
            name: "口令解锁",
            summary: "忘记电子钥匙（USB KEY）口令时，申请解锁并重置口令。",
            papers: "红头函、申请表、汇总表（一枚以上）",
            steps: "选择印章 → 内部审批 → 递交 → 受理 → 审核 → 现场解锁",
            time: "随时可申请",
            place: PLACE,
        },
        on_site: "在线填报；必须将 USB KEY 带到现场",
        result: "USB KEY 口令重置，现场即可使用",
        needs_key: true,
        collected: false,
        fill: "从本单位印章登记中选择介质为 USB KEY 的印章。",
        make: "将电子印章绑定的 USB KEY 硬件介质口令重置。",
        conditions: &["只针对 USB KEY 电子印章。"],
        paper_notes: &["注：USB KEY 电子印章口令解锁必须将 USB KEY 带到现场。"],
        notes: &["请携带申请材料及硬件介质（USB KEY）到现场办理。"],
    },
];
