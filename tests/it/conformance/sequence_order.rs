//! Rows of kind `sequence_order`: sequential znodes in the recipes.

use serde_json::{Value, json};
use zabscope::protocol::client::{SequenceName, sequential_path};

use super::Outcome;
use super::values::{field, int_at, list_at, only, same, str_at};

pub(super) fn run(row: &Value) -> Outcome {
    if row.get("create").is_some() {
        check_created(row).into()
    } else {
        check_order(row).into()
    }
}

fn check_created(row: &Value) -> Result<(), String> {
    let create = field(row, "create")?;
    only(create, &["path", "childrenEverCreated"])?;
    let creates = i32::try_from(int_at(create, "childrenEverCreated")?);
    let creates = creates.map_err(|error| error.to_string())?;
    let found = sequential_path(str_at(create, "path")?, creates);
    let expect = field(row, "expect")?;
    only(expect, &["created"])?;
    same("created", &str_at(expect, "created")?.to_owned(), &found)
}

fn check_order(row: &Value) -> Result<(), String> {
    let names = list_at(row, "names")?;
    let mut names: Vec<SequenceName<'_>> = names
        .iter()
        .filter_map(Value::as_str)
        .map(SequenceName::of)
        .collect();
    names.sort_unstable();
    let found: Vec<Value> = names
        .iter()
        .map(|n| json!({"name": n.name, "prefix": n.prefix, "sequence": n.sequence}))
        .collect();
    let expect = field(row, "expect")?;
    only(expect, &["sorted"])?;
    same("sorted", list_at(expect, "sorted")?, &found)
}
