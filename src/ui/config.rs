//! `zoo.cfg` as a dialog: paste or drop, errors at their lines, nothing changes until it is valid.

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::{
    Callback, Event, Html, InputEvent, Properties, TargetCast, UseStateHandle, classes,
    function_component, html, use_state,
};

use super::action::Action;
use super::dom;
use super::files;
use super::store::Handle;
use super::widgets::dialog::Dialog;
use crate::scenario::zoo_cfg::{Diagnostic, Diagnostics, Severity};
use crate::scenario::{Scenario, ZooCfg};
use crate::view::problems;

/// The ids of the text and of the line numbers beside it.
const TEXT: &str = "config-text";
const LINES: &str = "config-lines";
/// The height of a line, px; the style sheet says the same.
const LINE_HEIGHT: i32 = 20;
/// Line numbers beyond this are not drawn: nobody scrolls there.
const MOST_LINES: usize = 5_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) handle: Handle,
    /// The text to begin with: a dropped file, or nothing for the running cluster's own.
    pub(super) text: Option<Rc<str>>,
}

#[function_component(Config)]
pub(super) fn config(props: &Props) -> Html {
    let handle = &props.handle;
    let text = use_state(|| match &props.text {
        Some(text) => Rc::clone(text),
        None => handle
            .read(|s| s.engine.run().scenario().zoo_cfg.to_string())
            .into(),
    });
    let parsed = ZooCfg::parse(&text);
    let found: Vec<Diagnostic> = match &parsed {
        Ok(config) => config.warnings().to_vec(),
        Err(diagnostics) => diagnostics.by_position().into_iter().cloned().collect(),
    };
    let start = {
        let (handle, parsed) = (handle.clone(), parsed.clone().ok());
        Callback::from(move |_| {
            if let Some(zoo_cfg) = parsed.clone() {
                let seed = handle.read(|store| store.engine.run().seed());
                handle.act(Action::Load(Box::new(Scenario::of(zoo_cfg)), seed));
                handle.act(Action::Play(true));
            }
        })
    };
    let valid = parsed.is_ok();
    html! {
        <Dialog heading={handle.label("config-heading")} close_label={handle.label("close")}
            close={handle.does(Action::Dialog(None))}>
            <div class="dbody">
                <p id="config-about">{ handle.said("config-about") }</p>
                { editor(handle, &text, &found) }
                { verdict(handle, &parsed) }
                <ul class="diags">{ for found.iter().map(|d| problem(handle, d)) }</ul>
            </div>
            <footer>
                { file_button(handle) }
                <span class="sp"></span>
                <button type="button" class="btn line"
                    onclick={handle.does(Action::Dialog(None))}>
                    { handle.said("config-keep") }
                </button>
                <button type="button" class="btn ink" id="config-start" disabled={!valid}
                    onclick={start}>
                    { handle.said("config-start") }
                </button>
            </footer>
        </Dialog>
    }
}

fn editor(handle: &Handle, text: &UseStateHandle<Rc<str>>, found: &[Diagnostic]) -> Html {
    let input = {
        let text = text.clone();
        move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                text.set(area.value().into());
            }
        }
    };
    let scroll = |event: Event| {
        let area = event.target_dyn_into::<HtmlElement>();
        if let (Some(area), Some(lines)) = (area, dom::by_id(LINES)) {
            lines.set_scroll_top(area.scroll_top());
        }
    };
    let count = text.split('\n').count().min(MOST_LINES);
    let class_of = |line: usize| {
        let here = |d: &&Diagnostic| d.at.is_some_and(|at| at.line as usize == line);
        let worst = found.iter().filter(here).map(|d| d.severity).min();
        worst.map(|severity| {
            if severity == Severity::Error {
                "err"
            } else {
                "warn"
            }
        })
    };
    html! {
        <div class="cfgedit">
            <div class="ln" id={LINES} aria-hidden="true">
                { for (1..=count).map(|line| html! { <div class={classes!(class_of(line))}>{ line }
                    </div> }) }
            </div>
            <textarea id={TEXT} aria-label={handle.label("config-text")}
                aria-describedby="config-about"
                spellcheck="false" autocomplete="off" wrap="off" value={text.to_string()}
                oninput={input} onscroll={scroll} />
        </div>
    }
}

