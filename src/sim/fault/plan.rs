//! Plans of trouble drawn from a seed: which faults happen when, and that all is healed at the end.
//!
//! Faults are drawn by the rows of the catalogue, so a new one takes part by being there. Whoever
//! is brought down is mostly started again, as somebody would. A command that makes no sense when
//! its time comes is refused by the world and passed over.

use core::fmt::Write as _;

use super::{Argument, CATALOGUE, Fault, FaultKind, Takes};
use crate::base::json::Writer;
use crate::base::{Micros, Ppm, Rng};
use crate::protocol::Sid;
use crate::sim::{ClientId, Command, Frame, TimedCommand, World};

/// What plans are drawn from.
#[derive(Clone, Debug)]
pub struct Trouble<'a> {
    /// Whom faults may concern; at least one.
    pub sids: &'a [Sid],
    /// Of how many clients; a fault of one there is not is passed over.
    pub clients: u64,
    /// How many faults are drawn at most.
    pub most: u64,
    /// No fault comes earlier.
    pub from: Micros,
    /// Then everything is healed, and started a second later.
    pub until: Micros,
}

/// The kinds of faults an ensemble must survive without breaking a promise: all but those that make
/// a disk forget, and those that need to know the number of a message or of a client.
pub fn survivable() -> impl Iterator<Item = &'static FaultKind> {
    let spared = [
        "wipeDisk",
        "delayMessage",
        "dropMessage",
        "resume",
        "cutClient",
    ];
    CATALOGUE
        .iter()
        .filter(move |kind| !spared.contains(&kind.key))
}

impl Trouble<'_> {
    /// Draws a plan: faults of these kinds with what people do about them, in the order of time,
    /// and the heal.
    pub fn draw(&self, kinds: &[&'static FaultKind], rng: &mut Rng) -> Vec<TimedCommand> {
        let mut commands = Vec::new();
        for _ in 0..rng.between(0, self.most) {
            let at = rng.span(self.from, self.until);
            if rng.chance(Ppm(120_000)) {
                push(&mut commands, at, Command::HealAll);
                continue;
            }
            let index = usize::try_from(rng.below(kinds.len() as u64)).unwrap_or(0);
            let Some(kind) = kinds.get(index) else {
                continue;
            };
            let mut args = Vec::new();
            for parameter in kind.parameters {
                args.push(self.argument(parameter.takes, rng));
            }
            let Some(fault) = (kind.make)(&args) else {
                continue;
            };
            let again = undone_by(&fault).filter(|_| rng.chance(Ppm(700_000)));
            push(&mut commands, at, Command::Inject { fault });
            if let Some(fault) = again {
                let later = at + rng.span(Micros::from_ms(50), Micros::from_ms(20_000));
                push(&mut commands, later, Command::Inject { fault });
            }
        }
        commands.retain(|timed| timed.at_us < self.until);
        commands.sort_by_key(|timed| timed.at_us);
        push(&mut commands, self.until, Command::HealAll);
        // Whoever got SIGTERM or was stopped before may still be on its way out.
        let ended = self.until + Micros::from_ms(1_000);
        for &sid in self.sids {
            let fault = Fault::Restart { sid };
            push(&mut commands, ended, Command::Inject { fault });
        }
        commands
    }

    fn someone(&self, rng: &mut Rng) -> Sid {
        let index = usize::try_from(rng.below(self.sids.len() as u64)).unwrap_or(0);
        self.sids.get(index).copied().unwrap_or(Sid(1))
    }

    fn argument(&self, takes: Takes, rng: &mut Rng) -> Argument {
        match takes {
            Takes::Server => Argument::Server(self.someone(rng)),
            Takes::Servers => {
                let count = rng.below(self.sids.len() as u64) + 1;
                Argument::Servers((0..count).map(|_| self.someone(rng)).collect())
            }
            Takes::Client => {
                let id = rng.below(self.clients.max(1));
                Argument::Client(ClientId(u32::try_from(id).unwrap_or(0)))
            }
            Takes::Choice(names) => Argument::Number(rng.below(names.len() as u64)),
            Takes::Number { least, most, .. } => Argument::Number(magnitude(least, most, rng)),
            Takes::Signed { least, most, .. } => {
                let (side, sign) = if rng.below(2) == 0 {
                    (least, -1)
                } else {
                    (most, 1)
                };
                let size = i64::try_from(magnitude(0, side.unsigned_abs(), rng));
                Argument::Signed(size.unwrap_or(0) * sign)
            }
        }
    }
}

