"""A model family from one file of its own is found in the list of models, by `generate`, the API and the page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch

import ttsvar
from ttsvar.commands.cli import main
from ttsvar.config import SearchConfig
from ttsvar.errors import ConfigError, RoomError
from ttsvar.families.load import LoadSettings
from ttsvar.families.registry import MODELS, models_here
from ui import create_app
from ui.api import Api
from ui.session.store import SessionStore

PROMPT = "a cup of tea"
FAMILY = '''
"""A model whose every bit is a toss of a coin, and whose pictures are what fell."""

import torch

from ttsvar.config import Sampling
from ttsvar.families.base.chunked import ChunkedBackend
from ttsvar.families.base.prompts import FreeText
from ttsvar.families.registry import MODELS, ModelPreset
from ttsvar.nn.kv_cache import CacheView
from ttsvar.sampling import bit_probabilities, draw_bits, uniforms
from ttsvar.types import ScaleSchedule

SIDES = (1, 2, 3, 4, 5, 6, 8)


class Coins(ChunkedBackend):
    device = torch.device("cpu")

    def _guided(self, run):
        return False

    def _digest(self, prompt, guided):
        return float(len(prompt))

    def _view(self, rows, tokens):
        return CacheView.allocate((1, rows, 1, 1), tokens, torch.zeros(()))

    def _logits(self, cond, summed, view, scale):
        lean = torch.zeros(self.chunk) if summed is None else summed.mean((1, 2, 3)) / cond
        tokens = self.schedule.tokens(scale)
        return torch.stack([lean, -lean], -1)[:, None, None].expand(-1, tokens, 3, -1)

    def _draw(self, run, scale, logits, names):
        draws = [uniforms(run.seed, name, scale, "bits", tuple(logits.shape[1:-1])) for name in names]
        bits = draw_bits(bit_probabilities(logits), torch.stack(draws))
        return bits.unflatten(1, self.schedule.sizes[scale])

    def _add_codes(self, summed, bits, scale):
        code = bits.float().movedim(-1, 1)
        wide = torch.nn.functional.interpolate(code, self.schedule.sizes[-1]) / 2 ** (scale + 1)
        return wide if summed is None else summed + wide

    def _images(self, bits):
        summed = None
        for scale, part in enumerate(bits):
            summed = self._add_codes(summed, part, scale)
        return summed.repeat_interleave(16, 2).repeat_interleave(16, 3).movedim(1, -1).mul(255).byte()

    def grow_flops(self, run, scale, candidates):
        return 7.0 * candidates

    def decode_flops(self, candidates):
        return 5.0 * candidates


def build(name, settings, say):
    schedule = ScaleSchedule(tuple((side, side) for side in SIDES))
    return Coins(name, schedule, 2, Sampling(), FreeText(("a coin",))), ()


def needs(device, dtype):
    return {device: {"coins": 3_000_000}}


MODELS.add("coins", ModelPreset("every bit is a toss", "CC0", build, weight_bytes=needs))
'''


@pytest.fixture
def family(tmp_path: Path) -> Iterator[str]:
    assert "toybox" in MODELS, "the project's own are there before a file from elsewhere comes"
    path = tmp_path / "coins.py"
    path.write_text(FAMILY)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))
    yield "coins"
    MODELS.remove("coins")


def test_it_is_listed_with_its_licence_and_its_needs(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    assert "  coins: every bit is a toss; CC0; needs 3.0 MB" in capsys.readouterr().out
    assert models_here()[-1] == "coins"


def test_generate_draws_with_it_and_other_names_are_told_of_it(
    family: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "coin.png")
    words = ["generate", PROMPT, "--device", "cpu", "--search", "raw", "--json", "--out", out]
    assert main([*words, "--model", family]) == 0
    assert len(json.loads(capsys.readouterr().out)["steps"]) == 7
    assert main([*words, "--model", "dice"]) == 2
    assert "coins" in capsys.readouterr().err
    assert main([*words, "--model", family, "--aspect", "3/2"]) == 2
    assert "'coins' draws pictures of one shape" in capsys.readouterr().err


def test_the_room_that_its_row_asks_for_is_looked_at_before_it_is_built(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ttsvar.weights.room.free_bytes", lambda device: 2_000_000)
    with pytest.raises(RoomError, match=r"coins needs about 0\.0 GB on cpu \(coins 0\.0\)"):
        ttsvar.load(family, device="cpu")


@pytest.mark.slow
def test_the_api_and_the_page_offer_it(family: str, tmp_path: Path) -> None:
    engine = ttsvar.load(family, device="cpu")
    begun = Api(SessionStore(engine, runs_dir=tmp_path / "runs")).begin(PROMPT, search="raw")
    assert (begun["scale"], engine.prompts.examples) == (0, ("a coin",))
    assert engine.best(list(engine.run(PROMPT, search=SearchConfig(strategy="raw")))[-1].grown).size == (128, 128)
    for asked in (engine, ttsvar.load("toybox", device="cpu")):
        page = create_app(asked, runs_dir=tmp_path / "pages")
        assert "coins" in json.dumps(page.config, default=str), f"on the page over {asked.name}"


def test_a_name_is_taken_once_and_a_shape_is_one_of_the_rows(family: str) -> None:
    with pytest.raises(ConfigError, match="two rows named 'coins' among the model rows"):
        MODELS.add("coins", MODELS["coins"])
    with pytest.raises(ConfigError, match=r"resolution is '2M'; it must be one of 0\.06M"):
        ttsvar.load("infinity-2b", settings=LoadSettings("cpu", resolution="2M"))


@pytest.mark.slow
def test_naming_the_table_imports_no_family() -> None:
    code = """
import sys
import ttsvar.commands.cli
heavy = {"torch", "transformers"} & set(sys.modules)
import ttsvar.families.registry
loaded = [name for name in sys.modules if name.startswith(("ttsvar.families.infinity", "ttsvar.families.var"))]
print(sorted(heavy), loaded, "transformers" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] [] False"
    assert torch.device("cpu") in MODELS["var-d16"].weight_bytes(torch.device("cpu"), torch.float32)
