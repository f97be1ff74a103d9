//! Maps whose keys are not strings, written as lists of pairs so that JSON can hold them.
//!
//! For `#[serde(with = "pairs")]` on the field of a map of whatever kind.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the map as `[[key, value], …]`, ascending.
pub(super) fn serialize<'a, M, S>(map: &'a M, serializer: S) -> Result<S::Ok, S::Error>
where
    &'a M: IntoIterator<Item: Serialize>,
    S: Serializer,
{
    serializer.collect_seq(map)
}

/// Reads what [`serialize`] wrote; a key given twice keeps its last value.
pub(super) fn deserialize<'de, K, V, M, D>(deserializer: D) -> Result<M, D::Error>
where
    K: Deserialize<'de>,
    V: Deserialize<'de>,
    M: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
    D: Deserializer<'de>,
{
    Ok(Vec::<(K, V)>::deserialize(deserializer)?
        .into_iter()
        .collect())
}
