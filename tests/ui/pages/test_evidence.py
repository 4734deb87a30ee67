"""The evidence page: what it is built from, and what it says where nothing was measured."""

from __future__ import annotations

import json
from pathlib import Path

import gradio as gr
import pytest

from ttsvar.evaluation.report.page import sections
from ttsvar.evaluation.report.schema import Evidence
from ui.pages import evidence


def built() -> gr.Blocks:
    demo = gr.Blocks()
    evidence.build(demo)
    return demo


def texts(demo: gr.Blocks) -> str:
    return "".join(str(block.value) for block in demo.blocks.values() if isinstance(block, gr.HTML))


def test_every_experiment_has_a_section_and_its_figures() -> None:
    data = Evidence.from_json(json.loads(evidence.EVIDENCE.read_text()))
    parts, demo = sections(data), built()
    names = {block.elem_id for block in demo.blocks.values() if isinstance(block, gr.Column)}
    assert {part.name for part in parts} <= names
    plots = [block for block in demo.blocks.values() if isinstance(block, gr.Plot)]
    assert len(plots) == sum(len(part.drawings) for part in parts) > 0
    assert all(plot.value is None for plot in plots), "figures travel only to who opens the page"
    assert data.weights in texts(demo)


def test_the_page_says_how_to_measure_where_nothing_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(evidence, "EVIDENCE", tmp_path / "none.json")
    assert evidence.COMMAND in texts(built())
