//! OFD documents: pages, signatures, and what each protects.

use ofd::document::Ofd;
use ofd::package::Limits;
use ofd::signatures::{SignatureFile, coverage};
use pki::cms::SignedData;
use seal::Stamp;

use super::{Sheet, certificate, seal as seals};
use crate::failure::Failure;

/// A document.
pub(super) fn of(bytes: &[u8]) -> Result<Sheet, Failure> {
    let ofd = Ofd::open(bytes, Limits::default())
        .map_err(|error| Failure::new(error.code(), error.to_string()))?;
    let mut sheet = Sheet::new("ofd", "OFD 文件");
    let titles: Vec<String> = ofd
        .bodies()
        .iter()
        .map(|body| body.title.clone())
        .filter(|title| !title.is_empty())
        .collect();
    sheet.row("titles", "标题", titles);
    sheet.row("files", "包内文件数", ofd.package().files().count());
    sheet.row("page_count", "页数", ofd.page_count());
    let sizes: Vec<String> = (0..ofd.page_count().min(20))
        .map(|index| match ofd.page_size(index) {
            Ok(size) => format!(
                "第 {} 页 {} mm × {} mm",
                index + 1,
                size.width_mm,
                size.height_mm
            ),
            Err(error) => format!("第 {} 页：{error}", index + 1),
        })
        .collect();
    sheet.row("page_sizes", "页面尺寸", sizes);
    let anomalies = ofd
        .package_findings()
        .iter()
        .map(|finding| format!("{}（{}）", finding.message, finding.anomaly.code()))
        .chain(
            ofd.problems()
                .iter()
                .map(|problem| format!("{problem}（{}）", problem.code())),
        )
        .collect::<Vec<_>>();
    if !anomalies.is_empty() {
        sheet.row("anomalies", "结构异常", anomalies);
    }
    let signatures = ofd::signatures::read(&ofd);
    let closed = signatures
        .files
        .iter()
        .any(|file| coverage(&ofd, file).closed);
    sheet.row("signature_count", "签章数", signatures.files.len());
    sheet.row("closed", "已锁定", closed);
    sheet.parts = signatures
        .files
        .iter()
        .map(|file| of_signature(&ofd, file))
        .collect();
    Ok(sheet)
}

fn of_signature(ofd: &Ofd<'_>, file: &SignatureFile) -> Sheet {
    let mut sheet = Sheet::new("signature", format!("签章 {}（{}）", file.id, file.entry));
    let Some(info) = &file.info else {
        let problem = file
            .problem
            .as_ref()
            .map_or_else(|| "没有内容".to_owned(), ToString::to_string);
        sheet.row("problem", "读不了", problem);
        return sheet;
    };
    let provider = &info.provider;
    let product = format!(
        "{} {} {}",
        provider.company, provider.name, provider.version
    );
    sheet.row("provider", "产生它的软件", product.trim().to_owned());
    sheet.row("method", "签名方法", info.method.clone());
    sheet.row("check_method", "摘要方法", info.check_method.clone());
    let places: Vec<String> = info
        .stamps
        .iter()
        .map(|stamp| {
            let page = stamp
                .page_index
                .map_or_else(|| "？".to_owned(), |index| (index + 1).to_string());
            let place = stamp.boundary.map_or_else(String::new, |r| {
                format!("，左 {} 上 {} 宽 {} 高 {} mm", r.x, r.y, r.width, r.height)
            });
            format!("第 {page} 页{place}")
        })
        .collect();
    sheet.row("places", "位置", places);
    let covered = coverage(ofd, file);
    let protected: Vec<String> = info
        .references
        .iter()
        .map(|r| r.entry.clone().unwrap_or_else(|| r.file_ref.clone()))
        .collect();
    sheet.row("protected", "保护的文件", protected);
    sheet.row("closes", "锁定文件", covered.closed);
    let value = info.signed_value.as_deref().unwrap_or_default();
    if let Ok(stamp) = Stamp::parse(value) {
        sheet.parts.push(seals::of_stamp(&stamp));
    } else if let Ok(signed) = SignedData::from_der(value) {
        sheet.parts.push(certificate::of_signed_data(&signed));
    } else {
        sheet.row("value", "签名值", "读不了");
    }
    sheet
}
