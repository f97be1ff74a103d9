//! Everything that can be wrong, or worth a word, in a `zoo.cfg`: one table of typed problems.
//!
//! Each has a stable key and named arguments, from which any language can say it; the English of
//! this table and `ZooKeeper`'s own message, where it has one, are filled from the same arguments.
//! Not here: where in the text it happened, that is [`super::Diagnostic`].
//! Source: `QuorumPeerConfig.java`, `QuorumPeer.java` (`QuorumServer`), `QuorumHierarchical.java`.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::base::text::{self, Args, fill};

/// The most characters of a pasted text that a message repeats.
const QUOTED_CHARS: usize = 1_000;

macro_rules! problems {
    ($($(#[$doc:meta])+ $name:ident { $($field:ident: $ty:ty = $about:literal),* $(,)? }
       $key:literal $english:literal $(, zookeeper $original:literal)?;)+) => {
        /// What is wrong or worth a word.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "problem")]
        pub enum Problem {
            $($(#[$doc])+ $name { $(#[doc = $about] $field: $ty),* },)+
        }

        impl Problem {
            /// The keys of all problems, in the order of the table; a translation needs each of
            /// them.
            pub const KEYS: &'static [&'static str] = &[$($key),+];

            /// The name a translation is looked up by; never changes.
            pub fn key(&self) -> &'static str {
                match self { $(Self::$name { .. } => $key,)+ }
            }

            /// The arguments of the message, by name.
            pub fn args(&self) -> Args {
                match self {
                    $(Self::$name { $($field),* } => {
                        args(&[$((stringify!($field), $field as &dyn fmt::Display)),*])
                    })+
                }
            }

            /// Not used by the page, which has this text among those of its language.
            const fn english(&self) -> &'static str {
                match self { $(Self::$name { .. } => $english,)+ }
            }

            const fn original(&self) -> Option<&'static str> {
                match self { $(Self::$name { .. } => problems!(@original $($original)?),)+ }
            }
        }
    };
    (@original) => { None };
    (@original $original:literal) => { Some($original) };
}

