"""What a Hugging Face Space reads from the repository fits the repository."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def test_the_front_matter_names_what_is_here_and_what_is_pinned() -> None:
    _, front, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    space = yaml.safe_load(front)
    assert space["sdk"] == "gradio"
    assert f"gradio=={space['sdk_version']}" in (ROOT / "requirements.txt").read_text().split()
    assert (ROOT / space["app_file"]).is_file()
    assert len(space["short_description"]) <= 60, "the hub refuses longer ones"
