//! Scenarios and their JSON form.
//!
//! ```json
//! { "version": 1, "name": "Three", "zooCfg": "tickTime=2000\n…", "network": "lan",
//!   "starts": [{ "sid": 1, "atMs": 0 }], "seed": 0, "commands": [] }
//! ```
//!
//! Everything but `version` and `zooCfg` may be left out; what is not known is refused, not
//! ignored.

use serde::{Deserialize, Serialize};

use super::zoo_cfg::Diagnostics;
use super::{Disk, ZooCfg};
use crate::base::{Micros, Set};
use crate::protocol::Sid;
use crate::sim::{Profile, TimedCommand};

/// The version of the JSON form that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The longest text that is read.
const MAX_BYTES: usize = 4 << 20;

/// The last instant anything may be planned for: about eleven days, in milliseconds.
const LAST_MS: u64 = 1_000_000_000;

/// What a run is started from. Valid by construction, apart from what only the world can judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Document", try_from = "Document")]
pub struct Scenario {
    /// What people call it; may be empty.
    pub name: String,
    /// The ensemble.
    pub zoo_cfg: ZooCfg,
    /// How long things take.
    pub network: Profile,
    /// When which process is started; at 0 where not given.
    pub starts: Vec<Start>,
    /// What the disks hold at the beginning; nothing where not given.
    pub disks: Vec<Disk>,
    /// The seed of a run that is given no other.
    pub seed: u64,
    /// What happens to the ensemble, in the order of time.
    pub commands: Vec<TimedCommand>,
}

/// The start of one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Start {
    /// The server.
    pub sid: Sid,
    /// When, in milliseconds of the run.
    pub at_ms: u64,
}

/// Why a text is no scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// More text than any scenario has.
    #[error("this text has {bytes} bytes; at most {limit} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// Not JSON, or not of this form.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What was expected.
        message: String,
    },
    /// Written by a version that is not known.
    #[error("scenario version {given} is not known; this build reads version {VERSION}")]
    Version {
        /// The version of the text.
        given: u32,
    },
    /// The configuration in it is wrong; places are those within `zooCfg`.
    #[error("zooCfg: {0}")]
    ZooCfg(Diagnostics),
    /// A start or a disk of a server that the configuration does not have.
    #[error("there is no server {sid} in zooCfg")]
    UnknownServer {
        /// The server.
        sid: Sid,
    },
    /// Two starts of one server.
    #[error("starts: server {sid} is started twice")]
    StartedTwice {
        /// The server.
        sid: Sid,
    },
    /// A disk that no server can have, or a second one of the same server.
    #[error("disks: the disk of server {sid} contradicts itself or another one")]
    Disk {
        /// The server.
        sid: Sid,
    },
    /// Later than anybody plans.
    #[error("{what}: an instant may be at most {LAST_MS} ms")]
    TooLate {
        /// `starts` or `commands`.
        what: &'static str,
    },
}

/// The JSON form, fields in the order they are written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    name: String,
    zoo_cfg: String,
    #[serde(default)]
    network: Profile,
    #[serde(default)]
    starts: Vec<Start>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    disks: Vec<Disk>,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    commands: Vec<TimedCommand>,
}

/// The one field all versions have.
#[derive(Deserialize)]
struct AnyVersion {
    version: u32,
}

