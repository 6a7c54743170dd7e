//! `yinxin stamp`: stamps an OFD with a seal and a key in files (GB/T 38540-2020, 7.2).

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use gm::Signer as _;
use jiff::Timestamp;
use ofd::document::Ofd;
use ofd::package::Limits;
use ofd::signatures::Provider;
use ofd::stamp::{Edge, Placement, StampPlan};
use pki::chain::{ChainRequest, Purpose, check_chain};
use pki::{Certificate, Finding, Outcome, RevocationPolicy, TrustStore};
use platform::ports::Clock as _;
use seal::{Seal, StampInfo, Version};
use verification::Options;

use crate::failure::Failure;
use crate::output::{print, wrapped};
use crate::private_key::{self, KeyFile};
use crate::{input, moment, trust_folder};

/// 用文件中的印章和私钥在 OFD 上盖章
///
/// 盖章前先检查印章和签章人证书；检查不通过不盖章。
#[derive(clap::Args)]
pub(crate) struct Stamp {
    /// 要盖章的 OFD 文件
    #[arg(value_name = "IN.ofd")]
    input: PathBuf,
    /// 电子印章（SESeal；GB/T 38540-2020 或 GM/T 0031-2025）
    #[arg(long, value_name = "S.esl")]
    seal: PathBuf,
    /// 签章人私钥：PKCS#8（PEM 或 DER）或 PKCS#12
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// 签章人证书（默认取自 PKCS#12 或印章的证书列表）
    #[arg(long, value_name = "CERT")]
    cert: Option<PathBuf>,
    /// 盖在第几页（从 1 起）
    #[arg(long, value_name = "N", required_unless_present = "seam")]
    page: Option<usize>,
    /// 印章左边缘距页面左边缘的毫米数
    #[arg(long, value_name = "MM", required_unless_present = "seam")]
    x: Option<f64>,
    /// 印章上边缘距页面上边缘的毫米数
    #[arg(long, value_name = "MM")]
    y: f64,
    /// 骑缝章：沿所有页的左边缘或右边缘
    #[arg(long, value_name = "EDGE", conflicts_with_all = ["page", "x"])]
    seam: Option<Seam>,
    /// 盖章后锁定文件，不允许再盖章
    #[arg(long)]
    close: bool,
    /// 盖章后的文件（须尚不存在）
    #[arg(short, long, value_name = "OUT.ofd")]
    output: PathBuf,
    /// PKCS#12 口令所在的文件（首行）；也可用环境变量 YINXIN_PASSWORD
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// PKCS#12 口令（会留在命令历史中，宜用 --password-file）
    #[arg(
        long,
        env = "YINXIN_PASSWORD",
        hide_env_values = true,
        conflicts_with = "password_file"
    )]
    password: Option<String>,
    /// 信任的证书和撤销列表所在的文件夹（可多次给出），用于盖章前的检查
    #[arg(long, value_name = "DIR")]
    trust: Vec<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Seam {
    /// 左边缘
    Left,
    /// 右边缘
    Right,
}

