//! The examples of `docs/scenario.md`: every one is read and run, and every fault has one.
//! What is no scenario is an error and never a panic.

use std::collections::BTreeSet;

use zabscope::base::Micros;
use zabscope::run::Run;
use zabscope::scenario::Scenario;
use zabscope::sim::{CATALOGUE, Command};

const DOC: &str = include_str!("../../docs/scenario.md");

fn examples() -> Vec<&'static str> {
    let blocks = DOC.split("```json\n").skip(1);
    blocks
        .map(|rest| rest.split("```").next().expect("a block has an end"))
        .collect()
}

#[test]
fn every_example_is_read_written_and_run() {
    for text in examples() {
        let scenario = Scenario::from_json(text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
        assert_eq!(
            Scenario::from_json(&scenario.to_json()).as_ref(),
            Ok(&scenario)
        );
        let mut run = Run::new(scenario, 1);
        run.advance_to(Micros::from_ms(14_000));
        assert!(run.steps() > 100, "{text}");
        assert!(run.violations().is_empty(), "{text}");
    }
}

#[test]
fn every_fault_has_an_example_with_all_its_parameters() {
    let mut shown = BTreeSet::new();
    for text in examples().into_iter().skip(1) {
        let scenario = Scenario::from_json(text).expect("read by the other test");
        for timed in &scenario.commands {
            let Command::Inject { fault } = &timed.command else {
                continue;
            };
            for parameter in fault.kind().parameters {
                assert!(text.contains(&format!("\"{}\"", parameter.name)), "{text}");
            }
            shown.insert(fault.kind().key);
        }
    }
    let all: BTreeSet<_> = CATALOGUE.iter().map(|kind| kind.key).collect();
    assert_eq!(shown, all);
}

#[test]
fn every_command_for_clients_and_every_workload_has_an_example() {
    let all = examples().concat();
    for command in [
        "addClient",
        "killClient",
        "pauseClient",
        "resumeClient",
        "disconnectClient",
        "closeClient",
        "request",
    ] {
        assert!(all.contains(&format!("\"do\": \"{command}\"")), "{command}");
        assert!(DOC.contains(&format!("### {command}\n")), "{command}");
    }
    for workload in [
        "mix",
        "noHerd",
        "lock",
        "controller",
        "closed",
        "open",
        "bursts",
    ] {
        assert!(
            all.contains(&format!("\"type\": \"{workload}\"")),
            "{workload}"
        );
    }
}

#[test]
fn what_is_wrong_with_clients_is_said_with_its_place() {
    let text = |fields: &str| first_with("\"seed\"", &format!("{fields}, \"seed\""));
    let command = |of: &str| {
        let commands = format!("\"clients\": [{{}}], \"commands\": [{{\"atUs\": 5, {of}}}");
        first_with("\"commands\": [", &format!("{commands},"))
    };
    for (text, said) in [
        (
            text("\"clients\": [{\"hosts\": [1, 9]}]"),
            "clients[0].hosts[1]: there is no server 9",
        ),
        (
            text("\"clients\": [{\"workload\": {\"type\": \"noHerd\", \"root\": \"e\"}}]"),
            "clients[0].workload.root: this is no path of a znode: Path must start with /",
        ),
        (
            text("\"clients\": [{\"timeout\": 5}]"),
            "clients[0]: there is no field \"timeout\"",
        ),
        (
            text("\"clients\": [{\"host\": 5}]"),
            "clients[0].host: this must be a text",
        ),
        (
            command(
                "\"command\": {\"do\": \"inject\", \"fault\": \
                 {\"type\": \"cutClient\", \"id\": 1, \"sid\": 2}}",
            ),
            "commands[0].command.fault.id: there is no client 1: 1 are given or added",
        ),
        (
            command(
                "\"command\": {\"do\": \"inject\", \"fault\": \
                 {\"type\": \"cutClient\", \"id\": 0, \"sid\": 2, \"direction\": \"oneWay\"}}",
            ),
            "commands[0].command.fault.direction: \"oneWay\" is not known here",
        ),
        (
            command("\"command\": {\"do\": \"killClient\", \"id\": 1}"),
            "commands[0].command.id: there is no client 1: 1 are given or added",
        ),
        (
            command("\"command\": {\"do\": \"addClient\", \"client\": {\"hosts\": [4]}}"),
            "commands[0].command.client.hosts[0]: there is no server 4",
        ),
        (
            command(
                "\"command\": {\"do\": \"request\", \"id\": 0, \
                 \"op\": {\"op\": \"delete\", \"path\": \"/a/\"}}",
            ),
            "commands[0].command.op.path: this is no path of a znode: Path must not end with /",
        ),
    ] {
        let wrong = refused(&text);
        assert!(wrong.contains(said), "{wrong}");
    }
}

fn refused(text: &str) -> String {
    Scenario::from_json(text)
        .expect_err("must be refused")
        .to_string()
}

/// The first example with one piece of its text replaced.
fn first_with(this: &str, that: &str) -> String {
    let text = examples()[0];
    assert!(text.contains(this), "{this}");
    text.replacen(this, that, 1)
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (this, that, said) in [
        ("\"version\": 1", "\"version\": 2", "version 2 is not known"),
        (
            "\"type\": \"kill\"",
            "\"type\": \"burn\"",
            "fault.type: \"burn\" is not known",
        ),
        (
            "\"kill\", \"sid\": 3",
            "\"kill\", \"sid\": 9",
            "fault.sid: there is no server 9",
        ),
        (
            "\"atUs\": 5000000",
            "\"atUs\": -5",
            "commands[0].atUs: this must be from 0",
        ),
        (
            "\"atUs\": 16000000",
            "\"atUs\": 30000001",
            "commands[3].atUs: this is after",
        ),
        (
            "\"driftPpm\": 40",
            "\"driftPpm\": 500001",
            "clocks[0].driftPpm: this must be from",
        ),
        (
            "\"sid\": 3, \"offsetMs\"",
            "\"sid\": 4, \"offsetMs\"",
            "clocks[0].sid: there is no",
        ),
        (
            "\"horizonMs\": 30000",
            "\"horizonMs\": 0",
            "horizonMs: this must be from 1",
        ),
    ] {
        let wrong = refused(&first_with(this, that));
        assert!(wrong.contains(said), "{wrong}");
        assert!(wrong.starts_with("line "), "{wrong}");
    }
}

#[test]
fn junk_of_any_size_and_depth_is_an_error_and_no_panic() {
    for junk in [
        "[".repeat(10 << 20),
        "{\"version\":".repeat(1 << 20),
        "\u{1f980}".repeat(3 << 20),
        format!("{{\"version\": {}}}", "9".repeat(5 << 20)),
        format!(
            "{{\"version\": 1, \"x\": {}1{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        ),
    ] {
        assert!(refused(&junk).len() < 500);
    }
    let text = examples()[0];
    for end in (0..text.len()).step_by(7) {
        assert!(Scenario::from_json(&text[..end]).is_err(), "cut at {end}");
    }
}
