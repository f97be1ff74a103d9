//! Which server a client tries next, and after which pause: what its library makes of it.
//!
//! Source: `ClientCnxn.java, startConnect`; kazoo 2.11, `protocol/connection.py, zk_loop`,
//! `retry.py`.

use serde::{Deserialize, Serialize};

use super::host_list::HostList;
use crate::base::{Micros, Rng};
use crate::protocol::ids::Sid;

/// Which client library is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Profile {
    /// Java up to 3.9.2: without servers it stays disconnected for ever.
    Java38,
    /// Java from 3.9.3: after 4/3 of the timeout without a word it gives its session up itself.
    #[default]
    Java,
    /// kazoo (Python).
    Kazoo,
    /// No library, only a socket: it connects once, sends what it is told and nothing else, and has
    /// no time-outs. With its connection it ends.
    Raw,
}

/// The way through the servers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Walk {
    Java {
        hosts: HostList<Sid>,
        /// QUIRK(first-connect): the random pause is left out until a connection has stood once,
        /// not only at the first attempt.
        has_connected: bool,
    },
    Kazoo {
        hosts: Vec<Sid>,
        /// What is left of this round, the next one last.
        left: Vec<Sid>,
        delay_ms: u64,
        is_first: bool,
    },
    /// The first server, once.
    Raw(Option<Sid>),
}

const SPIN_DELAY_MS: u64 = 1_000;
const FIRST_DELAY_MS: u64 = 100;
const MAX_DELAY_MS: u64 = 60_000;

impl Walk {
    pub(super) fn new(profile: Profile, hosts: Vec<Sid>, rng: &mut Rng) -> Self {
        match profile {
            Profile::Java38 | Profile::Java => Self::Java {
                hosts: HostList::new(hosts, rng),
                has_connected: false,
            },
            Profile::Kazoo => Self::Kazoo {
                hosts,
                left: Vec::new(),
                delay_ms: FIRST_DELAY_MS,
                is_first: true,
            },
            Profile::Raw => Self::Raw(hosts.first().copied()),
        }
    }

    /// How many servers there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Java { hosts, .. } => hosts.hosts().len(),
            Self::Kazoo { hosts, .. } => hosts.len(),
            Self::Raw(_) => 1,
        }
    }

    /// The server to try next and the pause before that; `None` where there is none to try.
    pub(super) fn next(&mut self, rng: &mut Rng) -> Option<(Sid, Micros)> {
        match self {
            Self::Java {
                hosts,
                has_connected,
            } => {
                let next = hosts.next(rng)?;
                let spin = if next.pauses { SPIN_DELAY_MS } else { 0 };
                let random = if *has_connected { rng.below(1_000) } else { 0 };
                Some((next.host, Micros::from_ms(spin + random)))
            }
            Self::Kazoo {
                hosts,
                left,
                delay_ms,
                is_first,
            } => {
                let mut pause = Micros::ZERO;
                if left.is_empty() {
                    let round = HostList::new(hosts.clone(), rng);
                    left.extend(round.hosts().iter().rev());
                    if !core::mem::take(is_first) {
                        // Up to 40 % of the delay is taken off.
                        let share = 1_000 - rng.below(400);
                        pause = Micros(*delay_ms * share);
                        *delay_ms = (*delay_ms * 2).min(MAX_DELAY_MS);
                    }
                }
                Some((left.pop()?, pause))
            }
            Self::Raw(host) => Some((host.take()?, Micros::ZERO)),
        }
    }

    /// A connection stands, before anything was said.
    pub(super) const fn primed(&mut self) {
        if let Self::Java { has_connected, .. } = self {
            *has_connected = true;
        }
    }

    /// A session is established on it.
    pub(super) fn established(&mut self) {
        match self {
            Self::Java { hosts, .. } => hosts.on_connected(),
            Self::Kazoo { delay_ms, .. } => *delay_ms = FIRST_DELAY_MS,
            Self::Raw(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(profile: Profile) -> (Walk, Rng) {
        let mut rng = Rng::new(3);
        let hosts = vec![Sid(1), Sid(2), Sid(3)];
        (Walk::new(profile, hosts, &mut rng), rng)
    }

    #[test]
    fn java_pauses_up_to_a_second_once_a_connection_has_stood() {
        let (mut walk, mut rng) = walk(Profile::Java);
        for _ in 0..2 {
            assert_eq!(walk.next(&mut rng).expect("a host").1, Micros::ZERO);
        }
        walk.primed();
        walk.established();
        let mut pauses = Vec::new();
        for _ in 0..200 {
            walk.established();
            pauses.push(walk.next(&mut rng).expect("a host").1.as_ms());
        }
        assert!(pauses.iter().all(|ms| *ms < 1_000), "never the spin delay");
        assert!(pauses.iter().any(|ms| *ms > 900) && pauses.iter().any(|ms| *ms < 100));
    }

    #[test]
    fn java_spins_a_second_when_everybody_was_tried() {
        let (mut walk, mut rng) = walk(Profile::Java38);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            pauses.push(walk.next(&mut rng).expect("a host").1.as_ms());
        }
        assert_eq!(pauses, [0, 0, 0, 1_000, 0, 0, 1_000]);
    }

    #[test]
    fn kazoo_tries_a_round_at_once_and_backs_off_between_rounds() {
        let (mut walk, mut rng) = walk(Profile::Kazoo);
        let mut most = 100;
        for round in 0..12 {
            let mut tried = Vec::new();
            for n in 0..3 {
                let (host, pause) = walk.next(&mut rng).expect("a host");
                tried.push(host);
                if n > 0 || round == 0 {
                    assert_eq!(pause, Micros::ZERO);
                } else {
                    let ms = pause.as_ms();
                    assert!(ms * 10 > most * 6 - 10 && ms <= most, "{ms} of {most}");
                }
            }
            tried.sort_unstable();
            assert_eq!(tried, [Sid(1), Sid(2), Sid(3)]);
            if round > 0 {
                most = (most * 2).min(60_000);
            }
        }
        walk.established();
        assert!(walk.next(&mut rng).expect("a host").1.as_ms() <= 100);
    }

    #[test]
    fn raw_tries_one_server_once() {
        let (mut walk, mut rng) = walk(Profile::Raw);
        assert_eq!(walk.next(&mut rng), Some((Sid(1), Micros::ZERO)));
        assert_eq!(walk.next(&mut rng), None);
    }

    #[test]
    fn without_servers_there_is_nowhere_to_go() {
        for profile in [Profile::Java, Profile::Kazoo] {
            let mut rng = Rng::new(1);
            let mut walk = Walk::new(profile, Vec::new(), &mut rng);
            assert_eq!((walk.next(&mut rng), walk.len()), (None, 0));
        }
    }
}
