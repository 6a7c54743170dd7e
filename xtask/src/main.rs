//! The developer's commands: `cargo xtask test`, `browser`, `shots`, `bench`, `imprints`, `postgres`, `deny`,
//! `graph`, `requirements`. Plain Rust without dependencies, so that it builds in a moment.

mod browser;
mod deny;
mod graph;
mod postgres;
mod process;
mod requirements;
mod suite;
mod tools;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let result = match command.as_str() {
        "test" => suite::run(),
        "browser" => browser::journeys(&rest).and_then(suite::Totals::into_result),
        "shots" => browser::shots(&rest),
        "bench" => tool("bench", &rest),
        "imprints" => tool("specimens", &rest),
        "postgres" => with_postgres(&rest),
        "deny" => deny::check().map(drop),
        "graph" => graph::check(),
        "requirements" => requirements::check().map(drop),
        _ => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask {command}: {error}");
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "\
cargo xtask test              everything: format, lints, crate graph, tests, browser journeys, licences
cargo xtask browser [NAME…]   the browser journeys whose name contains one of these; all without a name
cargo xtask shots [NAME…]     screenshots of every page, desktop and phone, into target/shots
cargo xtask bench [NAME…]     measurements beside their peers
cargo xtask imprints [OPTION…] returned papers with known answers: draws them, scores what is made of them
cargo xtask postgres COMMAND  runs a command with a PostgreSQL of its own in YINXIN_TEST_POSTGRES
cargo xtask deny              licences, advisories, bans and sources of what is linked
cargo xtask graph             dependencies run one way
cargo xtask requirements      the lines of the requirements and the tests named after them";

/// Runs measurements, optimised as the first command of the README builds.
fn tool(package: &str, arguments: &[String]) -> Result<(), process::Failure> {
    let mut command = process::cargo(&["run", "--release", "--package", package, "--"]);
    process::run(command.args(arguments))
}

/// Runs one command beside a fresh PostgreSQL.
fn with_postgres(command: &[String]) -> Result<(), process::Failure> {
    let Some((name, arguments)) = command.split_first() else {
        return Err(process::Failure("which command?".into()));
    };
    tools::require(&[&tools::POSTGRES])?;
    let server = postgres::Postgres::start()?;
    process::run(
        process::program(name)
            .args(arguments)
            .env("YINXIN_TEST_POSTGRES", server.url()),
    )
}
