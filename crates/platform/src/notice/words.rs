//! The words in force, and their change by the system administrator.

use casework::{Actor, Role};

use super::template::{NoticeTemplate, NoticeText, TEMPLATE_SETTING};
use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::Tx,
};

impl Platform {
    /// The words of a template that hold now.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a name that no template has.
    pub async fn notice_words(&self, name: &str) -> Result<NoticeText> {
        NoticeTemplate::find(name).ok_or(Error::NotFound("template"))?;
        let mut tx = self.store.read().await?;
        self.words(tx.as_mut(), name).await
    }

    /// Puts other words in the place of a template's; those of the default put the default back.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the system administrator; refusals of [`NoticeTemplate::check`].
    pub async fn change_notice_words(
        &self,
        actor: &Actor,
        name: &str,
        text: NoticeText,
    ) -> Result<()> {
        if actor.post.role != Role::SystemAdministrator {
            return Err(Error::Forbidden);
        }
        let template = NoticeTemplate::find(name).ok_or(Error::NotFound("template"))?;
        template.check(&text)?;
        let value =
            serde_json::to_string(&text).map_err(|e| Error::internal("keeping a template", e))?;
        let mut tx = self.store.begin().await?;
        tx.setting_put(&format!("{TEMPLATE_SETTING}{name}"), &value)
            .await?;
        let fact = Fact::by(actor, "notice_template.changed", name)
            .with("digest", hex::encode(gm::sm3(value.as_bytes())));
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn words(&self, tx: &mut dyn Tx, name: &str) -> Result<NoticeText> {
        match tx.setting(&format!("{TEMPLATE_SETTING}{name}")).await? {
            Some(value) => NoticeText::from_setting(&value),
            None => Ok(NoticeTemplate::find(name)
                .map(NoticeTemplate::default_text)
                .unwrap_or_default()),
        }
    }
}
