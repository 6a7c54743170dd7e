//! `yinxin verify`: checks stamped documents and seals from anywhere.

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;
use pki::{Finding, Outcome, RevocationPolicy, Severity};
use platform::ports::Clock as _;
use seal::{Step, TimeSource};
use verification::{Options, Report, SealReport, StampKind, StampReport};

use crate::failure::{FAILED, Failure};
use crate::output::{beijing, print, print_json, wrapped};
use crate::{input, moment, trust_folder};

/// 验证电子印章和已盖章的文件
///
/// 退出码：0 有效，1 无效，2 无法判定，3 未能完成（如文件读不了），64 命令写法有误。
/// 多个文件时：有一个无效为 1，否则有一个无法判定为 2。
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// 要验证的文件（OFD、印章 .esl 等）或文件夹
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 输出 JSON：一个文件为一个对象，多个为数组
    #[arg(long)]
    json: bool,
    /// 以哪一时刻判断（默认现在）：2021-06-01、“2021-06-01 08:00”（北京时间）或 RFC 3339
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    at: Option<Timestamp>,
    /// 信任的证书和撤销列表所在的文件夹（可多次给出）
    #[arg(long, value_name = "DIR")]
    trust: Vec<PathBuf>,
    /// 查不到撤销列表时不作为无法判定
    #[arg(long)]
    allow_unchecked_revocation: bool,
}

/// What is verified in a folder.
const ENDINGS: [&str; 3] = ["ofd", "esl", "pdf"];

impl Verify {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let trust = trust_folder::load(&self.trust)?;
        let revocation = if self.allow_unchecked_revocation {
            RevocationPolicy::AllowUnchecked
        } else {
            RevocationPolicy::Required
        };
        let at = self.at.unwrap_or_else(|| moment::SystemClock.now());
        let options = Options::at(at).revocation(revocation);
        let paths = self.paths()?;
        let single = matches!(self.files.as_slice(), [only] if !only.is_dir());
        let mut reports = Vec::with_capacity(if self.json { paths.len() } else { 0 });
        let mut worst = Outcome::Valid;
        let mut failed = false;
        for path in &paths {
            let bytes = match input::read(path) {
                Ok(bytes) => bytes,
                Err(failure) if single => return Err(failure),
                Err(failure) => {
                    // The others are still told; the exit code says that something was left out.
                    crate::complain(&failure);
                    failed = true;
                    continue;
                }
            };
            let report =
                verification::verify(&bytes, &path.display().to_string(), &trust, &options);
            worst = worst.worst(report.verdict);
            if self.json {
                reports.push(report);
            } else {
                print(&told(&report, trust.notes()))?;
            }
        }
        if self.json {
            match reports.as_slice() {
                [only] if single => print_json(only)?,
                all => print_json(&all)?,
            }
        }
        Ok(ExitCode::from(if failed { FAILED } else { code_of(worst) }))
    }

    fn paths(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut paths = Vec::new();
        for path in &self.files {
            if path.is_dir() {
                let found = input::walk(path, input::DEEP, &ENDINGS)?;
                if found.is_empty() {
                    let shown = path.display();
                    let text = format!("文件夹“{shown}”中没有可以验证的文件（.ofd、.esl、.pdf）。");
                    return Err(Failure::new("folder_empty", text));
                }
                paths.extend(found);
            } else {
                paths.push(path.clone());
            }
        }
        Ok(paths)
    }
}

/// The verdict as exit code.
pub(crate) fn code_of(verdict: Outcome) -> u8 {
    match verdict {
        Outcome::Valid => 0,
        Outcome::Invalid => 1,
        Outcome::Undetermined => 2,
    }
}

