"""The four ways a state comes about: a run begins, a scale is grown, a choice is made, somebody goes back.

Pure functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from ttsvar.engine.moves import ancestors, grown_before, turn_ids
from ttsvar.engine.recipe import first_ids, next_ids, state_id
from ttsvar.shapes import Bits, Scores
from ttsvar.turns import Ahead, Turn
from ttsvar.types import Run, SearchState


def first_state(run: Run, kv: Any = None) -> SearchState:
    """The state before the first scale."""
    ids = first_ids(run.batch[0])
    return SearchState(run, state_id(run, 0, ()), None, 0, ids, (), torch.zeros(len(ids), 0), kv)


def grown_state(state: SearchState, bits: Bits, kv: Any = None, scores: Scores | None = None) -> SearchState:
    """The state with one more scale of bits uint8 [B, h, w, D], and its scores float [B] where the search scored it."""
    column = torch.full((len(state),), torch.nan) if scores is None else scores.float().cpu()
    scale = state.scale + 1
    return replace(
        state,
        id=state_id(state.run, scale, state.moves),
        parent_id=state.id,
        scale=scale,
        bits=(*state.bits, bits),
        score_history=torch.cat([state.score_history, column[:, None]], dim=1),
        kv=None if scale == len(state.run.schedule) else kv,
        ahead=state.ahead if state.ahead is not None and scale < state.ahead.end else None,
    )


def chosen_state(grown: SearchState, parents: Sequence[int], kv: Any = None) -> SearchState:
    """The state of the chosen candidates; `parents` are ascending indices, so that lineages keep their order."""
    choices = (*grown.choices, tuple(parents))
    path = (*grown.path, choices[-1]) if grown.path else ()
    rows = torch.tensor(choices[-1])
    everyone = choices[-1] == tuple(range(len(grown)))
    return replace(
        grown,
        id=state_id(grown.run, grown.scale, path or choices),
        parent_id=grown.id,
        candidate_ids=next_ids(grown.candidate_ids, parents, grown.scale - 1),
        bits=grown.bits if everyone else tuple(bits[rows] for bits in grown.bits),
        score_history=grown.score_history[rows],
        kv=kv,
        choices=choices,
        path=path,
        ahead=None if grown.ahead is None else grown.ahead.of(rows),
    )


def turned_state(state: SearchState, turn: Turn, kv: Any = None) -> SearchState:
    """The state after a way back: at scale `turn.first`, a child of each of `turn.rows`, under new ids.

    It hangs where the candidates' ancestors were chosen, as copies of them; at scale 0 it has no parent. The turn must
    fit the state: `back.require_fit`.
    """
    first, rows = turn.first, torch.tensor(turn.rows)
    moves = (*state.moves, turn)
    choices = (*state.choices[: first - 1], ancestors(state.choices, turn.rows, first)) if first else ()
    return replace(
        state,
        id=state_id(state.run, first, moves),
        parent_id=state_id(state.run, first, grown_before(state.run, state.moves, first)) if first else None,
        scale=first,
        candidate_ids=turn_ids(state.candidate_ids, turn),
        bits=tuple(bits[rows] for bits in state.bits[:first]),
        score_history=state.score_history[rows, :first],
        kv=kv,
        choices=choices,
        path=moves,
        ahead=_ahead(state, turn),
    )


def _ahead(state: SearchState, turn: Turn) -> Ahead | None:
    """What stays of which bits; and the scales where everybody goes on, as they were decided before."""
    decided = len(state.choices)
    if turn.source is None and not turn.whole:
        return Ahead(decided, turn.first) if decided > turn.first else None
    bits: list[torch.Tensor] = []
    kept: list[torch.Tensor] = []
    own = torch.tensor([row if turn.source is None else turn.source for row in turn.rows])
    own[list(turn.whole)] = torch.tensor(turn.rows)[list(turn.whole)]
    for k, part in enumerate(state.bits[turn.first :]):
        mask = turn.keep[k].mask() if turn.keep else torch.zeros(part.shape[1:3], dtype=torch.bool)
        masks = mask.expand(len(turn.rows), *mask.shape).clone()
        masks[list(turn.whole)] = True
        bits.append(part[own])
        kept.append(masks)
    return Ahead(decided, turn.first, tuple(bits), tuple(kept))


def only(state: SearchState, index: int) -> SearchState:
    """One candidate of a state, for looking at; it is no state of a search, and keeps the whole one's id."""
    rows = slice(index, index + 1)
    return replace(
        state,
        candidate_ids=state.candidate_ids[rows],
        bits=tuple(bits[rows] for bits in state.bits),
        score_history=state.score_history[rows],
        kv=None,
    )
