//! Byte layouts of the election port: notifications in all their generations, and the handshake.
//!
//! Inside the simulation messages travel as values; bytes appear where a peer is broken or hostile.
//! Source: `FastLeaderElection.java, WorkerReceiver.run` and `buildMsg`;
//! `QuorumCnxManager.java, InitialMessage.parse` and `RecvWorker.run`.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::protocol::ids::{Epoch, Round, ServerState, Sid, Zxid};
use crate::protocol::message::{Handshake, Notification};
use crate::protocol::note::Malformed;

/// The greatest length a frame may state; the least is 1.
pub const MAX_FRAME: i64 = 524_288;
/// The greatest length of the address text in a handshake; the least is 1.
pub const MAX_ADDRESS_TEXT: i32 = 2_048;
/// `protocolVersion` of a handshake with one address.
pub const SINGLE_ADDRESS: i64 = -65_536;
/// `protocolVersion` of a handshake with several addresses.
pub const MULTI_ADDRESS: i64 = -65_535;
/// The notification format this engine writes.
pub const FORMAT_VERSION: i32 = 2;

const UNVERSIONED_LENGTH: usize = 28;
/// QUIRK(forty-bytes): a message of 40 bytes has room for its version, which is not read.
const UNREAD_VERSION_LENGTH: usize = 40;

/// A notification whose state is still a number: a stranger is answered before it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) ordinal: i32,
    /// Its `state` is a placeholder.
    body: Notification,
}

impl Frame {
    /// The notification, unless its state is none of the four.
    pub(super) fn notification(self) -> Result<Notification, Malformed> {
        let state = ServerState::from_ordinal(self.ordinal);
        let state = state.ok_or(Malformed::State {
            ordinal: self.ordinal,
        })?;
        Ok(Notification { state, ..self.body })
    }

    /// The sender's configuration, where it sent one.
    pub(super) fn config(&self) -> Option<&Arc<str>> {
        self.body.config.as_ref()
    }
}

impl From<Notification> for Frame {
    fn from(body: Notification) -> Self {
        Self {
            ordinal: body.state.ordinal(),
            body,
        }
    }
}

/// Checks the length that precedes every message on the stream.
///
/// # Errors
/// [`Malformed::FrameLength`] outside 1 to [`MAX_FRAME`]; the connection does not survive it.
pub fn check_frame_length(stated: i64) -> Result<(), Malformed> {
    if (1..=MAX_FRAME).contains(&stated) {
        Ok(())
    } else {
        Err(Malformed::FrameLength { stated })
    }
}

/// Reads a notification, given without its length prefix.
///
/// # Errors
/// What is wrong with it; the receiver drops such a message and goes on.
pub fn decode(bytes: &[u8]) -> Result<Notification, Malformed> {
    decode_frame(bytes)?.notification()
}

pub(super) fn decode_frame(bytes: &[u8]) -> Result<Frame, Malformed> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    if bytes.len() < UNVERSIONED_LENGTH {
        return Err(Malformed::TooShort { length });
    }
    let truncated = Malformed::Truncated { length };
    let mut reader = Reader(bytes);
    let ordinal = reader.int().ok_or(truncated)?;
    let leader = Sid(reader.long().ok_or(truncated)?);
    let zxid = Zxid(reader.long().ok_or(truncated)?);
    let election_epoch = Round(reader.long().ok_or(truncated)?);
    let peer_epoch = if bytes.len() == UNVERSIONED_LENGTH {
        zxid.epoch()
    } else {
        Epoch(reader.long().ok_or(truncated)?)
    };
    let version = if matches!(bytes.len(), UNVERSIONED_LENGTH | UNREAD_VERSION_LENGTH) {
        0
    } else {
        reader.int().ok_or(truncated)?
    };
    let config = if version > 1 {
        let stated = reader.int().ok_or(truncated)?;
        if stated < 0 || i64::from(stated) > i64::from(length) {
            return Err(Malformed::ConfigLength { stated });
        }
        let text = reader.take(u32::try_from(stated).unwrap_or(0));
        Some(Arc::from(String::from_utf8_lossy(text.ok_or(truncated)?)))
    } else {
        None
    };
    let body = Notification {
        state: ServerState::Looking,
        leader,
        zxid,
        election_epoch,
        peer_epoch,
        version,
        config,
    };
    Ok(Frame { ordinal, body })
}

