"""One row a setting: what its values may be, and that every flag reaches the recipe."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.commands.cli import command_line
from ttsvar.commands.generate import chosen_search
from ttsvar.config import Sampling, SearchConfig, search_config
from ttsvar.engine.recipe import run_from_json, run_to_json
from ttsvar.errors import ConfigError
from ttsvar.schedule import resolve_search
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS, read_texts
from ttsvar.types import Run, ScaleSchedule
from ttsvar.values import Choice, Flag, Numbers, Share, Text, UnfitError, Whole, Wholes, number, whole_number

WHOLE = "a list of whole numbers"
SCALES = 13
SCHEDULE = ScaleSchedule(tuple((k + 1, k + 1) for k in range(SCALES)))
WORDS = st.text("abc -,:%'\"\u03bb\U0001f600", min_size=1, max_size=20).filter(
    lambda text: text.strip() not in ("", "--")
)
"""Texts with some ink; `--` alone is argparse's own word."""


def values_of(row: Setting[Any]) -> st.SearchStrategy[Any]:
    """Values that a setting may have."""
    kind = row.kind
    if isinstance(kind, Whole):
        return st.integers(kind.low, min(kind.high, 64))
    if isinstance(kind, Share):
        return st.floats(0, 1, exclude_min=True)
    if isinstance(kind, Numbers):
        one = st.floats(kind.low, kind.high)
        return one | st.lists(one, min_size=2, max_size=SCALES).map(tuple)
    if isinstance(kind, Wholes):
        return st.lists(st.integers(-3, 0) if row.name == "cfg_layers" else st.integers(0, 12), min_size=1).map(tuple)
    if isinstance(kind, Choice):
        return st.sampled_from(tuple(kind.names) or ("hps", "clip-score"))
    if isinstance(kind, Flag):
        return st.just(True)
    assert isinstance(kind, Text)
    return WORDS


GENERATE = command_line(["generate"])


def searched(*words: str) -> SearchConfig:
    return chosen_search(GENERATE.parse_args(["generate", "a red cup", *words]))


@pytest.mark.parametrize("row", SETTINGS.values(), ids=lambda row: row.name)
@given(data=st.data())
def test_every_flag_reaches_the_recipe_and_comes_back(row: Setting[Any], data: st.DataObject) -> None:
    value = data.draw(values_of(row))
    search = searched(row.flag if isinstance(row.kind, Flag) else f"{row.flag}={row.kind.show(value)}")
    assert getattr(search, row.name) == row.checked(value)
    own = {name: kept for name, kept in search.values().items() if name != row.name}
    assert own == {name: kept for name, kept in SearchConfig().values().items() if name != row.name}
    run = Run("m", "a red cup", 0, resolve_search(search, SCALES, Sampling()), SCHEDULE, (1,) * SCALES)
    text = json.dumps(run_to_json(run))
    told = json.loads(text)["search"].get(row.name, row.default)
    assert (tuple(told) if isinstance(told, list) else told) == getattr(run.search, row.name)
    assert run_from_json(json.loads(text)) == run


