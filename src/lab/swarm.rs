//! The swarm: each seed draws an ensemble, its surroundings and a plan of trouble.
//!
//! While there is trouble, every promise is watched at every step. Then everything is healed and
//! started: within a bound there must be one serving leader, everybody serves under it who can, and
//! the writes of a client that comes then are acknowledged.

use core::fmt::{self, Write as _};

use super::{clients, one_of};
use crate::base::json::Writer;
use crate::base::{Map, Micros, Ppm, Rng};
use crate::check::Checks;
use crate::protocol::note::SyncMode;
use crate::protocol::{Ensemble, Message, Note, QuorumBody, QuorumSpec, ServerState, Sid, Zxid};
use crate::sim::{
    CATALOGUE, Cause, Clock, ClusterSpec, Command, Fault, FaultKind, Power, Profile, ServerStatus,
    Step, TimedCommand, Trouble, World, describe, resolve, survivable,
};

/// How long there is trouble.
const TROUBLE: Micros = Micros::from_ms(60_000);

/// How long a healed ensemble may take to serve: a notification time-out and a retransmission time
/// that have both grown to about a minute, what a slow link still has under way, and the tries
/// after them.
pub const RECOVERY: Micros = Micros::from_ms(400_000);

/// How long a client may take then until its first write is acknowledged.
const SERVED: Micros = Micros::from_ms(120_000);

/// How long one message may be delayed, ms.
const LONGEST_MS: u64 = 20_000;

/// What a seed draws.
#[derive(Clone, Debug)]
pub struct Case {
    /// The seed, which gives the run its chance as well.
    pub seed: u64,
    /// The ensemble and its surroundings.
    pub spec: ClusterSpec,
    /// What happens to it; at the end everything is healed and started.
    pub commands: Vec<TimedCommand>,
}

/// How a case that went well went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Events and commands executed.
    pub steps: u64,
    /// From the heal to everybody serving.
    pub recovered_in: Micros,
    /// Calls of clients that were acknowledged.
    pub acknowledged: u64,
    /// The defect of `ZooKeeper`'s own that ended the case early.
    pub defect: Option<Defect>,
}

/// What `ZooKeeper` does that breaks its promises; a case that runs into it is not judged further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// QUIRK(snapshots survive truncation): TRUNC cuts the log, and snapshots that are newer stay.
    /// A leader takes one as it begins, with all it has logged; where it dies before a quorum has
    /// that, and another leader sends it TRUNC, it loads what nobody agreed on.
    /// Source: `FileTxnSnapLog.java`, truncateLog; `LeaderZooKeeperServer.java`, loadData.
    SnapshotAboveTrunc,
    /// QUIRK(logs survive snapshots): SNAP replaces the database, and what the learner has logged
    /// stays in its log, with a tail that nobody agreed on or a hole before what comes next. Where
    /// that learner leads later, it brings those who are behind its committed log up to date from
    /// there.
    /// Source: `Learner.java`, syncWithLeader; `ZKDatabase.java`, getProposalsFromTxnLog.
    LogUnderSnapshot,
    /// QUIRK(acks survive truncation): a learner that lost its leader and comes back to it has
    /// logged more than is committed; it gets TRUNC, and the same proposals again. The leader goes
    /// on counting what the learner acknowledged before: until the log has them again, they may
    /// be committed with one copy less than a quorum.
    /// Source: `LearnerHandler.java`, syncFollower; `Leader.java`, startForwarding, processAck.
    AckBeforeTrunc,
}

/// Why a case did not go well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The seed that shows it again.
    pub seed: u64,
    /// When.
    pub at: Micros,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, at, what } = self;
        write!(f, "zabscope swarm --seed {seed}   # at {at}: {what}")
    }
}

impl Case {
    /// Draws the case of a seed.
    pub fn draw(seed: u64) -> Self {
        let about_messages = ["delayMessage", "dropMessage"];
        let mut kinds: Vec<_> = survivable().collect();
        kinds.extend(
            CATALOGUE
                .iter()
                .filter(|kind| about_messages.contains(&kind.key)),
        );
        Self::of_kinds(seed, &kinds)
    }

