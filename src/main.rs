//! The entry point: the page in a browser, the command line everywhere else.

#[cfg(target_arch = "wasm32")]
fn main() {
    zabscope::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    zabscope::cli::main()
}
