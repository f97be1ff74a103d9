//! Scenarios in JSON: the form, and what can be wrong in it beyond its form.

use super::{Disk, Scenario, ScenarioError, Start, ZooCfg};
use crate::base::Micros;
use crate::base::json::{Document, Kind, Place, Problem, Writer};
use crate::protocol::{Epoch, Sid, Zxid};
use crate::sim::{Argument, Clock, Command, Profile, TimedCommand, read_sid};

/// The version of the JSON form that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The longest text that is read.
const MAX_BYTES: usize = 4 << 20;

/// The last instant anything may be planned for: about eleven days, in milliseconds.
const LAST_MS: u64 = 1_000_000_000;

/// How far a clock may be wrong: a day, in milliseconds.
const OFFSET_MS: i64 = 86_400_000;

/// The fields, in the order they are written.
const FIELDS: [&str; 11] = [
    "version",
    "name",
    "zooCfg",
    "network",
    "starts",
    "disks",
    "clocks",
    "clients",
    "seed",
    "horizonMs",
    "commands",
];

macro_rules! kinds {
    ($($name:ident $key:literal $english:literal;)+) => {
        $(pub(super) const $name: &Kind = &Kind { key: $key, english: $english };)+

        /// What can be wrong with a scenario besides what can be wrong with JSON; a translation
        /// needs each of them.
        pub const KINDS: &[&Kind] = &[$($name),+];
    };
}

kinds! {
    OTHER_VERSION "scenario-version"
        "scenario version {given} is not known; this build reads version {known}";
    UNKNOWN_SERVER "scenario-unknown-server" "there is no server {sid} in zooCfg";
    STARTED_TWICE "scenario-started-twice" "server {sid} is started twice";
    TWO_CLOCKS "scenario-two-clocks" "server {sid} has a clock already";
    TOO_LATE "scenario-too-late" "this is after the scenario's horizon, {horizon} ms";
    TWO_DISKS "scenario-two-disks" "server {sid} has a disk already";
    NOT_A_DISK "scenario-not-a-disk"
        "no server has such a disk: the last zxid must be of an epoch up to {epoch}, and not the \
            first of its epoch";
    UNKNOWN_CLIENT "scenario-unknown-client"
        "there is no client {id}: {count} are given or added, numbered from 0";
    NOT_A_PATH "scenario-not-a-path" "this is no path of a znode: {fault}";
}

impl Scenario {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn from_json(text: &str) -> Result<Self, ScenarioError> {
        let document = Document::parse(text, MAX_BYTES)?;
        let root = document.root();
        // The version first: the fields of another one would only be called unknown.
        let version = root.field("version")?;
        let given = version.unsigned(0..=u64::MAX)?;
        if given != VERSION {
            let args = vec![("given", given.to_string()), ("known", VERSION.to_string())];
            return Err(version.refuse(OTHER_VERSION, args).into());
        }
        root.only(&FIELDS)?;
        let zoo_cfg = root.field("zooCfg")?;
        let zoo_cfg = ZooCfg::parse(zoo_cfg.text()?).map_err(ScenarioError::ZooCfg)?;
        let mut scenario = Self::of(zoo_cfg);
        if let Some(name) = root.optional("name")? {
            name.text()?.clone_into(&mut scenario.name);
        }
        if let Some(network) = root.optional("network")? {
            scenario.network = *network.row(&Profile::ALL, |profile| profile.name())?;
        }
        if let Some(seed) = root.optional("seed")? {
            scenario.seed = seed.unsigned(0..=u64::MAX)?;
        }
        if let Some(horizon) = root.optional("horizonMs")? {
            scenario.horizon_ms = Some(horizon.unsigned(1..=LAST_MS)?);
        }
        scenario.read_lists(&root)?;
        Ok(scenario)
    }

    fn read_lists(&mut self, root: &Place<'_>) -> Result<(), Problem> {
        if let Some(starts) = root.optional("starts")? {
            for place in starts.items()? {
                self.read_start(&place)?;
            }
        }
        if let Some(disks) = root.optional("disks")? {
            for place in disks.items()? {
                self.read_disk(&place)?;
            }
        }
        if let Some(clocks) = root.optional("clocks")? {
            for place in clocks.items()? {
                self.read_clock(&place)?;
            }
        }
        if let Some(clients) = root.optional("clients")? {
            for place in clients.items()? {
                let client = self.read_client(&place)?;
                self.clients.push(client);
            }
        }
        let commands = root.optional("commands")?;
        let mut read = Vec::new();
        if let Some(commands) = &commands {
            for place in commands.items()? {
                read.push((self.read_command(&place)?, place));
            }
        }
        self.check_ids(root, &read)?;
        self.commands = read.into_iter().map(|(timed, _)| timed).collect();
        // Stable: commands of one instant keep their order.
        self.commands.sort_by_key(|timed| timed.at_us);
        Ok(())
    }

