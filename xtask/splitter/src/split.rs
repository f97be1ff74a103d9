//! Two programs from one.
//!
//! The first part owns the memory, the tables and the globals; the rest imports them, and what it
//! calls of the first. Every function of the rest that the first part names has a slot in table 0
//! and a *gate* in the first part: it asks the page for the rest unless that is there, and calls
//! through the slot; what is named only once, in a call, has its gate there. Arriving, the rest
//! fills its slots, those of the original table among them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    ImportSection, Instruction, MemorySection, Module, StartSection, TableSection, TypeSection,
    ValType,
};
use wasmparser::ExternalKind;

use crate::Outcome;
use crate::bodies::{Named, Renumber, Through};
use crate::program::Program;

/// What the page gives the first part: the function that sees to it that the rest is there.
const PAGE: &str = "page";
const REST: &str = "rest";

/// What the rest calls the first part.
const FIRST: &str = "first";

/// The two programs, and a line about them.
pub(crate) struct Parts {
    pub(crate) first: Vec<u8>,
    pub(crate) rest: Vec<u8>,
    pub(crate) summary: String,
    /// Of every function from outside, the name it had and the one both parts give it.
    pub(crate) names: Vec<(String, String)>,
}

/// Splits a program; `is_first` says of each of its functions whether it is wanted at once.
pub(crate) fn split(program: &Program<'_>, is_first: &[bool]) -> Outcome<Parts> {
    let plan = Plan::new(program, is_first)?;
    let first = plan.first()?;
    let rest = plan.rest()?;
    let summary = format!(
        "{} of {} functions run until the first picture; {} gates, {} shared functions",
        plan.first_functions.len(),
        program.functions.len(),
        plan.gates.len() + plan.through.slots.len(),
        plan.shared.len(),
    );
    let names = program.imports.iter().zip(0..);
    let names = names.map(|(import, at)| (import.name.to_owned(), short_name(at)));
    Ok(Parts {
        first,
        rest,
        summary,
        names: names.collect(),
    })
}

/// Who is where, and what either part needs of the other; all numbers are the whole program's.
struct Plan<'a> {
    program: &'a Program<'a>,
    first_functions: Vec<u32>,
    rest_functions: Vec<u32>,
    in_first: Named,
    in_rest: Named,
    /// Functions of the rest that the first part names, with their slots in table 0.
    gates: BTreeMap<u32, u32>,
    /// Those that it names only once.
    through: Through,
    /// Functions of the first part that the rest names.
    shared: Vec<u32>,
    /// How many slots table 0 has with those for gates.
    slots: u32,
}

impl<'a> Plan<'a> {
    fn new(program: &'a Program<'a>, is_first: &[bool]) -> Outcome<Self> {
        let outside = program.outside();
        let (mut first_functions, mut rest_functions) = (Vec::new(), Vec::new());
        let (mut in_first, mut in_rest) = (Named::default(), Named::default());
        for ((function, is_first), number) in program.functions.iter().zip(is_first).zip(outside..)
        {
            if *is_first {
                first_functions.push(number);
                in_first.add(&function.body)?;
            } else {
                rest_functions.push(number);
                in_rest.add(&function.body)?;
            }
        }
        let exported = program.exports.iter();
        let exported = exported
            .filter(|e| e.kind == ExternalKind::Func)
            .map(|e| e.index);
        let in_table = program.slots.iter().map(|(_, function)| *function);
        let fixed: BTreeSet<u32> = exported.chain(program.start).chain(in_table).collect();
        for function in &fixed {
            in_first.name(*function);
        }

        let slot_of: BTreeMap<u32, u32> = program.slots.iter().map(|(s, f)| (*f, *s)).collect();
        let table = program.tables.first().ok_or("the program has no table")?;
        let mut slots = u32::try_from(table.initial)?;
        let mut gates = BTreeMap::new();
        let mut through = Through::default();
        for function in &rest_functions {
            if let Some(times) = in_first.functions.get(function) {
                let slot = slot_of.get(function).copied().unwrap_or_else(|| {
                    slots += 1;
                    slots - 1
                });
                if *times == 1 && !fixed.contains(function) {
                    let type_index = program.type_of(*function);
                    let slot = (i32::try_from(slot)?, type_index);
                    through.slots.insert(*function, slot);
                } else {
                    gates.insert(*function, slot);
                }
            }
        }
        let named = first_functions.iter().copied();
        let shared = named
            .filter(|f| in_rest.functions.contains_key(f))
            .collect();
        Ok(Self {
            program,
            first_functions,
            rest_functions,
            in_first,
            in_rest,
            gates,
            through,
            shared,
            slots,
        })
    }

