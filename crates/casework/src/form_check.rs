//! The check of the form: every field that applies is filled in rightly, every field that does not is empty (R2.1;
//! Guide 第二章 二、三).

mod fields;

use crate::business::{
    BusinessType, CertificateType, ChangeKind, Medium, SealKind, SpecialSituation,
};
use crate::credit_code::CreditCode;
use crate::division::{City, DivisionCode, cities};
use crate::form::{
    AgentInfo, ApplicationForm, ExistingSeal, ExistingSealRef, Field, FieldError, FormContext,
    FormDraft, PersonInfo, SealInfo, Section, UnitInfo,
};
use crate::form_usage::FieldUse;
use crate::ids::MaterialId;
use crate::material::MaterialKind;
use crate::refusal::Refusal;
use crate::resident_id::ResidentId;
use crate::text::{check_name, check_person_name};

impl FormDraft {
    /// Checks the whole form.
    ///
    /// # Errors
    /// Every fault, in the order of the form.
    pub fn check(&self, context: &FormContext<'_>) -> Result<ApplicationForm, Vec<FieldError>> {
        let mut check = Check {
            draft: self,
            context,
            errors: Vec::new(),
        };
        let form = check.form();
        let mut errors = check.errors;
        match form {
            Some(form) if errors.is_empty() => Ok(form),
            _ => {
                errors.sort_by_key(|error| error.field);
                Err(errors)
            }
        }
    }

    /// Checks one field as it stands beside the others; empty when it is right.
    #[must_use]
    pub fn check_field(&self, field: Field, context: &FormContext<'_>) -> Vec<FieldError> {
        self.faults(context, |error| error.field == field)
    }

    /// Checks one section: a step of the wizard.
    #[must_use]
    pub fn check_section(&self, section: Section, context: &FormContext<'_>) -> Vec<FieldError> {
        self.faults(context, |error| error.field.section() == section)
    }

    fn faults(
        &self,
        context: &FormContext<'_>,
        wanted: impl Fn(&FieldError) -> bool,
    ) -> Vec<FieldError> {
        match self.check(context) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().filter(wanted).collect(),
        }
    }
}

struct Check<'a> {
    draft: &'a FormDraft,
    context: &'a FormContext<'a>,
    errors: Vec<FieldError>,
}

impl<'a> Check<'a> {
    fn form(&mut self) -> Option<ApplicationForm> {
        let business = self.business();
        let existing = self.existing();
        let kind = self.kind(existing)?;
        let changes = self.changes(kind);
        let usage =
            move |field: Field, changes: &[ChangeKind]| field.usage(business, kind, changes);
        for field in Field::ALL {
            if usage(*field, &changes) == FieldUse::NotAsked && self.is_filled(*field) {
                self.not_asked(*field);
            }
        }
        let asked = |field| usage(field, &changes) == FieldUse::Asked;

        let unit = self.unit();
        let person = self.person(
            kind,
            existing,
            asked(Field::PersonName),
            asked(Field::PersonId),
        );
        let agent = self.agent();
        let seal = self.seal(existing, asked(Field::SealName), asked(Field::Width));
        self.something_changes(&changes, existing);
        let function = self.function(kind, existing, asked(Field::Function));
        let certificate = self.certificate(kind, asked(Field::Certificate));
        let medium = self.medium(kind, existing, asked(Field::Medium));
        let imprint = self.material(Field::Imprint, asked(Field::Imprint));
        let request = self.request(asked(Field::Request));
        let special = self.special();
        Some(ApplicationForm {
            kind,
            business,
            existing: existing.map(|seal| ExistingSealRef {
                seal: seal.id,
                code: seal.code,
                name: seal.name.clone(),
                key_serial: seal.key_serial.clone(),
                key_lost: false,
            }),
            changes,
            unit: unit?,
            person: person?,
            agent: agent?,
            seal: seal?,
            function: function?,
            certificate: certificate?,
            medium: medium?,
            imprint: imprint?,
            request: request?,
            special,
        })
    }

    fn business(&mut self) -> BusinessType {
        let business = self.context.business;
        if let Some(typed) = self.typed(Field::Business)
            && BusinessType::find(typed) != Some(business)
        {
            let message = format!("本办件办理的业务类型是「{}」，请勿改选", business.name());
            self.fault(Field::Business, "business_differs", message);
        }
        business
    }

