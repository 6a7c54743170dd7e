//! The red-header letter as a Word file: drafted from the unit's reasons and the forms, edited by the unit, checked
//! against the forms when it comes back, and kept with the case (R2.8).

use std::sync::Arc;

use casework::letter::{compare_to_model_letter, compare_words_with_forms, facts_from_forms};
use casework::{Actor, CaseId, MaterialKind, Refusal};

use crate::{
    Platform,
    case::{CaseView, visible},
    error::{Error, Result},
    material::{NewMaterial, clean_name},
    papers::{filed_at, letter_paper, words},
    ports::LettersError,
};

/// Largest letter taken.
const MOST_BYTES: usize = 20 * 1024 * 1024;

impl Platform {
    /// The letter of a case to be edited, and its file name.
    ///
    /// # Errors
    /// `letter_reasons_missing` while the unit has not written its reasons; [`Error::NotFound`] also where the person
    /// may not see the case.
    pub async fn letter_docx(&self, actor: &Actor, id: CaseId) -> Result<(String, Vec<u8>)> {
        let case = self.case(actor, id).await?.case;
        if case.letter.reasons.trim().is_empty() {
            return Err(Error::refused(
                "letter_reasons_missing",
                "请先写明办理电子印章的理由，平台再代拟红头函",
            ));
        }
        let letter = letter_paper(&case, &self.policy());
        let date = words::day(filed_at(&case));
        let letters = Arc::clone(&self.letters);
        let unit = case.unit.full_name.clone();
        let bytes = tokio::task::spawn_blocking(move || letters.docx(&unit, &date, &letter))
            .await
            .map_err(|e| Error::internal("writing a letter", e))?
            .map_err(|e| Error::internal("writing a letter", e))?;
        Ok((format!("红头函-{}.docx", case.number), bytes))
    }

    /// Compares an edited letter with the model and with the forms of its case, and keeps it with the case when it
    /// agrees; it takes the place of a former one.
    ///
    /// # Errors
    /// `letter_type`, `file_too_large`, `letter_damaged`; `letter_is_the_model`, `letter_placeholder_left`;
    /// `letter_differs` with a point for each difference; those of the process for `Act::AttachMaterial`.
    pub async fn keep_letter(
        &self,
        actor: &Actor,
        id: CaseId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<CaseView> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), id).await?;
        drop(tx);
        visible(actor, &case)?;
        if bytes.len() > MOST_BYTES {
            return Err(refused(&LettersError::TooLarge));
        }
        let letters = Arc::clone(&self.letters);
        let (bytes, text) = tokio::task::spawn_blocking(move || {
            let text = letters.words(&bytes);
            (bytes, text)
        })
        .await
        .map_err(|e| Error::internal("reading a letter", e))?;
        let text = text.map_err(|error| refused(&error))?;
        let policy = self.policy();
        // The model begins with the addressee; a red header may stand above it.
        let body = text
            .find(&format!("{}：", policy.center.name))
            .map_or(text.as_str(), |at| &text[at..]);
        compare_to_model_letter(body, &policy.center)?;
        compare_to_model_letter(&text, &policy.center)?;
        let facts = facts_from_forms(&case, &policy);
        let points = compare_words_with_forms(&text, &facts);
        if !points.is_empty() {
            let message = format!(
                "红头函与申请表有 {} 处不一致，请更正后重新核对",
                points.len()
            );
            return Err(Refusal::with_points("letter_differs", message, points).into());
        }
        let file = NewMaterial {
            kind: MaterialKind::EditedLetter,
            application: None,
            name: clean_name(name),
            bytes,
        };
        let mut kept = self.kept(actor, file).await?;
        kept.material.letter = Some(facts);
        let (view, _) = self
            .attach_examined(actor, id, Some(case.version), vec![kept])
            .await?;
        Ok(view)
    }
}

fn refused(error: &LettersError) -> Error {
    let (code, message) = match error {
        LettersError::NotALetter => (
            "letter_type",
            "这不是 DOCX 文件，请用文字处理软件另存为“Word 文档（.docx）”后再核对",
        ),
        LettersError::TooLarge => (
            "file_too_large",
            "文件过大，红头函的 Word 稿不应超过 20 MB，请删去图片后再核对",
        ),
        LettersError::Damaged(_) | LettersError::Write(_) => (
            "letter_damaged",
            "文件已损坏，无法读取；请用文字处理软件打开后重新保存，再核对",
        ),
    };
    Error::refused(code, message)
}
