//! Two futures side by side: where they part, and in what two worlds differ.

use super::Run;
use super::branch::{Branch, BranchId};
use super::line::Head;
use crate::base::Micros;
use crate::protocol::client::ClientState;
use crate::protocol::{Epoch, ServerState, Sid, Zxid};
use crate::sim::{ClientId, ClientStatus, Power, ServerStatus, Step, TimedCommand, World};

/// The first step at which two branches differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When: the earlier of the two steps.
    pub at: Micros,
    /// How many steps they have in common.
    pub common: u64,
    /// What the first branch does there; `None` where it does nothing more up to its horizon.
    pub one: Option<Step>,
    /// What the other one does.
    pub other: Option<Step>,
}

/// Something that differs between two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrast {
    /// A server's process.
    Power(Sid, [Power; 2]),
    /// A server state.
    State(Sid, [ServerState; 2]),
    /// Whom a server follows, or that it leads.
    Leader(Sid, [Option<Sid>; 2]),
    /// currentEpoch.
    Epoch(Sid, [Epoch; 2]),
    /// The last zxid in memory.
    LastZxid(Sid, [Zxid; 2]),
    /// Whether a server serves.
    Serving(Sid, [bool; 2]),
    /// A client's state; `None` where there is no such client.
    Client(ClientId, [Option<ClientState>; 2]),
    /// The server a client tries or is connected to.
    Host(ClientId, [Option<Sid>; 2]),
    /// How many calls of a client were acknowledged.
    Acknowledged(ClientId, [u64; 2]),
    /// How many faults stand.
    Faults([usize; 2]),
}

/// In what two worlds differ, of what can be seen from outside: servers first, by id.
pub fn contrasts(one: &World, other: &World) -> Vec<Contrast> {
    let mut found = Vec::new();
    for here in one.servers() {
        if let Some(there) = other.server(here.sid) {
            of_servers(&here, &there, &mut found);
        }
    }
    let count = one.clients().count().max(other.clients().count());
    for id in (0..u32::try_from(count).unwrap_or(u32::MAX)).map(ClientId) {
        of_clients(id, &[one.client(id), other.client(id)], &mut found);
    }
    let faults = [one.faults().len(), other.faults().len()];
    if one.faults() != other.faults() {
        found.push(Contrast::Faults(faults));
    }
    found
}

fn of_servers(one: &ServerStatus, other: &ServerStatus, found: &mut Vec<Contrast>) {
    let (sid, here, there) = (one.sid, &one.peer, &other.peer);
    let before = found.len();
    if one.power != other.power {
        found.push(Contrast::Power(sid, [one.power, other.power]));
    }
    if here.state != there.state {
        found.push(Contrast::State(sid, [here.state, there.state]));
    }
    if here.leader != there.leader {
        found.push(Contrast::Leader(sid, [here.leader, there.leader]));
    }
    if here.current_epoch != there.current_epoch {
        let epochs = [here.current_epoch, there.current_epoch];
        found.push(Contrast::Epoch(sid, epochs));
    }
    if here.last_zxid != there.last_zxid {
        found.push(Contrast::LastZxid(sid, [here.last_zxid, there.last_zxid]));
    }
    if here.serving != there.serving && found.len() == before {
        found.push(Contrast::Serving(sid, [here.serving, there.serving]));
    }
}

fn of_clients(id: ClientId, both: &[Option<ClientStatus>; 2], found: &mut Vec<Contrast>) {
    let states = both.each_ref().map(|c| c.as_ref().map(|c| c.state));
    let hosts = both.each_ref().map(|c| c.as_ref().and_then(|c| c.host));
    let done = both
        .each_ref()
        .map(|c| c.as_ref().map_or(0, |c| c.acknowledged));
    if states[0] != states[1] {
        found.push(Contrast::Client(id, states));
    }
    if hosts[0] != hosts[1] {
        found.push(Contrast::Host(id, hosts));
    }
    if done[0] != done[1] {
        found.push(Contrast::Acknowledged(id, done));
    }
}