    fn of_kinds(seed: u64, kinds: &[&'static FaultKind]) -> Self {
        let mut rng = Rng::new(seed).fork("swarm");
        let servers = 3 + below(&mut rng, 7);
        let observers = below(&mut rng, 3).min(servers - 3);
        let mut spec = ClusterSpec::plain(servers - observers, observers);
        spec.config.ensemble.quorum = quorum(&spec.config.ensemble, &mut rng);
        spec.profile = one_of(&Profile::ALL, &mut rng);
        spec.config.tick_time_ms = one_of(&[200, 500, 2_000], &mut rng);
        let sids: Vec<Sid> = spec.config.ensemble.members.keys().copied().collect();
        if rng.chance(Ppm(500_000)) {
            for sid in &sids {
                let start = rng.span(Micros::ZERO, Micros::from_ms(5_000));
                spec.starts.insert(*sid, start);
            }
        }
        if rng.chance(Ppm(300_000)) {
            for sid in &sids {
                let clock = Clock {
                    offset_us: below(&mut rng, 10_000_000),
                    drift_ppm: below(&mut rng, 401) - 200,
                };
                spec.clocks.insert(*sid, clock);
            }
        }
        let trouble = Trouble {
            sids: &sids,
            clients: clients::MOST,
            most: 24,
            from: Micros::from_ms(500),
            until: TROUBLE,
        };
        let mut commands = trouble.draw(kinds, &mut rng);
        let tick_ms = spec.config.tick_time_ms;
        let mut rng = rng.fork("clients");
        spec.clients = clients::draw(&sids, tick_ms, &mut rng);
        commands.extend(clients::cuts(&sids, TROUBLE, &mut rng.fork("cuts")));
        commands.extend(clients::commands(&sids, tick_ms, TROUBLE, &mut rng));
        commands.sort_by_key(|timed| timed.at_us);
        Self {
            seed,
            spec,
            commands,
        }
    }

    /// The ensemble and the plan, as lines of text.
    pub fn describe(&self) -> String {
        let ensemble = &self.spec.config.ensemble;
        let (members, observers) = (ensemble.members.len(), ensemble.observers().count());
        let (network, tick) = (self.spec.profile.name(), self.spec.config.tick_time_ms);
        let quorum = match &ensemble.quorum {
            QuorumSpec::Hierarchical { groups, weights } => {
                format!("groups {groups:?}, weights {weights:?}")
            }
            QuorumSpec::Majority | QuorumSpec::Oracle { .. } => "majority".to_owned(),
        };
        let plan = describe(&self.commands);
        let mut json = Writer::compact();
        json.list();
        for client in &self.spec.clients {
            client.write(&mut json);
        }
        json.end_list();
        let clients = json.finish();
        format!(
            "{members} servers, the last {observers} observing, {quorum}; {network}, \
             tickTime {tick} ms\nclients {clients}\n{plan}"
        )
    }

    /// Runs it.
    ///
    /// # Errors
    /// The first promise that was broken, or that the ensemble did not recover.
    pub fn run(&self) -> Result<Done, Failure> {
        let mut watched = Watched {
            seed: self.seed,
            world: World::new(&self.spec, self.seed),
            checks: Checks::default(),
            steps: 0,
            defect: None,
        };
        match self.go_through(&mut watched) {
            Err(_) if watched.defect.is_some() => Ok(watched.done(Micros::ZERO)),
            result => result,
        }
    }

    fn go_through(&self, watched: &mut Watched) -> Result<Done, Failure> {
        for timed in &self.commands {
            watched.go(timed.at_us)?;
            watched.apply(&timed.command)?;
        }
        let healed_at = watched.world.now();
        while !has_recovered(&watched.world) {
            let next = watched.world.now() + Micros::from_ms(50);
            if next > healed_at + RECOVERY {
                let states = states(&watched.world);
                return Err(watched.failure(format!("not well {RECOVERY} after the heal:{states}")));
            }
            watched.go(next)?;
        }
        let recovered_in = watched.world.now() - healed_at;
        watched.serve_somebody()?;
        watched.defect = None;
        Ok(watched.done(recovered_in))
    }
}

/// Nine in ten are majorities; the others have groups, some of whose members weigh nothing.
fn quorum(ensemble: &Ensemble, rng: &mut Rng) -> QuorumSpec {
    let voters: Vec<Sid> = ensemble.participants().collect();
    if voters.len() < 3 || rng.chance(Ppm(700_000)) {
        return QuorumSpec::Majority;
    }
    let count = one_of(&[1, 3], rng);
    let mut groups: Map<i64, Vec<Sid>> = Map::new();
    let mut weights = Map::new();
    for (n, sid) in (0_i64..).zip(&voters) {
        groups.or_default(1 + n % count).push(*sid);
        // The first of each group weighs something, or the group would never count.
        let weight = if n < count { 1 } else { below(rng, 4) };
        weights.insert(*sid, weight);
    }
    QuorumSpec::Hierarchical { groups, weights }
}

fn below(rng: &mut Rng, n: u64) -> i64 {
    i64::try_from(rng.below(n)).unwrap_or(0)
}

/// A world whose every step is shown to the checks.
struct Watched {
    seed: u64,
    world: World,
    checks: Checks,
    steps: u64,
    defect: Option<Defect>,
}

impl Watched {
    fn go(&mut self, until: Micros) -> Result<(), Failure> {
        while self.world.next_at().is_some_and(|next| next < until) {
            if let Some(step) = self.world.step() {
                self.observe(&step)?;
            }
        }
        self.world.idle_until(until);
        Ok(())
    }

