//! `cargo xtask test`: everything, in one go, and what came of it at the end.

use std::time::Instant;

use crate::process::{Failure, cargo, watch};
use crate::{browser, deny, graph, postgres::Postgres, requirements, tools};

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Totals {
    /// Passed.
    pub(crate) passed: u32,
    /// Failed.
    pub(crate) failed: u32,
}

impl Totals {
    /// Reads `… N passed …, N failed …` in whatever surroundings.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let number_before = |word: &str| {
            let (before, _) = line.split_once(word)?;
            before
                .trim_end()
                .rsplit([' ', ',', ':'])
                .next()?
                .parse()
                .ok()
        };
        Some(Self {
            passed: number_before(" passed")?,
            failed: number_before(" failed").unwrap_or(0),
        })
    }

    /// An error if anything failed.
    pub(crate) fn into_result(self) -> Result<(), Failure> {
        match self.failed {
            0 => Ok(()),
            n => Err(Failure(format!("{n} failed"))),
        }
    }

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Runs every part, goes on after a failure, and prints the totals.
pub(crate) fn run() -> Result<(), Failure> {
    let mut report = Report::default();
    report.check("tools", || {
        tools::require(&[
            &tools::POSTGRES,
            &tools::NODE,
            &tools::CHROMIUM,
            &tools::FONT,
            &tools::MAIL_SERVER,
        ])
        .map(|()| None)
    });
    report.check("format", || {
        plain(&["fmt", "--all", "--check", "--", "--color", "never"])
    });
    report.check("crate graph", || graph::check().map(|()| None));
    report.check("requirements", requirements::check);
    report.check("lints", || {
        plain(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ])
    });
    // Programs and tests in one go, so that the browser walks what the tests tested and nothing is built twice.
    let built = report.check("build", || {
        plain(&["build", "--workspace", "--bins", "--tests", "--quiet"])
    });
    if built {
        report.with_database();
        report.tests("browser", || {
            browser::journeys_of_built(&[]).map(|totals| (totals, vec![]))
        });
    } else {
        report.note("tests, browser", "not run, because the build failed", 0);
    }
    report.check("licences", || {
        deny::check().map(|note| note.map(str::to_owned))
    });
    report.finish()
}

/// The totals, and the runner's own lines about them.
type Tested = (Totals, Vec<String>);

fn plain(arguments: &[&str]) -> Result<Option<String>, Failure> {
    crate::process::run(&mut cargo(arguments)).map(|()| None)
}

fn unit_tests(database: Option<&str>) -> Result<Tested, Failure> {
    let nextest = tools::cargo_tool("cargo-nextest");
    let arguments: &[&str] = if nextest {
        &[
            "nextest",
            "run",
            "--workspace",
            "--no-fail-fast",
            "--color",
            "never",
            "--status-level",
            "fail",
        ]
    } else {
        &[
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
            "--color",
            "never",
        ]
    };
    tests(
        arguments,
        database,
        if nextest { "Summary [" } else { "test result:" },
    )
}

fn documentation(database: Option<&str>) -> Result<Tested, Failure> {
    tests(
        &[
            "test",
            "--workspace",
            "--doc",
            "--no-fail-fast",
            "--color",
            "never",
        ],
        database,
        "test result:",
    )
}

/// Runs a test command and adds up its summary lines.
fn tests(arguments: &[&str], database: Option<&str>, summary: &str) -> Result<Tested, Failure> {
    let mut command = cargo(arguments);
    if let Some(url) = database {
        command.env("YINXIN_TEST_POSTGRES", url);
    }
    let (lines, succeeded) = watch(&mut command)?;
    let mut totals = Totals::default();
    let summaries: Vec<String> = lines
        .into_iter()
        .filter(|line| line.contains(summary))
        .collect();
    for line in &summaries {
        totals.add(Totals::parse(line).unwrap_or_default());
    }
    if !succeeded {
        totals.failed = totals.failed.max(1);
    }
    Ok((totals, summaries))
}

#[derive(Default)]
struct Report {
    totals: Totals,
    lines: Vec<String>,
}

impl Report {
    /// The tests that can use a database, with one of their own.
    fn with_database(&mut self) {
        let database = self.open("PostgreSQL", Postgres::start);
        let url = database.as_ref().map(Postgres::url);
        self.tests("tests", || unit_tests(url.as_deref()));
        self.tests("examples in the documentation", || {
            documentation(url.as_deref())
        });
    }

    /// A part that holds or does not; it may add a remark.
    fn check(
        &mut self,
        name: &str,
        part: impl FnOnce() -> Result<Option<String>, Failure>,
    ) -> bool {
        let (result, seconds) = timed(name, part);
        let holds = result.is_ok();
        let outcome = match result {
            Ok(None) => "ok".to_owned(),
            Ok(Some(remark)) => format!("ok ({remark})"),
            Err(error) => self.failed(&error),
        };
        self.note(name, &outcome, seconds);
        holds
    }

    /// A part that later parts use.
    fn open<T>(&mut self, name: &str, part: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
        let (result, seconds) = timed(name, part);
        result
            .map_err(|error| {
                let outcome = self.failed(&error);
                self.note(name, &outcome, seconds);
            })
            .ok()
    }

    /// A part with tests of its own.
    fn tests(&mut self, name: &str, part: impl FnOnce() -> Result<Tested, Failure>) {
        let (result, seconds) = timed(name, part);
        let outcome = match result {
            Ok((totals, summaries)) => {
                self.lines.extend(summaries);
                self.totals.add(totals);
                format!("{} passed, {} failed", totals.passed, totals.failed)
            }
            Err(error) => self.failed(&error),
        };
        self.note(name, &outcome, seconds);
    }

    fn note(&mut self, name: &str, outcome: &str, seconds: u64) {
        let line = format!("{name}: {outcome} [{seconds} s]");
        println!("-- {line}");
        self.lines.push(line);
    }

    fn failed(&mut self, error: &Failure) -> String {
        println!("{error}");
        self.totals.failed += 1;
        "FAILED".to_owned()
    }

    fn finish(self) -> Result<(), Failure> {
        println!("\n== totals");
        for line in &self.lines {
            println!("{line}");
        }
        println!(
            "{} passed, {} failed",
            self.totals.passed, self.totals.failed
        );
        if self.totals.failed == 0 {
            Ok(())
        } else {
            std::process::exit(1)
        }
    }
}

fn timed<T>(name: &str, part: impl FnOnce() -> T) -> (T, u64) {
    println!("\n== {name}");
    let start = Instant::now();
    (part(), start.elapsed().as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_summaries_are_understood() {
        for (line, expected) in [
            (
                "     Summary [   1.2s] 33 tests run: 32 passed (1 slow), 1 failed, 2 skipped",
                (32, 1),
            ),
            (
                "     Summary [   1.2s] 33 tests run: 33 passed, 0 skipped",
                (33, 0),
            ),
            (
                "test result: ok. 7 passed; 2 failed; 0 ignored; finished in 0.1s",
                (7, 2),
            ),
            ("5 passed, 3 failed", (5, 3)),
        ] {
            let totals = Totals::parse(line).unwrap();
            assert_eq!((totals.passed, totals.failed), expected, "{line}");
        }
        assert!(Totals::parse("running 3 tests").is_none());
    }
}
