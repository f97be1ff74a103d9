//! What a client's process is told and what comes of it: from a signal over its client's effects to
//! the world, and from what the client tells to what its application asks next.

use std::collections::VecDeque;

use super::process::{By, ClientTask};
use super::{ClientId, ClientProcess, Event, World};
use crate::base::Micros;
use crate::protocol::client::{ClientEffect, ClientInput, ClientNote, ClientState, ClientTimer};
use crate::protocol::{Message, Op, Port};
use crate::sim::network::{Moment, Signal};
use crate::sim::step::{Cause, Power, Step};

impl World {
    /// A client's process begins, or opens another session.
    pub(in crate::sim) fn client_starts(&mut self, id: ClientId, step: &mut Step) {
        let pass = self.pass_of(id);
        let Some(process) = self.client_mut(id) else {
            return;
        };
        process.come_up(pass);
        (step.client, step.cause) = (Some(id), Cause::ClientStarted);
        self.run_client(id, ClientInput::Start, step);
    }

    /// Hands a signal to a client, or lets it wait there.
    pub(in crate::sim) fn tell_client(&mut self, id: ClientId, signal: Signal, step: &mut Step) {
        let Some(process) = self.client_mut(id) else {
            return;
        };
        if !process.must_queue() {
            return self.do_client(id, ClientTask::Signal(signal), step);
        }
        let conn = match &signal {
            Signal::Frame(frame) => Some(frame.conn),
            Signal::Opened { .. } | Signal::Refused { .. } | Signal::Closed { .. } => None,
        };
        if !process.queue(signal)
            && let Some(conn) = conn
        {
            let (network, mut moment) = self.wires();
            network.reset(id.into(), conn, &mut moment);
        }
    }

    /// A deadline of a client passes.
    pub(in crate::sim) fn client_fires(
        &mut self,
        id: ClientId,
        timer: ClientTimer,
        step: &mut Step,
    ) {
        if self.client_mut(id).is_some_and(|p| p.fire(timer)) {
            self.do_client(id, ClientTask::Fired(timer), step);
        }
    }

    /// A client's application acts by itself.
    pub(in crate::sim) fn client_works(&mut self, id: ClientId, step: &mut Step) {
        if self.client_mut(id).is_some_and(ClientProcess::wake) {
            self.do_client(id, ClientTask::Work, step);
        }
    }

    /// A client that was stopped works off one thing, and goes on where more waits.
    pub(in crate::sim) fn client_drains(&mut self, id: ClientId, step: &mut Step) {
        let task = self.client_mut(id).and_then(ClientProcess::next_waiting);
        if let Some(task) = task {
            self.do_client(id, task, step);
        }
        self.client_works_on(id);
    }

    /// Lets a client work off what waits, after a short while.
    pub(super) fn client_works_on(&mut self, id: ClientId) {
        let table = self.network.links().tables().work;
        let pause = self.network.links_mut().of_process(id, table);
        if let Some((process, mut moment)) = self.client_moment(id) {
            process.drain_on(pause, &mut moment);
        }
    }

    /// The kernel has closed a dead client's sockets.
    pub(in crate::sim) fn client_torn_down(&mut self, id: ClientId) {
        if let Some(process) = self.client_mut(id) {
            process.teardown = None;
        }
        let (network, mut moment) = self.wires();
        network.sockets_closed(id.into(), &mut moment);
    }

    /// A person lets a client call.
    pub(super) fn client_calls(&mut self, id: ClientId, op: Op, step: &mut Step) {
        let now = self.now;
        if let Some(process) = self.client_mut(id) {
            let call = process.call(By::Hand, now);
            self.run_client(id, ClientInput::Call(call, op), step);
        }
    }

    fn do_client(&mut self, id: ClientId, task: ClientTask, step: &mut Step) {
        step.client = Some(id);
        let input = match task {
            ClientTask::Work => {
                step.cause = Cause::Worked;
                return self.let_application_act(id, step);
            }
            ClientTask::Fired(timer) => {
                step.cause = Cause::ClientFired { timer };
                ClientInput::Fired(timer)
            }
            ClientTask::Signal(Signal::Opened {
                conn, peer, port, ..
            }) => {
                step.cause = Cause::Opened { conn, peer, port };
                ClientInput::Opened(conn)
            }
            ClientTask::Signal(Signal::Refused { peer, port }) => {
                step.cause = Cause::Refused { peer, port };
                ClientInput::Refused
            }
            ClientTask::Signal(Signal::Closed { conn, peer }) => {
                step.cause = Cause::Closed { conn, peer };
                ClientInput::Closed(conn)
            }
            ClientTask::Signal(Signal::Frame(frame)) => {
                let (conn, message) = (frame.conn, frame.message.clone());
                step.cause = Cause::Delivered { frame };
                match message {
                    Message::Client(message) => {
                        let now = self.now;
                        if let Some(process) = self.client_mut(id) {
                            process.heard(now);
                        }
                        ClientInput::Received(conn, message)
                    }
                    // No server says such things on its client port.
                    Message::Election(_) | Message::Quorum(_) => return,
                }
            }
        };
        self.run_client(id, input, step);
    }

