//! The tools of the rail: what a click or a stroke on the stage does.

use super::icons::Icon;
use super::stage::gesture::Pen;

/// A tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tool {
    /// Click selects.
    #[default]
    Select,
    /// Click lets a client write.
    Write,
    /// Click kills the process, or starts it again.
    Kill,
    /// Click pulls the plug.
    Plug,
    /// Click starts a process that is down.
    Restart,
    /// Click pauses the process, or lets it go on.
    Pause,
    /// A stroke cuts links.
    Cut,
    /// A lasso cuts servers off.
    Partition,
}

impl Tool {
    /// In the order of the rail; the first two stand apart.
    pub(super) const ALL: [Self; 8] = [
        Self::Select,
        Self::Write,
        Self::Kill,
        Self::Plug,
        Self::Restart,
        Self::Pause,
        Self::Cut,
        Self::Partition,
    ];

    pub(super) const fn icon(self) -> Icon {
        match self {
            Self::Select => Icon::Select,
            Self::Write => Icon::Write,
            Self::Kill => Icon::Kill,
            Self::Plug => Icon::Plug,
            Self::Restart => Icon::Restart,
            Self::Pause => Icon::Pause,
            Self::Cut => Icon::Cut,
            Self::Partition => Icon::Partition,
        }
    }

    /// The key of its label; its hint has `-hint` behind it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Select => "tool-select",
            Self::Write => "tool-write",
            Self::Kill => "tool-kill",
            Self::Plug => "tool-plug",
            Self::Restart => "tool-restart",
            Self::Pause => "tool-pause",
            Self::Cut => "tool-cut",
            Self::Partition => "tool-partition",
        }
    }

    /// The key of the sentence that says how to use it.
    pub(super) const fn hint(self) -> &'static str {
        match self {
            Self::Select => "tool-select-hint",
            Self::Write => "tool-write-hint",
            Self::Kill => "tool-kill-hint",
            Self::Plug => "tool-plug-hint",
            Self::Restart => "tool-restart-hint",
            Self::Pause => "tool-pause-hint",
            Self::Cut => "tool-cut-hint",
            Self::Partition => "tool-partition-hint",
        }
    }

    /// The value of `data-tool`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Write => "write",
            Self::Kill => "kill",
            Self::Plug => "plug",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Cut => "cut",
            Self::Partition => "partition",
        }
    }

    /// What a stroke draws.
    pub(super) const fn pen(self) -> Pen {
        match self {
            Self::Cut => Pen::Cut,
            Self::Partition => Pen::Lasso,
            Self::Select | Self::Write | Self::Kill | Self::Plug | Self::Restart | Self::Pause => {
                Pen::None
            }
        }
    }
}
