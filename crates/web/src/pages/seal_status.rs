//! The public status of a seal: now, and at any earlier moment.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::{SealState, Status};
use jiff::Timestamp;
use platform::{PublicAnswer, StatusQuery};
use serde::Deserialize;

use super::{Answer, again, html};
use crate::app::App;
use crate::beijing;
use crate::form::ProtectedUpload;
use crate::problem::{Problem, form_encode};
use crate::session::Visitor;
use crate::views::parts::{Cell, Facts, Moment, Notice, Timeline, Tone};
use crate::views::{QueryForm, SealStatusAnswer, SealStatusPage, Verdict};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    code: Option<String>,
    at: Option<String>,
}

/// `GET /status`
pub(super) async fn page(
    State(app): State<App>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let code = wanted.code.unwrap_or_default().trim().to_owned();
    let typed_at = wanted.at.unwrap_or_default();
    let frame = visitor.frame(&app, "印章状态查询");
    let show = |error: Option<&str>, answers| SealStatusPage {
        frame: frame.clone(),
        form: QueryForm {
            code: code.clone(),
            at: typed_at.clone(),
            error: error.map(Into::into),
        },
        answers,
        limit_mb: limit_mb(&app),
    };
    let nothing = Vec::new;
    if code.is_empty() {
        return html(&show(None, nothing()));
    }
    let Some(query) = StatusQuery::parse(&code) else {
        let error = "请输入 14 位数字的印章编码，或十六进制的证书序列号。";
        return again(
            StatusCode::UNPROCESSABLE_ENTITY,
            &show(Some(error), nothing()),
        );
    };
    let Ok(at) = moment(&typed_at) else {
        return again(
            StatusCode::UNPROCESSABLE_ENTITY,
            &show(Some(UNREADABLE), nothing()),
        );
    };
    match app.platform.public_status(&query, at).await {
        Ok(answer) => html(&show(None, vec![view(&app, &answer, at.is_some())])),
        Err(platform::Error::NotFound(_)) => {
            let error =
                "没有查到这枚印章，请核对编码或序列号。其他机构签发的印章请向签发机构查询。";
            again(StatusCode::NOT_FOUND, &show(Some(error), nothing()))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /status`: the status of every seal on a stamped file.
pub(super) async fn of_file(
    State(app): State<App>,
    visitor: Visitor,
    ProtectedUpload { fields, files }: ProtectedUpload,
) -> Answer {
    let typed_at = fields.raw("at").unwrap_or_default().to_owned();
    let mut page = SealStatusPage {
        frame: visitor.frame(&app, "印章状态查询"),
        form: QueryForm {
            code: String::new(),
            at: typed_at.clone(),
            error: None,
        },
        answers: Vec::new(),
        limit_mb: limit_mb(&app),
    };
    let refused = |mut page: SealStatusPage, status, code: &str, title: &str| {
        page.frame
            .notices
            .push(Notice::new(Tone::Bad, title).code(code));
        again(status, &page)
    };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Ok(at) = moment(&typed_at) else {
        return refused(page, unfit, "moment_unreadable", UNREADABLE);
    };
    let Some(file) = files.into_iter().find(|file| !file.bytes.is_empty()) else {
        return refused(page, unfit, "file_missing", "请先选择盖了章的文件。");
    };
    let report = match app.platform.verify(&file.name, file.bytes, None).await {
        Ok(report) => report,
        Err(error) => {
            let problem = Problem::from(error);
            if !problem.can_be_put_right() {
                return Err(problem);
            }
            page.frame.notices.push(problem.notice());
            return again(problem.status, &page);
        }
    };
    let mut codes: Vec<&str> = Vec::new();
    for seal in report.stamps.iter().filter_map(|stamp| stamp.seal.as_ref()) {
        if !codes.contains(&seal.code.as_str()) {
            codes.push(&seal.code);
        }
    }
    if codes.is_empty() {
        return refused(
            page,
            unfit,
            "no_seal_on_file",
            "文件上没有找到电子印章，请确认文件已盖章、格式为 OFD。",
        );
    }
    for code in codes {
        let found = match StatusQuery::parse(code) {
            Some(query @ StatusQuery::Code(_)) => app.platform.public_status(&query, at).await,
            _ => Err(platform::Error::NotFound("seal")),
        };
        match found {
            Ok(answer) => page.answers.push(view(&app, &answer, at.is_some())),
            Err(platform::Error::NotFound(_)) => page.frame.notices.push(
                Notice::new(Tone::Warn, format!("印章 {code} 未在本平台登记"))
                    .line("其他机构签发的印章请向签发机构查询。")
                    .code("seal_unknown"),
            ),
            Err(error) => return Err(error.into()),
        }
    }
    html(&page)
}

const UNREADABLE: &str = "查询时刻无法识别，请重新选择日期和时间。";

/// What was typed as a moment; nothing is now.
fn moment(typed: &str) -> Result<Option<Timestamp>, ()> {
    match typed.trim() {
        "" => Ok(None),
        typed => beijing::parse(typed).map(Some).ok_or(()),
    }
}

fn limit_mb(app: &App) -> u64 {
    (app.platform.settings().max_file_bytes / (1024 * 1024)) as u64
}

fn view(app: &App, answer: &PublicAnswer, earlier: bool) -> SealStatusAnswer {
    let seal = &answer.seal;
    let (tone, icon) = match seal.state {
        SealState::Active => (Tone::Good, "ok"),
        SealState::NotYetActive => (Tone::Info, "clock"),
        SealState::Suspended | SealState::Expired => (Tone::Warn, "warn"),
        SealState::Cancelled | SealState::Void => (Tone::Bad, "bad"),
    };
    let means = match seal.state {
        SealState::Active => "可以使用。",
        SealState::NotYetActive => "已制作，尚未领取启用，不能使用。",
        SealState::Suspended => "停用期间盖的章无效；可以恢复。",
        SealState::Expired => "已过有效期，不能再盖章；有效期内盖的章仍然有效。",
        SealState::Cancelled => "已注销，不能再使用；注销前盖的章仍然有效。",
        SealState::Void => "自制作之日起无效，所盖的章全部无效。",
    };
    let since = seal
        .state_since
        .map(|since| format!("自 {} 起。", beijing::minute(since)))
        .unwrap_or_default();
    let moment = beijing::second(seal.at);
    let headline = if earlier {
        format!("{moment}：{}", answer.state_name)
    } else {
        answer.state_name.to_owned()
    };
    let mut facts = Facts::new()
        .in_two()
        .with("印章名称", seal.name.clone())
        .with("印章编码", Cell::mono(seal.code.to_string()))
        .with(
            "所属单位",
            Cell::text(&seal.unit_name).with_sub(seal.credit_code.to_string()),
        )
        .with(
            "印章类型",
            format!(
                "{} · {}",
                seal.kind.name(),
                app.platform.policy().function_name(&seal.function)
            ),
        )
        .with(
            "有效期",
            format!(
                "{} 至 {}",
                beijing::day(seal.valid_from),
                beijing::day(seal.valid_until)
            ),
        )
        .with(
            "证书序列号",
            Cell::mono(seal.certificate_serials.join("、")),
        )
        .with("查询时刻", moment);
    if earlier {
        facts = facts.with("现在的状态", answer.state_now_name);
    }
    let facts = facts.with_some(
        "后续印章",
        answer
            .superseded_by
            .as_ref()
            .map(|code| Cell::link(code, format!("/status?code={code}"))),
    );
    let moments = answer.history.iter().rev().map(|entry| Moment {
        at: beijing::minute(entry.effective_at),
        iso: entry.effective_at.to_string(),
        who: app.site().operator.clone(),
        what: format!("{}：{}", entry.status_name, entry.reason),
        note: entry.basis.as_ref().map(|basis| format!("依据：{basis}")),
        tone: match entry.status {
            Status::Active => Tone::Good,
            Status::Suspended => Tone::Warn,
            Status::Cancelled | Status::Void => Tone::Bad,
        },
    });
    let at = if earlier {
        format!("?at={}", form_encode(&seal.at.to_string()))
    } else {
        String::new()
    };
    SealStatusAnswer {
        title: seal.name.clone(),
        verdict: Verdict {
            tone,
            icon,
            headline,
            sentence: format!("{since}{means}"),
        },
        facts,
        history: Timeline {
            moments: moments.collect(),
        },
        json: format!("/api/v1/seals/{}/status{at}", seal.code),
    }
}
