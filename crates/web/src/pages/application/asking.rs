//! Asking for the fields of a form: which are asked, which are known, and what stands in them (as `casework` says).

use casework::{
    Application, BusinessType, ChangeKind, Field as FormField, FieldError, FieldUse, Medium,
    SealKind, SpecialSituation,
};
use platform::{CaseView, RegisteredSeal};

use super::draft;
use crate::app::App;
use crate::views::parts::{Choice, Field, FieldKind, Form};

/// What the forms need to know to ask.
pub(super) struct Asking<'a> {
    pub(super) app: &'a App,
    pub(super) view: &'a CaseView,
    pub(super) application: &'a Application,
    pub(super) seals: &'a [RegisteredSeal],
    pub(super) errors: &'a [FieldError],
}

/// What a field is in this application, as it stands.
pub(super) fn usage(
    business: BusinessType,
    application: &Application,
    field: FormField,
) -> FieldUse {
    let changes: Vec<ChangeKind> = application
        .draft
        .changes
        .iter()
        .filter_map(|code| ChangeKind::find(code))
        .collect();
    let kind = application.kind().unwrap_or(SealKind::Unit);
    field.usage(business, kind, &changes)
}

impl Asking<'_> {
    pub(super) fn kind(&self) -> SealKind {
        self.application.kind().unwrap_or(SealKind::Unit)
    }

    pub(super) fn usage(&self, field: FormField) -> FieldUse {
        usage(self.view.case.business, self.application, field)
    }

    /// The field as it is asked here, with its value and error; `None` where it is not asked.
    pub(super) fn field(&self, field: FormField, shown: Field) -> Option<Field> {
        match self.usage(field) {
            FieldUse::NotAsked => None,
            FieldUse::Known => Some(Field::fixed(field.label(), self.shown(field)?)),
            usage => {
                let mut shown =
                    shown.value(draft::value(&self.application.draft, field).unwrap_or_default());
                if usage == FieldUse::Optional {
                    shown = shown.optional();
                }
                if let Some(error) = self.errors.iter().find(|error| error.field == field) {
                    shown = shown.error(error.code, &error.message);
                }
                Some(shown)
            }
        }
    }

    pub(super) fn matter(&self, form: Form) -> Form {
        let business = self.view.case.business;
        let mut fields = vec![Field::fixed("业务类型", business.name())];
        match self.shown(FormField::ExistingSeal) {
            // Chosen in the register: it cannot be mistyped (R2.2).
            Some(chosen) => {
                fields.push(Field::fixed(FormField::ExistingSeal.label(), chosen));
                if let Some(error) = self.error_of(FormField::ExistingSeal) {
                    fields.push(
                        Field::fixed("不能办理", "请返回印章登记另选一枚，或删除本申请表。")
                            .error(error.code, &error.message),
                    );
                }
            }
            None => fields.extend(self.choice_of_seal()),
        }
        let changes = ChangeKind::ALL
            .iter()
            .filter(|change| change.applies_to(self.kind()))
            .map(|change| Choice::new(change.code(), change.name()).hint(what_changes(*change)));
        let changes = Field::new(
            "changes",
            FormField::Changes.label(),
            FieldKind::Ticks(changes.collect()),
        )
        .help("勾选要变更的内容，可以几项一起办；没有勾选的沿用印章登记中的内容。");
        fields.extend(self.field(FormField::Changes, changes));
        let kinds = SealKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.code(), kind.name()))
            .collect();
        fields.extend(self.field(
            FormField::Kind,
            Field::new("kind", FormField::Kind.label(), FieldKind::Choice(kinds)),
        ));
        let special = SpecialSituation::ALL
            .iter()
            .map(|special| Choice::new(special.code(), special.name()));
        let special = Field::new(
            "special",
            FormField::Special.label(),
            FieldKind::Ticks(special.collect()),
        )
        .help("没有可不勾选；勾选的须提交情况说明和承诺书。");
        fields.extend(self.field(FormField::Special, special));
        fields.into_iter().fold(form, Form::field)
    }

    /// The unit's seals to choose from, for a form that was added by hand.
    fn choice_of_seal(&self) -> Option<Field> {
        let seals = self.seals.iter().map(|seal| {
            let record = &seal.record;
            Choice::new(record.id.to_string(), &record.name).hint(format!(
                "{} · {}",
                record.code,
                seal.state(self.app.platform.now()).name()
            ))
        });
        let existing = Field::new(
            FormField::ExistingSeal.code(),
            FormField::ExistingSeal.label(),
            FieldKind::Choice(seals.collect()),
        );
        self.field(FormField::ExistingSeal, existing)
    }

    fn error_of(&self, field: FormField) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }

    pub(super) fn seal(&self, form: Form) -> Form {
        let existing = self.view.case.business.needs_existing_seal();
        let policy = self.app.platform.policy();
        let functions = policy
            .functions_for(self.kind())
            .map(|entry| Choice::new(&entry.code.0, &entry.name))
            .collect();
        let media = self.kind().media().iter().map(|medium| {
            Choice::new(medium.code(), medium.name()).hint(match medium {
                Medium::UsbKey => "密钥保存在 USB KEY 中，由持章人保管",
                Medium::SigningDevice => "密钥保存在自动签章服务器或密码机中",
                Medium::Hosted => "密钥加密保存在平台，凭签章口令使用",
            })
        });
        let text =
            |field: FormField| Field::text(field.code(), field.label()).with("maxlength", "100");
        let fields = [
            self.field(FormField::UnitName, text(FormField::UnitName)),
            self.field(FormField::CreditCode, text(FormField::CreditCode)),
            self.field(FormField::County, text(FormField::County)),
            self.field(
                FormField::PersonName,
                text(FormField::PersonName).help("电子印章使用者的姓名。"),
            ),
            self.field(
                FormField::PersonId,
                text(FormField::PersonId)
                    .with("inputmode", "text")
                    .help("写入数字证书，请核对无误。"),
            ),
            self.field(
                FormField::SealName,
                text(FormField::SealName).help("按实体印章名称填写或自定义命名。"),
            ),
            self.field(
                FormField::Function,
                Field::new(
                    "function",
                    FormField::Function.label(),
                    FieldKind::Choice(functions),
                ),
            ),
            self.shown(FormField::Certificate)
                .map(|name| Field::fixed(FormField::Certificate.label(), name)),
            self.field(
                FormField::Medium,
                Field::new(
                    "medium",
                    FormField::Medium.label(),
                    FieldKind::Choice(media.collect()),
                ),
            ),
        ];
        let fields = fields
            .into_iter()
            .flatten()
            // What the register says stays as it is: only what changes is asked.
            .filter(|field| !existing || !matches!(field.kind, FieldKind::Fixed));
        let form = match self.shown(FormField::ExistingSeal).filter(|_| existing) {
            Some(seal) => form.field(Field::fixed(FormField::ExistingSeal.label(), seal)),
            None => form,
        };
        fields.fold(form, Form::field)
    }

    pub(super) fn agent(&self, form: Form) -> Form {
        let text = |field: FormField| Field::text(field.code(), field.label());
        let fields = [
            self.field(
                FormField::AgentName,
                text(FormField::AgentName).with("autocomplete", "name"),
            ),
            self.field(
                FormField::AgentMobile,
                text(FormField::AgentMobile)
                    .with("inputmode", "tel")
                    .with("autocomplete", "tel"),
            ),
            self.field(
                FormField::AgentId,
                text(FormField::AgentId).with("autocomplete", "off"),
            ),
        ];
        fields.into_iter().flatten().fold(form, Form::field)
    }

    /// What stands in a field, in words.
    pub(super) fn shown(&self, field: FormField) -> Option<String> {
        let case = &self.view.case;
        let draft = &self.application.draft;
        let seal = draft
            .existing_seal
            .and_then(|id| self.seals.iter().find(|seal| seal.record.id == id))
            .map(|seal| &seal.record);
        Some(match field {
            FormField::Kind => self.kind().name().into(),
            FormField::Business => case.business.name().into(),
            FormField::UnitName => case.unit.full_name.clone(),
            FormField::CreditCode => case.unit.credit_code.to_string(),
            FormField::City => case.unit.city.city().name.into(),
            FormField::County => case.unit.county.full_name(),
            FormField::ExistingSeal => format!("{}（{}）", seal?.name, seal?.code),
            FormField::Changes => names(&draft.changes, |code| {
                ChangeKind::find(code).map(ChangeKind::name)
            })?,
            FormField::Special => names(&draft.special, |code| {
                SpecialSituation::find(code).map(SpecialSituation::name)
            })
            .unwrap_or_else(|| "无".into()),
            FormField::Certificate => self.kind().certificate().name().into(),
            FormField::Function => {
                let code = draft
                    .function
                    .clone()
                    .or_else(|| Some(seal?.function.0.clone()))?;
                let policy = self.app.platform.policy();
                policy
                    .function(&code)
                    .map_or(code.clone(), |entry| entry.name.clone())
            }
            FormField::Medium => {
                let known = || seal.map(|seal| seal.medium);
                draft
                    .medium
                    .as_deref()
                    .and_then(Medium::find)
                    .or_else(known)?
                    .name()
                    .into()
            }
            FormField::Request => {
                let material = draft.request.and_then(|id| case.material(id))?;
                material.name.clone()
            }
            FormField::SealName => {
                draft::value(draft, field).or_else(|| seal.map(|seal| seal.name.clone()))?
            }
            FormField::Width => {
                draft::value(draft, field).or_else(|| seal.map(|seal| seal.width.to_string()))?
            }
            FormField::Height => {
                draft::value(draft, field).or_else(|| seal.map(|seal| seal.height.to_string()))?
            }
            FormField::PersonName => {
                draft::value(draft, field).or_else(|| Some(seal?.holder.as_ref()?.name.clone()))?
            }
            FormField::PersonId => {
                draft::value(draft, field).or_else(|| Some(seal?.holder.as_ref()?.id.masked()))?
            }
            field => draft::value(draft, field)?,
        })
    }
}

fn names(codes: &[String], name: impl Fn(&str) -> Option<&'static str>) -> Option<String> {
    let names: Vec<_> = codes.iter().filter_map(|code| name(code)).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

/// What is asked once the change is ticked.
fn what_changes(change: ChangeKind) -> &'static str {
    match change {
        ChangeKind::Imprint => "重新采集印模和尺寸",
        ChangeKind::SealName => "填写新的印章名称",
        ChangeKind::UnitData => "按单位登记的现名称、信用代码写入证书",
        ChangeKind::HolderData => "填写使用者的新姓名",
        ChangeKind::Function => "另选印章功能类型",
    }
}
