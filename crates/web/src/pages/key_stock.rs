//! The stock of USB KEYs (USB KEY 库存): batches in, who has which, back, broken, lost, destroyed by two.

use axum::extract::{Path, Query, State};
use casework::{KeyAct, KeyState, Role, UsbKey};
use platform::NewKeys;
use platform::ports::store::Page;
use serde::Deserialize;

use super::{Answer, again, go, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{Fields, ProtectedForm};
use crate::listing::Listing;
use crate::problem::{Problem, form_encode};
use crate::session::Desk;
use crate::views::parts::{
    Act as ActView, Button, Cell, Chip, Column, Empty, Facts, Field, FieldKind, Form, Moment,
    Notice, Pager, Row, Tab, Table, Tabs, Timeline, Tone,
};
use crate::views::{DeskPage, ListPage};

const PAGE: u32 = 50;
const HERE: &str = "/desk/keys";

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    state: Option<String>,
    q: Option<String>,
    after: Option<String>,
}

/// `GET /desk/keys`
pub(super) async fn list(
    State(app): State<App>,
    listing: Listing,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let page = view(&app, Some(&listing), &desk, wanted).await?;
    listing.answer(page).await
}

/// `POST /desk/keys`: a batch comes in.
pub(super) async fn receive(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let new = NewKeys {
        vendor: text("vendor"),
        model: text("model"),
        batch: text("batch"),
        serials: text("serials"),
    };
    match app
        .platform
        .receive_keys(&desk.actor, &new)
        .await
        .map_err(Problem::from)
    {
        Ok(count) => {
            desk.say(
                &format!("已入库 {count} 把 USB KEY"),
                &format!("批次 {}", new.batch),
            )
            .await?;
            go(HERE)
        }
        Err(problem) if problem.can_be_put_right() => {
            let mut page = view(&app, None, &desk, Wanted::default()).await?;
            for act in &mut page.acts {
                act.open = true;
                act.form
                    .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

async fn view(
    app: &App,
    listing: Option<&Listing>,
    desk: &Desk,
    wanted: Wanted,
) -> Result<ListPage, Problem> {
    let state = wanted.state.as_deref().and_then(KeyState::find);
    let text = wanted
        .q
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let later = wanted.after.is_some();
    let counts = app.platform.key_counts(&desk.actor).await?;
    let found: Page<UsbKey> = match listing {
        Some(listing) => {
            let mut pages = listing.pages(wanted.after, PAGE);
            while let Some(page) = pages.wanted() {
                pages.put(
                    app.platform
                        .keys(&desk.actor, state, text.clone(), &page)
                        .await?,
                );
            }
            pages.found()
        }
        None => {
            let page = platform::ports::store::PageRequest {
                after: None,
                limit: PAGE,
            };
            app.platform
                .keys(&desk.actor, state, text.clone(), &page)
                .await?
        }
    };
    let rows = found.rows.iter().map(|key| {
        let holder = key.holding.as_ref();
        Row::new(vec![
            Cell::link(key.serial.to_string(), format!("{HERE}/{}", key.serial)),
            chip(key.state).into(),
            holder.map_or_else(
                || "—".into(),
                |holding| Cell::text(&holding.unit_name).with_sub(holding.seal_name.clone()),
            ),
            Cell::text(&key.vendor).with_sub(key.model.clone()),
            key.batch.clone().into(),
            key.history
                .last()
                .map_or_else(String::new, |entry| beijing::minute(entry.at))
                .into(),
        ])
    });
    let filtered = state.is_some() || text.is_some();
    let mut table = Table::new(
        "USB KEY",
        vec![
            Column::short("序列号"),
            Column::short("状态"),
            Column::new("持有单位与印章").split("持有单位", "印章"),
            Column::new("厂商与型号").split("厂商", "型号"),
            Column::short("批次"),
            Column::short("最近变动"),
        ],
        rows.collect(),
        if filtered {
            ListPage::nothing_found()
        } else {
            Empty::new(
                "key",
                "库存中还没有 USB KEY",
                "到货后按批次登记序列号入库。",
            )
        },
    );
    let query = |state: Option<KeyState>| {
        let state = state.map_or("", KeyState::code);
        let text = form_encode(text.as_deref().unwrap_or_default());
        format!("{HERE}?state={state}&q={text}")
    };
    table.pager = Some(Pager {
        summary: format!("本页 {} 把，最近变动的在前", found.rows.len()),
        first: later.then(|| query(state)),
        next: found
            .next
            .map(|next| format!("{}&after={}", query(state), form_encode(&next))),
    });
    let mut page = ListPage::new(
        desk.frame(app, "USB KEY 库存", HERE),
        "每把 USB KEY 从入库、发出到退回、销毁的去向；制作印章只能用在库的 USB KEY。",
        table,
    );
    let total: u32 = counts.counts.iter().map(|(_, count)| count).sum();
    let tab = |label: &str, of: Option<KeyState>, count: u32| Tab {
        label: label.into(),
        href: query(of),
        count: Some(count.to_string()),
        current: state == of,
        hot: of == Some(KeyState::ToDestroy) && count > 0,
    };
    let mut tabs = vec![tab("全部", None, total)];
    tabs.extend(
        counts
            .counts
            .iter()
            .map(|(state, count)| tab(state.name(), Some(*state), *count)),
    );
    page.tabs = Some(Tabs {
        label: "USB KEY 状态".into(),
        tabs,
    });
    page.filters = vec![
        Field::hidden("state", state.map_or("", KeyState::code)),
        Field::new("q", "查找", FieldKind::Input("search"))
            .optional()
            .value(text.clone().unwrap_or_default())
            .placeholder("序列号、持有单位或批次")
            .growing(),
    ];
    if counts.low {
        let left = counts.counts.first().map_or(0, |(_, count)| *count);
        page.notice = Some(
            Notice::new(Tone::Warn, format!("在库 USB KEY 只剩 {left} 把"))
                .line("请及时采购，到货后登记入库；库存用尽时不能制作 USB KEY 印章。"),
        );
    }
    if desk.actor.post.role == Role::SealMaker {
        page.acts = vec![receiving(desk)];
    }
    Ok(page)
}

fn receiving(desk: &Desk) -> ActView {
    let form = Form::new(HERE, desk.csrf(), Button::primary("登记入库"))
        .explain("一批一起登记：有一个序列号不对，整批都不入库，改正后重新提交。")
        .field(Field::text("vendor", "厂商").with("maxlength", "60"))
        .field(Field::text("model", "型号").with("maxlength", "60"))
        .field(
            Field::text("batch", "批次")
                .with("maxlength", "60")
                .placeholder("如 2026-11"),
        )
        .field(
            Field::new("serials", "序列号", FieldKind::Area)
                .help("每行一个，可从表格粘贴或扫码；连号可写成一段，如 FT0001~FT0100。")
                .with("maxlength", "100000"),
        );
    ActView {
        id: "receive_keys".into(),
        title: "登记入库".into(),
        icon: "inbox",
        danger: false,
        open: false,
        form,
    }
}

/// `GET /desk/keys/{serial}`
pub(super) async fn page(State(app): State<App>, desk: Desk, Path(serial): Path<String>) -> Answer {
    let key = app.platform.key(&desk.actor, &serial).await?;
    html(&one(&app, &desk, &key))
}

/// `POST /desk/keys/{serial}/acts/{act}`
pub(super) async fn act(
    State(app): State<App>,
    desk: Desk,
    Path((serial, code)): Path<(String, String)>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let act = read(&code, &fields).ok_or_else(Problem::not_found)?;
    match app
        .platform
        .act_on_key(&desk.actor, &serial, act.clone())
        .await
        .map_err(Problem::from)
    {
        Ok(key) => {
            desk.say(
                &format!("已办理「{}」", act.name()),
                &format!("USB KEY {} 现为「{}」", key.serial, key.state.name()),
            )
            .await?;
            go(&format!("{HERE}/{}", key.serial))
        }
        Err(problem) if problem.can_be_put_right() => {
            let key = app.platform.key(&desk.actor, &serial).await?;
            let mut page = one(&app, &desk, &key);
            for shown in &mut page.acts {
                if shown.id == code {
                    shown.open = true;
                    shown
                        .form
                        .refill(&|name| fields.raw(name).map(ToOwned::to_owned));
                }
            }
            page.frame.notices.push(problem.notice());
            again(problem.status, &page)
        }
        Err(problem) => Err(problem),
    }
}

fn read(code: &str, fields: &Fields) -> Option<KeyAct> {
    let note = fields
        .text(&format!("note-{code}"))
        .unwrap_or_default()
        .to_owned();
    Some(match code {
        "return" => KeyAct::Return { note },
        "mark_defective" => KeyAct::MarkDefective { note },
        "report_lost" => KeyAct::ReportLost { note },
        "restock" => KeyAct::Restock,
        "propose_destruction" => KeyAct::ProposeDestruction { reason: note },
        "destroy" => KeyAct::Destroy,
        "keep" => KeyAct::Keep,
        _ => return None,
    })
}

fn one(app: &App, desk: &Desk, key: &UsbKey) -> DeskPage {
    let mut facts = Facts::new()
        .with("序列号", Cell::mono(key.serial.to_string()))
        .with("厂商、型号", format!("{}　{}", key.vendor, key.model))
        .with("批次", key.batch.clone());
    if let Some(holding) = &key.holding {
        let label = if key.state == KeyState::Issued {
            "现在的持有单位"
        } else {
            "最后的持有单位"
        };
        let seal = match holding.seal {
            Some(seal) => Cell::link(&holding.seal_name, format!("/desk/seals/{seal}")),
            None => Cell::text(&holding.seal_name).with_sub("尚未写入印章"),
        };
        facts = facts
            .with(label, holding.unit_name.clone())
            .with("印章", seal)
            .with(
                "发出办件",
                Cell::link(
                    &holding.case_number,
                    format!("/desk/cases/{}", holding.case),
                ),
            );
    }
    if let Some(proposal) = key
        .proposal
        .as_ref()
        .filter(|_| key.state == KeyState::ToDestroy)
    {
        facts = facts.with(
            "销毁提请",
            Cell::text(&proposal.reason).with_sub(format!(
                "{}，{}；须由另一人监销确认",
                words::who(&proposal.by),
                beijing::minute(proposal.at)
            )),
        );
    }
    let moments = key.history.iter().rev().map(|entry| Moment {
        at: beijing::minute(entry.at),
        iso: entry.at.to_string(),
        who: words::who(&entry.by),
        what: entry.text.clone(),
        note: None,
        tone: match entry.state {
            KeyState::InStock | KeyState::Issued => Tone::Good,
            KeyState::Returned | KeyState::ToDestroy => Tone::Warn,
            KeyState::Defective | KeyState::Lost | KeyState::Destroyed => Tone::Bad,
        },
    });
    DeskPage {
        frame: desk
            .frame(app, &format!("USB KEY {}", key.serial), HERE)
            .below("USB KEY 库存", HERE),
        chip: Some(chip(key.state)),
        lead: String::new(),
        actions: Vec::new(),
        acts: acts(desk, key),
        facts,
        table: Table::new("", Vec::new(), Vec::new(), Empty::new("key", "", "")),
        timeline: Timeline {
            moments: moments.collect(),
        },
    }
}

/// What this person can do with the key now: the refusals of the process decide, the words are asked for here.
fn acts(desk: &Desk, key: &UsbKey) -> Vec<ActView> {
    let note = || "备注".to_owned();
    let all = [
        (
            KeyAct::Return { note: note() },
            "inbox",
            false,
            "备注",
            false,
        ),
        (KeyAct::Restock, "ok", false, "", false),
        (
            KeyAct::MarkDefective { note: note() },
            "warn",
            true,
            "损坏情况",
            true,
        ),
        (
            KeyAct::ReportLost { note: note() },
            "lost",
            true,
            "遗失情况",
            true,
        ),
        (
            KeyAct::ProposeDestruction { reason: note() },
            "revoke",
            true,
            "销毁理由",
            true,
        ),
        (KeyAct::Destroy, "revoke", true, "", false),
        (KeyAct::Keep, "ok", false, "", false),
    ];
    let now = jiff::Timestamp::UNIX_EPOCH;
    all.into_iter()
        .filter(|(act, ..)| casework::decide_key(key, act, &desk.actor, now).is_ok())
        .map(|(act, icon, danger, asks, required)| {
            let button = Button::primary(act.name());
            let button = if danger { button.dangerous() } else { button };
            let mut form = Form::new(
                format!("{HERE}/{}/acts/{}", key.serial, act.code()),
                desk.csrf(),
                button,
            );
            form = match act {
                KeyAct::Restock => {
                    form.explain("确认已清空其中的密钥和证书，重新作为空白 USB KEY 入库。")
                }
                KeyAct::ProposeDestruction { .. } => {
                    form.explain("销毁须两人办理：您提请后，由另一人到场监销并确认。")
                }
                KeyAct::Destroy => {
                    form.explain("确认您到场监督，该 USB KEY 已物理销毁。此操作不能撤回。")
                }
                _ => form,
            };
            if !asks.is_empty() {
                let mut field = Field::new(&format!("note-{}", act.code()), asks, FieldKind::Area)
                    .with("maxlength", "500");
                if !required {
                    field = field.optional();
                }
                form = form.field(field);
            }
            ActView {
                id: act.code().into(),
                title: act.name().into(),
                icon,
                danger,
                open: false,
                form,
            }
        })
        .collect()
}

fn chip(state: KeyState) -> Chip {
    let tone = match state {
        KeyState::InStock => Tone::Good,
        KeyState::Issued => Tone::Info,
        KeyState::Returned | KeyState::ToDestroy => Tone::Warn,
        KeyState::Defective | KeyState::Lost => Tone::Bad,
        KeyState::Destroyed => Tone::Neutral,
    };
    Chip::new(state.name(), tone)
}
