//! Where a page belongs: what its code says, held against the register.

use std::sync::Arc;

use casework::{Actor, Case, CaseId, MaterialKind, Stage};
use scan::Place;

use super::{ScanPlace, ScanState, ScanSuggestion};
use crate::{
    Platform,
    case::{CaseTab, visible},
    error::{Error, Result},
    papers::{PaperWish, offers_of, revision_of},
    ports::{
        papers::{PaperKind, PaperMark},
        store::PageRequest,
    },
};

/// Papers that a page without a readable code is compared with.
const MOST_CANDIDATES: usize = 12;
/// Cases that they are looked for in.
const MOST_CASES: u32 = 12;

/// A paper as it is printed.
pub(super) struct Printed {
    pub(super) pdf: Arc<Vec<u8>>,
    pub(super) places: Vec<Place>,
    pub(super) pages: u32,
}

/// Where a page belongs, or why it is filed nowhere.
pub(super) enum Placed {
    /// Here.
    Here(Box<ScanPlace>, Arc<Printed>),
    /// In no place: the state, what to say, and where it would have been.
    Nowhere(ScanState, &'static str, String, Option<Box<ScanPlace>>),
}

/// The material that a paper becomes when it comes back; none for papers that need not.
pub(crate) fn material_of(paper: PaperKind) -> Option<MaterialKind> {
    match paper {
        PaperKind::ApplicationForm => Some(MaterialKind::ApplicationFormScan),
        PaperKind::RedHeaderLetter => Some(MaterialKind::RedHeaderLetter),
        PaperKind::SummarySheet => Some(MaterialKind::SummarySheet),
        PaperKind::IntroductionLetter | PaperKind::IntroductionSlip => {
            Some(MaterialKind::IntroductionLetter)
        }
        PaperKind::IdCopySheet => Some(MaterialKind::CollectorIdCopy),
        _ => None,
    }
}

impl Platform {
    /// What the text of a code says, held against the register as this person may see it.
    pub(super) async fn place(&self, actor: &Actor, code: &str) -> Result<Placed> {
        let Ok(mark) = code.parse::<PaperMark>() else {
            return Ok(Placed::Nowhere(
                ScanState::ForeignCode,
                "scan_foreign_code",
                "这一页的二维码不是本平台打印的文书的二维码，可能是其他系统的表格；请使用本平台打印的文书。"
                    .to_owned(),
                None,
            ));
        };
        let strange = || {
            Placed::Nowhere(
                ScanState::OtherCase,
                "scan_other_case",
                "这一页不是您可以办理的办件的文书，没有归入任何办件；请核对是否拿错了纸，或由办理该办件的人上传。"
                    .to_owned(),
                None,
            )
        };
        let mut tx = self.store.read().await?;
        let Some(record) = tx.case_by_number(&mark.case.to_string()).await? else {
            return Ok(strange());
        };
        let case: Case = self.protection.open(&record.body)?;
        drop(tx);
        if visible(actor, &case).is_err() {
            return Ok(strange());
        }
        self.place_in(actor, &case, mark).await
    }

    /// The same for a case that this person may see.
    pub(super) async fn place_in(
        &self,
        actor: &Actor,
        case: &Case,
        mark: PaperMark,
    ) -> Result<Placed> {
        let number = case.number;
        let name = mark.kind.name();
        let nowhere =
            |state, code, message: String, place| Ok(Placed::Nowhere(state, code, message, place));
        if material_of(mark.kind).is_none() {
            return nowhere(
                ScanState::NotWanted,
                "scan_not_wanted",
                format!("这是办件 {number} 的{name}，不需要签字盖章回传。"),
                None,
            );
        }
        let wish = PaperWish {
            application: mark.application,
            ..PaperWish::of(mark.kind)
        };
        let offers = offers_of(case, actor.post.role, &self.policy());
        let Some(offer) = offers
            .iter()
            .find(|offer| offer.kind == wish.kind && offer.application == wish.application)
        else {
            return nowhere(
                ScanState::UnknownPaper,
                "scan_unknown_paper",
                format!("办件 {number} 现在没有这份{name}，可能已删去或不再需要；请打开办件核对。"),
                None,
            );
        };
        let now = revision_of(case, offer);
        let place = |pages| {
            Box::new(ScanPlace {
                case: case.id,
                number,
                paper: mark.kind,
                application: mark.application,
                revision: mark.revision,
                page: mark.page,
                pages,
                name: offer.name.clone(),
                by_hand: false,
            })
        };
        if mark.revision < now {
            return nowhere(
                ScanState::OldRevision,
                "scan_old_revision",
                format!(
                    "这是第 {} 版的{name}，办件 {number} 已改为第 {now} 版；请打印新的一版，重新签字盖章。",
                    mark.revision
                ),
                Some(place(mark.page)),
            );
        }
        if let Err(refusal) = casework::takes_scans(case, actor) {
            return nowhere(
                ScanState::NotWanted,
                "scan_not_now",
                format!("{}。", refusal.message.trim_end_matches('。')),
                None,
            );
        }
        let printed = self.printed(actor, case, &wish, &mark).await?;
        if mark.revision > now || mark.page == 0 || mark.page > printed.pages {
            return nowhere(
                ScanState::UnknownPaper,
                "scan_unknown_paper",
                format!("办件 {number} 的{name}没有这一页，请打印现在的{name}核对。"),
                None,
            );
        }
        Ok(Placed::Here(place(printed.pages), printed))
    }

