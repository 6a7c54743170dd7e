//! What notices meet outside: a real mail server, and a short-message gateway.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use notify::{Gateway, MailSecurity, MailSettings, SmsSettings};
use serde_json::{Value, json};

/// A mail server (aiosmtpd) in a process of its own.
#[derive(Debug)]
pub struct MailServer {
    process: Child,
    port: u16,
    letters: Arc<Mutex<Vec<Value>>>,
}

impl MailServer {
    /// Starts one, or answers `None` (said aloud) where Python has no aiosmtpd. `busy` letters are put off first.
    pub fn start(busy: u32) -> Option<Self> {
        Self::with(&json!({"busy": busy}))
    }

    /// Starts one that asks for STARTTLS and a password, with this certificate and key (PEM files).
    pub fn with_tls(certificate: &str, key: &str) -> Option<Self> {
        Self::with(&json!({"certificate": certificate, "key": key}))
    }

    fn with(wishes: &Value) -> Option<Self> {
        let Some(python) = python() else {
            println!("skipped: Python has no aiosmtpd (Debian: python3-aiosmtpd)");
            return None;
        };
        let mut wishes = wishes.clone();
        wishes["port"] = free_port().into();
        let mut process = Command::new(python)
            .args(["-c", include_str!("mail_server.py"), &wishes.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        let letters = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&letters);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock()
                    .unwrap()
                    .push(serde_json::from_str(&line).unwrap());
            }
        });
        Some(Self {
            process,
            port,
            letters,
        })
    }

    /// How it is reached, without any protection.
    pub fn settings(&self) -> MailSettings {
        MailSettings {
            server: "127.0.0.1".to_owned(),
            port: Some(self.port),
            security: MailSecurity::None,
            login: None,
            from: "seal@fujian.gov.cn".to_owned(),
            name: "福建省政务电子印章服务平台".to_owned(),
            authority: None,
            timeout_seconds: 10,
        }
    }

    /// The letters taken so far. What was sent before is there: it waits for the server's words to arrive.
    pub fn letters(&self) -> Vec<Value> {
        let mut known = usize::MAX;
        loop {
            let letters = self.letters.lock().unwrap().clone();
            if letters.len() == known {
                return letters;
            }
            known = letters.len();
            std::thread::sleep(Duration::from_millis(150));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python that has aiosmtpd.
fn python() -> Option<&'static str> {
    ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python)
            .args(["-c", "import aiosmtpd"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A short-message gateway: takes requests, delivers each id once.
#[derive(Debug, Clone, Default)]
pub struct SmsGateway {
    state: Arc<Mutex<GatewayState>>,
    url: String,
}

#[derive(Debug, Default)]
struct GatewayState {
    requests: Vec<Value>,
    busy: u32,
    refused: Vec<String>,
}

impl SmsGateway {
    /// Starts one on this runtime.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let gateway = Self {
            url,
            ..Self::default()
        };
        let router = Router::new()
            .route("/send", post(take))
            .with_state(Arc::clone(&gateway.state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    /// Puts off the next requests.
    pub fn busy(&self, requests: u32) {
        self.state.lock().unwrap().busy = requests;
    }

    /// Refuses a number for good.
    pub fn refuse(&self, mobile: &str) {
        self.state.lock().unwrap().refused.push(mobile.to_owned());
    }

    /// Every request that it accepted, repetitions included.
    pub fn requests(&self) -> Vec<Value> {
        self.state.lock().unwrap().requests.clone()
    }

    /// What was delivered: the first request of each id.
    pub fn delivered(&self) -> Vec<Value> {
        let mut seen = Vec::new();
        let mut delivered = self.requests();
        delivered.retain(|request| {
            let new = !seen.contains(&request["id"]);
            seen.push(request["id"].clone());
            new
        });
        delivered
    }

    /// How it is reached.
    pub fn settings(&self) -> SmsSettings {
        SmsSettings {
            url: self.url.clone(),
            headers: BTreeMap::from([("authorization".to_owned(), "Bearer key".to_owned())]),
            body: r#"{"id":"{id}","to":"{mobile}","text":"【印信】{text}"}"#.to_owned(),
            id_header: None,
            deduplicates: true,
            accepted: None,
            authority: None,
            timeout_seconds: 5,
        }
    }

    /// The adapter to it.
    pub fn adapter(&self) -> Gateway {
        Gateway::new(self.settings()).unwrap()
    }
}

async fn take(
    State(state): State<Arc<Mutex<GatewayState>>>,
    Json(request): Json<Value>,
) -> StatusCode {
    let mut state = state.lock().unwrap();
    if state.busy > 0 {
        state.busy -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if state
        .refused
        .iter()
        .any(|number| request["to"] == number.as_str())
    {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    state.requests.push(request);
    StatusCode::OK
}
