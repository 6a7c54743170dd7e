//! `cargo xtask requirements`: every line of the requirements R1–R5 has tests named after it (`r2_7_…`), in the crates or
//! in the browser journeys. Prints the table; a line without a test fails.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::process::{Failure, root};

/// Part, line, and what it is about.
const LINES: &[(u8, u8, &str)] = &[
    (
        1,
        1,
        "units with code, place, level, parent, office and leader",
    ),
    (1, 2, "people; one person in several units"),
    (
        1,
        3,
        "decide only what role and unit allow, never twice in a case",
    ),
    (
        1,
        4,
        "three administrators, apart, none of whom handles cases",
    ),
    (
        2,
        1,
        "all kinds of business and seals; every field asked or refused",
    ),
    (2, 2, "an existing seal is picked from the unit's register"),
    (2, 3, "renewal opens before expiry and not earlier"),
    (2, 4, "unlock for USB KEY alone"),
    (2, 5, "a device's P10 is examined and explained"),
    (2, 6, "the imprint is measured in millimetres"),
    (
        2,
        7,
        "the summary sheet, written from the forms or read into them",
    ),
    (2, 8, "the red-header letter in the unit's own words"),
    (2, 9, "special situations with statement and commitment"),
    (2, 10, "no seal without an imprint of a real one"),
    (2, 11, "approved in the unit, signed, stamped, scanned"),
    (2, 12, "drafts are kept, submitted forms never altered"),
    (3, 1, "province directly, others through their consolidator"),
    (3, 2, "the Center's address where it is needed"),
    (3, 3, "paper originals are tracked"),
    (4, 1, "acceptance against the checklist; correction notice"),
    (4, 2, "first and final review: approve, send back, refuse"),
    (4, 3, "production of each kind of business"),
    (4, 4, "the very key is brought to the desk; appointments"),
    (4, 5, "a seal ends with its certificate"),
    (4, 6, "notices at every step, retried, shown when failed"),
    (4, 7, "collection with letter and ID copy of one person"),
    (5, 1, "the register with the whole history"),
    (5, 2, "loss is reported at any hour and suspends at once"),
    (5, 3, "every status is public"),
    (5, 4, "expiry is announced, an expired seal cannot stamp"),
];

/// The test functions of a line.
type Found = BTreeMap<(u8, u8), Vec<String>>;

/// Prints lines and tests, and fails for a line without.
pub(crate) fn check() -> Result<Option<String>, Failure> {
    let mut found = Found::new();
    for (folder, ending) in [("crates", "rs"), ("xtask", "rs"), ("e2e", "mjs")] {
        for file in files(&root().join(folder), ending)? {
            collect(&std::fs::read_to_string(file)?, &mut found);
        }
    }
    let mut missing = Vec::new();
    for (part, line, title) in LINES {
        let tests = found.get(&(*part, *line)).map_or(&[][..], Vec::as_slice);
        println!("R{part}.{line:<3} {:>3} tests  {title}", tests.len());
        for test in tests {
            println!("             {test}");
        }
        if tests.is_empty() {
            missing.push(format!("R{part}.{line} ({title})"));
        }
    }
    if missing.is_empty() {
        let tests: usize = found.values().map(Vec::len).sum();
        Ok(Some(format!("{} lines, {tests} tests", LINES.len())))
    } else {
        Err(Failure(format!(
            "no test named after {}",
            missing.join(", ")
        )))
    }
}

/// Every file of the folder with this ending; installed packages aside.
fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if path.is_dir() {
                if name != "node_modules" && name != "target" {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Adds the names of this text that begin like `r2_7_`: functions, and titles of journeys.
fn collect(text: &str, found: &mut Found) {
    for line in text.lines() {
        let line = line.trim_start();
        let name = ["fn ", "async fn ", "pub fn "]
            .iter()
            .find_map(|start| line.strip_prefix(start))
            .or_else(|| Some(line.split_once("test('")?.1))
            .or_else(|| Some(line.split_once("name: '")?.1));
        let Some(name) = name else { continue };
        let name: String = name
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if let Some(place) = place(&name) {
            let tests = found.entry(place).or_default();
            if !tests.contains(&name) {
                tests.push(name);
            }
        }
    }
}

/// Part and line of a test's name.
fn place(name: &str) -> Option<(u8, u8)> {
    let (part, rest) = name.strip_prefix('r')?.split_once('_')?;
    let (line, rest) = rest.split_once('_')?;
    let place = (part.parse().ok()?, line.parse().ok()?);
    (!rest.is_empty()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_their_line() {
        assert_eq!(place("r2_12_what_was_submitted"), Some((2, 12)));
        for other in ["r2_7_", "read_2_7_x", "r2_x_7", "rust_2", "r300_1_x"] {
            assert_eq!(place(other), None, "{other}");
        }
        let mut found = Found::new();
        collect(
            "    async fn r4_1_once() {\n// fn r4_1_not_this\nfn r4_1_once()\nfn other() {}",
            &mut found,
        );
        assert_eq!(found[&(4, 1)], ["r4_1_once"]);
    }
}
