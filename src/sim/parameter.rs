//! What acts are told when they are done: parameters with names and bounds, as tables.
//!
//! One row serves everybody who makes a fault: the reader of JSON, a form, a generator. Each gets
//! [`Argument`]s that fit the row, and the row makes the fault of them.

use crate::base::Set;
use crate::base::json::{Place, Problem, Writer};
use crate::protocol::Sid;
use crate::sim::node::ClientId;

/// One thing an act is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in JSON.
    pub name: &'static str,
    /// What it can be.
    pub takes: Takes,
    /// What counts where it is not given: a number, or the index of a choice. `None` where it must
    /// be given, for servers, and for numbers that may be negative.
    pub default: Option<u64>,
}

/// What a parameter can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// One server.
    Server,
    /// A set of servers.
    Servers,
    /// One client.
    Client,
    /// One of these names.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number {
        /// What is counted: `ms`, `‰`.
        unit: &'static str,
        /// The least.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A whole number that may be negative.
    Signed {
        /// What is counted: `ppm`.
        unit: &'static str,
        /// The least.
        least: i64,
        /// The largest.
        most: i64,
    },
}

/// What a parameter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// One server.
    Server(Sid),
    /// A set of servers.
    Servers(Set<Sid>),
    /// One client.
    Client(ClientId),
    /// The index of a choice, or a number.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
}

impl Parameter {
    /// One server, under this name.
    pub const fn server(name: &'static str) -> Self {
        Self {
            name,
            takes: Takes::Server,
            default: None,
        }
    }

    /// Its argument in an object.
    ///
    /// # Errors
    /// Missing, of another type, or out of its range.
    pub fn read(&self, object: &Place<'_>) -> Result<Argument, Problem> {
        let place = match (object.optional(self.name)?, self.default) {
            (Some(place), _) => place,
            (None, Some(default)) => return Ok(Argument::Number(default)),
            (None, None) => object.field(self.name)?,
        };
        Ok(match self.takes {
            Takes::Server => Argument::Server(read_sid(&place)?),
            Takes::Servers => {
                let mut sids = Set::new();
                for item in place.items()? {
                    sids.insert(read_sid(&item)?);
                }
                Argument::Servers(sids)
            }
            Takes::Client => Argument::Client(read_client(&place)?),
            Takes::Choice(names) => {
                Argument::Number(u64::try_from(place.choice(names)?).unwrap_or(u64::MAX))
            }
            Takes::Number { least, most, .. } => Argument::Number(place.unsigned(least..=most)?),
            Takes::Signed { least, most, .. } => Argument::Signed(place.signed(least..=most)?),
        })
    }

    /// Writes it as a field of the object that is open.
    pub fn write(&self, argument: &Argument, out: &mut Writer) {
        out.name(self.name);
        match argument {
            Argument::Server(sid) => out.signed(sid.0),
            Argument::Servers(sids) => {
                out.list();
                for sid in sids {
                    out.signed(sid.0);
                }
                out.end_list();
            }
            Argument::Client(id) => out.unsigned(u64::from(id.0)),
            Argument::Signed(number) => out.signed(*number),
            Argument::Number(number) => match self.takes {
                Takes::Choice(names) => {
                    let index = usize::try_from(*number).unwrap_or(usize::MAX);
                    out.text(names.get(index).copied().unwrap_or_default());
                }
                Takes::Server
                | Takes::Servers
                | Takes::Client
                | Takes::Number { .. }
                | Takes::Signed { .. } => {
                    out.unsigned(*number);
                }
            },
        }
    }
}

/// A server's id. Whether there is such a server is for the world to say.
///
/// # Errors
/// Not a whole number, or not one of 64 bits.
pub fn read_sid(place: &Place<'_>) -> Result<Sid, Problem> {
    place.signed(i64::MIN..=i64::MAX).map(Sid)
}

/// A client's number. Whether there is such a client is for the world to say.
///
/// # Errors
/// Not a whole number, or not one of 32 bits.
pub(super) fn read_client(place: &Place<'_>) -> Result<ClientId, Problem> {
    let id = place.unsigned(0..=u64::from(u32::MAX))?;
    Ok(ClientId(u32::try_from(id).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::Document;

    const DELAY: Parameter = Parameter {
        name: "delay",
        takes: Takes::Number {
            unit: "ms",
            least: 1,
            most: 60_000,
        },
        default: Some(500),
    };
    const SIDE: Parameter = Parameter {
        name: "side",
        takes: Takes::Servers,
        default: None,
    };

    fn read(parameter: Parameter, text: &str) -> Result<Argument, String> {
        let document = Document::parse(text, 1_000).expect("is JSON");
        let argument = parameter.read(&document.root());
        argument.map_err(|problem| format!("{}: {}", problem.path, problem.message()))
    }

    #[test]
    fn a_number_has_a_range_and_may_have_a_default() {
        assert_eq!(
            read(DELAY, "{\"delay\": 60000}"),
            Ok(Argument::Number(60_000))
        );
        assert_eq!(read(DELAY, "{}"), Ok(Argument::Number(500)));
        assert_eq!(
            read(DELAY, "{\"delay\": 60001}"),
            Err("delay: this must be from 1 to 60000, not 60001".into())
        );
    }

    #[test]
    fn a_set_of_servers_is_sorted_and_must_be_given() {
        let sids = [Sid(-1), Sid(2), Sid(3)].into();
        assert_eq!(
            read(SIDE, "{\"side\": [3, 2, 3, -1]}"),
            Ok(Argument::Servers(sids))
        );
        assert_eq!(
            read(SIDE, "{}"),
            Err(": the field \"side\" is missing".into())
        );
        assert_eq!(
            read(SIDE, "{\"side\": [1, null]}"),
            Err("side[1]: this must be a whole number".into())
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (parameter, argument) in [
            (DELAY, Argument::Number(7)),
            (SIDE, Argument::Servers([Sid(1), Sid(4)].into())),
        ] {
            let mut out = Writer::compact();
            out.object();
            parameter.write(&argument, &mut out);
            out.end_object();
            assert_eq!(read(parameter, &out.finish()), Ok(argument));
        }
    }
}
