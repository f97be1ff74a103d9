//! The outlines of a cluster as its log alone tells them: enough to say who led when.
//!
//! Not the cluster: a past instant's world is not at hand while the overview is drawn, the log is.

use super::chronicle::Reign;
use super::snapshot::Snapshot;
use super::standing::{Cluster, Standing};
use crate::base::Map;
use crate::protocol::client::ClientNote;
use crate::protocol::{Note, PeerConfig, PeerStatus, ServerState, SessionId, Sid};
use crate::run::{Fact, LogEntry};
use crate::sim::{ActiveFault, ClientId, Command, Direction, Fault, FaultId, Power, ServerStatus};

/// What is known of the cluster so far.
#[derive(Clone, Debug)]
pub(super) struct Shadow {
    outline: Snapshot,
    injected: u32,
    clients: Map<ClientId, KnownClient>,
}

/// What is known of a client so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KnownClient {
    /// The session it had last; 0 before it had one.
    pub(super) session: SessionId,
    /// The server it was connected to last.
    pub(super) home: Option<Sid>,
    /// True while it is connected.
    pub(super) is_served: bool,
    /// True where it will not ask for a server again: killed or closed.
    is_over: bool,
}

impl Shadow {
    /// Before anything has happened.
    pub(super) fn new(config: &PeerConfig) -> Self {
        let mut outline = Snapshot::for_config(config);
        outline.servers = config
            .ensemble
            .members
            .keys()
            .map(|sid| ServerStatus {
                sid: *sid,
                power: Power::Off,
                power_since: outline.now,
                peer: PeerStatus::default(),
            })
            .collect();
        Self {
            outline,
            injected: 0,
            clients: Map::new(),
        }
    }

    /// The faults that stand.
    pub(super) fn faults(&self) -> &[ActiveFault] {
        &self.outline.faults
    }

    /// One client; a new one where nothing was told of it.
    pub(super) fn client(&self, id: ClientId) -> KnownClient {
        self.clients.get(&id).copied().unwrap_or_default()
    }

    /// How many clients are connected, and how many want to be.
    pub(super) fn served(&self) -> (usize, usize) {
        let mut count = (0, 0);
        for client in self.clients.values().filter(|client| !client.is_over) {
            count = (count.0 + usize::from(client.is_served), count.1 + 1);
        }
        count
    }

    /// Who leads now.
    pub(super) fn reign(&self) -> Reign {
        let cluster = Cluster::of(&self.outline);
        cluster.leading().map_or(Reign::Nobody, |leader| {
            let epoch = leader.peer.current_epoch;
            if cluster.standing(leader.sid) == Standing::Leading {
                Reign::Leads(leader.sid, epoch)
            } else {
                Reign::Hollow(leader.sid, epoch)
            }
        })
    }

    /// Learns one fact.
    pub(super) fn take(&mut self, entry: &LogEntry) {
        self.outline.now = entry.at;
        match &entry.what {
            Fact::Command(command) => self.command(command),
            Fact::Booted => self.power(entry.sid, Power::Up),
            Fact::Halted => self.power(entry.sid, Power::Off),
            Fact::Note(note) => self.note(entry.sid, note),
            Fact::Told(note) => self.told(entry.client, note),
        }
    }

    fn note(&mut self, sid: Option<Sid>, note: &Note) {
        if let Note::Exiting { .. } = note {
            self.power(sid, Power::Off);
            return;
        }
        if let (Note::Established { epoch, acks }, Some(leader)) = (note, sid) {
            // Those that acknowledged follow it, though each says so only when it serves.
            for ack in acks.iter().filter(|ack| **ack != leader) {
                if let Some(follower) = self.server(Some(*ack)) {
                    follower.peer.leader = Some(leader);
                    follower.peer.current_epoch = *epoch;
                }
            }
        }
        let Some(server) = self.server(sid) else {
            return;
        };
        // A note is spoken by a process that runs, whatever else is known.
        if !matches!(server.power, Power::Up | Power::Paused) {
            server.power = Power::Up;
        }
        let peer = &mut server.peer;
        match note {
            Note::State { to, .. } => {
                peer.state = *to;
                peer.serving = false;
                peer.leader = None;
            }
            Note::EpochAccepted { leader, .. } => peer.leader = Some(*leader),
            Note::Established { epoch, .. } => {
                peer.state = ServerState::Leading;
                peer.serving = true;
                peer.current_epoch = *epoch;
                peer.leader = sid;
            }
            Note::Serving { leader, epoch } => {
                peer.serving = true;
                peer.current_epoch = *epoch;
                peer.leader = Some(*leader);
            }
            _ => {}
        }
    }

