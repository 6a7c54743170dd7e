//! `yinxin ledger`: the ledger's proofs, checked without the platform.

use std::path::PathBuf;
use std::process::ExitCode;

use ::ledger::Proof;

use crate::failure::Failure;
use crate::input;
use crate::output::{beijing, print, wrapped};

/// 核对账本的证明
#[derive(clap::Args)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// 离线核对一份证明：条目确在账本中，账本头由账本的密钥签名
    ///
    /// 退出码：0 证明成立，1 不成立，3 读不了。
    Verify {
        /// 证明（JSON）
        #[arg(value_name = "PROOF.json")]
        proof: PathBuf,
        /// 账本公钥（SPKI，PEM）；不给出时用证明自带的公钥，只能说明证明自身一致
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
}

/// The largest proof that is read, in bytes.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

impl Ledger {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let Command::Verify { proof, key } = self.command;
        let bytes = input::read_within(&proof, MOST_BYTES)?;
        let proof: Proof = serde_json::from_slice(&bytes)
            .map_err(|e| Failure::new("proof_unreadable", format!("不是账本的证明：{e}")))?;
        let key = match key {
            Some(path) => {
                let pem = input::read_within(&path, MOST_BYTES)?;
                let key = gm::PublicKey::from_spki_pem(&String::from_utf8_lossy(&pem));
                Some(
                    key.map_err(|e| Failure::new("key_unreadable", format!("不是 SM2 公钥：{e}")))?,
                )
            }
            None => None,
        };
        let verified = match &key {
            Some(key) => proof.verify_with(key),
            None => proof.verify(),
        };
        let verified = match verified {
            Ok(verified) => verified,
            Err(error) => {
                print(&wrapped(&format!("✗ 证明不成立：{error}"), 2))?;
                return Ok(ExitCode::from(1));
            }
        };
        let leaf = verified.leaf;
        let mut text = String::from("✓ 证明成立：这一条确在账本中，未被改动\n");
        text += &format!(
            "  账本规模  {} 条，账本头签于 {}\n",
            verified.head.size,
            beijing(verified.head.timestamp)
        );
        text += &wrapped(
            &format!("  条目      {}（{}）", leaf.kind, leaf.subject),
            12,
        );
        text += &format!("  记录时间  {}\n", beijing(leaf.at));
        for (name, value) in &leaf.facts {
            text += &wrapped(&format!("    {name}：{value}"), 6);
        }
        if key.is_none() {
            text += "  · 用的是证明自带的公钥；要确认是哪个平台的账本，请以 --key 给出它的公钥。\n";
        }
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}
