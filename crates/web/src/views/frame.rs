//! The frame around every page: who runs the site, who reads it, where they are.

use std::sync::Arc;

use super::parts::{Link, ListTools, Notice};

/// Who runs the platform and how to reach them (policy data; the guide's values by default).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The platform's full name.
    pub platform: String,
    /// 主办单位.
    pub host: String,
    /// 承办单位: the Center.
    pub operator: String,
    /// Postal address with room.
    pub address: String,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Mailbox for summary sheets and questions.
    pub email: String,
    /// Post code.
    pub postcode: String,
    /// The Center's website.
    pub website: String,
    /// Opening hours.
    pub hours: String,
    /// 网站标识码, ICP and police filing numbers, as printed in the footer.
    pub filings: Vec<String>,
}

impl Default for Site {
    /// The guide's contact data (第一章 二.4).
    fn default() -> Self {
        Self {
            platform: "福建省政务电子印章服务平台".into(),
            host: "福建省经济信息中心".into(),
            operator: "福建省经济信息中心".into(),
            address: "福州市鼓楼区屏西路 27 号（网络通讯处 205 室）".into(),
            phones: vec!["0591-86303903".into(), "0591-86303905".into()],
            email: "fjzwra@fujian.gov.cn".into(),
            postcode: "350003".into(),
            website: "https://xxzx.fujian.gov.cn/".into(),
            hours: "工作日 8:30–12:00，15:00–17:30".into(),
            filings: Vec::new(),
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Their name.
    pub name: String,
    /// The post they act in now.
    pub post: String,
    /// How many notices they have not read, if any.
    pub unread: Option<String>,
    /// All their posts, to be switched between; empty with one.
    pub posts: Vec<ViewerPost>,
}

/// One of the posts of who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerPost {
    /// What is sent to switch to it.
    pub code: String,
    /// The role, and for whom it is held.
    pub role: String,
    /// The unit.
    pub unit: String,
    /// Whether they act in it now.
    pub current: bool,
}

/// An item of the main navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub link: Link,
    /// Whether the reader is there.
    pub current: bool,
}

/// A group of the left navigation on the desks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideGroup {
    /// Its heading.
    pub title: String,
    /// Its items.
    pub items: Vec<SideItem>,
}

/// An item of the left navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideItem {
    /// Where it leads.
    pub link: Link,
    /// Icon name.
    pub icon: &'static str,
    /// Whether the reader is there.
    pub current: bool,
    /// How much waits there.
    pub count: Option<String>,
}

/// What every page needs besides its own content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Who runs the platform.
    pub site: Arc<Site>,
    /// The page's name.
    pub title: String,
    /// The pages above it; empty on the home page.
    pub trail: Vec<Link>,
    /// Main navigation of public pages.
    pub nav: Vec<NavItem>,
    /// Left navigation of the desks.
    pub side: Vec<SideGroup>,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// Elder mode is on.
    pub elder: bool,
    /// This page's own address, to come back to.
    pub here: String,
    /// What stands in the search box.
    pub query: String,
    /// The form token.
    pub csrf: String,
    /// Bars above the content.
    pub notices: Vec<Notice>,
    /// Saved filters, export and print view of the list on this page.
    pub tools: Option<ListTools>,
    /// Modules this page needs besides `page.js`.
    pub scripts: Vec<&'static str>,
}

impl Frame {
    /// The frame of a page for a visitor who is not signed in.
    pub fn public(site: Arc<Site>, title: &str, here: &str, csrf: &str) -> Self {
        Self {
            site,
            title: title.into(),
            trail: vec![Link::new("首页", "/")],
            nav: public_nav(here),
            side: Vec::new(),
            viewer: None,
            elder: false,
            here: here.into(),
            query: String::new(),
            csrf: csrf.into(),
            notices: Vec::new(),
            tools: None,
            scripts: Vec::new(),
        }
    }

    /// With a page above this one.
    #[must_use]
    pub fn below(mut self, label: &str, href: &str) -> Self {
        self.trail.push(Link::new(label, href));
        self
    }

    /// With a module.
    #[must_use]
    pub fn script(mut self, name: &'static str) -> Self {
        self.scripts.push(name);
        self
    }

    /// With a bar above the content.
    #[must_use]
    pub fn notice(mut self, notice: Notice) -> Self {
        self.notices.push(notice);
        self
    }
}

/// Seven items at most (国办发〔2017〕47号).
fn public_nav(here: &str) -> Vec<NavItem> {
    let items = [
        ("首页", "/"),
        ("办事指南", "/guide"),
        ("印章申办", "/desk"),
        ("文件验章", "/verify"),
        ("状态查询", "/status"),
        ("公示公告", "/announcements"),
        ("关于平台", "/about"),
    ];
    let is_here = |href: &str| match href {
        "/" => here == "/",
        "/announcements" if here.starts_with("/bulletins") => true,
        _ => here
            .strip_prefix(href)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])),
    };
    items
        .into_iter()
        .map(|(label, href)| NavItem {
            link: Link::new(label, href),
            current: is_here(href),
        })
        .collect()
}
