//! One recorded scenario as `tests/data/recordings` has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zabscope::protocol::{Ensemble, PeerConfig, Sid};
use zabscope::sim::{ClusterSpec, Profile};

/// What a real ensemble did.
#[derive(Debug)]
pub(super) struct Recording {
    body: Value,
}

/// One recorded quantity, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    /// How often it was measured.
    pub(super) n: i64,
    pub(super) p10: i64,
    pub(super) median: i64,
    pub(super) p90: i64,
}

impl Recording {
    /// The scenarios that were recorded, by name.
    #[cfg(test)]
    pub(super) fn ids() -> Vec<String> {
        let entries = std::fs::read_dir(folder()).expect("the repository has its recordings");
        let mut ids: Vec<String> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        ids.sort();
        ids
    }

    /// # Panics
    /// Where there is no such recording: a row names it, and the files are in the repository.
    pub(super) fn load(id: &str) -> Self {
        let path = folder().join(format!("{id}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{id}: {e}"));
        let body = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{id}: {e}"));
        Self { body }
    }

    pub(super) fn title(&self) -> &str {
        self.body["title"].as_str().unwrap_or_default()
    }

    /// What was so in every repetition.
    pub(super) fn deterministic(&self) -> &Map<String, Value> {
        self.body["results"]["deterministic"]
            .as_object()
            .expect("every recording states something")
    }

    /// A count over the repetitions, or a parameter of the scenario.
    pub(super) fn fact(&self, name: &str) -> &Value {
        &self.body["results"]["facts"][name]
    }

    /// A parameter of the scenario, in milliseconds.
    pub(super) fn fact_ms(&self, name: &str) -> u64 {
        self.fact(name)
            .as_u64()
            .unwrap_or_else(|| panic!("{name} is a time"))
    }

    /// A system property the servers were started with, or what counts without it.
    pub(super) fn option(&self, name: &str, default: u64) -> u64 {
        let options = self.body["jvm_options"].as_array();
        let given = |option: &Value| {
            let option = option.as_str()?.strip_prefix("-D")?;
            option.strip_prefix(name)?.strip_prefix('=')?.parse().ok()
        };
        let found = options.and_then(|all| all.iter().find_map(given));
        found.unwrap_or(default)
    }

    /// How long the programs took that cut one repetition's links, ms; nothing where that was one
    /// act.
    pub(super) fn cut_took(&self, repetition: u64) -> u64 {
        let took = self.body["results"]["cut_took_ms"].as_array();
        let took: &[Value] = took.map_or(&[], Vec::as_slice);
        let len = u64::try_from(took.len()).unwrap_or(1).max(1);
        let at = usize::try_from(repetition % len).unwrap_or(0);
        took.get(at).and_then(Value::as_u64).unwrap_or(0)
    }

    pub(super) fn timings(&self) -> BTreeMap<String, Timing> {
        let summaries = self.body["results"]["timing_summary_ms"].as_object();
        let of = |summary: &Value, key: &str| summary[key].as_i64().expect("whole milliseconds");
        let timing = |(name, summary): (&String, &Value)| {
            let timing = Timing {
                n: of(summary, "n"),
                p10: of(summary, "p10"),
                median: of(summary, "median"),
                p90: of(summary, "p90"),
            };
            (name.clone(), timing)
        };
        summaries.into_iter().flatten().map(timing).collect()
    }

    /// The acts of one repetition, in order.
    pub(super) fn acts(&self) -> &[Value] {
        self.body["fault_schedule"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// When the first act of a kind was done, ms after the first of all.
    pub(super) fn act_at(&self, action: &str) -> u64 {
        let act = self.acts().iter().find(|act| act["action"] == action);
        act.and_then(|act| act["t_ms"].as_u64())
            .unwrap_or_else(|| panic!("somebody did {action}"))
    }

    /// The cluster it ran on: the configuration that was recorded, everything on one machine.
    pub(super) fn spec(&self) -> ClusterSpec {
        let roles = self.body["roles"].as_object().expect("servers have roles");
        let observers = roles.values().filter(|role| *role == "observer").count();
        let of = |count: usize| i64::try_from(count).expect("few servers");
        let ensemble = Ensemble::plain(of(roles.len() - observers), of(observers));
        let number = |key: &str| self.body[key].as_u64().expect("is in every recording");
        let config = PeerConfig {
            tick_time_ms: number("tickTime_ms"),
            init_limit: number("initLimit"),
            sync_limit: number("syncLimit"),
            ..PeerConfig::sample(Sid(1), ensemble)
        };
        ClusterSpec {
            profile: Profile::Loopback,
            ..ClusterSpec::of(config)
        }
    }
}

/// The names of a scenario that `tests/data/DISPUTED.md` lists: `recording:<id>/<name>`.
pub(super) fn disputed(id: &str) -> BTreeSet<String> {
    let path = folder().with_file_name("DISPUTED.md");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let of_it = |line: &str| {
        let listed = line.strip_prefix("- `recording:")?.split('`').next()?;
        let name = listed.strip_prefix(id)?.strip_prefix('/')?;
        Some(name.to_owned())
    };
    text.lines().filter_map(of_it).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/recordings")
}
