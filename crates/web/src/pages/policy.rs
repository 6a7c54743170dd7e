//! The policy in force, for the administrators.

use axum::extract::State;
use casework::{BusinessType, Medium};

use super::{Answer, guide, html};
use crate::app::App;
use crate::problem::Problem;
use crate::session::Desk;
use crate::views::parts::Facts;
use crate::views::{PolicyGroup, PolicyPage};

/// `GET /desk/admin/policy`
pub(super) async fn page(State(app): State<App>, desk: Desk) -> Answer {
    if !desk.actor.post.role.is_administrative() {
        return Err(Problem::forbidden());
    }
    let policy = app.platform.policy();
    let days = |days: u16| format!("{days} 天");
    let yes = |yes: bool| if yes { "是" } else { "否" };
    let on_site: Vec<_> = BusinessType::ALL
        .iter()
        .filter(|business| policy.needs_key_on_site(**business, Medium::UsbKey))
        .map(|business| business.name())
        .collect();
    let functions = policy.functions.iter().fold(Facts::new(), |facts, entry| {
        let kinds: Vec<_> = entry.kinds.iter().map(|kind| kind.name()).collect();
        facts.with(entry.name.clone(), kinds.join("、"))
    });
    let notices: Vec<_> = policy
        .expiry_notice_days
        .iter()
        .map(ToString::to_string)
        .collect();
    let group = |title: &str, facts| PolicyGroup {
        title: title.into(),
        facts,
    };
    let settings = app.platform.settings();
    html(&PolicyPage {
        frame: desk.frame(&app, "规则设置", "/desk/admin/policy"),
        groups: vec![
            group("受理中心", guide::contact(&app.site())),
            group(
                "期限",
                Facts::new()
                    .with("到期前可申请延期", days(policy.renewal_window_days))
                    .with("补正期限", format!("{} 个工作日", policy.correction_days))
                    .with(
                        "现场办理、领取期限",
                        format!("{} 个工作日", policy.desk_days),
                    )
                    .with("失控报告后补办期限", days(policy.loss_follow_up_days))
                    .with("到期提醒", format!("提前 {} 天", notices.join("、")))
                    .with("用印审批有效期", days(policy.use_request_days))
                    .with("印章证书有效期", days(settings.seal_validity_days)),
            ),
            group(
                "现场与材料",
                Facts::new()
                    .with("须携带 USB KEY 到现场的业务", on_site.join("、"))
                    .with(
                        "收到纸质原件后才能受理",
                        yes(policy.paper_before_acceptance),
                    )
                    .with("一个办件最多印章数", policy.max_applications.to_string())
                    .with(
                        "单个文件上限",
                        format!("{} MB", settings.max_file_bytes / (1024 * 1024)),
                    ),
            ),
            group("印章功能类型", functions),
        ],
    })
}
