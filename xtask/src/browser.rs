//! The browser journeys and the screenshots in `e2e/`.

use std::process::Command;

use crate::process::{Failure, cargo, program, root, run, target, watch};
use crate::suite::Totals;
use crate::tools;

/// Builds the program and runs the journeys; with names, only those whose name contains one of them.
pub(crate) fn journeys(names: &[String]) -> Result<Totals, Failure> {
    build()?;
    journeys_of_built(names)
}

/// Runs the journeys against the program as it was built last.
pub(crate) fn journeys_of_built(names: &[String]) -> Result<Totals, Failure> {
    let mut command = node("run.mjs")?;
    let (lines, succeeded) = watch(command.args(names))?;
    let totals = lines
        .iter()
        .rev()
        .find_map(|line| Totals::parse(line))
        .unwrap_or_default();
    Ok(if succeeded {
        totals
    } else {
        Totals {
            failed: totals.failed.max(1),
            ..totals
        }
    })
}

/// Takes a picture of every page.
pub(crate) fn shots(names: &[String]) -> Result<(), Failure> {
    build()?;
    run(node("shots.mjs")?.args(names))
}

/// A script of `e2e/`, with all that it needs.
fn node(script: &str) -> Result<Command, Failure> {
    tools::require(&[&tools::NODE, &tools::CHROMIUM, &tools::FONT])?;
    let folder = root().join("e2e");
    run(program("npm").current_dir(&folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))?;
    let mut command = program("node");
    command
        .current_dir(&folder)
        .arg(script)
        .env("YINXIN_BIN", target().join("debug").join("yinxin"))
        .env("YINXIN_SHOTS", target().join("shots"))
        .env("CHROMIUM", tools::chromium().unwrap_or_default());
    Ok(command)
}

fn build() -> Result<(), Failure> {
    run(&mut cargo(&["build", "--quiet", "--package", "yinxin"]))
}
