//! The picture as values: shapes painted in order, and the areas a pointer can hit.
//!
//! Not a canvas and not a colour: a [`Paint`] names a design token, the painter looks the token up
//! in the stylesheet. Coordinates are CSS pixels from the stage's top left corner.
//!
//! Long because it is the whole vocabulary of the picture, and every word is documented.

use crate::protocol::Sid;
use crate::sim::{ClientId, FaultId};

pub use super::geometry::{Frame, Point, Size};

/// A design token: the custom property the stylesheet gives a colour to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// The stage's background.
    Bg,
    /// Bars and panels.
    Chrome,
    /// Decorative hairlines and unlit ring segments.
    Line,
    /// Borders and links.
    Line2,
    /// Text.
    Ink,
    /// Secondary text.
    Ink2,
    /// Tertiary text.
    Ink3,
    /// Leader, followers, log.
    Zab,
    /// A leader's body.
    ZabFill,
    /// On a leader's body.
    OnZab,
    /// A follower's body.
    ZabTint,
    /// Looking, ballots, stale.
    Elect,
    /// A looking body.
    ElectTint,
    /// A ballot card.
    ElectFill,
    /// On a ballot card.
    OnElect,
    /// Clients, their sessions, what is served.
    Client,
    /// A served client's body.
    ClientFill,
    /// On it.
    OnClient,
    /// What the reader did.
    You,
    /// What the reader did, as a surface.
    YouFill,
    /// On that surface.
    OnYou,
    /// Dead, gone, idle, heartbeats.
    Down,
    /// A broken promise; nothing else is red.
    Broken,
}

impl Token {
    /// Every token a scene may name.
    pub const ALL: [Self; 23] = [
        Self::Bg,
        Self::Chrome,
        Self::Line,
        Self::Line2,
        Self::Ink,
        Self::Ink2,
        Self::Ink3,
        Self::Zab,
        Self::ZabFill,
        Self::OnZab,
        Self::ZabTint,
        Self::Elect,
        Self::ElectTint,
        Self::ElectFill,
        Self::OnElect,
        Self::Client,
        Self::ClientFill,
        Self::OnClient,
        Self::You,
        Self::YouFill,
        Self::OnYou,
        Self::Down,
        Self::Broken,
    ];

    /// The custom property: `--zab-fill`.
    pub const fn css_name(self) -> &'static str {
        match self {
            Self::Bg => "--bg",
            Self::Chrome => "--chrome",
            Self::Line => "--line",
            Self::Line2 => "--line-2",
            Self::Ink => "--ink",
            Self::Ink2 => "--ink-2",
            Self::Ink3 => "--ink-3",
            Self::Zab => "--zab",
            Self::ZabFill => "--zab-fill",
            Self::OnZab => "--on-zab",
            Self::ZabTint => "--zab-tint",
            Self::Elect => "--elect",
            Self::ElectTint => "--elect-tint",
            Self::ElectFill => "--elect-fill",
            Self::OnElect => "--on-elect",
            Self::Client => "--client",
            Self::ClientFill => "--client-fill",
            Self::OnClient => "--on-client",
            Self::You => "--you",
            Self::YouFill => "--you-fill",
            Self::OnYou => "--on-you",
            Self::Down => "--down",
            Self::Broken => "--broken",
        }
    }
}

/// What an area is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// One colour.
    Solid(Token),
    /// Stripes at 45°, `HATCH_PITCH` apart and `HATCH_WIDTH` wide, of the second token on the
    /// first.
    Hatch(Token, Token),
}

/// Distance between two stripes of a hatch, px.
pub const HATCH_PITCH: f64 = 9.0;
/// Width of a stripe of a hatch, px.
pub const HATCH_WIDTH: f64 = 3.5;

/// How a line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cap {
    /// Flat, at its end.
    #[default]
    Butt,
    /// Rounded; joins are rounded too.
    Round,
}

/// A line's pen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub token: Token,
    /// Its width, px.
    pub width: f64,
    /// Lengths of dash and gap, px.
    pub dash: Option<(f64, f64)>,
    /// How it ends.
    pub cap: Cap,
}

impl Stroke {
    /// A solid line with flat ends.
    pub const fn new(token: Token, width: f64) -> Self {
        Self {
            token,
            width,
            dash: None,
            cap: Cap::Butt,
        }
    }

    /// The same line, dashed.
    #[must_use]
    pub const fn dashed(self, dash: f64, gap: f64) -> Self {
        Self {
            dash: Some((dash, gap)),
            ..self
        }
    }

