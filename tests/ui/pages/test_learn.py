"""The article: one file that asks for nothing, over a recorded run that is told as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ttsvar.commands.cli import main
from ttsvar.evaluation.populations.reliability import reliability
from ui.guide.recorded import FOLDER
from ui.pages.learn.page import STORY, article
from ui.pages.learn.tale import tale
from ui.scene.record import shipped


def data_of(page: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_both_branches_are_told_scale_by_scale() -> None:
    told = tale(STORY, FOLDER)
    search, other = told["branches"]
    for branch in (search, other):
        assert len(branch["scales"]) == len(told["sizes"]) == 13
        for above, below in zip(branch["scales"], branch["scales"][1:], strict=False):
            assert len(above["kept"]) == len(below["images"]) == len(below["rewards"])
        assert branch["correct"] in (True, False)
        assert branch["verdict"]
    parting = next(s for s in search["scales"] if s["state"] == told["parting"])
    twin = next(s for s in other["scales"] if s["state"] == told["parting"])
    assert parting["kept"] != twin["kept"]
    assert len(set(parting["clusters"])) == len(parting["kept"])


def test_the_article_is_one_file_without_anything_from_outside() -> None:
    page = article()
    assert re.findall(r'(?:src|href)="(?!#|data:|\./)[^"]*"', page) == []
    assert not re.search(r"<!--(answers|next)-->|/\*(style|script)\*/", page)
    assert "Does searching while drawing help?" in page
    assert data_of(page)["app"] == "./"


def test_the_command_writes_the_article_for_where_no_app_runs(tmp_path: Path) -> None:
    assert main(["article", "--out", str(tmp_path / "site")]) == 0
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert data_of(page)["app"] == ""
    assert "python app.py" in page
    assert main(["article", "--out", str(tmp_path / "site"), "--app", "http://10.0.0.5:7860"]) == 0
    assert 'href="http://10.0.0.5:7860/guess"' in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_shipped_record_and_schedule() -> None:
    data = data_of(article())
    populations = shipped()
    assert populations is not None
    record = reliability(populations, 8)
    assert data["later"]["right"] == [at.favourite.value for at in record.scales]
    assert data["later"]["searches"] == 2 * len(populations.prompts)
    cost = data["cost"]
    # Moving the decisions in the figure counts each candidate like one picture, which is what was measured.
    assert cost["search"] == pytest.approx([n * one for n, one in zip(cost["alive"], cost["one"], strict=True)])