/// Writes a notification in the format of its version, without its length prefix: 2 and above with
/// the configuration, below without.
pub fn encode(n: &Notification) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(n.state.ordinal().to_be_bytes());
    for long in [n.leader.0, n.zxid.0, n.election_epoch.0, n.peer_epoch.0] {
        bytes.extend(long.to_be_bytes());
    }
    bytes.extend(n.version.to_be_bytes());
    if n.version > 1 {
        let text = n.config.as_deref().unwrap_or_default();
        let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// What an acceptor learns from a handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// The initiator.
    pub sid: Sid,
    /// Where to dial it back: `host:port`, wildcard hosts left out.
    pub addresses: Vec<String>,
}

impl Greeting {
    /// Reads a handshake. A first long of 0 or more is the bare sid of a very old peer.
    ///
    /// # Errors
    /// [`Malformed::Handshake`] where the connection is to be refused.
    pub fn of(handshake: &Handshake) -> Result<Self, Malformed> {
        let version = handshake.protocol_version;
        if version >= 0 {
            return Ok(Self {
                sid: Sid(version),
                addresses: Vec::new(),
            });
        }
        if version != SINGLE_ADDRESS && version != MULTI_ADDRESS {
            return Err(Malformed::Handshake);
        }
        let length = i32::try_from(handshake.addresses.len()).unwrap_or(i32::MAX);
        if !(1..=MAX_ADDRESS_TEXT).contains(&length) {
            return Err(Malformed::Handshake);
        }
        let addresses = addresses(&handshake.addresses).ok_or(Malformed::Handshake)?;
        Ok(Self {
            sid: handshake.sid,
            addresses,
        })
    }

    /// Reads the bytes of a handshake as they come off the stream.
    ///
    /// # Errors
    /// [`Malformed::Handshake`] where the connection is to be refused.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let protocol_version = reader.long().ok_or(Malformed::Handshake)?;
        let mut handshake = Handshake {
            protocol_version,
            sid: Sid(protocol_version),
            addresses: String::new(),
        };
        if protocol_version < 0 {
            handshake.sid = Sid(reader.long().ok_or(Malformed::Handshake)?);
            let length = reader.int().ok_or(Malformed::Handshake)?;
            if !(1..=MAX_ADDRESS_TEXT).contains(&length) {
                return Err(Malformed::Handshake);
            }
            let text = reader.take(length.cast_unsigned());
            let text = text.ok_or(Malformed::Handshake)?;
            handshake.addresses = String::from_utf8_lossy(text).into_owned();
        }
        Self::of(&handshake)
    }
}

/// Every `host:port` of the list but those of wildcard hosts; `None` where one is badly formed.
fn addresses(text: &str) -> Option<Vec<String>> {
    let mut kept = Vec::new();
    // As the original splits: empty elements at the end do not count, others do.
    let text = text.trim_end_matches('|');
    if text.is_empty() {
        return Some(kept);
    }
    for element in text.split('|') {
        let (host, port) = host_and_port(element)?;
        if !is_wildcard(host) {
            kept.push(if host.contains(':') {
                format!("[{host}]:{port}")
            } else {
                format!("{host}:{port}")
            });
        }
    }
    Some(kept)
}

fn host_and_port(element: &str) -> Option<(&str, u16)> {
    let (host, port) = if let Some(rest) = element.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        // QUIRK(after-the-bracket): one character is skipped, whatever it is.
        let mut rest = rest.chars();
        rest.next()?;
        (host, rest.as_str())
    } else {
        element.split_once(':')?
    };
    let port = port.trim_end_matches(':');
    let digits = port.strip_prefix('+').unwrap_or(port);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((host, digits.parse().ok()?))
}

fn is_wildcard(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_unspecified())
        || host.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_unspecified())
}

/// Big-endian fields off the front of a buffer; `None` where it ends before the field does.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn int(&mut self) -> Option<i32> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i32::from_be_bytes(*field))
    }

    fn long(&mut self) -> Option<i64> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(i64::from_be_bytes(*field))
    }

    fn take(&mut self, length: u32) -> Option<&'a [u8]> {
        let (field, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
        self.0 = rest;
        Some(field)
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
