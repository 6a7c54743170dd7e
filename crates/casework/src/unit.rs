//! Units and the way their papers take to the Center.

use serde::{Deserialize, Serialize};

use crate::credit_code::CreditCode;
use crate::division::DivisionCode;
use crate::ids::UnitId;
use crate::refusal::Refusal;

/// A unit that uses seals (使用政务电子印章的单位). In a case it is a snapshot: names as they were then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// 单位名称, complete.
    pub full_name: String,
    /// 统一社会信用代码.
    pub credit_code: CreditCode,
    /// 所属地市.
    pub city: DivisionCode,
    /// 所属县/区; the city's own code says 市本级.
    pub county: DivisionCode,
    /// Level.
    pub level: Level,
    /// The superior unit, if it has one here.
    pub parent: Option<UnitId>,
    /// 电子印章主管处（室）, filed with the Center (Guide 一、2).
    pub competent_office: String,
    /// 分管领导, filed with the Center (Guide 一、2).
    pub leader_in_charge: String,
    /// Its 汇总办理单位, for city and county units.
    pub consolidator: Option<UnitId>,
}

/// Level of a unit, which decides its route (Guide 二、4（3）).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 省级.
    Province,
    /// 设区市级, 平潭综合实验区.
    City,
    /// 县（区）级.
    County,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::Province, Self::City, Self::County];

    /// Stable code, as in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
        }
    }

    /// Chinese name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Province => "省级",
            Self::City => "设区市级",
            Self::County => "县（区）级",
        }
    }
}

/// How a unit's papers reach the Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "way", content = "consolidator")]
pub enum Route {
    /// 省级申请单位: the agent hands in to the Center.
    Direct,
    /// 设区市、平潭综合实验区、县（区）申请单位: through the consolidator.
    ThroughConsolidator(UnitId),
}

impl Route {
    /// The consolidator on the way, if there is one.
    #[must_use]
    pub fn consolidator(&self) -> Option<UnitId> {
        match self {
            Self::Direct => None,
            Self::ThroughConsolidator(unit) => Some(*unit),
        }
    }
}

impl Unit {
    /// The route of this unit's cases (R3.1, Guide 二、4（3）).
    ///
    /// # Errors
    /// `consolidator_missing`: a city or county unit for which no consolidator is filed.
    pub fn route(&self) -> Result<Route, Refusal> {
        match (self.level, self.consolidator) {
            (Level::Province, _) => Ok(Route::Direct),
            (_, Some(consolidator)) => Ok(Route::ThroughConsolidator(consolidator)),
            (_, None) => Err(Refusal::new(
                "consolidator_missing",
                format!(
                    "{}尚未登记汇总办理单位（{}），请联系系统管理员登记后再申请",
                    self.full_name,
                    consolidator_of(self.city)
                ),
            )),
        }
    }

    /// Checks that the parts of the unit fit together.
    ///
    /// # Errors
    /// `unit_county_not_in_city`, `unit_level_division`, and the faults of its texts.
    pub fn check(&self) -> Result<(), Refusal> {
        crate::text::check_name("单位名称", &self.full_name)?;
        crate::text::check_name("电子印章主管处（室）", &self.competent_office)?;
        crate::text::check_person_name("分管领导", &self.leader_in_charge)?;
        if self.county.city() != self.city.city() {
            return Err(Refusal::new(
                "unit_county_not_in_city",
                format!(
                    "所属县/区「{}」不属于所属地市「{}」，请重新选择",
                    self.county.county_name(),
                    self.city.city().name
                ),
            ));
        }
        if self.parent == Some(self.id) {
            return Err(Refusal::new(
                "unit_parent_itself",
                "上级单位不能是本单位自己，请重新选择",
            ));
        }
        if self.level != Level::Province && self.city == DivisionCode::PROVINCE {
            return Err(Refusal::new(
                "unit_level_division",
                "设区市、县（区）单位的所属地市不能是「省本级」，请重新选择",
            ));
        }
        let own_level = self.county == self.city && self.city != DivisionCode::PINGTAN;
        if self.level == Level::County && own_level {
            return Err(Refusal::new(
                "unit_county_missing",
                "县（区）级单位须选择所属县/区，不能是「市本级」",
            ));
        }
        Ok(())
    }

    /// Checks the unit against its superior.
    ///
    /// # Errors
    /// `unit_parent_below`, `unit_parent_elsewhere`.
    pub fn check_parent(&self, parent: &Self) -> Result<(), Refusal> {
        if parent.level > self.level {
            return Err(Refusal::new(
                "unit_parent_below",
                format!(
                    "上级单位「{}」是{}，不能管辖{}单位，请重新选择",
                    parent.full_name,
                    parent.level.name(),
                    self.level.name()
                ),
            ));
        }
        if parent.level != Level::Province && parent.city.city() != self.city.city() {
            return Err(Refusal::new(
                "unit_parent_elsewhere",
                format!(
                    "上级单位「{}」属于{}，与本单位不在同一地市，请重新选择",
                    parent.full_name,
                    parent.city.city().name
                ),
            ));
        }
        Ok(())
    }
}

/// What the guide calls the consolidator of a city: 福州市数字办, …, 平潭综合实验区行政审批局 (nine and one).
#[must_use]
pub fn consolidator_of(city: DivisionCode) -> String {
    match city.city() {
        city if city.code == DivisionCode::PINGTAN => "平潭综合实验区行政审批局".to_owned(),
        city => format!("{}数字办", city.name),
    }
}
