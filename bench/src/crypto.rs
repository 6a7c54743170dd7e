//! SM2 and SM3 beside `openssl speed`.

use std::process::{Command, Stdio};
use std::time::Duration;

use gm::Signer;

use crate::measure::{ROUNDS, print_row, rate};

const TURN: Duration = Duration::from_secs(1);
const BLOCK: usize = 16 * 1024;

/// Prints the table.
pub(crate) fn run() {
    let key = gm::PrivateKey::generate();
    let message = [7; 32];
    let block = vec![7; BLOCK];
    let mut ours: [Vec<f64>; 3] = Default::default();
    let mut peers: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        ours[0].push(rate(TURN, || key.sign(&message)));
        if let Ok(signature) = key.sign(&message) {
            ours[1].push(rate(TURN, || key.public_key().verify(&message, &signature)));
        }
        ours[2].push(rate(TURN, || gm::sm3(&block)) * BLOCK as f64 / 1e6);
        if let Some((sign, verify)) = openssl_sm2() {
            peers[0].push(sign);
            peers[1].push(verify);
        }
        peers[2].extend(openssl_sm3());
    }
    println!(
        "\n## Cryptography, one thread, median of {ROUNDS} rounds; peer: {}\n",
        openssl_version()
    );
    println!("| what | unit | ours | openssl | ours / openssl |");
    println!("|---|---|---:|---:|---:|");
    let [sign, verify, hash] = ours;
    let [peer_sign, peer_verify, peer_hash] = peers;
    print_row("SM2 sign", "1/s", sign, peer_sign);
    print_row("SM2 verify", "1/s", verify, peer_verify);
    print_row("SM3, 16 KiB", "MB/s", hash, peer_hash);
}

/// Signatures made and verified per second.
fn openssl_sm2() -> Option<(f64, f64)> {
    // … 256 bits SM2 (CurveSM2)   0.0003s   0.0002s   3805.0   4337.4
    let text = openssl(&["speed", "-seconds", "1", "sm2"])?;
    let line = text.lines().find(|line| line.contains("CurveSM2"))?;
    let mut figures = line.split_whitespace().rev();
    let verify = figures.next()?.parse().ok()?;
    Some((figures.next()?.parse().ok()?, verify))
}

/// Megabytes hashed per second.
fn openssl_sm3() -> Option<f64> {
    // sm3             476790.95k
    let text = openssl(&["speed", "-seconds", "1", "-bytes", "16384", "-evp", "sm3"])?;
    let line = text
        .lines()
        .find(|line| line.to_lowercase().starts_with("sm3 "))?;
    let thousands: f64 = line
        .split_whitespace()
        .last()?
        .trim_end_matches('k')
        .parse()
        .ok()?;
    Some(thousands / 1000.0)
}

fn openssl_version() -> String {
    openssl(&["version"]).map_or("openssl is not installed".to_owned(), |text| {
        text.trim().to_owned()
    })
}

fn openssl(arguments: &[&str]) -> Option<String> {
    let output = Command::new("openssl")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
