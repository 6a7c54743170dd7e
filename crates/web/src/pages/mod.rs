//! Pages: one file per noun, handlers that ask the platform and fill a view.

mod acceptance;
mod account;
mod act;
mod announcement;
mod application;
mod appointment;
mod bulletin;
mod bundle;
mod camera;
mod case;
mod case_applications;
mod changes;
mod collection;
mod contact;
mod correction;
mod delivery;
mod feed;
pub mod guide;
mod hand_over;
mod home;
mod key_stock;
mod ledger;
mod letter;
mod login;
mod loss;
mod material;
mod notice;
mod notice_template;
mod paper;
mod paper_register;
mod policy;
mod production;
mod profile;
mod proof;
mod proposal;
mod queue;
mod review;
mod saved_filter;
mod scan;
mod seal;
mod seal_status;
mod search;
mod session;
mod special;
mod stamping;
mod statistics;
mod summary;
mod unit;
mod unit_people;
mod use_request;
mod verification;
mod words;

use askama::Template;
pub(crate) use material::send;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use casework::Role;

use crate::app::App;
use crate::problem::Problem;
use crate::views::frame::{SideGroup, SideItem};
use crate::views::parts::Link;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Problem>;

/// Every page. Forms with files may be as large as `upload_limit`.
pub(crate) fn routes(upload_limit: usize) -> Router<App> {
    let uploads = Router::new()
        .route("/status", get(seal_status::page).post(seal_status::of_file))
        .route(
            "/verify",
            get(verification::page).post(verification::verify),
        )
        .route("/desk/cases/{case}/materials", post(material::attach))
        .route(
            "/desk/cases/{case}/applications/{application}/imprint",
            get(application::imprint).post(application::collect_imprint),
        )
        .route(
            "/desk/cases/{case}/collection",
            get(collection::page).post(collection::collect),
        )
        .route(
            "/desk/stamping",
            get(stamping::begin).post(stamping::upload),
        )
        .route("/desk/cases/{case}/letter-check", post(letter::check))
        .route("/desk/scans/camera", get(camera::page))
        .route("/desk/summary", get(summary::page).post(summary::upload))
        .route("/desk/scans", get(scan::list).post(scan::bring))
        .route(
            "/desk/cases/{case}/scans",
            get(scan::of_case).post(scan::bring_to_case),
        )
        .route(
            "/desk/cases/{case}/summary",
            get(summary::case_page).post(summary::case_upload),
        )
        .layer(DefaultBodyLimit::max(upload_limit));
    public()
        .merge(desk())
        .merge(administration())
        .merge(uploads)
}

fn public() -> Router<App> {
    Router::new()
        .route("/", get(home::home))
        .route("/guide", get(guide::list))
        .route("/guide/{kind}", get(guide::page))
        .route("/announcements", get(announcement::page))
        .route("/announcements/feed.json", get(announcement::json))
        .route("/announcements/feed.atom", get(announcement::atom))
        .route("/announcements/{number}", get(announcement::one))
        .route("/bulletins", get(bulletin::list))
        .route("/bulletins/feed.json", get(bulletin::json))
        .route("/bulletins/feed.atom", get(bulletin::atom))
        .route("/bulletins/{number}", get(bulletin::one))
        .route("/about", get(home::about))
        .route("/accessibility", get(home::accessibility))
        .route("/sitemap", get(home::sitemap))
        .route("/preferences", post(home::preferences))
        .route("/login", get(login::page).post(login::sign_in))
        .route("/logout", post(login::sign_out))
}

