#![doc = include_str!("../README.md")]

mod commands;
mod config;
mod failure;
mod input;
mod installation;
mod journey;
mod moment;
mod output;
mod private_key;
mod sample_document;
mod sheet;
mod trust_folder;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::failure::{Failure, USAGE};

/// 印信：政务电子印章的办理、制作、使用与验证。
#[derive(Parser)]
#[command(name = "yinxin", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Serve(commands::serve::Serve),
    Demo(commands::demo::Demo),
    Verify(commands::verify::Verify),
    Stamp(commands::stamp::Stamp),
    Inspect(commands::inspect::Inspect),
    Account(commands::account::Account),
    Doctor(commands::doctor::Doctor),
    Ledger(commands::ledger::Ledger),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing can be done where even this cannot be written.
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    run(cli.command).unwrap_or_else(|failure| {
        complain(&failure);
        failure.exit_code()
    })
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(command) => command.run(),
        Command::Demo(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Stamp(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Account(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Ledger(command) => command.run(),
    }
}

/// Says on standard error what went wrong, with its code.
fn complain(failure: &Failure) {
    let _ = writeln!(std::io::stderr(), "yinxin: {failure}（{}）", failure.code);
}
