//! The operating system's packages: Debian's `apt-get`, as root or through `sudo`.

use crate::run::{self, Failure, Outcome};
use crate::shop::{Shop, which};
use std::path::Path;
use std::process::Command;

/// Whether `apt-get` is there and we may use it without asking for a password.
pub(crate) fn can_install() -> bool {
    which(&["apt-get"]).is_some() && Path::new("/etc/debian_version").exists() && root().is_some()
}

/// Installs Debian packages.
///
/// # Errors
/// When the machine is not Debian, we are not root, or apt fails; `otherwise` says what to do then.
pub(crate) fn install(shop: &Shop, packages: &[&str], otherwise: &str) -> Outcome {
    let list = packages.join(" ");
    let missing = || Failure::new(format!("{list} cannot be installed from here"), otherwise);
    if !can_install() {
        return Err(missing());
    }
    println!("      installing Debian packages: {list}");
    let log = shop.cache.join("logs/apt.log");
    // Package lists may be old or absent; a failing update alone is no reason to give up.
    if let Some(mut update) = as_root("apt-get") {
        let _ = run::log("apt-get update", update.arg("update"), &log);
    }
    let mut install = as_root("apt-get").ok_or_else(missing)?;
    install
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["install", "-y", "--no-install-recommends"])
        .args(packages);
    run::log(&format!("apt-get install {list}"), &mut install, &log)
}

/// A command with root's rights, or `None` when we have none.
pub(crate) fn as_root(program: &str) -> Option<Command> {
    root().map(|prefix| match prefix {
        Root::Already => Command::new(program),
        Root::Sudo => {
            let mut command = Command::new("sudo");
            command.args(["-n", program]);
            command
        }
    })
}

enum Root {
    Already,
    Sudo,
}

fn root() -> Option<Root> {
    if is_root() {
        return Some(Root::Already);
    }
    let sudo = which(&["sudo"])?;
    run::ask(Command::new(sudo).args(["-n", "true"]))
        .filter(|said| said.ok)
        .map(|_| Root::Sudo)
}

/// Whether this process is root; Chromium then needs `--no-sandbox`.
pub(crate) fn is_root() -> bool {
    run::ask(Command::new("id").arg("-u")).is_some_and(|said| said.text.trim() == "0")
}
