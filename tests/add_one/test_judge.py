"""A judge, and a network of features, each from one file of its own: found wherever its kind is offered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import ttsvar
from ttsvar.commands.cli import main
from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError
from ttsvar.features.registry import NETWORKS, networks
from ttsvar.judges import JUDGES
from ttsvar.rewards.registry import judges
from ttsvar.types import Component
from ui import create_app
from ui.api import Api
from ui.session.store import SessionStore

PROMPT = "a photo of a red star"
JUDGE = '''
"""Prefers pictures that are light."""

from ttsvar.rewards.registry import judge


class Lightness:
    name = "lightness"

    def score(self, images, prompt):
        return images.float().mean((1, 2, 3)) / 255

    def flops(self, images):
        return 3.0 * images


@judge("lightness", "how light a picture is; reads no prompt")
def build(paths, device):
    return Lightness()
'''
NETWORK = '''
"""Every fourth pixel is a patch."""

from ttsvar.features.registry import network


class Pixels:
    name = "pixels"

    def extract(self, images):
        return images[:, ::32, ::32].flatten(1, 2).float() / 255

    def flops(self, images):
        return 1.0 * images


@network("pixels", "sixteen pixels of a picture as they are")
def build(paths, device):
    return Pixels()
'''


def imported(path: Path, text: str) -> None:
    """Run a file that lies anywhere."""
    path.write_text(text)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))


@pytest.fixture
def added(tmp_path: Path) -> Iterator[None]:
    assert "hps" in JUDGES, "the project's own are there before a file from elsewhere comes"
    assert "dinov2-large" in NETWORKS
    judges.cache_clear()
    networks.cache_clear()
    imported(tmp_path / "lightness.py", JUDGE)
    imported(tmp_path / "pixels.py", NETWORK)
    yield
    JUDGES.remove("lightness")
    NETWORKS.remove("pixels")
    judges.cache_clear()
    networks.cache_clear()


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("pictures") / "star.png")


@pytest.mark.slow
def test_both_are_listed_and_a_search_on_the_command_line_goes_by_them(
    added: None, out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models"]) == 0
    told = capsys.readouterr().out
    assert "  lightness: how light a picture is; reads no prompt" in told
    assert "  pixels: sixteen pixels of a picture as they are" in told
    words = ["generate", PROMPT, "--device", "cpu", "--eye", "pixels", "--reward", "lightness", "--json", "--out", out]
    assert main(words) == 0
    scored = [step["scores"] for step in json.loads(capsys.readouterr().out)["steps"] if step["scores"]]
    assert scored
    assert all(0 < score < 1 for scores in scored for score in scores)
    assert main([*words[:-3], "--reward", "darkness", "--out", out]) == 2
    assert "lightness" in capsys.readouterr().err


@pytest.mark.slow
def test_both_are_found_by_the_engine_the_api_and_the_page(added: None, tmp_path: Path) -> None:
    engine = ttsvar.load("toybox", device="cpu", eye="pixels")
    assert "lightness" in engine.rewards
    search = SearchConfig(strategy="best-of-n", n=2, reward="lightness")
    state = engine.begin(PROMPT, search=search)
    assert engine.cost(state.run).step(12, 2)[Component.REWARD] == 6.0
    seen, _ = engine.observe(engine.step(state).grown)
    assert seen.features.shape[1:] == (16, 3)
    assert bool((seen.scores > 0).all())
    begun = Api(SessionStore(engine, runs_dir=tmp_path / "runs")).begin(PROMPT, settings={"reward": "lightness"})
    assert begun["scale"] == 0
    page = create_app(engine, runs_dir=tmp_path / "pages")
    offered = [c[1] for part in page.config["components"] for c in part["props"].get("choices") or ()]
    assert "lightness" in offered


def test_a_name_is_taken_once(added: None, tmp_path: Path) -> None:
    for name, text in (("again", JUDGE), ("pixels_again", NETWORK)):
        with pytest.raises(ConfigError, match="two rows named"):
            imported(tmp_path / f"{name}.py", text)
