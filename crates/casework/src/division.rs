//! Fujian's divisions with their GB/T 2260 codes, as they stand after the changes of 2021.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// A division code that this table knows: the province, a city, or a county or district of Fujian.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(u32);

/// A city (设区市), or 平潭综合实验区, which stands on its own; or the province itself (省本级).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct City {
    /// Its code.
    pub code: DivisionCode,
    /// Its name, e.g. 福州市.
    pub name: &'static str,
    /// Its counties and districts, without 本级.
    pub counties: &'static [County],
}

/// A county, district or county-level city (所属县/区).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct County {
    /// Its code.
    pub code: DivisionCode,
    /// Its name, e.g. 鼓楼区.
    pub name: &'static str,
}

impl DivisionCode {
    /// Fujian province itself (省本级).
    pub const PROVINCE: Self = Self(350_000);
    /// 平潭综合实验区.
    pub const PINGTAN: Self = Self(350_128);

    /// The city this code names, or to which the county belongs. For the province: 省本级.
    #[must_use]
    pub fn city(self) -> &'static City {
        CITIES
            .iter()
            .find(|city| city.code == self || city.counties.iter().any(|c| c.code == self))
            .unwrap_or(&CITIES[0])
    }

    /// The name of the county, or 市本级/省本级 when the code is the city's own.
    #[must_use]
    pub fn county_name(self) -> &'static str {
        let city = self.city();
        match city.counties.iter().find(|county| county.code == self) {
            Some(county) => county.name,
            None => own_level(city),
        }
    }

    /// 福州市鼓楼区, 福州市本级, 省本级.
    #[must_use]
    pub fn full_name(self) -> String {
        let city = self.city();
        match city.counties.iter().find(|county| county.code == self) {
            Some(_) if self == Self::PINGTAN => city.name.to_owned(),
            Some(county) => format!("{}{}", city.name, county.name),
            None if self == Self::PROVINCE => own_level(city).to_owned(),
            None => format!("{}本级", city.name),
        }
    }
}

/// 省本级, the nine cities and 平潭综合实验区, in the order of their codes (平潭 last).
#[must_use]
pub fn cities() -> &'static [City] {
    CITIES
}

/// The city of that name.
#[must_use]
pub fn city_named(name: &str) -> Option<&'static City> {
    CITIES.iter().find(|city| city.name == name.trim())
}

impl City {
    /// What 所属县/区 may say for this city: 本级 first, then the counties and districts.
    pub fn county_choices(&self) -> impl Iterator<Item = County> {
        let own = (self.code != DivisionCode::PINGTAN).then_some(County {
            code: self.code,
            name: own_level(self),
        });
        own.into_iter().chain(self.counties.iter().copied())
    }

    /// The county of that name or code, or 本级.
    #[must_use]
    pub fn county(&self, name_or_code: &str) -> Option<County> {
        let wanted = name_or_code.trim();
        self.county_choices()
            .find(|county| county.name == wanted || county.code.to_string() == wanted)
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, self.full_name())
    }
}

impl FromStr for DivisionCode {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let unknown = || {
            Refusal::new(
                "division_unknown",
                "行政区划代码不在福建省现行区划之内，请从列表中选择所属地市和所属县/区",
            )
        };
        let code = Self(text.trim().parse().map_err(|_| unknown())?);
        CITIES
            .iter()
            .any(|city| city.code == code || city.counties.iter().any(|c| c.code == code))
            .then_some(code)
            .ok_or_else(unknown)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.to_string()
    }
}

fn own_level(city: &City) -> &'static str {
    if city.code == DivisionCode::PROVINCE {
        "省本级"
    } else {
        "市本级"
    }
}

macro_rules! cities {
    ($($code:literal $name:literal [$($county:literal $county_name:literal),*];)*) => {
        &[$(City {
            code: DivisionCode($code),
            name: $name,
            counties: &[$(County { code: DivisionCode($county), name: $county_name }),*],
        }),*]
    };
}

