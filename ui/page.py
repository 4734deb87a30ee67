"""The page: the panels of PANELS and what stands around them, laid out and joined to their handlers by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ttsvar.config import SearchConfig

from .files import events as files
from .files.view import notice_html
from .guide import recorded
from .guide.glossary import annotate, glossary_json
from .guide.tour import tour_html
from .panels import PANELS, SHARED_STYLES
from .panels.panel import PAGE, RECIPE, Event, Panel, Place, Question, Services
from .scene.scene import Here, Scene, Shown, Welcome
from .session.session import Session
from .setup.checks import brought
from .setup.events import SetupEvents
from .setup.fields import field_names
from .setup.view import Choices, build_rail
from .shell import theme
from .shell.component import view
from .shell.events import FileEvent
from .shell.quirks import LAST, SILENT, Mode, Values, keyed, on_event, on_values, plain

FIRST_TAB = "clusters"
MODULES: tuple[str | Path, ...] = ("setup/plan.js", "guide/progress.js", "panels/tabs.js", "panels/follow.js")
"""Scripts that load before any view, beside those of the panels."""
STYLES: tuple[str, ...] = ("setup/setup.css",)
LAST_STYLES = ("pages/classroom/classroom.css", "pages/evidence.css", "files/files.css", "guide/guide.css")
NOTES = "notes"
"""Name for everything that is said beside the set-up fields."""
HERE = "here"
"""The state that panels follow which are drawn in a request of their own."""


def values_of(scene: Scene, panels: Sequence[Panel] = PANELS) -> Values:
    """What every panel shows at a scene, by name; the words of the method are marked once there is a run."""
    shown: Values = {HERE: scene.here if isinstance(scene, Shown) else None}
    for panel in panels:
        if panel.view is None:
            continue
        html = panel.view(scene) if isinstance(scene, Shown) else panel.before(scene)
        marked = panel.terms and not isinstance(scene, Welcome)
        shown[panel.name] = annotate(html) if marked else html
    return shown


def visit(services: Services, session: Session, state_id: str, panels: Sequence[Panel] = PANELS) -> None:
    """Make everything that the page shows of a state, as a visitor's click would."""
    scene = Shown(session, state_id)
    values_of(scene, panels)
    for panel in panels:
        if panel.follow is not None and session.history.node(state_id).result is not None:
            panel.follow(services, scene.here)


def styles(panels: Sequence[Panel] = PANELS) -> str:
    """Every style sheet of the app."""
    own = [sheet for panel in panels for sheet in panel.styles]
    return theme.styles([*STYLES, *SHARED_STYLES, *own, *LAST_STYLES])


def head(panels: Sequence[Panel] = PANELS) -> str:
    """What every page needs before its views load."""
    own = [module for panel in panels for module in panel.modules]
    return theme.head([*MODULES, *own], [("glossary-terms", glossary_json())])


@dataclass
class Page:
    """Every component by name, and the names that stand for several."""

    components: dict[str, Component]
    groups: dict[str, tuple[str, ...]]

    def named(self, names: Iterable[str]) -> list[Component]:
        """The components of names, and of the groups among them."""
        whole = [own for name in names for own in self.groups.get(name, (name,))]
        return [self.components[name] for name in dict.fromkeys(whole)]

    def listen(self, component: str, event: Event) -> None:
        """Answer what a script triggers."""
        trigger = getattr(self.components[component], event.name)
        handler = on_event(event.answer, event.read, self.components)
        trigger(handler, None, self.named(event.sets), trigger_mode=event.mode, **SILENT)

    def answer(
        self,
        component: str,
        event: str,
        handler: Callable[[Values], Any],
        *,
        takes: Sequence[str],
        sets: Sequence[str],
        mode: Mode = LAST,
    ) -> None:
        """Answer an event of one of Gradio's own components with values by name; the last of a quick hand's counts."""
        inputs = self.named(takes)
        names = {part: name for name, part in self.components.items() if part in inputs}
        trigger = getattr(self.components[component], event)
        trigger(on_values(handler, names, self.components), set(inputs), self.named(sets), trigger_mode=mode, **SILENT)


