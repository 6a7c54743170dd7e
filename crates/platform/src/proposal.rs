//! What one person proposes and another releases (三员分立): posts, the policy, the words of notices.

use casework::{
    About, Actor, AdminAct, PersonId, Policy, PolicyChange, Post, Principal, ProposalId, Role,
    check_administration, check_posts,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    notice::{Audience, Message, NoticeTemplate, TextProposal, Values},
    ports::store::{
        AccountRecord, CaseFilter, CaseScope, CaseState, Page, PageRequest, ProposalRow, Tx,
    },
    sign_in::{hash_password, initial_password},
};

/// Something proposed, and what became of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What.
    pub what: Proposed,
    /// Why.
    pub reason: String,
    /// By whom.
    pub proposed_by: Actor,
    /// When.
    pub proposed_at: Timestamp,
    /// What became of it.
    pub state: ProposalState,
}

/// What is proposed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "with")]
pub enum Proposed {
    /// Somebody gets or loses posts.
    Posts(PostChange),
    /// Another policy.
    Policy(PolicyProposal),
    /// Other words of a notice.
    Text(TextProposal),
}

/// A change of somebody's posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostChange {
    /// Whose.
    pub person: Principal,
    /// Posts to get.
    pub add: Vec<Post>,
    /// Posts to lose.
    pub remove: Vec<Post>,
    /// The person leaves: the account is barred with the last post.
    pub leaving: bool,
    /// Who takes over the open cases of an agent.
    pub successor: Option<Principal>,
}

/// Another policy, and the one it was made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyProposal {
    /// The version it was made from.
    pub from_version: u32,
    /// The policy then, in full.
    pub former: Box<Policy>,
    /// The policy to be.
    pub policy: Box<Policy>,
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum ProposalState {
    /// Nobody has decided.
    Waiting,
    /// In force.
    Released {
        /// By whom.
        by: Actor,
        /// Since when.
        at: Timestamp,
    },
    /// Not taken.
    Refused {
        /// By whom.
        by: Actor,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Taken back by who proposed it.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// What a release brought about.
#[derive(Debug, Clone, Default)]
pub struct Released {
    /// The account whose first password this is, and the password: the one time it can be seen.
    pub initial_password: Option<(String, String)>,
    /// How many open cases went to the successor.
    pub cases_handed_on: usize,
}

impl ProposalState {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Released { .. } => "released",
            Self::Refused { .. } => "refused",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    /// In words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "待审核",
            Self::Released { .. } => "已通过",
            Self::Refused { .. } => "未通过",
            Self::Withdrawn { .. } => "已撤回",
        }
    }
}

impl Proposed {
    fn kind(&self) -> &'static str {
        match self {
            Self::Posts(_) => "posts",
            Self::Policy(_) => "policy",
            Self::Text(_) => "text",
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Posts(change) => change.person.person.to_string(),
            Self::Policy(_) => POLICY.to_owned(),
            Self::Text(text) => match NoticeTemplate::find(&text.template) {
                Some(template) => template.setting(),
                None => text.template.clone(),
            },
        }
    }

    /// In words.
    pub fn title(&self) -> String {
        match self {
            Self::Posts(change) if change.leaving => format!("{}离任", change.person.name),
            Self::Posts(change) => format!("{}的岗位变更", change.person.name),
            Self::Policy(policy) => format!("规则变更（{} 项）", policy.changes().len()),
            Self::Text(text) => format!("通知文本变更：{}", text.title()),
        }
    }

    fn about(&self) -> Option<PersonId> {
        match self {
            Self::Posts(change) => Some(change.person.person),
            Self::Policy(_) | Self::Text(_) => None,
        }
    }

    fn acts(&self) -> (AdminAct, AdminAct) {
        match self {
            Self::Posts(_) => (AdminAct::ProposePosts, AdminAct::ReleasePosts),
            Self::Policy(_) | Self::Text(_) => {
                (AdminAct::ProposeSettings, AdminAct::ReleaseSettings)
            }
        }
    }
}

impl PolicyProposal {
    /// What it changes.
    pub fn changes(&self) -> Vec<PolicyChange> {
        casework::policy_changes(&self.former, &self.policy)
    }
}

/// The policy as a subject of proposals, and its setting.
pub(crate) const POLICY: &str = "policy";

