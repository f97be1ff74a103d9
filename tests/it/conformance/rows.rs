//! Finding and reading case rows, and the list of disputed ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A row as it stands in its file, or why the file cannot be read.
pub(super) struct Row {
    /// Names the schema; the file's name.
    pub(super) kind: String,
    /// Unique among all rows; the file where the row has none.
    pub(super) id: String,
    /// The row, or what is wrong with it.
    pub(super) body: Result<Value, String>,
}

/// The project's own rows, then those of `more` folders; each folder with its `oracle` folder.
pub(super) fn load(more: &[PathBuf]) -> Vec<Row> {
    let own = data().join("cases");
    let mut rows = Vec::new();
    for folder in std::iter::once(&own).chain(more) {
        load_folder(folder, &mut rows);
        let oracle = folder.join("oracle");
        if oracle.is_dir() {
            load_folder(&oracle, &mut rows);
        }
    }
    let mut seen = BTreeSet::new();
    for row in &mut rows {
        if !seen.insert(row.id.clone()) {
            row.body = Err("another row has the same id".to_owned());
        }
    }
    rows
}

/// What a row says besides the fields all rows have.
///
/// # Errors
/// Where a field is missing, has the wrong type, or is one the kind does not know.
pub(super) fn read<T: DeserializeOwned>(row: &Value) -> Result<T, String> {
    let mut row = row.clone();
    if let Some(fields) = row.as_object_mut() {
        for common in ["id", "kind", "source", "basis", "note"] {
            fields.remove(common);
        }
    }
    serde_json::from_value(row).map_err(|error| format!("the row cannot be read: {error}"))
}

/// Ids in `tests/data/DISPUTED.md`: the first back-quoted word of each list item that is not
/// about a recording.
pub(super) fn disputed() -> BTreeSet<String> {
    let text = fs::read_to_string(data().join("DISPUTED.md")).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
        .filter(|id| !id.starts_with("recording:"))
        .map(str::to_owned)
        .collect()
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn load_folder(folder: &Path, rows: &mut Vec<Row>) {
    let mut files = match fs::read_dir(folder) {
        Ok(entries) => entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .collect::<Vec<_>>(),
        Err(error) => return rows.push(unreadable(folder, error.to_string())),
    };
    files.sort();
    for file in files {
        load_file(&file, rows);
    }
}

fn load_file(file: &Path, rows: &mut Vec<Row>) {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return rows.push(unreadable(file, error.to_string())),
    };
    match serde_json::from_str::<Vec<Value>>(&text) {
        Ok(values) => rows.extend(values.into_iter().enumerate().map(|(n, v)| row(file, n, v))),
        Err(error) => rows.push(unreadable(file, error.to_string())),
    }
}

fn row(file: &Path, n: usize, value: Value) -> Row {
    let kind = stem(file);
    let id = value.get("id").and_then(Value::as_str).map(str::to_owned);
    let said = value.get("kind").and_then(Value::as_str);
    let body = if id.is_none() {
        Err("the row has no id".to_owned())
    } else if said != Some(kind.as_str()) {
        Err(format!("kind is {said:?} in a file of kind {kind}"))
    } else {
        Ok(value)
    };
    Row {
        id: id.unwrap_or_else(|| format!("{}[{n}]", file.display())),
        kind,
        body,
    }
}

fn unreadable(path: &Path, why: String) -> Row {
    Row {
        kind: stem(path),
        id: path.display().to_string(),
        body: Err(why),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
