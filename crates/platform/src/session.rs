//! Browser sessions, kept under a digest of their token: who sees them, and when they end.

use casework::{About, Actor, AdminAct, PersonId, check_administration};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::SessionRecord,
    sign_in::{Visit, shortened},
};

/// How exact the last use of a session is kept.
const GRAIN: SignedDuration = SignedDuration::from_secs(60);

/// A session to look at.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Its name for ending it; it opens nothing.
    pub key: String,
    /// Whose.
    pub person: PersonId,
    /// Their name and sign-in name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Since when.
    pub since: Timestamp,
    /// Last used.
    pub seen: Timestamp,
    /// From where, with what.
    pub visit: Visit,
}

impl Platform {
    /// Keeps a session: `token` is the secret of the cookie, `data` the session's content as JSON.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_save(
        &self,
        token: &str,
        person: Option<PersonId>,
        data: String,
        expires_at: Timestamp,
    ) -> Result<()> {
        let now = self.clock.now();
        let session = SessionRecord {
            key: key_of(token),
            person,
            data,
            expires_at,
            created_at: now,
            seen_at: now,
            address: None,
            device: None,
        };
        let mut tx = self.store.begin().await?;
        tx.session_save(&session).await?;
        Ok(tx.commit().await?)
    }

    /// A session's content and end, unless it has ended: by its own time, unused for too long, or open for too long.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_load(&self, token: &str) -> Result<Option<(String, Timestamp)>> {
        let now = self.clock.now();
        let session = self
            .store
            .read()
            .await?
            .session(&key_of(token), now)
            .await?;
        Ok(session
            .filter(|session| session.person.is_none() || self.lives(session, now))
            .map(|session| (session.data, session.expires_at)))
    }

    fn lives(&self, session: &SessionRecord, now: Timestamp) -> bool {
        let policy = self.policy();
        let idle = SignedDuration::from_mins(i64::from(policy.session_idle_minutes));
        let longest = SignedDuration::from_hours(i64::from(policy.session_hours));
        now < session.seen_at + idle && now < session.created_at + longest
    }

    /// Notes that somebody was there, from where and with what; at most once a minute, so that reading a page does not
    /// write. Answers whether it was noted.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_seen(&self, token: &str, visit: &Visit) -> Result<bool> {
        let key = key_of(token);
        let now = self.clock.now();
        let known = self.store.read().await?.session(&key, now).await?;
        let visit = Visit {
            address: visit.address.as_deref().map(shortened),
            device: visit.device.as_deref().map(shortened),
        };
        let fresh = known.is_none_or(|known| {
            now < known.seen_at + GRAIN
                && known.address == visit.address
                && known.device == visit.device
        });
        if fresh {
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        tx.session_seen(&key, now, visit.address.as_deref(), visit.device.as_deref())
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A person's own sessions, last used first; the one of `token` comes with `true`.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn own_sessions(
        &self,
        person: PersonId,
        token: &str,
    ) -> Result<Vec<(SessionView, bool)>> {
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let record = tx
            .account(person)
            .await?
            .ok_or(Error::NotFound("account"))?;
        let key = key_of(token);
        let sessions = tx.sessions_of(person, now).await?;
        Ok(sessions
            .into_iter()
            .filter(|session| self.lives(session, now))
            .map(|session| {
                let here = session.key == key;
                (view(session, person, &record.name, &record.login), here)
            })
            .collect())
    }

    /// Ends one of one's own sessions, or all but the one of `token`.
    ///
    /// # Errors
    /// [`Error::NotFound`] for somebody else's.
    pub async fn end_own_sessions(
        &self,
        person: PersonId,
        token: &str,
        key: Option<&str>,
    ) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        match key {
            Some(key) => {
                let own = tx.sessions_of(person, now).await?;
                if own.iter().all(|session| session.key != key) {
                    return Err(Error::NotFound("session"));
                }
                tx.session_delete(key).await?;
            }
            None => tx.sessions_delete_others(person, &key_of(token)).await?,
        }
        let record = tx
            .account(person)
            .await?
            .ok_or(Error::NotFound("account"))?;
        let fact = Fact::by_account(&record, "session.ended");
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Everybody's sessions, last used first, at most 500 (security administrator).
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<SessionView>> {
        check_administration(AdminAct::SeeSessions, actor, About::default())?;
        let now = self.clock.now();
        let mut tx = self.store.read().await?;
        let mut views = Vec::new();
        for session in tx.sessions_live(now, 500).await? {
            let Some(person) = session.person.filter(|_| self.lives(&session, now)) else {
                continue;
            };
            if let Some(record) = tx.account(person).await? {
                views.push(view(session, person, &record.name, &record.login));
            }
        }
        Ok(views)
    }

    /// Ends somebody's session (security administrator).
    ///
    /// # Errors
    /// `wrong_role`, `administers_oneself`; [`Error::NotFound`].
    pub async fn end_session(&self, actor: &Actor, key: &str) -> Result<()> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let session = tx.session(key, now).await?;
        let person = session
            .and_then(|session| session.person)
            .ok_or(Error::NotFound("session"))?;
        let about = About {
            person: Some(person),
            ..About::default()
        };
        check_administration(AdminAct::EndSession, actor, about)?;
        tx.session_delete(key).await?;
        let fact = Fact::by(actor, "session.ended", person.to_string());
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn session_end(&self, token: &str) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.session_delete(&key_of(token)).await?;
        Ok(tx.commit().await?)
    }

    /// Removes ended sessions.
    ///
    /// # Errors
    /// [`crate::Error::Internal`].
    pub async fn sessions_expire(&self) -> Result<()> {
        let mut tx = self.store.begin().await?;
        tx.sessions_expire(self.clock.now()).await?;
        Ok(tx.commit().await?)
    }
}

fn view(session: SessionRecord, person: PersonId, name: &str, login: &str) -> SessionView {
    SessionView {
        key: session.key,
        person,
        name: name.to_owned(),
        login: login.to_owned(),
        since: session.created_at,
        seen: session.seen_at,
        visit: Visit {
            address: session.address,
            device: session.device,
        },
    }
}

fn key_of(token: &str) -> String {
    hex::encode(gm::sm3(token.as_bytes()))
}
