//! Clients and what they ask, in JSON.

use std::sync::Arc;

use super::{ClientId, ClientSpec, Pace, Resume, Shown, Workload};
use crate::base::Micros;
use crate::base::json::{Place, Problem, Writer};
use crate::protocol::client::{Profile, Recipe};
use crate::protocol::{CreateMode, Op, Zxid};
use crate::sim::parameter::read_sid;

/// The longest interval that is read: a day, ms.
const LONGEST_MS: u64 = 86_400_000;

/// The longest session timeout that is read, ms.
const TIMEOUT_MS: i64 = i32::MAX as i64;

const PROFILES: [(&str, Profile); 4] = [
    ("java38", Profile::Java38),
    ("java", Profile::Java),
    ("kazoo", Profile::Kazoo),
    ("raw", Profile::Raw),
];

const PASSWORDS: [(&str, Shown); 2] = [("right", Shown::Right), ("wrong", Shown::Wrong)];

const MODES: [(&str, CreateMode); 4] = [
    ("PERSISTENT", CreateMode::Persistent),
    ("PERSISTENT_SEQUENTIAL", CreateMode::PersistentSequential),
    ("EPHEMERAL", CreateMode::Ephemeral),
    ("EPHEMERAL_SEQUENTIAL", CreateMode::EphemeralSequential),
];

