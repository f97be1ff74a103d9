//! Design tokens resolved to what a canvas understands, once per theme.

use super::super::dom;
use crate::view::decimal::decimal;
use crate::view::scene::{TextClass, Token};

/// Every token's colour and the font stacks, as the stylesheet has them now.
#[derive(Clone, Debug, Default)]
pub(super) struct Palette {
    colours: Vec<String>,
    ui_font: String,
    mono_font: String,
}

impl Palette {
    /// Reads the stylesheet.
    pub(super) fn resolve() -> Self {
        Self {
            colours: Token::ALL
                .iter()
                .map(|token| dom::css_value(token.css_name()))
                .collect(),
            ui_font: dom::css_value(TextClass::Label.css_font()),
            mono_font: dom::css_value(TextClass::Mono.css_font()),
        }
    }

    /// The colour of `token`, as CSS writes it.
    pub(super) fn colour(&self, token: Token) -> &str {
        let index = Token::ALL.iter().position(|&t| t == token);
        index
            .and_then(|index| self.colours.get(index))
            .map_or("", String::as_str)
    }

    /// The canvas font of `class` at `size` px.
    pub(super) fn font(&self, class: TextClass, size: f64) -> String {
        let stack = if class == TextClass::Mono {
            &self.mono_font
        } else {
            &self.ui_font
        };
        format!("{} {}px {stack}", class.weight(), decimal(size, 2))
    }
}
