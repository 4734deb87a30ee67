"""What the engine refuses: prompts, selections, states, settings and parts that it does not have."""

from __future__ import annotations

import pytest
from engine_fakes import FakeBackend, FakeReward, fake_engine, finish

from ttsvar.config import SEARCHES, SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError, PromptError, ScheduleError, SelectionError, StateError
from ttsvar.families.base.prompts import FreeText
from ttsvar.types import ScaleSchedule, Selection, StepResult

PROMPT = "a photo of two red stars"


@pytest.mark.parametrize("prompt", ["", "  \n", None, 7])
def test_an_empty_prompt_is_refused(prompt: str):
    with pytest.raises(PromptError, match="prompt"):
        fake_engine().begin(prompt)


def _result(engine: Engine) -> StepResult:
    return engine.step(engine.begin(PROMPT))


@pytest.mark.parametrize(
    ("parents", "message"),
    [((), "at least one"), ((8,), "0 to 7"), ((-1,), "-1"), ((0,) * 513, "512"), (("c1",), "whole numbers")],
)
def test_impossible_selections_are_refused(parents: tuple, message: str):
    engine = fake_engine()
    with pytest.raises(SelectionError, match=message):
        engine.commit(_result(engine), Selection(parents))


def test_the_largest_selection_is_accepted():
    engine = fake_engine()
    assert len(engine.commit(_result(engine), Selection((3,) * 512))) == 512


def test_finished_unfinished_and_foreign_states_are_refused():
    engine = fake_engine()
    done = finish(engine, engine.begin(PROMPT))
    with pytest.raises(StateError, match="all its 13 scales"):
        engine.step(done)
    with pytest.raises(StateError, match="Nothing is generated"):
        engine.observe(engine.begin(PROMPT))
    with pytest.raises(StateError, match="'other'"):
        fake_engine(name="other").step(engine.begin(PROMPT))


def test_parts_that_are_not_loaded_are_named_before_any_work():
    backend = FakeBackend()
    with pytest.raises(ConfigError, match="extractor 'pca' is not known here"):
        Engine(backend, {}, {"image-reward": FakeReward()}).begin(PROMPT)
    with pytest.raises(ConfigError, match="reward 'hps' is not known here; this engine has image-reward"):
        fake_engine().begin(PROMPT, search=SearchConfig(reward="hps"))
    Engine(backend, {}, {}).begin(PROMPT, search=SEARCHES["raw"])


@pytest.mark.parametrize("changes", [{"negative": "a cup"}, {"positive": True}, {"cfg_layers": (0, -1)}])
def test_settings_that_a_model_does_not_take_are_refused(changes: dict):
    with pytest.raises(ConfigError, match=f"fake takes no {next(iter(changes))}"):
        fake_engine(prompts=FreeText(("a cup",))).begin(PROMPT, search=SearchConfig(**changes))


def test_a_blank_negative_prompt_is_none():
    assert search_config("tts-var", negative="  ") == SearchConfig()
    assert search_config("tts-var", negative=" a  cup ").negative == "a cup"


def test_wrong_lengths_and_seeds_are_refused():
    engine = fake_engine()
    with pytest.raises(ConfigError, match="cfg has 12 numbers"):
        engine.begin(PROMPT, search=SearchConfig(cfg=(3.0,) * 12))
    with pytest.raises(ConfigError, match="seed"):
        engine.begin(PROMPT, seed=1.5)  # type: ignore[arg-type]
    with pytest.raises(ScheduleError, match="Scale 0 has 600"):
        engine.begin(PROMPT, search=SearchConfig(strategy="raw", batch=(600,) * 13))


def test_a_state_of_another_ladder_under_the_same_name_is_refused():
    other = fake_engine(schedule=ScaleSchedule(tuple((s + 1, s + 1) for s in range(13))))
    state = other.begin(PROMPT)
    with pytest.raises(StateError, match="13 scales"):
        fake_engine().step(state)