fn name_of<T: PartialEq>(rows: &[(&'static str, T)], wanted: &T) -> &'static str {
    let row = rows.iter().find(|(_, value)| value == wanted);
    row.map_or("", |(name, _)| name)
}

fn millis(place: &Place<'_>, least: u64) -> Result<Micros, Problem> {
    place.unsigned(least..=LONGEST_MS).map(Micros::from_ms)
}

fn count(place: &Place<'_>, least: u64, most: u64) -> Result<u32, Problem> {
    let number = place.unsigned(least..=most)?;
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}

fn text(place: &Place<'_>) -> Result<Arc<str>, Problem> {
    place.text().map(Arc::from)
}

impl ClientSpec {
    /// Reads one; whether its servers exist is for the world to say.
    ///
    /// # Errors
    /// Something else than a client, or a number out of its range.
    pub fn read(place: &Place<'_>) -> Result<Self, Problem> {
        place.only(&[
            "profile",
            "hosts",
            "host",
            "timeoutMs",
            "startMs",
            "reopenMs",
            "resume",
            "workload",
        ])?;
        let mut spec = Self::default();
        if let Some(profile) = place.optional("profile")? {
            spec.profile = profile.row(&PROFILES, |row| row.0)?.1;
        }
        if let Some(hosts) = place.optional("hosts")? {
            for host in hosts.items()? {
                spec.hosts.push(read_sid(&host)?);
            }
        }
        if let Some(host) = place.optional("host")? {
            spec.host = Some(text(&host)?);
        }
        if let Some(timeout) = place.optional("timeoutMs")? {
            spec.timeout_ms = timeout.signed(0..=TIMEOUT_MS)?;
        }
        if let Some(start) = place.optional("startMs")? {
            spec.start = millis(&start, 0)?;
        }
        if let Some(reopen) = place.optional("reopenMs")? {
            spec.reopen = Some(millis(&reopen, 0)?);
        }
        if let Some(resume) = place.optional("resume")? {
            spec.resume = Some(Resume::read(&resume)?);
        }
        if let Some(workload) = place.optional("workload")? {
            spec.workload = Workload::read(&workload)?;
        }
        Ok(spec)
    }

    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        out.object();
        out.name("profile").text(name_of(&PROFILES, &self.profile));
        if !self.hosts.is_empty() {
            out.name("hosts").list();
            for host in &self.hosts {
                out.signed(host.0);
            }
            out.end_list();
        }
        if let Some(host) = &self.host {
            out.name("host").text(host);
        }
        out.name("timeoutMs").signed(self.timeout_ms);
        out.name("startMs").unsigned(self.start.as_ms());
        if let Some(reopen) = self.reopen {
            out.name("reopenMs").unsigned(reopen.as_ms());
        }
        if let Some(resume) = self.resume {
            resume.write(out.name("resume"));
        }
        self.workload.write(out.name("workload"));
        out.end_object();
    }
}

impl Resume {
    fn read(place: &Place<'_>) -> Result<Self, Problem> {
        place.only(&["of", "password", "lastZxid"])?;
        let of = place.field("of")?.unsigned(0..=u64::from(u32::MAX))?;
        Ok(Self {
            of: ClientId(u32::try_from(of).unwrap_or(u32::MAX)),
            password: match place.optional("password")? {
                Some(password) => password.row(&PASSWORDS, |row| row.0)?.1,
                None => Shown::Right,
            },
            last_zxid: match place.optional("lastZxid")? {
                Some(zxid) => Zxid(zxid.hex()?),
                None => Zxid(0),
            },
        })
    }

    fn write(self, out: &mut Writer) {
        out.object();
        out.name("of").unsigned(u64::from(self.of.0));
        out.name("password")
            .text(name_of(&PASSWORDS, &self.password));
        out.name("lastZxid").text(&self.last_zxid.to_string());
        out.end_object();
    }
}

const WORKLOADS: [&str; 5] = ["idle", "mix", "noHerd", "lock", "controller"];

impl Workload {
    fn read(place: &Place<'_>) -> Result<Self, Problem> {
        let kind = place.field("type")?.choice(&WORKLOADS)?;
        let recipe = match kind {
            0 => {
                place.only(&["type"])?;
                return Ok(Self::Idle);
            }
            1 => return Self::read_mix(place),
            2 => {
                place.only(&["type", "root"])?;
                let root = text(&place.field("root")?)?;
                Recipe::NoHerd { root }
            }
            3 => {
                place.only(&["type", "root", "holdMs"])?;
                let root = text(&place.field("root")?)?;
                Recipe::Lock { root }
            }
            _ => {
                place.only(&["type", "path"])?;
                let path = text(&place.field("path")?)?;
                Recipe::Controller { path }
            }
        };
        let hold = match place.optional("holdMs")? {
            Some(hold) => Some(millis(&hold, 1)?),
            None => None,
        };
        Ok(Self::Follow { recipe, hold })
    }

    fn read_mix(place: &Place<'_>) -> Result<Self, Problem> {
        place.only(&["type", "root", "writePercent", "paths", "pace"])?;
        let root = match place.optional("root")? {
            Some(root) => Some(text(&root)?),
            None => None,
        };
        let write_percent = match place.optional("writePercent")? {
            Some(percent) => count(&percent, 0, 100)?,
            None => 100,
        };
        let paths = match place.optional("paths")? {
            Some(paths) => count(&paths, 1, 10_000)?,
            None => 4,
        };
        Ok(Self::Mix {
            root,
            write_percent,
            paths,
            pace: Pace::read(&place.field("pace")?)?,
        })
    }

    fn write(&self, out: &mut Writer) {
        out.object();
        out.name("type");
        match self {
            Self::Idle => out.text("idle"),
            Self::Mix {
                root,
                write_percent,
                paths,
                pace,
            } => {
                out.text("mix");
                if let Some(root) = root {
                    out.name("root").text(root);
                }
                out.name("writePercent").unsigned(u64::from(*write_percent));
                out.name("paths").unsigned(u64::from(*paths));
                pace.write(out.name("pace"));
            }
            Self::Follow { recipe, hold } => {
                match recipe {
                    Recipe::NoHerd { root } => {
                        out.text("noHerd");
                        out.name("root").text(root);
                    }
                    Recipe::Lock { root } => {
                        out.text("lock");
                        out.name("root").text(root);
                    }
                    Recipe::Controller { path } => {
                        out.text("controller");
                        out.name("path").text(path);
                    }
                }
                if let Some(hold) = hold {
                    out.name("holdMs").unsigned(hold.as_ms());
                }
            }
        }
        out.end_object();
    }
}

impl Pace {
    fn read(place: &Place<'_>) -> Result<Self, Problem> {
        let most = u64::from(Workload::CALLS_MAX);
        Ok(
            match place.field("type")?.choice(&["closed", "open", "bursts"])? {
                0 => {
                    place.only(&["type", "thinkMs", "outstanding"])?;
                    Self::Closed {
                        think: millis(&place.field("thinkMs")?, 0)?,
                        outstanding: match place.optional("outstanding")? {
                            Some(outstanding) => count(&outstanding, 1, most)?,
                            None => 1,
                        },
                    }
                }
                1 => {
                    place.only(&["type", "everyMs"])?;
                    let every = millis(&place.field("everyMs")?, 1)?;
                    Self::Open { every }
                }
                _ => {
                    place.only(&["type", "size", "everyMs"])?;
                    Self::Bursts {
                        size: count(&place.field("size")?, 1, most)?,
                        every: millis(&place.field("everyMs")?, 1)?,
                    }
                }
            },
        )
    }

    fn write(&self, out: &mut Writer) {
        out.object();
        out.name("type");
        match self {
            Self::Closed { think, outstanding } => {
                out.text("closed");
                out.name("thinkMs").unsigned(think.as_ms());
                out.name("outstanding").unsigned(u64::from(*outstanding));
            }
            Self::Open { every } => {
                out.text("open");
                out.name("everyMs").unsigned(every.as_ms());
            }
            Self::Bursts { size, every } => {
                out.text("bursts");
                out.name("size").unsigned(u64::from(*size));
                out.name("everyMs").unsigned(every.as_ms());
            }
        }
        out.end_object();
    }
}

const OPS: [&str; 9] = [
    "create",
    "delete",
    "setData",
    "check",
    "getData",
    "exists",
    "getChildren",
    "sync",
    "multi",
];

/// How many of them a multi can be made of.
const IN_MULTI: usize = 4;

/// Reads an operation a client can be told to ask for.
///
/// # Errors
/// Something else than an operation.
pub fn read_op(place: &Place<'_>) -> Result<Op, Problem> {
    let kind = place.field("op")?.choice(&OPS)?;
    if kind < OPS.len() - 1 {
        return read_one(kind, place);
    }
    place.only(&["op", "ops"])?;
    let mut ops = Vec::new();
    for item in place.field("ops")?.items()? {
        let kind = item.field("op")?.choice(&OPS[..IN_MULTI])?;
        ops.push(read_one(kind, &item)?);
    }
    Ok(Op::Multi(ops))
}

fn read_one(kind: usize, place: &Place<'_>) -> Result<Op, Problem> {
    let path = |known: &[&str]| {
        place.only(known)?;
        text(&place.field("path")?)
    };
    Ok(match kind {
        0 => Op::Create {
            path: path(&["op", "path", "data", "mode"])?,
            data: read_data(place)?,
            mode: match place.optional("mode")? {
                Some(mode) => mode.row(&MODES, |row| row.0)?.1,
                None => CreateMode::Persistent,
            },
        },
        1 => Op::Delete {
            path: path(&["op", "path", "version"])?,
            version: read_version(place)?,
        },
        2 => Op::SetData {
            path: path(&["op", "path", "data", "version"])?,
            data: read_data(place)?,
            version: read_version(place)?,
        },
        3 => Op::Check {
            path: path(&["op", "path", "version"])?,
            version: read_version(place)?,
        },
        4 => Op::GetData {
            path: path(&["op", "path", "watch"])?,
            watch: read_watch(place)?,
        },
        5 => Op::Exists {
            path: path(&["op", "path", "watch"])?,
            watch: read_watch(place)?,
        },
        6 => Op::GetChildren {
            path: path(&["op", "path", "watch"])?,
            watch: read_watch(place)?,
        },
        _ => Op::Sync {
            path: path(&["op", "path"])?,
        },
    })
}

fn read_data(place: &Place<'_>) -> Result<Arc<str>, Problem> {
    match place.optional("data")? {
        Some(data) => text(&data),
        None => Ok(Arc::from("")),
    }
}

fn read_version(place: &Place<'_>) -> Result<i32, Problem> {
    let Some(version) = place.optional("version")? else {
        return Ok(-1);
    };
    let number = version.signed(-1..=i64::from(i32::MAX))?;
    Ok(i32::try_from(number).unwrap_or(-1))
}

fn read_watch(place: &Place<'_>) -> Result<bool, Problem> {
    place
        .optional("watch")?
        .map_or(Ok(false), |watch| watch.truth())
}

/// Writes an operation; one that no client can be told to ask for is written as a sync.
pub fn write_op(op: &Op, out: &mut Writer) {
    out.object();
    out.name("op");
    match op {
        Op::Create { path, data, mode } => {
            out.text("create");
            out.name("path").text(path);
            out.name("data").text(data);
            out.name("mode").text(name_of(&MODES, mode));
        }
        Op::Delete { path, version } => versioned("delete", path, *version, out),
        Op::SetData {
            path,
            data,
            version,
        } => {
            out.text("setData");
            out.name("path").text(path);
            out.name("data").text(data);
            out.name("version").signed(i64::from(*version));
        }
        Op::Check { path, version } => versioned("check", path, *version, out),
        Op::Multi(ops) => {
            out.text("multi");
            out.name("ops").list();
            for op in ops {
                write_op(op, out);
            }
            out.end_list();
        }
        Op::GetData { path, watch } => watching("getData", path, *watch, out),
        Op::Exists { path, watch } => watching("exists", path, *watch, out),
        Op::GetChildren { path, watch } => watching("getChildren", path, *watch, out),
        Op::Sync { path } => {
            out.text("sync");
            out.name("path").text(path);
        }
        Op::SetWatches(_) | Op::Ping | Op::CreateSession { .. } | Op::CloseSession => {
            out.text("sync");
            out.name("path").text("/");
        }
    }
    out.end_object();
}

fn versioned(what: &str, path: &str, version: i32, out: &mut Writer) {
    out.text(what);
    out.name("path").text(path);
    out.name("version").signed(i64::from(version));
}

#[expect(clippy::fn_params_excessive_bools, reason = "it writes one")]
fn watching(what: &str, path: &str, watch: bool, out: &mut Writer) {
    out.text(what);
    out.name("path").text(path);
    out.name("watch").truth(watch);
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
