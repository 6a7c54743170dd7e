//! Running the program.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What it printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// The program, with nothing of this environment's settings.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yinxin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("YINXIN_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn yinxin<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Ran {
    let output = program().args(arguments).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The files of other products, or `None` (said aloud) where they are not at hand.
pub(crate) fn interop() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/interop"
    ));
    if folder.is_dir() {
        Some(folder)
    } else {
        println!("skipped: {} is not there", folder.display());
        None
    }
}
