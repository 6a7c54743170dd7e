//! Who is there: the session store over the platform, the visitor of a page, the person at a desk.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use casework::{Actor, PersonId, Post};
use jiff::Timestamp;
use platform::{Account, Platform, PostView, Visit};
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionStore};

use crate::app::App;
use crate::form::FormToken;
use crate::problem::Problem;
use crate::views::frame::{Frame, Viewer, ViewerPost};
use crate::views::parts::{Notice, Tone};

/// Cookie of elder mode.
pub(crate) const ELDER: &str = "yinxin_elder";
const ACCOUNT: &str = "account";
const POST: &str = "post";
const FLASH: &str = "flash";

/// Keeps sessions in the platform's own store.
#[derive(Clone)]
pub(crate) struct PlatformSessions(Arc<Platform>);

impl PlatformSessions {
    pub(crate) fn new(platform: Arc<Platform>) -> Self {
        Self(platform)
    }
}

impl fmt::Debug for PlatformSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlatformSessions")
    }
}

#[async_trait]
impl SessionStore for PlatformSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while self.load(&record.id).await?.is_some() {
            record.id = Id::default();
        }
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let person = record
            .data
            .get(ACCOUNT)
            .and_then(|id| serde_json::from_value(id.clone()).ok());
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let expires_at = Timestamp::from_second(record.expiry_date.unix_timestamp())
            .map_err(|e| Error::Encode(e.to_string()))?;
        let token = record.id.to_string();
        self.0
            .session_save(&token, person, data, expires_at)
            .await
            .map_err(|e| backend(&e))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let found = self
            .0
            .session_load(&id.to_string())
            .await
            .map_err(|e| backend(&e))?;
        let Some((data, expires_at)) = found else {
            return Ok(None);
        };
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expires_at.as_second())
                .map_err(|e| Error::Decode(e.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0
            .session_end(&id.to_string())
            .await
            .map_err(|e| backend(&e))
    }
}

fn backend(error: &platform::Error) -> Error {
    Error::Backend(error.to_string())
}

/// A message for the next page.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Flash {
    good: bool,
    text: String,
    line: String,
}

/// A post of somebody, told apart from all their others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PostKey {
    post: Post,
    deputy_for: Option<PersonId>,
}

impl PostKey {
    fn of(view: &PostView) -> Self {
        Self {
            post: view.post,
            deputy_for: view.deputy_for.as_ref().map(|principal| principal.person),
        }
    }
}

/// A post as a form names it: its place in the list may have changed when the form comes back.
impl fmt::Display for PostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.post.role.code(), self.post.unit)?;
        match &self.deputy_for {
            Some(principal) => write!(f, ".{principal}"),
            None => Ok(()),
        }
    }
}

/// 「经办人」, or 「经办人（代陈国栋）」.
fn role_of(view: &PostView) -> String {
    match &view.deputy_for {
        Some(principal) => format!("{}（代{}）", view.post.role.name(), principal.name),
        None => view.post.role.name().to_owned(),
    }
}

/// The client's address: the peer's own, or what a proxy on this machine says about it.
pub(crate) fn address(
    peer: Option<ConnectInfo<SocketAddr>>,
    headers: &HeaderMap,
) -> Option<String> {
    let peer = peer.map(|ConnectInfo(address)| address.ip());
    if peer.is_some_and(|peer| peer.is_loopback()) {
        let forwarded = headers
            .get("x-forwarded-for")
            .and_then(|value| value.to_str().ok());
        let last = forwarded
            .and_then(|list| list.rsplit(',').next())
            .map(str::trim);
        if let Some(address) = last.and_then(|address| address.parse::<IpAddr>().ok()) {
            return Some(address.to_string());
        }
    }
    peer.map(|peer| peer.to_string())
}

/// Somebody signed in, in the post they act in.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    pub(crate) post: usize,
}

/// Whoever asks for a page.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) csrf: String,
    pub(crate) elder: bool,
    /// Path and query of this page.
    pub(crate) here: String,
    pub(crate) signed_in: Option<SignedIn>,
    pub(crate) session: Session,
    /// From where and with what they come.
    pub(crate) visit: Visit,
}

impl Visitor {
    /// The frame of a public page.
    pub(crate) fn frame(&self, app: &App, title: &str) -> Frame {
        let mut frame = Frame::public(app.site(), title, &self.here, &self.csrf);
        frame.elder = self.elder;
        frame.viewer = self.signed_in.as_ref().map(|signed_in| Viewer {
            name: signed_in.account.name.clone(),
            post: signed_in.post_name(),
            unread: None,
            posts: signed_in.posts(),
        });
        frame
    }

    /// The role in which the reader is signed in.
    pub(crate) fn role(&self) -> Option<casework::Role> {
        let signed_in = self.signed_in.as_ref()?;
        let view = signed_in.account.posts.get(signed_in.post)?;
        Some(view.post.role)
    }

    /// The secret of the session's cookie; empty before there is one.
    pub(crate) fn token(&self) -> String {
        self.session
            .id()
            .map(|id| id.to_string())
            .unwrap_or_default()
    }

    /// Signs somebody in, under a new session id.
    pub(crate) async fn sign_in(&self, account: &Account) -> std::result::Result<(), Problem> {
        self.session.cycle_id().await?;
        self.session.insert(ACCOUNT, account.id).await?;
        self.session.remove::<PostKey>(POST).await?;
        Ok(())
    }
}

