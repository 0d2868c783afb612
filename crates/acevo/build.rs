//! Recompiles the program when a file of the page is added or removed. The compiler itself notices only changed files.

fn main() {
    println!("cargo::rerun-if-changed=web");
}
