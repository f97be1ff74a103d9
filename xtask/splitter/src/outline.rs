//! The same program with every piece that never ran in a function of its own.
//!
//! A piece becomes a function of the locals it needs. It gives back, in this order, the value its
//! way out takes along, the number of that way, and the locals that are read after it. Any piece
//! may be moved, whether it runs or not: where `ran` is wrong, the program is only slower.

use std::borrow::Cow;

use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{
    BlockType, CodeSection, Function, FunctionSection, Instruction, Module, TypeSection, ValType,
};
use wasmparser::{
    CodeSectionReader, FuncType, FunctionBody, FunctionSectionReader, Operator, Parser,
    TypeSectionReader, ValidPayload, Validator,
};

use crate::Outcome;
use crate::cold::{self, Exit, Piece};
use crate::flow::{Flow, is_noted};
use crate::program::Program;

/// A program, and which of its functions ran.
pub(crate) struct Outlined {
    pub(crate) program: Vec<u8>,
    pub(crate) ran: Vec<bool>,
    pub(crate) pieces: usize,
}

/// Moves what never ran; `ran` has a word for each note of a marked program.
pub(crate) fn outlined(whole: &[u8], program: &Program<'_>, ran: &[bool]) -> Outcome<Outlined> {
    let mut work = Work {
        next: program.outside() + u32::try_from(program.functions.len())?,
        types: program.types.clone(),
        pieces: Vec::new(),
        bodies: Vec::new(),
    };
    let mut is_first = Vec::new();
    let mut notes = ran;
    let mut validator = Validator::new();
    for payload in Parser::new(0).parse_all(whole) {
        let ValidPayload::Func(function, body) = validator.payload(&payload?)? else {
            continue;
        };
        let mut validator =
            function.into_validator(wasmparser::FuncValidatorAllocations::default());
        let flow = Flow::read(&body, &mut validator, &program.types)?;
        let count = flow
            .operators
            .iter()
            .filter(|operator| is_noted(operator))
            .count();
        let (mine, others) = notes.split_at_checked(count).ok_or("too few notes")?;
        notes = others;
        is_first.push(mine.first() == Some(&true));
        let pieces = match mine.first() {
            Some(true) => cold::pieces(&flow, mine),
            _ => Vec::new(),
        };
        let rewritten = work.rewrite(&flow, &body, &pieces)?;
        work.bodies.push(rewritten);
    }
    let pieces = work.pieces.len();
    is_first.extend(vec![false; pieces]);
    let mut module = Module::new();
    let mut writer = Writer {
        bodies: work.bodies.into_iter(),
        more_types: &work.types[program.types.len()..],
        pieces: &work.pieces,
    };
    writer.parse_core_module(&mut module, Parser::new(0), whole)?;
    Ok(Outlined {
        program: module.finish(),
        ran: is_first,
        pieces,
    })
}

struct Work {
    /// The number of the next function.
    next: u32,
    types: Vec<FuncType>,
    /// New functions with their types.
    pieces: Vec<(u32, Function)>,
    /// By function; `None` for those that stay as they are.
    bodies: Vec<Option<Function>>,
}

impl Work {
    fn type_index(&mut self, ty: FuncType) -> Outcome<u32> {
        let at = self
            .types
            .iter()
            .position(|other| *other == ty)
            .unwrap_or_else(|| {
                self.types.push(ty);
                self.types.len() - 1
            });
        Ok(u32::try_from(at)?)
    }

    /// A body with calls in place of its pieces.
    fn rewrite(
        &mut self,
        flow: &Flow<'_>,
        body: &FunctionBody<'_>,
        pieces: &[Piece],
    ) -> Outcome<Option<Function>> {
        if pieces.is_empty() {
            return Ok(None);
        }
        let mut locals = Vec::new();
        for declared in body.get_locals_reader()? {
            let (count, ty) = declared?;
            locals.push((count, val_type(ty)?));
        }
        let code = u32::try_from(flow.locals.len())?;
        let mut spare = Spare {
            code,
            values: Vec::new(),
        };
        if pieces.iter().any(|piece| piece.exits.len() > 1) {
            locals.push((1, ValType::I32));
            for value in pieces.iter().filter_map(|piece| piece.value) {
                if !spare.values.contains(&value) {
                    spare.values.push(value);
                    locals.push((1, val_type(value)?));
                }
            }
        }
        let mut out = Function::new(locals);
        let mut at = 0;
        for piece in pieces {
            for operator in &flow.operators[at..piece.start] {
                out.instruction(&RoundtripReencoder.instruction(operator.clone())?);
            }
            at = piece.end;
            let types = |locals: &[usize]| locals.iter().map(|local| flow.locals[*local]).collect();
            let params: Vec<wasmparser::ValType> = types(&piece.takes);
            let mut results: Vec<wasmparser::ValType> = piece.value.into_iter().collect();
            if piece.exits.len() > 1 {
                results.push(wasmparser::ValType::I32);
            }
            results.extend::<Vec<_>>(types(&piece.gives));
            let ty = self.type_index(FuncType::new(params, results))?;
            self.pieces.push((ty, function_of(flow, piece)?));
            call(&mut out, flow, piece, (self.next, &spare))?;
            self.next += 1;
        }
        for operator in &flow.operators[at..] {
            out.instruction(&RoundtripReencoder.instruction(operator.clone())?);
        }
        Ok(Some(out))
    }
}

