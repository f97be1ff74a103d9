//! Server lines and groups become the server list and its quorum system.
//!
//! `oraclePath` goes before groups, and any key beginning with `group` or `weight` before the
//! majority.
//! Source: `QuorumMaj.java`, `QuorumHierarchical.java`, `QuorumPeerConfig.java`,
//! createQuorumVerifier.

use super::properties::Entry;
use super::reader::Reader;
use super::{Key, Problem, ServerLine, ZooCfg};
use crate::base::Map;
use crate::protocol::config::QuorumSpec;
use crate::protocol::{LearnerType, Sid};

/// Whether every line of the list could be read, so that counting members makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Every one.
    Whole,
    /// Some could not.
    Broken,
}

impl Reader<'_> {
    /// Reads the server list, groups and weights into the configuration.
    pub(super) fn take_quorum(&mut self) -> List {
        let list = self.take_servers();
        let oracle = self.cfg.text(Key::OraclePath).map(str::to_owned);
        if let Some(path) = oracle {
            // QUIRK(oracle-groups): with an oracle groups and weights are not even read.
            for entry in std::mem::take(&mut self.groups) {
                self.keep(entry);
            }
            self.cfg.quorum = QuorumSpec::Oracle { path, says: None };
        } else if !self.groups.is_empty() {
            self.take_groups(list);
        }
        list
    }

    #[inline(never)]
    fn take_servers(&mut self) -> List {
        let multi = self.multi_address();
        let mut list = List::Whole;
        let mut lines: Map<Sid, u32> = Map::new();
        for entry in std::mem::take(&mut self.servers) {
            let Some(sid) = self.id(entry).map(Sid) else {
                list = List::Broken;
                continue;
            };
            let line = entry.key.start().map_or(0, |at| at.line);
            if let Some(earlier) = lines.insert(sid, line) {
                // `server.1` and `server.01` are two keys for one id.
                let key = format!("server.{sid}");
                self.found
                    .warn(entry.key.start(), Problem::Repeated { key, earlier });
            }
            match ServerLine::parse(sid, &entry.value.text, multi) {
                Ok(line) => {
                    self.cfg.servers.insert(sid, line);
                }
                Err(fault) => {
                    list = List::Broken;
                    self.found
                        .error(entry.value.at(fault.offset), fault.problem);
                }
            }
        }
        list
    }

    #[inline(never)]
    fn take_groups(&mut self, list: List) {
        let mut groups: Map<i64, Vec<Sid>> = Map::new();
        let mut weights = Map::new();
        let mut member_of = Map::new();
        let mut broken = list == List::Broken;
        for entry in std::mem::take(&mut self.groups) {
            let Some(id) = self.id(entry) else {
                broken = true;
                continue;
            };
            if entry.key.text.starts_with("group") {
                let Some(sids) = self.group_members(entry) else {
                    broken = true;
                    continue;
                };
                let group = groups.or_default(id);
                for (sid, offset) in sids {
                    if member_of
                        .insert(sid, (id, entry.value.at(offset)))
                        .is_some()
                    {
                        let problem = Problem::InSeveralGroups { sid: sid.0 };
                        self.found.error(entry.value.at(offset), problem);
                    }
                    group.push(sid);
                }
            } else {
                let at = entry.value.start();
                match self.number(&entry.key, &entry.value.text, at) {
                    Some(weight) => {
                        weights.insert(Sid(id), weight);
                    }
                    None => broken = true,
                }
            }
        }
        if !broken {
            for sid in self
                .cfg
                .participants()
                .filter(|sid| !member_of.contains_key(sid))
            {
                self.found.error(None, Problem::InNoGroup { sid: sid.0 });
            }
            for (sid, (group, at)) in member_of {
                if !self.cfg.is_participant(sid) && !weights.contains_key(&sid) {
                    let sid = sid.0;
                    let problem = Problem::StrangerWithoutWeight { sid, group };
                    self.found.error(at, problem);
                }
            }
        }
        self.cfg.quorum = QuorumSpec::Hierarchical { groups, weights };
    }

    /// The number after the first dot of a key, or the whole key where it has none.
    #[inline(never)]
    fn id(&mut self, entry: &Entry) -> Option<i64> {
        let key = &entry.key;
        let from = key.text.find('.').map_or(0, |dot| dot + 1);
        self.number(key, key.text.get(from..)?, key.at(from))
    }

    #[inline(never)]
    fn group_members(&mut self, entry: &Entry) -> Option<Vec<(Sid, usize)>> {
        let value = entry.value.text.as_str();
        let listed = value.trim_end_matches(':');
        let mut offset = 0;
        let mut sids = Vec::new();
        for text in listed.split(':') {
            let sid = self.number(&entry.key, text, entry.value.at(offset))?;
            sids.push((Sid(sid), offset));
            offset += text.len() + 1;
        }
        Some(sids)
    }
}

impl ZooCfg {
    /// Weight of each id that has one: those given, and 1 for participants without.
    pub fn weights(&self) -> Map<Sid, i64> {
        let mut all: Map<_, _> = self.participants().map(|sid| (sid, 1)).collect();
        if let QuorumSpec::Hierarchical { weights, .. } = &self.quorum {
            all.extend(weights.iter().map(|(sid, weight)| (*sid, *weight)));
        }
        all
    }

    /// How many groups weigh anything; one of total weight 0 is never counted.
    pub fn counted_groups(&self) -> usize {
        let QuorumSpec::Hierarchical { groups, .. } = &self.quorum else {
            return 0;
        };
        let weights = self.weights();
        let weight = |sids: &Vec<Sid>| {
            sids.iter()
                .filter_map(|sid| weights.get(sid))
                .fold(0, |sum: i64, weight| sum.wrapping_add(*weight))
        };
        groups.values().filter(|sids| weight(sids) != 0).count()
    }

    /// Ids of the voting members, ascending.
    pub fn participants(&self) -> impl Iterator<Item = Sid> + '_ {
        self.of_role(LearnerType::Participant)
    }

    /// Ids of the observers, ascending.
    pub fn observers(&self) -> impl Iterator<Item = Sid> + '_ {
        self.of_role(LearnerType::Observer)
    }

    /// True where `sid` votes.
    pub fn is_participant(&self, sid: Sid) -> bool {
        let line = self.servers.get(&sid);
        line.is_some_and(|line| line.role == LearnerType::Participant)
    }

    fn of_role(&self, role: LearnerType) -> impl Iterator<Item = Sid> + '_ {
        let of_role = move |(_, line): &(&Sid, &ServerLine)| line.role == role;
        self.servers.iter().filter(of_role).map(|(sid, _)| *sid)
    }
}
