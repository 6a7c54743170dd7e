//! Documents between their upload and the request to stamp them: while their owner looks for the place of the seal. The
//! platform keeps the file; the owner's session remembers which one it was.

use casework::{FileDigest, SealId};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;
use uuid::Uuid;

use crate::problem::Problem;

const KEY: &str = "uploads";
/// A session remembers so many; the oldest make room.
const MOST: usize = 20;

/// A document waiting for its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) seal: SealId,
    pub(crate) name: String,
    pub(crate) purpose: String,
    pub(crate) close_document: bool,
    pub(crate) document: FileDigest,
}

/// Remembers a document.
pub(crate) async fn keep(session: &Session, waiting: Waiting) -> Result<(), Problem> {
    let mut all = all(session).await?;
    all.push(waiting);
    let surplus = all.len().saturating_sub(MOST);
    all.drain(..surplus);
    Ok(session.insert(KEY, all).await?)
}

/// The document of this session, if it waits.
pub(crate) async fn find(session: &Session, id: Uuid) -> Result<Option<Waiting>, Problem> {
    Ok(all(session).await?.into_iter().find(|kept| kept.id == id))
}

/// Forgets a document whose request was made.
pub(crate) async fn forget(session: &Session, id: Uuid) -> Result<(), Problem> {
    let mut all = all(session).await?;
    all.retain(|kept| kept.id != id);
    Ok(session.insert(KEY, all).await?)
}

async fn all(session: &Session) -> Result<Vec<Waiting>, Problem> {
    Ok(session.get(KEY).await?.unwrap_or_default())
}
