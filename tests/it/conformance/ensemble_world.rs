//! The world an `ensemble` row runs on: servers that start together, clients that create znodes.

use std::sync::Arc;

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::client::{ClientNote, ClientState, Outcome};
use zabscope::protocol::{
    CreateMode, Durable, Epoch, LearnerType, Note, Op, PeerConfig, ServerState, Sid, TxnBody, Zxid,
};
use zabscope::sim::{
    Cause, ClientId, ClientSpec, ClusterSpec, Command, Direction, Fault, Power, ServerStatus, Step,
    World,
};

use super::ensemble::stopping;
use super::values::{ensemble, int_at, list_at, str_at, zxid_at};

/// Later than any run.
const NEVER: Micros = Micros::from_ms(1_000_000_000);

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Done,
    Failed,
    Unknown,
}

/// Whether a server is to leave its first leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disloyal {
    Nobody,
    /// This one, as soon as it follows: its process ends and begins anew, so that the leader loses
    /// a voter that looks again. It may join by what the others said last, where the hook's server
    /// cannot; that exact schedule is a test of `check`, ZOOKEEPER-3109.
    Until(Sid),
}

/// A cluster with its clients.
pub(super) struct System {
    world: World,
    pub(super) members: Vec<Sid>,
    pub(super) disloyal: Disloyal,
    clients: u32,
    /// The outcome of each client's last call.
    outcomes: Vec<Option<Written>>,
}

