//! Settings of an installation: command line before environment before file before default.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use casework::Policy;
use notify::{Accepted, Gateway, MailSecurity, MailSettings, SettingError, SmsSettings, Smtp};
use serde::Deserialize;

use crate::failure::Failure;
use crate::input;

/// The largest settings file, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// A value that is never printed.
#[derive(Clone, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    /// The value itself, where it is used.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What can be given on the command line or in the environment.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Given {
    /// 数据文件夹（默认 ./yinxin-data）
    #[arg(long, env = "YINXIN_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// 数据库：sqlite:路径 或 postgres://用户@主机/库（默认用数据文件夹中的 SQLite）
    #[arg(
        long,
        env = "YINXIN_DATABASE",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub(crate) database: Option<String>,
    /// 配置文件（TOML）
    #[arg(long, env = "YINXIN_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 监听地址（默认 127.0.0.1:8080；端口 0 由系统选定）
    #[arg(long, env = "YINXIN_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// 对外网址，写入证书的撤销列表地址（默认 http://监听地址）
    #[arg(long, env = "YINXIN_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// 验章时另外信任的证书和撤销列表所在的文件夹
    #[arg(long, env = "YINXIN_TRUST", value_name = "DIR")]
    pub(crate) trust: Option<PathBuf>,
    /// 不装演示单位和演示账号
    #[arg(long)]
    pub(crate) no_demo: bool,
}

/// The settings file. A key that is not known is refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    database: Option<Secret>,
    public_url: Option<String>,
    trust: Option<PathBuf>,
    demo: Option<bool>,
    seal_validity_days: Option<u16>,
    max_file_mb: Option<u32>,
    master_key: Option<Secret>,
    policy: toml::Table,
    papers: PapersSettings,
    site: Site,
    mail: Option<MailSection>,
    sms: Option<SmsSection>,
}

/// The mail server that notices go out through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailSection {
    server: String,
    port: Option<u16>,
    /// `tls` (default), `starttls`, or `none` for a server on the same machine.
    security: Option<MailSecurity>,
    user: Option<String>,
    password: Option<Secret>,
    /// The sender's address, and name.
    from: String,
    name: Option<String>,
    /// File with a certificate (PEM) that the server's is signed by, beside the public authorities.
    authority: Option<PathBuf>,
    timeout_seconds: Option<u64>,
}

/// The short-message gateway that notices go out through.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmsSection {
    url: Secret,
    #[serde(default)]
    headers: BTreeMap<String, Secret>,
    /// JSON in whose strings `{id}`, `{mobile}` and `{text}` are replaced.
    body: Secret,
    id_header: Option<String>,
    /// The gateway delivers a request once, however often it comes with the same id.
    #[serde(default)]
    deduplicates: bool,
    accepted: Option<Accepted>,
    authority: Option<PathBuf>,
    timeout_seconds: Option<u64>,
}

/// How papers are set.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PapersSettings {
    /// A folder with the operator's own typefaces: 仿宋_GB2312, or one with rarer characters.
    fonts: Option<PathBuf>,
}

/// Texts of the pages' frame; the Center's contact data are in `[policy.center]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Site {
    /// The platform's full name.
    pub(crate) platform: Option<String>,
    /// 主办单位.
    pub(crate) host: Option<String>,
    /// Opening hours.
    pub(crate) hours: Option<String>,
    /// 网站标识码, ICP and police filing numbers.
    pub(crate) filings: Option<Vec<String>>,
}

/// The settings in force.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    database: Option<Secret>,
    pub(crate) public_url: Option<String>,
    pub(crate) trust: Option<PathBuf>,
    pub(crate) demo: bool,
    pub(crate) seal_validity_days: u16,
    pub(crate) max_file_mb: u32,
    pub(crate) master_key: Option<Secret>,
    pub(crate) policy: Policy,
    pub(crate) fonts: Option<PathBuf>,
    pub(crate) site: Site,
    mail: Option<MailSection>,
    sms: Option<SmsSection>,
}

