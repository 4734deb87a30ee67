"""A run made again from the recipe in a picture: the same choices, and at last the recorded bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ttsvar.engine.history import History
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError
from ttsvar.storage.png import Recipe
from ttsvar.types import Selection, Source, StepResult


@dataclass(frozen=True)
class Replay:
    """How far a replay has come."""

    history: History
    scale: int
    """Number of scales drawn so far."""
    differing: int
    """Bits of the recorded picture that came out differently here; the recorded ones were taken."""


def replay(engine: SearchEngine, recipe: Recipe) -> Iterator[Replay]:
    """Draw a recipe's run again, scale by scale, up to its state; the last value is the whole run.

    A search that this engine would set up differently is refused with FileError or the engine's own errors.
    """
    run = recipe.run
    state = engine.begin(run.prompt, search=run.search, seed=run.seed)
    if state.run != run:
        raise FileError(
            f"This picture was made with {run.model!r} ({len(run.schedule)} scales); this app runs {engine.name!r} "
            f"({len(engine.schedule)} scales). Start the app with that model to reopen it."
        )
    history, differing = History(state), 0
    for scale, row in enumerate(recipe.rows()):
        result, changed = _as_recorded(engine.step(state), recipe, row)
        differing += changed
        history.add_result(result)
        if scale < len(recipe.choices):
            selection = _selection(result, recipe.choices[scale])
            state = engine.commit(result, selection)
            history.add_state(state, selection)
        yield Replay(history, scale + 1, differing)


def _as_recorded(result: StepResult, recipe: Recipe, row: int) -> tuple[StepResult, int]:
    """The step with the recorded candidate's bits, and in how many it differed. Caches follow the bits."""
    if recipe.bits is None:
        return result, 0
    drawn, recorded = result.grown.bits[-1], recipe.bits[result.scale]
    if drawn[row].shape != recorded.shape:
        raise FileError(
            f"The picture's bits at scale {result.scale} have shape {tuple(recorded.shape)}; this model's have "
            f"{tuple(drawn[row].shape)}. It was made with another model of the same name."
        )
    differing = int((drawn[row] != recorded).sum())
    if not differing:
        return result, 0
    mended = drawn.clone()
    mended[row] = recorded
    return replace(result, grown=replace(result.grown, bits=(*result.grown.bits[:-1], mended), kv=None)), differing


def _selection(result: StepResult, parents: tuple[int, ...]) -> Selection:
    if tuple(sorted(result.proposal.parents)) == tuple(sorted(parents)):
        return result.proposal
    return Selection(parents, Source.USER, "chosen by hand")
