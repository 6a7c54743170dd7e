//! A second opinion on our PDF files: poppler's `pdftotext` and `pdftoppm`, where they are installed.

use std::path::Path;
use std::process::Command;

/// The text of a file without blanks; `None` (said aloud) where there is no poppler.
pub(crate) fn text(pdf: &[u8]) -> Option<String> {
    with_file(pdf, |path| {
        let done = Command::new("pdftotext")
            .args(["-enc", "UTF-8"])
            .arg(path)
            .arg("-")
            .output()?;
        assert!(done.status.success());
        let text = String::from_utf8(done.stdout).unwrap();
        Ok(text.chars().filter(|c| !c.is_whitespace()).collect())
    })
}

/// Its pages as grey pictures: width and points.
pub(crate) fn pictures(pdf: &[u8], dpi: u16) -> Option<Vec<(usize, Vec<u8>)>> {
    with_file(pdf, |path| {
        let stem = path.with_extension("");
        let done = Command::new("pdftoppm")
            .args(["-gray", "-r", &dpi.to_string()])
            .arg(path)
            .arg(&stem)
            .output()?;
        assert!(done.status.success());
        let mut pages: Vec<_> = std::fs::read_dir(path.parent().unwrap())?
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "pgm"))
            .collect();
        pages.sort();
        Ok(pages
            .iter()
            .map(|page| grey(&std::fs::read(page).unwrap()))
            .collect())
    })
}

/// A binary PGM picture: `P5 width height 255` and the points.
fn grey(pgm: &[u8]) -> (usize, Vec<u8>) {
    let mut words = Vec::new();
    let mut at = 0;
    while words.len() < 4 {
        let end = at + pgm[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        words.push(std::str::from_utf8(&pgm[at..end]).unwrap());
        at = end + 1;
    }
    (words[1].parse().unwrap(), pgm[at..].to_vec())
}

fn with_file<T>(pdf: &[u8], read: impl FnOnce(&Path) -> std::io::Result<T>) -> Option<T> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).unwrap();
    match read(&path) {
        Ok(read) => Some(read),
        Err(error) => {
            println!("skipped: poppler-utils are not installed ({error})");
            None
        }
    }
}
