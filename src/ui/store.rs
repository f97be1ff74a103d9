//! The page's state, outside all components, and the one way to change it.
//!
//! Components hold a [`Handle`]: it reads, and it takes an [`Action`]. A handle equals another of
//! the
//! same revision, so a panel renders again when, and only when, the revision has grown.

use std::cell::RefCell;
use std::rc::Rc;

use yew::{AttrValue, Callback, Html};

use super::action::{Action, Dialog, MenuAt, Typed};
use super::crash;
use super::engine::Engine;
use super::location::Asked;
use super::panels::PanelId;
use super::prefs::Theme;
use super::space::{Space, View};
use super::stage::gesture::{Gesture, Meaning};
use super::stage::lens;
use super::tool::Tool;
use super::widgets::words;
use crate::base::{Micros, Ppm};
use crate::protocol::Sid;
use crate::sim::{ClientId, Rejected};
use crate::view::layout::Layout;
use crate::view::narrate::{self, Caption, Voice};
use crate::view::scene::{Chip, Point, Size};
use crate::view::texts::{Language, Texts, Value};
use crate::view::{Scene, Target, alt_text, clients};

/// How long a short message stays.
const TOAST: Micros = Micros::from_ms(4_000);
/// The shortest time between two renderings of the panels while time runs.
const RENDER_EVERY: Micros = Micros::from_ms(100);

/// A sentence stays at least this long while time runs, so that it can be read.
const CAPTION_HOLDS: Micros = Micros::from_ms(900);
/// The shortest time between two sentences of the live region.
const SPEAK_EVERY: Micros = Micros::from_ms(1_500);

/// Everything the page knows.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of one page; no function takes them one by one"
)]
pub(super) struct Store {
    pub(super) engine: Engine,
    pub(super) texts: Rc<Texts>,
    pub(super) theme: Theme,
    pub(super) tool: Tool,
    pub(super) selection: Option<Target>,
    pub(super) panel: PanelId,
    /// What the middle of the page shows.
    pub(super) view: View,
    /// The space–time diagram.
    pub(super) space: Space,
    /// True while the bottom sheet of a phone is up.
    pub(super) sheet: bool,
    pub(super) menu: Option<MenuAt>,
    pub(super) dialog: Option<Dialog>,
    /// A short message and how long it still stays.
    pub(super) toast: Option<(String, Micros)>,
    /// A command being typed: `L` and two digits, `X` and digits.
    pub(super) typed: Typed,
    /// True while single-letter keys work.
    pub(super) keys: bool,
    /// True while a file hangs over the page.
    pub(super) dropping: bool,
    pub(super) reduced_motion: bool,
    pub(super) coarse_pointer: bool,
    /// True where the page is laid out for a phone.
    pub(super) phone: bool,
    /// Grows when colours may have changed.
    pub(super) look: u32,
    /// The stage's size.
    pub(super) size: Size,
    /// The stage's top left corner in the window.
    pub(super) corner: Point,
    /// The overview's size.
    pub(super) track: Size,
    /// Where the reader has dragged to since the last frame.
    pub(super) scrub: Option<Micros>,
    /// The sentence in the narration bar, and how long it has stood there.
    pub(super) caption: Caption,
    caption_age: Micros,
    /// The last sentence the live region spoke, and how long ago.
    pub(super) spoken: Option<u64>,
    pub(super) since_spoken: Micros,
    /// The client the tab key leads to, once arrows have moved among them.
    pub(super) client_stop: Option<ClientId>,
    /// The server the tab key leads to, once arrows have moved along the ring.
    pub(super) stop: Option<Sid>,
    /// The picture painted last; pointers are held against it.
    pub(super) scene: Scene,
    /// The chips over it, as they were rendered last.
    pub(super) chips: Vec<Chip>,
    /// What a mouse is over.
    pub(super) hover: Option<Target>,
    /// A pointer that is down on the stage.
    pub(super) gesture: Option<Gesture>,
    /// The present ratio of run time to wall time.
    pub(super) rate: Ppm,
    revision: u64,
    since_render: Micros,
}

/// What the store begins with: what the address, the last visit and the system say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) asked: Asked,
    pub(super) language: Language,
    pub(super) theme: Theme,
    pub(super) keys: Switch,
    pub(super) motion: Motion,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    On,
    Off,
}

/// How much may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motion {
    Full,
    Reduced,
}

