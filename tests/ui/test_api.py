"""The engine as an API: a search driven from outside, the same runs as the page's, and errors that explain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from ui_helpers import PROMPT

from ttsvar.png import read_recipe
from ui.api import Api
from ui.session_store import SessionStore


@pytest.fixture
def api(store: SessionStore) -> Api:
    return Api(store)


def to_end(api: Api, run: str) -> dict:
    while not api.step(run)["done"]:
        api.select(run)
    return api.step(run)


def test_a_whole_search_with_overrides(api: Api, store: SessionStore) -> None:
    begun = api.begin(PROMPT, seed=3)
    assert (begun["scale"], begun["scales"], len(begun["candidates"])) == (0, 13, 8)
    assert begun["decisions"] == {"2": "cluster", "5": "cluster", "6": "resample", "9": "resample"}
    run, by = begun["run_id"], []
    for scale in range(13):
        told = api.step(run)
        assert told["scale"] == scale
        assert sum(c["probability"] for c in told["candidates"]) == pytest.approx(1, abs=1e-3)
        assert [c["drawn"] for c in told["candidates"]] == [
            told["proposal"].count(i) for i in range(len(told["candidates"]))
        ]
        keep = [0, 0, 1] if scale == 2 else None
        chosen = api.select(run, keep)
        by.append(chosen["by"])
    assert chosen["done"]
    assert [k for k, who in enumerate(by) if who == "you"] == [2]
    end = api.step(run)
    assert end["done"]
    assert end["best"] in [c["name"] for c in end["candidates"]]
    recipe = read_recipe(Path(api.image(run)).read_bytes())
    session = store.get(run)
    assert session is not None, "the page sees the same run"
    assert recipe.state == session.current


def test_a_negative_prompt_is_part_of_the_run_and_its_unknown_words_are_told(api: Api, store: SessionStore) -> None:
    begun = api.begin(PROMPT, negative=" a blurry  cup")
    session = store.get(begun["run_id"])
    assert session is not None
    assert session.run.search.negative == "a blurry cup"
    assert begun["unknown_words"] == ["blurry"]
    assert api.begin(PROMPT)["unknown_words"] == []


def test_steps_are_drawn_once(api: Api) -> None:
    run = api.begin(PROMPT)["run_id"]
    assert api.step(run) == api.step(run)


def test_rewinding_branches_and_loses_nothing(api: Api, store: SessionStore) -> None:
    run = api.begin(PROMPT)["run_id"]
    first = to_end(api, run)
    told = api.rewind(run, 5)
    assert (told["scale"], told["decision"]) == (5, "cluster")
    api.select(run, [0])
    assert len(to_end(api, run)["candidates"]) == 1
    session = store.get(run)
    assert session is not None
    assert len(session.history.leaves()) == 2
    api.rewind(run, 5)
    api.select(run)
    assert to_end(api, run) == first


def test_a_candidate_can_be_looked_at(api: Api) -> None:
    run = api.begin(PROMPT)["run_id"]
    name = api.step(run)["candidates"][3]["name"]
    assert Path(api.image(run, name)).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"prompt": ""}, "Write what"),
        ({"prompt": 3}, "must be text"),
        ({"prompt": "x" * 10_000}, "10000 characters"),
        ({"prompt": PROMPT, "search": "magic"}, "no search named"),
        ({"prompt": PROMPT, "n": 99}, "N is"),
        ({"prompt": PROMPT, "n": 1.5}, "N is"),
        ({"prompt": PROMPT, "n": "2"}, "must be a number"),
        ({"prompt": PROMPT, "seed": -1}, "seed"),
        ({"prompt": PROMPT, "lam": -1}, "lam is -1.0"),
        ({"prompt": PROMPT, "potential": "most"}, "potential"),
        ({"prompt": PROMPT, "extractor": "eyes"}, "extractor"),
        ({"prompt": PROMPT, "negative": 3}, "negative"),
    ],
)
def test_begin_explains_what_is_wrong(api: Api, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(gr.Error, match=says):
        api.begin(**arguments)


@pytest.mark.parametrize("run", ["", "nobody99", "../../x", None, 4])
def test_an_unknown_run_is_explained(api: Api, run: Any) -> None:
    for call in (api.step, api.select, api.image, lambda r: api.rewind(r, 0)):
        with pytest.raises(gr.Error, match=r"no run|must be text"):
            call(run)


@pytest.mark.parametrize("keep", ["all", [8], [-1], [0.5], [True], {}, [], [0] * 17])
def test_a_choice_that_does_not_fit_is_explained(api: Api, keep: Any) -> None:
    run = api.begin(PROMPT)["run_id"]
    api.step(run)
    with pytest.raises(gr.Error, match=r"keep|Nothing is selected"):
        api.select(run, keep)


def test_the_order_of_calls_is_explained(api: Api) -> None:
    run = api.begin(PROMPT)["run_id"]
    with pytest.raises(gr.Error, match="call step before select"):
        api.select(run)
    with pytest.raises(gr.Error, match="none yet"):
        api.rewind(run, 0)
    api.step(run)
    for scale in (7, -1, True, "2", None):
        with pytest.raises(gr.Error, match="has drawn 0 to 0"):
            api.rewind(run, scale)  # type: ignore[arg-type]
    with pytest.raises(gr.Error, match="name a candidate"):
        api.image(run)
    with pytest.raises(gr.Error, match="choose one of c0"):
        api.image(run, "c77")
    to_end(api, run)
    with pytest.raises(gr.Error, match="finished"):
        api.select(run)
