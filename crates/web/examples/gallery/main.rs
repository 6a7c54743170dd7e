//! Writes every page with sample data to a folder, for those who design:
//! `cargo run -p web --example gallery -- DIR`, then serve DIR over HTTP and look.

mod samples;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::args().nth(1).unwrap_or_else(|| "gallery".into());
    let out = Path::new(&out);
    for (name, bytes) in web::assets::all() {
        let path = out.join(web::assets::url(name).trim_start_matches('/'));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    for (name, html) in samples::pages() {
        fs::write(out.join(format!("{name}.html")), html)?;
        println!("{name}.html");
    }
    for (name, svg) in samples::pictures() {
        fs::write(out.join(name), svg)?;
    }
    Ok(())
}
