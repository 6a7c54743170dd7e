//! Draws every page of an OFD file: `cargo run -p ofd --example pages -- FILE OUT_FOLDER`.
#![allow(clippy::print_stderr, reason = "a command-line example")]

use std::path::PathBuf;

use ofd::Ofd;
use ofd::package::Limits;
use ofd::render::{RenderLimits, page};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: pages FILE OUT_FOLDER".into());
    };
    let bytes = std::fs::read(&file)?;
    let ofd = Ofd::open(&bytes, Limits::default())?;
    std::fs::create_dir_all(&folder)?;
    let name = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for index in 0..ofd.page_count() {
        let drawn = page(&ofd, index, &[], &RenderLimits::default())?;
        for note in &drawn.notes {
            eprintln!(
                "{name} {}: {} {} {}",
                index + 1,
                note.code,
                note.entry,
                note.object
            );
        }
        std::fs::write(folder.join(format!("{name}-{}.svg", index + 1)), drawn.svg)?;
    }
    Ok(())
}
