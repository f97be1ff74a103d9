//! Claims about clients in JSON: everything is read as it was written, and what is wrong has a
//! place.

use super::*;
use crate::base::json::Document;

fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut out = Writer::compact();
    write(&mut out);
    out.finish()
}

fn read(text: &str) -> Result<ClientSpec, String> {
    let document = Document::parse(text, 10_000).expect("JSON");
    ClientSpec::read(&document.root())
        .map_err(|problem| format!("{}: {}", problem.path, problem.message()))
}

fn read_as_op(text: &str) -> Result<Op, String> {
    let document = Document::parse(text, 10_000).expect("JSON");
    read_op(&document.root()).map_err(|problem| format!("{}: {}", problem.path, problem.message()))
}

fn path() -> Arc<str> {
    Arc::from("/a")
}

fn workloads() -> Vec<Workload> {
    let mut workloads = vec![Workload::Idle];
    let (think, every) = (Micros::from_ms(5), Micros::from_ms(7));
    for pace in [
        Pace::Closed {
            think,
            outstanding: 3,
        },
        Pace::Open { every },
        Pace::Bursts { size: 9, every },
    ] {
        for root in [None, Some(path())] {
            workloads.push(Workload::Mix {
                root,
                write_percent: 40,
                paths: 8,
                pace,
            });
        }
    }
    let (root, path) = (path(), path());
    for (recipe, hold) in [
        (
            Recipe::NoHerd {
                root: Arc::clone(&root),
            },
            None,
        ),
        (
            Recipe::Lock {
                root: Arc::clone(&root),
            },
            None,
        ),
        (Recipe::Lock { root }, Some(think)),
        (Recipe::Controller { path }, None),
    ] {
        workloads.push(Workload::Follow { recipe, hold });
    }
    workloads
}

#[test]
fn every_client_is_read_as_it_was_written() {
    for workload in workloads() {
        for (_, profile) in PROFILES {
            let spec = ClientSpec {
                profile,
                hosts: vec![crate::protocol::Sid(3), crate::protocol::Sid(1)],
                host: Some(Arc::from("app1")),
                timeout_ms: 9_000,
                workload: workload.clone(),
                start: Micros::from_ms(1_500),
                reopen: Some(Micros::ZERO),
                resume: Some(Resume {
                    of: ClientId(4),
                    password: Shown::Wrong,
                    last_zxid: Zxid(0x7_0000_0009),
                }),
            };
            let text = written(|out| spec.write(out));
            assert_eq!(read(&text), Ok(spec), "{text}");
        }
    }
    let spec = ClientSpec::default();
    assert_eq!(read("{}"), Ok(spec.clone()));
    assert_eq!(read(&written(|out| spec.write(out))), Ok(spec));
}

#[test]
fn every_operation_is_read_as_it_was_written() {
    let (version, watch) = (7, true);
    let data: Arc<str> = Arc::from("\"x\"\n");
    let mut ops = Vec::new();
    for (_, mode) in MODES {
        let (path, data) = (path(), Arc::clone(&data));
        ops.push(Op::Create { path, data, mode });
    }
    ops.extend([
        Op::Delete {
            path: path(),
            version,
        },
        Op::SetData {
            path: path(),
            data,
            version,
        },
        Op::Check {
            path: path(),
            version,
        },
    ]);
    ops.push(Op::Multi(ops.clone()));
    ops.extend([
        Op::GetData {
            path: path(),
            watch,
        },
        Op::Exists {
            path: path(),
            watch,
        },
        Op::GetChildren {
            path: path(),
            watch,
        },
        Op::Sync { path: path() },
    ]);
    for op in ops {
        let text = written(|out| write_op(&op, out));
        assert_eq!(read_as_op(&text), Ok(op), "{text}");
    }
    let text = "{\"op\": \"setData\", \"path\": \"/a\"}";
    let (data, version) = (Arc::from(""), -1);
    let bare = Op::SetData {
        path: path(),
        data,
        version,
    };
    assert_eq!(read_as_op(text), Ok(bare));
}

#[test]
fn what_is_wrong_with_a_client_has_a_place() {
    for (text, said) in [
        ("{\"profile\": \"jav\"}", "profile: \"jav\" is not known"),
        ("{\"hosts\": [1, \"2\"]}", "hosts[1]: this must be a whole"),
        ("{\"timeoutMs\": -1}", "timeoutMs: this must be from 0"),
        ("{\"resume\": {}}", "resume: the field \"of\" is missing"),
        (
            "{\"resume\": {\"of\": 0, \"lastZxid\": \"9\"}}",
            "resume.lastZxid: this must be a number such as",
        ),
        ("{\"startMs\": -1}", "startMs: this must be from 0"),
        (
            "{\"workload\": {}}",
            "workload: the field \"type\" is missing",
        ),
        (
            "{\"workload\": {\"type\": \"mix\"}}",
            "workload: the field \"pace\"",
        ),
        (
            "{\"workload\": {\"type\": \"mix\", \"pace\": {\"type\": \"open\", \"everyMs\": 0}}}",
            "workload.pace.everyMs: this must be from 1",
        ),
        (
            "{\"workload\": {\"type\": \"noHerd\", \"root\": \"/a\", \"holdMs\": 5}}",
            "workload: there is no field \"holdMs\"",
        ),
    ] {
        let wrong = read(text).expect_err("must be refused");
        assert!(wrong.starts_with(said), "{wrong}");
    }
    let nested = "{\"op\": \"multi\", \"ops\": [{\"op\": \"multi\", \"ops\": []}]}";
    let wrong = read_as_op(nested).expect_err("must be refused");
    assert!(
        wrong.starts_with("ops[0].op: \"multi\" is not known"),
        "{wrong}"
    );
    let wrong = read_as_op("{\"op\": \"ping\"}").expect_err("must be refused");
    assert!(wrong.starts_with("op: \"ping\" is not known"), "{wrong}");
}
