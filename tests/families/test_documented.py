"""docs/backends.md names everything that a new family has to answer, and nothing more is asked of it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import torch

from ttsvar.config import Sampling
from ttsvar.families.base.chunked import ChunkedBackend
from ttsvar.families.base.prompts import FreeText
from ttsvar.families.registry import ModelPreset
from ttsvar.protocols import Backend, PromptBook
from ttsvar.types import ScaleSchedule

TEXT = (Path(__file__).parents[2] / "docs" / "backends.md").read_text()
CODE = re.compile(r"`(\w+)(?:\(.*?\))?`")


def rows(heading: str) -> set[str]:
    """Names in the first column of the table below a heading."""
    section = TEXT.split(heading)[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in CODE.findall(cell)}


def members(protocol: type) -> set[str]:
    """Public names of a protocol."""
    return {name for name in (*vars(protocol), *protocol.__annotations__) if not name.startswith("_")}


def test_a_family_that_answers_what_the_table_asks_is_a_backend() -> None:
    asked = rows("## `ChunkedBackend` does most of it")
    assert asked == set(ChunkedBackend.__abstractmethods__)
    answers = dict.fromkeys(asked, lambda self, *_: ()) | {"device": torch.device("cpu")}
    family = type("Third", (ChunkedBackend,), answers)
    backend = family("third", ScaleSchedule(((1, 1), (2, 2))), 1, Sampling(), FreeText(("a cup",)))
    assert all(hasattr(backend, name) for name in members(Backend))
    prompts = backend.prompts
    assert (prompts.vocabulary, prompts.unknown("any text"), prompts.choices) == ((), (), ())
    assert (prompts.examples, prompts.options, prompts.read("any text")) == (("a cup",), frozenset(), "any text")


def test_every_member_of_the_protocol_is_explained() -> None:
    assert rows("## What the search asks for") == members(Backend) | members(PromptBook)


def test_every_field_of_a_models_row_is_explained() -> None:
    assert rows("## A row for each model") == {field.name for field in fields(ModelPreset)}