impl SignedIn {
    /// 「单位 · 岗位」.
    pub(crate) fn post_name(&self) -> String {
        self.account.posts.get(self.post).map_or_else(
            || "未任命岗位".to_owned(),
            |view| format!("{} · {}", view.unit.full_name, role_of(view)),
        )
    }

    /// The posts to switch between; none with a single one.
    fn posts(&self) -> Vec<ViewerPost> {
        if self.account.posts.len() < 2 {
            return Vec::new();
        }
        let post = |(index, view): (usize, &PostView)| ViewerPost {
            code: PostKey::of(view).to_string(),
            role: role_of(view),
            unit: view.unit.full_name.clone(),
            current: index == self.post,
        };
        self.account.posts.iter().enumerate().map(post).collect()
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> std::result::Result<Self, Problem> {
        if let Some(visitor) = parts.extensions.get::<Self>() {
            return Ok(visitor.clone());
        }
        let app = App::from_ref(state);
        let session = Session::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::internal())?;
        let csrf = parts
            .extensions
            .get::<FormToken>()
            .map(|token| token.0.clone())
            .unwrap_or_default();
        let elder = CookieJar::from_headers(&parts.headers).get(ELDER).is_some();
        let here = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().copied();
        let visit = Visit {
            address: address(peer, &parts.headers),
            device: parts
                .headers
                .get(header::USER_AGENT)
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
        };
        let signed_in = match session.get::<PersonId>(ACCOUNT).await? {
            Some(id) => match app.platform.account(id).await {
                Ok(account) if !account.disabled && !account.posts.is_empty() => {
                    if let Some(id) = session.id()
                        && app.platform.session_seen(&id.to_string(), &visit).await?
                    {
                        // Kept anew, with its end moved on; not with every page.
                        session.set_expiry(session.expiry());
                    }
                    // A post that ended meanwhile is not silently taken for another of the same number.
                    let chosen = session.get::<PostKey>(POST).await.ok().flatten();
                    let post = account
                        .posts
                        .iter()
                        .position(|view| chosen == Some(PostKey::of(view)))
                        .unwrap_or_default();
                    Some(SignedIn { account, post })
                }
                Ok(_) | Err(platform::Error::NotFound(_)) => None,
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        let visitor = Self {
            csrf,
            elder,
            here,
            signed_in,
            session,
            visit,
        };
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

/// A person at their desk: signed in, acting in one post.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) visitor: Visitor,
    pub(crate) account: Account,
    pub(crate) actor: Actor,
    post: usize,
    unread: u32,
    flash: Option<Flash>,
}

impl Desk {
    /// The frame of a desk page. `here` is the navigation item it belongs to.
    pub(crate) fn frame(&self, app: &App, title: &str, item: &str) -> Frame {
        let mut frame = self.visitor.frame(app, title);
        frame.trail = vec![crate::views::parts::Link::new("工作台", "/desk")];
        frame.side = crate::pages::navigation(self.actor.post.role, item);
        frame.viewer = frame.viewer.map(|viewer| Viewer {
            unread: (self.unread > 0).then(|| {
                if self.unread > 99 {
                    "99+".into()
                } else {
                    self.unread.to_string()
                }
            }),
            ..viewer
        });
        if let Some(flash) = &self.flash {
            let tone = if flash.good { Tone::Good } else { Tone::Bad };
            let notice = Notice::new(tone, &flash.text);
            let notice = if flash.line.is_empty() {
                notice
            } else {
                notice.line(&flash.line)
            };
            frame.notices.push(notice);
        }
        frame
    }

    /// The form token.
    pub(crate) fn csrf(&self) -> &str {
        &self.visitor.csrf
    }

    /// The post's unit.
    pub(crate) fn unit(&self) -> Option<&casework::Unit> {
        self.account.posts.get(self.post).map(|view| &view.unit)
    }

    /// Leaves a message for the next page.
    pub(crate) async fn say(&self, text: &str, line: &str) -> std::result::Result<(), Problem> {
        let flash = Flash {
            good: true,
            text: text.into(),
            line: line.into(),
        };
        Ok(self.visitor.session.insert(FLASH, flash).await?)
    }

    /// From now on they act in another of their posts; answers whether they hold one of this code.
    pub(crate) async fn switch(&self, code: &str) -> std::result::Result<bool, Problem> {
        let mut keys = self.account.posts.iter().map(PostKey::of);
        let Some(key) = keys.find(|key| key.to_string() == code) else {
            return Ok(false);
        };
        self.visitor.session.insert(POST, key).await?;
        Ok(true)
    }
}

impl<S> FromRequestParts<S> for Desk
where
    S: Send + Sync,
    App: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> std::result::Result<Self, Problem> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        let SignedIn { account, post } = visitor.signed_in.clone().ok_or_else(Problem::sign_in)?;
        let actor = account.actor(post).ok_or_else(Problem::sign_in)?;
        if account.must_change && !parts.uri.path().starts_with("/desk/profile") {
            return Err(Problem::password_due());
        }
        let app = App::from_ref(state);
        let unread = app.platform.unread_notices(account.id).await?;
        let shows_page = parts.method == axum::http::Method::GET;
        let mut flash = None;
        if shows_page {
            // To remove even what is not there would write the session with every page.
            flash = visitor.session.get::<Flash>(FLASH).await?;
            if flash.is_some() {
                visitor.session.remove::<Flash>(FLASH).await?;
            }
        }
        Ok(Self {
            visitor,
            account,
            actor,
            post,
            unread,
            flash,
        })
    }
}
