//! `yinxin account`: the first administrators of an installation, and an administrator's forgotten password.

use std::process::ExitCode;

use casework::{CreditCode, ResidentId};
use platform::{Founder, Founding};

use crate::config::{Config, Given};
use crate::failure::Failure;
use crate::installation::Installation;
use crate::output::print;

/// 管理员账号：新安装的中心和三员，以及管理员忘记的口令
///
/// 须在平台停止时运行。初始口令只显示这一次，首次登录时须更改。
#[derive(clap::Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// 建立中心单位和三名管理员（系统管理员、安全管理员、审计员），限尚无单位的新安装
    Found {
        /// 中心的统一社会信用代码（名称取自规则设置）
        #[arg(long, value_name = "CODE")]
        credit_code: String,
        /// 中心的电子印章主管处（室）
        #[arg(long, value_name = "OFFICE")]
        office: String,
        /// 中心的分管领导
        #[arg(long, value_name = "NAME")]
        leader: String,
        /// 系统管理员：账号,姓名,身份证号
        #[arg(long, value_name = "LOGIN,NAME,ID")]
        system: String,
        /// 安全管理员：账号,姓名,身份证号
        #[arg(long, value_name = "LOGIN,NAME,ID")]
        security: String,
        /// 审计员：账号,姓名,身份证号
        #[arg(long, value_name = "LOGIN,NAME,ID")]
        auditor: String,
        #[command(flatten)]
        given: Box<Given>,
    },
    /// 为管理员发放新的初始口令
    Reset {
        /// 管理员的账号
        login: String,
        #[command(flatten)]
        given: Box<Given>,
    },
}

impl Account {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = super::serve::runtime()?;
        let made = match self.command {
            Command::Found {
                credit_code,
                office,
                leader,
                system,
                security,
                auditor,
                given,
            } => {
                let founding = Founding {
                    credit_code: credit_code
                        .parse::<CreditCode>()
                        .map_err(|e| Failure::new("credit_code_unfit", e.to_string()))?,
                    competent_office: office,
                    leader_in_charge: leader,
                    system: founder(&system)?,
                    security: founder(&security)?,
                    auditor: founder(&auditor)?,
                };
                let config = Config::load(*given)?;
                runtime.block_on(async {
                    let installation = open(&config).await?;
                    Ok::<_, Failure>(installation.platform.found(founding).await?)
                })?
            }
            Command::Reset { login, given } => {
                let config = Config::load(*given)?;
                let password = runtime.block_on(async {
                    let installation = open(&config).await?;
                    Ok::<_, Failure>(installation.platform.reset_administrator(&login).await?)
                })?;
                vec![(login, password)]
            }
        };
        for (login, password) in made {
            print(&format!("{login}  初始口令 {password}\n"))?;
        }
        print("初始口令不再显示，请分别交给本人；首次登录时须更改。\n")?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn open(config: &Config) -> Result<Installation, Failure> {
    let url = config
        .public_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.listen));
    Installation::open(config, &url).await
}

/// `LOGIN,NAME,ID`.
fn founder(text: &str) -> Result<Founder, Failure> {
    let unfit = |what: String| Failure::new("founder_unfit", what);
    let parts: Vec<&str> = text.split([',', '，']).map(str::trim).collect();
    let [login, name, id] = parts.as_slice() else {
        return Err(unfit(format!("“{text}”应为“账号,姓名,身份证号”。")));
    };
    Ok(Founder {
        login: (*login).to_owned(),
        name: (*name).to_owned(),
        resident_id: id
            .parse::<ResidentId>()
            .map_err(|e| unfit(format!("{name}的身份证号：{e}")))?,
    })
}