    fn read_clock(&mut self, place: &Place<'_>) -> Result<(), Problem> {
        place.only(&["sid", "offsetMs", "driftPpm"])?;
        let taken = self.clocks.iter().map(|(sid, _)| *sid);
        let sid = self.free_server(place, taken, TWO_CLOCKS)?;
        let mut clock = Clock::default();
        if let Some(offset) = place.optional("offsetMs")? {
            clock.offset_us = offset.signed(-OFFSET_MS..=OFFSET_MS)? * 1_000;
        }
        if let Some(drift) = place.optional("driftPpm")? {
            clock.drift_ppm = drift.signed(-Clock::MAX_DRIFT_PPM..=Clock::MAX_DRIFT_PPM)?;
        }
        self.clocks.push((sid, clock));
        Ok(())
    }

    fn read_command(&self, place: &Place<'_>) -> Result<TimedCommand, Problem> {
        let timed = TimedCommand::read(place, Micros::from_ms(LAST_MS))?;
        if let Some(horizon) = self.horizon_ms
            && timed.at_us > Micros::from_ms(horizon)
        {
            let args = vec![("horizon", horizon.to_string())];
            return Err(place.field("atUs")?.refuse(TOO_LATE, args));
        }
        if let Command::Inject { fault } = &timed.command {
            let command = place.field("command")?;
            let written = command.field("fault")?;
            for (parameter, argument) in fault.kind().parameters.iter().zip(fault.arguments()) {
                let stranger = match &argument {
                    Argument::Server(sid) => Some(sid).filter(|sid| !self.has(**sid)),
                    Argument::Servers(sids) => sids.iter().find(|sid| !self.has(**sid)),
                    Argument::Client(_) | Argument::Number(_) | Argument::Signed(_) => None,
                };
                if let Some(sid) = stranger {
                    let args = vec![("sid", sid.to_string())];
                    return Err(written.field(parameter.name)?.refuse(UNKNOWN_SERVER, args));
                }
            }
        }
        self.check_command(&timed.command, &place.field("command")?)?;
        Ok(timed)
    }

    pub(super) fn has(&self, sid: Sid) -> bool {
        self.zoo_cfg.servers().contains_key(&sid)
    }

    fn read_start(&mut self, place: &Place<'_>) -> Result<(), Problem> {
        place.only(&["sid", "atMs"])?;
        let taken = self.starts.iter().map(|start| start.sid);
        let sid = self.free_server(place, taken, STARTED_TWICE)?;
        let at_ms = place.field("atMs")?.unsigned(0..=LAST_MS)?;
        self.starts.push(Start { sid, at_ms });
        Ok(())
    }

    fn read_disk(&mut self, place: &Place<'_>) -> Result<(), Problem> {
        place.only(&["sid", "epoch", "lastZxid"])?;
        let taken = self.disks.iter().map(|disk| disk.sid);
        let sid = self.free_server(place, taken, TWO_DISKS)?;
        let epoch = Epoch(place.field("epoch")?.signed(0..=i64::MAX)?);
        let zxid = place.field("lastZxid")?;
        let last_zxid = Zxid(zxid.hex()?);
        let disk = Disk {
            sid,
            epoch,
            last_zxid,
        };
        if !disk.is_consistent() {
            let args = vec![("epoch", epoch.to_string())];
            return Err(zxid.refuse(NOT_A_DISK, args));
        }
        self.disks.push(disk);
        Ok(())
    }

    /// The `sid` of a place: a server there is, and not one of those `taken`.
    fn free_server(
        &self,
        place: &Place<'_>,
        mut taken: impl Iterator<Item = Sid>,
        twice: &'static Kind,
    ) -> Result<Sid, Problem> {
        let place = place.field("sid")?;
        let sid = read_sid(&place)?;
        let args = || vec![("sid", sid.to_string())];
        if !self.zoo_cfg.servers().contains_key(&sid) {
            return Err(place.refuse(UNKNOWN_SERVER, args()));
        }
        if taken.any(|other| other == sid) {
            return Err(place.refuse(twice, args()));
        }
        Ok(sid)
    }

    /// The JSON form, indented for people.
    pub fn to_json(&self) -> String {
        let mut out = Writer::indented();
        self.write(&mut out);
        out.finish()
    }

    /// Writes the JSON form.
    pub fn write(&self, out: &mut Writer) {
        out.object();
        out.name("version").unsigned(VERSION);
        out.name("name").text(&self.name);
        out.name("zooCfg").text(&self.zoo_cfg.to_string());
        out.name("network").text(self.network.name());
        out.name("starts").list();
        for start in &self.starts {
            out.object();
            out.name("sid").signed(start.sid.0);
            out.name("atMs").unsigned(start.at_ms);
            out.end_object();
        }
        out.end_list();
        if !self.disks.is_empty() {
            out.name("disks").list();
            for disk in &self.disks {
                out.object();
                out.name("sid").signed(disk.sid.0);
                out.name("epoch").signed(disk.epoch.0);
                out.name("lastZxid").text(&disk.last_zxid.to_string());
                out.end_object();
            }
            out.end_list();
        }
        if !self.clocks.is_empty() {
            out.name("clocks").list();
            for (sid, clock) in &self.clocks {
                out.object();
                out.name("sid").signed(sid.0);
                out.name("offsetMs").signed(clock.offset_us / 1_000);
                out.name("driftPpm").signed(clock.drift_ppm);
                out.end_object();
            }
            out.end_list();
        }
        if !self.clients.is_empty() {
            out.name("clients").list();
            for client in &self.clients {
                client.write(out);
            }
            out.end_list();
        }
        out.name("seed").unsigned(self.seed);
        if let Some(horizon) = self.horizon_ms {
            out.name("horizonMs").unsigned(horizon);
        }
        write_commands(&self.commands, out.name("commands"));
        out.end_object();
    }
}

