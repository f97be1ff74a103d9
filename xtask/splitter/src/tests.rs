//! A small program, marked and split: what comes out is wasm, and has what it must have.

use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{Parser, Payload, Validator};

use crate::mark;
use crate::program::Program;
use crate::split::{Parts, split};

/// Two imports, the second named by nobody but `add`; `run` calls `add` and `twice`, which is in
/// slot 1 of the table and calls `run`.
fn whole() -> Vec<u8> {
    let mut types = TypeSection::new();
    types
        .ty()
        .function([ValType::I32, ValType::I64], [ValType::I32]);
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("js", "log", EntityType::Function(1));
    imports.import("js", "late", EntityType::Function(1));
    let mut functions = FunctionSection::new();
    functions.function(1).function(0).function(1);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 2,
        maximum: Some(2),
        table64: false,
        shared: false,
    });
    let mut memory = MemorySection::new();
    memory.memory(MemoryType {
        minimum: 3,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let kind = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(kind, &ConstExpr::i32_const(7));
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 2);
    exports.export("memory", ExportKind::Memory, 0);
    let mut elements = ElementSection::new();
    let slot = ConstExpr::i32_const(1);
    elements.active(None, &slot, Elements::Functions([4][..].into()));
    let mut code = CodeSection::new();
    for body in bodies() {
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions);
    module.section(&tables).section(&memory).section(&globals);
    module.section(&exports).section(&elements).section(&code);
    module.finish()
}

fn bodies() -> [Function; 3] {
    let mut run = Function::new([]);
    run.instruction(&Instruction::Call(0))
        .instruction(&Instruction::I32Const(1))
        .instruction(&Instruction::I64Const(2))
        .instruction(&Instruction::Call(3))
        .instruction(&Instruction::Drop)
        .instruction(&Instruction::Call(4))
        .instruction(&Instruction::End);
    let mut add = Function::new([(1, ValType::I32)]);
    add.instruction(&Instruction::Call(1))
        .instruction(&Instruction::LocalGet(0))
        .instruction(&Instruction::GlobalGet(0))
        .instruction(&Instruction::I32Add)
        .instruction(&Instruction::End);
    let mut twice = Function::new([]);
    twice
        .instruction(&Instruction::Call(2))
        .instruction(&Instruction::Call(2))
        .instruction(&Instruction::End);
    [run, add, twice]
}

fn parts(is_first: [bool; 3]) -> Parts {
    let whole = whole();
    let program = Program::read(&whole).expect("the program is good");
    split(&program, &is_first).expect("it can be split")
}

/// Names of a program's imports and exports, and how many functions it has.
fn outside(wasm: &[u8]) -> (Vec<String>, Vec<String>, usize) {
    Validator::new().validate_all(wasm).expect("it is valid");
    let (mut imports, mut exports, mut functions) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.expect("it is valid") {
            Payload::ImportSection(section) => {
                let names = section.into_imports().flatten();
                imports.extend(names.map(|i| format!("{}.{}", i.module, i.name)));
            }
            Payload::ExportSection(section) => {
                exports.extend(section.into_iter().flatten().map(|e| e.name.to_owned()));
            }
            Payload::CodeSectionEntry(_) => functions += 1,
            _ => {}
        }
    }
    (imports, exports, functions)
}

#[test]
fn a_gate_stands_for_every_function_the_first_part_names() {
    let parts = parts([true, false, false]);
    let (imports, exports, functions) = outside(&parts.first);
    assert_eq!(imports, ["js._0", "page.rest"]);
    assert_eq!(exports, ["run", "memory", "$0", "$m", "$t0", "$g0", "$a"]);
    // `run`, the function that asks for the rest, and the gate in slot 1; `add` has its in `run`.
    assert_eq!(functions, 3);
}

#[test]
fn the_rest_has_what_only_it_names() {
    let parts = parts([true, false, false]);
    let (imports, exports, functions) = outside(&parts.rest);
    let names = [
        "js._1",
        "first.$0",
        "first.$m",
        "first.$t0",
        "first.$g0",
        "first.$a",
    ];
    assert_eq!(imports, names);
    assert_eq!(exports, [""; 0]);
    // `add`, `twice`, and what says that the rest has arrived.
    assert_eq!(functions, 3);
}

#[test]
fn what_comes_from_outside_is_renamed_and_listed() {
    let names = parts([true; 3]).names;
    let names: Vec<_> = names
        .iter()
        .map(|(was, is)| (was.as_str(), is.as_str()))
        .collect();
    assert_eq!(names, [("log", "_0"), ("late", "_1")]);
}

#[test]
fn gates_use_the_slot_a_function_has_and_new_ones_behind_the_table() {
    let parts = parts([true, false, false]);
    let first = Program::read(&parts.first).expect("it is valid");
    assert_eq!(first.tables[0].initial, 3);
    assert_eq!(first.tables[0].maximum, Some(3));
    let rest = segments(&parts.rest);
    // `twice` where it was, `add` behind.
    assert_eq!(rest, [(1, 2)]);
}

#[test]
fn what_runs_at_the_start_may_be_in_the_rest() {
    for is_first in [
        [false, true, true],
        [false, false, true],
        [false; 3],
        [true; 3],
    ] {
        let parts = parts(is_first);
        outside(&parts.first);
        outside(&parts.rest);
    }
}

#[test]
fn a_marked_program_has_a_note_for_every_function_behind_its_memory() {
    let whole = whole();
    let program = Program::read(&whole).expect("the program is good");
    let (marked, notes) = mark::marked(&whole, &program).expect("it can be marked");
    assert_eq!(notes, 3 * 65_536..3 * 65_536 + 3);
    outside(&marked);
    let marked = Program::read(&marked).expect("it is valid");
    assert_eq!(marked.memory.initial, 4);
}

#[test]
fn what_is_no_program_of_the_page_is_refused() {
    assert!(Program::read(b"no wasm").is_err());
    assert!(Program::read(&Module::new().finish()).is_err());
}

/// First slot and length of each segment of table 0.
fn segments(wasm: &[u8]) -> Vec<(i32, u32)> {
    let mut segments = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).flatten() {
        let Payload::ElementSection(section) = payload else {
            continue;
        };
        for element in section.into_iter().flatten() {
            let wasmparser::ElementKind::Active { offset_expr, .. } = element.kind else {
                continue;
            };
            let wasmparser::ElementItems::Functions(functions) = element.items else {
                continue;
            };
            let mut offset = offset_expr.get_operators_reader();
            if let Ok(wasmparser::Operator::I32Const { value }) = offset.read() {
                segments.push((value, functions.count()));
            }
        }
    }
    segments
}
