//! The text a client is given to find its servers: `host[:port][,host[:port]]*[/chroot]`.
//!
//! Source: `ConnectStringParser.java`, `NetUtils.java, getIPV6HostAndPort`.

use core::fmt;

use crate::protocol::path::{self, PathFault};

/// A connect string's content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectString {
    /// The servers, in order.
    pub servers: Vec<Host>,
    /// What every path of this client is below; `None` for the whole tree.
    pub chroot: Option<String>,
}

/// A server as a client reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// Name or address, IPv6 without brackets.
    pub name: String,
    /// Client port.
    pub port: u16,
}

/// What is wrong with a connect string: all are `IllegalArgumentException`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConnectFault {
    /// Nothing but blanks.
    Blank,
    /// `[` without `]`.
    NoBracket(String),
    /// `[]`.
    EmptyHost,
    /// Another character than `:` after `]`.
    NoColon(String),
    /// Nothing after the colon behind `]`.
    NoPort(String),
    /// What stands for the port is no 32-bit number.
    NoNumber(String),
    /// No port has this number.
    OutOfRange(i32),
    /// The chroot is no path.
    Chroot(PathFault),
}

impl fmt::Display for ConnectFault {
    /// The message of the exception.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("Connect string cannot be null or empty"),
            Self::NoBracket(element) => {
                write!(f, "{element} starts with '[' but has no matching ']'")
            }
            Self::EmptyHost => f.write_str(" is empty."),
            Self::NoColon(element) => write!(f, "{element} does not have : after ]"),
            Self::NoPort(element) => write!(f, "{element} doesn't have a port after colon."),
            Self::NoNumber(text) => write!(f, "For input string: \"{text}\""),
            Self::OutOfRange(port) => write!(f, "port out of range:{port}"),
            Self::Chroot(fault) => fault.fmt(f),
        }
    }
}

const DEFAULT_PORT: u16 = 2181;

impl ConnectString {
    /// Reads a connect string. A string of separators alone names no server and is no fault.
    ///
    /// # Errors
    /// The first [`ConnectFault`], the chroot's before the hosts'.
    pub fn parse(text: &str) -> Result<Self, ConnectFault> {
        if trim(text).is_empty() {
            return Err(ConnectFault::Blank);
        }
        let (hosts, chroot) = text.split_at(text.find('/').unwrap_or(text.len()));
        let chroot = (chroot.len() > 1).then(|| chroot.to_owned());
        if let Some(chroot) = &chroot {
            path::validate(chroot).map_err(ConnectFault::Chroot)?;
        }
        let mut servers = Vec::new();
        for element in hosts.split(',').map(trim).filter(|e| !e.is_empty()) {
            servers.push(host(element)?);
        }
        Ok(Self { servers, chroot })
    }
}

/// As Java's `trim`: control characters go as well.
fn trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}

fn host(element: &str) -> Result<Host, ConnectFault> {
    let (name, port) = match element.strip_prefix('[') {
        Some(rest) => bracketed(element, rest)?,
        // QUIRK(last-colon): unbracketed IPv6 loses its last group to the port.
        None => element.rsplit_once(':').unwrap_or((element, "")),
    };
    Ok(Host {
        name: name.to_owned(),
        port: if port.is_empty() {
            DEFAULT_PORT
        } else {
            number(port)?
        },
    })
}

/// Host and port of an element whose `[` has been taken off.
fn bracketed<'a>(element: &str, rest: &'a str) -> Result<(&'a str, &'a str), ConnectFault> {
    let (name, after) = rest
        .rsplit_once(']')
        .ok_or_else(|| ConnectFault::NoBracket(element.to_owned()))?;
    if name.is_empty() {
        return Err(ConnectFault::EmptyHost);
    }
    if after.is_empty() {
        return Ok((name, after));
    }
    match after.strip_prefix(':') {
        None => Err(ConnectFault::NoColon(element.to_owned())),
        Some("") => Err(ConnectFault::NoPort(element.to_owned())),
        Some(port) => Ok((name, port)),
    }
}

fn number(text: &str) -> Result<u16, ConnectFault> {
    let port: i32 = text
        .parse()
        .map_err(|_| ConnectFault::NoNumber(text.to_owned()))?;
    u16::try_from(port).map_err(|_| ConnectFault::OutOfRange(port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        ConnectString::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn every_fault_has_its_message() {
        assert_eq!(
            fault("[::1"),
            "[::1 starts with '[' but has no matching ']'"
        );
        assert_eq!(fault("[::1]x"), "[::1]x does not have : after ]");
        assert_eq!(fault("[::1]:"), "[::1]: doesn't have a port after colon.");
        assert_eq!(fault("a:65536"), "port out of range:65536");
        assert_eq!(fault("a:-1"), "port out of range:-1");
        assert_eq!(fault("a:2147483648"), "For input string: \"2147483648\"");
        assert_eq!(fault("[]"), " is empty.");
    }

    #[test]
    fn the_chroot_is_checked_before_the_hosts() {
        assert_eq!(fault("a:x/y/"), "Path must not end with / character");
    }

    #[test]
    fn unbracketed_ipv6_loses_its_last_group() {
        let parsed = ConnectString::parse("fe80::1:2,b").expect("reads");
        let found: Vec<_> = parsed
            .servers
            .iter()
            .map(|h| (h.name.as_str(), h.port))
            .collect();
        assert_eq!(found, [("fe80::1", 2), ("b", 2181)]);
        assert_eq!(parsed.chroot, None);
    }
}
