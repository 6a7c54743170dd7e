//! Every desk page of every role with 50 people at work, at 10,000, 100,000 and 1,000,000 cases: the real router over a
//! real register, on PostgreSQL where `YINXIN_TEST_POSTGRES` names a server, else on SQLite up to 100,000.
//!
//! The register is filled by the database itself from cases that went the real way, one for each stage. The most cases
//! can be given in `YINXIN_BENCH_CASES`, the people in `YINXIN_BENCH_PEOPLE`, the seconds in `YINXIN_BENCH_SECONDS`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use casework::Stage;
use platform::DemoAccount;
use testkit::TestApp;
use tower::ServiceExt as _;
use web::WebSettings;

use crate::fill::Filler;
use crate::sample::Failure;

const STEPS: [u32; 3] = [10_000, 100_000, 1_000_000];
/// The aim for the 99th percentile.
const AIM_MS: f64 = 150.0;
/// Between two clicks of a person.
const THINKS: Duration = Duration::from_millis(1000);
/// Pages of one shape that a role walks, and pages in all.
const OF_A_SHAPE: usize = 3;
const OF_A_ROLE: usize = 60;
const ROLES: [&str; 9] = [
    "xian-jingban",
    "xian-shenpi",
    "huizong",
    "zhizuo",
    "shenhe",
    "lingdao",
    "xitong",
    "anquan",
    "shenji",
];
const SEARCHES: [&str; 4] = ["永泰", "龙岩医保", "闽印2025-0000077", "不存在的单位名"];

/// Prints the tables.
pub(crate) fn run() {
    let measured = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(measure()));
    if let Err(error) = measured {
        println!("load: {error}");
    }
}

async fn measure() -> Result<(), Failure> {
    let app = match TestApp::postgres().await {
        Some(app) => app,
        None => TestApp::sqlite().await,
    };
    let database = app.platform.describe().0;
    let most = number("YINXIN_BENCH_CASES", 1_000_000);
    let most = if database.starts_with("SQLite") {
        most.min(100_000)
    } else {
        most
    };
    let people = number("YINXIN_BENCH_PEOPLE", 50) as usize;
    let time = Duration::from_secs(u64::from(number("YINXIN_BENCH_SECONDS", 60)));
    println!(
        "\n## Every desk page, {database}, {people} people, one click per second and person\n"
    );
    let mut filler = Filler::open(&app.database_url()).await?;
    templates(&app).await;
    let router = web::router(Arc::clone(&app.platform), WebSettings::default());
    for step in STEPS.into_iter().filter(|step| *step <= most) {
        let start = Instant::now();
        filler.fill(step).await?;
        println!("{step} cases: filled in {} s", start.elapsed().as_secs());
        load(&router, people, time).await?;
    }
    Ok(())
}

fn number(name: &str, usual: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(usual)
}

/// A case at each stage, and a seal.
async fn templates(app: &TestApp) {
    for stage in [
        Stage::Draft,
        Stage::UnitApproval,
        Stage::HandIn,
        Stage::Consolidation,
        Stage::Acceptance,
        Stage::FirstReview,
        Stage::FinalReview,
        Stage::Production,
        Stage::Collection,
    ] {
        app.file_until(stage).await;
    }
    app.made_seal().await;
}

/// A page's time in milliseconds, under its role and shape.
type Times = BTreeMap<(String, String), Vec<f64>>;

async fn load(router: &Router, people: usize, time: Duration) -> Result<(), Failure> {
    let mut sessions = Vec::new();
    for login in ROLES {
        let cookie = sign_in(router, login).await?;
        let pages = walk(router, &cookie).await;
        sessions.push((login, cookie, pages));
    }
    let until = Instant::now() + time;
    let tasks: Vec<_> = (0..people)
        .map(|person| {
            let (login, cookie, pages) = sessions[person % sessions.len()].clone();
            let router = router.clone();
            tokio::spawn(async move {
                let mut times = Times::new();
                // Nobody begins at the same moment or page.
                tokio::time::sleep(THINKS.mul_f64(person as f64 / people as f64)).await;
                let mut next = person * 7;
                while Instant::now() < until && !pages.is_empty() {
                    let page = &pages[next % pages.len()];
                    next += 1;
                    let start = Instant::now();
                    let (status, _) = get(&router, page, &cookie).await;
                    let took = start.elapsed();
                    let shape = match status {
                        StatusCode::OK => shape(page),
                        other => format!("{} → {}", shape(page), other.as_u16()),
                    };
                    let times = times.entry((login.to_owned(), shape)).or_default();
                    times.push(took.as_secs_f64() * 1e3);
                    tokio::time::sleep(THINKS.saturating_sub(took)).await;
                }
                times
            })
        })
        .collect();
    let mut all = Times::new();
    for task in tasks {
        for (key, values) in task.await? {
            all.entry(key).or_default().extend(values);
        }
    }
    print(&all);
    Ok(())
}