@pytest.mark.parametrize("row", SETTINGS.values(), ids=lambda row: row.name)
def test_every_flag_is_told_and_what_does_not_fit_is_refused_by_name(
    row: Setting[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        GENERATE.parse_args(["generate", "--help"])
    assert f" {row.flag} " in capsys.readouterr().out
    with pytest.raises(ConfigError, match=rf"^{row.name} is <object.*; it must be "):
        search_config("tts-var", **{row.name: object()})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"n": 0}, "n is 0; it must be a whole number from 1 to 64."),
        ({"n": True}, "n is True; it must be a whole number from 1 to 64."),
        ({"n": 2.0}, "n is 2.0; it must be a whole number from 1 to 64."),
        ({"width": 65}, "width is 65; it must be a whole number from 1 to 64."),
        ({"top_k": -1}, "top_k is -1; it must be 0 (off) or a whole number."),
        ({"top_p": 0}, "top_p is 0; it must be a number above 0 and at most 1."),
        ({"ess_share": math.nan}, "ess_share is nan; it must be a number above 0 and at most 1."),
        ({"lam": -1}, "lam is -1; it must be number(s) from 0 to 1000."),
        ({"cfg": (3.0, math.inf)}, "cfg is (3.0, inf); it must be number(s) from 0 to 100."),
        ({"tau": 0}, "tau is 0; it must be number(s) from 0.001 to 100."),
        ({"potential": "most"}, "potential is 'most'; it must be one of value, max, sum, diff."),
        ({"cluster_scales": ("2",)}, f"cluster_scales is ('2',); it must be {WHOLE}; scales count from 0."),
        ({"cfg_layers": (1,)}, f"cfg_layers is (1,); it must be {WHOLE}: 0 for the logits, -k for a block."),
        ({"cfg_layers": ()}, f"cfg_layers is (); it must be {WHOLE}: 0 for the logits, -k for a block."),
        ({"negative": 3}, "negative is 3; it must be a text."),
        ({"positive": 1}, "positive is 1; it must be true or false."),
    ],
)  # fmt: skip
def test_a_value_out_of_range_says_what_it_must_be(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        SearchConfig(**changes)
    assert str(refused.value) == says


def test_a_list_without_numbers_has_a_word_where_an_empty_text_says_something_else() -> None:
    kind = SETTINGS["score_scales"].kind
    assert (kind.parse("none"), kind.parse(""), kind.show(()), kind.show((1, 2))) == ((), (), "none", "1, 2")


def test_lists_become_tuples_and_numbers_stay_what_they_are() -> None:
    search = SearchConfig(lam=[1, 2.0], cfg=3, cluster_scales=[2], batch=[4] * SCALES)  # type: ignore[arg-type]
    assert (search.lam, search.cluster_scales, search.batch) == ((1, 2.0), (2,), (4,) * SCALES)
    assert repr(search.cfg) == "3", "3 and 3.0 are told apart by the ids of states"


def test_what_only_some_models_take_is_named_like_every_setting() -> None:
    search = search_config("tts-var", cfg_layers=[0, -2], negative=" a  cup ")
    assert search.options == (("cfg_layers", (0, -2)), ("negative", "a cup"))
    assert (search.negative, search.positive, search.cfg_layers) == ("a cup", False, (0, -2))
    assert search.chosen_options() == {"cfg_layers", "negative"}
    assert read_texts(search) == ("a cup",)
    assert read_texts(SearchConfig()) == ()
    with pytest.raises(TypeError, match="warmth"):
        search_config("tts-var", warmth=1)
    with pytest.raises(ConfigError, match="no option named warmth"):
        SearchConfig(options=(("warmth", 1),))
    with pytest.raises(AttributeError, match="warmth"):
        _ = search.warmth


@given(st.integers() | st.floats() | st.booleans() | st.none() | st.text(max_size=3))
def test_whole_numbers_from_outside_are_finite_and_in_range(value: object) -> None:
    fits = type(value) in (int, float) and value in range(1, 9)  # type: ignore[operator]
    if fits:
        assert whole_number(value, 1, 8) == value
        assert type(whole_number(value, 1, 8)) is int
    else:
        with pytest.raises(UnfitError, match="a whole number from 1 to 8"):
            whole_number(value, 1, 8)


@pytest.mark.parametrize("value", [True, "3", None, [3]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(UnfitError, match="a number"):
        number(value)


@given(st.floats(0, 1000) | st.lists(st.floats(0, 1000), min_size=2, max_size=13).map(tuple))
def test_what_is_shown_of_numbers_is_read_back_to_the_last_digit(value: float | tuple[float, ...]) -> None:
    kind = Numbers(0, 1000)
    assert kind.parse(kind.show(value)) == value
    assert kind.show(3.0) == "3"
