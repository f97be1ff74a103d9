//! Sentences in both languages, pinned.

use std::fmt::Write as _;

use expect_test::expect;

use super::*;
use crate::protocol::client::{ClientNote, ExpiredBy, Lost};
use crate::protocol::note::Why;
use crate::protocol::{
    Deciding, Ensemble, Epoch, Note, PeerConfig, Round, ServerState, SessionId, Vote, Zxid,
};
use crate::sim::{Command, Fault, FaultId};
use crate::view::texts::Language;

fn said(at: u64, sid: i64, note: Note) -> Line {
    let entry = LogEntry {
        at: Micros(at),
        seq: at,
        sid: Some(Sid(sid)),
        client: None,
        what: Fact::Note(note),
    };
    narrate(&entry, &nobody()).expect("a note says something")
}

fn nobody() -> Shadow {
    Shadow::new(&PeerConfig::sample(Sid(1), Ensemble::plain(5, 0)))
}

fn act(at: u64, command: Command) -> LogEntry {
    LogEntry {
        at: Micros(at),
        seq: at,
        sid: None,
        client: None,
        what: Fact::Command(command),
    }
}

fn done(command: Command, before: &[Command]) -> Line {
    let mut known = nobody();
    for command in before {
        known.take(&act(1, command.clone()));
    }
    narrate(&act(2, command), &known).expect("an act says something")
}

/// What clients say one after another, 10 ms apart.
fn told(notes: &[(u32, ClientNote)]) -> Vec<Line> {
    let mut known = nobody();
    let mut lines = Vec::new();
    for (index, (id, note)) in notes.iter().enumerate() {
        let entry = LogEntry {
            at: Micros::from_ms(10 * index as u64),
            seq: index as u64,
            sid: None,
            client: Some(ClientId(*id)),
            what: Fact::Told(note.clone()),
        };
        lines.extend(narrate(&entry, &known));
        known.take(&entry);
    }
    lines
}

fn connected(to: i64, session: i64) -> ClientNote {
    ClientNote::Connected {
        to: Sid(to),
        session: SessionId(session),
        timeout_ms: 6_000,
    }
}

