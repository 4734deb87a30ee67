"""A run made again from the recipe in a picture: the same choices, and at last the recorded bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ttsvar.engine.history import History
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import FileError
from ttsvar.search.reasons import back_reason
from ttsvar.storage.png import Recipe
from ttsvar.turns import Move, Turn
from ttsvar.types import SearchState, Selection, Source, StepResult


@dataclass(frozen=True)
class Replay:
    """How far a replay has come."""

    history: History
    drawn: int
    """Number of scales drawn so far."""
    of: int
    """Number of scales to draw; more than the picture has where somebody went back."""
    differing: int
    """Bits of the recorded picture that came out differently here; the recorded ones were taken."""


def replay(engine: SearchEngine, recipe: Recipe) -> Iterator[Replay]:
    """Draw a recipe's run again, scale by scale and by its ways back, up to its state; the last value is the whole run.

    A search that this engine would set up differently is refused with FileError or the engine's own errors.
    """
    run = recipe.run
    state = engine.begin(run.prompt, search=run.search, seed=run.seed)
    if state.run != run:
        raise FileError(
            f"This picture was made with {run.model!r} ({len(run.schedule)} scales); this app runs {engine.name!r} "
            f"({len(engine.schedule)} scales). Start the app with --model {run.model} to reopen it."
        )
    history, steps, drawn, differing = History(state), recipe.steps(), 0, 0
    for move in (*recipe.moves, None):
        result = None
        if _scales_at(recipe, move, state) > state.scale:
            result, changed = _as_recorded(engine.step(state), recipe, steps[drawn][1])
            drawn, differing = drawn + 1, differing + changed
            result = _as_decided(result, move)
            history.add_result(result)
        if isinstance(move, Turn):
            state = engine.turn(state if result is None else result.grown, move)
            history.add_turn(state)
        elif move is not None and result is not None:
            selection = _selection(result, move)
            state = engine.commit(result, selection)
            history.add_state(state, selection)
        if result is not None:
            yield Replay(history, drawn, len(steps), differing)


def reached(last: Replay, recipe: Recipe) -> SearchState:
    """The state that a recipe names, once it is drawn again."""
    node = last.history.node(recipe.state)
    return node.state if node.state.id == recipe.state or node.result is None else node.result.grown


def _scales_at(recipe: Recipe, move: Move | None, state: SearchState) -> int:
    """The scales that there are when a move is made, or, after the last one, at the end."""
    if isinstance(move, Turn):
        return move.at
    return recipe.scale if move is None else state.scale + 1


def _as_recorded(result: StepResult, recipe: Recipe, row: int | None) -> tuple[StepResult, int]:
    """The step with the recorded candidate's bits, and in how many it differed. Caches follow the bits."""
    if recipe.bits is None or row is None:
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


def _as_decided(result: StepResult, move: Move | None) -> StepResult:
    """The step as it was decided: a search with a budget of time may go back here where it had none left there."""
    if result.back is None or result.back == move:
        return result
    reason = result.proposal.reason.removesuffix(f" {back_reason(result.back)}")
    return replace(result, back=None, proposal=replace(result.proposal, reason=reason))


def _selection(result: StepResult, parents: tuple[int, ...]) -> Selection:
    if tuple(sorted(result.proposal.parents)) == tuple(sorted(parents)):
        return result.proposal
    return Selection(parents, Source.USER, "chosen by hand")
