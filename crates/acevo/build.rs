//! Recompiles the program when a file of the page is added or removed: the compiler itself notices only changed files. Passes the target on,
//! which bug reports name.

fn main() {
    println!("cargo::rerun-if-changed=web");
    println!("cargo::rustc-env=ACEVO_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
