//! Which pieces of a function's body never ran, and what each needs to be a function of its own.

use wasmparser::{Operator, ValType};

use crate::flow::{Flow, Value, is_noted, local};

/// A piece from a place to the end of its construct, or of one way through an `if`.
pub(crate) struct Piece {
    pub(crate) start: usize,
    /// The place before the `end` or `else` where it stops.
    pub(crate) end: usize,
    /// Locals it needs, locals it writes that are read after it, and locals only it uses.
    pub(crate) takes: Vec<usize>,
    pub(crate) gives: Vec<usize>,
    pub(crate) own: Vec<usize>,
    /// The ways out; where it runs into its end, that is the first one.
    pub(crate) exits: Vec<Exit>,
    /// The type of the value that some ways out take along.
    pub(crate) value: Option<ValType>,
}

/// A way out of a piece.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit {
    /// The construct it branches to.
    pub(crate) to: usize,
    /// Whether it leads to just after the piece's construct.
    pub(crate) is_end: bool,
    pub(crate) value: Option<ValType>,
}

/// A piece must save this many bytes, or a call costs more than it is worth; tests move more.
const WORTH: u64 = if cfg!(test) { 1 } else { 24 };

/// The largest pieces that never ran; `ran` has a word for each note of the body, of which the
/// first is at its beginning.
pub(crate) fn pieces(flow: &Flow<'_>, ran: &[bool]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut notes = ran.iter().skip(1);
    let mut done = 0;
    for (at, operator) in flow.operators.iter().enumerate() {
        // The last operator ends the body; no place follows it.
        if !is_noted(operator) || at + 1 == flow.operators.len() {
            continue;
        }
        let is_cold = notes.next() == Some(&false);
        let place = at + 1;
        if is_cold
            && place >= done
            && let Some(piece) = piece(flow, place)
            && piece.saves(flow) >= WORTH
        {
            done = piece.end;
            found.push(piece);
        }
    }
    found
}

/// The piece that begins at a place, if it can be a function.
fn piece(flow: &Flow<'_>, start: usize) -> Option<Piece> {
    let inside = flow.around[start];
    let construct = &flow.constructs[inside];
    let end = match construct.otherwise {
        Some(otherwise) if otherwise >= start => otherwise,
        _ => construct.end,
    };
    if !flow.is_reached[start] || !flow.is_empty[start] || end <= start {
        return None;
    }
    let mut exits = Vec::new();
    if flow.is_reached[end] {
        exits.push(exit(flow, inside, Some(inside))?);
    }
    let mut named = vec![false; flow.locals.len()];
    let mut written = named.clone();
    for at in start..end {
        let operator = &flow.operators[at];
        if let Some((local, is_read)) = local(operator) {
            named[local] = true;
            written[local] |= !is_read;
        }
        for to in branches(flow, at)? {
            // A construct that begins in the piece ends in it, too.
            if flow.constructs[to].start > start {
                continue;
            }
            let out = exit(
                flow,
                to,
                (to == inside && !construct.is_loop).then_some(inside),
            )?;
            if !exits.contains(&out) {
                exits.push(out);
            }
        }
    }
    let mut values = exits.iter().filter_map(|exit| exit.value);
    let value = values.next();
    if values.any(|other| Some(other) != value) {
        return None;
    }
    let named = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        (0..named.len())
            .filter(|at| named[*at] && wanted(*at))
            .collect()
    };
    let is_read_after = |at: usize| {
        exits.iter().any(|exit| {
            if exit.is_end {
                flow.is_live(construct.end + 1, at)
            } else {
                flow.is_live_at_label(exit.to, at)
            }
        })
    };
    let gives = named(&|at| written[at] && is_read_after(at));
    let takes = named(&|at| flow.is_live(start, at));
    let own = named(&|at| !takes.contains(&at));
    Some(Piece {
        start,
        end,
        takes,
        gives,
        own,
        exits,
        value,
    })
}

/// A way out to a construct; `None` where it takes along more than one value.
fn exit(flow: &Flow<'_>, to: usize, end_of: Option<usize>) -> Option<Exit> {
    let construct = &flow.constructs[to];
    let is_end = end_of.is_some();
    let value = match construct.result {
        Value::Other => return None,
        Value::One(value) if is_end || !construct.is_loop => Some(value),
        _ => None,
    };
    Some(Exit { to, is_end, value })
}

/// The constructs an operator may branch to; `None` for what we do not know how to move.
pub(crate) fn branches(flow: &Flow<'_>, at: usize) -> Option<Vec<usize>> {
    Some(match &flow.operators[at] {
        Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
            vec![flow.label(at, *relative_depth)]
        }
        Operator::BrTable { targets } => {
            let all = targets.targets().flatten().chain([targets.default()]);
            all.map(|depth| flow.label(at, depth)).collect()
        }
        Operator::Return => vec![0],
        Operator::ReturnCall { .. }
        | Operator::ReturnCallIndirect { .. }
        | Operator::TryTable { .. }
        | Operator::BrOnNull { .. }
        | Operator::BrOnNonNull { .. } => return None,
        _ => Vec::new(),
    })
}

impl Piece {
    /// About how many bytes the body loses, without what the call in its place takes.
    fn saves(&self, flow: &Flow<'_>) -> u64 {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let size = flow.bytes[self.end] - flow.bytes[self.start];
        // A call and its gate, an operator for each local, and finding the way out.
        let call = 14 + 4 * count(self.takes.len()) + 2 * count(self.gives.len());
        let ways = match (self.exits.len(), self.value) {
            (0 | 1, _) => 2,
            (ways, None) => 2 + count(ways),
            (ways, Some(_)) => 4 + 9 * count(ways),
        };
        size.saturating_sub(call + ways)
    }
}
