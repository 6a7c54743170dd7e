//! Stamping and full verification of OFD documents beside the bare cryptography that each of them needs.

use std::hint::black_box;
use std::time::Duration;

use gm::Signer as _;
use ofd::{
    package::Limits,
    signatures::Provider,
    stamp::{Placement, StampPlan},
};
use seal::StampInfo;
use verification::{Options, verify};

use crate::measure::{ROUNDS, median, rate};
use crate::sample::{Failure, Sealing, document, sealing};

const TURN: Duration = Duration::from_millis(1500);
const MEGABYTE: usize = 1_000_000;

/// Prints the table.
pub(crate) fn run() {
    if let Err(error) = measure() {
        println!("documents: {error}");
    }
}

fn measure() -> Result<(), Failure> {
    let sealing = sealing()?;
    println!("\n## OFD documents, one thread, median of {ROUNDS} rounds\n");
    println!(
        "Bare: one SM2 signature (stamping) or four SM2 checks (verification) and SM3 over the file, no more.\n"
    );
    println!(
        "| document | bytes | stamps /s | bare /s | share | full checks /s | bare /s | share |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (name, pages, attachment) in [
        ("1 page", 1, 0),
        ("100 pages", 100, 0),
        ("1 page, 20 MB attached", 1, 20 * MEGABYTE),
    ] {
        let original = document(pages, attachment)?;
        let stamped = stamp(&original, &sealing)?;
        let report = verify(&stamped, name, &sealing.trust, &Options::at(sealing.at));
        if report.verdict != pki::Outcome::Valid {
            return Err(format!("{name} is not valid: {}", report.sentence).into());
        }
        // As on the server: a seal picture is decoded once, however many documents carry it.
        let pictures = seal::PictureCache::default();
        let mut figures: [Vec<f64>; 4] = Default::default();
        let signature = sealing.key.sign(b"bare")?;
        for _ in 0..ROUNDS {
            figures[0].push(rate(TURN, || stamp(&original, &sealing)));
            figures[1].push(rate(TURN, || {
                black_box(gm::sm3(&original));
                sealing.key.sign(b"bare")
            }));
            figures[2].push(rate(TURN, || {
                let options = Options::at(sealing.at).pictures(&pictures);
                verify(&stamped, name, &sealing.trust, &options)
            }));
            figures[3].push(rate(TURN, || {
                black_box(gm::sm3(&stamped));
                for _ in 0..4 {
                    let checked = sealing.key.public_key().verify(b"bare", &signature);
                    black_box(checked.is_ok());
                }
            }));
        }
        let [stamps, bare_stamps, checks, bare_checks] =
            figures.map(|values| median(values).unwrap_or(f64::NAN));
        println!(
            "| {name} | {} | {stamps:.0} | {bare_stamps:.0} | {:.0} % | {checks:.0} | {bare_checks:.0} | {:.0} % |",
            original.len(),
            100.0 * stamps / bare_stamps,
            100.0 * checks / bare_checks,
        );
    }
    Ok(())
}

/// A stamp from the bytes of the document to the bytes of the stamped one.
fn stamp(original: &[u8], sealing: &Sealing) -> Result<Vec<u8>, Failure> {
    let plan = StampPlan {
        placements: vec![Placement {
            page_index: 0,
            x_mm: 120.0,
            y_mm: 220.0,
            w_mm: 42.0,
            h_mm: 42.0,
            clip: None,
        }],
        close_document: false,
        provider: Provider {
            name: "Yinxin".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            company: "Yinxin".into(),
        },
        method: StampPlan::SM2_SM3.into(),
        seal: sealing.seal.clone(),
        time: sealing.at,
    };
    let limits = Limits::default();
    let prepared = ofd::stamp::prepare(original, &plan, limits)?;
    let tbs = StampInfo {
        seal: sealing.seal.clone(),
        time: sealing.at,
        data_hash: prepared.data_hash,
        property_info: prepared.property_info.clone(),
        extensions: Vec::new(),
    }
    .tbs()?;
    let signature = sealing.key.sign(&tbs)?;
    let value = seal::assemble_stamp(&tbs, sealing.certificate.der(), &signature, None)?;
    Ok(ofd::stamp::complete(original, &prepared, &value, limits)?)
}