/// Writes commands as the list a scenario has.
pub fn write_commands(commands: &[TimedCommand], out: &mut Writer) {
    out.list();
    for timed in commands {
        timed.write(out);
    }
    out.end_list();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Fault;

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
        assert_eq!(
            bad(",\n \"netwrk\": \"lan\"").to_string(),
            "line 2, column 2: there is no field \"netwrk\" here; did you mean \"network\"?"
        );
        for (fields, path, key) in [
            ("\"network\": \"wan\"", "network", "json-misspelt-name"),
            ("\"network\": \"moon\"", "network", "json-unknown-name"),
            ("\"seed\": -1", "seed", "json-out-of-range"),
            (
                "\"starts\": [{\"sid\": 1}]",
                "starts[0]",
                "json-missing-field",
            ),
            ("\"starts\": null", "starts", "json-not-a-list"),
            ("\"name\": \"a\", \"name\": \"b\"", "", "json-twice"),
        ] {
            let ScenarioError::Json(problem) = bad(&format!(", {fields}")) else {
                panic!("{fields}");
            };
            assert_eq!((problem.path.as_str(), problem.kind.key), (path, key));
        }
    }

    #[test]
    fn another_version_is_named_before_its_fields_are_judged() {
        let text = "{\"cluster\": {}, \"version\": 2}";
        let error = Scenario::from_json(text).expect_err("must be refused");
        assert_eq!(
            error.to_string(),
            "line 1, column 28: version: scenario version 2 is not known; \
             this build reads version 1"
        );
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

    /// The path and the message of what is wrong.
    fn said(fields: &str) -> String {
        let ScenarioError::Json(problem) = bad(&format!(", {fields}")) else {
            panic!("{fields}");
        };
        format!("{}: {}", problem.path, problem.message())
    }

    #[test]
    fn starts_name_servers_once_and_in_time() {
        let starts = |list: &str| said(&format!("\"starts\": [{list}]"));
        let one = "{\"sid\": 1, \"atMs\": 0}";
        assert_eq!(
            starts(&format!("{one}, {{\"sid\": 9, \"atMs\": 0}}")),
            "starts[1].sid: there is no server 9 in zooCfg"
        );
        assert_eq!(
            starts(&format!("{one}, {one}")),
            "starts[1].sid: server 1 is started twice"
        );
        assert_eq!(
            starts("{\"sid\": 1, \"atMs\": 1000000001}"),
            "starts[0].atMs: this must be from 0 to 1000000000, not 1000000001"
        );
        let timed = "{\"atUs\": 18446744073709551615, \"command\": {\"do\": \"healAll\"}}";
        assert_eq!(
            said(&format!("\"commands\": [{timed}]")),
            "commands[0].atUs: this must be from 0 to 1000000000000, not 18446744073709551615"
        );
    }

    #[test]
    fn what_is_no_zxid_is_refused_in_words() {
        for text in ["60", "0x", "0xg", "0x-1", "0x1111111111111111"] {
            assert_eq!(
                said(&format!(
                    "\"disks\": [{{\"sid\":1,\"epoch\":6,\"lastZxid\":\"{text}\"}}]"
                )),
                "disks[0].lastZxid: this must be a number such as \"0x60000003c\""
            );
        }
    }

    #[test]
    fn a_scenario_is_written_as_it_always_was() {
        let disk = "{\"sid\":1,\"epoch\":6,\"lastZxid\":\"0x60000003c\"}";
        let scenario = good(&format!(
            ", \"name\": \"A \\\"quote\\\"\", \"disks\": [{disk}], \
             \"commands\": [{{\"atUs\": 5, \"command\": {{\"do\": \"heal\", \"id\": 3}}}}]"
        ));
        let mut out = Writer::compact();
        scenario.write(&mut out);
        let zoo_cfg = serde_json::to_string(&scenario.zoo_cfg).expect("writes");
        assert_eq!(
            out.finish(),
            format!(
                "{{\"version\":1,\"name\":\"A \\\"quote\\\"\",\"zooCfg\":{zoo_cfg},\
                 \"network\":\"lan\",\"starts\":[],\"disks\":[{disk}],\"seed\":0,\
                 \"commands\":[{{\"atUs\":5,\"command\":{{\"do\":\"heal\",\"id\":3}}}}]}}"
            )
        );
    }

    #[test]
    fn a_very_long_text_is_refused_at_once() {
        let error = Scenario::from_json(&" ".repeat(10 << 20)).expect_err("too long");
        assert!(
            error.to_string().contains("at most 4194304 are read"),
            "{error}"
        );
    }
}
