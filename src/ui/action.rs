//! Everything a reader can do, as one list: the only way from the page to the run.

use super::panels::PanelId;
use super::prefs::{self, Theme};
use super::space::{Answer, SpaceAct, View};
use super::store::Store;
use super::tool::Tool;
use crate::base::{Micros, Set};
use crate::protocol::Sid;
use crate::scenario::Scenario;
use crate::sim::{ClientId, Command, Direction, Fault};
use crate::trace::{Chain, Question};
use crate::view::Target;
use crate::view::clients::ClientVerb;
use crate::view::scene::Point;
use crate::view::texts::{Language, Texts};
use std::rc::Rc;

/// One act of the reader.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// Something happens to the cluster.
    Run(Command),
    /// Several things happen to it at one instant.
    RunAll(Vec<Command>),
    /// Takes back the last command.
    Undo,
    /// Plays or pauses.
    Play(bool),
    /// To the next event somebody can see.
    StepForward,
    /// To the event before.
    StepBack,
    /// To a moment.
    Seek(Micros),
    /// Chooses a speed.
    Speed(super::location::Rate),
    /// To the moment of an event, and stays there.
    Jump(Micros),
    /// Shows the stage or the diagram.
    View(View),
    /// Does something to the diagram.
    Space(SpaceAct),
    /// Asks why something is as it is.
    Why(Question),
    /// Asks why a step happened, by number.
    WhyStep(u64),
    /// Drags through time; the last place of a frame counts.
    Scrub(Micros),
    /// Another cluster.
    Load(Box<Scenario>, u64),
    /// Shows everything about a server or a client.
    Show(Target),
    /// Selects something, or nothing.
    Select(Option<Target>),
    /// Takes a tool.
    Take(Tool),
    /// A click on the stage with the tool in hand.
    Tap(Option<Target>),
    /// Shows a panel.
    Open(PanelId),
    /// Raises or lowers the bottom sheet.
    Sheet(bool),
    /// Opens or closes a menu.
    Menu(Option<MenuAt>),
    /// Opens or closes a dialog.
    Dialog(Option<Dialog>),
    /// Chooses light or dark.
    Theme(Theme),
    /// Chooses a language.
    Language(Language),
    /// Turns single-letter keys on or off.
    Keys(bool),
    /// What has been typed of a longer command.
    Typed(Typed),
    /// A file hangs over the page, or no longer.
    Dropping(bool),
}

/// A menu that is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum MenuAt {
    /// The verbs for a server, at a point of the window.
    Server(Sid, Point),
    /// The verbs for a client, at a point of the window.
    Client(ClientId, Point),
    /// The tools, on a phone.
    Tools,
}

/// A dialog that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dialog {
    /// `zoo.cfg`, with the text to begin with.
    Config(Option<Rc<str>>),
    /// The keyboard map.
    Help,
}

/// A command being typed, or drawn by taps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    #[default]
    Nothing,
    /// `L`: a link, of which this end is known.
    Link(Option<Sid>),
    /// `X`: a partition, of which these are known.
    Side(Set<Sid>),
}

impl Store {
    /// Does it; what stood in the way, in words, where something did.
    pub(super) fn apply(&mut self, action: Action) -> Option<String> {
        let refused = match action {
            Action::Run(command) => self.run([command]),
            Action::RunAll(commands) => self.run(commands),
            Action::Tap(target) => self.tap(target),
            Action::Why(question) => {
                let chain = self.engine.why(question);
                self.answer(chain)
            }
            Action::WhyStep(seq) => {
                let chain = self.engine.why_step(seq);
                self.answer(chain)
            }
            Action::Undo => {
                let undone = self.engine.undo();
                (!undone).then(|| self.texts.get("nothing-to-undo"))
            }
            other => {
                self.arrange(other);
                None
            }
        };
        if let Some(reason) = &refused {
            self.say(reason.clone());
        }
        refused
    }

    /// What changes the page or the moment shown, not the cluster.
    fn arrange(&mut self, action: Action) {
        match action {
            Action::Play(true) => self.engine.play(),
            Action::Play(false) => self.engine.pause(),
            Action::StepForward => self.engine.step_forward(),
            Action::StepBack => self.engine.step_back(),
            Action::Seek(at) => self.engine.seek(at),
            Action::Jump(at) => {
                self.engine.pause();
                self.engine.seek(at);
            }
            Action::Scrub(at) => {
                self.engine.pause();
                self.scrub = Some(at);
            }
            Action::View(view) => self.view = view,
            Action::Space(act) => self.arrange_space(act),
            Action::Load(scenario, seed) => self.load(*scenario, seed),
            Action::Show(target) => {
                self.selection = Some(target);
                self.panel = PanelId::Servers;
                self.sheet = true;
            }
            Action::Speed(rate) => self.engine.speed(rate),
            Action::Select(target) => {
                self.selection = target;
                self.panel = PanelId::Servers;
            }
            Action::Take(tool) => {
                self.tool = tool;
                self.typed = Typed::Nothing;
                self.menu = None;
            }
            Action::Open(panel) => {
                self.selection = self.selection.filter(|_| panel != self.panel);
                self.panel = panel;
                self.sheet = true;
            }
            Action::Sheet(up) => self.sheet = up,
            Action::Menu(menu) => self.menu = menu,
            Action::Dialog(dialog) => self.dialog = dialog,
            Action::Theme(theme) => {
                self.theme = theme;
                self.look += 1;
                theme.show();
                prefs::keep("theme", theme.name());
            }
            Action::Language(language) => {
                self.texts = Rc::new(Texts::new(language));
                prefs::show_language(language);
                prefs::keep("lang", language.tag());
            }
            Action::Keys(on) => {
                self.keys = on;
                prefs::keep("keys", if on { "on" } else { "off" });
            }
            Action::Typed(typed) => self.typed = typed,
            Action::Dropping(dropping) => self.dropping = dropping,
            Action::Run(_)
            | Action::RunAll(_)
            | Action::Tap(_)
            | Action::Undo
            | Action::Why(_)
            | Action::WhyStep(_) => {}
        }
    }

