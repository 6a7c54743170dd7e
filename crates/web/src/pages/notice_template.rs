//! The words of notices: what is said on which occasion, how it reads, and changing it. The system administrator
//! proposes, the security administrator releases.

use axum::extract::{Path, State};
use casework::Role;
use platform::ports::store::PageRequest;
use platform::{NoticePreview, NoticeText, NoticeWords, Proposal, ProposalState, Proposed};

use super::{Answer, again, go, html, proposal};
use crate::app::App;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::{
    Act, Button, Cell, Chip, Column, Empty, Field, FieldKind, Form, Link, Notice, Row, Table, Tone,
};
use crate::views::{Block, ListPage, Passage, SheetPage};

const LIST: &str = "/desk/admin/notice-templates";
/// Most proposals that can wait at the same time and be shown beside their templates.
const WAITING: u32 = 200;

/// `GET /desk/admin/notice-templates`
pub(super) async fn list(State(app): State<App>, listing: Listing, desk: Desk) -> Answer {
    let all = app.platform.all_notice_words(&desk.actor).await?;
    let page = PageRequest {
        after: None,
        limit: WAITING,
    };
    let waiting = app
        .platform
        .proposals(&desk.actor, Some("waiting"), &page)
        .await?;
    let waits = |name: &str| {
        waiting
            .rows
            .iter()
            .any(|row| matches!(&row.what, Proposed::Text(text) if text.template == name))
    };
    let rows = all.iter().map(|words| {
        let template = words.template;
        Row::new(vec![
            Cell::link(template.occasion, path(template.name)).with_sub(template.to),
            channels(words).into(),
            chip(words, waits(template.name)).into(),
        ])
    });
    let table = Table::new(
        "通知文本",
        vec![
            Column::new("事项与收件人").split("事项", "收件人"),
            Column::short("通知方式"),
            Column::short("文本"),
        ],
        rows.collect(),
        Empty::new("mail", "没有通知文本", ""),
    );
    let lead = "平台在这些事项上通知有关人员。文本由系统管理员提请变更，安全管理员审核后立即生效。";
    listing
        .answer(ListPage::new(
            desk.frame(&app, "通知文本", LIST),
            lead,
            table,
        ))
        .await
}

/// `GET /desk/admin/notice-templates/{name}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(name): Path<String>) -> Answer {
    html(&view(&app, &desk, &name, None).await?)
}