    /// Numbers in one part: those of the functions it imports, then what it has itself.
    fn numbers(&self, order: impl Iterator<Item = Option<u32>>) -> Vec<Option<u32>> {
        let count = self.program.imports.len() + self.program.functions.len();
        let mut numbers = vec![None; count];
        for (old, new) in order.zip(0..) {
            if let Some(number) = old.and_then(|old| numbers.get_mut(usize::try_from(old).ok()?)) {
                *number = Some(new);
            }
        }
        numbers
    }

    /// Functions from outside that one part names.
    fn imported(&self, named: &Named) -> Vec<u32> {
        let named = named.functions.range(..self.program.outside());
        named.map(|(function, _)| *function).collect()
    }

    fn first(&self) -> Outcome<Vec<u8>> {
        let program = self.program;
        let imported = self.imported(&self.in_first);
        // The page's `rest` follows the imports, `ensure` the functions, and then come the gates.
        let ask = u32::try_from(imported.len())?;
        let ensure = ask + 1 + u32::try_from(self.first_functions.len())?;
        let through = Through {
            ensure,
            slots: self.through.slots.clone(),
        };
        let order = imported.iter().copied().map(Some).chain([None]);
        let order = order
            .chain(self.first_functions.iter().copied().map(Some))
            .chain([None]);
        let functions = self.numbers(order.chain(self.gates.keys().copied().map(Some)));
        let all = |count: usize| (0..).take(count).map(Some).collect::<Vec<Option<u32>>>();
        let (globals, tables) = (all(program.globals.len()), all(program.tables.len()));
        let arrived = u32::try_from(program.globals.len())?;
        let mut number = Renumber {
            functions: &functions,
            globals: &globals,
            tables: &tables,
            through: &through,
        };

        let mut imports = self.imports(&imported)?;
        imports.import(PAGE, REST, EntityType::Function(self.plain_type()?));
        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        for old in &self.first_functions {
            declared.function(program.type_of(*old));
            number.parse_function_body(&mut code, self.body(*old).clone())?;
        }
        declared.function(self.plain_type()?);
        code.function(&ensure_body(arrived, ask));
        for (old, slot) in &self.gates {
            declared.function(program.type_of(*old));
            code.function(&self.gate(*old, *slot, ensure)?);
        }

        let mut module = Module::new();
        module
            .section(&self.types()?)
            .section(&imports)
            .section(&declared);
        module.section(&self.tables()?);
        let mut memory = MemorySection::new();
        memory.memory(RoundtripReencoder.memory_type(program.memory)?);
        module.section(&memory).section(&self.globals(&mut number)?);
        module.section(&self.exports(&mut number, arrived)?);
        if let Some(start) = program.start {
            let function_index = number.function_index(start)?;
            module.section(&StartSection { function_index });
        }
        module.section(&elements(program.slots.iter().copied(), &mut number)?);
        if program.is_data_counted {
            let count = u32::try_from(program.data.len())?;
            module.section(&DataCountSection { count });
        }
        module.section(&code);
        let mut data = DataSection::new();
        for segment in &program.data {
            number.parse_data(&mut data, segment.clone())?;
        }
        module.section(&data);
        Ok(module.finish())
    }

