//! The configuration as it travels with every notification.
//!
//! Reads and writes the canonical text only; a `zoo.cfg` as people write it is `scenario`'s work.
//! Source: `QuorumMaj.java` and `QuorumHierarchical.java, toString`;
//! `QuorumPeerConfig.java, parseDynamicConfig`.

use core::fmt::Write as _;

use crate::base::{Map, Set};
use crate::protocol::config::{Ensemble, Member, QuorumSpec};
use crate::protocol::ids::{LearnerType, Sid};

/// The canonical text of `ensemble`: servers, then groups and weights, then the version in hex.
pub fn render(ensemble: &Ensemble) -> String {
    let mut text = String::new();
    for (sid, member) in &ensemble.members {
        let _ = writeln!(text, "server.{sid}={}", member.line);
    }
    if let QuorumSpec::Hierarchical { groups, weights } = &ensemble.quorum {
        for (group, sids) in groups {
            let list: Vec<String> = sids.iter().map(ToString::to_string).collect();
            let _ = writeln!(text, "group.{group}={}", list.join(":"));
        }
        for (sid, weight) in weights {
            let _ = writeln!(text, "weight.{sid}={weight}");
        }
    }
    let _ = write!(text, "version={:x}", ensemble.version);
    text
}

/// Reads a received text; `None` where it is no configuration.
///
/// `own` is the receiver's quorum system: where that has an oracle, so has the configuration read.
pub fn parse(text: &str, own: &QuorumSpec) -> Option<Ensemble> {
    let mut members = Map::new();
    let mut groups: Map<i64, Vec<Sid>> = Map::new();
    let mut weights = Map::new();
    let mut version = 0;
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim(), value.trim());
        if let Some(sid) = key.strip_prefix("server.") {
            members.insert(Sid(sid.parse().ok()?), member(value)?);
        } else if let Some(group) = key.strip_prefix("group.") {
            let sids: Option<Vec<Sid>> = value.split(':').map(sid).collect();
            groups.insert(group.parse().ok()?, sids?);
        } else if let Some(weighed) = key.strip_prefix("weight.") {
            weights.insert(sid(weighed)?, value.parse().ok()?);
        } else if key == "version" {
            version = i64::from_str_radix(value, 16).ok()?;
        } else {
            return None;
        }
    }
    let quorum = match own {
        QuorumSpec::Oracle { .. } => own.clone(),
        QuorumSpec::Majority | QuorumSpec::Hierarchical { .. } => {
            if groups.is_empty() && weights.is_empty() {
                QuorumSpec::Majority
            } else {
                QuorumSpec::Hierarchical { groups, weights }
            }
        }
    };
    let ensemble = Ensemble {
        members,
        quorum,
        version,
    };
    is_complete(&ensemble).then_some(ensemble)
}

fn sid(text: &str) -> Option<Sid> {
    text.trim().parse().ok().map(Sid)
}

/// Somebody votes, and with groups every participant is in exactly one.
fn is_complete(ensemble: &Ensemble) -> bool {
    if ensemble.participants().next().is_none() {
        return false;
    }
    let QuorumSpec::Hierarchical { groups, weights } = &ensemble.quorum else {
        return true;
    };
    let mut grouped = Set::new();
    let once = groups.values().flatten().all(|sid| {
        let weighs = ensemble.is_participant(*sid) || weights.contains_key(sid);
        weighs && grouped.insert(*sid)
    });
    once && ensemble.participants().all(|sid| grouped.contains(&sid))
}

/// `host:quorumPort:electionPort[:role][|…][;client…]`.
fn member(line: &str) -> Option<Member> {
    let mut learner_type = LearnerType::Participant;
    let mut election = Vec::new();
    for address in line.split(';').next()?.split('|') {
        let (host, rest) = if let Some(rest) = address.strip_prefix('[') {
            let (host, rest) = rest.split_once("]:")?;
            (format!("[{host}]"), rest)
        } else {
            let (host, rest) = address.split_once(':')?;
            (host.to_owned(), rest)
        };
        let mut fields = rest.split(':');
        let _quorum: u16 = fields.next()?.parse().ok()?;
        let port: u16 = fields.next()?.parse().ok()?;
        match fields.next().map(|role| role.trim().to_ascii_lowercase()) {
            None => {}
            Some(role) if role == "participant" => {}
            Some(role) if role == "observer" => learner_type = LearnerType::Observer,
            Some(_) => return None,
        }
        if fields.next().is_some() {
            return None;
        }
        election.push(format!("{host}:{port}"));
    }
    Some(Member {
        learner_type,
        election_addr: election.join("|"),
        line: line.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_rendered_is_read_back() {
        let mut ensemble = Ensemble {
            version: 0x1_0000_000a,
            ..Ensemble::plain(3, 1)
        };
        assert_eq!(
            parse(&render(&ensemble), &QuorumSpec::Majority),
            Some(ensemble.clone())
        );
        ensemble.quorum = QuorumSpec::Hierarchical {
            groups: Map::from([(1, vec![Sid(1), Sid(2)]), (7, vec![Sid(3), Sid(4)])]),
            weights: Map::from([(Sid(4), 2), (Sid(1), 0)]),
        };
        let text = render(&ensemble);
        assert_eq!(parse(&text, &QuorumSpec::Majority), Some(ensemble));
        assert!(text.ends_with("group.7=3:4\nweight.1=0\nweight.4=2\nversion=10000000a"));
    }

    #[test]
    fn several_addresses_share_one_role() {
        let text = "server.1=[::1]:2888:3888|b:2889:3889:observer;2181\n\
                    server.2=c:1:2:participant\nversion=0";
        let ensemble = parse(text, &QuorumSpec::Majority).expect("parses");
        let member = &ensemble.members[&Sid(1)];
        assert_eq!(member.learner_type, LearnerType::Observer);
        assert_eq!(member.election_addr, "[::1]:3888|b:3889");
    }

    #[test]
    fn the_receivers_oracle_stays() {
        let oracle = QuorumSpec::Oracle {
            path: "/oracle".into(),
            says: Some("1".into()),
        };
        let text = render(&Ensemble::plain(2, 0));
        assert_eq!(parse(&text, &oracle).expect("parses").quorum, oracle);
    }

    #[test]
    fn what_is_no_configuration_is_refused() {
        for text in [
            "",
            "unparsable",
            "version=5",
            "server.1=zk1:2888",
            "server.x=zk1:2888:3888",
            "server.1=zk1:2888:3888:leader",
            "server.1=zk1:2888:3888:participant:more",
            "server.1=[::1:2888:3888",
            "server.1=zk1:99999:3888",
            "server.1=zk1:2888:3888:observer",
            "server.1=zk1:2888:3888\nversion=zz",
            "server.1=zk1:2888:3888\ndataDir=/tmp",
            "server.1=zk1:2888:3888\nweight.1=1",
            "server.1=zk1:2888:3888\ngroup.1=1:1",
            "server.1=zk1:2888:3888\ngroup.1=1\ngroup.2=1",
            "server.1=zk1:2888:3888\ngroup.1=1:2",
            "server.1=zk1:2888:3888\ngroup.1=one",
        ] {
            assert_eq!(parse(text, &QuorumSpec::Majority), None, "{text}");
        }
    }
}
