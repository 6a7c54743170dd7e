//! What proves a field: the crop of the returned page on which it stands, and the whole page with the place marked.

use axum::extract::{Path, State};
use axum::response::Response;
use casework::revision_diff::Changes;
use casework::{Application, Case, CaseId, ChecklistItem, Field, MaterialKind, Policy};
use platform::ports::papers::PaperKind;
use platform::{ScanPage, ScanPicture, ScanState};
use scan::Area;
use uuid::Uuid;

use super::{Answer, material, words};
use crate::app::App;
use crate::beijing;
use crate::session::Desk;
use crate::views::parts::{Fact, Facts};
use crate::views::{Crop, Exhibit, PageView};

/// With more forms than this, a form's fields are answered together.
const FEW_FORMS: usize = 5;
/// Shown around a field, in mm.
const AROUND_MM: f32 = 2.0;

/// A field of the form as it is answered, with where it stands on the paper.
struct Proof {
    field: Field,
    /// As the field is called beside its value.
    label: &'static str,
    places: &'static [&'static str],
}

const PROOFS: &[Proof] = &[
    Proof::of(Field::Kind, "印章类型", &["field:kind"]),
    Proof::of(Field::ExistingSeal, "已有印章", &["field:seal.code"]),
    Proof::of(Field::UnitName, "单位名称", &["field:unit.name"]),
    Proof::of(
        Field::CreditCode,
        "统一社会信用代码",
        &["field:unit.credit_code"],
    ),
    Proof::of(
        Field::County,
        "所属地区",
        &["field:unit.city", "field:unit.county"],
    ),
    Proof::of(
        Field::PersonName,
        "使用者",
        &["field:person.name", "field:person.id"],
    ),
    Proof::of(
        Field::AgentName,
        "经办人",
        &["field:agent.name", "field:agent.mobile", "field:agent.id"],
    ),
    Proof::of(Field::SealName, "印章名称", &["field:seal.name"]),
    Proof::of(Field::Function, "功能类型", &["field:function"]),
    Proof::of(Field::Certificate, "数字证书类型", &["field:certificate"]),
    Proof::of(Field::Medium, "介质", &["field:medium"]),
    Proof::of(Field::Special, "特殊情况", &["field:special"]),
];

impl Proof {
    const fn of(field: Field, label: &'static str, places: &'static [&'static str]) -> Self {
        Self {
            field,
            label,
            places,
        }
    }
}

/// A field that is answered on its own.
pub(super) struct Asked {
    /// Its code; part of the answer's name.
    pub(super) code: &'static str,
    /// Its name and what was filled in.
    pub(super) fact: Fact,
    /// The places where it stands.
    pub(super) places: &'static [&'static str],
    /// It is as it was when this stage last found it in order.
    pub(super) stands: bool,
    /// What the agent is told when it is not so.
    pub(super) correction: String,
}

/// The returned pages of a case that count: the newest of each, confirmed before waiting.
pub(super) struct Returned {
    case: CaseId,
    pages: Vec<ScanPage>,
}

impl Returned {
    /// Asks the platform for them.
    pub(super) async fn of(app: &App, desk: &Desk, case: &Case) -> Result<Self, platform::Error> {
        let mut found = app.platform.scans_of_case(&desk.actor, case.id).await?;
        found.retain(|page| {
            matches!(page.state, ScanState::Confirmed | ScanState::Filed)
                && page.found.sheet.is_some()
                && page.found.place.is_some()
        });
        // Confirmed ones first; among equals the order stays: the newest first.
        found.sort_by_key(|page| page.state != ScanState::Confirmed);
        let mut pages: Vec<ScanPage> = Vec::new();
        for page in found {
            let known = pages.iter().any(|other| key(other) == key(&page));
            if !known && shows_now(case, &page) {
                pages.push(page);
            }
        }
        pages.sort_by_key(|page| {
            let place = page.found.place.as_ref();
            place.map(|place| (place.paper, place.application, place.page))
        });
        Ok(Self {
            case: case.id,
            pages,
        })
    }

    /// The page that shows a material of an application, and the place on it.
    fn page(
        &self,
        kind: PaperKind,
        application: Option<casework::ApplicationId>,
    ) -> Option<&ScanPage> {
        self.pages.iter().find(|page| {
            page.found.place.as_ref().is_some_and(|place| {
                place.paper == kind
                    && (place.application == application || place.application.is_none())
            })
        })
    }

