//! The last few papers that pages were held against.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::placing::Printed;

/// Papers kept; a form takes some hundred kilobytes.
const MOST: usize = 32;

/// Papers as they are printed, by their mark and the version of their case.
#[derive(Default)]
pub(crate) struct Prints(Mutex<VecDeque<(String, Arc<Printed>)>>);

impl Prints {
    pub(super) fn get(&self, key: &str) -> Option<Arc<Printed>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(known, _)| known == key)
            .map(|(_, printed)| Arc::clone(printed))
    }

    pub(super) fn put(&self, key: String, printed: Arc<Printed>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(MOST - 1);
        kept.push_front((key, printed));
    }
}
