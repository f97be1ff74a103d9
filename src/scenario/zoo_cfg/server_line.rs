//! The value of a `server.N` key: addresses, role, client addresses.
//!
//! The order of the checks is `ZooKeeper`'s, and the first fault is the one reported.
//! Source: `QuorumPeer.java`, `QuorumServer.initializeWithAddressString`; `ConfigUtils.java`.

use core::fmt;

use super::Problem;
use super::host::{Bracketed, HostPort, canonical};
use super::problem::quoted;
use super::properties::trim;
use super::value;
use crate::protocol::{LearnerType, Sid};

/// Whether a server may have several addresses: `multiAddress.enabled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultiAddress {
    /// It may.
    Enabled,
    /// It may not.
    Disabled,
}

/// One address of a server: two ports on a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// A name or an address in its canonical text, without brackets.
    pub host: String,
    /// Learners connect here.
    pub quorum_port: u16,
    /// Votes are exchanged here.
    pub election_port: u16,
}

/// A member of the ensemble as its line describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerLine {
    /// Participant unless the line says otherwise.
    pub role: LearnerType,
    /// At least one; sorted by host, then port.
    pub addresses: Vec<Address>,
    /// Where clients connect.
    pub client: Option<HostPort>,
    /// Where clients connect over TLS.
    pub secure_client: Option<HostPort>,
}

/// What is wrong with a line, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub problem: Problem,
    /// Where the offending part begins.
    pub offset: usize,
}

/// A part of the value and where it begins.
type Part<'a> = (usize, &'a str);

impl ServerLine {
    /// Reads the value of `server.<sid>`.
    ///
    /// # Errors
    /// The first fault, in the order `ZooKeeper` checks.
    #[inline(never)]
    pub fn parse(sid: Sid, line: &str, multi: MultiAddress) -> Result<Self, Fault> {
        let wrong_form = |offset| {
            fault(
                offset,
                Problem::WrongForm {
                    value: quoted(line),
                },
            )
        };
        let parts = split((0, line), ';');
        let client_part = |n: usize| match parts.get(n) {
            Some(&part) if !part.1.is_empty() => client(part, &wrong_form).map(Some),
            _ => Ok(None),
        };
        let client = client_part(1)?;
        // QUIRK(three-parts): with four or more parts the third is not even looked at.
        let secure_client = match parts.len() {
            3 => client_part(2)?,
            _ => None,
        };
        let addresses = parts.first().map(|&part| split(part, '|'));
        let Some(addresses) = addresses.filter(|a| !a.is_empty()) else {
            return Err(wrong_form(0));
        };
        if let Some(second) = addresses.get(1)
            && multi == MultiAddress::Disabled
        {
            let problem = Problem::MultiAddressDisabled { sid: sid.0 };
            return Err(fault(second.0, problem));
        }
        let mut read = Self {
            role: LearnerType::Participant,
            addresses: Vec::with_capacity(addresses.len()),
            client,
            secure_client,
        };
        let mut role = None;
        for part in addresses {
            read.take_address(sid, part, &mut role, &wrong_form)?;
        }
        read.role = role.unwrap_or_default();
        read.addresses.sort();
        Ok(read)
    }

    /// The first election address: what a handshake carries.
    pub fn election_addr(&self) -> String {
        self.addresses.first().map_or_else(String::new, |a| {
            format!("{}:{}", Bracketed(&a.host), a.election_port)
        })
    }

    #[inline(never)]
    fn take_address(
        &mut self,
        sid: Sid,
        part: Part<'_>,
        role: &mut Option<LearnerType>,
        wrong_form: &impl Fn(usize) -> Fault,
    ) -> Result<(), Fault> {
        let fields = host_and_fields(part)?;
        let (host, quorum, election, said) = match fields.as_slice() {
            [host, quorum, election] => (host.1, *quorum, *election, None),
            [host, quorum, election, role] => (host.1, *quorum, *election, Some(*role)),
            _ => return Err(wrong_form(part.0)),
        };
        let address = Address {
            host: canonical(host),
            quorum_port: port(host, quorum)?,
            election_port: port(host, election)?,
        };
        if address.quorum_port == address.election_port {
            let port = u32::from(address.election_port);
            let problem = Problem::SamePorts { sid: sid.0, port };
            return Err(fault(election.0, problem));
        }
        if let Some((offset, text)) = said {
            let this = parse_role(text).ok_or_else(|| {
                let role = quoted(text);
                fault(offset, Problem::UnrecognisedRole { role })
            })?;
            // QUIRK(roles-differ): the message always calls the earlier role PARTICIPANT.
            if *role.get_or_insert(this) != this {
                let role = role_name(this).to_ascii_uppercase();
                return Err(fault(offset, Problem::RolesDiffer { role }));
            }
        }
        self.addresses.push(address);
        Ok(())
    }
}

