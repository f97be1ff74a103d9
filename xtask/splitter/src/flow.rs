//! A function's body as a list of operators, and what holds at every place between them.
//!
//! Place `n` is the one before operator `n`. Values of locals are *live* at a place where some way
//! on reads them before it writes them.

use wasmparser::{
    BlockType, FrameKind, FuncType, FuncValidator, FunctionBody, Operator, ValType,
    WasmModuleResources,
};

use crate::Outcome;

/// What opens a place that may never be reached though the one before it is.
pub(crate) fn is_noted(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::If { .. }
            | Operator::Else
            | Operator::Loop { .. }
            | Operator::BrIf { .. }
            | Operator::End
    )
}

/// A block, a loop, an `if`, or the whole body.
pub(crate) struct Construct {
    pub(crate) is_loop: bool,
    /// The construct around it; the body is its own.
    pub(crate) outer: usize,
    /// The place after the operator that opens it.
    pub(crate) start: usize,
    /// Its `else`, where it has one.
    pub(crate) otherwise: Option<usize>,
    /// Its `end`.
    pub(crate) end: usize,
    /// What it leaves on the stack.
    pub(crate) result: Value,
}

/// What a construct leaves, or a branch takes along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    None,
    One(ValType),
    /// More than one value, or none a constant can stand for; also any parameters.
    Other,
}

/// A body taken apart.
pub(crate) struct Flow<'a> {
    pub(crate) operators: Vec<Operator<'a>>,
    /// At which byte each operator begins, and where the last one ends.
    pub(crate) bytes: Vec<u64>,
    pub(crate) constructs: Vec<Construct>,
    /// The construct in which each operator stands; an `end` stands in what it ends.
    pub(crate) around: Vec<usize>,
    /// Whether a place is reached at all, and with nothing of its construct on the stack.
    pub(crate) is_reached: Vec<bool>,
    pub(crate) is_empty: Vec<bool>,
    /// Types of the locals, parameters among them.
    pub(crate) locals: Vec<ValType>,
    live: Vec<u64>,
}

impl<'a> Flow<'a> {
    /// Takes a body apart; `types` are the program's.
    pub(crate) fn read<T: WasmModuleResources>(
        body: &FunctionBody<'a>,
        validator: &mut FuncValidator<T>,
        types: &[FuncType],
    ) -> Outcome<Self> {
        validator.read_locals(&mut body.get_binary_reader())?;
        let locals = (0..validator.len_locals()).map_while(|at| validator.get_local_type(at));
        let mut flow = Self {
            operators: Vec::new(),
            bytes: Vec::new(),
            constructs: Vec::new(),
            around: Vec::new(),
            is_reached: Vec::new(),
            is_empty: Vec::new(),
            locals: locals.collect(),
            live: Vec::new(),
        };
        let mut reader = body.get_operators_reader()?;
        let mut open = Vec::new();
        while !reader.eof() {
            let frame = validator
                .get_control_frame(0)
                .ok_or("a body goes on after its end")?;
            if open.is_empty() {
                open.push(flow.construct(0, frame.block_type, (false, types)));
            }
            let height = usize::try_from(validator.operand_stack_height())?;
            flow.is_reached.push(!frame.unreachable);
            flow.is_empty.push(height == frame.height);
            let (operator, at) = reader.read_with_offset()?;
            validator.op(at, &operator)?;
            flow.bytes.push(at);
            flow.around.push(*open.last().ok_or("nothing is open")?);
            flow.follow(&operator, &mut open, validator, types)?;
            flow.operators.push(operator);
        }
        flow.bytes.push(reader.original_position());
        flow.find_live();
        Ok(flow)
    }

    fn construct(
        &mut self,
        outer: usize,
        block_type: BlockType,
        (is_loop, types): (bool, &[FuncType]),
    ) -> usize {
        let of = |types: &[ValType]| match types {
            [] => Value::None,
            [ValType::Ref(_) | ValType::V128] => Value::Other,
            [one] => Value::One(*one),
            _ => Value::Other,
        };
        let result = match block_type {
            BlockType::Empty => Value::None,
            BlockType::Type(one) => of(&[one]),
            BlockType::FuncType(at) => {
                let ty = usize::try_from(at).ok().and_then(|at| types.get(at));
                // The body's own parameters are locals, not on the stack.
                let is_body = self.constructs.is_empty();
                match ty {
                    Some(ty) if is_body || ty.params().is_empty() => of(ty.results()),
                    _ => Value::Other,
                }
            }
        };
        self.constructs.push(Construct {
            is_loop,
            outer,
            start: self.operators.len() + usize::from(!self.constructs.is_empty()),
            otherwise: None,
            end: 0,
            result,
        });
        self.constructs.len() - 1
    }

