//! The writes around a fault: one a few milliseconds before it, and the first one after it.
//!
//! The first one was found by bare sockets that, once some server was LEADING, asked every live
//! server for a session every few milliseconds and wrote as soon as they had one.

use std::sync::Arc;

use zabscope::base::Micros;
use zabscope::protocol::client::{ClientNote, ClientState, Outcome, Profile};
use zabscope::protocol::{CreateMode, Op, Sid, Zxid};
use zabscope::sim::{ClientId, ClientSpec, Command, Power};

use super::cluster::Cluster;

/// The znode all of them write.
const PROBE: &str = "/probe";

/// What it holds before the fault.
const BEFORE: &str = "before";

/// What the first write after it leaves there.
const AFTER: &str = "written by the new leader";

/// One server's socket.
struct Attempt {
    host: Sid,
    id: Option<ClientId>,
    tries: u32,
}

impl Cluster {
    /// A bare socket on `host` that has just had its first write acknowledged, and goes on
    /// listening.
    ///
    /// # Errors
    /// Where the write fails.
    pub(super) fn writer_on(&mut self, host: Sid) -> Result<ClientId, String> {
        let writer = self.client(ClientSpec {
            timeout_ms: i64::MAX,
            ..raw(host)
        })?;
        let t0 = self.now();
        let create = Op::Create {
            path: Arc::from(PROBE),
            data: Arc::from(BEFORE),
            mode: CreateMode::Persistent,
        };
        self.request(writer, create);
        self.until(10_000, "the first write is done", |cluster| {
            cluster.acknowledged(t0, writer).next().is_some()
        })?;
        Ok(writer)
    }

    /// Goes on until another write is acknowledged and all servers have applied it: the last packet
    /// of the leader.
    ///
    /// # Errors
    /// Where that does not come about.
    pub(super) fn run_past_a_write(&mut self, writer: ClientId) -> Result<(), String> {
        let t0 = self.now();
        self.request(writer, set(BEFORE));
        while !self.is_everywhere(t0, writer) {
            if self.now() > t0 + Micros::from_ms(10_000) {
                return Err("the write before the fault fails".to_owned());
            }
            self.run_for(1);
        }
        Ok(())
    }

    fn is_everywhere(&self, t0: Micros, writer: ClientId) -> bool {
        let zxid = self.told(t0, writer).find_map(|(_, note)| match note {
            ClientNote::Done {
                outcome: Outcome::Acknowledged { zxid, .. },
                ..
            } => Some(*zxid),
            _ => None,
        });
        let has = |zxid: Zxid, sid: Sid| {
            let database = self.world.database(sid);
            database.is_some_and(|database| database.last_processed() >= zxid)
        };
        zxid.is_some_and(|zxid| self.world.sids().all(|sid| has(zxid, sid)))
    }

    /// When a write was first acknowledged after somebody was LEADING after `t0`.
    ///
    /// # Errors
    /// Where none is within a minute and a half.
    pub(super) fn first_write(&mut self, t0: Micros) -> Result<Micros, String> {
        self.until(90_000, "somebody leads", |cluster| {
            !cluster.entered_leading(t0).is_empty()
        })?;
        let servers = self.world.servers();
        let mut attempts: Vec<Attempt> = servers
            .filter(|server| server.power == Power::Up)
            .map(|server| Attempt {
                host: server.sid,
                id: None,
                tries: 0,
            })
            .collect();
        let limit = self.now() + Micros::from_ms(90_000);
        let mut n = 0_u32;
        while self.now() < limit {
            for attempt in &mut attempts {
                self.attempt(attempt, n);
            }
            self.run_for(5);
            let done = attempts.iter().filter_map(|attempt| {
                let id = attempt.id?;
                self.acknowledged(t0, id).next()
            });
            if let Some(at) = done.min() {
                self.give_up(&attempts);
                return Ok(at);
            }
            n += 1;
        }
        Err("nobody is served after the fault".to_owned())
    }

    /// Tries again where the last socket was closed, at last ten times a second.
    fn attempt(&mut self, attempt: &mut Attempt, n: u32) {
        let lives = |id: ClientId| {
            let status = self.world.client(id);
            status.is_some_and(|status| status.state != ClientState::Closed)
        };
        let rests = attempt.tries > 60 && !n.is_multiple_of(20);
        if rests || attempt.id.is_some_and(lives) {
            return;
        }
        let id = self.add(raw(attempt.host));
        self.run_to(self.now());
        // It waits for the session.
        self.request(id, set(AFTER));
        (attempt.id, attempt.tries) = (Some(id), attempt.tries + 1);
    }

    fn give_up(&mut self, attempts: &[Attempt]) {
        for id in attempts.iter().filter_map(|attempt| attempt.id) {
            let state = self.world.client(id).map(|status| status.state);
            match state {
                Some(ClientState::Connected) => self.command(&Command::CloseClient { id }),
                Some(ClientState::Closed) | None => {}
                Some(_) => self.command(&Command::KillClient { id }),
            }
        }
    }

    /// Lets a client ask for writes that nobody will commit.
    pub(super) fn write_a_tail(&mut self, writer: ClientId) {
        for _ in 0..5 {
            self.request(writer, set("tail"));
        }
    }

    /// When a client's calls were acknowledged, from `t` on.
    pub(super) fn acknowledged(
        &self,
        t: Micros,
        id: ClientId,
    ) -> impl Iterator<Item = Micros> + '_ {
        self.told(t, id).filter_map(|(at, note)| match note {
            ClientNote::Done {
                outcome: Outcome::Acknowledged { .. },
                ..
            } => Some(at),
            _ => None,
        })
    }

    /// When a client first lost its server, from `t` on.
    pub(super) fn disconnected(&self, t: Micros, id: ClientId) -> Option<Micros> {
        let is_it = |note: &ClientNote| matches!(note, ClientNote::Disconnected { .. });
        let mut told = self.told(t, id);
        told.find(|(_, note)| is_it(note)).map(|(at, _)| at)
    }

    /// True for a client that is connected with the session it had at `t`.
    pub(super) fn survives(&self, t: Micros, id: ClientId) -> bool {
        let ended = |note: &ClientNote| matches!(note, ClientNote::Expired { .. });
        self.is_connected(id) && !self.told(t, id).any(|(_, note)| ended(note))
    }

    /// What a server has in the znode.
    pub(super) fn probe_value(&self, sid: Sid) -> Option<String> {
        let database = self.world.database(sid)?;
        database.data(PROBE).map(ToString::to_string)
    }
}

fn raw(host: Sid) -> ClientSpec {
    ClientSpec {
        profile: Profile::Raw,
        hosts: vec![host],
        ..ClientSpec::default()
    }
}

fn set(data: &str) -> Op {
    Op::SetData {
        path: Arc::from(PROBE),
        data: Arc::from(data),
        version: -1,
    }
}
