//! The receiver's rules: what is answered at once, whatever the election loop is doing.
//!
//! Source: `FastLeaderElection.java, Messenger.WorkerReceiver.run`.

use std::sync::Arc;

use super::connection::malformed;
use super::wire::{self, Frame};
use super::{ElectionSide, Me, config_text};
use crate::protocol::bugs::Bug;
use crate::protocol::effect::Ctx;
use crate::protocol::ids::{ServerState, Sid};
use crate::protocol::message::{ElectionMessage, Notification};
use crate::protocol::note::{Malformed, Note};
use crate::protocol::vote::Vote;

impl ElectionSide {
    /// Processes one message at delivery. Returns the voter to report to a leader as LOOKING.
    pub(super) fn receive(
        &mut self,
        from: Sid,
        message: ElectionMessage,
        me: &Me<'_>,
        ctx: &mut Ctx<'_>,
    ) -> Option<Sid> {
        let frame = match message {
            ElectionMessage::Notification(n) => Ok(Frame::from(n)),
            ElectionMessage::Raw { bytes } => wire::decode_frame(&bytes),
            ElectionMessage::Handshake(_) => Err(Malformed::Unexpected),
        };
        let frame = match frame {
            Ok(frame) => frame,
            Err(fault) => {
                malformed(Some(from), fault, ctx);
                return None;
            }
        };
        if me.state == ServerState::Looking && self.hear_config(from, &frame, me, ctx) {
            return None;
        }
        if !self.configs.is_voter(from) {
            self.answer_stranger(from, me, ctx);
            return None;
        }
        match frame.notification() {
            Ok(n) if me.state == ServerState::Looking => {
                self.hear_while_looking(from, n, ctx);
                None
            }
            Ok(n) if n.state == ServerState::Looking => {
                self.answer_looking(from, me, ctx);
                (me.state == ServerState::Leading).then_some(from)
            }
            Ok(_) => None,
            Err(fault) => {
                malformed(Some(from), fault, ctx);
                None
            }
        }
    }

    /// A configuration newer than the committed one. True where the election was restarted by it
    /// and the message is to be dropped.
    fn hear_config(&mut self, from: Sid, frame: &Frame, me: &Me<'_>, ctx: &mut Ctx<'_>) -> bool {
        let Some(text) = frame.config().filter(|text| *text != self.configs.text()) else {
            return false;
        };
        let mine = self.configs.committed();
        let Some(theirs) = config_text::parse(text, &mine.quorum) else {
            malformed(Some(from), Malformed::Config, ctx);
            return false;
        };
        let version = theirs.version;
        if version <= mine.version {
            return false;
        }
        let differs = theirs.members != mine.members || theirs.quorum != mine.quorum;
        if me.config.reconfig_enabled {
            self.adopt(theirs);
        }
        // QUIRK(restart-without-adopting): also where reconfiguration is disabled.
        if differs {
            ctx.note(Note::ElectionRestarted {
                heard_from: from,
                version,
            });
            self.restart(me, ctx);
        }
        differs
    }

    /// QUIRK(stranger-gets-former-vote): even a LOOKING peer answers with its currentVote of
    /// before, not with its proposal, and with the clock of now.
    fn answer_stranger(&mut self, to: Sid, me: &Me<'_>, ctx: &mut Ctx<'_>) {
        // The original's receiver thread would end where there is no vote; here nothing is said.
        if let Some(vote) = self.current_vote {
            let leader = vote.leader;
            ctx.note(Note::StrangerAnswered { to, leader });
            let vote = Vote {
                election_epoch: self.logical_clock(),
                ..vote
            };
            self.answer(to, &vote, me.state, ctx);
        }
    }

    fn hear_while_looking(&mut self, from: Sid, n: Notification, ctx: &mut Ctx<'_>) {
        let (state, theirs, mine) = (n.state, n.election_epoch, self.logical_clock());
        self.deliver(from, n);
        if state == ServerState::Looking && theirs < mine {
            ctx.note(Note::StaleRoundAnswered {
                to: from,
                theirs,
                mine,
            });
            let proposal = Vote {
                election_epoch: mine,
                ..self.proposal()
            };
            self.answer(from, &proposal, ServerState::Looking, ctx);
        }
    }

    fn answer_looking(&mut self, to: Sid, me: &Me<'_>, ctx: &mut Ctx<'_>) {
        if let Some(vote) = self.current_vote {
            let leader = vote.leader;
            ctx.note(Note::LookingAnswered { to, leader });
            let mut vote = vote;
            if me.config.bugs.has(Bug::NoVoteRefresh) {
                vote.election_epoch = self.logical_clock();
            }
            self.answer(to, &vote, me.state, ctx);
        }
    }

    /// Tells `to` the vote, in the round the vote names.
    fn answer(&mut self, to: Sid, vote: &Vote, state: ServerState, ctx: &mut Ctx<'_>) {
        let n = notification(vote, state, self.configs.text());
        self.connections.to_send(to, n, ctx);
    }
}

/// A notification in the present format.
pub(super) fn notification(vote: &Vote, state: ServerState, config: &Arc<str>) -> Notification {
    Notification {
        state,
        leader: vote.leader,
        zxid: vote.zxid,
        election_epoch: vote.election_epoch,
        peer_epoch: vote.peer_epoch,
        version: wire::FORMAT_VERSION,
        config: Some(Arc::clone(config)),
    }
}