    /// R2.2: one of the unit's own seals, in a state in which the business makes sense.
    fn existing(&mut self) -> Option<&'a ExistingSeal> {
        let business = self.context.business;
        if !business.needs_existing_seal() {
            return None;
        }
        let Some(id) = self.draft.existing_seal else {
            let message = format!(
                "请从本单位的印章登记中选择要办理{}的电子印章",
                business.name()
            );
            self.fault(Field::ExistingSeal, "existing_seal_empty", message);
            return None;
        };
        let found = self.context.seals.iter().find(|seal| seal.id == id);
        let Some(seal) = found.filter(|seal| seal.unit == self.context.unit.id) else {
            let message = "所选电子印章不在本单位的印章登记中，请重新选择";
            self.fault(Field::ExistingSeal, "seal_not_of_unit", message);
            return None;
        };
        if let Err(refusal) = seal.allows(business, self.context.policy, self.context.now) {
            self.refused(Field::ExistingSeal, refusal);
        }
        Some(seal)
    }

    fn kind(&mut self, existing: Option<&ExistingSeal>) -> Option<SealKind> {
        let typed = self.choice(Field::Kind, SealKind::find);
        match (existing, typed) {
            (_, Err(())) => None,
            (Some(seal), Ok(typed)) => {
                if typed.is_some_and(|kind| kind != seal.kind) {
                    self.differs(Field::Kind, seal.kind.name());
                }
                Some(seal.kind)
            }
            (None, Ok(Some(kind))) => Some(kind),
            (None, Ok(None)) => {
                if !self.context.business.needs_existing_seal() {
                    self.empty(Field::Kind);
                }
                None
            }
        }
    }

    fn changes(&mut self, kind: SealKind) -> Vec<ChangeKind> {
        if self.context.business != BusinessType::Change {
            return Vec::new();
        }
        let mut changes = Vec::new();
        for typed in &self.draft.changes {
            match ChangeKind::find(typed) {
                Some(change) if change.applies_to(kind) => changes.push(change),
                Some(change) => {
                    let message = format!("{}不适用于{}", change.name(), kind.name());
                    self.fault(Field::Changes, "change_unfit", message);
                }
                None => self.unknown_choice(Field::Changes),
            }
        }
        changes.sort_unstable();
        changes.dedup();
        if changes.is_empty() && self.draft.changes.is_empty() {
            self.empty(Field::Changes);
        }
        changes
    }

    /// A change that was ticked must be one: what is typed differs from the register.
    fn something_changes(&mut self, changes: &[ChangeKind], existing: Option<&ExistingSeal>) {
        let Some(seal) = existing else { return };
        let holder = seal.holder.as_ref().map(|holder| holder.name.as_str());
        for change in changes {
            let (field, as_before) = match change {
                ChangeKind::SealName => {
                    let typed = self.typed(Field::SealName);
                    (Field::SealName, typed == Some(seal.name.as_str()))
                }
                ChangeKind::HolderData => {
                    let typed = self.typed(Field::PersonName);
                    (Field::PersonName, typed.is_some() && typed == holder)
                }
                ChangeKind::Function => {
                    let typed = self.typed(Field::Function);
                    let entry = typed.and_then(|typed| self.context.policy.function(typed));
                    let same = entry.is_some_and(|entry| entry.code == seal.function);
                    (Field::Function, same)
                }
                ChangeKind::UnitData => {
                    self.unit_changes(seal);
                    continue;
                }
                ChangeKind::Imprint => continue,
            };
            if as_before {
                let message = format!(
                    "已选择{}，但{}与印章登记相同，请填写变更后的内容或取消该变更事项",
                    change.name(),
                    field.label()
                );
                self.fault(field, "nothing_changed", message);
            }
        }
    }

    /// 单位信息变更 writes the unit as it is registered now into a new certificate: it must not stand there already.
    fn unit_changes(&mut self, seal: &ExistingSeal) {
        let unit = self.context.unit;
        if unit.full_name == seal.unit_name && unit.credit_code == seal.credit_code {
            let message = format!(
                "已选择单位信息变更，但单位现登记的名称和信用代码与印章证书中的相同（{}，{}）。单位已更名的，请先联系平台系统管理员变更单位信息；没有变更的，请取消该变更事项",
                seal.unit_name, seal.credit_code
            );
            self.fault(Field::Changes, "nothing_changed", message);
        }
    }

    /// 申请单位信息: the unit of the case; 申请单位和盖章单位必须一致 (Guide 第二章 三).
    fn unit(&mut self) -> Option<UnitInfo> {
        let unit = self.context.unit;
        if let Some(name) = self.known(Field::UnitName, |text| check_name("单位名称", text))
            && name != unit.full_name
        {
            self.differs(Field::UnitName, &unit.full_name);
        }
        if let Some(code) = self.known(Field::CreditCode, str::parse::<CreditCode>)
            && code != unit.credit_code
        {
            self.differs(Field::CreditCode, unit.credit_code.as_str());
        }
        if let Some(city) = self.known(Field::City, find_city)
            && city != unit.city.city()
        {
            self.differs(Field::City, unit.city.city().name);
        }
        let county = |text: &str| {
            let unknown =
                || Refusal::new("county_unknown", "所属县/区不属于所属地市，请从列表中选择");
            unit.city.city().county(text).ok_or_else(unknown)
        };
        if let Some(county) = self.known(Field::County, county)
            && county.code != unit.county
        {
            self.differs(Field::County, unit.county.county_name());
        }
        Some(UnitInfo {
            name: unit.full_name.clone(),
            credit_code: unit.credit_code,
            city: unit.city,
            county: unit.county,
        })
    }

    /// The outer `None`: faulty; the inner: no person in this form.
    #[expect(
        clippy::option_option,
        reason = "faulty and not asked for are different answers"
    )]
    fn person(
        &mut self,
        kind: SealKind,
        existing: Option<&ExistingSeal>,
        name_asked: bool,
        id_asked: bool,
    ) -> Option<Option<PersonInfo>> {
        if kind != SealKind::Personal {
            return Some(None);
        }
        let holder = existing.and_then(|seal| seal.holder.as_ref());
        let name = self.asked_or_known(
            Field::PersonName,
            name_asked,
            holder.map(|holder| holder.name.clone()),
            |text| check_person_name("申请个人姓名", text),
        );
        let id = self.asked_or_known(
            Field::PersonId,
            id_asked,
            holder.map(|holder| holder.id),
            str::parse::<ResidentId>,
        );
        Some(Some(PersonInfo {
            name: name?,
            id: id?,
        }))
    }

    fn agent(&mut self) -> Option<AgentInfo> {
        let name = self.asked(Field::AgentName, |text| {
            check_person_name("经办人姓名", text)
        });
        let mobile = self.asked(Field::AgentMobile, str::parse);
        let id = self.asked(Field::AgentId, str::parse);
        Some(AgentInfo {
            name: name?,
            mobile: mobile?,
            id: id?,
        })
    }

    fn seal(
        &mut self,
        existing: Option<&ExistingSeal>,
        name_asked: bool,
        size_asked: bool,
    ) -> Option<SealInfo> {
        let name = self.asked_or_known(
            Field::SealName,
            name_asked,
            existing.map(|seal| seal.name.clone()),
            |text| check_name("印章名称", text),
        );
        let (width, height) = (existing.map(|s| s.width), existing.map(|s| s.height));
        let width = self.asked_or_known(Field::Width, size_asked, width, str::parse);
        let height = self.asked_or_known(Field::Height, size_asked, height, str::parse);
        Some(SealInfo {
            name: name?,
            width: width?,
            height: height?,
        })
    }

    fn function(
        &mut self,
        kind: SealKind,
        existing: Option<&ExistingSeal>,
        asked: bool,
    ) -> Option<crate::business::SealFunction> {
        let policy = self.context.policy;
        let known = existing.map(|seal| seal.function.clone());
        self.asked_or_known(Field::Function, asked, known, |text| {
            match policy.function(text) {
                Some(entry) if entry.kinds.contains(&kind) => Ok(entry.code.clone()),
                Some(entry) => Err(Refusal::new(
                    "function_unfit",
                    format!(
                        "印章功能类型「{}」不适用于{}，请重新选择",
                        entry.name,
                        kind.name()
                    ),
                )),
                None => Err(choice_unknown(Field::Function)),
            }
        })
    }

    fn certificate(&mut self, kind: SealKind, asked: bool) -> Option<CertificateType> {
        let fitting = kind.certificate();
        let typed = self.asked_or_known(Field::Certificate, asked, Some(fitting), |text| {
            CertificateType::find(text).ok_or_else(|| choice_unknown(Field::Certificate))
        })?;
        if typed == fitting {
            return Some(typed);
        }
        let message = format!("{}须绑定{}，请重新选择", kind.name(), fitting.name());
        self.fault(Field::Certificate, "certificate_unfit", message);
        None
    }

    fn medium(
        &mut self,
        kind: SealKind,
        existing: Option<&ExistingSeal>,
        asked: bool,
    ) -> Option<Medium> {
        let known = existing.map(|seal| seal.medium);
        let medium = self.asked_or_known(Field::Medium, asked, known, |text| {
            Medium::find(text).ok_or_else(|| choice_unknown(Field::Medium))
        })?;
        if kind.media().contains(&medium) {
            return Some(medium);
        }
        let names: Vec<_> = kind.media().iter().map(|medium| medium.name()).collect();
        let message = format!(
            "{}的证书介质只能是{}，请重新选择",
            kind.name(),
            names.join("或")
        );
        self.fault(Field::Medium, "medium_unfit", message);
        None
    }

    #[expect(
        clippy::option_option,
        reason = "faulty and not asked for are different answers"
    )]
    fn material(&mut self, field: Field, asked: bool) -> Option<Option<MaterialId>> {
        if !asked {
            return Some(None);
        }
        let (typed, kind) = match field {
            Field::Request => (self.draft.request, MaterialKind::P10),
            _ => (self.draft.imprint, MaterialKind::Imprint),
        };
        let Some(id) = typed else {
            self.empty(field);
            return None;
        };
        if self.context.materials.contains(&(id, kind)) {
            return Some(Some(id));
        }
        let message = format!("{}的文件已不在办件中，请重新上传", field.label());
        self.fault(field, "material_unknown", message);
        None
    }

    /// R2.5: the answer to a bad P10 says what is wrong with it.
    #[expect(
        clippy::option_option,
        reason = "faulty and not asked for are different answers"
    )]
    fn request(&mut self, asked: bool) -> Option<Option<MaterialId>> {
        let id = self.material(Field::Request, asked)?;
        let Some(material) = id else {
            return Some(None);
        };
        let Some((_, facts)) = self.context.requests.iter().find(|(of, _)| *of == material) else {
            let message = "P10 设备证书请求尚未检查完成，请稍后重试";
            self.fault(Field::Request, "request_unchecked", message);
            return None;
        };
        let before = self.errors.len();
        for problem in &facts.problems {
            let message = format!("P10 设备证书请求有误：{}", problem.message);
            self.fault(Field::Request, "request_problem", message);
        }
        let fresh = matches!(
            self.context.business,
            BusinessType::New | BusinessType::Reissue
        );
        if let Some(seen) = facts.key_seen_before.as_ref().filter(|_| fresh) {
            let message =
                format!("P10 中的公钥已在「{seen}」中使用过，请在设备上重新生成密钥后导出 P10");
            self.fault(Field::Request, "request_key_reused", message);
        }
        (self.errors.len() == before).then_some(id)
    }

    fn special(&mut self) -> Vec<SpecialSituation> {
        let mut special = Vec::new();
        for typed in &self.draft.special {
            match SpecialSituation::find(typed) {
                Some(situation) => special.push(situation),
                None => self.unknown_choice(Field::Special),
            }
        }
        special.sort_unstable();
        special.dedup();
        special
    }
}

fn choice_unknown(field: Field) -> Refusal {
    Refusal::new(
        "choice_unknown",
        format!("{}只能从列出的选项中选择一项", field.label()),
    )
}

fn find_city(text: &str) -> Result<&'static City, Refusal> {
    let by_code = text.parse::<DivisionCode>().ok();
    cities()
        .iter()
        .find(|city| city.name == text || Some(city.code) == by_code)
        .ok_or_else(|| Refusal::new("city_unknown", "所属地市不在列表中，请重新选择"))
}