impl Stamp {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let document = input::read(&self.input)?;
        let seal_der = input::read(&self.seal)?;
        let seal = Seal::parse(&seal_der).map_err(|error| refused(&error.finding()))?;
        if seal.version == Version::V1 {
            let text = "这是 GM/T 0031-2014 的旧版印章，不能用来新盖章，请向制章单位换发新版印章。";
            return Err(Failure::new("seal_v1", text));
        }
        let KeyFile { key, certificates } =
            private_key::read(&self.key, self.password()?.as_deref())?;
        let certificate = self.certificate(&key, &certificates, &seal)?;
        let trust = trust_folder::load(&self.trust)?;
        let now = moment::SystemClock.now();
        // Stamps keep whole seconds.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        for warning in check(&seal, &certificate, &trust, now)? {
            print(&wrapped(
                &format!("？ {}（{}）", warning.message, warning.code),
                2,
            ))?;
        }
        let stamped = self.stamp(&document, &seal, &key, &certificate, now)?;
        self.write(&stamped)?;
        let name = self.output.display().to_string();
        let options = Options::at(now);
        let report = verification::verify(&stamped, &name, &trust, &options);
        print(&wrapped(&format!("已盖章：{name}"), 2))?;
        print(&wrapped(&format!("验章：{}", report.sentence), 2))?;
        Ok(ExitCode::SUCCESS)
    }

    fn stamp(
        &self,
        document: &[u8],
        seal: &Seal,
        key: &gm::PrivateKey,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<Vec<u8>, Failure> {
        let plan = StampPlan {
            placements: self.placements(document, seal)?,
            close_document: self.close,
            provider: Provider {
                name: "Yinxin".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                company: "Yinxin".to_owned(),
            },
            method: StampPlan::SM2_SM3.to_owned(),
            seal: seal.der().to_vec(),
            time: now,
        };
        let prepared =
            ofd::stamp::prepare(document, &plan, Limits::default()).map_err(|e| of_ofd(&e))?;
        let info = StampInfo {
            seal: seal.der().to_vec(),
            time: now,
            data_hash: prepared.data_hash,
            property_info: prepared.property_info.clone(),
            extensions: Vec::new(),
        };
        let tbs = info.tbs().map_err(|error| refused(&error.finding()))?;
        let signature = key
            .sign(&tbs)
            .map_err(|e| Failure::internal("无法签名", &e))?;
        let value = seal::assemble_stamp(&tbs, certificate.der(), &signature, None)
            .map_err(|error| refused(&error.finding()))?;
        ofd::stamp::complete(document, &prepared, &value, Limits::default()).map_err(|e| of_ofd(&e))
    }

    fn placements(&self, document: &[u8], seal: &Seal) -> Result<Vec<Placement>, Failure> {
        let (width, height) = seal.size_in_tenths();
        let (w_mm, h_mm) = (f64::from(width) / 10.0, f64::from(height) / 10.0);
        if let Some(seam) = self.seam {
            let edge = match seam {
                Seam::Left => Edge::Left,
                Seam::Right => Edge::Right,
            };
            let ofd = Ofd::open_strict(document, Limits::default()).map_err(|e| of_ofd(&e))?;
            if ofd.page_count() < 2 {
                let text = "骑缝章至少需要两页。";
                return Err(Failure::new("seam_needs_pages", text));
            }
            let pages: Vec<usize> = (0..ofd.page_count()).collect();
            return ofd::stamp::seam(&ofd, &pages, edge, (w_mm, h_mm), self.y)
                .map_err(|e| of_ofd(&e));
        }
        let page = self.page.unwrap_or(1);
        let page_index = page
            .checked_sub(1)
            .ok_or_else(|| Failure::new("page_not_found", "页码从 1 起。"))?;
        let x_mm = self.x.unwrap_or(0.0);
        Ok(vec![Placement {
            page_index,
            x_mm,
            y_mm: self.y,
            w_mm,
            h_mm,
            clip: None,
        }])
    }

    /// The signer's certificate: as given, or from beside the key, or from the seal; the one that belongs to the key.
    fn certificate(
        &self,
        key: &gm::PrivateKey,
        beside: &[Certificate],
        seal: &Seal,
    ) -> Result<Certificate, Failure> {
        let belongs = |c: &Certificate| c.public_key().is_ok_and(|own| own == key.public_key());
        if let Some(path) = &self.cert {
            let given = Certificate::from_der_or_pem(&input::read(path)?)
                .map_err(|e| Failure::new("certificate_unreadable", format!("证书读不了：{e}")))?;
            return if belongs(&given) {
                Ok(given)
            } else {
                let text = "证书与私钥不是一对，请核对 --cert 和 --key。";
                Err(Failure::new("key_mismatch", text))
            };
        }
        let listed = match &seal.property.certificates {
            seal::CertificateList::Certificates(list) => list
                .iter()
                .filter_map(|der| Certificate::from_der(der).ok())
                .collect(),
            seal::CertificateList::Digests(_) => Vec::new(),
        };
        listed
            .into_iter()
            .chain(beside.iter().cloned())
            .find(belongs)
            .ok_or_else(|| {
                Failure::new(
                    "key_mismatch",
                    "印章和私钥文件中都没有与该私钥相配的证书，请用 --cert 给出，或核对私钥。",
                )
            })
    }

    fn password(&self) -> Result<Option<String>, Failure> {
        match &self.password_file {
            Some(path) => {
                let bytes = input::read_within(path, 4096)?;
                let text = String::from_utf8_lossy(&bytes);
                Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
            }
            None => Ok(self.password.clone()),
        }
    }

    fn write(&self, stamped: &[u8]) -> Result<(), Failure> {
        let shown = self.output.display();
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.output)
            .map_err(|e| {
                let text = format!("不能新建文件“{shown}”：{e}");
                Failure::new("file_unwritable", text)
            })?;
        let written = file.write_all(stamped).and_then(|()| file.sync_all());
        written.map_err(|e| Failure::new("file_unwritable", format!("写不了文件“{shown}”：{e}")))
    }
}

/// The checks before stamping: the seal, the certificate, and that they belong together. Answers what could not be
/// determined; trust in the maker is not needed to stamp with one's own key.
fn check(
    seal: &Seal,
    certificate: &Certificate,
    trust: &TrustStore,
    now: Timestamp,
) -> Result<Vec<Finding>, Failure> {
    let context = seal::Context {
        trust,
        at: now,
        revocation: RevocationPolicy::Required,
        limits: seal::Limits::default(),
        pictures: None,
    };
    let request = ChainRequest {
        certificate,
        extra: &[],
        at: now,
        purpose: Purpose::Stamper,
        revocation: RevocationPolicy::Required,
    };
    if seal.property.certificates.names(certificate.der()) != Some(true) {
        return Err(Failure::new(
            "signer_not_in_cert_list",
            "签章人证书不在印章的证书列表中。如果证书已经更新，请向制章单位重新制作印章。",
        ));
    }
    let of_seal = seal::check_seal(seal, now, None, &context).steps;
    let findings = of_seal
        .into_iter()
        .flat_map(|step| step.findings)
        .chain(check_chain(&request, trust).steps);
    let mut open: Vec<Finding> = Vec::new();
    for finding in findings {
        match finding.outcome {
            Outcome::Valid => {}
            Outcome::Invalid => return Err(refused(&finding)),
            Outcome::Undetermined if finding.code == "certificate_expired_without_timestamp" => {
                return Err(refused(&finding));
            }
            Outcome::Undetermined if open.iter().any(|known| known.code == finding.code) => {}
            Outcome::Undetermined => open.push(finding),
        }
    }
    Ok(open)
}

fn refused(finding: &Finding) -> Failure {
    Failure::new(finding.code, finding.message.clone())
}

fn of_ofd(error: &ofd::Error) -> Failure {
    Failure::new(error.code(), error.to_string())
}
