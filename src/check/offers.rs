//! Elections and locks among clients: of the offers at any moment exactly one is the first.
//!
//! So it is where numbers are given once and grow. What a client believes may lag behind.

use std::sync::Arc;

use super::{Broken, Invariant, Property, Seen};
use crate::base::{Map, Set};
use crate::protocol::client::ClientNote;
use crate::protocol::{Op, TxnBody, Zxid, path};

/// R1: the last number given below each znode where clients make offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    roots: Set<Arc<str>>,
    last: Map<Arc<str>, i64>,
}

impl Offers {
    /// How many roots are remembered.
    const ROOTS: usize = 256;

    fn apply(&mut self, body: &TxnBody, zxid: Zxid) -> Result<(), Broken> {
        match body {
            TxnBody::Create {
                path,
                is_ephemeral: true,
                ..
            } => {
                let Some((root, number)) = numbered(path) else {
                    return Ok(());
                };
                if !self.roots.contains(&Arc::from(root)) {
                    return Ok(());
                }
                let before = self.last.insert(Arc::from(root), number);
                if let Some(before) = before.filter(|before| *before >= number) {
                    let text = "{z} makes an offer of number {} after {}";
                    return Err(Broken::of(&[], text, &[zxid.0, number, before]));
                }
            }
            TxnBody::Delete { path } => {
                self.last.remove(path);
            }
            TxnBody::Multi(parts) => {
                if !parts.iter().any(|part| matches!(part, TxnBody::Error(_))) {
                    return parts.iter().try_for_each(|part| self.apply(part, zxid));
                }
            }
            TxnBody::Create { .. }
            | TxnBody::CreateSession { .. }
            | TxnBody::CloseSession { .. }
            | TxnBody::SetData { .. }
            | TxnBody::Check { .. }
            | TxnBody::Error(_) => {}
        }
        Ok(())
    }
}

/// The parent and the number of a sequential znode.
fn numbered(path: &str) -> Option<(&str, i64)> {
    let (parent, name) = path::split(path)?;
    let digits = name.get(name.len().checked_sub(10)?..)?;
    Some((parent, digits.parse().ok()?))
}

impl Invariant for Offers {
    const PROPERTY: Property = Property {
        key: "offers",
        names: "R1",
    };

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Broken> {
        for note in &seen.step.told {
            if let ClientNote::Called {
                op: Op::Create { path, mode, .. },
                ..
            } = note
                && mode.is_ephemeral()
                && mode.is_sequential()
                && self.roots.len() < Self::ROOTS
                && let Some((root, _)) = path::split(path)
            {
                self.roots.insert(Arc::from(root));
            }
        }
        let mut agreed = seen.agreed().iter();
        agreed.try_for_each(|txn| self.apply(&txn.body, txn.zxid))
    }
}

#[cfg(test)]
mod tests {
    use super::super::kit::{Scene, at, called, create};
    use super::*;
    use crate::protocol::CreateMode;

    #[test]
    fn a_number_that_does_not_grow_breaks_it() {
        let mut scene = Scene::new(3, 0);
        let check = &mut Offers::default();
        scene.leads(check, (1, 1), &[]).expect("leads");
        let op = Op::Create {
            path: "/e/n_".into(),
            data: "".into(),
            mode: CreateMode::EphemeralSequential,
        };
        let step = scene.told(1, vec![called(1, op)]);
        scene.show(check, &step).expect("fine");
        let offers = [
            ("/e", 0, true),
            ("/e/n_0000000003", 7, true),
            ("/e/n_0000000005", 8, true),
            ("/e/n_0000000005x", 8, true),
            ("/f/n_0000000001", 8, true),
            ("/e/x-0000000005", 9, false),
        ];
        for (n, (path, owner, fine)) in (1..).zip(offers) {
            let txn = create(at(1, n), owner, path);
            assert_eq!(scene.commits(check, 1, &txn).is_ok(), fine, "{path}");
        }
    }
}
