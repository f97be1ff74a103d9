//! Claims about whole texts: what is read, what is refused and where, and that printing loses
//! nothing.

use super::*;
use crate::protocol::LearnerType;

#[cfg(not(target_arch = "wasm32"))]
mod properties;
mod whole;

/// The sample file, with an ensemble of five.
const FIVE: &str = "\
# The number of milliseconds of each tick
tickTime=2000
initLimit=10
syncLimit=5
dataDir=/tmp/zookeeper
clientPort=2181
server.1=zoo1:2888:3888
server.2=zoo2:2888:3888
server.3=zoo3:2888:3888
server.4=zoo4:2888:3888
server.5=zoo5:2888:3888:observer
";

fn good(text: &str) -> ZooCfg {
    ZooCfg::parse(text)
        .unwrap_or_else(|found| panic!("{}\n{found}", text.chars().take(500).collect::<String>()))
}

fn bad(text: &str) -> Diagnostics {
    match ZooCfg::parse(text) {
        Ok(cfg) => panic!("was read as\n{cfg}"),
        Err(found) => found,
    }
}

/// The errors of a text: line, column, key.
fn errors(text: &str) -> Vec<(u32, u32, &'static str)> {
    places(bad(text).errors())
}

/// The warnings of a text that is read all the same.
fn warnings(text: &str) -> Vec<(u32, u32, &'static str)> {
    places(good(text).warnings())
}

fn places(list: &[Diagnostic]) -> Vec<(u32, u32, &'static str)> {
    let place = |d: &Diagnostic| d.at.map_or((0, 0), |at| (at.line, at.column));
    list.iter()
        .map(|d| (place(d).0, place(d).1, d.problem.key()))
        .collect()
}

/// A text that lacks nothing, with further lines before its five others.
fn with(lines: &str) -> String {
    let rest =
        "dataDir=d\ninitLimit=10\nsyncLimit=5\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n";
    format!("{lines}\n{rest}")
}
