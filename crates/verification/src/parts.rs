//! A document's files by name: what each is for, and which page it belongs to. Worked out once per document.

use std::collections::HashMap;

use ofd::document::{Document, Ofd, PartKind};

/// A document's files.
pub(crate) struct Parts<'o, 'a> {
    pub(crate) ofd: &'o Ofd<'a>,
    pages: HashMap<&'o str, usize>,
}

impl<'o, 'a> Parts<'o, 'a> {
    pub(crate) fn new(ofd: &'o Ofd<'a>) -> Parts<'o, 'a> {
        let mut pages = HashMap::new();
        let mut before = 0;
        for document in ofd
            .bodies()
            .iter()
            .filter_map(|body| body.document.as_ref())
        {
            add_pages(document, before, &mut pages);
            before += document.pages.len();
        }
        Parts { ofd, pages }
    }

    /// The page (from 1) whose content or annotation an entry is.
    pub(crate) fn page(&self, entry: &str) -> Option<usize> {
        self.pages.get(entry).copied()
    }

    /// What an entry is for.
    pub(crate) fn part(&self, entry: &str) -> Option<PartKind> {
        self.ofd.reach().parts.get(entry).copied()
    }

    /// An entry in a sentence: its page where it is one, else what it is for.
    pub(crate) fn words(&self, entry: &str) -> String {
        match (self.part(entry), self.page(entry)) {
            (Some(PartKind::Page), Some(page)) => format!("第 {page} 页内容"),
            (Some(PartKind::Annotation), Some(page)) => format!("第 {page} 页的注释"),
            (Some(part), _) => format!("{}（{entry}）", part.label()),
            (None, _) => format!("文件“{entry}”"),
        }
    }
}

fn add_pages<'o>(document: &'o Document, before: usize, pages: &mut HashMap<&'o str, usize>) {
    let mut numbers = HashMap::new();
    for (index, page) in document.pages.iter().enumerate() {
        let number = before + index + 1;
        numbers.entry(page.id.as_str()).or_insert(number);
        if let Some(entry) = &page.entry {
            pages.entry(entry).or_insert(number);
        }
    }
    for (page, entry) in &document.annotations {
        if let Some(number) = numbers.get(page.as_str()) {
            pages.entry(entry).or_insert(*number);
        }
    }
}