    /// The same line with round ends and joins.
    #[must_use]
    pub const fn round(self) -> Self {
        Self {
            cap: Cap::Round,
            ..self
        }
    }
}

/// Fill and outline of an area. The outline is painted over the fill.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Style {
    /// Inside.
    pub fill: Option<Paint>,
    /// Outline.
    pub stroke: Option<Stroke>,
}

impl Style {
    /// Filled, without outline.
    pub const fn filled(token: Token) -> Self {
        Self {
            fill: Some(Paint::Solid(token)),
            stroke: None,
        }
    }

    /// Outlined, not filled.
    pub const fn outlined(stroke: Stroke) -> Self {
        Self {
            fill: None,
            stroke: Some(stroke),
        }
    }

    /// Filled and outlined.
    pub const fn both(token: Token, stroke: Stroke) -> Self {
        Self {
            fill: Some(Paint::Solid(token)),
            stroke: Some(stroke),
        }
    }
}

/// One piece of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// Lifts the pen and sets it down here.
    Move(Point),
    /// A straight line to here.
    Line(Point),
    /// A quadratic curve: control point, end.
    Quad(Point, Point),
    /// Back to the last `Move`.
    Close,
}

/// Where a text's `at` lies along its baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At its start.
    Start,
    /// In its middle.
    #[default]
    Middle,
    /// At its end.
    End,
}

/// Which face and weight a text has. Sizes are the shape's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextClass {
    /// Server names, letters, numbers on cards: `--font-ui`, 750.
    Name,
    /// State labels: `--font-ui`, 700.
    Label,
    /// Quiet words: `--font-ui`, 600.
    Quiet,
    /// zxids and message names: `--font-mono`, 600.
    Mono,
}

impl TextClass {
    /// The font weight.
    pub const fn weight(self) -> u16 {
        match self {
            Self::Name => 750,
            Self::Label => 700,
            Self::Quiet | Self::Mono => 600,
        }
    }

    /// The custom property that holds the font stack.
    pub const fn css_font(self) -> &'static str {
        match self {
            Self::Mono => "--font-mono",
            Self::Name | Self::Label | Self::Quiet => "--font-ui",
        }
    }
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// A point of its alphabetic baseline.
    pub at: Point,
    /// Where on the baseline.
    pub align: Align,
    /// What it says, in the reader's language.
    pub text: String,
    /// Face and weight.
    pub class: TextClass,
    /// Font size, px.
    pub size: f64,
    /// Colour.
    pub token: Token,
    /// Width of the background-coloured outline under it, px; 0 is none.
    pub halo: f64,
}

/// What is painted. Later shapes lie over earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A disc or circle.
    Circle {
        /// Its centre.
        center: Point,
        /// Its radius.
        radius: f64,
        /// Fill and outline.
        style: Style,
    },
    /// A part of a circle's line, clockwise.
    Arc {
        /// The circle's centre.
        center: Point,
        /// The circle's radius.
        radius: f64,
        /// Where it begins, degrees clockwise from the top.
        from_deg: f64,
        /// Where it ends; at most 360° further.
        to_deg: f64,
        /// Its pen.
        stroke: Stroke,
    },
    /// A closed polygon with rounded joins.
    Polygon {
        /// Its corners in order.
        points: Vec<Point>,
        /// Fill and outline.
        style: Style,
    },
    /// An upright box.
    Rect {
        /// The box.
        frame: Frame,
        /// Radius of its corners.
        corner: f64,
        /// Fill and outline.
        style: Style,
    },
    /// Several upright boxes that look the same.
    Boxes {
        /// The boxes.
        frames: Vec<Frame>,
        /// Fill and outline.
        style: Style,
    },
    /// A straight line.
    Line {
        /// One end.
        from: Point,
        /// The other.
        to: Point,
        /// Its pen.
        stroke: Stroke,
        /// 0 to 1.
        opacity: f64,
    },
    /// Lines and curves.
    Path {
        /// The pieces in order.
        segments: Vec<Segment>,
        /// Fill and outline.
        style: Style,
    },
    /// A line of text.
    Text(Text),
}

/// What can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A server.
    Server(Sid),
    /// The link between two servers, the smaller id first.
    Link(Sid, Sid),
    /// A message in flight, by its number.
    Message(u64),
    /// The lasso or mark of a standing fault.
    Fault(FaultId),
    /// A client.
    Client(ClientId),
}

