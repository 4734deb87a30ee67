"""The rail's fields: what they offer, what is said beside them, and what a run brings back into them."""

from __future__ import annotations

import re

import pytest
from engine_fakes import SCHEDULE, FakeBackend, FakeExtractor, FakeReward, fake_engine, page_engine
from ui_helpers import PROMPT

from ttsvar.commands.cli import command_line
from ttsvar.config import SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.types import ScaleSchedule
from ttsvar.weights.loadable import LazyMapping
from ui.setup.checks import SetupChecks
from ui.setup.fields import fields_of
from ui.setup.view import model_html

ENGINE = page_engine()
RAIL = SetupChecks(ENGINE)
PAPER = fields_of(ENGINE, SearchConfig())


def negative_note(**changes: str) -> str:
    return RAIL.notes({**PAPER, **changes})["negative_note"]


def test_words_that_the_model_does_not_know_are_named_under_the_field_they_are_in() -> None:
    assert negative_note() == negative_note(negative="a red cup") == ""
    note = negative_note(negative="a blurry cup")
    assert "does not know" in note
    assert "<mark>blurry</mark>" in note
    assert RAIL.notes({**PAPER, "prompt": PROMPT, "negative": "a blurry cup"})["prompt_note"] == ""


@pytest.mark.parametrize(("cfg", "idle"), [("1", True), (", ".join(["1"] * 13), True), ("1" + ", 3" * 12, False)])
def test_a_negative_prompt_without_guidance_says_that_it_does_nothing(cfg: str, idle: bool) -> None:
    assert ("Guidance is 1" in negative_note(negative="a red cup", cfg=cfg)) is idle


def test_a_broken_plan_keeps_the_tints_of_its_marks() -> None:
    plan = "8 8 6:cluster 6 6 4:cluster 2:resample 2 x 2:resample 1 1 1"
    drawn = RAIL.notes({**PAPER, "plan": plan})["bars"]
    bars = re.findall(r'<i class="([^"]*)"[^>]*title="scale (\d+): (\d+)"', drawn)
    assert [size for _, _, size in bars] == ["8", "8", "6", "6", "6", "4", "2", "2", "0", "2", "1", "1", "1"]
    kinds = {int(k): kind for kind, k, _ in bars if kind}
    assert kinds == {2: "cluster", 5: "cluster", 6: "resample", 8: " wrong", 9: "resample"}


def test_a_run_brings_back_every_field() -> None:
    search = search_config("tts-var", n=2, negative="a red cup", cfg_layers=(0, -2), cfg=2.0, tau=(0.5,) * 12 + (0.4,))
    run = ENGINE.begin(PROMPT, search=search, seed=5).run
    values = RAIL.recipe(run)
    assert (values["prompt"], values["seed"]) == (PROMPT, 5)
    again = RAIL.read(values, lambda p, s, n: ENGINE.begin(p, search=s, seed=n).run)
    assert again == run
    assert values["negative"] == "a red cup"


def test_the_models_line_tells_its_shape_and_the_flags_that_change_it() -> None:
    schedule = ScaleSchedule((*SCHEDULE.sizes[:-1], (52, 78)))
    wide = SetupChecks(fake_engine(name="infinity-125m", schedule=schedule)).choices()
    assert "13 scales, 1248 \u00d7 832 px, on CPU" in model_html(wide)
    command = re.search(r"<code>python app\.py (--model infinity-125m .*?)</code>", model_html(wide))
    assert command
    told = command_line(["app"]).parse_args(["app", *command[1].split()])
    assert (told.model, told.aspect, told.resolution) == ("infinity-125m", 1.5, "0.06M")
    assert "On this machine: <code>toybox</code>." in model_html(wide)
    fixed = model_html(RAIL.choices())
    assert "python app.py --model NAME" in fixed
    assert "--aspect" not in fixed


def test_what_the_fields_begin_with_is_offered_though_its_file_is_yet_to_come() -> None:
    absent = {name: lambda: False for name in ("image-reward", "hps", "inception")}
    judges = LazyMapping(dict.fromkeys(("image-reward", "hps", "aesthetic"), FakeReward), absent)
    eyes = LazyMapping(dict.fromkeys(("pca", "pool", "inception"), FakeExtractor), absent)
    offer = SetupChecks(Engine(FakeBackend(), eyes, judges)).choices()
    assert set(offer.names["reward"]) == {"image-reward", "aesthetic"}
    assert offer.names["extractor"] == ("pca", "pool")
