//! `ensemble`: whole systems under a script of events, on the simulated world.
//!
//! Servers of one `start` come up paused and go on together, as processes have no common instant of
//! being ready otherwise. What a source test does by a hook in the server has to be done from
//! outside here; each such place says how.

use std::collections::BTreeMap;

use serde_json::Value;
use zabscope::protocol::{Epoch, ServerState, Sid};
use zabscope::sim::{ClientId, Fault};

use super::Outcome;
use super::ensemble_world::{Disloyal, System, Written};
use super::values::{bool_at, field, int, int_at, list_at, number, same, sids_at, state, str_at};

/// How long a condition may take to come about.
const LIMIT_MS: u64 = 180_000;

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let mut script = Script {
        system: System::of(row)?,
        names: BTreeMap::new(),
        connected: BTreeMap::new(),
        writes: Vec::new(),
        epoch: Epoch(0),
    };
    for event in list_at(row, "events")? {
        script
            .event(event)
            .map_err(|why| format!("{event}: {why}"))?;
    }
    let expect = field(row, "expect")?;
    let fields = expect.as_object().ok_or("expect is no object")?;
    let within = fields.get("withinMs").map(int).transpose()?;
    let limit = within.map_or(LIMIT_MS, i64::cast_unsigned);
    for (key, value) in fields {
        if key != "withinMs" {
            script.await_condition(limit, key, value)?;
        }
    }
    Ok(())
}

/// A script under way.
struct Script {
    system: System,
    /// Names that stand for a server since they were first used.
    names: BTreeMap<String, Sid>,
    /// Clients that have a session through a server whose quorum is going.
    connected: BTreeMap<Sid, ClientId>,
    writes: Vec<(String, Written)>,
    /// The leader's when its counter was set.
    epoch: Epoch,
}

impl Script {
    fn event(&mut self, event: &Value) -> Result<(), String> {
        if let Some(conditions) = event.get("wait_until") {
            for (key, value) in conditions.as_object().ok_or("no object")? {
                self.await_condition(LIMIT_MS, key, value)?;
            }
            return Ok(());
        }
        if let Some(conditions) = event.get("check") {
            for (key, value) in conditions.as_object().ok_or("no object")? {
                if key == "absentEverywhere" {
                    // What a client can see: a follower has the past until it is synchronised.
                    self.system
                        .until(LIMIT_MS, "all serve", System::all_serve)?;
                }
                if !self.holds(key, value)? {
                    return Err("does not hold".to_owned());
                }
            }
            return Ok(());
        }
        self.act(str_at(event, "do")?, event)
    }

    fn act(&mut self, what: &str, event: &Value) -> Result<(), String> {
        match what {
            "start" => {
                let sids = self.servers(event)?;
                self.system.start(&sids)
            }
            "shutdown" => {
                let sids = self.servers(event)?;
                self.system.stop(&sids)
            }
            "restart" => {
                let sids = self.servers(event)?;
                self.system.stop(&sids)?;
                self.system.start(&sids)
            }
            "shutdown_all_followers" => {
                let leader = self.server("exLeader")?;
                let others = self.system.running();
                let voters = others.filter(|sid| *sid != leader && self.system.votes(*sid));
                let voters: Vec<Sid> = voters.collect();
                self.system.stop(&voters)
            }
            // Cut off from the other servers, it cannot elect with them; its clients reach it.
            "suspend_reelection" => {
                let sid = self.server(str_at(event, "who")?)?;
                let client = self.system.client(&[sid])?;
                self.connected.insert(sid, client);
                self.system.isolate(sid);
                Ok(())
            }
            "resume" => {
                self.system.heal();
                Ok(())
            }
            "write" => self.write(event),
            "write_many" => self.write_many(event),
            "wait_fsync" => {
                let sid = self.server(str_at(event, "who")?)?;
                let path = self.writes.last().ok_or("nothing was written")?.0.clone();
                self.system
                    .until(LIMIT_MS, "durable", |system| system.has_on_disk(sid, &path))
            }
            "hook" => {
                self.system.disloyal = Disloyal::Until(Sid(int_at(event, "sid")?));
                Ok(())
            }
            "set_counter" => {
                let leader = self.server(str_at(event, "who")?)?;
                self.epoch = self.system.epoch(leader);
                let counter = str_at(event, "counter")?.trim_start_matches("0x");
                let counter = i64::from_str_radix(counter, 16).map_err(|e| e.to_string())?;
                self.system.set_counter(leader, counter)
            }
            // What learners send does not arrive; their connections end one after another.
            "close_leader_read_side_of_all_learner_connections" => {
                let leader = self.server("leader")?;
                self.system.deafen(leader);
                self.system.run_for(20_000);
                self.system.heal();
                Ok(())
            }
            _ => Err(format!("no such event: {what}")),
        }
    }