static CITIES: &[City] = cities! {
    350000 "省本级" [];
    350100 "福州市" [350102 "鼓楼区", 350103 "台江区", 350104 "仓山区", 350105 "马尾区", 350111 "晋安区",
        350112 "长乐区", 350121 "闽侯县", 350122 "连江县", 350123 "罗源县", 350124 "闽清县", 350125 "永泰县",
        350181 "福清市"];
    350200 "厦门市" [350203 "思明区", 350205 "海沧区", 350206 "湖里区", 350211 "集美区", 350212 "同安区",
        350213 "翔安区"];
    350300 "莆田市" [350302 "城厢区", 350303 "涵江区", 350304 "荔城区", 350305 "秀屿区", 350322 "仙游县"];
    350400 "三明市" [350404 "三元区", 350405 "沙县区", 350421 "明溪县", 350423 "清流县", 350424 "宁化县",
        350425 "大田县", 350426 "尤溪县", 350428 "将乐县", 350429 "泰宁县", 350430 "建宁县", 350481 "永安市"];
    350500 "泉州市" [350502 "鲤城区", 350503 "丰泽区", 350504 "洛江区", 350505 "泉港区", 350521 "惠安县",
        350524 "安溪县", 350525 "永春县", 350526 "德化县", 350527 "金门县", 350581 "石狮市", 350582 "晋江市",
        350583 "南安市"];
    350600 "漳州市" [350602 "芗城区", 350603 "龙文区", 350604 "龙海区", 350605 "长泰区", 350622 "云霄县",
        350623 "漳浦县", 350624 "诏安县", 350626 "东山县", 350627 "南靖县", 350628 "平和县", 350629 "华安县"];
    350700 "南平市" [350702 "延平区", 350703 "建阳区", 350721 "顺昌县", 350722 "浦城县", 350723 "光泽县",
        350724 "松溪县", 350725 "政和县", 350781 "邵武市", 350782 "武夷山市", 350783 "建瓯市"];
    350800 "龙岩市" [350802 "新罗区", 350803 "永定区", 350821 "长汀县", 350823 "上杭县", 350824 "武平县",
        350825 "连城县", 350881 "漳平市"];
    350900 "宁德市" [350902 "蕉城区", 350921 "霞浦县", 350922 "古田县", 350923 "屏南县", 350924 "寿宁县",
        350925 "周宁县", 350926 "柘荣县", 350981 "福安市", 350982 "福鼎市"];
    // 平潭县 is by GB/T 2260 a county of Fuzhou; the guide lets 平潭综合实验区 stand beside the nine cities.
    350128 "平潭综合实验区" [350128 "平潭县"];
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fujian_has_nine_cities_and_eighty_four_counties_and_pingtan_stands_alone() {
        let counties: Vec<_> = cities().iter().flat_map(|city| city.counties).collect();
        assert_eq!(cities().len(), 11);
        assert_eq!(counties.len(), 84);
        let mut codes: Vec<_> = counties.iter().map(|county| county.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 84);
        assert_eq!(
            "350128".parse::<DivisionCode>().unwrap().city().name,
            "平潭综合实验区"
        );
    }

    #[test]
    fn changes_of_2021_are_in_and_old_codes_are_out() {
        for (code, name) in [
            ("350404", "三明市三元区"),
            ("350405", "三明市沙县区"),
            ("350604", "漳州市龙海区"),
            ("350605", "漳州市长泰区"),
            ("350112", "福州市长乐区"),
            ("350803", "龙岩市永定区"),
            ("350703", "南平市建阳区"),
        ] {
            assert_eq!(code.parse::<DivisionCode>().unwrap().full_name(), name);
        }
        for old in [
            "350402", "350403", "350427", "350681", "350625", "350182", "350822", "350784",
            "110101", "",
        ] {
            assert_eq!(
                old.parse::<DivisionCode>().unwrap_err().code,
                "division_unknown"
            );
        }
    }

    #[test]
    fn own_level_is_a_choice() {
        let fuzhou = city_named("福州市").unwrap();
        assert_eq!(
            fuzhou.county("市本级").unwrap().code.full_name(),
            "福州市本级"
        );
        assert_eq!(fuzhou.county("350102").unwrap().name, "鼓楼区");
        assert_eq!(DivisionCode::PROVINCE.full_name(), "省本级");
        assert!(
            city_named("平潭综合实验区")
                .unwrap()
                .county("市本级")
                .is_none()
        );
    }
}