/// Locals of a body for the number of a way out, and for values taken along.
struct Spare {
    code: u32,
    values: Vec<wasmparser::ValType>,
}

impl Spare {
    fn value(&self, ty: wasmparser::ValType) -> Outcome<u32> {
        let at = self.values.iter().position(|value| *value == ty);
        Ok(self.code + 1 + u32::try_from(at.ok_or("no local for a value")?)?)
    }
}

fn val_type(ty: wasmparser::ValType) -> Outcome<ValType> {
    Ok(RoundtripReencoder.val_type(ty)?)
}

/// How many constructs a branch leaves on its way from a place in one to another, itself included.
fn depth(flow: &Flow<'_>, from: usize, to: usize) -> u32 {
    let mut depth = 0;
    let mut at = from;
    while at != to {
        at = flow.constructs[at].outer;
        depth += 1;
    }
    depth
}

/// The call that stands for a piece.
fn call(
    out: &mut Function,
    flow: &Flow<'_>,
    piece: &Piece,
    (function, spare): (u32, &Spare),
) -> Outcome<()> {
    let inside = flow.around[piece.start];
    for local in &piece.takes {
        out.instruction(&Instruction::LocalGet(u32::try_from(*local)?));
    }
    out.instruction(&Instruction::Call(function));
    for local in piece.gives.iter().rev() {
        out.instruction(&Instruction::LocalSet(u32::try_from(*local)?));
    }
    let leave = |out: &mut Function, exit: &Exit, more: u32| {
        // Where the end follows anyway, nothing needs to be done.
        if !(exit.is_end && more == 0) {
            out.instruction(&Instruction::Br(depth(flow, inside, exit.to) + more));
        }
    };
    match (piece.exits.as_slice(), piece.value) {
        ([], _) => {
            out.instruction(&Instruction::Unreachable);
        }
        ([only], _) => leave(out, only, 0),
        ([.., last], None) if !flow.constructs[inside].is_loop => {
            let to = |exit: &Exit| depth(flow, inside, exit.to);
            let all: Vec<u32> = piece.exits.iter().map(to).collect();
            let but_last = Cow::Borrowed(&all[..all.len() - 1]);
            out.instruction(&Instruction::BrTable(but_last, to(last)));
        }
        ([first, others @ ..], value) => {
            out.instruction(&Instruction::LocalSet(spare.code));
            let value = value.map(|ty| spare.value(ty)).transpose()?;
            if let Some(value) = value {
                out.instruction(&Instruction::LocalSet(value));
            }
            let take = |out: &mut Function, exit: &Exit| {
                if let (Some(_), Some(value)) = (exit.value, value) {
                    out.instruction(&Instruction::LocalGet(value));
                }
            };
            for (exit, number) in others.iter().zip(1..) {
                out.instruction(&Instruction::LocalGet(spare.code))
                    .instruction(&Instruction::I32Const(number))
                    .instruction(&Instruction::I32Eq)
                    .instruction(&Instruction::If(BlockType::Empty));
                take(out, exit);
                leave(out, exit, 1);
                out.instruction(&Instruction::End);
            }
            take(out, first);
            leave(out, first, 0);
        }
    }
    Ok(())
}

