//! Documents and a seal to measure with: made here, so that the figures need no file from elsewhere.

use std::io::{Cursor, Write as _};

use gm::{PrivateKey, Signer as _};
use jiff::{SignedDuration, Timestamp};
use pki::{
    Certificate, Crl, Name, TrustStore, crl,
    profile::{Draft, Kind, assemble, seal_subject},
};
use seal::{CertificateList, SealInfo, Version, assemble_seal};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Why a sample could not be made.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// A seal with its signer's key and everything needed to trust it.
pub(crate) struct Sealing {
    pub(crate) seal: Vec<u8>,
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
    pub(crate) trust: TrustStore,
    /// The moment of every stamp and check.
    pub(crate) at: Timestamp,
}

/// A root, an issuing authority with an empty CRL, a seal maker and a seal, as the platform makes them.
pub(crate) fn sealing() -> Result<Sealing, Failure> {
    let at: Timestamp = "2026-11-22T02:00:00Z".parse()?;
    let (begin, end) = (
        at - SignedDuration::from_hours(24),
        at + SignedDuration::from_hours(8760),
    );
    let [root_key, ca_key, maker_key, key] = std::array::from_fn(|_| PrivateKey::generate());
    let issue =
        |kind, subject: &Name, key: &PrivateKey, issuer: Option<&Certificate>, by: &PrivateKey| {
            let tbs = Draft {
                kind,
                serial: &[&[0x40], &gm::random_bytes::<15>()[..]].concat(),
                subject,
                public_key: key.public_key(),
                not_before: begin,
                not_after: end,
                issuer,
                crl_url: Some("http://127.0.0.1/seals.crl"),
            }
            .tbs()?;
            let signature = by.sign(&tbs)?;
            Ok::<_, Failure>(assemble(&tbs, &signature)?)
        };
    let root = issue(
        Kind::Root,
        &Name::china("测量", "测量根")?,
        &root_key,
        None,
        &root_key,
    )?;
    let ca = issue(
        Kind::IssuingCa,
        &Name::china("测量", "测量签发")?,
        &ca_key,
        Some(&root),
        &root_key,
    )?;
    let maker = issue(
        Kind::SealMaker,
        &Name::china("测量", "测量制章")?,
        &maker_key,
        Some(&ca),
        &ca_key,
    )?;
    let subject = seal_subject("11350100003591037R", "测量单位", "35010000000001")?;
    let certificate = issue(Kind::Seal, &subject, &key, Some(&ca), &ca_key)?;
    let info = SealInfo {
        version: Version::V4,
        vendor: "YINXIN".into(),
        code: "35010000000001".into(),
        kind: 1,
        name: "测量单位".into(),
        certificates: CertificateList::Certificates(vec![certificate.der().to_vec()]),
        created: at,
        valid_from: begin,
        valid_to: end,
        picture: imprint::RoundSeal::new("福建省示范中心", 42.0).transparent(300)?,
        width: 420,
        height: 420,
        extensions: Vec::new(),
    };
    let tbs = info.tbs()?;
    let seal = assemble_seal(&tbs, maker.der(), &maker_key.sign(&tbs)?, None)?;
    let mut trust = TrustStore::new();
    for authority in [&root, &ca] {
        trust
            .add_certificate(authority.clone())
            .map_err(|finding| finding.message)?;
    }
    for (issuer, key) in [(&root, &root_key), (&ca, &ca_key)] {
        trust.add_crl(empty_crl(issuer, key, at, end)?);
    }
    Ok(Sealing {
        seal,
        key,
        certificate,
        trust,
        at,
    })
}

fn empty_crl(
    issuer: &Certificate,
    key: &PrivateKey,
    this_update: Timestamp,
    next_update: Timestamp,
) -> Result<Crl, Failure> {
    let tbs = crl::Draft {
        issuer,
        number: 1,
        this_update,
        next_update,
        keeps_expired_since: Some(this_update),
        revoked: &[],
    }
    .tbs()?;
    Ok(crl::assemble(&tbs, &key.sign(&tbs)?)?)
}

/// An OFD document of `pages` A4 pages with text, and an attachment of so many bytes that do not compress.
pub(crate) fn document(pages: usize, attachment: usize) -> Result<Vec<u8>, Failure> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut add = |name: &str, options, content: &[u8]| {
        zip.start_file(name, options)?;
        zip.write_all(content)?;
        Ok::<_, Failure>(())
    };
    add("OFD.xml", deflated, OFD.as_bytes())?;
    let list: String = (0..pages)
        .map(|page| {
            format!(
                r#"<ofd:Page ID="{}" BaseLoc="Pages/Page_{page}/Content.xml"/>"#,
                page + 10
            )
        })
        .collect();
    let attached = if attachment > 0 {
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
    } else {
        ""
    };
    let document = format!(
        r#"{HEAD}<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>100000</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{list}</ofd:Pages>{attached}</ofd:Document>"#
    );
    add("Doc_0/Document.xml", deflated, document.as_bytes())?;
    let fonts = format!(
        r#"{HEAD}<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="宋体"/></ofd:Fonts></ofd:Res>"#
    );
    add("Doc_0/PublicRes.xml", deflated, fonts.as_bytes())?;
    for page in 0..pages {
        let name = format!("Doc_0/Pages/Page_{page}/Content.xml");
        add(&name, deflated, content(page).as_bytes())?;
    }
    if attachment > 0 {
        let list = format!(
            r#"{HEAD}<ofd:Attachments {NS}><ofd:Attachment ID="1" Name="data" Format="bin"><ofd:FileLoc>data.bin</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"#
        );
        add("Doc_0/Attachs/Attachments.xml", deflated, list.as_bytes())?;
        add("Doc_0/Attachs/data.bin", stored, &noise(attachment))?;
    }
    Ok(zip.finish()?.into_inner())
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
const NS: &str = r#"xmlns:ofd="http://www.ofdspec.org/2016""#;
const OFD: &str = r#"<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"#;

fn content(page: usize) -> String {
    let lines: String = (0..40)
        .map(|line| {
            let (id, y) = (1000 + page * 50 + line, 20 + line * 6);
            format!(
                r#"<ofd:TextObject ID="{id}" Boundary="20 {y} 170 6" Font="2" Size="4"><ofd:TextCode X="0" Y="4">第 {page} 页第 {line} 行：电子印章与实物印章具有同等法律效力。</ofd:TextCode></ofd:TextObject>"#
            )
        })
        .collect();
    let layer = 500_000 + page;
    format!(
        r#"{HEAD}<ofd:Page {NS}><ofd:Content><ofd:Layer ID="{layer}">{lines}</ofd:Layer></ofd:Content></ofd:Page>"#
    )
}

/// Bytes that do not compress, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
