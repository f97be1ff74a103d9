//! A Chromium and its driver: the installed ones, or Debian's.

use crate::run::{Failure, Outcome};
use crate::shop::{Shop, which};
use crate::system;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the browser is and how it must be started here.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Tells one of our scripts, by its environment, which browser to start and how.
    pub(crate) fn tell<'a>(&self, script: &'a mut Command) -> &'a mut Command {
        script
            .env("ZABSCOPE_CHROMIUM", &self.chromium)
            .env("ZABSCOPE_CHROMIUM_FLAGS", flags().join(" "))
    }
}

const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];

/// Places that are not on `PATH`.
const ELSEWHERE: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/// Finds Chromium and chromedriver, or installs Debian's.
pub(crate) fn ensure(shop: &Shop) -> Outcome<Browser> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let by_hand = "install Chrome or Chromium and the chromedriver of the same version, \
                   or name them in CHROME and CHROMEDRIVER";
    system::install(shop, &["chromium", "chromium-driver"], by_hand)?;
    find().ok_or_else(|| Failure::new("Chromium is installed but not on PATH", by_hand))
}

fn find() -> Option<Browser> {
    let named = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.exists())
    };
    let elsewhere = || ELSEWHERE.iter().map(PathBuf::from).find(|p| p.exists());
    Some(Browser {
        chromium: named("CHROME")
            .or_else(|| which(&BROWSERS))
            .or_else(elsewhere)?,
        driver: named("CHROMEDRIVER").or_else(|| which(&["chromedriver"]))?,
    })
}

/// Flags for a browser nobody looks at: quiet, without network of its own, as root if need be.
fn flags() -> Vec<&'static str> {
    let mut flags = vec![
        "--headless=new",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];
    if system::is_root() {
        flags.push("--no-sandbox");
    }
    flags
}

/// Writes the file that tells wasm-bindgen's test runner how to start the browser.
pub(crate) fn webdriver_json(shop: &Shop, browser: &Browser) -> Outcome<PathBuf> {
    let path = shop.cache.join("webdriver.json");
    std::fs::write(&path, capabilities(&browser.chromium, &flags()))
        .map_err(|e| Failure::new(format!("{}: {e}", path.display()), "make it writable"))?;
    Ok(path)
}

fn capabilities(chromium: &Path, flags: &[&str]) -> String {
    let args: Vec<String> = flags.iter().map(|flag| quoted(flag)).collect();
    format!(
        "{{\"goog:chromeOptions\": {{\"binary\": {}, \"args\": [{}]}}}}\n",
        quoted(&chromium.to_string_lossy()),
        args.join(", ")
    )
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::{capabilities, quoted};
    use std::path::Path;

    #[test]
    fn capabilities_name_the_binary_and_every_flag() {
        let json = capabilities(Path::new("/usr/bin/chromium"), &["--a", "--b"]);
        let want = "{\"goog:chromeOptions\": {\"binary\": \"/usr/bin/chromium\", \
                    \"args\": [\"--a\", \"--b\"]}}\n";
        assert_eq!(json, want);
    }

    #[test]
    fn backslashes_survive_as_json() {
        assert_eq!(quoted("C:\\x\"y"), "\"C:\\\\x\\\"y\"");
    }
}
