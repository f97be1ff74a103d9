//! What the reader can do now: the one magenta action, and the verbs of one server.

use super::snapshot::Snapshot;
use super::standing::{Cluster, Standing};
use super::texts::{Args, Texts, Value};
use crate::base::Set;
use crate::protocol::Sid;
use crate::sim::{Command, Fault, Power};

/// The one magenta button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it says: "Kill the leader", "Restart S5".
    pub label: String,
    /// What it does.
    pub command: Command,
}

/// What the reader would want to do next: put right what stands, else kill the leader.
/// `None` where there is nothing to offer: nobody leads and nothing is broken.
pub fn offer(snapshot: &Snapshot, texts: &Texts) -> Option<Offer> {
    let cluster = Cluster::of(snapshot);
    let links = snapshot.faults.iter().find(|active| {
        matches!(
            active.fault,
            Fault::Partition { .. } | Fault::Cut { .. } | Fault::CutClient { .. }
        )
    });
    if links.is_some() {
        return Some(Offer {
            label: texts.get("act-heal"),
            command: Command::HealAll,
        });
    }
    let with = |key, sid: Sid| texts.with(key, &vec![("who", Value::Sids(vec![sid]))]);
    let with_power = |powers: &[Power]| {
        let mut servers = snapshot.servers.iter();
        servers
            .find(|server| powers.contains(&server.power))
            .map(|server| server.sid)
    };
    if let Some(sid) = with_power(&[Power::Paused]) {
        return Some(Offer {
            label: with("act-resume", sid),
            command: Command::Inject {
                fault: Fault::Resume { sid },
            },
        });
    }
    if let Some(sid) = with_power(&[Power::Killed, Power::Unplugged, Power::Off]) {
        return Some(Offer {
            label: with("act-restart", sid),
            command: Command::Inject {
                fault: Fault::Restart { sid },
            },
        });
    }
    Some(Offer {
        label: texts.get("act-kill-leader"),
        command: Command::Inject {
            fault: Fault::Kill {
                sid: cluster.leader?,
            },
        },
    })
}

/// What can be done to one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// End the process; its sockets close.
    Kill,
    /// Take the power; silence.
    PullPlug,
    /// Start the process.
    Restart,
    /// Freeze the process.
    Pause,
    /// Let it go on.
    Resume,
    /// Cut every link it has.
    Isolate,
}

impl Verb {
    /// Every verb, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Kill,
        Self::PullPlug,
        Self::Restart,
        Self::Pause,
        Self::Resume,
        Self::Isolate,
    ];

    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kill => "verb-kill",
            Self::PullPlug => "verb-unplug",
            Self::Restart => "verb-restart",
            Self::Pause => "verb-pause",
            Self::Resume => "verb-resume",
            Self::Isolate => "verb-isolate",
        }
    }

    /// The letter that does it to the selected server; upper case is with Shift.
    pub const fn shortcut(self) -> &'static str {
        match self {
            Self::Kill | Self::Restart => "K",
            Self::PullPlug => "⇧K",
            Self::Pause | Self::Resume => "P",
            Self::Isolate => "X",
        }
    }

    /// What it does to `sid`.
    pub fn command(self, sid: Sid) -> Command {
        let fault = match self {
            Self::Kill => Fault::Kill { sid },
            Self::PullPlug => Fault::PullPlug { sid },
            Self::Restart => Fault::Restart { sid },
            Self::Pause => Fault::Pause { sid },
            Self::Resume => Fault::Resume { sid },
            Self::Isolate => Fault::Partition {
                side: Set::from([sid]),
            },
        };
        Command::Inject { fault }
    }
}

/// A row of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    /// Which verb.
    pub verb: Verb,
    /// What it says.
    pub label: String,
    /// Why it cannot be done now; `None` where it can.
    pub dimmed: Option<String>,
}

/// The menu of one server. Of Kill and Restart, Pause and Resume, the one that applies is there.
pub fn menu(snapshot: &Snapshot, sid: Sid, texts: &Texts) -> Vec<MenuItem> {
    let Some(server) = snapshot.server(sid) else {
        return Vec::new();
    };
    let cluster = Cluster::of(snapshot);
    let is_down = !matches!(server.power, Power::Up | Power::Paused);
    let is_paused = server.power == Power::Paused;
    let isolated = Set::from([sid]);
    let is_isolated = snapshot.faults.iter().any(|active| match &active.fault {
        Fault::Partition { side } => *side == isolated,
        _ => false,
    });
    let is_starting = cluster.standing(sid) == Standing::Starting;
    let reason = |verb| match verb {
        Verb::Kill | Verb::Pause if is_starting => None,
        Verb::Kill | Verb::PullPlug | Verb::Pause if is_down => Some("dim-down"),
        Verb::Restart if !is_down || is_starting => Some("dim-runs"),
        Verb::Isolate if snapshot.servers.len() < 2 => Some("dim-alone"),
        Verb::Isolate if is_isolated => Some("dim-isolated"),
        _ => None,
    };
    Verb::ALL
        .into_iter()
        .filter(|verb| match verb {
            Verb::Restart => is_down && !is_starting,
            Verb::Kill => !is_down || is_starting,
            Verb::Pause => !is_paused,
            Verb::Resume => is_paused,
            Verb::PullPlug | Verb::Isolate => true,
        })
        .map(|verb| MenuItem {
            verb,
            label: texts.get(verb.key()),
            dimmed: reason(verb).map(|key| {
                let args: Args = vec![("who", Value::Sids(vec![sid]))];
                texts.with(key, &args)
            }),
        })
        .collect()
}
