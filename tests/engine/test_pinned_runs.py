"""Recipes, ids and choices stay what they were: saved runs and pictures are told by them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from engine_fakes import fake_engine

from ttsvar.config import SearchConfig
from ttsvar.engine.recipe import run_from_json, run_to_json, state_id
from ttsvar.types import ScaleSchedule

PROMPT = "a photo of a cup"
PINNED = json.loads((Path(__file__).parent / "pinned_runs.json").read_text())
"""Computed at 5383008, before settings were two types. `recipe` is a digest of the JSON as it is written."""


def search_of(row: dict[str, Any]) -> SearchConfig:
    """As it was begun: by what was scored where it decides, whatever the potential."""
    return SearchConfig(**row["search"], score_scales=())


def ladder(scales: int) -> ScaleSchedule:
    return ScaleSchedule(tuple((k + 1, k + 1) for k in range(scales)))


@pytest.mark.parametrize("scales", sorted({row["scales"] for row in PINNED["runs"]}))
def test_recipes_and_ids_are_as_they_were(scales: int):
    engine = fake_engine(schedule=ladder(scales))
    for row in (row for row in PINNED["runs"] if row["scales"] == scales):
        run = engine.begin(PROMPT, search=search_of(row), seed=7).run
        text = json.dumps(run_to_json(run))
        found = (state_id(run, 0, ()), list(run.batch), hashlib.sha256(text.encode()).hexdigest()[:16])
        assert found == (row["id"], row["batch"], row["recipe"]), row["search"]
        assert run_from_json(json.loads(text)) == run


@pytest.mark.parametrize("path", PINNED["paths"], ids=lambda path: f"{path['search'].get('strategy', 'tts-var')}")
def test_choices_and_reasons_on_the_way_are_as_they_were(path: dict[str, Any]):
    engine = fake_engine(schedule=ladder(path["scales"]))
    state = engine.begin(PROMPT, search=search_of(path), seed=3)
    ids, decided = [], []
    while not state.done:
        result = engine.step(state)
        state = engine.commit(result)
        ids += [result.grown.id, state.id]
        if result.decision:
            parents, reason = result.proposal.parents, result.proposal.reason
            decided.append([result.scale, result.decision, result.keep, list(parents), reason])
    assert ids == path["ids"]
    assert decided == path["decisions"]
    assert engine.best_index(state) == path["best"]
