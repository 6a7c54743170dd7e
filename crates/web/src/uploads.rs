//! Documents between their upload and the request to stamp them: while their owner looks for the place of the seal.
//!
//! Kept in memory for an hour, bounded in number and size; nothing is decided about them yet, so nothing is lost for
//! good when they go: the owner uploads again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use casework::{PersonId, SealId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// A document waiting for its place.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) owner: PersonId,
    pub(crate) at: Timestamp,
    pub(crate) seal: SealId,
    pub(crate) name: String,
    pub(crate) purpose: String,
    pub(crate) close_document: bool,
    pub(crate) bytes: Vec<u8>,
}

/// Every document that waits, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<VecDeque<Arc<Waiting>>>);

impl Uploads {
    /// Keeps a document; the oldest make room.
    pub(crate) fn keep(&self, waiting: Waiting) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = waiting.at;
        all.retain(|kept| now.duration_since(kept.at) < KEPT_FOR);
        all.push_back(Arc::new(waiting));
        let mut bytes: usize = all.iter().map(|kept| kept.bytes.len()).sum();
        while bytes > MOST_BYTES && all.len() > 1 {
            let Some(oldest) = all.pop_front() else { break };
            bytes -= oldest.bytes.len();
        }
    }

    /// The document, for its owner.
    pub(crate) fn find(&self, id: Uuid, owner: PersonId) -> Option<Arc<Waiting>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|kept| kept.id == id && kept.owner == owner)
            .cloned()
    }

    /// Forgets a document whose request was made.
    pub(crate) fn forget(&self, id: Uuid) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|kept| kept.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(number: u128, owner: u128, at: i64) -> Waiting {
        Waiting {
            id: Uuid::from_u128(number),
            owner: PersonId::from_uuid(Uuid::from_u128(owner)),
            at: Timestamp::from_second(at).expect("in range"),
            seal: SealId::from_uuid(Uuid::nil()),
            name: "通知.ofd".into(),
            purpose: "下发".into(),
            close_document: false,
            bytes: vec![0; 8],
        }
    }

    #[test]
    fn a_document_waits_for_its_owner_alone_and_not_for_ever() {
        let uploads = Uploads::default();
        uploads.keep(waiting(1, 7, 0));
        let id = Uuid::from_u128(1);
        let owner = |number| PersonId::from_uuid(Uuid::from_u128(number));
        assert!(uploads.find(id, owner(7)).is_some());
        assert!(uploads.find(id, owner(8)).is_none());
        uploads.keep(waiting(2, 7, 3601));
        assert!(uploads.find(id, owner(7)).is_none());
    }
}
