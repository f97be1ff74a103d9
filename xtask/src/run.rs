//! Starting programs: showing what they say, noticing silence, and saying what to do on failure.

use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// What went wrong, and what the person should do next.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    next: String,
}

/// The result of everything here.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            next: next.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.\n       Next: {}.", self.what, self.next)
    }
}

/// Wall time; the one place here that reads a clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Clock);

#[expect(
    clippy::disallowed_types,
    reason = "the workshop tells people how long things take"
)]
type Clock = std::time::Instant;

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Clock::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// `4.2 s`, `3 min 07 s`.
pub(crate) fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{}.{} s", seconds, time.subsec_millis() / 100)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// How a program ended and everything it printed, without colours.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) ok: bool,
    pub(crate) text: String,
}

/// Runs a program silently.
pub(crate) fn ask(command: &mut Command) -> Option<Said> {
    let out = command.stdin(Stdio::null()).output().ok()?;
    let mut text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&out.stderr));
    Some(Said {
        ok: out.status.success(),
        text,
    })
}

/// Runs a program, shows every line it prints, and says so when it is silent for long.
pub(crate) fn show(label: &str, command: &mut Command) -> Outcome<Said> {
    let mut silent_since = Stopwatch::start();
    follow(command, |line, watch| {
        if let Some(line) = line {
            println!("{line}");
            silent_since = Stopwatch::start();
        } else if silent_since.elapsed() > PATIENCE {
            println!("      … {label}: still working, {}", human(watch.elapsed()));
            silent_since = Stopwatch::start();
        }
    })
}

/// Runs a program whose chatter goes to a log; the terminal gets a line every now and then.
///
/// # Errors
/// When it fails: the last lines of the log and its path.
pub(crate) fn log(label: &str, command: &mut Command, log_file: &Path) -> Outcome {
    let mut log = File::create(log_file).map_err(|e| {
        Failure::new(
            format!("cannot write {}: {e}", log_file.display()),
            "make it writable",
        )
    })?;
    let mut said_at = Stopwatch::start();
    let mut lines = 0_u32;
    let said = follow(command, |line, watch| {
        if let Some(line) = line {
            lines += 1;
            // A log that cannot be written to must not stop the work it records.
            let _ = writeln!(log, "{line}");
        }
        if said_at.elapsed() > PATIENCE {
            println!(
                "      … {label}: {lines} steps done, {}",
                human(watch.elapsed())
            );
            said_at = Stopwatch::start();
        }
    })?;
    if said.ok {
        return Ok(());
    }
    let lines: Vec<&str> = said.text.lines().collect();
    for line in &lines[lines.len().saturating_sub(25)..] {
        eprintln!("  | {line}");
    }
    Err(Failure::new(
        format!("{label} failed"),
        format!(
            "read the lines above (all of them: {}), then try again",
            log_file.display()
        ),
    ))
}

/// How long the terminal may be silent.
const PATIENCE: Duration = Duration::from_secs(20);

/// Calls `each` with every line, and with `None` once a second while there is none.
fn follow(command: &mut Command, mut each: impl FnMut(Option<&str>, Stopwatch)) -> Outcome<Said> {
    let watch = Stopwatch::start();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| cannot_start(command, &e))?;
    let lines = lines_of(&mut child);
    let mut text = String::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                each(Some(&line), watch);
                text.push_str(&plain(&line));
                text.push('\n');
            }
            Err(mpsc::RecvTimeoutError::Timeout) => each(None, watch),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(|e| cannot_start(command, &e))?;
    Ok(Said {
        ok: status.success(),
        text,
    })
}

pub(crate) fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    Failure::new(
        format!("cannot start {program}: {error}"),
        format!("install {program} or put it on PATH"),
    )
}

fn lines_of(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] = [
        child
            .stdout
            .take()
            .map(|p| Box::new(p) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|p| Box::new(p) as Box<dyn Read + Send>),
    ];
    for pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(pipe);
            let mut bytes = Vec::new();
            while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
                let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
                if sender.send(line).is_err() {
                    break;
                }
                bytes.clear();
            }
        });
    }
    receiver
}

/// The line without terminal colours.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            for end in chars.by_ref() {
                if end.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{human, plain};
    use std::time::Duration;

    #[test]
    fn colours_are_removed_and_text_is_kept() {
        assert_eq!(
            plain("\u{1b}[32;1m   PASS\u{1b}[0m [1 s] ok"),
            "   PASS [1 s] ok"
        );
    }

    #[test]
    fn times_read_like_a_clock() {
        assert_eq!(human(Duration::from_millis(4_250)), "4.2 s");
        assert_eq!(human(Duration::from_secs(187)), "3 min 07 s");
    }
}