impl Run {
    /// The first step at which two branches differ, as far as both were executed; `None` where
    /// they do not, or where there is no such branch.
    ///
    /// Checkpoints of the same number of steps and the same stream say that everything before was
    /// the same; only what follows the last such one is executed again.
    pub fn first_difference(&self, one: BranchId, other: BranchId) -> Option<Difference> {
        let (one, other) = (self.find(one)?, self.find(other)?);
        let mark = last_common(one, other)?;
        let until = one.horizon().min(other.horizon());
        let mut here = Walk::new(&mark, one.commands());
        let mut there = Walk::new(&mark, other.commands());
        loop {
            let common = here.head.steps;
            let (a, b) = (here.next(until), there.next(until));
            if here.head.stream == there.head.stream {
                a?;
                continue;
            }
            let at = [&a, &b].into_iter().flatten().map(|step| step.at).min()?;
            return Some(Difference {
                at,
                common,
                one: a,
                other: b,
            });
        }
    }

    /// Holds another branch at the instant shown, from now on, besides the one shown. False where
    /// there is no such branch, or where it is the one shown.
    pub fn hold_beside(&mut self, id: BranchId) -> bool {
        if id == self.branch() || self.find(id).is_none() {
            return false;
        }
        self.release_beside();
        self.beside = Some(id);
        self.keep_step();
        true
    }

    /// Shows one branch alone.
    pub fn release_beside(&mut self) {
        if let Some(id) = self.beside.take()
            && let Some(branch) = self.find_mut(id)
        {
            branch.line.rest();
        }
    }

    /// The branch held at the instant shown besides the one shown.
    pub fn beside(&self) -> Option<&Branch> {
        self.find(self.beside?)
    }

    /// The world of the branch held beside, at [`Run::now`].
    pub fn world_beside(&self) -> Option<&World> {
        Some(&self.beside()?.line.head.world)
    }

    /// In what the branch held beside differs from the one shown, now.
    pub fn contrasts(&self) -> Vec<Contrast> {
        self.world_beside()
            .map(|world| contrasts(self.world(), world))
            .unwrap_or_default()
    }

    /// Brings the branch held beside to the instant shown.
    pub(super) fn keep_step(&mut self) {
        let now = self.now();
        if let Some(id) = self.beside
            && let Some(branch) = self.find_mut(id)
        {
            branch.line.seek(now);
        }
    }
}

/// The latest state at which both were the same.
fn last_common(one: &Branch, other: &Branch) -> Option<Head> {
    let (mut here, mut there) = (
        one.line.checkpoints.iter().rev().peekable(),
        other.line.checkpoints.iter().rev().peekable(),
    );
    loop {
        let (a, b) = (&here.peek()?.head, &there.peek()?.head);
        match a.steps.cmp(&b.steps) {
            core::cmp::Ordering::Greater => {
                here.next();
            }
            core::cmp::Ordering::Less => {
                there.next();
            }
            core::cmp::Ordering::Equal if a.stream == b.stream => return Some(a.clone()),
            core::cmp::Ordering::Equal => {
                here.next();
                there.next();
            }
        }
    }
}

/// A branch executed step by step, with nobody watching.
struct Walk<'a> {
    head: Head,
    journal: &'a [TimedCommand],
    now: Micros,
}

impl<'a> Walk<'a> {
    fn new(from: &Head, journal: &'a [TimedCommand]) -> Self {
        Self {
            head: from.clone(),
            journal,
            now: from.world.now(),
        }
    }

    /// The next step up to `until`.
    fn next(&mut self, until: Micros) -> Option<Step> {
        loop {
            let at = self.head.next_at(self.journal, self.now)?;
            if at > until {
                return None;
            }
            self.now = at;
            let step = self.head.execute(self.journal, at);
            if step.is_some() {
                return step;
            }
        }
    }
}
