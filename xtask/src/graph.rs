//! The rule of the house: dependencies run one way (the table in `ARCHITECTURE.md`).

use std::collections::BTreeSet;

use crate::process::{Failure, cargo, output};

/// What a room may know of ours.
const ROOMS: &[(&str, &[&str])] = &[
    ("casework", &[]),
    ("gm", &[]),
    ("imprint", &[]),
    ("fonts", &[]),
    ("scan", &["imprint"]),
    ("pki", &["gm"]),
    ("ledger", &["gm"]),
    ("seal", &["gm", "pki"]),
    ("ofd", &["gm", "pki", "seal"]),
    (
        "verification",
        &["gm", "imprint", "pki", "ledger", "seal", "ofd"],
    ),
    ("platform", BELOW_PLATFORM),
    // Adapters: the port in `platform` and the types in it, never each other.
    ("store", PLATFORM_AND_BELOW),
    ("files", PLATFORM_AND_BELOW),
    ("keys", PLATFORM_AND_BELOW),
    ("authority", PLATFORM_AND_BELOW),
    ("papers", PLATFORM_AND_BELOW),
    ("notify", PLATFORM_AND_BELOW),
    ("web", PLATFORM_AND_BELOW),
    // For the browser: built by `web`, linked by nobody.
    ("glance", &["imprint", "scan"]),
];

const BELOW_PLATFORM: &[&str] = &[
    "casework",
    "gm",
    "imprint",
    "scan",
    "fonts",
    "pki",
    "ledger",
    "seal",
    "ofd",
    "verification",
];

const PLATFORM_AND_BELOW: &[&str] = &[
    "casework",
    "gm",
    "imprint",
    "scan",
    "fonts",
    "pki",
    "ledger",
    "seal",
    "ofd",
    "verification",
    "platform",
];

/// Rooms at the top and beside the house, which may know all.
const FREE: &[&str] = &["yinxin", "testkit", "specimens", "xtask", "bench"];

/// What must not be linked into a room, by whatever way.
const FORBIDDEN: &[(&[&str], &[&str])] = &[
    // No I/O below the platform: the same code runs in a browser.
    (
        &[
            "casework",
            "gm",
            "imprint",
            "scan",
            "glance",
            "pki",
            "ledger",
            "seal",
            "ofd",
            "verification",
        ],
        &[
            "tokio",
            "sqlx",
            "sqlx-core",
            "axum",
            "hyper",
            "object_store",
            "reqwest",
            "askama",
        ],
    ),
    // The process knows no cryptography.
    (&["casework"], &["sm2", "sm3", "sm4", "x509-cert", "der"]),
    // The acts know their ports, not what is behind them.
    (
        &["platform"],
        &[
            "sqlx",
            "sqlx-core",
            "axum",
            "hyper",
            "object_store",
            "askama",
        ],
    ),
    (
        &["store", "files", "keys", "authority"],
        &["axum", "askama"],
    ),
    (&["web"], &["sqlx", "sqlx-core", "object_store"]),
];

/// Checks every workspace member against the table.
pub(crate) fn check() -> Result<(), Failure> {
    let members = members()?;
    let mut broken = Vec::new();
    for member in &members {
        if FREE.contains(&member.as_str()) {
            continue;
        }
        let Some((_, may_know)) = ROOMS.iter().find(|(room, _)| room == member) else {
            broken.push(format!(
                "{member} has no line in the table of rooms (xtask/src/graph.rs)"
            ));
            continue;
        };
        for known in linked(member, true)? {
            if members.contains(&known) && !may_know.contains(&known.as_str()) {
                broken.push(format!("{member} may not know {known}"));
            }
        }
        let all = linked(member, false)?;
        for (_, forbidden) in FORBIDDEN
            .iter()
            .filter(|(rooms, _)| rooms.contains(&member.as_str()))
        {
            broken.extend(
                forbidden
                    .iter()
                    .filter(|name| all.contains(**name))
                    .map(|name| format!("{member} may not link {name}")),
            );
        }
    }
    if broken.is_empty() {
        println!(
            "crate graph: {} rooms, dependencies run one way",
            members.len()
        );
        Ok(())
    } else {
        Err(Failure(broken.join("\n")))
    }
}

/// The crates of the workspace.
fn members() -> Result<BTreeSet<String>, Failure> {
    tree(&["--workspace", "--depth", "0"])
}

/// What a crate depends on, directly or at all, tests aside.
fn linked(member: &str, directly: bool) -> Result<BTreeSet<String>, Failure> {
    let depth: &[&str] = if directly { &["--depth", "1"] } else { &[] };
    let mut names = tree(&[&["--package", member, "--edges", "normal,build"], depth].concat())?;
    names.remove(member);
    Ok(names)
}

/// The names that `cargo tree` prints.
fn tree(arguments: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let mut command = cargo(&["tree", "--quiet", "--prefix", "none", "--target", "all"]);
    let text = output(command.args(arguments))
        .ok_or_else(|| Failure(format!("cargo tree {} failed", arguments.join(" "))))?;
    Ok(text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect())
}
