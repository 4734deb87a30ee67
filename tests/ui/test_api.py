"""The engine as an API: a search driven from outside, the same runs as the page's, and errors that explain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from ui_helpers import PROMPT

from ttsvar.storage.png import read_recipe
from ui.api import Api
from ui.session.store import SessionStore


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
    begun = api.begin(PROMPT, settings={"negative": " a blurry  cup"})
    session = store.get(begun["run_id"])
    assert session is not None
    assert session.run.search.negative == "a blurry cup"
    assert begun["unknown_words"] == ["blurry"]
    assert api.begin(PROMPT)["unknown_words"] == []


def test_every_setting_of_the_rail_can_be_sent(api: Api, store: SessionStore) -> None:
    plan = "8 8 4:cluster 4 4 4 2:resample 2 2 2 2 2 1:select"
    settings = {"lam": 5, "cfg": [3.5] * 13, "tau": 0.7, "cfg_layers": [0, -1], "top_p": 0.9, "potential": "max"}
    session = store.get(api.begin(PROMPT, n=2, settings={**settings, "plan": plan})["run_id"])
    assert session is not None
    search = session.run.search
    assert (search.lam, search.tau, search.top_p, search.potential) == (5.0, 0.7, 0.9, "max")
    assert (search.cfg, search.cfg_layers) == ((3.5,) * 13, (0, -1))
    assert session.run.batch == (16, 16, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4, 2)
    assert (search.cluster_scales, search.resample_scales) == ((2,), (6, 12))


def test_a_search_brings_its_own_n(api: Api) -> None:
    assert len(api.begin(PROMPT, search="best-of-n")["candidates"]) == 4


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


@pytest.mark.slow
def test_a_finished_run_has_a_card_and_a_moving_picture(api: Api) -> None:
    run = api.begin(PROMPT)["run_id"]
    to_end(api, run)
    assert Path(api.card(run)).read_bytes().startswith(b"\x89PNG")
    moving = Path(api.card(run, moving=True))
    assert moving.suffix == ".webp"
    assert moving.read_bytes()[8:12] == b"WEBP"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"prompt": ""}, "Write what"),
        ({"prompt": 3}, "must be text"),
        ({"prompt": "x" * 10_000}, "10000 characters"),
        ({"prompt": "half \ud83d"}, "half a character"),
        ({"prompt": PROMPT, "settings": {"negative": "half \ud83d"}}, "half characters"),
        ({"prompt": PROMPT, "search": "magic"}, "no search named"),
        ({"prompt": PROMPT, "n": 99}, "N is"),
        ({"prompt": PROMPT, "n": 1.5}, "N is"),
        ({"prompt": PROMPT, "n": "2"}, "must be a number"),
        ({"prompt": PROMPT, "seed": -1}, "seed"),
        ({"prompt": PROMPT, "settings": [3]}, "settings is"),
        ({"prompt": PROMPT, "settings": {"lamda": 1}}, "no setting 'lamda'"),
        ({"prompt": PROMPT, "settings": {"lam": -1}}, "lam is -1.0"),
        ({"prompt": PROMPT, "settings": {"lam": [1, "2"]}}, "lam is '2'"),
        ({"prompt": PROMPT, "settings": {"cfg": True}}, "cfg is True"),
        ({"prompt": PROMPT, "settings": {"top_p": "much"}}, "top_p"),
        ({"prompt": PROMPT, "settings": {"positive": 1}}, "positive"),
        ({"prompt": PROMPT, "settings": {"potential": "most"}}, "potential"),
        ({"prompt": PROMPT, "settings": {"extractor": "eyes"}}, "extractor"),
        ({"prompt": PROMPT, "settings": {"reward": "applause"}}, "reward"),
        ({"prompt": PROMPT, "settings": {"negative": 3}}, "negative"),
        ({"prompt": PROMPT, "settings": {"plan": "8 8 9"}}, "13"),
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
    with pytest.raises(gr.Error, match="draw it to the end"):
        api.card(run)
    to_end(api, run)
    with pytest.raises(gr.Error, match="finished"):
        api.select(run)
