//! The templates, embedded.

use platform::ports::papers::PaperKind;

/// What every template imports.
pub(crate) const COMMON: &str = include_str!("../templates/common.typ");

/// The template of a paper.
pub(crate) fn of(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::ApplicationForm => include_str!("../templates/application-form.typ"),
        PaperKind::RedHeaderLetter => include_str!("../templates/red-header-letter.typ"),
        PaperKind::SummarySheet => include_str!("../templates/summary-sheet.typ"),
        PaperKind::IntroductionLetter => include_str!("../templates/introduction-letter.typ"),
        PaperKind::IntroductionSlip => include_str!("../templates/introduction-slip.typ"),
        PaperKind::IdCopySheet => include_str!("../templates/id-copy-sheet.typ"),
        PaperKind::CollectionSheet => include_str!("../templates/collection-sheet.typ"),
        PaperKind::AcceptanceReceipt => include_str!("../templates/acceptance-receipt.typ"),
        PaperKind::CorrectionNotice => include_str!("../templates/correction-notice.typ"),
        PaperKind::RefusalNotice => include_str!("../templates/refusal-notice.typ"),
        PaperKind::CollectionNotice => include_str!("../templates/collection-notice.typ"),
        PaperKind::CancellationNotice => include_str!("../templates/cancellation-notice.typ"),
        PaperKind::HandOverList => include_str!("../templates/hand-over-list.typ"),
        PaperKind::WhatToBring => include_str!("../templates/what-to-bring.typ"),
        PaperKind::CompletionCertificate => {
            include_str!("../templates/completion-certificate.typ")
        }
    }
}
