//! Where things are: the checkout, the cache shared by all checkouts, and how commands are started.

use crate::run::{Failure, Outcome};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders everything else works with.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// `$XDG_CACHE_HOME/zabscope` or `~/.cache/zabscope`: survives `git clean`.
    pub(crate) cache: PathBuf,
    /// Cargo's target folder, shared by all checkouts unless the user set `CARGO_TARGET_DIR`.
    pub(crate) target: PathBuf,
}

impl Shop {
    pub(crate) fn open() -> Outcome<Self> {
        // Cargo says where it runs: checkouts share a target folder, and the program in it may have
        // been compiled in another one.
        let here = std::env::var_os("CARGO_MANIFEST_DIR");
        let here = here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&here)
            .parent()
            .ok_or_else(|| Failure::new("xtask has no parent folder", "run it in a checkout"))?
            .to_path_buf();
        let cache = cache_home()?.join("zabscope");
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => cache.join("target"),
        };
        for dir in [cache.join("tools/bin"), cache.join("logs"), target.clone()] {
            std::fs::create_dir_all(&dir).map_err(|e| {
                Failure::new(
                    format!("cannot create {}: {e}", dir.display()),
                    "make it writable, or set XDG_CACHE_HOME to a folder that is",
                )
            })?;
        }
        Ok(Self {
            root,
            cache,
            target,
        })
    }

    /// Tools we installed ourselves.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A command in the checkout, with our tools first on `PATH` and the shared target folder.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.root)
            .env("PATH", self.path_variable())
            .env("CARGO_TARGET_DIR", &self.target)
            // Cargo names itself here for its children; a child may need another toolchain's cargo.
            .env_remove("CARGO");
        command
    }

    /// `cargo …` as [`Shop::command`].
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(args);
        command
    }

    fn path_variable(&self) -> std::ffi::OsString {
        let mut dirs = vec![self.tools().join("bin")];
        dirs.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        // A folder with the separator in its name cannot be on PATH; then ours is left out.
        std::env::join_paths(dirs).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
    }

    /// The version Cargo.lock pins for a crate.
    pub(crate) fn locked_version(&self, krate: &str) -> Outcome<String> {
        let path = self.root.join("Cargo.lock");
        let lock = std::fs::read_to_string(&path).map_err(|e| {
            Failure::new(
                format!("cannot read {}: {e}", path.display()),
                "run `cargo fetch`",
            )
        })?;
        version_in_lock(&lock, krate).ok_or_else(|| {
            Failure::new(
                format!("Cargo.lock does not name {krate}"),
                "run `cargo fetch` once",
            )
        })
    }
}

fn version_in_lock(lock: &str, krate: &str) -> Option<String> {
    let name = format!("name = \"{krate}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    let version = lines.next()?.strip_prefix("version = \"")?;
    Some(version.trim_end_matches('"').to_owned())
}

fn cache_home() -> Outcome<PathBuf> {
    if let Some(dir) = std::env::var_os("XDG_CACHE_HOME").filter(|d| Path::new(d).is_absolute()) {
        return Ok(PathBuf::from(dir));
    }
    std::env::home_dir()
        .map(|home| home.join(".cache"))
        .ok_or_else(|| {
            Failure::new(
                "there is no home directory to keep tools in",
                "set XDG_CACHE_HOME to a folder that survives between runs",
            )
        })
}

/// The first of these programs that `PATH` has.
pub(crate) fn which(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path)
            .map(|dir| dir.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
            .find(|file| file.is_file())
    })
}

#[cfg(test)]
mod tests {
    use super::version_in_lock;

    #[test]
    fn the_version_after_the_very_name_is_taken() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(
            version_in_lock(lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
        assert_eq!(version_in_lock(lock, "wasm"), None);
    }
}
