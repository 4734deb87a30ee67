"""The fixed list of toybox prompts to evaluate on, in GenEval's JSON form and six categories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from ttsvar.errors import ConfigError
from ttsvar.toybox.prompts import TAGS, Request
from ttsvar.toybox.world import COLORS, RELATIONS, SHAPES

LIST_SEED = 553
"""Fixes the order within each category, so that a shorter list is the beginning of a longer one."""


@dataclass(frozen=True)
class EvaluationPrompt:
    """A sentence, what GenEval's rule asks of the image, and whether training never saw the combination."""

    prompt: str
    tag: str
    metadata: dict[str, Any]
    held_out: bool

    def to_json(self) -> dict[str, Any]:
        """GenEval's own form (tag, include, exclude, prompt) with one more key, `held_out`."""
        return {**self.metadata, "held_out": self.held_out}


def evaluation_prompts(per_category: int = 20, *, seen: bool = False) -> list[EvaluationPrompt]:
    """The first `per_category` held-out prompts of each category; with `seen` as many from training, marked as such.

    A category may have fewer: 8 coloured single objects and 10 pairs are held out. A single object cannot be held
    out, as training draws every object; those prompts are always the seen ones.
    """
    if per_category < 1:
        raise ConfigError(f"per_category is {per_category}; ask for at least 1 prompt of each category.")
    chosen: list[EvaluationPrompt] = []
    for index, tag in enumerate(TAGS):
        requests = list(every_request(tag))
        order = np.random.default_rng((LIST_SEED, index)).permutation(len(requests))
        shuffled = [requests[i] for i in order]
        held_out = [r for r in shuffled if r.held_out][:per_category]
        known = [r for r in shuffled if not r.held_out][:per_category]
        chosen += [_prompt(r) for r in held_out + (known if seen or not held_out else [])]
    return chosen


def every_request(tag: str) -> Iterator[Request]:
    """All requests of one category, in a fixed order."""
    pairs = list(permutations(SHAPES, 2))
    if tag == "single_object":
        yield from (Request(tag, ((s, None, 1),)) for s in SHAPES)
    elif tag == "colors":
        yield from (Request(tag, ((s, c, 1),)) for s in SHAPES for c in COLORS)
    elif tag == "counting":
        yield from (Request(tag, ((s, c, n),)) for s in SHAPES for c in (None, *COLORS) for n in (2, 3, 4))
    elif tag == "two_object":
        yield from (Request(tag, ((a, None, 1), (b, None, 1))) for a, b in pairs)
    elif tag == "position":
        yield from (Request(tag, ((a, None, 1), (b, None, 1)), r) for a, b in pairs for r in RELATIONS)
    elif tag == "color_attr":
        colors = list(permutations(COLORS, 2))
        yield from (Request(tag, ((a, c, 1), (b, d, 1))) for a, b in pairs for c, d in colors)
    else:
        raise ConfigError(f"There is no category {tag!r}; choose one of {', '.join(TAGS)}.")


def write_prompts(prompts: list[EvaluationPrompt], path: str | Path) -> None:
    """Write a list as JSON Lines, one prompt a line, as GenEval's own file has it."""
    Path(path).write_text("".join(json.dumps(p.to_json()) + "\n" for p in prompts))


def read_prompts(path: str | Path) -> list[EvaluationPrompt]:
    """Read JSON Lines in GenEval's form; held out unless marked. Raises ConfigError naming the line."""
    prompts = []
    for number, line in enumerate(Path(path).read_text().splitlines(), start=1):
        try:
            row = json.loads(line)
            held_out = bool(row.pop("held_out", True))
            prompts.append(EvaluationPrompt(row["prompt"], row["tag"], row, held_out))
        except (json.JSONDecodeError, KeyError, AttributeError) as error:
            raise ConfigError(f"{path}, line {number} is not a prompt in GenEval's form ({error!r}).") from error
    return prompts


def _prompt(request: Request) -> EvaluationPrompt:
    return EvaluationPrompt(request.prompt, request.tag, request.metadata, request.held_out)
