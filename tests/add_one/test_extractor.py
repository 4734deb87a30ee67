"""Something to cluster on from one file of its own: in `models`, in `generate`, the API, the page and the report."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from engine_fakes import FakeBackend, FakeExtractor, FakeReward, FewWords
from ui_helpers import go_to

import ttsvar
from ttsvar.commands.cli import main
from ttsvar.config import search_config
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.experiment import arm
from ttsvar.extractor import EXTRACTORS
from ttsvar.features.registry import extractors
from ttsvar.storage.png import read_recipe, sign
from ui import create_app
from ui.api import Api
from ui.guide.glossary import glossary_json
from ui.panels.features.view import features_html
from ui.scene.frame import build_frame
from ui.session.store import SessionStore

PROMPT = "a photo of a red star"
EXTRACTOR = '''
"""How strong every patch is."""

from ttsvar.extractor import extractor


@extractor("strength", title="Strength of patches", reading="the length of each patch's feature", place=5)
def strength(features):
    return features.float().norm(dim=2)
'''


def imported(path: Path) -> None:
    """Run the extractor's file, which may lie anywhere."""
    path.write_text(EXTRACTOR)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine that was made when the extractor was there."""
    assert "pca" in EXTRACTORS, "the project's own are there before a file from elsewhere comes"
    imported(tmp_path / "strength.py")
    backend, judges = FakeBackend(zoom=12, prompts=FewWords()), {"image-reward": FakeReward()}
    yield Engine(backend, extractors(FakeExtractor, FakeExtractor), judges, sign=sign)
    EXTRACTORS.remove("strength")


def test_it_is_listed_and_searches_of_the_command_line_and_of_the_toybox_cluster_on_it(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["models"]) == 0
    assert "  strength: the length of each patch's feature" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["generate", "--help"])
    assert "strength," in capsys.readouterr().out
    assert "strength" in ttsvar.load("toybox", device="cpu").extractors
    monkeypatch.setattr("ttsvar.families.load.load", lambda *_, **__: engine)
    out = tmp_path / "star.png"
    words = ["generate", PROMPT, "--json", "--out", str(out), "--extractor"]
    assert main([*words, "strength"]) == 0
    assert read_recipe(out.read_bytes()).run.search.extractor == "strength"
    assert main([*words, "weakness"]) == 2
    assert "must be one of strength, pca, pca-raw" in capsys.readouterr().err


@pytest.mark.slow
def test_the_page_offers_it_by_its_title_and_says_what_it_reads(engine: Engine, tmp_path: Path) -> None:
    page = create_app(engine, runs_dir=tmp_path / "pages")
    offered = [c for part in page.config["components"] for c in part["props"].get("choices") or ()]
    assert "Strength of patches" in {c[0] for c in offered if c[1] == "strength"}
    store = SessionStore(engine, tmp_path / "runs")
    session = store.create(PROMPT, search_config("tts-var", extractor="strength"), 0)
    session.open(session.current)
    told = features_html(build_frame(session, go_to(session, 2)), "strength")
    assert "what k-means reads</b>, the length of each patch&#x27;s feature." in told
    assert "DINOv2 map" in told
    assert "strength: the length of each patch's feature." in glossary_json()


def test_programs_may_ask_for_it_and_k_means_reads_it(engine: Engine, tmp_path: Path) -> None:
    api = Api(SessionStore(engine, tmp_path / "runs"))
    session = api.store.get(api.begin(PROMPT, settings={"extractor": "strength"})["run_id"])
    assert session is not None
    assert session.run.search.extractor == "strength"
    session.open(session.current)
    seen = session.history.node(go_to(session, 2)).stepped.candidates
    assert seen.features is not None
    assert seen.clustering_input is not None
    assert seen.clustering_input.equal(seen.features.norm(dim=2))


def test_an_arm_of_the_report_names_it(engine: Engine) -> None:
    assert arm("tts-var", extractor="strength")[0] == "tts-var n=1 extractor=strength"


def test_a_name_is_taken_once(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two rows named 'strength' among the extractor rows"):
        imported(tmp_path / "again.py")
