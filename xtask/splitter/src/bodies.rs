//! What a function's body names, and the same body with other numbers.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Instruction};
use wasmparser::{FunctionBody, Operator};

use crate::Outcome;

/// The functions and globals that bodies name.
#[derive(Default)]
pub(crate) struct Named {
    /// With how often they are named.
    pub(crate) functions: BTreeMap<u32, u32>,
    pub(crate) globals: BTreeSet<u32>,
    pub(crate) tables: BTreeSet<u32>,
}

impl Named {
    /// Adds a function named elsewhere.
    pub(crate) fn name(&mut self, function: u32) {
        *self.functions.entry(function).or_default() += 1;
    }

    /// Adds what one body names.
    pub(crate) fn add(&mut self, body: &FunctionBody<'_>) -> Outcome<()> {
        for operator in body.get_operators_reader()? {
            // What is not told here and has numbers of these kinds fails in `Renumber`, which
            // finds no new number for it.
            match operator? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    self.name(function_index);
                }
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    self.globals.insert(global_index);
                }
                Operator::CallIndirect {
                    table_index: table, ..
                }
                | Operator::ReturnCallIndirect {
                    table_index: table, ..
                }
                | Operator::TableFill { table }
                | Operator::TableGet { table }
                | Operator::TableSet { table }
                | Operator::TableGrow { table }
                | Operator::TableSize { table } => {
                    self.tables.insert(table);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// New numbers for everything of which a part has only some.
pub(crate) struct Renumber<'a> {
    /// By old number; `None` for what is not in this part.
    pub(crate) functions: &'a [Option<u32>],
    pub(crate) globals: &'a [Option<u32>],
    pub(crate) tables: &'a [Option<u32>],
    pub(crate) through: &'a Through,
}

/// Functions of the other part that are called through their slots in table 0 where they are named.
#[derive(Default)]
pub(crate) struct Through {
    /// The number of the function that sees to it that the other part is there.
    pub(crate) ensure: u32,
    /// Slot and type by old number.
    pub(crate) slots: BTreeMap<u32, (i32, u32)>,
}

/// A body names what its part does not have.
#[derive(Debug)]
pub(crate) struct Missing(&'static str, u32);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} has no number in this part", self.0, self.1)
    }
}

impl std::error::Error for Missing {}

fn new_number(
    kind: &'static str,
    numbers: &[Option<u32>],
    old: u32,
) -> Result<u32, reencode::Error<Missing>> {
    let at = usize::try_from(old).ok();
    at.and_then(|at| numbers.get(at).copied().flatten())
        .ok_or(reencode::Error::UserError(Missing(kind, old)))
}

impl Reencode for Renumber<'_> {
    type Error = Missing;

    fn function_index(&mut self, old: u32) -> Result<u32, reencode::Error<Missing>> {
        new_number("function", self.functions, old)
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error<Missing>> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            if let Operator::Call { function_index } = operator
                && let Some((slot, type_index)) = self.through.slots.get(&function_index).copied()
            {
                function
                    .instruction(&Instruction::Call(self.through.ensure))
                    .instruction(&Instruction::I32Const(slot))
                    .instruction(&Instruction::CallIndirect {
                        type_index,
                        table_index: 0,
                    });
            } else {
                function.instruction(&self.instruction(operator)?);
            }
        }
        code.function(&function);
        Ok(())
    }

    fn global_index(&mut self, old: u32) -> Result<u32, reencode::Error<Missing>> {
        new_number("global", self.globals, old)
    }

    fn table_index(&mut self, old: u32) -> Result<u32, reencode::Error<Missing>> {
        new_number("table", self.tables, old)
    }
}
