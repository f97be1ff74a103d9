//! What a picture is made from: plain values copied out of a world at one instant.
//!
//! Not a world: nothing here moves. The stage, the panels and the scoreboard read this alone, so
//! that each of them can be tested on a hand-made moment.

use super::chronicle::Chronicle;
use super::logs::Logs;
use crate::base::{Map, Micros, Set};
use crate::check::Violation;
use crate::protocol::{ConnId, Ensemble, PeerConfig, Port, Sid, Timer};
use crate::sim::{ActiveFault, ClientId, ClientStatus, Flight, Frame, Power, ServerStatus, World};

/// One moment of a cluster, as it can be seen from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The instant of the last event.
    pub now: Micros,
    /// All servers, ascending by id.
    pub servers: Vec<ServerStatus>,
    /// The configuration all servers were started with.
    pub ensemble: Ensemble,
    /// The limits the rings count down.
    pub limits: Limits,
    /// Clients that have started, ascending by number.
    pub clients: Vec<Client>,
    /// Messages under way, in order of sending.
    pub flights: Vec<Flight>,
    /// The servers' logs, side by side.
    pub logs: Logs,
    /// Messages that ended where nobody was, lately.
    pub losses: Vec<Loss>,
    /// Promises broken so far, oldest first.
    pub violations: Vec<Violation>,
    /// Faults that stand.
    pub faults: Vec<ActiveFault>,
    /// Ways that are cut: from, to.
    pub cuts: Set<(Sid, Sid)>,
    /// Deadlines that run, by server and timer.
    pub deadlines: Map<(Sid, Timer), Deadline>,
    /// Open connections.
    pub connections: Vec<Connection>,
    /// Since when nobody leads; `None` while somebody does.
    pub leaderless_since: Option<Micros>,
    /// Since when the present leader serves.
    pub leading_since: Option<Micros>,
}

/// A client, with what only its story knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// What can be seen of it.
    pub status: ClientStatus,
    /// The server it was connected to last; before its first one, any.
    pub home: Sid,
}

/// A client on its way from where it was to its new server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide {
    /// Which client.
    pub id: ClientId,
    /// Where it was.
    pub from: super::scene::Point,
    /// How much of the way is behind it, 0 to 1.
    pub share: f64,
}

/// The three spans of the configuration that a watcher sees run down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// tickTime.
    pub tick: Micros,
    /// tickTime × initLimit.
    pub init: Micros,
    /// tickTime × syncLimit.
    pub sync: Micros,
}

/// A deadline: when it was set and when it passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When it was set.
    pub armed_at: Micros,
    /// When it passes.
    pub due_at: Micros,
}

/// A message that died, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The message.
    pub frame: Frame,
    /// When it died.
    pub at: Micros,
}

/// An open connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Connection {
    /// Its number.
    pub id: ConnId,
    /// Who dialled.
    pub from: Sid,
    /// Who was dialled.
    pub to: Sid,
    /// At which port.
    pub port: Port,
}

/// What the reader has asked for: everything that shapes a picture without being part of the
/// cluster.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of one picture; no function takes them one by one"
)]
pub struct Lens {
    /// The stage's size in CSS pixels.
    pub size: super::scene::Size,
    /// 1, or 1.25 in presenter mode.
    pub scale: f64,
    /// What is selected.
    pub selection: Option<super::scene::Target>,
    /// What the pointer is over.
    pub hover: Option<super::scene::Target>,
    /// True while time stands still: messages get labels.
    pub paused: bool,
    /// True where the reader asked for less motion: messages are drawn at mid-link.
    pub reduced_motion: bool,
    /// True where fingers point: messages get a 24-px halo.
    pub coarse_pointer: bool,
    /// True on a phone: shorter labels, smaller bodies.
    pub phone: bool,
    /// Clients that are on their way to another server.
    pub glides: Vec<Glide>,
    /// How long the ✕ of a lost message stays, in cluster time: the page's 900 ms at its present
    /// rate.
    pub hold: Micros,
}

impl Default for Limits {
    /// Those of the sample file.
    fn default() -> Self {
        Self {
            tick: Micros::from_ms(2_000),
            init: Micros::from_ms(20_000),
            sync: Micros::from_ms(10_000),
        }
    }
}

