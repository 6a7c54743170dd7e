//! Signing in, passwords and locks.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use casework::{About, Actor, AdminAct, PersonId, check_administration, check_password};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Account, Platform,
    account::{NO_PASSWORD, Personal},
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{AccountRecord, Page, PageRequest, SignInRecord, Tx},
};

/// Failed sign-ins from one address in [`THROTTLE_TIME`] before it has to wait, whatever the account.
const MOST_FROM_ADDRESS: u32 = 100;
const THROTTLE_TIME: SignedDuration = SignedDuration::from_mins(15);
/// How long attempts are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Longest account name, address and device that are kept.
const MOST_KEPT: usize = 200;

/// From where and with what somebody comes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visit {
    /// Network address.
    pub address: Option<String>,
    /// Browser.
    pub device: Option<String>,
}

/// When and from where somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInMark {
    /// When.
    pub at: Timestamp,
    /// From where.
    pub address: Option<String>,
}

impl Platform {
    /// Checks name and password, for somebody whose whereabouts do not matter (tests, the console).
    ///
    /// # Errors
    /// As [`Platform::sign_in_from`].
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Account> {
        self.sign_in_from(login, password, &Visit::default()).await
    }

    /// Checks name and password. Wrong passwords in a row lock the account for a while.
    ///
    /// # Errors
    /// Refusals `sign_in_wrong` (says not which of the two), `sign_in_resting`, `sign_in_throttled`,
    /// `initial_password_expired`.
    pub async fn sign_in_from(
        &self,
        login: &str,
        password: &str,
        visit: &Visit,
    ) -> Result<Account> {
        let login = login.trim().to_lowercase();
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        if let Some(address) = &visit.address {
            let since = now - THROTTLE_TIME;
            if tx.sign_ins_failed_from(address, since).await? >= MOST_FROM_ADDRESS {
                return Err(Error::refused(
                    "sign_in_throttled",
                    "您所在的网络登录失败次数过多，请 15 分钟后再试，或联系平台安全管理员。",
                ));
            }
        }
        let found = tx.account_by_login(&login).await?;
        drop(tx);
        // An unknown name takes as long as a wrong password.
        let hash = match &found {
            Some(account) if account.password_hash != NO_PASSWORD => account.password_hash.clone(),
            _ => DECOY.to_owned(),
        };
        let right = verify_password(hash, password.to_owned()).await?;
        let mut tx = self.store.begin().await?;
        let known = match &found {
            Some(account) => tx.account(account.id).await?,
            None => None,
        };
        let (record, answer) = match known {
            Some(record) => self.judge(tx.as_mut(), record, right, visit).await?,
            None => (None, Err(wrong())),
        };
        tx.sign_in_insert(&SignInRecord {
            id: Uuid::now_v7(),
            at: now,
            person: record.as_ref().map(|record| record.id),
            login: shortened(&login),
            outcome: match &answer {
                Ok(()) => "signed_in".to_owned(),
                Err(Error::Refused(refusal)) => refusal.code.to_owned(),
                Err(_) => "failed".to_owned(),
            },
            address: visit.address.as_deref().map(shortened),
            device: visit.device.as_deref().map(shortened),
        })
        .await?;
        let account = match (answer, record) {
            (Ok(()), Some(record)) => Ok(self.account_view(tx.as_mut(), record).await?),
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(wrong()),
        };
        tx.commit().await?;
        account
    }

