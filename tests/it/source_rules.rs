//! Rules cited from the source, each shown by the smallest set of peers that shows it.
//!
//! The case rows say that the engine agrees with `ZooKeeper`; these say why it does what it does.
//! A test names the class and method its rule comes from where the name does not say it.

mod election_alone;
mod election_hostile;
mod election_together;
mod gossip;
mod histories;
