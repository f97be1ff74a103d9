//! `cargo xtask serve`: the page on this machine, rebuilt whenever a source file changes.

use crate::run::{self, Failure, Outcome, Stopwatch, human};
use crate::shop::Shop;
use crate::tools::{self, Need};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Tried first; when taken and not asked for, the next free one of twenty.
const PORT: u16 = 8080;

/// The name under which `serve` starts itself a second time, see [`announce`].
pub(crate) const HERALD: &str = "announce-the-page";

/// What the command line says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    port: Option<u16>,
    open: bool,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Outcome<Self> {
        let mut options = Self {
            port: None,
            open: true,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (flag, joined) = match arg.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None => (arg.as_str(), None),
            };
            match flag {
                "--no-open" => options.open = false,
                "--port" | "-p" => {
                    let value = joined.or_else(|| args.next().map(String::as_str));
                    options.port = Some(port(value.unwrap_or_default())?);
                }
                other => {
                    return Err(Failure::new(
                        format!("`serve` does not know \"{other}\""),
                        "it takes --port N and --no-open",
                    ));
                }
            }
        }
        Ok(options)
    }
}

fn port(text: &str) -> Outcome<u16> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| {
        Failure::new(
            format!("\"{text}\" is not a port"),
            "give --port a number from 1 to 65535",
        )
    })
}

/// Installs, builds, serves until interrupted.
pub(crate) fn serve(shop: &Shop, options: &Options) -> Outcome<ExitCode> {
    println!("[1/2] looking for what the build needs");
    let toolchain = tools::ensure(shop, Need::Page)?;
    let port = free_port(options.port)?;
    println!("[2/2] building the page (the first build takes a minute or two)");
    let mut trunk = shop.command("trunk");
    trunk
        .args([
            "serve",
            "--offline",
            "--skip-version-check",
            "--address",
            "127.0.0.1",
        ])
        .args(["--port", &port.to_string(), "--dist"])
        .arg(dist(shop)?);
    // `trunk` reads this name as a switch of its own and stops at values it does not know.
    trunk.env_remove("NO_COLOR").env("RUST_LIB_BACKTRACE", "0");
    toolchain.apply(&mut trunk);
    announce_later(port, options)?;
    become_trunk(&mut trunk)
}

/// Starts ourselves once more, to say when the page is there: see [`announce`].
fn announce_later(port: u16, options: &Options) -> Outcome {
    let me = std::env::current_exe()
        .map_err(|e| Failure::new(format!("xtask cannot find itself: {e}"), "run it again"))?;
    let mut herald = Command::new(me);
    let open = if options.open { "open" } else { "quiet" };
    herald.args([HERALD, &port.to_string(), open]);
    herald
        .spawn()
        .map(|_| ())
        .map_err(|e| run::cannot_start(&herald, &e))
}

/// On Unix this process turns into trunk, so that stopping it leaves nothing behind.
#[cfg(unix)]
fn become_trunk(trunk: &mut Command) -> Outcome<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = trunk.exec();
    Err(run::cannot_start(trunk, &error))
}

#[cfg(not(unix))]
fn become_trunk(trunk: &mut Command) -> Outcome<ExitCode> {
    let status = trunk.status().map_err(|e| run::cannot_start(trunk, &e))?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Waits until the server answers, prints its address and opens a browser; gives up with its
/// parent.
pub(crate) fn announce(args: &[String]) {
    let watch = Stopwatch::start();
    let Some(port) = args.first().and_then(|text| text.parse::<u16>().ok()) else {
        return;
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let parent = parent();
    while TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_err() {
        if self::parent() != parent || watch.elapsed() > Duration::from_hours(1) {
            return;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let url = format!("http://127.0.0.1:{port}/");
    println!(
        "\nZabScope is at {url} after {} of building.",
        human(watch.elapsed())
    );
    println!("Edit a file and the page rebuilds. Ctrl+C stops it.\n");
    if args.get(1).is_some_and(|word| word == "open") {
        open_browser(&url);
    }
}

#[cfg(unix)]
fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent() -> u32 {
    0
}

/// A folder of its own: serving must not overwrite the release in `dist/`.
fn dist(shop: &Shop) -> Outcome<std::path::PathBuf> {
    let dist = shop.root.join("target/serve");
    std::fs::create_dir_all(&dist)
        .map_err(|e| Failure::new(format!("{}: {e}", dist.display()), "make it writable"))?;
    Ok(dist)
}

fn open_browser(address: &str) {
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|v| std::env::var_os(v).is_some());
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else if has_screen {
        Command::new("xdg-open")
    } else {
        return;
    };
    if run::ask(command.arg(address)).is_none_or(|said| !said.ok) {
        println!("No browser could be opened; open the address by hand.");
    }
}

fn free_port(asked: Option<u16>) -> Outcome<u16> {
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    match asked {
        Some(port) if is_free(&port) => Ok(port),
        Some(port) => Err(Failure::new(
            format!("port {port} is taken by another program"),
            "choose another with --port N, or leave it out",
        )),
        None => (PORT..PORT + 20).find(is_free).ok_or_else(|| {
            Failure::new(
                format!("ports {PORT} to {} are all taken", PORT + 19),
                "choose another with --port N",
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, free_port};
    use std::net::TcpListener;

    fn parse(args: &[&str]) -> Result<Options, String> {
        let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        Options::parse(&args).map_err(|failure| failure.to_string())
    }

    #[test]
    fn options_are_read_in_both_spellings() {
        let want = Ok(Options {
            port: Some(9000),
            open: false,
        });
        assert_eq!(parse(&["--port", "9000", "--no-open"]), want);
        assert_eq!(parse(&["--no-open", "--port=9000"]), want);
        assert_eq!(
            parse(&[]),
            Ok(Options {
                port: None,
                open: true
            })
        );
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (args, word) in [
            (vec!["--port", "x"], "\"x\""),
            (vec!["--port"], "\"\""),
            (vec!["--port", "0"], "\"0\""),
            (vec!["--prot", "1"], "--prot"),
        ] {
            let error = parse(&args).expect_err("must be refused");
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn a_taken_port_is_refused_only_when_asked_for() {
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = taken.local_addr().expect("an address").port();
        assert!(free_port(Some(port)).is_err());
        assert!(free_port(None).is_ok());
    }
}
