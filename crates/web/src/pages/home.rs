//! Home, about, accessibility, site map, preferences.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect};
use casework::Role;
use platform::ports::store::{AnnouncementFilter, PageRequest};

use super::{Answer, announcement, bulletin, guide, html, navigation};
use crate::app::App;
use crate::form::ProtectedForm;
use crate::session::{ELDER, Visitor};
use crate::views::parts::{Empty, Facts, Link};
use crate::views::{
    AboutPage, AboutSection, AccessibilityPage, Door, HomePage, SitemapGroup, SitemapPage,
};

/// `GET /`
pub(super) async fn home(State(app): State<App>, visitor: Visitor) -> Answer {
    let latest = app
        .platform
        .announcements(
            &AnnouncementFilter::default(),
            &PageRequest {
                after: None,
                limit: 5,
            },
        )
        .await?;
    let bulletins = app
        .platform
        .published_bulletins(&PageRequest {
            after: None,
            limit: 5,
        })
        .await?;
    let mut frame = visitor.frame(&app, "首页");
    frame.trail.clear();
    html(&HomePage {
        kinds: guide::kinds(),
        flow: guide::flow(),
        bulletins: bulletins.rows.iter().map(bulletin::line).collect(),
        no_bulletins: bulletin::none_yet(),
        announcements: latest.rows.iter().map(announcement::line).collect(),
        no_announcements: Empty::new(
            "news",
            "暂无公示",
            "电子印章的制发、停用、恢复、注销会在此公示。",
        ),
        contact: guide::contact(&app.site()),
        doors: doors(visitor.role()),
        frame,
    })
}

/// Where the work begins, for who may do it; to a visitor everything is offered and leads through the sign-in.
fn doors(role: Option<Role>) -> Vec<Door> {
    let door = |label, href, icon, urgent| Door {
        link: Link::new(label, href),
        icon,
        urgent,
    };
    match role {
        None | Some(Role::Agent) => vec![
            door("我要申办", "/desk/cases/new", "edit", false),
            door("办件进度", "/desk", "inbox", false),
            door("文件盖章", "/desk/stamping", "stamp", false),
            door("丢失失控报告", "/desk/seals", "lost", true),
        ],
        Some(role) => navigation(role, "")
            .into_iter()
            .take(1)
            .flat_map(|group| group.items)
            .map(|item| Door {
                link: item.link,
                icon: item.icon,
                urgent: false,
            })
            .collect(),
    }
}

/// `GET /about`
pub(super) async fn about(State(app): State<App>, visitor: Visitor) -> Answer {
    let (database, vault) = app.platform.describe();
    let (chain, maker) = app.platform.certificates();
    let mut authority = Facts::new();
    for certificate in chain {
        authority = authority.with("签发机构", certificate.subject().title());
    }
    let authority = authority.with("制章者", maker.subject().title());
    let section = |title: &str, lines: &[&str], facts| AboutSection {
        title: title.into(),
        lines: lines.iter().map(ToString::to_string).collect(),
        facts,
    };
    html(&AboutPage {
        frame: visitor.frame(&app, "关于平台"),
        sections: vec![
            section(
                "服务内容",
                &[
                    "福建省政务电子印章是指在福建省非涉密政务业务范围内的政务机构（单位）、个人使用的包括印章信息和图形化内容的数据，可用于签署电子文件。电子印章与实物印章具有同等法律效力，加盖电子印章的电子材料合法有效。",
                    "平台提供电子印章的申请、审核、制作、发放、使用、验证、状态公示和档案管理。验章和状态查询向所有人开放。",
                ],
                Facts::new(),
            ),
            section(
                "遵循的规范",
                &[
                    "《中华人民共和国电子签名法》、国务院关于在线政务服务的若干规定、电子政务电子认证服务管理办法，GB/T 38540 信息安全技术 安全电子签章密码技术规范，GB/T 33190 电子文件存储与交换格式 版式文档（OFD），GB/T 20518 数字证书格式，以及 SM2、SM3、SM4 国家商用密码算法。",
                ],
                Facts::new(),
            ),
            section(
                "密钥与数据的保管",
                &[
                    "持章人的密钥只能由持章人输入签章口令后使用，平台不能单独盖章。每一次办理、状态变更和用印都写入只增不改的账本。",
                ],
                Facts::new()
                    .with("密钥存放", vault)
                    .with("数据库", database),
            ),
            section("证书签发", &["本平台电子印章证书的签发机构："], authority),
        ],
        contact: guide::contact(&app.site()),
    })
}

/// `GET /accessibility`
pub(super) async fn accessibility(State(app): State<App>, visitor: Visitor) -> Answer {
    html(&AccessibilityPage {
        frame: visitor.frame(&app, "无障碍声明"),
        contact: guide::contact(&app.site()),
    })
}

/// `GET /sitemap`
pub(super) async fn sitemap(State(app): State<App>, visitor: Visitor) -> Answer {
    let group = |title: &str, links: &[(&str, &str)]| SitemapGroup {
        title: title.into(),
        links: links
            .iter()
            .map(|(label, href)| Link::new(*label, *href))
            .collect(),
    };
    let mut guides: Vec<Link> = vec![Link::new("全部办事指南", "/guide")];
    guides.extend(
        guide::kinds()
            .into_iter()
            .map(|kind| Link::new(kind.name, format!("/guide/{}", kind.slug))),
    );
    // What somebody's post has no part in is not offered to them.
    let work = match visitor.role() {
        Some(role) => SitemapGroup {
            title: "我的工作台".into(),
            links: navigation(role, "")
                .into_iter()
                .flat_map(|group| group.items)
                .map(|item| item.link)
                .collect(),
        },
        None => group(
            "单位办理",
            &[
                ("登录", "/login"),
                ("发起申请", "/desk/cases/new"),
                ("印章登记", "/desk/seals"),
                ("文件盖章", "/desk/stamping"),
            ],
        ),
    };
    html(&SitemapPage {
        frame: visitor.frame(&app, "网站地图"),
        groups: vec![
            group(
                "公共服务",
                &[
                    ("首页", "/"),
                    ("文件验章", "/verify"),
                    ("印章状态查询", "/status"),
                    ("印章公示", "/announcements"),
                    ("通知公告", "/bulletins"),
                ],
            ),
            SitemapGroup {
                title: "办事指南".into(),
                links: guides,
            },
            work,
            group(
                "关于",
                &[
                    ("关于平台", "/about"),
                    ("无障碍声明", "/accessibility"),
                    ("联系我们", "/about#contact"),
                ],
            ),
        ],
    })
}

/// `POST /preferences`: elder mode on and off, then back to the page it was switched on.
pub(super) async fn preferences(ProtectedForm(fields): ProtectedForm) -> Answer {
    let cookie = if fields.text("elder") == Some("on") {
        format!("{ELDER}=on; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
    } else {
        format!("{ELDER}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    };
    let mut response = Redirect::to(own_path(fields.text("back"))).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// A path on this site to go back to; never somewhere else.
pub(super) fn own_path(path: Option<&str>) -> &str {
    path.filter(|path| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.is_ascii()
            && !path.contains(|c: char| c.is_ascii_control())
    })
    .unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_never_leaves_the_site() {
        assert_eq!(own_path(Some("/desk?tab=mine")), "/desk?tab=mine");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\r\nSet-Cookie: x",
        ] {
            assert_eq!(own_path(Some(elsewhere)), "/", "{elsewhere}");
        }
    }
}
