//! Deputies (代理): who acts in a post while its holder is away, set by whom, from when until when.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::ids::DeputyId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::role::{Actor, Post, Principal, Role};

/// A deputy's time in a post. The deputy acts in this post alone, and only while it lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputyship {
    /// Its id.
    pub id: DeputyId,
    /// The post.
    pub post: Post,
    /// Its holder, who is away.
    pub principal: Principal,
    /// Who acts meanwhile.
    pub deputy: Principal,
    /// From then.
    pub from: Timestamp,
    /// Until before then.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub set_by: Actor,
    /// When.
    pub set_at: Timestamp,
    /// Ended before its time.
    pub ended: Option<Ended>,
}

/// The early end of a deputy's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When.
    pub at: Timestamp,
    /// By whom, in words.
    pub by: String,
}

/// A deputy to be set.
#[derive(Clone, Debug)]
pub struct NewDeputy {
    /// Its id.
    pub id: DeputyId,
    /// The post.
    pub post: Post,
    /// Its holder.
    pub principal: Principal,
    /// Who shall act.
    pub deputy: Principal,
    /// From then.
    pub from: Timestamp,
    /// Until before then.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// What the rules have to know about the people.
#[derive(Clone, Debug, Default)]
pub struct DeputyFacts {
    /// The posts that the principal holds.
    pub principal_posts: Vec<Post>,
    /// The posts that the deputy holds.
    pub deputy_posts: Vec<Post>,
    /// Deputies already set for the principal.
    pub others: Vec<Deputyship>,
}

impl Deputyship {
    /// Sets a deputy.
    ///
    /// # Errors
    /// `deputy_post_not_held`, `deputy_of_administrator`, `deputy_of_oneself`, `deputy_not_of_unit`,
    /// `deputy_holds_post`, `deputy_set_by_other`, `deputy_self_appointed`, `deputy_by_deputy`, `deputy_period`,
    /// `deputy_too_long`, `deputy_overlaps`, faults of the reason.
    pub fn set(
        new: NewDeputy,
        facts: &DeputyFacts,
        actor: &Actor,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<Self, Refusal> {
        let no = |code, message: String| Err(Refusal::new(code, message));
        let role = new.post.role;
        if !facts.principal_posts.contains(&new.post) {
            return no(
                "deputy_post_not_held",
                format!("{}现在没有这个岗位，无需代理", new.principal.name),
            );
        }
        let administers = facts
            .deputy_posts
            .iter()
            .any(|post| post.role.is_administrative());
        if role.is_administrative() || role == Role::System || administers {
            return no(
                "deputy_of_administrator",
                "三员分立：管理员的岗位不能代理，管理员也不能代理业务岗位".to_owned(),
            );
        }
        if new.principal.person == new.deputy.person {
            return no("deputy_of_oneself", "代理人须为他人，请另选一人".to_owned());
        }
        if !facts
            .deputy_posts
            .iter()
            .any(|post| post.unit == new.post.unit)
        {
            return no(
                "deputy_not_of_unit",
                format!(
                    "{}不是本单位人员，请在本单位人员中选择代理人",
                    new.deputy.name
                ),
            );
        }
        if facts.deputy_posts.contains(&new.post) {
            return no(
                "deputy_holds_post",
                format!("{}本人就是{}，无需代理", new.deputy.name, role.name()),
            );
        }
        may_set(&new, actor)?;
        if new.until <= new.from || new.until <= now {
            return no(
                "deputy_period",
                "代理的结束时间须晚于开始时间和现在，请重新选择".to_owned(),
            );
        }
        let days = policy.deputy_days;
        let longest = new.from.checked_add((i64::from(days) * 24).hours());
        if longest.is_ok_and(|longest| new.until > longest) {
            return no(
                "deputy_too_long",
                format!("一次代理最长 {days} 天，请缩短期限；更长的请办理岗位变更"),
            );
        }
        if let Some(other) = facts.others.iter().find(|other| {
            other.ended.is_none()
                && other.post == new.post
                && other.principal.person == new.principal.person
                && other.from < new.until
                && new.from < other.until
        }) {
            return no(
                "deputy_overlaps",
                format!(
                    "这段时间已由{}代理，请先结束原来的代理，或另选时间",
                    other.deputy.name
                ),
            );
        }
        Ok(Self {
            id: new.id,
            post: new.post,
            principal: new.principal,
            deputy: new.deputy,
            from: new.from,
            until: new.until,
            reason: crate::text::check_reason("代理事由", &new.reason)?,
            set_by: actor.clone(),
            set_at: now,
            ended: None,
        })
    }

    /// Ends it before its time: by the principal, the deputy, or who may set it.
    ///
    /// # Errors
    /// `deputy_over`, `deputy_set_by_other`.
    pub fn end(&mut self, actor: &Actor, now: Timestamp) -> Result<(), Refusal> {
        if self.ended.is_some() || now >= self.until {
            return Err(Refusal::new(
                "deputy_over",
                "这次代理已经结束，无需重复办理",
            ));
        }
        let concerned = [self.principal.person, self.deputy.person].contains(&actor.person);
        if !concerned && !oversees(actor, self.post) {
            return Err(set_by_other());
        }
        self.end_with_post(
            now,
            &format!("{}（{}）", actor.name, actor.post.role.name()),
        );
        Ok(())
    }

    /// Ends it because the post or a person is no longer there.
    pub fn end_with_post(&mut self, now: Timestamp, by: &str) {
        self.ended = Some(Ended {
            at: now,
            by: by.to_owned(),
        });
    }

    /// Whether the deputy may act now.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.ended.is_none() && self.from <= now && now < self.until
    }
}

/// The holder sets their own deputy; for an agent who cannot, the unit's approver does; at the Center the leader.
fn may_set(new: &NewDeputy, actor: &Actor) -> Result<(), Refusal> {
    if actor.on_behalf_of.is_some() {
        return Err(Refusal::new(
            "deputy_by_deputy",
            "代理人不能再指定代理人，请由本人或本单位审批人办理",
        ));
    }
    if actor.person == new.principal.person {
        return Ok(());
    }
    if !oversees(actor, new.post) {
        return Err(set_by_other());
    }
    if actor.person == new.deputy.person {
        return Err(Refusal::new(
            "deputy_self_appointed",
            "不能把他人的岗位交给自己代理，请另选代理人",
        ));
    }
    Ok(())
}

fn oversees(actor: &Actor, post: Post) -> bool {
    let over = match post.role {
        Role::Agent => Role::UnitApprover,
        Role::SealMaker | Role::SealReviewer => Role::DepartmentLeader,
        _ => return false,
    };
    actor.post.unit == post.unit && actor.post.role == over
}

fn set_by_other() -> Refusal {
    Refusal::new(
        "deputy_set_by_other",
        "代理由岗位本人设定；经办人的代理也可由本单位审批人设定，印章制作员、印章审核员的也可由部门领导设定",
    )
}