fn desk() -> Router<App> {
    Router::new()
        .route("/desk", get(queue::page))
        .route("/desk/search.json", get(search::hits))
        .route("/desk/search", get(search::page))
        .route("/desk/cases/new", get(application::choose))
        .route("/desk/cases", post(application::open))
        .route("/desk/cases/{case}", get(case::page))
        .route("/desk/cases/{case}/acts/{act}", post(act::act))
        .route(
            "/desk/cases/{case}/applications",
            get(case_applications::list).post(application::add),
        )
        .route("/desk/cases/{case}/letter.docx", get(letter::file))
        .route("/desk/cases/{case}/summary.xlsx", get(summary::sheet))
        .route(
            "/desk/summary/{business}/empty.xlsx",
            get(summary::template),
        )
        .route("/desk/imports/{id}", get(summary::import))
        .route("/desk/scans/{upload}", get(scan::upload))
        .route("/desk/scans/{upload}/acts/confirm", post(scan::confirm_all))
        .route("/desk/scans/{upload}/{page}", get(scan::page))
        .route("/desk/scans/{upload}/{page}/acts/{act}", post(scan::act))
        .route("/desk/scans/{upload}/{page}/adjust", post(scan::adjust))
        .route(
            "/desk/scans/{upload}/{page}/preview.png",
            get(scan::preview),
        )
        .route("/desk/scans/{upload}/{page}/{picture}", get(scan::picture))
        .route("/desk/cases/{case}/alike", get(scan::alike))
        .route("/desk/cases/{case}/alike/{entry}", get(scan::alike_picture))
        .route("/desk/imports/{id}/corrected.xlsx", get(summary::corrected))
        .route(
            "/desk/cases/{case}/applications/{application}/{step}",
            get(application::step).post(application::save),
        )
        .route(
            "/desk/cases/{case}/applications/{application}/imprint.png",
            get(material::imprint),
        )
        .route("/desk/cases/{case}/print", get(paper::page))
        .route("/desk/cases/{case}/print/{paper}", get(paper::file))
        .route("/desk/cases/{case}/papers", get(material::page))
        .route(
            "/desk/cases/{case}/materials/{material}",
            get(material::file),
        )
        .route(
            "/desk/cases/{case}/acceptance",
            get(acceptance::page).post(acceptance::decide),
        )
        .route(
            "/desk/cases/{case}/review",
            get(review::page).post(review::decide),
        )
        .route("/desk/cases/{case}/returned/{page}", get(proof::picture))
        .route("/desk/cases/{case}/production", get(production::page))
        .route(
            "/desk/cases/{case}/production/start",
            post(production::start),
        )
        .route(
            "/desk/cases/{case}/production/retry",
            post(production::retry),
        )
        .route(
            "/desk/hand-over",
            get(hand_over::page).post(hand_over::hand_over),
        )
        .route("/desk/bundles", get(bundle::list))
        .route("/desk/bundles/{bundle}", get(bundle::page))
        .route("/desk/paper-register", get(paper_register::page))
        .route(
            "/desk/appointments",
            get(appointment::day).post(appointment::walk_in),
        )
        .route(
            "/desk/cases/{case}/appointment",
            get(appointment::choose).post(appointment::book),
        )
        .route("/desk/keys", get(key_stock::list).post(key_stock::receive))
        .route("/desk/keys/{serial}", get(key_stock::page))
        .route("/desk/keys/{serial}/acts/{act}", post(key_stock::act))
        .route("/desk/statistics", get(statistics::page))
        .route("/desk/bulletins", get(bulletin::desk::list))
        .route(
            "/desk/bulletins/new",
            get(bulletin::desk::begin).post(bulletin::desk::write),
        )
        .route("/desk/bulletins/{bulletin}", get(bulletin::desk::page))
        .route(
            "/desk/bulletins/{bulletin}/{act}",
            post(bulletin::desk::act),
        )
        .route("/desk/filters", post(saved_filter::save))
        .route("/desk/filters/{id}", post(saved_filter::change))
        .route("/desk/loss", get(loss::page).post(loss::report))
        .route("/desk/losses", get(loss::follow_ups))
        .route("/desk/specials", get(special::list))
        .route("/desk/specials/{special}", get(special::page))
        .route("/desk/specials/{special}/acts/{act}", post(special::act))
        .route("/desk/seals", get(seal::list))
        .route("/desk/seals/{seal}", get(seal::page))
        .route("/desk/seals/{seal}/picture.png", get(seal::picture))
        .route("/desk/seals/{seal}/seal.esl", get(seal::file))
        .route("/desk/seals/{seal}/device/{file}", get(seal::delivery))
        .route("/desk/seals/{seal}/acts/{act}", post(seal::act))
        .route(
            "/desk/stamping/{upload}",
            get(stamping::place_page).post(stamping::place),
        )
        .route("/desk/uses", get(use_request::list))
        .route("/desk/uses/{id}", get(use_request::page))
        .route("/desk/uses/{id}/acts/{act}", post(use_request::act))
        .route("/desk/uses/{id}/document.ofd", get(use_request::document))
        .route("/desk/uses/{id}/stamped.ofd", get(use_request::stamped))
        .route("/desk/notices", get(notice::page).post(notice::mark_read))
        .route("/desk/deliveries", get(delivery::list))
        .route(
            "/desk/deliveries/{id}",
            get(delivery::page).post(delivery::act),
        )
        .route("/desk/unit", get(unit_people::page))
        .route("/desk/unit/{act}", post(unit_people::act))
        .route("/desk/filings", get(unit_people::filings))
        .route("/desk/filings/{filing}", post(unit_people::answer_filing))
        .route("/desk/profile/sessions", post(session::end_own))
        .route("/desk/profile", get(profile::page))
        .route("/desk/profile/contact", post(contact::change))
        .route("/desk/profile/post", post(profile::switch))
        .route("/desk/profile/password", post(profile::change_password))
}

