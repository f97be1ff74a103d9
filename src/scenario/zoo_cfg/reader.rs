//! Entries become settings, servers, groups: what `parseProperties` does before it judges the
//! whole.
//!
//! Each fault is reported once; a key that could not be read is remembered, so that no later check
//! calls it missing as well. Source: `QuorumPeerConfig.java`, parseProperties.

use super::keys::{ALGORITHMS, Kind};
use super::properties::{Entry, Placed, quote};
use super::server_line::{parse_role, role_name};
use super::{Diagnostics, Key, MultiAddress, Position, Problem, Properties, Value, ZooCfg, value};
use crate::base::{Map, Set};

/// A configuration while it is read.
pub(super) struct Reader<'a> {
    pub(super) cfg: ZooCfg,
    pub(super) found: Diagnostics,
    /// The `server.N` entries, in the order of the text.
    pub(super) servers: Vec<&'a Entry>,
    /// The `group…` and `weight…` entries.
    pub(super) groups: Vec<&'a Entry>,
    /// Where each known key's value stands.
    places: Map<Key, Option<Position>>,
    /// Known keys whose value could not be read.
    faulty: Set<Key>,
}

impl<'a> Reader<'a> {
    /// Reads all entries; of a repeated key the last.
    ///
    /// # Errors
    /// Where there is nothing to read, because the text is too long or none.
    pub(super) fn read(properties: &'a Properties) -> Result<Self, Diagnostics> {
        let mut reader = Self::empty(properties.found.clone());
        if properties.entries.is_empty() && !properties.found.errors().is_empty() {
            return Err(reader.found);
        }
        let entries = reader.last_of_each(properties);
        let is_dynamic = |e: &&Entry| e.key.text == Key::DynamicConfigFile.name();
        let has_dynamic_file = entries.iter().any(is_dynamic);
        for entry in entries {
            let family = Family::of(&entry.key.text);
            match family {
                Family::Server | Family::Group if has_dynamic_file => {
                    let key = quote(&entry.key);
                    let problem = Problem::BelongsInDynamicFile { key };
                    reader.found.error(entry.key.start(), problem);
                }
                Family::Server => reader.servers.push(entry),
                Family::Group => reader.groups.push(entry),
                Family::Version => reader.take_version(entry),
                Family::Setting(key) => reader.take_setting(key, entry),
                Family::Unknown => reader.take_unknown(entry),
            }
        }
        Ok(reader)
    }

    pub(super) fn empty(found: Diagnostics) -> Self {
        Self {
            cfg: ZooCfg::default(),
            found,
            servers: Vec::new(),
            groups: Vec::new(),
            places: Map::new(),
            faulty: Set::new(),
        }
    }

    /// True where `key` was not given at all; one that could not be read was given.
    #[inline(never)]
    pub(super) fn lacks(&self, key: Key) -> bool {
        !self.cfg.settings.contains_key(&key) && !self.faulty.contains(&key)
    }

    /// True where the value of `key`, given or not, can be relied on.
    pub(super) fn knows(&self, key: Key) -> bool {
        !self.faulty.contains(&key)
    }

    /// Where the value of `key` stands.
    #[inline(never)]
    pub(super) fn place(&self, key: Key) -> Option<Position> {
        self.places.get(&key).copied().flatten()
    }

    /// Whether a server may have several addresses.
    pub(super) fn multi_address(&self) -> MultiAddress {
        if self.cfg.flag(Key::MultiAddressEnabled) {
            MultiAddress::Enabled
        } else {
            MultiAddress::Disabled
        }
    }

    /// The number a placed text should be, or a diagnostic.
    #[inline(never)]
    pub(super) fn number(&mut self, key: &Placed, text: &str, at: Option<Position>) -> Option<i64> {
        let number = value::long(text);
        if number.is_none() {
            let (key, value) = (quote(key), super::problem::quoted(text));
            self.found.error(at, Problem::NotANumber { key, value });
        }
        number
    }

