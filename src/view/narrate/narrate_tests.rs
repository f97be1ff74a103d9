//! Sentences in both languages, pinned.

use std::fmt::Write as _;

use expect_test::expect;

use super::*;
use crate::protocol::note::Why;
use crate::protocol::{Deciding, Epoch, Note, Round, ServerState, Vote, Zxid};
use crate::sim::{Command, Fault, FaultId};
use crate::view::texts::Language;

fn said(at: u64, sid: i64, note: Note) -> Line {
    let entry = LogEntry {
        at: Micros(at),
        seq: at,
        sid: Some(Sid(sid)),
        what: Fact::Note(note),
    };
    narrate(&entry, &[]).expect("a note says something")
}

fn done(command: Command, standing: &[ActiveFault]) -> Line {
    let entry = LogEntry {
        at: Micros(1),
        seq: 1,
        sid: None,
        what: Fact::Command(command),
    };
    narrate(&entry, standing).expect("an act says something")
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
    let standing = [ActiveFault {
        id: FaultId(3),
        fault: cut_off.clone(),
        since: Micros(0),
    }];
    let kill = Fault::Kill { sid: Sid(5) };
    let lines = [
        done(Command::Inject { fault: kill }, &[]),
        done(Command::Inject { fault: cut_off }, &[]),
        done(Command::Heal { id: FaultId(3) }, &standing),
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
