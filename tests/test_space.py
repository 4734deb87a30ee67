"""What a Hugging Face Space reads from the repository fits the repository."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import yaml
from packaging.specifiers import SpecifierSet

from ttsvar.config import SearchConfig
from ttsvar.families.registry import MODELS
from ttsvar.features.registry import DEFAULT_NETWORK, NETWORKS
from ttsvar.judges import JUDGES

ROOT = Path(__file__).resolve().parents[1]

ON_ZEROGPU = ("3.10.13", "3.12.12")
"""The versions of Python that ZeroGPU has."""


def front_matter() -> dict[str, Any]:
    """What the hub reads from the README."""
    _, front, _ = (ROOT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front)


def test_the_front_matter_names_what_is_here_and_what_is_pinned() -> None:
    space = front_matter()
    assert space["sdk"] == "gradio"
    assert f"gradio=={space['sdk_version']}" in (ROOT / "requirements.txt").read_text().split()
    assert (ROOT / space["app_file"]).is_file()
    assert len(space["short_description"]) <= 60, "the hub refuses longer ones"
    assert space["header"] == "mini"
    picture = space["thumbnail"].partition("/resolve/main/")[2]
    assert (ROOT / picture).is_file()


def test_python_is_one_that_zerogpu_has_and_an_installation_accepts() -> None:
    version = front_matter()["python_version"]
    assert version in ON_ZEROGPU
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version in SpecifierSet(project["requires-python"])


def test_the_models_are_those_that_can_be_named_with_the_usual_judge_and_extractor() -> None:
    files = [file for preset in MODELS.values() for file in preset.files]
    files += [JUDGES[SearchConfig().reward].files[0], *NETWORKS[DEFAULT_NETWORK].files]
    assert set(front_matter()["models"]) == {file.repo for file in files}
