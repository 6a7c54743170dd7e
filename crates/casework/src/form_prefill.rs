//! A form that begins with what the register knows: only what changes is asked (R2.2).

use crate::business::BusinessType;
use crate::form::{ExistingSeal, FormDraft};
use crate::unit::Unit;

impl FormDraft {
    /// The draft for a business about an existing seal, with everything that the register and the unit's entry say.
    #[must_use]
    pub fn for_seal(business: BusinessType, seal: &ExistingSeal, unit: &Unit) -> Self {
        let holder = seal.holder.as_ref();
        Self {
            kind: Some(seal.kind.code().to_owned()),
            business: Some(business.code().to_owned()),
            existing_seal: Some(seal.id),
            unit_name: Some(unit.full_name.clone()),
            credit_code: Some(unit.credit_code.to_string()),
            city: Some(unit.city.to_string()),
            county: Some(unit.county.to_string()),
            person_name: holder.map(|holder| holder.name.clone()),
            person_id: holder.map(|holder| holder.id.to_string()),
            seal_name: Some(seal.name.clone()),
            width: Some(seal.width.to_string()),
            height: Some(seal.height.to_string()),
            function: Some(seal.function.0.clone()),
            certificate: Some(seal.kind.certificate().code().to_owned()),
            medium: Some(seal.medium.code().to_owned()),
            ..Self::default()
        }
    }
}
