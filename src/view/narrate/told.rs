//! What a client tells its application, as sayings.

use super::{Level, Saying, Voice};
use crate::protocol::client::{ClientNote, ExpiredBy};
use crate::view::shadow::KnownClient;

const fn client(level: Level, key: &'static str) -> Saying {
    Saying::new(level, Voice::Client, key)
}

/// What `note` says of a client of which `known` was known before; `None` for an attempt that came
/// to nothing and for what does not concern its session.
pub(super) fn note(known: KnownClient, note: &ClientNote) -> Option<Saying> {
    let said = match note {
        ClientNote::Connected { to, session, .. } if known.session == *session => {
            client(Level::News, "say-client-back")
                .arg("to", *to)
                .why("why-client-back")
        }
        ClientNote::Connected { to, .. } => {
            client(Level::Decision, "say-client-connected").arg("to", *to)
        }
        ClientNote::Disconnected { .. } if known.is_served => {
            client(Level::Decision, "say-client-lost").why("why-client-lost")
        }
        ClientNote::Expired { by, .. } => client(
            Level::News,
            match by {
                ExpiredBy::Server => "say-client-expired",
                ExpiredBy::Client => "say-client-gave-up",
            },
        )
        .why("why-client-expired"),
        ClientNote::Closed => client(Level::Decision, "say-client-closed"),
        _ => return None,
    };
    Some(said)
}
