//! `yinxin demo`: the whole way of one seal without a browser, with every product of it in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ofd::document::Ofd;
use ofd::package::Limits;
use platform::{Platform, StatusQuery};

use crate::config::{Config, Given};
use crate::failure::Failure;
use crate::input;
use crate::installation::Installation;
use crate::journey::{DIAMETER_MM, Journey};
use crate::output::{beijing, print};
use crate::sample_document::{self, Notice};

/// 不用浏览器走完一枚印章的全程，并留下全部成果
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// 成果放在哪个文件夹（须不存在或为空）
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 要盖章的 OFD 文件（默认自己生成一份通知）
    #[arg(long, value_name = "FILE")]
    ofd: Option<PathBuf>,
}

/// How far the stamp stays from the edges of a document that was brought, in mm.
const MARGIN: f64 = 20.0;

impl Demo {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let given = self.ofd.as_deref().map(input::read).transpose()?;
        make_empty(&self.out)?;
        super::serve::runtime()?.block_on(demonstrate(&self.out, given))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn demonstrate(out: &Path, given: Option<Vec<u8>>) -> Result<(), Failure> {
    let data = tempfile::tempdir().map_err(|e| Failure::internal("无法建立临时文件夹", &e))?;
    let config = Config::load(Given {
        data: Some(data.path().to_owned()),
        ..Given::default()
    })?;
    let installation = Installation::open(&config, "http://127.0.0.1:8080").await?;
    let platform = &*installation.platform;
    platform.install_demo().await?;
    step("1", "装入演示单位和账号，建立根 CA、印章签发 CA 和制章人")?;
    let journey = Journey::open(platform).await?;
    let number = journey.number().await?;
    step("2", &format!("县级单位经办人开立办件 {number}（印章申请）"))?;
    journey.fill_in().await?;
    step("3", "经办人写明理由、填写申请表、上传印模（42 mm × 42 mm）")?;
    journey.hand_in().await?;
    step("4", "单位审批同意；上传签字盖章后的扫描件，递交")?;
    journey.hand_over().await?;
    step("5", "市数字办汇总递交省经济信息中心")?;
    journey.accept().await?;
    step("6", "印章制作员登记纸质材料，逐项核对，受理")?;
    journey.review().await?;
    step("7", "印章审核员初审、部门领导终审通过")?;
    journey.make().await?;
    step("8", "签发数字证书，制作电子印章，通知领取")?;
    let id = journey.collect().await?;
    let actor = journey.actor("xian-jingban")?;
    let seal = platform.seal(&actor, id).await?;
    let code = seal.record.code.to_string();
    step(
        "9",
        &format!("凭介绍函和身份证复印件领取，设置签章口令；印章 {code} 有效"),
    )?;

    let now = platform.now();
    let (original, place) = match given {
        Some(bytes) => {
            let place = lower_right(&bytes)?;
            (bytes, place)
        }
        None => {
            let (x, y) = sample_document::place_of_seal(DIAMETER_MM);
            (notice(&seal.record.unit_name, &beijing(now))?, (1, x, y))
        }
    };
    let request = journey
        .request_use(id, "办理结果通知书.ofd", original.clone(), place)
        .await?;
    step("10", "经办人申请用印")?;
    let stamped = journey.stamp(request).await?;
    step("11", "单位审批同意，凭签章口令盖章，留下用印记录")?;
    let report = platform
        .verify("stamped.ofd", stamped.bytes.clone(), None)
        .await?;
    step("12", &format!("验章：{}", report.sentence))?;

    let query = StatusQuery::Code(code);
    let status = platform.public_status(&query, None).await?;
    let proof = platform.status_proof(&query).await?;
    let (seal_der, picture) = platform.seal_files(&actor, id).await?;
    let write = |name: &str, bytes: &[u8]| write(out, name, bytes);
    write("seal.esl", &seal_der)?;
    write("seal.png", &picture)?;
    write("original.ofd", &original)?;
    write("stamped.ofd", &stamped.bytes)?;
    write("report.json", &json(&report)?)?;
    write("status.json", &json(&status)?)?;
    write("ledger-proof.json", &json(&proof)?)?;
    let ledger_key = pki::pem::encode("PUBLIC KEY", &platform.ledger_key().to_spki_der());
    write("ledger-key.pem", ledger_key.as_bytes())?;
    write_certificates(platform, &journey, id, out).await?;
    write("README.txt", readme(&report.sentence, out).as_bytes())?;
    print(&format!(
        "\n成果在 {0} ，说明见其中的 README.txt。核对：\n\n  yinxin verify {0}/stamped.ofd --trust {0}/trust\n",
        out.display()
    ))
}

async fn write_certificates(
    platform: &Platform,
    journey: &Journey<'_>,
    seal: casework::SealId,
    out: &Path,
) -> Result<(), Failure> {
    let records = platform
        .seal_certificates(&journey.actor("xian-jingban")?, seal)
        .await?;
    let newest = records
        .last()
        .ok_or_else(|| Failure::new("certificate_missing", "印章没有证书。"))?;
    let leaf =
        pki::Certificate::from_der(&newest.der).map_err(|e| Failure::internal("证书读不了", &e))?;
    let (chain, maker) = platform.certificates();
    let mut pem = leaf.pem();
    for certificate in chain {
        pem += &certificate.pem();
    }
    write(out, "certificates/chain.pem", pem.as_bytes())?;
    write(out, "certificates/maker.pem", maker.pem().as_bytes())?;
    for (certificate, name) in chain.iter().zip(["trust/issuing.pem", "trust/root.pem"]) {
        write(out, name, certificate.pem().as_bytes())?;
    }
    let crl = platform.crl().await?;
    write(out, "seals.crl", crl.der())?;
    write(out, "trust/seals.crl", crl.der())?;
    write(out, "trust/root.crl", platform.root_crl().await?.der())
}

fn notice(unit: &str, now: &str) -> Result<Vec<u8>, Failure> {
    let (date, _) = now.split_once(' ').unwrap_or((now, ""));
    let paragraphs = [
        "张三：",
        "　　您于2026年11月20日提交的申请已经办结，结果为准予办理。本通知书加盖电子印章，与加盖实物印章的\
         纸质通知书具有同等效力。",
        "　　您可以在福建省政务电子印章服务平台验证本通知书。",
    ];
    let title = "政务服务事项办理结果通知书";
    sample_document::notice(&Notice {
        title,
        paragraphs: &paragraphs,
        unit,
        date,
    })
}

/// Page 1, near the lower right corner: page, and left and upper edge of the seal in mm.
fn lower_right(document: &[u8]) -> Result<(u32, i32, i32), Failure> {
    let size = Ofd::open(document, Limits::default())
        .and_then(|ofd| ofd.page_size(0))
        .map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let place = |side: f64| (side - f64::from(DIAMETER_MM) - MARGIN).max(0.0) as i32;
    Ok((1, place(size.width_mm), place(size.height_mm)))
}

fn readme(sentence: &str, out: &Path) -> String {
    let out = out.display();
    format!(
        "印信演示成果\n\
         ============\n\n\
         一枚县级单位印章从申请、审批、汇总、受理、审核、制作、领取到用印的全程，\n\
         由 yinxin demo 自动完成。单位、人员和号码都是虚构的。\n\n\
         验章结论：{sentence}\n\n\
         seal.esl                电子印章（GB/T 38540-2020，SESeal）\n\
         seal.png                印章图像\n\
         certificates/chain.pem  印章证书及其签发 CA、根 CA\n\
         certificates/maker.pem  制章人证书\n\
         trust/                  验章所需的信任：根 CA、签发 CA 及两者的撤销列表\n\
         seals.crl               印章签发 CA 的撤销列表\n\
         original.ofd            盖章前的文件\n\
         stamped.ofd             盖章后的文件\n\
         report.json             平台的验章报告\n\
         status.json             印章的公开状态\n\
         ledger-proof.json       印章状态在账本中的证明\n\
         ledger-key.pem          账本公钥\n\n\
         核对（撤销列表 24 小时内有效）：\n\n\
         yinxin verify {out}/stamped.ofd --trust {out}/trust\n\
         yinxin verify {out}/seal.esl --trust {out}/trust\n\
         yinxin inspect {out}/seal.esl\n\
         yinxin ledger verify {out}/ledger-proof.json --key {out}/ledger-key.pem\n\
         openssl x509 -in {out}/certificates/chain.pem -noout -text\n"
    )
}

fn step(number: &str, text: &str) -> Result<(), Failure> {
    print(&format!("{number:>2}. {text}\n"))
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    let mut text =
        serde_json::to_string_pretty(value).map_err(|e| Failure::internal("无法写成 JSON", &e))?;
    text.push('\n');
    Ok(text.into_bytes())
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = out.join(name);
    let folder = path.parent().unwrap_or(out);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|e| {
            Failure::new(
                "file_unwritable",
                format!("写不了文件“{}”：{e}", path.display()),
            )
        })
}

fn make_empty(out: &Path) -> Result<(), Failure> {
    let unusable = |e: std::io::Error| {
        Failure::new(
            "out_unusable",
            format!("无法使用文件夹“{}”：{e}", out.display()),
        )
    };
    fs::create_dir_all(out).map_err(unusable)?;
    if fs::read_dir(out).map_err(unusable)?.next().is_some() {
        let text = format!(
            "文件夹“{}”不是空的，请另指一个文件夹，以免覆盖已有文件。",
            out.display()
        );
        return Err(Failure::new("out_not_empty", text));
    }
    Ok(())
}
