//! What can be wrong with a scenario's clients beyond their form: servers there are not, numbers no
//! client has, paths that are none.

use super::Scenario;
use super::json::{NOT_A_PATH, UNKNOWN_CLIENT, UNKNOWN_SERVER};
use crate::base::json::{Place, Problem};
use crate::protocol::{Op, path};
use crate::sim::{ClientId, ClientSpec, Command, Fault, TimedCommand};

impl Scenario {
    pub(super) fn read_client(&self, place: &Place<'_>) -> Result<ClientSpec, Problem> {
        let spec = ClientSpec::read(place)?;
        if let Some(hosts) = place.optional("hosts")? {
            for (sid, host) in spec.hosts.iter().zip(hosts.items()?) {
                if !self.has(*sid) {
                    return Err(host.refuse(UNKNOWN_SERVER, vec![("sid", sid.to_string())]));
                }
            }
        }
        if let Some(workload) = place.optional("workload")? {
            for field in ["root", "path"] {
                if let Some(root) = workload.optional(field)? {
                    check_path(root.text()?, &root)?;
                }
            }
        }
        Ok(spec)
    }

    /// What a command says of clients.
    pub(super) fn check_command(
        &self,
        command: &Command,
        place: &Place<'_>,
    ) -> Result<(), Problem> {
        match command {
            Command::AddClient { .. } => self.read_client(&place.field("client")?).map(|_| ()),
            Command::Request { op, .. } => check_op(op, &place.field("op")?),
            Command::Inject { .. }
            | Command::Heal { .. }
            | Command::HealAll
            | Command::KillClient { .. }
            | Command::PauseClient { .. }
            | Command::ResumeClient { .. }
            | Command::DisconnectClient { .. }
            | Command::CloseClient { .. } => Ok(()),
        }
    }

    /// No command is for a client that there never is, and nobody comes with such a one's session.
    pub(super) fn check_ids(
        &self,
        root: &Place<'_>,
        commands: &[(TimedCommand, Place<'_>)],
    ) -> Result<(), Problem> {
        let is_added =
            |(timed, _): &&(TimedCommand, _)| matches!(timed.command, Command::AddClient { .. });
        let count = self.clients.len() + commands.iter().filter(is_added).count();
        let check = |id: ClientId, place: &Place<'_>| {
            if usize::try_from(id.0).is_ok_and(|id| id < count) {
                return Ok(());
            }
            let args = vec![("id", id.to_string()), ("count", count.to_string())];
            Err(place.refuse(UNKNOWN_CLIENT, args))
        };
        let check_spec = |spec: &ClientSpec, place: &Place<'_>| match spec.resume {
            Some(resume) => check(resume.of, &place.field("resume")?.field("of")?),
            None => Ok(()),
        };
        if let Some(clients) = root.optional("clients")? {
            for (spec, place) in self.clients.iter().zip(clients.items()?) {
                check_spec(spec, &place)?;
            }
        }
        for (timed, place) in commands {
            let place = place.field("command")?;
            if let Command::AddClient { client } = &timed.command {
                check_spec(client, &place.field("client")?)?;
            } else if let Some(id) = client_of(&timed.command) {
                let about = place.optional("fault")?.unwrap_or(place);
                check(id, &about.field("id")?)?;
            }
        }
        Ok(())
    }
}

const fn client_of(command: &Command) -> Option<ClientId> {
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

fn check_op(op: &Op, place: &Place<'_>) -> Result<(), Problem> {
    match op {
        Op::Multi(ops) => {
            for (op, place) in ops.iter().zip(place.field("ops")?.items()?) {
                check_op(op, &place)?;
            }
            Ok(())
        }
        // Digits follow, so that it may end with a slash.
        Op::Create { path, mode, .. } if mode.is_sequential() => {
            check_path(&format!("{path}1"), &place.field("path")?)
        }
        _ => {
            let place = place.field("path")?;
            check_path(place.text()?, &place)
        }
    }
}

fn check_path(text: &str, place: &Place<'_>) -> Result<(), Problem> {
    let wrong = |fault: path::PathFault| {
        let args = vec![("fault", fault.to_string())];
        place.refuse(NOT_A_PATH, args)
    };
    path::validate(text).map_err(wrong)
}
