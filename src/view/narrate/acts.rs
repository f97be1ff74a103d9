//! What the reader did, as sayings.

use super::{Level, Saying, Voice};
use crate::base::Set;
use crate::protocol::Sid;
use crate::sim::{ActiveFault, ClientId, Command, Direction, Fault};

const fn you(level: Level, key: &'static str) -> Saying {
    Saying::new(level, Voice::You, key)
}

/// Whom a command is about, and what it says. `standing` are the faults before it.
pub(super) fn command(command: &Command, standing: &[ActiveFault]) -> (Vec<Sid>, Saying) {
    match command {
        Command::Inject { fault } => inject(fault),
        Command::Heal { id } => {
            let healed = standing.iter().find(|active| active.id == *id);
            healed.map_or_else(
                || (Vec::new(), you(Level::News, "say-healed-all")),
                |active| heal(&active.fault),
            )
        }
        Command::HealAll => (Vec::new(), you(Level::Headline, "say-healed-all")),
        other => (Vec::new(), to_client(other)),
    }
}

/// The client a command is about; a client that is added has no number yet.
pub(super) const fn client(command: &Command) -> Option<ClientId> {
    match command {
        Command::KillClient { id }
        | Command::PauseClient { id }
        | Command::ResumeClient { id }
        | Command::DisconnectClient { id }
        | Command::CloseClient { id }
        | Command::Request { id, .. }
        | Command::Inject {
            fault: Fault::CutClient { id, .. },
        } => Some(*id),
        Command::Inject { .. }
        | Command::Heal { .. }
        | Command::HealAll
        | Command::AddClient { .. } => None,
    }
}

fn to_client(command: &Command) -> Saying {
    match command {
        Command::KillClient { .. } => {
            you(Level::Headline, "say-client-killed").why("why-client-killed")
        }
        Command::PauseClient { .. } => you(Level::News, "say-client-paused"),
        Command::ResumeClient { .. } => you(Level::News, "say-client-resumed"),
        Command::DisconnectClient { .. } => {
            you(Level::Headline, "say-client-cut").why("why-client-cut")
        }
        Command::CloseClient { .. } => you(Level::News, "say-client-asked-to-close"),
        Command::Request { op, .. } => {
            you(Level::News, "say-client-asked").arg("op", String::from(op.label()))
        }
        _ => you(Level::News, "say-client-added"),
    }
}

fn inject(fault: &Fault) -> (Vec<Sid>, Saying) {
    let (sids, said) = match fault {
        Fault::Kill { sid } => (
            vec![*sid],
            you(Level::Headline, "say-killed").why("why-killed"),
        ),
        Fault::PullPlug { sid } => (
            vec![*sid],
            you(Level::Headline, "say-unplugged").why("why-unplugged"),
        ),
        Fault::Restart { sid } => (vec![*sid], you(Level::News, "say-restarted")),
        Fault::Pause { sid } => (
            vec![*sid],
            you(Level::Headline, "say-paused").why("why-paused"),
        ),
        Fault::Resume { sid } => (vec![*sid], you(Level::Headline, "say-resumed")),
        Fault::Cut {
            from,
            to,
            direction: Direction::Both,
        } => (
            vec![*from, *to],
            you(Level::News, "say-cut")
                .arg("from", *from)
                .arg("to", *to),
        ),
        Fault::Cut {
            from,
            to,
            direction: Direction::OneWay,
        } => (
            vec![*from, *to],
            you(Level::News, "say-cut-one-way")
                .arg("from", *from)
                .arg("to", *to),
        ),
        Fault::Partition { side } => (
            ascending(side),
            you(Level::Headline, "say-partitioned").why("why-partitioned"),
        ),
        _ => return inject_more(fault),
    };
    (sids, said)
}

/// The kinds that have no tool of their own on the page.
fn inject_more(fault: &Fault) -> (Vec<Sid>, Saying) {
    match fault {
        Fault::Terminate { sid } => (
            vec![*sid],
            you(Level::Headline, "say-terminated").why("why-terminated"),
        ),
        Fault::PowerLoss { sid } => (
            vec![*sid],
            you(Level::Headline, "say-lost-power").why("why-lost-power"),
        ),
        Fault::SlowDisk { sid, ms } => (
            vec![*sid],
            you(Level::News, "say-slow-disk").arg("ms", ms.to_string()),
        ),
        Fault::StallDisk { sid } => (
            vec![*sid],
            you(Level::Headline, "say-stalled-disk").why("why-stalled-disk"),
        ),
        Fault::WipeDisk { sid } => (
            vec![*sid],
            you(Level::Headline, "say-wiped").why("why-wiped"),
        ),
        Fault::Drift { sid, ppm } => (
            vec![*sid],
            you(Level::News, "say-drifts")
                .arg("ppm", ppm.to_string())
                .why("why-drifts"),
        ),
        Fault::Delay { from, to, ms, .. } => (
            vec![*from, *to],
            you(Level::News, "say-slowed")
                .arg("from", *from)
                .arg("to", *to)
                .arg("ms", ms.to_string()),
        ),
        Fault::Loss {
            from, to, permille, ..
        } => (
            vec![*from, *to],
            you(Level::News, "say-lossy")
                .arg("from", *from)
                .arg("to", *to)
                .arg("permille", permille.to_string())
                .why("why-lossy"),
        ),
        Fault::CutClient { sid, .. } => (
            vec![*sid],
            you(Level::News, "say-client-severed").arg("to", *sid),
        ),
        Fault::DelayMessage { ms, .. } => (
            Vec::new(),
            you(Level::News, "say-delayed").arg("ms", ms.to_string()),
        ),
        Fault::DropMessage { .. } => (
            Vec::new(),
            you(Level::News, "say-dropped").why("why-dropped"),
        ),
        _ => (Vec::new(), you(Level::News, "say-went-wrong")),
    }
}

fn heal(fault: &Fault) -> (Vec<Sid>, Saying) {
    let (sids, said) = match fault {
        Fault::Pause { sid } => (vec![*sid], you(Level::Headline, "say-resumed")),
        Fault::Cut { from, to, .. }
        | Fault::Delay { from, to, .. }
        | Fault::Loss { from, to, .. } => (
            vec![*from, *to],
            you(Level::News, "say-mended")
                .arg("from", *from)
                .arg("to", *to),
        ),
        Fault::Partition { side } => (ascending(side), you(Level::Headline, "say-healed")),
        Fault::CutClient { sid, .. } => (vec![*sid], you(Level::News, "say-healed")),
        Fault::Drift { sid, .. } => (vec![*sid], you(Level::News, "say-drifts-no-more")),
        Fault::SlowDisk { sid, .. } | Fault::StallDisk { sid } => {
            (vec![*sid], you(Level::News, "say-disk-well"))
        }
        _ => (Vec::new(), you(Level::News, "say-healed-all")),
    };
    (sids, said)
}

fn ascending(side: &Set<Sid>) -> Vec<Sid> {
    side.iter().copied().collect()
}
