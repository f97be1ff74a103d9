//! Reading the fields the rows share: numbers that may be text, zxids, votes, ensembles.

use zabscope::base::Map;

use serde_json::Value;
use zabscope::protocol::{
    Ensemble, Epoch, LearnerType, Member, QuorumSpec, Round, ServerState, Sid, Vote, Zxid,
};

/// The field `key` of `value`.
pub(super) fn field<'a>(value: &'a Value, key: &str) -> Result<&'a Value, String> {
    value.get(key).ok_or_else(|| format!("no field {key}"))
}

/// An integer: a JSON number, or text beyond ±2^53.
pub(super) fn int(value: &Value) -> Result<i64, String> {
    let read = match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    };
    read.ok_or_else(|| format!("not an integer: {value}"))
}

/// The integer in the field `key`.
pub(super) fn int_at(value: &Value, key: &str) -> Result<i64, String> {
    int(field(value, key)?)
}

/// The flag in the field `key`.
pub(super) fn bool_at(value: &Value, key: &str) -> Result<bool, String> {
    let flag = field(value, key)?;
    flag.as_bool()
        .ok_or_else(|| format!("{key} is no flag: {flag}"))
}

/// The text in the field `key`.
pub(super) fn str_at<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    let text = field(value, key)?;
    text.as_str()
        .ok_or_else(|| format!("{key} is no text: {text}"))
}

/// The list in the field `key`.
pub(super) fn list_at<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>, String> {
    let list = field(value, key)?;
    list.as_array()
        .ok_or_else(|| format!("{key} is no list: {list}"))
}

/// The server ids in the field `key`.
pub(super) fn sids_at(value: &Value, key: &str) -> Result<Vec<Sid>, String> {
    list_at(value, key)?
        .iter()
        .map(|id| int(id).map(Sid))
        .collect()
}

/// The zxid in the field `key`.
pub(super) fn zxid_at(value: &Value, key: &str) -> Result<Zxid, String> {
    zxid(field(value, key)?).map_err(|error| format!("{key}: {error}"))
}

/// A zxid: `0x…`, 64 bits in two's complement.
pub(super) fn zxid(value: &Value) -> Result<Zxid, String> {
    let text = value.as_str().ok_or_else(|| format!("no text: {value}"))?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u64::from_str_radix(digits, 16)
        .map(|bits| Zxid(bits.cast_signed()))
        .map_err(|error| format!("no zxid: {error}"))
}

/// A server state by its name in capitals.
pub(super) fn state(value: &Value) -> Result<ServerState, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("no state: {error}"))
}

/// A vote; what the row leaves out is as the constructors of `Vote.java` leave it.
pub(super) fn vote(value: &Value) -> Result<Vote, String> {
    let or = |key: &str, default| value.get(key).map_or(Ok(default), int);
    let version = or("version", 0)?;
    Ok(Vote {
        version: i32::try_from(version).map_err(|error| format!("version: {error}"))?,
        leader: Sid(int_at(value, "leader")?),
        zxid: zxid_at(value, "zxid")?,
        election_epoch: Round(or("electionEpoch", -1)?),
        peer_epoch: Epoch(or("peerEpoch", -1)?),
        state: value.get("state").map_or(Ok(ServerState::Looking), state)?,
    })
}

/// An ensemble of `participants` and `observers`, with `groups` and `weights` where given.
pub(super) fn ensemble(value: &Value) -> Result<Ensemble, String> {
    let mut ensemble = Ensemble::default();
    for (key, learner_type) in [
        ("participants", LearnerType::Participant),
        ("observers", LearnerType::Observer),
    ] {
        let sids = value
            .get(key)
            .map_or(Ok(Vec::new()), |_| sids_at(value, key));
        for sid in sids? {
            let member = Member::plain(sid.0, learner_type);
            ensemble.members.insert(sid, member);
        }
    }
    let weights = weights(value)?;
    let groups = groups(value)?;
    if !weights.is_empty() || !groups.is_empty() {
        let groups = if groups.is_empty() {
            Map::from([(1, ensemble.participants().collect())])
        } else {
            groups
        };
        ensemble.quorum = QuorumSpec::Hierarchical { groups, weights };
    }
    Ok(ensemble)
}

fn weights(value: &Value) -> Result<Map<Sid, i64>, String> {
    let given = value.get("weights").and_then(Value::as_object);
    let given = given.into_iter().flatten();
    given
        .map(|(sid, weight)| Ok((Sid(number(sid)?), int(weight)?)))
        .collect()
}

fn groups(value: &Value) -> Result<Map<i64, Vec<Sid>>, String> {
    let Some(given) = value.get("groups").and_then(Value::as_object) else {
        return Ok(Map::new());
    };
    let groups = value.get("groups").unwrap_or(&Value::Null);
    given
        .keys()
        .map(|group| Ok((number(group)?, sids_at(groups, group)?)))
        .collect()
}

/// A number written as a key.
pub(super) fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

/// Fails where the two differ, saying which value it is about.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &T,
    found: &T,
) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

/// Fails where `value` has a field that is not among `known`: the row asks what nobody answers.
pub(super) fn only(value: &Value, known: &[&str]) -> Result<(), String> {
    let keys = value
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("cannot read the field {key}")),
        None => Ok(()),
    }
}
