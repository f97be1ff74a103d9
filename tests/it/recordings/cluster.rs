//! A simulated cluster that is watched: every fact its servers stated, with its instant.

use zabscope::base::Micros;
use zabscope::check::Checks;
use zabscope::protocol::client::{ClientNote, ClientState};
use zabscope::protocol::note::SyncMode;
use zabscope::protocol::{Durable, Epoch, Note, Op, ServerState, Sid, Zxid};
use zabscope::sim::{
    ClientId, ClientSpec, ClusterSpec, Command, Fault, Power, ServerStatus, Step, World,
};

/// A fact with its place.
struct Event {
    at: Micros,
    sid: Sid,
    note: Note,
}

/// One seed's cluster.
pub(super) struct Cluster {
    pub(super) world: World,
    checks: Checks,
    events: Vec<Event>,
    /// What clients' applications were told.
    told: Vec<(Micros, ClientId, ClientNote)>,
    clients: u32,
    seed: u64,
}

impl Cluster {
    /// The world of `spec` before anything has happened.
    pub(super) fn new(spec: &ClusterSpec, seed: u64) -> Self {
        Self {
            world: World::new(spec, seed),
            checks: Checks::default(),
            events: Vec::new(),
            told: Vec::new(),
            clients: 0,
            seed,
        }
    }

    /// All servers up and synced, with one history, at a random phase of the leader's tick.
    ///
    /// # Errors
    /// Where that does not come about within a minute.
    pub(super) fn settled(mut spec: ClusterSpec, seed: u64) -> Result<Self, String> {
        for &sid in spec.config.ensemble.members.keys() {
            spec.disks.insert(sid, shared_history());
        }
        let mut cluster = Self::new(&spec, seed);
        cluster.until(60_000, "everybody serves", Self::all_serve)?;
        cluster.drift(spec.config.tick_time_ms);
        Ok(cluster)
    }

    /// The same, led in every second seed by the server next in line: the first one starts late.
    ///
    /// # Errors
    /// As above.
    pub(super) fn settled_in_turns(mut spec: ClusterSpec, seed: u64) -> Result<Self, String> {
        let highest = spec.config.ensemble.participants().last();
        if let Some(highest) = highest.filter(|_| seed % 2 == 1) {
            spec.starts.insert(highest, Micros::from_ms(5_000));
        }
        Self::settled(spec, seed)
    }

    /// Lets up to two ticks pass, another time in every seed.
    fn drift(&mut self, tick_ms: u64) {
        let span = Micros::from_ms(tick_ms * 2).0;
        self.run_to(self.world.now() + Micros(self.seed * 1_931_017 % span));
    }

    pub(super) const fn now(&self) -> Micros {
        self.world.now()
    }

    pub(super) fn run_to(&mut self, t: Micros) {
        while self.world.next_at().is_some_and(|at| at <= t) {
            self.step();
        }
        self.world.idle_until(t);
    }

    pub(super) fn run_for(&mut self, ms: u64) {
        self.run_to(self.now() + Micros::from_ms(ms));
    }

    /// Ends the leader and waits until another one leads and everybody who runs serves.
    ///
    /// # Errors
    /// Where that does not come about within a minute.
    pub(super) fn fail_over(&mut self, fault: Fault) -> Result<Micros, String> {
        let t0 = self.now();
        self.inject(fault);
        self.until(60_000, "the others serve again", |cluster| {
            !cluster.established(t0).is_empty() && cluster.all_who_run_serve()
        })?;
        Ok(t0)
    }

    fn step(&mut self) -> Option<Step> {
        let step = self.world.step()?;
        self.take(&step);
        Some(step)
    }

    fn take(&mut self, step: &Step) {
        self.checks.observe(step, &self.world);
        if let Some(id) = step.client {
            let told = step.told.iter();
            self.told
                .extend(told.map(|note| (step.at, id, note.clone())));
        }
        let Some(sid) = step.sid else { return };
        self.events.extend(step.notes.iter().map(|note| Event {
            at: step.at,
            sid,
            note: note.clone(),
        }));
    }