    /// A paper as it is printed now. The last few are kept: the pages of one upload ask for the same again and again.
    pub(super) async fn printed(
        &self,
        actor: &Actor,
        case: &Case,
        wish: &PaperWish,
        mark: &PaperMark,
    ) -> Result<Arc<Printed>> {
        let key = format!("{}@{}", mark.on_page(0), case.version);
        if let Some(known) = self.prints.get(&key) {
            return Ok(known);
        }
        let file = self.paper(actor, case.id, wish).await?;
        let printed = Arc::new(Printed {
            pages: u32::try_from(file.pages).unwrap_or(u32::MAX),
            places: file.places,
            pdf: Arc::new(file.bytes),
        });
        self.prints.put(key, Arc::clone(&printed));
        Ok(printed)
    }

    /// The pages that may come back to this person: of one case, or of all that wait for them. Each with its mark.
    pub(super) async fn expected(
        &self,
        actor: &Actor,
        case: Option<CaseId>,
    ) -> Result<Vec<(PaperMark, ScanPlace, Arc<Printed>)>> {
        let mut tx = self.store.read().await?;
        let ids = match case {
            Some(case) => vec![case],
            None => {
                let filter = crate::case::filter_of(actor, CaseTab::Mine)?;
                let page = PageRequest {
                    after: None,
                    limit: MOST_CASES,
                };
                let found = tx.cases(&filter, &page).await?;
                found.rows.into_iter().map(|row| row.id).collect()
            }
        };
        let mut cases = Vec::with_capacity(ids.len());
        for id in ids {
            let (case, _) = self.load(tx.as_mut(), id).await?;
            if visible(actor, &case).is_ok() && case.stage != Stage::Draft {
                cases.push(case);
            }
        }
        drop(tx);
        let mut expected = Vec::new();
        for case in &cases {
            for offer in offers_of(case, actor.post.role, &self.policy()) {
                if !offer.now || material_of(offer.kind).is_none() {
                    continue;
                }
                let mark = PaperMark {
                    case: case.number,
                    kind: offer.kind,
                    application: offer.application,
                    revision: revision_of(case, &offer),
                    page: 1,
                };
                let Placed::Here(place, printed) = self.place_in(actor, case, mark).await? else {
                    continue;
                };
                for page in 1..=printed.pages {
                    if expected.len() >= MOST_CANDIDATES {
                        return Ok(expected);
                    }
                    let place = ScanPlace {
                        page,
                        by_hand: true,
                        ..(*place).clone()
                    };
                    expected.push((mark.on_page(page), place, Arc::clone(&printed)));
                }
            }
        }
        Ok(expected)
    }

    /// The papers that a page may be, the likeliest first.
    pub(super) async fn suggestions(
        &self,
        actor: &Actor,
        case: Option<CaseId>,
        sheet: &Arc<scan::Sheet>,
    ) -> Result<Vec<ScanSuggestion>> {
        let expected = match self.expected(actor, case).await {
            Ok(expected) => expected,
            // Somebody whose post sees no cases is offered none.
            Err(Error::Forbidden | Error::NotFound(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut prints = Vec::with_capacity(expected.len());
        for (mark, _, printed) in &expected {
            prints.push(
                self.print(&printed.pdf, &printed.places, mark.page)
                    .await?
                    .map(|print| (*print).clone()),
            );
        }
        let (drawn, which): (Vec<_>, Vec<usize>) = prints
            .into_iter()
            .enumerate()
            .filter_map(|(at, print)| Some((print?, at)))
            .unzip();
        let sheet = Arc::clone(sheet);
        let likeness = self
            .picture_work(move || scan::likeness(&sheet, &drawn))
            .await?
            .unwrap_or_default();
        let mut suggestions: Vec<ScanSuggestion> = expected
            .into_iter()
            .enumerate()
            .map(|(at, (mark, place, _))| ScanSuggestion {
                mark: mark.to_string(),
                place,
                likeness: which
                    .iter()
                    .position(|drawn| *drawn == at)
                    .and_then(|drawn| likeness.get(drawn).copied())
                    .unwrap_or_default(),
            })
            .collect();
        suggestions.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        Ok(suggestions)
    }
}