/// `POST /desk/admin/notice-templates/{name}`: shows how words read, or proposes them.
pub(super) async fn change(
    State(app): State<App>,
    desk: Desk,
    Path(name): Path<String>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let typed = match fields.text("act") {
        Some("default") => default_of(&app, &desk, &name).await?,
        _ => read(&fields),
    };
    let outcome = if fields.text("act") == Some("preview") {
        let page = view(&app, &desk, &name, Some((&fields, &typed))).await;
        match page {
            Ok(page) => return html(&page),
            Err(problem) => Err(problem),
        }
    } else {
        let reason = ["reason", "default-reason"].map(|name| fields.text(name));
        let reason = reason.into_iter().flatten().next().unwrap_or_default();
        app.platform
            .propose_text(&desk.actor, &name, typed, reason)
            .await
            .map_err(Problem::from)
    };
    match outcome {
        Ok(id) => {
            desk.say("已提请，待安全管理员审核", "审核通过后立即生效。")
                .await?;
            go(&format!("/desk/admin/proposals/{id}"))
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, &desk, &name, None).await?;
            refill(&mut page, &fields);
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn default_of(app: &App, desk: &Desk, name: &str) -> Result<NoticeText, Problem> {
    let (words, _) = app.platform.notice_words(&desk.actor, name).await?;
    Ok(words.template.default_text())
}

fn read(fields: &Fields) -> NoticeText {
    let text = |name: &str| fields.text(name).unwrap_or_default().replace("\r\n", "\n");
    NoticeText {
        inside: text("inside"),
        subject: text("subject"),
        mail: text("mail"),
        sms: text("sms"),
    }
}

/// The page; with `typed`, the words in its form and how they read.
async fn view(
    app: &App,
    desk: &Desk,
    name: &str,
    typed: Option<(&Fields, &NoticeText)>,
) -> Result<SheetPage, Problem> {
    let (words, history) = app.platform.notice_words(&desk.actor, name).await?;
    let template = words.template;
    let waiting = history
        .iter()
        .find(|proposal| proposal.state == ProposalState::Waiting);
    let mut page = SheetPage::new(
        desk.frame(app, template.occasion, LIST)
            .below("通知文本", LIST),
        format!("发给：{}", template.to),
    );
    page.chip = Some(chip(&words, waiting.is_some()));
    if let Some(waiting) = waiting {
        let mut notice = Notice::new(Tone::Warn, "该文本有一项变更待审核");
        notice.link = Some(Link::new(
            "查看提请的内容",
            format!("/desk/admin/proposals/{}", waiting.id),
        ));
        page.frame.notices.push(notice);
    }
    if let Some((_, text)) = typed {
        let preview = app.platform.preview_notice(&desk.actor, name, text).await?;
        page.blocks.push(Block::Passages(
            "预览（尚未提请）".into(),
            passages(&preview),
        ));
    }
    let preview = app
        .platform
        .preview_notice(&desk.actor, name, &words.text)
        .await?;
    page.blocks.push(Block::Passages(
        "现行文本（按示例填写）".into(),
        passages(&preview),
    ));
    if desk.actor.post.role == Role::SystemAdministrator && waiting.is_none() {
        page.blocks
            .push(Block::Form("修改".into(), form(desk, &words)));
        if words.is_changed() {
            page.blocks
                .push(Block::Acts(vec![back_to_default(desk, &words)]));
        }
    }
    page.blocks.push(Block::List(fields_table(&words)));
    page.blocks
        .push(Block::List(proposal::table("文本变更记录", &history)));
    if let Some((fields, _)) = typed {
        refill(&mut page, fields);
    }
    Ok(page)
}

fn refill(page: &mut SheetPage, fields: &Fields) {
    for block in &mut page.blocks {
        if let Block::Form(_, form) = block {
            form.refill(&|name| fields.raw(name).map(ToOwned::to_owned));
        }
    }
}

fn form(desk: &Desk, words: &NoticeWords) -> Form {
    let template = words.template;
    let line = |name: &str, label: &str, value: &str| Field::text(name, label).value(value);
    let mut form = Form::new(
        path(template.name),
        desk.csrf(),
        Button::primary("提请变更").sending("act", "propose"),
    )
    .button(Button {
        skips_checks: true,
        ..Button::other("预览", "act", "preview")
    })
    .explain("花括号中的占位项发送时换成实际内容，可用的占位项列在下方。");
    if !template.is_mail_frame() {
        form = form
            .field(
                line("inside", "站内通知", &words.text.inside)
                    .help("一行，最多 2000 字。")
                    .with("maxlength", "2000"),
            )
            .field(
                line("subject", "邮件主题", &words.text.subject)
                    .optional()
                    .help("一行，最多 200 字。主题和正文都留空则不发邮件。")
                    .with("maxlength", "200"),
            );
    }
    let mail = Field::new("mail", "邮件正文", FieldKind::Area).value(words.text.mail.clone());
    form = form.field(if template.is_mail_frame() {
        mail.help("每封邮件都按此发出，{正文}处为各事项的邮件正文，须保留。最多 2000 字。")
    } else {
        mail.optional()
            .help("最多 2000 字。称呼和落款由「邮件的称呼和落款」统一加上，此处不写。")
    });
    if !template.is_mail_frame() {
        form = form.field(
            line("sms", "短信", &words.text.sms)
                .optional()
                .help("最多 200 字；实际内容 70 字以内按一条计费。不得写入单位、印章、人员等内容。留空则不发短信。")
                .with("maxlength", "200"),
        );
    }
    form.field(Field::text("reason", "事由").help("如：依据某文件调整。"))
}

fn back_to_default(desk: &Desk, words: &NoticeWords) -> Act {
    let default = words.template.default_text();
    let form = Form::new(
        path(words.template.name),
        desk.csrf(),
        Button::primary("提请恢复默认文本").sending("act", "default"),
    );
    let form = [
        ("站内通知", &default.inside),
        ("邮件主题", &default.subject),
        ("邮件正文", &default.mail),
        ("短信", &default.sms),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .fold(form, |form, (label, text)| {
        form.explain(format!("默认的{label}：{text}"))
    });
    Act {
        id: "default".into(),
        title: "恢复默认文本".into(),
        icon: "renew",
        danger: false,
        open: false,
        form: form.field(Field {
            name: "default-reason".into(),
            ..Field::text("reason", "事由")
        }),
    }
}

fn fields_table(words: &NoticeWords) -> Table {
    let rows = words.template.explained().map(|field| {
        let meaning = if field.private {
            Cell::text(field.meaning).with_sub("不能用于短信")
        } else {
            Cell::text(field.meaning)
        };
        Row::new(vec![
            Cell::mono(format!("{{{}}}", field.name)),
            meaning,
            field.sample.into(),
        ])
    });
    Table::new(
        "可用的占位项",
        vec![
            Column::short("写法"),
            Column::new("换成什么").split("换成什么", "说明"),
            Column::new("示例"),
        ],
        rows.collect(),
        Empty::new("list", "没有占位项", ""),
    )
}

/// How a notice reads on every way.
pub(super) fn passages(preview: &NoticePreview) -> Vec<Passage> {
    let none = "（不发送）";
    let mut passages = Vec::new();
    if !preview.inside.is_empty() {
        passages.push(Passage::new("站内通知", &preview.inside));
    }
    let mail = match (preview.subject.is_empty(), preview.mail.is_empty()) {
        (true, true) => none.to_owned(),
        (true, false) => preview.mail.clone(),
        (false, _) => format!("主题：{}\n\n{}", preview.subject, preview.mail),
    };
    passages.push(Passage::new("邮件", mail));
    if !preview.inside.is_empty() {
        passages.push(match preview.sms_parts {
            0 => Passage::new("短信", none),
            parts => Passage::new("短信", &preview.sms)
                .note(format!("{} 字，按 {parts} 条发送", preview.sms_length)),
        });
    }
    passages
}

/// What a proposal changes, and how the words will read.
pub(super) async fn proposed(
    app: &App,
    desk: &Desk,
    change: &platform::TextProposal,
) -> Result<Vec<Block>, Problem> {
    let pairs = [
        ("站内通知", &change.former.inside, &change.text.inside),
        ("邮件主题", &change.former.subject, &change.text.subject),
        ("邮件正文", &change.former.mail, &change.text.mail),
        ("短信", &change.former.sms, &change.text.sms),
    ];
    let shown = |text: &str| {
        if text.is_empty() {
            "（空，不发送）".to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut blocks: Vec<Block> = pairs
        .into_iter()
        .filter(|(_, former, text)| former != text)
        .map(|(label, former, text)| {
            Block::Passages(
                format!("{}：{label}", change.title()),
                vec![
                    Passage::new("原文", shown(former)),
                    Passage::new("改为", shown(text)),
                ],
            )
        })
        .collect();
    match app
        .platform
        .preview_notice(&desk.actor, &change.template, &change.text)
        .await
        .map_err(Problem::from)
    {
        Ok(preview) => blocks.push(Block::Passages(
            "变更后的样子（按示例填写）".into(),
            passages(&preview),
        )),
        Err(problem) if problem.can_be_put_right() => blocks.push(Block::Notice(problem.notice())),
        Err(problem) => return Err(problem),
    }
    Ok(blocks)
}

fn channels(words: &NoticeWords) -> String {
    let mut ways = Vec::new();
    for (way, text) in [
        ("站内", &words.text.inside),
        ("邮件", &words.text.mail),
        ("短信", &words.text.sms),
    ] {
        if !text.is_empty() {
            ways.push(way);
        }
    }
    ways.join("、")
}

fn chip(words: &NoticeWords, waits: bool) -> Chip {
    if waits {
        Chip::new("变更待审核", Tone::Warn)
    } else if words.is_changed() {
        Chip::new("已改写", Tone::Info)
    } else {
        Chip::new("默认", Tone::Neutral)
    }
}

fn path(name: &str) -> String {
    format!("{LIST}/{name}")
}

/// The page of the template that a proposal is about.
pub(super) fn page_of(proposal: &Proposal) -> Option<Link> {
    match &proposal.what {
        Proposed::Text(text) => Some(Link::new("查看该通知文本", path(&text.template))),
        Proposed::Posts(_) | Proposed::Policy(_) => None,
    }
}
