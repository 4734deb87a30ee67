"""Redraw, again and cross for programs: branches of the same run, which the page shows and saves like any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import torch
from ui_helpers import PROMPT

from ttsvar.storage.png import read_recipe
from ttsvar.storage.runs import load_history
from ui.api import Api
from ui.scene.scene import Shown
from ui.session.store import SessionStore


@pytest.fixture
def api(store: SessionStore) -> Api:
    return Api(store)


def at_scale(api: Api, scale: int) -> str:
    run = api.begin(PROMPT, seed=3)["run_id"]
    for _ in range(scale):
        api.step(run)
        api.select(run)
    api.step(run)
    return run


def test_a_part_is_drawn_anew_and_the_run_goes_on_from_there(api: Api, store: SessionStore) -> None:
    run = at_scale(api, 4)
    session = store.get(run)
    assert session is not None
    before = session.history.current.stepped.grown
    told = api.redraw(run, before.candidate_ids[1], [[1, 0]], from_scale=2, copies=3)
    assert (told["scale"], len(told["candidates"]), told["decision"]) == (4, 3, None)
    after = session.history.current.stepped.grown
    for scale, (old, new) in enumerate(zip(before.bits, after.bits, strict=True)):
        half = old.shape[2] // 2 if scale >= 2 else old.shape[2]
        assert bool((new[:, :, :half] == old[1, :, :half]).all())
    assert not torch.equal(after.bits[4][0], before.bits[4][1])
    assert len(session.history.leaves()) == 2
    while not api.step(run)["done"]:
        api.select(run)
    assert read_recipe(Path(api.image(run)).read_bytes()).state == session.current
    assert api.rewind(run, 4)["candidates"][0]["name"] == after.candidate_ids[0]


def test_a_scale_is_drawn_again_and_two_candidates_are_crossed(api: Api, store: SessionStore) -> None:
    run = at_scale(api, 3)
    names = [c["name"] for c in api.step(run)["candidates"]]
    again = api.again(run, names[:2])
    assert (again["scale"], len(again["candidates"])) == (3, 2)
    assert not {c["name"] for c in again["candidates"]} & set(names)
    assert len(api.again(run)["candidates"]) == 2
    one, other = (c["name"] for c in api.step(run)["candidates"])
    crossed = api.cross(run, one, other, scale=1)
    assert (crossed["scale"], len(crossed["candidates"])) == (3, 1)
    session = store.get(run)
    assert session is not None
    assert len(session.history.leaves()) == 4


def test_a_finished_picture_is_redrawn_to_its_end(api: Api, store: SessionStore) -> None:
    run = at_scale(api, 12)
    api.select(run)
    name = api.step(run)["candidates"][0]["name"]
    told = api.redraw(run, name, [[0, 1]], from_scale=10)
    assert told["done"]
    assert len(told["candidates"]) == 4
    assert Path(api.image(run)).is_file()
    kept = store.get(run)
    assert kept is not None
    assert kept.folder is not None
    assert load_history(kept.folder).current.state.id == kept.current


@pytest.mark.parametrize("first", [0, 3])
def test_the_page_shows_what_was_drawn_again(api: Api, store: SessionStore, first: int) -> None:
    run = at_scale(api, 3)
    name = api.step(run)["candidates"][0]["name"]
    api.redraw(run, name, [[0]], from_scale=first, copies=2)
    session = store.get(run)
    assert session is not None
    shown = Shown(session, session.current)
    assert len(shown.branches) == 2
    assert all(len(column.dots) for column in shown.columns)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda api, run: api.redraw(run, "nobody", [[1]], 1), "no candidate"),
        (lambda api, run: api.redraw(run, "c0", [[1, 2]], 1), "rows of 0 and 1"),
        (lambda api, run: api.redraw(run, "c0", [[1], [1, 0]], 1), "all of one length"),
        (lambda api, run: api.redraw(run, "c0", [], 1), "rows of 0 and 1"),
        (lambda api, run: api.redraw(run, "c0", [[1]], 9), "scales 0 to 1"),
        (lambda api, run: api.redraw(run, "c0", [[1]], 1, 9), "from 1 to 8"),
        (lambda api, run: api.again(run, []), "Nothing is selected"),
        (lambda api, run: api.again(run, "c0"), "list of names"),
        (lambda api, run: api.cross(run, "c0", "c1", "1"), "whole number"),
    ],
)
def test_what_does_not_fit_is_explained(api: Api, call: Any, words: str) -> None:
    run = at_scale(api, 1)
    with pytest.raises(gr.Error, match=words):
        call(api, run)
