//! `yinxin serve`: runs the platform.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use platform::{DemoAccount, Platform, demo_accounts};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;
use web::WebSettings;

use crate::config::{Config, Given};
use crate::failure::Failure;
use crate::installation::Installation;
use crate::output::{padded, print};

/// How long requests under way may take after the program was asked to stop.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often ended sessions are removed.
const CLEANING: Duration = Duration::from_secs(3600);

/// 运行平台：网页、接口和后台作业
#[derive(clap::Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    given: Given,
    /// 日志格式（写到标准错误；详细程度由环境变量 RUST_LOG 决定）
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log: LogFormat,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// 文本
    Text,
    /// 每行一个 JSON
    Json,
}

impl Serve {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        start_log(self.log);
        let config = Config::load(self.given)?;
        runtime()?.block_on(serve(config))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The threads that a command with a platform runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::internal("无法启动", &e))
}

async fn serve(config: Config) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).await.map_err(|e| {
        let text = format!(
            "无法监听 {}：{e}。请用 --listen 另指一个地址。",
            config.listen
        );
        Failure::new("listen_failed", text)
    })?;
    let address = listener
        .local_addr()
        .map_err(|e| Failure::internal("无法监听", &e))?;
    let public_url = config.public_url.clone().unwrap_or_else(|| url_of(address));
    let installation = Installation::open(&config, &public_url).await?;
    let platform = &installation.platform;
    let fresh = config.demo && platform.install_demo().await?;
    platform.recover().await?;
    let demo = platform.demo_is_installed().await?;
    print(&banner(platform, &config, address, demo, fresh))?;

    let worker = tokio::spawn({
        let platform = Arc::clone(platform);
        async move { platform.work().await }
    });
    let cleaner = tokio::spawn({
        let platform = Arc::clone(platform);
        async move { clean(&platform).await }
    });
    let settings = web_settings(&config, &public_url, demo);
    let router = web::router(Arc::clone(platform), settings);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service).with_graceful_shutdown(asked_to_stop());
    let served = tokio::select! {
        served = served => served,
        // Requests under way are finished, but nobody can hold the program back by never ending one.
        () = async { asked_to_stop().await; tokio::time::sleep(PATIENCE).await } => Ok(()),
    };
    // A job that is cut off here is finished at the next start.
    worker.abort();
    cleaner.abort();
    tracing::info!("stopped");
    served.map_err(|e| Failure::internal("服务中断", &e))
}

/// Removes ended sessions, again and again.
async fn clean(platform: &Platform) {
    loop {
        if let Err(error) = platform.sessions_expire().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "ended sessions stay"
            );
        }
        if let Err(error) = platform.sign_ins_forget().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "old sign-ins stay"
            );
        }
        tokio::time::sleep(CLEANING).await;
    }
}

fn web_settings(config: &Config, public_url: &str, demo: bool) -> WebSettings {
    let mut settings = WebSettings {
        secure: public_url.starts_with("https://"),
        demo,
        ..WebSettings::default()
    };
    let texts = config.site.clone();
    let site = &mut settings.site;
    for (text, place) in [
        (texts.platform, &mut site.platform),
        (texts.host, &mut site.host),
        (texts.hours, &mut site.hours),
    ] {
        if let Some(text) = text {
            *place = text;
        }
    }
    if let Some(filings) = texts.filings {
        site.filings = filings;
    }
    settings
}

fn banner(
    platform: &Platform,
    config: &Config,
    address: SocketAddr,
    demo: bool,
    fresh: bool,
) -> String {
    let (database, keys) = platform.describe();
    let mut text = String::from("印信 · 福建省政务电子印章服务平台\n\n");
    text += &format!("  网址      {}\n", url_of(address));
    text += &format!("  数据      {}\n", config.data.display());
    text += &format!("  数据库    {database}\n");
    text += &format!("  密钥      {keys}\n");
    if demo {
        text += &accounts(fresh);
        if !address.ip().is_loopback() {
            text +=
                "\n  警告：监听地址对其他机器开放，而演示账号的口令是公开的，任何人都能登录。\n";
            text += "        正式使用请以 --no-demo 在新的数据文件夹上启动。\n";
        }
    }
    text += "\n  按 Ctrl-C 停止。\n";
    text
}

fn accounts(fresh: bool) -> String {
    let again = if fresh { "已装入" } else { "沿用" };
    let mut text = format!(
        "\n  演示账号（{again}；口令都是 {}）\n\n",
        DemoAccount::PASSWORD
    );
    let columns = |login: &str, name: &str, role: &str, unit: &str| {
        format!(
            "  {}{}{}{unit}\n",
            padded(login, 18),
            padded(name, 10),
            padded(role, 16)
        )
    };
    text += &columns("账号", "姓名", "岗位", "单位");
    for account in demo_accounts() {
        text += &columns(
            account.login,
            account.name,
            account.role.name(),
            account.unit_name(),
        );
    }
    text
}

/// Where a browser on this machine finds it.
fn url_of(address: SocketAddr) -> String {
    let port = address.port();
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{port}")
    } else {
        format!("http://{address}")
    }
}

fn start_log(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => builder.finish().init(),
        LogFormat::Json => builder.json().finish().init(),
    }
}

async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
