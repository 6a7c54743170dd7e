//! Public announcements of the Center's own (通知公告): one person writes, another publishes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::BulletinId;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};
use crate::text::{check_article, check_headline, check_public, check_reason};

/// An announcement: plain text, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Its id.
    pub id: BulletinId,
    /// Its number among those that were published, from 1; given with the publication.
    pub number: Option<u64>,
    /// Headline, one line.
    pub title: String,
    /// Text; a line is a paragraph.
    pub text: String,
    /// How it stands.
    pub state: BulletinState,
    /// What happened to it, oldest first.
    pub history: Vec<BulletinEntry>,
}

/// Something that happened to an announcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinEntry {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// What.
    pub step: BulletinStep,
    /// The reason that was given.
    pub reason: Option<String>,
}

/// How an announcement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulletinState {
    /// 起草中: being written.
    Draft,
    /// 待发布: written, for another to publish.
    Waiting,
    /// 已发布: everybody can read it.
    Published,
    /// 已撤回: everybody can read that it was withdrawn, and why.
    Withdrawn,
    /// 已作废: was never published and will not be.
    Discarded,
}

/// What can be done with an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulletinStep {
    /// Begin one.
    Write,
    /// Write it anew; one that waits comes back to the desk.
    Revise,
    /// Hand it to those who publish.
    HandIn,
    /// Give it back to its author.
    SendBack,
    /// Publish it.
    Publish,
    /// Withdraw it after it was published.
    Withdraw,
    /// Give it up before it was published.
    Discard,
}

/// A step with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulletinAct {
    /// Other words.
    Revise {
        /// Headline.
        title: String,
        /// Text.
        text: String,
    },
    /// To those who publish.
    HandIn,
    /// Back to the author.
    SendBack {
        /// What has to be changed.
        reason: String,
    },
    /// To everybody.
    Publish,
    /// Back from everybody.
    Withdraw {
        /// Why, as everybody may read it.
        reason: String,
    },
    /// Given up.
    Discard,
}

impl BulletinState {
    /// Every state, in the order of an announcement's life.
    pub const ALL: [Self; 5] = [
        Self::Draft,
        Self::Waiting,
        Self::Published,
        Self::Withdrawn,
        Self::Discarded,
    ];

    /// Stable code, as in JSON and in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Discarded => "discarded",
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "起草中",
            Self::Waiting => "待发布",
            Self::Published => "已发布",
            Self::Withdrawn => "已撤回",
            Self::Discarded => "已作废",
        }
    }

    /// The state of that code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl BulletinStep {
    /// Every step, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Write,
        Self::Revise,
        Self::HandIn,
        Self::SendBack,
        Self::Publish,
        Self::Withdraw,
        Self::Discard,
    ];

    /// Stable code, as in JSON, in addresses and in the ledger.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Write => "written",
            Self::Revise => "revised",
            Self::HandIn => "handed_in",
            Self::SendBack => "sent_back",
            Self::Publish => "published",
            Self::Withdraw => "withdrawn",
            Self::Discard => "discarded",
        }
    }

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Write => "起草通知公告",
            Self::Revise => "修改通知公告",
            Self::HandIn => "提请发布",
            Self::SendBack => "退回修改",
            Self::Publish => "发布",
            Self::Withdraw => "撤回",
            Self::Discard => "作废",
        }
    }

    /// Who may do it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Write | Self::Revise | Self::HandIn | Self::Discard => {
                &[Role::SealMaker, Role::SealReviewer, Role::DepartmentLeader]
            }
            Self::SendBack | Self::Publish | Self::Withdraw => {
                &[Role::SealReviewer, Role::DepartmentLeader]
            }
        }
    }

    /// From which states.
    fn from(self) -> &'static [BulletinState] {
        use BulletinState as S;

        match self {
            Self::Write => &[],
            Self::Revise => &[S::Draft, S::Waiting],
            Self::HandIn | Self::Discard => &[S::Draft],
            Self::SendBack | Self::Publish => &[S::Waiting],
            Self::Withdraw => &[S::Published],
        }
    }
}

