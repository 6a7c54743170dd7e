/// What people call a place of a print.
#[must_use]
pub fn place_name(place: &str) -> &'static str {
    NAMES
        .iter()
        .find(|(name, _)| *name == place)
        .map_or_else(|| of_series(place), |(_, told)| told)
}

/// Places that are numbered.
fn of_series(place: &str) -> &'static str {
    match place {
        _ if place.starts_with("row:") => "汇总表的行",
        _ if place.starts_with("field:seal.") => "印章名称",
        _ if place.starts_with("field:letter.paragraph.") => "正文",
        _ => "填写内容",
    }
}

const NAMES: [(&str, &str); 33] = [
    ("imprint-frame", "印模框"),
    ("unit-stamp", "申请单位盖章处"),
    ("unit-date", "落款日期"),
    ("approver-signature", "主管处室、分管领导签字处"),
    ("approver-date", "主管处室、分管领导签字日期"),
    ("agent-signature", "经办人签字处"),
    ("maker-signature", "制表人签字处"),
    ("id-front", "身份证正面"),
    ("id-back", "身份证反面"),
    ("field:kind", "申请电子印章类型"),
    ("field:business", "电子印章业务类型"),
    ("field:change", "变更事项"),
    ("field:unit.name", "单位名称"),
    ("field:unit.credit_code", "统一社会信用代码号"),
    ("field:unit.city", "所属地市"),
    ("field:unit.county", "所属县/区"),
    ("field:person.name", "申请个人姓名"),
    ("field:person.id", "申请个人身份证号"),
    ("field:agent.name", "经办人姓名"),
    ("field:agent.mobile", "经办人手机号"),
    ("field:agent.id", "经办人身份证号"),
    ("field:seal.name", "印章名称"),
    ("field:seal.code", "印章编码"),
    ("field:seal.width", "印章宽度（MM）"),
    ("field:seal.height", "印章长度（MM）"),
    ("field:function", "印章功能类型"),
    ("field:certificate", "绑定的数字证书类型"),
    ("field:medium", "介质"),
    ("field:special", "特殊情况"),
    ("field:collector", "领取人和领取事项"),
    ("field:collector.name", "领取人姓名"),
    ("field:collector.id", "领取人身份证号"),
    ("field:letter.title", "标题"),
];
