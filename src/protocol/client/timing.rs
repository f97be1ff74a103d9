//! When a client pings, gives its server up, and gives its session up.
//!
//! Source: `ClientCnxn.java, SendThread.run, onConnected`; kazoo `protocol/connection.py,
//! _connect_attempt`.

use super::border::{ClientCtx, ClientTimer};
use super::session::Client;
use super::walk::Profile;
use crate::base::Micros;
use crate::protocol::effect::ConnId;
use crate::protocol::server::{ClientMessage, Op, PING_XID};

/// How long Linux tries to connect where nobody sets a limit: seven SYNs. Source: `tcp(7)`,
/// `tcp_syn_retries`.
const KERNEL_TIMEOUT: Micros = Micros::from_ms(127_000);

impl Client {
    /// The sending thread wakes with every packet and looks whether a ping is due.
    pub(super) fn wake(&mut self, conn: ConnId, ctx: &mut ClientCtx<'_>) {
        let idle = ctx.now.saturating_sub(self.last_send);
        let is_due = match self.profile {
            Profile::Java38 | Profile::Java => {
                let second = Micros::from_ms(1_000);
                let margin = if idle > second { second } else { Micros::ZERO };
                idle + margin >= self.ping_interval() || idle > Micros::from_ms(10_000)
            }
            Profile::Kazoo | Profile::Raw => false,
        };
        if is_due {
            self.ping(conn, ctx);
        }
        self.arm_ping(ctx);
    }

    pub(super) fn ping(&mut self, conn: ConnId, ctx: &mut ClientCtx<'_>) {
        self.awaits_pong = true;
        let (cxid, op) = (PING_XID, Op::Ping);
        self.send(conn, ClientMessage::Request { cxid, op }, ctx);
    }

    /// Java wakes after half the read time-out without sending, kazoo 10 to 400 ms before that, and
    /// a bare socket never.
    pub(super) fn arm_ping(&self, ctx: &mut ClientCtx<'_>) {
        let idle = ctx.now.saturating_sub(self.last_send);
        let left = self.ping_interval().saturating_sub(idle);
        let after = match self.profile {
            Profile::Java38 | Profile::Java => left,
            Profile::Raw => return,
            Profile::Kazoo => {
                let jitter = Micros::from_ms(10 * ctx.rng.between(1, 40));
                left.saturating_sub(jitter).max(jitter)
            }
        };
        ctx.arm(ClientTimer::Ping, after);
    }

    /// Something came from the server.
    pub(super) fn heard(&self, ctx: &mut ClientCtx<'_>) {
        match self.profile {
            Profile::Java38 | Profile::Java => ctx.arm(ClientTimer::Read, self.read_timeout()),
            // Only an unanswered ping tells kazoo, and nothing a bare socket.
            Profile::Kazoo | Profile::Raw => ctx.disarm(ClientTimer::Read),
        }
        self.arm_expiry(ctx);
    }

    pub(super) fn arm_expiry(&self, ctx: &mut ClientCtx<'_>) {
        if self.profile == Profile::Java {
            ctx.arm(ClientTimer::Expiry, ms(self.timeout_ms * 4 / 3));
        }
    }

    /// How long it sleeps between closing its socket and telling that it is disconnected.
    ///
    /// QUIRK(cleanup-sleep): Java's sending thread does so after every lost connection and every
    /// refused attempt; until then its calls wait, and the next server is not tried. Source:
    /// `ClientCnxnSocketNIO.java, cleanup`; `ClientCnxn.java, cleanAndNotifyState`.
    pub(super) const fn cleanup(&self) -> Micros {
        match self.profile {
            Profile::Java38 | Profile::Java => Micros::from_ms(100),
            Profile::Kazoo | Profile::Raw => Micros::ZERO,
        }
    }

    /// It has said who it is: how long it waits for the server's answer.
    pub(super) fn arm_associating(&self, ctx: &mut ClientCtx<'_>) {
        if self.profile != Profile::Raw {
            ctx.arm(ClientTimer::Read, self.connect_timeout());
        }
    }

    fn read_timeout(&self) -> Micros {
        ms(self.timeout_ms * 2 / 3)
    }

    fn ping_interval(&self) -> Micros {
        ms(self.timeout_ms * 2 / 3 / 2)
    }

    pub(super) fn connect_timeout(&self) -> Micros {
        let servers = i64::try_from(self.walk.len()).unwrap_or(1).max(1);
        match self.profile {
            Profile::Java38 | Profile::Java => ms(self.timeout_ms / servers),
            Profile::Kazoo => ms(self.timeout_ms),
            Profile::Raw => KERNEL_TIMEOUT,
        }
    }
}

fn ms(ms: i64) -> Micros {
    Micros::from_ms(u64::try_from(ms).unwrap_or_default())
}
