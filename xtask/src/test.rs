//! `cargo xtask test`: everything that must hold, cheap steps first. `.ci/run` is this command.

use crate::browser::{self, Browser};
use crate::run::{self, Failure, Outcome, Said};
use crate::shop::Shop;
use crate::steps::{Count, Steps};
use crate::tools::{self, Need};
use crate::wasm_target::{TRIPLE, Toolchain};
use crate::{build, node};
use std::process::{Command, ExitCode};

const FORMAT: &str = "format";
const CLIPPY: &str = "clippy, native";
const NATIVE: &str = "native tests";
const DOCS: &str = "documentation tests";
const TOOLS: &str = "tools for the page";
const CLIPPY_WASM: &str = "clippy, wasm32";
const BROWSER: &str = "browser tests";
const BUILD: &str = "release build";
const END_TO_END: &str = "end to end";

/// Steps that need nothing but cargo, and those that need the page's tools.
const OF_CARGO: [&str; 4] = [FORMAT, CLIPPY, NATIVE, DOCS];
const OF_THE_PAGE: [&str; 4] = [CLIPPY_WASM, BROWSER, BUILD, END_TO_END];

const WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// The command; `--only WORDS` runs the steps whose title has these words, for people at work.
pub(crate) fn test(shop: &Shop, args: &[String]) -> Outcome<ExitCode> {
    let only = match args {
        [] => "",
        [flag, words] if flag == "--only" => words,
        _ => {
            return Err(Failure::new(
                format!("`test` does not know \"{}\"", args.join(" ")),
                "it takes nothing, or --only WORDS with words of a step's title",
            ));
        }
    };
    let wanted = |titles: [&str; 4]| titles.iter().any(|title| title.contains(only));
    if !wanted(OF_CARGO) && !wanted(OF_THE_PAGE) {
        let titles = [OF_CARGO, OF_THE_PAGE].concat().join("; ");
        let what = format!("no step is called \"{only}\"");
        return Err(Failure::new(what, format!("the steps are: {titles}")));
    }
    let mut steps = Steps::new(OF_CARGO.len() + 1 + OF_THE_PAGE.len(), only);
    native(shop, &mut steps);
    if wanted(OF_THE_PAGE) {
        page(shop, &mut steps);
    }
    steps.summary();
    Ok(if steps.all_well() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn native(shop: &Shop, steps: &mut Steps) {
    steps.step(FORMAT, "run `cargo fmt --all`", || {
        tools::ensure_component(shop, "fmt", "rustfmt")?;
        check(
            "cargo fmt",
            &mut shop.cargo(&["fmt", "--all", "--", "--check"]),
            "run `cargo fmt --all`",
        )
    });
    steps.step(CLIPPY, "mend the warnings above", || {
        tools::ensure_component(shop, "clippy", "clippy")?;
        let mut clippy = shop.cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
        check("clippy", clippy.args(WARNINGS), "mend the warnings above")
    });
    steps.step(
        NATIVE,
        "run the failed test alone: `cargo test NAME`",
        || native_tests(shop),
    );
    steps.step(DOCS, "run `cargo test --doc`", || {
        counted(
            "doc tests",
            &mut shop.cargo(&["test", "--doc", "--locked"]),
            libtest,
        )
    });
}

fn page(shop: &Shop, steps: &mut Steps) {
    let mut ready: Option<(Toolchain, Browser)> = None;
    steps.always(TOOLS, "see the message", || {
        let browser = browser::ensure(shop)?;
        ready = Some((tools::ensure(shop, Need::PageAndNpm)?, browser));
        Ok(None)
    });
    let Some((toolchain, browser)) = ready else {
        for title in OF_THE_PAGE {
            steps.impossible(title, "its tools are missing");
        }
        return;
    };
    steps.step(CLIPPY_WASM, "mend the warnings above", || {
        let mut clippy = shop.cargo(&[
            "clippy",
            "--locked",
            "--package",
            "zabscope",
            "--target",
            TRIPLE,
        ]);
        clippy.args(["--lib", "--bins", "--test", "web", "--example", "bench"]);
        toolchain.apply(&mut clippy);
        check(
            "clippy for wasm32",
            clippy.args(WARNINGS),
            "mend the warnings above",
        )
    });
    steps.step(BROWSER, "see tests/web.rs", || {
        browser_tests(shop, toolchain, &browser)
    });
    let built = steps.step(BUILD, "see the message", || {
        build::release(shop, toolchain).map(|()| None)
    });
    if built {
        steps.step(
            END_TO_END,
            "see tests/e2e; pictures and traces are where it says",
            || end_to_end(shop, &browser),
        );
    } else {
        steps.impossible(END_TO_END, "there is no release build");
    }
}

fn check(label: &str, command: &mut Command, next: &str) -> Outcome<Option<Count>> {
    let said = run::show(label, command)?;
    if said.ok {
        Ok(None)
    } else {
        Err(Failure::new(format!("{label} found something"), next))
    }
}

/// Runs a test command and reads its counts; without counts a failure stays a failure.
fn counted(
    label: &str,
    command: &mut Command,
    read: fn(&str) -> Option<Count>,
) -> Outcome<Option<Count>> {
    let said = run::show(label, command)?;
    judge(label, &said, read(&said.text))
}

fn judge(label: &str, said: &Said, count: Option<Count>) -> Outcome<Option<Count>> {
    match (said.ok, count) {
        (true, Some(count)) => Ok(Some(count)),
        (false, Some(count)) if count.failed > 0 => Ok(Some(count)),
        (true, None) => Err(Failure::new(
            format!("{label} ended well, but did not say how many tests ran"),
            "look at its output above; its summary line may have changed",
        )),
        (false, _) => Err(Failure::new(
            format!("{label} did not finish"),
            "mend the error above",
        )),
    }
}

fn native_tests(shop: &Shop) -> Outcome<Option<Count>> {
    if run::ask(&mut shop.cargo(&["nextest", "--version"])).is_some_and(|said| said.ok) {
        let mut nextest = shop.cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ]);
        nextest.args(["--lib", "--bins", "--tests", "--status-level", "fail"]);
        return counted("native tests", &mut nextest, nextest_summary);
    }
    println!("      cargo-nextest is not installed: using `cargo test`, which is a little slower");
    let mut plain = shop.cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    plain.args(["--lib", "--bins", "--tests"]);
    counted("native tests", &mut plain, libtest)
}

