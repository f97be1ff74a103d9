//! Programs made at random, cut at random, do what they did before: results and memory.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, Instruction, MemArg, MemArgTarget,
    MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};
use wasmi::{AsContextMut, Caller, Engine, Instance, Linker, Store};

use crate::program::Program;
use crate::{mark, outline, split};

const I32: ValType = ValType::I32;
const I64: ValType = ValType::I64;

/// Parameters and result of each function; the first is the one that is called.
const SIGNATURES: [(&[ValType], &[ValType]); 4] = [
    (&[I32, I64], &[I64]),
    (&[I32], &[I32]),
    (&[], &[]),
    (&[I64, I32], &[I64]),
];

/// Locals besides the parameters, of each type.
const LOCALS: u32 = 3;

struct Random(u64);

impl Random {
    fn seeded(seed: u64) -> Self {
        let mut random = Self(0x9E37_79B9_7F4A_7C15 ^ seed);
        for _ in 0..9 {
            random.below(2);
        }
        random
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let at = self.below(u64::try_from(from.len()).expect("short"));
        from[usize::try_from(at).expect("short")]
    }
}

/// Writes one body.
struct Body<'a> {
    random: &'a mut Random,
    out: Function,
    i32s: Vec<u32>,
    i64s: Vec<u32>,
    result: Option<ValType>,
    /// What a branch to each label takes along, the innermost last.
    labels: Vec<Option<ValType>>,
    at: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Block,
    If,
    Loop,
}

fn block_type(value: Option<ValType>) -> BlockType {
    value.map_or(BlockType::Empty, BlockType::Result)
}

