//! Whole texts, as they are pasted.

use super::*;
use crate::protocol::Sid;
use crate::protocol::config::QuorumSpec;

#[test]
fn the_sample_file_is_read_without_a_word() {
    let cfg = good(&FIVE.replace("4:2888:3888", "4:2888:3888:observer"));
    assert_eq!(cfg.warnings(), []);
    assert_eq!(cfg.tick_time_ms(), 2_000);
    assert_eq!((cfg.init_limit(), cfg.sync_limit()), (10, 5));
    assert_eq!(cfg.min_session_timeout_ms(), 4_000);
    assert_eq!(cfg.max_session_timeout_ms(), 40_000);
    assert_eq!(cfg.max_client_cnxns(), 60);
    assert_eq!(cfg.data_dir(), Some("/tmp/zookeeper"));
    assert_eq!(cfg.data_log_dir(), Some("/tmp/zookeeper"));
    assert_eq!(cfg.client_addr(), Some(HostPort::wildcard(2181)));
    assert_eq!(cfg.participants().collect::<Vec<_>>(), [1, 2, 3].map(Sid));
    assert_eq!(cfg.observers().collect::<Vec<_>>(), [4, 5].map(Sid));
    assert_eq!(cfg.quorum(), &QuorumSpec::Majority);
    assert_eq!(cfg.role(Sid(5)), LearnerType::Observer);
}

#[test]
fn tick_time_and_servers_are_enough_for_the_page() {
    let text = "tickTime=500\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n";
    let cfg = good(text);
    assert_eq!((cfg.init_limit(), cfg.sync_limit()), (10, 5));
    let said: Vec<_> = cfg
        .warnings()
        .iter()
        .map(|w| w.problem.zookeeper())
        .collect();
    let is_not_set = |key: &str| Some(format!("{key} is not set"));
    let keys = ["dataDir", "initLimit", "syncLimit"];
    assert_eq!(said, keys.map(is_not_set));
    let strict = parse_for(&Properties::read(text), Some("1")).unwrap_err();
    let said: Vec<_> = strict
        .errors()
        .iter()
        .map(|e| e.problem.zookeeper())
        .collect();
    assert_eq!(said, keys.map(is_not_set));
}

#[test]
fn all_errors_are_gathered_each_at_its_place() {
    let text = "tickTime = soon\nserver.1=a:1:2\n  server.2 = b:1:x:observer\nserver.3=c:7:7\n\
                syncEnabled: maybe\nclientPort 70000\nelectionAlg=3\nserver.x=d:1:2\n";
    assert_eq!(
        errors(text),
        [
            (1, 12, "zoo-cfg-not-a-number"),
            (5, 14, "zoo-cfg-not-a-boolean"),
            (6, 12, "zoo-cfg-port-out-of-range"),
            (3, 18, "zoo-cfg-address-unresolved"),
            (4, 14, "zoo-cfg-same-ports"),
            (8, 8, "zoo-cfg-not-a-number"),
        ]
    );
    let found = bad(text);
    let lines: Vec<_> = found
        .by_position()
        .iter()
        .map(|d| d.at.map(|at| at.line))
        .collect();
    assert!(lines.is_sorted(), "{lines:?}");
}

#[test]
fn the_last_of_a_repeated_key_counts_and_both_lines_are_named() {
    let text = with("server.1=x:1:2\nserver.01=y:1:2\ntickTime=1\ntickTime=2");
    let cfg = good(&text);
    assert_eq!(cfg.tick_time_ms(), 2);
    assert_eq!(cfg.servers()[&Sid(1)].addresses[0].host, "a");
    let repeated = |key: &str, earlier| Problem::Repeated {
        key: key.into(),
        earlier,
    };
    let said: Vec<_> = cfg
        .warnings()
        .iter()
        .map(|w| (w.at.unwrap().line, &w.problem))
        .collect();
    assert_eq!(
        said,
        [
            (4, &repeated("tickTime", 3)),
            (8, &repeated("server.1", 1)),
            (8, &repeated("server.1", 2)),
        ]
    );
}

