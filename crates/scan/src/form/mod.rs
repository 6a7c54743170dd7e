//! Checks on a returned form: the straightened sheet beside the page as it was printed. They advise, a person decides.

mod cluster;
mod fields;
mod finding;
mod marks;
mod names;
mod patch;
mod register;
mod tone;
mod twice;
mod whole;

#[cfg(test)]
mod tests;

pub use finding::{FormFault, FormFinding, Weight};
pub use names::place_name;
pub use twice::same_page;

use serde::{Deserialize, Serialize};

use crate::{Place, Print, Sheet};
use tone::Tones;

/// What has to be on a page that comes back. Names are those of the print's places.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// The page of the paper, from 1.
    pub page: u32,
    /// Places that need a stamp.
    pub stamps: Vec<String>,
    /// Places that need a signature.
    pub signatures: Vec<String>,
    /// The frame that needs one imprint.
    pub imprint: Option<ExpectedImprint>,
    /// Whether the fields are compared with the print.
    pub fields: bool,
    /// The scan has no colours: red cannot be told from black.
    pub grey: bool,
}

/// The imprint that a frame has to hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpectedImprint {
    /// The frame's place.
    pub place: String,
    /// In red; else (a signature) in black or blue.
    pub red: bool,
    /// Declared width in mm.
    pub width_mm: f32,
    /// Declared height in mm.
    pub height_mm: f32,
}

impl Expectation {
    /// What an application form needs: the unit's stamp, both signatures, one imprint, fields as printed.
    #[must_use]
    pub fn application_form(mut imprint: ExpectedImprint) -> Self {
        "imprint-frame".clone_into(&mut imprint.place);
        Self {
            page: 1,
            stamps: vec!["unit-stamp".to_owned()],
            signatures: vec![
                "approver-signature".to_owned(),
                "agent-signature".to_owned(),
            ],
            imprint: Some(imprint),
            fields: true,
            grey: false,
        }
    }

    /// What a page of a letter needs: the stamp, where this page has a place for it, and the text as printed.
    #[must_use]
    pub fn stamped(page: u32) -> Self {
        Self {
            page,
            stamps: vec!["unit-stamp".to_owned()],
            signatures: Vec::new(),
            imprint: None,
            fields: true,
            grey: false,
        }
    }

    /// The same for a scan without colours, or with them.
    #[must_use]
    pub fn on_grey(self, grey: bool) -> Self {
        Self { grey, ..self }
    }
}

/// Looks at a sheet beside its print. Places that the print does not have are not looked for. A page that is not this
/// page at all has only that finding.
#[must_use]
pub fn examine(sheet: &Sheet, print: &Print, expectation: &Expectation) -> Vec<FormFinding> {
    let (Some(seen), Some(printed)) = (
        Tones::of_scan(&sheet.picture, sheet.px_per_mm),
        Tones::of_print(&print.picture, print.px_per_mm),
    ) else {
        return Vec::new();
    };
    let places: Vec<&Place> = print
        .places
        .iter()
        .filter(|place| place.page == expectation.page)
        .collect();
    let alignment = register::align(&seen, &printed);
    if let Some(finding) = whole::other_page(&seen, &printed, &alignment) {
        return vec![finding];
    }
    let mut findings = marks::marks(&seen, &printed, &alignment, &places, expectation);
    if expectation.fields {
        findings.extend(fields::fields(&seen, &printed, &alignment, &places));
    }
    findings
}