impl Store {
    /// The first state of the page.
    pub(super) fn new(settings: &Settings) -> Self {
        let reduced_motion = settings.motion == Motion::Reduced;
        let engine = Engine::new(&settings.asked, settings.motion);
        crash::remember(engine.report());
        Self {
            engine,
            texts: Rc::new(Texts::new(settings.language)),
            theme: settings.theme,
            tool: Tool::default(),
            selection: None,
            panel: PanelId::default(),
            view: View::default(),
            space: Space::default(),
            sheet: false,
            menu: None,
            dialog: None,
            toast: None,
            typed: Typed::default(),
            keys: settings.keys == Switch::On,
            dropping: false,
            reduced_motion,
            coarse_pointer: false,
            phone: false,
            look: 0,
            size: Size::default(),
            corner: Point::default(),
            track: Size::default(),
            scrub: None,
            caption: Caption {
                text: String::new(),
                why: None,
                voice: Voice::Machine,
            },
            caption_age: CAPTION_HOLDS,
            spoken: None,
            since_spoken: Micros::ZERO,
            client_stop: None,
            stop: None,
            scene: Scene::default(),
            chips: Vec::new(),
            hover: None,
            gesture: None,
            rate: Ppm::ONE,
            revision: 0,
            since_render: Micros::ZERO,
        }
    }

    /// Grows with every change that panels should show.
    pub(super) const fn revision(&self) -> u64 {
        self.revision
    }

    /// Where servers stand.
    pub(super) fn layout(&self) -> Layout {
        Layout::of(&self.engine.snapshot(), &lens(self, self.size))
    }

    /// The server a key without a place means: the selected one, else the leader.
    pub(super) fn subject(&self) -> Option<Sid> {
        match self.selection {
            Some(Target::Server(sid)) => Some(sid),
            _ => self.engine.leader(),
        }
    }

    /// What a server's button says.
    pub(super) fn name_of(&self, sid: Sid) -> String {
        alt_text::server_name(&self.engine.snapshot(), sid, &self.texts)
    }

    /// What a client's button says.
    pub(super) fn client_name(&self, id: ClientId) -> String {
        let snapshot = self.engine.snapshot();
        let client = snapshot.client(id);
        client.map_or_else(String::new, |client| {
            clients::name(client, self.engine.now(), &self.texts)
        })
    }

    /// Why a command was refused, in words.
    pub(super) fn explain(&self, rejected: &Rejected) -> String {
        let who = |sid: Sid| vec![("who", Value::Sids(vec![sid]))];
        match rejected {
            Rejected::Down { sid } => self.texts.with("dim-down", &who(*sid)),
            Rejected::Running { sid } => self.texts.with("dim-runs", &who(*sid)),
            Rejected::Paused { sid } => self.texts.with("dim-paused", &who(*sid)),
            Rejected::NotPaused { sid } => self.texts.with("dim-not-paused", &who(*sid)),
            Rejected::SameServer { .. } => self.texts.get("refused-same"),
            Rejected::AlreadyCut { .. } | Rejected::ClientCut { .. } => {
                self.texts.get("refused-cut")
            }
            Rejected::EmptySide => self.texts.get("refused-side"),
            Rejected::UnknownServer { sid } => self.texts.with("refused-server", &who(*sid)),
            Rejected::UnknownFault { id } => {
                let args = vec![("id", id.0.into())];
                self.texts.with("refused-fault", &args)
            }
            Rejected::UnknownMessage { .. } => self.texts.get("refused-message"),
            Rejected::HeldUp { .. } => self.texts.get("refused-held"),
            Rejected::UnknownClient { id }
            | Rejected::ClientDown { id }
            | Rejected::ClientPaused { id }
            | Rejected::ClientNotPaused { id }
            | Rejected::ClientClosed { id }
            | Rejected::NotConnected { id } => {
                let args = vec![("clients", Value::Clients(vec![*id]))];
                self.texts.with("refused-client", &args)
            }
            Rejected::TooManyClients { limit } => {
                let args = vec![("limit", (*limit).into())];
                self.texts.with("refused-clients", &args)
            }
            Rejected::TooManyFaults { limit } => {
                let args = vec![("limit", (*limit).into())];
                self.texts.with("refused-many", &args)
            }
        }
    }

    /// A point of the window beside a server, for its menu.
    pub(super) fn beside(&self, sid: Sid) -> Point {
        let layout = self.layout();
        let corner = self.corner;
        layout
            .at(sid)
            .offset(corner.x + layout.ring + 10.0, corner.y - 40.0)
    }

    /// A point of the window beside a client, for its menu.
    pub(super) fn beside_client(&self, id: ClientId) -> Point {
        let mut spots = self.scene.clients.iter();
        let at = spots.find(|(known, _)| *known == id).map(|(_, at)| *at);
        let corner = self.corner;
        at.unwrap_or_default()
            .offset(corner.x + 40.0, corner.y - 20.0)
    }

    /// Says something short, once.
    pub(super) fn say(&mut self, text: String) {
        self.toast = Some((text, TOAST));
    }

    /// Lets wall time pass; true where the panels should render again.
    fn frame(&mut self, wall: Micros) -> bool {
        let was_playing = self.engine.playing();
        let before = self.engine.now();
        if let Some(at) = self.scrub.take() {
            self.engine.seek(at);
        }
        self.rate = self.engine.frame(wall);
        crash::remember_moment(self.engine.now());
        self.since_render += wall;
        self.since_spoken += wall;
        self.caption_age += wall;
        let toast_ends = match &mut self.toast {
            Some((_, left)) => {
                *left = left.saturating_sub(wall);
                *left == Micros::ZERO
            }
            None => false,
        };
        if toast_ends {
            self.toast = None;
        }
        let moved = self.engine.now() != before || was_playing != self.engine.playing();
        toast_ends || (moved && self.since_render >= RENDER_EVERY)
    }

