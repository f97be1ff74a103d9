//! `learner_connect`: how often, and for how long, a learner dials its leader.

use serde_json::Value;
use zabscope::base::Micros;
use zabscope::protocol::learner::connect::{Connector, Next};
use zabscope::protocol::{Ensemble, PeerConfig, Sid};

use super::Outcome;
use super::values::{field, int, int_at, only, same, str_at};

pub(super) fn run(row: &Value) -> Outcome {
    check(row).into()
}

fn check(row: &Value) -> Result<(), String> {
    let config = PeerConfig {
        tick_time_ms: ms(row, "tickTime")?,
        init_limit: ms(row, "initLimit")?,
        connect_to_learner_master_limit: ms(row, "connectToLearnerMasterLimit")?,
        leader_connect_delay_ms: ms(row, "retryDelayMs")?,
        ..PeerConfig::sample(Sid(1), Ensemble::plain(3, 0))
    };
    // The addresses of one leader are dialled side by side, each with a budget of its own.
    let addresses = row.get("addresses").map_or(Ok(1), int)?;
    let mut attempts = 0;
    let mut last = Dialled::default();
    for _ in 0..addresses {
        last = dial(row, &config)?;
        attempts += last.attempts;
    }
    let expect = field(row, "expect")?;
    only(expect, &["result", "attempts", "elapsedMs"])?;
    let result = if last.connected { "ok" } else { "error" };
    same("result", &str_at(expect, "result")?, &result)?;
    same("attempts", &int_at(expect, "attempts")?, &attempts)?;
    match expect.get("elapsedMs") {
        Some(_) => same("elapsedMs", &ms(expect, "elapsedMs")?, &last.elapsed_ms),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Dialled {
    attempts: i64,
    connected: bool,
    elapsed_ms: u64,
}

/// Plays one address by the row's clock.
fn dial(row: &Value, config: &PeerConfig) -> Result<Dialled, String> {
    let cost = Micros::from_ms(ms(row, "attemptCostMs")?);
    let succeed_on = row.get("succeedOnAttempt").and_then(Value::as_i64);
    let frozen_pauses = row.get("clockCountsOnlyAttempts") == Some(&Value::Bool(true));
    let (mut now, mut waited) = (Micros::ZERO, Micros::ZERO);
    let mut connector = Connector::new(config, now);
    let mut connected = false;
    while let Next::Dial(_) = connector.dial(now) {
        now += cost;
        connected = succeed_on == Some(i64::from(connector.attempts()));
        let Next::Pause(pause) = connector.failed(now) else {
            break;
        };
        if connected {
            break;
        }
        waited += pause;
        if !frozen_pauses {
            now += pause;
        }
    }
    let elapsed = if frozen_pauses { now + waited } else { now };
    Ok(Dialled {
        attempts: i64::from(connector.attempts()),
        connected,
        elapsed_ms: elapsed.as_ms(),
    })
}

fn ms(value: &Value, key: &str) -> Result<u64, String> {
    u64::try_from(int_at(value, key)?).map_err(|error| format!("{key}: {error}"))
}