    /// Shows an answer; that there is none, in words.
    fn answer(&mut self, chain: Option<Chain>) -> Option<String> {
        let Some(chain) = chain else {
            return Some(self.texts.get("why-no-answer"));
        };
        let at = self.engine.now();
        self.engine.pause();
        self.space.answer = Some(Answer { chain, at });
        self.space.chosen = None;
        self.selection = None;
        self.panel = PanelId::Why;
        self.sheet = true;
        None
    }

    fn load(&mut self, scenario: Scenario, seed: u64) {
        self.engine.load(scenario, seed);
        super::crash::remember(self.engine.report());
        self.selection = None;
        self.space = super::space::Space::default();
        self.stop = None;
        self.client_stop = None;
        self.menu = None;
        self.dialog = None;
        self.typed = Typed::Nothing;
        self.spoken = None;
    }

    /// Gives commands now; the first refusal, in words. Time goes on: something is about to happen.
    fn run(&mut self, commands: impl IntoIterator<Item = Command>) -> Option<String> {
        let mut refused = None;
        for command in commands {
            if let Err(rejected) = self.engine.dispatch(command) {
                refused.get_or_insert(rejected);
            }
        }
        super::crash::remember(self.engine.report());
        self.menu = None;
        self.typed = Typed::Nothing;
        refused.map(|rejected| self.explain(&rejected))
    }

    fn tap(&mut self, target: Option<Target>) -> Option<String> {
        let server = match target {
            Some(Target::Server(sid)) => Some(sid),
            _ => None,
        };
        let fault = match (self.tool, server) {
            (Tool::Select, _) => {
                let same = self.selection == target;
                self.arrange(Action::Select(target.filter(|_| !same)));
                return None;
            }
            (Tool::Cut, _) => return self.tap_cut(target),
            (Tool::Write, _) => {
                let Some(Target::Client(id)) = target else {
                    return None;
                };
                return self.run([ClientVerb::Write.command(id, None)]);
            }
            (Tool::Kill, None) => {
                let Some(Target::Client(id)) = target else {
                    return None;
                };
                return self.run([ClientVerb::Kill.command(id, None)]);
            }
            (_, None) => return None,
            (Tool::Kill, Some(sid)) => self.kill_or_restart(sid),
            (Tool::Plug, Some(sid)) => Fault::PullPlug { sid },
            (Tool::Restart, Some(sid)) => Fault::Restart { sid },
            (Tool::Pause, Some(sid)) => self.pause_or_resume(sid),
            (Tool::Partition, Some(sid)) => Fault::Partition {
                side: Set::from([sid]),
            },
        };
        self.run([Command::Inject { fault }])
    }

    /// A tap on a link cuts it; taps on two servers cut theirs.
    fn tap_cut(&mut self, target: Option<Target>) -> Option<String> {
        match target {
            Some(Target::Link(from, to)) => self.run([cut(from, to)]),
            Some(Target::Server(sid)) => match self.typed {
                Typed::Link(Some(other)) if other != sid => {
                    self.typed = Typed::Nothing;
                    self.run([cut(other, sid)])
                }
                _ => {
                    self.typed = Typed::Link(Some(sid));
                    None
                }
            },
            _ => None,
        }
    }

    /// `Kill` for a server that runs, `Restart` for one that is down.
    pub(super) fn kill_or_restart(&self, sid: Sid) -> Fault {
        if self.engine.is_down(sid) {
            Fault::Restart { sid }
        } else {
            Fault::Kill { sid }
        }
    }

    /// `Pause` for a server that runs, `Resume` for one that is paused.
    pub(super) fn pause_or_resume(&self, sid: Sid) -> Fault {
        if self.engine.is_paused(sid) {
            Fault::Resume { sid }
        } else {
            Fault::Pause { sid }
        }
    }
}

/// The command that cuts a link both ways.
pub(super) const fn cut(from: Sid, to: Sid) -> Command {
    Command::Inject {
        fault: Fault::Cut {
            from,
            to,
            direction: Direction::Both,
        },
    }
}
