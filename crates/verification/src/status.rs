//! The status of a seal, asked from a register: step V10.

use jiff::Timestamp;
use pki::Finding;
use seal::{Seal, Step};
use serde::Serialize;

use crate::words::beijing;

/// Who knows the status of seals.
pub trait SealStatusSource {
    /// The status of a seal at a moment; `None` where the seal is none of this source's.
    fn seal_status(&self, seal: &SealQuery<'_>, at: Timestamp) -> Option<SealStatus>;

    /// The moment at which a stamp was recorded, by the SM3 digest of its signature value as it stands in the stamp.
    /// The caller vouches for the record; it then counts like a timestamp.
    fn recorded_stamp(&self, signature_digest: &[u8; 32]) -> Option<Timestamp>;
}

/// By what a seal is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SealQuery<'a> {
    /// The seal's code.
    pub code: &'a str,
    /// The signer certificate's serial number in lower-case hexadecimal, where there is a stamp.
    pub certificate_serial: Option<&'a str>,
    /// SM3 of the whole seal, so that another seal under the same code is not taken for it.
    pub seal_digest: [u8; 32],
}

/// A seal's status at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealStatus {
    /// The state.
    pub state: SealState,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why, in the register's words.
    pub reason: Option<String>,
}

/// The public states of a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SealState {
    /// 有效.
    Active,
    /// 未启用.
    NotYetActive,
    /// 停用.
    Suspended,
    /// 注销.
    Cancelled,
    /// 无效: made unlawfully, void from the start.
    Void,
    /// 过期.
    Expired,
    /// The source should know the seal but does not.
    Unknown,
}

impl SealState {
    /// The Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            SealState::Active => "有效",
            SealState::NotYetActive => "未启用",
            SealState::Suspended => "停用",
            SealState::Cancelled => "注销",
            SealState::Void => "无效",
            SealState::Expired => "过期",
            SealState::Unknown => "未登记",
        }
    }
}

/// The statuses that a report shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusInfo {
    /// At the stamping time; for a seal file, at the time of the check.
    pub then: Option<SealStatus>,
    /// At the time of the check.
    pub now: Option<SealStatus>,
}

/// Step V10. `then` is the stamping time, or the time of the check for a seal on its own.
pub(crate) fn check_status(
    seal: &Seal,
    certificate_serial: Option<&str>,
    then: Timestamp,
    now: Timestamp,
    source: Option<&dyn SealStatusSource>,
) -> (Step, StatusInfo) {
    const TITLE: &str = "印章状态";
    let Some(source) = source else {
        let finding = Finding::valid("status_not_asked", "没有查询印章的登记状态");
        return (
            Step::new("V10", TITLE, vec![finding]),
            StatusInfo {
                then: None,
                now: None,
            },
        );
    };
    let query = SealQuery {
        code: &seal.code,
        certificate_serial,
        seal_digest: gm::sm3(seal.der()),
    };
    let info = StatusInfo {
        then: source.seal_status(&query, then),
        now: source.seal_status(&query, now),
    };
    let mut findings = vec![match &info.then {
        None => Finding::remark("status_elsewhere", "该印章不在可查询的登记范围内，状态未知"),
        Some(status) => at_stamping(status, then),
    }];
    match &info.now {
        Some(status) if status.state == SealState::Void => {
            findings.push(with(
                Finding::invalid("seal_void", "该印章已被登记机关宣布自始无效"),
                status,
                now,
            ));
        }
        Some(status) if status.state != SealState::Active && info.then.as_ref() != Some(status) => {
            let message = format!(
                "该印章目前的状态为“{}”，不影响此前所盖的章",
                status.state.label()
            );
            findings.push(with(
                Finding::remark("seal_status_now", message),
                status,
                now,
            ));
        }
        _ => {}
    }
    (Step::new("V10", TITLE, findings), info)
}

fn at_stamping(status: &SealStatus, then: Timestamp) -> Finding {
    let finding = match status.state {
        SealState::Active => Finding::valid("seal_status_ok", "盖章时印章登记状态为有效"),
        SealState::Suspended => Finding::invalid("seal_suspended_at_stamping", "盖章时印章已停用"),
        SealState::Cancelled => Finding::invalid("seal_cancelled_at_stamping", "盖章时印章已注销"),
        SealState::Void => Finding::invalid("seal_void", "该印章已被登记机关宣布自始无效"),
        SealState::Expired => Finding::invalid("seal_expired_at_stamping", "盖章时印章已经过期"),
        SealState::NotYetActive => {
            Finding::invalid("seal_not_active_at_stamping", "盖章时印章尚未启用")
        }
        SealState::Unknown => {
            Finding::undetermined("seal_not_registered", "登记机关没有这枚印章的记录")
        }
    };
    with(finding, status, then)
}

fn with(finding: Finding, status: &SealStatus, asked: Timestamp) -> Finding {
    let mut finding = finding.with("查询时间", beijing(asked));
    if let Some(since) = status.since {
        finding = finding.with("自", beijing(since));
    }
    if let Some(reason) = &status.reason {
        finding = finding.with("原因", reason.clone());
    }
    finding
}