    fn rest(&self) -> Outcome<Vec<u8>> {
        let program = self.program;
        let imported = self.imported(&self.in_rest);
        let order = imported
            .iter()
            .chain(&self.shared)
            .chain(&self.rest_functions);
        let functions = self.numbers(order.copied().map(Some));
        let mut globals = vec![None; program.globals.len()];
        let mut tables = vec![None; program.tables.len()];

        let mut imports = self.imports(&imported)?;
        for (old, name) in self.shared.iter().zip(0..) {
            let kind = EntityType::Function(program.type_of(*old));
            imports.import(FIRST, &shared_name(name), kind);
        }
        let mut entity = RoundtripReencoder;
        imports.import(FIRST, MEMORY, entity.memory_type(program.memory)?);
        for (old, new) in self.rest_tables().zip(0..) {
            let at = usize::try_from(old)?;
            imports.import(FIRST, &table_name(old), self.table(at)?);
            tables[at] = Some(new);
        }
        for (old, new) in self.in_rest.globals.iter().zip(0..) {
            let at = usize::try_from(*old)?;
            let kind = entity.global_type(program.globals[at].ty)?;
            imports.import(FIRST, &global_name(*old), kind);
            globals[at] = Some(new);
        }
        let arrived = u32::try_from(self.in_rest.globals.len())?;
        imports.import(FIRST, ARRIVED, flag());

        let mut number = Renumber {
            functions: &functions,
            globals: &globals,
            tables: &tables,
            through: &Through::default(),
        };
        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        for old in &self.rest_functions {
            declared.function(program.type_of(*old));
            number.parse_function_body(&mut code, self.body(*old).clone())?;
        }
        declared.function(self.plain_type()?);
        code.function(&arrive_body(arrived));
        let start = imported.len() + self.shared.len() + self.rest_functions.len();
        let function_index = u32::try_from(start)?;

        let mut module = Module::new();
        module
            .section(&self.types()?)
            .section(&imports)
            .section(&declared);
        module.section(&StartSection { function_index });
        let mut slots: BTreeMap<u32, u32> =
            self.gates.iter().map(|(f, slot)| (*slot, *f)).collect();
        for (function, (slot, _)) in &self.through.slots {
            slots.insert(u32::try_from(*slot)?, *function);
        }
        let again = program.slots.iter();
        slots.extend(again.copied().filter(|(_, f)| self.gates.contains_key(f)));
        module.section(&elements(slots.into_iter(), &mut number)?);
        if program.is_data_counted {
            module.section(&DataCountSection { count: 0 });
        }
        module.section(&code);
        Ok(module.finish())
    }