impl Scenario {
    /// `zoo_cfg` on a LAN, everything started at once, and nothing happens to it.
    pub const fn of(zoo_cfg: ZooCfg) -> Self {
        Self {
            name: String::new(),
            zoo_cfg,
            network: Profile::Lan,
            starts: Vec::new(),
            disks: Vec::new(),
            seed: 0,
            commands: Vec::new(),
        }
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn from_json(text: &str) -> Result<Self, ScenarioError> {
        if text.len() > MAX_BYTES {
            return Err(ScenarioError::TooLong {
                bytes: text.len(),
                limit: MAX_BYTES,
            });
        }
        // The version first: the fields of another one would only be called unknown.
        let AnyVersion { version } = serde_json::from_str(text).map_err(misread)?;
        check_version(version)?;
        serde_json::from_str::<Document>(text)
            .map_err(misread)?
            .try_into()
    }

    /// The JSON form, indented for people.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// When the process of `sid` is started.
    pub fn start_of(&self, sid: Sid) -> Micros {
        let start = self.starts.iter().find(|start| start.sid == sid);
        start.map_or(Micros::ZERO, |start| Micros::from_ms(start.at_ms))
    }
}

impl From<Scenario> for Document {
    fn from(scenario: Scenario) -> Self {
        Self {
            version: VERSION,
            name: scenario.name,
            zoo_cfg: scenario.zoo_cfg.to_string(),
            network: scenario.network,
            starts: scenario.starts,
            disks: scenario.disks,
            seed: scenario.seed,
            commands: scenario.commands,
        }
    }
}

impl TryFrom<Document> for Scenario {
    type Error = ScenarioError;

