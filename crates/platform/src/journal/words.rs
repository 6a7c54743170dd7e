//! What the entries of the ledger are called.

/// Every kind of entry, and what it is called.
pub const LEDGER_KINDS: &[(&str, &str)] = &[
    ("account.created", "新建账号"),
    ("account.renamed", "变更姓名"),
    ("account.locked", "账号锁定"),
    ("account.unlocked", "解除锁定"),
    ("account.barred", "停用账号"),
    ("account.readmitted", "恢复账号"),
    ("account.password_reset", "重置密码"),
    ("posts.proposed", "提请岗位变更"),
    ("posts.released", "岗位变更通过"),
    ("posts.refused", "岗位变更未通过"),
    ("posts.withdrawn", "撤回岗位变更"),
    ("policy.proposed", "提请规则变更"),
    ("policy.released", "规则变更通过"),
    ("policy.refused", "规则变更未通过"),
    ("policy.withdrawn", "撤回规则变更"),
    ("text.proposed", "提请文本变更"),
    ("text.released", "文本变更通过"),
    ("text.refused", "文本变更未通过"),
    ("text.withdrawn", "撤回文本变更"),
    ("deputy.set", "设定代理"),
    ("deputy.ended", "结束代理"),
    ("unit.created", "登记单位"),
    ("unit.changed", "变更单位信息"),
    ("unit.renamed", "单位更名"),
    ("filing.filed", "单位报备"),
    ("filing.acknowledged", "确认备案"),
    ("filing.sent_back", "退回备案"),
    ("session.ended", "结束会话"),
    ("audit.searched", "检索账本"),
    ("audit.checked", "核对账本"),
    ("audit.exported", "导出账本"),
    ("case.handed_on", "办件移交"),
    ("account.signed_in", "登录"),
    ("account.sign_in_failed", "登录失败"),
    ("account.password_changed", "修改密码"),
    ("case.opened", "新建办件"),
    ("case.application_added", "增加申请表"),
    ("case.applications_added", "导入汇总表"),
    ("case.application_removed", "删除申请表"),
    ("case.material_attached", "上传材料"),
    ("case.material_removed", "移除材料"),
    ("case.submitted", "提交申请"),
    ("case.decided", "作出决定"),
    ("case.sent_back", "退回补正"),
    ("case.handed_in", "递交"),
    ("case.handed_over", "汇总递交"),
    ("case.paper_recorded", "登记纸质材料"),
    ("case.set_aside", "单列补正"),
    ("case.opened_from", "由单列补正立件"),
    ("case.appointment_booked", "预约现场办理"),
    ("case.appointment_cancelled", "取消现场预约"),
    ("case.key_presented", "核验 USB KEY"),
    ("case.production_started", "开始制作"),
    ("case.produced", "制作完成"),
    ("case.collection_notified", "通知领取"),
    ("case.collected", "领取"),
    ("case.withdrawn", "撤回"),
    ("case.moved", "转到下一环节"),
    ("seal.made", "制作印章"),
    ("seal.active", "印章启用或恢复"),
    ("seal.suspended", "印章停用"),
    ("seal.cancelled", "印章注销"),
    ("seal.void", "宣布印章无效"),
    ("seal.pin_changed", "修改签章口令"),
    ("seal.pin_reset", "重置口令"),
    ("seal.activation_code_renewed", "重新发放激活码"),
    ("use.requested", "申请用印"),
    ("use.approved", "批准用印"),
    ("use.rejected", "不批准用印"),
    ("use.cancelled", "取消用印申请"),
    ("use.stamped", "用印完成"),
    ("key.received", "USB KEY 入库"),
    ("key.issue", "USB KEY 发出"),
    ("key.return", "USB KEY 退回"),
    ("key.mark_defective", "USB KEY 损坏"),
    ("key.report_lost", "USB KEY 遗失"),
    ("key.restock", "USB KEY 重新入库"),
    ("key.propose_destruction", "USB KEY 提请销毁"),
    ("key.destroy", "USB KEY 销毁"),
    ("key.keep", "撤回 USB KEY 销毁提请"),
    ("stamp.made", "盖章"),
    ("case.letter_saved", "保存红头函"),
    ("case.draft_saved", "保存草稿"),
    ("account.contact_changed", "变更联系方式"),
    ("account.contact_corrected", "更正联系方式"),
    ("notice.sent_again", "重新发送通知"),
    ("seal.filed", "印章备案"),
    ("seal.loss_reported", "报告印章丢失、失控"),
    ("seal.call_confirmed", "回拨核实报失"),
    ("seal.resumption_requested", "申请恢复使用"),
    ("seal.resumption_declined", "不予恢复使用"),
    ("special.opened", "登记特殊情况"),
    ("special.proposed", "提出继续特殊情况"),
    ("special.confirmed", "确认继续特殊情况"),
    ("special.sent_back", "退回特殊情况确认"),
    ("special.ended", "终止特殊情况"),
    ("special.moved", "特殊情况转至新印章"),
    ("scan.taken_in", "收入扫描件"),
    ("scan.assigned", "扫描页归入办件"),
    ("scan.confirmed", "确认扫描页"),
    ("scan.discarded", "弃用扫描页"),
    ("scan.imprint_adjusted", "手工调整印模"),
    ("bulletin.written", "起草通知公告"),
    ("bulletin.revised", "修改通知公告"),
    ("bulletin.handed_in", "提请发布通知公告"),
    ("bulletin.sent_back", "退回通知公告"),
    ("bulletin.published", "发布通知公告"),
    ("bulletin.withdrawn", "撤回通知公告"),
    ("bulletin.discarded", "作废通知公告"),
    ("list.exported", "导出名单"),
];