    /// Lets a fault happen now.
    pub(super) fn inject(&mut self, fault: Fault) {
        self.apply(&Command::Inject { fault });
    }

    /// A client, whatever becomes of it.
    pub(super) fn add(&mut self, client: ClientSpec) -> ClientId {
        let id = ClientId(self.clients);
        self.clients += 1;
        self.apply(&Command::AddClient { client });
        id
    }

    /// A client that has a session.
    ///
    /// # Errors
    /// Where it gets none within a minute.
    pub(super) fn client(&mut self, client: ClientSpec) -> Result<ClientId, String> {
        let id = self.add(client);
        self.until(60_000, "the client has a session", |cluster| {
            cluster.is_connected(id)
        })?;
        Ok(id)
    }

    pub(super) fn is_connected(&self, id: ClientId) -> bool {
        let status = self.world.client(id);
        status.is_some_and(|status| status.state == ClientState::Connected)
    }

    /// A client asks for something.
    pub(super) fn request(&mut self, id: ClientId, op: Op) {
        self.apply(&Command::Request { id, op });
    }

    /// Something is done to a client.
    pub(super) fn command(&mut self, command: &Command) {
        self.apply(command);
    }

    /// What a client's application was told from `t` on.
    pub(super) fn told(
        &self,
        t: Micros,
        id: ClientId,
    ) -> impl Iterator<Item = (Micros, &ClientNote)> {
        let later = self.told.iter().filter(move |(at, ..)| *at >= t);
        let of_it = later.filter(move |(_, of, _)| *of == id);
        of_it.map(|(at, _, note)| (*at, note))
    }

    /// Ends every standing fault.
    pub(super) fn heal(&mut self) {
        self.apply(&Command::HealAll);
    }

    fn apply(&mut self, command: &Command) {
        match self.world.apply(command) {
            Ok(step) => self.take(&step),
            Err(why) => panic!("seed {}: {command:?}: {why}", self.seed),
        }
    }

    /// Goes on, at most `limit_ms`, until `holds`.
    ///
    /// # Errors
    /// Where it never does.
    pub(super) fn until(
        &mut self,
        limit_ms: u64,
        what: &str,
        holds: impl Fn(&Self) -> bool,
    ) -> Result<(), String> {
        let limit = self.now() + Micros::from_ms(limit_ms);
        while !holds(self) {
            if self.now() >= limit {
                return Err(format!("not so within {limit_ms} ms: {what}"));
            }
            self.run_for(10);
        }
        Ok(())
    }

    /// True where a server has a znode in memory.
    pub(super) fn has(&self, sid: Sid, path: &str) -> bool {
        let database = self.world.database(sid);
        database.is_some_and(|database| database.data(path).is_some())
    }

    /// True where every server of the configuration serves.
    pub(super) fn all_serve(&self) -> bool {
        self.world.servers().all(|s| s.peer.serving)
    }

    /// True where every server whose process is not down serves.
    pub(super) fn all_who_run_serve(&self) -> bool {
        let down = |power| matches!(power, Power::Off | Power::Killed | Power::Unplugged);
        self.world
            .servers()
            .all(|s| down(s.power) || s.peer.serving)
    }

    /// The server that leads and serves. Where a cut-off one believes so too, of the later epoch.
    ///
    /// # Errors
    /// Where nobody does.
    pub(super) fn leader(&self) -> Result<Sid, String> {
        let leads = |s: &ServerStatus| s.peer.state == ServerState::Leading && s.peer.serving;
        self.world
            .servers()
            .filter(leads)
            .max_by_key(|s| s.peer.current_epoch)
            .map(|s| s.sid)
            .ok_or_else(|| "nobody leads".to_owned())
    }