    /// Notes what an operator opens and closes; `validator` has just seen it.
    fn follow<T: WasmModuleResources>(
        &mut self,
        operator: &Operator<'a>,
        open: &mut Vec<usize>,
        validator: &FuncValidator<T>,
        types: &[FuncType],
    ) -> Outcome<()> {
        let here = self.operators.len();
        let innermost = *open.last().ok_or("nothing is open")?;
        match operator {
            Operator::Block { blockty } | Operator::If { blockty } | Operator::Loop { blockty } => {
                let frame = validator.get_control_frame(0).ok_or("nothing is open")?;
                let is_loop = frame.kind == FrameKind::Loop;
                open.push(self.construct(innermost, *blockty, (is_loop, types)));
            }
            Operator::Else => self.constructs[innermost].otherwise = Some(here),
            Operator::End => {
                self.constructs[innermost].end = here;
                open.pop();
            }
            _ => {}
        }
        Ok(())
    }

    /// The construct that a branch at an operator leaves, or goes round again.
    pub(crate) fn label(&self, operator: usize, depth: u32) -> usize {
        (0..depth).fold(self.around[operator], |at, _| self.constructs[at].outer)
    }

    /// Where a branch to a construct leads.
    fn target(&self, construct: usize) -> usize {
        let construct = &self.constructs[construct];
        if construct.is_loop {
            construct.start
        } else {
            construct.end + 1
        }
    }

    /// Places to which an operator may lead, and whether to the next one.
    fn ways(&self, at: usize) -> (Vec<usize>, bool) {
        let to = |depth: u32| self.target(self.label(at, depth));
        match &self.operators[at] {
            Operator::Br { relative_depth } => (vec![to(*relative_depth)], false),
            Operator::BrIf { relative_depth } => (vec![to(*relative_depth)], true),
            Operator::BrTable { targets } => {
                let all = targets.targets().flatten().chain([targets.default()]);
                (all.map(to).collect(), false)
            }
            Operator::Return | Operator::Unreachable => (Vec::new(), false),
            Operator::If { .. } => {
                let opened = self
                    .constructs
                    .iter()
                    .find(|c| c.start == at + 1 && !c.is_loop);
                let construct = opened.map(|c| c.otherwise.unwrap_or(c.end) + 1);
                (construct.into_iter().collect(), true)
            }
            Operator::Else => (vec![self.constructs[self.around[at]].end + 1], false),
            _ => (Vec::new(), true),
        }
    }

    fn width(&self) -> usize {
        self.locals.len().div_ceil(64)
    }

    /// Goes backwards over the body until nothing changes any more.
    fn find_live(&mut self) {
        let width = self.width();
        let count = self.operators.len();
        self.live = vec![0; width * (count + 1)];
        let ways: Vec<_> = (0..count).map(|at| self.ways(at)).collect();
        let mut changes = true;
        while changes {
            changes = false;
            for (at, (targets, goes_on)) in ways.iter().enumerate().rev() {
                let mut live = vec![0; width];
                let next = goes_on.then_some(at + 1);
                for place in targets.iter().copied().chain(next) {
                    for (word, other) in live.iter_mut().zip(&self.live[place * width..]) {
                        *word |= other;
                    }
                }
                if let Some((local, is_read)) = local(&self.operators[at]) {
                    let bit = 1 << (local % 64);
                    if is_read {
                        live[local / 64] |= bit;
                    } else {
                        live[local / 64] &= !bit;
                    }
                }
                let before = &mut self.live[at * width..(at + 1) * width];
                changes |= *before != live;
                before.copy_from_slice(&live);
            }
        }
    }

    /// Whether a local's value may still be read from a place on.
    pub(crate) fn is_live(&self, place: usize, local: usize) -> bool {
        self.live[place * self.width() + local / 64] >> (local % 64) & 1 == 1
    }

    /// Whether a local's value may be read after a branch to a construct.
    pub(crate) fn is_live_at_label(&self, construct: usize, local: usize) -> bool {
        self.is_live(self.target(construct), local)
    }
}

/// The local an operator names, and whether it reads it; `local.tee` writes.
pub(crate) fn local(operator: &Operator<'_>) -> Option<(usize, bool)> {
    let (at, is_read) = match operator {
        Operator::LocalGet { local_index } => (local_index, true),
        Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
            (local_index, false)
        }
        _ => return None,
    };
    Some((usize::try_from(*at).ok()?, is_read))
}
