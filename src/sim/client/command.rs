//! What a person does to clients: adds one, kills it, stops it, cuts it off, lets it ask.

use super::{CLIENTS_MAX, ClientId, ClientProcess, Event, World};
use crate::protocol::client::{ClientInput, ClientState};
use crate::sim::command::{Command, Rejected};
use crate::sim::step::{Power, Step};

/// Lets a command about a client take effect; the client it concerns.
pub(crate) fn command(
    world: &mut World,
    command: &Command,
    step: &mut Step,
) -> Result<Option<ClientId>, Rejected> {
    let id = match command {
        Command::AddClient { client } => {
            if world.clients_added >= CLIENTS_MAX {
                return Err(Rejected::TooManyClients { limit: CLIENTS_MAX });
            }
            let stranger = client
                .hosts
                .iter()
                .find(|sid| !world.processes.contains_key(*sid));
            if let Some(&sid) = stranger {
                return Err(Rejected::UnknownServer { sid });
            }
            if let Some(resume) = client.resume {
                known(world, resume.of)?;
            }
            world.insert_client(client.clone())
        }
        Command::KillClient { id } => kill(world, *id)?,
        Command::PauseClient { id } => pause(world, *id)?,
        Command::ResumeClient { id } => resume(world, *id)?,
        Command::DisconnectClient { id } => disconnect(world, *id)?,
        Command::CloseClient { id } => {
            open(world, *id)?.retire();
            world.run_client(*id, ClientInput::Close, step);
            *id
        }
        Command::Request { id, op } => {
            open(world, *id)?;
            world.client_calls(*id, op.clone(), step);
            *id
        }
        Command::Inject { .. } | Command::Heal { .. } | Command::HealAll => return Ok(None),
    };
    Ok(Some(id))
}

fn known(world: &mut World, id: ClientId) -> Result<&mut ClientProcess, Rejected> {
    world.client_mut(id).ok_or(Rejected::UnknownClient { id })
}

/// A process that runs.
fn running(world: &mut World, id: ClientId) -> Result<&mut ClientProcess, Rejected> {
    let process = known(world, id)?;
    match process.power {
        Power::Up => Ok(process),
        Power::Paused => Err(Rejected::ClientPaused { id }),
        Power::Off | Power::Starting | Power::Killed | Power::Unplugged => {
            Err(Rejected::ClientDown { id })
        }
    }
}

/// A process that runs, with a client that is not over.
fn open(world: &mut World, id: ClientId) -> Result<&mut ClientProcess, Rejected> {
    let process = running(world, id)?;
    if process.client.state() == ClientState::Closed {
        return Err(Rejected::ClientClosed { id });
    }
    Ok(process)
}

/// A client that has not started is killed as well: it never will.
fn kill(world: &mut World, id: ClientId) -> Result<ClientId, Rejected> {
    if known(world, id)?.power == Power::Killed {
        return Err(Rejected::ClientDown { id });
    }
    let closed_at = world.now + world.client_teardown(id);
    if let Some((process, mut moment)) = world.client_moment(id) {
        process.die(&mut moment);
        let event = Event::ClientTeardown(id);
        process.teardown = Some(moment.queue.push(closed_at, event));
    }
    let (network, mut moment) = world.wires();
    network.process_died(id.into(), &mut moment);
    Ok(id)
}

fn pause(world: &mut World, id: ClientId) -> Result<ClientId, Rejected> {
    running(world, id)?;
    if let Some((process, mut moment)) = world.client_moment(id) {
        process.freeze(&mut moment);
    }
    Ok(id)
}

fn resume(world: &mut World, id: ClientId) -> Result<ClientId, Rejected> {
    let process = known(world, id)?;
    match process.power {
        Power::Paused => process.power = Power::Up,
        Power::Up => return Err(Rejected::ClientNotPaused { id }),
        Power::Off | Power::Starting | Power::Killed | Power::Unplugged => {
            return Err(Rejected::ClientDown { id });
        }
    }
    world.client_works_on(id);
    Ok(id)
}

/// Its connection is reset: both ends learn of it.
fn disconnect(world: &mut World, id: ClientId) -> Result<ClientId, Rejected> {
    let process = known(world, id)?;
    let Some(conn) = process.client.connection() else {
        return Err(Rejected::NotConnected { id });
    };
    let (network, mut moment) = world.wires();
    network.reset(id.into(), conn, &mut moment);
    Ok(id)
}
