//! What may be filled in on the places of a template: what each means, and a sample as long as it gets.

/// Something that is filled in, as `{办件编号}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeField {
    /// What stands between the braces.
    pub name: &'static str,
    /// What is filled in.
    pub meaning: &'static str,
    /// What a preview fills in.
    pub sample: &'static str,
    /// Names a person or a body, or may: never part of a short message, which travels unprotected.
    pub private: bool,
}

const fn open(name: &'static str, meaning: &'static str, sample: &'static str) -> NoticeField {
    NoticeField {
        name,
        meaning,
        sample,
        private: false,
    }
}

const fn private(name: &'static str, meaning: &'static str, sample: &'static str) -> NoticeField {
    NoticeField {
        private: true,
        ..open(name, meaning, sample)
    }
}

/// Every field of every template.
pub(super) const FIELDS: &[NoticeField] = &[
    open("办件编号", "办件的编号", "闽印2026-000001-2"),
    open("业务", "六类业务之一", "印章失控、补办"),
    private("单位", "申请单位或印章所属单位的全称", "闽侯县大数据管理局"),
    private(
        "印章",
        "印章名称；多枚时写明枚数",
        "闽侯县大数据管理局财务专用章",
    ),
    open("环节", "办件所处或退回的环节", "汇总办理"),
    open("下一步", "收到通知的人接下来要办什么", "通知领取"),
    private(
        "意见",
        "退回、不予办理或审批时填写的意见",
        "红头函未写明用途",
    ),
    open("期限", "须在哪一天前办理", "2026年12月31日"),
    open("时间", "预约的时间", "2026年12月31日 10:30"),
    open("编码", "印章编码", "35012100000001"),
    open("状态", "变更后的状态或审批的结果", "停用"),
    open("到期日", "印章到期的日期", "2026年12月31日"),
    open("天数", "距到期的天数", "60"),
    private("申请人", "申请用印、提请变更或发布的人", "林晓梅"),
    private("事项", "提请的事项", "林晓梅的岗位变更"),
    private("文件", "申请盖章的文件名", "关于报送材料的函.ofd"),
    private(
        "正文",
        "该事项的正文",
        "印章「闽侯县大数据管理局财务专用章」已停用。",
    ),
    private("姓名", "收件人的姓名", "林晓梅"),
    open("链接", "办理或查看该事项的网址", "/desk"),
    open("中心", "中心名称（规则设置）", "福建省经济信息中心"),
    open("地址", "中心地址（规则设置）", "福州市鼓楼区屏西路 27 号"),
    open("电话", "中心的第一个咨询电话（规则设置）", "0591-86303903"),
];

/// The field of a name.
pub(super) fn find(name: &str) -> Option<&'static NoticeField> {
    FIELDS.iter().find(|field| field.name == name)
}
