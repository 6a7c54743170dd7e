//! Everything that depends on time or place, as data; the guide's values are the default.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::appointment::DeskHours;
use crate::business::{
    BusinessType, FunctionEntry, Medium, SealFunction, SealKind, default_functions,
};

/// The settings of the process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// The Center and how to reach it.
    pub center: Center,
    /// A renewal opens so many days before expiry (Guide 一、6: 到期前三十日内).
    pub renewal_window_days: u16,
    /// Whether a USB KEY is brought to the desk for a renewal: chapter two asks for it (第二章 三), chapter one
    /// does not.
    pub on_site_for_renewal: bool,
    /// Whether the platform prepares a renewal draft for each seal when its window opens.
    pub renewal_draft: bool,
    /// Whether paper originals must have been received before a case is accepted (Guide 二、4（3）: 递交纸质材料).
    pub paper_before_acceptance: bool,
    /// 印章功能类型: the choices.
    pub functions: Vec<FunctionEntry>,
    /// Most applications in one case.
    pub max_applications: usize,
    /// Working days for a correction. The guide sets none; the date is shown and reminded of, no more.
    pub correction_days: u16,
    /// Working days for coming to the desk with the key, or to collect. Shown and reminded of, no more.
    pub desk_days: u16,
    /// After a loss report, the case for the reissue or the revocation follows within so many days.
    pub loss_follow_up_days: u16,
    /// A special situation is confirmed anew every so many days (R2.9).
    pub special_confirmation_days: u16,
    /// The confirmation opens so many days before it is due; then the unit is reminded.
    pub special_notice_days: u16,
    /// Holders are told so many days before expiry (R5.4).
    pub expiry_notice_days: Vec<u16>,
    /// An approved stamping request is good for so many days unless it says otherwise.
    pub use_request_days: u16,
    /// When the Center's desk is open, and how many may come at a time (R4.4).
    pub desk: DeskHours,
    /// A key that a new seal is put on must come from the stock.
    pub key_stock_required: bool,
    /// The stock is low when so few keys are left in it.
    pub key_stock_low: u32,
    /// Weekdays that are holidays.
    pub holidays: Vec<Date>,
    /// Saturdays and Sundays that are worked.
    pub worked_weekends: Vec<Date>,
    /// A session ends after so many minutes without a request.
    pub session_idle_minutes: u16,
    /// A session ends so many hours after the sign-in, used or not.
    pub session_hours: u16,
    /// Shortest password, in characters.
    pub password_min_length: u16,
    /// Wrong passwords in a row before an account is locked.
    pub sign_in_failures: u16,
    /// For how many minutes it is locked.
    pub lock_minutes: u16,
    /// An initial password is good for so many days.
    pub initial_password_days: u16,
    /// Longest time of a deputy, in days.
    pub deputy_days: u16,
}

/// 福建省经济信息中心: name and contact data (Guide 二、4（3）).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Center {
    /// Name; the addressee of every red-header letter.
    pub name: String,
    /// 通讯地址.
    pub address: String,
    /// 联系电话.
    pub phones: Vec<String>,
    /// 电子邮箱.
    pub mailbox: String,
    /// 邮编.
    pub post_code: String,
    /// 网址.
    pub website: String,
}

impl Default for Center {
    fn default() -> Self {
        Self {
            name: "福建省经济信息中心".to_owned(),
            address: "福州市鼓楼区屏西路27号（网络通讯处205室）".to_owned(),
            phones: vec!["0591-86303903".to_owned(), "0591-86303905".to_owned()],
            mailbox: "fjzwra@fujian.gov.cn".to_owned(),
            post_code: "350003".to_owned(),
            website: "https://xxzx.fujian.gov.cn/".to_owned(),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            center: Center::default(),
            renewal_window_days: 30,
            on_site_for_renewal: true,
            renewal_draft: true,
            paper_before_acceptance: true,
            functions: default_functions(),
            max_applications: 2000,
            correction_days: 15,
            desk_days: 30,
            loss_follow_up_days: 15,
            special_confirmation_days: 365,
            special_notice_days: 30,
            expiry_notice_days: vec![60, 30, 7],
            use_request_days: 7,
            desk: DeskHours::default(),
            key_stock_required: true,
            key_stock_low: 20,
            holidays: Vec::new(),
            worked_weekends: Vec::new(),
            session_idle_minutes: 60,
            session_hours: 12,
            password_min_length: 10,
            sign_in_failures: 5,
            lock_minutes: 15,
            initial_password_days: 7,
            deputy_days: 90,
        }
    }
}