impl Config {
    /// Puts the settings together.
    pub(crate) fn load(given: Given) -> Result<Self, Failure> {
        let (file, policy) = match &given.config {
            Some(path) => read_file(path)?,
            None => (SettingsFile::default(), Policy::default()),
        };
        let demo = match std::env::var("YINXIN_DEMO").ok().as_deref() {
            _ if given.no_demo => Some(false),
            Some("true" | "1") => Some(true),
            Some("false" | "0") => Some(false),
            Some(_) => {
                let text = "环境变量 YINXIN_DEMO 只能是 true 或 false。";
                return Err(Failure::new("setting_unfit", text));
            }
            None => file.demo,
        };
        let config = Self {
            data: given
                .data
                .or(file.data)
                .unwrap_or_else(|| PathBuf::from("yinxin-data")),
            listen: given
                .listen
                .or(file.listen)
                .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            database: given.database.map(Secret).or(file.database),
            public_url: given.public_url.or(file.public_url),
            trust: given.trust.or(file.trust),
            demo: demo.unwrap_or(true),
            seal_validity_days: file.seal_validity_days.unwrap_or(365),
            max_file_mb: file.max_file_mb.unwrap_or(50),
            master_key: std::env::var("YINXIN_MASTER_KEY")
                .ok()
                .map(Secret)
                .or(file.master_key),
            policy,
            fonts: file.papers.fonts,
            site: file.site,
            mail: file.mail,
            sms: file.sms,
        };
        config.check()?;
        Ok(config)
    }

    /// The database's address; without one a SQLite file in the data folder.
    pub(crate) fn database(&self) -> String {
        match &self.database {
            Some(url) => url.reveal().to_owned(),
            None => format!("sqlite:{}", self.data.join("yinxin.sqlite").display()),
        }
    }

    /// The way out for e-mail, where one is set.
    pub(crate) fn mail(&self) -> Result<Option<Smtp>, Failure> {
        let Some(mail) = &self.mail else {
            return Ok(None);
        };
        let login = match (&mail.user, &mail.password) {
            (Some(user), Some(password)) => Some((user.clone(), password.reveal().to_owned())),
            (None, None) => None,
            _ => {
                let text = "mail.user 和 mail.password 应同时设置或同时不设置。";
                return Err(Failure::new("setting_unfit", text));
            }
        };
        let settings = MailSettings {
            server: mail.server.clone(),
            port: mail.port,
            security: mail.security.unwrap_or(MailSecurity::Tls),
            login,
            from: mail.from.clone(),
            name: mail
                .name
                .clone()
                .unwrap_or_else(|| "福建省政务电子印章服务平台".to_owned()),
            authority: read_authority(mail.authority.as_deref())?,
            timeout_seconds: mail.timeout_seconds.unwrap_or(20),
        };
        Smtp::new(&settings).map(Some).map_err(unfit)
    }

    /// The way out for short messages, where one is set.
    pub(crate) fn sms(&self) -> Result<Option<Gateway>, Failure> {
        let Some(sms) = &self.sms else {
            return Ok(None);
        };
        let settings = SmsSettings {
            url: sms.url.reveal().to_owned(),
            headers: sms
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), value.reveal().to_owned()))
                .collect(),
            body: sms.body.reveal().to_owned(),
            id_header: sms.id_header.clone(),
            deduplicates: sms.deduplicates,
            accepted: sms.accepted.clone(),
            authority: read_authority(sms.authority.as_deref())?,
            timeout_seconds: sms.timeout_seconds.unwrap_or(10),
        };
        Gateway::new(settings).map(Some).map_err(unfit)
    }

    fn check(&self) -> Result<(), Failure> {
        let unfit = |text: &str| Err(Failure::new("setting_unfit", text));
        if !(1..=3660).contains(&self.seal_validity_days) {
            return unfit("seal_validity_days 应为 1 至 3660 天。");
        }
        if !(1..=512).contains(&self.max_file_mb) {
            return unfit("max_file_mb 应为 1 至 512。");
        }
        if let Some(url) = &self.public_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return unfit("public_url 应以 http:// 或 https:// 开头。");
        }
        Ok(())
    }
}

fn read_authority(path: Option<&Path>) -> Result<Option<Vec<u8>>, Failure> {
    path.map(|path| input::read_within(path, MOST_BYTES))
        .transpose()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "takes what map_err hands over"
)]
fn unfit(error: SettingError) -> Failure {
    Failure::new("setting_unfit", format!("{error}。"))
}

