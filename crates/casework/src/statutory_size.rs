//! The sizes that 国发〔1999〕25号 (国务院关于国家行政机关和企业事业单位社会团体印章管理的规定) gives for the round
//! seals of units. Advice for the people who review, never a refusal: lawful exceptions exist.

use serde::{Deserialize, Serialize};

use crate::business::SealKind;
use crate::unit::Level;

/// Whose seal it is, as far as the size depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealOwner {
    /// 省、自治区、直辖市人民政府.
    ProvinceGovernment,
    /// 自治州、市、县、市辖区人民政府.
    CityOrCountyGovernment,
    /// 乡、民族乡、镇人民政府.
    TownshipGovernment,
    /// 部门、派出机关、内设机构和企业事业单位、社会团体.
    DepartmentOrInstitution,
}

/// What stands in the middle of the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emblem {
    /// 国徽.
    National,
    /// 五角星.
    Star,
}

/// What the regulation expects of a round seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatutorySize {
    /// Whose seal it is.
    pub owner: SealOwner,
    /// Diameter in mm.
    pub diameter_mm: u16,
    /// Whether the diameter is only the largest allowed.
    pub at_most: bool,
    /// What stands in the middle.
    pub emblem: Emblem,
}

/// A measured size that the regulation does not expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SizeRemark {
    /// Stable `snake_case` code.
    pub code: String,
    /// What differs and what to do.
    pub message: String,
}

/// Ink spreads and paper stretches: a difference of so much (in mm) is none.
const SLACK_MM: f32 = 1.0;

impl SealOwner {
    /// Tells the owner by the unit's full name and level.
    #[must_use]
    pub fn of(unit_name: &str, level: Level) -> Self {
        let Some(place) = unit_name.trim().strip_suffix("人民政府") else {
            return Self::DepartmentOrInstitution;
        };
        if place.ends_with('乡') || place.ends_with('镇') {
            Self::TownshipGovernment
        } else if level == Level::Province && place.ends_with('省') {
            Self::ProvinceGovernment
        } else {
            Self::CityOrCountyGovernment
        }
    }

    fn whose(self) -> &'static str {
        match self {
            Self::ProvinceGovernment => "省人民政府印章",
            Self::CityOrCountyGovernment => "市、县（区）人民政府印章",
            Self::TownshipGovernment => "乡（镇）人民政府印章",
            Self::DepartmentOrInstitution => "部门和企业事业单位、社会团体印章",
        }
    }
}

impl StatutorySize {
    /// The size for a seal; `None` for personal seals and for those of devices, of which the regulation says nothing.
    #[must_use]
    pub fn of(kind: SealKind, unit_name: &str, level: Level) -> Option<Self> {
        if kind != SealKind::Unit {
            return None;
        }
        let owner = SealOwner::of(unit_name, level);
        let (diameter_mm, at_most, emblem) = match owner {
            SealOwner::ProvinceGovernment => (50, false, Emblem::National),
            SealOwner::CityOrCountyGovernment => (45, false, Emblem::National),
            SealOwner::TownshipGovernment => (42, false, Emblem::Star),
            SealOwner::DepartmentOrInstitution => (45, true, Emblem::Star),
        };
        Some(Self {
            owner,
            diameter_mm,
            at_most,
            emblem,
        })
    }

    /// The rule in words.
    #[must_use]
    pub fn words(&self) -> String {
        let whose = self.owner.whose();
        let bound = if self.at_most { "不得大于" } else { "为" };
        let emblem = match self.emblem {
            Emblem::National => "国徽",
            Emblem::Star => "五角星",
        };
        format!(
            "{whose}直径{bound} {} 毫米，中央刊{emblem}",
            self.diameter_mm
        )
    }

    /// A remark on the measured size of a round imprint, if it differs. For other shapes there is none: the
    /// regulation is about round seals.
    #[must_use]
    pub fn remark(&self, width_mm: f32, height_mm: f32) -> Option<SizeRemark> {
        let measured = (width_mm + height_mm) / 2.0;
        let expected = f32::from(self.diameter_mm);
        let (code, differs) = match () {
            () if measured > expected + SLACK_MM => ("statutory_size_exceeded", "大于"),
            () if !self.at_most && measured < expected - SLACK_MM => {
                ("statutory_size_undercut", "小于")
            }
            () => return None,
        };
        Some(SizeRemark {
            code: code.to_owned(),
            message: format!(
                "印模实测直径 {measured:.1} 毫米，{differs}国发〔1999〕25号的规定（{}），请核对表格是否按实际大小打印、印章是否合规",
                self.words()
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(name: &str, level: Level) -> StatutorySize {
        StatutorySize::of(SealKind::Unit, name, level).unwrap()
    }

    #[test]
    fn governments_departments_and_townships_have_their_sizes() {
        for (name, level, mm, at_most, emblem) in [
            (
                "福建省人民政府",
                Level::Province,
                50,
                false,
                Emblem::National,
            ),
            ("厦门市人民政府", Level::City, 45, false, Emblem::National),
            (
                "厦门市思明区人民政府",
                Level::County,
                45,
                false,
                Emblem::National,
            ),
            (
                "泰宁县朱口镇人民政府",
                Level::County,
                42,
                false,
                Emblem::Star,
            ),
            (
                "霞浦县盐田畲族乡人民政府",
                Level::County,
                42,
                false,
                Emblem::Star,
            ),
            ("福建省财政厅", Level::Province, 45, true, Emblem::Star),
            ("厦门市人民政府办公厅", Level::City, 45, true, Emblem::Star),
            (
                "思明区人民政府鼓浪屿街道办事处",
                Level::County,
                45,
                true,
                Emblem::Star,
            ),
        ] {
            let size = size(name, level);
            assert_eq!(
                (size.diameter_mm, size.at_most, size.emblem),
                (mm, at_most, emblem),
                "{name}"
            );
        }
        for kind in [SealKind::Personal, SealKind::Device] {
            assert_eq!(StatutorySize::of(kind, "厦门市人民政府", Level::City), None);
        }
    }

    #[test]
    fn a_size_that_differs_is_remarked_on_with_the_rule() {
        let government = size("厦门市人民政府", Level::City);
        assert_eq!(government.remark(45.3, 44.8), None);
        let small = government.remark(42.0, 42.0).unwrap();
        assert_eq!(small.code, "statutory_size_undercut");
        assert!(small.message.contains("实测直径 42.0 毫米"));
        assert!(small.message.contains("直径为 45 毫米，中央刊国徽"));
        let office = size("福建省财政厅", Level::Province);
        assert_eq!(office.remark(38.0, 38.0), None);
        let large = office.remark(50.2, 50.0).unwrap();
        assert_eq!(large.code, "statutory_size_exceeded");
        assert!(large.message.contains("不得大于 45 毫米"));
    }
}