/// Where a target lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Area {
    /// Within `radius` of `center`.
    Disc {
        /// The centre.
        center: Point,
        /// The radius.
        radius: f64,
    },
    /// Within `reach` of the line between two points.
    Segment {
        /// One end.
        from: Point,
        /// The other.
        to: Point,
        /// How far from it.
        reach: f64,
    },
    /// Within a box.
    Frame(Frame),
}

impl Area {
    /// True where `at` lies within.
    pub fn contains(&self, at: Point) -> bool {
        match *self {
            Self::Disc { center, radius } => center.distance(at) <= radius,
            Self::Segment { from, to, reach } => at.distance_to_segment(from, to) <= reach,
            Self::Frame(frame) => frame.contains(at),
        }
    }
}

/// A chip that belongs over the stage as a real button: "You cut off S5 · Heal".
#[derive(Clone, Debug, PartialEq)]
pub struct Chip {
    /// Its middle.
    pub at: Point,
    /// The fault it heals.
    pub fault: FaultId,
    /// What it says, in the reader's language.
    pub text: String,
    /// What its button says.
    pub action: String,
}

/// One moment, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The stage's size.
    pub size: Size,
    /// What to paint, in order.
    pub shapes: Vec<Shape>,
    /// What can be hit, the topmost last.
    pub targets: Vec<(Target, Area)>,
    /// Buttons to lay over the stage.
    pub chips: Vec<Chip>,
    /// Where each client is shown.
    pub clients: Vec<(ClientId, Point)>,
}

impl Scene {
    /// The topmost target at `at`.
    pub fn hit(&self, at: Point) -> Option<Target> {
        let found = self
            .targets
            .iter()
            .rev()
            .find(|(_, area)| area.contains(at));
        found.map(|(target, _)| *target)
    }

    /// Every text of the scene, in painting order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(text) => Some(text),
            _ => None,
        })
    }
}

impl Text {
    /// How wide the text is, about: Latin at 0.56 em (mono 0.6), CJK at 1 em.
    ///
    /// The core has no font; this errs on the wide side.
    pub fn width(&self) -> f64 {
        text_width(&self.text, self.size, self.class)
    }

    /// The box it covers, about.
    pub fn frame(&self) -> Frame {
        let w = self.width();
        let x = match self.align {
            Align::Start => self.at.x,
            Align::Middle => self.at.x - w / 2.0,
            Align::End => self.at.x - w,
        };
        Frame {
            x,
            y: self.at.y - self.size * 0.8,
            w,
            h: self.size,
        }
    }
}

/// How wide `text` is, about, at `size` px.
pub fn text_width(text: &str, size: f64, class: TextClass) -> f64 {
    let narrow = if class == TextClass::Mono { 0.6 } else { 0.56 };
    text.chars()
        .map(|c| if c >= '\u{2e80}' { size } else { size * narrow })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_topmost_target_is_hit() {
        let scene = Scene {
            targets: vec![
                (
                    Target::Link(Sid(1), Sid(2)),
                    Area::Segment {
                        from: Point::new(0.0, 0.0),
                        to: Point::new(100.0, 0.0),
                        reach: 8.0,
                    },
                ),
                (
                    Target::Server(Sid(1)),
                    Area::Disc {
                        center: Point::new(0.0, 0.0),
                        radius: 20.0,
                    },
                ),
            ],
            ..Scene::default()
        };
        assert_eq!(
            scene.hit(Point::new(5.0, 5.0)),
            Some(Target::Server(Sid(1)))
        );
        assert_eq!(
            scene.hit(Point::new(50.0, 7.0)),
            Some(Target::Link(Sid(1), Sid(2)))
        );
        assert_eq!(scene.hit(Point::new(50.0, 9.0)), None);
        assert_eq!(scene.hit(Point::new(109.0, 0.0)), None);
    }

    #[test]
    fn every_token_has_its_own_property() {
        let names: crate::base::Set<_> = Token::ALL.iter().map(|t| t.css_name()).collect();
        assert_eq!(names.len(), Token::ALL.len());
        for (index, token) in Token::ALL.into_iter().enumerate() {
            assert_eq!(token as usize, index, "{}", token.css_name());
        }
    }

    #[test]
    fn chinese_is_wider_than_latin() {
        let latin = text_width("Looking", 10.0, TextClass::Label);
        let chinese = text_width("选举中", 10.0, TextClass::Label);
        assert!((latin - 39.2).abs() < 1e-9 && (chinese - 30.0).abs() < 1e-9);
    }
}