def build(services: Services, setup: SetupEvents, offer: Choices, panels: Sequence[Panel] = PANELS) -> Page:
    """Lay the page out around the welcome, and join it to its handlers."""
    engine = services.engine
    first = values_of(
        Welcome(engine, engine.resolve(SearchConfig()), gallery=services.gallery, hero=services.hero), panels
    )
    components: dict[str, Component] = {}
    put = partial(_put, services, first, panels, components)
    put(Place.TOP)
    with gr.Row(elem_id="page"):
        with gr.Column(elem_id="rail", elem_classes="pn"):
            rail = build_rail(offer)
        with gr.Column(elem_id="main"):
            asked = _functions(files.questions(services))
            components["notice"] = view("takeaway", notice_html(), "files/files.js", server_functions=asked)
            put(Place.MAIN)
        with gr.Column(elem_id="why", elem_classes="pn"):
            with gr.Tabs(selected=FIRST_TAB, elem_id="tabs"):
                put(Place.TAB)
            put(Place.FOOT)
    view("tour", tour_html(), "guide/tour.js")
    view("glossary", "", "guide/glossary.js")
    components[HERE] = gr.State(None)
    components |= rail.components
    shown = tuple(first)
    page = Page(components, {PAGE: shown, RECIPE: tuple(rail.fields), NOTES: tuple(rail.notes)})
    _join(page, services, panels)
    _join_setup(page, setup)
    return page


def _put(
    services: Services, first: Values, panels: Sequence[Panel], components: dict[str, Component], place: Place
) -> None:
    """Make the components of every panel of a place."""
    for panel in panels:
        if panel.place is not place:
            continue
        asked = _functions(panel.questions(services))
        if place is Place.TAB:
            with gr.Tab(panel.title, id=panel.name):
                components |= panel.build(panel, first, asked)
        else:
            components |= panel.build(panel, first, asked)


def _functions(questions: Sequence[Question]) -> list[Callable[..., Any]]:
    return [plain(q.name, lambda data, q=q: q.answer(q.read(data))) for q in questions]


def _join(page: Page, services: Services, panels: Sequence[Panel]) -> None:
    for panel in panels:
        for event in panel.events(services):
            page.listen(panel.name, event)
        if panel.follow is not None:
            _follow(page, services, panel)
    for event in (*files.events(services), *recorded.events(services)):
        page.listen("notice", event)


def _follow(page: Page, services: Services, panel: Panel) -> None:
    """Draw a panel anew whenever another state is shown."""
    follow, here = panel.follow, page.components[HERE]
    assert follow is not None
    sets = tuple(follow(services, None))

    def draw(at: Here | None) -> Any:
        return keyed(follow(services, at), page.components)

    here.change(draw, here, page.named(sets), trigger_mode=LAST, **SILENT)  # type: ignore[attr-defined]


def _join_setup(page: Page, setup: SetupEvents) -> None:
    begins = [("go", "click")]
    if isinstance(page.components["prompt"], gr.Textbox):
        begins.append(("prompt", "submit"))
    for component, event in begins:
        page.answer(component, event, setup.start, takes=(RECIPE,), sets=(PAGE, NOTES, "prompt"))
    page.listen("examples", Event("choose", FileEvent.read, setup.example, sets=("prompt",)))
    page.answer("prompt", "change", setup.check_prompt, takes=("prompt",), sets=("prompt_note",))
    page.answer("dice", "click", setup.dice, takes=(), sets=("seed",))
    page.answer("search", "select", setup.choose, takes=("search",), sets=brought())
    for component, event in (("plan", "edit"), *((name, "change") for name in field_names())):
        page.answer(component, event, setup.check, takes=(HERE, *field_names()), sets=("stepper", NOTES))
