"""Who a state is: its recipe as JSON, its id, and the ids of its candidates."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ttsvar.config import ResolvedSearch
from ttsvar.errors import ConfigError
from ttsvar.settings import SETTINGS
from ttsvar.turns import Cells, Move, Turn
from ttsvar.types import Run, ScaleSchedule, SearchState
from ttsvar.values import whole_number
from ttsvar.version import VERSION

RECIPE_FORMAT = 1
"""What a recipe is written in; state ids depend on it."""
MOVES_FORMAT = 2
"""The same where somebody went back on the way: `moves` instead of `choices`."""
MOST_CANDIDATES = 512
"""More than this cannot live on; the largest schedule (8 at N = 64) needs as many."""
MOST_SCALES, MOST_SIDE, MOST_LETTERS = 64, 1024, 100_000
"""Of a schedule, its scales and the sides of their grids; and of a prompt, its letters."""
MOST_MOVES = 4096
"""Choices and ways back on the way to one state."""


def run_to_json(run: Run) -> dict[str, Any]:
    """A run's recipe as plain JSON values."""
    return {
        "model": run.model,
        "prompt": run.prompt,
        "seed": run.seed,
        "search": _search_to_json(run.search),
        "sizes": [list(size) for size in run.schedule.sizes],
        "batch": list(run.batch),
    }


def _search_to_json(search: ResolvedSearch) -> dict[str, Any]:
    """Its settings; those that came after format 1 only where they differ, so that earlier runs keep their ids."""
    named = {"strategy", *(row.name for row in SETTINGS.values() if row.format_1)}
    return {k: v for k, v in search.values().items() if k in named or v != SETTINGS[k].default}


