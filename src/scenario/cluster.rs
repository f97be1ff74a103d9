//! From a scenario to the cluster that is run: the page's plain ensemble, and the spec of a world.

use std::fmt::Write as _;

use super::{Disk, Scenario, ZooCfg};
use crate::base::{Map, Micros};
use crate::protocol::{Epoch, Sid, Zxid};
use crate::sim::{ClientSpec, ClusterSpec, Pace, Workload};

impl Scenario {
    /// `servers` equal servers with the sample file's times; at least one, at most 255.
    pub fn plain(servers: u8) -> Self {
        let mut text = String::from("tickTime=2000\ninitLimit=10\nsyncLimit=5\n");
        text.push_str("dataDir=/var/lib/zookeeper\nclientPort=2181\n");
        for n in 1..=servers.max(1) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "server.{n}=zk{n}:2888:3888");
        }
        // Not `expect`, which would bring the printing of every problem into the page.
        let Ok(zoo_cfg) = ZooCfg::parse(&text) else {
            unreachable!("a generated list of distinct servers is valid");
        };
        Self::of(zoo_cfg)
    }

    /// What the page opens with: five servers that have worked together before, and three clients
    /// that write. Equal histories
    /// make the first election one of ids, as it is in an ensemble that was ever written to.
    pub fn first_run() -> Self {
        let mut scenario = Self::plain(5);
        let disk = |sid: &Sid| Disk {
            sid: *sid,
            epoch: Epoch(6),
            last_zxid: Zxid::make(Epoch(6), 60),
        };
        scenario.disks = scenario.zoo_cfg.servers().keys().map(disk).collect();
        scenario.clients = vec![Self::first_client(); 3];
        scenario
    }

    /// A client of the first run: it writes, rests so that every write can be watched by itself,
    /// and asks for another session where it loses its own.
    fn first_client() -> ClientSpec {
        let pace = Pace::Closed {
            think: Micros::from_ms(2_500),
            outstanding: 1,
        };
        ClientSpec {
            workload: Workload::Mix {
                root: None,
                write_percent: 100,
                paths: 4,
                pace,
            },
            reopen: Some(Micros::from_ms(3_000)),
            ..ClientSpec::default()
        }
    }

    /// What a world is made from.
    pub fn cluster(&self) -> ClusterSpec {
        let sids = self.zoo_cfg.servers().keys().copied();
        let first = sids.clone().next().unwrap_or(Sid(1));
        let Ok(config) = self.zoo_cfg.peer_config(first) else {
            unreachable!("an ensemble that was read has servers, and the first is one of them");
        };
        let starts: Map<Sid, Micros> = sids
            .map(|sid| (sid, self.start_of(sid)))
            .filter(|(_, at)| *at > Micros::ZERO)
            .collect();
        ClusterSpec {
            profile: self.network,
            starts,
            clients: self.clients.clone(),
            clocks: self.clocks.iter().copied().collect(),
            disks: self
                .disks
                .iter()
                .map(|disk| (disk.sid, disk.durable()))
                .collect(),
            ..ClusterSpec::of(config)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Start;
    use crate::sim::Profile;

    #[test]
    fn a_plain_scenario_survives_json_and_gives_the_sample_files_times() {
        for servers in [0, 1, 3, 101] {
            let scenario = Scenario::plain(servers);
            let again = Scenario::from_json(&scenario.to_json()).expect("reads what it wrote");
            assert_eq!(again, scenario);
            let spec = scenario.cluster();
            assert_eq!(
                spec.config.ensemble.members.len(),
                usize::from(servers.max(1))
            );
            assert_eq!(
                (spec.config.tick_time_ms, spec.config.sync_limit),
                (2_000, 5)
            );
        }
    }

    #[test]
    fn the_first_run_has_one_history_on_five_disks() {
        let scenario = Scenario::first_run();
        let again = Scenario::from_json(&scenario.to_json()).expect("reads what it wrote");
        assert_eq!(again, scenario);
        let disks = scenario.cluster().disks;
        assert_eq!(disks.len(), 5);
        assert!(
            disks
                .values()
                .all(|disk| disk.last_zxid() == Zxid::make(Epoch(6), 60))
        );
    }

    #[test]
    fn disks_nobody_can_have_are_refused() {
        let mut scenario = Scenario::first_run();
        scenario.disks.push(scenario.disks[0]);
        let error = Scenario::from_json(&scenario.to_json()).expect_err("twice");
        let said = error.to_string();
        assert!(
            said.ends_with("disks[5].sid: server 1 has a disk already"),
            "{said}"
        );
        let spare = scenario.disks.pop().expect("just pushed");
        scenario.disks[4].last_zxid = Zxid::make(Epoch(7), 1);
        let error = Scenario::from_json(&scenario.to_json()).expect_err("of a later epoch");
        let said = error.to_string();
        assert!(
            said.contains("disks[4].lastZxid: no server has such a disk"),
            "{said}"
        );
        scenario.disks.insert(0, spare);
        scenario.disks.truncate(1);
        scenario.disks[0].sid = Sid(9);
        assert!(Scenario::from_json(&scenario.to_json()).is_err());
    }

    #[test]
    fn network_and_starts_reach_the_cluster() {
        let mut scenario = Scenario::plain(3);
        scenario.network = Profile::CrossRegion;
        scenario.starts = vec![Start {
            sid: Sid(2),
            at_ms: 4_000,
        }];
        let spec = scenario.cluster();
        assert_eq!(spec.profile, Profile::CrossRegion);
        assert_eq!(spec.starts, [(Sid(2), Micros::from_ms(4_000))].into());
    }
}
