//! Lists over HTTP: the export read back, the print view, and filters that their owner alone sees.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use papers::Workbooks;
use platform::DemoAccount;
use platform::ports::sheets::{Sheets as _, WantedColumn};
use testkit::TestApp;
use tower::ServiceExt as _;
use web::{WebSettings, router};

/// Somebody's browser.
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn new(app: &TestApp) -> Self {
        Self {
            router: router(Arc::clone(&app.platform), WebSettings::default()),
            cookies: BTreeMap::new(),
        }
    }

    async fn signed_in(app: &TestApp, login: &str) -> Self {
        let mut browser = Self::new(app);
        browser.get("/login").await;
        let answer = browser
            .post(
                "/login",
                &[("account", login), ("password", DemoAccount::PASSWORD)],
            )
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        browser
    }

    async fn send(
        &mut self,
        request: axum::http::request::Builder,
        body: String,
    ) -> Response<Body> {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let request = request
            .header(header::COOKIE, cookies.join("; "))
            .body(Body::from(body))
            .unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Response<Body> {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response<Body> {
        let mut body = format!("csrf={}", self.cookies["yinxin_form"]);
        for (name, value) in fields {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, body).await
    }
}

async fn bytes(answer: Response<Body>) -> Vec<u8> {
    to_bytes(answer.into_body(), 64 << 20)
        .await
        .unwrap()
        .to_vec()
}

async fn text(answer: Response<Body>) -> String {
    String::from_utf8(bytes(answer).await).unwrap()
}

fn wanted(titles: &[&str]) -> Vec<WantedColumn> {
    titles
        .iter()
        .map(|title| WantedColumn {
            title: (*title).to_owned(),
            aliases: Vec::new(),
            required: true,
        })
        .collect()
}

fn to(answer: &Response<Body>) -> &str {
    answer.headers()[header::LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn an_export_holds_every_page_of_the_list_as_its_filter_leaves_it() {
    let app = TestApp::sqlite().await;
    for _ in 0..25 {
        app.draft().await;
    }
    let mut browser = Browser::signed_in(&app, "xian-jingban").await;
    let page = text(browser.get("/desk?tab=draft").await).await;
    assert!(
        page.contains("下一页") && page.contains("导出 XLSX"),
        "more than a page"
    );
    let answer = browser.get("/desk?tab=draft&format=xlsx").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let name = answer.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap();
    assert!(
        name.starts_with("attachment") && name.ends_with(".xlsx"),
        "{name}"
    );
    let book = bytes(answer).await;
    let columns = wanted(&["办件编号", "印章", "单位", "业务", "状态"]);
    let read = Workbooks.read(&book, &columns, 1000).unwrap();
    assert_eq!(read.rows.len(), 25);
    assert!(
        read.rows
            .iter()
            .all(|row| row.cells[2] == "闽侯县政务服务示范局")
    );
    assert!(
        read.rows
            .iter()
            .all(|row| row.cells[4] == "草稿" && row.faults.is_empty())
    );
    let none = bytes(
        browser
            .get("/desk?tab=draft&business=unlock&format=xlsx")
            .await,
    )
    .await;
    assert_eq!(Workbooks.read(&none, &columns, 1000).unwrap().rows.len(), 0);
}

#[tokio::test]
async fn the_print_view_says_what_it_shows_when_and_for_whom() {
    let app = TestApp::sqlite().await;
    app.draft().await;
    let mut browser = Browser::signed_in(&app, "xian-jingban").await;
    let page = text(
        browser
            .get("/desk?tab=draft&business=new&format=print")
            .await,
    )
    .await;
    for expected in [
        "业务类型：印章申请",
        "共 1 条",
        "2026年11月22日 ",
        "林晓梅",
        "草稿",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("导出 XLSX"));
}

#[tokio::test]
async fn a_saved_filter_is_its_owners_and_can_open_the_list() {
    let app = TestApp::sqlite().await;
    let mut browser = Browser::signed_in(&app, "xian-jingban").await;
    browser.get("/desk").await;
    let fields = [
        ("list", "/desk"),
        ("query", "tab=draft&business=new"),
        ("name", "新申请"),
    ];
    let saved = browser.post("/desk/filters", &fields).await;
    assert_eq!(to(&saved), "/desk?tab=draft&business=new");
    assert_eq!(
        browser.post("/desk/filters", &fields).await.status(),
        StatusCode::UNPROCESSABLE_ENTITY,
        "a name stands once"
    );
    let person = app.account("xian-jingban").id;
    let filters = app.platform.saved_filters(person, "/desk").await.unwrap();
    let id = filters[0].id;
    let change = format!("/desk/filters/{id}");
    // Nobody else's.
    let mut other = Browser::signed_in(&app, "shi-jingban").await;
    let page = text(other.get("/desk?tab=draft").await).await;
    assert!(!page.contains("新申请"));
    let refused = other.post(&change, &[("do", "delete")]).await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    // The default opens the list; without it, or with 不筛选, it opens as it is.
    browser.post(&change, &[("do", "default")]).await;
    assert_eq!(
        to(&browser.get("/desk").await),
        "/desk?tab=draft&business=new"
    );
    assert_eq!(browser.get("/desk?all=yes").await.status(), StatusCode::OK);
    browser
        .post(&change, &[("do", "rename"), ("name", "草稿中的新申请")])
        .await;
    let page = text(browser.get("/desk?tab=draft&business=new").await).await;
    assert!(page.contains("草稿中的新申请") && page.contains("默认"));
    browser.post(&change, &[("do", "delete")]).await;
    assert_eq!(browser.get("/desk").await.status(), StatusCode::OK);
}
