//! The typesetter, with a memory of what it was last given.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use papers::Typesetter;
use platform::ports::papers::{Paper, PaperFile, Papers, PapersError};

/// Sets papers as the platform does, and remembers what stood in the last one.
pub struct Printed {
    typesetter: Typesetter,
    last: Mutex<Option<Paper>>,
}

impl Default for Printed {
    fn default() -> Self {
        Self {
            typesetter: Typesetter::embedded(),
            last: Mutex::default(),
        }
    }
}

impl Printed {
    /// The last paper.
    pub fn last(&self) -> Paper {
        self.memory().clone().expect("no paper was printed")
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Option<Paper>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Papers for Printed {
    async fn render(&self, paper: Paper) -> Result<PaperFile, PapersError> {
        *self.memory() = Some(paper.clone());
        self.typesetter.render(paper).await
    }

    fn undrawable(&self, text: &str) -> Vec<char> {
        self.typesetter.undrawable(text)
    }
}