problems! {
    // The text.
    /// More text than any configuration has.
    TooLong { bytes: u64 = "Length of the text.", limit: u64 = "The most that is read." }
        "zoo-cfg-too-long" "this text has {bytes} bytes; at most {limit} are read";
    /// A control character: this is no text file.
    NotText { code: String = "The character's number, `U+0000`." }
        "zoo-cfg-not-text" "this is not a text file: it contains the character {code}";
    /// `\u` without four hexadecimal digits.
    MalformedEscape {}
        "zoo-cfg-malformed-escape" "\\u must be followed by four hexadecimal digits",
        zookeeper "Malformed \\uxxxx encoding.";
    /// An invisible mark at the start belongs to the first key.
    ByteOrderMark {}
        "zoo-cfg-byte-order-mark"
        "the text begins with an invisible byte order mark, which becomes part of the first key";
    /// The key was there before; this one wins.
    Repeated { key: String = "The key.", earlier: u32 = "Line of the one that is ignored, or 0." }
        "zoo-cfg-repeated"
        "{key} is given again: this one counts, the one on line {earlier} is ignored";

    // Keys and values.
    /// Nobody knows this key.
    UnknownKey { key: String = "The key." }
        "zoo-cfg-unknown-key"
        "{key} is not a key this build knows; ZooKeeper makes it the system property \
            zookeeper.{key}";
    /// Nobody knows this key, but one much like it.
    MisspeltKey { key: String = "The key.", meant: String = "A key that exists." }
        "zoo-cfg-misspelt-key"
        "{key} is not a key, so it has no effect; did you mean {meant}?";
    /// Not a whole number, or too large a one.
    NotANumber { key: String = "The key.", value: String = "Its value." }
        "zoo-cfg-not-a-number" "{key} needs a whole number, not \"{value}\"",
        zookeeper "For input string: \"{value}\"";
    /// Neither true nor false.
    NotABoolean { key: String = "The key.", value: String = "Its value." }
        "zoo-cfg-not-a-boolean" "{key} must be true or false, not \"{value}\"",
        zookeeper "Invalid option {value} for {key}. Choose 'true' or 'false.'";
    /// A property that does not parse counts as not given.
    FallsBack {
        key: String = "The key.",
        value: String = "Its value.",
        default: String = "What counts.",
    }
        "zoo-cfg-falls-back" "\"{value}\" is no value for {key}; ZooKeeper silently uses {default}";
    /// A value below its least, which counts instead.
    Raised { key: String = "The key.", value: i64 = "Its value.", least: i64 = "What counts." }
        "zoo-cfg-raised" "{key} is {value}, but {least} is the least and is used";
    /// No such TCP port.
    PortOutOfRange { port: i64 = "The number." }
        "zoo-cfg-port-out-of-range" "{port} is no port: ports go from 0 to 65535",
        zookeeper "port out of range:{port}";
    /// Neither participant nor observer.
    UnrecognisedRole { role: String = "The text, untrimmed." }
        "zoo-cfg-unrecognised-role" "a server is a participant or an observer, not \"{role}\"",
        zookeeper "Unrecognised peertype: {role}";
    /// An algorithm `ZooKeeper` once had.
    RemovedElectionAlg { value: String = "The number." }
        "zoo-cfg-removed-election-alg"
        "electionAlg {value} does not exist any more; 3, Fast Leader Election, does",
        zookeeper "Invalid electionAlg value. Only 3 is supported.";
    /// No algorithm of this name in this build.
    UnknownElectionAlg { value: String = "The text.", known: String = "Those that exist." }
        "zoo-cfg-unknown-election-alg"
        "this build has no election algorithm \"{value}\"; it has {known}";

    // `server.N` values.
    /// The wrong number of fields.
    WrongForm { value: String = "The whole value." }
        "zoo-cfg-wrong-form"
        "a server is written host:quorumPort:electionPort, with :role and ;clientPort where \
            wanted; this is \"{value}\"",
        zookeeper "{value} does not have the form server_config or server_config;client_config \
            where server_config is the pipe separated list of host:port:port or \
            host:port:port:type and client_config is host:clientPort;host:secureClientPort or \
            clientPort or host:clientPort or ';secureClientPort' or ';host:secureClientPort'";
    /// A port that is no number.
    AddressUnresolved {
        host: String = "The host as written.",
        port: String = "The port as written.",
    }
        "zoo-cfg-address-unresolved" "the port of {host} must be a number, not \"{port}\"",
        zookeeper "Address unresolved: {host}:{port}";
    /// Quorum and election port are one.
    SamePorts { sid: i64 = "The server.", port: u32 = "The port." }
        "zoo-cfg-same-ports"
        "server {sid} cannot use port {port} both for its quorum and for elections",
        zookeeper "Client and election port must be different! Please update the configuration \
            file on server.{sid}";
    /// Several addresses while the feature is off.
    MultiAddressDisabled { sid: i64 = "The server." }
        "zoo-cfg-multi-address-disabled"
        "server {sid} has several addresses; that needs multiAddress.enabled=true",
        zookeeper "Multiple address feature is disabled, but multiple addresses were specified \
            for sid {sid}";
    /// Addresses of one server disagree about its role.
    RolesDiffer { role: String = "The later role, in capitals." }
        "zoo-cfg-roles-differ"
        "all addresses of a server must have one role, but this one says {role}",
        zookeeper "Multiple addresses should have similar roles: PARTICIPANT vs {role}";
    /// `[` without `]`.
    BracketOpen { text: String = "The address." }
        "zoo-cfg-bracket-open" "{text} opens a bracket that is never closed",
        zookeeper "{text} starts with '[' but has no matching ']:'";
    /// Nothing after `]:`.
    NoPortAfterColon { text: String = "The address." }
        "zoo-cfg-no-port-after-colon" "{text} ends where its port should be",
        zookeeper "{text} doesn't have a port after colon";

    // Groups and weights.
    /// An id in two groups, or twice in one.
    InSeveralGroups { sid: i64 = "The id." }
        "zoo-cfg-in-several-groups" "server {sid} may be in one group only",
        zookeeper "Server {sid}is in multiple groups";
    /// A participant in no group.
    InNoGroup { sid: i64 = "The id." }
        "zoo-cfg-in-no-group"
        "with groups or weights every participant must be in a group, server {sid} is in none",
        zookeeper "Server {sid}is not in a group";
    /// A group lists a stranger without a weight; the original dies of a null pointer.
    StrangerWithoutWeight { sid: i64 = "The id.", group: i64 = "The group." }
        "zoo-cfg-stranger-without-weight"
        "group {group} lists {sid}, which is no participant and has no weight.{sid}";

    // Dynamic files.
    /// The static file names a dynamic one, yet has its keys.
    BelongsInDynamicFile { key: String = "The key." }
        "zoo-cfg-belongs-in-dynamic-file"
        "{key} must stand in the file named by dynamicConfigFile",
        zookeeper "parameter: {key} must be in a separate dynamic config file";
    /// A dynamic file holds servers, groups and weights only.
    UnrecognisedParameter { key: String = "The key." }
        "zoo-cfg-unrecognised-parameter"
        "a dynamic file holds only server, group and weight lines, not {key}",
        zookeeper "Unrecognised parameter: {key}";
    /// A dynamic file's version is in its name.
    VersionInside {}
        "zoo-cfg-version-inside" "the version belongs in the name of a dynamic file, not in it",
        zookeeper "dynamic file shouldn't have version inside";
    /// The servers are in a file nobody gave.
    DynamicFileElsewhere { path: String = "Its name." }
        "zoo-cfg-dynamic-file-elsewhere"
        "the servers are in {path}, which is not here: paste its lines in place of \
            dynamicConfigFile";

    // The whole.
    /// A key that must be given.
    NotSet { key: String = "The key." }
        "zoo-cfg-not-set" "{key} is missing", zookeeper "{key} is not set";
    /// A key that `ZooKeeper` needs; the simulation goes on with a value of its own.
    Assumed { key: String = "The key.", value: String = "What is used." }
        "zoo-cfg-assumed" "{key} is missing, so ZooKeeper would not start; here {value} is used",
        zookeeper "{key} is not set";
    /// `clientPortAddress` alone.
    AddressWithoutPort { address: String = "The address key.", port: String = "The port key." }
        "zoo-cfg-address-without-port" "{address} needs {port}",
        zookeeper "{address} is set but {port} is not set";
    /// The session limits cross, after defaulting.
    SessionLimitsCross { min: i64 = "ms.", max: i64 = "ms." }
        "zoo-cfg-session-limits-cross"
        "the least session timeout, {min} ms, is larger than the largest, {max} ms",
        zookeeper "minSessionTimeout must not be larger than maxSessionTimeout";
    /// Nobody votes, and standalone is off.
    NobodyVotes {}
        "zoo-cfg-nobody-votes"
        "without standaloneEnabled at least one server must be a participant",
        zookeeper "standaloneEnabled = false then number of participants should be >0";
    /// Nobody votes, but some observe.
    ObserversWithoutParticipants {}
        "zoo-cfg-observers-without-participants" "all servers are observers, so nobody votes",
        zookeeper "Observers w/o participants is an invalid configuration";
    /// One standalone server cannot be observed.
    ObserversWithoutQuorum {}
        "zoo-cfg-observers-without-quorum"
        "a single participant runs standalone, where nobody can observe; set \
            standaloneEnabled=false",
        zookeeper "Observers w/o quorum is an invalid configuration";
    /// Two client addresses for one server.
    ClientAddressDiffers {
        sid: i64 = "The server.",
        own: String = "Of the static file.",
        listed: String = "Of the list.",
    }
        "zoo-cfg-client-address-differs"
        "server {sid} has two client addresses: {own} of clientPort and {listed} of its server \
            line",
        zookeeper "client address for this server (id = {sid}) in static config file is {own} is \
            different from client address found in dynamic file: {listed}";
    /// Two secure client addresses for one server.
    SecureAddressDiffers {
        sid: i64 = "The server.",
        own: String = "Of the static file.",
        listed: String = "Of the list.",
    }
        "zoo-cfg-secure-address-differs"
        "server {sid} has two secure client addresses: {own} of secureClientPort and {listed} of \
            its server line",
        zookeeper "secure client address for this server (id = {sid}) in static config file is \
            {own} is different from secure client address found in dynamic file: {listed}";
    /// A member of an ensemble needs to know which.
    MyIdMissing {}
        "zoo-cfg-myid-missing"
        "a server of an ensemble needs a myid file",
        zookeeper "myid file is missing";
    /// The myid file holds something else.
    MyIdNotANumber { text: String = "Its first line." }
        "zoo-cfg-myid-not-a-number" "the myid file must hold a number, not \"{text}\"",
        zookeeper "serverid {text} is not a number";
    /// The configuration is accepted, the peer does not start.
    MyIdNotListed { sid: i64 = "The id." }
        "zoo-cfg-myid-not-listed"
        "there is no server.{sid}, so the server of that id does not start",
        zookeeper "My id {sid} not in the peer list";
    /// The list says otherwise, and wins.
    PeerTypeDiffers { listed: String = "The role by the list." }
        "zoo-cfg-peer-type-differs"
        "peerType disagrees with the server list; the list counts: {listed}";
    /// One participant is not an ensemble.
    OneServer {}
        "zoo-cfg-one-server"
        "a single participant: ZooKeeper would run standalone, without elections",
        zookeeper "Invalid configuration, only one server specified (ignoring)";
    /// Two participants.
    NoFailureTolerated {}
        "zoo-cfg-no-failure-tolerated" "no server may fail; that takes at least 3 participants",
        zookeeper "No server failure will be tolerated. You need at least 3 servers.";
    /// An even number of participants.
    EvenNumber { count: u32 = "Participants." }
        "zoo-cfg-even-number" "{count} participants tolerate no more failures than one less would",
        zookeeper "Non-optimal configuration, consider an odd number of servers.";

    // What a simulated ensemble needs beyond ZooKeeper's rules.
    /// No servers at all: `ZooKeeper` would run standalone.
    NoServers {}
        "zoo-cfg-no-servers"
        "there is no server line; ZooKeeper would run standalone, an ensemble needs \
            server.1=host:2888:3888";
    /// More than the page can run.
    TooManyServers { count: u32 = "Servers given.", limit: u32 = "The most that run." }
        "zoo-cfg-too-many-servers" "{count} servers are too many: at most {limit} run here";
    /// `ZooKeeper` does not check ranges; a simulation must.
    OutOfRange {
        key: String = "The key.",
        value: i64 = "Its value.",
        least: i64 = "Least.",
        most: i64 = "Largest.",
    }
        "zoo-cfg-out-of-range" "{key} must be between {least} and {most} here, not {value}";
    /// In an ensemble's text one `clientPort` stands for all; the list counts.
    ClientPortOverruled { sid: i64 = "The server.", listed: String = "Of the list." }
        "zoo-cfg-client-port-overruled"
        "clientPort disagrees with the line of server {sid}, whose {listed} is used";
}