#[test]
fn unknown_keys_are_kept_and_warned_about() {
    let text = with("  4lw.commands.whitelist=*\nticktime=7\nzookeeper.snapCount=9");
    assert_eq!(
        warnings(&text),
        [
            (1, 3, "zoo-cfg-unknown-key"),
            (2, 1, "zoo-cfg-misspelt-key"),
            (3, 1, "zoo-cfg-misspelt-key"),
        ]
    );
    let cfg = good(&text);
    assert_eq!(cfg.others()["4lw.commands.whitelist"], "*");
    assert_eq!(cfg.tick_time_ms(), 3_000);
    let said = cfg.warnings()[1].to_string();
    assert!(said.ends_with("did you mean tickTime?"), "{said}");
}

#[test]
fn election_algorithms_are_those_of_this_build() {
    for known in ["3", "fast", "+3"] {
        assert_eq!(
            good(&with(&format!("electionAlg={known}"))).int(Key::ElectionAlg),
            3
        );
    }
    for removed in ["0", "1", "2", "4", "-1"] {
        let found = bad(&with(&format!("electionAlg={removed}")));
        assert_eq!(
            found.errors()[0].problem.zookeeper().unwrap(),
            "Invalid electionAlg value. Only 3 is supported."
        );
    }
    for unknown in ["heartbeat", "ephemeral", "1.5", "", "FAST"] {
        let found = bad(&with(&format!("electionAlg={unknown}")));
        let said = found.errors()[0].problem.to_string();
        assert!(said.ends_with("it has 3 (fast)"), "{said}");
    }
}

#[test]
fn property_keys_have_effect_and_fall_back_as_in_java() {
    let text = with(
        "fastleader.minNotificationInterval=0x100\nfastleader.maxNotificationInterval=soon\n\
         quorumCnxnTimeoutMs=250\nleaderConnectDelayDuringRetryMs=7\nleader.max\
         TimeToWaitForEpoch=9",
    );
    assert_eq!(warnings(&text), [(2, 36, "zoo-cfg-falls-back")]);
    let peer = good(&text).peer_config(Sid(2)).unwrap();
    assert_eq!(peer.min_notification_interval_ms, 256);
    assert_eq!(peer.max_notification_interval_ms, 60_000);
    assert_eq!(peer.quorum_cnxn_timeout_ms, Some(250));
    assert_eq!(peer.leader_connect_delay_ms, 7);
    assert_eq!(peer.max_time_to_wait_for_epoch_ms, Some(9));
    assert_eq!(
        errors(&with("cnxTimeout=5s"))[0],
        (1, 12, "zoo-cfg-not-a-number")
    );
}

#[test]
fn a_peer_gets_what_its_file_says() {
    let cfg = good(FIVE);
    let peer = cfg.peer_config(Sid(5)).unwrap();
    assert_eq!(peer.my_id, Sid(5));
    assert_eq!(peer.learner_type(), LearnerType::Observer);
    assert_eq!(
        (peer.tick_time_ms, peer.init_limit, peer.sync_limit),
        (2_000, 10, 5)
    );
    assert_eq!(
        (peer.cnx_timeout_ms, peer.quorum_cnxn_timeout_ms),
        (5_000, None)
    );
    assert_eq!(peer.ensemble.members[&Sid(1)].election_addr, "zoo1:3888");
    assert_eq!(
        peer.ensemble.members[&Sid(1)].line,
        "zoo1:2888:3888:participant"
    );
    let nobody = cfg.peer_config(Sid(9)).unwrap_err();
    assert_eq!(nobody.zookeeper().unwrap(), "My id 9 not in the peer list");
}

