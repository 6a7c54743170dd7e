//! The stock of USB KEYs (USB KEY 库存): what a key has been through, and what may be done with it next.
//!
//! A key is received in a batch, issued with one seal to its unit, and comes back, breaks or is lost. It is destroyed by
//! two people: one proposes, another one sees to it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ApplicationId, CaseId, SealId, UnitId};
use crate::refusal::Refusal;
use crate::role::{Actor, Role};

/// Most keys in one batch.
const LARGEST_BATCH: usize = 2000;

/// A key's serial number in the form in which it is compared: capitals and digits alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeySerial(String);

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// 在库.
    InStock,
    /// 已发出: with a unit.
    Issued,
    /// 已退回: back, not yet made ready again.
    Returned,
    /// 损坏.
    Defective,
    /// 已报失.
    Lost,
    /// 待销毁: proposed by one person, waiting for the other.
    ToDestroy,
    /// 已销毁.
    Destroyed,
}

/// With whom an issued key is, and for which seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyHolding {
    /// The unit.
    pub unit: UnitId,
    /// Its name then.
    pub unit_name: String,
    /// 印章名称.
    pub seal_name: String,
    /// The seal, once it is made.
    pub seal: Option<SealId>,
    /// The application for which it was taken.
    pub application: ApplicationId,
    /// The case by which it was issued.
    pub case: CaseId,
    /// The case's number.
    pub case_number: String,
}

/// The first half of a destruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who proposed it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// The state to which it goes back when the proposal is withdrawn.
    pub from: KeyState,
}

/// A key of the stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsbKey {
    /// Its serial number.
    pub serial: KeySerial,
    /// 厂商.
    pub vendor: String,
    /// 型号.
    pub model: String,
    /// 批次.
    pub batch: String,
    /// Where it is in its life.
    pub state: KeyState,
    /// With whom it is, or last was.
    pub holding: Option<KeyHolding>,
    /// The destruction that was proposed.
    pub proposal: Option<Proposal>,
    /// What happened to it.
    pub history: Vec<KeyEntry>,
}

/// One line of a key's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// Stable code of what was done.
    pub code: String,
    /// What was done, for people.
    pub text: String,
    /// The state after it.
    pub state: KeyState,
}

/// What is done with a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum KeyAct {
    /// 发出 with a seal.
    Issue {
        /// To whom.
        holding: Box<KeyHolding>,
    },
    /// 退回.
    Return {
        /// A remark.
        note: String,
    },
    /// 登记损坏.
    MarkDefective {
        /// What is wrong with it.
        note: String,
    },
    /// 登记遗失.
    ReportLost {
        /// How it was lost.
        note: String,
    },
    /// 重新入库 after it was emptied.
    Restock,
    /// 提请销毁.
    ProposeDestruction {
        /// Why.
        reason: String,
    },
    /// 监销: the second person saw it destroyed.
    Destroy,
    /// 撤回销毁提请.
    Keep,
}

impl KeySerial {
    /// As it is compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeySerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeySerial {
    type Err = Refusal;

    /// Reads a serial number as typed or scanned: blanks, hyphens and the case of letters do not matter.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let malformed = || {
            let shown: String = text.trim().chars().take(40).collect();
            Refusal::new(
                "key_serial_malformed",
                format!(
                    "USB KEY 序列号「{shown}」格式不符，应为 4 至 40 位字母或数字（可带连字符），请核对"
                ),
            )
        };
        let mut plain = String::new();
        for c in text.trim().chars() {
            match c {
                c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_uppercase()),
                '-' | ' ' => {}
                _ => return Err(malformed()),
            }
        }
        if (4..=40).contains(&plain.len()) {
            Ok(Self(plain))
        } else {
            Err(malformed())
        }
    }
}

impl TryFrom<String> for KeySerial {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<KeySerial> for String {
    fn from(serial: KeySerial) -> Self {
        serial.0
    }
}

impl KeyState {
    /// Every state, in the order of a key's life.
    pub const ALL: [Self; 7] = [
        Self::InStock,
        Self::Issued,
        Self::Returned,
        Self::Defective,
        Self::Lost,
        Self::ToDestroy,
        Self::Destroyed,
    ];

