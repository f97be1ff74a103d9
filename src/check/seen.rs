//! What a check is shown: one step, and the servers as they are after it.
//!
//! The only place that knows what a world looks like; the tests of the checks put a few servers of
//! their own in its place.

use super::calls::{Calls, Heard};
use super::history::{History, News};
use super::ledger::Ledger;
use super::owed::Owed;
use crate::base::Set;
use crate::protocol::{
    Database, Durable, Epoch, Message, OracleView, PeerConfig, Quorum, QuorumBody, QuorumPacket,
    Sid, Zxid,
};
use crate::sim::{Cause, Command, Fault, Node, Power, ServerStatus, Step, World};

/// The servers of a run, to be read.
pub trait Servers {
    /// What all of them were started with.
    fn config(&self) -> Option<&PeerConfig>;

    /// One of them from outside.
    fn status(&self, sid: Sid) -> Option<ServerStatus>;

    /// Whether its process runs.
    fn power(&self, sid: Sid) -> Power;

    /// True where two servers run and what one sends reaches the other, both ways.
    fn hear_each_other(&self, one: Sid, other: Sid) -> bool;

    /// True where no fault stands.
    fn are_undisturbed(&self) -> bool;

    /// True where no fault stands that makes packets, clocks or disks late.
    fn are_on_time(&self) -> bool;

    /// What a crash now would leave on its disk at the least.
    fn durable(&self, sid: Sid) -> Option<&Durable>;

    /// What it has in memory; `None` where it is down.
    fn database(&self, sid: Sid) -> Option<&Database>;

    /// A message between servers that was just sent, by its number.
    fn sent(&self, id: u64) -> Option<&Message>;
}

impl Servers for World {
    fn config(&self) -> Option<&PeerConfig> {
        Self::config(self, self.sids().next()?)
    }

    fn status(&self, sid: Sid) -> Option<ServerStatus> {
        self.server(sid)
    }

    fn power(&self, sid: Sid) -> Power {
        Self::power(self, sid)
    }

    fn hear_each_other(&self, one: Sid, other: Sid) -> bool {
        let runs = |sid| Self::power(self, sid) == Power::Up;
        let reaches = |from, to| !self.link_is_cut(from, to);
        runs(one) && runs(other) && reaches(one, other) && reaches(other, one)
    }

    fn are_undisturbed(&self) -> bool {
        self.faults().is_empty()
    }

    fn are_on_time(&self) -> bool {
        !self
            .faults()
            .iter()
            .any(|active| active.fault.is_untimely())
    }

    fn durable(&self, sid: Sid) -> Option<&Durable> {
        Self::durable(self, sid)
    }

    fn database(&self, sid: Sid) -> Option<&Database> {
        Self::database(self, sid)
    }

    fn sent(&self, id: u64) -> Option<&Message> {
        let mut frames = self.frames();
        Some(&frames.find(|frame| frame.id == id)?.message)
    }
}

/// One step as the checks see it.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a view, only lent")]
pub struct Seen<'a> {
    /// What happened.
    pub step: &'a Step,
    /// The step's server, where it runs and stated something or finished a write.
    pub server: Option<&'a ServerStatus>,
    /// All servers.
    pub servers: &'a dyn Servers,
    /// Which sets of voters are enough.
    pub quorum: &'a Quorum,
    /// What the run has agreed on, this step included.
    pub history: &'a History,
    /// What this step changed in it.
    pub news: &'a News,
    /// What followers owe their leaders.
    pub owed: &'a Owed,
    /// What clients asked.
    pub calls: &'a Calls,
    /// What this step told a client.
    pub heard: &'a Heard,
    /// What znodes held, this step included.
    pub ledger: &'a Ledger,
}

