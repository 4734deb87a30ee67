"""Toybox-GenEval: the published list of prompts to evaluate on, in the JSON form of GenEval.

Its six categories, and six harder ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.metadata import read_metadata
from ttsvar.families.registry import TOYBOX_FOLDER
from ttsvar.text_files import numbered_lines
from ttsvar.toybox.world.prompts import COUNT_PAIRS, TAGS, Request
from ttsvar.toybox.world.things import COLORS, RELATIONS, SHAPES
from ttsvar.toybox.worlds import world_of_model

PUBLISHED = TOYBOX_FOLDER / "geneval_metadata.jsonl"
"""The list of this repository; `python -m ttsvar prompts` writes it again, byte for byte."""
PER_CATEGORY = 60
MOST_HELD_OUT = 20
"""A third of a category at most; 8 coloured objects and 10 pairs are all that training never saw of theirs."""
LIST_SEED = 553
"""Fixes the order within each category."""


@dataclass(frozen=True)
class EvaluationPrompt:
    """A sentence, what GenEval's rule asks of the image, and whether training never saw the combination.

    `repeat` counts lines with the same sentence: only ten single objects exist, so each comes six times, and every
    line has its own noise.
    """

    prompt: str
    tag: str
    metadata: dict[str, Any]
    held_out: bool = True
    repeat: int = 0

    def to_json(self) -> dict[str, Any]:
        """GenEval's own form (tag, include, exclude, prompt) with two more keys, `held_out` and, if any, `repeat`."""
        return {**self.metadata, "held_out": self.held_out} | ({"repeat": self.repeat} if self.repeat else {})


def evaluation_prompts(
    per_category: int = PER_CATEGORY, *, path: str | Path = PUBLISHED, held_out: bool | None = None
) -> list[EvaluationPrompt]:
    """The first `per_category` prompts of every category of a list; with `held_out` only those marked so, or not so.

    The published list spreads what training never saw evenly over each category, so a short list is like the whole.
    """
    if per_category < 1:
        raise ConfigError(f"per_category is {per_category}; ask for at least 1 prompt of each category.")
    by_tag: dict[str, list[EvaluationPrompt]] = {}
    for prompt in read_prompts(path):
        if held_out is None or prompt.held_out == held_out:
            by_tag.setdefault(prompt.tag, []).append(prompt)
    return [prompt for group in by_tag.values() for prompt in group[:per_category]]


def list_of(model: str, given: Path | None = None) -> Path:
    """The list that a model is asked: the one that is given, or its world's own; a model of no world gets the toybox's.

    Raises ConfigError where its world has none, as it is asked GenEval's own.
    """
    world = world_of_model(model)
    found = given or (PUBLISHED if world is None else world.prompts)
    if given is None and not found.is_file():
        raise ConfigError(
            f"{model} is asked GenEval's own prompts, which are not in this repository; give --prompts with its "
            "evaluation_metadata.jsonl."
        )
    return found


def make_prompts(per_category: int = PER_CATEGORY) -> list[EvaluationPrompt]:
    """Draw the published list: `per_category` lines of each category, as many held out as there are up to a third."""
    chosen: list[EvaluationPrompt] = []
    for index, tag in enumerate(TAGS):
        requests = list(every_request(tag))
        order = np.random.default_rng((LIST_SEED, index)).permutation(len(requests))
        shuffled = [requests[i] for i in order]
        unseen = [r for r in shuffled if r.held_out][: min(MOST_HELD_OUT, per_category // 3)]
        seen = [r for r in shuffled if not r.held_out][: per_category - len(unseen)]
        lines = _spread(unseen, seen)
        for place in range(per_category):
            request = lines[place % len(lines)]
            repeat = place // len(lines)
            chosen.append(EvaluationPrompt(request.prompt, tag, request.metadata, request.held_out, repeat))
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
        yield from (Request(tag, ((a, c, 1), (b, d, 1))) for a, b in pairs for c, d in permutations(COLORS, 2))
    elif tag == "position_attr":
        colorings = list(permutations(COLORS, 2))
        yield from (Request(tag, ((a, c, 1), (b, d, 1)), r) for a, b in pairs for c, d in colorings for r in RELATIONS)
    elif tag == "two_counts":
        colorings = [(None, None), *permutations(COLORS, 2)]
        yield from (
            Request(tag, ((a, c, n), (b, d, m))) for a, b in pairs for n, m in COUNT_PAIRS for c, d in colorings
        )
    elif tag in ("three_object", "three_attr"):
        painted = permutations(COLORS, 3) if tag == "three_attr" else [(None,) * 3]
        colorings = list(painted)
        yield from (
            Request(tag, tuple((s, c, 1) for s, c in zip(shapes, colors, strict=True)))
            for shapes in permutations(SHAPES, 3) for colors in colorings
        )  # fmt: skip
    elif tag in ("four_object", "four_attr"):
        # Every four shapes with one colouring each, in turn: with all of them there would be eight million.
        colorings = list(permutations(COLORS, 4))[::7] if tag == "four_attr" else [(None,) * 4]
        yield from (
            Request(tag, tuple((s, c, 1) for s, c in zip(shapes, colorings[i % len(colorings)], strict=True)))
            for i, shapes in enumerate(permutations(SHAPES, 4))
        )
    else:
        raise ConfigError(f"There is no category {tag!r}; choose one of {', '.join(TAGS)}.")


def write_prompts(prompts: Sequence[EvaluationPrompt], path: str | Path) -> None:
    """Write a list as JSON Lines, one prompt a line, as GenEval's own file has it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("".join(json.dumps(p.to_json()) + "\n" for p in prompts))


def read_prompts(path: str | Path) -> list[EvaluationPrompt]:
    """Read JSON Lines in GenEval's form; held out unless marked. Blank lines count for nothing.

    Raises ConfigError naming the file and the line.
    """
    path = Path(path)
    if not path.is_file():
        raise ConfigError(f"There is no list of prompts at {path}; give a file in GenEval's form, one JSON a line.")
    prompts = []
    for number, line in numbered_lines(path):
        try:
            prompts.append(_read_prompt(line))
        except ConfigError as error:
            raise ConfigError(f"{path}, line {number} is not a prompt in GenEval's form: {error}.") from error
    if not prompts:
        raise ConfigError(f"{path} is empty; it must hold one prompt in GenEval's form a line.")
    return prompts


def _read_prompt(line: str) -> EvaluationPrompt:
    row = read_metadata(line)
    held_out, repeat = row.pop("held_out", True), row.pop("repeat", 0)
    if not isinstance(held_out, bool):
        raise ConfigError(f"held_out is {held_out!r}; it must be true or false")
    if not isinstance(repeat, int) or isinstance(repeat, bool) or repeat < 0:
        raise ConfigError(f"repeat is {repeat!r}; it must be a whole number from 0")
    return EvaluationPrompt(row["prompt"], row["tag"], row, held_out, repeat)


def _spread(unseen: Sequence[Request], seen: Sequence[Request]) -> list[Request]:
    """Both lists in one, the first at even distances."""
    total = len(unseen) + len(seen)
    places = {round((i + 0.5) * total / len(unseen) - 0.5) for i in range(len(unseen))} if unseen else set()
    first, second = iter(unseen), iter(seen)
    return [next(first) if place in places else next(second) for place in range(total)]