/// A piece as a function: a block for each way out, and after each what that way gives back.
fn function_of(flow: &Flow<'_>, piece: &Piece) -> Outcome<Function> {
    let mut numbers = vec![0; flow.locals.len()];
    for (local, number) in piece.takes.iter().chain(&piece.own).zip(0..) {
        numbers[*local] = number;
    }
    let own: Result<Vec<_>, _> = piece
        .own
        .iter()
        .map(|at| val_type(flow.locals[*at]))
        .collect();
    let mut out = Function::new_with_locals_types(own?);
    for exit in piece.exits.iter().rev() {
        let result = exit.value.map(val_type).transpose()?;
        out.instruction(&Instruction::Block(
            result.map_or(BlockType::Empty, BlockType::Result),
        ));
    }
    for at in piece.start..piece.end {
        moved(&mut out, flow, piece, (at, &numbers))?;
    }
    if !flow.is_reached[piece.end] {
        // What nobody reaches may have left something on the stack.
        out.instruction(&Instruction::Unreachable);
    }
    for (exit, number) in piece.exits.iter().zip(0..) {
        out.instruction(&Instruction::End);
        if let (None, Some(ty)) = (exit.value, piece.value) {
            out.instruction(&zero(ty)?);
        }
        if piece.exits.len() > 1 {
            out.instruction(&Instruction::I32Const(number));
        }
        for local in &piece.gives {
            out.instruction(&Instruction::LocalGet(numbers[*local]));
        }
        out.instruction(&Instruction::Return);
    }
    out.instruction(&Instruction::End);
    Ok(out)
}

/// One operator of a piece, with the numbers of locals and the ways out of its function.
fn moved(
    out: &mut Function,
    flow: &Flow<'_>,
    piece: &Piece,
    (at, numbers): (usize, &[u32]),
) -> Outcome<()> {
    let inside = flow.around[piece.start];
    let in_loop = flow.constructs[inside].is_loop;
    // How deep the operator stands in constructs of the piece.
    let own = depth(flow, flow.around[at], inside);
    let branch = |to: usize| -> Outcome<u32> {
        if flow.constructs[to].start > piece.start {
            return Ok(depth(flow, flow.around[at], to));
        }
        let is_end = to == inside && !in_loop;
        let is_it = |exit: &Exit| exit.to == to && exit.is_end == is_end;
        let exit = piece
            .exits
            .iter()
            .position(is_it)
            .ok_or("a way out nobody saw")?;
        Ok(own + u32::try_from(exit)?)
    };
    let number = |local: u32| -> Outcome<u32> { Ok(numbers[usize::try_from(local)?]) };
    let instruction = match &flow.operators[at] {
        Operator::LocalGet { local_index } => Instruction::LocalGet(number(*local_index)?),
        Operator::LocalSet { local_index } => Instruction::LocalSet(number(*local_index)?),
        Operator::LocalTee { local_index } => Instruction::LocalTee(number(*local_index)?),
        Operator::Br { relative_depth } => {
            Instruction::Br(branch(flow.label(at, *relative_depth))?)
        }
        Operator::BrIf { relative_depth } => {
            Instruction::BrIf(branch(flow.label(at, *relative_depth))?)
        }
        Operator::Return => Instruction::Br(branch(0)?),
        Operator::BrTable { targets } => {
            let mut all = Vec::new();
            for depth in targets.targets() {
                all.push(branch(flow.label(at, depth?))?);
            }
            let default = branch(flow.label(at, targets.default()))?;
            Instruction::BrTable(all.into(), default)
        }
        operator => RoundtripReencoder.instruction(operator.clone())?,
    };
    out.instruction(&instruction);
    Ok(())
}

fn zero(ty: wasmparser::ValType) -> Outcome<Instruction<'static>> {
    Ok(match ty {
        wasmparser::ValType::I32 => Instruction::I32Const(0),
        wasmparser::ValType::I64 => Instruction::I64Const(0),
        wasmparser::ValType::F32 => Instruction::F32Const(0.0_f32.into()),
        wasmparser::ValType::F64 => Instruction::F64Const(0.0_f64.into()),
        _ => return Err("no constant stands for such a value".into()),
    })
}

/// Writes the program with the new bodies, and the pieces behind them.
struct Writer<'a> {
    bodies: std::vec::IntoIter<Option<Function>>,
    more_types: &'a [FuncType],
    pieces: &'a [(u32, Function)],
}

impl Reencode for Writer<'_> {
    type Error = std::convert::Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        reencode::utils::parse_type_section(self, types, section)?;
        for ty in self.more_types {
            let ty = self.func_type(ty.clone())?;
            types.ty().func_type(&ty);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        reencode::utils::parse_function_section(self, functions, section)?;
        for (ty, _) in self.pieces {
            functions.function(*ty);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        reencode::utils::parse_code_section(self, code, section)?;
        for (_, body) in self.pieces {
            code.function(body);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error> {
        match self.bodies.next().flatten() {
            Some(rewritten) => {
                code.function(&rewritten);
                Ok(())
            }
            None => reencode::utils::parse_function_body(self, code, body),
        }
    }
}
