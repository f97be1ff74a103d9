//! Hand-made moments of a cluster: one for each state the stage can show.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::status::{LearnerPhase, LearnerStatus};
use zabscope::protocol::{
    ConnId, ElectionMessage, Ensemble, Epoch, LearnerType, Message, Notification, PeerStatus, Port,
    QuorumBody, QuorumPacket, Round, ServerState, Sid, Timer, Vote, ZabState, Zxid,
};
use zabscope::sim::{ActiveFault, Fault, FaultId, Flight, Power, ServerStatus, Side};
use zabscope::view::Snapshot;
use zabscope::view::logs::{Cell, Logs, Row};
use zabscope::view::snapshot::{Connection, Deadline};

/// The instant of every moment.
pub(super) const NOW: Micros = Micros(14_742_000);
/// The log's end in every moment.
pub(super) const ZXID: Zxid = Zxid::make(Epoch(7), 60);

/// A vote of round 4 for `leader`.
pub(super) fn vote(leader: i64) -> Vote {
    Vote::looking(Sid(leader), ZXID, Round(4), Epoch(7))
}

/// `n` servers in peace: the largest id leads epoch 7.
pub(super) fn peace(n: i64) -> Snapshot {
    let mut moment = Snapshot {
        now: NOW,
        ensemble: Ensemble::plain(n, 0),
        leading_since: Some(Micros(1_000_000)),
        ..Snapshot::default()
    };
    for sid in 1..=n {
        moment.servers.push(server(sid));
        for other in 1..sid {
            connect(&mut moment, sid, other, Port::Election);
        }
    }
    lead(&mut moment, n, &(1..n).collect::<Vec<_>>());
    moment.logs = logs(n);
    moment
}

/// All have the same log, of which the newest transaction is committed at its leader alone.
fn logs(n: i64) -> Logs {
    let columns = (49..=60).map(|counter| Zxid::make(Epoch(7), counter));
    let row = |sid: i64| {
        let mut cells = vec![Cell::Committed; 12];
        if sid < n {
            cells[11] = Cell::Logged;
        }
        let row = Row {
            cells,
            on_disk: ZXID,
            sessions: 3,
            znodes: 7,
        };
        (Sid(sid), row)
    };
    Logs {
        columns: columns.collect(),
        rows: (1..=n).map(row).collect(),
    }
}

/// Five servers of which S5 was killed; four look, all for S4.
pub(super) fn election() -> Snapshot {
    let mut moment = peace(5);
    for sid in 1..5 {
        look(&mut moment, sid, 4);
    }
    down(&mut moment, 5, Power::Killed);
    moment.leaderless_since = Some(Micros(14_451_000));
    moment.leading_since = None;
    moment
}

/// Five servers: S5 is cut off and still leads epoch 7, S4 leads epoch 8.
pub(super) fn partition() -> Snapshot {
    let mut moment = cut_off();
    lead(&mut moment, 4, &[1, 2, 3]);
    for sid in 1..=4 {
        let server = of(&mut moment, sid);
        server.peer.current_epoch = Epoch(8);
        server.peer.accepted_epoch = Epoch(8);
        server.peer.last_zxid = Zxid::make(Epoch(8), 1);
    }
    moment
}

/// Five servers: S5 leads and was just cut off; nobody has noticed.
pub(super) fn cut_off() -> Snapshot {
    let mut moment = peace(5);
    let side = [Sid(5)].into();
    moment.faults.push(standing(0, Fault::Partition { side }));
    for sid in 1..5 {
        moment.cuts.insert((Sid(5), Sid(sid)));
        moment.cuts.insert((Sid(sid), Sid(5)));
        let due_at = Micros(NOW.0 + 3_100_000);
        let deadline = Deadline {
            armed_at: Micros(due_at.0 - 10_000_000),
            due_at,
        };
        moment
            .deadlines
            .insert((Sid(sid), Timer::LearnerRead), deadline);
        let mut learners = of(&mut moment, 5).peer.learners.values_mut();
        learners
            .by_ref()
            .for_each(|l| l.heard_at = deadline.armed_at);
    }
    moment
}

/// The first moments of a cluster: S3 is elected and waits for its followers.
pub(super) fn establishing() -> Snapshot {
    let mut moment = peace(5);
    lead(&mut moment, 3, &[1, 2]);
    for sid in 1..=5 {
        let peer = &mut of(&mut moment, sid).peer;
        peer.serving = false;
        peer.zab = ZabState::Discovery;
    }
    for sid in [4, 5] {
        down(&mut moment, sid, Power::Off);
    }
    of(&mut moment, 4).power = Power::Starting;
    moment.leading_since = None;
    moment.leaderless_since = Some(Micros::ZERO);
    moment
}