    /// currentEpoch of a running server.
    pub(super) fn epoch(&self, sid: Sid) -> Epoch {
        self.world
            .server(sid)
            .map_or(Epoch(0), |s| s.peer.current_epoch)
    }

    /// All servers but `sid`, ascending.
    pub(super) fn others(&self, sid: Sid) -> Vec<Sid> {
        let ids = self.world.servers().map(|s| s.sid);
        ids.filter(|&other| other != sid).collect()
    }

    /// When, after `t`, a server first stated what `is` accepts.
    pub(super) fn first(&self, t: Micros, sid: Sid, is: impl Fn(&Note) -> bool) -> Option<Micros> {
        let mut later = self.events.iter().filter(|e| e.at >= t && e.sid == sid);
        later.find(|e| is(&e.note)).map(|e| e.at)
    }

    /// How often, from `t` until `end`, a server stated what `is` accepts.
    pub(super) fn count(
        &self,
        (t, end): (Micros, Micros),
        sid: Sid,
        is: impl Fn(&Note) -> bool,
    ) -> usize {
        let then = |e: &&Event| e.at >= t && e.at <= end && e.sid == sid && is(&e.note);
        self.events.iter().filter(then).count()
    }

    /// When a server first entered `state` after `t`.
    pub(super) fn entered(&self, t: Micros, sid: Sid, state: ServerState) -> Option<Micros> {
        self.first(t, sid, |note| enters(note, state))
    }

    /// When a server last entered `state` at or before `t`.
    pub(super) fn entered_before(&self, t: Micros, sid: Sid, state: ServerState) -> Option<Micros> {
        let earlier = self.events.iter().rev().filter(|e| e.at <= t);
        let mut of_it = earlier.filter(|e| e.sid == sid);
        of_it.find(|e| enters(&e.note, state)).map(|e| e.at)
    }

    /// When a server first served after `t`: what a log calls broadcast.
    pub(super) fn broadcasts(&self, t: Micros, sid: Sid) -> Option<Micros> {
        self.first(t, sid, |note| matches!(note, Note::Serving { .. }))
    }

    /// Who entered LEADING after `t`, in order.
    pub(super) fn entered_leading(&self, t: Micros) -> Vec<(Sid, Micros)> {
        let later = self.events.iter().filter(|e| e.at >= t);
        later
            .filter(|e| enters(&e.note, ServerState::Leading))
            .map(|e| (e.sid, e.at))
            .collect()
    }

    /// Who got a quorum behind its epoch after `t`, in order.
    pub(super) fn established(&self, t: Micros) -> Vec<(Sid, Micros)> {
        let later = self.events.iter().filter(|e| e.at >= t);
        later
            .filter(|e| matches!(e.note, Note::Established { .. }))
            .map(|e| (e.sid, e.at))
            .collect()
    }

    /// How a server was first brought up to date after `t`.
    pub(super) fn sync_of(&self, t: Micros, sid: Sid) -> Option<&'static str> {
        let mut later = self.events.iter().filter(|e| e.at >= t);
        later
            .find_map(|e| match &e.note {
                Note::SyncChosen { to, mode, .. } if *to == sid => Some(*mode),
                _ => None,
            })
            .map(mode_name)
    }

    /// The promises broken so far.
    pub(super) fn broken(&self) -> Vec<String> {
        let violations = self.checks.violations().iter();
        violations.map(|v| format!("{v:?}")).collect()
    }
}

const fn mode_name(mode: SyncMode) -> &'static str {
    match mode {
        SyncMode::Diff => "DIFF",
        SyncMode::Trunc => "TRUNC",
        SyncMode::Snap => "SNAP",
    }
}

fn enters(note: &Note, state: ServerState) -> bool {
    matches!(note, Note::State { to, .. } if *to == state)
}

/// What every disk holds at the beginning: an ensemble that was written to.
pub(super) fn shared_history() -> Durable {
    Durable::with_log(Epoch(1), Zxid::make(Epoch(1), 3))
}
