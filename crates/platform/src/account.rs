//! People, their accounts and posts.

use std::collections::BTreeMap;

use casework::{
    About, Actor, AdminAct, Email, Mobile, PersonId, Post, Principal, ResidentId, Unit, UnitId,
    check_administration,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    notice::NoticeChannels,
    ports::store::{AccountFilter, AccountRecord, Page, PageRequest, StoreError, Tx},
    sign_in::{self, SignInMark},
};

/// A person who can sign in.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub id: PersonId,
    /// Name for signing in.
    pub login: String,
    /// Shown name.
    pub name: String,
    /// 手机号.
    pub mobile: Option<Mobile>,
    /// 电子邮箱.
    pub email: Option<Email>,
    /// How the person wants to be told of notices outside the platform.
    pub notify: NoticeChannels,
    /// 身份证号.
    pub resident_id: Option<ResidentId>,
    /// Posts with their units.
    pub posts: Vec<PostView>,
    /// No longer allowed to sign in.
    pub disabled: bool,
    /// The password is an initial one: another has to be set before anything else.
    pub must_change: bool,
    /// No initial password was given out yet: the first posts are still to be released.
    pub waiting: bool,
    /// Locked after wrong passwords, until then.
    pub locked_until: Option<Timestamp>,
    /// The last sign-in before this one.
    pub signed_in_before: Option<SignInMark>,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// A post and its unit.
#[derive(Debug, Clone)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// The unit where it is held.
    pub unit: Unit,
    /// For whom it is held, by a deputy.
    pub deputy_for: Option<Principal>,
    /// Until when, by a deputy.
    pub until: Option<Timestamp>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Name for signing in: lower-case letters, digits, `-`; 3 to 32 characters.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// First password, at least 10 characters.
    pub password: String,
    /// 手机号.
    pub mobile: Option<Mobile>,
    /// 身份证号.
    pub resident_id: Option<ResidentId>,
    /// Posts.
    pub posts: Vec<Post>,
}

/// A person to be entered: the account can be used once somebody else has released its first posts.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Name for signing in: lower-case letters, digits, `-`; 3 to 32 characters.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// 手机号.
    pub mobile: Option<Mobile>,
    /// 身份证号.
    pub resident_id: ResidentId,
    /// First posts.
    pub posts: Vec<Post>,
    /// Why.
    pub reason: String,
}

/// A person's data in their account, protected at rest.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Personal {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mobile: Option<Mobile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Email>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) resident_id: Option<ResidentId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notify: Option<NoticeChannels>,
    /// The end of an initial password; as long as there is one, another has to be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) initial_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_sign_in: Option<SignInMark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sign_in_before: Option<SignInMark>,
}

impl Account {
    /// The person acting in one of their posts, by its place in the list.
    pub fn actor(&self, post: usize) -> Option<Actor> {
        let view = self.posts.get(post)?;
        Some(match &view.deputy_for {
            Some(principal) => Actor::deputy(self.id, &self.name, view.post, principal.clone()),
            None => Actor::new(self.id, self.name.clone(), view.post),
        })
    }

    /// Whether this is one of the three administrators.
    pub fn administers(&self) -> bool {
        self.posts
            .iter()
            .any(|view| view.post.role.is_administrative())
    }
}

impl Platform {
    /// The mobile number on file for an account.
    pub(crate) fn mobile_of(&self, record: &AccountRecord) -> Result<Option<Mobile>> {
        Ok(self.protection.open::<Personal>(&record.body)?.mobile)
    }

