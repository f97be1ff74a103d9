//! Clients as they are seen: what each one experiences, how it is called, what can be asked of it.

use std::sync::Arc;

use super::events::clock;
use super::inspector::Fact;
use super::snapshot::{Client, Snapshot, seconds};
use super::texts::{Args, Texts, Value, zxid_text};
use crate::base::Micros;
use crate::protocol::client::ClientState;
use crate::protocol::{CreateMode, Op, SessionId, Sid};
use crate::sim::{ClientId, Command, Fault, Power, Ways};
use crate::view::decimal::decimal;

/// A call that is answered within this span is part of being served.
const PATIENCE: Micros = Micros::from_ms(500);

/// What a client experiences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// It has a server, and answers come.
    Served,
    /// It has a server, and a call is without an answer for long.
    Waiting,
    /// It looks for its first server.
    Connecting,
    /// It looks for a server; its session may live.
    Reconnecting,
    /// Its session is over, and it was not the one to end it.
    Expired,
    /// It closed its session.
    Closed,
    /// Its process is stopped.
    Paused,
    /// Its process is gone.
    Killed,
}

impl Service {
    /// What `client` experiences at `t`.
    pub fn of(client: &Client, t: Micros) -> Self {
        let status = &client.status;
        match status.power {
            Power::Killed | Power::Unplugged => return Self::Killed,
            Power::Paused => return Self::Paused,
            Power::Off | Power::Starting | Power::Up => {}
        }
        match status.state {
            ClientState::Connected => {
                let waits = status.oldest_call_at.map(|at| t.saturating_sub(at));
                if waits.is_some_and(|span| span > PATIENCE) {
                    Self::Waiting
                } else {
                    Self::Served
                }
            }
            _ if status.expired => Self::Expired,
            ClientState::Closed => Self::Closed,
            _ if status.session == SessionId(0) => Self::Connecting,
            _ => Self::Reconnecting,
        }
    }

    /// True where it wants to be served: its process runs and has not said goodbye.
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Closed | Self::Killed)
    }

    /// The key of the word under its pill.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Served => "client-served",
            Self::Waiting => "client-waiting",
            Self::Connecting => "client-connecting",
            Self::Reconnecting => "client-reconnecting",
            Self::Expired => "client-expired",
            Self::Closed => "client-closed",
            Self::Paused => "client-paused",
            Self::Killed => "client-killed",
        }
    }

    /// The word under its pill: `served`, `waiting 1.2 s`.
    pub fn word(self, client: &Client, t: Micros, texts: &Texts) -> String {
        if self != Self::Waiting {
            return texts.get(self.key());
        }
        let since = client.status.oldest_call_at.unwrap_or(t);
        let span = decimal(seconds(t.saturating_sub(since)), 1);
        texts.with(self.key(), &vec![("seconds", span.into())])
    }
}

/// How much of its session's timeout is left, 1 to 0, where it has a session and no server.
pub fn session_left(client: &Client, t: Micros) -> Option<f64> {
    let status = &client.status;
    if status.session == SessionId(0) || status.state == ClientState::Closed {
        return None;
    }
    let timeout = Micros::from_ms(u64::try_from(status.timeout_ms).ok()?);
    let silent = seconds(t.saturating_sub(status.heard_at));
    Some((1.0 - silent / seconds(timeout).max(0.001)).clamp(0.0, 1.0))
}

/// `Client A, served by S3`; what its button says.
pub fn name(client: &Client, t: Micros, texts: &Texts) -> String {
    let service = Service::of(client, t);
    let server = client.status.host.map(|sid| texts.sid(sid));
    let args: Args = vec![
        ("name", texts.client(client.status.id).into()),
        ("state", service.word(client, t, texts).into()),
        ("server", server.clone().unwrap_or_default().into()),
    ];
    let key = match (service, server) {
        (Service::Served | Service::Waiting, Some(_)) => "alt-client-at",
        (Service::Connecting | Service::Reconnecting, Some(_)) => "alt-client-tries",
        _ => "alt-client",
    };
    texts.with(key, &args)
}

/// One row of the clients' table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which client.
    pub id: ClientId,
    /// What it experiences.
    pub service: Service,
    /// `A`.
    pub name: String,
    /// What it experiences, in words.
    pub state: String,
    /// Its server; a dash where it has none.
    pub server: String,
    /// How many of its calls were done.
    pub done: String,
}

