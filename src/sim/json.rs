//! Commands and faults in JSON: `{"do":"inject","fault":{"type":"kill","sid":3}}`.
//!
//! Faults are read and written by the rows of their catalogue; a new one needs nothing here.

use super::client::{ClientSpec, read_op, write_op};
use super::node::ClientId;
use super::parameter::read_client;
use super::{ActiveFault, Argument, CATALOGUE, Command, Fault, FaultId, FaultKind, TimedCommand};
use crate::base::Micros;
use crate::base::json::{Place, Problem, Writer};

/// The field that names what a command does.
const DO: &str = "do";

/// What there is to do.
const DEEDS: [&str; 10] = [
    "inject",
    "heal",
    "healAll",
    "addClient",
    "request",
    "killClient",
    "pauseClient",
    "resumeClient",
    "disconnectClient",
    "closeClient",
];

/// The field that names the kind.
const TYPE: &str = "type";

impl Fault {
    /// Reads one.
    ///
    /// # Errors
    /// No kind of the catalogue; a parameter that is missing, of another type or out of its range;
    /// a field that is no parameter.
    #[expect(clippy::missing_panics_doc, reason = "a test reads every row")]
    pub fn read(place: &Place<'_>) -> Result<Self, Problem> {
        let kind = place.field(TYPE)?.row(&CATALOGUE, |kind| kind.key)?;
        let made = (kind.make)(&read_all(kind, place)?);
        Ok(made.expect("a row makes a fault of whatever its own parameters read"))
    }

    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        let kind = self.kind();
        out.object();
        out.name(TYPE).text(kind.key);
        for (parameter, argument) in kind.parameters.iter().zip(self.arguments()) {
            parameter.write(&argument, out);
        }
        out.end_object();
    }
}

fn read_all(kind: &FaultKind, place: &Place<'_>) -> Result<Vec<Argument>, Problem> {
    let mut known = vec![TYPE];
    known.extend(kind.parameters.iter().map(|parameter| parameter.name));
    place.only(&known)?;
    let mut args = Vec::with_capacity(kind.parameters.len());
    for parameter in kind.parameters {
        args.push(parameter.read(place)?);
    }
    Ok(args)
}

impl ActiveFault {
    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        out.object();
        out.name("id").unsigned(u64::from(self.id.0));
        self.fault.write(out.name("fault"));
        out.name("since").unsigned(self.since.0);
        out.end_object();
    }
}

impl Command {
    /// Reads one.
    ///
    /// # Errors
    /// Something else than a command, or a field that is not known.
    pub fn read(place: &Place<'_>) -> Result<Self, Problem> {
        let what = place.field(DO)?.choice(&DEEDS)?;
        match what {
            0 => {
                place.only(&[DO, "fault"])?;
                let fault = Fault::read(&place.field("fault")?)?;
                Ok(Self::Inject { fault })
            }
            1 => {
                place.only(&[DO, "id"])?;
                let id = place.field("id")?.unsigned(0..=u64::from(u32::MAX))?;
                let id = FaultId(u32::try_from(id).unwrap_or(u32::MAX));
                Ok(Self::Heal { id })
            }
            2 => {
                place.only(&[DO])?;
                Ok(Self::HealAll)
            }
            3 => {
                place.only(&[DO, "client"])?;
                let client = ClientSpec::read(&place.field("client")?)?;
                Ok(Self::AddClient { client })
            }
            4 => {
                place.only(&[DO, "id", "op"])?;
                let (id, op) = (read_id(place)?, read_op(&place.field("op")?)?);
                Ok(Self::Request { id, op })
            }
            _ => {
                place.only(&[DO, "id"])?;
                let id = read_id(place)?;
                Ok(match what {
                    5 => Self::KillClient { id },
                    6 => Self::PauseClient { id },
                    7 => Self::ResumeClient { id },
                    8 => Self::DisconnectClient { id },
                    _ => Self::CloseClient { id },
                })
            }
        }
    }

    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        out.object();
        out.name(DO);
        match self {
            Self::Inject { fault } => {
                out.text("inject");
                fault.write(out.name("fault"));
            }
            Self::Heal { id } => {
                out.text("heal");
                out.name("id").unsigned(u64::from(id.0));
            }
            Self::HealAll => out.text("healAll"),
            Self::AddClient { client } => {
                out.text("addClient");
                client.write(out.name("client"));
            }
            Self::Request { id, op } => {
                about("request", *id, out);
                write_op(op, out.name("op"));
            }
            Self::KillClient { id } => about("killClient", *id, out),
            Self::PauseClient { id } => about("pauseClient", *id, out),
            Self::ResumeClient { id } => about("resumeClient", *id, out),
            Self::DisconnectClient { id } => about("disconnectClient", *id, out),
            Self::CloseClient { id } => about("closeClient", *id, out),
        }
        out.end_object();
    }
}

