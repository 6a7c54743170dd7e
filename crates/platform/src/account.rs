//! People, their accounts and posts.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use casework::{Actor, Email, Mobile, PersonId, Post, ResidentId, Role, Unit};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    notice::NoticeChannels,
    ports::store::{AccountRecord, StoreError},
};

/// Wrong passwords in a row before the account rests.
const MOST_FAILURES: u32 = 5;
/// How long it rests.
const REST: SignedDuration = SignedDuration::from_mins(15);
const SHORTEST_PASSWORD: usize = 10;

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
}

/// A post and its unit.
#[derive(Debug, Clone)]
pub struct PostView {
    /// The post.
    pub post: Post,
    /// The unit where it is held.
    pub unit: Unit,
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
}

impl Account {
    /// The person acting in one of their posts, by its place in the list.
    pub fn actor(&self, post: usize) -> Option<Actor> {
        let view = self.posts.get(post)?;
        Some(Actor::new(self.id, self.name.clone(), view.post))
    }
}

impl Platform {
    /// The mobile number on file for an account.
    pub(crate) fn mobile_of(&self, record: &AccountRecord) -> Result<Option<Mobile>> {
        Ok(self.protection.open::<Personal>(&record.body)?.mobile)
    }

    /// Checks name and password. Five wrong passwords in a row make the account rest for 15 minutes.
    ///
    /// # Errors
    /// Refusals `sign_in_wrong` (says not which of the two) and `sign_in_resting`.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Account> {
        let login = login.trim().to_lowercase();
        let found = self.store.read().await?.account_by_login(&login).await?;
        let now = self.clock.now();
        if let Some(until) = found.as_ref().and_then(|account| account.locked_until)
            && until > now
        {
            let minutes = (until - now).get_seconds().div_euclid(60) + 1;
            return Err(Error::refused(
                "sign_in_resting",
                format!("密码连续输错次数过多，请在 {minutes} 分钟后再试。"),
            ));
        }
        // An unknown name takes as long as a wrong password.
        let hash = found
            .as_ref()
            .map_or_else(|| DECOY.to_owned(), |a| a.password_hash.clone());
        let right = verify_password(hash, password.to_owned()).await?;
        let Some(mut account) = found else {
            return Err(wrong());
        };
        let sound = right && !account.disabled;
        let changed = if sound {
            let changed = account.failures > 0;
            account.failures = 0;
            account.locked_until = None;
            changed
        } else {
            account.failures += 1;
            if account.failures >= MOST_FAILURES {
                account.failures = 0;
                account.locked_until = Some(now + REST);
            }
            true
        };
        let mut tx = self.store.begin().await?;
        if changed {
            tx.account_update(&account).await?;
        }
        let kind = if sound {
            "account.signed_in"
        } else {
            "account.sign_in_failed"
        };
        let fact = Fact::by_platform(kind, account.id.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        tx.commit().await?;
        if sound {
            self.account_view(account).await
        } else {
            Err(wrong())
        }
    }

    /// An account with its posts.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn account(&self, id: PersonId) -> Result<Account> {
        let record = self.store.read().await?.account(id).await?;
        self.account_view(record.ok_or(Error::NotFound("account"))?)
            .await
    }

    /// All accounts, for the system administrator.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody else.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<Account>> {
        let allowed = [
            Role::SystemAdministrator,
            Role::SecurityAdministrator,
            Role::Auditor,
        ];
        if !allowed.contains(&actor.post.role) {
            return Err(Error::Forbidden);
        }
        let records = self.store.read().await?.accounts(500).await?;
        let mut accounts = Vec::with_capacity(records.len());
        for record in records {
            accounts.push(self.account_view(record).await?);
        }
        Ok(accounts)
    }

    /// Makes an account (system administrator).
    ///
    /// # Errors
    /// [`Error::Forbidden`]; refusals of `casework::check_posts`, `login_taken`, `login_unfit`, `password_too_short`.
    pub async fn create_account(&self, actor: &Actor, new: NewAccount) -> Result<PersonId> {
        if actor.post.role != Role::SystemAdministrator {
            return Err(Error::Forbidden);
        }
        let (id, fact) = self.insert_account(new).await?;
        let mut tx = self.store.begin().await?;
        let fact = Fact::by(actor, fact, id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes one's own password.
    ///
    /// # Errors
    /// Refusals `sign_in_wrong` for a wrong old one, `password_too_short`.
    pub async fn change_password(&self, id: PersonId, old: &str, new: &str) -> Result<()> {
        let record = self.store.read().await?.account(id).await?;
        let mut record = record.ok_or(Error::NotFound("account"))?;
        if !verify_password(record.password_hash.clone(), old.to_owned()).await? {
            return Err(Error::refused(
                "password_old_wrong",
                "原密码不正确，请重新输入。",
            ));
        }
        record.password_hash = hash_password(new.to_owned()).await?;
        let mut tx = self.store.begin().await?;
        tx.account_update(&record).await?;
        tx.sessions_delete_of(id).await?;
        let fact = Fact::by_platform("account.password_changed", id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Makes an account without asking who wants it: for `create_account` and for the demo data.
    pub(crate) async fn insert_account(&self, new: NewAccount) -> Result<(PersonId, &'static str)> {
        casework::check_posts(&new.posts)?;
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
            password_hash: hash_password(new.password).await?,
            posts: new.posts,
            disabled: false,
            body: self.protection.seal(&personal)?,
            failures: 0,
            locked_until: None,
            created_at: self.clock.now(),
            resident_digest: new
                .resident_id
                .map(|id| self.protection.digest(&id.to_string())),
        };
        let mut tx = self.store.begin().await?;
        match tx.account_insert(&record).await {
            Err(StoreError::Duplicate(_)) => {
                return Err(Error::refused("login_taken", "该账号已被使用，请换一个。"));
            }
            other => other?,
        }
        tx.commit().await?;
        Ok((id, "account.created"))
    }

    async fn account_view(&self, record: AccountRecord) -> Result<Account> {
        let personal: Personal = self.protection.open(&record.body)?;
        let mut posts = Vec::with_capacity(record.posts.len());
        for post in record.posts {
            posts.push(PostView {
                post,
                unit: self.unit(post.unit).await?,
            });
        }
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
        })
    }
}

/// Hash of no password, with the same cost as a real one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IHRleHQ$\
                     7Vxd2Dx7tJ4yQH3kK1vTz8m0b1P6Oe9uYw2sXf3aQhc";

fn wrong() -> Error {
    Error::refused("sign_in_wrong", "账号或密码不正确，请核对后重新输入。")
}

async fn hash_password(password: String) -> Result<String> {
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(Error::refused(
            "password_too_short",
            "密码至少 10 位，请设置更长的密码。",
        ));
    }
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &gm::random_bytes::<16>())
            .map(|hash| hash.to_string())
            .map_err(|e| Error::internal("hashing a password", e.to_string()))
    })
    .await
    .map_err(|e| Error::internal("hashing a password", e))?
}

async fn verify_password(hash: String, password: String) -> Result<bool> {
    tokio::task::spawn_blocking(move || {
        let Ok(hash) = PasswordHash::new(&hash) else {
            return false;
        };
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
    .await
    .map_err(|e| Error::internal("checking a password", e))
}