impl Platform {
    /// Proposes that somebody gets or loses posts (system administrator; a unit's approver for their own unit).
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`, `posts_of_own_unit`, `posts_unchanged`, `post_unfit`, `proposal_waiting`,
    /// `successor_missing`, `successor_unfit`, `last_administrator`; those of `check_posts`.
    pub async fn propose_posts(
        &self,
        actor: &Actor,
        change: PostChange,
        reason: &str,
    ) -> Result<ProposalId> {
        let mut tx = self.store.begin().await?;
        let id = self
            .propose_posts_in(tx.as_mut(), actor, change, reason)
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(crate) async fn propose_posts_in(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        mut change: PostChange,
        reason: &str,
    ) -> Result<ProposalId> {
        let id = change.person.person;
        let record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        change.person.name.clone_from(&record.name);
        if change.leaving {
            change.remove.clone_from(&record.posts);
        }
        if actor.post.role == Role::UnitApprover {
            let own = change
                .add
                .iter()
                .chain(&change.remove)
                .all(|post| post.role == Role::Agent && post.unit == actor.post.unit);
            if !own {
                return Err(Error::refused(
                    "posts_of_own_unit",
                    "单位审批人只能提请本单位经办人岗位的变更，其他岗位请联系系统管理员。",
                ));
            }
        }
        self.check_change(tx, &record, &change).await?;
        self.propose(tx, actor, Proposed::Posts(change), reason)
            .await
    }

    pub(crate) async fn propose(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        what: Proposed,
        reason: &str,
    ) -> Result<ProposalId> {
        let about = About {
            person: what.about(),
            ..About::default()
        };
        check_administration(what.acts().0, actor, about)?;
        let reason = casework::text::check_reason("提请事由", reason)?;
        let subject = what.subject();
        let others = tx.proposals_about(&subject).await?;
        if others.iter().any(|row| row.state == "waiting") {
            return Err(Error::refused(
                "proposal_waiting",
                "同一对象已有一项变更待审核，请待其审核或撤回后再提请。",
            ));
        }
        let now = self.clock.now();
        let proposal = Proposal {
            id: ProposalId::from_uuid(Uuid::now_v7()),
            what,
            reason,
            proposed_by: actor.clone(),
            proposed_at: now,
            state: ProposalState::Waiting,
        };
        tx.proposal_insert(&self.row_of(&proposal, 1)?).await?;
        let kind = format!("{}.proposed", proposal.what.kind());
        let fact = self.fact_of(actor, kind, &proposal)?;
        journal::record(tx, now, vec![fact]).await?;
        let releasers = [Audience::Center(Role::SecurityAdministrator)];
        let message = told("proposal_waiting", &proposal, actor, "");
        self.tell(tx, &releasers, Some(actor.person), &message)
            .await?;
        Ok(proposal.id)
    }

    /// Releases a proposal: from now on it holds (security administrator).
    ///
    /// # Errors
    /// `wrong_role`, `released_by_proposer`, `administers_oneself`, `proposal_decided`, and whatever makes the change
    /// impossible by now.
    pub async fn release(&self, actor: &Actor, id: ProposalId) -> Result<Released> {
        let password = initial_password();
        let hash = hash_password(password.clone()).await?;
        let mut tx = self.store.begin().await?;
        let (mut proposal, version) = self.waiting(tx.as_mut(), actor, id).await?;
        let now = self.clock.now();
        let mut facts = Vec::new();
        let mut released = Released::default();
        match &proposal.what {
            Proposed::Posts(change) => {
                let done = self
                    .change_posts(tx.as_mut(), actor, change, hash, &mut facts)
                    .await?;
                released.cases_handed_on = done.1;
                released.initial_password = done.0.map(|login| (login, password));
            }
            Proposed::Policy(change) => self.keep_policy(tx.as_mut(), change).await?,
            Proposed::Text(change) => self.keep_words(tx.as_mut(), change).await?,
        }
        proposal.state = ProposalState::Released {
            by: actor.clone(),
            at: now,
        };
        facts.insert(
            0,
            self.fact_of(
                actor,
                format!("{}.released", proposal.what.kind()),
                &proposal,
            )?,
        );
        tx.proposal_update(&self.row_of(&proposal, version)?)
            .await?;
        journal::record(tx.as_mut(), now, facts).await?;
        self.tell_proposer(tx.as_mut(), actor, &proposal).await?;
        tx.commit().await?;
        if matches!(proposal.what, Proposed::Policy(_)) {
            self.refresh_policy().await?;
        }
        Ok(released)
    }

    /// Refuses a proposal with a reason (security administrator).
    ///
    /// # Errors
    /// As [`Platform::release`]; faults of the reason.
    pub async fn refuse_proposal(&self, actor: &Actor, id: ProposalId, reason: &str) -> Result<()> {
        let reason = casework::text::check_reason("不通过的理由", reason)?;
        let mut tx = self.store.begin().await?;
        let (mut proposal, version) = self.waiting(tx.as_mut(), actor, id).await?;
        proposal.state = ProposalState::Refused {
            by: actor.clone(),
            at: self.clock.now(),
            reason,
        };
        self.end_proposal(tx, actor, proposal, version, "refused")
            .await
    }

    /// Takes back what one proposed oneself.
    ///
    /// # Errors
    /// `proposal_decided`, `proposal_of_other`.
    pub async fn withdraw_proposal(&self, actor: &Actor, id: ProposalId) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let row = tx.proposal(id).await?.ok_or(Error::NotFound("proposal"))?;
        let mut proposal: Proposal = self.protection.open(&row.body)?;
        if proposal.state != ProposalState::Waiting {
            return Err(decided(&proposal));
        }
        if proposal.proposed_by.person != actor.person {
            return Err(Error::refused(
                "proposal_of_other",
                "只能撤回您本人提请的事项。",
            ));
        }
        proposal.state = ProposalState::Withdrawn {
            at: self.clock.now(),
        };
        self.end_proposal(tx, actor, proposal, row.version, "withdrawn")
            .await
    }

    /// Proposals, newest first: all of them for the administrators.
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn proposals(
        &self,
        actor: &Actor,
        state: Option<&str>,
        page: &PageRequest,
    ) -> Result<Page<Proposal>> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let found = self.store.read().await?.proposals(state, page).await?;
        let rows = found.rows.iter().map(|row| self.protection.open(&row.body));
        Ok(Page {
            rows: rows.collect::<Result<_>>()?,
            next: found.next,
        })
    }

    /// One proposal, for the administrators and who proposed it.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for everybody else.
    pub async fn proposal(&self, actor: &Actor, id: ProposalId) -> Result<Proposal> {
        let row = self.store.read().await?.proposal(id).await?;
        let row = row.ok_or(Error::NotFound("proposal"))?;
        let proposal: Proposal = self.protection.open(&row.body)?;
        let sees =
            actor.post.role.is_administrative() || proposal.proposed_by.person == actor.person;
        sees.then_some(proposal).ok_or(Error::NotFound("proposal"))
    }

    /// What was proposed about a person, newest first: the history of their posts. For the administrators, and for
    /// the approver whose unit it is about.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn proposals_about(&self, actor: &Actor, person: PersonId) -> Result<Vec<Proposal>> {
        let rows = self
            .store
            .read()
            .await?
            .proposals_about(&person.to_string())
            .await?;
        let mut proposals = Vec::new();
        for row in &rows {
            let proposal: Proposal = self.protection.open(&row.body)?;
            let of_unit = match &proposal.what {
                Proposed::Posts(change) => change
                    .add
                    .iter()
                    .chain(&change.remove)
                    .any(|post| post.unit == actor.post.unit),
                _ => false,
            };
            if actor.post.role.is_administrative()
                || (of_unit && actor.post.role == Role::UnitApprover)
            {
                proposals.push(proposal);
            }
        }
        Ok(proposals)
    }

    /// The history of the policy, newest first (administrators).
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn policy_history(&self, actor: &Actor) -> Result<Vec<Proposal>> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let rows = self.store.read().await?.proposals_about(POLICY).await?;
        rows.iter()
            .map(|row| self.protection.open(&row.body))
            .collect()
    }

    async fn waiting(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        id: ProposalId,
    ) -> Result<(Proposal, i64)> {
        let row = tx.proposal(id).await?.ok_or(Error::NotFound("proposal"))?;
        let proposal: Proposal = self.protection.open(&row.body)?;
        let about = About {
            person: proposal.what.about(),
            proposed_by: Some(proposal.proposed_by.person),
            administrator: false,
        };
        check_administration(proposal.what.acts().1, actor, about)?;
        if proposal.state != ProposalState::Waiting {
            return Err(decided(&proposal));
        }
        Ok((proposal, row.version))
    }

    async fn end_proposal(
        &self,
        mut tx: Box<dyn Tx>,
        actor: &Actor,
        proposal: Proposal,
        version: i64,
        how: &str,
    ) -> Result<()> {
        let fact = self.fact_of(actor, format!("{}.{how}", proposal.what.kind()), &proposal)?;
        tx.proposal_update(&self.row_of(&proposal, version)?)
            .await?;
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        self.tell_proposer(tx.as_mut(), actor, &proposal).await?;
        Ok(tx.commit().await?)
    }

    /// Tells who proposed something what became of it, unless they ended it themselves.
    async fn tell_proposer(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        proposal: &Proposal,
    ) -> Result<()> {
        let proposer = [Audience::Person(proposal.proposed_by.person)];
        let opinion = match &proposal.state {
            ProposalState::Refused { reason, .. } => reason.as_str(),
            _ => "",
        };
        let message = told("proposal_decided", proposal, actor, opinion);
        self.tell(tx, &proposer, Some(actor.person), &message).await
    }

    async fn check_change(
        &self,
        tx: &mut dyn Tx,
        record: &AccountRecord,
        change: &PostChange,
    ) -> Result<Vec<Post>> {
        let unfit = |sentence: String| Err(Error::refused("post_unfit", sentence));
        if change.add.is_empty() && change.remove.is_empty() && !change.leaving {
            return Err(Error::refused("posts_unchanged", "没有选择要变更的岗位。"));
        }
        for post in &change.add {
            if record.posts.contains(post) {
                return unfit(format!("{}已有{}岗位。", record.name, post.role.name()));
            }
            let unit = self.unit_in(tx, post.unit).await?;
            let center = self.center_unit().await? == Some(post.unit);
            let at_center = post.role.is_center() || post.role.is_administrative();
            if at_center && !center {
                return unfit(format!(
                    "「{}」是中心的岗位，不能设在{}。",
                    post.role.name(),
                    unit.full_name
                ));
            }
        }
        if change
            .remove
            .iter()
            .any(|post| !record.posts.contains(post))
        {
            return unfit(format!("{}已没有要撤销的岗位，请刷新页面。", record.name));
        }
        let mut posts = record.posts.clone();
        posts.retain(|post| !change.remove.contains(post));
        posts.extend(&change.add);
        check_posts(&posts)?;
        keeps_an_administrator(tx, record, &change.remove).await?;
        for post in change.remove.iter().filter(|post| post.role == Role::Agent) {
            let open = self.open_cases_of(tx, *post, record.id).await?;
            if open.is_empty() {
                continue;
            }
            let Some(successor) = &change.successor else {
                return Err(Error::refused(
                    "successor_missing",
                    format!(
                        "{}还有 {} 个未办结的办件，请指定接手的经办人。",
                        record.name,
                        open.len()
                    ),
                ));
            };
            let holders = tx.accounts_with_post(Role::Agent, post.unit).await?;
            if successor.person == record.id
                || !holders.iter().any(|holder| holder.id == successor.person)
            {
                return Err(Error::refused(
                    "successor_unfit",
                    format!("接手人{}不是该单位的经办人，请另选一人。", successor.name),
                ));
            }
        }
        Ok(posts)
    }

    /// Answers the account's name if it got its first password, and how many cases went to the successor.
    async fn change_posts(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        change: &PostChange,
        hash: String,
        facts: &mut Vec<Fact>,
    ) -> Result<(Option<String>, usize)> {
        let id = change.person.person;
        let now = self.clock.now();
        let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        let posts = self.check_change(tx, &record, change).await?;
        let mut handed_on = 0;
        if let Some(successor) = &change.successor {
            for post in change.remove.iter().filter(|post| post.role == Role::Agent) {
                let to = Actor::new(successor.person, successor.name.clone(), *post);
                for case in self.open_cases_of(tx, *post, id).await? {
                    self.hand_case_on(tx, case, &to, actor).await?;
                    handed_on += 1;
                }
            }
        }
        record.posts = posts;
        let first = record.password_hash == crate::account::NO_PASSWORD && !change.leaving;
        if first {
            self.give_initial_password(&mut record, hash)?;
        }
        if change.leaving {
            record.disabled = true;
        }
        for row in [
            tx.deputies_for(id, now).await?,
            tx.deputies_by(id, now).await?,
        ]
        .concat()
        {
            let mut deputyship: casework::Deputyship = self.protection.open(&row.body)?;
            let gone = change.leaving
                || (row.principal == id && !record.posts.contains(&deputyship.post))
                || (row.deputy == id && record.posts.iter().all(|post| post.unit != row.unit));
            if gone && deputyship.ended.is_none() {
                deputyship.end_with_post(now, "岗位变更");
                self.keep_deputyship(tx, &deputyship).await?;
                facts.push(
                    Fact::by(actor, "deputy.ended", deputyship.id.to_string())
                        .with("person", deputyship.deputy.person.to_string()),
                );
            }
        }
        tx.account_update(&record).await?;
        if !change.remove.is_empty() || change.leaving {
            tx.sessions_delete_of(id).await?;
        }
        if !change.leaving && !first {
            let text = "您的岗位已变更，可在「个人与岗位」查看和切换。";
            self.notify(tx, &[id], text, "/desk/profile").await?;
        }
        Ok((first.then_some(record.login), handed_on))
    }

    async fn open_cases_of(
        &self,
        tx: &mut dyn Tx,
        post: Post,
        person: PersonId,
    ) -> Result<Vec<casework::CaseId>> {
        let mut open = Vec::new();
        for state in [
            CaseState::Draft,
            CaseState::Handling,
            CaseState::Correction,
            CaseState::Collection,
        ] {
            let filter = CaseFilter {
                scope: CaseScope::Unit(post.unit),
                turn: None,
                not_turn: None,
                state: Some(state),
                business: None,
                text: None,
            };
            let mut page = PageRequest {
                after: None,
                limit: 200,
            };
            loop {
                let found = tx.cases(&filter, &page).await?;
                let own = found.rows.iter().filter(|row| row.filed_by == person);
                open.extend(own.map(|row| row.id));
                match found.next {
                    Some(next) => page.after = Some(next),
                    None => break,
                }
            }
        }
        Ok(open)
    }

    fn fact_of(&self, actor: &Actor, kind: String, proposal: &Proposal) -> Result<Fact> {
        let body =
            serde_json::to_vec(&proposal.what).map_err(|e| Error::internal("serialising", e))?;
        let mut fact = Fact::by(actor, kind, proposal.what.subject())
            .with("proposal", proposal.id.to_string())
            .with("content", hex::encode(gm::sm3(&body)));
        match &proposal.what {
            Proposed::Posts(change) => {
                let codes = |posts: &[Post]| {
                    let codes: Vec<_> = posts
                        .iter()
                        .map(|post| format!("{}@{}", post.role.code(), post.unit))
                        .collect();
                    codes.join(" ")
                };
                if !change.add.is_empty() {
                    fact = fact.with("posts_added", codes(&change.add));
                }
                if !change.remove.is_empty() {
                    fact = fact.with("posts_removed", codes(&change.remove));
                }
            }
            Proposed::Policy(policy) => {
                let changed: Vec<_> = policy.changes().iter().map(|c| c.label).collect();
                fact = fact.with("settings", changed.join("、"));
            }
            Proposed::Text(text) => fact = fact.with("settings", text.title()),
        }
        Ok(fact)
    }

    fn row_of(&self, proposal: &Proposal, version: i64) -> Result<ProposalRow> {
        Ok(ProposalRow {
            id: proposal.id,
            kind: proposal.what.kind().to_owned(),
            subject: proposal.what.subject(),
            state: proposal.state.code().to_owned(),
            proposed_at: proposal.proposed_at,
            version,
            body: self.protection.seal(proposal)?,
        })
    }
}

/// The last holder of an administrator's post keeps it: without one, nobody could be appointed any more.
pub(crate) async fn keeps_an_administrator(
    tx: &mut dyn Tx,
    record: &AccountRecord,
    leaving: &[Post],
) -> Result<()> {
    for post in leaving.iter().filter(|post| post.role.is_administrative()) {
        if !record.disabled && tx.role_count(post.role).await? <= 1 {
            return Err(Error::refused(
                "last_administrator",
                format!(
                    "{}是平台唯一的{}，请先任命另一人。",
                    record.name,
                    post.role.name()
                ),
            ));
        }
    }
    Ok(())
}

/// What is told of a proposal; it leads to its page.
fn told(template: &'static str, proposal: &Proposal, by: &Actor, opinion: &str) -> Message {
    Message {
        template,
        values: Values::default()
            .with("申请人", &by.name)
            .with("事项", proposal.what.title())
            .with("状态", proposal.state.name())
            .with("意见", opinion),
        case: None,
        link: format!("/desk/admin/proposals/{}", proposal.id),
    }
}

fn decided(proposal: &Proposal) -> Error {
    Error::refused(
        "proposal_decided",
        format!("该事项{}，无需重复办理。", proposal.state.name()),
    )
}
