"""The strip of scales: what each one's grid is, how many live on after it, and whether it can be gone to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ttsvar.config import SearchConfig
from ttsvar.schedule import decisions, resolve_batch
from ttsvar.types import ScaleSchedule

from ..session.session import Session
from ..session.walk import chosen, planned, walk


class Status(StrEnum):
    """Where a scale stands to what is shown."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"
    """Computed on this branch, and not returned to yet."""
    PLAN = "plan"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One scale of the strip; `target` is the state to go to, empty where nothing was computed."""

    scale: int
    grid: tuple[int, int]
    alive: int
    decision: str | None
    status: Status
    target: str = ""


def cells(session: Session, state_id: str) -> list[Cell]:
    """The strip of a run at a state."""
    run = session.run
    now = session.history.node(state_id).state
    grown = {session.history.node(i).state.scale: i for i in walk(session, state_id)}
    alive = len(now)
    strip = []
    for scale, grid in enumerate(run.schedule.sizes):
        target = grown.get(scale, "")
        alive = len(chosen(session, target)) if target else planned(run, scale, alive)
        status = _status(scale, now.scale) if target else Status.PLAN
        decision = run.search.decision(scale)
        strip.append(Cell(scale=scale, grid=grid, alive=alive, decision=decision, status=status, target=target))
    return strip


def _status(scale: int, now: int) -> Status:
    return Status.NOW if scale == now else Status.DONE if scale < now else Status.AHEAD


def planned_cells(search: SearchConfig, schedule: ScaleSchedule) -> list[Cell]:
    """The strip before a run: only the plan of a resolved search."""
    batch = resolve_batch(search, schedule)
    decided = decisions(search, len(schedule))
    return [
        Cell(scale=k, grid=grid, alive=batch[k], decision=decided[k], status=Status.PLAN)
        for k, grid in enumerate(schedule.sizes)
    ]