fn read_file(path: &Path) -> Result<(SettingsFile, Policy), Failure> {
    let bytes = input::read_within(path, MOST_BYTES)?;
    let text = String::from_utf8_lossy(&bytes);
    let fault = |detail: &dyn fmt::Display| {
        let shown = path.display();
        Failure::new(
            "settings_unreadable",
            format!("配置文件“{shown}”有误：{detail}"),
        )
    };
    let file: SettingsFile = toml::from_str(&text).map_err(|e| fault(&e))?;
    let known = toml::Table::try_from(Policy::default()).map_err(|e| fault(&e))?;
    if let Some(key) = unknown_key(&file.policy, &known) {
        return Err(fault(&format!("[policy] 中没有名为 {key} 的设置")));
    }
    let policy = file
        .policy
        .clone()
        .try_into()
        .map_err(|e: toml::de::Error| fault(&e))?;
    Ok((file, policy))
}

/// The first key that the known settings do not have, with its path.
fn unknown_key(given: &toml::Table, known: &toml::Table) -> Option<String> {
    for (key, value) in given {
        match (value, known.get(key)) {
            (_, None) => return Some(key.clone()),
            (toml::Value::Table(given), Some(toml::Value::Table(known))) => {
                if let Some(inner) = unknown_key(given, known) {
                    return Some(format!("{key}.{inner}"));
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, given: Given) -> Result<Config, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("yinxin.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Given {
            config: Some(path),
            ..given
        })
    }

    #[test]
    fn the_command_line_goes_before_the_file_and_the_file_before_the_default() {
        let text =
            "data = '/srv/yinxin'\nlisten = '127.0.0.1:9000'\n[policy]\nrenewal_window_days = 60\n";
        let given = Given {
            listen: Some("127.0.0.1:0".parse().unwrap()),
            ..Given::default()
        };
        let config = load(text, given).unwrap();
        assert_eq!(config.data, Path::new("/srv/yinxin"));
        assert_eq!(config.listen.port(), 0);
        assert_eq!(config.policy.renewal_window_days, 60);
        assert_eq!(
            config.policy.use_request_days,
            Policy::default().use_request_days
        );
        assert_eq!(config.max_file_mb, 50);
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        for (text, key) in [
            ("liston = '127.0.0.1:1'", "liston"),
            ("[policy]\nrenewal_days = 1", "renewal_days"),
            ("[policy.center]\nfon = 'x'", "center.fon"),
            ("[site]\ncolour = 'red'", "colour"),
            ("[mail]\nserver = 'x'\nfrom = 'a@b.cn'\nfon = 1", "fon"),
            ("[sms]\nurl = 'x'\nbody = '{}'\nfon = 1", "fon"),
        ] {
            let failure = load(text, Given::default()).unwrap_err();
            assert_eq!(failure.code, "settings_unreadable");
            assert!(failure.message.contains(key), "{}", failure.message);
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let text = "database = 'postgres://u:geheim@h/d'\nmaster_key = 'geheim'";
        let config = load(text, Given::default()).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
    }

    // The pool of connections to the mail server lives in a runtime.
    #[tokio::test]
    async fn the_ways_out_are_off_until_they_are_set_and_wrong_settings_are_told() {
        let off = load("", Given::default()).unwrap();
        assert!(off.mail().unwrap().is_none() && off.sms().unwrap().is_none());
        let text = "[mail]\nserver = 'smtp.example.gov.cn'\nfrom = 'seal@example.gov.cn'\n\
                    user = 'seal'\npassword = 'geheim'\n[sms]\nurl = 'https://sms.example/geheim'\n\
                    body = '{\"to\":\"{mobile}\",\"text\":\"{text}\"}'\nheaders = { key = 'geheim' }";
        let on = load(text, Given::default()).unwrap();
        assert!(on.mail().unwrap().is_some() && on.sms().unwrap().is_some());
        assert!(!format!("{on:?}").contains("geheim"));
        let wrong = load(&text.replace("{text}", "text"), Given::default()).unwrap();
        let Err(failure) = wrong.sms() else { panic!() };
        assert_eq!(failure.code, "setting_unfit");
        assert!(failure.message.contains("sms.body"), "{}", failure.message);
        let wrong = load(&text.replace("user = 'seal'\n", ""), Given::default()).unwrap();
        assert!(wrong.mail().is_err());
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for text in [
            "seal_validity_days = 0",
            "max_file_mb = 9999",
            "public_url = 'ftp://x'",
        ] {
            assert_eq!(
                load(text, Given::default()).unwrap_err().code,
                "setting_unfit"
            );
        }
    }
}
