//! What a server's disk holds when a scenario begins, as it is written in JSON:
//! `{ "sid": 1, "epoch": 6, "lastZxid": "0x60000003c" }`.
//!
//! A server without one starts empty, as a freshly installed one does.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::protocol::{Durable, Epoch, Sid, Zxid};

/// The history a server has behind it: both epoch files, and a log that ends with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disk {
    /// The server.
    pub sid: Sid,
    /// acceptedEpoch and currentEpoch.
    pub epoch: Epoch,
    /// The last transaction of its log, as `ZooKeeper` writes it: `0x60000003c`.
    #[serde(serialize_with = "write_zxid", deserialize_with = "read_zxid")]
    pub last_zxid: Zxid,
}

impl Disk {
    /// True where a server can start from it: the log is not of a later epoch than the files say.
    pub(super) fn is_consistent(&self) -> bool {
        let of_log = self.last_zxid.epoch();
        Epoch(0) <= of_log && of_log <= self.epoch && !self.last_zxid.is_new_epoch()
    }

    /// The same for the world.
    pub(super) const fn durable(&self) -> Durable {
        Durable::with_log(self.epoch, self.last_zxid)
    }
}

// The lint's limit depends on the word size.
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )
)]
fn write_zxid<S: Serializer>(zxid: &Zxid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(zxid)
}

fn read_zxid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Zxid, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_hex =
        |digits: &&str| digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = text.strip_prefix("0x").filter(is_hex);
    digits
        .and_then(|digits| i64::from_str_radix(digits, 16).ok())
        .map(Zxid)
        .ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"a zxid such as \"0x60000003c\"",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_reads_as_it_is_written() {
        let text = r#"{"sid":1,"epoch":6,"lastZxid":"0x60000003c"}"#;
        let disk: Disk = serde_json::from_str(text).expect("parses");
        assert_eq!(disk.last_zxid, Zxid::make(Epoch(6), 60));
        assert_eq!(serde_json::to_string(&disk).expect("writes"), text);
        assert!(disk.is_consistent() && disk.durable().load().is_ok());
    }

    #[test]
    fn what_is_no_zxid_is_refused_in_words() {
        for text in ["60", "0x", "0xg", "0x-1", "0x1111111111111111"] {
            let json = format!(r#"{{"sid":1,"epoch":6,"lastZxid":"{text}"}}"#);
            let error = serde_json::from_str::<Disk>(&json)
                .expect_err(text)
                .to_string();
            assert!(error.contains("a zxid such as"), "{error}");
        }
    }

    #[test]
    fn a_log_of_a_later_epoch_is_inconsistent() {
        let disk = |epoch, last_zxid| Disk {
            sid: Sid(1),
            epoch: Epoch(epoch),
            last_zxid,
        };
        assert!(!disk(5, Zxid::make(Epoch(6), 60)).is_consistent());
        assert!(!disk(6, Zxid::make(Epoch(6), 0)).is_consistent());
        assert!(disk(7, Zxid::make(Epoch(6), 60)).is_consistent());
    }
}
