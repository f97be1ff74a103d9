//! Dynamic configuration files: the server list alone, its version in the file's name.
//!
//! Source: `QuorumPeerConfig.java`, parseDynamicConfig, getVersionFromFilename.

use super::properties::quote;
use super::quorum::List;
use super::reader::{Family, Reader};
use super::{Diagnostics, Problem, Properties, ZooCfg, value};

impl ZooCfg {
    /// Reads the dynamic file called `name`: servers, groups, weights, and nothing else.
    ///
    /// Its version is the hexadecimal text after the last dot of the name, else 0.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse_dynamic(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let properties = Properties::read(text);
        let mut reader = Reader::empty(properties.found.clone());
        if properties.entries.is_empty() && !reader.found.errors().is_empty() {
            return Err(reader.found);
        }
        for entry in reader.last_of_each(&properties) {
            let at = entry.key.start();
            match Family::of(&entry.key.text) {
                Family::Server => reader.servers.push(entry),
                Family::Group => reader.groups.push(entry),
                Family::Version => reader.found.error(at, Problem::VersionInside {}),
                Family::Setting(_) | Family::Unknown => {
                    let key = quote(&entry.key);
                    let problem = Problem::UnrecognisedParameter { key };
                    reader.found.error(at, problem);
                }
            }
        }
        reader.cfg.version = name.rsplit_once('.').and_then(|(_, hex)| value::hex(hex));
        if reader.take_quorum() == List::Whole {
            reader.check_members();
        }
        reader.finish()
    }
}
