//! Which field is asked for in which form (R2.1; Guide 第二章 二), and what was typed in it.

use crate::business::{BusinessType, ChangeKind, SealKind};
use crate::form::{Field, FormDraft};

/// What a field is in a given form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldUse {
    /// 必填.
    Asked,
    /// Known to the platform: may be left blank, must not be different.
    Known,
    /// 选填.
    Optional,
    /// 无需填写: refused when filled in.
    NotAsked,
}

impl Field {
    /// What this field is in a form of that business, kind and change (R2.1: the single rule of what is asked).
    #[must_use]
    pub fn usage(self, business: BusinessType, kind: SealKind, changes: &[ChangeKind]) -> FieldUse {
        use FieldUse::{Asked, Known, NotAsked, Optional};

        let new = business == BusinessType::New;
        let changing = |what| business == BusinessType::Change && changes.contains(&what);
        let asked_if = |asked: bool, otherwise| if asked { Asked } else { otherwise };
        match self {
            Self::Kind | Self::Certificate => asked_if(new, Known),
            Self::Business | Self::UnitName | Self::CreditCode | Self::City | Self::County => Known,
            Self::ExistingSeal => asked_if(!new, NotAsked),
            Self::Changes => asked_if(business == BusinessType::Change, NotAsked),
            // Guide 第二章 二、4 注: 勾选“单位印章”或“设备印章”的，无需填写该栏目所有信息框.
            Self::PersonName | Self::PersonId if kind != SealKind::Personal => NotAsked,
            Self::PersonName => asked_if(new || changing(ChangeKind::HolderData), Known),
            Self::PersonId => asked_if(new, Known),
            Self::AgentName | Self::AgentMobile | Self::AgentId => Asked,
            Self::SealName => asked_if(new || changing(ChangeKind::SealName), Known),
            Self::Width | Self::Height => asked_if(new || changing(ChangeKind::Imprint), Known),
            Self::Function => asked_if(new || changing(ChangeKind::Function), Known),
            Self::Medium => asked_if(new || business == BusinessType::Reissue, Known),
            // Guide 第二章 二、8 and 三: the imprint box is stamped with the physical seal.
            Self::Imprint => asked_if(new || changing(ChangeKind::Imprint), NotAsked),
            // Guide 第二章 二、1: 设备印章需要额外提供设备生成的 P10.
            Self::Request => asked_if(
                kind == SealKind::Device && business.makes_a_seal(),
                NotAsked,
            ),
            Self::Special => Optional,
        }
    }
}

impl FormDraft {
    /// The text typed in a field.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        let text = match field {
            Field::Kind => &self.kind,
            Field::Business => &self.business,
            Field::UnitName => &self.unit_name,
            Field::CreditCode => &self.credit_code,
            Field::City => &self.city,
            Field::County => &self.county,
            Field::PersonName => &self.person_name,
            Field::PersonId => &self.person_id,
            Field::AgentName => &self.agent_name,
            Field::AgentMobile => &self.agent_mobile,
            Field::AgentId => &self.agent_id,
            Field::SealName => &self.seal_name,
            Field::Width => &self.width,
            Field::Height => &self.height,
            Field::Function => &self.function,
            Field::Certificate => &self.certificate,
            Field::Medium => &self.medium,
            Field::ExistingSeal
            | Field::Changes
            | Field::Imprint
            | Field::Request
            | Field::Special => return None,
        };
        text.as_deref()
    }

    /// Types a text into a field; nothing happens for a field that is not text.
    pub fn set_text(&mut self, field: Field, text: Option<String>) {
        let place = match field {
            Field::Kind => &mut self.kind,
            Field::Business => &mut self.business,
            Field::UnitName => &mut self.unit_name,
            Field::CreditCode => &mut self.credit_code,
            Field::City => &mut self.city,
            Field::County => &mut self.county,
            Field::PersonName => &mut self.person_name,
            Field::PersonId => &mut self.person_id,
            Field::AgentName => &mut self.agent_name,
            Field::AgentMobile => &mut self.agent_mobile,
            Field::AgentId => &mut self.agent_id,
            Field::SealName => &mut self.seal_name,
            Field::Width => &mut self.width,
            Field::Height => &mut self.height,
            Field::Function => &mut self.function,
            Field::Certificate => &mut self.certificate,
            Field::Medium => &mut self.medium,
            Field::ExistingSeal
            | Field::Changes
            | Field::Imprint
            | Field::Request
            | Field::Special => return,
        };
        *place = text;
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        let single = [
            &self.kind,
            &self.business,
            &self.unit_name,
            &self.credit_code,
            &self.city,
            &self.county,
            &self.person_name,
            &self.person_id,
            &self.agent_name,
            &self.agent_mobile,
            &self.agent_id,
            &self.seal_name,
            &self.width,
            &self.height,
            &self.function,
            &self.certificate,
            &self.medium,
        ];
        single
            .into_iter()
            .flatten()
            .chain(&self.changes)
            .chain(&self.special)
    }
}