/// A number whose size, not whose value, is even between the two: small ones are the rule.
fn magnitude(least: u64, most: u64, rng: &mut Rng) -> u64 {
    let bits = u64::from((most - least).checked_ilog2().unwrap_or(0));
    let limit = 2_u64.saturating_pow(u32::try_from(rng.below(bits + 1) + 1).unwrap_or(1));
    least + rng.below(limit.min(most - least).saturating_add(1))
}

/// What somebody would do about it.
fn undone_by(fault: &Fault) -> Option<Fault> {
    if let Fault::Kill { sid }
    | Fault::PullPlug { sid }
    | Fault::PowerLoss { sid }
    | Fault::Terminate { sid } = fault
    {
        return Some(Fault::Restart { sid: *sid });
    }
    if let Fault::Pause { sid } = fault {
        return Some(Fault::Resume { sid: *sid });
    }
    None
}

fn push(commands: &mut Vec<TimedCommand>, at_us: Micros, command: Command) {
    commands.push(TimedCommand { at_us, command });
}

/// The command as it is to be given now. A plan cannot know the numbers messages will have: the
/// number in it says the how-manieth of those on the wire is meant, round and round.
pub fn resolve(command: &Command, world: &World) -> Command {
    let mut command = command.clone();
    if let Command::Inject { fault } = &mut command
        && let Fault::DelayMessage { message, .. } | Fault::DropMessage { message } = fault
    {
        *message = on_the_wire(*message, world);
    }
    command
}

fn on_the_wire(n: u64, world: &World) -> u64 {
    let moves = |frame: &&Frame| frame.arrives_at.is_some();
    let count = world.frames().filter(moves).count() as u64;
    let index = usize::try_from(n.checked_rem(count).unwrap_or(0)).unwrap_or(0);
    let frame = world.frames().filter(moves).nth(index);
    frame.map_or(n, |frame| frame.id)
}

/// A plan as lines of text: when, what, and with what.
pub fn describe(commands: &[TimedCommand]) -> String {
    let mut text = String::new();
    for timed in commands {
        let _ = write!(text, "{:>9} ms  ", timed.at_us.as_ms());
        match &timed.command {
            Command::HealAll => text.push_str("heal all"),
            Command::AddClient { .. }
            | Command::KillClient { .. }
            | Command::PauseClient { .. }
            | Command::ResumeClient { .. }
            | Command::DisconnectClient { .. }
            | Command::CloseClient { .. }
            | Command::Request { .. } => {
                let mut json = Writer::compact();
                timed.command.write(&mut json);
                text.push_str(&json.finish());
            }
            Command::Heal { id } => {
                let _ = write!(text, "heal {}", id.0);
            }
            Command::Inject { fault } => {
                text.push_str(fault.kind().key);
                for (parameter, argument) in fault.kind().parameters.iter().zip(fault.arguments()) {
                    let _ = write!(text, " {} ", parameter.name);
                    say(&argument, parameter.takes, &mut text);
                }
            }
        }
        text.push('\n');
    }
    text
}

