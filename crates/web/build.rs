//! Builds `crates/glance` for the browser, where that is possible and wanted (docs/decisions/09-glance-in-the-browser.md).
//! Whatever goes wrong here goes without the immediate answer in the browser, never without the platform.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() {
    for path in ["glance", "scan", "imprint"] {
        println!("cargo::rerun-if-changed=../{path}/src");
        println!("cargo::rerun-if-changed=../{path}/Cargo.toml");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=YINXIN_GLANCE");
    let Some(out) = env::var_os("OUT_DIR").map(PathBuf::from) else {
        return;
    };
    let module = if is_wanted() {
        built(&out).unwrap_or_else(|why| {
            println!("cargo::warning=no immediate answer in the camera page: {why}");
            vec![]
        })
    } else {
        vec![]
    };
    if let Err(error) = std::fs::write(out.join("glance.wasm"), module) {
        println!("cargo::error=glance.wasm cannot be written: {error}");
    }
}

/// Release builds have it, others when asked: `YINXIN_GLANCE=1` and `YINXIN_GLANCE=0` decide.
fn is_wanted() -> bool {
    match env::var("YINXIN_GLANCE").as_deref() {
        Ok("0") => false,
        Ok("1") => true,
        _ => env::var("PROFILE").as_deref() == Ok("release"),
    }
}

fn built(out: &Path) -> Result<Vec<u8>, String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let library = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .ok()
        .filter(|told| told.status.success())
        .map(|told| PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    if !library.is_some_and(|folder| folder.is_dir()) {
        return Err(format!(
            "the target is missing; `rustup target add {TARGET}` and build again"
        ));
    }
    let folder = out.join("glance");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // The outer build's settings are not the inner's.
    for (name, _) in env::vars_os() {
        let told = name.to_string_lossy();
        if (told.contains("CARGO") || told.contains("RUSTFLAGS") || told == "RUSTC_WRAPPER")
            && told != "CARGO_HOME"
        {
            cargo.env_remove(&name);
        }
    }
    let status = cargo
        .args(["build", "--release", "--package", "glance", "--lib"])
        .args(["--target", TARGET, "--locked", "--quiet", "--target-dir"])
        .arg(&folder)
        .env("CARGO_PROFILE_RELEASE_STRIP", "true")
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the build for the browser failed".to_owned());
    }
    std::fs::read(folder.join(TARGET).join("release").join("glance.wasm"))
        .map_err(|error| error.to_string())
}