/// A report for people: the sentence first, then who and when, then the steps.
pub(crate) fn told(report: &Report, trust_notes: &[Finding]) -> String {
    let mut text = wrapped(&format!("文件  {}", report.file), 6);
    text += &wrapped(&format!("{} {}", mark(report.verdict), report.sentence), 2);
    text += &format!("检查时间  {}（北京时间）\n", beijing(report.at));
    text += &format!("SM3 摘要  {}\n", report.digest);
    text += &steps(&report.steps);
    if let Some(seal) = &report.seal {
        text += &told_seal(seal);
        text += &steps(&seal.steps);
    }
    for stamp in &report.stamps {
        text.push('\n');
        text += &told_stamp(stamp, report.stamps.len());
    }
    if !trust_notes.is_empty() {
        text += "信任文件夹\n";
    }
    for note in trust_notes {
        text += &finding(note);
    }
    text.push('\n');
    text
}

fn told_stamp(stamp: &StampReport, count: usize) -> String {
    let what = match stamp.kind {
        StampKind::Stamp => "签章",
        StampKind::Signature => "数字签名",
        StampKind::Unreadable => "无法读取的签章",
    };
    let mut text = if count > 1 {
        let title = format!(
            "【第 {} 个{what}】{} {}",
            stamp.index + 1,
            mark(stamp.verdict),
            stamp.sentence
        );
        wrapped(&title, 2)
    } else {
        format!("【{what}】\n")
    };
    if let Some(seal) = &stamp.seal {
        text += &told_seal(seal);
    }
    if let Some(time) = stamp.time {
        let source = match stamp.time_source {
            Some(TimeSource::TimestampToken) => "可信时间戳",
            Some(TimeSource::Recorded) => "平台登记",
            _ => "签章自述",
        };
        text += &format!("  盖章时间  {}（{source}）\n", beijing(time));
    }
    if let Some(signer) = &stamp.signer {
        text += &wrapped(&format!("  签章人    {}", signer.subject), 12);
        text += &wrapped(
            &format!("  证书      {}，由 {} 签发", signer.serial, signer.issuer),
            12,
        );
    }
    let pages: Vec<String> = stamp
        .pages
        .iter()
        .filter_map(|place| place.page)
        .map(|page| page.to_string())
        .collect();
    if !pages.is_empty() {
        text += &wrapped(&format!("  所在页    第 {} 页", pages.join("、")), 12);
    }
    for changed in &stamp.changed {
        let page = changed
            .page
            .map_or(String::new(), |page| format!("（第 {page} 页）"));
        text += &wrapped(&format!("  已改动    {}{page}", changed.entry), 12);
    }
    if let Some(seal) = &stamp.seal {
        text += &steps(&seal.steps);
    }
    let own: Vec<Step> = stamp
        .steps
        .iter()
        .filter(|step| stamp.seal.is_none() || step.id != "V4")
        .cloned()
        .collect();
    text + &steps(&own)
}

fn told_seal(seal: &SealReport) -> String {
    let mut text = wrapped(&format!("  印章      {}（{}）", seal.name, seal.code), 12);
    if let Some(owner) = &seal.owner {
        text += &wrapped(&format!("  所属      {owner}"), 12);
    }
    text += &format!("  标准      {}\n", seal.version.standard());
    text += &format!(
        "  印章有效期 {} 至 {}\n",
        beijing(seal.valid_from),
        beijing(seal.valid_to)
    );
    if let Some(maker) = &seal.maker {
        text += &wrapped(&format!("  制章人    {}", maker.subject), 12);
    }
    text
}

fn steps(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        text += &wrapped(
            &format!("  {} {:<3} {}", mark(step.outcome), step.id, step.title),
            8,
        );
        // What went well is said by the mark; what did not, or is worth knowing, in words.
        for found in step
            .findings
            .iter()
            .filter(|found| found.severity != Severity::Info)
        {
            text += &finding(found);
        }
    }
    text
}

fn finding(finding: &Finding) -> String {
    let mark = if finding.severity == Severity::Remark {
        "·"
    } else {
        mark(finding.outcome)
    };
    let mut text = wrapped(
        &format!("        {mark} {}（{}）", finding.message, finding.code),
        10,
    );
    for (name, value) in finding.evidence.iter().take(8) {
        text += &wrapped(&format!("          {name}：{value}"), 12);
    }
    text
}

/// ✓ valid, ✗ invalid, ？ cannot be told.
pub(crate) fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "✓",
        Outcome::Invalid => "✗",
        Outcome::Undetermined => "？",
    }
}
