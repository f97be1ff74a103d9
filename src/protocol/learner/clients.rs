//! What a learner does for its clients: sends what they want to the leader, and takes its answers.
//!
//! Source: `Learner.java, request, ping, validateSession, revalidate`.

use super::Learner;
use crate::protocol::host::Host;
use crate::protocol::ids::{SessionId, Zxid};
use crate::protocol::message::QuorumBody;
use crate::protocol::server::pipeline::Upstream;

impl Learner {
    /// Sends the leader what its clients want.
    pub(super) fn send_upstream(&self, host: &mut Host<'_, '_>) {
        for upstream in host.take_upstream() {
            let body = match upstream {
                Upstream::Request(request) => QuorumBody::Request(request),
                Upstream::Revalidate {
                    session,
                    timeout_ms,
                } => QuorumBody::Revalidate {
                    session,
                    timeout_ms,
                },
            };
            self.send(Zxid(-1), body, host);
        }
    }

    /// PING is answered at once, with whom was heard of since the last one.
    pub(super) fn answer_ping(&self, zxid: Zxid, host: &mut Host<'_, '_>) {
        let heard_of = host.with_server(|server, _| server.take_touched());
        let sessions = heard_of.unwrap_or_default();
        let body = if sessions.is_empty() {
            QuorumBody::Ping
        } else {
            QuorumBody::Touched { sessions }
        };
        self.send(zxid, body, host);
    }

    /// The leader has said whether a client's session lives.
    pub(super) fn take_revalidated(
        (session, is_valid): (SessionId, bool),
        host: &mut Host<'_, '_>,
    ) {
        host.with_server(|server, desk| {
            if is_valid {
                server.revalidated(session, desk);
            } else {
                server.not_revalidated(session, desk);
            }
        });
    }
}
