//! What the three administrators do, and that none of them can do it alone (R1.4 三员分立).
//!
//! The system administrator sets up and proposes, the security administrator releases and guards, the auditor looks
//! on. Whatever gives somebody power takes both of the first two, and neither ever for themselves.

use crate::ids::PersonId;
use crate::refusal::Refusal;
use crate::role::{Actor, Role};

/// Something done in the administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdminAct {
    /// Enter or change a unit.
    EditUnit,
    /// File the unit's competent office and leader with the Center (备案).
    FileOffice,
    /// Take note of a filing at the Center, or send it back.
    AcknowledgeOffice,
    /// Enter a person; without a post they cannot sign in.
    CreateAccount,
    /// Change a person's name or contact data.
    EditAccount,
    /// Propose that somebody gets or loses posts.
    ProposePosts,
    /// Release or refuse a change of posts.
    ReleasePosts,
    /// Propose a change of the policy or of a text.
    ProposeSettings,
    /// Release or refuse such a change.
    ReleaseSettings,
    /// Give somebody a new initial password.
    ResetPassword,
    /// End the lock after wrong passwords.
    UnlockAccount,
    /// Bar an account, or let it in again.
    BarAccount,
    /// See accounts and posts.
    SeeAccounts,
    /// See everybody's sessions, locks and failed sign-ins.
    SeeSessions,
    /// End somebody's session.
    EndSession,
    /// Read, check and export the ledger.
    ReadLedger,
}

impl AdminAct {
    /// Every act, in the order of the table.
    pub const ALL: [Self; 16] = [
        Self::EditUnit,
        Self::FileOffice,
        Self::AcknowledgeOffice,
        Self::CreateAccount,
        Self::EditAccount,
        Self::ProposePosts,
        Self::ReleasePosts,
        Self::ProposeSettings,
        Self::ReleaseSettings,
        Self::ResetPassword,
        Self::UnlockAccount,
        Self::BarAccount,
        Self::SeeAccounts,
        Self::SeeSessions,
        Self::EndSession,
        Self::ReadLedger,
    ];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EditUnit => "登记或变更单位",
            Self::FileOffice => "报备主管处室和分管领导",
            Self::AcknowledgeOffice => "确认或退回备案",
            Self::CreateAccount => "建立账号",
            Self::EditAccount => "变更人员信息",
            Self::ProposePosts => "提请岗位变更",
            Self::ReleasePosts => "审核岗位变更",
            Self::ProposeSettings => "提请规则或文本变更",
            Self::ReleaseSettings => "审核规则或文本变更",
            Self::ResetPassword => "重置密码",
            Self::UnlockAccount => "解除锁定",
            Self::BarAccount => "停用或恢复账号",
            Self::SeeAccounts => "查看账号与岗位",
            Self::SeeSessions => "查看会话、锁定和登录失败",
            Self::EndSession => "结束他人会话",
            Self::ReadLedger => "查阅、核对、导出审计账本",
        }
    }

    /// Who may do it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        use Role as R;

        match self {
            Self::EditUnit | Self::CreateAccount | Self::EditAccount | Self::ProposeSettings => {
                &[R::SystemAdministrator]
            }
            Self::FileOffice => &[R::Agent, R::UnitApprover],
            Self::AcknowledgeOffice => &[R::SealMaker],
            Self::ProposePosts => &[R::SystemAdministrator, R::UnitApprover],
            Self::ReleasePosts
            | Self::ReleaseSettings
            | Self::ResetPassword
            | Self::UnlockAccount
            | Self::BarAccount
            | Self::SeeSessions
            | Self::EndSession => &[R::SecurityAdministrator],
            Self::SeeAccounts => &[R::SystemAdministrator, R::SecurityAdministrator, R::Auditor],
            Self::ReadLedger => &[R::Auditor],
        }
    }
}

/// Whom or what an administrative act is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The person whose account it is.
    pub person: Option<PersonId>,
    /// Who proposed what is to be released.
    pub proposed_by: Option<PersonId>,
    /// The account is one of the three administrators'.
    pub administrator: bool,
}

/// Whether this actor may do this.
///
/// # Errors
/// `wrong_role`, `administers_oneself`, `released_by_proposer`, `administrator_reset_on_console`.
pub fn check_administration(act: AdminAct, actor: &Actor, about: About) -> Result<(), Refusal> {
    let roles = act.roles();
    if !roles.contains(&actor.post.role) {
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        return Err(Refusal::new(
            "wrong_role",
            format!(
                "「{}」由{}办理，您当前的岗位是{}",
                act.name(),
                names.join("或"),
                actor.post.role.name()
            ),
        ));
    }
    if about
        .proposed_by
        .is_some_and(|person| actor.involves(person))
    {
        return Err(Refusal::new(
            "released_by_proposer",
            "三员分立：由您提请的事项须由他人审核",
        ));
    }
    if act != AdminAct::SeeAccounts && about.person.is_some_and(|person| actor.involves(person)) {
        return Err(Refusal::new(
            "administers_oneself",
            format!("三员分立：「{}」不能由本人为自己办理", act.name()),
        ));
    }
    if act == AdminAct::ResetPassword && about.administrator {
        return Err(Refusal::new(
            "administrator_reset_on_console",
            "三员分立：管理员的密码不能由另一名管理员重置，请由本人修改；忘记的，请在服务器上用 yinxin account reset 重置。",
        ));
    }
    Ok(())
}