/// All rows, by number.
pub fn rows(snapshot: &Snapshot, t: Micros, texts: &Texts) -> Vec<Row> {
    let row = |client: &Client| {
        let service = Service::of(client, t);
        let server = client.status.host.map(|sid| texts.sid(sid));
        Row {
            id: client.status.id,
            service,
            name: texts.client(client.status.id),
            state: service.word(client, t, texts),
            server: server.unwrap_or_else(|| texts.get("nothing")),
            done: client.status.acknowledged.to_string(),
        }
    };
    snapshot.clients.iter().map(row).collect()
}

/// How many clients are served at `t`, and how many want to be.
pub fn count(snapshot: &Snapshot, t: Micros) -> (usize, usize) {
    let (mut have, mut of) = (0, 0);
    for client in &snapshot.clients {
        let service = Service::of(client, t);
        have += usize::from(service == Service::Served);
        of += usize::from(service.counts());
    }
    (have, of)
}

/// How many clients `sid` serves.
pub fn served_by(snapshot: &Snapshot, sid: Sid) -> usize {
    let here = |client: &&Client| {
        let status = &client.status;
        status.host == Some(sid) && status.state == ClientState::Connected
    };
    snapshot.clients.iter().filter(here).count()
}

/// Session, timeout, calls.
pub fn facts(client: &Client, texts: &Texts) -> Vec<Fact> {
    let status = &client.status;
    let fact = |key: &str, value: String| Fact {
        label: texts.get(key),
        value,
        exact: None,
    };
    let session = if status.session == SessionId(0) {
        texts.get("nothing")
    } else {
        status.session.to_string()
    };
    let timeout = u64::try_from(status.timeout_ms).unwrap_or_default();
    let timeout = texts.with(
        "seconds",
        &vec![("value", clock(Micros::from_ms(timeout)).into())],
    );
    vec![
        fact("inspect-session", session),
        fact("inspect-timeout", timeout),
        fact("inspect-seen-zxid", zxid_text(status.last_zxid)),
        fact("inspect-calls-open", status.in_flight.to_string()),
        fact("inspect-calls-done", status.acknowledged.to_string()),
        fact("inspect-calls-failed", status.failed.to_string()),
        fact("inspect-calls-unknown", status.unknown.to_string()),
    ]
}

/// What can be asked of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientVerb {
    /// Let it write.
    Write,
    /// Let it read.
    Read,
    /// Let it create a znode that ends with its session.
    Ephemeral,
    /// Reset its connection.
    Disconnect,
    /// Drop everything between it and its server.
    Cut,
    /// Let it close its session.
    Close,
    /// End its process.
    Kill,
}

impl ClientVerb {
    /// Every verb, in the order of the menu.
    pub const ALL: [Self; 7] = [
        Self::Write,
        Self::Read,
        Self::Ephemeral,
        Self::Disconnect,
        Self::Cut,
        Self::Close,
        Self::Kill,
    ];

    /// The key of its name; where room is scarce `-short` is added.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Write => "verb-write",
            Self::Read => "verb-read",
            Self::Ephemeral => "verb-ephemeral",
            Self::Disconnect => "verb-disconnect",
            Self::Cut => "verb-cut-client",
            Self::Close => "verb-close",
            Self::Kill => "verb-kill-client",
        }
    }

    /// The letter that does it to the selected client.
    pub const fn shortcut(self) -> &'static str {
        match self {
            Self::Write => "E",
            Self::Kill => "K",
            Self::Read | Self::Ephemeral | Self::Disconnect | Self::Cut | Self::Close => "",
        }
    }

    /// What it does to client `id`, whose server is or was to be `host`.
    pub fn command(self, id: ClientId, host: Option<Sid>) -> Command {
        let ask = |op| Command::Request { id, op };
        match self {
            // The root is always there, so that a write by hand never fails for want of a znode.
            Self::Write => ask(Op::SetData {
                path: Arc::from("/"),
                data: Arc::from("by hand"),
                version: -1,
            }),
            Self::Read => ask(Op::GetData {
                path: Arc::from("/"),
                watch: false,
            }),
            Self::Ephemeral => ask(Op::Create {
                path: Arc::from("/ephemeral-"),
                data: Arc::from(""),
                mode: CreateMode::EphemeralSequential,
            }),
            Self::Disconnect => Command::DisconnectClient { id },
            Self::Cut => Command::Inject {
                fault: Fault::CutClient {
                    id,
                    sid: host.unwrap_or(Sid::NONE),
                    direction: Ways::Both,
                },
            },
            Self::Close => Command::CloseClient { id },
            Self::Kill => Command::KillClient { id },
        }
    }
}

