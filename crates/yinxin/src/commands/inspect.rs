//! `yinxin inspect`: shows what a file holds, without judging it.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::output::{print, print_json};
use crate::{input, sheet};

/// 查看印章、证书、撤销列表、证书请求、签章或已盖章文件的内容（不作判断）
#[derive(clap::Args)]
pub(crate) struct Inspect {
    /// 要查看的文件
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let bytes = input::read(&self.file)?;
        let sheet = sheet::of(&bytes)?;
        if self.json {
            print_json(&sheet.to_json())?;
        } else {
            print(&sheet.to_text())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