fn print(all: &Times) {
    println!("\n| role | page | n | p50 ms | p95 ms | p99 ms | |");
    println!("|---|---|---:|---:|---:|---:|---|");
    let mut whole = Vec::new();
    for ((role, page), values) in all {
        row(role, page, values);
        whole.extend_from_slice(values);
    }
    row("all", "all", &whole);
}

fn row(role: &str, page: &str, values: &[f64]) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len());
        sorted[place - 1]
    };
    let mark = if at(0.99) > AIM_MS {
        "over the aim"
    } else {
        ""
    };
    println!(
        "| {role} | {page} | {} | {:.1} | {:.1} | {:.1} | {mark} |",
        sorted.len(),
        at(0.5),
        at(0.95),
        at(0.99)
    );
}

/// Every page that links lead to from the desk, a few of each shape.
async fn walk(router: &Router, cookie: &str) -> Vec<String> {
    let mut pages: Vec<String> = vec!["/desk".to_owned()];
    pages.extend(
        SEARCHES
            .iter()
            .map(|text| format!("/desk/search?q={}", encoded(text))),
    );
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = 0;
    while let Some(page) = pages.get(next).cloned() {
        next += 1;
        let (_, body) = get(router, &page, cookie).await;
        for href in links(&body) {
            let seen = shapes.entry(shape(&href)).or_default();
            if *seen < OF_A_SHAPE && pages.len() < OF_A_ROLE && !pages.contains(&href) {
                *seen += 1;
                pages.push(href);
            }
        }
    }
    pages
}

/// Links to pages of the desk; files, and what changes something, are none.
fn links(body: &str) -> impl Iterator<Item = String> + '_ {
    body.split("href=\"/desk").skip(1).filter_map(|rest| {
        let (rest, _) = rest.split_once('"')?;
        let href = format!("/desk{}", rest.replace("&amp;", "&"));
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let file = path
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'));
        let paper = ["/papers/", "/materials/", "/print"]
            .iter()
            .any(|part| path.contains(part));
        (!file && !paper && !href.contains("format=") && !href.contains('#')).then_some(href)
    })
}

/// An address with its ids, numbers and values left out.
fn shape(href: &str) -> String {
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let part = |part: &str| {
        if part.bytes().filter(u8::is_ascii_digit).count() >= 4 {
            "…".to_owned()
        } else {
            part.to_owned()
        }
    };
    let path: Vec<String> = path.split('/').map(part).collect();
    let mut shape = path.join("/");
    for (n, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if value.is_empty() {
            continue;
        }
        shape.push(if n == 0 { '?' } else { '&' });
        shape.push_str(name);
        if name == "tab" {
            shape.push('=');
            shape.push_str(value);
        }
    }
    shape
}

async fn sign_in(router: &Router, login: &str) -> Result<String, Failure> {
    let response = call(router, Request::get("/login").body(Body::empty())?).await;
    let form = cookies(&response);
    let token = form.split_once('=').map_or("", |(_, token)| token);
    let sent = format!(
        "csrf={token}&account={login}&password={}",
        DemoAccount::PASSWORD
    );
    let request = Request::post("/login")
        .header(header::COOKIE, &form)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(sent))?;
    let response = call(router, request).await;
    if !response.status().is_redirection() {
        return Err(format!("{login} cannot sign in: {}", response.status()).into());
    }
    Ok(format!("{form}; {}", cookies(&response)))
}

fn cookies(response: &axum::response::Response) -> String {
    let parts = response.headers().get_all(header::SET_COOKIE).iter();
    parts
        .filter_map(|value| value.to_str().ok()?.split(';').next())
        .collect::<Vec<_>>()
        .join("; ")
}

async fn get(router: &Router, address: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(address)
        .header(header::COOKIE, cookie)
        .body(Body::empty());
    let Ok(request) = request else {
        return (StatusCode::BAD_REQUEST, String::new());
    };
    let response = call(router, request).await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 16 * 1024 * 1024).await;
    let text = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    (status, text)
}

async fn call(router: &Router, mut request: Request<Body>) -> axum::response::Response {
    let peer = SocketAddr::from(([127, 0, 0, 1], 40_000));
    request.extensions_mut().insert(ConnectInfo(peer));
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