    /// The pages that prove a question.
    fn pages_of<'a>(&'a self, item: &'a ChecklistItem) -> impl Iterator<Item = &'a ScanPage> {
        self.pages.iter().filter(|page| {
            page.found.place.as_ref().is_some_and(|place| {
                paper(item.material) == Some(place.paper)
                    && (item.application.is_none() || place.application == item.application)
            })
        })
    }

    /// The crops that prove a question as a whole.
    pub(super) fn crops(&self, item: &ChecklistItem) -> Vec<Crop> {
        let places: &[&str] = match item.code {
            "form_signed" => &["approver-signature", "agent-signature", "unit-stamp"],
            "form_same_unit" => &["field:unit.name", "unit-stamp"],
            "form_imprint" | "imprint_real" => &["imprint-frame"],
            "imprint_size" => &["field:seal.width", "field:seal.height", "imprint-frame"],
            "form_existing_seal" => &["field:seal.code", "field:seal.name"],
            "letter_stamped" => &["unit-stamp"],
            "letter_red_head" => &["field:unit.name"],
            "letter_reasons" => &["field:letter.paragraph.1"],
            "letter_facts" => &["field:letter.paragraph.2"],
            _ => &[],
        };
        self.pages_of(item)
            .flat_map(|page| places.iter().filter_map(|place| self.crop(page, place)))
            .collect()
    }

    /// The crops that prove a field of a form.
    pub(super) fn field_crops(&self, item: &ChecklistItem, places: &[&str]) -> Vec<Crop> {
        self.page(PaperKind::ApplicationForm, item.application)
            .map(|page| {
                places
                    .iter()
                    .filter_map(|place| self.crop(page, place))
                    .collect()
            })
            .unwrap_or_default()
    }

    /// What the check noticed about a question as a whole.
    pub(super) fn findings(&self, item: &ChecklistItem) -> Vec<String> {
        let about: &[&str] = match item.code {
            "form_signed" => &[
                "form_signature_missing",
                "form_stamp_missing",
                "form_stamp_not_red",
            ],
            "form_unaltered" => &[
                "form_field_altered",
                "form_field_struck_out",
                "form_field_covered",
                "form_old_print",
                "form_not_compared",
            ],
            "form_imprint" => &[
                "form_imprint_missing",
                "form_imprint_over_frame",
                "form_imprint_several",
            ],
            "letter_stamped" => &["form_stamp_missing", "form_stamp_not_red"],
            _ => &[],
        };
        self.pages_of(item)
            .flat_map(|page| &page.found.findings)
            .filter(|finding| about.contains(&finding.code.as_str()))
            .map(|finding| finding.message.clone())
            .collect()
    }

    /// What it noticed in a field.
    pub(super) fn field_findings(&self, item: &ChecklistItem, places: &[&str]) -> Vec<String> {
        self.pages_of(item)
            .flat_map(|page| &page.found.findings)
            .filter(|finding| {
                let place = finding.place.as_deref();
                place.is_some_and(|place| places.contains(&place))
            })
            .map(|finding| finding.message.clone())
            .collect()
    }

    /// The page of a question, as an exhibit.
    pub(super) fn exhibit(&self, item: &ChecklistItem) -> Option<String> {
        self.pages_of(item).next().map(exhibit_id)
    }

    /// The pages as things to look at.
    pub(super) fn exhibits(&self) -> Vec<Exhibit> {
        self.pages
            .iter()
            .filter_map(|page| {
                let place = page.found.place.as_ref()?;
                let sheet = page.found.sheet.as_ref()?;
                let state = if page.state == ScanState::Confirmed {
                    "回传扫描件"
                } else {
                    "回传扫描件（待确认）"
                };
                let pages = if place.pages > 1 {
                    format!(" · 第 {} 页", place.page)
                } else {
                    String::new()
                };
                Some(Exhibit {
                    id: exhibit_id(page),
                    name: place.name.clone(),
                    href: self.href(page),
                    is_picture: true,
                    detail: format!(
                        "{state}{pages} · {} · {}",
                        page.found.file_name,
                        beijing::minute(page.updated_at)
                    ),
                    page: Some(PageView {
                        width_mm: sheet.width_mm,
                        height_mm: sheet.height_mm,
                        marks: page
                            .found
                            .places
                            .iter()
                            .map(|place| (mark_id(page, &place.name), place.area))
                            .collect(),
                    }),
                })
            })
            .collect()
    }