#[test]
fn groups_weights_and_oracles_choose_the_quorum() {
    let text = with("group.1=1:2\ngroup.2 = 3:9\nweight.1=0\nweight.2=0\nweight.9=4");
    let cfg = good(&text);
    assert_eq!(cfg.counted_groups(), 1);
    let weights: Vec<_> = cfg.weights().into_iter().map(|(s, w)| (s.0, w)).collect();
    assert_eq!(weights, [(1, 0), (2, 0), (3, 1), (9, 4)]);
    let cfg = good(&format!("{text}oraclePath=/o\n"));
    assert!(matches!(cfg.quorum(), QuorumSpec::Oracle { path, .. } if path == "/o"));
    assert_eq!(cfg.others()["group.2"], "3:9");
}

#[test]
fn groups_that_do_not_add_up_are_refused_with_their_place() {
    let at = |lines: &str| errors(&with(lines));
    assert_eq!(
        at("group.1=1:2:3:2"),
        [(1, 15, "zoo-cfg-in-several-groups")]
    );
    assert_eq!(at("group.1=1:2"), [(0, 0, "zoo-cfg-in-no-group")]);
    assert_eq!(at("weight.1=1").len(), 3);
    assert_eq!(
        at("group.1=1:2:3:8"),
        [(1, 15, "zoo-cfg-stranger-without-weight")]
    );
    assert_eq!(at("group.1=1:2::3"), [(1, 13, "zoo-cfg-not-a-number")]);
    assert_eq!(
        at("group.1=1:2:3\nweight.1=much"),
        [(2, 10, "zoo-cfg-not-a-number")]
    );
    assert_eq!(at("groups=1:2:3"), [(1, 1, "zoo-cfg-not-a-number")]);
}

#[test]
fn weights_beyond_64_bits_wrap_and_do_not_stop_the_page() {
    let most = i64::MAX;
    let text = with(&format!("group.1=1:2:3\nweight.1={most}\nweight.2={most}"));
    assert_eq!(good(&text).counted_groups(), 1);
}

#[test]
fn too_few_servers_or_voters_are_refused() {
    let base = "dataDir=d\ninitLimit=1\nsyncLimit=1\n";
    let only = |servers: &str| errors(&format!("{base}{servers}"))[0].2;
    assert_eq!(only(""), "zoo-cfg-no-servers");
    assert_eq!(only("standaloneEnabled=false"), "zoo-cfg-nobody-votes");
    assert_eq!(
        only("server.1=a:1:2:observer"),
        "zoo-cfg-observers-without-participants"
    );
    let both = "server.1=a:1:2\nserver.2=a:3:4:observer";
    assert_eq!(only(both), "zoo-cfg-observers-without-quorum");
    let cfg = good(&format!("{base}{both}\nstandaloneEnabled=false"));
    assert_eq!(
        places(cfg.warnings()),
        [(0, 0, "zoo-cfg-no-failure-tolerated")]
    );
    let cfg = good(&format!("{base}server.1=a:1:2"));
    assert_eq!(places(cfg.warnings()), [(0, 0, "zoo-cfg-one-server")]);
    assert_eq!(
        places(good(FIVE).warnings()),
        [(0, 0, "zoo-cfg-even-number")]
    );
    let many = (1..=256).map(|n| format!("server.{n}=h{n}:1:2"));
    let many = many.collect::<Vec<_>>().join("\n");
    assert_eq!(only(&many), "zoo-cfg-too-many-servers");
}

#[test]
fn times_that_cannot_be_simulated_are_refused() {
    for line in [
        "tickTime=-5",
        "syncLimit=-1",
        "cnxTimeout=0",
        "initLimit=2000000000",
    ] {
        let found = errors(&with(line).replace("\ninitLimit=10\nsyncLimit=5", ""));
        let refused = found
            .iter()
            .any(|(_, _, key)| *key == "zoo-cfg-out-of-range");
        assert!(refused, "{line}: {found:?}");
    }
    assert_eq!(errors(&with("tickTime=0")), [(1, 10, "zoo-cfg-not-set")]);
}