    fn told(&mut self, id: Option<ClientId>, note: &ClientNote) {
        let Some(id) = id else { return };
        let client = self.clients.or_default(id);
        client.is_served = matches!(note, ClientNote::Connected { .. });
        match note {
            ClientNote::Connected { to, session, .. } => {
                client.session = *session;
                client.home = Some(*to);
                client.is_over = false;
            }
            ClientNote::Closed | ClientNote::Ended => client.is_over = true,
            _ => {}
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Inject { fault } => {
                let id = FaultId(self.injected);
                self.injected += 1;
                self.inject(id, fault);
            }
            Command::Heal { id } => self.heal(|active| active.id == *id),
            Command::HealAll => self.heal(|_| true),
            Command::KillClient { id } => {
                let client = self.clients.or_default(*id);
                client.is_served = false;
                client.is_over = true;
            }
            Command::AddClient { .. }
            | Command::PauseClient { .. }
            | Command::ResumeClient { .. }
            | Command::DisconnectClient { .. }
            | Command::CloseClient { .. }
            | Command::Request { .. } => {}
        }
        self.recut();
    }

    fn inject(&mut self, id: FaultId, fault: &Fault) {
        match fault {
            Fault::Kill { sid } => self.power(Some(*sid), Power::Killed),
            Fault::PullPlug { sid } | Fault::PowerLoss { sid } => {
                self.power(Some(*sid), Power::Unplugged);
            }
            Fault::Restart { sid } => self.power(Some(*sid), Power::Starting),
            Fault::Resume { sid } => {
                let resumed = *sid;
                self.heal(|active| active.fault == Fault::Pause { sid: resumed });
            }
            _ if fault.stands() => {
                if let Fault::Pause { sid } = fault
                    && let Some(server) = self.server(Some(*sid))
                {
                    server.power = Power::Paused;
                }
                self.outline.faults.push(ActiveFault {
                    id,
                    fault: fault.clone(),
                    since: self.outline.now,
                });
            }
            _ => {}
        }
    }

    fn heal(&mut self, ends: impl Fn(&ActiveFault) -> bool) {
        let (healed, standing): (Vec<ActiveFault>, Vec<ActiveFault>) =
            self.outline.faults.drain(..).partition(ends);
        self.outline.faults = standing;
        for active in healed {
            if let Fault::Pause { sid } = active.fault
                && let Some(server) = self.server(Some(sid))
            {
                server.power = Power::Up;
            }
        }
    }

    fn recut(&mut self) {
        let sids: Vec<Sid> = self.outline.servers.iter().map(|s| s.sid).collect();
        self.outline.cuts.clear();
        for active in &self.outline.faults {
            match &active.fault {
                Fault::Cut {
                    from,
                    to,
                    direction,
                } => {
                    self.outline.cuts.insert((*from, *to));
                    if *direction == Direction::Both {
                        self.outline.cuts.insert((*to, *from));
                    }
                }
                Fault::Partition { side } => {
                    let crossing = sids.iter().flat_map(|a| sids.iter().map(move |b| (*a, *b)));
                    let crossing = crossing.filter(|(a, b)| side.contains(a) != side.contains(b));
                    self.outline.cuts.extend(crossing);
                }
                _ => {}
            }
        }
    }

    fn power(&mut self, sid: Option<Sid>, power: Power) {
        if let Some(server) = self.server(sid) {
            server.power = power;
            server.peer = PeerStatus::default();
        }
        // A process that is gone is not paused any more.
        self.outline.faults.retain(
            |active| !matches!(active.fault, Fault::Pause { sid: paused } if Some(paused) == sid),
        );
    }

    fn server(&mut self, sid: Option<Sid>) -> Option<&mut ServerStatus> {
        let mut servers = self.outline.servers.iter_mut();
        servers.find(|server| Some(server.sid) == sid)
    }
}