impl Body<'_> {
    fn put(&mut self, instruction: &Instruction<'_>) {
        self.out.instruction(instruction);
    }

    fn locals(&self, ty: ValType) -> Vec<u32> {
        if ty == I32 {
            self.i32s.clone()
        } else {
            self.i64s.clone()
        }
    }

    fn expression(&mut self, ty: ValType, depth: u32) {
        let small = i32::try_from(self.random.below(9)).expect("small") - 3;
        match self.random.below(if depth > 2 { 2 } else { 6 }) {
            0 if ty == I32 => self.put(&Instruction::I32Const(small)),
            0 => self.put(&Instruction::I64Const(small.into())),
            1 => {
                let local = self.random.pick(&self.locals(ty));
                self.put(&Instruction::LocalGet(local));
            }
            2 => {
                let kind = self.random.pick(&[Kind::Block, Kind::If]);
                self.value_block(ty, kind, depth + 1);
            }
            3 if ty == I32 => {
                self.expression(I64, depth + 1);
                self.expression(I64, depth + 1);
                self.put(&Instruction::I64LtS);
            }
            operator => {
                self.expression(ty, depth + 1);
                self.expression(ty, depth + 1);
                self.put(&match (operator, ty == I32) {
                    (4, true) => Instruction::I32Add,
                    (4, false) => Instruction::I64Add,
                    (_, true) => Instruction::I32Xor,
                    (_, false) => Instruction::I64Mul,
                });
            }
        }
    }

    /// A block that leaves a value, with a way out that takes one along; or an `if`.
    fn value_block(&mut self, ty: ValType, kind: Kind, depth: u32) {
        let left = block_type(Some(ty));
        if kind == Kind::If {
            self.expression(I32, depth);
            self.put(&Instruction::If(left));
            self.labels.push(Some(ty));
            self.statements(depth);
            self.expression(ty, depth);
            self.put(&Instruction::Else);
        } else {
            self.put(&Instruction::Block(left));
            self.labels.push(Some(ty));
            self.expression(ty, depth);
            self.expression(I32, depth);
            self.put(&Instruction::BrIf(0));
            self.put(&Instruction::Drop);
        }
        self.statements(depth);
        self.expression(ty, depth);
        self.labels.pop();
        self.put(&Instruction::End);
    }

    fn statements(&mut self, depth: u32) {
        for _ in 0..self.random.below(4) {
            self.statement(depth + 1);
        }
    }

    fn statement(&mut self, depth: u32) {
        match self.random.below(if depth > 5 { 3 } else { 10 }) {
            0 | 1 => {
                let ty = self.random.pick(&[I32, I64]);
                self.expression(ty, depth);
                let local = self.random.pick(&self.locals(ty));
                self.put(&Instruction::LocalSet(local));
            }
            2 => self.store(depth),
            3 | 4 => self.if_else(depth),
            5 => self.around(Kind::Block, depth),
            6 => self.around(Kind::Loop, depth),
            7 => self.branch(depth),
            8 => self.leave(depth),
            _ => self.call(depth),
        }
    }

    fn store(&mut self, depth: u32) {
        self.put(&Instruction::I32Const(0));
        self.expression(I64, depth);
        let place = MemArg {
            offset: self.random.below(64) * 8,
            align: 0,
            target: MemArgTarget::Memory(0),
            ordering: None,
        };
        self.put(&Instruction::I64Store(place));
    }

    fn if_else(&mut self, depth: u32) {
        self.expression(I32, depth);
        self.put(&Instruction::If(BlockType::Empty));
        self.labels.push(None);
        self.statements(depth);
        if self.random.one_in(2) {
            self.put(&Instruction::Else);
            self.statements(depth);
        }
        self.labels.pop();
        self.put(&Instruction::End);
    }

    /// A block or a loop; every round of a loop costs fuel, and without fuel the function ends.
    fn around(&mut self, kind: Kind, depth: u32) {
        self.labels.push(None);
        if kind == Kind::Loop {
            self.put(&Instruction::Loop(BlockType::Empty));
            self.put(&Instruction::GlobalGet(0));
            self.put(&Instruction::I32Eqz);
            self.put(&Instruction::If(BlockType::Empty));
            self.constant();
            self.put(&Instruction::Return);
            self.put(&Instruction::End);
            self.put(&Instruction::GlobalGet(0));
            self.put(&Instruction::I32Const(1));
            self.put(&Instruction::I32Sub);
            self.put(&Instruction::GlobalSet(0));
        } else {
            self.put(&Instruction::Block(BlockType::Empty));
        }
        self.statements(depth);
        self.statements(depth);
        self.labels.pop();
        self.put(&Instruction::End);
    }

    fn constant(&mut self) {
        match self.result {
            Some(ValType::I32) => self.put(&Instruction::I32Const(-1)),
            Some(_) => self.put(&Instruction::I64Const(-1)),
            None => {}
        }
    }

    /// Labels that take nothing along, by depth.
    fn plain_labels(&self) -> Vec<u32> {
        let labels = self.labels.iter().rev().zip(0..);
        labels
            .filter(|(value, _)| value.is_none())
            .map(|(_, depth)| depth)
            .collect()
    }

    fn branch(&mut self, depth: u32) {
        let labels = self.plain_labels();
        if labels.is_empty() {
            return;
        }
        self.expression(I32, depth);
        let to = self.random.pick(&labels);
        if self.random.one_in(3) {
            let targets = [self.random.pick(&labels), self.random.pick(&labels)];
            self.put(&Instruction::BrTable(targets[..].into(), to));
        } else {
            self.put(&Instruction::BrIf(to));
        }
    }

    /// A way out with nothing after it that is ever reached.
    fn leave(&mut self, depth: u32) {
        self.expression(I32, depth);
        self.put(&Instruction::If(BlockType::Empty));
        self.labels.push(None);
        self.statements(depth);
        if self.random.one_in(2) {
            if let Some(ty) = self.result {
                self.expression(ty, depth);
            }
            self.put(&Instruction::Return);
        } else {
            let depth = u32::try_from(self.random.below(count(&self.labels))).expect("few");
            let label = self.labels[self.labels.len() - 1 - usize::try_from(depth).expect("few")];
            if let Some(ty) = label {
                self.expression(ty, 9);
            }
            self.put(&Instruction::Br(depth));
        }
        self.labels.pop();
        self.put(&Instruction::End);
    }

    /// Calls a later function, so that nothing calls itself.
    fn call(&mut self, depth: u32) {
        let callee = self.at + 1;
        let Some((params, results)) = usize::try_from(callee)
            .ok()
            .and_then(|at| SIGNATURES.get(at))
        else {
            return;
        };
        for ty in *params {
            self.expression(*ty, depth);
        }
        if self.random.one_in(3) {
            self.put(&Instruction::I32Const(i32::try_from(callee).expect("few")));
            self.put(&Instruction::CallIndirect {
                type_index: callee,
                table_index: 0,
            });
        } else {
            self.put(&Instruction::Call(callee));
        }
        if let [ty] = results {
            let local = self.random.pick(&self.locals(*ty));
            self.put(&Instruction::LocalSet(local));
        }
    }
}

fn count<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).expect("few")
}

fn body(random: &mut Random, at: u32) -> Function {
    let (params, results) = SIGNATURES[usize::try_from(at).expect("few")];
    let types = params.iter().copied().chain((0..LOCALS).map(|_| I32));
    let types = types.chain((0..LOCALS).map(|_| I64)).zip(0..);
    let of = |wanted| {
        types
            .clone()
            .filter(|(ty, _)| *ty == wanted)
            .map(|(_, n)| n)
            .collect()
    };
    let result = results.first().copied();
    let mut body = Body {
        out: Function::new([(LOCALS, I32), (LOCALS, I64)]),
        i32s: of(I32),
        i64s: of(I64),
        random,
        result,
        labels: vec![result],
        at,
    };
    for _ in 0..6 {
        body.statement(0);
    }
    if let Some(ty) = result {
        body.expression(ty, 0);
    }
    body.put(&Instruction::End);
    body.out
}

