"""What the page shows: no run yet, a run whose first scale is being drawn, or a run at one of its states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ttsvar.config import SearchConfig
from ttsvar.engine.history import Node
from ttsvar.engine.protocol import SearchEngine
from ttsvar.types import Run

from ..session.session import Session
from .film import Hero
from .frame import Frame, build_frame
from .lineage import Branch, Column, branches, columns
from .strip import Cell, cells, planned_cells


@dataclass(frozen=True)
class Here:
    """The last grown state on the way to what is shown: what panels follow that are drawn in a request of their own."""

    run: str
    at: str


@dataclass(frozen=True)
class Welcome:
    """The page before a run: the plan of a search, and what became of a run that was asked for."""

    engine: SearchEngine
    search: SearchConfig
    note: str = ""
    gallery: str = ""
    """The cards of the recorded runs, as HTML."""
    hero: Hero | None = None
    """The recorded search that plays here."""

    @cached_property
    def cells(self) -> list[Cell]:
        """The plan as the strip of scales."""
        return planned_cells(self.search, self.engine.schedule)


@dataclass(frozen=True)
class Opening:
    """A run whose first scale is being drawn."""

    session: Session

    @property
    def engine(self) -> Any:
        """What draws it."""
        return self.session.engine

    @cached_property
    def cells(self) -> list[Cell]:
        """The run's plan as the strip of scales."""
        return planned_cells(self.session.run.search, self.session.run.schedule)


@dataclass(frozen=True)
class Shown:
    """A run at a grown or finished state; what is made from it for one panel is there for the others."""

    session: Session
    at: str
    busy: str = ""
    """What is being done, in words; empty while nothing is."""
    error: str = ""

    @property
    def engine(self) -> Any:
        """What draws the run."""
        return self.session.engine

    @property
    def run(self) -> Run:
        """The recipe of the run."""
        return self.session.run

    @property
    def scales(self) -> int:
        """How many scales the model draws."""
        return len(self.run.schedule)

    @property
    def node(self) -> Node:
        """The state, with what was computed for it."""
        return self.session.history.node(self.at)

    @property
    def scale(self) -> int:
        """The scale of the state: as many as there are at the end."""
        return self.node.state.scale

    @cached_property
    def grown(self) -> str:
        """The state itself where it was grown, otherwise the one before it: an ending shows its last scale's facts."""
        above = self.session.history.parent(self.at)
        return self.at if above is None or self.node.result is not None else above.state.id

    @property
    def here(self) -> Here:
        """What panels follow that are drawn in a request of their own."""
        return Here(self.session.id, self.grown)

    @cached_property
    def frame(self) -> Frame:
        """The candidates of the last grown scale."""
        return build_frame(self.session, self.grown)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The branch, scale by scale."""
        return columns(self.session, self.at)

    @cached_property
    def branches(self) -> list[Branch]:
        """All branches of the run; none while there is only one."""
        return branches(self.session, self.at)

    @cached_property
    def cells(self) -> list[Cell]:
        """The strip of scales."""
        return cells(self.session, self.at)


Scene = Welcome | Opening | Shown
