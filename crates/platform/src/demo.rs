//! Units and accounts to try the platform with: every role of the guide at province, city and county level.
//! All names, codes and numbers are made up; the check characters are right.

use casework::{
    CreditCode, DivisionCode, Level, Mobile, Post, ResidentId, Role, Unit, UnitId, city_named,
    consolidator_of,
};
use uuid::Uuid;

use crate::{
    Platform,
    account::NewAccount,
    desk::NewKeys,
    error::{Error, Result},
    journal::{self, Fact},
};

/// An account of the demo data, as printed at the first start.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// Name for signing in.
    pub login: &'static str,
    /// The person's name.
    pub name: &'static str,
    /// The role.
    pub role: Role,
    /// Key of the unit, see [`UNITS`].
    unit: &'static str,
}

impl DemoAccount {
    /// Full name of the unit.
    pub fn unit_name(&self) -> &'static str {
        UNITS
            .iter()
            .find(|unit| unit.key == self.unit)
            .map_or("", |unit| unit.name)
    }

    /// The password of every demo account.
    pub const PASSWORD: &'static str = "Yinxin-Demo-2026";
}

/// The demo accounts, in the order of the process.
pub fn demo_accounts() -> &'static [DemoAccount] {
    const fn account(
        login: &'static str,
        name: &'static str,
        role: Role,
        unit: &'static str,
    ) -> DemoAccount {
        DemoAccount {
            login,
            name,
            role,
            unit,
        }
    }
    const ACCOUNTS: [DemoAccount; 16] = [
        account("xian-jingban", "林晓梅", Role::Agent, "county"),
        account("xian-shenpi", "陈国栋", Role::UnitApprover, "county"),
        account("shi-jingban", "黄文静", Role::Agent, "city"),
        account("shi-shenpi", "郑志强", Role::UnitApprover, "city"),
        account("sheng-jingban", "吴雅琴", Role::Agent, "province"),
        account("sheng-shenpi", "刘建华", Role::UnitApprover, "province"),
        account("pingtan-jingban", "高海燕", Role::Agent, "pingtan"),
        account("pingtan-shenpi", "游䶮东", Role::UnitApprover, "pingtan"),
        account("huizong", "谢丽娟", Role::Consolidator, "fuzhou-office"),
        account(
            "pingtan-huizong",
            "林长青",
            Role::Consolidator,
            "pingtan-office",
        ),
        account("zhizuo", "张明远", Role::SealMaker, "center"),
        account("shenhe", "王慧敏", Role::SealReviewer, "center"),
        account("lingdao", "李承志", Role::DepartmentLeader, "center"),
        account("xitong", "周立", Role::SystemAdministrator, "center"),
        account("anquan", "徐安", Role::SecurityAdministrator, "center"),
        account("shenji", "何正", Role::Auditor, "center"),
    ];
    &ACCOUNTS
}

struct DemoUnit {
    key: &'static str,
    name: &'static str,
    /// First 17 characters of the 统一社会信用代码.
    code: &'static str,
    city: Option<&'static str>,
    county: Option<&'static str>,
    level: Level,
    consolidator: Option<&'static str>,
    office: &'static str,
    leader: &'static str,
}

/// The demo units; a consolidator stands before those that go through it.
const UNITS: [DemoUnit; 7] = [
    DemoUnit {
        key: "center",
        name: "福建省经济信息中心",
        code: "1235000000DEM0001",
        city: None,
        county: None,
        level: Level::Province,
        consolidator: None,
        office: "电子印章部",
        leader: "李承志",
    },
    DemoUnit {
        key: "fuzhou-office",
        name: "福州市数字办（演示）",
        code: "1135010000DEM0002",
        city: Some("福州市"),
        county: None,
        level: Level::City,
        consolidator: Some("fuzhou-office"),
        office: "综合处",
        leader: "赵启明",
    },
    DemoUnit {
        key: "pingtan-office",
        name: "平潭综合实验区行政审批局（演示）",
        code: "1135012800DEM0003",
        city: Some("平潭综合实验区"),
        county: None,
        level: Level::City,
        consolidator: Some("pingtan-office"),
        office: "综合处",
        leader: "林海",
    },
    DemoUnit {
        key: "county",
        name: "闽侯县政务服务示范局",
        code: "1135012100DEM0004",
        city: Some("福州市"),
        county: Some("闽侯县"),
        level: Level::County,
        consolidator: Some("fuzhou-office"),
        office: "办公室",
        leader: "陈国栋",
    },
    DemoUnit {
        key: "city",
        name: "福州市公共服务示范局",
        code: "1135010000DEM0005",
        city: Some("福州市"),
        county: None,
        level: Level::City,
        consolidator: Some("fuzhou-office"),
        office: "政策法规处",
        leader: "郑志强",
    },
    DemoUnit {
        key: "province",
        name: "福建省数字政务示范厅",
        code: "1135000000DEM0006",
        city: None,
        county: None,
        level: Level::Province,
        consolidator: None,
        office: "办公室",
        leader: "刘建华",
    },
    DemoUnit {
        key: "pingtan",
        name: "平潭综合实验区社会服务示范局",
        code: "1135012800DEM0007",
        city: Some("平潭综合实验区"),
        county: None,
        level: Level::City,
        consolidator: Some("pingtan-office"),
        office: "办公室",
        leader: "游䶮东",
    },
];

