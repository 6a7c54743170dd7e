//! Every setting of the policy as people see it: name, help, value in text, and what is a good value. The edit form,
//! the check and the record of changes are all made of this one list.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use jiff::civil::{Date, Time};

use crate::appointment::Window;
use crate::business::{FunctionEntry, SealFunction, SealKind};
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::text::{check_name, check_reason};

/// A setting.
pub struct PolicySetting {
    /// Stable code: the name of the field, as in the configuration file.
    pub code: &'static str,
    /// The heading it stands under.
    pub group: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it does, or how it is written.
    pub help: &'static str,
    /// What kind of value it has.
    pub kind: SettingKind,
    read: fn(&Policy) -> String,
    write: fn(&mut Policy, &str) -> Result<(), Refusal>,
}

/// What kind of value a setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A line of text.
    Text,
    /// Several lines.
    Lines,
    /// Yes or no (是, 否).
    Flag,
    /// A number and what it counts.
    Number(&'static str),
}

/// A setting that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyChange {
    /// Which.
    pub code: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The former value.
    pub from: String,
    /// The new one.
    pub to: String,
}

impl PolicySetting {
    /// The value, as it is typed.
    #[must_use]
    pub fn value(&self, policy: &Policy) -> String {
        (self.read)(policy)
    }

    /// Sets the value from what was typed.
    ///
    /// # Errors
    /// A refusal whose sentence names the setting and says what is wrong.
    pub fn set(&self, policy: &mut Policy, typed: &str) -> Result<(), Refusal> {
        (self.write)(policy, typed)
    }
}

/// Every setting, in the order of the screen.
#[must_use]
pub fn policy_settings() -> &'static [PolicySetting] {
    SETTINGS
}

/// What differs between two policies.
#[must_use]
pub fn policy_changes(from: &Policy, to: &Policy) -> Vec<PolicyChange> {
    SETTINGS
        .iter()
        .map(|setting| PolicyChange {
            code: setting.code,
            label: setting.label,
            from: setting.value(from),
            to: setting.value(to),
        })
        .filter(|change| change.from != change.to)
        .collect()
}

macro_rules! number {
    ($field:ident, $group:literal, $label:literal, $help:literal, $what:literal, $range:expr) => {
        number!(stringify!($field), $field, $group, $label, $help, $what, $range)
    };
    (
        $code:expr, $($field:ident).+, $group:literal, $label:literal, $help:literal, $what:literal,
        $range:expr
    ) => {
        PolicySetting {
            code: $code,
            group: $group,
            label: $label,
            help: $help,
            kind: SettingKind::Number($what),
            read: |policy| policy.$($field).+.to_string(),
            write: |policy, typed| {
                policy.$($field).+ = within($label, typed, $range)?;
                Ok(())
            },
        }
    };
}

macro_rules! flag {
    ($field:ident, $group:literal, $label:literal, $help:literal) => {
        PolicySetting {
            code: stringify!($field),
            group: $group,
            label: $label,
            help: $help,
            kind: SettingKind::Flag,
            read: |policy| if policy.$field { "是" } else { "否" }.to_owned(),
            write: |policy, typed| {
                policy.$field = yes_or_no($label, typed)?;
                Ok(())
            },
        }
    };
}

macro_rules! text {
    ($code:literal, $($field:ident).+, $label:literal, $help:literal, $check:expr) => {
        PolicySetting {
            code: $code,
            group: "受理中心",
            label: $label,
            help: $help,
            kind: SettingKind::Text,
            read: |policy| policy.$($field).+.clone(),
            write: |policy, typed| {
                policy.$($field).+ = $check($label, typed)?;
                Ok(())
            },
        }
    };
}

macro_rules! dates {
    ($field:ident, $label:literal, $help:literal) => {
        PolicySetting {
            code: stringify!($field),
            group: "工作日历",
            label: $label,
            help: $help,
            kind: SettingKind::Lines,
            read: |policy| lines(&policy.$field),
            write: |policy, typed| {
                policy.$field = dates($label, typed)?;
                Ok(())
            },
        }
    };
}