impl BulletinAct {
    /// Which step it is.
    #[must_use]
    pub fn step(&self) -> BulletinStep {
        match self {
            Self::Revise { .. } => BulletinStep::Revise,
            Self::HandIn => BulletinStep::HandIn,
            Self::SendBack { .. } => BulletinStep::SendBack,
            Self::Publish => BulletinStep::Publish,
            Self::Withdraw { .. } => BulletinStep::Withdraw,
            Self::Discard => BulletinStep::Discard,
        }
    }
}

impl Bulletin {
    /// A new one (起草).
    ///
    /// # Errors
    /// `wrong_role`; faults of headline and text.
    pub fn write(
        id: BulletinId,
        title: &str,
        text: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        check_role(BulletinStep::Write, actor)?;
        Ok(Self {
            id,
            number: None,
            title: check_headline("标题", title)?,
            text: check_article("正文", text)?,
            state: BulletinState::Draft,
            history: vec![BulletinEntry {
                at: now,
                by: actor.clone(),
                step: BulletinStep::Write,
                reason: None,
            }],
        })
    }

    /// Its paragraphs.
    pub fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
    }

    /// What happened last in this way.
    #[must_use]
    pub fn last(&self, step: BulletinStep) -> Option<&BulletinEntry> {
        self.history.iter().rev().find(|entry| entry.step == step)
    }

    /// Whether somebody may do something with it now.
    ///
    /// # Errors
    /// `wrong_role`, `bulletin_state`, `bulletin_own_text`.
    pub fn check(&self, step: BulletinStep, actor: &Actor) -> Result<(), Refusal> {
        check_role(step, actor)?;
        if !step.from().contains(&self.state) {
            return Err(Refusal::new(
                "bulletin_state",
                format!(
                    "该公告{}，不能再办理「{}」，请刷新页面后查看",
                    self.state.name(),
                    step.name()
                ),
            ));
        }
        let wrote = |entry: &BulletinEntry| {
            matches!(entry.step, BulletinStep::Write | BulletinStep::Revise)
                && entry.by.shares_duty_with(actor)
        };
        if step == BulletinStep::Publish && self.history.iter().any(wrote) {
            return Err(Refusal::new(
                "bulletin_own_text",
                "起草和发布须由两人办理：您参与了起草，请由其他印章审核员或部门领导发布",
            ));
        }
        Ok(())
    }
}

/// Decides on an act: the announcement as it is afterwards. The number of a published one is the caller's to give.
///
/// # Errors
/// As [`Bulletin::check`]; faults of headline, text and reason.
pub fn decide_bulletin(
    bulletin: &Bulletin,
    act: &BulletinAct,
    actor: &Actor,
    now: Timestamp,
) -> Result<Bulletin, Refusal> {
    let step = act.step();
    bulletin.check(step, actor)?;
    let mut after = bulletin.clone();
    let mut given = None;
    after.state = match act {
        BulletinAct::Revise { title, text } => {
            after.title = check_headline("标题", title)?;
            after.text = check_article("正文", text)?;
            BulletinState::Draft
        }
        BulletinAct::HandIn => BulletinState::Waiting,
        BulletinAct::SendBack { reason } => {
            given = Some(check_reason("修改意见", reason)?);
            BulletinState::Draft
        }
        BulletinAct::Publish => BulletinState::Published,
        BulletinAct::Withdraw { reason } => {
            given = Some(check_public("撤回原因", reason)?);
            BulletinState::Withdrawn
        }
        BulletinAct::Discard => BulletinState::Discarded,
    };
    after.history.push(BulletinEntry {
        at: now,
        by: actor.clone(),
        step,
        reason: given,
    });
    Ok(after)
}

fn check_role(step: BulletinStep, actor: &Actor) -> Result<(), Refusal> {
    if step.roles().contains(&actor.post.role) {
        return Ok(());
    }
    let names: Vec<_> = step.roles().iter().map(|role| role.name()).collect();
    Err(Refusal::new(
        "wrong_role",
        format!(
            "「{}」由{}办理，您当前的岗位是{}",
            step.name(),
            names.join("、"),
            actor.post.role.name()
        ),
    ))
}
