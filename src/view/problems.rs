//! What is wrong with a text somebody gave, in the reader's language: `zoo.cfg`, scenario, command.

use super::texts::{Args, Texts};
use crate::base::json;
use crate::base::text::Position;
use crate::scenario::ScenarioError;
use crate::scenario::zoo_cfg::{Diagnostic, Diagnostics, Problem};

/// The text of a problem, by its own key and arguments.
fn said(texts: &Texts, key: &str, args: Vec<(&'static str, String)>) -> String {
    let mut values = Args::with_capacity(args.len());
    for (name, value) in args {
        values.push((name, value.into()));
    }
    texts.with(&format!("problem-{key}"), &values)
}

/// What is wrong in a `zoo.cfg`, without its place and without `ZooKeeper`'s message, which people
/// search for letter for letter.
pub fn zoo_cfg(texts: &Texts, problem: &Problem) -> String {
    said(texts, problem.key(), problem.args())
}

/// What is wrong in JSON, with its path: `fault.sid: this must be a whole number`.
pub fn in_json(texts: &Texts, problem: &json::Problem) -> String {
    let what = said(texts, problem.kind.key, problem.args.clone());
    if problem.path.is_empty() {
        what
    } else {
        before(texts, problem.path.clone(), what)
    }
}

/// Why a text is no scenario, with line and column.
pub fn in_scenario(texts: &Texts, error: &ScenarioError) -> String {
    match error {
        ScenarioError::Json(problem) => {
            before(texts, place(texts, problem.at), in_json(texts, problem))
        }
        ScenarioError::ZooCfg(found) => {
            before(texts, String::from("zooCfg"), in_zoo_cfg(texts, found))
        }
    }
}

/// Why a text is no `zoo.cfg`: a line for each error.
pub fn in_zoo_cfg(texts: &Texts, found: &Diagnostics) -> String {
    let mut out = String::new();
    for error in found.errors() {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&in_line(texts, error));
    }
    out
}

fn in_line(texts: &Texts, found: &Diagnostic) -> String {
    let what = zoo_cfg(texts, &found.problem);
    match found.at {
        Some(at) => before(texts, place(texts, at), what),
        None => what,
    }
}

/// `line 2, column 3`.
pub fn place(texts: &Texts, at: Position) -> String {
    let args = vec![("line", at.line.into()), ("column", at.column.into())];
    texts.with("config-place", &args)
}

fn before(texts: &Texts, place: String, what: String) -> String {
    let args = vec![("place", place.into()), ("what", what.into())];
    texts.with("at-place", &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, ZooCfg};
    use crate::view::Language;

    #[test]
    fn a_scenario_is_refused_in_both_languages_with_its_place() {
        let text = "{\"version\": 1,\n \"zooCfg\": \"server.1=a:1:2\", \"seed\": -1}";
        let error = Scenario::from_json(text).expect_err("a seed is not negative");
        assert_eq!(
            in_scenario(&Texts::new(Language::En), &error),
            error.to_string()
        );
        assert_eq!(
            in_scenario(&Texts::new(Language::Zh), &error),
            "第 2 行，第 38 列：seed：这里必须在 0 到 18446744073709551615 之间，而不是 -1"
        );
    }

    #[test]
    fn a_configuration_inside_is_refused_with_its_own_place() {
        let text = "{\"version\": 1, \"zooCfg\": \"\\nserver.1=a\"}";
        let error = Scenario::from_json(text).expect_err("no ports");
        let said = in_scenario(&Texts::new(Language::En), &error);
        assert!(
            said.starts_with("zooCfg: line 2, column 10: a server is written"),
            "{said}"
        );
        let found = ZooCfg::parse("initLimit=x\nsyncLimit=y\n").expect_err("no numbers");
        let said = in_zoo_cfg(&Texts::new(Language::Zh), &found);
        assert!(said.starts_with("第 1 行，第 11 列：initLimit"), "{said}");
        assert_eq!(said.lines().count(), found.errors().len());
    }
}
