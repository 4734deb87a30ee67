"""What a panel of the page is: one row that says where it stands, what it shows, and what its script may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradio.components import Component

from ..scene.film import Hero
from ..scene.scene import Here, Opening, Scene, Shown, Welcome
from ..session.orders import Orders
from ..session.store import SessionStore
from ..shell.component import view as html
from ..shell.quirks import EVERY, Mode, Values

if TYPE_CHECKING:
    from .duel.scoreboard import Scoreboard

EMPTY = '<p class="note first">Start a search to see this.</p>'
PAGE, RECIPE = "page", "recipe"
"""Names for several outputs: every panel that shows a scene, and the set-up fields that a run fills."""


class Place(StrEnum):
    """Where a panel stands."""

    TOP = "top"
    """Over the whole page."""
    MAIN = "main"
    """In the middle column."""
    TAB = "tab"
    """A tab beside it, under the panel's title."""
    FOOT = "foot"
    """Under the tabs."""


@dataclass(frozen=True)
class Services:
    """What the handlers of panels work with."""

    store: SessionStore
    scoreboard: Scoreboard
    show: Callable[[Scene], Values]
    """The values of every panel at a scene."""
    recipe: Callable[[Any], Values]
    """The values of the set-up fields for a run."""
    gallery: str = ""
    """The cards of the recorded runs."""
    orders: Orders = field(default_factory=Orders)
    """What was asked of runs, stopped, and left."""
    ahead: Callable[[str], int] = lambda order: 0
    """How many requests have to begin before an order does."""
    hero: Hero | None = None
    """The recorded search that plays on the first page."""

    @property
    def engine(self) -> Any:
        """The engine that all runs are drawn by."""
        return self.store.engine


@dataclass(frozen=True)
class Event:
    """What the panel's script triggers: `read` takes what it sent, `answer` gives new values by name."""

    name: str
    read: Callable[[dict[str, Any]], Any]
    answer: Callable[[Any], Values | Iterator[Values]]
    sets: tuple[str, ...] = (PAGE,)
    """Names of the outputs that an answer may have."""
    mode: Mode = EVERY


@dataclass(frozen=True)
class Question:
    """What the panel's script asks the server and waits for: `server.NAME(data)` gives a promise of plain values."""

    name: str
    read: Callable[[Any], Any]
    answer: Callable[[Any], Any]


def nothing(services: Services) -> Sequence[Any]:
    """No events, or no questions."""
    return ()


def start_first(scene: Welcome | Opening) -> str:
    """What most panels say before a run has a scale."""
    return EMPTY


def one_view(panel: Panel, first: Values, functions: list[Callable[..., Any]]) -> dict[str, Component]:
    """One custom view, named as the panel."""
    own: dict[str, Any] = {"server_functions": functions} if functions else {}
    return {panel.name: html(panel.element or panel.name, first.get(panel.name, ""), panel.script, **own)}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel; `name` is that of its folder and of its component."""

    name: str
    title: str
    place: Place
    view: Callable[[Shown], str] | None = None
    """What it shows of a run at a state, as HTML."""
    before: Callable[[Welcome | Opening], str] = start_first
    """What it shows before a run has a scale."""
    follow: Callable[[Services, Here | None], Values] | None = None
    """In place of `view`: what it shows, by component, in a request of its own once the rest of the page stands."""
    events: Callable[[Services], Sequence[Event]] = nothing
    questions: Callable[[Services], Sequence[Question]] = nothing
    build: Callable[[Panel, Values, list[Callable[..., Any]]], dict[str, Component]] = field(default=one_view)
    """Makes its components by name, from first values and the functions that its script may call."""
    script: Path | None = None
    modules: tuple[Path, ...] = ()
    """Scripts that load before any view: pure functions of the panel."""
    styles: tuple[Path, ...] = ()
    element: str = ""
    """The id of its element, where it is not its name."""
    terms: bool = False
    """Whether the words of the method are marked in it."""

    def __post_init__(self) -> None:
        if (self.view is None) == (self.follow is None):
            raise ValueError(f"panel {self.name!r} needs either view or follow")