    fn write(&mut self, event: &Value) -> Result<(), String> {
        let via = self.server(str_at(event, "via")?)?;
        let path = str_at(event, "path")?.to_owned();
        let may_fail = event.get("mayFail").is_some();
        let client = match self.connected.get(&via) {
            Some(client) => *client,
            None => self.system.client(&[via])?,
        };
        self.system.create(client, &path);
        if may_fail {
            self.system.run_for(50);
        } else {
            let written = self.system.outcome(client)?;
            same("the write's outcome", &Written::Done, &written)?;
        }
        self.writes.push((path, Written::Unknown));
        Ok(())
    }

    fn write_many(&mut self, event: &Value) -> Result<(), String> {
        let via = match str_at(event, "via")? {
            "any" => Vec::new(),
            name => vec![self.server(name)?],
        };
        let client = self.system.client(&via)?;
        let at_once = event.get("async").is_some() && bool_at(event, "async")?;
        for n in 0..int_at(event, "count")? {
            let path = format!("/{}-{n}", client.0);
            self.system.create(client, &path);
            if at_once {
                if n % 100 == 99 {
                    self.system.run_for(20);
                }
                continue;
            }
            let written = self.system.outcome(client)?;
            self.writes.push((path, written));
            if written != Written::Done {
                break;
            }
        }
        Ok(())
    }

    // Names.

    fn servers(&mut self, event: &Value) -> Result<Vec<Sid>, String> {
        match event.get("who") {
            None => sids_at(event, "sids"),
            Some(name) => self.group(name.as_str().unwrap_or_default()),
        }
    }

    fn group(&mut self, name: &str) -> Result<Vec<Sid>, String> {
        if name == "all_but_old_leader" || name == "new_quorum" {
            let old = self.server("old_leader")?;
            let all = self.system.members.iter().copied();
            return Ok(all.filter(|sid| *sid != old).collect());
        }
        Ok(vec![self.server(name)?])
    }

    fn server(&mut self, name: &str) -> Result<Sid, String> {
        if let Some(sid) = self.names.get(name) {
            return Ok(*sid);
        }
        let sid = match name {
            "leader" => {
                let leader = self.system.leader()?;
                self.names.entry("old_leader".to_owned()).or_insert(leader);
                return Ok(leader);
            }
            "old_leader" | "exLeader" => self.system.leader()?,
            "a_follower" => self.system.follower()?,
            _ => return Err(format!("nobody is called {name}")),
        };
        self.names.insert(name.to_owned(), sid);
        Ok(sid)
    }

    // Conditions.

    fn await_condition(&mut self, limit: u64, key: &str, value: &Value) -> Result<(), String> {
        let end = self.system.now_ms() + limit;
        // What must not be has to be so at the end as well.
        let is_negative = matches!(key, "notServing" | "processesAlive");
        if is_negative {
            self.system.run_for(60_000);
        }
        while !self.holds(key, value)? {
            if self.system.now_ms() >= end {
                let states = self.system.describe();
                return Err(format!("not so within {limit} ms: {key} {value}; {states}"));
            }
            self.system.run_for(20);
        }
        Ok(())
    }