impl System {
    /// The servers of a row, none of them started.
    ///
    /// # Errors
    /// Where the row cannot be read.
    pub(super) fn of(row: &Value) -> Result<Self, String> {
        let mut roles = serde_json::json!({"participants": [], "observers": []});
        let mut spec = ClusterSpec::plain(1, 0);
        for server in list_at(row, "servers")? {
            let sid = int_at(server, "sid")?;
            let role = format!("{}s", str_at(server, "role")?);
            let list = roles.get_mut(&role).and_then(Value::as_array_mut);
            list.ok_or("no such role")?.push(sid.into());
            spec.starts.insert(Sid(sid), NEVER);
            let last = zxid_at(server, "lastZxid")?;
            if last != Zxid(0) {
                let epoch = Epoch(int_at(server, "currentEpoch")?);
                let mut disk = Durable::with_log(epoch, last);
                disk.accepted_epoch = Some(Epoch(int_at(server, "acceptedEpoch")?));
                spec.disks.insert(Sid(sid), disk);
            }
        }
        for key in ["groups", "weights"] {
            if let Some(given) = row.get(key) {
                roles[key] = given.clone();
            }
        }
        let ensemble = ensemble(&roles)?;
        let members: Vec<Sid> = ensemble.members.keys().copied().collect();
        let unsigned = |key| Ok::<u64, String>(int_at(row, key)?.unsigned_abs());
        spec.config = PeerConfig {
            tick_time_ms: unsigned("tickTime")?,
            init_limit: unsigned("initLimit")?,
            sync_limit: unsigned("syncLimit")?,
            ..PeerConfig::sample(Sid(1), ensemble)
        };
        for (key, value) in row
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            if key != "zookeeper.leader.maxTimeToWaitForEpoch" {
                return Err(format!("no such property: {key}"));
            }
            spec.config.max_time_to_wait_for_epoch_ms = value.as_u64();
        }
        Ok(Self {
            world: World::new(&spec, 7),
            members,
            disloyal: Disloyal::Nobody,
            clients: 0,
            outcomes: Vec::new(),
        })
    }

    // Time.

    pub(super) fn now_ms(&self) -> u64 {
        self.world.now().as_ms()
    }

    pub(super) fn run_for(&mut self, ms: u64) {
        let until = self.world.now() + Micros::from_ms(ms);
        while self.world.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.world.idle_until(until);
    }

    /// Goes on until `holds`.
    ///
    /// # Errors
    /// Where it never does.
    pub(super) fn until(
        &mut self,
        limit_ms: u64,
        what: &str,
        holds: impl Fn(&Self) -> bool,
    ) -> Result<(), String> {
        let end = self.now_ms() + limit_ms;
        while !holds(self) {
            if self.now_ms() >= end {
                return Err(format!("not so within {limit_ms} ms: {what}"));
            }
            self.run_for(10);
        }
        Ok(())
    }

    fn step(&mut self) -> Option<Step> {
        let step = self.world.step()?;
        self.take(&step);
        let follows = |note: &Note| {
            let to = ServerState::Following;
            matches!(note, Note::State { to: state, .. } if *state == to)
        };
        if let Disloyal::Until(sid) = self.disloyal
            && step.sid == Some(sid)
            && step.notes.iter().any(follows)
        {
            self.disloyal = Disloyal::Nobody;
            self.inject(Fault::Kill { sid });
            self.inject(Fault::Restart { sid });
        }
        Some(step)
    }

    fn take(&mut self, step: &Step) {
        let Some(client) = step.client else { return };
        for note in &step.told {
            if let ClientNote::Done { outcome, .. } = note
                && let Some(slot) = self.outcomes.get_mut(client.0 as usize)
            {
                *slot = Some(match outcome {
                    Outcome::Acknowledged { .. } => Written::Done,
                    Outcome::Failed(_) => Written::Failed,
                    Outcome::Unknown => Written::Unknown,
                });
            }
        }
    }

    fn act(&mut self, command: &Command) {
        if let Ok(step) = self.world.apply(command) {
            self.take(&step);
        }
    }

    fn inject(&mut self, fault: Fault) {
        self.act(&Command::Inject { fault });
    }

    // What is done to servers.

    /// They begin at one instant: whoever is ready first is stopped until all are.
    ///
    /// # Errors
    /// Where one does not come up.
    pub(super) fn start(&mut self, sids: &[Sid]) -> Result<(), String> {
        for &sid in sids {
            self.inject(Fault::Restart { sid });
        }
        let mut booting = sids.to_vec();
        while !booting.is_empty() {
            let step = self.step().ok_or("nothing happens")?;
            if step.cause == Cause::Booted
                && let Some(sid) = step.sid.filter(|sid| booting.contains(sid))
            {
                booting.retain(|other| *other != sid);
                self.inject(Fault::Pause { sid });
            }
            if self.now_ms() > 10_000_000 {
                return Err("a server does not start".to_owned());
            }
        }
        for &sid in sids {
            self.inject(Fault::Resume { sid });
        }
        Ok(())
    }

    /// They shut down.
    ///
    /// # Errors
    /// Where one does not end.
    pub(super) fn stop(&mut self, sids: &[Sid]) -> Result<(), String> {
        for &sid in sids {
            self.inject(stopping(sid));
        }
        self.until(10_000, "they have ended", |system| {
            !sids.iter().any(|sid| system.is_up(*sid))
        })
    }

    /// No other server hears it or is heard by it.
    pub(super) fn isolate(&mut self, sid: Sid) {
        self.cut(sid, Direction::Both);
    }

    /// It hears no other server.
    pub(super) fn deafen(&mut self, sid: Sid) {
        self.cut(sid, Direction::OneWay);
    }

    fn cut(&mut self, to: Sid, direction: Direction) {
        for from in self.members.clone() {
            if from != to {
                self.inject(Fault::Cut {
                    from,
                    to,
                    direction,
                });
            }
        }
    }

    pub(super) fn heal(&mut self) {
        self.act(&Command::HealAll);
    }

    /// The leader's next proposal follows this counter: a long reign, written into the world.
    ///
    /// # Errors
    /// Where the world cannot be read again.
    pub(super) fn set_counter(&mut self, leader: Sid, counter: i64) -> Result<(), String> {
        let last = Zxid::make(self.epoch(leader), counter);
        let mut text = serde_json::to_value(&self.world).map_err(|error| error.to_string())?;
        if set_all(&mut text, "last_proposed", last.0) != 1 {
            return Err("not exactly one server leads".to_owned());
        }
        self.world = serde_json::from_value(text).map_err(|error| error.to_string())?;
        Ok(())
    }

    // Clients.

    /// A client with a session on one of `hosts`.
    ///
    /// # Errors
    /// Where it gets none.
    pub(super) fn client(&mut self, hosts: &[Sid]) -> Result<ClientId, String> {
        let id = ClientId(self.clients);
        self.clients += 1;
        self.outcomes.push(None);
        let client = ClientSpec {
            hosts: hosts.to_vec(),
            timeout_ms: 30_000,
            ..ClientSpec::default()
        };
        self.act(&Command::AddClient { client });
        self.until(60_000, "a client is connected", |system| {
            let status = system.world.client(id);
            status.is_some_and(|status| status.state == ClientState::Connected)
        })?;
        Ok(id)
    }

    pub(super) fn create(&mut self, client: ClientId, path: &str) {
        if let Some(slot) = self.outcomes.get_mut(client.0 as usize) {
            *slot = None;
        }
        let op = Op::Create {
            path: Arc::from(path),
            data: Arc::from("x"),
            mode: CreateMode::Persistent,
        };
        self.act(&Command::Request { id: client, op });
    }

    /// What became of the client's last call.
    ///
    /// # Errors
    /// Where it has no outcome for long.
    pub(super) fn outcome(&mut self, client: ClientId) -> Result<Written, String> {
        let slot = client.0 as usize;
        self.until(120_000, "the call has an outcome", |system| {
            system.outcomes[slot].is_some()
        })?;
        self.outcomes[slot].ok_or_else(|| "no outcome".to_owned())
    }

    // What can be seen.

    pub(super) fn running(&self) -> impl Iterator<Item = Sid> {
        let running = self.members.iter().copied();
        running.filter(|sid| self.is_up(*sid))
    }

    pub(super) fn is_up(&self, sid: Sid) -> bool {
        let power = self.world.power(sid);
        matches!(power, Power::Starting | Power::Up | Power::Paused)
    }

    pub(super) fn votes(&self, sid: Sid) -> bool {
        let config = self.world.config(sid);
        config.is_some_and(|config| config.learner_type() == LearnerType::Participant)
    }

    pub(super) fn serves(&self, sid: Sid) -> bool {
        let server = self.world.server(sid);
        server.is_some_and(|server| server.power == Power::Up && server.peer.serving)
    }

    pub(super) fn all_serve(&self) -> bool {
        self.running().all(|sid| self.serves(sid))
    }

    pub(super) fn state(&self, sid: Sid) -> Option<ServerState> {
        let server = self.world.server(sid)?;
        (server.power == Power::Up).then_some(server.peer.state)
    }

    pub(super) fn has_decided(&self, sid: Sid) -> bool {
        let state = self.state(sid);
        state.is_some_and(|state| state != ServerState::Looking)
    }

    pub(super) fn in_state(&self, state: ServerState) -> Vec<Sid> {
        let members = self.members.iter().copied();
        members
            .filter(|sid| self.state(*sid) == Some(state))
            .collect()
    }

    /// The leader that serves, of the latest epoch.
    ///
    /// # Errors
    /// Where nobody does.
    pub(super) fn leader(&self) -> Result<Sid, String> {
        let leaders = self.in_state(ServerState::Leading).into_iter();
        let serving = leaders.filter(|sid| self.serves(*sid));
        let latest = serving.max_by_key(|sid| self.epoch(*sid));
        latest.ok_or_else(|| "nobody leads".to_owned())
    }

    /// A follower that serves.
    ///
    /// # Errors
    /// Where there is none.
    pub(super) fn follower(&self) -> Result<Sid, String> {
        let followers = self.in_state(ServerState::Following).into_iter();
        let mut serving = followers.filter(|sid| self.serves(*sid));
        serving.next().ok_or_else(|| "nobody follows".to_owned())
    }

    pub(super) fn epoch(&self, sid: Sid) -> Epoch {
        let server = self.world.server(sid);
        server.map_or(Epoch(0), |server| server.peer.current_epoch)
    }

    pub(super) fn accepted_epoch(&self, sid: Sid) -> Epoch {
        let server = self.world.server(sid);
        server.map_or(Epoch(0), |server| server.peer.accepted_epoch)
    }

    /// Who has `path` in memory.
    pub(super) fn having(&self, path: &str) -> Vec<Sid> {
        let has = |sid: &Sid| {
            let database = self.world.database(*sid);
            database.is_some_and(|database| database.data(path).is_some())
        };
        self.members.iter().copied().filter(has).collect()
    }

    pub(super) fn has_on_disk(&self, sid: Sid, path: &str) -> bool {
        let creates =
            |body: &TxnBody| matches!(body, TxnBody::Create { path: p, .. } if **p == *path);
        let disk = self.world.durable(sid);
        disk.is_some_and(|disk| disk.log.txns().rev().any(|txn| creates(&txn.body)))
    }

    /// How many servers are in a state.
    pub(super) fn count(&self, state: ServerState) -> i64 {
        i64::try_from(self.in_state(state).len()).unwrap_or(i64::MAX)
    }

    /// All servers in a line.
    pub(super) fn describe(&self) -> String {
        let of = |server: ServerStatus| {
            let (sid, power, peer) = (server.sid, server.power, server.peer);
            let (state, epoch) = (peer.state, peer.current_epoch.0);
            format!(
                "{sid}: {power:?} {state:?} serving {} epoch {epoch}",
                peer.serving
            )
        };
        self.world.servers().map(of).collect::<Vec<_>>().join("; ")
    }
}

/// Replaces every field `key` of a value; how many there are.
fn set_all(value: &mut Value, key: &str, to: i64) -> usize {
    match value {
        Value::Object(fields) => {
            let mut count = 0;
            for (name, field) in fields {
                if name == key {
                    *field = to.into();
                    count += 1;
                } else {
                    count += set_all(field, key, to);
                }
            }
            count
        }
        Value::Array(items) => items.iter_mut().map(|item| set_all(item, key, to)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