fn say(argument: &Argument, takes: Takes, text: &mut String) {
    let _ = match argument {
        Argument::Server(sid) => write!(text, "{sid}"),
        Argument::Servers(sids) => {
            for (n, sid) in sids.iter().enumerate() {
                let _ = write!(text, "{}{sid}", if n > 0 { "," } else { "" });
            }
            Ok(())
        }
        Argument::Client(id) => write!(text, "{id}"),
        Argument::Signed(number) => write!(text, "{number}"),
        Argument::Number(number) => match takes {
            Takes::Choice(names) => {
                let index = usize::try_from(*number).unwrap_or(usize::MAX);
                text.push_str(names.get(index).copied().unwrap_or_default());
                Ok(())
            }
            Takes::Server
            | Takes::Servers
            | Takes::Client
            | Takes::Number { .. }
            | Takes::Signed { .. } => {
                write!(text, "{number}")
            }
        },
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Set;
    use crate::sim::{ClientSpec, ClusterSpec};

    const SIDS: [Sid; 3] = [Sid(1), Sid(2), Sid(3)];

    fn trouble() -> Trouble<'static> {
        Trouble {
            sids: &SIDS,
            clients: 2,
            most: 20,
            from: Micros::from_ms(500),
            until: Micros::from_ms(60_000),
        }
    }

    #[test]
    fn a_plan_is_in_order_within_its_time_and_ends_with_everything_healed() {
        let kinds: Vec<_> = survivable().collect();
        for seed in 0..200 {
            let plan = trouble().draw(&kinds, &mut Rng::new(seed));
            let trouble_again = trouble();
            assert!(plan.is_sorted_by_key(|timed| timed.at_us));
            let (before, end) = plan.split_at(plan.len() - 4);
            assert!(
                before
                    .iter()
                    .all(|t| (500_000..60_000_000).contains(&t.at_us.0))
            );
            assert_eq!(end[0].command, Command::HealAll);
            assert_eq!(plan, trouble_again.draw(&kinds, &mut Rng::new(seed)));
        }
    }

    #[test]
    fn every_kind_that_can_be_survived_is_drawn_and_taken_by_some_world() {
        let kinds: Vec<_> = survivable().collect();
        let mut taken = Set::new();
        for seed in 0..300 {
            let mut spec = ClusterSpec::plain(3, 0);
            spec.clients = vec![ClientSpec::default(); 2];
            let mut world = World::new(&spec, seed);
            for timed in trouble().draw(&kinds, &mut Rng::new(seed)) {
                while world.next_at().is_some_and(|next| next < timed.at_us) {
                    world.step();
                    if world.now() > Micros::from_ms(8_000) {
                        break;
                    }
                }
                if let Command::Inject { fault } = &timed.command
                    && world.apply(&timed.command).is_ok()
                {
                    taken.insert(fault.kind().key);
                }
            }
            if kinds.iter().all(|kind| taken.contains(&kind.key)) {
                break;
            }
        }
        let missing: Vec<_> = kinds
            .iter()
            .filter(|kind| !taken.contains(&kind.key))
            .map(|kind| kind.key)
            .collect();
        assert!(missing.is_empty(), "never taken: {missing:?}");
    }

    #[test]
    fn a_planned_number_means_some_message_on_the_wire() {
        let mut world = World::new(&ClusterSpec::plain(3, 0), 1);
        let fault = Fault::DropMessage { message: 7 };
        let planned = Command::Inject { fault };
        assert_eq!(resolve(&planned, &world), planned, "nothing is under way");
        while world.flight_count() < 3 {
            world.step();
        }
        let given = resolve(&planned, &world);
        assert_ne!(given, planned);
        assert!(world.apply(&given).is_ok());
        assert_eq!(resolve(&Command::HealAll, &world), Command::HealAll);
    }

    #[test]
    fn numbers_reach_both_ends_of_their_range_and_never_leave_it() {
        let mut rng = Rng::new(3);
        let mut seen = Set::new();
        for _ in 0..5_000 {
            seen.insert(magnitude(2, 9, &mut rng));
        }
        assert_eq!((seen.first(), seen.last()), (Some(&2), Some(&9)));
        assert_eq!(magnitude(7, 7, &mut rng), 7);
    }

    #[test]
    fn a_plan_reads_as_lines() {
        let at = |ms, fault| TimedCommand {
            at_us: Micros::from_ms(ms),
            command: Command::Inject { fault },
        };
        let plan = [
            at(
                1_500,
                Fault::Drift {
                    sid: Sid(2),
                    ppm: -40,
                },
            ),
            at(
                2_000,
                Fault::Partition {
                    side: [Sid(1), Sid(3)].into(),
                },
            ),
        ];
        assert_eq!(
            describe(&plan),
            "     1500 ms  drift sid 2 ppm -40\n     2000 ms  partition side 1,3\n"
        );
    }
}
