//! What a function's body names, and the same body with other numbers.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{FunctionBody, Operator};

use crate::Outcome;

/// The functions and globals that bodies name.
#[derive(Default)]
pub(crate) struct Named {
    pub(crate) functions: BTreeSet<u32>,
    pub(crate) globals: BTreeSet<u32>,
    pub(crate) tables: BTreeSet<u32>,
}

impl Named {
    /// Adds what one body names.
    pub(crate) fn add(&mut self, body: &FunctionBody<'_>) -> Outcome<()> {
        for operator in body.get_operators_reader()? {
            // What is not told here and has numbers of these kinds fails in `Renumber`, which
            // finds no new number for it.
            match operator? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => {
                    self.functions.insert(function_index);
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

    fn global_index(&mut self, old: u32) -> Result<u32, reencode::Error<Missing>> {
        new_number("global", self.globals, old)
    }

    fn table_index(&mut self, old: u32) -> Result<u32, reencode::Error<Missing>> {
        new_number("table", self.tables, old)
    }
}
