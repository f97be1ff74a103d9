//! A configuration back as text, in a fixed order, so that reading it again gives the same.
//!
//! Source: `java.util.Properties`, saveConvert, less eager: only what would read differently is
//! escaped. `QuorumMaj.java`, `QuorumHierarchical.java`, toString.

use core::fmt;

use super::{Key, ZooCfg};
use crate::protocol::config::QuorumSpec;

impl fmt::Display for ZooCfg {
    /// Known keys in the order of the table, then the others, servers, groups, weights, version.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (key, value) in &self.settings {
            write_line(f, key.name(), &value.to_string())?;
        }
        for (key, value) in &self.others {
            write_line(f, key, value)?;
        }
        self.fmt_members(f)?;
        match self.version {
            Some(version) => write_line(f, "version", &hex(version)),
            None => Ok(()),
        }
    }
}

impl ZooCfg {
    /// The configuration text servers exchange: members, groups, weights and version.
    pub fn quorum_text(&self) -> String {
        struct Members<'a>(&'a ZooCfg);
        impl fmt::Display for Members<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt_members(f)
            }
        }
        format!("{}version={:x}", Members(self), self.version())
    }

    /// The value of `key` as it is printed, if it was given.
    pub fn printed(&self, key: Key) -> Option<String> {
        self.given(key).map(ToString::to_string)
    }

    fn fmt_members(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sid, line) in &self.servers {
            write_line(f, &format!("server.{sid}"), &line.to_string())?;
        }
        let QuorumSpec::Hierarchical { groups, weights } = &self.quorum else {
            return Ok(());
        };
        for (group, sids) in groups {
            let sids: Vec<_> = sids.iter().map(ToString::to_string).collect();
            write_line(f, &format!("group.{group}"), &sids.join(":"))?;
        }
        for (sid, weight) in weights {
            write_line(f, &format!("weight.{sid}"), &weight.to_string())?;
        }
        Ok(())
    }
}

/// Signed hexadecimal, as `Long.parseLong(text, 16)` takes it.
fn hex(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:x}", number.unsigned_abs())
}

fn write_line(f: &mut fmt::Formatter<'_>, key: &str, value: &str) -> fmt::Result {
    for (n, c) in key.chars().enumerate() {
        match c {
            '=' | ':' | ' ' => write!(f, "\\{c}")?,
            '#' | '!' if n == 0 => write!(f, "\\{c}")?,
            _ => write_escaped(f, c)?,
        }
    }
    f.write_str("=")?;
    for c in value.chars() {
        write_escaped(f, c)?;
    }
    f.write_str("\n")
}

fn write_escaped(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '\\' => f.write_str("\\\\"),
        '\t' => f.write_str("\\t"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        c if c.is_control() || c == '\u{feff}' => write!(f, "\\u{:04x}", u32::from(c)),
        c => fmt::Write::write_char(f, c),
    }
}
