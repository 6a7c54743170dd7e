//! What happens to a seal, and that its unit is told.

use casework::PersonId;

use super::{Audience, Message, Values, day};
use crate::{Platform, error::Result, ports::store::Tx, register::RegisteredSeal};

impl Platform {
    /// Tells people about a seal, in these words inside the platform and in the template's outside it.
    pub(crate) async fn notify_seal(
        &self,
        tx: &mut dyn Tx,
        seal: &RegisteredSeal,
        people: &[PersonId],
        template: &'static str,
        text: &str,
    ) -> Result<()> {
        let audience: Vec<_> = people.iter().copied().map(Audience::Person).collect();
        let mut values = values(seal)
            .with("状态", seal.state(self.clock.now()).name())
            .with("正文", text);
        if let Some(report) = &seal.record.loss_report {
            values = values.with("期限", day(report.follow_up_due));
        }
        self.tell(tx, &audience, None, &about(seal, template, values))
            .await
    }
}

/// A message about a seal.
pub(super) fn about(seal: &RegisteredSeal, template: &'static str, values: Values) -> Message {
    Message {
        template,
        values,
        case: None,
        link: format!("/desk/seals/{}", seal.record.id),
    }
}

/// Values for everything about a seal.
pub(super) fn values(seal: &RegisteredSeal) -> Values {
    let record = &seal.record;
    Values::default()
        .with("印章", &record.name)
        .with("编码", record.code.to_string())
        .with("单位", &record.unit_name)
        .with("到期日", day(record.valid_until))
}