#[test]
fn client_addresses_must_agree_for_one_server_but_not_for_an_ensemble() {
    let text = with("clientPort=2181").replace("b:1:2", "b:1:2;2182");
    assert_eq!(warnings(&text), [(1, 12, "zoo-cfg-client-port-overruled")]);
    let read = Properties::read(&text);
    let found = parse_for(&read, Some("2")).unwrap_err();
    assert_eq!(
        found.errors()[0].problem.zookeeper().unwrap(),
        "client address for this server (id = 2) in static config file is 0.0.0.0:2181 \
         is different from client address found in dynamic file: 0.0.0.0:2182"
    );
    let first = parse_for(&read, Some("1")).unwrap();
    assert_eq!(first.client_addr, Some(HostPort::wildcard(2181)));
}

#[test]
fn myid_is_judged_as_zookeeper_does() {
    let read = Properties::read(FIVE);
    let error = |myid| {
        let found = parse_for(&read, myid).unwrap_err();
        found.errors()[0].problem.zookeeper().unwrap()
    };
    assert_eq!(error(None), "myid file is missing");
    assert_eq!(error(Some("one")), "serverid one is not a number");
    let stranger = parse_for(&read, Some(" 9 ")).unwrap();
    assert_eq!(stranger.my_id, Some(Sid(9)));
    let last = stranger.cfg.warnings().last().unwrap();
    assert_eq!(
        last.problem.zookeeper().unwrap(),
        "My id 9 not in the peer list"
    );
    let observer = parse_for(&read, Some("5")).unwrap();
    assert_eq!(observer.role, LearnerType::Observer);
    let listed = "observer".to_owned();
    let differs = Problem::PeerTypeDiffers { listed };
    assert!(observer.cfg.warnings().iter().any(|w| w.problem == differs));
}

#[test]
fn dynamic_files_hold_servers_groups_and_weights_only() {
    let text = "server.1=a:1:2;3\nserver.2=b:1:2\nserver.3=c:1:2\n";
    let cfg = ZooCfg::parse_dynamic("zoo.cfg.dynamic.10000000f", text).unwrap();
    assert_eq!(cfg.version(), 0x1_0000_000f);
    assert_eq!(
        cfg.quorum_text(),
        "server.1=a:1:2:participant;0.0.0.0:3\nserver.2=b:1:2:participant\n\
         server.3=c:1:2:participant\nversion=10000000f"
    );
    assert_eq!(
        ZooCfg::parse_dynamic("zoo.cfg.dynamic", text)
            .unwrap()
            .version(),
        0
    );
    let found = ZooCfg::parse_dynamic("f", "tickTime=1\nversion=1\n").unwrap_err();
    let said: Vec<_> = found
        .errors()
        .iter()
        .map(|e| e.problem.zookeeper().unwrap())
        .collect();
    assert_eq!(
        said,
        [
            "Unrecognised parameter: tickTime",
            "dynamic file shouldn't have version inside"
        ]
    );
    let found = errors("dynamicConfigFile=zoo.dynamic\nserver.1=a:1:2\n");
    assert_eq!(found[0], (2, 1, "zoo-cfg-belongs-in-dynamic-file"));
    assert_eq!(found[1], (1, 19, "zoo-cfg-dynamic-file-elsewhere"));
    assert_eq!(good(&with("version=ff")).version(), 255);
}

#[test]
fn what_is_no_text_is_refused_at_once() {
    let long = "server.1=a:1:2\n".repeat(700_000);
    assert_eq!(errors(&long), [(1, 1, "zoo-cfg-too-long")]);
    assert_eq!(errors("tickTime=1\nab\0c"), [(2, 3, "zoo-cfg-not-text")]);
    let junk: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let found = ZooCfg::parse_bytes(&junk).unwrap_err();
    assert_eq!(places(found.errors()), [(1, 1, "zoo-cfg-not-text")]);
    assert_eq!(
        ZooCfg::parse_bytes(&vec![0xff; 10 << 20])
            .unwrap_err()
            .errors()
            .len(),
        1
    );
}