/// A row of a client's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    /// Which verb.
    pub verb: ClientVerb,
    /// What it does.
    pub command: Command,
    /// What it says.
    pub label: String,
    /// Why it cannot be done now; `None` where it can.
    pub dimmed: Option<String>,
}

/// The menu of one client.
pub fn menu(client: &Client, texts: &Texts) -> Vec<MenuItem> {
    let status = &client.status;
    let reason = |verb| match (verb, status.power, status.state) {
        (_, Power::Killed | Power::Unplugged, _) => Some("dim-client-down"),
        (ClientVerb::Disconnect, _, state) if state != ClientState::Connected => {
            Some("dim-client-alone")
        }
        (ClientVerb::Cut, ..) if status.host.is_none() => Some("dim-client-alone"),
        (ClientVerb::Kill | ClientVerb::Disconnect | ClientVerb::Cut, ..) => None,
        (_, Power::Paused, _) => Some("dim-client-paused"),
        (_, _, ClientState::Closed) => Some("dim-client-over"),
        _ => None,
    };
    let item = |verb: ClientVerb| MenuItem {
        verb,
        command: verb.command(status.id, status.host),
        label: texts.get(verb.key()),
        dimmed: reason(verb).map(|key| {
            let args: Args = vec![("clients", Value::Clients(vec![status.id]))];
            texts.with(key, &args)
        }),
    };
    ClientVerb::ALL.into_iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ClientStatus;
    use crate::view::Language;

    const NOW: Micros = Micros(10_000_000);

    fn client(change: impl FnOnce(&mut ClientStatus)) -> Client {
        let mut status = ClientStatus {
            id: ClientId(0),
            power: Power::Up,
            state: ClientState::Connected,
            since: Micros(1),
            host: Some(Sid(3)),
            session: SessionId(7),
            timeout_ms: 6_000,
            expired: false,
            expiries: 0,
            last_zxid: crate::protocol::Zxid(1),
            heard_at: Micros(9_900_000),
            in_flight: 0,
            oldest_call_at: None,
            acknowledged: 4,
            failed: 0,
            unknown: 0,
            standing: None,
        };
        change(&mut status);
        Client {
            status,
            home: Sid(3),
        }
    }

    #[test]
    fn a_client_is_served_until_an_answer_is_late() {
        let texts = Texts::new(Language::En);
        let said = |client: &Client| name(client, NOW, &texts);
        assert_eq!(said(&client(|_| {})), "Client A, served, at S3");
        let late = client(|status| status.oldest_call_at = Some(Micros(8_800_000)));
        assert_eq!(said(&late), "Client A, waiting 1.2 s, at S3");
        let soon = client(|status| status.oldest_call_at = Some(Micros(9_800_000)));
        assert_eq!(Service::of(&soon, NOW), Service::Served);
    }

    #[test]
    fn a_client_without_a_server_reconnects_until_its_session_is_known_to_be_over() {
        let texts = Texts::new(Language::En);
        let away = |change: fn(&mut ClientStatus)| {
            client(|status| {
                status.state = ClientState::Connecting;
                change(status);
            })
        };
        assert_eq!(
            name(&away(|_| {}), NOW, &texts),
            "Client A, reconnecting, tries S3"
        );
        let first = away(|status| status.session = SessionId(0));
        assert_eq!(Service::of(&first, NOW), Service::Connecting);
        let over = away(|status| status.expired = true);
        assert_eq!(Service::of(&over, NOW), Service::Expired);
        assert!(
            session_left(&away(|s| s.heard_at = Micros(7_000_000)), NOW)
                .is_some_and(|left| (left - 0.5).abs() < 1e-9)
        );
    }

    #[test]
    fn what_a_client_cannot_do_says_why() {
        let texts = Texts::new(Language::En);
        let dead = client(|status| status.power = Power::Killed);
        assert!(menu(&dead, &texts).iter().all(|item| item.dimmed.is_some()));
        let away = client(|status| status.state = ClientState::Connecting);
        let dimmed: Vec<ClientVerb> = menu(&away, &texts)
            .into_iter()
            .filter(|item| item.dimmed.is_some())
            .map(|item| item.verb)
            .collect();
        assert_eq!(dimmed, [ClientVerb::Disconnect]);
        let lost = client(|status| status.host = None);
        let cut = menu(&lost, &texts)
            .into_iter()
            .find(|item| item.verb == ClientVerb::Cut);
        assert!(cut.is_some_and(|item| item.dimmed.is_some()), "from whom?");
        let live = menu(&client(|_| {}), &texts);
        assert!(live.iter().all(|item| item.dimmed.is_none()));
    }
}
