//! `yinxin doctor`: is this installation sound?

use std::process::ExitCode;

use jiff::Timestamp;
use platform::Platform;
use platform::ports::Clock as _;

use crate::config::{Config, Given};
use crate::failure::Failure;
use crate::installation::Installation;
use crate::moment::SystemClock;
use crate::output::{beijing, print, wrapped};

/// 检查安装：配置、数据库、文件、密钥、签发机构、时钟和账本
///
/// 每项一行，✓ 正常，✗ 有问题。退出码：0 全部正常，1 有问题。
#[derive(clap::Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    given: Given,
}

/// No clock of a machine that this version runs on can be before it was written.
const EARLIEST: &str = "2026-11-01T00:00:00Z";

impl Doctor {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let config = Config::load(self.given)?;
        print("✓ 配置      可以读取\n")?;
        let mut checks = vec![("时钟", clock(SystemClock.now()))];
        if !config.data.join("lock").exists() {
            let text = format!(
                "数据文件夹“{}”里还没有安装，请先运行 yinxin serve",
                config.data.display()
            );
            checks.push(("数据", Err(text)));
        } else {
            checks.extend(super::serve::runtime()?.block_on(examine(&config)));
        }
        let mut sound = true;
        for (what, outcome) in checks {
            let (mark, text) = match outcome {
                Ok(text) => ("✓", text),
                Err(text) => {
                    sound = false;
                    ("✗", text)
                }
            };
            print(&wrapped(
                &format!("{mark} {}{text}", crate::output::padded(what, 10)),
                12,
            ))?;
        }
        Ok(ExitCode::from(u8::from(!sound)))
    }
}

type Check = (&'static str, Result<String, String>);

async fn examine(config: &Config) -> Vec<Check> {
    let url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.listen));
    let installation = match Installation::open(config, &url).await {
        Ok(installation) => installation,
        Err(failure) => return vec![("打开", Err(failure.message))],
    };
    let platform = &installation.platform;
    let (database, keys) = platform.describe();
    vec![
        (
            "数据库",
            platform.units(None).await.map(|_| database).map_err(told),
        ),
        ("文件", files(config)),
        ("密钥", key(platform).await.map(|()| keys.to_owned())),
        ("签发机构", authority(platform)),
        ("撤销列表", revocation(platform).await),
        (
            "账本",
            platform
                .audit_ledger()
                .await
                .map(|entries| format!("{entries} 条，逐条重算一致"))
                .map_err(told),
        ),
    ]
}

fn clock(now: Timestamp) -> Result<String, String> {
    let sane = EARLIEST
        .parse::<Timestamp>()
        .is_ok_and(|earliest| now > earliest);
    let text = format!("{}（北京时间）", beijing(now));
    if sane {
        Ok(text)
    } else {
        Err(format!("系统时钟是 {text}，不可能正确，请先校时"))
    }
}

/// Whether the folder of files takes and gives back.
fn files(config: &Config) -> Result<String, String> {
    let folder = config.data.join("files");
    let probe = tempfile::NamedTempFile::new_in(&folder)
        .and_then(|file| std::fs::write(file.path(), b"yinxin").map(|()| file))
        .and_then(|file| std::fs::read(file.path()));
    match probe {
        Ok(bytes) if bytes == b"yinxin" => Ok(format!("{} 可以读写", folder.display())),
        Ok(_) => Err(format!("{} 读出的内容与写入的不同", folder.display())),
        Err(error) => Err(format!("{} 不能读写：{error}", folder.display())),
    }
}

/// Whether the key store signs, and what it signs verifies.
async fn key(platform: &Platform) -> Result<(), String> {
    let head = platform.ledger_head().await.map_err(told)?;
    head.verify(platform.ledger_key())
        .map_err(|e| format!("账本密钥的签名验证不通过：{e}"))
}

fn authority(platform: &Platform) -> Result<String, String> {
    let (chain, maker) = platform.certificates();
    let now = platform.now();
    let links = std::iter::once(maker)
        .chain(chain)
        .zip(chain.iter().chain(chain.last()));
    for (certificate, issuer) in links {
        let name = certificate.subject().display();
        certificate
            .verify_issued_by(issuer)
            .map_err(|e| format!("{name} 的签发链不成立：{e}"))?;
        if now > certificate.not_after() || now < certificate.not_before() {
            return Err(format!("{name} 不在有效期内"));
        }
    }
    let until = std::iter::once(maker)
        .chain(chain)
        .map(pki::Certificate::not_after)
        .min();
    Ok(format!(
        "证书链成立，最早到期 {}",
        until.map_or_else(String::new, beijing)
    ))
}

async fn revocation(platform: &Platform) -> Result<String, String> {
    let crl = platform.crl().await.map_err(told)?;
    let (chain, _) = platform.certificates();
    let issuing = chain.first().ok_or("没有签发机构")?;
    crl.verify(issuing)
        .map_err(|e| format!("撤销列表的签名验证不通过：{e}"))?;
    let until = crl
        .next_update()
        .map_or_else(String::new, |at| format!("，有效至 {}", beijing(at)));
    Ok(format!("{} 枚证书被撤销{until}", crl.len()))
}

fn told(error: platform::Error) -> String {
    Failure::from(error).message
}