    /// The last entry of each key, in the order of the text; the others get a warning.
    pub(super) fn last_of_each(&mut self, properties: &'a Properties) -> Vec<&'a Entry> {
        // The last entry of each key so far, in the order of the keys.
        let mut last: Map<&str, usize> = Map::new();
        let mut kept: Vec<Option<&Entry>> = Vec::with_capacity(properties.entries.len());
        for (n, entry) in properties.entries.iter().enumerate() {
            kept.push(Some(entry));
            let Some(before) = last.insert(entry.key.text.as_str(), n) else {
                continue;
            };
            let earlier = kept.get_mut(before).and_then(Option::take);
            let start = earlier.and_then(|earlier| earlier.key.start());
            let problem = Problem::Repeated {
                key: quote(&entry.key),
                earlier: start.map_or(0, |at| at.line),
            };
            self.found.warn(entry.key.start(), problem);
        }
        kept.into_iter().flatten().collect()
    }

    fn take_version(&mut self, entry: &Entry) {
        self.cfg.version = value::hex(&entry.value.text);
        if self.cfg.version.is_none() {
            let problem = Problem::NotANumber {
                key: quote(&entry.key),
                value: quote(&entry.value),
            };
            self.found.error(entry.value.start(), problem);
        }
    }

    fn take_unknown(&mut self, entry: &Entry) {
        let key = quote(&entry.key);
        let problem = match Key::meant_by(&entry.key.text) {
            Some(meant) => Problem::MisspeltKey {
                key,
                meant: meant.name().to_owned(),
            },
            None => Problem::UnknownKey { key },
        };
        self.found.warn(entry.key.start(), problem);
        self.keep(entry);
    }

    /// Keeps an entry that has no effect, for printing back.
    #[inline(never)]
    pub(super) fn keep(&mut self, entry: &Entry) {
        let Entry { key, value } = entry;
        self.cfg.others.insert(key.text.clone(), value.text.clone());
    }

    #[inline(never)]
    fn take_setting(&mut self, key: Key, entry: &Entry) {
        let at = entry.value.start();
        self.places.insert(key, at);
        match read_value(key, &entry.value) {
            Ok(value) => {
                if key.kind().is_property_number() && matches!(value, Value::Text(_)) {
                    self.found.warn(at, falls_back(key, &entry.value));
                }
                self.cfg.settings.insert(key, value);
            }
            Err(problem) => {
                self.faulty.insert(key);
                self.found.error(at, problem);
            }
        }
    }
}

/// What a key belongs to.
pub(super) enum Family {
    /// `server.N`.
    Server,
    /// `group.G`, `weight.N`, and whatever else begins like that.
    Group,
    /// `version`, of configuration texts.
    Version,
    /// A key of the table.
    Setting(Key),
    /// None of these.
    Unknown,
}

impl Family {
    pub(super) fn of(key: &str) -> Self {
        if key.starts_with("server.") {
            Self::Server
        } else if key.starts_with("group") || key.starts_with("weight") {
            Self::Group
        } else if key == "version" {
            Self::Version
        } else {
            Key::named(key).map_or(Self::Unknown, Self::Setting)
        }
    }
}

#[inline(never)]
fn read_value(key: Key, placed: &Placed) -> Result<Value, Problem> {
    let text = placed.text.as_str();
    let not_a_number = || Problem::NotANumber {
        key: key.name().to_owned(),
        value: quote(placed),
    };
    match key.kind() {
        Kind::Int => value::int(text).map(Value::Int).ok_or_else(not_a_number),
        Kind::Port => match value::int(text).ok_or_else(not_a_number)? {
            port @ 0..=65_535 => Ok(Value::Int(port)),
            port => Err(Problem::PortOutOfRange { port }),
        },
        Kind::Bool => value::boolean(text).map(Value::Bool).ok_or_else(|| {
            let (key, value) = (key.name().to_owned(), quote(placed));
            Problem::NotABoolean { key, value }
        }),
        Kind::Text | Kind::PropertyText => Ok(Value::Text(text.to_owned())),
        Kind::Role => match parse_role(text) {
            Some(role) => Ok(Value::Text(role_name(role).to_owned())),
            None => Err(Problem::UnrecognisedRole {
                role: quote(placed),
            }),
        },
        Kind::Algorithm => algorithm(placed),
        Kind::PropertyInt => Ok(value::decode(text)
            .filter(|number| i32::try_from(*number).is_ok())
            .map_or_else(|| Value::Text(text.to_owned()), Value::Int)),
        Kind::PropertyLong => {
            Ok(value::decode(text).map_or_else(|| Value::Text(text.to_owned()), Value::Int))
        }
    }
}

#[inline(never)]
fn algorithm(placed: &Placed) -> Result<Value, Problem> {
    let text = placed.text.as_str();
    let number = value::int(text);
    let is_meant = |(n, name): &&(i64, &str)| number == Some(*n) || text == *name;
    match (ALGORITHMS.iter().find(is_meant), number) {
        (Some((n, _)), _) => Ok(Value::Int(*n)),
        (None, Some(_)) => Err(Problem::RemovedElectionAlg {
            value: quote(placed),
        }),
        (None, None) => {
            let known: Vec<_> = ALGORITHMS
                .iter()
                .map(|(n, name)| format!("{n} ({name})"))
                .collect();
            Err(Problem::UnknownElectionAlg {
                value: quote(placed),
                known: known.join(", "),
            })
        }
    }
}

fn falls_back(key: Key, placed: &Placed) -> Problem {
    Problem::FallsBack {
        key: key.name().to_owned(),
        value: quote(placed),
        default: key.default_text().unwrap_or("no value").to_owned(),
    }
}