    fn crop(&self, page: &ScanPage, name: &str) -> Option<Crop> {
        let sheet = page.found.sheet.as_ref()?;
        let place = page.found.places.iter().find(|place| place.name == name)?;
        let around = place.area.grown(AROUND_MM);
        let (x, y) = (around.x.max(0.0), around.y.max(0.0));
        let area = Area {
            x,
            y,
            width: (around.x + around.width).min(sheet.width_mm) - x,
            height: (around.y + around.height).min(sheet.height_mm) - y,
        };
        (area.width > 0.0 && area.height > 0.0).then(|| Crop {
            name: scan::form::place_name(name).to_owned(),
            src: self.href(page),
            sheet_width_mm: sheet.width_mm,
            sheet_height_mm: sheet.height_mm,
            area,
            mark: mark_id(page, name),
        })
    }

    fn href(&self, page: &ScanPage) -> String {
        format!("/desk/cases/{}/returned/{}", self.case, page.id)
    }
}

/// `GET /desk/cases/{case}/returned/{page}`: the straightened page.
pub(super) async fn picture(
    State(app): State<App>,
    desk: Desk,
    Path((_, page)): Path<(CaseId, Uuid)>,
) -> Answer {
    let file = app
        .platform
        .scan_picture(&desk.actor, page, ScanPicture::Sheet)
        .await?;
    let mut response: Response = material::send(file.media_type, None, file.bytes);
    // The same picture for ever, cropped many times on one page.
    response.headers_mut().insert(
        axum::http::header::CACHE_CONTROL,
        axum::http::HeaderValue::from_static("private, max-age=3600"),
    );
    Ok(response)
}

/// The fields of a form that are answered one by one: where its returned page is there to prove them.
pub(super) fn asked(
    case: &Case,
    policy: &Policy,
    item: &ChecklistItem,
    returned: &Returned,
    changes: Option<&Changes>,
) -> Vec<Asked> {
    if item.code != "form_complete" || case.live_applications().count() > FEW_FORMS {
        return Vec::new();
    }
    let Some(application) = item.application.and_then(|id| case.application(id)) else {
        return Vec::new();
    };
    let Some(form) = &application.form else {
        return Vec::new();
    };
    let proven = returned
        .page(PaperKind::ApplicationForm, item.application)
        .is_some_and(|page| !page.found.places.is_empty());
    if !proven {
        return Vec::new();
    }
    let before = changes.and_then(|changes| seen_form(case, policy, application, changes.since));
    words::form_facts(form, policy, true)
        .facts
        .into_iter()
        .filter_map(|fact| {
            let proof = PROOFS.iter().find(|proof| proof.label == fact.label)?;
            let stands = before
                .as_ref()
                .is_some_and(|before| before.facts.contains(&fact));
            Some(Asked {
                code: proof.field.code(),
                places: proof.places,
                stands,
                correction: format!(
                    "申请表“{}”一栏与填报内容不一致，请核对更正后重新打印、签字、盖章",
                    proof.label
                ),
                fact,
            })
        })
        .collect()
}

/// A form as this stage last saw it and found nothing wrong with it.
fn seen_form(case: &Case, policy: &Policy, application: &Application, seen: u32) -> Option<Facts> {
    let revision = case
        .revisions
        .iter()
        .find(|revision| revision.number == seen)?;
    let (_, form) = revision
        .forms
        .iter()
        .find(|(id, _)| *id == application.id)?;
    Some(words::form_facts(form, policy, true))
}

/// Whether a page shows what the case says now.
fn shows_now(case: &Case, page: &ScanPage) -> bool {
    let Some(place) = &page.found.place else {
        return false;
    };
    match place.application {
        Some(id) => case
            .application(id)
            .is_some_and(|application| application.form_revision == place.revision),
        None => true,
    }
}

fn key(page: &ScanPage) -> Option<(PaperKind, Option<casework::ApplicationId>, u32)> {
    let place = page.found.place.as_ref()?;
    Some((place.paper, place.application, place.page))
}

fn exhibit_id(page: &ScanPage) -> String {
    format!("s-{}", page.id)
}

fn mark_id(page: &ScanPage, place: &str) -> String {
    let place: String = place
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("s-{}-{place}", page.id)
}

/// The paper that a material is printed as.
fn paper(material: MaterialKind) -> Option<PaperKind> {
    match material {
        MaterialKind::ApplicationFormScan | MaterialKind::Imprint => {
            Some(PaperKind::ApplicationForm)
        }
        MaterialKind::RedHeaderLetter => Some(PaperKind::RedHeaderLetter),
        MaterialKind::SummarySheet => Some(PaperKind::SummarySheet),
        _ => None,
    }
}