impl fmt::Display for ServerLine {
    /// The canonical form: `addr|addr:role[;client][;;secure]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, address) in self.addresses.iter().enumerate() {
            let bar = if n == 0 { "" } else { "|" };
            let host = Bracketed(&address.host);
            write!(
                f,
                "{bar}{host}:{}:{}",
                address.quorum_port, address.election_port
            )?;
        }
        write!(f, ":{}", role_name(self.role))?;
        match (&self.client, &self.secure_client) {
            (None, None) => Ok(()),
            (Some(client), None) => write!(f, ";{client}"),
            (None, Some(secure)) => write!(f, ";;{secure}"),
            (Some(client), Some(secure)) => write!(f, ";{client};{secure}"),
        }
    }
}

/// The role of a text, trimmed, in any case.
pub(super) fn parse_role(text: &str) -> Option<LearnerType> {
    let text = trim(text);
    [LearnerType::Participant, LearnerType::Observer]
        .into_iter()
        .find(|role| role_name(*role).eq_ignore_ascii_case(text))
}

/// The role in lower case, as configuration texts have it.
pub(super) const fn role_name(role: LearnerType) -> &'static str {
    match role {
        LearnerType::Participant => "participant",
        LearnerType::Observer => "observer",
    }
}

/// The port a text names, on `host`.
#[inline(never)]
pub(super) fn port(host: &str, (offset, text): Part<'_>) -> Result<u16, Fault> {
    let Some(number) = value::int(text) else {
        let (host, port) = (quoted(host), quoted(text));
        return Err(fault(offset, Problem::AddressUnresolved { host, port }));
    };
    u16::try_from(number).map_err(|_| fault(offset, Problem::PortOutOfRange { port: number }))
}

fn client(part: Part<'_>, wrong_form: &impl Fn(usize) -> Fault) -> Result<HostPort, Fault> {
    let fields = host_and_fields(part)?;
    let (host, number) = match fields.as_slice() {
        [number] => ("0.0.0.0", *number),
        [host, number] => (host.1, *number),
        _ => return Err(wrong_form(part.0)),
    };
    Ok(HostPort {
        host: canonical(host),
        port: port(host, number)?,
    })
}

/// `ConfigUtils.getHostAndPort`: the fields of an address, the host without its brackets.
#[inline(never)]
fn host_and_fields((offset, text): Part<'_>) -> Result<Vec<Part<'_>>, Fault> {
    let Some(inner) = text.strip_prefix('[') else {
        return Ok(split((offset, text), ':'));
    };
    let Some((host, after)) = inner.split_once(']') else {
        let text = quoted(text);
        return Err(fault(offset, Problem::BracketOpen { text }));
    };
    let mut fields = vec![(offset + 1, host)];
    let mut chars = after.chars();
    // QUIRK(bracket-colon): whatever follows the bracket is taken for the colon.
    let Some(skipped) = chars.next() else {
        return Ok(fields);
    };
    let rest = chars.as_str();
    if rest.is_empty() {
        let text = quoted(text);
        return Err(fault(offset, Problem::NoPortAfterColon { text }));
    }
    let rest_at = offset + host.len() + 2 + skipped.len_utf8();
    fields.extend(split((rest_at, rest), ':'));
    Ok(fields)
}

/// Java's `split`: empty parts at the end are dropped, unless the whole is empty.
#[inline(never)]
fn split((offset, text): Part<'_>, separator: char) -> Vec<Part<'_>> {
    if text.is_empty() {
        return vec![(offset, text)];
    }
    let mut at = offset;
    let mut parts = Vec::new();
    for part in text.split(separator) {
        parts.push((at, part));
        at += part.len() + separator.len_utf8();
    }
    while parts.last().is_some_and(|(_, part)| part.is_empty()) {
        parts.pop();
    }
    parts
}

fn fault(offset: usize, problem: Problem) -> Fault {
    Fault { problem, offset }
}
