//! Names of units and people as Fujian has them; none is meant to be a certain unit or person.

use crate::chance::Chance;

/// 设区市 and some of its counties and districts.
const PLACES: &[(&str, &[&str])] = &[
    (
        "福州市",
        &[
            "鼓楼区",
            "台江区",
            "仓山区",
            "马尾区",
            "闽侯县",
            "连江县",
            "罗源县",
            "闽清县",
            "永泰县",
            "福清市",
        ],
    ),
    (
        "厦门市",
        &["思明区", "湖里区", "集美区", "海沧区", "同安区", "翔安区"],
    ),
    (
        "莆田市",
        &["城厢区", "涵江区", "荔城区", "秀屿区", "仙游县"],
    ),
    (
        "三明市",
        &[
            "三元区",
            "永安市",
            "明溪县",
            "清流县",
            "宁化县",
            "大田县",
            "尤溪县",
            "将乐县",
        ],
    ),
    (
        "泉州市",
        &[
            "鲤城区",
            "丰泽区",
            "洛江区",
            "泉港区",
            "石狮市",
            "晋江市",
            "南安市",
            "惠安县",
            "安溪县",
            "德化县",
        ],
    ),
    (
        "漳州市",
        &[
            "芗城区",
            "龙文区",
            "龙海区",
            "漳浦县",
            "云霄县",
            "诏安县",
            "东山县",
            "平和县",
        ],
    ),
    (
        "南平市",
        &[
            "延平区",
            "建阳区",
            "邵武市",
            "武夷山市",
            "顺昌县",
            "浦城县",
            "光泽县",
            "政和县",
        ],
    ),
    (
        "龙岩市",
        &[
            "新罗区",
            "永定区",
            "上杭县",
            "武平县",
            "长汀县",
            "连城县",
            "漳平市",
        ],
    ),
    (
        "宁德市",
        &[
            "蕉城区",
            "福安市",
            "福鼎市",
            "霞浦县",
            "古田县",
            "屏南县",
            "寿宁县",
            "周宁县",
            "柘荣县",
        ],
    ),
];
const TOWNS: &[&str] = &[
    "上街镇",
    "南屿镇",
    "甘蔗街道",
    "青口镇",
    "尚干镇",
    "祥谦镇",
    "竹岐乡",
    "鸿尾乡",
    "洋里乡",
    "大湖乡",
    "白沙镇",
    "荆溪镇",
    "官桥镇",
    "水头镇",
    "石井镇",
    "金淘镇",
    "凤城镇",
    "感德镇",
    "湖头镇",
    "西坪镇",
    "角美镇",
    "龙门镇",
    "沙建镇",
    "旧镇镇",
];
const DEPARTMENTS: &[&str] = &[
    "发展和改革局",
    "教育局",
    "科学技术局",
    "工业和信息化局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化体育和旅游局",
    "卫生健康局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "行政服务中心管理委员会",
    "城市管理局",
    "退役军人事务局",
    "数据管理局",
    "档案馆",
    "疾病预防控制中心",
    "不动产登记中心",
    "公共资源交易中心",
    "机关事务管理局",
    "信访局",
    "第一中学",
    "实验小学",
    "中医院",
    "妇幼保健院",
    "图书馆",
    "土地收购储备中心",
];
/// What seals other than the statutory one are for.
pub const PURPOSES: &[&str] = &[
    "财务专用章",
    "合同专用章",
    "业务专用章",
    "行政审批专用章",
    "档案专用章",
    "人事专用章",
    "政务服务专用章",
    "电子证照专用章",
];
const FAMILIES: &[&str] = &[
    "林", "陈", "黄", "郑", "张", "王", "李", "吴", "刘", "蔡", "杨", "许", "叶", "谢", "郭", "苏",
    "江", "詹", "邱", "欧阳",
];
const GIVEN: &[&str] = &[
    "晓明", "丽娟", "志强", "建国", "秀英", "文杰", "雅婷", "俊辉", "美玲", "国栋", "婷", "伟",
    "芳", "锋", "静怡", "宇航", "海燕", "永福", "素珍", "明远", "慧敏", "泽楷", "鸿飞", "淑贞",
];

/// What kind of unit, by the size that 国发〔1999〕25号 gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// The government of a city or county: 45 mm with the national emblem.
    Government,
    /// The government of a township: 42 mm with a star.
    Township,
    /// A department or institution: at most 45 mm with a star.
    Department,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// 单位名称.
    pub name: String,
    /// Its kind.
    pub rank: Rank,
    /// 所属地市.
    pub city: &'static str,
    /// 所属县/区.
    pub county: &'static str,
}

impl Unit {
    /// One of many.
    pub fn draw(chance: &mut Chance) -> Self {
        let (city, counties) = chance.pick(PLACES);
        let county = chance.pick(counties);
        let lot = chance.unit();
        let (name, rank) = if lot < 0.15 {
            (
                format!("{}人民政府", chance.pick(&[city, county])),
                Rank::Government,
            )
        } else if lot < 0.35 {
            (
                format!("{county}{}人民政府", chance.pick(TOWNS)),
                Rank::Township,
            )
        } else {
            let department = chance.pick(DEPARTMENTS);
            let over = if chance.happens(0.5) {
                format!("{city}{county}")
            } else {
                chance.pick(&[city, county]).to_owned()
            };
            (format!("{over}{department}"), Rank::Department)
        };
        Self {
            name,
            rank,
            city,
            county,
        }
    }
}

/// The name of a person.
pub fn person(chance: &mut Chance) -> String {
    format!("{}{}", chance.pick(FAMILIES), chance.pick(GIVEN))
}

/// A number of so many digits.
pub fn digits(chance: &mut Chance, count: usize) -> String {
    (0..count)
        .map(|_| char::from(b'0' + chance.whole(0, 9) as u8))
        .collect()
}