    fn holds(&mut self, key: &str, value: &Value) -> Result<bool, String> {
        let list = || -> Result<Vec<Sid>, String> {
            let all = value.as_array().ok_or("no list")?;
            all.iter().map(|sid| int(sid).map(Sid)).collect()
        };
        let system = &self.system;
        Ok(match key {
            "establishedLeader" => system.leader().is_ok(),
            "synced" => system.all_serve(),
            "leaders" => system.count(ServerState::Leading) == int(value)?,
            "leaderIs" => system.leader().ok() == Some(Sid(int(value)?)),
            "leaderIn" => match system.leader() {
                Ok(leader) => list()?.contains(&leader),
                Err(_) => false,
            },
            "followersAtLeast" => system.count(ServerState::Following) >= int(value)?,
            "decided" => list()?.iter().all(|sid| system.has_decided(*sid)),
            "serving" => list()?.iter().all(|sid| system.serves(*sid)),
            "notServing" => !list()?.iter().any(|sid| system.serves(*sid)),
            "processesAlive" => list()?.iter().all(|sid| system.is_up(*sid)),
            "currentEpoch" if value.is_number() => {
                let leader = system.leader();
                leader.is_ok_and(|leader| Ok(system.epoch(leader).0) == int(value))
            }
            "currentEpoch" | "acceptedEpoch" => epochs(system, key, value)?,
            "state" | "stateOf" | "exLeaderState" => return self.states(key, value),
            "absentOn" => return self.absent_on(value),
            "absentEverywhere" => {
                let paths = value.as_array().ok_or("no list")?;
                let mut paths = paths.iter().filter_map(Value::as_str);
                paths.all(|path| system.having(path).is_empty())
            }
            "newLeaderIsNotOldLeader" => {
                let old = self.names.get("old_leader").copied();
                system.leader().is_ok_and(|leader| Some(leader) != old)
            }
            "epochIncreased" => {
                let leader = system.leader();
                leader.is_ok_and(|leader| system.epoch(leader) > self.epoch)
            }
            "writesAcknowledgedAllPresent" => {
                let mut done = self.writes.iter().filter(|(_, how)| *how == Written::Done);
                system.all_serve()
                    && done.all(|(path, _)| system.having(path).len() == system.members.len())
            }
            "firstUnacknowledgedAbsent" => {
                let mut rest = self.writes.iter();
                let first = rest.find(|(_, how)| *how != Written::Done);
                let (path, _) = first.ok_or("every write was acknowledged")?;
                system.having(path).is_empty()
            }
            "clientCanConnectTo" => {
                let old = self.server("old_leader")?;
                let others: Vec<Sid> = self.system.running().filter(|sid| *sid != old).collect();
                self.system.client(&others).is_ok()
            }
            _ => return Err(format!("no such condition: {key}")),
        })
    }

    fn states(&mut self, key: &str, value: &Value) -> Result<bool, String> {
        if key == "exLeaderState" {
            let sid = self.server("exLeader")?;
            return Ok(self.system.state(sid) == Some(state(value)?));
        }
        for (name, wanted) in value.as_object().ok_or("no object")? {
            let sid = match number(name) {
                Ok(sid) => Sid(sid),
                Err(_) => self.server(name)?,
            };
            if self.system.state(sid) != Some(state(wanted)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn absent_on(&mut self, value: &Value) -> Result<bool, String> {
        for (group, paths) in value.as_object().ok_or("no object")? {
            let sids = self.group(group)?;
            for path in paths.as_array().ok_or("no list")? {
                let having = self.system.having(path.as_str().unwrap_or_default());
                if having.iter().any(|sid| sids.contains(sid)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

fn epochs(system: &System, key: &str, value: &Value) -> Result<bool, String> {
    for (sid, epoch) in value.as_object().ok_or("no object")? {
        let sid = Sid(number(sid)?);
        let found = if key == "currentEpoch" {
            system.epoch(sid)
        } else {
            system.accepted_epoch(sid)
        };
        if found != Epoch(int(epoch)?) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A fault by which a server stops as a whole.
pub(super) const fn stopping(sid: Sid) -> Fault {
    Fault::Terminate { sid }
}