impl Deadline {
    /// The share of the span that is left at `t`, 1 to 0.
    pub fn share_left(&self, t: Micros) -> f64 {
        let span = seconds(self.due_at.saturating_sub(self.armed_at));
        if span <= 0.0 {
            return 0.0;
        }
        (self.left(t) / span).clamp(0.0, 1.0)
    }

    /// Seconds left at `t`.
    pub fn left(&self, t: Micros) -> f64 {
        seconds(self.due_at.saturating_sub(t))
    }
}

/// A span in seconds. For pictures and words only.
#[expect(
    clippy::cast_precision_loss,
    reason = "a run lasts hours, not the 285 years a double can count in microseconds"
)]
pub fn seconds(span: Micros) -> f64 {
    span.0 as f64 / 1_000_000.0
}

impl Snapshot {
    /// An empty moment of a cluster of that configuration.
    pub fn for_config(config: &PeerConfig) -> Self {
        Self {
            ensemble: config.ensemble.clone(),
            limits: Limits {
                tick: config.tick(),
                init: config.init_time(),
                sync: config.sync_time(),
            },
            ..Self::default()
        }
    }

    /// What can be seen of `world`, whose servers were started with `config`, together with what
    /// only its story knows at `t`: since when somebody or nobody leads.
    pub fn of(world: &World, config: &PeerConfig, story: &Chronicle, t: Micros) -> Self {
        let servers: Vec<ServerStatus> = world.servers().collect();
        let deadlines = servers.iter().flat_map(|server| {
            let sid = server.sid;
            world
                .deadlines(sid)
                .map(move |(timer, armed_at, due_at)| ((sid, timer), Deadline { armed_at, due_at }))
        });
        let sids = || servers.iter().map(|server| server.sid);
        let ways = sids().flat_map(|from| sids().map(move |to| (from, to)));
        Self {
            now: world.now(),
            flights: world.flights().collect(),
            logs: Logs::of(world),
            faults: world.faults().to_vec(),
            cuts: ways
                .filter(|(from, to)| from != to && world.link_is_cut(*from, *to))
                .collect(),
            deadlines: deadlines.collect(),
            connections: world
                .connections()
                .filter_map(|c| {
                    Some(Connection {
                        id: c.conn,
                        from: c.dialler.server()?,
                        to: c.acceptor,
                        port: c.port,
                    })
                })
                .collect(),
            leaderless_since: story.leaderless_since(t),
            leading_since: story.leading_since(t),
            clients: clients(world, story, t),
            servers,
            ..Self::for_config(config)
        }
    }

    /// One client.
    pub fn client(&self, id: ClientId) -> Option<&Client> {
        self.clients.iter().find(|client| client.status.id == id)
    }

    /// One server.
    pub fn server(&self, sid: Sid) -> Option<&ServerStatus> {
        self.servers.iter().find(|s| s.sid == sid)
    }

    /// True where what `from` says cannot reach `to`.
    pub fn is_cut(&self, from: Sid, to: Sid) -> bool {
        self.cuts.contains(&(from, to))
    }
}

/// Those that have started, each beside the server it had last.
fn clients(world: &World, story: &Chronicle, t: Micros) -> Vec<Client> {
    let sids: Vec<Sid> = world.sids().collect();
    let anywhere = |id: ClientId| {
        let index = id.0 as usize % sids.len().max(1);
        sids.get(index).copied().unwrap_or_default()
    };
    let started = world.clients().filter(|status| status.power != Power::Off);
    started
        .map(|status| {
            let known = story.home_of(status.id, t);
            let home = known.unwrap_or_else(|| anywhere(status.id));
            Client { status, home }
        })
        .collect()
}

impl Lens {
    /// A still picture of that size, nothing selected.
    pub fn new(width: f64, height: f64) -> Self {
        Self {
            size: super::scene::Size {
                w: width,
                h: height,
            },
            scale: 1.0,
            selection: None,
            hover: None,
            paused: false,
            reduced_motion: false,
            coarse_pointer: false,
            phone: width <= 640.0,
            glides: Vec::new(),
            hold: Micros::from_ms(120),
        }
    }
}
