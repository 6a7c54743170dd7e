//! Running other programs from the repository's root.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What went wrong, as a sentence.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program, to be run in the repository's root.
pub(crate) fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Cargo with these arguments. What is built has the immediate answer of the camera page, as a release build has.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    if std::env::var_os("YINXIN_GLANCE").is_none() {
        command.env("YINXIN_GLANCE", "1");
    }
    command
}

/// Runs a command and waits; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(|error| failed(command, &error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(command, &status.to_string()))
    }
}

/// Runs a command and returns what it printed, or nothing if it cannot be run or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, prints every line as it comes, and returns all lines of both streams and whether it succeeded.
pub(crate) fn watch(command: &mut Command) -> Result<(Vec<String>, bool), Failure> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| failed(command, &error.to_string()))?;
    let errors = child
        .stderr
        .take()
        .map(|stream| thread::spawn(|| print_lines(stream)));
    let mut lines = child.stdout.take().map(print_lines).unwrap_or_default();
    if let Some(thread) = errors {
        lines.extend(thread.join().unwrap_or_default());
    }
    Ok((lines, child.wait()?.success()))
}

fn print_lines(stream: impl Read) -> Vec<String> {
    let mut reader = BufReader::new(stream);
    let (mut lines, mut bytes) = (Vec::new(), Vec::new());
    while reader
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|read| read > 0)
    {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        println!("{line}");
        lines.push(line);
        bytes.clear();
    }
    lines
}

fn failed(command: &Command, how: &str) -> Failure {
    let arguments: Vec<_> = command
        .get_args()
        .map(std::ffi::OsStr::to_string_lossy)
        .collect();
    Failure(format!(
        "{} {}: {how}",
        command.get_program().to_string_lossy(),
        arguments.join(" ")
    ))
}