    fn try_from(document: Document) -> Result<Self, ScenarioError> {
        check_version(document.version)?;
        let zoo_cfg = ZooCfg::parse(&document.zoo_cfg).map_err(ScenarioError::ZooCfg)?;
        let mut started = Set::new();
        for &Start { sid, at_ms } in &document.starts {
            if !zoo_cfg.servers().contains_key(&sid) {
                return Err(ScenarioError::UnknownServer { sid });
            }
            if !started.insert(sid) {
                return Err(ScenarioError::StartedTwice { sid });
            }
            if at_ms > LAST_MS {
                return Err(ScenarioError::TooLate { what: "starts" });
            }
        }
        let mut with_disk = Set::new();
        for disk in &document.disks {
            if !zoo_cfg.servers().contains_key(&disk.sid) {
                return Err(ScenarioError::UnknownServer { sid: disk.sid });
            }
            if !disk.is_consistent() || !with_disk.insert(disk.sid) {
                return Err(ScenarioError::Disk { sid: disk.sid });
            }
        }
        let mut commands = document.commands;
        if commands.iter().any(|timed| timed.at_us.as_ms() > LAST_MS) {
            return Err(ScenarioError::TooLate { what: "commands" });
        }
        // Stable: commands of one instant keep their order.
        commands.sort_by_key(|timed| timed.at_us);
        Ok(Self {
            name: document.name,
            zoo_cfg,
            network: document.network,
            starts: document.starts,
            disks: document.disks,
            seed: document.seed,
            commands,
        })
    }
}

fn check_version(given: u32) -> Result<(), ScenarioError> {
    if given == VERSION {
        Ok(())
    } else {
        Err(ScenarioError::Version { given })
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn misread(error: serde_json::Error) -> ScenarioError {
    let (line, column) = (error.line(), error.column());
    let place = format!(" at line {line} column {column}");
    let message = error.to_string();
    ScenarioError::Json {
        line,
        column,
        message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Command, Fault};

    const CFG: &str = "dataDir=d\\ninitLimit=5\\nsyncLimit=2\\nserver.1=a:1:2\\n\
                       server.2=b:1:2\\nserver.3=c:1:2";

    fn json(fields: &str) -> String {
        format!("{{\"version\": 1, \"zooCfg\": \"{CFG}\"{fields}}}")
    }

    fn good(fields: &str) -> Scenario {
        Scenario::from_json(&json(fields)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn bad(fields: &str) -> ScenarioError {
        Scenario::from_json(&json(fields)).expect_err("must be refused")
    }

    #[test]
    fn version_and_configuration_are_enough() {
        let scenario = good("");
        assert_eq!(scenario, Scenario::of(scenario.zoo_cfg.clone()));
        assert_eq!(scenario.zoo_cfg.participants().count(), 3);
        assert_eq!(scenario.start_of(Sid(1)), Micros::ZERO);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let kill = "{\"atUs\": 9, \"command\": {\"do\": \"inject\", \
                    \"fault\": {\"type\": \"kill\", \"sid\": 3}}}";
        let heal = "{\"atUs\": 7, \"command\": {\"do\": \"healAll\"}}";
        let scenario = good(&format!(
            ", \"name\": \"Three\", \"network\": \"crossRegion\", \"seed\": 18446744073709551615, \
             \"starts\": [{{\"sid\": 2, \"atMs\": 1500}}], \"commands\": [{kill}, {heal}]"
        ));
        assert_eq!(scenario.start_of(Sid(2)), Micros::from_ms(1_500));
        assert_eq!(scenario.network, Profile::CrossRegion);
        assert_eq!(scenario.seed, u64::MAX);
        assert_eq!(scenario.commands[0].command, Command::HealAll);
        let fault = Fault::Kill { sid: Sid(3) };
        assert_eq!(scenario.commands[1].command, Command::Inject { fault });
        assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario));
    }

    #[test]
    fn what_is_not_known_is_refused_with_its_place() {
        let error = bad(",\n \"netwrk\": \"lan\"");
        let ScenarioError::Json {
            line: 2,
            column: 9,
            message,
        } = &error
        else {
            panic!("{error:?}");
        };
        assert!(message.starts_with("unknown field `netwrk`"), "{message}");
        assert!(!message.contains("line"), "{message}");
        assert!(matches!(
            bad(", \"network\": \"wan\""),
            ScenarioError::Json { line: 1, .. }
        ));
        assert!(matches!(bad(", \"seed\": -1"), ScenarioError::Json { .. }));
        assert!(matches!(
            bad(", \"starts\": [{\"sid\": 1}]"),
            ScenarioError::Json { .. }
        ));
        let twice = bad(", \"name\": \"a\", \"name\": \"b\"").to_string();
        assert!(twice.contains("duplicate field `name`"), "{twice}");
    }

    #[test]
    fn another_version_is_named_before_its_fields_are_judged() {
        let text = "{\"cluster\": {}, \"version\": 2}";
        let error = Scenario::from_json(text).expect_err("must be refused");
        assert_eq!(error, ScenarioError::Version { given: 2 });
        assert!(Scenario::from_json("{}").is_err());
        assert!(Scenario::from_json("").is_err());
    }

    #[test]
    fn a_wrong_configuration_is_reported_within_it() {
        let error = Scenario::from_json("{\"version\": 1, \"zooCfg\": \"server.1=a\"}");
        let Err(ScenarioError::ZooCfg(found)) = error else {
            panic!("{error:?}");
        };
        assert_eq!(found.errors()[0].problem.key(), "zoo-cfg-wrong-form");
    }

    #[test]
    fn starts_name_servers_once_and_in_time() {
        let starts = |list: &str| bad(&format!(", \"starts\": [{list}]"));
        let sid = Sid(9);
        assert_eq!(
            starts("{\"sid\": 9, \"atMs\": 0}"),
            ScenarioError::UnknownServer { sid }
        );
        let sid = Sid(1);
        let one = "{\"sid\": 1, \"atMs\": 0}";
        assert_eq!(
            starts(&format!("{one}, {one}")),
            ScenarioError::StartedTwice { sid }
        );
        let late = starts("{\"sid\": 1, \"atMs\": 18446744073709551615}");
        assert_eq!(late, ScenarioError::TooLate { what: "starts" });
        let timed = "{\"atUs\": 18446744073709551615, \"command\": {\"do\": \"healAll\"}}";
        let late = bad(&format!(", \"commands\": [{timed}]"));
        assert_eq!(late, ScenarioError::TooLate { what: "commands" });
    }

    #[test]
    fn a_very_long_text_is_refused_at_once() {
        let error = Scenario::from_json(&" ".repeat(10 << 20));
        assert!(matches!(error, Err(ScenarioError::TooLong { .. })));
    }
}
