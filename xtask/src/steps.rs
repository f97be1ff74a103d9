//! Numbered steps with their times, the tests they ran, and a summary that can be read alone.

use crate::run::{Failure, Outcome, Stopwatch, human};
use std::time::Duration;

/// Tests that ran, counted from what the runners said.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What one step left behind.
#[derive(Debug)]
struct Done {
    title: &'static str,
    time: Duration,
    count: Option<Count>,
    failure: Option<Failure>,
}

/// A command that is a list of steps. A failed step does not hide what the later ones would say.
#[derive(Debug)]
pub(crate) struct Steps {
    total: usize,
    /// Only steps whose title has these words; all where empty.
    only: String,
    watch: Stopwatch,
    done: Vec<Done>,
}

impl Steps {
    pub(crate) fn new(total: usize, only: &str) -> Self {
        Self {
            total,
            only: only.to_owned(),
            watch: Stopwatch::start(),
            done: Vec::new(),
        }
    }

    /// Runs a step and says whether it went well. `Ok(Some(count))` reports tests; failed ones fail
    /// the step.
    pub(crate) fn step(
        &mut self,
        title: &'static str,
        next_on_failure: &str,
        work: impl FnOnce() -> Outcome<Option<Count>>,
    ) -> bool {
        !self.wants(title) || self.always(title, next_on_failure, work)
    }

    /// [`Steps::step`] even where it was not asked for, because others stand on it.
    pub(crate) fn always(
        &mut self,
        title: &'static str,
        next_on_failure: &str,
        work: impl FnOnce() -> Outcome<Option<Count>>,
    ) -> bool {
        let n = self.done.len() + 1;
        println!(
            "\n[{n}/{}] {title}  (at {})",
            self.total,
            human(self.watch.elapsed())
        );
        let watch = Stopwatch::start();
        let outcome = work();
        let (count, failure) = match outcome {
            Ok(Some(count)) if count.failed > 0 => {
                let what = format!("{title}: {} of its tests failed", count.failed);
                (Some(count), Some(Failure::new(what, next_on_failure)))
            }
            Ok(count) => (count, None),
            Err(failure) => (None, Some(failure)),
        };
        if let Some(failure) = &failure {
            println!("      FAILED: {failure}");
        }
        let ok = failure.is_none();
        self.done.push(Done {
            title,
            time: watch.elapsed(),
            count,
            failure,
        });
        ok
    }

    fn wants(&self, title: &str) -> bool {
        title.contains(&self.only)
    }

    /// A step that cannot run because an earlier one failed.
    pub(crate) fn impossible(&mut self, title: &'static str, why: &str) {
        if !self.wants(title) {
            return;
        }
        println!(
            "\n[{}/{}] {title}: not run, {why}",
            self.done.len() + 1,
            self.total
        );
        let failure = Some(Failure::new(
            format!("{title} did not run: {why}"),
            "mend that first",
        ));
        self.done.push(Done {
            title,
            time: Duration::ZERO,
            count: None,
            failure,
        });
    }

    pub(crate) fn all_well(&self) -> bool {
        self.done.iter().all(|done| done.failure.is_none())
    }

    /// Prints the table of steps and, when tests ran, `N passed, N failed` as the last line.
    pub(crate) fn summary(&self) {
        println!("\nSteps");
        for done in &self.done {
            let mark = if done.failure.is_none() {
                "ok    "
            } else {
                "FAILED"
            };
            let tests = match done.count {
                Some(c) => format!("{} passed, {} failed", c.passed, c.failed),
                None => String::new(),
            };
            println!(
                "  {mark} {:<34} {:>12}  {tests}",
                done.title,
                human(done.time)
            );
        }
        println!("  in all {}\n", human(self.watch.elapsed()));
        for failure in self.done.iter().filter_map(|done| done.failure.as_ref()) {
            println!("{failure}");
        }
        let total = self.count();
        println!("{} passed, {} failed", total.passed, total.failed);
    }

    fn count(&self) -> Count {
        let mut total = Count::default();
        for done in &self.done {
            match done.count {
                Some(count) => total += count,
                // A check without tests of its own that failed must not read as "0 failed".
                None if done.failure.is_some() => total.failed += 1,
                None => {}
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::{Count, Steps};
    use crate::run::Failure;

    #[test]
    fn failed_tests_fail_the_step_and_are_counted() {
        let mut steps = Steps::new(2, "");
        let some = |passed, failed| Ok(Some(Count { passed, failed }));
        assert!(steps.step("good", "", || some(3, 0)));
        assert!(!steps.step("bad", "", || some(1, 2)));
        assert!(!steps.all_well());
        assert_eq!(
            steps.count(),
            Count {
                passed: 4,
                failed: 2
            }
        );
    }

    #[test]
    fn only_the_wanted_steps_run() {
        let mut steps = Steps::new(2, "end");
        assert!(steps.step("format", "", || Err(Failure::new("x", "y"))));
        assert!(!steps.step("end to end", "", || Err(Failure::new("x", "y"))));
    }

    #[test]
    fn a_step_that_broke_counts_as_one_failure() {
        let mut steps = Steps::new(1, "");
        assert!(!steps.step("lint", "", || Err(Failure::new("x", "y"))));
        assert_eq!(
            steps.count(),
            Count {
                passed: 0,
                failed: 1
            }
        );
    }

    #[test]
    fn a_step_that_could_not_run_is_no_success() {
        let mut steps = Steps::new(1, "");
        steps.impossible("browser", "the build failed");
        assert!(!steps.all_well());
        assert_eq!(
            steps.count(),
            Count {
                passed: 0,
                failed: 1
            }
        );
    }
}