fn browser_tests(shop: &Shop, toolchain: Toolchain, browser: &Browser) -> Outcome<Option<Count>> {
    let mut test = shop.cargo(&[
        "test",
        "--locked",
        "--package",
        "zabscope",
        "--target",
        TRIPLE,
    ]);
    test.args(["--test", "web"])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            "wasm-bindgen-test-runner",
        )
        .env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            browser::webdriver_json(shop, browser)?,
        )
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("CHROMEDRIVER", &browser.driver);
    toolchain.apply(&mut test);
    counted("browser tests", &mut test, libtest)
}

fn end_to_end(shop: &Shop, browser: &Browser) -> Outcome<Option<Count>> {
    let pictures = shop.target.join("e2e");
    let mut playwright = node::program(shop, "playwright");
    playwright
        .args(["test", "--config"])
        .arg(shop.root.join("tests/e2e/playwright.config.ts"))
        .env("ZABSCOPE_E2E_OUT", &pictures);
    println!("      pictures and traces: {}", pictures.display());
    counted(
        "end to end",
        browser.tell(&mut playwright),
        playwright_summary,
    )
}

/// `Summary [ 1.2s] 5 tests run: 4 passed (1 slow), 1 failed, 1 timed out, 0 skipped`.
fn nextest_summary(text: &str) -> Option<Count> {
    let line = text
        .lines()
        .rev()
        .find(|l| l.contains("Summary [") && l.contains("run:"))?;
    let (_, counts) = line.split_once("run:")?;
    let mut count = Count::default();
    for part in counts.split(',') {
        let mut words = part.split_whitespace();
        let n: u32 = words.next().and_then(|word| word.parse().ok())?;
        match words.next()? {
            "passed" => count.passed += n,
            "skipped" => {}
            _ => count.failed += n,
        }
    }
    Some(count)
}