#[test]
fn a_file_that_is_not_utf8_is_read_as_java_reads_it() {
    let mut bytes = with("dataLogDir=caf").into_bytes();
    bytes.insert(14, 0xe9);
    assert_eq!(
        ZooCfg::parse_bytes(&bytes).unwrap().data_log_dir(),
        Some("café")
    );
}

#[test]
fn a_byte_order_mark_spoils_the_first_key_as_in_java() {
    let text = format!("\u{feff}{}", with("tickTime=2000"));
    assert_eq!(
        warnings(&text),
        [
            (1, 1, "zoo-cfg-byte-order-mark"),
            (1, 1, "zoo-cfg-unknown-key")
        ]
    );
    assert_eq!(good(&text).tick_time_ms(), 3_000);
}

#[test]
fn a_flood_of_faults_is_bounded() {
    let lines: Vec<_> = (0..50_000).map(|n| format!("server.a{n}=\n")).collect();
    let text = lines.concat();
    let found = bad(&text);
    assert_eq!(found.errors().len(), 100);
    assert!(found.omitted() > 49_000);
}

#[test]
fn the_canonical_text_is_in_a_fixed_order() {
    let text = "server.2=b:1:2\nzz=1\nsyncLimit=5\nfoo bar\nserver.1=[::1]:1:2;3\ninitLimit=+010\n\
                dataDir=C\\\\zoo\nquorumListenOnAllIPs=TRUE\nsnapCount=0x10\n";
    let cfg = good(text);
    assert_eq!(
        cfg.to_string(),
        "initLimit=10\nsyncLimit=5\ndataDir=C\\\\zoo\nquorumListenOnAllIPs=true\nsnapCount=16\n\
         foo=bar\nzz=1\nserver.1=[0:0:0:0:0:0:0:1]:1:2:participant;0.0.0.0:3\n\
         server.2=b:1:2:participant\n"
    );
    assert_eq!(good(&cfg.to_string()), cfg);
}

#[test]
fn it_travels_as_its_canonical_text() {
    let cfg = good(FIVE);
    let json = serde_json::to_string(&cfg).unwrap();
    assert_eq!(serde_json::from_str::<ZooCfg>(&json).unwrap(), cfg);
    let refused = serde_json::from_str::<ZooCfg>("\"server.1=a\"").unwrap_err();
    assert!(
        refused.to_string().contains("line 1, column 10"),
        "{refused}"
    );
}

/// Each of these is near the size limit; with anything quadratic in it the test would not end.
#[test]
fn texts_of_the_largest_size_are_judged_promptly() {
    let line = |start: &str, part: &str| format!("{start}{}", part.repeat(1_000_000 / part.len()));
    for text in [
        line("group.1=1", ":1"),
        line("server.1=", "a:1:2|"),
        line("server.1=", "["),
        line("a=", "\\\n"),
        line("a=", "\\u12"),
        line("", "\\"),
        line("", "k\n"),
        line("", "weight.1=x\r"),
        line("", "group.2=3:3:3\n"),
        line("", "#"),
    ] {
        let shown = &text[..text.len().min(20)];
        let refused = ZooCfg::parse(&text).is_err();
        assert!(refused, "{shown:?}");
    }
    let many = (0..60_000)
        .map(|n| format!("k{n}=v{n}\n"))
        .collect::<Vec<_>>();
    assert_eq!(good(&with(&many.concat())).others().len(), 60_000);
}

#[test]
fn places_far_along_a_line_are_exact() {
    let text = with(&format!(
        "group.1={}1:2:3:3",
        "7:8:9:".repeat(50).replace(char::is_numeric, "é")
    ));
    let found = errors(&text);
    assert_eq!(found[0], (1, 9, "zoo-cfg-not-a-number"));
    let sids = (10..300)
        .map(|n| n.to_string())
        .collect::<Vec<_>>()
        .join(":");
    let text = with(&format!("group.1=1:2:3:{sids}:é"));
    let column = u32::try_from("group.1=1:2:3:".len() + sids.len() + 2).unwrap();
    assert_eq!(errors(&text)[0], (1, column, "zoo-cfg-not-a-number"));
}
