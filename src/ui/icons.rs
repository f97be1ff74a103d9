//! Icons on a 24-px grid with a 2-px pen, as inline SVG.

use yew::Html;

use super::widgets::picture;

/// A pictogram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Select,
    Write,
    Read,
    Ephemeral,
    Kill,
    Plug,
    Restart,
    Pause,
    Resume,
    Cut,
    Partition,
    Undo,
    Heal,
    Moon,
    Sun,
    Help,
    File,
    Back,
    StepBack,
    StepForward,
    Close,
    Dots,
    Check,
    Menu,
}

impl Icon {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Select => "M5 3l6.5 16 2.3-6.7L20.5 10z",
            Self::Write => "M4 20l1-4.500L16.500 4l3.500 3.500L8.500 19zM14 6.500l3.500 3.500",
            Self::Read => {
                "M2.500 12s3.500-6.500 9.500-6.500S21.500 12 21.500 12 18 18.500 12 18.500 \
                 2.500 12 2.500 12zM12 14.500a2.500 2.500 0 100-5 2.500 2.500 0 000 5z"
            }
            Self::Ephemeral => {
                "M7 3h10M7 21h10M8 3c0 5 3 6 4 9 1-3 4-4 4-9M8 21c0-5 3-6 4-9 1 3 4 4 4 9"
            }
            Self::Kill => "M13 2L4.5 13.5H11L9.5 22 19 10h-6.5z",
            Self::Plug => "M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 01-11 0zM12 17v5",
            Self::Restart => "M19.5 12a7.5 7.5 0 11-2.4-5.5M17.5 2.5v4.5h-4.500",
            Self::Pause => "M8 5v14M16 5v14",
            Self::Resume => "M7 4.500v15l12-7.500z",
            Self::Cut => {
                "M6 8.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM6 20.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z\
                 M8.2 7.5L20 18M8.2 16.5L20 6"
            }
            Self::Partition => {
                "M12 3.5c5 0 8.5 3 8.5 7s-3.5 7-8.5 7c-1.5 0-3-.3-4.2-.8\
                 M12 3.5c-5 0-8.500 3-8.500 7 0 2.600 1.600 5 4.300 6.200"
            }
            Self::Undo => "M4 10h10a6 6 0 010 12h-3M4 10l5-5M4 10l5 5",
            Self::Heal => "M12 5v14M5 12h14",
            Self::Moon => "M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z",
            Self::Sun => {
                "M12 16.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM12 2v2M12 20v2M2 12h2M20 12h2\
                 M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5"
            }
            Self::Help => "M9 9a3 3 0 115 2.2c-1.2.9-2 1.5-2 2.8M12 18h.01",
            Self::File => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
            Self::Back => "M15 5l-7 7 7 7",
            Self::StepBack => "M17 5l-8 7 8 7zM6 5v14",
            Self::StepForward => "M7 5l8 7-8 7zM18 5v14",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Dots => "M5 12h.01M12 12h.01M19 12h.01",
            Self::Check => "M4.5 12.5l5 5 10-11",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
        }
    }

    /// Drawn in the text's colour; nothing for a screen reader.
    pub(super) fn html(self) -> Html {
        self.classed("i")
    }

    /// The same with other classes, of which `i` is one.
    pub(super) fn classed(self, class: &'static str) -> Html {
        picture(self.svg(class))
    }

    /// The same as markup.
    pub(super) fn svg(self, class: &str) -> String {
        let path = self.path();
        let dashes = if self == Self::Partition {
            " stroke-dasharray=\"3.5 3\""
        } else {
            ""
        };
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">\
             <path d=\"{path}\"{dashes}/></svg>"
        )
    }
}
