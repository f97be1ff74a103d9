//! What a process is told and what comes of it: from a task over the peer's effects to the world.

use super::fault::crash;
use super::network::Moment;
use super::process::Task;
use super::step::{Power, Step};
use super::{Signal, World};
use crate::base::Micros;
use crate::protocol::{Effect, Input, Sid};

impl World {
    /// Hands a task to a process, or lets it wait there.
    pub(super) fn deliver(&mut self, sid: Sid, task: Task, step: &mut Step) {
        let Some(process) = self.processes.get_mut(&sid) else {
            return;
        };
        if !process.must_queue() {
            self.hand(sid, task, step);
            return;
        }
        let conn = match &task {
            Task::Signal(Signal::Frame(frame)) => Some(frame.conn),
            Task::Signal(_) | Task::Persisted(_) | Task::Fired(_) => None,
        };
        if !process.queue(task)
            && let Some(conn) = conn
        {
            let (network, mut moment) = self.wires();
            network.reset(sid.into(), conn, &mut moment);
        }
    }

    /// Hands a task to a process that takes it now.
    pub(super) fn hand(&mut self, sid: Sid, task: Task, step: &mut Step) {
        let (input, cause) = task.split(|id| self.address_of(id));
        step.sid = Some(sid);
        step.cause = cause;
        self.run(sid, input, step);
    }

    /// Lets a peer take an input and lets its effects happen, in order.
    pub(super) fn run(&mut self, sid: Sid, input: Input, step: &mut Step) {
        let now = self.now;
        let effects = match self.processes.get_mut(&sid) {
            Some(process) => process.take(input, now),
            None => return,
        };
        for effect in effects {
            if !self.happen(sid, effect, step) {
                break;
            }
        }
    }

    /// Lets one effect happen; false where it ended the process.
    pub(super) fn happen(&mut self, sid: Sid, effect: Effect, step: &mut Step) -> bool {
        let tables = self.network.links().tables();
        let Some(process) = self.processes.get_mut(&sid) else {
            return false;
        };
        let (network, mut moment) = (
            &mut self.network,
            Moment {
                now: self.now,
                queue: &mut self.queue,
            },
        );
        match effect {
            Effect::Listen(port) => network.links_mut().listen(sid, port),
            Effect::Unlisten(port) => network.links_mut().unlisten(sid, port),
            Effect::Dial { to, port, within } => {
                let within = process.clock.world_span(within);
                network.dial(sid.into(), (to, port), within, &mut moment);
            }
            Effect::Send(conn, message) => {
                step.sent
                    .extend(network.send(sid.into(), conn, message, &mut moment));
            }
            Effect::Hangup(conn) => {
                process.forget(conn);
                network.hangup(sid.into(), conn, &mut moment);
            }
            Effect::Arm { timer, after } => {
                let late = network.links_mut().of_process(sid, tables.timer);
                process.arm(timer, (after, late), &mut moment);
            }
            Effect::Disarm(timer) => process.disarm(timer, &mut moment),
            Effect::Persist(record, ticket) => {
                let fsync = network.links_mut().of_process(sid, tables.fsync);
                process
                    .disk
                    .persist(sid, (record, ticket), fsync, &mut moment);
            }
            Effect::Write(record) => process.disk.write(record),
            Effect::Fsync(ticket) => {
                let fsync = network.links_mut().of_process(sid, tables.fsync);
                process.disk.fsync(sid, ticket, fsync, &mut moment);
            }
            Effect::Note(note) => step.notes.push(note),
            Effect::Exit(_) => {
                crash::end_process(self, sid, Power::Off);
                return false;
            }
        }
        true
    }

    /// A process that was stopped works off one thing, and goes on where more waits.
    pub(super) fn work_off(&mut self, sid: Sid, step: &mut Step) {
        let task = match self.processes.get_mut(&sid) {
            Some(process) => process.next_waiting(),
            None => None,
        };
        if let Some(task) = task {
            self.hand(sid, task, step);
        }
        self.work_on(sid);
    }

    /// Lets a process work off what waits, after a short while.
    pub(super) fn work_on(&mut self, sid: Sid) {
        let table = self.network.links().tables().work;
        let waits = self
            .processes
            .get(&sid)
            .is_some_and(|process| process.power == Power::Up && process.has_waiting());
        let pause = if waits {
            self.network.links_mut().of_process(sid, table)
        } else {
            Micros::ZERO
        };
        let mut moment = Moment {
            now: self.now,
            queue: &mut self.queue,
        };
        if waits && let Some(process) = self.processes.get_mut(&sid) {
            process.work_on(pause, &mut moment);
        }
    }
}