    /// What makes no sense now is passed over.
    fn apply(&mut self, command: &Command) -> Result<(), Failure> {
        let mut command = resolve(command, &self.world);
        if let Command::Inject { fault } = &mut command
            && let Fault::DelayMessage { ms, .. } = fault
        {
            // It cannot be healed, and must not last longer than what can.
            *ms = (*ms).min(LONGEST_MS);
        }
        match self.world.apply(&command) {
            Ok(step) => self.observe(&step),
            Err(_) => Ok(()),
        }
    }

    fn done(&self, recovered_in: Micros) -> Done {
        Done {
            steps: self.steps,
            recovered_in,
            acknowledged: self.world.clients().map(|c| c.acknowledged).sum(),
            defect: self.defect,
        }
    }

    fn meets_defect(&self, step: &Step) -> Option<Defect> {
        if self.cuts_below_snapshot(step) {
            Some(Defect::SnapshotAboveTrunc)
        } else if self.sends_dead_tail(step) {
            Some(Defect::LogUnderSnapshot)
        } else if self.cuts_what_was_acknowledged(step) {
            Some(Defect::AckBeforeTrunc)
        } else {
            None
        }
    }

    /// A leader brings somebody up to date from its log, and that has what nobody agreed on, or
    /// lacks what everybody did.
    fn sends_dead_tail(&self, step: &Step) -> bool {
        let sid = step.sid.unwrap_or_default();
        chosen(step).any(|(mode, peer)| mode != SyncMode::Snap && self.is_log_amiss(sid, peer))
    }

    /// A serving leader cuts off what a learner has of its own epoch.
    fn cuts_what_was_acknowledged(&self, step: &Step) -> bool {
        let leader = step.sid.and_then(|sid| self.world.server(sid));
        leader.is_some_and(|leader| {
            let is_own = |peer: Zxid| peer.epoch() == leader.peer.current_epoch;
            let cuts = |(mode, peer): (SyncMode, Zxid)| {
                mode == SyncMode::Trunc && is_own(peer) && peer.counter() > 0
            };
            leader.peer.serving && chosen(step).any(cuts)
        })
    }

    /// What it brings others up to date from, from the log on its disk and from what it read of
    /// that when it began, holds what nobody agreed on, or lacks something.
    fn is_log_amiss(&self, sid: Sid, peer: Zxid) -> bool {
        let database = self.world.database(sid);
        let known = database.and_then(|database| database.committed().max());
        let (Some(known), Some(disk)) = (known, self.world.durable(sid)) else {
            return false;
        };
        let history = self.checks.history();
        let (mut begin, mut end, mut sent, mut dead) = (peer, peer, 0, false);
        for txn in disk.log.txns().filter(|txn| txn.zxid <= known) {
            if txn.zxid <= peer {
                begin = txn.zxid;
                // What the learner itself has, and would lose, were it not in this log.
                dead = txn.zxid == peer && !history.allows(txn);
            } else {
                sent += 1;
                end = txn.zxid;
                dead |= !history.allows(txn);
            }
        }
        let after = Zxid(end.0.saturating_add(1));
        let holds = |zxid: Zxid| disk.log.txns().any(|txn| txn.zxid == zxid);
        // A snapshot it was sent, of what its own log never had.
        let jumped = disk.snapshots.iter().any(|snapshot| {
            let at = snapshot.zxid;
            at > peer && at.counter() > 0 && at < known && !holds(at)
        });
        dead || jumped || history.between(begin, after) > sent
    }

    /// A server is told to forget what its newest snapshot has.
    fn cuts_below_snapshot(&self, step: &Step) -> bool {
        let Cause::Delivered { frame } = &step.cause else {
            return false;
        };
        let Message::Quorum(packet) = &frame.message else {
            return false;
        };
        let disk = frame.to.server().and_then(|sid| self.world.durable(sid));
        let newest = disk.and_then(|disk| disk.snapshot().map(|snapshot| snapshot.zxid));
        packet.body == QuorumBody::Trunc && newest.is_some_and(|newest| newest > packet.zxid)
    }

