//! What a signature protects, what has changed since, and what its pictures lie over.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;

use super::{Rect, ReferenceCheck, ReferenceOutcome, SignatureFile, Signatures};
use crate::document::{Ofd, PageSize, PartKind};
use crate::package::Entry;

/// More pictures than this in one file are not compared with each other.
const MAX_OVERLAYS: usize = 2000;

/// What one signature protects of the document as it is now.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Coverage {
    /// Entries that its references name.
    pub protected: BTreeSet<String>,
    /// Parts of the document, signing apart, that it does not name. Those for which
    /// [`PartKind::changes_pages`] holds can change what is seen without the signature noticing.
    pub unprotected: Vec<Uncovered>,
    /// Other signatures' files that it does not name: usual for those made later.
    pub other_signing: Vec<Uncovered>,
    /// Entries that belong to no part of the document and that it does not name either.
    pub unreferenced: Vec<String>,
    /// Whether it protects `Signatures.xml`, so that no further stamp is allowed.
    pub closed: bool,
}

/// A part without protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uncovered {
    /// The entry.
    pub entry: String,
    /// What it is for.
    pub part: PartKind,
}

/// Works out what `signature` protects.
pub fn coverage(ofd: &Ofd<'_>, signature: &SignatureFile) -> Coverage {
    let references = signature
        .info
        .as_ref()
        .map_or(&[][..], |info| &info.references);
    let protected: BTreeSet<String> = references
        .iter()
        .filter_map(|reference| reference.entry.clone())
        .collect();
    let is_list = |entry: &String| {
        *entry == signature.list
            || ofd
                .bodies()
                .iter()
                .any(|body| body.signatures.contains(entry))
    };
    let mut coverage = Coverage {
        closed: protected.iter().any(is_list),
        ..Coverage::default()
    };
    // The signature itself is what protects these.
    let value = signature
        .info
        .as_ref()
        .and_then(|info| info.signed_value_entry.as_ref());
    let own = |entry: &str| entry == signature.entry || value.is_some_and(|value| value == entry);
    let reach = ofd.reach();
    for (entry, part) in &reach.parts {
        if protected.contains(entry) || own(entry) {
            continue;
        }
        let uncovered = Uncovered {
            entry: entry.clone(),
            part: *part,
        };
        if part.is_signing() {
            coverage.other_signing.push(uncovered);
        } else {
            coverage.unprotected.push(uncovered);
        }
    }
    coverage.unreferenced = ofd
        .package()
        .files()
        .map(Entry::name)
        .filter(|name| !reach.parts.contains_key(*name) && !protected.contains(*name) && !own(name))
        .map(ToOwned::to_owned)
        .collect();
    coverage.protected = protected;
    coverage
}

/// What became of the protected files since a signature was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing changed.
    Unchanged,
    /// Only `Signatures.xml` changed, and it names signatures after this one: a later stamp was put
    /// on a document that this signature had closed.
    LaterStampOnly {
        /// Indexes of the later signatures in [`Signatures::files`].
        later: Vec<usize>,
    },
    /// These entries (or locations, where the file is gone) changed.
    Content(Vec<String>),
    /// The digests prove nothing: weak or unknown method, or no references.
    Unproved,
}

/// Tells what changed, from the checks of the references of `signatures.files[index]`.
pub fn change(signatures: &Signatures, index: usize, checks: &[ReferenceCheck]) -> Change {
    let name = |check: &ReferenceCheck| check.entry.clone().unwrap_or(check.file_ref.clone());
    let changed: Vec<String> = checks
        .iter()
        .filter(|c| {
            !matches!(
                c.outcome,
                ReferenceOutcome::Ok | ReferenceOutcome::NotComputed
            )
        })
        .map(name)
        .collect();
    if changed.is_empty() {
        let proved = !checks.is_empty() && checks.iter().all(|c| c.outcome == ReferenceOutcome::Ok);
        return if proved {
            Change::Unchanged
        } else {
            Change::Unproved
        };
    }
    let list = &signatures.files[index].list;
    let covered: HashSet<&str> = checks.iter().filter_map(|c| c.entry.as_deref()).collect();
    let later: Vec<usize> = (index + 1..signatures.files.len())
        .filter(|other| {
            let other = &signatures.files[*other];
            other.list == *list && !covered.contains(other.entry.as_str())
        })
        .collect();
    if !list.is_empty() && changed.iter().all(|entry| entry == list) && !later.is_empty() {
        return Change::LaterStampOnly { later };
    }
    Change::Content(changed)
}

/// How much of a page one stamp's picture lies over.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlay {
    /// Index of the signature in [`Signatures::files`].
    pub signature: usize,
    /// The page, from 0 over all documents.
    pub page_index: usize,
    /// What of the picture lies on the page, in mm.
    pub shown: Rect,
    /// Its share of the page's area, 0 to 1. An ordinary round seal has about 0.03 of an A4 page.
    pub page_share: f64,
    /// Signatures made before whose pictures it covers: index and the share that is covered.
    pub covers: Vec<(usize, f64)>,
}

/// Lists where the pictures of all stamps lie, and which lie over others.
pub fn overlays(ofd: &Ofd<'_>, signatures: &Signatures) -> Vec<Overlay> {
    let mut overlays: Vec<Overlay> = Vec::new();
    let mut sizes: HashMap<usize, PageSize> = HashMap::new();
    for (index, signature) in signatures.files.iter().enumerate() {
        for stamp in signature.info.iter().flat_map(|info| &info.stamps) {
            let (Some(page_index), Some(visible)) = (stamp.page_index, stamp.visible()) else {
                continue;
            };
            if overlays.len() >= MAX_OVERLAYS {
                return overlays;
            }
            let PageSize {
                width_mm,
                height_mm,
            } = *sizes
                .entry(page_index)
                .or_insert_with(|| ofd.page_size(page_index).unwrap_or(PageSize::A4));
            let page = Rect {
                x: 0.0,
                y: 0.0,
                width: width_mm,
                height: height_mm,
            };
            let Some(shown) = visible.intersection(page) else {
                continue;
            };
            let covers = overlays
                .iter()
                .filter(|other| other.page_index == page_index && other.signature != index)
                .filter_map(|other| {
                    let share = shown.intersection(other.shown)?.area() / other.shown.area();
                    Some((other.signature, share))
                })
                .collect();
            let page_share = shown.area() / page.area();
            overlays.push(Overlay {
                signature: index,
                page_index,
                shown,
                page_share,
                covers,
            });
        }
    }
    overlays
}