pub(super) fn of(moment: &mut Snapshot, sid: i64) -> &mut ServerStatus {
    let mut servers = moment.servers.iter_mut();
    servers.find(|s| s.sid == Sid(sid)).expect("a server")
}

pub(super) fn standing(id: u32, fault: Fault) -> ActiveFault {
    ActiveFault {
        id: FaultId(id),
        fault,
        since: Micros(14_400_000),
    }
}

pub(super) fn down(moment: &mut Snapshot, sid: i64, power: Power) {
    let server = of(moment, sid);
    server.power = power;
    server.peer = PeerStatus::default();
    moment
        .connections
        .retain(|c| c.from != Sid(sid) && c.to != Sid(sid));
}

pub(super) fn look(moment: &mut Snapshot, sid: i64, for_whom: i64) {
    let peer = &mut of(moment, sid).peer;
    peer.state = ServerState::Looking;
    peer.zab = ZabState::Election;
    peer.serving = false;
    peer.leader = None;
    peer.learners.clear();
    peer.proposal = Some(vote(for_whom));
    peer.ballots = (1..5).map(|n| (Sid(n), vote(for_whom))).collect();
}

pub(super) fn lead(moment: &mut Snapshot, leader: i64, followers: &[i64]) {
    for sid in followers {
        let due_at = Micros(NOW.0 + 9_400_000);
        let armed_at = Micros(due_at.0 - 10_000_000);
        moment.deadlines.insert(
            (Sid(*sid), Timer::LearnerRead),
            Deadline { armed_at, due_at },
        );
        connect(moment, *sid, leader, Port::Quorum);
        let peer = &mut of(moment, *sid).peer;
        peer.state = ServerState::Following;
        peer.zab = ZabState::Broadcast;
        peer.serving = true;
        peer.leader = Some(Sid(leader));
    }
    let peer = &mut of(moment, leader).peer;
    peer.state = ServerState::Leading;
    peer.zab = ZabState::Broadcast;
    peer.serving = true;
    peer.leader = Some(Sid(leader));
    let learner = LearnerStatus {
        learner_type: LearnerType::Participant,
        phase: LearnerPhase::Serving,
        ack_deadline: 5,
        heard_at: Micros(NOW.0 - 600_000),
    };
    peer.learners = followers.iter().map(|sid| (Sid(*sid), learner)).collect();
}

/// A ballot on its way, `share` per cent there.
pub(super) fn ballot(id: u64, from: i64, to: i64, share: u64) -> Flight {
    let message = Message::Election(ElectionMessage::Notification(Notification {
        state: ServerState::Looking,
        leader: Sid(4),
        zxid: ZXID,
        election_epoch: Round(4),
        peer_epoch: Epoch(7),
        version: 2,
        config: None::<Arc<str>>,
    }));
    flight(id, (from, to), share, message)
}

/// A packet of the leader's channel on its way.
pub(super) fn packet(id: u64, way: (i64, i64), share: u64, body: QuorumBody) -> Flight {
    let packet = QuorumPacket {
        zxid: Zxid::make(Epoch(8), 0),
        body,
    };
    flight(id, way, share, Message::Quorum(packet))
}

fn flight(id: u64, way: (i64, i64), share: u64, message: Message) -> Flight {
    let sent_at = Micros(NOW.0 - share * 1_000);
    Flight {
        id,
        conn: ConnId(100_000),
        from: Sid(way.0).into(),
        to: Sid(way.1).into(),
        side: Side::Dialler,
        sent_at,
        arrives_at: Some(Micros(sent_at.0 + 100_000)),
        message,
    }
}

fn server(sid: i64) -> ServerStatus {
    let peer = PeerStatus {
        accepted_epoch: Epoch(7),
        current_epoch: Epoch(7),
        last_zxid: ZXID,
        logical_clock: Round(4),
        ..PeerStatus::default()
    };
    ServerStatus {
        sid: Sid(sid),
        power: Power::Up,
        power_since: Micros(12_000_000),
        peer,
    }
}

fn connect(moment: &mut Snapshot, from: i64, to: i64, port: Port) {
    let id = ConnId(moment.connections.len() as u64);
    moment.connections.push(Connection {
        id,
        from: Sid(from),
        to: Sid(to),
        port,
    });
}