    /// Stable code, as in JSON and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::Issued => "issued",
            Self::Returned => "returned",
            Self::Defective => "defective",
            Self::Lost => "lost",
            Self::ToDestroy => "to_destroy",
            Self::Destroyed => "destroyed",
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InStock => "在库",
            Self::Issued => "已发出",
            Self::Returned => "已退回",
            Self::Defective => "损坏",
            Self::Lost => "已报失",
            Self::ToDestroy => "待销毁",
            Self::Destroyed => "已销毁",
        }
    }

    /// The state of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl KeyAct {
    /// Stable code, as in JSON and in the ledger.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "issue",
            Self::Return { .. } => "return",
            Self::MarkDefective { .. } => "mark_defective",
            Self::ReportLost { .. } => "report_lost",
            Self::Restock => "restock",
            Self::ProposeDestruction { .. } => "propose_destruction",
            Self::Destroy => "destroy",
            Self::Keep => "keep",
        }
    }

    /// What the button says.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "发出",
            Self::Return { .. } => "登记退回",
            Self::MarkDefective { .. } => "登记损坏",
            Self::ReportLost { .. } => "登记遗失",
            Self::Restock => "重新入库",
            Self::ProposeDestruction { .. } => "提请销毁",
            Self::Destroy => "监销确认",
            Self::Keep => "撤回销毁提请",
        }
    }

    /// The states from which it is possible.
    fn from(&self) -> &'static [KeyState] {
        use KeyState::{Defective, InStock, Issued, Lost, Returned, ToDestroy};

        match self {
            Self::Issue { .. } => &[InStock],
            Self::Return { .. } => &[Issued, Lost],
            Self::MarkDefective { .. } => &[InStock, Issued, Returned],
            Self::ReportLost { .. } => &[InStock, Issued],
            Self::Restock => &[Returned],
            Self::ProposeDestruction { .. } => &[InStock, Returned, Defective],
            Self::Destroy | Self::Keep => &[ToDestroy],
        }
    }
}

impl UsbKey {
    /// A key as it is received.
    #[must_use]
    pub fn received(
        serial: KeySerial,
        vendor: &str,
        model: &str,
        batch: &str,
        by: &Actor,
        at: Timestamp,
    ) -> Self {
        Self {
            serial,
            vendor: vendor.to_owned(),
            model: model.to_owned(),
            batch: batch.to_owned(),
            state: KeyState::InStock,
            holding: None,
            proposal: None,
            history: vec![KeyEntry {
                at,
                by: by.clone(),
                code: "receive".to_owned(),
                text: format!("入库，批次 {batch}"),
                state: KeyState::InStock,
            }],
        }
    }

    /// Why a key that is not in stock takes no new seal.
    #[must_use]
    pub fn cannot_be_issued(&self) -> Refusal {
        let holding = self
            .holding
            .as_ref()
            .filter(|_| self.state == KeyState::Issued);
        match holding {
            Some(holding) => Refusal::new(
                "key_already_issued",
                format!(
                    "USB KEY {} 已随「{}」发给{}，请换一把在库的 USB KEY",
                    self.serial, holding.seal_name, holding.unit_name
                ),
            ),
            None => Refusal::new(
                "key_not_in_stock",
                format!(
                    "USB KEY {} 现为「{}」，不能发出，请换一把在库的 USB KEY",
                    self.serial,
                    self.state.name()
                ),
            ),
        }
    }
}

/// Does an act with a key: the key after it, or why it may not be done.
///
/// # Errors
/// `wrong_role`, `key_already_issued`, `key_not_in_stock`, `key_act_not_now`, `witness_same_person`, and the refusals of the remarks.
pub fn decide_key(
    key: &UsbKey,
    act: &KeyAct,
    actor: &Actor,
    now: Timestamp,
) -> Result<UsbKey, Refusal> {
    may(act, actor)?;
    if !act.from().contains(&key.state) {
        return Err(not_now(key, act));
    }
    let mut after = key.clone();
    let (state, text) = match act {
        KeyAct::Issue { holding } => {
            let text = format!("随「{}」发给{}", holding.seal_name, holding.unit_name);
            after.holding = Some((**holding).clone());
            (KeyState::Issued, text)
        }
        KeyAct::Return { note } => (KeyState::Returned, remark("退回", note)?),
        KeyAct::MarkDefective { note } => (
            KeyState::Defective,
            format!("损坏：{}", crate::text::check_reason("损坏情况", note)?),
        ),
        KeyAct::ReportLost { note } => (
            KeyState::Lost,
            format!("遗失：{}", crate::text::check_reason("遗失情况", note)?),
        ),
        KeyAct::Restock => {
            after.holding = None;
            (KeyState::InStock, "清空后重新入库".to_owned())
        }
        KeyAct::ProposeDestruction { reason } => {
            let reason = crate::text::check_reason("销毁理由", reason)?;
            let text = format!("提请销毁：{reason}");
            after.proposal = Some(Proposal {
                by: actor.clone(),
                at: now,
                reason,
                from: key.state,
            });
            (KeyState::ToDestroy, text)
        }
        KeyAct::Destroy => {
            let proposer = key.proposal.as_ref().map(|proposal| &proposal.by);
            if proposer.is_some_and(|by| by.person == actor.person) {
                return Err(Refusal::new(
                    "witness_same_person",
                    format!("USB KEY {} 的销毁由您提请，监销须由另一人确认", key.serial),
                ));
            }
            let text = format!("已销毁，监销人{}", actor.name);
            (KeyState::Destroyed, text)
        }
        KeyAct::Keep => {
            let before = after
                .proposal
                .take()
                .map_or(KeyState::Returned, |proposal| proposal.from);
            (before, "撤回销毁提请".to_owned())
        }
    };
    after.state = state;
    after.history.push(KeyEntry {
        at: now,
        by: actor.clone(),
        code: act.code().to_owned(),
        text,
        state,
    });
    Ok(after)
}

