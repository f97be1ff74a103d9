//! Paths of znodes: what is one, and how it divides into parent and name.
//!
//! Source: `PathUtils.java, validatePath`; `DataTree.java`.

use core::fmt;

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathFault {
    /// Nothing at all.
    Empty,
    /// Its first character is another than `/`.
    NotAbsolute,
    /// It ends with `/` and is longer than that.
    TrailingSlash,
    /// A character or component is not allowed.
    Invalid {
        /// The whole path.
        path: String,
        /// What is wrong.
        reason: &'static str,
        /// The character's index in UTF-16 units, the leading `/` being 0.
        at: usize,
    },
}

impl fmt::Display for PathFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Path length must be > 0"),
            Self::NotAbsolute => f.write_str("Path must start with / character"),
            Self::TrailingSlash => f.write_str("Path must not end with / character"),
            Self::Invalid { path, reason, at } => {
                write!(f, "Invalid path string \"{path}\" caused by {reason} @{at}")
            }
        }
    }
}

/// Checks a path as clients and the leader's prep stage do.
///
/// # Errors
/// The first fault in the order `ZooKeeper` finds them.
pub fn validate(path: &str) -> Result<(), PathFault> {
    let units: Vec<u16> = path.encode_utf16().collect();
    match units.split_first() {
        None => return Err(PathFault::Empty),
        Some((first, _)) if *first != SLASH => return Err(PathFault::NotAbsolute),
        Some((_, [])) => return Ok(()),
        Some((_, rest)) if rest.last() == Some(&SLASH) => return Err(PathFault::TrailingSlash),
        Some(_) => {}
    }
    let mut before = [SLASH; 2];
    for (at, &unit) in units.iter().enumerate().skip(1) {
        let next = units.get(at + 1).copied().unwrap_or(SLASH);
        if let Some(reason) = unit_fault(unit, before, next) {
            let path = path.to_owned();
            return Err(PathFault::Invalid { path, reason, at });
        }
        before = [before[1], unit];
    }
    Ok(())
}

const SLASH: u16 = b'/' as u16;
const DOT: u16 = b'.' as u16;

/// What is wrong with a character between the two before it and the next; a path's end is a slash.
fn unit_fault(unit: u16, [second, last]: [u16; 2], next: u16) -> Option<&'static str> {
    match unit {
        0 => Some("null character not allowed"),
        SLASH if last == SLASH => Some("empty node name specified"),
        DOT if next == SLASH && (last == SLASH || (last == DOT && second == SLASH)) => {
            Some("relative paths not allowed")
        }
        // Surrogates count as invalid too: a path has no character beyond the first plane.
        0x1..=0x1f | 0x7f..=0x9f | 0xd800..=0xf8ff | 0xfff0..=0xffff => Some("invalid character"),
        _ => None,
    }
}

/// Parent and name of a path other than `/`; `None` for `/` and what has no `/`.
pub fn split(path: &str) -> Option<(&str, &str)> {
    let (parent, name) = path.rsplit_once('/')?;
    if name.is_empty() {
        return None;
    }
    Some((if parent.is_empty() { "/" } else { parent }, name))
}

/// The path of the child `name` of `parent`.
pub fn child(parent: &str, name: &str) -> String {
    let slash = if parent == "/" { "" } else { "/" };
    [parent, slash, name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_divides_into_parent_and_name() {
        assert_eq!(split("/a"), Some(("/", "a")));
        assert_eq!(split("/a/b"), Some(("/a", "b")));
        assert_eq!(split("/"), None);
        assert_eq!(split("a"), None);
        for path in ["/a", "/a/b"] {
            let (parent, name) = split(path).expect("has a parent");
            assert_eq!(child(parent, name), path);
        }
    }

    #[test]
    fn faults_are_those_clients_are_told() {
        let fault = |path| validate(path).expect_err(path).to_string();
        assert_eq!(fault(""), "Path length must be > 0");
        assert_eq!(fault("a"), "Path must start with / character");
        assert_eq!(fault("/a/"), "Path must not end with / character");
        assert_eq!(
            fault("/a/./b"),
            "Invalid path string \"/a/./b\" caused by relative paths not allowed @3"
        );
        assert!(fault("/a//b").ends_with("empty node name specified @3"));
        assert!(fault("/a/..").ends_with("relative paths not allowed @4"));
        assert!(fault("/\u{1}").ends_with("invalid character @1"));
    }

    #[test]
    fn dots_within_a_name_are_no_fault() {
        for path in ["/", "/a", "/.a", "/..a", "/a.", "/a..", "/...", "/a./b"] {
            assert_eq!(validate(path), Ok(()), "{path}");
        }
    }
}