static SETTINGS: &[PolicySetting] = &[
    text!(
        "center.name",
        center.name,
        "中心名称",
        "红头函的抬头、回执和通知的落款。",
        check_name
    ),
    text!(
        "center.address",
        center.address,
        "通讯地址",
        "递交纸质材料、现场办理和领取的地点。",
        check_name
    ),
    PolicySetting {
        code: "center.phones",
        group: "受理中心",
        label: "联系电话",
        help: "每行一个号码，如 0591-86303903。",
        kind: SettingKind::Lines,
        read: |policy| lines(&policy.center.phones),
        write: |policy, typed| {
            policy.center.phones = phones(typed)?;
            Ok(())
        },
    },
    text!(
        "center.mailbox",
        center.mailbox,
        "电子邮箱",
        "接收汇总表和咨询的邮箱。",
        mailbox
    ),
    text!(
        "center.post_code",
        center.post_code,
        "邮编",
        "6 位数字。",
        post_code
    ),
    text!(
        "center.website",
        center.website,
        "网址",
        "以 http:// 或 https:// 开头。",
        website
    ),
    number!(
        renewal_window_days,
        "期限",
        "到期前可申请延期",
        "印章到期前多少天起可以申请延期；办理流程为 30 天。",
        "天",
        1..=180
    ),
    number!(
        correction_days,
        "期限",
        "补正期限",
        "只作提示和提醒，逾期不会自动作废。",
        "个工作日",
        1..=120
    ),
    number!(
        desk_days,
        "期限",
        "现场办理、领取期限",
        "只作提示和提醒，逾期不会自动作废。",
        "个工作日",
        1..=240
    ),
    number!(
        loss_follow_up_days,
        "期限",
        "失控报告后补办期限",
        "报告丢失、失控后多少天内办理补办或撤销。",
        "天",
        1..=120
    ),
    number!(
        special_confirmation_days,
        "期限",
        "特殊情况确认周期",
        "特殊情况每隔多少天由单位重新确认一次。",
        "天",
        30..=1095
    ),
    number!(
        special_notice_days,
        "期限",
        "特殊情况提前确认",
        "到期前多少天可以确认，并提醒单位。",
        "天",
        1..=90
    ),
    PolicySetting {
        code: "expiry_notice_days",
        group: "期限",
        label: "到期提醒",
        help: "到期前多少天提醒持章单位，每行一个数。",
        kind: SettingKind::Lines,
        read: |policy| lines(&policy.expiry_notice_days),
        write: |policy, typed| {
            policy.expiry_notice_days = notice_days(typed)?;
            Ok(())
        },
    },
    number!(
        use_request_days,
        "期限",
        "用印审批有效期",
        "批准后多少天内可以用印。",
        "天",
        1..=90
    ),
    number!(
        deputy_days,
        "期限",
        "代理最长期限",
        "一次代理最长多少天。",
        "天",
        1..=366
    ),
    flag!(
        on_site_for_renewal,
        "现场与材料",
        "延期须携带 USB KEY 到现场",
        "办理流程第二章要求携带，第一章未要求。"
    ),
    flag!(
        renewal_draft,
        "现场与材料",
        "到延期办理时间自动生成延期草稿",
        "否：由经办人自行从印章登记发起延期。"
    ),
    flag!(
        paper_before_acceptance,
        "现场与材料",
        "收到纸质原件后才能受理",
        "否：扫描件齐全即可受理，原件随后登记。"
    ),
    number!(
        max_applications,
        "现场与材料",
        "一个办件最多印章数",
        "",
        "枚",
        1..=2000
    ),
    PolicySetting {
        code: "desk.open",
        group: "办事窗口",
        label: "窗口开放时间",
        help: "工作日的开放时间，每行一段，如 08:30-12:00。",
        kind: SettingKind::Lines,
        read: |policy| {
            let windows: Vec<_> = policy.desk.open.iter().map(window_line).collect();
            lines(&windows)
        },
        write: |policy, typed| {
            policy.desk.open = windows(typed)?;
            Ok(())
        },
    },
    number!(
        "desk.slot_minutes",
        desk.slot_minutes,
        "办事窗口",
        "每个预约时段",
        "",
        "分钟",
        5..=240
    ),
    number!(
        "desk.capacity",
        desk.capacity,
        "办事窗口",
        "每个时段可预约",
        "",
        "件",
        1..=200
    ),
    number!(
        "desk.days_ahead",
        desk.days_ahead,
        "办事窗口",
        "可提前预约",
        "最多可预约多少天以后的时段。",
        "天",
        1..=180
    ),
    flag!(
        key_stock_required,
        "办事窗口",
        "新印章的 USB KEY 须来自库存",
        "否：可登记不在库存中的 USB KEY。"
    ),
    number!(
        key_stock_low,
        "办事窗口",
        "USB KEY 库存提醒",
        "库存少于多少个时提醒补货。",
        "个",
        0..=10_000
    ),
    PolicySetting {
        code: "functions",
        group: "印章功能类型",
        label: "印章功能类型",
        help: "每行一个：编码、名称、可用的印章类型，中间用空格分开。已有印章使用的编码请勿删除。",
        kind: SettingKind::Lines,
        read: |policy| {
            let entries: Vec<_> = policy.functions.iter().map(function_line).collect();
            lines(&entries)
        },
        write: |policy, typed| {
            policy.functions = functions(typed)?;
            Ok(())
        },
    },
    dates!(
        holidays,
        "节假日",
        "不上班的工作日，每行一个日期，如 2026-10-01。"
    ),
    dates!(
        worked_weekends,
        "调休上班日",
        "要上班的周六、周日，每行一个日期。"
    ),
    number!(
        session_idle_minutes,
        "登录与会话",
        "无操作自动退出",
        "多少分钟没有操作，会话自动结束。",
        "分钟",
        5..=480
    ),
    number!(
        session_hours,
        "登录与会话",
        "会话最长时间",
        "登录后多少小时须重新登录。",
        "小时",
        1..=72
    ),
    number!(
        password_min_length,
        "登录与会话",
        "密码最短长度",
        "只对新设的密码起作用。",
        "位",
        8..=64
    ),
    number!(
        sign_in_failures,
        "登录与会话",
        "密码连续输错锁定",
        "连续输错多少次后锁定账号。",
        "次",
        3..=20
    ),
    number!(
        lock_minutes,
        "登录与会话",
        "锁定时间",
        "锁定后多少分钟自动解除；安全管理员可提前解除。",
        "分钟",
        1..=1440
    ),
    number!(
        initial_password_days,
        "登录与会话",
        "初始密码有效期",
        "逾期未登录的，须重新发放。",
        "天",
        1..=60
    ),
];

