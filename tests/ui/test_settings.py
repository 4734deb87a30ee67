"""The rail's fields: what is wrong is said, and where."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from fake_engine import DrawnBackend, fake_engine
from hypothesis import given
from hypothesis import strategies as st

from ttsvar.config import SEARCHES
from ttsvar.schedule import PAPER_BATCH
from ui.settings import FieldError, Fields, batch_text, default_fields, read_prompt, read_search, read_seed

SCHEDULE = DrawnBackend.schedule
PAPER = Fields("tts-var", 1, ", ".join(map(str, PAPER_BATCH)), "2, 5", "6, 9", "pca", "value", 10.0, "3", "0.5", 0.97)


def test_the_paper_is_the_default() -> None:
    search = read_search(PAPER, SCHEDULE)
    assert search.batch is None
    assert (search.cluster_scales, search.resample_scales, search.lam) == ((2, 5), (6, 9), 10.0)


@pytest.mark.parametrize(
    ("change", "field", "scale", "words"),
    [
        ({"batch": "8 8 6 6 6 4 2 2 2 1 1 1"}, "batch", None, "12 numbers"),
        ({"batch": "8 8 6 7 6 4 2 2 2 1 1 1 1"}, "batch", 3, "Scale 3"),
        ({"batch": "8 8 6 6 5 4 2 2 2 1 1 1 1"}, "batch", 4, "Scale 4"),
        ({"batch": "8 8 6 6 6 4 2 2 2 0 0 0 0"}, "batch", 9, "Scale 9"),
        ({"batch": "8 8 six 6 6 4 2 2 2 1 1 1 1"}, "batch", 2, "'six'"),
        ({"cluster_scales": "2, 15"}, "batch", 15, "scale 15"),
        ({"cluster_scales": "two"}, "cluster", None, "'two'"),
        ({"n": 0}, "n", None, "1 to 8"),
        ({"n": None}, "n", None, "1 to 8"),
        ({"lam": None}, "advanced", None, "\u03bb"),
        ({"lam": -1.0}, "advanced", None, "lambda"),
        ({"cfg": "strong"}, "advanced", None, "Guidance"),
        ({"tau": "0"}, "advanced", None, "tau"),
        ({"top_p": 2.0}, "advanced", None, "top_p"),
        ({"search": "magic"}, "search", None, "magic"),
    ],
)
def test_what_is_wrong_is_named(change: dict, field: str, scale: int | None, words: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_search(replace(PAPER, **change), SCHEDULE)
    assert (caught.value.field, caught.value.scale) == (field, scale)
    assert words in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_as_schedule_is_read_or_explained(text: str) -> None:
    with contextlib.suppress(FieldError):
        read_search(replace(PAPER, batch=text), SCHEDULE)


@pytest.mark.parametrize("prompt", ["", "   ", None, "x" * 301])
def test_prompts_that_cannot_be_drawn(prompt: str | None) -> None:
    with pytest.raises(FieldError):
        read_prompt(prompt)


@pytest.mark.parametrize("seed", [None, -1, 0.5, 2**31])
def test_seeds_that_are_none(seed: float | None) -> None:
    with pytest.raises(FieldError):
        read_seed(seed)


def test_blanks_are_tidied() -> None:
    assert read_prompt("  a   red\nstar ") == "a red star"


def test_every_named_search_has_its_schedule() -> None:
    assert batch_text("tts-var", SCHEDULE) == "8, 8, 6, 6, 6, 4, 2, 2, 2, 1, 1, 1, 1"
    assert batch_text("raw", SCHEDULE).startswith("1, 1")


def test_the_fields_begin_with_the_models_plan() -> None:
    engine = fake_engine()
    assert default_fields(engine) == PAPER
    raw = default_fields(engine, "raw")
    assert engine.resolve(read_search(raw, SCHEDULE)) == engine.resolve(SEARCHES["raw"])