    /// What becomes of a sign-in to an existing account; writes it down.
    async fn judge(
        &self,
        tx: &mut dyn Tx,
        mut record: AccountRecord,
        right: bool,
        visit: &Visit,
    ) -> Result<(Option<AccountRecord>, Result<()>)> {
        let now = self.clock.now();
        let policy = self.policy();
        if let Some(until) = record.locked_until.filter(|until| *until > now) {
            let minutes = (until - now).get_seconds().div_euclid(60) + 1;
            let refusal = Error::refused(
                "sign_in_resting",
                format!(
                    "密码连续输错次数过多，账号已锁定，请在 {minutes} 分钟后再试，或联系安全管理员解除锁定。"
                ),
            );
            return Ok((Some(record), Err(refusal)));
        }
        let mut personal: Personal = self.protection.open(&record.body)?;
        let mut facts = Vec::new();
        let expired = personal.initial_until.is_some_and(|until| now >= until);
        let answer = if right && !record.disabled && !expired {
            record.failures = 0;
            record.locked_until = None;
            personal.sign_in_before = personal.last_sign_in.take();
            personal.last_sign_in = Some(SignInMark {
                at: now,
                address: visit.address.as_deref().map(shortened),
            });
            record.body = self.protection.seal(&personal)?;
            facts.push(Fact::by_account(&record, "account.signed_in"));
            Ok(())
        } else {
            facts.push(Fact::by_account(&record, "account.sign_in_failed"));
            if right && expired && !record.disabled {
                Err(Error::refused(
                    "initial_password_expired",
                    "初始密码已过有效期，请联系安全管理员重新发放。",
                ))
            } else {
                if !right {
                    record.failures += 1;
                }
                if record.failures >= u32::from(policy.sign_in_failures) {
                    record.failures = 0;
                    let rest = SignedDuration::from_mins(i64::from(policy.lock_minutes));
                    record.locked_until = Some(now + rest);
                    facts.push(Fact::by_account(&record, "account.locked"));
                }
                Err(wrong())
            }
        };
        tx.account_update(&record).await?;
        journal::record(tx, now, facts).await?;
        Ok((Some(record), answer))
    }

