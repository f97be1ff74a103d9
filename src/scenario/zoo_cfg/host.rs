//! Hosts and ports, as Java's `InetSocketAddress` would print them.
//!
//! Nothing is looked up: a name stays a name. Source: `QuorumServer`, delimitedHostString.

use core::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// A name or an address in its canonical text, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl HostPort {
    /// `port` on every address of the machine.
    pub fn wildcard(port: u16) -> Self {
        Self {
            host: Ipv4Addr::UNSPECIFIED.to_string(),
            port,
        }
    }

    /// True where the host stands for every address of the machine.
    pub fn is_wildcard(&self) -> bool {
        self.host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_unspecified())
    }
}

impl fmt::Display for HostPort {
    /// `host:port`, IPv6 in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", Bracketed(&self.host), self.port)
    }
}

/// A host that is put in brackets where it contains colons.
pub(super) struct Bracketed<'a>(pub(super) &'a str);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') {
            write!(f, "[{}]", self.0)
        } else {
            f.write_str(self.0)
        }
    }
}

/// The text Java gives back for a host: IPv6 as eight groups, a mapped IPv4 as that, names as they
/// are.
///
/// QUIRK(empty-host): an empty host is the loopback address, which Java calls `localhost`.
#[inline(never)]
pub(super) fn canonical(host: &str) -> String {
    if host.is_empty() {
        return "localhost".to_owned();
    }
    match host.parse::<Ipv6Addr>() {
        Ok(address) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => expanded(address),
        },
        Err(_) => host.to_owned(),
    }
}

fn expanded(address: Ipv6Addr) -> String {
    address
        .segments()
        .map(|group| format!("{group:x}"))
        .join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_expanded_and_names_kept() {
        assert_eq!(canonical("2001:DB8:0:0::A"), "2001:db8:0:0:0:0:0:a");
        assert_eq!(canonical("::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(canonical("Zoo1.Example"), "Zoo1.Example");
        assert_eq!(canonical(""), "localhost");
        assert_eq!(canonical("zz::1"), "zz::1");
    }

    #[test]
    fn only_hosts_with_colons_wear_brackets() {
        let at = |host: &str| HostPort {
            host: canonical(host),
            port: 80,
        };
        assert_eq!(at("::1").to_string(), "[0:0:0:0:0:0:0:1]:80");
        assert_eq!(at("zoo1").to_string(), "zoo1:80");
        assert!(at("::").is_wildcard());
        assert!(HostPort::wildcard(80).is_wildcard());
        assert!(!at("zoo1").is_wildcard());
    }
}