impl<'a> Seen<'a> {
    /// The step's server, where it runs.
    pub fn running(&self) -> Option<&'a ServerStatus> {
        self.server.filter(|server| server.power == Power::Up)
    }

    /// The packet that the step handed to its server, with its sender.
    pub fn delivered(&self) -> Option<(Sid, &'a QuorumPacket)> {
        delivered(self.step)
    }

    /// The packets its server sent to leader or learners in reaction to a finished write.
    pub fn sent_after_write(&self) -> impl Iterator<Item = &'a QuorumPacket> {
        let (step, servers) = (self.step, self.servers);
        let sent: &[u64] = if step.cause == Cause::Persisted {
            &step.sent
        } else {
            &[]
        };
        sent.iter().filter_map(move |id| match servers.sent(*id) {
            Some(Message::Quorum(packet)) => Some(packet),
            _ => None,
        })
    }

    /// True where a fault that makes things late stands, or just happened.
    pub fn is_untimely(&self) -> bool {
        let mut happened = false;
        if let Cause::Commanded { command } = &self.step.cause
            && let Command::Inject { fault } = command
        {
            happened = fault.is_untimely();
        }
        happened || !self.servers.are_on_time()
    }

    /// The server whose disk a person wiped at this step.
    pub const fn wiped(&self) -> Option<Sid> {
        if let Cause::Commanded { command } = &self.step.cause
            && let Command::Inject { fault } = command
            && let Fault::WipeDisk { sid } = fault
        {
            return Some(*sid);
        }
        None
    }

    /// The database of the step's server.
    pub fn database(&self) -> Option<&'a Database> {
        self.servers.database(self.step.sid?)
    }

    /// Up to where the step's server has got in `epoch`.
    pub fn reached(&self, epoch: Epoch) -> Zxid {
        let last = self.database().map(Database::last_processed);
        let last = last.filter(|last| last.epoch() == epoch);
        last.unwrap_or_else(|| Zxid::make(epoch, 0))
    }

    /// True where the voters among `sids` that weigh anything are enough.
    pub fn is_quorum(&self, sids: impl IntoIterator<Item = Sid>) -> bool {
        let mut acks = Set::new();
        for sid in sids {
            if self.weighs(sid) {
                acks.insert(sid);
            }
        }
        self.quorum.contains_quorum(&acks, OracleView::default())
    }

    /// True for a voter that weighs anything.
    pub fn weighs(&self, sid: Sid) -> bool {
        self.quorum.voting_members().contains(&sid)
            && self.quorum.weight(sid).is_some_and(|weight| weight > 0)
    }
}

/// See [`Seen::delivered`].
pub(super) const fn delivered(step: &Step) -> Option<(Sid, &QuorumPacket)> {
    if let Cause::Delivered { frame } = &step.cause
        && let (Node::Server(from), Message::Quorum(packet)) = (frame.from, &frame.message)
    {
        return Some((from, packet));
    }
    None
}

/// True where a step can matter to a check.
pub(super) const fn matters(step: &Step) -> bool {
    if !step.notes.is_empty() || !step.told.is_empty() {
        return true;
    }
    match &step.cause {
        Cause::Persisted | Cause::Booted | Cause::Halted | Cause::Commanded { .. } => true,
        Cause::Delivered { frame } => match &frame.message {
            Message::Quorum(packet) => !matches!(packet.body, QuorumBody::Ping),
            Message::Client(_) => step.sid.is_some(),
            Message::Election(_) => false,
        },
        Cause::Lost { .. }
        | Cause::Opened { .. }
        | Cause::Refused { .. }
        | Cause::Closed { .. }
        | Cause::Fired { .. }
        | Cause::ClientStarted
        | Cause::ClientFired { .. }
        | Cause::Worked
        | Cause::Internal => false,
    }
}

/// True where a disk holds the transaction `zxid`, in its log or in its newest snapshot.
pub(super) fn holds(durable: &Durable, zxid: Zxid) -> bool {
    durable.snapshot().is_some_and(|newest| newest.zxid >= zxid) || durable.log.find(zxid).is_some()
}
