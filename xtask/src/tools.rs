//! What the tests need from the system: looked for, and installed where we may.

use std::path::PathBuf;

use crate::process::{Failure, cargo, output, program, run};

/// A program or font from the system's packages.
pub(crate) struct Tool {
    what: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
}

/// For the tests of the database.
pub(crate) const POSTGRES: Tool = Tool {
    what: "PostgreSQL",
    packages: &["postgresql"],
    present: || postgres("initdb").is_some() && postgres("postgres").is_some(),
};

/// For the browser journeys.
pub(crate) const NODE: Tool = Tool {
    what: "Node.js with npm",
    packages: &["nodejs", "npm"],
    present: || find("node").is_some() && find("npm").is_some(),
};

/// For the browser journeys.
pub(crate) const CHROMIUM: Tool = Tool {
    what: "Chromium",
    packages: &["chromium"],
    present: || chromium().is_some(),
};

/// For the browser journeys: without it the screenshots show boxes.
pub(crate) const FONT: Tool = Tool {
    what: "a Chinese font",
    packages: &["fonts-noto-cjk", "fontconfig"],
    present: || {
        output(program("fc-list").arg(":lang=zh")).is_some_and(|fonts| !fonts.trim().is_empty())
    },
};

/// For the tests of e-mail: a mail server that takes the letters.
pub(crate) const MAIL_SERVER: Tool = Tool {
    what: "aiosmtpd for Python",
    packages: &["python3-aiosmtpd"],
    present: || {
        let has = |python: &str| output(program(python).args(["-c", "import aiosmtpd"])).is_some();
        has("python3") || has("/usr/bin/python3")
    },
};

/// Installs what is missing of these through apt-get, or says what to install.
pub(crate) fn require(tools: &[&Tool]) -> Result<(), Failure> {
    let missing: Vec<_> = tools.iter().filter(|tool| !(tool.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing
        .iter()
        .flat_map(|tool| tool.packages)
        .copied()
        .collect();
    let names: Vec<_> = missing.iter().map(|tool| tool.what).collect();
    if !is_root() || find("apt-get").is_none() {
        let (names, packages) = (names.join(", "), packages.join(" "));
        return Err(Failure(format!(
            "missing: {names}; on Debian: apt-get install {packages}"
        )));
    }
    println!("installing {}", packages.join(" "));
    run(apt().args(["update", "-q"]))?;
    run(apt()
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(&packages))?;
    match tools.iter().find(|tool| !(tool.present)()) {
        None => Ok(()),
        Some(tool) => Err(Failure(format!(
            "{} is still missing after its installation",
            tool.what
        ))),
    }
}

fn apt() -> std::process::Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// A cargo subcommand, from crates.io if it is missing; false if it cannot be had.
pub(crate) fn cargo_tool(name: &str) -> bool {
    if find(name).is_some() {
        return true;
    }
    println!("installing {name} from crates.io");
    run(&mut cargo(&["install", "--locked", "--quiet", name])).is_ok() && find(name).is_some()
}

/// A program on the path, or where cargo installs.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(home.map(|home| home.join("bin")))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A program of the newest PostgreSQL: Debian keeps them off the path.
pub(crate) fn postgres(name: &str) -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin").join(name)))
        })
        .filter(|(_, file)| file.is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, file)| file).or_else(|| find(name))
}

/// The browser.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(find)
}

/// Whether we may install packages, and must not start PostgreSQL as ourselves.
pub(crate) fn is_root() -> bool {
    output(program("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}
