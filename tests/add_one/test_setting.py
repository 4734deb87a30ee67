"""A setting from one file of its own is on the page, in the API, in `generate --help` and in the recipe."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from engine_fakes import FakeBackend, FakeExtractor, FakeReward, FewWords, page_engine
from ui_helpers import PROMPT, services_over

from ttsvar.commands.cli import command_line, main
from ttsvar.config import SearchConfig, search_config
from ttsvar.engine.loop import Engine
from ttsvar.engine.recipe import run_from_json, run_to_json
from ttsvar.errors import ConfigError
from ttsvar.settings import SETTINGS
from ttsvar.storage.png import read_recipe, sign
from ui import page
from ui.api import Api
from ui.session.store import SessionStore
from ui.setup.checks import SetupChecks
from ui.setup.events import SetupEvents

FILE = """
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.values import Numbers

SETTINGS.add(
    Setting(
        name="warm_light",
        kind=Numbers(0.0, 2.0),
        default=0.0,
        help="how much warmer the light is",
        label="Warmth of the light",
        short="warmth",
        idle=lambda search: "Without guidance the light stays." if search.cfg == 1.0 else "",
        option=True,
    )
)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine whose model takes the setting of the file."""
    (tmp_path / "warm_light.py").write_text(FILE)
    spec = importlib.util.spec_from_file_location("warm_light", tmp_path / "warm_light.py")
    assert spec is not None
    assert spec.loader is not None
    backend = FakeBackend(prompts=replace(FewWords(), options=FewWords.options | {"warm_light"}))
    extractors, judges = {"pca": FakeExtractor()}, {"image-reward": FakeReward()}
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    yield Engine(backend, extractors, judges, sign=sign)
    SETTINGS.remove("warm_light")


def test_it_is_in_the_recipe_where_it_differs(engine: Engine) -> None:
    plain = engine.begin(PROMPT, seed=1)
    assert "warm_light" not in run_to_json(plain.run)["search"]
    assert plain.id == page_engine().begin(PROMPT, seed=1).id, "earlier runs keep their ids"
    warm = engine.begin(PROMPT, search=search_config("tts-var", warm_light=[1.0] * 13), seed=1)
    assert warm.id != plain.id
    told = json.loads(json.dumps(run_to_json(warm.run)))
    assert told["search"]["warm_light"] == [1.0] * 13
    assert run_from_json(told) == warm.run
    with pytest.raises(ConfigError, match="warm_light is 3; it must be number"):
        search_config("tts-var", warm_light=3)
    with pytest.raises(ConfigError, match="takes no warm_light"):
        page_engine().begin(PROMPT, search=search_config("tts-var", warm_light=1.0))


def test_generate_has_its_flag(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        command_line(["generate"]).parse_args(["generate", "--help"])
    assert "--warm-light" in (told := capsys.readouterr().out)
    assert "how much warmer the light is" in " ".join(told.split())
    monkeypatch.setattr("ttsvar.families.load.load", lambda *_, **__: engine)
    out = tmp_path / "warm.png"
    words = ["generate", PROMPT, "--search", "raw", "--warm-light", "0.5", "--json", "--out", str(out)]
    assert main(words) == 0
    assert read_recipe(out.read_bytes()).run.search.warm_light == 0.5


def test_programs_may_send_it(engine: Engine, tmp_path: Path) -> None:
    api = Api(SessionStore(engine, tmp_path / "runs"))
    session = api.store.get(api.begin(PROMPT, settings={"warm_light": 1})["run_id"])
    assert session is not None
    assert session.run.search.warm_light == 1.0
    with pytest.raises(gr.Error, match="warm_light is 'hot'; it must be a number"):
        api.begin(PROMPT, settings={"warm_light": "hot"})
    with gr.Blocks() as demo:
        api.publish()
    begin = next(fn for fn in demo.fns.values() if fn.api_name == "begin")
    assert "warm_light (a number, or a list with one a scale: how much warmer the light is)" in str(begin.fn.__doc__)


def test_the_page_has_its_field_its_checks_and_its_note(engine: Engine, tmp_path: Path) -> None:
    store = SessionStore(engine, tmp_path / "runs")
    services, checks = services_over(store), SetupChecks(engine)
    setup = SetupEvents(services, checks)
    with gr.Blocks() as demo:
        built = page.build(services, setup, checks.choices())
    field: Any = built.components["warm_light"]
    assert (field.label, field.elem_id, field.value, field.visible) == ("Warmth of the light", "warm-light", "0", True)
    changes = [fn for fn in demo.fns.values() if (field._id, "change") in fn.targets]
    assert [built.components["warm_light_note"] in fn.outputs for fn in changes] == [True]
    recipe = checks.recipe(engine.begin(PROMPT, search=SearchConfig(), seed=3).run)
    warm = {**recipe, "warm_light": "1.5"}
    assert "Changed: warmth." in setup.check({**warm, "here": None})["search_note"]
    assert "the light stays" in checks.notes({**warm, "cfg": "1"})["warm_light_note"]
    assert checks.notes(warm)["warm_light_note"] == ""
    assert "Warmth is &#x27;hot&#x27;" in checks.notes({**recipe, "warm_light": "hot"})["advanced_note"]
    begun = next(setup.start(warm))
    session = store.get(begun["stage"].split('data-run="')[1].split('"')[0])
    assert session is not None
    assert session.run.search.warm_light == 1.5
    assert checks.recipe(session.run)["warm_light"] == "1.5", "a reopened run fills the field"


def test_a_model_that_does_not_take_it_does_not_show_it(engine: Engine, tmp_path: Path) -> None:
    other = page_engine()
    services, checks = services_over(SessionStore(other, tmp_path / "runs")), SetupChecks(other)
    with gr.Blocks():
        built = page.build(services, SetupEvents(services, checks), checks.choices())
    assert built.components["warm_light"].visible is False  # type: ignore[attr-defined]