    /// A client that comes now gets a session, and its writes are acknowledged.
    fn serve_somebody(&mut self) -> Result<(), Failure> {
        let client = clients::witness();
        let Ok(step) = self.world.apply(&Command::AddClient { client }) else {
            return Err(self.failure("no client can be added".to_owned()));
        };
        self.observe(&step)?;
        let limit = self.world.now() + SERVED;
        while step
            .client
            .and_then(|id| self.world.client(id))
            .is_none_or(|client| client.acknowledged < 2)
        {
            let next = self.world.now() + Micros::from_ms(50);
            if next > limit {
                let states = states(&self.world);
                return Err(self.failure(format!("no write is acknowledged:{states}")));
            }
            self.go(next)?;
        }
        Ok(())
    }

    fn observe(&mut self, step: &Step) -> Result<(), Failure> {
        self.steps += 1;
        if let Some(defect) = self.meets_defect(step) {
            self.defect = Some(defect);
        }
        self.checks.observe(step, &self.world);
        match self.checks.violations().first() {
            None => Ok(()),
            Some(violation) => {
                let (property, broken) = (&violation.property, &violation.broken.detail);
                Err(self.failure(format!("{property}: {broken}")))
            }
        }
    }

    fn failure(&self, what: String) -> Failure {
        Failure {
            seed: self.seed,
            at: self.world.now(),
            what,
        }
    }
}

/// How a leader brings learners up to date at this step, and the last zxid of each.
fn chosen(step: &Step) -> impl Iterator<Item = (SyncMode, Zxid)> + '_ {
    step.notes.iter().filter_map(|note| {
        let Note::SyncChosen {
            mode, peer_zxid, ..
        } = note
        else {
            return None;
        };
        Some((*mode, *peer_zxid))
    })
}

/// The one serving leader, where there is one.
fn leader(world: &World) -> Option<ServerStatus> {
    let leads = |s: &ServerStatus| s.peer.serving && s.peer.state == ServerState::Leading;
    let mut leaders = world.servers().filter(leads);
    leaders.next().filter(|_| leaders.next().is_none())
}

fn serves_under(server: &ServerStatus, leader: &ServerStatus) -> bool {
    server.power == Power::Up && server.peer.serving && server.peer.leader == Some(leader.sid)
}

/// One serving leader, and everybody serves under it.
pub fn is_well(world: &World) -> bool {
    leader(world).is_some_and(|leader| world.servers().all(|s| serves_under(&s, &leader)))
}

/// As well as `ZooKeeper` gets by itself.
///
/// QUIRK(ahead of its leader): a server that led and died before its followers had acknowledged its
/// epoch has accepted a higher epoch than those who elect another leader without it. It refuses
/// that leader's LEADERINFO, looks, and finds the same leader, until further elections have raised
/// the others' epoch to its own.
/// Source: Learner.java, registerWithLeader: "Leaders epoch, … is less than accepted epoch, …".
///
/// QUIRK(log before epoch): a learner writes currentEpoch when transactions and snapshot are on the
/// disk. One that crashes in between, having got some of the new epoch, never starts again.
/// Source: Learner.java, syncWithLeader; QuorumPeer.java, loadDataBase: "The current epoch, …, is
/// older than the last zxid, …".
fn has_recovered(world: &World) -> bool {
    leader(world).is_some_and(|leader| {
        let epoch = leader.peer.accepted_epoch;
        let is_ahead = |s: &ServerStatus| s.power == Power::Up && s.peer.accepted_epoch > epoch;
        world
            .servers()
            .all(|s| serves_under(&s, &leader) || is_ahead(&s) || cannot_start(world, s.sid))
    })
}

fn cannot_start(world: &World, sid: Sid) -> bool {
    let disk = world.durable(sid).zip(world.config(sid));
    world.power(sid) == Power::Off
        && disk.is_some_and(|(disk, config)| disk.load(&config.storage, config.bugs).is_err())
}

fn states(world: &World) -> String {
    let mut text = String::new();
    for server in world.servers() {
        let (sid, peer) = (server.sid, &server.peer);
        let serves = if peer.serving { "serves" } else { "waits" };
        let (power, state) = (server.power.name(), peer.state);
        let _ = write!(text, " {sid} {power} {state} {serves} {};", peer.last_zxid);
    }
    text
}

#[cfg(test)]
#[path = "swarm_tests.rs"]
mod tests;