impl Platform {
    /// Whether the demo accounts are here, under their published password.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn demo_is_installed(&self) -> Result<bool> {
        let mut tx = self.store.read().await?;
        Ok(tx
            .account_by_login(demo_accounts()[0].login)
            .await?
            .is_some())
    }

    /// Installs the demo units and accounts, once: answers false where there is a unit already.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn install_demo(&self) -> Result<bool> {
        if !self.units(None).await?.is_empty() {
            return Ok(false);
        }
        let mut ids: Vec<(&'static str, UnitId)> = Vec::new();
        for demo in &UNITS {
            let id = UnitId::from_uuid(Uuid::now_v7());
            ids.push((demo.key, id));
            let city = match demo.city {
                Some(name) => {
                    city_named(name)
                        .ok_or_else(|| Error::internal("demo data", name))?
                        .code
                }
                None => DivisionCode::PROVINCE,
            };
            let county = match demo.county {
                Some(name) => {
                    city.city()
                        .county(name)
                        .ok_or_else(|| Error::internal("demo data", name))?
                        .code
                }
                None => city,
            };
            let consolidator = demo.consolidator.map(|key| find(&ids, key)).transpose()?;
            debug_assert!(demo.city.is_none() || !consolidator_of(city).is_empty());
            self.insert_unit(&Unit {
                id,
                full_name: demo.name.to_owned(),
                credit_code: CreditCode::complete(demo.code)?,
                city,
                county,
                level: demo.level,
                parent: None,
                competent_office: demo.office.to_owned(),
                leader_in_charge: demo.leader.to_owned(),
                consolidator,
            })
            .await?;
        }
        self.set_center(find(&ids, "center")?).await?;
        let mut facts = Vec::new();
        for (number, demo) in demo_accounts().iter().enumerate() {
            let (id, fact) = self
                .insert_account(NewAccount {
                    login: demo.login.to_owned(),
                    name: demo.name.to_owned(),
                    password: DemoAccount::PASSWORD.to_owned(),
                    mobile: Some(format!("1380000{:04}", 1001 + number).parse::<Mobile>()?),
                    resident_id: Some(ResidentId::complete(&format!(
                        "35010219900101{:03}",
                        101 + number
                    ))?),
                    posts: vec![Post {
                        role: demo.role,
                        unit: find(&ids, demo.unit)?,
                    }],
                })
                .await?;
            facts.push(Fact::by_platform(fact, id.to_string()).with("demo", "true"));
        }
        let mut tx = self.store.begin().await?;
        journal::record(tx.as_mut(), self.clock.now(), facts).await?;
        tx.commit().await?;
        self.stock_demo_keys().await?;
        Ok(true)
    }
}

impl Platform {
    /// A first batch of keys, so that seals on USB KEYs can be made.
    async fn stock_demo_keys(&self) -> Result<()> {
        let maker = demo_accounts()
            .iter()
            .find(|account| account.role == Role::SealMaker)
            .ok_or_else(|| Error::internal("demo data", "no seal maker"))?;
        let record = self
            .store
            .read()
            .await?
            .account_by_login(maker.login)
            .await?
            .ok_or_else(|| Error::internal("demo data", maker.login))?;
        let actor = self
            .account(record.id)
            .await?
            .actor(0)
            .ok_or_else(|| Error::internal("demo data", maker.login))?;
        self.receive_keys(
            &actor,
            &NewKeys {
                vendor: "演示厂商".to_owned(),
                model: "SM2-KEY".to_owned(),
                batch: "演示批次".to_owned(),
                serials: format!("{DEMO_KEYS}0001~{DEMO_KEYS}0200"),
            },
        )
        .await?;
        Ok(())
    }
}

/// What the serial numbers of the demonstration's keys begin with; `0001` to `0200` follow.
pub const DEMO_KEYS: &str = "YXKEY2026";

fn find(ids: &[(&'static str, UnitId)], key: &'static str) -> Result<UnitId> {
    ids.iter()
        .find(|(known, _)| *known == key)
        .map(|(_, id)| *id)
        .ok_or_else(|| Error::internal("demo data", key))
}
