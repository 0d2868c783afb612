//! Recompiles the program when a file of the page is added or removed: the compiler itself notices only changed files. Passes the target on,
//! which bug reports name. Adds version, icon and description to release builds for Windows.

use std::{env, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=web");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=ACEVO_TARGET={}", env::var("TARGET").unwrap_or_default());
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    // Other builds need no resource compiler then: `windres` of MinGW, or `rc` of the Windows SDK.
    if is("CARGO_CFG_TARGET_OS", "windows") && is("PROFILE", "release") { resources() } else { Ok(()) }
}

fn resources() -> io::Result<()> {
    println!("cargo::rerun-if-changed=windows");
    let mut resource = winresource::WindowsResource::new();
    resource
        .set_icon("windows/acevo.ico")
        .set("ProductName", "acevo")
        .set("FileDescription", "acevo: telemetry of Assetto Corsa EVO")
        .set("CompanyName", "acevo contributors")
        .set("LegalCopyright", "MIT licence")
        .set_manifest_file("windows/acevo.manifest");
    resource.compile()
}
