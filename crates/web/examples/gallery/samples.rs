//! Sample data for every page.

mod center;
mod desks;
mod filing;
mod public;
mod seals;

use std::sync::Arc;

use web::views::Site;
use web::views::frame::{Frame, SideGroup, SideItem, Viewer};
use web::views::parts::Link;

/// Every page as (name, HTML).
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let mut pages = public::pages();
    pages.extend(desks::pages());
    pages
}

/// A seal's picture and a document's page, as the platform would serve them.
pub(crate) fn pictures() -> Vec<(&'static str, String)> {
    let seal = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 42 42"><g fill="none" stroke="#d0121b"><circle cx="21" cy="21" r="20" stroke-width="1.2"/></g><path fill="#d0121b" d="m21 14 1.650 5.100h5.350l-4.300 3.100 1.650 5.100-4.350-3.100-4.350 3.100 1.650-5.100-4.300-3.100h5.350z"/><path id="a" d="M5.500 25a16 16 0 1 1 31 0" fill="none"/><text font-family="serif" font-size="4.6" font-weight="700" fill="#d0121b"><textPath href="#a" startOffset="50%" text-anchor="middle">福州市鼓楼区财政局</textPath></text></svg>"##;
    let lines: String = (0..22)
        .map(|i| {
            format!(
                r##"<rect x="28" y="{}" width="{}" height="3" fill="#3a3a3a" opacity=".55"/>"##,
                90 + i * 8,
                if i % 6 == 5 { 90 } else { 154 }
            )
        })
        .collect();
    let page = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297"><rect width="210" height="297" fill="#fff"/><text x="105" y="45" font-family="serif" font-size="14" font-weight="700" fill="#d0121b" text-anchor="middle">福州市鼓楼区财政局文件</text><path d="M28 56h154" stroke="#d0121b"/><text x="105" y="76" font-family="serif" font-size="7" text-anchor="middle">关于下达专项资金的通知</text>{lines}</svg>"##
    );
    vec![("seal.svg", seal.into()), ("page.svg", page)]
}

/// The frame of a desk page for a role.
pub(crate) fn desk(title: &str, here: &str, role: Role) -> Frame {
    let mut frame = Frame::public(Arc::new(Site::default()), title, here, "token");
    frame.trail = vec![Link::new("工作台", "/desk")];
    let (name, post) = role.viewer();
    frame.viewer = Some(Viewer {
        name: name.into(),
        post: post.into(),
        unread: Some("3".into()),
        posts: Vec::new(),
    });
    let item = |label: &str, href: &str, icon, count: Option<&str>| SideItem {
        link: Link::new(label, href),
        icon,
        current: here == href,
        count: count.map(Into::into),
    };
    frame.side = match role {
        Role::Agent => vec![
            SideGroup {
                title: "办理".into(),
                items: vec![
                    item("我的办件", "/desk", "inbox", Some("2")),
                    item("发起申请", "/desk/cases/new", "edit", None),
                ],
            },
            SideGroup {
                title: "印章".into(),
                items: vec![
                    item("印章登记", "/desk/seals", "seal", None),
                    item("文件盖章", "/desk/stamping", "stamp", Some("1")),
                    item("用印记录", "/desk/uses", "list", None),
                ],
            },
            SideGroup {
                title: "我的".into(),
                items: vec![
                    item("通知", "/desk/notices", "bell", None),
                    item("个人与岗位", "/desk/profile", "person", None),
                ],
            },
        ],
        Role::Maker => vec![
            SideGroup {
                title: "办理".into(),
                items: vec![
                    item("办件队列", "/desk", "inbox", Some("12")),
                    item("全省印章", "/desk/seals", "seal", None),
                ],
            },
            SideGroup {
                title: "我的".into(),
                items: vec![
                    item("通知", "/desk/notices", "bell", None),
                    item("个人与岗位", "/desk/profile", "person", None),
                ],
            },
        ],
    };
    frame
}

/// Whose desk.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// 经办人
    Agent,
    /// 印章制作员
    Maker,
}

impl Role {
    fn viewer(self) -> (&'static str, &'static str) {
        match self {
            Self::Agent => ("林晓芸", "福州市鼓楼区财政局 · 经办人"),
            Self::Maker => ("郑国栋", "福建省经济信息中心 · 印章制作员"),
        }
    }
}