/// Whether somebody may take keys into the stock.
///
/// # Errors
/// `wrong_role` for anybody but a seal maker.
pub fn may_receive(actor: &Actor) -> Result<(), Refusal> {
    may(&KeyAct::Restock, actor)
}

/// The serial numbers of a batch: one per line or divided by commas; `FT0001~FT0100` names a whole range.
///
/// # Errors
/// `key_serials_missing`, `key_serial_malformed`, `key_range_malformed`, `key_serial_twice`, `key_batch_too_large`.
pub fn read_serials(text: &str) -> Result<Vec<KeySerial>, Refusal> {
    let mut serials = Vec::new();
    let parts = text
        .split(['\n', '\r', ',', '，', '、', ';', '；', '\t'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    for part in parts {
        match part.split_once(['~', '～', '至']) {
            Some((from, until)) => range(from, until, &mut serials)?,
            None => serials.push(part.parse()?),
        }
        if serials.len() > LARGEST_BATCH {
            return Err(too_large());
        }
    }
    if serials.is_empty() {
        return Err(Refusal::new(
            "key_serials_missing",
            "请填写 USB KEY 序列号，每行一个，或用「起号~止号」登记一段",
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = serials
        .iter()
        .find(|serial| !seen.insert((*serial).clone()))
    {
        return Err(Refusal::new(
            "key_serial_twice",
            format!("序列号 {twice} 在本批中出现了两次，请核对"),
        ));
    }
    Ok(serials)
}

fn range(from: &str, until: &str, serials: &mut Vec<KeySerial>) -> Result<(), Refusal> {
    let (from, until): (KeySerial, KeySerial) = (from.parse()?, until.parse()?);
    let malformed = || {
        Refusal::new(
            "key_range_malformed",
            format!("起止号「{from}~{until}」不成一段：须前缀相同、位数相同，且止号不小于起号"),
        )
    };
    let (head, first) = split_number(from.as_str());
    let (other_head, last) = split_number(until.as_str());
    let width = first.len();
    if head != other_head || width == 0 || width != last.len() || width > 18 {
        return Err(malformed());
    }
    let number = |digits: &str| digits.parse::<u64>().map_err(|_| malformed());
    let (first, last) = (number(first)?, number(last)?);
    if last < first {
        return Err(malformed());
    }
    if last - first >= LARGEST_BATCH as u64 {
        return Err(too_large());
    }
    for n in first..=last {
        serials.push(format!("{head}{n:0width$}").parse()?);
    }
    Ok(())
}

/// The running number at the end, and what stands before it.
fn split_number(serial: &str) -> (&str, &str) {
    let digits = serial.bytes().rev().take_while(u8::is_ascii_digit).count();
    serial.split_at(serial.len() - digits)
}

fn too_large() -> Refusal {
    Refusal::new(
        "key_batch_too_large",
        format!("一次最多登记 {LARGEST_BATCH} 把 USB KEY，请分批入库"),
    )
}

fn may(act: &KeyAct, actor: &Actor) -> Result<(), Refusal> {
    let role = actor.post.role;
    let allowed = match act {
        KeyAct::Destroy => role.is_center(),
        // The platform issues and takes back keys while it carries out a maker's act.
        _ => matches!(role, Role::SealMaker | Role::System),
    };
    if allowed {
        return Ok(());
    }
    Err(Refusal::new(
        "wrong_role",
        format!(
            "USB KEY 库存由印章制作员管理，您当前的岗位是{}",
            role.name()
        ),
    ))
}

fn not_now(key: &UsbKey, act: &KeyAct) -> Refusal {
    if let KeyAct::Issue { .. } = act {
        return key.cannot_be_issued();
    }
    Refusal::new(
        "key_act_not_now",
        format!(
            "USB KEY {} 现为「{}」，不能「{}」",
            key.serial,
            key.state.name(),
            act.name()
        ),
    )
}

fn remark(what: &str, note: &str) -> Result<String, Refusal> {
    if note.trim().is_empty() {
        return Ok(what.to_owned());
    }
    Ok(format!(
        "{what}：{}",
        crate::text::check_reason("备注", note)?
    ))
}