    /// Changes one's own password; all sessions of the account end.
    ///
    /// # Errors
    /// Refusals `password_old_wrong`, `password_same`, and what is wrong with the new one.
    pub async fn change_password(&self, id: PersonId, old: &str, new: &str) -> Result<()> {
        let record = self.store.read().await?.account(id).await?;
        let record = record.ok_or(Error::NotFound("account"))?;
        if !verify_password(record.password_hash.clone(), old.to_owned()).await? {
            return Err(Error::refused(
                "password_old_wrong",
                "原密码不正确，请重新输入。",
            ));
        }
        if old == new {
            return Err(Error::refused(
                "password_same",
                "新密码不能与原密码相同，请另设一个。",
            ));
        }
        let personal: Personal = self.protection.open(&record.body)?;
        let mobile = personal.mobile.map(|mobile| mobile.to_string());
        let mut known = vec![record.login.as_str(), record.name.as_str()];
        known.extend(mobile.as_deref());
        check_password(new, &known, &self.policy())?;
        let hash = hash_password(new.to_owned()).await?;
        let mut tx = self.store.begin().await?;
        let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        let mut personal: Personal = self.protection.open(&record.body)?;
        personal.initial_until = None;
        record.password_hash = hash;
        record.body = self.protection.seal(&personal)?;
        tx.account_update(&record).await?;
        tx.sessions_delete_of(id).await?;
        let fact = Fact::by_account(&record, "account.password_changed");
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Gives somebody a new initial password, and answers it: the one time it can be seen (security administrator).
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`, `administrator_reset_on_console`, `account_waiting`.
    pub async fn reset_password(&self, actor: &Actor, id: PersonId) -> Result<String> {
        let password = initial_password();
        let hash = hash_password(password.clone()).await?;
        let mut tx = self.store.begin().await?;
        let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        check_administration(AdminAct::ResetPassword, actor, about(&record))?;
        if record.password_hash == NO_PASSWORD {
            return Err(Error::refused(
                "account_waiting",
                "该账号的岗位尚未审核，审核通过时会发放初始密码。",
            ));
        }
        self.give_initial_password(&mut record, hash)?;
        tx.account_update(&record).await?;
        tx.sessions_delete_of(id).await?;
        let fact = Fact::by(actor, "account.password_reset", id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok(password)
    }

    pub(crate) fn give_initial_password(
        &self,
        record: &mut AccountRecord,
        hash: String,
    ) -> Result<()> {
        let days = i64::from(self.policy().initial_password_days);
        let mut personal: Personal = self.protection.open(&record.body)?;
        personal.initial_until = Some(self.clock.now() + SignedDuration::from_hours(days * 24));
        record.body = self.protection.seal(&personal)?;
        record.password_hash = hash;
        record.failures = 0;
        record.locked_until = None;
        Ok(())
    }

    /// Ends the lock after wrong passwords (security administrator).
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`, `account_not_locked`.
    pub async fn unlock_account(&self, actor: &Actor, id: PersonId) -> Result<()> {
        let now = self.clock.now();
        self.guard(
            actor,
            id,
            AdminAct::UnlockAccount,
            "account.unlocked",
            |record| {
                if record.locked_until.is_none_or(|until| until <= now) {
                    return Err(Error::refused("account_not_locked", "该账号没有锁定。"));
                }
                record.locked_until = None;
                record.failures = 0;
                Ok(())
            },
        )
        .await
    }

    /// Bars an account at once, or lets it in again (security administrator). Its sessions end.
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`, `last_administrator`, `account_unchanged`.
    pub async fn bar_account(&self, actor: &Actor, id: PersonId, bar: bool) -> Result<()> {
        if bar {
            let mut tx = self.store.read().await?;
            let record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
            crate::proposal::keeps_an_administrator(tx.as_mut(), &record, &record.posts).await?;
        }
        let kind = if bar {
            "account.barred"
        } else {
            "account.readmitted"
        };
        self.guard(actor, id, AdminAct::BarAccount, kind, |record| {
            if record.disabled == bar {
                return Err(Error::refused(
                    "account_unchanged",
                    "该账号已是这个状态，无需重复办理。",
                ));
            }
            record.disabled = bar;
            Ok(())
        })
        .await
    }

    async fn guard(
        &self,
        actor: &Actor,
        id: PersonId,
        act: AdminAct,
        kind: &'static str,
        change: impl FnOnce(&mut AccountRecord) -> Result<()> + Send,
    ) -> Result<()> {
        let mut tx = self.store.begin().await?;
        let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
        check_administration(act, actor, about(&record))?;
        change(&mut record)?;
        tx.account_update(&record).await?;
        if record.disabled {
            tx.sessions_delete_of(id).await?;
        }
        let fact = Fact::by(actor, kind, id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Failed sign-ins, newest first (security administrator).
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn failed_sign_ins(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<SignInRecord>> {
        check_administration(AdminAct::SeeSessions, actor, About::default())?;
        Ok(self.store.read().await?.sign_ins_failed(page).await?)
    }

    /// One's own attempts to sign in, newest first.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn own_sign_ins(&self, person: PersonId) -> Result<Vec<SignInRecord>> {
        Ok(self.store.read().await?.sign_ins_of(person, 20).await?)
    }

    /// Removes attempts that were kept long enough.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn sign_ins_forget(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.sign_ins_forget(self.clock.now() - KEPT).await?;
        Ok(tx.commit().await?)
    }
}

pub(crate) fn about(record: &AccountRecord) -> About {
    About {
        person: Some(record.id),
        proposed_by: None,
        administrator: record
            .posts
            .iter()
            .any(|post| post.role.is_administrative()),
    }
}

/// A password to begin with: easy to read out, hard to guess (some 67 bits), as the rules ask.
pub fn initial_password() -> String {
    const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    const LOWER: &[u8] = b"abcdefghijkmnpqrstuvwxyz";
    const DIGIT: &[u8] = b"23456789";
    let random = gm::random_bytes::<15>();
    let mut password = String::new();
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 5 == 0 {
            password.push('-');
        }
        let of = match at % 5 {
            0 | 3 => UPPER,
            4 => DIGIT,
            _ => LOWER,
        };
        password.push(char::from(of[usize::from(*byte) % of.len()]));
    }
    password
}

/// Hash of no password, with the same cost as a real one.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IHRleHQ$\
                     7Vxd2Dx7tJ4yQH3kK1vTz8m0b1P6Oe9uYw2sXf3aQhc";

fn wrong() -> Error {
    Error::refused("sign_in_wrong", "账号或密码不正确，请核对后重新输入。")
}

pub(crate) fn shortened(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MOST_KEPT)
        .collect()
}

pub(crate) async fn hash_password(password: String) -> Result<String> {
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