    /// What the live region says next: news only, at most one per 1.5 s.
    pub(super) fn speak(&mut self) -> Option<String> {
        if self.since_spoken < SPEAK_EVERY {
            return None;
        }
        let engine = &self.engine;
        let (seq, text) = alt_text::live(engine.story(), engine.now(), self.spoken, &self.texts)?;
        self.spoken = Some(seq);
        self.since_spoken = Micros::ZERO;
        Some(text)
    }

    /// Brings the narration up to date, where the sentence that stands may go.
    fn narrate(&mut self) {
        let engine = &self.engine;
        let (now, snapshot) = (engine.now(), engine.snapshot());
        let caption = narrate::caption(&snapshot, now, engine.story(), &self.texts);
        let may_go = self.caption_age >= CAPTION_HOLDS || !engine.playing();
        if caption != self.caption && may_go {
            self.caption = caption;
            self.caption_age = Micros::ZERO;
        }
    }

    fn touched(&mut self) {
        self.narrate();
        self.revision += 1;
        self.since_render = Micros::ZERO;
    }
}

/// The store, shared by everything on the page, at one revision.
#[derive(Clone)]
pub(super) struct Handle {
    shared: Rc<Shared>,
    revision: u64,
}

struct Shared {
    store: RefCell<Store>,
    wake: RefCell<Callback<u64>>,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.revision == other.revision
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Handle {
    /// A handle on a new store.
    pub(super) fn new(store: Store) -> Self {
        let shared = Shared {
            store: RefCell::new(store),
            wake: RefCell::default(),
        };
        Self {
            shared: Rc::new(shared),
            revision: 0,
        }
    }

    /// The same store at the revision it has now.
    pub(super) fn current(&self) -> Self {
        let revision = self.shared.store.borrow().revision;
        Self {
            shared: Rc::clone(&self.shared),
            revision,
        }
    }

    /// Whom to tell that the revision has grown; told at once, because it may have grown while
    /// nobody listened.
    pub(super) fn on_change(&self, wake: Callback<u64>) {
        *self.shared.wake.borrow_mut() = wake;
        self.wake();
    }

    /// Reads the store. `look` must not act.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        look(&self.shared.store.borrow())
    }

    /// Changes what is not rendered by the virtual DOM.
    pub(super) fn quietly<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        change(&mut self.shared.store.borrow_mut())
    }

    /// Changes the store behind the reader's back, and renders.
    pub(super) fn refresh(&self, change: impl FnOnce(&mut Store)) {
        self.quietly(|store| {
            change(store);
            store.touched();
        });
        self.wake();
    }

    /// Changes the store and renders at once.
    pub(super) fn act(&self, action: Action) {
        self.try_act(action);
    }

    /// Changes the store and renders at once; what stood in the way, in words, where something did.
    pub(super) fn try_act(&self, action: Action) -> Option<String> {
        let refused = {
            let mut store = self.shared.store.borrow_mut();
            let refused = store.apply(action);
            store.caption_age = CAPTION_HOLDS;
            store.touched();
            refused
        };
        self.wake();
        refused
    }

    /// Lets wall time pass; what a resting pointer came to mean meanwhile.
    pub(super) fn frame(&self, wall: Micros) -> Option<Meaning> {
        let held = self.quietly(|store| store.gesture.as_mut().and_then(|g| g.wait(wall)));
        let render = {
            let mut store = self.shared.store.borrow_mut();
            let render = store.frame(wall);
            if render {
                store.touched();
            }
            render
        };
        if render {
            self.wake();
        }
        held
    }

    fn wake(&self) {
        let revision = self.shared.store.borrow().revision;
        let wake = self.shared.wake.borrow().clone();
        wake.emit(revision);
    }

    /// A callback that acts.
    pub(super) fn callback<E: 'static>(
        &self,
        action: impl Fn(E) -> Action + 'static,
    ) -> Callback<E> {
        let handle = self.clone();
        Callback::from(move |event| handle.act(action(event)))
    }

    /// A callback that does always the same.
    pub(super) fn does<E: 'static>(&self, action: Action) -> Callback<E> {
        self.callback(move |_| action.clone())
    }

    /// The text of a key in the reader's language.
    pub(super) fn text(&self, key: &str) -> String {
        self.read(|store| store.texts.get(key))
    }

    /// The same, for an attribute.
    pub(super) fn label(&self, key: &str) -> AttrValue {
        self.text(key).into()
    }

    /// The same, to be read.
    pub(super) fn said(&self, key: &str) -> Html {
        words(&self.text(key))
    }
}