#[test]
fn clients_that_come_back_keep_their_sessions_and_are_named_together() {
    let away = |from| ClientNote::Disconnected {
        from: Sid(from),
        why: Lost::Closed,
    };
    let expired = ClientNote::Expired {
        session: SessionId(7),
        by: ExpiredBy::Server,
    };
    let lines = told(&[
        (0, connected(5, 7)),
        (1, connected(5, 8)),
        (0, away(5)),
        (1, away(5)),
        (0, away(4)),
        (0, connected(3, 7)),
        (1, connected(3, 8)),
        (0, expired),
        (0, connected(3, 9)),
    ]);
    expect![[r"
        Decision: Clients A and B have sessions on S5.
        Decision: Clients A and B lost their servers.
          Its session goes on; what it asked has no answer it can trust.
        News: Clients A and B are back, on S3. Same sessions.
          A session belongs to the ensemble: any server can take it over.
        News: The session of client A has expired.
          No server heard from it within its timeout. Its ephemeral znodes are gone.
        Decision: Client A has a session on S3.
        Decision: 客户端 A 和 B 在 S5 上建立了会话。
        Decision: 客户端 A 和 B 失去了服务器。
          会话仍在；它发出的请求没有可信的结果。
        News: 客户端 A 和 B 已恢复，连到 S3，会话不变。
          会话属于整个集群：任何服务器都能接手。
        News: 客户端 A 的会话已过期。
          超时之内没有服务器收到它的消息，它的临时 znode 已被删除。
        Decision: 客户端 A 在 S3 上建立了会话。
    "]]
    .assert_eq(&in_both(&fold(&lines)));
}

#[test]
fn what_you_do_to_a_client_names_it() {
    let id = ClientId(1);
    let read = crate::protocol::Op::Exists {
        path: "/".into(),
        watch: false,
    };
    let lines = [
        done(Command::KillClient { id }, &[]),
        done(Command::DisconnectClient { id }, &[]),
        done(Command::Request { id, op: read }, &[]),
    ];
    expect![[r"
        Headline: You killed client B. Its session lives until it expires.
          A server hears nothing more of it; the leader ends the session when its time is up.
        Headline: You reset the connection of client B.
          It tries another server, with the same session.
        News: You let client B ask: EXISTS.
        Headline: 你杀掉了客户端 B，它的会话到期才结束。
          服务器不再收到它的消息；时限一到，领导者就结束会话。
        Headline: 你重置了客户端 B 的连接。
          它会带着同一会话去连接另一台服务器。
        News: 你让客户端 B 发出请求：EXISTS。
    "]]
    .assert_eq(&in_both(&lines));
}

fn in_both(lines: &[Line]) -> String {
    let mut text = String::new();
    for language in Language::ALL {
        let texts = Texts::new(language);
        for line in lines {
            let _ = writeln!(text, "{:?}: {}", line.level, line.text(&texts));
            if let Some(why) = line.why_text(&texts) {
                let _ = writeln!(text, "  {why}");
            }
        }
    }
    text
}

fn lost(at: u64, sid: i64) -> Line {
    let why = Why::LeaderClosed { leader: Sid(5) };
    let note = Note::State {
        from: ServerState::Following,
        to: ServerState::Looking,
        why,
    };
    said(at, sid, note)
}

fn vote(leader: i64) -> Vote {
    Vote::looking(Sid(leader), Zxid::make(Epoch(7), 60), Round(4), Epoch(7))
}

#[test]
fn a_larger_id_is_a_reason() {
    let note = Note::VoteChanged {
        heard_from: Sid(4),
        old: Sid(2),
        new: vote(4),
        deciding: Deciding::Sid,
    };
    expect![[r"
        Decision: S2 changes its vote to S4: same zxid, larger id.
          A ballot is (epoch, zxid, id). The larger one wins, compared left to right.
        Decision: S2 改投 S4：zxid 相同，编号更大。
          选票是（纪元，zxid，编号），从左到右比较，大者胜。
    "]]
    .assert_eq(&in_both(&[said(1, 2, note)]));
}

#[test]
fn identical_sentences_within_50_ms_fold() {
    let lines = [
        lost(0, 4),
        lost(20_000, 1),
        lost(50_000, 3),
        lost(50_001, 2),
    ];
    expect![[r"
        News: S1, S3 and S4 lost their leader.
          The connection to S5 closed. Each server notices for itself.
        News: S2 lost its leader.
          The connection to S5 closed. Each server notices for itself.
        News: S1、S3 和 S4 失去了领导者。
          与 S5 的连接断开了，每台服务器各自发觉。
        News: S2 失去了领导者。
          与 S5 的连接断开了，每台服务器各自发觉。
    "]]
    .assert_eq(&in_both(&fold(&lines)));
}

#[test]
fn your_acts_are_said_with_you() {
    let cut_off = Fault::Partition {
        side: [Sid(5)].into(),
    };
    let standing = [Command::Inject {
        fault: cut_off.clone(),
    }];
    let kill = Fault::Kill { sid: Sid(5) };
    let lines = [
        done(Command::Inject { fault: kill }, &[]),
        done(Command::Inject { fault: cut_off }, &[]),
        done(Command::Heal { id: FaultId(0) }, &standing),
    ];
    assert!(lines.iter().all(|line| line.voice == Voice::You));
    expect![[r"
        Headline: You killed S5. Its connections close.
          The operating system closes its sockets, so the others notice at once.
        Headline: You cut S5 off from the others.
          Packets between the two sides are dropped in silence.
        Headline: You healed the network.
        Headline: 你杀掉了 S5，它的连接全部断开。
          操作系统会关闭它的套接字，所以其他服务器马上发觉。
        Headline: 你把 S5 与其他服务器隔离。
          两侧之间的数据包被悄悄丢弃。
        Headline: 你修复了网络。
    "]]
    .assert_eq(&in_both(&lines));
}

#[test]
fn phases_have_the_names_json_has() {
    use crate::protocol::ZabState;
    for phase in [
        ZabState::Election,
        ZabState::Discovery,
        ZabState::Synchronization,
        ZabState::Broadcast,
    ] {
        let name = serde_json::to_value(phase).expect("a name");
        assert_eq!(name, phase_name(phase));
    }
}
