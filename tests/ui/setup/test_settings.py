"""The rail's fields: what is wrong is said, and where."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace

import pytest
from engine_fakes import SCHEDULE, page_engine
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.config import SEARCHES, SearchConfig
from ttsvar.schedule import decisions
from ui.setup import searches
from ui.setup.fields import FieldError, fields_of, read_prompt, read_search, read_seed

ENGINE = page_engine()
PLAN = "8 8 6:cluster 6 6 4:cluster 2:resample 2 2 1:resample 1 1 1"
PAPER = {**fields_of(ENGINE, SearchConfig()), "plan": PLAN}


def test_the_paper_is_the_default() -> None:
    search = read_search(PAPER, SCHEDULE)
    assert search.batch is None
    assert (search.cluster_scales, search.resample_scales, search.lam) == ((2, 5), (6, 9), 10.0)


@pytest.mark.parametrize(
    ("change", "field", "scale", "words"),
    [
        ({"plan": "8 8 6:cluster 6 6 4:cluster 2:resample 2 2 1:resample 1 1"}, "batch", None, "12 numbers"),
        ({"plan": PLAN.replace("cluster 6 6", "cluster 7 6")}, "batch", 3, "Scale 3"),
        ({"plan": PLAN.replace("6 6 4", "6 5 4")}, "batch", 4, "Scale 4"),
        ({"plan": PLAN.replace("1:resample 1 1 1", "0:resample 0 0 0")}, "batch", 9, "Scale 9"),
        ({"plan": PLAN.replace("6:cluster", "six:cluster")}, "batch", 2, "'six'"),
        ({"plan": PLAN + " 1 1 1:cluster"}, "batch", 15, "scale 15"),
        ({"plan": PLAN.replace("cluster", "guess")}, "batch", 2, "does not guess"),
        ({"search": "raw", "plan": PLAN}, "batch", 2, "does not cluster"),
        ({"n": 0}, "n", None, "1 to 8"),
        ({"n": None}, "n", None, "1 to 8"),
        ({"n": math.inf}, "n", None, "1 to 8"),
        ({"cfg_layers": "nan"}, "advanced", None, "Guided at is 'nan'"),
        ({"top_p": None}, "advanced", None, "Top-p is empty"),
        ({"top_p": math.nan}, "advanced", None, "Top-p is nan; give a finite number"),
        ({"positive": "perhaps"}, "advanced", None, "Faces is 'perhaps'; give true or false"),
        ({"lam": " "}, "advanced", None, "\u03bb"),
        ({"lam": "-1"}, "advanced", None, "lam is -1"),
        ({"cfg": "strong"}, "advanced", None, "Guidance"),
        ({"tau": "0"}, "advanced", None, "tau"),
        ({"top_p": 2.0}, "advanced", None, "top_p"),
        ({"search": "magic"}, "search", None, "magic"),
    ],
)
def test_what_is_wrong_is_named(change: dict, field: str, scale: int | None, words: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_search({**PAPER, **change}, SCHEDULE)
    assert (caught.value.field, caught.value.scale) == (field, scale)
    assert words in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_as_schedule_is_read_or_explained(text: str) -> None:
    with contextlib.suppress(FieldError):
        read_search({**PAPER, "plan": text}, SCHEDULE)


@pytest.mark.parametrize("prompt", ["", "   ", None, "x" * 4001])
def test_prompts_that_cannot_be_drawn(prompt: str | None) -> None:
    with pytest.raises(FieldError):
        read_prompt(prompt)


@pytest.mark.parametrize("seed", [None, -1, 0.5, 2**31, math.nan, math.inf, True, "3"])
def test_seeds_that_are_none(seed: object) -> None:
    with pytest.raises(FieldError):
        read_seed(seed)


def test_blanks_are_tidied() -> None:
    assert read_prompt("  a   red\nstar ") == "a red star"


@pytest.mark.parametrize("name", searches.names())
def test_every_named_search_can_be_chosen_as_it_is(name: str) -> None:
    base = searches.base(name)
    assert base is not None
    fields = {**fields_of(ENGINE, base), "search": name}
    assert ENGINE.resolve(read_search(fields, SCHEDULE)) == ENGINE.resolve(base)
    assert searches.title(name)
    assert searches.line(name).endswith(".")


def test_marks_of_ones_own_become_decisions() -> None:
    plan = "8 8:cluster 6 6 6 3:resample 3 3 3 3 3 3 3".replace("8:cluster 6 6 6", "6:cluster 6 6 6")
    search = read_search({**PAPER, "search": "custom", "plan": plan}, SCHEDULE)
    assert (search.cluster_scales, search.resample_scales) == ((1,), (5,))
    assert search.batch == (8, 6, 6, 6, 6, 3, 3, 3, 3, 3, 3, 3, 3)
    assert fields_of(ENGINE, search)["plan"] == plan


def test_a_beams_decisions_are_marked_and_moved() -> None:
    search = read_search({**PAPER, "search": "beam", "plan": "8 8 8 2:select 2 2 2 2 2 2 2 2 2"}, SCHEDULE)
    assert search.resample_scales == (3,)
    assert decisions(search, 13)[3] == "select"
    assert fields_of(ENGINE, SEARCHES["greedy"])["search"] == "greedy"
    assert fields_of(ENGINE, replace(SEARCHES["smc-diff"], lam=(2.0,) * 13))["lam"] == ", ".join(["2"] * 13)


def test_what_only_some_models_take_comes_back_as_it_was_read() -> None:
    engine = page_engine()
    fields = {**PAPER, "negative": " a red  cup ", "cfg_layers": "0, -2"}
    search = read_search(fields, engine.schedule)
    assert (search.negative, search.positive, search.cfg_layers) == ("a red cup", False, (0, -2))
    back = fields_of(engine, search)
    assert (back["negative"], back["positive"], back["cfg_layers"]) == ("a red cup", False, "0, -2")
    with pytest.raises(FieldError, match="whole numbers"):
        read_search({**PAPER, "cfg_layers": "0.5"}, engine.schedule)


@pytest.mark.parametrize(
    ("search", "potential", "field", "kept"),
    [
        ("tts-var", "value", "", None),
        ("tts-var", "max", "", tuple(range(13))),
        ("tts-var", "diff", "none", None),
        ("tts-var", "sum", "3, 4", (3, 4)),
        ("tts-var", "value", "0, 12", (0, 12)),
        ("smc", "max", "none", None),
    ],
)
def test_scored_scales_are_the_searchs_own_where_the_field_is_empty(
    search: str, potential: str, field: str, kept: tuple[int, ...] | None
) -> None:
    base = fields_of(ENGINE, SEARCHES[search])
    values = {**base, "potential": potential, "score_scales": field}
    chosen = ENGINE.resolve(read_search(values, SCHEDULE))
    assert chosen.score_scales == kept
    assert fields_of(ENGINE, chosen)["score_scales"] == field, "a run that is opened again fills the field as it was"
    assert ENGINE.resolve(read_search(fields_of(ENGINE, chosen), SCHEDULE)).score_scales == kept


def test_a_scale_that_is_none_is_named() -> None:
    with pytest.raises(FieldError, match="score_scales names scale 13"):
        read_search({**PAPER, "score_scales": "13"}, SCHEDULE)
    with pytest.raises(FieldError, match="Scored scales is 'all'"):
        read_search({**PAPER, "score_scales": "all"}, SCHEDULE)


def test_marks_of_the_control_stay_its_own_where_one_is_moved() -> None:
    control = fields_of(ENGINE, SEARCHES["random-drop"])
    assert control["plan"].split()[2] == "6:select"
    moved = read_search({**control, "plan": PLAN.replace("8 8 6:cluster", "8 6:select 6").replace("cluster", "select")},
                        SCHEDULE)  # fmt: skip
    assert (moved.cluster_scales, moved.resample_scales) == ((1, 5), (6, 9))
    assert decisions(moved, 13)[1] == "select"


def test_a_prompt_is_bounded_by_its_model_and_only_far_above_that_by_the_page() -> None:
    published = "mountain landscape " * 36
    assert read_prompt(published) == published.strip()
    with pytest.raises(FieldError, match="5000 characters; 4000 are the most"):
        read_prompt("x" * 5000)
