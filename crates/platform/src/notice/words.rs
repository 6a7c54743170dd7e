//! The words in force, how they read, and their change: the system administrator proposes, the security administrator
//! releases.

use casework::{About, Actor, AdminAct, ProposalId, check_administration};
use serde::{Deserialize, Serialize};

use super::Values;
use super::template::{MAIL_FRAME, NoticeTemplate, NoticeText};
use crate::{
    Platform,
    error::{Error, Result},
    ports::store::Tx,
    proposal::{Proposal, Proposed},
};

/// Longest short message that is sent as one, and what each part of a longer one holds, in characters.
const SMS_WHOLE: usize = 70;
const SMS_PART: usize = 67;

/// Other words of a notice.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TextProposal {
    /// Of which template, by its name.
    pub template: String,
    /// The words in force then.
    pub former: NoticeText,
    /// The words to be.
    pub text: NoticeText,
}

/// A template and its words in force.
#[derive(Debug, Clone)]
pub struct NoticeWords {
    /// The template.
    pub template: &'static NoticeTemplate,
    /// The words that hold now.
    pub text: NoticeText,
}

/// How words read, with samples in their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePreview {
    /// Inside the platform.
    pub inside: String,
    /// Subject of the e-mail; empty where none is sent.
    pub subject: String,
    /// The e-mail with salutation and signature; empty where none is sent.
    pub mail: String,
    /// The short message; empty where none is sent.
    pub sms: String,
    /// Characters of the short message.
    pub sms_length: usize,
    /// As how many short messages it is sent and charged.
    pub sms_parts: usize,
}

impl TextProposal {
    /// What is proposed, in words.
    pub fn title(&self) -> &'static str {
        NoticeTemplate::find(&self.template).map_or("通知文本", |template| template.occasion)
    }
}

impl NoticeWords {
    /// Whether an office put its own words in the place of the default.
    pub fn is_changed(&self) -> bool {
        self.text != self.template.default_text()
    }
}

impl Platform {
    /// Every template with the words that hold now (administrators).
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn all_notice_words(&self, actor: &Actor) -> Result<Vec<NoticeWords>> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let mut tx = self.store.read().await?;
        let mut all = Vec::new();
        for template in NoticeTemplate::all() {
            let text = self.words(tx.as_mut(), template.name).await?;
            all.push(NoticeWords { template, text });
        }
        Ok(all)
    }

    /// The words of a template that hold now, and what was proposed about them, newest first (administrators).
    ///
    /// # Errors
    /// `wrong_role`; [`Error::NotFound`] for a name that no template has.
    pub async fn notice_words(
        &self,
        actor: &Actor,
        name: &str,
    ) -> Result<(NoticeWords, Vec<Proposal>)> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let template = NoticeTemplate::find(name).ok_or(Error::NotFound("template"))?;
        let mut tx = self.store.read().await?;
        let text = self.words(tx.as_mut(), name).await?;
        let rows = tx.proposals_about(&template.setting()).await?;
        let history = rows.iter().map(|row| self.protection.open(&row.body));
        Ok((
            NoticeWords { template, text },
            history.collect::<Result<_>>()?,
        ))
    }

    /// How words would read in the place of a template's (administrators).
    ///
    /// # Errors
    /// `wrong_role`; [`Error::NotFound`]; refusals of [`NoticeTemplate::check`].
    pub async fn preview_notice(
        &self,
        actor: &Actor,
        name: &str,
        text: &NoticeText,
    ) -> Result<NoticePreview> {
        check_administration(AdminAct::SeeAccounts, actor, About::default())?;
        let template = NoticeTemplate::find(name).ok_or(Error::NotFound("template"))?;
        template.check(text)?;
        let values = self.common(&Values::samples(), "/desk");
        let frame = if template.is_mail_frame() {
            text.clone()
        } else {
            let mut tx = self.store.read().await?;
            self.words(tx.as_mut(), MAIL_FRAME).await?
        };
        let mail = match (template.is_mail_frame(), text.mail.is_empty()) {
            (true, _) => values.fill(&frame.mail),
            (false, true) => String::new(),
            (false, false) => {
                let body = values.fill(&text.mail);
                values.clone().with_text("正文", body).fill(&frame.mail)
            }
        };
        let sms = values.fill(&text.sms);
        let sms_length = sms.chars().count();
        Ok(NoticePreview {
            inside: values.fill(&text.inside),
            subject: values.fill(&text.subject),
            mail,
            sms,
            sms_length,
            sms_parts: match sms_length {
                0 => 0,
                length if length <= SMS_WHOLE => 1,
                length => length.div_ceil(SMS_PART),
            },
        })
    }

    /// Proposes other words for a template; those of the default bring the default back (system administrator).
    ///
    /// # Errors
    /// `wrong_role`, `template_unchanged`, `proposal_waiting`; [`Error::NotFound`]; refusals of
    /// [`NoticeTemplate::check`].
    pub async fn propose_text(
        &self,
        actor: &Actor,
        name: &str,
        text: NoticeText,
        reason: &str,
    ) -> Result<ProposalId> {
        check_administration(AdminAct::ProposeSettings, actor, About::default())?;
        let template = NoticeTemplate::find(name).ok_or(Error::NotFound("template"))?;
        template.check(&text)?;
        let mut tx = self.store.begin().await?;
        let former = self.words(tx.as_mut(), name).await?;
        if former == text {
            return Err(Error::refused(
                "template_unchanged",
                "没有改动任何文本，无需提请。",
            ));
        }
        let proposal = Proposed::Text(TextProposal {
            template: name.to_owned(),
            former,
            text,
        });
        let id = self.propose(tx.as_mut(), actor, proposal, reason).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Puts released words in force.
    pub(crate) async fn keep_words(&self, tx: &mut dyn Tx, change: &TextProposal) -> Result<()> {
        let template = NoticeTemplate::find(&change.template).ok_or(Error::NotFound("template"))?;
        // What may be filled in can have changed with the program since.
        template.check(&change.text)?;
        if self.words(tx, template.name).await? != change.former {
            return Err(Error::refused(
                "text_changed_meanwhile",
                "提请之后该文本已有其他变更，请系统管理员按现行文本重新提请。",
            ));
        }
        Ok(tx
            .setting_put(&template.setting(), &change.text.to_setting()?)
            .await?)
    }

    pub(super) async fn words(&self, tx: &mut dyn Tx, name: &str) -> Result<NoticeText> {
        let Some(template) = NoticeTemplate::find(name) else {
            return Ok(NoticeText::default());
        };
        match tx.setting(&template.setting()).await? {
            Some(value) => NoticeText::from_setting(&value),
            None => Ok(template.default_text()),
        }
    }
}
