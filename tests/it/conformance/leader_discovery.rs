//! `leader_discovery`: the epoch a leader proposes, and the quorums it waits for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use zabscope::protocol::leader::discovery::Voters;
use zabscope::protocol::leader::discovery::{Caller, Discovery, Gate, Passage, StateSummary};
use zabscope::protocol::{ConnId, Epoch, OracleView, Quorum, Sid, Zxid};

use super::Outcome;
use super::values::{
    bool_at, ensemble, field, int, int_at, list_at, same, sids_at, str_at, zxid_at,
};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let mut leader = Bench::new(row)?;
    for (n, step) in list_at(row, "steps")?.iter().enumerate() {
        leader
            .step(step)
            .map_err(|why| format!("step {n}: {why}"))?;
    }
    Ok(())
}

/// A leader's gates with the threads that wait at them, on the row's clock.
struct Bench {
    me: Sid,
    discovery: Discovery,
    quorum: Quorum,
    accepted: Epoch,
    init_ms: i64,
    now_ms: i64,
    calls: u64,
    waits: BTreeMap<Caller, (Sid, i64)>,
    failed: BTreeSet<Sid>,
}

impl Bench {
    fn new(row: &Value) -> Result<Self, String> {
        let leader = field(row, "leader")?;
        let or = |key: &str, default| leader.get(key).map_or(Ok(default), int);
        let last_zxid = match leader.get("lastZxid") {
            Some(_) => zxid_at(leader, "lastZxid")?,
            None => Zxid(0),
        };
        let me = Sid(int_at(leader, "sid")?);
        let summary = StateSummary {
            current_epoch: Epoch(or("currentEpoch", 0)?),
            last_zxid,
        };
        let mut bench = Self {
            me,
            discovery: Discovery::new(me, summary),
            quorum: Quorum::of(&ensemble(field(row, "ensemble")?)?),
            accepted: Epoch(or("acceptedEpoch", 0)?),
            init_ms: or("tickTime", 2_000)? * or("initLimit", 10)?,
            now_ms: 0,
            calls: 0,
            waits: BTreeMap::new(),
            failed: BTreeSet::new(),
        };
        if leader.get("newLeaderZxid").is_some() {
            bench.decide(zxid_at(leader, "newLeaderZxid")?.epoch())?;
        }
        Ok(bench)
    }

    /// Rows about NEWLEADER begin where the epoch is decided.
    fn decide(&mut self, epoch: Epoch) -> Result<(), String> {
        let before = Epoch(epoch.0 - 1);
        for sid in self.quorum.voting_members().clone() {
            let caller = self.caller(sid);
            let voters = voters(&self.quorum);
            self.discovery
                .epoch_to_propose(caller, sid, before, &voters);
        }
        same("epoch", &epoch, &self.discovery.epoch())
    }

    fn step(&mut self, step: &Value) -> Result<(), String> {
        if let Some(check) = step.get("check") {
            return self.check(check);
        }
        if step.get("do").is_some() {
            same("do", &"advance_ms", &str_at(step, "do")?)?;
            self.advance(int_at(step, "ms")?);
            return Ok(());
        }
        let sid = Sid(int_at(step, "sid")?);
        let caller = self.caller(sid);
        let voters = voters(&self.quorum);
        let call = str_at(step, "call")?;
        let passage = match call {
            "epoch_to_propose" => {
                let accepted = Epoch(int_at(step, "acceptedEpoch")?);
                self.discovery
                    .epoch_to_propose(caller, sid, accepted, &voters)
            }
            "epoch_ack" => {
                let theirs = StateSummary {
                    current_epoch: Epoch(int_at(step, "currentEpoch")?),
                    last_zxid: zxid_at(step, "lastZxid")?,
                };
                self.discovery.epoch_ack(caller, sid, theirs, &voters)
            }
            "newleader_ack" => {
                let zxid = zxid_at(step, "zxid")?;
                self.discovery.newleader_ack(caller, sid, zxid, &voters)
            }
            other => return Err(format!("no such call: {other}")),
        };
        let result = self.result(call, caller, sid, &passage);
        same("result", field(step, "result")?, &result)
    }

    fn result(&mut self, call: &str, caller: Caller, sid: Sid, passage: &Passage) -> Value {
        match passage {
            Passage::Waits => {
                self.waits.insert(caller, (sid, self.now_ms + self.init_ms));
                return Value::from("wait");
            }
            Passage::Refused => return Value::from("refused"),
            Passage::Uncounted => return Value::from("returns_uncounted"),
            Passage::Opened(released) => {
                self.waits.retain(|waiter, _| !released.contains(waiter));
                if call == "epoch_to_propose" {
                    self.accepted = self.discovery.epoch();
                }
            }
            Passage::Open => {}
        }
        if call == "epoch_to_propose" {
            Value::from(self.discovery.epoch().0)
        } else {
            Value::from("done")
        }
    }

    /// Whose wait is over by then has failed.
    fn advance(&mut self, ms: i64) {
        self.now_ms += ms;
        for (caller, (sid, until_ms)) in self.waits.clone() {
            if until_ms <= self.now_ms && self.discovery.give_up(caller) {
                self.waits.remove(&caller);
                self.failed.insert(sid);
            }
        }
    }

    fn check(&self, check: &Value) -> Result<(), String> {
        let discovery = &self.discovery;
        for (key, expected) in check.as_object().into_iter().flatten() {
            match key.as_str() {
                "connecting" => same_sids(check, key, discovery.connecting())?,
                "electing" => same_sids(check, key, discovery.electing())?,
                "acks" => same_sids(check, key, discovery.new_leader())?,
                "decided" => same_open(check, key, discovery.connecting())?,
                "finished" => same_open(check, key, discovery.electing())?,
                "formed" => same_open(check, key, discovery.new_leader())?,
                "tentativeEpoch" => same(key, &int(expected)?, &discovery.epoch().0)?,
                "acceptedEpoch" => same(key, &int(expected)?, &self.accepted.0)?,
                "failedWaiters" => {
                    let failed: Vec<Sid> = self.failed.iter().copied().collect();
                    same(key, &sids_at(check, key)?, &failed)?;
                }
                other => return Err(format!("no such check: {other}")),
            }
        }
        Ok(())
    }

    /// Every call of another server is a connection of its own.
    fn caller(&mut self, sid: Sid) -> Caller {
        self.calls += 1;
        if sid == self.me {
            Caller::Leader
        } else {
            Caller::Handler(ConnId(self.calls))
        }
    }
}

fn voters(quorum: &Quorum) -> Voters<'_> {
    Voters {
        quorum,
        oracle: OracleView::default(),
    }
}

fn same_sids(check: &Value, key: &str, gate: &Gate) -> Result<(), String> {
    let counted: Vec<Sid> = gate.counted().iter().copied().collect();
    same(key, &sids_at(check, key)?, &counted)
}

fn same_open(check: &Value, key: &str, gate: &Gate) -> Result<(), String> {
    same(key, &bool_at(check, key)?, &gate.is_open())
}
