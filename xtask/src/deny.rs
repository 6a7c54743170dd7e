//! What may be linked: `deny.toml`.

use crate::process::{Failure, cargo, program, run};
use crate::tools;

/// Where cargo-deny gets its advisories from.
const ADVISORIES: &str = "https://github.com/RustSec/advisory-db";

/// Checks licences, bans and sources, and advisories where their database can be reached. Says what was skipped.
pub(crate) fn check() -> Result<Option<&'static str>, Failure> {
    if !tools::cargo_tool("cargo-deny") {
        return Err(Failure(
            "cargo-deny is missing and could not be installed".into(),
        ));
    }
    run(&mut cargo(&[
        "deny", "--color", "never", "check", "bans", "licenses", "sources",
    ]))?;
    let reachable = tools::find("git").is_some()
        && run(program("git")
            .args(["ls-remote", "--quiet", ADVISORIES, "HEAD"])
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null()))
        .is_ok();
    if !reachable {
        println!("skipped: advisories, because {ADVISORIES} cannot be reached from here");
        return Ok(Some("advisories skipped: their database cannot be reached"));
    }
    run(&mut cargo(&[
        "deny",
        "--color",
        "never",
        "check",
        "advisories",
    ]))?;
    Ok(None)
}