fn administration() -> Router<App> {
    Router::new()
        .route("/desk/admin/accounts", get(account::page))
        .route(
            "/desk/admin/accounts/new",
            get(account::begin).post(account::create),
        )
        .route("/desk/admin/accounts/{person}", get(account::file))
        .route("/desk/admin/accounts/{person}/{act}", post(account::act))
        .route("/desk/admin/proposals", get(proposal::list))
        .route("/desk/admin/proposals/{proposal}", get(proposal::page))
        .route(
            "/desk/admin/proposals/{proposal}/{act}",
            post(proposal::act),
        )
        .route("/desk/admin/units", get(unit::list))
        .route("/desk/admin/units/new", get(unit::begin).post(unit::create))
        .route("/desk/admin/units/{unit}", get(unit::page))
        .route(
            "/desk/admin/units/{unit}/edit",
            get(unit::edit).post(unit::change),
        )
        .route(
            "/desk/admin/sessions",
            get(session::list).post(session::end),
        )
        .route("/desk/admin/sign-ins", get(session::failed))
        .route(
            "/desk/admin/policy/edit",
            get(policy::edit).post(policy::propose),
        )
        .route("/desk/admin/ledger/export", post(ledger::export))
        .route("/desk/admin/ledger/check", post(ledger::check))
        .route("/desk/admin/ledger/{index}", get(ledger::entry))
        .route("/desk/admin/policy", get(policy::page))
        .route("/desk/admin/notice-templates", get(notice_template::list))
        .route(
            "/desk/admin/notice-templates/{name}",
            get(notice_template::page).post(notice_template::change),
        )
        .route("/desk/admin/ledger", get(ledger::page))
}

/// A page with status 200.
pub(crate) fn html(page: &impl Template) -> Answer {
    Ok(Html(page.render()?).into_response())
}

/// The same page again, because what was sent cannot be taken.
pub(crate) fn again(status: StatusCode, page: &impl Template) -> Answer {
    Ok((status, Html(page.render()?)).into_response())
}

/// On to another page after a form was taken.
pub(crate) fn go(to: &str) -> Answer {
    Ok(Redirect::to(to).into_response())
}

