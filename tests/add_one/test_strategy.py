"""A strategy from one file of its own is on the command line, in the API, on the page and in the report."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from engine_fakes import page_engine
from ui_helpers import go_to

from ttsvar.commands.cli import main
from ttsvar.config import SEARCHES, STRATEGIES
from ttsvar.engine.loop import Engine
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.experiment import arm
from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.figures import categories_figure
from ttsvar.evaluation.report.schema import ArmFigures, ArmSettings, ExperimentResult, Summary
from ttsvar.types import Component
from ui import create_app
from ui.api import Api
from ui.panels.stepper.view import stepper_html
from ui.scene import sentences
from ui.scene.frame import build_frame
from ui.scene.strip import cells
from ui.session.store import SessionStore

PROMPT = "a photo of a red star"

STRATEGY = '''
"""The first half: what comes first goes on."""

from dataclasses import dataclass

from ttsvar.config import Decision, NamedSearch
from ttsvar.strategy import NOTHING, Strategy, register
from ttsvar.types import Proposal, Selection, Source


@register
@dataclass(frozen=True)
class FirstHalf(Strategy):
    name: str = "first-half"
    title: str = "The first half"
    line: str = "Keeps whoever comes first at scale 3."
    summary: str = "Half of the candidates go on, whatever they look like."
    color: str = "#123456"
    late_decision: Decision | None = Decision.SELECT
    late_needs: frozenset = NOTHING
    variants: tuple[NamedSearch, ...] = (
        NamedSearch("first-quarter", "The first quarter", "The same at N = 2.", {"n": 2}),
    )

    def default_scales(self, scales):
        return (), (3,)

    def default_batch(self, search, decisions):
        return tuple(4 if k < 3 else 2 for k in range(len(decisions)))

    def propose(self, grown, seen, keep, rng):
        return Proposal(Selection(tuple(range(keep)), Source.STRATEGY, f"The first {keep} go on."), seen)
'''


def imported(path: Path, text: str) -> ModuleType:
    """A module made of a file that lies anywhere."""
    path.write_text(text)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def strategy(tmp_path: Path) -> Iterator[str]:
    assert "tts-var" in STRATEGIES, "the project's own are there before a file from elsewhere comes"
    imported(tmp_path / "first_half.py", STRATEGY)
    yield "first-half"
    STRATEGIES.remove("first-half")
    del sys.modules["first_half"]


@pytest.mark.slow
def test_a_strategy_is_found_on_the_command_line(
    strategy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["generate", "--help"])
    told = "".join(capsys.readouterr().out.split())  # lines break at hyphens, too
    assert "first-half,first-quarter" in told
    out = str(tmp_path / "star.png")
    assert main(["generate", PROMPT, "--search", "first-quarter", "--json", "--out", out]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["about"] == "Half of the candidates go on, whatever they look like."
    assert {s["scale"]: (s["decision"], s["reason"]) for s in report["steps"] if s["decision"]} == {
        3: ("select", "The first 4 go on.")
    }
    assert [step["alive"] for step in report["steps"]] == [8, 8, 8, 8, *[4] * 9]
    assert report["steps"][-1]["scores"] is not None, "what is left is ranked"
    assert main(["generate", PROMPT, "--search", "second-half", "--out", out]) == 2
    assert "first-half" in capsys.readouterr().err


@pytest.mark.slow
def test_a_strategy_is_found_in_the_engine_the_api_and_the_page(strategy: str, tmp_path: Path) -> None:
    engine: Engine = page_engine()
    kept = [len(r.proposal.parents) for r in engine.run(PROMPT, search=SEARCHES[strategy])]
    assert kept == [4, 4, 4, *[2] * 10]
    begun = Api(SessionStore(engine, runs_dir=tmp_path / "runs")).begin(PROMPT, search=strategy)
    assert begun["decisions"] == {"3": "select"}
    page = create_app(engine, runs_dir=tmp_path / "pages")
    offered = [
        choice
        for part in page.config["components"]
        for choice in part["props"].get("choices") or ()
        if choice[1] in (strategy, "first-quarter")
    ]
    assert [tuple(choice) for choice in offered] == [
        ("The first half", strategy),
        ("The first quarter", "first-quarter"),
    ]


def test_the_page_tells_the_rule_in_the_strategys_own_words(strategy: str, tmp_path: Path) -> None:
    session = SessionStore(page_engine(), tmp_path / "runs").create(PROMPT, SEARCHES[strategy], 0)
    session.open(session.current)
    planned = stepper_html(cells(session, session.current))
    assert "keep 2 of 4, after scale 3" in planned
    at = go_to(session, 3)
    frame = build_frame(session, at)
    assert session.history.node(at).stepped.cost.parts.keys().isdisjoint({Component.REWARD, Component.FEATURES})
    assert sentences.title(frame) == "Scale 3: keep 2 of 4"
    assert sentences.sentence(frame, "") == "The first 2 go on."
    session.open(session.commit(at, [0, 0, 1, 1]))
    said = sentences.sentence(build_frame(session, at), "")
    assert said == "The first 2 go on. You chose otherwise: c2 and c3 went on."


@pytest.mark.slow
def test_a_strategy_is_found_in_the_report(strategy: str) -> None:
    label, search = arm(strategy, n=3)
    assert (label, search.strategy) == ("first-half n=3", strategy)
    half = Estimate(0.5, 0.4, 0.6)
    figures = ArmFigures(
        overall=half, categories={"counting": half}, seen=None, held_out=None, held_out_categories={}, reward=None,
        judges={}, diversity=None, survivors=2.0, seconds=1.0, flops=1e9, components={},
    )  # fmt: skip
    experiment = ExperimentResult(
        name="mine", title="Mine", about="", missing=(), matched=(), paper=(), against_paper=(),
        settings={label: ArmSettings(strategy=strategy, n=3)},
        summary=Summary(images=1, prompts=1, held_out=0, arms={label: figures}, differences=()),
    )  # fmt: skip
    (bar,) = categories_figure(experiment).to_dict()["data"]
    assert (bar["name"], bar["marker"]["color"]) == ("The first half, N = 3", "#123456")


def test_a_name_is_taken_once_and_an_unknown_one_lists_what_there_is(strategy: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two rows named 'first-half'"):
        imported(tmp_path / "again.py", STRATEGY)
    with pytest.raises(ConfigError, match=r"strategy is 'magic'; it must be one of raw, .*, first-half\."):
        STRATEGIES.named("magic")