fn no<T>(label: &str, why: impl Display) -> Result<T, Refusal> {
    Err(Refusal::new("setting_unfit", format!("「{label}」{why}")))
}

fn within<N>(label: &str, typed: &str, range: std::ops::RangeInclusive<N>) -> Result<N, Refusal>
where
    N: FromStr + PartialOrd + Display,
{
    match typed.trim().parse::<N>() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => no(
            label,
            format!("应为 {} 至 {} 的整数，请修改", range.start(), range.end()),
        ),
    }
}

fn yes_or_no(label: &str, typed: &str) -> Result<bool, Refusal> {
    match typed.trim() {
        "是" => Ok(true),
        "否" => Ok(false),
        _ => no(label, "应为「是」或「否」，请选择"),
    }
}

fn lines<T: Display>(values: &[T]) -> String {
    let texts: Vec<_> = values.iter().map(ToString::to_string).collect();
    texts.join("\n")
}

fn typed_lines(typed: &str) -> impl Iterator<Item = &str> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn phones(typed: &str) -> Result<Vec<String>, Refusal> {
    let phones: Vec<String> = typed_lines(typed).map(ToOwned::to_owned).collect();
    if phones.is_empty() || phones.len() > 10 {
        return no("联系电话", "应有 1 至 10 个号码，每行一个");
    }
    let fits = |phone: &String| {
        (3..=20).contains(&phone.len())
            && phone
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ' | b'+'))
    };
    match phones.iter().find(|phone| !fits(phone)) {
        Some(bad) => no("联系电话", format!("中的「{bad}」不是电话号码，请核对")),
        None => Ok(phones),
    }
}