/// The left navigation of a role; `here` is the item the page belongs to.
pub(crate) fn navigation(role: Role, here: &str) -> Vec<SideGroup> {
    let item = |label: &str, href: &str, icon| SideItem {
        link: Link::new(label, href),
        icon,
        current: href == here,
        count: None,
    };
    let group = |title: &str, items| SideGroup {
        title: title.into(),
        items,
    };
    let seals = item("印章登记", "/desk/seals", "seal");
    let loss = item("报告丢失、失控", "/desk/loss", "lost");
    let follow_ups = item("停用印章跟进", "/desk/losses", "clock");
    let specials = item("特殊情况台账", "/desk/specials", "list");
    let stamping = item("文件盖章", "/desk/stamping", "stamp");
    let uses = item("用印记录", "/desk/uses", "list");
    let mut groups = match role {
        Role::Agent => vec![
            group(
                "办理",
                vec![
                    item("我的办件", "/desk", "inbox"),
                    item("发起申请", "/desk/cases/new", "edit"),
                    item("纸质回传", "/desk/scans", "upload"),
                ],
            ),
            group(
                "印章",
                vec![seals, stamping, uses, specials, loss, follow_ups],
            ),
        ],
        Role::UnitApprover => vec![
            group(
                "审批",
                vec![
                    item("本单位办件", "/desk", "inbox"),
                    item("用印审批", "/desk/uses", "stamp"),
                ],
            ),
            group("印章", vec![seals, specials, loss, follow_ups]),
        ],
        Role::Consolidator => vec![group(
            "汇总",
            vec![
                item("汇总办件", "/desk", "inbox"),
                item("汇总递交", "/desk/hand-over", "truck"),
                item("递交记录", "/desk/bundles", "list"),
                item("纸质材料登记", "/desk/paper-register", "file"),
                item("纸质回传", "/desk/scans", "upload"),
            ],
        )],
        Role::SealMaker | Role::SealReviewer | Role::DepartmentLeader => {
            vec![
                group(
                    "办理",
                    vec![
                        item("办件队列", "/desk", "inbox"),
                        item("现场办理", "/desk/appointments", "person"),
                        item("纸质材料登记", "/desk/paper-register", "file"),
                        item("汇总递交记录", "/desk/bundles", "truck"),
                    ],
                ),
                group(
                    "台账",
                    vec![
                        item("全省印章登记", "/desk/seals", "seal"),
                        follow_ups,
                        specials,
                        item("USB KEY 库存", "/desk/keys", "key"),
                        item("业务统计", "/desk/statistics", "ledger"),
                        item("通知公告", "/desk/bulletins", "news"),
                    ],
                ),
            ]
        }
        Role::SystemAdministrator => {
            vec![group(
                "系统管理",
                vec![
                    item("单位", "/desk/admin/units", "home"),
                    item("账号与岗位", "/desk/admin/accounts", "people"),
                    item("提请与审核", "/desk/admin/proposals", "list"),
                    item("规则设置", "/desk/admin/policy", "gear"),
                    item("通知文本", "/desk/admin/notice-templates", "mail"),
                ],
            )]
        }
        Role::SecurityAdministrator => {
            vec![group(
                "安全管理",
                vec![
                    item("提请与审核", "/desk/admin/proposals", "list"),
                    item("账号与岗位", "/desk/admin/accounts", "people"),
                    item("会话与锁定", "/desk/admin/sessions", "lock"),
                    item("规则设置", "/desk/admin/policy", "gear"),
                    item("通知文本", "/desk/admin/notice-templates", "mail"),
                    item("单位", "/desk/admin/units", "home"),
                ],
            )]
        }
        Role::Auditor => {
            vec![group(
                "审计",
                vec![
                    item("审计账本", "/desk/admin/ledger", "ledger"),
                    item("账号与岗位", "/desk/admin/accounts", "people"),
                    item("提请与审核", "/desk/admin/proposals", "list"),
                    item("规则设置", "/desk/admin/policy", "gear"),
                    item("通知文本", "/desk/admin/notice-templates", "mail"),
                    item("单位", "/desk/admin/units", "home"),
                ],
            )]
        }
        Role::System => Vec::new(),
    };
    if role.is_center() || role == Role::SystemAdministrator {
        let undelivered = item("未送达通知", "/desk/deliveries", "mail");
        if let Some(first) = groups.first_mut() {
            first.items.push(undelivered);
        }
    }
    if role == Role::SealMaker
        && let Some(first) = groups.first_mut()
    {
        first.items.push(item("纸质回传", "/desk/scans", "upload"));
    }
    if role.is_center()
        && let Some(first) = groups.first_mut()
    {
        first.items.push(item("单位备案", "/desk/filings", "check"));
    }
    let mut own = Vec::new();
    if !role.is_administrative() {
        own.push(item("本单位与人员", "/desk/unit", "people"));
    }
    own.extend([
        item("通知", "/desk/notices", "bell"),
        item("个人与岗位", "/desk/profile", "person"),
    ]);
    groups.push(group("我的", own));
    groups
}
