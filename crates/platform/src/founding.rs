//! What only the console does: the Center and the three administrators of a new installation, and an administrator's
//! forgotten password. Whoever may run the program on its data has the keys of the house anyway.

use casework::{CreditCode, DivisionCode, Level, Post, ResidentId, Role, Unit, UnitId};
use uuid::Uuid;

use crate::{
    Platform,
    account::{NO_PASSWORD, NewAccount},
    error::{Error, Result},
    journal::{self, Fact},
    sign_in::{hash_password, initial_password},
    unit::CENTER,
};

/// One of the three administrators to be made.
#[derive(Debug, Clone)]
pub struct Founder {
    /// Name for signing in.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// 身份证号.
    pub resident_id: ResidentId,
}

/// The beginning of an installation (R1.4: 三员分立).
#[derive(Debug, Clone)]
pub struct Founding {
    /// 统一社会信用代码 of the Center; its name is the policy's.
    pub credit_code: CreditCode,
    /// Its 主管处（室）.
    pub competent_office: String,
    /// Its 分管领导.
    pub leader_in_charge: String,
    /// 系统管理员.
    pub system: Founder,
    /// 安全管理员.
    pub security: Founder,
    /// 审计员.
    pub auditor: Founder,
}

impl Platform {
    /// Enters the Center and its three administrators, and answers their first passwords (login, password): the one
    /// time they can be seen. They are changed at the first sign-in.
    ///
    /// # Errors
    /// `already_founded` where there are units; the refusals of the unit and of `create_account`.
    pub async fn found(&self, founding: Founding) -> Result<Vec<(String, String)>> {
        let center = Unit {
            id: UnitId::from_uuid(Uuid::now_v7()),
            full_name: self.policy().center.name.clone(),
            credit_code: founding.credit_code,
            city: DivisionCode::PROVINCE,
            county: DivisionCode::PROVINCE,
            level: Level::Province,
            parent: None,
            competent_office: founding.competent_office,
            leader_in_charge: founding.leader_in_charge,
            consolidator: None,
        };
        center.check()?;
        let founders = [
            (Role::SystemAdministrator, founding.system),
            (Role::SecurityAdministrator, founding.security),
            (Role::Auditor, founding.auditor),
        ];
        let mut secrets = Vec::new();
        for _ in &founders {
            let password = initial_password();
            let hash = hash_password(password.clone()).await?;
            secrets.push((password, hash));
        }
        let mut tx = self.store.begin().await?;
        if !tx.units(None, 1).await?.is_empty() {
            return Err(Error::refused(
                "already_founded",
                "这里已有单位和账号，不能再次初始化。请由系统管理员在平台中增加。",
            ));
        }
        self.insert_unit_in(tx.as_mut(), &center).await?;
        tx.setting_put(CENTER, &center.id.to_string()).await?;
        let mut facts = vec![Fact::by_platform("unit.created", center.id.to_string())];
        let mut made = Vec::new();
        for ((role, founder), (password, hash)) in founders.into_iter().zip(secrets) {
            let account = NewAccount {
                login: founder.login.clone(),
                name: casework::text::check_person_name("姓名", &founder.name)?,
                password: String::new(),
                mobile: None,
                resident_id: Some(founder.resident_id),
                posts: vec![Post {
                    role,
                    unit: center.id,
                }],
            };
            let id = self
                .insert_into(tx.as_mut(), account, NO_PASSWORD.to_owned())
                .await?;
            let mut record = tx.account(id).await?.ok_or(Error::NotFound("account"))?;
            self.give_initial_password(&mut record, hash)?;
            tx.account_update(&record).await?;
            facts.push(Fact::by_platform("account.created", id.to_string()));
            made.push((founder.login, password));
        }
        journal::record(tx.as_mut(), self.clock.now(), facts).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Gives an administrator a new initial password, and answers it: the one time it can be seen. Other people's are
    /// reset by the security administrator.
    ///
    /// # Errors
    /// `account_unknown`, `not_an_administrator`.
    pub async fn reset_administrator(&self, login: &str) -> Result<String> {
        let password = initial_password();
        let hash = hash_password(password.clone()).await?;
        let mut tx = self.store.begin().await?;
        let mut record = tx.account_by_login(login).await?.ok_or_else(|| {
            Error::refused("account_unknown", format!("没有账号“{login}”，请核对。"))
        })?;
        if !record
            .posts
            .iter()
            .any(|post| post.role.is_administrative())
        {
            return Err(Error::refused(
                "not_an_administrator",
                "该账号不是管理员，请由安全管理员在平台中重置口令。",
            ));
        }
        self.give_initial_password(&mut record, hash)?;
        tx.account_update(&record).await?;
        tx.sessions_delete_of(record.id).await?;
        let fact = Fact::by_platform("account.password_reset", record.id.to_string());
        journal::record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        tx.commit().await?;
        Ok(password)
    }
}