fn mailbox(label: &str, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    let fits = typed.len() <= 100
        && typed.is_ascii()
        && !typed.contains(char::is_whitespace)
        && typed.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        });
    if fits {
        Ok(typed.to_owned())
    } else {
        no(label, "不是电子邮箱地址，请核对")
    }
}

fn post_code(label: &str, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    if typed.len() == 6 && typed.bytes().all(|b| b.is_ascii_digit()) {
        Ok(typed.to_owned())
    } else {
        no(label, "应为 6 位数字，请核对")
    }
}

fn website(label: &str, typed: &str) -> Result<String, Refusal> {
    let typed = check_reason(label, typed)?;
    let host = typed
        .strip_prefix("https://")
        .or_else(|| typed.strip_prefix("http://"));
    let fits = host.is_some_and(|host| host.contains('.'))
        && typed.len() <= 200
        && typed
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\''));
    if fits {
        Ok(typed)
    } else {
        no(label, "不是网址，应以 http:// 或 https:// 开头，请核对")
    }
}

fn notice_days(typed: &str) -> Result<Vec<u16>, Refusal> {
    let mut days = typed_lines(typed)
        .map(|line| within("到期提醒", line, 1..=180))
        .collect::<Result<Vec<u16>, _>>()?;
    days.sort_unstable_by(|a, b| b.cmp(a));
    days.dedup();
    if days.is_empty() || days.len() > 6 {
        return no("到期提醒", "应有 1 至 6 个天数，每行一个");
    }
    Ok(days)
}

