//! Design tokens resolved to what a canvas understands, once per theme.

use std::cell::RefCell;
use std::rc::Rc;

use super::super::dom;
use crate::view::decimal::decimal;
use crate::view::scene::{TextClass, Token};

/// Every token's colour and the font stacks, as the stylesheet has them now.
#[derive(Clone, Debug, Default)]
pub(in crate::ui) struct Palette {
    colours: Vec<String>,
    ui_font: String,
    mono_font: String,
    fonts: RefCell<Vec<Font>>,
}

/// A face and size with what CSS calls it.
type Font = ((TextClass, f64), Rc<str>);

/// How many fonts are kept: a stage of one size uses about ten.
const FONTS: usize = 32;

impl Palette {
    /// Reads the stylesheet.
    pub(in crate::ui) fn resolve() -> Self {
        Self {
            colours: Token::ALL
                .iter()
                .map(|token| dom::css_value(token.css_name()))
                .collect(),
            ui_font: dom::css_value(TextClass::Label.css_font()),
            mono_font: dom::css_value(TextClass::Mono.css_font()),
            fonts: RefCell::default(),
        }
    }

    /// The colour of `token`, as CSS writes it.
    pub(in crate::ui) fn colour(&self, token: Token) -> &str {
        // They are listed in the order of their declaration; a test says so.
        let colour = self.colours.get(token as usize);
        colour.map_or("", String::as_str)
    }

    /// The canvas font of `class` at `size` px; written once for each that is used.
    pub(in crate::ui) fn font(&self, class: TextClass, size: f64) -> Rc<str> {
        let mut fonts = self.fonts.borrow_mut();
        let known = fonts.iter().find(|(key, _)| *key == (class, size));
        if let Some((_, font)) = known {
            return Rc::clone(font);
        }
        let stack = if class == TextClass::Mono {
            &self.mono_font
        } else {
            &self.ui_font
        };
        let font: Rc<str> = format!("{} {}px {stack}", class.weight(), decimal(size, 2)).into();
        if fonts.len() >= FONTS {
            fonts.clear();
        }
        fonts.push(((class, size), Rc::clone(&font)));
        font
    }
}
