//! Every problem of a `zoo.cfg` has a text in every language, from the same arguments.

use super::*;
use crate::base::json::{self, Kind};
use crate::base::text::fill;
use crate::scenario::{self, zoo_cfg::Problem};

/// One of each, in the order of the table, with values that no text contains.
#[expect(clippy::too_many_lines, reason = "a list, one entry for each problem")]
fn one_of_each() -> Vec<Problem> {
    vec![
        Problem::TooLong {
            bytes: 71,
            limit: 72,
        },
        Problem::NotText {
            code: "<code>".into(),
        },
        Problem::MalformedEscape {},
        Problem::ByteOrderMark {},
        Problem::Repeated {
            key: "<key>".into(),
            earlier: 72,
        },
        Problem::UnknownKey {
            key: "<key>".into(),
        },
        Problem::MisspeltKey {
            key: "<key>".into(),
            meant: "<meant>".into(),
        },
        Problem::NotANumber {
            key: "<key>".into(),
            value: "<value>".into(),
        },
        Problem::NotABoolean {
            key: "<key>".into(),
            value: "<value>".into(),
        },
        Problem::FallsBack {
            key: "<key>".into(),
            value: "<value>".into(),
            default: "<default>".into(),
        },
        Problem::Raised {
            key: "<key>".into(),
            value: 72,
            least: 73,
        },
        Problem::PortOutOfRange { port: 71 },
        Problem::UnrecognisedRole {
            role: "<role>".into(),
        },
        Problem::RemovedElectionAlg {
            value: "<value>".into(),
        },
        Problem::UnknownElectionAlg {
            value: "<value>".into(),
            known: "<known>".into(),
        },
        Problem::WrongForm {
            value: "<value>".into(),
        },
        Problem::AddressUnresolved {
            host: "<host>".into(),
            port: "<port>".into(),
        },
        Problem::SamePorts { sid: 71, port: 72 },
        Problem::MultiAddressDisabled { sid: 71 },
        Problem::RolesDiffer {
            role: "<role>".into(),
        },
        Problem::BracketOpen {
            text: "<text>".into(),
        },
        Problem::NoPortAfterColon {
            text: "<text>".into(),
        },
        Problem::InSeveralGroups { sid: 71 },
        Problem::InNoGroup { sid: 71 },
        Problem::StrangerWithoutWeight { sid: 71, group: 72 },
        Problem::BelongsInDynamicFile {
            key: "<key>".into(),
        },
        Problem::UnrecognisedParameter {
            key: "<key>".into(),
        },
        Problem::VersionInside {},
        Problem::DynamicFileElsewhere {
            path: "<path>".into(),
        },
        Problem::NotSet {
            key: "<key>".into(),
        },
        Problem::Assumed {
            key: "<key>".into(),
            value: "<value>".into(),
        },
        Problem::AddressWithoutPort {
            address: "<address>".into(),
            port: "<port>".into(),
        },
        Problem::SessionLimitsCross { min: 71, max: 72 },
        Problem::NobodyVotes {},
        Problem::ObserversWithoutParticipants {},
        Problem::ObserversWithoutQuorum {},
        Problem::ClientAddressDiffers {
            sid: 71,
            own: "<own>".into(),
            listed: "<listed>".into(),
        },
        Problem::SecureAddressDiffers {
            sid: 71,
            own: "<own>".into(),
            listed: "<listed>".into(),
        },
        Problem::MyIdMissing {},
        Problem::MyIdNotANumber {
            text: "<text>".into(),
        },
        Problem::MyIdNotListed { sid: 71 },
        Problem::PeerTypeDiffers {
            listed: "<listed>".into(),
        },
        Problem::OneServer {},
        Problem::NoFailureTolerated {},
        Problem::EvenNumber { count: 71 },
        Problem::NoServers {},
        Problem::TooManyServers {
            count: 71,
            limit: 72,
        },
        Problem::OutOfRange {
            key: "<key>".into(),
            value: 72,
            least: 73,
            most: 74,
        },
        Problem::ClientPortOverruled {
            sid: 71,
            listed: "<listed>".into(),
        },
    ]
}

/// Every kind of problem in JSON, also those of scenarios alone.
fn of_json() -> impl Iterator<Item = &'static Kind> {
    json::KINDS.iter().chain(scenario::KINDS).copied()
}

fn key_of(problem: &Problem) -> String {
    format!("problem-{}", problem.key())
}

fn said(texts: &Texts, problem: &Problem) -> String {
    let args = problem.args().into_iter();
    let args = args.map(|(name, value)| (name, value.into())).collect();
    texts.with(&key_of(problem), &args)
}

#[test]
fn the_samples_are_one_of_each_problem() {
    let samples = one_of_each();
    let keys: Vec<&str> = samples.iter().map(Problem::key).collect();
    assert_eq!(keys, Problem::KEYS);
}

#[test]
fn every_problem_has_a_text_in_every_language_with_exactly_its_arguments() {
    for language in Language::ALL {
        let mut entries = entries(language);
        for problem in one_of_each() {
            let key = key_of(&problem);
            let variables = entries.remove(&key);
            let arguments = problem.args().into_iter();
            let arguments = arguments.map(|(name, _)| String::from(name)).collect();
            assert_eq!(variables, Some(arguments), "{language:?}: {key}");
        }
        for kind in of_json() {
            let key = format!("problem-{}", kind.key);
            let names = kind.english.split('{').skip(1);
            let names = names.filter_map(|part| Some(String::from(part.split_once('}')?.0)));
            assert_eq!(
                entries.remove(&key),
                Some(names.collect()),
                "{language:?}: {key}"
            );
        }
        let mut left = entries.keys().filter(|key| key.starts_with("problem-"));
        assert_eq!(left.next(), None, "{language:?}: nobody says it");
    }
}

#[test]
fn the_english_of_the_page_is_the_english_of_the_reader() {
    let texts = Texts::new(Language::En);
    for problem in one_of_each() {
        assert_eq!(said(&texts, &problem), problem.to_string());
    }
    for kind in of_json() {
        let names = kind.english.split(['{', '}']).skip(1).step_by(2);
        let args: Vec<_> = names.map(|name| (name, format!("<{name}>"))).collect();
        let given = args
            .iter()
            .map(|(name, value)| (*name, value.clone().into()));
        let key = format!("problem-{}", kind.key);
        assert_eq!(
            texts.with(&key, &given.collect()),
            fill(kind.english, &args)
        );
    }
}

#[test]
fn chinese_is_chinese_and_repeats_every_argument() {
    let texts = Texts::new(Language::Zh);
    for problem in one_of_each() {
        let said = said(&texts, &problem);
        let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(said.contains(is_cjk), "{said}");
        for (name, value) in problem.args() {
            assert!(said.contains(&value), "{name} is missing: {said}");
        }
    }
}
