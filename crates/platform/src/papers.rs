//! The papers of a case: which there are, for whom and why, and what stands in each. How they look is the port's.
//!
//! A paper tells of an event and bears its date; asked for again, it is the same.

mod filing;
mod handing_out;
mod notices;
mod offers;
mod printable;
pub(crate) mod words;

use casework::{Actor, ApplicationId, Case, CaseId, Policy};
use jiff::Timestamp;

use crate::{
    Platform,
    case::visible,
    error::{Error, Result},
    ports::{
        PapersError,
        papers::{Paper, PaperBody, PaperFile, PaperKind, PaperMark, PaperPerson},
    },
};

pub(crate) use filing::filed_at;
pub use filing::letter_paper;
pub use offers::PaperOffer;
pub(crate) use offers::offers as offers_of;

/// Which paper of a case is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperWish {
    /// Which kind.
    pub kind: PaperKind,
    /// Which application, for an application form.
    pub application: Option<ApplicationId>,
    /// Which decision of the case, from 0, for a correction notice; `None`: the newest.
    pub decision: Option<usize>,
    /// Who collects, for an introduction letter and the copy of the ID card; `None`: the places stay open.
    pub collector: Option<PaperPerson>,
}

impl PaperWish {
    /// A paper of the whole case.
    #[must_use]
    pub fn of(kind: PaperKind) -> Self {
        Self {
            kind,
            application: None,
            decision: None,
            collector: None,
        }
    }
}

impl Platform {
    /// The papers that there are for this case now, for this person.
    ///
    /// # Errors
    /// [`Error::NotFound`] also where the person may not see the case.
    pub async fn papers_of(&self, actor: &Actor, case: CaseId) -> Result<Vec<PaperOffer>> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        visible(actor, &case)?;
        Ok(offers::offers(&case, actor.post.role, &self.policy()))
    }

    /// One of them, laid out as PDF.
    ///
    /// # Errors
    /// As [`Platform::papers_of`]; `paper_not_offered` where there is no such paper now; `character_not_printable`.
    pub async fn paper(&self, actor: &Actor, case: CaseId, wish: &PaperWish) -> Result<PaperFile> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        visible(actor, &case)?;
        let policy = self.policy();
        let wish = &PaperWish {
            collector: wish.collector.as_ref().map(checked).transpose()?,
            ..wish.clone()
        };
        let offers = offers::offers(&case, actor.post.role, &policy);
        let offer = offers
            .iter()
            .rev()
            .find(|offer| offer.answers(wish))
            .ok_or_else(|| not_offered(wish, &case))?;
        let (body, at) = self.body(tx.as_mut(), &case, offer, wish, &policy).await?;
        drop(tx);
        let mut paper = Paper {
            kind: wish.kind,
            mark: PaperMark {
                case: case.number,
                kind: wish.kind,
                application: offer.application,
                revision: revision_of(&case, offer),
                page: 1,
            },
            number: case.number.to_string(),
            unit: case.unit.full_name.clone(),
            business: case.business.name().to_owned(),
            at,
            date: words::day(at),
            center: policy.center.clone(),
            hours: format!("工作日 {}", policy.desk.in_words()),
            body,
        };
        if let PaperBody::HandOver(list) = &paper.body {
            // One list, from whichever of its cases it is asked for.
            let first = list.rows.first().and_then(|row| row.number.parse().ok());
            paper.mark.case = first.unwrap_or(paper.mark.case);
            paper.number.clone_from(&list.bundle);
        }
        let mut file = self.papers.render(paper).await.map_err(unprintable)?;
        file.name = file_name(&case, offer);
        Ok(file)
    }

    async fn body(
        &self,
        tx: &mut dyn crate::ports::store::Tx,
        case: &Case,
        offer: &PaperOffer,
        wish: &PaperWish,
        policy: &Policy,
    ) -> Result<(PaperBody, Timestamp)> {
        let missing = || not_offered(wish, case);
        Ok(match wish.kind {
            PaperKind::ApplicationForm => {
                filing::form(case, offer.application, policy).ok_or_else(missing)?
            }
            PaperKind::RedHeaderLetter => (
                PaperBody::Letter(letter_paper(case, policy)),
                filing::filed_at(case),
            ),
            PaperKind::SummarySheet => filing::summary(case, policy),
            PaperKind::IntroductionLetter
            | PaperKind::IntroductionSlip
            | PaperKind::CollectionSheet => {
                handing_out::introduction(case, wish.collector.as_ref())
            }
            PaperKind::IdCopySheet => handing_out::id_copy(case, wish.collector.as_ref()),
            PaperKind::WhatToBring => handing_out::what_to_bring(case, policy),
            PaperKind::CollectionNotice => handing_out::notice(case, policy).ok_or_else(missing)?,
            PaperKind::HandOverList => self.hand_over_list(tx, case).await?.ok_or_else(missing)?,
            PaperKind::AcceptanceReceipt => notices::acceptance(case).ok_or_else(missing)?,
            PaperKind::CorrectionNotice => {
                notices::correction(case, offer.decision, policy).ok_or_else(missing)?
            }
            PaperKind::RefusalNotice => notices::refusal(case).ok_or_else(missing)?,
            PaperKind::CancellationNotice => notices::cancellation(case).ok_or_else(missing)?,
            PaperKind::CompletionCertificate => notices::completion(case).ok_or_else(missing)?,
        })
    }
}

