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
use platform::ports::store::{LedgerFilter, PageRequest};
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
async fn r7_3_who_takes_a_list_out_is_written_down_with_filter_and_rows() {
    let app = TestApp::sqlite().await;
    app.draft().await;
    let mut browser = Browser::signed_in(&app, "xian-jingban").await;
    let name = "%E6%9E%97%E6%99%93%E6%A2%85";
    for manner in ["", "&format=xlsx", "&format=print"] {
        let path = format!("/desk?tab=draft&business=new&q={name}{manner}");
        assert_eq!(browser.get(&path).await.status(), StatusCode::OK);
    }
    // What everybody may read is read by nobody in particular.
    let mut visitor = Browser::new(&app);
    visitor.get("/announcements?format=xlsx").await;
    let filter = LedgerFilter {
        kind: Some("list.exported".to_owned()),
        ..LedgerFilter::default()
    };
    let page = PageRequest {
        after: None,
        limit: 10,
    };
    let auditor = app.actor("shenji");
    let found = app.platform.ledger_entries(&auditor, &filter, &page);
    let found = found.await.unwrap().rows;
    assert_eq!(found.len(), 2, "{found:?}");
    for (entry, form) in found.iter().zip(["print", "xlsx"]) {
        let leaf = platform::leaf_of(&entry.entry).unwrap();
        assert_eq!(
            (leaf.subject.as_str(), leaf.facts["rows"].as_str()),
            ("/desk", "0")
        );
        assert_eq!(leaf.facts["form"], form);
        assert!(entry.entry.actor.contains("林晓梅"));
        let filters = &leaf.facts["filters"];
        assert!(filters.contains("业务类型：印章申请"), "{filters}");
        // What was typed can be a name, and the ledger's leaves are handed out.
        assert!(filters.contains("检索词摘要") && !filters.contains("林晓梅"));
    }
}

#[tokio::test]
async fn r1_2_a_post_is_switched_in_the_frame_and_never_taken_for_another() {
    let app = TestApp::sqlite().await;
    let person = app.account("xian-jingban").id;
    let county = app.actor("xian-jingban").post;
    let mut browser = Browser::signed_in(&app, "xian-jingban").await;
    let page = text(browser.get("/desk").await).await;
    assert!(!page.contains("切换岗位"), "one post, nothing to switch");
    let city = casework::Post {
        unit: app.actor("shi-jingban").post.unit,
        ..county
    };
    let change = platform::PostChange {
        person: casework::Principal {
            person,
            name: String::new(),
        },
        add: vec![city],
        remove: Vec::new(),
        leaving: false,
        successor: None,
    };
    let system = app.actor("xitong");
    let id = app.platform.propose_posts(&system, change, "兼任").await;
    let security = app.actor("anquan");
    app.platform.release(&security, id.unwrap()).await.unwrap();
    let page = text(browser.get("/desk").await).await;
    assert!(page.contains("切换岗位"));
    let code = format!("agent.{}", city.unit);
    assert!(page.contains(&code));
    let unit = app.platform.unit(city.unit).await.unwrap().full_name;
    let answer = browser.post("/desk/profile/post", &[("post", &code)]).await;
    assert_eq!(to(&answer), "/desk");
    let page = text(browser.get("/").await).await;
    assert!(page.contains(&format!("（{unit} · 经办人）")));
    let stranger = format!("agent.{}", app.actor("sheng-jingban").post.unit);
    for wrong in ["0", "", stranger.as_str()] {
        let answer = browser.post("/desk/profile/post", &[("post", wrong)]).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn r1_3_one_of_several_own_sessions_is_ended_and_the_others_stay() {
    let app = TestApp::sqlite().await;
    let person = app.account("xian-jingban").id;
    let mut here = Browser::signed_in(&app, "xian-jingban").await;
    let mut lost = Browser::signed_in(&app, "xian-jingban").await;
    let mut phone = Browser::signed_in(&app, "xian-jingban").await;
    for browser in [&mut here, &mut lost, &mut phone] {
        assert_eq!(browser.get("/desk").await.status(), StatusCode::OK);
    }
    let keys = |browser: &Browser| {
        let id = browser.cookies["yinxin"].clone();
        let platform = Arc::clone(&app.platform);
        async move {
            let own = platform.own_sessions(person, &id).await.unwrap();
            own.into_iter().find(|(_, here)| *here).unwrap().0.key
        }
    };
    let key = keys(&lost).await;
    let nothing = here
        .post("/desk/profile/sessions", &[("end", "picked")])
        .await;
    assert_eq!(nothing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let ended = here
        .post(
            "/desk/profile/sessions",
            &[("end", "picked"), ("pick", &key)],
        )
        .await;
    assert_eq!(to(&ended), "/desk/profile");
    assert!(to(&lost.get("/desk").await).starts_with("/login"));
    assert_eq!(phone.get("/desk").await.status(), StatusCode::OK);
    here.post("/desk/profile/sessions", &[("end", "others")])
        .await;
    assert!(to(&phone.get("/desk").await).starts_with("/login"));
    assert_eq!(here.get("/desk").await.status(), StatusCode::OK);
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
