//! Rows of kind `config`: the static file of one server, with its `myid`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use serde_json::{Value, json};
use zabscope::protocol::LearnerType;
use zabscope::protocol::config::QuorumSpec;
use zabscope::scenario::zoo_cfg::{Diagnostics, HostPort, Key, Properties, ServerCfg, parse_for};

use super::{Outcome, rows};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    properties: BTreeMap<String, String>,
    myid: Value,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expect {
    ok: bool,
    #[serde(default)]
    values: BTreeMap<String, Value>,
    error: Option<String>,
    error_matches: Option<String>,
}

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let row: Row = rows::read(row)?;
    let pairs = row.properties.iter();
    let properties = Properties::from_pairs(pairs.map(|(k, v)| (k.as_str(), v.as_str())));
    let myid = match &row.myid {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        other => return Err(format!("myid is {other}")),
    };
    match (row.expect.ok, parse_for(&properties, myid.as_deref())) {
        (true, Ok(server)) => check_values(&row.expect.values, &server),
        (false, Err(found)) => check_error(&row.expect, &found),
        (true, Err(found)) => Err(format!("expected to be read, got {found}")),
        (false, Ok(_)) => Err("expected an error, but it was read".to_owned()),
    }
}

/// `ZooKeeper` names one error; ours must be the same one, before any other that we find as well.
fn check_error(expect: &Expect, found: &Diagnostics) -> Result<(), String> {
    let first = found.errors().first().ok_or("no error was reported")?;
    let got = first.problem.zookeeper().unwrap_or_default();
    if let Some(wanted) = &expect.error
        && *wanted != got
    {
        return Err(format!("expected {wanted:?}, got {found}"));
    }
    if let Some(pattern) = &expect.error_matches {
        let pattern = Regex::new(pattern).map_err(|e| e.to_string())?;
        if !pattern.is_match(&got) {
            return Err(format!("{pattern} does not match {got:?}"));
        }
    }
    Ok(())
}

fn check_values(wanted: &BTreeMap<String, Value>, server: &ServerCfg) -> Result<(), String> {
    for (name, wanted) in wanted {
        let got = value(name, server).ok_or_else(|| format!("no value is called {name}"))?;
        if got != *wanted {
            return Err(format!("{name}: expected {wanted}, got {got}"));
        }
    }
    Ok(())
}

fn value(name: &str, server: &ServerCfg) -> Option<Value> {
    let cfg = &server.cfg;
    let address = |a: &Option<HostPort>| json!(a.as_ref().map(ToString::to_string));
    Some(match name {
        "quorumKind" => json!(match cfg.quorum() {
            QuorumSpec::Majority => "majority",
            QuorumSpec::Hierarchical { .. } => "hierarchical",
            QuorumSpec::Oracle { .. } => "oracle",
        }),
        "participants" => json!(cfg.participants().collect::<Vec<_>>()),
        "observers" => json!(cfg.observers().collect::<Vec<_>>()),
        "weights" => {
            let weights = cfg.weights().into_iter();
            let weights: BTreeMap<_, _> = weights.map(|(s, w)| (s.to_string(), w)).collect();
            json!(weights)
        }
        "countedGroups" => json!(cfg.counted_groups()),
        "clientAddr" => address(&server.client_addr),
        "secureClientAddr" => address(&server.secure_client_addr),
        "peerType" => json!(match server.role {
            LearnerType::Participant => "participant",
            LearnerType::Observer => "observer",
        }),
        "minSessionTimeout" => json!(cfg.min_session_timeout_ms()),
        "maxSessionTimeout" => json!(cfg.max_session_timeout_ms()),
        "dataLogDir" => json!(cfg.data_log_dir()),
        _ => plain(Key::named(name)?, server),
    })
}

fn plain(key: Key, server: &ServerCfg) -> Value {
    let value = server.cfg.given(key).cloned();
    json!(value.or_else(|| key.default_value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(expect: &Value) -> Outcome {
        let properties = json!({"dataDir": "data", "tickTime": "7", "syncEnabled": "yes"});
        run(
            &json!({"id": "x", "kind": "config", "properties": properties, "myid": null,
                    "expect": expect}),
        )
    }

    #[test]
    fn an_expected_error_must_be_the_right_one() {
        let message = "Invalid option yes for syncEnabled. Choose 'true' or 'false.'";
        assert_eq!(
            outcome(&json!({"ok": false, "error": message})),
            Outcome::Pass
        );
        assert_eq!(
            outcome(&json!({"ok": false, "errorMatches": "^Invalid .* yes"})),
            Outcome::Pass
        );
        for wrong in [
            json!({"ok": false, "error": "Invalid"}),
            json!({"ok": false, "errorMatches": "^yes"}),
            json!({"ok": true}),
            json!({"ok": false, "unheard": 1}),
        ] {
            assert!(matches!(outcome(&wrong), Outcome::Fail(_)), "{wrong}");
        }
    }
}
