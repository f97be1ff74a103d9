//! What a world is made from, besides its seed: the configuration, the wires, clocks and disks.

use serde::{Deserialize, Serialize};

use super::client::ClientSpec;
use super::clock::Clock;
use super::network::{LinkProfile, Profile};
use crate::base::{Map, Micros, Set};
use crate::protocol::{Durable, Ensemble, PeerConfig, Sid};

/// A cluster before it runs. All members of `config.ensemble` have a host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterSpec {
    /// What every server is started with; `my_id` is replaced by each one's own.
    pub config: PeerConfig,
    /// How long things take.
    #[serde(default)]
    pub profile: Profile,
    /// Links whose delays differ; where a pair is given twice, the last one counts.
    #[serde(default)]
    pub link_profiles: Vec<LinkProfile>,
    /// When each process is started, µs; at 0 where not given.
    #[serde(default)]
    pub starts: Map<Sid, Micros>,
    /// What each disk holds at the beginning; nothing where not given.
    #[serde(default)]
    pub disks: Map<Sid, Durable>,
    /// How each clock differs; not at all where not given.
    #[serde(default)]
    pub clocks: Map<Sid, Clock>,
    /// The servers whose oracle file says `1`; of weight with an oracle quorum only.
    #[serde(default)]
    pub oracle_says_one: Set<Sid>,
    /// The clients, numbered from 0.
    #[serde(default)]
    pub clients: Vec<ClientSpec>,
}

impl ClusterSpec {
    /// Servers `1..=participants`, then `observers` more, with the sample file's times on a LAN.
    pub fn plain(participants: i64, observers: i64) -> Self {
        Self::of(PeerConfig::sample(
            Sid(1),
            Ensemble::plain(participants, observers),
        ))
    }

    /// `config` on a LAN, all started at once with empty disks.
    pub const fn of(config: PeerConfig) -> Self {
        Self {
            config,
            profile: Profile::Lan,
            link_profiles: Vec::new(),
            starts: Map::new(),
            disks: Map::new(),
            clocks: Map::new(),
            oracle_says_one: Set::new(),
            clients: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_survives_json_and_its_optional_parts_may_be_missing() {
        let mut spec = ClusterSpec::plain(3, 1);
        let bare = serde_json::json!({ "config": spec.config });
        assert_eq!(
            serde_json::from_value::<ClusterSpec>(bare).expect("parses"),
            spec
        );
        spec.profile = Profile::CrossRegion;
        spec.link_profiles = vec![LinkProfile {
            from: Sid(1),
            to: Sid(2),
            profile: Profile::Loopback,
        }];
        spec.starts.insert(Sid(2), Micros::from_ms(1_500));
        spec.disks.insert(Sid(3), Durable::default());
        spec.clocks.insert(
            Sid(1),
            Clock {
                offset_us: -5,
                drift_ppm: 100,
            },
        );
        let text = serde_json::to_string(&spec).expect("serialises");
        assert_eq!(
            serde_json::from_str::<ClusterSpec>(&text).expect("parses"),
            spec
        );
    }

    #[test]
    fn a_misspelt_part_is_an_error_and_not_ignored() {
        let text =
            serde_json::json!({ "config": ClusterSpec::plain(1, 0).config, "profil": "lan" });
        let error = serde_json::from_value::<ClusterSpec>(text).expect_err("unknown field");
        assert!(error.to_string().contains("profil"), "{error}");
    }
}