    fn let_application_act(&mut self, id: ClientId, step: &mut Step) {
        let now = self.now;
        let mut calls = Vec::new();
        if let Some(process) = self.client_mut(id) {
            process.act(now, &mut calls);
        }
        self.run_calls(id, calls, step);
    }

    fn run_calls(&mut self, id: ClientId, calls: Vec<Op>, step: &mut Step) {
        let mut inputs = VecDeque::new();
        self.number(id, calls, &mut inputs);
        self.run_inputs(id, inputs, step);
    }

    /// Lets a client take an input, and then whatever its application asks in reaction.
    pub(super) fn run_client(&mut self, id: ClientId, input: ClientInput, step: &mut Step) {
        self.run_inputs(id, VecDeque::from([input]), step);
    }

    fn run_inputs(&mut self, id: ClientId, mut inputs: VecDeque<ClientInput>, step: &mut Step) {
        let now = self.now;
        let (mut effects, mut calls) = (Vec::new(), Vec::new());
        while let Some(input) = inputs.pop_front() {
            let Some(process) = self.client_mut(id) else {
                return;
            };
            process.take(input, now, &mut effects);
            let told = step.told.len();
            for effect in effects.drain(..) {
                self.client_effect(id, effect, step);
            }
            if let Some(process) = self.client_mut(id) {
                let news: &[ClientNote] = step.told.get(told..).unwrap_or_default();
                process.tell(news, now, &mut calls);
            }
            self.number(id, core::mem::take(&mut calls), &mut inputs);
        }
        self.reopen_client(id);
        if let Some((process, mut moment)) = self.client_moment(id) {
            process.plan(&mut moment);
        }
    }

    fn number(&mut self, id: ClientId, calls: Vec<Op>, inputs: &mut VecDeque<ClientInput>) {
        let now = self.now;
        if let Some(process) = self.client_mut(id) {
            for op in calls {
                let call = process.call(By::Application, now);
                inputs.push_back(ClientInput::Call(call, op));
            }
        }
    }

    /// A session that has expired is followed by another one, where the spec says so.
    fn reopen_client(&mut self, id: ClientId) {
        let Some((process, moment)) = self.client_moment(id) else {
            return;
        };
        if process.client.state() == ClientState::Closed
            && process.has_expired()
            && process.start.is_none()
            && process.power != Power::Killed
            && let Some(pause) = process.spec.reopen
        {
            let event = Event::ClientStart(id);
            process.start = Some(moment.queue.push(moment.now + pause, event));
        }
    }

    fn client_effect(&mut self, id: ClientId, effect: ClientEffect, step: &mut Step) {
        let tables = self.network.links().tables();
        match effect {
            ClientEffect::Dial { to, within } => {
                let (network, mut moment) = self.wires();
                network.dial(id.into(), (to, Port::Client), within, &mut moment);
            }
            ClientEffect::Send(conn, message) => {
                let (network, mut moment) = self.wires();
                let message = Message::Client(message);
                step.sent
                    .extend(network.send(id.into(), conn, message, &mut moment));
            }
            ClientEffect::Hangup(conn) => {
                if let Some(process) = self.client_mut(id) {
                    process.forget(conn);
                }
                let (network, mut moment) = self.wires();
                network.hangup(id.into(), conn, &mut moment);
            }
            ClientEffect::Arm { timer, after } => {
                let late = self.network.links_mut().of_process(id, tables.timer);
                if let Some((process, mut moment)) = self.client_moment(id) {
                    process.arm(timer, (after, late), &mut moment);
                }
            }
            ClientEffect::Disarm(timer) => {
                if let Some((process, mut moment)) = self.client_moment(id) {
                    process.disarm(timer, &mut moment);
                }
            }
            ClientEffect::Note(note) => step.told.push(note),
        }
    }

    pub(super) fn client_mut(&mut self, id: ClientId) -> Option<&mut ClientProcess> {
        self.clients.get_mut(&id).map(ClientProcess::of)
    }

    pub(super) fn client_moment(
        &mut self,
        id: ClientId,
    ) -> Option<(&mut ClientProcess, Moment<'_>)> {
        let process = ClientProcess::of(self.clients.get_mut(&id)?);
        let moment = Moment {
            now: self.now,
            queue: &mut self.queue,
        };
        Some((process, moment))
    }

    /// How long a client's kernel takes to close a dead process's sockets.
    pub(super) fn client_teardown(&mut self, id: ClientId) -> Micros {
        let table = self.network.links().tables().teardown;
        self.network.links_mut().of_process(id, table)
    }
}
