//! Verification (验章) for everybody, without an account.

use ::seal::TimeSource;
use ::verification::{Report, ReportFinding, SealState, SealStatus, StampReport};
use axum::extract::State;
use pki::{Outcome, Severity};
use platform::{PageView, StatusQuery};

use super::stamping::picture;
use super::{Answer, again, html, words};
use crate::app::App;
use crate::beijing;
use crate::form::{ProtectedUpload, Upload};
use crate::problem::Problem;
use crate::session::Visitor;
use crate::views::parts::{Cell, Chip, Facts, Notice, Tone};
use crate::views::{FindingView, StampView, Verdict, VerifiedFile, VerifyPage};

/// `GET /verify`
pub(super) async fn page(State(app): State<App>, visitor: Visitor) -> Answer {
    html(&view(&app, &visitor, Vec::new()))
}

/// `POST /verify`
pub(super) async fn verify(
    State(app): State<App>,
    visitor: Visitor,
    ProtectedUpload { files, .. }: ProtectedUpload,
) -> Answer {
    let mut checked = Vec::new();
    let mut refused = Vec::new();
    if files.is_empty() {
        refused.push(Notice::new(Tone::Bad, "请先选择要核验的文件").code("file_missing"));
    }
    for Upload { name, bytes, .. } in files {
        match app
            .platform
            .verify(&name, bytes.clone(), None)
            .await
            .map_err(Problem::from)
        {
            Ok(report) => checked.push(file(&app, &report, bytes).await),
            Err(problem) if problem.can_be_put_right() => refused.push(problem.notice()),
            Err(problem) => return Err(problem),
        }
    }
    let nothing = checked.is_empty();
    let mut page = view(&app, &visitor, checked);
    page.frame.notices.extend(refused);
    if nothing {
        again(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page)
    } else {
        html(&page)
    }
}

fn view(app: &App, visitor: &Visitor, files: Vec<VerifiedFile>) -> VerifyPage {
    VerifyPage {
        frame: visitor.frame(app, "文件验章"),
        files,
        limit_mb: (app.platform.settings().max_file_bytes / (1024 * 1024)) as u64,
    }
}

async fn file(app: &App, report: &Report, bytes: Vec<u8>) -> VerifiedFile {
    let (headline, sentence) = match report.sentence.split_once('；') {
        Some((headline, rest)) => (headline.to_owned(), format!("{rest}。")),
        None => (report.sentence.clone(), below(report)),
    };
    let mut stamps = Vec::new();
    for stamp in &report.stamps {
        stamps.push(stamp_view(app, report, stamp, &bytes).await);
    }
    let of_file: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.stamp.is_none())
        .map(finding)
        .collect();
    VerifiedFile {
        name: report.file.clone(),
        size: words::size(bytes.len() as u64),
        digest: report.digest.clone(),
        checked_at: beijing::second(report.at),
        verdict: Verdict {
            tone: tone(report.verdict),
            icon: icon(report.verdict),
            headline,
            sentence,
        },
        open: stamps.is_empty() && report.verdict != Outcome::Valid,
        stamps,
        findings: of_file,
    }
}

/// Below the headline: the seal's status then and now, or how many stamps follow.
fn below(report: &Report) -> String {
    match report.stamps.as_slice() {
        [] => String::new(),
        [only] if only.status.is_some() => {
            let (then, now) = statuses(only);
            format!("盖章时印章状态：{}；现在：{}。", then.text, now.text)
        }
        [_] => "印章未在本平台登记，按签发机构的证书判断。".to_owned(),
        all => format!("共有 {} 个签章，逐一核验结果如下。", all.len()),
    }
}

/// A certificate's organisation: 统一社会信用代码 and the unit's name, as seal certificates write them together.
fn organisation(name: &str) -> Cell {
    match name.split_at_checked(18) {
        Some((code, rest))
            if !rest.is_empty()
                && code
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) =>
        {
            Cell::text(rest).with_sub(code)
        }
        _ => Cell::text(name),
    }
}