/// Every fact of an entry, and what it is called.
const FACTS: &[(&str, &str)] = &[
    ("by_role", "岗位"),
    ("content", "内容摘要"),
    ("entries", "条数"),
    ("filing", "备案编号"),
    ("former", "原名称"),
    ("name", "名称"),
    ("outcome", "结果"),
    ("person", "人员编号"),
    ("posts_added", "增加岗位"),
    ("posts_removed", "撤销岗位"),
    ("principal", "被代理人编号"),
    ("proposal", "提请编号"),
    ("role", "岗位名称"),
    ("search", "检索词摘要"),
    ("settings", "设置"),
    ("until", "到"),
    ("by_unit", "单位编号"),
    ("by_person", "人员编号"),
    ("business", "业务"),
    ("case", "办件"),
    ("certificate", "证书序列号"),
    ("decision_digest", "决定摘要"),
    ("demo", "演示数据"),
    ("document", "文件摘要"),
    ("effective_at", "生效时间"),
    ("file", "材料摘要"),
    ("reason", "原因"),
    ("result", "盖章后文件摘要"),
    ("revision", "版次"),
    ("revision_digest", "申请内容摘要"),
    ("seal", "印章编码"),
    ("seal_digest", "印章摘要"),
    ("signature", "签名值摘要"),
    ("stage", "环节"),
    ("stamped_at", "盖章时间"),
    ("status", "状态"),
    ("from", "来源"),
    ("basis", "依据"),
    ("called_back_at", "回拨时间"),
    ("channel", "报告途径"),
    ("due_at", "期限"),
    ("follow_up_due", "补办或撤销期限"),
    ("keys", "支数"),
    ("model", "型号"),
    ("number", "编号"),
    ("seals", "印章"),
    ("situation", "特殊情况"),
    ("state", "办理结果"),
    ("unit", "单位编号"),
    ("vendor", "厂商"),
    ("application", "申请表编号"),
    ("crop", "裁切范围"),
    ("files", "文件数"),
    ("page", "页码"),
    ("paper", "材料"),
    ("picture", "图片摘要"),
    ("material", "材料编号"),
    ("threshold", "阈值"),
    ("turn", "旋转角度"),
    ("list", "名单"),
    ("filters", "筛选条件"),
    ("rows", "行数"),
    ("form", "形式"),
];

/// What a kind of entry is called; `None` for one that this version does not write.
pub fn ledger_kind(kind: &str) -> Option<&'static str> {
    named(LEDGER_KINDS, kind)
}

/// What a fact of an entry is called.
pub fn ledger_fact(name: &str) -> Option<&'static str> {
    named(FACTS, name)
}

fn named(names: &'static [(&str, &str)], code: &str) -> Option<&'static str> {
    names
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Every text in quotes below a folder of sources.
    fn quoted(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                quoted(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                found.extend(source.split('"').skip(1).step_by(2).map(ToOwned::to_owned));
                found.extend(source.split('"').step_by(2).map(ToOwned::to_owned));
            }
        }
    }

    #[test]
    fn r7_3_every_kind_of_entry_has_a_word() {
        let mut texts = BTreeSet::new();
        quoted(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
            &mut texts,
        );
        let plain = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        let nameless: Vec<_> = texts
            .iter()
            .filter(|text| {
                text.split_once('.').is_some_and(|(subject, what)| {
                    let is_file = ["rs", "png", "pdf", "xlsx", "docx", "json"].contains(&what);
                    plain(subject) && plain(what) && !is_file
                })
            })
            .filter(|text| ledger_kind(text).is_none())
            .collect();
        assert!(nameless.is_empty(), "{nameless:?}");
        let mut codes: Vec<_> = LEDGER_KINDS.iter().map(|(code, _)| code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), LEDGER_KINDS.len());
    }
}