def run_from_json(values: Mapping[str, Any]) -> Run:
    """The inverse of `run_to_json`; raises ConfigError where a part is missing, unknown or out of bounds.

    Every number is checked here, so that whatever is built from a recipe is of a size that a search can have.
    """
    try:
        settings: Mapping[str, Any] = values["search"]
        search: dict[str, Any] = {
            k: _listed(cast(object, v), MOST_SCALES) if isinstance(v, list) else v for k, v in settings.items()
        }
        if unknown := sorted(set(search) - {"strategy", *SETTINGS}):
            raise ConfigError(f"The recipe has search settings this version does not know: {', '.join(unknown)}.")
        if search.get("batch") is not None:
            search["batch"] = tuple(whole_number(b, -(2**31), 2**31 - 1) for b in search["batch"])
        sizes = tuple((whole_number(h, 1, MOST_SIDE), whole_number(w, 1, MOST_SIDE)) for h, w in _grids(values))
        batch = tuple(whole_number(count, 1, MOST_CANDIDATES) for count in _listed(values["batch"], MOST_SCALES))
        if len(batch) != len(sizes):
            raise ConfigError(f"The recipe has {len(batch)} numbers of candidates for {len(sizes)} scales.")
        return Run(
            model=_words(values["model"]),
            prompt=_words(values["prompt"]),
            seed=whole_number(values["seed"], -(2**63), 2**64 - 1),
            search=ResolvedSearch(**search),
            schedule=ScaleSchedule(sizes),
            batch=batch,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConfigError(f"This is no recipe of a run ({error!r:.200}); save it again.") from error


def choice_from_json(values: object) -> tuple[int, ...]:
    """The candidates of a choice, by index; raises ValueError where one is none, or they are more than can live on."""
    return tuple(whole_number(value, 0, MOST_CANDIDATES - 1) for value in _listed(values, MOST_CANDIDATES))


def choices_from_json(values: object) -> tuple[tuple[int, ...], ...]:
    """The choices of a branch, one a scale; raises ValueError where they are none."""
    return tuple(choice_from_json(choice) for choice in _listed(values, MOST_SCALES))


def moves_from_json(values: object) -> tuple[Move, ...]:
    """The moves of a branch; raises ValueError or KeyError where they are none."""
    moves = _listed(values, MOST_MOVES)
    return tuple(
        turn_from_json(cast(Mapping[str, Any], m)) if isinstance(m, Mapping) else choice_from_json(m) for m in moves
    )


def turn_to_json(turn: Turn) -> dict[str, Any]:
    """A way back as plain JSON values; what stays is 8 cells to a byte, in base64."""
    values: dict[str, Any] = {"at": turn.at, "from": turn.first, "rows": list(turn.rows)}
    if turn.source is not None:
        values["source"] = turn.source
        values["keep"] = [[c.h, c.w, base64.b64encode(c.packed).decode()] for c in turn.keep]
    return values | ({"whole": list(turn.whole)} if turn.whole else {})


def turn_from_json(values: Mapping[str, Any]) -> Turn:
    """The inverse of `turn_to_json`; raises ValueError or KeyError where a part is missing or does not fit."""
    at = whole_number(values["at"], 1, MOST_SCALES)
    first = whole_number(values["from"], 0, at - 1)
    rows = choice_from_json(values["rows"])
    if not rows or list(rows) != sorted(rows):
        raise ValueError("a way back without children, or with children out of order")
    whole = choice_from_json(values.get("whole", []))
    if list(whole) != sorted({*whole}) or any(place >= len(rows) for place in whole):
        raise ValueError("a way back names children that there are not")
    if values.get("source") is None:
        return Turn(at, first, rows, whole=whole)
    keep = tuple(_cells(entry) for entry in _listed(values["keep"], MOST_SCALES))
    if len(keep) != at - first:
        raise ValueError(f"a way back over {at - first} scales says of {len(keep)} what stays")
    return Turn(at, first, rows, whole_number(values["source"], 0, MOST_CANDIDATES - 1), keep, whole)


def _cells(entry: object) -> Cells:
    h, w, packed = _listed(entry, 3)
    side = 2 * MOST_SIDE  # a tokenizer's grid may be twice the transformer's
    cells = Cells(whole_number(h, 1, side), whole_number(w, 1, side), base64.b64decode(packed, validate=True))
    if len(cells.packed) != -(-cells.h * cells.w // 8):
        raise ValueError(f"{len(cells.packed)} bytes are no grid of {cells.h} x {cells.w}")
    return cells


def _grids(values: Mapping[str, Any]) -> tuple[Any, ...]:
    grids = _listed(values["sizes"], MOST_SCALES)
    if not grids:
        raise ValueError("a schedule of no scales")
    return grids


def _listed(values: object, most: int) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple):
        raise ValueError(f"{values!r:.40} is no list")
    entries = cast(Sequence[Any], values)
    if len(entries) > most:
        raise ValueError(f"a list of {len(entries)}; the most is {most}")
    return tuple(entries)


def _words(value: object) -> str:
    """Text that UTF-8 can carry: half a surrogate pair would break whatever shows it."""
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise ValueError(f"{value!r:.40} is no text of up to {MOST_LETTERS} letters")
    value.encode()
    return value


def state_id(run: Run, scale: int, moves: Sequence[Move]) -> str:
    """16 hex digits that depend on the recipe, the scales generated and every move on the way, and nothing else."""
    text = json.dumps([run_to_json(run), scale, moves_to_json(moves)], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8, person=b"ttsvar-state").hexdigest()


def moves_to_json(moves: Sequence[Move]) -> list[Any]:
    """Choices as lists, ways back as objects."""
    return [turn_to_json(m) if isinstance(m, Turn) else list(m) for m in moves]


def state_recipe(state: SearchState, candidate: int) -> dict[str, Any]:
    """All it takes to make one candidate again: the run, the choices, and which candidate it is.

    It names the version that wrote it, for people; no id depends on that, and a reader needs the format alone, which
    is `MOVES_FORMAT` where somebody went back on the way.
    """
    choices = {"choices": moves_to_json(state.choices)} if not state.path else {"moves": moves_to_json(state.path)}
    return {
        "format": MOVES_FORMAT if state.path else RECIPE_FORMAT,
        "version": VERSION,
        **run_to_json(state.run),
        "scale": state.scale,
        "state": state.id,
        **choices,
        "candidate": state.candidate_ids[candidate],
    }


def first_ids(count: int) -> tuple[str, ...]:
    """Ids of the candidates a run begins with: c0, c1, ..."""
    return tuple(f"c{i}" for i in range(count))


def next_ids(ids: Sequence[str], parents: Sequence[int], scale: int) -> tuple[str, ...]:
    """Ids after a choice at a scale: the first copy keeps its id, further ones are named after it, as in c3.6b, c3.6c.

    They depend on the parent, the scale and the number of the copy alone, so branches share what they share.
    """
    seen: dict[int, int] = {}
    names: list[str] = []
    for parent in parents:
        copy = seen.get(parent, 0)
        seen[parent] = copy + 1
        names.append(f"{ids[parent]}.{scale}{_letters(copy)}" if copy else ids[parent])
    return tuple(names)


def _letters(index: int) -> str:
    """0, 1, ... as a, b, ..., z, aa, ab, ..."""
    text = ""
    index += 1
    while index:
        index, last = divmod(index - 1, 26)
        text = chr(ord("a") + last) + text
    return text