fn program(random: &mut Random) -> Vec<u8> {
    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for ((params, results), at) in SIGNATURES.iter().zip(0..) {
        types
            .ty()
            .function(params.iter().copied(), results.iter().copied());
        functions.function(at);
        code.function(&body(random, at));
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 4,
        maximum: Some(4),
        table64: false,
        shared: false,
    });
    let mut memory = MemorySection::new();
    memory.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let fuel = GlobalType {
        val_type: I32,
        mutable: true,
        shared: false,
    };
    globals.global(fuel, &ConstExpr::i32_const(300));
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 0);
    exports.export("memory", ExportKind::Memory, 0);
    let mut elements = ElementSection::new();
    let all = Elements::Functions([0, 1, 2, 3][..].into());
    elements.active(None, &ConstExpr::i32_const(0), all);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&tables);
    module.section(&memory).section(&globals).section(&exports);
    module.section(&elements).section(&code);
    module.finish()
}

/// What the page is to a program in these tests.
struct Page {
    rest: Option<wasmi::Module>,
    first: Option<Instance>,
}

/// Brings the rest, as `static/start.mjs` does.
fn bring(mut caller: Caller<'_, Page>) {
    let rest = caller.data_mut().rest.take().expect("it is asked for once");
    let first = caller.data().first.expect("the first part calls");
    let mut linker = Linker::new(caller.engine());
    let exports: Vec<_> = first
        .exports(&caller)
        .map(|e| (e.name().to_owned(), e))
        .collect();
    let exports = exports
        .into_iter()
        .map(|(name, export)| (name, export.into_extern()));
    for (name, item) in exports.collect::<Vec<_>>() {
        linker.define("first", &name, item).expect("names differ");
    }
    linker
        .instantiate_and_start(caller.as_context_mut(), &rest)
        .expect("the rest fits");
}

/// Result and memory after some calls.
fn run(first: &[u8], rest: Option<&[u8]>) -> (Vec<i64>, Vec<u8>) {
    let engine = Engine::default();
    let module = |wasm: &[u8]| wasmi::Module::new(&engine, wasm).expect("it is valid");
    let page = Page {
        rest: rest.map(module),
        first: None,
    };
    let mut store = Store::new(&engine, page);
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("page", "rest", bring)
        .expect("there is one such name");
    let instance = linker
        .instantiate_and_start(&mut store, &module(first))
        .expect("it has what it needs");
    store.data_mut().first = Some(instance);
    let call = instance
        .get_typed_func::<(i32, i64), i64>(&store, "run")
        .expect("it is exported");
    let mut results = Vec::new();
    for (a, b) in [(0, 0), (1, -1), (-2, 7), (3, 1 << 40)] {
        results.push(call.call(&mut store, (a, b)).expect("nothing traps"));
    }
    let memory = instance
        .get_memory(&store, "memory")
        .expect("it is exported");
    (results, memory.data(&store)[..1024].to_vec())
}

#[test]
fn any_cut_of_any_program_changes_nothing_but_where_things_are() {
    let mut pieces = 0;
    for seed in 1..200 {
        let random = &mut Random::seeded(seed);
        let whole = program(random);
        let expected = run(&whole, None);
        let read = Program::read(&whole).expect("it is good");
        let notes = mark::count(&read).expect("it is good");
        for often in [2, 4] {
            let ran: Vec<bool> = (0..notes).map(|_| !random.one_in(often)).collect();
            let cut = outline::outlined(&whole, &read, &ran).expect("it can be cut");
            pieces += cut.pieces;
            assert_eq!(
                run(&cut.program, None),
                expected,
                "seed {seed}, in one part"
            );
            let program = Program::read(&cut.program).expect("it is good");
            let parts = split::split(&program, &cut.ran).expect("it can be split");
            assert_eq!(
                run(&parts.first, Some(&parts.rest)),
                expected,
                "seed {seed}, in two"
            );
        }
    }
    assert!(pieces > 500, "only {pieces} pieces were moved");
}

#[test]
fn a_marked_program_does_the_same() {
    for seed in 1..100 {
        let whole = program(&mut Random::seeded(seed));
        let read = Program::read(&whole).expect("it is good");
        let (marked, _) = mark::marked(&whole, &read).expect("it can be marked");
        assert_eq!(run(&marked, None), run(&whole, None), "seed {seed}");
    }
}
