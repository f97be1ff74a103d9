//! What the wire accepts, length by length.

use proptest::prelude::*;

use super::*;

fn sample(version: i32, config: Option<&str>) -> Notification {
    Notification {
        state: ServerState::Following,
        leader: Sid(3),
        zxid: Zxid(0x5_0000_0007),
        election_epoch: Round(9),
        peer_epoch: Epoch(6),
        version,
        config: config.map(Arc::from),
    }
}

#[test]
fn a_notification_is_forty_four_bytes_and_its_configuration() {
    let n = sample(2, Some("version=0"));
    let bytes = encode(&n);
    assert_eq!(bytes.len(), 44 + 9);
    assert_eq!(decode(&bytes), Ok(n));
}

#[test]
fn twenty_eight_bytes_take_the_epoch_of_the_zxid() {
    let bytes = encode(&sample(2, None));
    let n = decode(&bytes[..28]).expect("reads");
    assert_eq!((n.peer_epoch, n.version, n.config), (Epoch(5), 0, None));
}

#[test]
fn forty_bytes_have_a_version_nobody_reads() {
    let bytes = encode(&sample(7, None));
    let n = decode(&bytes[..40]).expect("reads");
    assert_eq!((n.peer_epoch, n.version), (Epoch(6), 0));
}

#[test]
fn a_message_between_the_formats_is_dropped() {
    let bytes = encode(&sample(2, None));
    for length in (29..40).chain(41..44) {
        let error = decode(&bytes[..length]).expect_err("dropped");
        let length = u32::try_from(length).expect("small");
        assert_eq!(error, Malformed::Truncated { length });
    }
    for length in 0..28 {
        assert!(matches!(
            decode(&bytes[..length]),
            Err(Malformed::TooShort { .. })
        ));
    }
}

#[test]
fn below_version_two_what_follows_is_not_read() {
    let mut bytes = encode(&sample(1, None));
    assert_eq!(bytes.len(), 40);
    bytes.push(0xff);
    let n = decode(&bytes).expect("reads");
    assert_eq!((n.version, n.config), (1, None));
}

#[test]
fn a_configuration_length_is_checked_before_it_is_used() {
    for (stated, error) in [
        (-123, Malformed::ConfigLength { stated: -123 }),
        (i32::MAX, Malformed::ConfigLength { stated: i32::MAX }),
        (45, Malformed::ConfigLength { stated: 45 }),
        (44, Malformed::Truncated { length: 44 }),
        (1, Malformed::Truncated { length: 44 }),
    ] {
        let mut bytes = encode(&sample(2, None));
        bytes[40..44].copy_from_slice(&stated.to_be_bytes());
        assert_eq!(decode(&bytes), Err(error), "{stated}");
    }
}

#[test]
fn an_unknown_state_is_named() {
    let mut bytes = encode(&sample(2, None));
    bytes[..4].copy_from_slice(&4_i32.to_be_bytes());
    assert_eq!(decode(&bytes), Err(Malformed::State { ordinal: 4 }));
}

#[test]
fn frames_have_between_one_byte_and_half_a_mebibyte() {
    for stated in [1, 44, MAX_FRAME] {
        assert_eq!(check_frame_length(stated), Ok(()));
    }
    for stated in [0, -1, MAX_FRAME + 1, i64::MAX] {
        let error = Malformed::FrameLength { stated };
        assert_eq!(check_frame_length(stated), Err(error));
    }
}

fn handshake(protocol_version: i64, addresses: &str) -> Handshake {
    Handshake {
        protocol_version,
        sid: Sid(5),
        addresses: addresses.to_owned(),
    }
}

#[test]
fn a_handshake_names_its_addresses_without_wildcards() {
    for (text, kept) in [
        ("10.0.0.2:3888", vec!["10.0.0.2:3888"]),
        ("a:1|b:2", vec!["a:1", "b:2"]),
        ("a:1||", vec!["a:1"]),
        ("0.0.0.0:3888|b:2", vec!["b:2"]),
        ("[::]:3888", vec![]),
        ("|", vec![]),
        ("[::1]3888", vec!["[::1]:888"]),
        (
            "[2001:db8::2]:3888|c:+7:",
            vec!["[2001:db8::2]:3888", "c:7"],
        ),
    ] {
        let greeting = Greeting::of(&handshake(MULTI_ADDRESS, text)).expect(text);
        assert_eq!(greeting.sid, Sid(5));
        assert_eq!(greeting.addresses, kept, "{text}");
    }
}

#[test]
fn a_badly_formed_handshake_is_refused() {
    for text in [
        "",
        "host",
        "host:",
        "host:port",
        "host:-1",
        "host:65536",
        "a:1||b:2",
        "|a:1",
        "a:1:2",
        "[::1]",
        "[::1:3888",
        "::1:3888",
        "a: 1",
        "a:++1",
    ] {
        let refused = Greeting::of(&handshake(SINGLE_ADDRESS, text));
        assert_eq!(refused, Err(Malformed::Handshake), "{text}");
    }
    let long = format!("{}:1", "h".repeat(2_047));
    assert!(Greeting::of(&handshake(SINGLE_ADDRESS, &long)).is_err());
    assert!(Greeting::of(&handshake(SINGLE_ADDRESS, &long[1..])).is_ok());
    for version in [-1, -65_534, -65_537, i64::MIN] {
        assert!(
            Greeting::of(&handshake(version, "a:1")).is_err(),
            "{version}"
        );
    }
}

#[test]
fn a_first_long_of_zero_or_more_is_a_bare_sid() {
    let greeting = Greeting::of_bytes(&7_i64.to_be_bytes()).expect("reads");
    assert_eq!((greeting.sid, greeting.addresses.len()), (Sid(7), 0));
}

#[test]
fn handshake_bytes_are_read_field_by_field() {
    let mut bytes = SINGLE_ADDRESS.to_be_bytes().to_vec();
    bytes.extend(5_i64.to_be_bytes());
    bytes.extend(3_i32.to_be_bytes());
    bytes.extend(b"a:1");
    let greeting = Greeting::of_bytes(&bytes).expect("reads");
    assert_eq!(greeting.addresses, ["a:1"]);
    for cut in 0..bytes.len() {
        assert!(Greeting::of_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let _ = decode(&bytes);
        let _ = Greeting::of_bytes(&bytes);
    }

    #[test]
    fn whatever_is_written_is_read_back(
        longs in any::<[i64; 4]>(), state in 0..4, config in ".{0,40}",
    ) {
        let n = Notification {
            state: ServerState::from_ordinal(state).expect("in range"),
            leader: Sid(longs[0]),
            zxid: Zxid(longs[1]),
            election_epoch: Round(longs[2]),
            peer_epoch: Epoch(longs[3]),
            version: FORMAT_VERSION,
            config: Some(Arc::from(config)),
        };
        prop_assert_eq!(decode(&encode(&n)), Ok(n));
    }

    #[test]
    fn no_address_text_makes_the_reader_panic(text in "\\PC{0,40}") {
        let _ = addresses(&text);
    }
}
