//! Who acts: roles, posts, and the separation of the three administrators from the cases (三员分立).

use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, UnitId};
use crate::refusal::Refusal;

/// A role of the guide (第一章 二、2 岗位职责) or of the platform's administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 经办人: fills in and hands in for the applying unit.
    Agent,
    /// 主管处（室）/分管领导: approves inside the applying unit.
    UnitApprover,
    /// 汇总办理单位专人: 设区市数字办、平潭综合实验区行政审批局.
    Consolidator,
    /// 印章制作员: registers, checks, sorts, makes, notifies.
    SealMaker,
    /// 印章审核员: first review (初审).
    SealReviewer,
    /// 部门领导: final review (终审).
    DepartmentLeader,
    /// 系统管理员.
    SystemAdministrator,
    /// 安全管理员.
    SecurityAdministrator,
    /// 审计员.
    Auditor,
    /// The platform itself finishing what a person started (making a seal). Never a person's post.
    System,
}

impl Role {
    /// Every role that a person can hold.
    pub const ALL: [Self; 9] = [
        Self::Agent,
        Self::UnitApprover,
        Self::Consolidator,
        Self::SealMaker,
        Self::SealReviewer,
        Self::DepartmentLeader,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
    ];

    /// The name in the guide's words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "经办人",
            Self::UnitApprover => "单位审批人",
            Self::Consolidator => "汇总办理人",
            Self::SealMaker => "印章制作员",
            Self::SealReviewer => "印章审核员",
            Self::DepartmentLeader => "部门领导",
            Self::SystemAdministrator => "系统管理员",
            Self::SecurityAdministrator => "安全管理员",
            Self::Auditor => "审计员",
            Self::System => "平台",
        }
    }

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::UnitApprover => "unit_approver",
            Self::Consolidator => "consolidator",
            Self::SealMaker => "seal_maker",
            Self::SealReviewer => "seal_reviewer",
            Self::DepartmentLeader => "department_leader",
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::Auditor => "auditor",
            Self::System => "system",
        }
    }

    /// The role of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .chain([Self::System])
            .find(|role| role.code() == code)
    }

    /// One of the three administrators (三员).
    #[must_use]
    pub fn is_administrative(self) -> bool {
        matches!(
            self,
            Self::SystemAdministrator | Self::SecurityAdministrator | Self::Auditor
        )
    }

    /// A role at the Center that handles cases.
    #[must_use]
    pub fn is_center(self) -> bool {
        matches!(
            self,
            Self::SealMaker | Self::SealReviewer | Self::DepartmentLeader
        )
    }
}

/// A role held in a unit. Roles at the Center and the administrators' roles are held in the Center's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Post {
    /// The role.
    pub role: Role,
    /// Where.
    pub unit: UnitId,
}

/// Somebody acting in one of their posts. The name is kept as it was at the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
    /// In which post.
    pub post: Post,
    /// For whom, where a deputy acts (代): the post's holder while they are away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Principal>,
}

/// The holder of a post, in whose place a deputy acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
}

impl Actor {
    /// Somebody acting in a post of their own.
    #[must_use]
    pub fn new(person: PersonId, name: impl Into<String>, post: Post) -> Self {
        Self {
            person,
            name: name.into(),
            post,
            on_behalf_of: None,
        }
    }

    /// Somebody acting in the post of another (代理). Whatever they do carries both names: 「林晓梅（代陈国栋）」.
    #[must_use]
    pub fn deputy(person: PersonId, name: &str, post: Post, principal: Principal) -> Self {
        Self {
            person,
            name: format!("{name}（代{}）", principal.name),
            post,
            on_behalf_of: Some(principal),
        }
    }

    /// Everybody whose duty this is: who acts, and for whom.
    pub fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        let principal = self.on_behalf_of.as_ref().map(|principal| principal.person);
        std::iter::once(self.person).chain(principal)
    }

    /// Whether that person acts here, or is acted for.
    #[must_use]
    pub fn involves(&self, person: PersonId) -> bool {
        self.people().any(|one| one == person)
    }

    /// Whether somebody has a part in both: the same person, or one acting for the other (R1.3).
    #[must_use]
    pub fn shares_duty_with(&self, other: &Self) -> bool {
        self.people().any(|person| other.involves(person))
    }

    /// The platform finishing a person's act in the background; `person` is who started it.
    #[must_use]
    pub fn system_for(started_by: &Self) -> Self {
        Self {
            person: started_by.person,
            name: "平台".to_owned(),
            post: Post {
                role: Role::System,
                unit: started_by.post.unit,
            },
            on_behalf_of: None,
        }
    }
}

/// Checks the posts of one account (R1.4 三员分立): an administrator's post is the account's only one, so
/// that no administrator handles cases and no two of the three are the same account.
///
/// # Errors
/// `administrator_exclusive` or `system_role_not_assignable`.
pub fn check_posts(posts: &[Post]) -> Result<(), Refusal> {
    if posts.iter().any(|post| post.role == Role::System) {
        return Err(Refusal::new(
            "system_role_not_assignable",
            "「平台」不是可以任命的岗位",
        ));
    }
    match posts.iter().find(|post| post.role.is_administrative()) {
        Some(admin) if posts.iter().any(|post| post.role != admin.role) => Err(Refusal::new(
            "administrator_exclusive",
            format!(
                "三员分立：{}须为单独账号，不得兼任其他岗位，也不办理业务",
                admin.role.name()
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn post(role: Role) -> Post {
        Post {
            role,
            unit: UnitId::from_uuid(Uuid::from_u128(1)),
        }
    }

    #[test]
    fn r1_4_the_three_administrators_are_separate_accounts_and_handle_no_cases() {
        for admin in [
            Role::SystemAdministrator,
            Role::SecurityAdministrator,
            Role::Auditor,
        ] {
            assert!(check_posts(&[post(admin)]).is_ok());
            for other in Role::ALL.into_iter().filter(|role| *role != admin) {
                let refusal = check_posts(&[post(other), post(admin)]).unwrap_err();
                assert_eq!(refusal.code, "administrator_exclusive");
            }
        }
        assert!(check_posts(&[post(Role::Agent), post(Role::UnitApprover)]).is_ok());
        assert!(check_posts(&[post(Role::System)]).is_err());
    }

    #[test]
    fn codes_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
        }
    }
}
