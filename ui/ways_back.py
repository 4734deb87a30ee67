"""The endpoints that go back: redraw a part, draw a scale again, cross two candidates."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from ttsvar.engine.history import Node
from ttsvar.errors import SelectionError, StateError
from ttsvar.types import SearchState

from .endpoint import explained, text_of
from .session.session import Session
from .shell.contract import MOST_VARIANTS

MOST_CELLS = 1024
"""Of a grid that says what stays, its sides."""


class WaysBack(ABC):
    """The endpoints; each leads to candidates of its own, beside which everything else of the run stays."""

    @abstractmethod
    def _run(self, run_id: str) -> Session:
        """The run of an id; raises StateError."""

    @abstractmethod
    def _told(self, session: Session, node: Node) -> dict:
        """What `step` tells."""

    def redraw(self, run_id: str, candidate: str, keep: list[list[int]], from_scale: int, copies: int = 4) -> dict:
        """Draw a part of a candidate anew, from a scale on, while the rest stays: a branch with a few variants.

        Args:
            run_id: The run, as `begin` named it.
            candidate: A candidate's name at the scale the run stands at.
            keep: What stays, as rows of 0 and 1 over the picture in any resolution, such as [[1, 0]] for its left half.
            from_scale: The scale to draw anew from, counting from 0: early ones move things, late ones change detail.
            copies: How many variants, 1 to 8.

        Returns:
            What `step` tells of the variants, at the scale the run stood at.
        """
        with explained():
            session, mask = self._run(run_id), _grid(keep)
            if not 1 <= _whole(copies, "copies") <= MOST_VARIANTS:
                raise SelectionError(f"copies is {copies}; it must be from 1 to {MOST_VARIANTS}.")
            first, row = _whole(from_scale, "from_scale"), _row(session, candidate)
            return self._go(
                session,
                lambda node: session.engine.redraw(_shown(node), row, mask, from_scale=first, copies=copies),
            )

    def again(self, run_id: str, candidates: list[str] | None = None) -> dict:
        """Draw the scale that was just drawn once more, for some candidates or for all: a branch of its own.

        Args:
            run_id: The run, as `begin` named it.
            candidates: Names of candidates at the scale the run stands at; leave it out for all.

        Returns:
            What `step` tells of the candidates that were drawn anew.
        """
        with explained():
            session = self._run(run_id)
            if candidates is not None and not isinstance(candidates, list):
                raise SelectionError(f"candidates is {candidates!r:.40}; send a list of names, or nothing.")
            rows = None if candidates is None else [_row(session, name) for name in candidates]
            return self._go(session, lambda node: session.engine.again(node.stepped, rows))

    def cross(self, run_id: str, coarse: str, fine: str, scale: int) -> dict:
        """Join the coarse scales of one candidate to the fine ones of another: a branch with one candidate.

        Args:
            run_id: The run, as `begin` named it.
            coarse: The candidate whose scales below `scale` are taken.
            fine: The candidate whose scales from `scale` on are taken.
            scale: Where the one ends and the other begins, counting from 0.

        Returns:
            What `step` tells of the new candidate, at the scale the run stood at.
        """
        with explained():
            session, first = self._run(run_id), _whole(scale, "scale")
            one, other = _row(session, coarse), _row(session, fine)
            return self._go(session, lambda node: session.engine.cross(_shown(node), one, other, scale=first))

    def _go(self, session: Session, make: Callable[[Node], SearchState]) -> dict:
        session.take_turn()
        return self._told(session, session.open(session.turn_back(session.current, make)))


def _shown(node: Node) -> SearchState:
    return node.state if node.result is None else node.result.grown


def _row(session: Session, candidate: Any) -> int:
    names = _shown(session.history.current).candidate_ids
    if text_of(candidate, "candidate") not in names:
        raise StateError(f"There is no candidate {candidate!r:.40} here; choose one of {', '.join(names)}.")
    return names.index(candidate)


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise SelectionError(f"{name} is {value!r:.40}; it must be a whole number.")
    return value


def _grid(rows: Any) -> np.ndarray:
    sizes = {len(row) if isinstance(row, list) else 0 for row in rows} if isinstance(rows, list) else set()
    fits = len(sizes) == 1 and 1 <= min(sizes) <= MOST_CELLS and len(rows) <= MOST_CELLS
    if not fits or not all(cell in (0, 1) for row in rows for cell in row):
        raise SelectionError(
            f"keep is {str(rows)[:40]}; send rows of 0 and 1, all of one length and at most {MOST_CELLS} of each."
        )
    return np.array(rows, dtype=bool)