/// The result in one sentence, spoken as it changes.
fn verdict(handle: &Handle, parsed: &Result<ZooCfg, Diagnostics>) -> Html {
    let text = handle.read(|store| match parsed {
        Ok(config) => {
            let args = vec![
                ("servers", config.servers().len().into()),
                ("warnings", config.warnings().len().into()),
            ];
            store.texts.with("config-valid", &args)
        }
        Err(found) => {
            let errors = found.errors().len() + found.omitted() as usize;
            store
                .texts
                .with("config-invalid", &vec![("errors", errors.into())])
        }
    });
    html! { <p class="verdict" role="status">{ text }</p> }
}

fn problem(handle: &Handle, found: &Diagnostic) -> Html {
    let class = if found.severity == Severity::Error {
        "error"
    } else {
        "warning"
    };
    let key = if found.severity == Severity::Error {
        "config-error"
    } else {
        "config-warning"
    };
    let line = found.at.map(|at| at.line);
    let place = found.at.map_or_else(
        || handle.text("config-whole"),
        |at| handle.read(|store| problems::place(&store.texts, at)),
    );
    html! {
        <li class={class}>
            <button type="button" onclick={move |_| show_line(line)}>{ place }</button>
            <span>
                <span class="vh">{ handle.said(key) }{ " " }</span>
                { handle.read(|store| problems::zoo_cfg(&store.texts, &found.problem)) }
                { for found.problem.zookeeper().map(|original| html! {
                    <span lang="en">{ format!(" (ZooKeeper: {original})") }</span>
                }) }
            </span>
        </li>
    }
}

/// Selects a line and scrolls to it.
fn show_line(line: Option<u32>) {
    use wasm_bindgen::JsCast;
    let area = dom::by_id(TEXT).and_then(|e| e.dyn_into::<HtmlTextAreaElement>().ok());
    let (Some(area), Some(line)) = (area, line) else {
        return;
    };
    let before = (line as usize).saturating_sub(1);
    let units = |text: &str| text.encode_utf16().count();
    let value = area.value();
    let from: usize = value
        .split('\n')
        .take(before)
        .map(|line| units(line) + 1)
        .sum();
    let length = value.split('\n').nth(before).map_or(0, units);
    let at = |unit: usize| u32::try_from(unit).unwrap_or(u32::MAX);
    // Fails where the element cannot take the focus.
    let _ = area.focus();
    let _ = area.set_selection_range(at(from), at(from + length));
    area.set_scroll_top(
        i32::try_from(before)
            .unwrap_or(0)
            .saturating_mul(LINE_HEIGHT)
            - 3 * LINE_HEIGHT,
    );
}

fn file_button(handle: &Handle) -> Html {
    let change = {
        let handle = handle.clone();
        move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(file) = input
                .and_then(|input| input.files())
                .and_then(|files| files.get(0))
            {
                files::open(&handle, &file);
            }
        }
    };
    html! {
        <label class="btn line file">
            { handle.said("config-choose") }
            <input type="file" class="vh" accept=".cfg,.conf,.dynamic,text/plain" onchange={change}
                />
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Language, Texts};

    #[test]
    fn a_pasted_mistake_is_said_in_the_language_of_the_page_at_its_place() {
        let found = ZooCfg::parse("tickTime=2000\ninitLimit = many\n").unwrap_err();
        let at_line_two = |d: &&Diagnostic| d.at.is_some_and(|at| at.line == 2);
        let found = found.errors().iter().find(at_line_two).unwrap();
        assert_eq!(found.at.unwrap().column, 13);
        let said = |language| problems::zoo_cfg(&Texts::new(language), &found.problem);
        assert_eq!(
            said(Language::En),
            "initLimit needs a whole number, not \"many\""
        );
        assert_eq!(said(Language::Zh), "initLimit 需要整数，而不是“many”");
        assert_eq!(
            found.problem.zookeeper().unwrap(),
            "For input string: \"many\""
        );
    }
}
