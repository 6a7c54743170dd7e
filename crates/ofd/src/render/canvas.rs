//! Where a picture grows: elements, definitions, notes, and the bounds of all three.

use roxmltree::Node;

use super::RenderLimits;
use super::note::{Lack, MAX_NOTES, RenderNote};
use crate::xml;

/// A picture being drawn.
pub(super) struct Canvas<'l> {
    pub(super) limits: &'l RenderLimits,
    /// The entry whose objects are being drawn, for notes.
    pub(super) entry: String,
    body: String,
    definitions: String,
    notes: Vec<RenderNote>,
    prefix: String,
    ids: usize,
    objects: usize,
    spent: usize,
    full: bool,
}

impl<'l> Canvas<'l> {
    /// `prefix` keeps the ids of several pictures in one page apart.
    pub(super) fn new(prefix: &str, limits: &'l RenderLimits) -> Self {
        Self {
            limits,
            entry: String::new(),
            body: String::new(),
            definitions: String::new(),
            notes: Vec::new(),
            prefix: prefix.to_owned(),
            ids: 0,
            objects: 0,
            spent: 0,
            full: false,
        }
    }

    /// A new id, unique in this picture.
    pub(super) fn new_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("{}{kind}{}", self.prefix, self.ids)
    }

    /// The prefix for pictures within this one.
    pub(super) fn inner_prefix(&mut self) -> String {
        self.new_id("n") + "-"
    }

    /// Counts an object; `false` when there have been too many.
    pub(super) fn admit(&mut self, node: Node<'_, '_>) -> bool {
        self.objects += 1;
        if self.objects > self.limits.objects {
            self.fill_up(Some(node));
        }
        !self.full
    }

    /// Counts bytes of parts that are about to be read; `false` when there have been too many. The
    /// same part may be named again and again.
    pub(super) fn spend(&mut self, bytes: u64) -> bool {
        self.spent = self
            .spent
            .saturating_add(usize::try_from(bytes).unwrap_or(usize::MAX));
        if self.spent > self.limits.reading {
            self.fill_up(None);
        }
        !self.full
    }

    /// Adds finished elements.
    pub(super) fn draw(&mut self, elements: &str) {
        if self.full {
            return;
        }
        if self.size() + elements.len() > self.limits.output {
            self.fill_up(None);
            return;
        }
        self.body.push_str(elements);
    }

    /// Opens a group; every group is closed even when the picture is full.
    pub(super) fn open(&mut self, attributes: &str) {
        self.body.push_str("<g");
        self.body.push_str(attributes);
        self.body.push('>');
    }

    /// Closes a group.
    pub(super) fn close(&mut self) {
        self.body.push_str("</g>");
    }

    /// Adds a definition; `false` when it does not fit any more.
    pub(super) fn define(&mut self, definition: &str) -> bool {
        if self.full || self.size() + definition.len() > self.limits.output {
            self.fill_up(None);
            return false;
        }
        self.definitions.push_str(definition);
        true
    }

    /// Notes what an object lacks.
    pub(super) fn note(&mut self, lack: Lack, node: Node<'_, '_>) {
        let object = node
            .ancestors()
            .find_map(|n| xml::attribute(n, "ID"))
            .unwrap_or_default();
        self.note_at(lack, &object.chars().take(40).collect::<String>());
    }

    /// Notes what is lacking, with an object's id.
    pub(super) fn note_at(&mut self, lack: Lack, object: &str) {
        let note = RenderNote {
            code: lack.code(),
            message: lack.sentence().to_owned(),
            entry: self.entry.clone(),
            object: object.to_owned(),
        };
        // The same for the same object once is enough; the list has an end.
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Takes over the notes of a picture within this one.
    pub(super) fn adopt(&mut self, notes: Vec<RenderNote>) {
        let free = MAX_NOTES.saturating_sub(self.notes.len());
        self.notes.extend(notes.into_iter().take(free));
    }

    /// Body with definitions in front, and the notes.
    pub(super) fn finish(self) -> (String, Vec<RenderNote>) {
        if self.definitions.is_empty() {
            return (self.body, self.notes);
        }
        (
            format!("<defs>{}</defs>{}", self.definitions, self.body),
            self.notes,
        )
    }

    fn size(&self) -> usize {
        self.body.len() + self.definitions.len()
    }

    fn fill_up(&mut self, node: Option<Node<'_, '_>>) {
        if !self.full {
            self.full = true;
            match node {
                Some(node) => self.note(Lack::TooMuch, node),
                None => self.note_at(Lack::TooMuch, ""),
            }
        }
    }
}
