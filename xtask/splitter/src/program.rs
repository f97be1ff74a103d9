//! A wasm program taken apart, as far as splitting needs it.

use wasmparser::{
    Data, ElementItems, ElementKind, Export, FuncType, FunctionBody, Global, Import, MemoryType,
    Operator, Parser, Payload, TableType, TypeRef,
};

use crate::Outcome;

/// The parts of a program in the order of their numbers.
pub(crate) struct Program<'a> {
    pub(crate) types: Vec<FuncType>,
    /// All are functions; they have the first function numbers.
    pub(crate) imports: Vec<Import<'a>>,
    pub(crate) functions: Vec<Function<'a>>,
    pub(crate) tables: Vec<TableType>,
    pub(crate) memory: MemoryType,
    pub(crate) globals: Vec<Global<'a>>,
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) start: Option<u32>,
    /// What table 0 holds at the start, slot by slot.
    pub(crate) slots: Vec<(u32, u32)>,
    pub(crate) data: Vec<Data<'a>>,
    pub(crate) is_data_counted: bool,
}

/// A function the program has itself.
pub(crate) struct Function<'a> {
    pub(crate) type_index: u32,
    pub(crate) body: FunctionBody<'a>,
}

impl<'a> Program<'a> {
    /// Takes a program apart.
    ///
    /// # Errors
    /// When it is no wasm, or has what the page's programs do not have.
    pub(crate) fn read(bytes: &'a [u8]) -> Outcome<Self> {
        let mut program = Self::empty();
        let mut type_indices = Vec::new();
        let mut bodies = Vec::new();
        let mut memories = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::FunctionSection(section) => {
                    type_indices = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::MemorySection(section) => {
                    memories = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                payload => program.take(payload)?,
            }
        }
        let [memory] = memories.as_slice() else {
            return Err("the program must have one memory of its own".into());
        };
        program.memory = *memory;
        if type_indices.len() != bodies.len() {
            return Err("as many functions as bodies were expected".into());
        }
        let functions = type_indices.into_iter().zip(bodies);
        program.functions = functions
            .map(|(type_index, body)| Function { type_index, body })
            .collect();
        Ok(program)
    }

    fn empty() -> Self {
        Self {
            types: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            tables: Vec::new(),
            memory: MemoryType {
                memory64: false,
                shared: false,
                initial: 0,
                maximum: None,
                page_size_log2: None,
            },
            globals: Vec::new(),
            exports: Vec::new(),
            start: None,
            slots: Vec::new(),
            data: Vec::new(),
            is_data_counted: false,
        }
    }

    fn take(&mut self, payload: Payload<'a>) -> Outcome<()> {
        match payload {
            Payload::TypeSection(section) => {
                let types = section.into_iter_err_on_gc_types();
                self.types = types.collect::<Result<_, _>>()?;
            }
            Payload::ImportSection(section) => {
                let imports = section.into_imports();
                self.imports = imports.collect::<Result<_, _>>()?;
                if !self
                    .imports
                    .iter()
                    .all(|i| matches!(i.ty, TypeRef::Func(_)))
                {
                    return Err("only functions may be imported".into());
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::GlobalSection(section) => {
                self.globals = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::ExportSection(section) => {
                self.exports = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    self.element(&element.kind, element.items)?;
                }
            }
            Payload::DataCountSection { .. } => self.is_data_counted = true,
            Payload::DataSection(section) => {
                self.data = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::Version { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            other => return Err(format!("a section nobody expected: {other:?}").into()),
        }
        Ok(())
    }

    fn element(&mut self, kind: &ElementKind<'a>, items: ElementItems<'a>) -> Outcome<()> {
        let (
            ElementKind::Active {
                table_index: None | Some(0),
                offset_expr,
            },
            ElementItems::Functions(functions),
        ) = (kind, items)
        else {
            return Err("only functions, in table 0 from the start, were expected".into());
        };
        let mut offset = offset_expr.get_operators_reader();
        let Operator::I32Const { value } = offset.read()? else {
            return Err("a segment of the table must begin at a constant".into());
        };
        for (slot, function) in (u32::try_from(value)?..).zip(functions) {
            self.slots.push((slot, function?));
        }
        Ok(())
    }

    /// How many functions come from outside.
    pub(crate) fn outside(&self) -> u32 {
        u32::try_from(self.imports.len()).expect("wasm counts in 32 bits")
    }

    /// The type of a function by its number.
    pub(crate) fn type_of(&self, function: u32) -> u32 {
        let at = usize::try_from(function).expect("a number of 32 bits is an index");
        match self.imports.get(at) {
            Some(Import {
                ty: TypeRef::Func(type_index),
                ..
            }) => *type_index,
            _ => self.functions[at - self.imports.len()].type_index,
        }
    }
}
