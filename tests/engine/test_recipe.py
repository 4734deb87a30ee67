"""Recipes: all settings come back, and settings that came later leave earlier runs' ids alone."""

from __future__ import annotations

import json

from engine_fakes import LADDER

from ttsvar.config import Sampling, SearchConfig
from ttsvar.engine.recipe import run_from_json, run_to_json, state_id
from ttsvar.schedule import resolve_search
from ttsvar.settings import SETTINGS
from ttsvar.types import Run, ScaleSchedule

SCHEDULE = ScaleSchedule(tuple((s, s) for s in LADDER))


def run(**changes: object) -> Run:
    return Run("m", "p", 0, resolve_search(SearchConfig(**changes), 13, Sampling()), SCHEDULE, (8,) * 13)  # type: ignore[arg-type]


def test_every_setting_comes_back():
    for changes in ({}, {"lam": (1.0,) * 13, "ess_share": 0.5}, {"strategy": "beam", "width": 3, "children": 2}):
        recipe = json.loads(json.dumps(run_to_json(run(**changes))))
        assert run_from_json(recipe) == run(**changes)


def test_a_recipe_names_a_later_setting_only_where_it_differs():
    later = {row.name for row in SETTINGS.values() if not row.format_1}
    assert {"resampling", "negative"} <= later
    assert not later & set(run_to_json(run())["search"])
    assert run_to_json(run(ess_share=0.5))["search"]["ess_share"] == 0.5
    assert state_id(run(), 0, ()) != state_id(run(ess_share=0.5), 0, ())