/// The sum of all `test result: ok. 3 passed; 0 failed; …` lines.
fn libtest(text: &str) -> Option<Count> {
    let mut total: Option<Count> = None;
    for line in text
        .lines()
        .filter(|line| line.trim_start().starts_with("test result:"))
    {
        let mut count = Count::default();
        for part in line.split(['.', ';']) {
            match part.split_whitespace().collect::<Vec<_>>()[..] {
                [n, "passed"] => count.passed = n.parse().ok()?,
                [n, "failed"] => count.failed = n.parse().ok()?,
                _ => {}
            }
        }
        *total.get_or_insert_default() += count;
    }
    total
}

/// `  2 failed`, `  1 flaky`, `  3 did not run`, `  15 passed (21.0s)`.
fn playwright_summary(text: &str) -> Option<Count> {
    let mut total: Option<Count> = None;
    for line in text.lines() {
        let (n, what) = match line.split_whitespace().collect::<Vec<_>>()[..] {
            [n, what] => (n, what),
            [n, "passed", time] if time.starts_with('(') => (n, "passed"),
            [n, "did", "not", "run"] => (n, "failed"),
            _ => continue,
        };
        let Ok(n) = n.parse::<u32>() else { continue };
        match what {
            "passed" => total.get_or_insert_default().passed += n,
            "failed" | "flaky" | "interrupted" => total.get_or_insert_default().failed += n,
            _ => {}
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::{Count, Said, judge, libtest, nextest_summary, playwright_summary};

    #[test]
    fn nextest_counts_everything_that_did_not_pass() {
        let good = "     Summary [   0.016s] 5 tests run: 5 passed, 2 skipped";
        assert_eq!(
            nextest_summary(good),
            Some(Count {
                passed: 5,
                failed: 0
            })
        );
        let bad =
            "  Summary [ 1.2s] 7 tests run: 4 passed (1 slow), 1 failed, 2 timed out, 0 skipped";
        assert_eq!(
            nextest_summary(bad),
            Some(Count {
                passed: 4,
                failed: 3
            })
        );
        assert_eq!(nextest_summary("error: could not compile"), None);
    }

    #[test]
    fn libtest_results_are_added_up() {
        let text = "test result: ok. 3 passed; 0 failed; 0 ignored; finished in 0.00s\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored";
        assert_eq!(
            libtest(text),
            Some(Count {
                passed: 4,
                failed: 2
            })
        );
        assert_eq!(libtest("nothing"), None);
    }

    #[test]
    fn playwright_counts_what_did_not_run_as_failed() {
        let text = "  2 failed\n    [chromium] › a.spec.ts:3:1 › a\n  1 skipped\n  3 did not run\n\
                    \x20 15 passed (21.0s)\n";
        assert_eq!(
            playwright_summary(text),
            Some(Count {
                passed: 15,
                failed: 5
            })
        );
        assert_eq!(playwright_summary("Running 3 tests using 1 worker"), None);
    }

    #[test]
    fn a_run_without_counts_never_passes() {
        let said = |ok| Said {
            ok,
            text: String::new(),
        };
        assert!(judge("x", &said(true), None).is_err());
        assert!(judge("x", &said(false), None).is_err());
        assert!(
            judge(
                "x",
                &said(false),
                Some(Count {
                    passed: 3,
                    failed: 0
                })
            )
            .is_err()
        );
        assert!(
            judge(
                "x",
                &said(true),
                Some(Count {
                    passed: 3,
                    failed: 0
                })
            )
            .is_ok()
        );
    }
}
