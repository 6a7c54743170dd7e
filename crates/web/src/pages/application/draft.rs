//! The draft of a form: what the platform knows beforehand, reading and writing its fields by name.

use casework::{BusinessType, ChangeKind, Field, FormDraft, SealKind, SpecialSituation};
use platform::RegisteredSeal;
use platform::ports::store::PageRequest;

use crate::app::App;
use crate::form::Fields;
use crate::problem::Problem;
use crate::session::Desk;

/// A draft with everything the platform knows: nothing of it is typed again.
pub(super) fn begin(desk: &Desk, business: BusinessType, kind: SealKind) -> FormDraft {
    let mut draft = FormDraft {
        kind: Some(kind.code().into()),
        business: Some(business.code().into()),
        certificate: Some(kind.certificate().code().into()),
        agent_name: Some(desk.account.name.clone()),
        agent_mobile: desk.account.mobile.as_ref().map(ToString::to_string),
        agent_id: desk.account.resident_id.as_ref().map(ToString::to_string),
        ..FormDraft::default()
    };
    if let [only] = kind.media() {
        draft.medium = Some(only.code().into());
    }
    if let Some(unit) = desk.unit() {
        draft.unit_name = Some(unit.full_name.clone());
        draft.credit_code = Some(unit.credit_code.to_string());
        draft.city = Some(unit.city.to_string());
        draft.county = Some(unit.county.to_string());
        if kind == SealKind::Unit && business == BusinessType::New {
            draft.seal_name = Some(unit.full_name.clone());
        }
    }
    draft
}

/// Enters what was typed on one step. A field that the form did not have stays as it is.
pub(super) fn enter(draft: &mut FormDraft, fields: &Fields, step: &str, seals: &[RegisteredSeal]) {
    for field in Field::ALL {
        if let (Some(slot), Some(value)) = (slot(draft, *field), fields.raw(field.code())) {
            *slot = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    if step != "matter" {
        return;
    }
    let ticked = |prefix: &str, code: &str| fields.text(&format!("{prefix}-{code}")).is_some();
    draft.changes = ChangeKind::ALL
        .iter()
        .map(|kind| kind.code())
        .filter(|code| ticked("changes", code))
        .map(Into::into)
        .collect();
    draft.special = SpecialSituation::ALL
        .iter()
        .map(|kind| kind.code())
        .filter(|code| ticked("special", code))
        .map(Into::into)
        .collect();
    if let Some(seal) = draft
        .existing_seal
        .and_then(|id| seals.iter().find(|seal| seal.record.id == id))
    {
        keep_as_registered(draft, &seal.record);
    }
    if let Some(chosen) = fields.raw(Field::ExistingSeal.code()) {
        let seal = seals
            .iter()
            .find(|seal| seal.record.id.to_string() == chosen);
        draft.existing_seal = seal.map(|seal| seal.record.id);
        if let Some(seal) = seal {
            draft.kind = Some(seal.record.kind.code().into());
            draft.certificate = Some(seal.record.kind.certificate().code().into());
        }
    }
    if let Some(kind) = draft.kind.as_deref().and_then(SealKind::find) {
        draft.certificate = Some(kind.certificate().code().into());
        let fits = draft
            .medium
            .as_deref()
            .and_then(casework::Medium::find)
            .is_some_and(|medium| kind.media().contains(&medium));
        if !fits {
            draft.medium = match kind.media() {
                [only] => Some(only.code().into()),
                _ => None,
            };
        }
    }
}

/// What is not ticked as a change stands as the register has it, whatever was typed before.
fn keep_as_registered(draft: &mut FormDraft, seal: &casework::SealRecord) {
    let Some(business) = draft.business.as_deref().and_then(BusinessType::find) else {
        return;
    };
    let changes: Vec<ChangeKind> = draft
        .changes
        .iter()
        .filter_map(|code| ChangeKind::find(code))
        .collect();
    let known = [
        (Field::SealName, Some(seal.name.clone())),
        (Field::Width, Some(seal.width.to_string())),
        (Field::Height, Some(seal.height.to_string())),
        (Field::Function, Some(seal.function.0.clone())),
        (
            Field::PersonName,
            seal.holder.as_ref().map(|holder| holder.name.clone()),
        ),
    ];
    for (field, value) in known {
        if field.usage(business, seal.kind, &changes) == casework::FieldUse::Known {
            draft.set_text(field, value);
        }
    }
    if Field::Imprint.usage(business, seal.kind, &changes) == casework::FieldUse::NotAsked {
        draft.imprint = None;
    }
}

/// What stands in a field, if anything.
pub(super) fn value(draft: &FormDraft, field: Field) -> Option<String> {
    match field {
        Field::ExistingSeal => draft.existing_seal.map(|id| id.to_string()),
        Field::Imprint => draft.imprint.map(|id| id.to_string()),
        Field::Request => draft.request.map(|id| id.to_string()),
        Field::Changes => (!draft.changes.is_empty()).then(|| draft.changes.join(",")),
        Field::Special => (!draft.special.is_empty()).then(|| draft.special.join(",")),
        field => slot(&mut draft.clone(), field)?.clone(),
    }
}

/// The unit's seals that a business may name.
pub(super) async fn seals(
    app: &App,
    desk: &Desk,
    business: BusinessType,
) -> Result<Vec<RegisteredSeal>, Problem> {
    if !business.needs_existing_seal() {
        return Ok(Vec::new());
    }
    let page = PageRequest {
        after: None,
        limit: 200,
    };
    Ok(app.platform.seals(&desk.actor, None, &page).await?.rows)
}

fn slot(draft: &mut FormDraft, field: Field) -> Option<&mut Option<String>> {
    Some(match field {
        Field::Kind => &mut draft.kind,
        Field::Business => &mut draft.business,
        Field::UnitName => &mut draft.unit_name,
        Field::CreditCode => &mut draft.credit_code,
        Field::City => &mut draft.city,
        Field::County => &mut draft.county,
        Field::PersonName => &mut draft.person_name,
        Field::PersonId => &mut draft.person_id,
        Field::AgentName => &mut draft.agent_name,
        Field::AgentMobile => &mut draft.agent_mobile,
        Field::AgentId => &mut draft.agent_id,
        Field::SealName => &mut draft.seal_name,
        Field::Width => &mut draft.width,
        Field::Height => &mut draft.height,
        Field::Function => &mut draft.function,
        Field::Certificate => &mut draft.certificate,
        Field::Medium => &mut draft.medium,
        Field::ExistingSeal | Field::Changes | Field::Imprint | Field::Request | Field::Special => {
            return None;
        }
    })
}