impl Policy {
    /// Whether the key must be presented at the desk (R4.4; Guide 第一章 二、3 注 2, 二、5（3）, 第二章 三): a USB KEY
    /// for change, revocation and unlock, and for renewal where the policy says so.
    #[must_use]
    pub fn needs_key_on_site(&self, business: BusinessType, medium: Medium) -> bool {
        medium == Medium::UsbKey
            && match business {
                BusinessType::Change | BusinessType::Revocation | BusinessType::Unlock => true,
                BusinessType::Renewal => self.on_site_for_renewal,
                BusinessType::New | BusinessType::Reissue => false,
            }
    }

    /// The moment from which a seal may be renewed (R2.3).
    #[must_use]
    pub fn renewal_opens(&self, valid_until: Timestamp) -> Timestamp {
        valid_until
            .checked_sub((i64::from(self.renewal_window_days) * 24).hours())
            .unwrap_or(Timestamp::MIN)
    }

    /// The entry of a function code or name, if it is in the list.
    #[must_use]
    pub fn function(&self, code_or_name: &str) -> Option<&FunctionEntry> {
        let wanted = code_or_name.trim();
        self.functions
            .iter()
            .find(|entry| entry.code.0 == wanted || entry.name == wanted)
    }

    /// The Chinese name of a function; its code where the list no longer has it.
    #[must_use]
    pub fn function_name<'a>(&'a self, function: &'a SealFunction) -> &'a str {
        self.function(&function.0)
            .map_or(&function.0, |entry| &entry.name)
    }

    /// The functions that a seal of this kind may have.
    pub fn functions_for(&self, kind: SealKind) -> impl Iterator<Item = &FunctionEntry> {
        self.functions
            .iter()
            .filter(move |entry| entry.kinds.contains(&kind))
    }

    /// The end (24:00 in Beijing) of the `days`-th working day after `from`.
    #[must_use]
    pub fn working_days_after(&self, from: Timestamp, days: u16) -> Timestamp {
        let beijing = TimeZone::fixed(Offset::constant(8));
        let mut day = from.to_zoned(beijing.clone()).date();
        let mut left = days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day.tomorrow()
            .and_then(|next| next.to_zoned(beijing))
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// Whether it is a working day: no weekend (unless it is worked) and no holiday.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        let weekend = day.weekday().to_monday_zero_offset() >= 5;
        if weekend {
            self.worked_weekends.contains(&day)
        } else {
            !self.holidays.contains(&day)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r3_2_the_guides_contact_data_is_the_default() {
        let center = Policy::default().center;
        assert_eq!(center.name, "福建省经济信息中心");
        assert_eq!(center.phones, ["0591-86303903", "0591-86303905"]);
        assert_eq!(
            serde_json::from_str::<Policy>("{}").unwrap(),
            Policy::default()
        );
    }

    #[test]
    fn r4_4_a_usb_key_is_brought_to_the_desk() {
        let mut policy = Policy::default();
        let asked = |policy: &Policy| {
            BusinessType::ALL
                .iter()
                .filter(|business| policy.needs_key_on_site(**business, Medium::UsbKey))
                .map(|business| business.name())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            asked(&policy),
            ["印章延期", "印章变更", "印章撤销", "口令解锁"]
        );
        policy.on_site_for_renewal = false;
        assert_eq!(asked(&policy), ["印章变更", "印章撤销", "口令解锁"]);
        assert!(!policy.needs_key_on_site(BusinessType::Change, Medium::Hosted));
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        let mut policy = Policy::default();
        // Friday 20 November 2026, 10:30 in Beijing.
        let friday: Timestamp = "2026-11-20T02:30:00Z".parse().unwrap();
        let end = |policy: &Policy| policy.working_days_after(friday, 2).to_string();
        assert_eq!(end(&policy), "2026-11-24T16:00:00Z");
        policy.holidays.push(jiff::civil::date(2026, 11, 23));
        assert_eq!(end(&policy), "2026-11-25T16:00:00Z");
        policy.worked_weekends.push(jiff::civil::date(2026, 11, 21));
        assert_eq!(end(&policy), "2026-11-24T16:00:00Z");
    }
}