fn dates(label: &str, typed: &str) -> Result<Vec<Date>, Refusal> {
    let mut dates = typed_lines(typed)
        .map(|line| {
            line.parse::<Date>().or_else(|_| {
                no(
                    label,
                    format!("中的「{line}」不是日期，应如 2026-10-01，请修改"),
                )
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    dates.sort_unstable();
    dates.dedup();
    if dates.len() > 400 {
        return no(label, "最多 400 个日期，请删去过去的日期");
    }
    Ok(dates)
}

fn window_line(window: &Window) -> String {
    let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
    format!("{}-{}", clock(window.from), clock(window.until))
}

fn windows(typed: &str) -> Result<Vec<Window>, Refusal> {
    const LABEL: &str = "窗口开放时间";
    let mut windows = Vec::new();
    for line in typed_lines(typed) {
        let window = line.split_once(['-', '–', '—']).and_then(|(from, until)| {
            let clock = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
            Some(Window {
                from: clock(from)?,
                until: clock(until)?,
            })
        });
        match window {
            Some(window) if window.from < window.until => windows.push(window),
            _ => {
                return no(
                    LABEL,
                    format!("中的「{line}」应如 08:30-12:00，且结束晚于开始，请修改"),
                );
            }
        }
    }
    windows.sort_unstable_by_key(|window| window.from);
    let overlap = windows.windows(2).any(|pair| pair[1].from < pair[0].until);
    if windows.is_empty() || windows.len() > 6 || overlap {
        return no(LABEL, "应有 1 至 6 段，且互不重叠");
    }
    Ok(windows)
}

fn function_line(entry: &FunctionEntry) -> String {
    let kinds: Vec<_> = entry.kinds.iter().map(|kind| kind.name()).collect();
    format!("{} {} {}", entry.code.0, entry.name, kinds.join("、"))
}

fn functions(typed: &str) -> Result<Vec<FunctionEntry>, Refusal> {
    const LABEL: &str = "印章功能类型";
    let mut codes = BTreeSet::new();
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(typed_lines(typed)) {
        let words: Vec<_> = line.split_whitespace().collect();
        let [code, name, kinds] = words.as_slice() else {
            return no(
                LABEL,
                format!("第 {number} 行应为「编码 名称 印章类型」三项，用空格分开，请修改"),
            );
        };
        let sound = code.len() <= 40
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !sound {
            return no(
                LABEL,
                format!("第 {number} 行的编码「{code}」只能用小写字母、数字和下划线，请修改"),
            );
        }
        if !codes.insert((*code).to_owned()) {
            return no(LABEL, format!("第 {number} 行的编码「{code}」重复，请修改"));
        }
        let kinds = kinds
            .split('、')
            .map(|kind| {
                SealKind::ALL
                    .iter()
                    .copied()
                    .find(|known| known.name() == kind)
                    .map_or_else(
                        || {
                            no(
                                LABEL,
                                format!("第 {number} 行的「{kind}」不是印章类型，请修改"),
                            )
                        },
                        Ok,
                    )
            })
            .collect::<Result<Vec<_>, _>>()?;
        entries.push(FunctionEntry {
            code: SealFunction((*code).to_owned()),
            name: check_name(LABEL, name)?,
            kinds,
        });
    }
    if entries.is_empty() || entries.len() > 60 {
        return no(LABEL, "应有 1 至 60 个");
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_field_of_the_policy_can_be_set_on_the_screen() {
        let mut fields = BTreeSet::new();
        let policy = serde_json::to_value(Policy::default()).unwrap();
        for (name, value) in policy.as_object().unwrap() {
            match value {
                Value::Object(inner) => {
                    fields.extend(inner.keys().map(|inner| format!("{name}.{inner}")));
                }
                _ => drop(fields.insert(name.clone())),
            }
        }
        let settings: BTreeSet<_> = policy_settings()
            .iter()
            .map(|setting| setting.code.to_owned())
            .collect();
        assert_eq!(settings, fields);
    }

    #[test]
    fn what_is_shown_reads_back_unchanged() {
        let mut policy = Policy::default();
        policy.holidays.push(jiff::civil::date(2026, 10, 1));
        let mut again = Policy::default();
        for setting in policy_settings() {
            setting.set(&mut again, &setting.value(&policy)).unwrap();
        }
        assert_eq!(again, policy);
        assert!(policy_changes(&policy, &again).is_empty());
    }

    #[test]
    fn bad_values_are_named_with_their_setting() {
        let mut policy = Policy::default();
        for (code, typed) in [
            ("renewal_window_days", "0"),
            ("renewal_window_days", "三十"),
            ("on_site_for_renewal", "yes"),
            ("center.mailbox", "nobody"),
            ("center.post_code", "35000"),
            ("center.website", "javascript:alert(1)"),
            ("center.phones", "call me"),
            ("expiry_notice_days", ""),
            ("holidays", "2026-02-30"),
            ("desk.open", "8点到12点"),
            ("desk.open", "12:00-08:30"),
            ("desk.open", "08:30-12:00\n11:00-17:00"),
            ("functions", "法人章"),
            ("functions", "a 甲 单位印章\na 乙 单位印章"),
            ("functions", "a 甲 木头印章"),
        ] {
            let setting = policy_settings().iter().find(|s| s.code == code).unwrap();
            let refusal = setting.set(&mut policy, typed).unwrap_err();
            assert_eq!(refusal.code, "setting_unfit", "{code}");
            assert!(
                refusal.message.contains(setting.label),
                "{}",
                refusal.message
            );
        }
        assert_eq!(policy, Policy::default());
        let window = &policy_settings()[6];
        window.set(&mut policy, " 45 ").unwrap();
        let changes = policy_changes(&Policy::default(), &policy);
        assert_eq!((changes.len(), changes[0].to.as_str()), (1, "45"));
    }
}
