//! The checker's hands: reading a field, noting a fault in it.

use super::{Check, choice_unknown};
use crate::form::{Field, FieldError};
use crate::refusal::Refusal;

impl<'a> Check<'a> {
    /// The text of a field without surrounding blanks; `None` when it is blank.
    pub(super) fn typed(&self, field: Field) -> Option<&'a str> {
        self.draft
            .text(field)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    pub(super) fn is_filled(&self, field: Field) -> bool {
        match field {
            Field::ExistingSeal => self.draft.existing_seal.is_some(),
            Field::Changes => !self.draft.changes.is_empty(),
            Field::Imprint => self.draft.imprint.is_some(),
            Field::Request => self.draft.request.is_some(),
            Field::Special => !self.draft.special.is_empty(),
            _ => self.typed(field).is_some(),
        }
    }

    pub(super) fn asked<T>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        if self.typed(field).is_none() {
            self.empty(field);
            return None;
        }
        self.known(field, parse)
    }

    /// What was typed, if anything was; its faults are noted.
    pub(super) fn known<T>(
        &mut self,
        field: Field,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        match parse(self.typed(field)?) {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.refused(field, refusal);
                None
            }
        }
    }

    /// Asked for: as typed. Known: from the register, and what was typed must not differ.
    pub(super) fn asked_or_known<T: PartialEq>(
        &mut self,
        field: Field,
        asked: bool,
        known: Option<T>,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        if asked {
            return self.asked(field, parse);
        }
        if let Some(typed) = self.known(field, parse)
            && known.as_ref() != Some(&typed)
        {
            let message = format!(
                "{}与印章登记不一致，请从印章登记中带出，勿自行填写",
                field.label()
            );
            self.fault(field, "differs_from_register", message);
        }
        if known.is_none() {
            let message = format!("印章登记中缺少{}，请联系中心核实", field.label());
            self.fault(field, "register_incomplete", message);
        }
        known
    }

    pub(super) fn choice<T>(
        &mut self,
        field: Field,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ()> {
        let Some(typed) = self.typed(field) else {
            return Ok(None);
        };
        match find(typed) {
            Some(value) => Ok(Some(value)),
            None => {
                self.unknown_choice(field);
                Err(())
            }
        }
    }

    pub(super) fn fault(&mut self, field: Field, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field,
            code,
            message: message.into(),
        });
    }

    pub(super) fn refused(&mut self, field: Field, refusal: Refusal) {
        self.fault(field, refusal.code, refusal.message);
    }

    pub(super) fn empty(&mut self, field: Field) {
        let verb = match field {
            Field::Imprint | Field::Request => "上传",
            Field::Kind
            | Field::Business
            | Field::ExistingSeal
            | Field::Changes
            | Field::City
            | Field::County
            | Field::Function
            | Field::Certificate
            | Field::Medium => "选择",
            _ => "填写",
        };
        self.fault(field, "field_empty", format!("请{verb}{}", field.label()));
    }

    pub(super) fn not_asked(&mut self, field: Field) {
        let message = format!("本次申请无需填写{}，请清空", field.label());
        self.fault(field, "field_not_asked", message);
    }

    pub(super) fn unknown_choice(&mut self, field: Field) {
        self.refused(field, choice_unknown(field));
    }

    pub(super) fn differs(&mut self, field: Field, known: &str) {
        let message = format!("{}与登记的「{known}」不一致，请核对", field.label());
        self.fault(field, "differs_from_register", message);
    }
}
