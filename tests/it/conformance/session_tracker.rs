//! Rows of kind `session_tracker`: one tracker, scripted.

use serde_json::Value;
use zabscope::base::Map;
use zabscope::protocol::server::session_tracker::{
    LeaderSessions, LearnerSessions, LocalSessions, Owner, SessionFault, SessionTable,
    SessionTracker,
};
use zabscope::protocol::{ConnId, SessionId, Sid};

use super::Outcome;
use super::values::{bool_at, field, int_at, list_at, only, same, str_at, zxid_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

enum Tracker {
    Global(SessionTracker),
    Leader(LeaderSessions),
    Learner(LearnerSessions),
}

struct Bench {
    tracker: Tracker,
    table: SessionTable,
    /// Sessions the row calls by a name.
    names: Map<String, SessionId>,
    now_ms: i64,
}

const TIMEOUT_MS: i64 = 30_000;

fn check(row: &Value) -> Result<(), String> {
    let mut bench = Bench::new(field(row, "tracker")?)?;
    for step in list_at(row, "steps")? {
        match step.get("check") {
            Some(check) => bench.check(check)?,
            None => bench.act(step)?,
        }
    }
    Ok(())
}

impl Bench {
    fn new(tracker: &Value) -> Result<Self, String> {
        only(tracker, &["type", "tickTime", "serverId", "localSessions"])?;
        let or = |key: &str, default| {
            tracker
                .get(key)
                .map_or(Ok(default), |_| int_at(tracker, key))
        };
        let (tick, sid) = (or("tickTime", 3_000)?, Sid(or("serverId", 1)?));
        let is_local = tracker.get("localSessions").is_some() && bool_at(tracker, "localSessions")?;
        let locals = if is_local {
            LocalSessions::Enabled
        } else {
            LocalSessions::Disabled
        };
        let table = SessionTable::new();
        let tracker = match str_at(tracker, "type")? {
            "global" => Tracker::Global(SessionTracker::new(sid, tick, &table, 0)),
            "leader" => Tracker::Leader(LeaderSessions::new(sid, (tick, locals), &table, 0)),
            "learner" => Tracker::Learner(LearnerSessions::new(sid, (tick, locals), 0)),
            other => return Err(format!("no such tracker: {other}")),
        };
        let names = Map::new();
        let now_ms = 0;
        Ok(Self {
            tracker,
            table,
            names,
            now_ms,
        })
    }

    /// A session by its number, or by the name the row gives it.
    fn session(&mut self, step: &Value) -> Result<SessionId, String> {
        let name = str_at(step, "session")?;
        if name.starts_with("0x") {
            return zxid_at(step, "session").map(|id| SessionId(id.0));
        }
        let fresh = SessionId(1_000 + i64::try_from(self.names.len()).unwrap_or(0));
        Ok(*self.names.get_or_insert_with(name.to_owned(), || fresh))
    }

    fn act(&mut self, step: &Value) -> Result<(), String> {
        let verb = str_at(step, "do")?;
        let known = ["do", "session", "timeout", "owner", "result", "as"];
        only(step, &known)?;
        if verb == "create_local" {
            let id = self.create();
            self.names.insert(str_at(step, "as")?.to_owned(), id);
            return Ok(());
        }
        if verb == "advance_past_expiry" {
            return self.advance();
        }
        let session = self.session(step)?;
        let owner = step.get("owner").and_then(Value::as_str).map(owner);
        let found = match verb {
            "track" => self.track(session, int_at(step, "timeout")?)?,
            "put_global" => {
                self.table.insert(session, TIMEOUT_MS);
                return Ok(());
            }
            "remove" => {
                self.remove(session);
                return Ok(());
            }
            "check_session" => said(self.check_session(session, owner)),
            "check_global" => said(self.check_global(session, owner)?),
            "set_owner" => match &mut self.tracker {
                Tracker::Global(tracker) => said(tracker.set_owner(session, owner)),
                Tracker::Leader(_) | Tracker::Learner(_) => return Err("set_owner".to_owned()),
            },
            "touch" => return Err("touch has no row yet".to_owned()),
            other => return Err(format!("no such step: {other}")),
        };
        match step.get("result") {
            Some(result) => same(verb, result, &Value::from(found)),
            None => Ok(()),
        }
    }

    fn create(&mut self) -> SessionId {
        match &mut self.tracker {
            Tracker::Global(tracker) => tracker.create(TIMEOUT_MS, self.now_ms),
            Tracker::Leader(sessions) => sessions.create(TIMEOUT_MS, self.now_ms),
            Tracker::Learner(sessions) => sessions.create(TIMEOUT_MS, self.now_ms),
        }
    }

    fn track(&mut self, session: SessionId, timeout_ms: i64) -> Result<&'static str, String> {
        match &mut self.tracker {
            Tracker::Global(tracker) => tracker.track(session, timeout_ms, self.now_ms),
            Tracker::Leader(sessions) => sessions.track(session, timeout_ms, self.now_ms),
            Tracker::Learner(_) => return Err("a learner does not track".to_owned()),
        };
        Ok("ok")
    }

    fn remove(&mut self, session: SessionId) {
        self.table.remove(&session);
        match &mut self.tracker {
            Tracker::Global(tracker) => tracker.remove(session),
            Tracker::Leader(sessions) => sessions.remove(session),
            Tracker::Learner(sessions) => sessions.remove(session),
        }
    }

    fn check_session(
        &mut self,
        session: SessionId,
        owner: Option<Owner>,
    ) -> Result<(), SessionFault> {
        match &mut self.tracker {
            Tracker::Global(tracker) => tracker.check(session, owner),
            Tracker::Leader(sessions) => sessions.check(session, owner),
            Tracker::Learner(sessions) => sessions.check(session, owner, &self.table),
        }
    }

    fn check_global(
        &mut self,
        session: SessionId,
        owner: Option<Owner>,
    ) -> Result<Result<(), SessionFault>, String> {
        match &mut self.tracker {
            Tracker::Leader(sessions) => Ok(sessions.check_global(session, owner)),
            Tracker::Global(_) | Tracker::Learner(_) => Err("check_global".to_owned()),
        }
    }

    /// Lets every deadline pass and polls as the expirer does.
    fn advance(&mut self) -> Result<(), String> {
        let Tracker::Global(tracker) = &mut self.tracker else {
            return Err("advance_past_expiry".to_owned());
        };
        while tracker.next_expiry_ms() < self.now_ms + 2 * TIMEOUT_MS {
            let due = tracker.next_expiry_ms();
            tracker.expire(due);
        }
        self.now_ms = tracker.next_expiry_ms();
        Ok(())
    }

    fn check(&mut self, check: &Value) -> Result<(), String> {
        only(check, &["tracked"])?;
        let tracked = field(check, "tracked")?.as_object().ok_or("tracked")?;
        for (name, expected) in tracked {
            let step = serde_json::json!({"session": name});
            let session = self.session(&step)?;
            let Tracker::Global(tracker) = &self.tracker else {
                return Err("tracked".to_owned());
            };
            let found = Value::from(tracker.is_tracking(session));
            same("tracked", expected, &found)?;
        }
        Ok(())
    }
}

/// An owner of its own for every name.
fn owner(name: &str) -> Owner {
    Owner::Handler(ConnId(zabscope::base::digest_of(name)))
}

const fn said(result: Result<(), SessionFault>) -> &'static str {
    match result {
        Ok(()) => "ok",
        Err(SessionFault::Unknown) => "UnknownSession",
        Err(SessionFault::Expired) => "SessionExpired",
        Err(SessionFault::Moved) => "SessionMoved",
    }
}