async fn stamp_view(app: &App, report: &Report, stamp: &StampReport, bytes: &[u8]) -> StampView {
    let number = stamp.index + 1;
    let title = match &stamp.seal {
        Some(seal) => format!("第 {number} 枚：{}", seal.name),
        None => format!("第 {number} 个签名"),
    };
    let mut facts = Facts::new();
    if let Some(seal) = &stamp.seal {
        let public = app
            .platform
            .public_status(&StatusQuery::Code(seal.code.clone()), None)
            .await
            .is_ok();
        let code = if public {
            Cell::link(
                &seal.code,
                format!("/status?code={}", crate::problem::form_encode(&seal.code)),
            )
        } else {
            Cell::mono(&seal.code)
        };
        facts = facts
            .with("印章名称", seal.name.clone())
            .with("印章编码", code)
            .with_some("所属单位", seal.owner.as_deref().map(organisation))
            .with(
                "印章有效期",
                format!(
                    "{} 至 {}",
                    beijing::day(seal.valid_from),
                    beijing::day(seal.valid_to)
                ),
            );
    }
    if let Some(time) = stamp.time {
        let source = match stamp.time_source {
            Some(TimeSource::TimestampToken) => "可信时间戳",
            Some(TimeSource::Recorded) => "本平台的用印记录",
            _ => "盖章者的时间，未附可信时间戳",
        };
        facts = facts.with(
            "盖章时间",
            Cell::text(beijing::second(time)).with_sub(source),
        );
    }
    let pages: Vec<usize> = stamp
        .pages
        .iter()
        .filter_map(|placement| placement.page)
        .collect();
    if let Some(first) = stamp.pages.first() {
        let mut place = pages
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("、");
        place = format!("第 {place} 页");
        if let Some(boundary) = &first.boundary {
            place = format!(
                "{place}，距左 {:.1} 毫米、距上 {:.1} 毫米",
                boundary.x, boundary.y
            );
        }
        facts = facts.with("盖章位置", place);
    }
    if let Some(signer) = &stamp.signer {
        let subject = organisation(signer.organization.as_deref().unwrap_or(&signer.subject)).text;
        facts = facts
            .with(
                "签章证书",
                Cell::text(subject).with_sub(format!("序列号 {}", signer.serial)),
            )
            .with("签发机构", signer.issuer.clone());
    }
    let drawn = match pages.first() {
        Some(page) => app.platform.page(bytes.to_vec(), *page).await.ok(),
        None => None,
    };
    let (then, now) = statuses(stamp);
    let findings: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.stamp == Some(stamp.index))
        .map(finding)
        .collect();
    StampView {
        title,
        chip: Chip::new(word(stamp.verdict), tone(stamp.verdict)),
        facts,
        status_then: then,
        status_now: now,
        content: content(stamp),
        page_caption: pages
            .first()
            .map(|page| format!("第 {page} 页，盖章后的样子"))
            .unwrap_or_default(),
        page_picture: drawn.map(|drawn: PageView| picture(&drawn.svg)),
        findings,
        open: stamp.verdict != Outcome::Valid,
    }
}

fn statuses(stamp: &StampReport) -> (Chip, Chip) {
    let unknown = || Chip::new("未在本平台登记", Tone::Neutral);
    match &stamp.status {
        Some(status) => (state(status.then.as_ref()), state(status.now.as_ref())),
        None => (unknown(), unknown()),
    }
}

fn state(status: Option<&SealStatus>) -> Chip {
    let Some(status) = status else {
        return Chip::new("未知", Tone::Neutral);
    };
    let (word, tone) = match status.state {
        SealState::NotYetActive => ("未启用", Tone::Info),
        SealState::Active => ("有效", Tone::Good),
        SealState::Suspended => ("停用", Tone::Warn),
        SealState::Expired => ("过期", Tone::Warn),
        SealState::Cancelled => ("注销", Tone::Bad),
        SealState::Void => ("无效", Tone::Bad),
        SealState::Unknown => ("未知", Tone::Neutral),
    };
    Chip::new(word, tone)
}

fn content(stamp: &StampReport) -> Chip {
    if !stamp.changed.is_empty() {
        return Chip::new("已被改动", Tone::Bad);
    }
    match stamp
        .steps
        .iter()
        .find(|step| step.id == "V7")
        .map(|step| step.outcome)
    {
        Some(Outcome::Valid) => Chip::new("未被改动", Tone::Good),
        Some(Outcome::Invalid) => Chip::new("已被改动", Tone::Bad),
        _ => Chip::new("无法判定", Tone::Warn),
    }
}

fn finding(finding: &ReportFinding) -> FindingView {
    let chip = match (finding.outcome, finding.severity) {
        (Outcome::Invalid, _) => Chip::new("不通过", Tone::Bad),
        (Outcome::Undetermined, _) => Chip::new("无法判定", Tone::Warn),
        (Outcome::Valid, Severity::Remark | Severity::Problem) => Chip::new("提示", Tone::Neutral),
        (Outcome::Valid, Severity::Info) => Chip::new("通过", Tone::Good),
    };
    FindingView {
        chip,
        message: finding.message.clone(),
        code: finding.code.to_owned(),
        evidence: finding.evidence.iter().fold(
            Facts::new().with("步骤", finding.step),
            |facts, (name, value)| facts.with(name, Cell::mono(value)),
        ),
    }
}

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Valid => Tone::Good,
        Outcome::Invalid => Tone::Bad,
        Outcome::Undetermined => Tone::Warn,
    }
}

fn icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "ok",
        Outcome::Invalid => "bad",
        Outcome::Undetermined => "unknown",
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "有效",
        Outcome::Invalid => "无效",
        Outcome::Undetermined => "无法判定",
    }
}