    fn body(&self, function: u32) -> &wasmparser::FunctionBody<'a> {
        let at = usize::try_from(function).expect("a number of 32 bits is an index");
        &self.program.functions[at - self.program.imports.len()].body
    }

    /// Both parts have all types, and one more for functions that neither take nor give.
    fn types(&self) -> Outcome<TypeSection> {
        let mut types = TypeSection::new();
        for ty in &self.program.types {
            types
                .ty()
                .func_type(&RoundtripReencoder.func_type(ty.clone())?);
        }
        types.ty().function([], []);
        Ok(types)
    }

    fn plain_type(&self) -> Outcome<u32> {
        Ok(u32::try_from(self.program.types.len())?)
    }

    fn imports(&self, functions: &[u32]) -> Outcome<ImportSection> {
        let mut imports = ImportSection::new();
        for function in functions {
            let import = &self.program.imports[usize::try_from(*function)?];
            let kind = EntityType::Function(self.program.type_of(*function));
            imports.import(import.module, &short_name(*function), kind);
        }
        Ok(imports)
    }

    /// A table with room for the gates' slots.
    fn table(&self, at: usize) -> Outcome<wasm_encoder::TableType> {
        let mut table = RoundtripReencoder.table_type(self.program.tables[at])?;
        if at == 0 {
            let more = u64::from(self.slots) - table.minimum;
            table.minimum += more;
            table.maximum = table.maximum.map(|most| most + more);
        }
        Ok(table)
    }

    fn tables(&self) -> Outcome<TableSection> {
        let mut tables = TableSection::new();
        for at in 0..self.program.tables.len() {
            tables.table(self.table(at)?);
        }
        Ok(tables)
    }

    /// The tables the rest needs: table 0 for its slots, and what its bodies name.
    fn rest_tables(&self) -> impl Iterator<Item = u32> {
        [0].into_iter()
            .chain(self.in_rest.tables.iter().copied().filter(|at| *at != 0))
    }

    fn globals(&self, number: &mut Renumber<'_>) -> Outcome<GlobalSection> {
        let mut globals = GlobalSection::new();
        for global in &self.program.globals {
            number.parse_global(&mut globals, global.clone())?;
        }
        globals.global(flag(), &ConstExpr::i32_const(0));
        Ok(globals)
    }

    fn exports(&self, number: &mut Renumber<'_>, arrived: u32) -> Outcome<ExportSection> {
        let mut exports = ExportSection::new();
        for export in &self.program.exports {
            number.parse_export(&mut exports, *export)?;
        }
        for (function, name) in self.shared.iter().zip(0..) {
            let function = number.function_index(*function)?;
            exports.export(&shared_name(name), ExportKind::Func, function);
        }
        exports.export(MEMORY, ExportKind::Memory, 0);
        for table in self.rest_tables() {
            exports.export(&table_name(table), ExportKind::Table, table);
        }
        for global in &self.in_rest.globals {
            exports.export(&global_name(*global), ExportKind::Global, *global);
        }
        exports.export(ARRIVED, ExportKind::Global, arrived);
        Ok(exports)
    }

    /// Sees to it that the rest is there, and calls through the slot.
    fn gate(&self, function: u32, slot: u32, ensure: u32) -> Outcome<Function> {
        let type_index = self.program.type_of(function);
        let ty = &self.program.types[usize::try_from(type_index)?];
        let mut gate = Function::new([]);
        gate.instruction(&Instruction::Call(ensure));
        for parameter in (0..).take(ty.params().len()) {
            gate.instruction(&Instruction::LocalGet(parameter));
        }
        gate.instruction(&Instruction::I32Const(i32::try_from(slot)?));
        gate.instruction(&Instruction::CallIndirect {
            type_index,
            table_index: 0,
        });
        gate.instruction(&Instruction::End);
        Ok(gate)
    }
}

const MEMORY: &str = "$m";
const ARRIVED: &str = "$a";

/// wasm-bindgen's names have sixteen digits nothing can compress, here and in the script.
fn short_name(at: u32) -> String {
    format!("_{at}")
}

fn shared_name(at: u32) -> String {
    format!("${at}")
}

fn table_name(at: u32) -> String {
    format!("$t{at}")
}

fn global_name(at: u32) -> String {
    format!("$g{at}")
}

/// Whether the rest has arrived: 0 or 1.
fn flag() -> GlobalType {
    GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    }
}

fn ensure_body(arrived: u32, ask: u32) -> Function {
    let mut ensure = Function::new([]);
    ensure
        .instruction(&Instruction::GlobalGet(arrived))
        .instruction(&Instruction::I32Eqz)
        .instruction(&Instruction::If(BlockType::Empty))
        .instruction(&Instruction::Call(ask))
        .instruction(&Instruction::End)
        .instruction(&Instruction::End);
    ensure
}

fn arrive_body(arrived: u32) -> Function {
    let mut arrive = Function::new([]);
    arrive
        .instruction(&Instruction::I32Const(1))
        .instruction(&Instruction::GlobalSet(arrived))
        .instruction(&Instruction::End);
    arrive
}

/// Segments of table 0, one for each run of slots that follow each other.
fn elements(
    slots: impl Iterator<Item = (u32, u32)>,
    number: &mut Renumber<'_>,
) -> Outcome<ElementSection> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in slots {
        let function = number.function_index(function)?;
        match runs.last_mut() {
            Some((start, run)) if usize::try_from(slot - *start)? == run.len() => {
                run.push(function);
            }
            _ => runs.push((slot, vec![function])),
        }
    }
    let mut section = ElementSection::new();
    for (start, run) in &runs {
        let offset = ConstExpr::i32_const(i32::try_from(*start)?);
        section.active(None, &offset, Elements::Functions(Cow::Borrowed(run)));
    }
    Ok(section)
}
