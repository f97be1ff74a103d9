//! Commands as people type them: what they print, and how they end.

use super::*;

fn typed(line: &str) -> Result<String, Stop> {
    let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    command(&words)
}

fn unusable(line: &str) -> String {
    match typed(line) {
        Err(Stop::Unusable(why)) => why,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn what_makes_no_sense_is_said_in_words() {
    assert!(unusable("").starts_with("zabscope: a ZooKeeper ensemble"));
    assert!(unusable("dance").contains("\"dance\""));
    assert!(unusable("scenario").contains("scenario check FILE"));
    assert!(unusable("run").contains("a file must be named"));
    assert!(unusable("run x.json --seeds 5..5").contains("A before B"));
    assert!(unusable("swarm --seed -1").contains("whole number"));
    assert!(unusable("swarm --seeds").contains("needs a value"));
    assert!(unusable("swarm --seed 1 more").contains("\"more\""));
    assert!(unusable("digest --speed 3").contains("--speed"));
    assert!(unusable("scenario check no-such-file.json").contains("cannot be read"));
}

#[test]
fn help_names_every_command() {
    let text = typed("help").expect("helps");
    for name in ["run", "swarm", "digest", "scenario check"] {
        assert!(text.contains(&format!("zabscope {name}")), "{name}");
    }
}

#[test]
fn a_digest_is_the_same_every_time_and_differs_by_seed() {
    let of = |seed: u64| typed(&format!("digest --until 8000 --seed {seed}")).expect("runs");
    assert_eq!(of(3), of(3));
    assert_ne!(of(3), of(4));
    assert!(of(3).starts_with("steps "), "{}", of(3));
}

#[test]
fn a_swarm_of_one_seed_says_how_it_went() {
    let text = typed("swarm --seed 0").expect("goes well");
    assert!(text.starts_with("1 seeds, 0 failed"), "{text}");
}
