"""The three ways a state comes about: a run begins, a scale is grown, a choice is made. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from ttsvar.engine.recipe import first_ids, next_ids, state_id
from ttsvar.shapes import Bits, Scores
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
        id=state_id(state.run, scale, state.choices),
        parent_id=state.id,
        scale=scale,
        bits=(*state.bits, bits),
        score_history=torch.cat([state.score_history, column[:, None]], dim=1),
        kv=None if scale == len(state.run.schedule) else kv,
    )


def chosen_state(grown: SearchState, parents: Sequence[int], kv: Any = None) -> SearchState:
    """The state of the chosen candidates; `parents` are ascending indices, so that lineages keep their order."""
    choices = (*grown.choices, tuple(parents))
    rows = torch.tensor(choices[-1])
    everyone = choices[-1] == tuple(range(len(grown)))
    return replace(
        grown,
        id=state_id(grown.run, grown.scale, choices),
        parent_id=grown.id,
        candidate_ids=next_ids(grown.candidate_ids, parents, grown.scale - 1),
        bits=grown.bits if everyone else tuple(bits[rows] for bits in grown.bits),
        score_history=grown.score_history[rows],
        kv=kv,
        choices=choices,
    )


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
