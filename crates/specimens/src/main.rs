//! `cargo xtask imprints`: draws returned papers, sends them the way of an upload, and says how well it went.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use std::{env, fs};

use imprint::{Cut, Ink, cut};
use scan::{Area, Limits, open, straighten};
use specimens::case::{PER_PAPER, Split, blank_of, draw, flat};
use specimens::{figures, report, run};

const USAGE: &str = "\
cargo xtask imprints [--split tune|hold] [--count N] [--from N] [--threads N] [--out FOLDER]
                     scores N cases (default 100 of the tuning split) and prints the table;
                     FOLDER gets figures.md, failures.md and the 50 worst cases in pictures
cargo xtask imprints draw --out FOLDER [--split …] [--count N] [--from N]
                     writes the uploads themselves, to look at
cargo xtask imprints memory
                     the most memory that one A4 page of 300 dpi takes";

fn main() -> ExitCode {
    match act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    words: Vec<String>,
    split: Split,
    count: u64,
    from: u64,
    threads: usize,
    out: Option<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        words: Vec::new(),
        split: Split::Tune,
        count: 100,
        from: 0,
        threads: 2,
        out: None,
    };
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        let number = |text: String| {
            text.parse::<u64>()
                .map_err(|_| format!("not a number: {text}"))
        };
        match argument.as_str() {
            "--split" => {
                options.split = match value()?.as_str() {
                    "tune" => Split::Tune,
                    "hold" => Split::Hold,
                    other => return Err(format!("no such split: {other}")),
                }
            }
            "--count" => options.count = number(value()?)?,
            "--from" => options.from = number(value()?)?,
            "--threads" => options.threads = number(value()?)?.clamp(1, 64) as usize,
            "--out" => options.out = Some(value()?.into()),
            word if !word.starts_with('-') => options.words.push(word.to_owned()),
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok(options)
}

fn act() -> Result<(), String> {
    let options = options()?;
    let words: Vec<&str> = options.words.iter().map(String::as_str).collect();
    match words[..] {
        [] => measure(&options),
        ["draw"] => write_uploads(&options),
        ["memory"] => memory(),
        ["once", file] => once(Path::new(file)),
        _ => Err(USAGE.to_owned()),
    }
}

fn measure(options: &Options) -> Result<(), String> {
    let started = Instant::now();
    let numbers = options.from..options.from + options.count;
    let rows = run::score(options.split, numbers.clone(), options.threads)?;
    let split = match options.split {
        Split::Tune => "tuning split",
        Split::Hold => "held-out split",
    };
    let title = format!(
        "Cases {}–{} of the {split}",
        numbers.start,
        numbers.end.saturating_sub(1)
    );
    let table = figures::table(&figures::figures(&rows));
    println!("{title}, {} s\n\n{table}", started.elapsed().as_secs());
    if let Some(folder) = &options.out {
        let exhibits = run::exhibits(options.split, &rows, 50)?;
        report::write(folder, &title, &table, &figures::failures(&rows), &exhibits)
            .map_err(|e| e.to_string())?;
        println!("{}", folder.join("index.html").display());
    }
    Ok(())
}

fn write_uploads(options: &Options) -> Result<(), String> {
    let folder = options.out.as_ref().ok_or(USAGE)?;
    fs::create_dir_all(folder).map_err(|e| e.to_string())?;
    let mut blank = None;
    for number in options.from..options.from + options.count {
        if blank.is_none() || number % PER_PAPER == 0 {
            blank = Some(blank_of(options.split, number)?);
        }
        let Some(blank) = &mut blank else { continue };
        let specimen = draw(options.split, number, blank)?;
        let path = folder.join(format!("{number}.{}", specimen.container.ending()));
        fs::write(&path, &specimen.bytes).map_err(|e| e.to_string())?;
        println!(
            "{} {:?} {}",
            path.display(),
            specimen.container,
            specimen.labels.join(", ")
        );
    }
    Ok(())
}

/// Measured in a program of its own, which has done nothing else.
fn memory() -> Result<(), String> {
    // The first case of the tuning split: a stamped form.
    let mut blank = blank_of(Split::Tune, 0)?;
    let (picture, _) = flat(Split::Tune, 0, &mut blank, 300)?;
    for container in [
        specimens::encode::Container::Jpeg(85),
        specimens::encode::Container::Pdf(85),
    ] {
        let bytes = container.write(&picture, Some(300))?;
        let path = env::temp_dir().join(format!(
            "yinxin-specimen-{}.{}",
            std::process::id(),
            container.ending()
        ));
        fs::write(&path, bytes).map_err(|e| e.to_string())?;
        let this = env::current_exe().map_err(|e| e.to_string())?;
        let result = Command::new(this).arg("once").arg(&path).status();
        // What is left in the temporary folder harms nobody.
        let _ = fs::remove_file(&path);
        if !result.is_ok_and(|status| status.success()) {
            return Err("the measured program failed".to_owned());
        }
    }
    Ok(())
}

fn once(file: &Path) -> Result<(), String> {
    let bytes = fs::read(file).map_err(|e| e.to_string())?;
    let upload = open(bytes, &Limits::default()).map_err(|e| e.to_string())?;
    let page = upload.page(0).map_err(|e| e.to_string())?;
    let straight = straighten(&page);
    let frame = Area {
        x: 20.0,
        y: 190.0,
        width: 116.0,
        height: 74.0,
    };
    let cut = cut(
        &straight.sheet.crop(&frame),
        straight.sheet.px_per_mm,
        &Cut::new(Ink::Red),
    );
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("unknown")
        .trim();
    println!(
        "{:?}, {} × {} pixels, {:?}, {:?}: peak of the whole program {peak}",
        upload.format(),
        page.picture.width(),
        page.picture.height(),
        straight.how,
        cut.map(|cut| (cut.width_mm, cut.height_mm))
    );
    Ok(())
}
