//! The program with a note, "I was here", at the beginning of every function and wherever a place
//! may not be reached though the one before it is.
//!
//! The notes are bytes in pages behind the program's own memory. What allocates asks for pages
//! after those, so nothing else ever stands there.

use std::ops::Range;

use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, Function, Instruction, MemArg, MemArgTarget, MemorySection, Module,
};
use wasmparser::{FunctionBody, MemorySectionReader};

use crate::Outcome;
use crate::flow::is_noted;
use crate::program::Program;

const PAGE: u64 = 65_536;

/// The marked program, and at which addresses its notes are.
pub(crate) fn marked(whole: &[u8], program: &Program<'_>) -> Outcome<(Vec<u8>, Range<u64>)> {
    let start = program.memory.initial * PAGE;
    let count = count(program)?;
    let mut mark = Mark {
        next: start,
        pages: count.div_ceil(PAGE),
    };
    let mut module = Module::new();
    mark.parse_core_module(&mut module, wasmparser::Parser::new(0), whole)?;
    Ok((module.finish(), start..start + count))
}

/// How many notes a program has: one for every function, and one for every place within.
pub(crate) fn count(program: &Program<'_>) -> Outcome<u64> {
    let mut count = 0;
    for function in &program.functions {
        for operator in function.body.get_operators_reader()? {
            count += u64::from(is_noted(&operator?));
        }
    }
    Ok(count)
}

struct Mark {
    next: u64,
    pages: u64,
}

impl Mark {
    fn note(&mut self, function: &mut Function) {
        let place = MemArg {
            offset: self.next,
            align: 0,
            target: MemArgTarget::Memory(0),
            ordering: None,
        };
        self.next += 1;
        function
            .instruction(&Instruction::I32Const(0))
            .instruction(&Instruction::I32Const(1))
            .instruction(&Instruction::I32Store8(place));
    }
}

impl Reencode for Mark {
    type Error = std::convert::Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: MemorySectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        for memory in section {
            let mut memory = self.memory_type(memory?)?;
            memory.minimum += self.pages;
            memory.maximum = memory.maximum.map(|most| most + self.pages);
            memories.memory(memory);
        }
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        self.note(&mut function);
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            // The body's own end takes the place of the note at its beginning in every count.
            let is_noted = is_noted(&operator) && !operators.eof();
            function.instruction(&RoundtripReencoder.instruction(operator)?);
            if is_noted {
                self.note(&mut function);
            }
        }
        code.function(&function);
        Ok(())
    }
}