impl Problem {
    /// `ZooKeeper`'s own message, letter for letter, where it has one.
    pub fn zookeeper(&self) -> Option<String> {
        self.original().map(|template| fill(template, &self.args()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fill(self.english(), &self.args()))
    }
}

fn args(shown: &[(&'static str, &dyn fmt::Display)]) -> Args {
    let shown = shown.iter();
    shown
        .map(|(name, value)| (*name, value.to_string()))
        .collect()
}

/// A pasted text as messages repeat it: all of it, unless it is very long.
#[inline(never)]
pub(super) fn quoted(text: &str) -> String {
    text::quoted(text, QUOTED_CHARS)
}

#[cfg(test)]
mod tests {
    use crate::base::Set;

    use super::*;

    #[test]
    fn keys_are_unique() {
        let keys: Set<_> = Problem::KEYS.iter().collect();
        assert_eq!(keys.len(), Problem::KEYS.len());
    }

    #[test]
    fn arguments_fill_both_texts_and_are_not_filled_again() {
        let problem = Problem::NotABoolean {
            key: "syncEnabled".into(),
            value: "{key}".into(),
        };
        assert_eq!(problem.key(), "zoo-cfg-not-a-boolean");
        assert_eq!(
            problem.to_string(),
            "syncEnabled must be true or false, not \"{key}\""
        );
        assert_eq!(
            problem.zookeeper().unwrap(),
            "Invalid option {key} for syncEnabled. Choose 'true' or 'false.'"
        );
        assert_eq!(problem.args()[0], ("key", "syncEnabled".to_owned()));
    }

    #[test]
    fn the_missing_blank_of_the_original_is_kept() {
        let problem = Problem::InNoGroup { sid: 7 };
        assert_eq!(problem.zookeeper().unwrap(), "Server 7is not in a group");
    }

    #[test]
    fn very_long_texts_are_cut() {
        assert_eq!(quoted("abc"), "abc");
        assert_eq!(quoted(&"é".repeat(5_000)).chars().count(), QUOTED_CHARS + 1);
    }
}
