//! A seal's whole life in plain words, newest first.

use casework::{ReportChannel, SealRecord, Status, StatusEntry};
use jiff::Timestamp;

use crate::beijing;
use crate::pages::words;
use crate::views::parts::{Moment, Tone};

/// Making, filing, certificates, reports and every change of its state.
pub(super) fn moments(record: &SealRecord, operator: &str) -> Vec<Moment> {
    let mut moments = vec![
        moment(record.made_at, operator, "制作完成".into(), Tone::Info).with_note(format!(
            "有效期至 {}，介质：{}",
            beijing::day(record.valid_until),
            record.medium.name()
        )),
    ];
    if record.supersedes.is_some() {
        moments.push(
            moment(
                record.made_at,
                operator,
                "承接前一枚印章".into(),
                Tone::Info,
            )
            .with_note("见「印章沿革」".into()),
        );
    }
    if let Some(filing) = &record.filing {
        moments.push(
            moment(filing.filed_at, operator, "备案".into(), Tone::Info)
                .with_note(filing.number.to_string()),
        );
    }
    moments.extend(record.history.iter().map(change));
    if let Some(report) = &record.loss_report {
        let how = match &report.channel {
            ReportChannel::Platform => "在平台报告".to_owned(),
            ReportChannel::Telephone { caller, call_back } => match call_back {
                None => format!("来电人 {caller}，尚未回拨核实"),
                Some(made) => format!(
                    "来电人 {caller}，{} 由{}回拨核实",
                    beijing::minute(made.at),
                    made.by.name
                ),
            },
        };
        moments.push(
            moment(
                report.reported_at,
                &words::who(&report.by),
                "报告丢失、失控".into(),
                Tone::Warn,
            )
            .with_note(format!(
                "{how}；{} 前办理补办或撤销",
                beijing::day(report.follow_up_due)
            )),
        );
    }
    // Of one moment, what was told later stands above.
    moments.reverse();
    moments.sort_by(|one, other| other.iso.cmp(&one.iso));
    moments
}

fn change(entry: &StatusEntry) -> Moment {
    let what = match (entry.status, entry.reason) {
        (Status::Active, reason) => reason.name().to_owned(),
        (status, reason) => format!("{}（{}）", status.name(), reason.name()),
    };
    let tone = match entry.status {
        Status::Active => Tone::Good,
        Status::Suspended => Tone::Warn,
        Status::Cancelled | Status::Void => Tone::Bad,
    };
    let mut note = entry.note.clone();
    if note == entry.reason.name() {
        note.clear();
    }
    if let Some(basis) = &entry.basis {
        note.push_str(&format!("（依据：{basis}）"));
    }
    if entry.recorded_at != entry.effective_at {
        note.push_str(&format!("（{} 记录）", beijing::minute(entry.recorded_at)));
    }
    Moment {
        note: words::some_text(note),
        ..moment(entry.effective_at, &words::who(&entry.by), what, tone)
    }
}

fn moment(at: Timestamp, who: &str, what: String, tone: Tone) -> Moment {
    Moment {
        at: beijing::minute(at),
        iso: at.to_string(),
        who: who.to_owned(),
        what,
        note: None,
        tone,
    }
}
