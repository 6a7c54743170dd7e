//! Measurements beside their peers in the same run: `cargo xtask bench [NAME…]`. Each subject is one module with a
//! `run` that prints its table; what is compared takes turns, and the median of the rounds counts.

mod crypto;
mod documents;
mod fill;
mod load;
mod many;
mod measure;
mod register;
mod sample;

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let subjects: [(&str, fn()); 5] = [
        ("crypto", crypto::run),
        ("documents", documents::run),
        ("register", register::run),
        ("load", load::run),
        ("many", many::run),
    ];
    for (name, run) in subjects {
        if names.is_empty() || names.iter().any(|wanted| name.contains(wanted.as_str())) {
            run();
        }
    }
}