    /// An account with its posts, also those in which the person is a deputy now.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn account(&self, id: PersonId) -> Result<Account> {
        let mut tx = self.store.read().await?;
        let record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        let mut account = self.account_view(tx.as_mut(), record).await?;
        let now = self.clock.now();
        for row in tx.deputies_by(id, now).await? {
            let deputyship: casework::Deputyship = self.protection.open(&row.body)?;
            if deputyship.in_force(now) {
                account.posts.push(PostView {
                    post: deputyship.post,
                    unit: self.unit_in(tx.as_mut(), deputyship.post.unit).await?,
                    deputy_for: Some(deputyship.principal),
                    until: Some(deputyship.until),
                });
            }
        }
        Ok(account)
    }

    /// All accounts, at most 500, for the administrators.
    ///
    /// # Errors
    /// Refusal `wrong_role` for anybody else.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<Account>> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let mut tx = self.store.read().await?;
        let records = tx.accounts(500).await?;
        self.account_views(tx.as_mut(), records).await
    }

    /// A page of accounts, by sign-in name, for the administrators.
    ///
    /// # Errors
    /// Refusal `wrong_role` for anybody else.
    pub async fn accounts_page(
        &self,
        actor: &Actor,
        filter: &AccountFilter,
        page: &PageRequest,
    ) -> Result<Page<Account>> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let mut tx = self.store.read().await?;
        let found = tx.accounts_page(filter, page).await?;
        Ok(Page {
            rows: self.account_views(tx.as_mut(), found.rows).await?,
            next: found.next,
        })
    }

    /// The people of the actor's own unit.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn colleagues(&self, actor: &Actor) -> Result<Vec<Account>> {
        let mut tx = self.store.read().await?;
        let filter = AccountFilter {
            unit: Some(actor.post.unit),
            ..AccountFilter::default()
        };
        let page = PageRequest {
            after: None,
            limit: 200,
        };
        let found = tx.accounts_page(&filter, &page).await?;
        self.account_views(tx.as_mut(), found.rows).await
    }

    /// Enters a person and proposes their first posts (system administrator). Nobody can sign in with the account
    /// before the security administrator has released them.
    ///
    /// # Errors
    /// `wrong_role`; `login_taken`, `login_unfit`, `resident_id_taken`; the refusals of `propose_posts`.
    pub async fn create_account(
        &self,
        actor: &Actor,
        new: NewPerson,
    ) -> Result<(PersonId, casework::ProposalId)> {
        check_administration(AdminAct::CreateAccount, actor, About::default())?;
        let name = casework::text::check_person_name("姓名", &new.name)?;
        let account = NewAccount {
            login: new.login,
            name: name.clone(),
            password: String::new(),
            mobile: new.mobile,
            resident_id: Some(new.resident_id),
            posts: Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        let id = self
            .insert_into(tx.as_mut(), account, NO_PASSWORD.to_owned())
            .await?;
        let change = crate::proposal::PostChange {
            person: Principal { person: id, name },
            add: new.posts,
            remove: Vec::new(),
            leaving: false,
            successor: None,
        };
        let proposal = self
            .propose_posts_in(tx.as_mut(), actor, change, &new.reason)
            .await?;
        let fact = Fact::by(actor, "account.created", id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok((id, proposal))
    }

    /// Changes a person's name, e.g. after they changed it (system administrator). What they did keeps the former.
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`, faults of the name.
    pub async fn rename_account(&self, actor: &Actor, id: PersonId, name: &str) -> Result<()> {
        let about = About {
            person: Some(id),
            ..About::default()
        };
        check_administration(AdminAct::EditAccount, actor, about)?;
        let name = casework::text::check_person_name("姓名", name)?;
        let mut tx = self.store.begin().await?;
        let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        record.name = name;
        tx.account_update(&record).await?;
        let fact = Fact::by(actor, "account.renamed", id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Makes an account without asking who wants it: for the demo data.
    pub(crate) async fn insert_account(&self, new: NewAccount) -> Result<(PersonId, &'static str)> {
        casework::check_posts(&new.posts)?;
        let hash = sign_in::hash_password(new.password.clone()).await?;
        let mut tx = self.store.begin().await?;
        let id = self.insert_into(tx.as_mut(), new, hash).await?;
        tx.commit().await?;
        Ok((id, "account.created"))
    }

    pub(crate) async fn insert_into(
        &self,
        tx: &mut dyn Tx,
        new: NewAccount,
        password_hash: String,
    ) -> Result<PersonId> {
        let fits = (3..=32).contains(&new.login.len())
            && new
                .login
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            return Err(Error::refused(
                "login_unfit",
                "账号应为 3 至 32 位小写字母、数字或短横线，请修改。",
            ));
        }
        if tx.account_by_login(&new.login).await?.is_some() {
            return Err(login_taken());
        }
        let resident_digest = new
            .resident_id
            .map(|id| self.protection.digest(&id.to_string()));
        if let Some(digest) = &resident_digest
            && tx.account_by_resident(digest).await?.is_some()
        {
            return Err(Error::refused(
                "resident_id_taken",
                "该身份证号已有账号。一人只有一个账号，可在原账号上增加岗位。",
            ));
        }
        let id = PersonId::from_uuid(Uuid::now_v7());
        let personal = Personal {
            mobile: new.mobile,
            resident_id: new.resident_id,
            ..Personal::default()
        };
        let record = AccountRecord {
            id,
            login: new.login,
            name: new.name,
            password_hash,
            posts: new.posts,
            disabled: false,
            body: self.protection.seal(&personal)?,
            failures: 0,
            locked_until: None,
            created_at: self.clock.now(),
            resident_digest,
        };
        match tx.account_insert(&record).await {
            Err(StoreError::Duplicate(_)) => Err(login_taken()),
            other => Ok(other.map(|()| id)?),
        }
    }

    async fn account_views(
        &self,
        tx: &mut dyn Tx,
        records: Vec<AccountRecord>,
    ) -> Result<Vec<Account>> {
        let mut ids: Vec<UnitId> = records
            .iter()
            .flat_map(|record| record.posts.iter().map(|post| post.unit))
            .collect();
        ids.sort();
        ids.dedup();
        let mut units = BTreeMap::new();
        for row in tx.units_by_id(&ids).await? {
            units.insert(row.id, self.protection.open(&row.body)?);
        }
        records
            .into_iter()
            .map(|record| self.view_of(record, &units))
            .collect()
    }

    pub(crate) async fn account_view(
        &self,
        tx: &mut dyn Tx,
        record: AccountRecord,
    ) -> Result<Account> {
        let mut views = self.account_views(tx, vec![record]).await?;
        views.pop().ok_or(Error::NotFound("account"))
    }

    /// An account as it is shown; `units` has those of its posts.
    fn view_of(&self, record: AccountRecord, units: &BTreeMap<UnitId, Unit>) -> Result<Account> {
        let personal: Personal = self.protection.open(&record.body)?;
        let posts = record
            .posts
            .into_iter()
            .map(|post| {
                let unit = units.get(&post.unit).ok_or(Error::NotFound("unit"))?;
                Ok(PostView {
                    post,
                    unit: unit.clone(),
                    deputy_for: None,
                    until: None,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Account {
            id: record.id,
            login: record.login,
            name: record.name,
            mobile: personal.mobile,
            email: personal.email,
            notify: personal.notify.unwrap_or_default(),
            resident_id: personal.resident_id,
            posts,
            disabled: record.disabled,
            must_change: personal.initial_until.is_some(),
            waiting: record.password_hash == NO_PASSWORD,
            locked_until: record
                .locked_until
                .filter(|until| *until > self.clock.now()),
            signed_in_before: personal.sign_in_before,
            created_at: record.created_at,
        })
    }
}

/// Stands where no password was set yet: no password has this hash.
pub(crate) const NO_PASSWORD: &str = "!";

fn login_taken() -> Error {
    Error::refused("login_taken", "该账号已被使用，请换一个。")
}