/// A collector as typed, checked: a name, and a number where one is given.
fn checked(typed: &PaperPerson) -> Result<PaperPerson> {
    let name = casework::text::check_person_name("领取人姓名", &typed.name)?;
    let id = match typed.id.trim() {
        "" => String::new(),
        id => id.parse::<casework::ResidentId>()?.to_string(),
    };
    Ok(PaperPerson {
        name,
        id,
        mobile: String::new(),
    })
}

fn not_offered(wish: &PaperWish, case: &Case) -> Error {
    let name = wish.kind.name();
    let stage = case.stage.name();
    if wish.kind == PaperKind::ApplicationForm && case.revision == 0 {
        return Error::refused(
            "form_not_submitted",
            "申请表尚未提交，提交单位审批后才能打印。",
        );
    }
    Error::refused(
        "paper_not_offered",
        format!("办件现处于“{stage}”环节，还没有{name}，或者您的岗位不需要它。"),
    )
}

fn unprintable(error: PapersError) -> Error {
    match error {
        PapersError::Undrawable(characters) => Error::refused(
            printable::CODE,
            format!(
                "{}无法打印，{}。",
                printable::quoted(&characters),
                printable::ADVICE
            ),
        ),
        PapersError::TooSlow => Error::refused(
            "paper_too_slow",
            "文书排版超时，请稍后再试；多次出现时请联系中心。",
        ),
        other => Error::internal("papers", other),
    }
}

/// The revision that the paper shows: that in which the form last changed, or that of the event it tells of.
pub(crate) fn revision_of(case: &Case, offer: &PaperOffer) -> u32 {
    let form = offer.application.and_then(|id| case.application(id));
    let then = |at| case.revisions.iter().rev().find(|made| made.at <= at);
    match (form, offer.at) {
        (Some(application), _) => application.form_revision,
        (None, Some(at)) => then(at).map_or(case.revision, |revision| revision.number),
        (None, None) => case.revision,
    }
}

/// `申请表-闽侯县政务服务示范局-闽印2026-000042-7.pdf`, without characters that a file name cannot have.
fn file_name(case: &Case, offer: &PaperOffer) -> String {
    let subject = offer
        .application
        .and_then(|id| case.application(id))
        .map_or(
            case.unit.full_name.as_str(),
            casework::Application::seal_name,
        );
    let subject: String = subject
        .chars()
        .filter(|c| !c.is_control() && !"\\/:*?\"<>|".contains(*c))
        .take(40)
        .collect();
    format!(
        "{}-{}-{}.pdf",
        offer.kind.name(),
        subject.trim(),
        case.number
    )
}