fn about(what: &str, id: ClientId, out: &mut Writer) {
    out.text(what);
    out.name("id").unsigned(u64::from(id.0));
}

fn read_id(place: &Place<'_>) -> Result<ClientId, Problem> {
    read_client(&place.field("id")?)
}

impl TimedCommand {
    /// Reads one that is given at `last` or before.
    ///
    /// # Errors
    /// Something else, or later.
    pub fn read(place: &Place<'_>, last: Micros) -> Result<Self, Problem> {
        place.only(&["atUs", "command"])?;
        Ok(Self {
            at_us: Micros(place.field("atUs")?.unsigned(0..=last.0)?),
            command: Command::read(&place.field("command")?)?,
        })
    }

    /// Writes it.
    pub fn write(&self, out: &mut Writer) {
        out.object();
        out.name("atUs").unsigned(self.at_us.0);
        self.command.write(out.name("command"));
        out.end_object();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::Document;
    use crate::protocol::Sid;
    use crate::sim::{Direction, Parameter, Power, Takes};

    fn read(text: &str) -> Result<Command, String> {
        let document = Document::parse(text, 1_000).map_err(|problem| problem.to_string())?;
        Command::read(&document.root())
            .map_err(|problem| format!("{}: {}", problem.path, problem.message()))
    }

    /// Arguments a parameter can have, its default among them.
    fn arguments(parameter: &Parameter) -> Vec<Argument> {
        match parameter.takes {
            Takes::Server => vec![Argument::Server(Sid(3)), Argument::Server(Sid(-1))],
            Takes::Servers => vec![
                Argument::Servers([].into()),
                Argument::Servers([Sid(1), Sid(4)].into()),
            ],
            Takes::Client => vec![Argument::Client(ClientId(0)), Argument::Client(ClientId(7))],
            Takes::Choice(names) => (0..names.len() as u64).map(Argument::Number).collect(),
            Takes::Number { least, most, .. } => {
                vec![Argument::Number(least), Argument::Number(most)]
            }
            Takes::Signed { least, most, .. } => {
                vec![Argument::Signed(least), Argument::Signed(most)]
            }
        }
    }

    /// Every row of the catalogue with every combination of those.
    fn every_fault() -> Vec<Fault> {
        let mut faults = Vec::new();
        for kind in &CATALOGUE {
            let mut combinations = vec![vec![]];
            for parameter in kind.parameters {
                let longer = combinations.iter().flat_map(|before: &Vec<Argument>| {
                    arguments(parameter).into_iter().map(|last| {
                        let mut all = before.clone();
                        all.push(last);
                        all
                    })
                });
                combinations = longer.collect();
            }
            for args in combinations {
                let fault = (kind.make)(&args).expect("fits its own row");
                assert_eq!(fault.arguments(), args, "{}", kind.key);
                assert_eq!(fault.kind(), kind);
                faults.push(fault);
            }
        }
        faults
    }

    #[test]
    fn every_command_is_written_and_read_as_serde_does() {
        let mut commands = vec![
            Command::HealAll,
            Command::Heal {
                id: FaultId(u32::MAX),
            },
        ];
        commands.extend(
            every_fault()
                .into_iter()
                .map(|fault| Command::Inject { fault }),
        );
        assert!(commands.len() > 20);
        for command in commands {
            let mut out = Writer::compact();
            command.write(&mut out);
            let text = out.finish();
            assert_eq!(text, serde_json::to_string(&command).expect("writes"));
            assert_eq!(read(&text), Ok(command.clone()), "{text}");
            assert_eq!(serde_json::from_str::<Command>(&text).ok(), Some(command));
        }
    }

    #[test]
    fn every_command_for_a_client_is_read_as_it_was_written() {
        let (id, client) = (ClientId(3), ClientSpec::default());
        let path = "/a".into();
        let op = crate::protocol::Op::Sync { path };
        for command in [
            Command::AddClient { client },
            Command::Request { id, op },
            Command::KillClient { id },
            Command::PauseClient { id },
            Command::ResumeClient { id },
            Command::DisconnectClient { id },
            Command::CloseClient { id },
        ] {
            let mut out = Writer::compact();
            command.write(&mut out);
            let text = out.finish();
            assert_eq!(read(&text), Ok(command), "{text}");
        }
        let wrong = read("{\"do\": \"killClient\", \"id\": 1, \"sid\": 2}");
        assert!(wrong.is_err_and(|said| said.contains("there is no field \"sid\"")));
    }

    #[test]
    fn the_power_of_a_server_is_named_as_serde_names_it() {
        for power in [
            Power::Off,
            Power::Starting,
            Power::Up,
            Power::Paused,
            Power::Killed,
            Power::Unplugged,
        ] {
            let name = serde_json::to_value(power).expect("a name");
            assert_eq!(name, power.name());
        }
    }

    #[test]
    fn what_stands_is_written_as_serde_does() {
        for fault in every_fault() {
            let active = ActiveFault {
                id: FaultId(7),
                fault,
                since: Micros(1_500),
            };
            let mut out = Writer::compact();
            active.write(&mut out);
            assert_eq!(
                out.finish(),
                serde_json::to_string(&active).expect("writes")
            );
        }
    }

    #[test]
    fn the_order_of_fields_is_free_and_a_direction_may_be_left_out() {
        let cut = Fault::Cut {
            from: Sid(1),
            to: Sid(2),
            direction: Direction::Both,
        };
        assert_eq!(
            read("{\"fault\": {\"to\": 2, \"from\": 1, \"type\": \"cut\"}, \"do\": \"inject\"}"),
            Ok(Command::Inject { fault: cut })
        );
    }

    #[test]
    fn what_is_no_command_is_refused_with_its_place() {
        for (text, wrong) in [
            ("[]", ": this must be an object: fields in braces"),
            ("{}", ": the field \"do\" is missing"),
            (
                "{\"do\": \"dance\"}",
                "do: \"dance\" is not known here; there are inject, heal, healAll, addClient, \
                 request, killClient, pauseClient, resumeClient, disconnectClient, closeClient",
            ),
            (
                "{\"do\": \"healall\"}",
                "do: \"healall\" is not known here; did you mean \"healAll\"?",
            ),
            (
                "{\"do\": \"heal\", \"id\": 4294967296}",
                "id: this must be from 0 to 4294967295, not 4294967296",
            ),
            (
                "{\"do\": \"healAll\", \"id\": 1}",
                ": there is no field \"id\" here; there are do",
            ),
            (
                "{\"do\": \"inject\", \"fault\": {\"type\": \"kil\", \"sid\": 1}}",
                "fault.type: \"kil\" is not known here; did you mean \"kill\"?",
            ),
            (
                "{\"do\": \"inject\", \"fault\": {\"type\": \"kill\", \"side\": 1}}",
                "fault: there is no field \"side\" here; did you mean \"sid\"?",
            ),
            (
                "{\"do\": \"inject\", \"fault\": {\"type\": \"cut\", \"from\": 1, \"to\": \"2\"}}",
                "fault.to: this must be a whole number",
            ),
            (
                "{\"do\": \"inject\", \"fault\": {\"type\": \"partition\", \"side\": [1, 2.5]}}",
                "fault.side[1]: this must be a whole number",
            ),
        ] {
            assert_eq!(read(text), Err(wrong.to_owned()), "{text}");
            // Serde overlooks fields of a variant that has none.
            let overlooked = text.contains("healAll");
            let by_serde = serde_json::from_str::<Command>(text);
            assert!(by_serde.is_err() || overlooked, "{text}");
        }
    }
}
